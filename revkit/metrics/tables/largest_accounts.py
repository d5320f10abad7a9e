"""The MRR of each account at the end of each period, and the share of the largest accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.algebra.query.grouping import movements_by

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call


def account_mrr(call: Call) -> Any:
    """Return the MRR of each account at the end of each requested period.

    Parameters
    ----------
    call
        The call of the metric.

    Returns
    -------
    ibis Table
        A row per account, group and period in which it pays: ``account_id``, ``by_0``…, ``period``
        (its number) and ``mrr``, above 0.
    """
    import ibis
    from ibis import _

    moved = movements_by(call.data, call.calendar, call.groups, 1)
    keys = ["account_id", *call.groups]
    steps = moved.group_by([*keys, "period"]).aggregate(change=_.amount.sum())
    so_far = ibis.window(group_by=keys, order_by="period", range=(None, 0))
    order = ibis.window(group_by=keys, order_by="period")
    states = steps.mutate(
        mrr=steps.change.sum().over(so_far), until=steps.period.lead().over(order)
    )
    first, after = min(call.numbers, default=0), max(call.numbers, default=-1) + 1
    states = states.mutate(
        begins=ibis.greatest(_.period, first),
        ends=ibis.least(ibis.coalesce(_.until, after), after),
    ).filter(_.mrr > 0, _.begins < _.ends)
    return states.select(*keys, "mrr", period=ibis.range(states.begins, states.ends).unnest())


def top_share(call: Call, top: int) -> pd.DataFrame:
    """Return the share of MRR that the largest accounts pay.

    Parameters
    ----------
    call
        The call of the metric.
    top
        How many accounts count as the largest; all of them where there are fewer.

    Returns
    -------
    DataFrame
        A row per group and period: ``by_0``…, ``period`` (its number), ``value`` (0 to 1) and ``n``
        (accounts that pay).
    """
    import ibis
    from ibis import _

    accounts = account_mrr(call)
    groups = [*call.groups, "period"]
    order = ibis.window(group_by=groups, order_by=[ibis.desc("mrr"), "account_id"])
    ranked = accounts.mutate(place=ibis.row_number().over(order))
    sums = ranked.group_by(groups).aggregate(
        top=_.mrr.sum(where=_.place < top).cast("float64"),
        whole=_.mrr.sum().cast("float64"),
        n=_.count(),
    )
    frame: pd.DataFrame = sums.to_pyarrow().to_pandas()
    return frame.assign(value=frame["top"] / frame["whole"])
