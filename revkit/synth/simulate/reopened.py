"""Reopened deals: those that are given up while nobody works at them, and taken up again."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.deals import Deals
from revkit.synth.simulate.working_days import some_working_day
from revkit.synth.simulate.world import World

GIVEN_UP_AFTER = 14
"""Idle days after which a deal is closed as lost."""

LONG_IDLE = 40
"""Idle days from which a deal may be given up and reopened."""


def closed_meanwhile(world: World, deals: Deals) -> tuple[Numbers, Numbers]:
    """Return the day each deal was closed as lost for a while and the day it was reopened.

    Both are ``NEVER`` where it was not. Who gives a deal up and takes it up again does both by the
    last day known, so that what is closed on it stays so.
    """
    draws = deals.slots(world).uniform("opportunities.reopened")
    again = (draws < world.scenario.pipeline.reopened) & (deals.idle >= LONG_IDLE)
    half = deals.opened + (deals.closes - deals.opened - deals.idle) // 2
    shut, reopened = some_working_day(half + GIVEN_UP_AFTER), some_working_day(half + deals.idle)
    again &= (reopened < deals.closes) & ((shut >= world.end) | (reopened < world.end))
    return np.where(again, shut, NEVER), np.where(again, reopened, NEVER)
