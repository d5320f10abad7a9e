"""Any world at all: whatever the scenario, its effects, size, seed, dirt and language."""

from __future__ import annotations

from dataclasses import replace
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from revkit.synth import Company, scenarios
from revkit.synth.calibrate.calibration import calibrated_world
from revkit.synth.dirt.date_formats import DAYS
from revkit.synth.dirt.levels import LEVELS
from revkit.synth.kernel.arrow import schema
from revkit.synth.kernel.name_pools import locales
from revkit.synth.scenario.effects import COHORT, TARGETS, check_effects, vocabulary
from revkit.synth.scenario.load import scenario
from revkit.synth.scenario.model import Effect, Scenario
from revkit.synth.simulate.world import World
from revkit.synth.write.checksums import of_folder
from tests.support.dirty import differences, key_of
from tests.support.invariants.rules import RULES
from tests.support.queries import must_be_empty, opened

# a failure is reported as it was found: to look for a smaller one makes a thousand companies
TINY = settings(
    max_examples=5, deadline=None, derandomize=True, database=None,
    phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False,
)  # fmt: skip

MONTHS = st.integers(0, 60)


@st.composite
def effects(draw: st.DrawFn, spec: Scenario, number: int) -> Effect:
    """An effect that a scenario may have: any target, narrowed or not, weak or strong."""
    name = draw(st.sampled_from(sorted(TARGETS)))
    target, first = TARGETS[name], draw(MONTHS)
    ends = () if target.lasts else draw(st.sampled_from([(), (first + 1,), (first + 6,)]))
    factors = [f for f in (1e-9, 0.3, 1.0, 1.4, 5.0) if target.smallest <= f <= target.largest]
    where: dict[str, int | list[str]] = {}
    for key in draw(st.lists(st.sampled_from(target.where), unique=True, max_size=2)):
        if key in COHORT:
            where[key] = draw(MONTHS)
        else:
            words = st.sampled_from(vocabulary(spec, key))
            where[key] = draw(st.lists(words, unique=True, min_size=1, max_size=3))
    factor = draw(st.sampled_from(factors))
    return Effect(f"mine_{number}", name, target.op, factor, (first, *ends), where)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A world of up to five years and three hundred accounts, with up to two effects more."""
    spec = scenario(draw(st.sampled_from(scenarios())))
    own = [draw(effects(spec, number)) for number in range(draw(st.integers(0, 2)))]
    spec = replace(spec, effects=(*spec.effects, *own), locale=draw(st.sampled_from(locales())))
    check_effects(spec)
    seed, months = draw(st.integers(0, 2**32)), draw(st.integers(1, 60))
    return calibrated_world(spec, seed, months, accounts=draw(st.integers(1, 300)))


CHEAPER = Effect("cheaper", "price", "price_x", 0.3, (6,))
"""Customers who renew were asked for more than what the list then said."""

SMALLEST = calibrated_world(scenario("price-rise-and-competitor"), seed=0, months=1, accounts=1)


@TINY
@given(worlds(), st.sampled_from([*LEVELS]), st.sampled_from(["parquet", "csv"]))
@example(SMALLEST, "heavy", "csv")
@example(replace(SMALLEST, months=60), "clean", "csv")
@example(replace(SMALLEST, accounts=300), "light", "parquet")
@example(
    calibrated_world(
        replace(scenario("baseline"), effects=(CHEAPER,)), seed=1, months=24, accounts=60
    ),
    "clean",
    "parquet",
)
def test_any_world_is_right(world: World, dirt: str, format: str) -> None:
    """Types as declared, every invariant, the same once written, and dirt as its key says."""
    clean, exported = Company(world), Company(world, dirt)

    for name, table in clean.tables.items():
        assert table.schema.equals(schema(name))
    with opened(clean) as engine:
        for rule, query in RULES.items():
            must_be_empty(engine, rule, query)
    with TemporaryDirectory() as folder:
        exported.write(folder + "/shop", format)
        assert of_folder(folder + "/shop") == exported.content
    if dirt != "clean":
        assert set(key_of(exported)) == differences(clean, exported)
        for name, table in exported.tables.items():
            for found, wanted in zip(table.schema, schema(name), strict=True):
                assert found == wanted or ((name, found.name) in DAYS and found.type == pa.string())
