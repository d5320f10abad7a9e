"""Registry of derived tables: the tables each is built from, its builder and its relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from revkit.dataset.absent import refused_by_name
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
from revkit.derived.opportunities.due_pipeline import due_pipeline, running_wins
from revkit.derived.opportunities.forecasts import forecasts
from revkit.derived.opportunities.opportunity_stages import opportunity_stages
from revkit.derived.opportunities.origins import openings, origins
from revkit.derived.opportunities.period_pipeline import period_pipeline
from revkit.derived.opportunities.pipeline_changes import pipeline_changes
from revkit.derived.opportunities.pipeline_moves import pipeline_moves
from revkit.derived.opportunities.pushes import pushes
from revkit.derived.opportunities.quiet_spells import quiet_spells
from revkit.derived.opportunities.stage_passages import stage_passages
from revkit.derived.recurring.acquisitions import acquisitions
from revkit.derived.recurring.customers import customers
from revkit.derived.recurring.price_periods import price_periods
from revkit.derived.recurring.renewals import renewals
from revkit.derived.recurring.trials import trials
from revkit.derived.reps.plans import plans
from revkit.derived.reps.quota_results import departures, quota_results
from revkit.derived.reps.quota_spans import quota_spans
from revkit.derived.reps.quotas import planned_quotas, quotas
from revkit.derived.reps.ramps import ramps
from revkit.derived.reps.rollups import credited_deals
from revkit.derived.service.account_months import account_months
from revkit.derived.service.ticket_times import first_responses, resolutions
from revkit.dimensions import TableSpec
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar


@dataclass(frozen=True)
class Derived:
    """One derived table: what it is built from, its builder, its relations.

    Parameters
    ----------
    required
        The loaded tables without which it cannot be built.
    build
        Returns the table for a Dataset; with ``calendar`` for a Dataset and the periods of a call.
    relations
        By relation: the column that refers, the table it refers to.
    optional
        Tables that add detail where they are loaded.
    lookups
        Those of ``required`` that are only joined to rows of the others, so that they stay
        unfiltered when the others are narrowed.
    counted_by
        By a column that is true where a row repeats others, or is none of the rest: the dimensions,
        one of which a call must group by for that row to count.
    sampled
        Its rows are events that could have turned out otherwise, although ``required`` list all
        there is: who leaves, of the reps; a score, of what is used.
    census
        Its rows have happened and are not estimated from, although ``required`` are sampled.
    of_states
        Its rows are deals as they once were, with another owner or stage than today: it is built
        from the whole company, and its own rows are filtered.
    of_opening
        Its rows are what was there as a period of the call began.
    """

    required: tuple[str, ...]
    build: Callable[..., ir.Table]
    relations: dict[str, tuple[str, str]]
    calendar: bool = False
    optional: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    counted_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sampled: bool = False
    census: bool = False
    of_states: bool = False
    of_opening: bool = False


_LEAD = {"lead": ("lead_id", "leads")}
_ACCOUNT = {"account": ("account_id", "accounts")}
_REP = {"rep": ("rep_id", "reps")}
_OPPORTUNITY = {"opportunity": ("opportunity_id", "opportunities")}
_DEAL = TABLES["opportunities"].relations
_PRODUCT = {"product": ("product_id", "products")}
_CAMPAIGN = {"campaign": ("campaign_id", "campaigns")}
# A roll-up of quotas repeats those of others, unless each rep is looked at alone.
_BY_REP = {"is_rollup": ("rep", "rep_id", "rep.rep_id", "rep.name")}
# Tables besides opportunities that tell the source of an opportunity.
_SOURCES = ("leads", "touches", "campaigns")

DERIVED = {
    "acquisitions": Derived(("subscriptions",), acquisitions, _ACCOUNT),
    "attribution": Derived(
        ("opportunities", "touches"),
        attribution,
        _OPPORTUNITY | _CAMPAIGN,
        lookups=("touches",),
    ),
    "contract_terms": Derived(("subscriptions",), contract_terms, _ACCOUNT),
    "obligations": Derived(("subscriptions",), obligations, _ACCOUNT | _PRODUCT),
    "receivables": Derived(("invoices",), receivables, _ACCOUNT),
    "unearned": Derived(("invoices",), unearned, _ACCOUNT),
    "quotas": Derived(
        ("targets",),
        quotas,
        _REP,
        optional=("reps",),
        counted_by=_BY_REP,
    ),
    "plans": Derived(("targets",), plans, _REP, optional=("reps",), counted_by=_BY_REP),
    "planned_quotas": Derived(
        ("targets",),
        planned_quotas,
        _REP,
        optional=("reps",),
        counted_by=_BY_REP,
    ),
    "quota_spans": Derived(("targets", "reps"), quota_spans, _REP),
    "contested_deals": Derived(("opportunities",), contested_deals, _OPPORTUNITY),
    "deal_ages": Derived(("opportunities",), deal_ages, _OPPORTUNITY),
    "discounted_deals": Derived(("opportunities",), discounted_deals, _OPPORTUNITY),
    "quarter_bookings": Derived(("opportunities",), quarter_bookings, _OPPORTUNITY),
    "forecasts": Derived(
        ("opportunities",),
        forecasts,
        _REP,
        optional=("opportunity_history", "stages", "targets", "reps"),
        counted_by=_BY_REP,
    ),
    "first_responses": Derived(("tickets",), first_responses, _ACCOUNT),
    "account_months": Derived(
        ("usage",), account_months, _ACCOUNT, optional=("tickets", "invoices"), sampled=True
    ),
    "resolutions": Derived(("tickets",), resolutions, _ACCOUNT),
    "departures": Derived(("reps",), departures, TABLES["reps"].relations, sampled=True),
    "quota_results": Derived(
        ("targets", "opportunities"),
        quota_results,
        _REP,
        optional=("reps",),
        counted_by=_BY_REP,
    ),
    "customers": Derived(("subscriptions",), customers, {"account": ("account_id", "accounts")}),
    "influence": Derived(
        ("opportunities", "touches"),
        influence,
        _OPPORTUNITY | _CAMPAIGN,
        optional=("opportunity_history",),
        lookups=("touches",),
    ),
    "influenced": Derived(
        ("opportunities", "touches"),
        influence,
        _OPPORTUNITY | _CAMPAIGN,
        optional=("opportunity_history",),
        lookups=("touches",),
        counted_by={"is_unattributed": ("campaign", "channel", "campaign_id", "campaign.channel")},
    ),
    "journeys": Derived(
        ("leads", "opportunities"), journeys, _LEAD, optional=("touches", "activities")
    ),
    "lead_qualifications": Derived(
        ("leads", "lead_history"), lead_qualifications, TABLES["leads"].relations
    ),
    "lead_stages": Derived(("lead_history",), lead_stages, _LEAD),
    "new_leads": Derived(("leads",), new_leads, TABLES["leads"].relations),
    "opportunity_stages": Derived(
        ("opportunity_history", "opportunities"), opportunity_stages, _OPPORTUNITY, of_states=True
    ),
    "openings": Derived(
        ("opportunities",),
        openings,
        _OPPORTUNITY | _CAMPAIGN | _REP,
        optional=("opportunity_history", *_SOURCES),
        of_states=True,
    ),
    "origins": Derived(("opportunities",), origins, _OPPORTUNITY | _CAMPAIGN, optional=_SOURCES),
    "period_pipeline": Derived(
        ("opportunities",),
        period_pipeline,
        _DEAL | _OPPORTUNITY,
        calendar=True,
        optional=("opportunity_history", "stages"),
        of_states=True,
        of_opening=True,
    ),
    "credited_deals": Derived(
        ("opportunities",),
        credited_deals,
        _DEAL | _OPPORTUNITY,
        optional=("targets", "reps"),
        counted_by=_BY_REP,
        of_states=True,
    ),
    "due_pipeline": Derived(
        ("opportunities",),
        due_pipeline,
        _DEAL | _OPPORTUNITY,
        calendar=True,
        optional=("opportunity_history", "stages", "targets", "reps"),
        counted_by=_BY_REP,
        of_states=True,
        of_opening=True,
    ),
    "running_wins": Derived(
        ("opportunities",),
        running_wins,
        _DEAL | _OPPORTUNITY,
        calendar=True,
        optional=("targets", "reps"),
        counted_by=_BY_REP,
        census=True,
        of_states=True,
    ),
    "pipeline_changes": Derived(
        ("opportunities",),
        pipeline_changes,
        _DEAL | _OPPORTUNITY,
        optional=("opportunity_history", "stages"),
        of_states=True,
    ),
    "pipeline_moves": Derived(
        ("opportunities",),
        pipeline_moves,
        _DEAL | _OPPORTUNITY,
        calendar=True,
        optional=("opportunity_history", "stages"),
        of_states=True,
    ),
    "pushes": Derived(
        ("opportunities", "opportunity_history"), pushes, _OPPORTUNITY | _REP, of_states=True
    ),
    "quiet_spells": Derived(
        ("opportunities", "opportunity_history", "activities"),
        quiet_spells,
        _OPPORTUNITY,
        lookups=("activities",),
        of_states=True,
    ),
    "price_periods": Derived(("subscriptions",), price_periods, TABLES["subscriptions"].relations),
    "renewals": Derived(("subscriptions",), renewals, _ACCOUNT),
    "trials": Derived(("subscriptions",), trials, _ACCOUNT),
    "responses": Derived(("leads", "activities"), responses, _LEAD, lookups=("activities",)),
    "stage_passages": Derived(
        ("opportunities", "opportunity_history", "stages"),
        stage_passages,
        _OPPORTUNITY,
        lookups=("stages",),
        of_states=True,
    ),
    "ramps": Derived(("reps", "targets", "opportunities"), ramps, _REP),
}


def recorded_tables(name: str) -> tuple[str, ...]:
    """Return the loaded tables whose days on record are those of a table, derived or not.

    Rows of ``targets`` of several kinds have each their own days, and those on record are the
    quotas': read as they are, none is judged, nor are plans.

    >>> recorded_tables("quotas"), recorded_tables("targets")
    (('targets',), ())
    """
    return () if name in ("targets", "plans") else required_tables(name)


def is_of_opening(name: str) -> bool:
    """Report whether the rows of a table are what was there as a period of the call began."""
    return name in DERIVED and DERIVED[name].of_opening


def required_tables(name: str) -> tuple[str, ...]:
    """Return the loaded tables that a table, derived or not, is built from.

    >>> required_tables("journeys"), required_tables("spend")
    (('leads', 'opportunities'), ('spend',))
    """
    if name == "movements":
        return ("subscriptions",)
    return DERIVED[name].required if name in DERIVED else (name,)


def lookup_tables(name: str) -> tuple[str, ...]:
    """Return the required tables of a derived table that are only joined to the others."""
    return DERIVED[name].lookups if name in DERIVED else ()


def optional_tables(name: str) -> tuple[str, ...]:
    """Return the tables that add detail to a derived table where they are loaded."""
    return DERIVED[name].optional if name in DERIVED else ()


def table(data: Dataset, name: str, calendar: Calendar) -> ir.Table:
    """Return a loaded or derived table, for the periods of a call."""
    if name not in DERIVED:
        return data.table(name)
    entry = DERIVED[name]
    source = data.whole if entry.of_states else data
    with refused_by_name(data, TABLES):
        built = entry.build(source, calendar) if entry.calendar else entry.build(source)
    return data.narrow(built, name, specs(data, name, built)) if entry.of_states else built


def specs(data: Dataset, name: str, built: ir.Table) -> dict[str, TableSpec]:
    """Return columns, relations and keys of the loaded tables and of one derived table."""
    known: dict[str, TableSpec] = dict(data.specs)
    if name in DERIVED:
        columns = frozenset(built.columns)
        relations = {
            relation: (column, target)
            for relation, (column, target) in DERIVED[name].relations.items()
            if column in columns
        }
        known[name] = TableSpec(columns, relations, key=(f"{name}_row",))
    return known


def repeats(name: str, dimensions: Iterable[str]) -> list[str]:
    """Return the columns whose true rows a call by these dimensions leaves out.

    >>> repeats("quotas", ["rep.team"]), repeats("quotas", ["rep"])
    (['is_rollup'], [])
    """
    counted_by = DERIVED[name].counted_by if name in DERIVED else {}
    asked = set(dimensions)
    return [column for column, names in counted_by.items() if not asked & set(names)]
