"""Close dates of deals that are still open: every CRM plans one, and it is no day of closing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from revkit.dataset.columns import fold
from revkit.dataset.notes import Note
from revkit.dataset.validation.dates import OUTCOME, WON
from revkit.dataset.validation.exclusion import without
from revkit.dataset.validation.problem import Problem
from revkit.dataset.validation.reading import NO
from revkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

OPEN = "closed_while_open"
_CLOSED = ("isclosed", "hsisclosed", "closed")
STAGE = ("stage", "stagename", "dealstage")
HALVES = "opportunities.is_won"
"""The column for ``ignore`` where closed deals may lack an outcome, or open ones have one."""
STAGES = "is_won: {from: StageName, words: {Closed Won: true, Closed Lost: false}, where: IsClosed}"
_PLANNED = (
    "The close date of an open deal is only planned; left as it is, the deal counts as lost. Say "
    "in a mapping which deals are closed: "
)
_AFTER, _LONG = timedelta(days=7), timedelta(days=365)
"""Days after everything else from which on a lost deal may be an open one, and is one."""
_FULL, _TELLING = (3, _AFTER), (5, timedelta(days=60))
"""How many such deals are too many, and after how long: where every deal has a day of closing, and
where some have none."""


def open_by_column(
    raw: ir.Table, values: Mapping[str, Any], stages: Mapping[str, bool], *, history: bool
) -> Iterator[Problem]:
    """Yield the rules that no deal has closed on a day while its row says that it is open.

    Parameters
    ----------
    raw
        The deals as loaded.
    values
        Their columns as read.
    stages
        By stage of deals, whether it is a closed one.
    history
        Whether a history says which deals are closed: some are, without being won or lost.
    """
    opened = dict(_open_by(raw, stages)) if "closed_on" in values else {}
    if {"closed_on", "is_won"} <= values.keys() and not history:
        undecided, undated = halves(raw, values, stages)
        yield Problem(
            undecided,
            "closed_on is filled in and is_won is empty",
            ("closed_on", "is_won"),
            "Such deals are closed, and neither won nor lost. Where they are open, say so in a "
            f"mapping: {OUTCOME}",
            "closed_without_outcome",
            is_note=True,
        )
        yield Problem(
            undated,
            "is_won is false and closed_on is empty",
            ("is_won", "closed_on"),
            "Such deals count as open, and in no win rate. Where they are lost, fill in the day; "
            f"where they are open, leave is_won empty, in a mapping: {WON}",
            "lost_without_closed_on",
            is_note=True,
        )
    for name, still in opened.items():
        line = OUTCOME if fold(name) in STAGE else OUTCOME.replace("IsClosed", name)
        what = f"closed_on is filled in, and by {name} the deal is open,"
        rows = values["closed_on"].notnull() & still
        yield Problem(rows, what, ("closed_on", name), f"{_PLANNED}{line}.", OPEN)


def halves(raw: ir.Table, values: Mapping[str, Any], stages: Mapping[str, bool]) -> tuple[Any, Any]:
    """Return the deals closed without an outcome, and those lost without a day of closing.

    A deal that another column says is open has not been lost, whatever ``is_won`` says.
    """
    undated = values["closed_on"].isnull() & ~values["is_won"].fill_null(True)
    for still in dict(_open_by(raw, stages)).values():
        undated &= ~still.fill_null(False)
    return values["closed_on"].notnull() & values["is_won"].isnull(), undated


def _open_by(raw: ir.Table, stages: Mapping[str, bool]) -> Iterator[tuple[str, Any]]:
    """Yield the columns that say of a deal whether it is open, each with the condition that it is.

    They are columns of yes and no by their names, and the stage.
    """
    for name in raw.columns:
        if fold(name) in _CLOSED and raw[name].type().is_boolean():
            yield name, ~raw[name].fill_null(False)
        elif fold(name) in _CLOSED and raw[name].type().is_string():
            yield name, raw[name].lower().isin([*NO, "f", ""])
        elif fold(name) in STAGE and raw[name].type().is_string():
            yield name, raw[name].isin([s for s, closed in stages.items() if not closed])


def check_history(
    deals: ir.Table, history: ir.Table, stages: Mapping[str, bool], asked: Collection[str]
) -> tuple[ir.Table, Note | None]:
    """Return deals whose last stage is a closed one where they have a day of closing.

    A won deal is closed whatever its stage; and a history in which no deal ever enters a closed
    stage does not record closings at all.

    Parameters
    ----------
    stages
        By stage of deals, whether it is a closed one.
    asked
        The rules whose rows are set aside, as ``table.rule``; the note then says how many.

    Raises
    ------
    DataError
        When deals have closed on a day while the last row of their history is in an open stage.
    """
    import ibis

    opens = [stage for stage, closed in stages.items() if not closed]
    ends = history.filter(history.stage.notin(opens)).limit(1).count()
    if not int(ends.execute()):
        return deals, None
    order = [history.changed_at.desc(), history.seq.desc()]
    window = ibis.window(group_by=history.opportunity_id, order_by=order)
    last = history.mutate(__n=ibis.row_number().over(window))
    last = last.filter(last["__n"] == 0, last.stage.isin(opens)).select("opportunity_id", "stage")
    closed = deals.filter(deals.closed_on.notnull())
    if "is_won" in deals.columns:
        closed = closed.filter(~closed.is_won.fill_null(False))
    closed = closed.select("opportunity_id", "closed_on")
    found = closed.inner_join(last, "opportunity_id").select("opportunity_id", "closed_on", "stage")
    rows = int(found.count().execute())
    if not rows:
        return deals, None
    what = "closed_on is filled in, and the last row of opportunity_history is in an open stage"
    if f"opportunities.{OPEN}" in asked:
        kept = without(deals, "opportunity_id", found.select("opportunity_id"))
        return kept, Note.set_aside("opportunities", OPEN, what, rows)
    raise DataError.refused(
        f"{what},",
        table="opportunities",
        rows=rows,
        examples=found.order_by("opportunity_id").limit(3).to_pyarrow().to_pylist(),
        remedy=f"{_PLANNED}{OUTCOME}. Or add the row of opportunity_history that closed it.",
        rule=OPEN,
    )


def check_closings(deals: ir.Table, others: Collection[date], given: date | None) -> Note | None:
    """Refuse days of closing that lie ahead: deals not won, dated after everything else.

    Where a few of them give the as-of date, which may be right, a note says so.

    Parameters
    ----------
    deals
        Deals with ``closed_on`` and ``is_won``.
    others
        The last days of everything else that happened in the company.
    given
        The as-of date, if one was given. Where anything else happened later, it goes back in
        time, and later days are rightly there.

    Raises
    ------
    DataError
        When deals that are not won close over a week after the as-of date, or, where none was
        given, several of them after everything else, or one without an outcome.
    """
    won = deals.closed_on.max(where=deals.is_won.fill_null(False))
    latest = deals.aggregate(won=won).to_pyarrow()["won"][0].as_py()
    days = [*others, *([latest] if latest is not None else [])]
    last = max(days, default=None)
    if last is None or (given is not None and last > given):
        return None
    after = last if given is None else given
    ahead = deals.filter((deals.closed_on > after) & ~deals.is_won.fill_null(False))
    undecided = ahead.closed_on.max(where=ahead.is_won.isnull())
    sums = ahead.aggregate(rows=ahead.count(), last=ahead.closed_on.max(), undecided=undecided)
    found = sums.to_pyarrow().to_pylist()[0]
    rows, until = int(found["rows"]), cast("date | None", found["last"])
    if until is None or until <= after + _AFTER:
        return None
    decided = found["undecided"] is None or found["undecided"] <= after + _AFTER
    if given is None and decided and until <= after + _LONG:
        # where no deal lacks the day, open ones have one too
        tells = int(deals.closed_on.isnull().sum().fill_null(0).execute()) > 0
        some, beyond = _TELLING if tells else _FULL
        if rows < some or until <= after + beyond:
            many = "1 deal that is" if rows == 1 else f"{rows} deals that are"
            text = (
                f"closed_on of {many} not won gives the as-of date {until}, {(until - after).days} "
                "days after everything else. If they are lost, that is right; where they are open, "
                f"it is planned: {OUTCOME}"
            )
            return Note("opportunities", "closed_after_everything", text, rows)
    shown = ahead.select("opportunity_id", "closed_on", "is_won").order_by("opportunity_id")
    otherwise = f"Or, if they are lost, say so by the as-of date: as_of='{until}'."
    if found["undecided"] is not None:
        otherwise = f"Where is_won is empty of deals that are closed, say which are won: {STAGES}."
    raise DataError.refused(
        f"closed_on is after {after}, and nothing else in the company is,",
        table="opportunities",
        rows=rows,
        examples=shown.limit(3).to_pyarrow().to_pylist(),
        remedy=f"{_PLANNED}{OUTCOME}. {otherwise}",
    )
