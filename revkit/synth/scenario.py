"""A scenario: every rate of a company, read from YAML, each block with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from revkit.errors import ParameterError
from revkit.synth.effects import Effect, check
from revkit.synth.story import Decoy, Question, check_story

FOLDER = Path(__file__).parent / "scenarios"
Block = TypeVar("Block")


@dataclass(frozen=True)
class Segment:
    """How accounts of one size buy and stay."""

    share: float
    employees: tuple[int, int, int]
    seats: float
    win: float
    cycle_days: float
    churn_year: float
    monthly_contracts: float
    discount: float
    outbound: float
    products: tuple[float, ...]
    source: str


@dataclass(frozen=True)
class Funnel:
    """How many leads there are and how many pass each gate."""

    leads_per_account: float
    days_between_leads: float
    lead_mql: float
    mql_sql: float
    sql_opportunity: float
    source: str


@dataclass(frozen=True)
class Channel:
    """Where leads come from; ``quality`` shifts the log-odds of the gates."""

    share: float
    cost: float
    quality: float
    campaigns: bool
    source: str


@dataclass(frozen=True)
class Health:
    """What an account's hidden health does to winning, churn and expansion."""

    win: float
    churn: float
    expansion: float
    source: str


@dataclass(frozen=True)
class Product:
    """Something sold by the seat; ``price`` is for a month."""

    family: str
    price: float
    source: str


@dataclass(frozen=True)
class Customers:
    """What customers do, as chances in a month."""

    price_rise_year: float
    more_seats: float
    better_plan: float
    add_on: float
    fewer_seats: float
    return_: float
    payment_failed: float
    source: str


@dataclass(frozen=True)
class Team:
    """People with one role; ``accounts`` is the segment they sell to, empty for all.

    ``seats`` are for a thousand accounts, ``pay`` is for a year, ``quota`` for a quarter.
    """

    role: str
    seats: float
    pay: float
    source: str
    accounts: str = ""
    quota: float = 0.0


@dataclass(frozen=True)
class Costs:
    """What running the company costs, as shares of revenue unless named otherwise."""

    hosting: float
    payments: float
    support: float
    product: float
    admin: float
    commission: float
    commission_renewal: float
    marketers: float
    marketer_pay: float
    tools: float
    overhead: float
    price_index_year: float
    source: str


@dataclass(frozen=True)
class Scenario:
    """Everything that makes a company, apart from its size and its seed.

    ``min_accounts`` is the size at which what its effects do can be found in the tables.
    """

    format: int
    name: str
    start: str
    burn_in_months: int
    currency: str
    locale: str
    growth: float
    season: tuple[float, ...]
    month_end: float
    calendar_source: str
    segments: Mapping[str, Segment]
    funnel: Funnel
    channels: Mapping[str, Channel]
    health: Health
    products: Mapping[str, Product]
    customers: Customers
    teams: Mapping[str, Team]
    costs: Costs
    story: str = ""
    min_accounts: int = 2000
    effects: tuple[Effect, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    questions: tuple[Question, ...] = ()


SINGLE: dict[str, type[Any]] = {
    "funnel": Funnel, "health": Health, "customers": Customers,
    "costs": Costs,
}  # fmt: skip
NAMED: dict[str, type[Any]] = {
    "segments": Segment, "channels": Channel, "products": Product, "teams": Team
}  # fmt: skip

LISTED: dict[str, type[Any]] = {"effects": Effect, "decoys": Decoy, "questions": Question}


@cache
def scenario(name: str = "baseline") -> Scenario:
    """The scenario of that name, or in that YAML file.

    Raises
    ------
    ParameterError
        An unknown scenario, a key that is not one, or one that is missing.
    """
    given = read(name)
    for key, kind in SINGLE.items():
        if key in given:
            given[key] = block(kind, given[key], f"{name}: {key}")
    for key, kind in NAMED.items():
        if key in given:
            given[key] = {
                word: block(kind, values, f"{name}: {key}: {word}")
                for word, values in given[key].items()
            }
    for key, kind in LISTED.items():
        given[key] = [
            block(kind, values, f"{name}: {key}: {place}")
            for place, values in enumerate(given.get(key, ()), 1)
        ]
    whole = block(Scenario, given, name)
    check(whole)
    check_story(whole)
    return whole


def read(name: str) -> dict[str, Any]:
    """What a scenario's file says, on top of the scenario it is ``like``."""
    import yaml

    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise ParameterError.unknown(name, where="scenario", known=scenarios())
    given: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    base = given.pop("like", None)
    return given if base is None else laid_over(read(base), given)


def laid_over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Blocks merged key by key; what is no block is replaced."""
    merged = {**base}
    for key, value in given.items():
        below = base.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            value = laid_over(below, value)
        merged[key] = value
    return merged


def scenarios() -> list[str]:
    """The names of the scenarios that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def block(kind: type[Block], values: Mapping[str, Any], where: str) -> Block:
    """One block of a scenario, its keys checked against the class that holds it."""
    names = {field.name.rstrip("_"): field for field in fields(kind)}  # type: ignore[arg-type]
    for key in values:
        if key not in names:
            raise ParameterError.unknown(key, where=where, known=list(names))
    for key, field in names.items():
        if key not in values and field.default is field.default_factory is MISSING:
            raise ParameterError(f"{where} needs {key!r}; it has: {', '.join(values)}. Add it.")
    return kind(**{names[key].name: frozen(value) for key, value in values.items()})


def frozen(value: Any) -> Any:
    """A value that cannot change: lists become tuples."""
    return tuple(value) if isinstance(value, list) else value
