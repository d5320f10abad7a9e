"""Effects: the changes that a scenario plants, their size, place and time.

An effect multiplies odds, a hazard, a rate or a length at the place where something is decided.
It never draws anything: with it or without it every draw is the same, so what differs between
the two companies is what the effect caused, and nothing before its start differs at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from revkit.errors import ScenarioError
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.model import Effect, Scenario
from revkit.synth.scenario.vocabulary import INDUSTRIES, REGIONS

FOREVER = 1 << 50
"""Day after every other, even ``NEVER``."""


@dataclass(frozen=True)
class Target:
    """Quantity that an effect can change: the operation, and the dimensions that narrow it.

    ``lasts`` says that it is one event, of the month the effect starts in.
    """

    op: str
    where: tuple[str, ...]
    lasts: bool = False
    smallest: float = 1e-9
    largest: float = 1e9


COHORT = ("cohort_from", "cohort_until")
"""Months between which customers became some: the first, and the one after the last."""

BUYER = ("segment", "industry")
LEAD = (*BUYER, "channel")
PEOPLE = ("team", "region")

TARGETS = {
    # of those that arrive in its months, by weights
    "mix": Target("rate_x", ("segment",)),
    # leads created in its months; thinned, so that 1.4 times as many is the most there can be
    "leads": Target("rate_x", LEAD, largest=1.4),
    # leads that come to a gate in its months
    "lead_mql": Target("odds_x", LEAD),
    "mql_sql": Target("odds_x", LEAD),
    "sql_opportunity": Target("odds_x", LEAD),
    # new business opened in its months
    "win": Target("odds_x", LEAD),
    "cycle": Target("days_x", BUYER),
    "discount": Target("mean_x", BUYER),
    "idle": Target("odds_x", BUYER),
    # deals opened in its months: how soon they are hoped to close, how often commit is said
    "expected_close": Target("days_x", BUYER),
    "commit": Target("odds_x", BUYER),
    # customers in its months; of those who became one from one month on, and before another
    "churn": Target("hazard_x", (*BUYER, *COHORT)),
    "expansion": Target("rate_x", (*BUYER, *COHORT)),
    "price": Target("price_x", ("product",), smallest=0.1),
    # people: seats that open, those who leave (and the odds of what they leave open), hires
    "seats": Target("rate_x", PEOPLE, lasts=True, smallest=1.0),
    "leave": Target("odds_x", PEOPLE, lasts=True, largest=1.0),
    "ramp": Target("days_x", PEOPLE),
    # visitors of the price test who see the new price
    "test_buys": Target("odds_x", ()),
    # not the business but what is recorded of it: the share of leads whose channel is
    "channel_recorded": Target("share_x", ("channel",), largest=1.0),
}
"""Quantities that effects can change, and how."""


@dataclass(frozen=True)
class Effects:
    """Effects of a scenario as factors by day and dimension."""

    scenario: Scenario

    def of(self, target: str) -> list[Effect]:
        """List the effects on a target."""
        return [effect for effect in self.scenario.effects if effect.target == target]

    def first_day(self, month: int) -> int:
        """Return the first day of a month counted from the scenario's start."""
        whole = np.datetime64(self.scenario.start, "M") + month
        return int(whole.astype("M8[D]").astype(np.int64))

    def factor(self, target: str, day: Numbers | int, **codes: Numbers) -> Numbers:
        """Multiply the factors of the effects on a target on some days; 1 where there are none.

        ``codes`` are positions in each dimension's vocabulary, -1 for unknown; ``cohort_from``
        is the day each account became a customer.
        """
        product = np.ones(())
        for effect in self.of(target):
            product = product * np.where(self.holds(effect, day, codes), effect.factor, 1.0)
        return product

    def holds(self, effect: Effect, day: Numbers | int, codes: Mapping[str, Numbers]) -> Numbers:
        """Report the rows in which an effect is active."""
        first, *last = (self.first_day(month) for month in effect.months)
        here = (np.asarray(day) >= first) & (np.asarray(day) < (last[0] if last else FOREVER))
        for key, wanted in effect.where.items():
            if isinstance(wanted, int):
                since = codes["cohort_from"]
                first = self.first_day(wanted)
                here = here & (since >= first if key == "cohort_from" else since < first)
            else:
                known = vocabulary(self.scenario, key)
                here = here & np.isin(codes[key], [known.index(word) for word in as_words(wanted)])
        return np.asarray(here)


def vocabulary(scenario: Scenario, key: str) -> list[str]:
    """List the words of a dimension in the order of their codes."""
    own = {
        "segment": scenario.segments, "industry": INDUSTRIES, "channel": scenario.channels,
        "product": scenario.products, "team": scenario.teams, "region": REGIONS,
    }  # fmt: skip
    return list(own[key])


def as_words(words: str | int | Sequence[str]) -> list[str]:
    """Return a word or a sequence of words as a list."""
    return [words] if isinstance(words, str) else [str(word) for word in words]  # type: ignore[union-attr]


def start_of(effect: Effect) -> int:
    """Return the first month in which an effect can change anything."""
    cohort = effect.where.get("cohort_from", 0)
    return max(effect.months[0], cohort if isinstance(cohort, int) else 0)


def without(scenario: Scenario, *effects: str) -> Scenario:
    """Return the scenario without some of its effects."""
    return replace(scenario, effects=tuple(e for e in scenario.effects if e.id not in effects))


def check_effects(scenario: Scenario) -> None:
    """Refuse effects with an unknown target, operation, dimension or value."""
    ids = [effect.id for effect in scenario.effects]
    if len({*ids}) < len(ids):
        raise ScenarioError.same_id(f"{scenario.name}: effects", ids)
    for effect in scenario.effects:
        place = f"{scenario.name}: effects: {effect.id}"
        target = TARGETS.get(effect.target)
        if target is None:
            raise ScenarioError.unknown_value(
                effect.target, where=f"{place}: target", known=TARGETS
            )
        if effect.op != target.op:
            raise ScenarioError.unknown_value(effect.op, where=f"{place}: op", known=[target.op])
        check_size(effect, target, place)
        for key, wanted in effect.where.items():
            if key not in target.where:
                raise ScenarioError.unknown(key, where=f"{place}: where", known=target.where)
            check_where(scenario, key, wanted, place)


def check_size(effect: Effect, target: Target, place: str) -> None:
    """Refuse a factor out of the target's range, or months in the wrong form."""
    factor, months = effect.factor, effect.months
    if not target.smallest <= factor <= target.largest:
        raise ScenarioError.wrong_value(
            f"{place}: factor",
            f"must be from {target.smallest:g} to {target.largest:g}",
            f"{factor:g}",
        )
    if len(months) not in (1, 2) or (len(months) == 2 and months[0] >= months[1]):
        raise ScenarioError.wrong_value(
            f"{place}: months", "must be [first] or [first, after the last], from 0", repr(months)
        )
    if target.lasts and len(months) == 2:
        raise ScenarioError.lasts(place, target=effect.target, month=months[0])


def check_where(
    scenario: Scenario, key: str, wanted: str | int | Sequence[str], place: str
) -> None:
    """Refuse a value that no account, lead or person has."""
    if key in COHORT:
        if type(wanted) is not int or wanted < 0:
            raise ScenarioError.wrong_value(
                f"{place}: {key}", "must be a month from 0", repr(wanted)
            )
        return
    for word in as_words(wanted) if isinstance(wanted, (str, list, tuple)) else [str(wanted)]:
        known = vocabulary(scenario, key)
        if word not in known:
            raise ScenarioError.unknown_value(word, where=f"{place}: where: {key}", known=known)
