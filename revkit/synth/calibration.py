"""Calibration: the shifts with which a company's rates come out as its scenario says.

A chance also depends on health, channel, skill and on who is still there to be asked, so the mean
of the chances is not the rate they are built on. A pilot, the scenario without its effects,
tells by how much each segment must be shifted. The shifts of the scenarios that ship are kept in a
file; ``python -m revkit.synth.calibration`` writes it anew when a rate or the simulation changes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property, reduce
from hashlib import sha256
from operator import add
from typing import Any

import numpy as np

from revkit.errors import ParameterError
from revkit.synth.marketing import GATES, shown
from revkit.synth.people import FAR, Roster
from revkit.synth.sales import rests_until
from revkit.synth.scenario import FOLDER, Scenario, scenario, scenarios
from revkit.synth.simulation import Simulated, simulate
from revkit.synth.streams import Numbers
from revkit.synth.world import Intercepts, World

FILE = FOLDER / "intercepts.json"
DIGITS = 4

SEED, MONTHS = 1, 36
PILOTS = (8_192, 16_384, 32_768, 131_072)
"""Accounts of the pilots, one after another: each starts at a tenth of the last one's error."""

SEATS = 30.0
"""Seats of each of the pilot's teams, for 1,000 accounts: so many that their skill evens out."""

NEAR = 0.1
"""How far off the last pilot may begin, as a share of what is asked; beyond, nothing helps."""

DEPENDS = {
    "start": None, "burn_in_months": None, "growth": None, "season": None, "month_end": None,
    "segments": ("win", "cycle_days", "churn_year", "monthly_contracts", "outbound"),
    "funnel": ("leads_per_account", "days_between_leads", "lead_mql", "mql_sql", "sql_opportunity"),
    "channels": ("share", "quality"),
    "health": ("win", "churn", "expansion"),
    "customers": ("return_",),
    "teams": ("role", "accounts"),
}  # fmt: skip
"""What the rates of the pilot depend on: of each block some keys, or all of it."""


@dataclass(frozen=True)
class Pilot(World):
    """A world with intercepts on trial."""

    trial: Intercepts

    @cached_property
    def intercepts(self) -> Intercepts:
        """Those on trial."""
        return self.trial


@dataclass(frozen=True)
class Rate:
    """A rate by segment: how many are ``asked``, how many pass, and what a shift would add."""

    asked: Numbers
    passed: Numbers
    slope: Numbers

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.asked + other.asked, self.passed + other.passed, self.slope + other.slope)

    @property
    def mean(self) -> Numbers:
        """The share that passes; NaN where nobody is asked."""
        return self.passed / np.where(self.asked > 0, self.asked, np.nan)

    def step(self, target: Numbers) -> Numbers:
        """The shift that brings the logit of the mean to the target's, by Newton; 0 if none can."""
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = logit(target) - logit(self.mean)
            shift = gap * self.passed * (1 - self.mean) / self.slope
        return np.where(np.isfinite(shift), shift, 0.0)


def logit(share: Numbers) -> Numbers:
    """The log-odds of a share."""
    return np.asarray(np.log(share) - np.log1p(-share))


def intercepts(asked: Scenario) -> Intercepts:
    """The shifts of a scenario: from the file, or solved for when they are first needed.

    Examples
    --------
    >>> found = intercepts(scenario("baseline"))
    >>> list(found), len(found["win"])
    (['lead_mql', 'mql_sql', 'sql_opportunity', 'win', 'churn'], 3)
    """
    name = key(asked)
    if name not in known():
        known()[name] = solved(asked)
    return known()[name]


@cache
def shipped() -> dict[str, Intercepts]:
    """The intercepts in the file, by key."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: {target: np.array([*shifts.values()]) for target, shifts in block.items()}
        for name, block in found.items()
    }


@cache
def known() -> dict[str, Intercepts]:
    """Those that ship, then those solved for since."""
    return {**shipped()}


def key(asked: Scenario) -> str:
    """What the intercepts of a scenario are filed under: a hash of all they depend on.

    Examples
    --------
    >>> key(scenario("baseline")) == key(scenario("channel-rot"))
    True
    """
    told = asdict(asked)
    blocks = {block: narrowed(told[block], keys) for block, keys in DEPENDS.items()}
    return sha256(json.dumps(blocks).encode()).hexdigest()[:16]


def narrowed(block: Any, keys: Collection[str] | None) -> Any:
    """Some keys of a block, or of each block in it."""
    if keys is None or not isinstance(block, Mapping):
        return block
    return {
        name: narrowed(value, keys)
        for name, value in block.items()
        if name in keys or isinstance(value, Mapping)
    }


def plan(asked: Scenario) -> Scenario:
    """The scenario of the pilot: without effects, with as many accounts of every segment."""
    return replace(
        asked,
        effects=(),
        segments={name: replace(spec, share=1.0) for name, spec in asked.segments.items()},
        teams={name: replace(spec, seats=SEATS) for name, spec in asked.teams.items()},
    )


def targets(asked: Scenario) -> dict[str, Numbers]:
    """The rates a scenario asks for, one for each segment; churn's is of a month."""
    segments = asked.segments.values()
    found = {gate: np.full(len(segments), getattr(asked.funnel, gate)) for gate in GATES}
    found["win"] = np.array([spec.win for spec in segments])
    found["churn"] = 1 - (1 - np.array([spec.churn_year for spec in segments])) ** (1 / 12)
    return found


