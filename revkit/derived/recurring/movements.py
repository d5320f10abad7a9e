"""Movements: changes of each account's MRR between the ends of consecutive periods.

Computed from change points: a price period adds its MRR at its start and subtracts it at its end.
No calendar is cross-joined, so ten years of days cost as much as ten years of months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from revkit.derived.recurring import movement_causes
from revkit.derived.recurring.lapses import COLUMNS as LAPSES
from revkit.derived.recurring.lapses import with_lapses
from revkit.derived.recurring.price_periods import price_periods
from revkit.derived.recurring.spot_rates import CURRENCY, SpotRates, at_spot, in_currencies
from revkit.derived.recurring.transfers import transferred
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
    lapses: bool = False,
) -> ir.Table:
    """Return one row per account, period and group whose MRR changed within the period.

    Parameters
    ----------
    data
        A company with ``subscriptions``.
    calendar
        The periods of the call.
    by
        Columns to add, each with its path from ``subscriptions``. A column of the account leaves
        the grain as it is; one of the subscription (product) splits the account's movement into
        a row per group, all with the movement's name.
    trailing
        Periods per window; ``period`` is then the window's last one, and windows overlap.
    cause
        A column to add for the cause, of :mod:`revkit.derived.recurring.movement_causes`; the
        account's movement is split into a row per cause, all with the movement's name.
    lapses
        Add what tells accounts that left within the period, even if back by its end.

    Returns
    -------
    ibis Table
        Amounts are decimals, money per month.

        - ``account_id``, ``period`` (its number), the ``by`` columns, ``cause``;
        - ``movement``: new, expansion, contraction, churn, reactivation, fx or transfer;
        - ``amount``, ``before``, ``after``: the change of the group's MRR and its two ends;
        - ``opening``: the account's MRR at the start of the period or window;
        - ``net``: the sum of a group's amounts over the period, on one of its rows (0 on others);
        - ``outcome``: the account's movement from the period's start to its end;
        - ``transferred``: the part of the amount that other groups of the account make up for;
        - with ``lapses`` also ``lapsed`` (the account paid nothing at the end of some day of the
          period) and ``net_if_lost`` (``net``, but of lapsed accounts all they paid at its start);
          accounts that lapsed and ended as they began have a row, too.

        An account that joins and leaves within a period has no row. With ``netting="event"`` each
        day of change has a row of its own, and ``opened`` is the group's MRR at the start of the
        period, while ``before`` is that before the event.
    """
    import ibis
    from ibis import _

    event = data.policy.netting == "event"
    own = {name: path for name, path in by.items() if not of_account(path)}
    keys = [*own, *([cause] if cause else [])]
    width = 1 if event else trailing
    spot = SpotRates.of(data, DAYS if event else calendar, calendar) if at_spot(data) else None
    changes = _changes(data, calendar, own, cause, event, spot is not None)
    if spot is None:
        moved = _windows(_states(changes, keys), keys, width)
    else:
        apart = [*keys, CURRENCY]
        moved = _windows(_states(spot.follow(changes, keys), apart), apart, width)
        moved = spot.exchange(moved, keys, width)
    if event:
        moved = _opened(moved.filter(moved.amount != 0), keys, trailing)
    if cause:  # an account that joined and left within the period has no movement
        moved = moved.filter((moved.account_before != 0) | (moved.account_after != 0))
    kept, told = _.amount != 0, {}
    if lapses:
        first = _.place == 0 if event else ~_.is_fx if spot else ibis.literal(True)
        moved = with_lapses(moved, data, calendar, trailing, first, "net" if event else "amount")
        kept, told = kept | (_.net_if_lost != 0), {name: name for name in LAPSES}
    moved = moved.mutate(transferred=transferred(moved, own=bool(own), at_spot=spot is not None))
    named = moved.filter(kept).select(
        "account_id",
        "period",
        *keys,
        "amount",
        "before",
        "after",
        "transferred",
        movement=_named(width, at_spot=spot is not None),
        opening=moved.opening if event else moved.account_before,
        net=moved.net if event else moved.amount,
        outcome=moved.outcome if event else _named(width, at_spot=spot is not None),
        **({"opened": "opened"} if event or spot else {}),
        **told,
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
    """Return the changes of MRR by account, group and ``at``.

    ``at`` numbers the period, or with ``event`` the day; ``new_at``, where the policy has
    ``reactivation_days``, numbers that at which the account was last new. With ``apart`` the
    changes are also by currency.
    """
    from ibis import _

    at = DAYS if event else calendar
    table = in_currencies(data) if apart else price_periods(data)
    for name, path in own.items():
        table = attach(table, path, data.lookup, name)
    groups = [*own, *([CURRENCY] if apart else [])]
    changes = (
        movement_causes.changes_by_cause(table, groups, cause)
        if cause
        else started_and_ended(table, groups)
    )
    keys = ["account_id", *groups, *([cause] if cause else [])]
    keys += ["at", "period"] if event else ["at"]
    numbered = changes.mutate(at=at.number_of(changes.on), period=calendar.number_of(changes.on))
    renewed = {}
    if "new_on" in changes.columns:
        renewed = {"new_at": at.number_of(changes.new_on).max()}
    money = movement_causes.MONEY if cause else "decimal(38, 6)"
    summed = numbered.group_by(keys).aggregate(amount=_.amount.sum().cast(money), **renewed)
    return summed if event else summed.mutate(period=_.at)


def started_and_ended(table: Any, own: Iterable[str]) -> Any:
    """Return each price period as two changes: plus its MRR at its start, minus it at its end."""
    mrr = table.mrr.cast("decimal(18, 6)")
    renewed = ["new_on"] if "new_on" in table.columns else []
    starts = table.select("account_id", *own, *renewed, on=table.started_on, amount=mrr)
    ends = table.filter(table.ended_on.notnull()).select(
        "account_id",
        *own,
        *renewed,
        on=table.ended_on,
        amount=(-mrr).cast("decimal(18, 6)"),
    )
    return starts.union(ends)


def _states(changes: Any, own: list[str]) -> Any:
    """Return the MRR of each account and group before and after each change."""
    import ibis

    amount = changes.amount
    whole = ibis.window(group_by="account_id")
    account = ibis.window(group_by="account_id", order_by="at", range=(None, 0))
    group = ibis.window(group_by=["account_id", *own], order_by="at", range=(None, 0))
    first = changes.at.min().over(whole)
    if "new_at" in changes.columns:
        first = changes.new_at.max().over(account)
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
    """Return each event once per window that contains it, with the MRR at the window's start."""
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
    """Return the changes per window of periods, with the MRR at the window's two ends."""
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
    """Return the name of the account's movement, from its MRR at both ends."""
    import ibis
    from ibis import _

    before = _.account_revalued if at_spot else _.account_before
    name = _name(before, _.account_after, _.at - _.first < trailing)
    return ibis.cases((_.is_fx, "fx"), else_=name) if at_spot else name


def _name(before: Any, after: Any, joined: Any) -> Any:
    """Return the name of a movement; ``joined`` tells new accounts from returning ones."""
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
    """Return whether a dimension of subscriptions belongs to their account."""
    return bool(path.steps) and path.steps[0].relation == "account"
