"""Leads: those created in each month, and how far those of each month have come."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.world import DAY
from revkit.synth.tables.per_chunk.activities import SELLING_KINDS
from revkit.synth.truth.catalogue.months import Values, over
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month

AT_ONCE = 5 * 60
"""Seconds within which a lead is reached in time."""


def lead_figures(part: Part) -> Figures:
    """Count leads by the month they were created or qualified in, and how far they came."""
    world, leads, deal = part.world, part.leads, part.deal_of_lead
    until = world.end * DAY
    first = part.made.first
    became = (deal >= 0) & (leads.opportunity < until)
    won = (deal >= 0) & np.append(first.won & (first.closes < world.end), False)[deal]
    created, mql, sql = (when // DAY for when in (leads.created, leads.mql, leads.sql))
    marketed, accepted = leads.mql < until, leads.sql < until
    return {
        "leads_created": by_month(world, created),
        "leads_marketed": by_month(world, created[marketed]),
        "leads_won": by_month(world, created[won]),
        "leads_reached_at_once": by_month(world, created[reached(part) <= AT_ONCE]),
        "mqls_entered": by_month(world, mql[marketed]),
        "mqls_accepted": by_month(world, mql[accepted]),
        "sqls_entered": by_month(world, sql[accepted]),
        "sqls_dealt": by_month(world, sql[accepted & became]),
    }


def reached(part: Part) -> Numbers:
    """Return the seconds until each lead was first contacted, ``NEVER`` where nobody did."""
    rows = part.activities
    out = (rows["lead"] >= 0) & (rows["out"] == 1) & (rows["kind"] < SELLING_KINDS)
    out &= ~rows["automated"]
    first = np.full(len(part.leads), NEVER)
    np.minimum.at(first, rows["lead"][out], rows["when"][out])
    return np.where(first < NEVER, first - part.leads.created, NEVER)


def lead_values(f: Figures) -> Values:
    """Form the metrics of the lead funnel; no stage lies between MQL and SQL."""
    accepted = over(f["mqls_accepted"], f["mqls_entered"])
    return {
        "leads": f["leads_created"],
        "mqls": f["mqls_entered"],
        "sqls": f["sqls_entered"],
        "lead_to_mql_rate": over(f["leads_marketed"], f["leads_created"]),
        "mql_to_sql_rate": accepted,
        "sql_acceptance_rate": accepted,
        "sql_to_opportunity_rate": over(f["sqls_dealt"], f["sqls_entered"]),
        "lead_to_customer_rate": over(f["leads_won"], f["leads_created"]),
        "speed_to_lead_within": over(f["leads_reached_at_once"], f["leads_created"]),
    }
