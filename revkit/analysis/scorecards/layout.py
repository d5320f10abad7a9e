"""The order of a scorecard's rows and columns."""

from __future__ import annotations

ARTICLE = {
    "SalesOps": (
        "close_rate", "cac", "cltv", "sales_cycle", "time_to_close", "win_loss_ratio",
        "stage_share", "cost_per_lead", "sqls",
    ),
    "RevOps": (
        "mrr", "arr", "clv", "renewal_rate", "upsell_rate", "mqls", "nrr", "grr",
        "pipeline_velocity", "churn_rate", "real_revenue_growth", "roi",
    ),
}  # fmt: skip
"""Leading metrics of each team, shown first: the two tables of the article revkit began with."""

SUBJECTS = (
    "counts", "marketing", "funnel", "speed", "attribution", "pipeline", "forecasting", "deals",
    "outcomes", "reps", "team", "recurring", "churn", "retention", "contracts", "commitments",
    "billing", "usage", "support", "health", "economics", "efficiency", "growth",
)  # fmt: skip
"""From the first contact to the renewal: the modules of `revkit.metrics` in reading order."""

NUMBERS = (
    "period", "unit", "value", "low", "high", "n", "small", "complete", "change", "change_low",
    "change_high", "certain", "direction", "target", "gap", "trend",
)  # fmt: skip
