"""Forecasts: what was forecast for a quarter some days before its end, beside what was won."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from revkit.derived.opportunities.pipeline_changes import pipeline_changes
from revkit.derived.reps.rollups import with_team
from revkit.derived.reps.shares import by_rep
from revkit.derived.reps.targets import with_rollups
from revkit.errors import TableError
from revkit.periods import day_before

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

DAYS = (30, 60, 90)
"""Days before the end of its span at which a forecast is looked at."""

KINDS = ("commit", "best_case", "weighted")
COLUMNS = ("forecast", "days", "rep_id", "due_on", "amount", "won", "is_rollup")


def forecasts(data: Dataset) -> ir.Table:
    """Return one row per forecast, rep, span and number of days before the span's end.

    Parameters
    ----------
    data
        A company with ``opportunities``, and ``opportunity_history`` or submitted forecasts among
        its ``targets`` (of kind commit or best_case, for bookings).

    Returns
    -------
    ibis Table
        Of spans that are over:

        - ``forecast``: commit and best_case, as submitted last by that day; where nobody submits
          one, the fiscal quarter's amount won so far and that of open deals of the category (of
          commit, too, in best_case). weighted: won so far, and each open deal times its
          probability. Open deals are those expected to close in the quarter;
        - ``days`` before the end (30, 60 or 90), ``rep_id``, ``due_on`` (the span's last day);
        - ``amount`` forecast (null where a probability or amount was not known), ``won``;
        - ``is_rollup``: submitted by a manager while reports submitted their own.

        The company's own forecast is left out where reps submitted theirs.

    Raises
    ------
    TableError
        Without history and without submitted forecasts.
    """
    import ibis

    sources: list[Any] = []
    submitted = _submitted(data) if "targets" in data else None
    if "opportunity_history" in data:
        rolled = _rolled_up(data)
        if submitted is not None:
            kinds = submitted.select("forecast").distinct()
            rolled = rolled.anti_join(kinds, "forecast")
        sources.append(rolled)
    if submitted is not None:
        sources.append(submitted)
    if not sources:
        raise TableError.missing("opportunity_history", found=data.tables)
    return ibis.union(*sources) if len(sources) > 1 else sources[0]


def _horizons(rows: Any) -> Any:
    """Repeat rows for each number of days before ``due_on``, with the ``day`` that it is."""
    import ibis

    each = rows.mutate(days=ibis.array(list(DAYS)).unnest())
    day = (each.due_on.cast("timestamp") - each.days.as_interval("D")).cast("date")
    return each.mutate(day=day)


def _won(data: Dataset, forecasts: Any = None) -> Any:
    """Return what each rep won: ``rep_id``, ``closed_on``, the amount ``worth``, ``is_rollup``.

    Parameters
    ----------
    forecasts
        Those of managers that are roll-ups are held against what their teams won.
    """
    from ibis import _

    deals = data.table("opportunities").filter(_.is_won, _.closed_on.notnull())
    if forecasts is None:
        won = by_rep(deals, data).mutate(is_rollup=False)
    else:
        won = with_team(deals, data, "closed_on", forecasts, shared=True)
    worth = _.amount.cast("float64").fill_null(0.0)
    return won.select("rep_id", "closed_on", "is_rollup", worth=worth)


def _rolled_up(data: Dataset) -> Any:
    """Return the forecasts that follow from the state of deals on the day."""
    import ibis
    from ibis import _

    quarter_end = data.policy.periods("quarter").last_day_of
    states = pipeline_changes(data).filter(_.expected_close_on.notnull())
    unknown = [name for name in ("rep_id", "forecast_category") if name not in states.columns]
    states = by_rep(states.mutate(**dict.fromkeys(unknown, ibis.null("string"))), data)
    due = _horizons(states.mutate(due_on=quarter_end(states.expected_close_on)))
    open_then = due.filter(_.since <= _.day, _.until.isnull() | (_.day < _.until))
    amount = open_then.amount.cast("float64")
    category = open_then.forecast_category
    parts = {
        "commit": (category == "commit").fill_null(False).ifelse(amount, 0.0),
        "best_case": category.isin(["commit", "best_case"]).fill_null(False).ifelse(amount, 0.0),
        "weighted": amount * open_then.probability.cast("float64"),
    }
    opened = open_then.select("rep_id", "due_on", "days", won=0.0, **parts)
    won = _won(data)
    won = _horizons(won.mutate(due_on=quarter_end(won.closed_on)))
    first = states.since.min().as_scalar()
    so_far = (won.closed_on <= won.day).ifelse(won.worth, 0.0)
    closed = won.filter(won.day >= first).select(
        "rep_id", "due_on", "days", won=won.worth, **dict.fromkeys(KINDS, so_far)
    )
    both = closed.union(opened.select(closed.columns)).filter(_.due_on <= data.as_of)
    sums = both.group_by(["rep_id", "due_on", "days"]).aggregate(
        won=_.won.sum(),
        **{kind: _known_sum(both[kind]) for kind in KINDS},
    )
    named = data.columns("opportunities") | data.columns("opportunity_history")
    kinds = KINDS if "forecast_category" in named else KINDS[-1:]
    rows = [
        sums.select(
            "days",
            "rep_id",
            "due_on",
            "won",
            amount=kind,
            forecast=ibis.literal(kind),
            is_rollup=ibis.literal(False),
        )
        for kind in kinds
    ]
    whole = ibis.union(*rows) if len(rows) > 1 else rows[0]
    return whole.select(*COLUMNS)


def _known_sum(values: Any) -> Any:
    """Return the sum of values, null where one of them is."""
    unknown = values.isnull().ifelse(1, 0).max() == 1
    return unknown.ifelse(None, values.sum())


def _submitted(data: Dataset) -> Any:
    """Return the forecasts that reps, or else the company, submitted for a span."""
    import ibis
    from ibis import _

    calls = data.table("targets").filter(
        _.kind.isin(KINDS[:2]),
        _.measure == "bookings",
        _.segment.isnull(),
        _.ends_on <= data.as_of + timedelta(days=1),
    )
    last = day_before(calls.ends_on)
    said = _horizons(calls.mutate(due_on=last, said_on=ibis.coalesce(_.submitted_on, _.starts_on)))
    holder = ["kind", "days", "rep_id", "starts_on", "ends_on"]
    latest = ibis.window(group_by=holder, order_by=[ibis.desc("said_on"), ibis.desc("target_id")])
    held = said.filter(_.said_on <= _.day)
    held = held.mutate(place=ibis.row_number().over(latest)).filter(_.place == 0).drop("place")
    held = with_rollups(held.mutate(measure=held.kind), data)
    of_reps = ibis.window(group_by=["kind", "days", "starts_on", "ends_on"])
    by_rep = held.rep_id.notnull().ifelse(1, 0).max().over(of_reps)
    held = held.mutate(by_rep=by_rep).filter(_.rep_id.notnull() | (_.by_rep == 0))
    won = _won(data, held).rename(seller="rep_id", of_team="is_rollup")
    inside = [
        (held.rep_id.isnull() & ~won.of_team) | (held.rep_id == won.seller),
        held.is_rollup | ~won.of_team,
        won.closed_on >= held.starts_on,
        won.closed_on < held.ends_on,
    ]
    joined = held.left_join(won, inside)
    found = joined.group_by([*holder, "due_on", "is_rollup"]).aggregate(
        amount=_.amount.max().cast("float64"), won=_.worth.sum().fill_null(0.0)
    )
    return found.select(
        "days", "rep_id", "due_on", "amount", "won", "is_rollup", forecast=found.kind
    ).select(*COLUMNS)
