"""revkit: revenue metrics with their uncertainty, for SalesOps and RevOps."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Public names and their modules, imported when a name is first used.
_EXPORTS = {
    "Dataset": "revkit.dataset",
    "Policy": "revkit.policy",
    "policies": "revkit.policy",
    "load": "revkit.sources",
    "propose_mapping": "revkit.sources.proposals",
    "generate": "revkit.synth",
    "example": "revkit.examples",
    "catalog": "revkit.catalogue",
    "metric": "revkit.catalogue",
    "measure": "revkit.catalogue",
    "Total": "revkit.algebra",
    "Stock": "revkit.algebra",
    "Cohort": "revkit.algebra",
    "Median": "revkit.algebra",
    "Quantile": "revkit.algebra",
    "Length": "revkit.algebra",
    "findings": "revkit.analysis.writing.finding",
    "table": "revkit.analysis.writing.frames.tables",
    "use_language": "revkit.language",
    "check": "revkit.quality",
    "clean": "revkit.quality",
    "scorecard": "revkit.analysis.scorecards.scorecard",
    "assess": "revkit.analysis.operating_model.assess",
    "bridge": "revkit.analysis.flows.movements",
    "reconcile": "revkit.analysis.reconciliation.reconcile",
    "funnel": "revkit.analysis.flows.funnel",
    "waterfall": "revkit.analysis.flows.waterfall",
    "cohorts": "revkit.analysis.flows.cohorts",
    "survival": "revkit.analysis.survival",
    "lifetime_value": "revkit.analysis.lifetime",
    "diagnose": "revkit.analysis.diagnosis.diagnose",
    "watch": "revkit.analysis.watch.watch",
    "plan": "revkit.analysis.plans.plan",
    "coach": "revkit.analysis.coaching.coach",
    "explore": "revkit.widgets",
    "what_if": "revkit.widgets",
    "segments": "revkit.analysis.audience.segments",
    "room_to_grow": "revkit.analysis.whitespace",
    "price_sensitivity": "revkit.analysis.prices.sensitivity",
    "price_test": "revkit.analysis.prices.experiment",
    "elasticity": "revkit.analysis.prices.elasticity",
    "price_volume_mix": "revkit.analysis.prices.volume",
    "discount_leakage": "revkit.analysis.prices.discounts",
    "score": "revkit.analysis.scores.score",
    "score_table": "revkit.analysis.scores.score_table",
    "next_actions": "revkit.analysis.actions.next_actions",
    "forecast": "revkit.analysis.forecasts.forecast",
    "backtest": "revkit.analysis.forecasts.backtest",
    "forecast_pipeline": "revkit.analysis.pipelines.forecast_pipeline",
    "backtest_pipeline": "revkit.analysis.pipelines.forecast_pipeline",
    "stage_rates": "revkit.analysis.pipelines.stage_rates",
    "backtest_calls": "revkit.analysis.pipelines.calls",
    "rep_calls": "revkit.analysis.pipelines.rep_calls",
    "calibration": "revkit.analysis.pipelines.calibration",
}
_MODULES = {
    "charts": "revkit.charts",
    "errors": "revkit.errors",
    "metrics": "revkit.metrics",
    "notebook": "revkit.notebook",
    "say": "revkit.analysis.say",
}

__all__ = [*_EXPORTS, *_MODULES, "__version__"]


def __getattr__(name: str) -> Any:
    if "IPython" in sys.modules:  # of a kernel that was forked, only when its cells run
        import_module("revkit.analysis.writing.frames.jupyter").register()
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    if name in _MODULES:
        return import_module(_MODULES[name])
    raise AttributeError(f"module 'revkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
