"""campaigns: one a quarter for each channel that has campaigns, and the decoys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.simulate.campaigns import Campaigns, decoy_ids
from revkit.synth.simulate.world import World

if TYPE_CHECKING:
    import pyarrow as pa

SEASONS = {1: "Winter", 2: "Spring", 3: "Summer", 4: "Autumn"}


def campaign_table(world: World) -> pa.Table:
    """Build campaigns, by the day they start."""
    campaigns = Campaigns(world)
    quarters, channels = campaigns.quarters, campaigns.channels
    quarter = np.repeat(quarters, len(channels))
    channel = np.tile(np.arange(len(channels)), len(quarters))
    labels = [f"{SEASONS[m % 12 // 3 + 1]} {1970 + m // 12}" for m in quarter.tolist()]
    starts, ends = (
        (quarter + months).astype("M8[M]").astype("M8[D]").astype(np.int64) for months in (0, 3)
    )
    names = [f"{channels[c]} {x}" for c, x in zip(channel, labels, strict=True)]
    decoys = campaigns.decoys
    first, last = (
        np.array([world.effects.first_day(d.months[i]) for d in decoys], np.int64) for i in (0, 1)
    )
    values = {
        "campaign_id": np.r_[campaigns.ids.words(), decoy_ids(len(decoys)).words()],
        "name": [*names, *(decoy.name for decoy in decoys)],
        "channel": [*(channels[c] for c in channel), *(decoy.channel for decoy in decoys)],
        "started_on": np.r_[np.maximum(starts, world.start), first],
        "ended_on": np.r_[ends, last],
    }  # fmt: skip
    order = np.argsort(values["started_on"], kind="stable")
    return arrow("campaigns", {key: np.asarray(value) for key, value in values.items()}, order)
