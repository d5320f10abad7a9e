"""touches: the campaigns that reached each lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, choose, in_order
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.simulate.campaigns import Campaigns
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.world import DAY, World

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 1 << 24
"""Touches that a chunk can have."""


def touch_table(world: World, chunk: int, leads: Leads) -> pa.Table:
    """Build touches: the campaign a lead came by, and of some MQLs a second one."""
    lead, when, campaign = draw_touches(world, leads)
    return arrow(
        "touches",
        {
            "touch_id": Ids("U", 7, 1 + chunk * CHUNK_ROWS + np.arange(len(when))),
            "lead_id": leads.ids.of(lead),
            "campaign_id": campaign,
            "touched_at": when,
        },
    )


def draw_touches(world: World, leads: Leads) -> tuple[Numbers, Numbers, CodedText]:
    """Draw the lead, the moment and the campaign of each touch, by time."""
    campaigns, draws = Campaigns(world), leads.slots(world)
    shares = np.array([spec.share for spec in world.scenario.channels.values()])
    other = choose(draws.uniform("touches.channel"), shares)
    again = draws.uniform("touches.again") < world.scenario.activities.second_touch
    when = np.r_[leads.created, np.where(again, leads.mql, NEVER)]
    campaign = campaigns.of(
        np.r_[leads.channel, other], np.minimum(when, world.end * DAY - 1) // DAY
    )
    kept = np.flatnonzero((when < world.end * DAY) & (campaign.codes >= 0))
    kept = kept[in_order(when[kept])]
    return kept % max(len(leads), 1), when[kept], campaign[kept]
