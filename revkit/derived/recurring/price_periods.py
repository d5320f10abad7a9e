"""Price periods: the subscription rows that count towards MRR under the company's policy."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from revkit.periods import days_after

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.policy import Policy

LINE = ("subscription_id", "line")
_NEVER = date(9999, 12, 31)
_DELINQUENT = ("past_due", "unpaid")


def price_periods(data: Dataset) -> ir.Table:
    """Return one row per price period that counts towards MRR.

    Parameters
    ----------
    data
        A company with ``subscriptions``.

    Returns
    -------
    ibis Table
        The columns of ``subscriptions``. The policy decides which price periods count, with how
        much ``mrr`` and until when; ``discount`` is the share subtracted from ``mrr``.
        ``ended_on`` is null where the end lies after the as-of date. A price period that ends on
        the day it starts does not count. With ``reactivation_days`` there is a column ``new_on``:
        the day the account was last new.
    """
    import ibis
    from ibis import _

    policy, loaded = data.policy, data.columns("subscriptions")
    if "ended_on" not in loaded:
        raise data.lacks("subscriptions", "ended_on")
    table = data.table("subscriptions")
    if policy.churn_at == "request" and "cancel_requested_on" in loaded:
        table = _ended_at_request(table)
    if policy.past_due_days is not None and "status" in loaded:
        table = _ended_when_overdue(table, policy.past_due_days)
    if policy.discounts != "all" and "discount" in loaded:
        table = _undiscounted(table, policy.discounts, loaded)
    today = ibis.literal(data.as_of)
    counted = table.filter(
        table.mrr > 0,
        table.started_on <= today,
        table.ended_on.isnull() | (table.ended_on > table.started_on),
        *_left_out(table, policy, loaded),
    ).mutate(ended_on=(_.ended_on <= today).ifelse(_.ended_on, ibis.null("date")))
    if policy.gap_days:
        counted = _bridged(counted, policy.gap_days)
    if policy.reactivation_days is not None:
        counted = _with_new_on(counted, policy.reactivation_days)
    return counted


def _left_out(table: Any, policy: Policy, loaded: frozenset[str]) -> list[Any]:
    """Return the conditions that exclude trials, paused or usage-priced rows."""
    return [
        table[column] != word
        for column, word, rule in (
            ("status", "trialing", policy.trials),
            ("status", "paused", policy.paused),
            ("pricing", "usage", policy.usage),
        )
        if rule == "exclude" and column in loaded
    ]


def _ended_at_request(table: Any) -> Any:
    """End price periods on the day of cancellation, unless another one follows on the line."""
    import ibis

    line = ibis.window(group_by=list(LINE), order_by="started_on")
    table = table.mutate(__next=table.started_on.lead().over(line))
    asked, end = table.cancel_requested_on, table.ended_on
    earlier = asked.notnull() & table["__next"].isnull() & (end.isnull() | (asked < end))
    stop = (asked > table.started_on).ifelse(asked, table.started_on)
    return table.mutate(ended_on=earlier.ifelse(stop, end)).drop("__next")


def _ended_when_overdue(table: Any, days: int) -> Any:
    """End price periods after so many days past due, counted over consecutive past-due ones."""
    import ibis

    line = ibis.window(group_by=list(LINE), order_by="started_on")
    owed = table.status.isin(_DELINQUENT).fill_null(False)
    table = table.mutate(__owed=owed)
    table = table.mutate(
        __before=table["__owed"].lag().over(line), __until=table.ended_on.lag().over(line)
    )
    goes_on = table["__before"].fill_null(False) & (table["__until"] == table.started_on)
    begins = table["__owed"] & ~goes_on.fill_null(False)
    table = table.mutate(__since=begins.ifelse(table.started_on, ibis.null("date")))
    run = ibis.window(group_by=list(LINE), order_by="started_on", rows=(None, 0))
    table = table.mutate(__since=table["__since"].max().over(run))
    stop = days_after(table["__since"], days)
    late = table["__owed"] & (table.ended_on.isnull() | (table.ended_on > stop))
    ended = late.ifelse(stop, table.ended_on)
    return table.mutate(ended_on=ended).drop("__owed", "__before", "__until", "__since")


def _undiscounted(table: Any, kept: str, loaded: frozenset[str]) -> Any:
    """Add discounts back to MRR: all of them, or those with an end when ``kept`` is forever."""
    import ibis

    off = table.discount.fill_null(0.0) > 0
    if kept == "forever":
        passing = table.discount_kind.isin(["repeating", "once"]).fill_null(False)
        off = off & passing if "discount_kind" in loaded else ibis.literal(False)
    share = (1 - table.discount).cast("float64")
    full = table.mrr.cast("float64") / share.nullif(0.0)
    if {"quantity", "list_unit_price"} <= loaded:  # a free period has no MRR to divide
        full = ibis.coalesce(full, (table.quantity * table.list_unit_price).cast("float64"))
    mrr = ibis.coalesce(off.ifelse(full, table.mrr.cast("float64")), table.mrr.cast("float64"))
    return table.mutate(
        mrr=mrr.round(6).cast(table.mrr.type()), discount=off.ifelse(0.0, table.discount)
    )


def _bridged(table: Any, days: int) -> Any:
    """Extend what an account paid before a short gap until it pays again."""
    import ibis

    paid = _since_paid(table)
    gaps = paid.filter(paid.away > 0, paid.away <= days)
    gaps = gaps.select(__account="account_id", __left="paid_until", __back="started_on")
    same = [table.account_id == gaps["__account"], table.ended_on == gaps["__left"]]
    joined = table.left_join(gaps, same)
    return joined.mutate(ended_on=ibis.coalesce(joined["__back"], joined.ended_on)).drop(
        "__account", "__left", "__back"
    )


def _with_new_on(table: Any, days: int) -> Any:
    """Add ``new_on``: the account's first paid day, or that after an absence of more days."""
    import ibis

    paid = _since_paid(table)
    begins = paid.paid_until.isnull() | (paid.away > days)
    starts = paid.mutate(__start=begins.ifelse(paid.started_on, ibis.null("date")))
    so_far = ibis.window(group_by="account_id", order_by="started_on", range=(None, 0))
    return starts.mutate(new_on=starts["__start"].max().over(so_far)).drop(
        "__start", "paid_until", "away"
    )


def _since_paid(table: Any) -> Any:
    """Add ``paid_until``, the end of what the account paid before, and the days ``away`` since."""
    import ibis

    before = ibis.window(group_by="account_id", order_by="started_on", rows=(None, -1))
    until = ibis.coalesce(table.ended_on, ibis.literal(_NEVER))
    reached = table.mutate(paid_until=until.max().over(before))
    return reached.mutate(away=reached.started_on.delta(reached.paid_until, unit="day"))
