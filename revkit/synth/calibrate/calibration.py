"""Calibration: intercepts at which a company's rates are those its scenario asks for.

A chance also depends on health, channel, skill and on who is still there to be asked, so the mean
of the chances is not the rate they are built on. A pilot, the scenario without its effects,
tells by how much each segment must be shifted. The shifts of the scenarios that ship are kept in a
file; ``python -m revkit.synth.calibrate`` writes it anew when a rate or the simulation
changes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from revkit.errors import ParameterError
from revkit.synth.calibrate.pilot import Rate, run_pilot
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.load import scenario, scenarios
from revkit.synth.scenario.model import Scenario
from revkit.synth.simulate.lead_funnel import GATES
from revkit.synth.simulate.world import Intercepts, World

FILE = Path(__file__).parent / "intercepts.json"
DIGITS = 4

PILOTS = (8_192, 16_384, 32_768, 131_072)
"""Accounts of the pilots in turn; each starts at about a tenth of the last one's error."""

TOLERANCE = 0.1
"""Largest relative error of the last pilot's rates; a rate further off cannot be reached."""

KEY_SETTINGS = {
    "start": None, "burn_in_months": None, "growth": None, "season": None, "calendar": None,
    "segments": (
        "win", "cycle_days", "churn_year", "monthly_contracts", "multi_year", "outbound",
    ),
    "funnel": (
        "leads_per_account", "days_between_leads", "lead_mql", "mql_sql", "sql_opportunity",
        "inbound", "health", "days", "spread",
    ),
    "deals": (
        "approach_days", "approach_after_days", "retry_after_days", "inbound_odds",
        "channel_quality", "cycle_spread", "longest_cycle", "lost_at", "lost_length",
        "left_idle", "idle_least_days", "idle_cycles", "idle_odds",
    ),
    "contracts": (
        "start_days", "monthly_start", "due_hazard", "running_hazard", "early_hazard",
        "early_months", "later_hazard", "multi_years",
    ),
    "channels": ("share", "quality"),
    "health": ("win", "churn", "expansion"),
    "customers": ("return_", "return_after_days", "pause", "pause_months"),
    "people": None,
    "teams": ("role", "accounts", "pay"),
}  # fmt: skip
"""Settings that the pilot's rates depend on: some keys of a block, or (None) all of it."""


def calibrated_world(asked: Scenario, seed: int, months: int, accounts: int) -> World:
    """Build a world whose rates are those its scenario asks for.

    Raises
    ------
    ParameterError
        A size or a seed that cannot be, or a rate that no intercept reaches.
    """
    # refuse a wrong size before anything is solved for
    world = World(asked, seed, months, accounts, {})
    return replace(world, intercepts=intercepts(asked))


def intercepts(asked: Scenario) -> Intercepts:
    """Return the intercepts of a scenario, from the file or else solved for and kept.

    Examples
    --------
    >>> found = intercepts(scenario("baseline"))
    >>> list(found), len(found["win"])
    (['lead_mql', 'mql_sql', 'sql_opportunity', 'win', 'churn'], 3)
    """
    name = key(asked)
    if name not in known():
        known()[name] = solve(asked)
    return known()[name]


@cache
def shipped() -> dict[str, Intercepts]:
    """Read the intercepts of the shipped scenarios, by key."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: {target: np.array([*shifts.values()]) for target, shifts in block.items()}
        for name, block in found.items()
    }


@cache
def known() -> dict[str, Intercepts]:
    """Return the intercepts known so far: those that ship and those solved for in this process."""
    return {**shipped()}


def key(asked: Scenario) -> str:
    """Hash every setting that the intercepts of a scenario depend on.

    Examples
    --------
    >>> key(scenario("baseline")) == key(scenario("channel-rot"))
    True
    """
    settings = asdict(asked)
    blocks = {block: select_keys(settings[block], keys) for block, keys in KEY_SETTINGS.items()}
    return sha256(json.dumps(blocks).encode()).hexdigest()[:16]


def select_keys(block: Any, keys: Collection[str] | None) -> Any:
    """Select some keys of a block and of every block inside it."""
    if keys is None or not isinstance(block, Mapping):
        return block
    return {
        name: select_keys(value, keys)
        for name, value in block.items()
        if name in keys or isinstance(value, Mapping)
    }


def targets(asked: Scenario) -> dict[str, Numbers]:
    """Return the target rates of a scenario by segment; churn as a monthly rate."""
    segments = asked.segments.values()
    found = {gate: np.full(len(segments), getattr(asked.funnel, gate)) for gate in GATES}
    found["win"] = np.array([spec.win for spec in segments])
    found["churn"] = 1 - (1 - np.array([spec.churn_year for spec in segments])) ** (1 / 12)
    return found


def solve(asked: Scenario) -> Intercepts:
    """Solve for the intercepts at which the pilot's rates equal the target rates.

    Raises
    ------
    ParameterError
        A rate that no intercept reaches.
    """
    aims = targets(asked)
    trial = {target: np.zeros(len(aim)) for target, aim in aims.items()}
    for accounts in PILOTS:
        rates = run_pilot(asked, accounts, trial)
        trial = {target: trial[target] + rates[target].step(aim) for target, aim in aims.items()}
    for target, aim in aims.items():
        if (np.abs(rates[target].mean - aim) > TOLERANCE * aim).any():
            raise unreachable_rate(asked, target, rates[target], aim)
    return {target: np.round(shift, DIGITS) for target, shift in trial.items()}


def unreachable_rate(asked: Scenario, target: str, rate: Rate, aim: Numbers) -> ParameterError:
    """Build the error that names the rate no intercept reaches, and the rate it comes to."""
    place = int(np.nanargmax(np.abs(rate.mean - aim) / aim))
    return ParameterError.unreachable(
        asked.name,
        target=target,
        segment=[*asked.segments][place],
        aim=float(aim[place]),
        reached=float(rate.mean[place]),
    )


def write_intercepts() -> None:
    """Solve the intercepts of every shipped scenario and write them to their file."""
    found = {}
    for each in map(scenario, scenarios()):
        if key(each) not in found:
            found[key(each)] = {
                target: dict(zip(each.segments, shift.tolist(), strict=True))
                for target, shift in solve(each).items()
            }
    FILE.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n", encoding="utf-8")
