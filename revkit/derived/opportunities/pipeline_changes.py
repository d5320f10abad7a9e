"""Pipeline changes: open deals as they were, one row per state, and how each state ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.dataset.history.states import TRACKED, with_stage
from revkit.derived.stage_positions import by_pipeline
from revkit.errors import TableError
from revkit.periods import local_day
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


NEEDED = frozenset({"expected_close_on", "probability"})
"""Columns that states have although opportunities lack them, null then."""


def pipeline_changes(data: Dataset) -> ir.Table:
    """Return one row per state of an open deal: the opportunity as it was then.

    Parameters
    ----------
    data
        A company with ``opportunities``. With ``opportunity_history`` there is a row per change,
        with the stage, amount, expected close, forecast category and owner of the time; without
        it there is one row per deal with the present ones, and no stage. With ``stages`` a deal
        that was lost and reopened has no state in between.

    Returns
    -------
    ibis Table
        The columns of ``opportunities`` as they were, but for ``closed_on`` and ``is_won``, with:

        - ``since``, ``until`` (dates, half-open; null: still so);
        - ``outcome`` (1 where the deal was won on ``until``, 0 where it was closed otherwise; null
          where another state follows or it is still open);
        - ``probability`` (of its stage; the opportunity's own for the present state where stages
          give none, and always without history, but for the 1 or 0 of a closed deal: that is its
          outcome, and not what was expected while it was open);
        - with history ``stage``.

    Raises
    ------
    TableError
        Without history, when opportunities lack ``created_on``, ``closed_on`` or ``amount``.
    """
    import ibis
    from ibis import _

    deals = data.table("opportunities")
    filled_in = TABLES["opportunities"].columns.keys() - data.specs["opportunities"].columns
    deals = deals.drop(*[name for name in deals.columns if name in filled_in - NEEDED])
    won = _.is_won.fill_null(False).ifelse(1, 0)
    if "opportunity_history" not in data:
        for column in ("created_on", "closed_on", "amount"):
            _check_column(deals, column)
        closed = deals.mutate(since=_.created_on, until=_.closed_on)
        told = _.until.notnull() & _.probability.isin([0.0, 1.0])
        return closed.mutate(
            outcome=_.until.notnull().ifelse(won, ibis.null("int64")),
            probability=told.fill_null(False).ifelse(ibis.null("float64"), _.probability),
        ).drop("closed_on", "is_won")
    states = _told(data, deals)
    until = ibis.coalesce(
        ibis.least(ibis.coalesce(_.next, _.closed_on), ibis.coalesce(_.closed_on, _.next))
    )
    closes = (_.until == _.closed_on).fill_null(False)
    ended = states.mutate(until=until).filter(_.is_open)
    ended = ended.mutate(
        outcome=closes.ifelse(won, _.next_closed.ifelse(_.next_won, ibis.null("int64"))),
        probability=ibis.coalesce(_.chance, _.until.isnull().ifelse(_.probability, None)),
    )
    # A deal that moved on and was closed on one day: the state that lasted ended with that.
    same_day = ibis.window(
        group_by=["opportunity_id", "until"], order_by=["moment", "seq"], rows=(None, None)
    )
    ended = ended.mutate(outcome=ended.outcome.last(include_null=True).over(same_day))
    kept = ended.filter(_.until.isnull() | (_.since < _.until) | _.since.isnull())
    return kept.drop(
        "next", "next_closed", "next_won", "is_open", "chance", "closed_on", "is_won", "moment",
        "seq",
    )  # fmt: skip


def open_runs(data: Dataset) -> ir.Table:
    """Return one row per unbroken time in which a deal was open.

    Returns
    -------
    ibis Table
        ``opportunity_id``, ``run`` (1 for the first), ``begun`` (its creation, or the day it was
        reopened), ``over`` (null while it is open).
    """
    import ibis
    from ibis import _

    states = pipeline_changes(data)
    order = ibis.window(group_by="opportunity_id", order_by="since")
    so_far = ibis.window(group_by="opportunity_id", order_by="since", rows=(None, 0))
    marked = states.mutate(before=states.until.lag().over(order))
    marked = marked.mutate(opens=(_.before == _.since).fill_null(False).ifelse(0, 1))
    runs = (
        marked.mutate(run=_.opens.sum().over(so_far))
        .group_by("opportunity_id", "run")
        .aggregate(
            created_on=_.created_on.min(),
            since=_.since.min(),
            until=_.until.max(),
            ends=_.until.isnull().ifelse(0, 1).min(),
        )
    )
    first = ibis.least(ibis.coalesce(_.created_on, _.since), ibis.coalesce(_.since, _.created_on))
    return runs.select(
        "opportunity_id",
        "run",
        begun=(_.run == 1).ifelse(first, _.since),
        over=(_.ends == 1).ifelse(_.until, ibis.null("date")),
    )


def _told(data: Dataset, deals: ir.Table) -> Any:
    """Return the states that the history tells, and one for each deal that it does not name.

    With ``since``, ``next`` (the day of the following change), ``next_closed`` and ``next_won``
    (whether that closed the deal, and won it), ``is_open``, ``chance`` (the stage's probability).
    """
    import ibis
    from ibis import _

    history, zone = data.table("opportunity_history"), data.policy.timezone
    here = data.columns("opportunity_history")
    tracked = [name for name in deals.columns if name in TRACKED and name in here]
    rows = history.select("opportunity_id", "changed_at", "seq", "stage", *tracked)
    own = deals.drop(*tracked).rename(__deal="opportunity_id")
    rows = own.join(rows, own["__deal"] == rows.opportunity_id).drop("__deal")
    rows = _with_outcome(rows, data)
    order = ibis.window(group_by=rows.opportunity_id, order_by=[rows.changed_at, rows.seq])
    states = rows.mutate(
        since=local_day(rows.changed_at, zone),
        next=local_day(rows.changed_at.lead().over(order), zone),
        next_closed=(~rows.is_open).lead().over(order).fill_null(False),
        next_won=rows.won.lead().over(order),
        moment=rows.changed_at,
    ).drop("changed_at", "won")
    named = rows.select(named=rows.opportunity_id).distinct()
    untold = deals.left_join(named, deals.opportunity_id == named.named)
    untold = untold.filter(_.named.isnull()).drop("named")
    untold = untold.mutate(
        stage=ibis.null("string"),
        is_open=ibis.literal(True),
        chance=ibis.null("float64"),
        since=_.created_on,
        next=ibis.null("date"),
        next_closed=ibis.literal(False),
        next_won=ibis.null("int64"),
        moment=ibis.null(states.moment.type()),
        seq=ibis.null(states.seq.type()),
    )
    columns = states.columns
    return states.select(*columns).union(untold.select(*columns))


def _with_outcome(rows: Any, data: Dataset) -> Any:
    """Add ``is_open``, ``won`` (1 or 0) and ``chance`` of each row's stage, as far as known."""
    import ibis

    if "stages" not in data:
        return rows.mutate(
            is_open=ibis.literal(True), won=ibis.null("int64"), chance=ibis.null("float64")
        )
    columns = ["is_closed", "is_won", "probability"]
    placed = with_stage(
        rows, data.table("stages"), by_pipeline=by_pipeline(data), columns=columns, prefix="__"
    )
    placed = placed.mutate(
        is_open=~placed["__is_closed"].fill_null(False),
        won=placed["__is_won"].fill_null(False).ifelse(1, 0).cast("int64"),
        chance=placed["__probability"],
    )
    return placed.drop("__is_closed", "__is_won", "__probability")


def _check_column(table: ir.Table, column: str) -> None:
    """Refuse opportunities without history that lack a column."""
    if column not in table.columns:
        raise TableError.missing("opportunity_history", found=["opportunities"])
