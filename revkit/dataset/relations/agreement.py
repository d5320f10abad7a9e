"""Agreement: deals whose row and whose history say different things, each noted with its number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import fold
from revkit.dataset.history.states import TRACKED, with_stage
from revkit.dataset.notes import Note
from revkit.dataset.validation.closings import STAGE
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

CENT = 0.005
"""How far apart two amounts are the same."""

LATE = 7
"""Days by which closings are customarily entered after the day that is typed in as theirs."""


def disagreements(
    deals: ir.Table,
    history: ir.Table,
    stages: ir.Table | None,
    *,
    by_pipeline: bool,
    loaded: Collection[str],
    known: Collection[str],
) -> Iterator[Note]:
    """Yield the notes on deals whose history ends otherwise than their row says, by one query.

    Parameters
    ----------
    deals, history
        The tables, checked.
    stages
        Tells which stages are won and closed; None where it is not loaded.
    by_pipeline
        Whether ``stages`` tells pipelines apart.
    loaded
        The columns that both tables were loaded with.
    known
        The stages of deals; a stage that deals have in other words is not compared.
    """
    import ibis

    tracked = [name for name in TRACKED if name in loaded]
    own = [n for n in ("closed_on", "is_won", "pipeline") if n in deals.columns]
    written = [n for n in deals.columns if fold(n) in STAGE and deals[n].type().is_string()]
    ours = deals.select("opportunity_id", *own, *tracked, **{f"own_{n}": n for n in written})
    rows = history.select(
        "stage", "changed_at", "seq", __deal="opportunity_id", **{f"__{n}": n for n in tracked}
    )
    both: Any = ours.inner_join(rows, ours.opportunity_id == rows["__deal"])
    if stages is not None:
        columns = ["is_closed", "is_won"]
        both = with_stage(both, stages, by_pipeline=by_pipeline, columns=columns, prefix="__")
        both = _with_closing(both)
    both = both.mutate(__place=ibis.row_number().over(_backwards(both)))
    both = both.filter(both["__place"] == 0)
    found = {name: _apart(both[name], both[f"__{name}"]) for name in tracked}
    for name in written:
        ours = both[f"own_{name}"]
        found[f"own_{name}"] = ours.isin(list(known)) & (ours != both.stage)
    if stages is not None and {"closed_on", "is_won"} <= set(own):
        day, ended = local_day(both["__at"], "UTC"), both["__is_closed"].fill_null(False)
        again = (local_day(both["__again"], "UTC") > both.closed_on).fill_null(False)
        found["closed_on_empty"] = ended & both.closed_on.isnull()
        found["reopened"] = again
        found["is_won"] = ~again & both["__records"] & (both.is_won != both["__is_won"])
        found["closed_on"] = ~again & ended & (day.delta(both.closed_on, unit="day") > LATE)
    if not found:
        return
    sums: dict[str, Any] = {"rows": both.count()}
    for name, apart in found.items():
        sums[f"n_{name}"] = apart.ifelse(1, 0).sum().fill_null(0)
        sums[f"e_{name}"] = both.opportunity_id.min(where=apart)
    counted = both.aggregate(**sums).to_pyarrow().to_pylist()[0]
    for name in found:
        if rows := int(counted[f"n_{name}"]):
            example = both.filter(both.opportunity_id == counted[f"e_{name}"])
            row = example.to_pyarrow().to_pylist()[0]
            yield Note(
                "opportunities",
                f"{name}_unlike_history",
                _said(name, rows, int(counted["rows"]), row),
                rows,
            )


def _backwards(rows: Any) -> Any:
    """Return the order of the rows of each deal, the last one first."""
    import ibis

    order = [rows.changed_at.desc(), rows.seq.desc()]
    return ibis.window(group_by=rows.opportunity_id, order_by=order)


def _with_closing(rows: Any) -> Any:
    """Add ``__at`` and ``__again``, when each deal last entered a closed stage and last left one.

    ``__records`` is whether any deal has, ever, entered one.
    """
    import ibis

    closed, opened = (side.fill_null(False) for side in (rows["__is_closed"], ~rows["__is_closed"]))
    forth = ibis.window(group_by=rows.opportunity_id, order_by=[rows.changed_at, rows.seq])
    enters = closed & ~closed.lag().over(forth).fill_null(False)
    leaves, never = opened & closed.lag().over(forth).fill_null(False), ibis.null("timestamp")
    marked = rows.mutate(
        __enters=enters.ifelse(rows.changed_at, never),
        __leaves=leaves.ifelse(rows.changed_at, never),
    )
    deal = ibis.window(group_by=marked.opportunity_id)
    return marked.mutate(
        __at=marked["__enters"].max().over(deal),
        __again=marked["__leaves"].max().over(deal),
        __records=marked["__enters"].max().over(ibis.window()).notnull(),
    )


def _apart(ours: Any, theirs: Any) -> Any:
    """Return the condition that a deal and the last row of its history differ."""
    number = ours.type().is_floating()
    differ = (ours - theirs).abs() > CENT if number else ours != theirs
    return (ours.notnull() & theirs.isnull()) | differ.fill_null(False)


def _said(name: str, rows: int, deals: int, row: dict[str, Any]) -> str:
    """Return the sentence on one column, with an example."""
    many = f"{rows:,} of {deals:,} deals" if deals > 1 else "1 deal"
    such = f"{many}, such as {row['opportunity_id']!r}"
    if name == "is_won":
        won = "true" if row["is_won"] else "false"
        return (
            f"is_won is not what the last stage in opportunity_history says in {such} (is_won "
            f"{won}, stage {row['stage']!r}): is_won counts. Correct the one that is wrong"
        )
    if name == "closed_on_empty":
        return (
            f"closed_on is empty in {such}, whose last stage in opportunity_history is closed "
            f"({row['stage']!r} since {row['__at']:%Y-%m-%d}): the history counts"
        )
    if name == "reopened":
        return (
            f"opportunity_history reopened the deal after closed_on in {such} (closed_on "
            f"{row['closed_on']}, open again on {row['__again']:%Y-%m-%d}, now {row['stage']!r}): "
            "the history counts"
        )
    if name == "closed_on":
        return (
            f"closed_on is over {LATE} days before the day on which opportunity_history closed the "
            f"deal in {such} ({row['closed_on']}, closed {row['__at']:%Y-%m-%d}): they "
            "count on closed_on, and replay does not know them before"
        )
    ours, theirs = row[name], row["stage" if name.startswith("own_") else f"__{name}"]
    return (
        f"{name.removeprefix('own_')} is not that of the last row of opportunity_history in {such} "
        f"({_shown(ours)} against {_shown(theirs)}): the history counts"
    )


def _shown(value: object) -> str:
    """Return a value as a note writes it."""
    if value is None:
        return "none"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
