"""The registry of derived tables: what each needs, how it is built, its relations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from revkit.derived.leads.journeys import journeys
from revkit.derived.leads.new_leads import new_leads
from revkit.derived.leads.responses import responses
from revkit.derived.opportunities.attribution import attribution, influence
from revkit.derived.opportunities.origins import openings, origins
from revkit.derived.opportunities.period_pipeline import period_pipeline
from revkit.derived.opportunities.pipeline_changes import pipeline_changes
from revkit.derived.opportunities.pushes import pushes
from revkit.derived.opportunities.quiet_spells import quiet_spells
from revkit.derived.opportunities.stage_passages import stage_passages
from revkit.derived.opportunities.stages import lead_stages, opportunity_stages
from revkit.derived.recurring.customers import customers
from revkit.derived.recurring.price_periods import price_periods
from revkit.derived.recurring.renewals import renewals
from revkit.derived.recurring.trials import trials
from revkit.derived.reps.quota_spans import quota_spans
from revkit.derived.reps.ramps import ramps
from revkit.dimensions import Sketch, Spec
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar


@dataclass(frozen=True)
class Derived:
    """One derived table: the tables it needs, how it is made, its relations.

    One made for the periods of a call takes these too. ``informed`` by a table means that it is
    better where that is loaded, and can do without. Of those ``joined`` only what belongs to rows
    of the others is read, so they stay whole when those are narrowed.
    """

    needs: tuple[str, ...]
    build: Callable[..., ir.Table]
    relations: dict[str, tuple[str, str]]
    calendar: bool = False
    informed: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


_LEAD = {"lead": ("lead_id", "leads")}
_ACCOUNT = {"account": ("account_id", "accounts")}
_OPPORTUNITY = {"opportunity": ("opportunity_id", "opportunities")}
_CAMPAIGN = {"campaign": ("campaign_id", "campaigns")}
# What says where an opportunity came from, beside itself.
_SOURCES = ("leads", "touches", "campaigns")

DERIVED = {
    "attribution": Derived(
        ("opportunities", "touches"),
        attribution,
        _OPPORTUNITY | _CAMPAIGN,
        joined=("touches",),
    ),
    "quota_spans": Derived(("targets", "reps"), quota_spans, {"rep": ("rep_id", "reps")}),
    "customers": Derived(("subscriptions",), customers, {"account": ("account_id", "accounts")}),
    "influence": Derived(
        ("opportunities", "touches"),
        influence,
        _OPPORTUNITY | _CAMPAIGN,
        informed=("opportunity_history",),
        joined=("touches",),
    ),
    "journeys": Derived(
        ("leads", "opportunities"), journeys, _LEAD, informed=("touches", "activities")
    ),
    "lead_stages": Derived(("lead_history",), lead_stages, _LEAD),
    "new_leads": Derived(("leads",), new_leads, TABLES["leads"].relations),
    "opportunity_stages": Derived(
        ("opportunity_history", "opportunities"), opportunity_stages, _OPPORTUNITY
    ),
    "openings": Derived(
        ("opportunities",),
        openings,
        _OPPORTUNITY | _CAMPAIGN,
        informed=("opportunity_history", *_SOURCES),
    ),
    "origins": Derived(("opportunities",), origins, _OPPORTUNITY | _CAMPAIGN, informed=_SOURCES),
    "period_pipeline": Derived(
        ("opportunities",),
        period_pipeline,
        _OPPORTUNITY,
        calendar=True,
        informed=("opportunity_history",),
    ),
    "pipeline_changes": Derived(
        ("opportunities",),
        pipeline_changes,
        _OPPORTUNITY,
        informed=("opportunity_history", "stages"),
    ),
    "pushes": Derived(("opportunities", "opportunity_history"), pushes, _OPPORTUNITY),
    "quiet_spells": Derived(
        ("opportunities", "opportunity_history", "activities"),
        quiet_spells,
        _OPPORTUNITY,
        joined=("activities",),
    ),
    "price_periods": Derived(("subscriptions",), price_periods, TABLES["subscriptions"].relations),
    "renewals": Derived(("subscriptions",), renewals, _ACCOUNT),
    "trials": Derived(("subscriptions",), trials, _ACCOUNT),
    "responses": Derived(("leads", "activities"), responses, _LEAD, joined=("activities",)),
    "stage_passages": Derived(
        ("opportunities", "opportunity_history", "stages"),
        stage_passages,
        _OPPORTUNITY,
        joined=("stages",),
    ),
    "ramps": Derived(("reps", "targets", "opportunities"), ramps, {"rep": ("rep_id", "reps")}),
}


def needs(name: str) -> tuple[str, ...]:
    """Return the tables of a company that a table, derived or not, is made from.

    >>> needs("journeys"), needs("spend")
    (('leads', 'opportunities'), ('spend',))
    """
    if name == "movements":
        return ("subscriptions",)
    return DERIVED[name].needs if name in DERIVED else (name,)


def joined(name: str) -> tuple[str, ...]:
    """Return the tables of which a derived table reads only what belongs to the others."""
    return DERIVED[name].joined if name in DERIVED else ()


def informed(name: str) -> tuple[str, ...]:
    """Return the tables that a derived table is better with."""
    return DERIVED[name].informed if name in DERIVED else ()


def table(data: Dataset, name: str, calendar: Calendar) -> ir.Table:
    """Return a table of the company or one derived from it, for the periods of a call."""
    if name not in DERIVED:
        return data.table(name)
    made = DERIVED[name]
    return made.build(data, calendar) if made.calendar else made.build(data)


def specs(data: Dataset, name: str, built: ir.Table) -> dict[str, Spec]:
    """Return what dimension resolution must know to start from a table."""
    known: dict[str, Spec] = dict(data.specs)
    if name in DERIVED:
        columns = frozenset(built.columns)
        relations = {
            relation: (column, target)
            for relation, (column, target) in DERIVED[name].relations.items()
            if column in columns
        }
        known[name] = Sketch(columns, relations, key=(f"{name}_row",))
    return known
