"""The measures of a plan that a metric tells: which metric, and where a path has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from revkit.analysis.plans.engine import Array

MEASURES = {
    "arr": "arr", "new": "new_mrr", "expansion": "expansion_mrr",
    "reactivation": "reactivation_mrr", "contraction": "contraction_mrr", "churn": "churned_mrr",
    "deals": "won_deals", "opportunities": "opportunities_created", "sqls": "sqls", "mqls": "mqls",
    "leads": "leads",
}  # fmt: skip
"""Measures by name, and the metric of each."""

BALANCE = "arr"
LOSSES = ("contraction", "churn")
LEADS = ("sqls", "mqls", "leads")
COUNTS = ("deals", "opportunities", *LEADS)


def along(path: Any, name: str) -> Array:
    """Return a measure of a path, by future and month; paths have none of leads."""
    if name == BALANCE:
        return np.asarray(path.mrr * 12)
    return np.asarray(path.flows[name] if name in path.flows else getattr(path, name))


def units(names: Any) -> tuple[str, ...]:
    """Return whether each of some measures is a count or money."""
    return tuple("count" if name in COUNTS else "money" for name in names)
