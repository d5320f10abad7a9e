"""Campaigns that bring leads, and decoys that bring none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.scenario.model import Decoy
from revkit.synth.simulate.world import World, month_number

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Campaigns:
    """Campaigns, one a quarter for each channel that has campaigns."""

    world: World

    @property
    def quarters(self) -> Numbers:
        """First month of each quarter shown, as months since January 1970."""
        first, last = month_number(np.array([self.world.start, self.world.end - 1]))
        return np.arange(first // 3 * 3, last + 1, 3)

    @property
    def channels(self) -> list[str]:
        """Channels that have campaigns."""
        return [name for name, spec in self.world.scenario.channels.items() if spec.campaigns]

    @cached_property
    def ids(self) -> Ids:
        """Ids (campaign_id) of the campaigns that bring leads, by quarter and channel."""
        return Ids("C", 4, 1 + np.arange(len(self.quarters) * len(self.channels)))

    def of(self, channel: Numbers, days: Numbers) -> CodedText:
        """Return the campaign of each channel on a day; null where there is none."""
        names = list(self.world.scenario.channels)
        place = [self.channels.index(name) if name in self.channels else -1 for name in names]
        own = np.array(place)[channel]
        month = self.world.month(days) - self.world.scenario.burn_in_months
        quarter = (month + month_number(np.array(self.world.start)) % 3) // 3
        there = (own >= 0) & (days >= self.world.start)
        return self.ids.of(np.where(there, quarter * len(self.channels) + own, -1))

    @property
    def decoys(self) -> list[Decoy]:
        """Decoys that have begun by the last day, by their first month."""
        first_day = self.world.effects.first_day
        begun = [d for d in self.world.scenario.decoys if first_day(d.months[0]) < self.world.end]
        return sorted(begun, key=lambda decoy: decoy.months)


def decoy_ids(count: int) -> Ids:
    """Return the campaign_id of each decoy, in a range of its own."""
    return Ids("C", 4, 9001 + np.arange(count))
