"""The rates that a company comes to, and how far they are from those it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from revkit.synth.calibrate.calibration import targets
from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import simulate, visible_leads
from revkit.synth.simulate.world import DAY, World


@dataclass(frozen=True)
class Rate:
    """By segment: those asked, those that passed, and the variance of that by chance alone."""

    asked: Numbers
    passed: Numbers
    variance: Numbers

    def __add__(self, other: Rate) -> Rate:
        return Rate(
            self.asked + other.asked, self.passed + other.passed, self.variance + other.variance
        )

    def sigmas(self, aim: Numbers) -> Numbers:
        """How far it is from what it should be, in standard deviations."""
        return np.asarray((self.passed - self.asked * aim) / np.sqrt(self.variance))


def realised(world: World) -> dict[str, Rate]:
    """Each rate of a company without effects, counted from what came of each lead and deal."""
    roster = Roster(world)
    chunks = [_of_chunk(world, roster, chunk) for chunk in world.chunks]
    return {name: reduce(add, [made[name] for made in chunks]) for name in chunks[0]}


def _of_chunk(world: World, roster: Roster, chunk: int) -> dict[str, Rate]:
    made = simulate(world, roster, chunk)
    segment, leads, deals = made.accounts.segment, made.leads, made.first
    lead = visible_leads(world, leads, deals, len(segment))
    account = leads.account[lead]
    mql, sql = (moment[lead] < NEVER for moment in (leads.mql, leads.sql))
    decided = sql & (leads.sql[lead] < (world.end - 60) * DAY)
    deal = deals.of_lead(len(leads))[lead] >= 0
    closed = (deals.closes >= world.start) & (deals.closes < world.end)
    risks, first = made.ledger.risks, world.scenario.burn_in_months
    here = (risks["month"] >= first) & (risks["month"] < first + world.months)
    aims, leaves = targets(world.scenario), -np.expm1(-risks["hazard"][here])

    def count(who: Numbers, passed: Numbers, variance: Numbers) -> Rate:
        each = (np.ones(len(who)), passed, variance)
        return Rate(*(np.bincount(segment[who], weights, 3) for weights in each))

    def gate(name: str, who: Numbers, passed: Numbers) -> Rate:
        return count(who, passed, (aims[name] * (1 - aims[name]))[segment[who]])

    return {
        "lead_mql": gate("lead_mql", account, mql),
        "mql_sql": gate("mql_sql", account[mql], sql[mql]),
        "sql_opportunity": gate("sql_opportunity", account[decided], deal[decided]),
        "win": gate("win", deals.account[closed], deals.won[closed]),
        "churn": count(risks["account"][here], risks["left"][here], leaves * (1 - leaves)),
    }
