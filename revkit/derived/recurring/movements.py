"""Movements: how the MRR of each account changed between the ends of consecutive periods.

Everything works on change points: a regime is its MRR at its start and minus its MRR at its
end. No calendar is multiplied out, so ten years of days cost what ten years of months do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from revkit.derived.recurring import movement_causes
from revkit.derived.recurring.price_periods import price_periods
from revkit.derived.recurring.spot_rates import CURRENCY, Spot, at_spot, in_currencies
from revkit.dimensions import DimensionPath, attach
from revkit.periods import Calendar

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

DAYS = Calendar("day")


def movements(
    data: Dataset,
    calendar: Calendar,
    by: Mapping[str, DimensionPath],
    *,
    trailing: int = 1,
    cause: str | None = None,
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
    cause
        A column to add for what moved it, of :mod:`revkit.derived.recurring.movement_causes`; each
        cause has its own row, under the account's name for the movement.

    Returns
    -------
    ibis Table
        ``account_id``, ``period`` (its number), the ``by`` columns, ``movement`` (new,
        expansion, contraction, churn, reactivation, fx, transfer), ``amount``, ``before``,
        ``after``, and ``opening``, what the account paid when the period (or the window)
        opened: decimals, money per month. Joined and gone within one period is no row; under
        a policy that nets by event it is two, for there each day of change has its own, and
        ``opened`` is what its group paid as the period opened, beside ``before`` the event.
        ``net`` and ``outcome`` are what the whole period came to, however it is counted: the
        sum of a group's amounts, on one of its rows (0 on the others), and the name of the
        account's movement from one end to the other.
    """
    event = data.policy.netting == "event"
    own = {name: path for name, path in by.items() if not of_account(path)}
    keys = [*own, *([cause] if cause else [])]
    width = 1 if event else trailing
    spot = Spot.of(data, DAYS if event else calendar, calendar) if at_spot(data) else None
    changes = _changes(data, calendar, own, cause, event, spot is not None)
    if spot is None:
        moved = _windows(_states(changes, keys), keys, width)
    else:
        apart = [*keys, CURRENCY]
        moved = _windows(_states(spot.follow(changes, keys), apart), apart, width)
        moved = spot.exchange(moved, keys, width)
    if event:
        moved = _opened(moved.filter(moved.amount != 0), keys, trailing)
    if cause:  # who joined and left within a period has moved nothing, whatever was changed
        moved = moved.filter((moved.account_before != 0) | (moved.account_after != 0))
    named = moved.filter(moved.amount != 0).select(
        "account_id",
        "period",
        *keys,
        "amount",
        "before",
        "after",
        movement=_named(width, at_spot=spot is not None),
        opening=moved.opening if event else moved.account_before,
        net=moved.net if event else moved.amount,
        outcome=moved.outcome if event else _named(width, at_spot=spot is not None),
        **({"opened": "opened"} if event or spot else {}),
    )
    for name, path in by.items():
        if name not in own:
            named = attach(named, path, data.lookup, name)
    return named


def _changes(
    data: Dataset,
    calendar: Calendar,
    own: Mapping[str, DimensionPath],
    cause: str | None,
    event: bool,
    apart: bool,
) -> Any:
    """What regimes that start and end add to and take from each account.

    ``at`` is what changes are summed over: the period, or the day of an event; ``life`` the
    ``at`` of the last start by which the account was new. ``apart``, each currency has its own.
    """
    from ibis import _

    at = DAYS if event else calendar
    table = in_currencies(data) if apart else price_periods(data)
    for name, path in own.items():
        table = attach(table, path, data.lookup, name)
    groups = [*own, *([CURRENCY] if apart else [])]
    changes = (
        movement_causes.caused(table, groups, cause) if cause else started_and_ended(table, groups)
    )
    keys = ["account_id", *groups, *([cause] if cause else [])]
    keys += ["at", "period"] if event else ["at"]
    numbered = changes.mutate(at=at.number_of(changes.on), period=calendar.number_of(changes.on))
    lives = {}
    if "life_on" in changes.columns:
        lives = {"life": at.number_of(changes.life_on).max()}
    money = movement_causes.MONEY if cause else "decimal(38, 6)"
    summed = numbered.group_by(keys).aggregate(amount=_.amount.sum().cast(money), **lives)
    return summed if event else summed.mutate(period=_.at)


