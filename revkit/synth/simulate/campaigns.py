"""The campaigns that bring leads, and those that only look as if they did."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.kernel.text import Ids, Words
from revkit.synth.scenario.model import Decoy
from revkit.synth.simulate.world import World, month_number

if TYPE_CHECKING:
    import pyarrow as pa

SEASONS = {1: "Winter", 2: "Spring", 3: "Summer", 4: "Autumn"}


@dataclass(frozen=True)
class Campaigns:
    """One campaign a quarter for each channel that has campaigns."""

    world: World

    @property
    def quarters(self) -> Numbers:
        """The first month, numbered from 1970, of each quarter that is shown."""
        first, last = month_number(np.array([self.world.start, self.world.end - 1]))
        return np.arange(first // 3 * 3, last + 1, 3)

    @property
    def channels(self) -> list[str]:
        """The channels that have campaigns."""
        return [name for name, spec in self.world.scenario.channels.items() if spec.campaigns]

    @cached_property
    def ids(self) -> Ids:
        """The campaign_id of each campaign that brings leads, by the quarter, then the channel."""
        return Ids("C", 4, 1 + np.arange(len(self.quarters) * len(self.channels)))

    def of(self, channel: Numbers, days: Numbers) -> Words:
        """The campaign of a channel on a day up to the last one known; none where there is none."""
        names = list(self.world.scenario.channels)
        place = [self.channels.index(name) if name in self.channels else -1 for name in names]
        own = np.array(place)[channel]
        month = self.world.month(days) - self.world.scenario.burn_in_months
        quarter = (month + month_number(np.array(self.world.start)) % 3) // 3
        there = (own >= 0) & (days >= self.world.start)
        return self.ids.of(np.where(there, quarter * len(self.channels) + own, -1))

    def table(self) -> pa.Table:
        """campaigns, by the day they start."""
        quarters, channels = self.quarters, self.channels
        quarter = np.repeat(quarters, len(channels))
        channel = np.tile(np.arange(len(channels)), len(quarters))
        labels = [f"{SEASONS[m % 12 // 3 + 1]} {1970 + m // 12}" for m in quarter.tolist()]
        starts, ends = (
            (quarter + months).astype("M8[M]").astype("M8[D]").astype(np.int64) for months in (0, 3)
        )
        names = [f"{channels[c]} {x}" for c, x in zip(channel, labels, strict=True)]
        decoys = self.decoys
        first, last = (
            np.array([self.world.effects.first_day(d.months[i]) for d in decoys], np.int64)
            for i in (0, 1)
        )
        values = {
            "campaign_id": np.r_[self.ids.words(), decoy_ids(len(decoys)).words()],
            "name": [*names, *(decoy.name for decoy in decoys)],
            "channel": [*(channels[c] for c in channel), *(decoy.channel for decoy in decoys)],
            "started_on": np.r_[np.maximum(starts, self.world.start), first],
            "ended_on": np.r_[ends, last],
        }  # fmt: skip
        order = np.argsort(values["started_on"], kind="stable")
        return arrow("campaigns", {key: np.asarray(value) for key, value in values.items()}, order)

    @property
    def decoys(self) -> list[Decoy]:
        """The decoys that have begun by the last day, in the order they did."""
        first_day = self.world.effects.first_day
        begun = [d for d in self.world.scenario.decoys if first_day(d.months[0]) < self.world.end]
        return sorted(begun, key=lambda decoy: decoy.months)


def decoy_ids(count: int) -> Ids:
    """The campaign_id of each decoy, apart from those that bring leads."""
    return Ids("C", 4, 9001 + np.arange(count))
