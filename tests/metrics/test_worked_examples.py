"""Every published example that was collected is one of our published numbers, or says why not.

The collection is not in the repository: REVKIT_PUBLIC_DATA says where it is.
"""

import csv
import os
from pathlib import Path

import pytest

import revkit as rk
from tests.support.published import ROWS

PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", Path(__file__).parents[2] / "../shared/data"))
EXAMPLES = PUBLIC / "worked_examples.csv"

# Names that a source gives to what is one of our metrics.
OURS = {
    "avg_sales_cycle_days": "sales_cycle",
    "cac_payback_months": "cac_payback",
    "customer_churn_rate_daily_sum": "churn_rate_daily",
    "customer_churn_rate_variants": "churn_rate",
    "grr_point_to_point": "grr",
    "lead_conversion": "stage_share",
    "ltv": "cltv",
    "ltv_margin": "cltv",
    "mrr_normalise": "mrr",
    "real_growth": "real_revenue_growth_deflated",
    "renewal_rate_dollar": "net_renewal_rate_mrr",
    "sales_velocity": "pipeline_velocity",
    "win_rate_closed": "win_rate",
    "win_rate_leads": "lead_to_customer_rate",
}
NO_METRIC = {
    "mrr_stripe_coupon_once": "what a coupon subtracts is a policy: test_policy.py",
    "gross_mrr_churn_b2c_day": "of one day it is gross_mrr_churn_rate by day: test_published.py",
    "lifetime_baremetrics": "one over the churn rate; lifetimes are fitted, not divided out",
    "close_rate_storylane": "closed, won or lost, over opened: no rate of success",
    "ab_rpubs": "a test of two proportions, for price tests",
    "sbg_regular": "the fit of a lifetime's distribution, beneath clv",
    "annual_churn_3": "arithmetic on a monthly rate; churn_rate asked by year counts it",
    "annual_churn_10": "arithmetic on a monthly rate; churn_rate asked by year counts it",
    "elasticity_feedgot": "a price elasticity, for price tests",
    "forecast_bias_calcmastery": "the error of a forecast, which backtest measures",
}
SCALES = {"rule_of_40": 100}  # in points


def examples():
    if not EXAMPLES.exists():
        return []
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def covered(row):
    """Whether a published number of ours is the one of an example."""
    name = OURS.get(row["metric"], row["metric"])
    expected = float(row["expected"]) * SCALES.get(name, 1)
    ours = [float(mine["expected"]) for mine, _ in ROWS if mine["metric"] == name]
    return any(value == pytest.approx(expected, rel=5e-4) for value in ours)


@pytest.mark.skipif(not EXAMPLES.exists(), reason=f"{EXAMPLES} is not here: set REVKIT_PUBLIC_DATA")
def test_every_worked_example_is_covered_or_says_why_not():
    here = [row for row in examples() if row["id"] not in NO_METRIC]

    assert [row["id"] for row in here if not covered(row)] == []
    without = {row["metric"] for row in examples() if row["id"] in NO_METRIC}
    assert without.isdisjoint(rk.catalog()["name"])
    assert NO_METRIC.keys() <= {row["id"] for row in examples()}
    assert len(here) > 40
