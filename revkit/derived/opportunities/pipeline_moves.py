"""Pipeline moves: what made the pipeline due in a period larger or smaller, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.opportunities.pipeline_changes import pipeline_changes

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar


def pipeline_moves(data: Dataset, calendar: Calendar) -> ir.Table:
    """Return one row per step of an open deal into, within or out of a period's due pipeline.

    A deal is due in the period of its expected close. What is won in a period in which it was not
    due was pulled in on the same day, and what it was won at is its amount by then.

    Parameters
    ----------
    data
        A company with ``opportunities``; without ``opportunity_history`` dates, owners and amounts
        are the present ones.
    calendar
        The periods of the call.

    Returns
    -------
    ibis Table
        The columns of :func:`~revkit.derived.opportunities.pipeline_changes.pipeline_changes` as
        they were, but for ``since``, ``until`` and ``outcome``, with ``movement``, ``moved_on``
        and ``amount``, the change (0 where an amount is unknown):

        - ``opening``: open and due as the period began;
        - ``created``, ``reopened``, ``pulled_in``: above 0;
        - ``amount_up``, ``amount_down``: the change while due;
        - ``pushed_out``, ``won``, ``lost``: below 0;
        - ``transferred``: out with the old owner, stage and category, in with the new ones.
    """
    changes = pipeline_changes(data)
    states = _linked(changes, calendar)
    moves = [_opening(states, data, calendar), *_entries(states), *_exits(_priced(states, data))]
    kept = [name for name in changes.columns
            if name not in ("since", "until", "outcome", "amount")]  # fmt: skip
    tables = [move.select(*kept, "movement", "moved_on", "amount") for move in moves]
    first, *others = tables
    whole: ir.Table = first.union(*others)
    return whole


def _linked(states: Any, calendar: Calendar) -> Any:
    """Add the period of each state's due day, beginning and end, and its neighbours' figures."""
    import ibis

    order = ibis.window(group_by="opportunity_id", order_by="since")
    numbered = states.mutate(
        amount=states.amount.fill_null(0),
        due=calendar.number_of(states.expected_close_on),
        begins=calendar.number_of(states.since),
        ends=calendar.number_of(states.until),
    )
    near = numbered.mutate(
        place=ibis.row_number().over(order),
        amount_before=numbered.amount.lag().over(order),
        due_before=numbered.due.lag().over(order),
        until_before=numbered.until.lag().over(order),
        outcome_before=numbered.outcome.lag().over(order),
        due_after=numbered.due.lead().over(order),
        since_after=numbered.since.lead().over(order),
    )
    follows = (near.until_before == near.since) & near.outcome_before.isnull()
    goes_on = (near.since_after == near.until) & near.outcome.isnull()
    return near.mutate(
        follows=follows.fill_null(False),
        goes_on=goes_on.fill_null(False),
        enters=(near.due == near.begins).fill_null(False),
        leaves=(near.due == near.ends).fill_null(False),
        was_due=(near.due_before == near.begins).fill_null(False),
        stays_due=(near.due_after == near.ends).fill_null(False),
    )


def _move(rows: Any, movement: Any, day: Any, amount: Any) -> Any:
    """Return rows as one movement, named by a text or an expression."""
    import ibis

    named = ibis.literal(movement) if isinstance(movement, str) else movement
    return rows.mutate(movement=named, moved_on=day, amount=amount.cast("decimal(18, 2)"))


def _repriced(rows: Any, day: Any, change: Any) -> Any:
    """Return the rows whose amount changed, as a movement up or down."""
    from ibis import _

    changed = rows.mutate(__change=change).filter(_["__change"] != 0)
    movement = (_["__change"] > 0).ifelse("amount_up", "amount_down")
    return _move(changed, movement, day, _["__change"])


def _priced(states: Any, data: Dataset) -> Any:
    """Add ``sold``: what a deal was won at, or its amount in the state where that is unknown."""
    from ibis import _

    deals = data.table("opportunities")
    known = deals.filter(deals.is_won & deals.amount.notnull())
    sold = known.select(deal=_.opportunity_id, day=_.closed_on, price=_.amount)
    joined = states.left_join(
        sold, (states.opportunity_id == sold.deal) & (states.until == sold.day)
    )
    return joined.mutate(sold=joined.price.coalesce(joined.amount)).drop("deal", "day", "price")


def _opening(states: Any, data: Dataset, calendar: Calendar) -> Any:
    """Return what was open and due as its period began, on the day it was due or today."""
    import ibis
    from ibis import _

    today = ibis.literal(data.as_of)
    due = states.filter(
        _.due <= calendar.number(data.as_of),
        (_.begins < _.due).fill_null(True),
        (_.ends >= _.due).fill_null(True),
    )
    day = ibis.least(due.expected_close_on, today)
    return _move(due, "opening", day, due.amount)


def _entries(states: Any) -> list[Any]:
    """Return the moves on the day a state began."""
    from ibis import _

    begun = states.filter(_.since.notnull())
    fresh = begun.filter(~_.follows, _.enters)
    grown = begun.filter(_.follows, _.was_due, _.enters)
    return [
        _move(fresh.filter(_.place == 0), "created", _.since, _.amount),
        _move(fresh.filter(_.place > 0), "reopened", _.since, _.amount),
        _move(begun.filter(_.follows, ~_.was_due, _.enters), "pulled_in", _.since, _.amount),
        _move(grown, "transferred", _.since, _.amount_before),
        _repriced(grown, _.since, grown.amount - grown.amount_before),
    ]


def _exits(states: Any) -> list[Any]:
    """Return the moves on the day a state ended."""
    from ibis import _

    over = states.filter(_.until.notnull())
    won = over.filter((_.outcome == 1).fill_null(False))
    lost = over.filter(_.leaves, (_.outcome == 0).fill_null(False))
    return [
        _move(over.filter(_.goes_on, _.leaves, _.stays_due), "transferred", _.until, -_.amount),
        _move(over.filter(_.goes_on, _.leaves, ~_.stays_due), "pushed_out", _.until, -_.amount),
        _move(won.filter(~_.leaves), "pulled_in", _.until, _.amount),
        _repriced(won, _.until, won.sold - won.amount),
        _move(won, "won", _.until, -_.sold),
        _move(lost, "lost", _.until, -_.amount),
    ]
