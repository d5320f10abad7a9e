"""Scenario as typed settings: rates, effects, decoys and questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt

from revkit.synth.scenario.blocks.bounds import Amount, Positive, Word
from revkit.synth.scenario.blocks.company import (
    Calendar,
    Costs,
    Currency,
    Planning,
    Staffing,
    Team,
)
from revkit.synth.scenario.blocks.customers import Billing, ContractTerms, Customers, Tickets, Usage
from revkit.synth.scenario.blocks.goals import Goal
from revkit.synth.scenario.blocks.market import (
    AccountMix,
    Channel,
    Health,
    PriceSurvey,
    PriceTests,
    Product,
    Segment,
)
from revkit.synth.scenario.blocks.selling import ActivityHabits, DealTerms, Funnel, PipelineHabits


@dataclass(frozen=True)
class Effect:
    """Planted cause: ``target`` is multiplied by ``factor``.

    ``where`` narrows it, each key to a word or some; ``months`` holds its first month and the
    one after its last, counted from the scenario's start; without the second it never ends.
    """

    id: Word
    target: Word
    op: Word
    factor: Positive
    months: tuple[Annotated[int, Ge(0)], ...]
    where: Mapping[str, str | int | Sequence[str]] = field(default_factory=dict)
    source: str = "planted"


@dataclass(frozen=True)
class Decoy:
    """Campaign that is visible in the tables and causes nothing.

    It runs in ``months`` (the first and the one after the last, from the scenario's start) and
    costs ``cost`` in all, in the company's currency.
    """

    id: Word
    name: Word
    channel: str
    months: tuple[int, int]
    cost: Amount
    note: str


@dataclass(frozen=True)
class Question:
    """Question whose answer is the effects named; none when nothing happened."""

    ask: Word
    effects: tuple[str, ...]
    score: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """Settings that make a company, apart from its size and its seed.

    ``min_accounts`` is the size at which what its effects do can be found in the tables; ``goals``
    are ranges of figures that tables of that size come to.
    """

    format: Literal[1]
    name: Word
    start: str
    burn_in_months: Annotated[int, Ge(0), Le(600)]
    currency: str
    locale: str
    growth: Annotated[float, Gt(-0.5), Lt(0.5)]
    season: tuple[Amount, ...]
    calendar: Calendar
    segments: Mapping[str, Segment]
    accounts: AccountMix
    funnel: Funnel
    channels: Mapping[str, Channel]
    health: Health
    deals: DealTerms
    pipeline: PipelineHabits
    activities: ActivityHabits
    products: Mapping[str, Product]
    contracts: ContractTerms
    customers: Customers
    teams: Mapping[str, Team]
    people: Staffing
    costs: Costs
    planning: Planning
    usage: Usage
    tickets: Tickets
    billing: Billing
    exchange_rates: Mapping[str, Currency]
    price_survey: PriceSurvey
    price_tests: PriceTests
    goals: Mapping[str, Goal]
    story: str = ""
    min_accounts: Annotated[int, Ge(1)] = 2000
    effects: tuple[Effect, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    questions: tuple[Question, ...] = ()
