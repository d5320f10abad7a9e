"""Lapses: accounts that paid nothing at the end of some day, whether or not they came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.periods import Calendar

COLUMNS = ("lapsed", "net_if_lost")
"""Columns that movements get for formulas which count who lapsed as lost."""


def with_lapses(
    moved: Any, data: Dataset, calendar: Calendar, trailing: int, first: Any, net: str
) -> Any:
    """Add ``lapsed`` to movements: their account fell to no MRR within the period or window.

    Also ``net_if_lost``: the change of the group's MRR over the period, but of lapsed accounts all
    it was at the start. The policy's ``gap_days`` say how short a gap is none.

    Parameters
    ----------
    moved
        Movements with ``account_id`` and ``period``, those of amount 0 among them.
    trailing
        Periods per window of the call.
    first
        Whether a row is the one of its group and period that has all of the change.
    net
        The column of that change.
    """
    import ibis
    from ibis import _

    table = price_periods(data)
    mrr = table.mrr.cast("decimal(18, 6)")
    starts = table.select("account_id", on=table.started_on, amount=mrr)
    ended = table.filter(table.ended_on.notnull())
    ends = ended.select("account_id", on="ended_on", amount=(-mrr).cast("decimal(18, 6)"))
    days = starts.union(ends).group_by(["account_id", "on"])
    changes = days.aggregate(amount=_.amount.sum().cast("decimal(38, 6)"))
    so_far = ibis.window(group_by="account_id", order_by="on", range=(None, 0))
    left = changes.mutate(mrr=changes.amount.sum().over(so_far)).filter(_.mrr == 0, _.amount < 0)
    lapses = left.select(lapser="account_id", lapse=calendar.number_of(left.on))
    if trailing > 1:
        offsets = ibis.array(list(range(trailing)))
        lapses = lapses.mutate(offset=offsets.unnest()).mutate(lapse=_.lapse + _.offset)
    lapses = lapses.select("lapser", "lapse").distinct()
    joined = moved.left_join(
        lapses, (moved.account_id == lapses.lapser) & (moved.period == lapses.lapse)
    )
    kind = moved.amount.type()
    opened = joined["opened" if "opened" in joined.columns else "before"]
    marked = joined.mutate(lapsed=joined.lapser.notnull(), whole=(-opened).cast(kind))
    whole = ibis.ifelse(first, _.whole, ibis.literal(0).cast(kind))
    found = marked.mutate(net_if_lost=ibis.ifelse(_.lapsed, whole, _[net].cast(kind)))
    return found.drop("lapser", "lapse", "whole")
