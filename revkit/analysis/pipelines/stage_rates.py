"""Stage rates: the share won of the deals that entered a stage, beside those open in it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import derived
from revkit.dataset.argument import company
from revkit.derived.stage_positions import by_pipeline
from revkit.language import message
from revkit.periods import Calendar
from revkit.statistics.intervals import wilson

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def stage_rates(data: Dataset) -> pd.DataFrame:
    """Return the share won of the decided deals that entered each stage, beside the open ones.

    Parameters
    ----------
    data
        A company with opportunities, opportunity_history and, for their order, stages.

    Returns
    -------
    pandas.DataFrame
        One row a stage in which a deal can be open: pipeline (where stages belong to several, which
        may share labels), stage, decided (deals), value (share won),
        low, high (Wilson, 95 %), open_deals, open_amount, expected (open_amount × value).

    Raises
    ------
    TableError
        When there is no opportunity_history.
    """
    company(data, "rk.stage_rates")
    from ibis import _

    visits = derived.table(data, "opportunity_stages", Calendar("month")).filter(_.visit == 1)
    own = ["pipeline"] if by_pipeline(data) else []
    decided = visits.filter(_.is_open & _.closed_on.notnull()).aggregate(
        by=[*own, "stage", "position"], decided=_.count(), won=_.is_won.ifelse(1, 0).sum()
    )
    now = derived.table(data, "pipeline_changes", Calendar("month")).filter(_.until.isnull())
    standing = now.aggregate(by=[*own, "stage"], open_deals=_.count(), open_amount=_.amount.sum())
    keys = [*own, "stage"]
    rates: pd.DataFrame = decided.execute().merge(standing.execute(), on=keys, how="outer")
    rates = rates.sort_values([*own, "position", "stage"]).reset_index(drop=True)
    if own and len(set(rates["pipeline"])) == 1:
        own = []
    counted = rates[["open_deals", "open_amount", "decided", "won"]].astype("float64").fillna(0.0)
    decided_deals = counted["decided"].to_numpy()
    with np.errstate(invalid="ignore"):  # nobody decided yet: unknown
        rates["value"] = counted["won"].to_numpy() / decided_deals
    rates["low"], rates["high"] = wilson(rates["value"].to_numpy(), decided_deals, 0.95)
    rates["open_deals"] = counted["open_deals"].astype("int64")
    rates["open_amount"] = counted["open_amount"]
    rates["expected"] = rates["open_amount"] * rates["value"]
    rates["decided"] = counted["decided"].astype("int64")
    columns = [*own, "stage", "decided", "value", "low", "high", "open_deals", "open_amount"]
    rates = rates[[*columns, "expected"]]
    rates.attrs = {
        "currency": data.currency,
        "titles": {
            "decided": message("Decided deals"),
            "value": message("Won of them"),
            "expected": message("Open × won"),
        },
        "units": {
            "value": "share",
            "low": "share",
            "high": "share",
            "open_amount": "money",
            "expected": "money",
        },
    }
    return rates
