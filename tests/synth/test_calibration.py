"""The rates a scenario asks for are the rates its companies come to."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

import revkit as rk
from revkit.errors import ParameterError
from revkit.synth import generate, scenarios
from revkit.synth.calibrate import calibration
from revkit.synth.calibrate.calibration import (
    calibrated_world,
    intercepts,
    key,
    shipped,
    solve,
    targets,
)
from revkit.synth.calibrate.pilot import SEATS, run_pilot
from revkit.synth.scenario.load import scenario
from revkit.synth.scenario.model import Scenario
from revkit.synth.simulate.world import CHUNK, World
from tests.support.rates import realised

BASELINE = scenario("baseline")


@pytest.fixture(scope="module")
def world() -> World:
    """With as many people as the pilot has: the skill of a few is chance of its own."""
    teams = {name: replace(spec, seats=SEATS) for name, spec in BASELINE.teams.items()}
    many = replace(BASELINE, teams=teams)
    return calibrated_world(many, seed=101, months=36, accounts=CHUNK)


def test_every_segment_comes_to_the_rates_it_is_asked_for(world: World) -> None:
    aims = targets(world.scenario)

    for name, rate in realised(world).items():
        sigmas = rate.sigmas(aims[name])
        assert (np.abs(sigmas) < 4).all(), (name, sigmas)


def test_the_intercepts_are_what_does_it(world: World) -> None:
    """With others, no rate of the largest segment is where it should be."""
    off = {name: shift + 0.3 for name, shift in world.intercepts.items()}
    other = World(world.scenario, world.seed, world.months, world.accounts, off)
    aims = targets(world.scenario)

    for name, rate in realised(other).items():
        sigmas = rate.sigmas(aims[name])
        assert sigmas[0] > 4, (name, sigmas)


def test_a_metric_measures_what_the_scenario_says() -> None:
    """From the tables alone."""
    data = generate(seed=102, accounts=4000).data
    asked = {"mql_to_sql_rate": ("mql_sql", "2025-10-01"), "churn_rate": ("churn", "2026-01-01")}

    for metric, (name, end) in asked.items():
        found = rk.measure(data, [metric], by="segment", start="2023-01-01", end=end)
        found["passed"] = (found["value"] * found["n"]).astype(float)
        total = found.groupby("segment")[["passed", "n"]].sum().loc[[*BASELINE.segments]]
        aim = targets(BASELINE)[name]
        sigmas = (total["passed"] - total["n"] * aim) / np.sqrt(total["n"] * aim * (1 - aim))
        assert (sigmas.abs() < 4).all(), (metric, sigmas)


def test_what_ships_is_what_solving_gives() -> None:
    """Run ``python -m revkit.synth.calibrate`` when this fails."""
    assert {key(scenario(name)) for name in scenarios()} == {*shipped()}
    for target, shift in solve(BASELINE).items():
        assert intercepts(BASELINE)[target] == pytest.approx(shift, abs=2e-4), target


@pytest.mark.parametrize("name", ["broken-handoff", "simpson-mix"])
def test_the_others_that_ship_are_solved_too(name: str) -> None:
    """In a pilot of a quarter of the size, from which the shifts differ by noise."""
    spec = scenario(name)
    aims = targets(spec)

    for target, rate in run_pilot(spec, 16_384, intercepts(spec)).items():
        assert rate.mean == pytest.approx(aims[target], rel=0.06), target


def edited(**values: object) -> Scenario:
    """The baseline with other values for every segment."""
    changed = {name: replace(spec, **values) for name, spec in BASELINE.segments.items()}  # type: ignore[arg-type]
    return replace(BASELINE, segments=changed)


def test_only_what_the_rates_depend_on_is_in_the_key() -> None:
    same = replace(
        edited(share=0.2, seats=3.0, discount=0.2, source="mine"),
        name="mine", effects=scenario("channel-rot").effects, locale="it_IT",
        products={name: replace(p, price=9.0) for name, p in BASELINE.products.items()},
        teams={name: replace(t, quota=1.0, seats=9.0) for name, t in BASELINE.teams.items()},
        customers=replace(BASELINE.customers, more_seats=0.0, payment_failed=0.9),
    )  # fmt: skip
    others = [
        edited(win=0.3), edited(cycle_days=9.0), replace(BASELINE, growth=0.01),
        replace(BASELINE, funnel=replace(BASELINE.funnel, mql_sql=0.2)),
    ]  # fmt: skip
    shifts = intercepts(BASELINE)

    assert key(same) == key(BASELINE)
    assert len({key(BASELINE), *map(key, others)}) == 5
    assert all(intercepts(same)[target] is shifts[target] for target in shifts)
    before, after = run_pilot(BASELINE, 2048, shifts), run_pilot(same, 2048, shifts)
    for target in shifts:
        assert after[target].mean.tolist() == before[target].mean.tolist()


def test_rates_of_ones_own_are_solved_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "PILOTS", (2048, 4096, 8192))
    own = edited(win=0.4, churn_year=0.5)

    found = intercepts(own)

    assert intercepts(own) is found
    for target, rate in run_pilot(own, 8192, found).items():
        assert rate.mean == pytest.approx(targets(own)[target], rel=0.03), target


def test_a_rate_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deals are open with some of the accounts of the SQLs, which thus get none."""
    monkeypatch.setattr(calibration, "PILOTS", (2048,) * 4)
    spec = replace(BASELINE, funnel=replace(BASELINE.funnel, sql_opportunity=0.95))

    with pytest.raises(ParameterError, match="sql_opportunity of Enterprise cannot be"):
        intercepts(spec)


def test_what_never_happens_needs_no_intercept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "PILOTS", (1024,) * 4)

    assert solve(edited(churn_year=0.0))["churn"].tolist() == [0, 0, 0]


def test_another_process_is_told_what_this_one_knows() -> None:
    world = calibrated_world(BASELINE, seed=1, months=1, accounts=1)

    assert "intercepts" in vars(pickle.loads(pickle.dumps(world)))  # noqa: S301 -- its own bytes