def started_and_ended(table: Any, own: Iterable[str]) -> Any:
    """Each regime as two changes: its MRR on the day it starts, less it on the day it ends."""
    mrr = table.mrr.cast("decimal(18, 6)")
    lives = ["life_on"] if "life_on" in table.columns else []
    starts = table.select("account_id", *own, *lives, on=table.started_on, amount=mrr)
    ends = table.filter(table.ended_on.notnull()).select(
        "account_id",
        *own,
        *lives,
        on=table.ended_on,
        amount=(-mrr).cast("decimal(18, 6)"),
    )
    return starts.union(ends)


def _states(changes: Any, own: list[str]) -> Any:
    """What each account, and each of its groups, pays before and after its changes."""
    import ibis

    amount = changes.amount
    whole = ibis.window(group_by="account_id")
    account = ibis.window(group_by="account_id", order_by="at", range=(None, 0))
    group = ibis.window(group_by=["account_id", *own], order_by="at", range=(None, 0))
    first = changes.at.min().over(whole)
    if "life" in changes.columns:
        first = changes.life.max().over(account)
    keys = ["account_id", *own, "at", "period", "amount"]
    after = amount.sum().over(group)
    if not own:
        states = changes.select(*keys, first=first, after=after)
        before = states.after - states.amount
        return states.mutate(before=before, account_before=before, account_after=states.after)
    period = ibis.window(group_by=["account_id", "at"])
    states = changes.select(
        *keys,
        first=first,
        after=after,
        account_after=amount.sum().over(account),
        account_amount=amount.sum().over(period),
    )
    return states.mutate(
        before=states.after - states.amount,
        account_before=states.account_after - states.account_amount,
    )


def _opened(moved: Any, own: list[str], trailing: int) -> Any:
    """Give each event to every window that holds it, with what was paid as that opened."""
    import ibis
    from ibis import _

    if trailing > 1:
        offsets = ibis.array(list(range(trailing)))
        moved = moved.mutate(offset=offsets.unnest())
        moved = moved.mutate(period=_.period + _.offset).drop("offset")
    whole, part = ["account_id", "period"], ["account_id", *own, "period"]
    account, group = (ibis.window(group_by=keys, order_by="at") for keys in (whole, part))
    opened = moved["opened" if "opened" in moved.columns else "before"]
    moved = moved.mutate(
        opening=moved.account_before.first().over(account),
        opened=opened.first().over(group),
        place=ibis.row_number().over(group),
        joins=(moved.at == moved.first).any().over(ibis.window(group_by=whole)),
        change=moved.amount.sum().over(ibis.window(group_by=whole)),
        net=moved.amount.sum().over(ibis.window(group_by=part)),
    )
    nothing = ibis.literal(0).cast(moved.amount.type())
    return moved.mutate(
        net=(_.place == 0).ifelse(_.net.cast(moved.amount.type()), nothing),
        outcome=_name(_.opening, _.opening + _.change, _.joins),
    )


def _windows(moved: Any, own: list[str], trailing: int) -> Any:
    """Give each change to every window that holds it, and read the window's two ends."""
    import ibis
    from ibis import _

    if trailing == 1:
        return moved
    offsets = ibis.array(list(range(trailing)))
    spread = moved.mutate(offset=offsets.unnest()).mutate(window=_.period + _.offset)
    opening = ibis.window(group_by=["account_id", "window"], order_by="period")
    spread = spread.mutate(account_before=_.account_before.first().over(opening))
    keys = ["account_id", *own, "window"]
    grouped = spread.group_by(keys).aggregate(
        first=_.first.max(),
        amount=_.amount.sum().cast(moved.amount.type()),
        before=_.before.argmin(_.period),
        account_before=_.account_before.min(),
    )
    total = ibis.window(group_by=["account_id", "window"])
    return (
        grouped.mutate(after=_.before + _.amount, account_amount=_.amount.sum().over(total))
        .mutate(account_after=_.account_before + _.account_amount)
        .mutate(period=_.window, at=_.window)
    )


def _named(trailing: int, *, at_spot: bool) -> Any:
    """The account's name for a movement, from what it pays at both ends."""
    import ibis
    from ibis import _

    before = _.account_revalued if at_spot else _.account_before
    name = _name(before, _.account_after, _.at - _.first < trailing)
    return ibis.cases((_.is_fx, "fx"), else_=name) if at_spot else name


def _name(before: Any, after: Any, joined: Any) -> Any:
    import ibis

    return ibis.cases(
        ((before == 0) & (after > 0) & joined, "new"),
        ((before == 0) & (after > 0), "reactivation"),
        ((before > 0) & (after == 0), "churn"),
        (after > before, "expansion"),
        (after < before, "contraction"),
        else_="transfer",
    )


def of_account(path: DimensionPath) -> bool:
    """Return whether a dimension of subscriptions is one of their account."""
    return bool(path.steps) and path.steps[0].relation == "account"
