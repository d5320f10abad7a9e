"""Pilot: a company without effects, and the expected rates of its true chances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.model import Scenario
from revkit.synth.simulate.deals import retry_day, stage_reached
from revkit.synth.simulate.lead_funnel import GATES, LeadPath, chances_to_deal
from revkit.synth.simulate.reps import DAY_SPAN, Roster
from revkit.synth.simulate.simulation import Simulated, simulate, visible_leads
from revkit.synth.simulate.world import Intercepts, World

SEED, MONTHS = 1, 36

SEATS = 30.0
"""Seats of each of the pilot's teams, for 1,000 accounts: so many that their skill evens out."""


@dataclass(frozen=True)
class Rate:
    """Expected numbers asked and passed by segment, and the slope by a shift of the log-odds."""

    asked: Numbers
    passed: Numbers
    slope: Numbers

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.asked + other.asked, self.passed + other.passed, self.slope + other.slope)

    @property
    def mean(self) -> Numbers:
        """Share of those asked who pass; NaN where nobody is asked."""
        return self.passed / np.where(self.asked > 0, self.asked, np.nan)

    def step(self, target: Numbers) -> Numbers:
        """Return the Newton step from the mean's logit to the target's; 0 where none exists."""
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = logit(target) - logit(self.mean)
            shift = gap * self.passed * (1 - self.mean) / self.slope
        return np.where(np.isfinite(shift), shift, 0.0)


def logit(share: Numbers) -> Numbers:
    """Return the log-odds of a share."""
    return np.asarray(np.log(share) - np.log1p(-share))


def run_pilot(asked: Scenario, accounts: int, trial: Intercepts) -> dict[str, Rate]:
    """Return the rates that trial intercepts lead to in a pilot of some accounts."""
    world = World(pilot_scenario(asked), SEED, MONTHS, accounts, trial)
    roster = Roster(world)
    parts = [expected_rates(world, simulate(world, roster, chunk)) for chunk in world.chunks]
    return {target: reduce(add, (part[target] for part in parts)) for target in parts[0]}


def pilot_scenario(asked: Scenario) -> Scenario:
    """Build the pilot's scenario: without effects, with equal shares of the segments."""
    return replace(
        asked,
        effects=(),
        segments={name: replace(spec, share=1.0) for name, spec in asked.segments.items()},
        teams={name: replace(spec, seats=SEATS) for name, spec in asked.teams.items()},
    )


def expected_rates(world: World, made: Simulated) -> dict[str, Rate]:
    """Compute the expected rates of a chunk from the true chances in the months shown.

    Every lead shown counts at every gate, by its chance of coming there.
    """
    segments, leads, deals = made.accounts.segment, made.leads, made.first
    lead = visible_leads(world, leads, deals, len(segments))
    course = LeadPath(world, made.accounts, leads.account, leads.channel, leads.slots(world))
    chances, ready = chances_to_deal(course[lead], leads.created[lead])
    timely = ready < world.end
    lead, ready = lead[timely], ready[timely]

    def rate(who: Numbers, come: Numbers, chance: Numbers, slope: Numbers) -> Rate:
        asked, passed, more = (
            np.bincount(segments[who], come * each, len(world.scenario.segments))
            for each in (np.ones(len(who)), chance, slope)
        )
        return Rate(asked, passed, more)

    found, come = {}, np.ones(len(lead))
    for gate, each in zip(GATES, chances, strict=True):
        chance = each[timely]
        room = can_open(world, made, lead, ready) if gate == "sql_opportunity" else 1.0
        found[gate] = rate(leads.account[lead], come, room * chance, room * chance * (1 - chance))
        come = come * chance
    # whether a deal closes in time depends on its outcome: one that is lost early is over sooner
    pace = np.array(world.scenario.deals.lost_length)[stage_reached(world, deals.slots(world))]
    days = np.maximum(deals.closes - deals.opened - deals.idle, 1)
    closes = deals.opened + deals.idle
    in_won, in_lost = (
        (closes + length >= world.start) & (closes + length < world.end)
        for length in (
            np.where(deals.won, days, days / pace),
            np.where(deals.won, days * pace, days),
        )
    )
    chance = deals.chance
    closed = chance * in_won + (1 - chance) * in_lost
    share = chance * in_won / np.maximum(closed, 1e-9)
    found["win"] = rate(deals.account, closed, share, share * (1 - share))
    risks = made.ledger.risks
    month = risks["month"] - world.scenario.burn_in_months
    here = (month >= 0) & (month < world.months)
    who, hazard = risks["account"][here], risks["hazard"][here]
    found["churn"] = rate(who, np.ones(len(who)), -np.expm1(-hazard), hazard * np.exp(-hazard))
    return found


def can_open(world: World, made: Simulated, lead: Numbers, day: Numbers) -> Numbers:
    """Report whether each lead's account has no open or recent deal on a day.

    An SQL becomes no opportunity while another deal with its account is open, nor soon after.
    """
    deals, account = made.first, made.leads.account[lead]
    keys = deals.account * DAY_SPAN + deals.opened
    order = np.argsort(keys)
    place = np.searchsorted(keys, account * DAY_SPAN + day, side="right", sorter=order)
    before = np.r_[order, -1][place - 1]
    own = deals.of_lead(len(made.leads))[lead] >= 0
    other = np.r_[deals.account, -1][before] != account
    rests = np.r_[retry_day(world, deals.won, deals.closes), 0][before]
    return np.asarray(own | other | (day >= rests))
