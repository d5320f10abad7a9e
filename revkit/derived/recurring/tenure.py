"""Tenure: months since an account first paid, in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from revkit.derived.recurring.ageing import ageing
from revkit.derived.recurring.customers import customers
from revkit.derived.recurring.price_periods import price_periods
from revkit.derived.recurring.spot_rates import CURRENCY, SpotRates, at_spot, in_currencies
from revkit.errors import PeriodError

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.periods import Calendar

BOUNDS = (3, 6, 12, 24)
GROUPS = ("0–2", "3–5", "6–11", "12–23", "24+")


def month_number(day: Any) -> Any:
    """Return the month of a date expression, numbered ``year * 12 + month - 1``."""
    return day.year() * 12 + day.month() - 1


def tenure_group(months: Any) -> Any:
    """Return the tenure group of an expression of months."""
    import ibis

    cases = [(months < bound, name) for bound, name in zip(BOUNDS, GROUPS[:-1], strict=True)]
    return ibis.cases(*cases, else_=GROUPS[-1])


def with_tenure(
    moved: Any, data: Dataset, calendar: Calendar, by: Sequence[str], name: str, trailing: int
) -> Any:
    """Add to movements the tenure group of their account at the start of the period.

    Tenure grows without a movement of MRR. Movements named ``ageing`` are therefore added, which
    carry the account's MRR from one group to the next between two periods.

    Parameters
    ----------
    moved
        :func:`~revkit.derived.recurring.movements.movements` of the same call.
    by
        Other group columns of ``moved``; they must be those of the account.
    name
        The column to add.
    trailing
        Periods per window of the call.

    Raises
    ------
    PeriodError
        For days and weeks: tenure is counted in months.
    """
    from ibis import _

    if calendar.period in ("day", "week"):
        raise PeriodError.no_tenure(calendar.period)
    since = customers(data).select(payer=_.account_id, since=month_number(_.first_paid_on))
    joined = moved.join(since, moved.account_id == since.payer).drop("payer")
    opened = calendar.opening_month(joined.period - (trailing - 1), joined.since)
    aged = joined.mutate(tenure_group(opened - joined.since).name(name)).drop("since")
    if calendar.period is None or trailing > 1:
        return aged
    return aged.union(ageing(_group_changes(moved, data, calendar, by), name, aged.columns))


def _group_changes(moved: Any, data: Dataset, calendar: Calendar, by: Sequence[str]) -> Any:
    """Return the MRR of each account at the end of periods after which its group changes."""
    import ibis
    from ibis import _

    since = customers(data).select(payer=_.account_id, since=month_number(_.first_paid_on))
    spot = SpotRates.of(data, calendar, calendar) if at_spot(data) else None
    apart = [] if spot is None else [CURRENCY]
    paid = (price_periods(data) if spot is None else in_currencies(data)).select(
        "account_id",
        *apart,
        begins=calendar.number_of(_.started_on),
        ends=calendar.number_of(_.ended_on),
        mrr=_.mrr.cast("decimal(18, 6)"),
    )
    groups = moved.select("account_id", *by).distinct()
    dated = paid.join(since, paid.account_id == since.payer)
    steps = dated.mutate(bound=ibis.array(list(BOUNDS)).unnest())
    steps = steps.mutate(period=calendar.number_of_month(steps.since + steps.bound) - 1)
    now = calendar.number(data.as_of)
    lasting = steps.filter(
        steps.begins <= steps.period,
        steps.ends.isnull() | (steps.ends > steps.period),
        steps.period < now,
    )
    keys = ["account_id", "period", "since", "bound"]
    total = _.mrr.sum().cast("decimal(38, 6)")
    standing = lasting.group_by([*keys, *apart]).aggregate(mrr=total)
    if spot is not None:
        worth = spot.value(standing.mutate(at=_.period), "mrr")
        standing = worth.group_by(keys).aggregate(mrr=total)
    once = standing.group_by(["account_id", "period", "since"]).aggregate(mrr=_.mrr.max())
    grouped = once.join(groups, "account_id")
    old, new = (
        tenure_group(calendar.opening_month(opens, grouped.since) - grouped.since)
        for opens in (grouped.period, grouped.period + 1)
    )
    return grouped.mutate(old=old, new=new)