def expected(world: World, made: Simulated) -> dict[str, Rate]:
    """The rates of a chunk, from the true chances of whoever is asked in the months shown.

    Every lead shown counts at every gate, by its chance of coming there.
    """
    segments, leads, deals = made.accounts.segment, made.leads, made.first
    lead = shown(world, leads, deals, len(segments))
    lead = lead[leads.ready[lead] < world.end]

    def rate(who: Numbers, come: Numbers, chance: Numbers, slope: Numbers) -> Rate:
        asked, passed, more = (
            np.bincount(segments[who], come * each, len(world.scenario.segments))
            for each in (np.ones(len(who)), chance, slope)
        )
        return Rate(asked, passed, more)

    found, come = {}, np.ones(len(lead))
    for gate, chance in zip(GATES, leads.chances[lead].T, strict=True):
        room = free(made, lead) if gate == "sql_opportunity" else 1.0
        found[gate] = rate(leads.account[lead], come, room * chance, room * chance * (1 - chance))
        come = come * chance
    closed = (deals.closes >= world.start) & (deals.closes < world.end)
    who, chance = deals.account[closed], deals.chance[closed]
    found["win"] = rate(who, np.ones(len(who)), chance, chance * (1 - chance))
    risks = made.ledger.risks
    month = risks["month"] - world.scenario.burn_in_months
    here = (month >= 0) & (month < world.months)
    who, hazard = risks["account"][here], risks["hazard"][here]
    found["churn"] = rate(who, np.ones(len(who)), -np.expm1(-hazard), hazard * np.exp(-hazard))
    return found


def free(made: Simulated, lead: Numbers) -> Numbers:
    """Whether each lead's account could be sold to on the day its deal would open.

    An SQL becomes no opportunity while another deal with its account is open, nor soon after.
    """
    deals, account, day = made.first, made.leads.account[lead], made.leads.ready[lead]
    keys = deals.account * FAR + deals.opened
    order = np.argsort(keys)
    place = np.searchsorted(keys, account * FAR + day, side="right", sorter=order)
    before = np.r_[order, -1][place - 1]
    own = deals.of_lead(len(made.leads))[lead] >= 0
    other = np.r_[deals.account, -1][before] != account
    rests = np.r_[rests_until(deals.won, deals.closes), 0][before]
    return np.asarray(own | other | (day >= rests))


def piloted(asked: Scenario, accounts: int, trial: Intercepts) -> dict[str, Rate]:
    """The rates that intercepts on trial lead to, in a pilot of some accounts."""
    world = Pilot(plan(asked), SEED, MONTHS, accounts, trial)
    roster = Roster(world)
    parts = [expected(world, simulate(world, roster, chunk)) for chunk in world.chunks]
    return {target: reduce(add, (part[target] for part in parts)) for target in parts[0]}


def solved(asked: Scenario) -> Intercepts:
    """The intercepts with which the rates of the pilot are those asked for.

    Raises
    ------
    ParameterError
        A rate that no intercept reaches.
    """
    aims = targets(asked)
    trial = {target: np.zeros(len(aim)) for target, aim in aims.items()}
    for accounts in PILOTS:
        rates = piloted(asked, accounts, trial)
        trial = {target: trial[target] + rates[target].step(aim) for target, aim in aims.items()}
    for target, aim in aims.items():
        if (np.abs(rates[target].mean - aim) > NEAR * aim).any():
            raise unreachable(asked, target, rates[target], aim)
    return {target: np.round(shift, DIGITS) for target, shift in trial.items()}


def unreachable(asked: Scenario, target: str, rate: Rate, aim: Numbers) -> ParameterError:
    """Say which rate cannot be, and what it comes to."""
    place = int(np.nanargmax(np.abs(rate.mean - aim) / aim))
    return ParameterError(
        f"{asked.name}: {target} of {[*asked.segments][place]} cannot be {aim[place]:.3g}: it "
        f"comes to {rate.mean[place]:.3g}, whatever is done for it. Ask for another."
    )


def write() -> None:
    """Write the file for the scenarios that ship."""
    found = {}
    for each in map(scenario, scenarios()):
        if key(each) not in found:
            found[key(each)] = {
                target: dict(zip(each.segments, shift.tolist(), strict=True))
                for target, shift in solved(each).items()
            }
    FILE.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
