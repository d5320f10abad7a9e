"""Movements: how the MRR of each account changed between the ends of consecutive periods.

Everything works on change points: a regime is its MRR at its start and minus its MRR at its
end. No calendar is multiplied out, so ten years of days cost what ten years of months do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from revkit.derived.regimes import regimes
from revkit.dimensions import Path, attach

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar


def movements(
    data: Dataset, calendar: Calendar, by: Mapping[str, Path], *, trailing: int = 1
) -> ir.Table:
    """Return one row per account, period and group whose MRR changed within the period.

    Parameters
    ----------
    data
        A company with ``subscriptions``.
    calendar
        The periods of the call.
    by
        Columns to add, each with its path from ``subscriptions``. A column of the account
        leaves the grain as it is; one of the subscription (product) gives each group its own
        row, under the account's name for the movement.
    trailing
        How many periods a window has; ``period`` is then its last one, and windows overlap.

    Returns
    -------
    ibis Table
        ``account_id``, ``period`` (its number), the ``by`` columns, ``movement`` (new,
        expansion, contraction, churn, reactivation, transfer), ``amount``, ``before``,
        ``after``: decimals, money per month. Joined and gone within one period is no row.
    """
    import ibis
    from ibis import _

    own = {name: path for name, path in by.items() if not _of_account(path)}
    changes = _changes(data, calendar, own)
    whole = ibis.window(group_by="account_id")
    group = ibis.window(group_by=["account_id", *own], order_by="period", range=(None, 0))
    history = changes.mutate(first=_.period.min().over(whole), after=_.amount.sum().over(group))
    if own:
        account = ibis.window(group_by="account_id", order_by="period", range=(None, 0))
        period = ibis.window(group_by=["account_id", "period"])
        history = history.mutate(
            account_after=_.amount.sum().over(account), account_amount=_.amount.sum().over(period)
        )
    else:
        history = history.mutate(account_after=_.after, account_amount=_.amount)
    moved = history.mutate(
        before=_.after - _.amount, account_before=_.account_after - _.account_amount
    )
    if trailing > 1:
        moved = _windows(moved, list(own), trailing)
    named = moved.mutate(movement=_named(moved, trailing)).filter(_.amount != 0)
    for name, path in by.items():
        if name not in own:
            named = attach(named, path, data.lookup, name)
    return named.select("account_id", "period", *by, "movement", "amount", "before", "after")


def _changes(data: Dataset, calendar: Calendar, own: Mapping[str, Path]) -> Any:
    from ibis import _

    table = regimes(data)
    for name, path in own.items():
        table = attach(table, path, data.lookup, name)
    table = table.mutate(mrr=_.mrr.cast("decimal(18, 6)"))
    starts = table.select("account_id", *own, day=_.started_on, amount=_.mrr)
    ends = table.filter(_.ended_on.notnull()).select(
        "account_id", *own, day=_.ended_on, amount=(-_.mrr).cast("decimal(18, 6)")
    )
    changes = starts.union(ends)
    numbered = changes.mutate(period=calendar.number_of(changes.day))
    return numbered.group_by(["account_id", *own, "period"]).aggregate(
        amount=_.amount.sum().cast("decimal(38, 6)")
    )


def _windows(moved: Any, own: list[str], trailing: int) -> Any:
    """Give each change to every window that holds it, and read the window's two ends."""
    import ibis
    from ibis import _

    offsets = ibis.array(list(range(trailing)))
    spread = moved.mutate(offset=offsets.unnest()).mutate(window=_.period + _.offset)
    opening = ibis.window(group_by=["account_id", "window"], order_by="period")
    spread = spread.mutate(account_before=_.account_before.first().over(opening))
    keys = ["account_id", *own, "window"]
    grouped = spread.group_by(keys).aggregate(
        first=_.first.min(),
        amount=_.amount.sum().cast("decimal(38, 6)"),
        before=_.before.argmin(_.period),
        account_before=_.account_before.min(),
    )
    total = ibis.window(group_by=["account_id", "window"])
    return (
        grouped.mutate(after=_.before + _.amount, account_amount=_.amount.sum().over(total))
        .mutate(account_after=_.account_before + _.account_amount)
        .rename(period="window")
    )


def _named(moved: Any, trailing: int) -> Any:
    import ibis

    before, after = moved.account_before, moved.account_after
    joined = (moved.period - moved.first) < trailing
    return ibis.cases(
        ((before == 0) & (after > 0) & joined, "new"),
        ((before == 0) & (after > 0), "reactivation"),
        ((before > 0) & (after == 0), "churn"),
        (after > before, "expansion"),
        (after < before, "contraction"),
        else_="transfer",
    )


def _of_account(path: Path) -> bool:
    return bool(path.steps) and path.steps[0].relation == "account"
