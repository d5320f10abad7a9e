"""Marketing: the deals that campaigns touched before they were created, and what came of them."""

from __future__ import annotations

import numpy as np

from revkit.synth.simulate.world import DAY
from revkit.synth.tables.per_chunk.touches import draw_touches
from revkit.synth.truth.catalogue.months import Values, over
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month

BEFORE = 90
"""Days before a deal was created within which a touch counts."""

RETURN = 180
"""Days from a touch within which a won deal counts."""


def touch_figures(part: Part) -> Figures:
    """Sum the deals touched by campaigns by month: created, and won by the month of the touch."""
    world, deals, changes = part.world, part.deals, part.changes
    lead, when, _ = draw_touches(world, part.leads)
    first = np.zeros(len(deals), np.int64)
    begins = changes["seq"] == 1
    first[changes["deal"][begins]] = changes["amount"][begins]
    # The deal of each lead, among those shown.
    deal_of = deals.of_lead(len(part.made.leads))[part.seen]
    deal, day = deal_of[lead], when // DAY
    opened = np.append(deals.opened, 0)[deal]
    near = (deal >= 0) & (day <= opened) & (opened - day <= BEFORE)
    deal, day = deal[near], day[near]
    touches = np.bincount(deal, minlength=len(deals))
    touched = touches > 0
    won = deals.won[deal] & (deals.closes[deal] < world.end)
    won &= (day + RETURN < world.end) & (deals.closes[deal] - day <= RETURN)
    worth = deals.amount[deal] / np.maximum(touches, 1)[deal]
    return {
        "touched_amount": by_month(world, deals.opened[touched], first[touched]),
        "returned_amount": by_month(world, day[won], worth[won]),
    }


def marketing_values(f: Figures) -> Values:
    """Form the metrics of campaigns; money in the company's currency."""
    margin = over(f["revenue"] - f["cogs"], f["revenue"])
    spent = f["old_programmes"]
    return {
        "campaign_influenced_pipeline": f["touched_amount"] / 100,
        "roi": over(f["returned_amount"] * margin - spent, spent),
    }
