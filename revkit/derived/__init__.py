"""Derived tables: built lazily from the loaded tables, for metric formulas to count and sum."""

from revkit.derived.billing.contract_terms import contract_terms, obligations
from revkit.derived.billing.receivables import receivables
from revkit.derived.billing.unearned import unearned
from revkit.derived.leads.journeys import journeys
from revkit.derived.leads.lead_qualifications import lead_qualifications
from revkit.derived.leads.lead_stages import lead_stages
from revkit.derived.leads.new_leads import new_leads
from revkit.derived.leads.responses import responses
from revkit.derived.opportunities.attribution import attribution, influence
from revkit.derived.opportunities.closed_deals import (
    contested_deals,
    deal_ages,
    discounted_deals,
    quarter_bookings,
)
from revkit.derived.opportunities.forecasts import forecasts
from revkit.derived.opportunities.opportunity_stages import opportunity_stages
from revkit.derived.opportunities.origins import openings, origins
from revkit.derived.opportunities.period_pipeline import period_pipeline
from revkit.derived.opportunities.pipeline_changes import pipeline_changes
from revkit.derived.opportunities.pushes import pushes
from revkit.derived.opportunities.quiet_spells import quiet_spells
from revkit.derived.opportunities.stage_passages import stage_passages
from revkit.derived.recurring.acquisitions import acquisitions
from revkit.derived.recurring.customers import customers
from revkit.derived.recurring.movements import movements
from revkit.derived.recurring.price_periods import price_periods
from revkit.derived.recurring.renewals import renewals
from revkit.derived.recurring.trials import trials
from revkit.derived.registry import (
    DERIVED,
    Derived,
    is_of_opening,
    lookup_tables,
    optional_tables,
    recorded_tables,
    repeats,
    required_tables,
    specs,
    table,
)
from revkit.derived.reps.quota_results import departures, quota_results
from revkit.derived.reps.quota_spans import quota_spans
from revkit.derived.reps.quotas import quotas
from revkit.derived.reps.ramps import ramps
from revkit.derived.service.account_months import account_months
from revkit.derived.service.ticket_times import first_responses, resolutions

__all__ = [
    "DERIVED",
    "Derived",
    "account_months",
    "acquisitions",
    "attribution",
    "contested_deals",
    "contract_terms",
    "customers",
    "deal_ages",
    "departures",
    "discounted_deals",
    "first_responses",
    "forecasts",
    "influence",
    "is_of_opening",
    "journeys",
    "lead_qualifications",
    "lead_stages",
    "lookup_tables",
    "movements",
    "new_leads",
    "obligations",
    "openings",
    "opportunity_stages",
    "optional_tables",
    "origins",
    "period_pipeline",
    "pipeline_changes",
    "price_periods",
    "pushes",
    "quarter_bookings",
    "quiet_spells",
    "quota_results",
    "quota_spans",
    "quotas",
    "ramps",
    "receivables",
    "recorded_tables",
    "renewals",
    "repeats",
    "required_tables",
    "resolutions",
    "responses",
    "specs",
    "stage_passages",
    "table",
    "trials",
    "unearned",
]
