"""Simulations: by metric, the simulated world whose intervals are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from benchmarks import worlds
from benchmarks.worlds import MARCH, World, shift


@dataclass(frozen=True)
class Simulation:
    """The simulated world for a metric, and how it is measured there.

    Parameters
    ----------
    per
        Sample size of the metric per unit of the world's size.
    heavy
        Rows of the world per unit of the sample.
    extensive
        Whether the value doubles when the company does (counts and sums).
    apart
        Whether each company takes a call of its own, because the metric estimates something for
        the company as a whole before it groups.
    asked
        Arguments of the metric's call.
    """

    world: World
    per: float = 1.0
    heavy: float = 2.0
    extensive: bool = False
    apart: bool = False
    asked: Mapping[str, Any] = field(default_factory=dict)


def _in(month: date, **how: Any) -> dict[str, Any]:
    """Return call arguments for the one period that begins with a month."""
    return {"start": month, "end": shift(month, 1), **how}


W = worlds
_months = {
    world: partial(world, history=True)
    for world in (W.leads, W.cohort, W.week, W.meetings, W.due, W.deals, W.moves, W.campaigns)
}
_shared = partial(W.moves, history=True, motions=True)
_summer = date(2025, 8, 1)
_august = partial(W.campaigns, last=_summer, history=True)

SIMULATIONS: dict[str, Simulation] = {
    # proportions and odds
    "win_rate": Simulation(W.deals),
    "close_rate": Simulation(W.cohort),
    "win_loss_ratio": Simulation(W.deals, per=0.7),
    "lead_to_customer_rate": Simulation(W.leads, heavy=3),
    "mql_to_sql_rate": Simulation(W.leads, per=0.4, heavy=3),
    "sql_acceptance_rate": Simulation(W.leads, per=0.4, heavy=3),
    "lead_to_mql_rate": Simulation(W.leads, heavy=3),
    "sql_to_opportunity_rate": Simulation(W.leads, per=0.2, heavy=3),
    "show_rate": Simulation(W.meetings),
    "stage_share": Simulation(W.leads, heavy=3),
    "csat": Simulation(W.tickets, per=0.45),
    "share_of_reps_at_quota": Simulation(W.ended, heavy=3),
    "loss_reasons": Simulation(W.explained, per=0.6),
    "competitor_win_rate": Simulation(W.explained),
    "discount_bands": Simulation(W.explained, per=0.4),
    "bookings_linearity": Simulation(
        W.quarters, asked=_in(shift(MARCH, -2), period="quarter") | {"end": shift(MARCH, 1)}
    ),
    "stage_conversion": Simulation(W.passages, heavy=3),
    "speed_to_lead_within": Simulation(W.answers),
    "churn_rate": Simulation(W.base, heavy=3),
    "logo_retention": Simulation(W.base, heavy=3),
    "churn_rate_joined": Simulation(W.base, heavy=3),
    "upsell_rate": Simulation(W.base, heavy=3),
    "attach_rate": Simulation(W.base, heavy=3),
    "renewal_rate": Simulation(W.contracts, asked=_in(shift(MARCH, -1))),
    "trial_conversion_rate": Simulation(W.tries),
    # of money
    "selling_time_share": Simulation(W.week),
    "grr": Simulation(W.base, heavy=3),
    "gross_mrr_churn_rate": Simulation(W.base, heavy=3),
    "renewal_rate_mrr": Simulation(W.contracts, asked=_in(shift(MARCH, -1))),
    "involuntary_churn_share": Simulation(W.moves, heavy=10),
    "marketing_sourced_share": Simulation(W.campaigns, per=0.3, heavy=1),
    "win_rate_value": Simulation(W.deals),
    "slippage_rate": Simulation(W.due, heavy=3),
    "overdue_share": Simulation(W.bills, per=1.2, heavy=12),
    # ratios of sums over accounts
    "nrr": Simulation(W.base, heavy=3),
    "nrr_with_reactivation": Simulation(W.base, heavy=3),
    "net_mrr_churn_rate": Simulation(W.base, heavy=3),
    "expansion_rate": Simulation(W.base, heavy=3),
    "mrr_growth_rate": Simulation(W.base, heavy=3),
    # means and medians
    "deal_size": Simulation(W.deals, per=0.3),
    "sales_cycle": Simulation(W.deals, per=0.3),
    "arpa": Simulation(W.base, heavy=3),
    "acv": Simulation(W.signed),
    "tcv": Simulation(W.signed),
    "contract_length": Simulation(W.signed),
    "median_deal_size": Simulation(W.deals, per=0.3),
    "median_sales_cycle": Simulation(W.deals, per=0.3),
    "time_to_close": Simulation(W.buyers),
    "speed_to_lead": Simulation(W.answers),
    "resolution_time": Simulation(W.tickets),
    "first_response_time": Simulation(W.tickets),
    "stage_duration": Simulation(W.passages, heavy=3),
    "ramp_months": Simulation(W.hires, heavy=3, asked=_in(date(2024, 1, 1), period="year")),
    # counts, and ratios to known amounts
    "mqls": Simulation(_months[W.leads], per=0.4, heavy=12, extensive=True),
    "sqls": Simulation(_months[W.leads], per=0.2, heavy=6, extensive=True),
    "leads": Simulation(_months[W.leads], heavy=30, extensive=True),
    "new_customers": Simulation(W.arrivals, heavy=26, extensive=True),
    "opportunities_created": Simulation(_months[W.cohort], heavy=13, extensive=True),
    "won_deals": Simulation(_months[W.deals], per=0.3, heavy=4, extensive=True),
    "meetings_held": Simulation(_months[W.meetings], per=0.75, heavy=13, extensive=True),
    "push_count": Simulation(_months[W.due], per=0.33, heavy=9, extensive=True),
    "rep_attrition": Simulation(W.leavers, heavy=15),
    "activities_per_rep": Simulation(_months[W.week], heavy=13),
    "cost_per_lead": Simulation(_months[W.leads], heavy=30),
    "cost_per_opportunity": Simulation(_months[W.cohort], heavy=13),
    "paid_cac": Simulation(W.arrivals, heavy=26),
    "cac": Simulation(W.arrivals, heavy=26),
    # sums of money that count events
    "billings": Simulation(W.bills, heavy=14, extensive=True),
    "won_amount": Simulation(_months[W.deals], per=0.3, heavy=4, extensive=True),
    "quota_attainment": Simulation(_months[W.deals], per=0.3, heavy=4),
    "revenue_per_rep": Simulation(_months[W.deals], per=0.3, heavy=4),
    "pipeline_created": Simulation(_months[W.cohort], heavy=13, extensive=True),
    "attributed_pipeline": Simulation(_months[W.campaigns], heavy=13, extensive=True),
    "campaign_influenced_pipeline": Simulation(_months[W.campaigns], heavy=13, extensive=True),
    "pipeline_coverage": Simulation(_months[W.due], heavy=26),
    "new_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "expansion_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "contraction_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "churned_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "reactivation_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "upsell_cross_sell_split": Simulation(_months[W.moves], heavy=100, extensive=True),
    # products and quotients of several
    "pipeline_velocity": Simulation(_months[W.deals], per=0.3, heavy=4, extensive=True),
    "discount_rate": Simulation(W.deals, per=0.3),
    "net_renewal_rate_mrr": Simulation(W.contracts, asked=_in(shift(MARCH, -1))),
    "price_realisation": Simulation(W.base, heavy=3),
    "days_sales_outstanding": Simulation(W.bills, heavy=14),
    "cac_ratio": Simulation(_months[W.moves], per=2, heavy=100),
    "quick_ratio": Simulation(_months[W.moves], heavy=100),
    "quick_ratio_with_reactivation": Simulation(_months[W.moves], heavy=100),
    # over three months, where a unit of size is one month's
    "cac_payback": Simulation(_months[W.moves], per=3, heavy=100),
    "cltv": Simulation(_months[W.moves], per=3, heavy=100),
    "ltv_cac": Simulation(_months[W.moves], per=3, heavy=100),
    "roi": Simulation(_august, per=0.3, heavy=4, asked=_in(_summer)),
    # a fitted lifetime
    "clv": Simulation(W.lives, apart=True),
    # spend of one motion
    "forecast_accuracy": Simulation(W.called, heavy=3),
    "forecast_bias": Simulation(W.called, heavy=3),
    "new_cac_ratio": Simulation(_shared, heavy=100),
    "expansion_cac_ratio": Simulation(_shared, heavy=100),
    # points of accounts
    "account_health": Simulation(W.seats),
    # a sum over days
    "churn_rate_daily": Simulation(W.base, heavy=3),
}

NO_TRUTH = {"fx_movement_mrr": "rates move every account at once: there is no sample to draw again"}
