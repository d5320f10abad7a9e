"""Quota spans: the times in which each rep has a quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.derived.reps.quotas import current_quotas

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def quota_spans(data: Dataset) -> ir.Table:
    """Return one row per rep and unbroken time with a bookings quota; overlaps are merged.

    A manager whose quota repeats those of the reports carries none.

    Parameters
    ----------
    data
        A company with ``targets`` and ``reps``.

    Returns
    -------
    ibis Table
        ``rep_id``, ``started_on``, ``ended_on`` (dates, half-open; the day of leaving where the
        rep left before the quota ended).
    """
    import ibis
    from ibis import _

    quotas = current_quotas(data).filter(_.measure == "bookings", ~_.is_rollup)
    quotas = quotas.filter(_.amount > 0).select("starts_on", "ends_on", holder=_.rep_id)
    reps = data.table("reps").select("rep_id", "left_on")
    held = quotas.inner_join(reps, quotas.holder == reps.rep_id)
    held = held.mutate(ended_on=(_.left_on < _.ends_on).ifelse(_.left_on, _.ends_on))
    held = held.mutate(ended_on=ibis.coalesce(_.ended_on, _.ends_on))
    held = held.filter(_.starts_on < _.ended_on).select("rep_id", "starts_on", "ended_on")
    # A new span begins where no earlier quota of the rep overlaps or adjoins.
    order = [held.starts_on, held.ended_on]
    earlier = ibis.window(group_by=held.rep_id, order_by=order, preceding=(None, 1))
    reach = held.mutate(reach=held.ended_on.max().over(earlier))
    begins = (reach.reach.isnull() | (reach.starts_on > reach.reach)).ifelse(1, 0)
    marked = reach.mutate(begins=begins)
    so_far = ibis.window(
        group_by=marked.rep_id, order_by=[marked.starts_on, marked.ended_on], following=0
    )
    numbered = marked.mutate(span=marked.begins.sum().over(so_far))
    return (
        numbered.group_by(["rep_id", "span"])
        .aggregate(started_on=_.starts_on.min(), ended_on=_.ended_on.max())
        .drop("span")
    )
