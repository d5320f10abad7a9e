"""The law of the steady state over the whole catalogue.

Asked by month, quarter, year, over three and twelve months and over all, each metric says the same,
or its value adds up, or it is of a period by its definition.
"""

import functools

import pytest

from revkit.catalogue import known
from revkit.errors import RevkitError
from tests.support.companies_steady import AS_OF, START, steady

WINDOWS = {
    "three months": {"period": "month", "trailing": 3},
    "twelve months": {"period": "month", "trailing": 12},
    "quarter": {"period": "quarter", "trailing": 1},
    "year": {"period": "year", "trailing": 1},
    "all": {"period": None},
}
DAYS = {"three months": 92, "twelve months": 365, "quarter": 92, "year": 365,
        "all": (AS_OF - START).days + 1}  # fmt: skip
PATIENCE = 90
"""Days a cohort is given, so that its last month is known."""

BY_PERIOD = {
    "netted": "movements are told by the two ends of a period: who joins and leaves within it, or "
    "grows and shrinks, leaves no trace in a longer one (Policy.netting)",
    "compound": "a share of those at the period's start, kept or lost by its end: months multiply",
    "at the start": "of what was due as the period began: a longer one begins with a smaller part",
    "difference": "of two values that are equal in a steady state: what is left is noise",
}
OF_A_PERIOD = {
    **dict.fromkeys(
        ["new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "reactivation_mrr",
         "upsell_cross_sell_split", "cac_ratio", "new_cac_ratio", "expansion_cac_ratio"], "netted",
    ),
    **dict.fromkeys(
        ["churn_rate", "churn_rate_daily", "churn_rate_joined", "logo_retention", "nrr", "grr",
         "nrr_with_reactivation", "gross_mrr_churn_rate", "net_mrr_churn_rate", "expansion_rate",
         "upsell_rate", "rep_attrition"], "compound",
    ),
    **dict.fromkeys(["pipeline_coverage", "slippage_rate", "share_of_reps_at_quota"],
                    "at the start"),
    **dict.fromkeys(
        ["net_new_mrr", "mrr_growth_rate", "magic_number", "burn_multiple", "fx_movement_mrr",
         "real_revenue_growth", "real_revenue_growth_deflated"], "difference",
    ),
}  # fmt: skip
ADDS_UP = {"revenue_per_rep": "won amount per rep", "arr_per_employee": ""}
ALLOWED = {"pipeline_velocity": 0.05}
ROUNDED = {"days": 1.0, "minutes": 1.0}
"""Medians of whole days and minutes step by one."""


@functools.cache
def asked(window):
    """Each metric's value by its own groups, at the end of 2025; None where it has none."""
    found = {}
    for name, metric in known().items():
        if not metric.family or name in OF_A_PERIOD:
            continue
        how = dict(WINDOWS[window])
        if "within" in metric.options:
            how["within"] = PATIENCE
        try:
            frame = metric(steady(), start=START, **how)
        except RevkitError:
            continue
        found[name] = _last(frame)
    return found


def _last(frame):
    if "period" in frame:
        frame = frame[frame["complete"] & frame["value"].notna()]
        frame = frame[frame["period"] == frame["period"].max()].drop(columns="period")
    keys = list(frame.columns[: frame.columns.get_loc("value")])
    groups = [" · ".join(map(str, names)) for names in frame[keys].itertuples(index=False)]
    return dict(zip(groups, frame["value"], strict=True))
