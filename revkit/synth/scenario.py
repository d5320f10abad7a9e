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
    """How accounts of one size buy and stay.

    ``win`` and ``churn_year`` are what a company without effects comes to, by calibration:
    ``win`` is the share won of the deals for a first purchase that close in the months shown
    (those who come back are not among them), ``churn_year`` the share of customers lost in a
    year, 1 - (1 - m)^12 where m is those lost in a month over those there when it began.
    """

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
    """How many leads there are and how many pass each gate.

    ``lead_mql``, ``mql_sql`` and ``sql_opportunity`` are what a company without effects comes
    to in every segment, by calibration: of the leads that reach a stage the share that reaches
    the next one, sooner or later. An SQL whose account has a deal open already gets none.
    """

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

    ``seats`` are for a thousand accounts, ``pay`` is for a year, ``quota`` for a quarter;
    ``quota_of_due`` adds a share of what is up for renewal in the quarter, each contract for a
    year, with the customers a seat looks after.
    """

    role: str
    seats: float
    pay: float
    source: str
    accounts: str = ""
    quota: float = 0.0
    quota_of_due: float = 0.0


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
class Usage:
    """How customers use what they bought, and how it falls before some leave.

    ``rate`` is how often a seat is used in a month, on a scale where a seat is active at a rate
    r with the chance 1 - exp(-r); ``events`` is what one use of it leaves behind. ``health``
    shifts the log of the rate, ``habit`` and ``wobble`` are its standard deviations between
    accounts and between months. ``false_drops`` is a chance in a month, ``warned`` the share
    of those who leave whose usage falls before.
    """

    rate: float
    health: float
    habit: float
    wobble: float
    events: float
    features: int
    false_drops: float
    warned: float
    source: str


@dataclass(frozen=True)
class Tickets:
    """What customers ask of support.

    ``seat_month`` is tickets for a seat and month, ``health`` shifts its log. ``pace`` stretches
    the time to close, ``spread`` is the standard deviation of its log, ``answered`` the share of
    closed tickets whose sender says how it was.
    """

    seat_month: float
    health: float
    pace: float
    spread: float
    answered: float
    source: str


@dataclass(frozen=True)
class Billing:
    """How customers are billed and pay; prices of services are for up to 50 seats.

    ``late`` is the share of invoices paid after ``terms_days``, by ``days_late`` in the mean;
    ``refunds`` is a share of paid invoices, of which a year's gives back a tenth and any other
    everything; ``setup`` a share of first contracts, ``training`` a chance in a month.
    """

    terms_days: int
    late: float
    days_late: float
    refunds: float
    setup: float
    setup_price: float
    training: float
    training_price: float
    source: str


@dataclass(frozen=True)
class Currency:
    """What a unit of the company's currency buys at first; ``wobble`` is a month's log-change."""

    rate: float
    wobble: float
    source: str


@dataclass(frozen=True)
class PriceSurvey:
    """Answers for each segment; ``spread`` between people, ``gap`` between prices, both in logs."""

    answers: int
    spread: float
    gap: float
    source: str


@dataclass(frozen=True)
class PriceTests:
    """A test of ``factor`` times a product's list price; ``visitors`` are for one account.

    ``buys`` is the share that buys at the list price, ``elasticity`` what the log of the price
    takes from the log-odds, ``seats`` the mean of those bought beyond the first.
    """

    product: str
    factor: float
    visitors: float
    days: int
    buys: float
    elasticity: float
    seats: float
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
    usage: Usage
    tickets: Tickets
    billing: Billing
    exchange_rates: Mapping[str, Currency]
    price_survey: PriceSurvey
    price_tests: PriceTests
    story: str = ""
    min_accounts: int = 2000
    effects: tuple[Effect, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    questions: tuple[Question, ...] = ()


SINGLE: dict[str, type[Any]] = {
    "funnel": Funnel, "health": Health, "customers": Customers,
    "costs": Costs,
    "usage": Usage, "tickets": Tickets, "billing": Billing,
    "price_survey": PriceSurvey, "price_tests": PriceTests,
}  # fmt: skip
NAMED: dict[str, type[Any]] = {
    "segments": Segment, "channels": Channel, "products": Product, "teams": Team,
    "exchange_rates": Currency,
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
