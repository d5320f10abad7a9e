"""Upper limits of the AUC that a model of winning or churn can reach."""

from __future__ import annotations

import numpy as np
from scipy.stats import mannwhitneyu

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.deals import NEW
from revkit.synth.simulate.simulation import Simulated
from revkit.synth.simulate.world import World

ScoredOutcomes = dict[str, tuple[Numbers, Numbers]]
"""True chances and outcomes, by kind of prediction."""


def scored_outcomes(world: World, made: Simulated) -> ScoredOutcomes:
    """Return true chances and outcomes of new deals closed, and true hazards and churn."""
    deals, risks = made.ledger.deals, made.ledger.risks
    closed = (deals.closes >= world.start) & (deals.closes < world.end)
    asked = closed & (deals.kind == NEW) & np.isfinite(deals.chance)
    month = risks["month"] - world.scenario.burn_in_months
    here = (month >= 0) & (month < world.months)
    return {
        "win_auc": (deals.chance[asked], deals.won[asked]),
        "churn_auc": (risks["hazard"][here], risks["left"][here]),
    }


def auc_limits(parts: list[ScoredOutcomes]) -> dict[str, float | None]:
    """Compute the area under the ROC curve of the true chances; None with a single outcome."""
    return {
        name: area(*(np.concatenate([part[name][i] for part in parts]) for i in (0, 1)))
        for name in parts[0]
    }


def area(scores: Numbers, hits: Numbers) -> float | None:
    """Compute the area under the ROC curve, ties counting half.

    Examples
    --------
    >>> area(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True]))
    0.875
    """
    if hits.all() or not hits.any():
        return None
    above = mannwhitneyu(scores[hits], scores[~hits], method="asymptotic").statistic
    return float(above / (hits.sum() * (~hits).sum()))
