"""Worth of a case more of each watched outcome: from lead to won deal, and of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.derived.recurring.price_periods import price_periods

if TYPE_CHECKING:
    from revkit.dataset import Dataset

AMOUNTS = frozenset({"amount", "closed_on", "is_won"})


def worth(data: Dataset) -> dict[str, float]:
    """Return the money that one case more is worth, by metric; metrics without are left out.

    A won deal is worth the mean amount of won deals of new business; a lead at a gate that, times
    the share of those beyond the gate that are won; a customer kept what customers pay in a year,
    on average.
    """
    found: dict[str, float] = {}
    if "opportunities" in data and data.columns("opportunities") >= AMOUNTS:
        from ibis import _

        deals = data.table("opportunities").filter(
            _.kind == "new", _.closed_on.notnull(), _.is_won.notnull()
        )
        rows = deals.aggregate(
            n=_.count(), won=_.is_won.ifelse(1, 0).sum(), amount=_.is_won.ifelse(_.amount, 0).mean()
        ).execute()
        n, won, amount = (float(rows[name].iloc[0] or 0) for name in ("n", "won", "amount"))
        if won:
            found["win_rate"] = amount * n / won
            found |= _of_gates(data, amount)
    if "subscriptions" in data and "ended_on" in data.columns("subscriptions"):
        from ibis import _

        paying = price_periods(data).filter(_.ended_on.isnull())
        rows = paying.aggregate(mrr=_.mrr.sum(), accounts=_.account_id.nunique()).execute()
        accounts = float(rows["accounts"].iloc[0])
        if accounts:
            found["churn_rate"] = -12 * float(rows["mrr"].iloc[0]) / accounts
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _of_gates(data: Dataset, each: float) -> dict[str, float]:
    """Return what a lead beyond each gate is worth, from the mean of a decided deal."""
    if "lead_history" not in data:
        return {}
    from ibis import _

    counted = data.table("lead_history").group_by("stage").aggregate(n=_.lead_id.nunique())
    reached: pd.Series = counted.execute().set_index("stage")["n"].astype(np.float64)
    deals = float(reached.get("opportunity", 0.0))
    names = {"lead_to_mql_rate": "MQL", "mql_to_sql_rate": "SQL"}
    found = {
        metric: each * deals / float(reached[stage])
        for metric, stage in names.items()
        if reached.get(stage, 0.0)
    }
    return found | ({"sql_to_opportunity_rate": each} if deals else {})
