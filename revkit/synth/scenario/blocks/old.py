"""The blocks of a scenario: what each says, and between which bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt, MinLen

Share = Annotated[float, Ge(0), Le(1)]
"""Of something, or a chance that may be none or sure."""

Chance = Annotated[float, Gt(0), Lt(1)]
"""A chance that has odds."""

Amount = Annotated[float, Ge(0)]
Positive = Annotated[float, Gt(0)]
Shift = float
"""Of a logarithm."""

Word = Annotated[str, MinLen(1)]


@dataclass(frozen=True)
class Segment:
    """How accounts of one size buy and stay.

    ``win`` and ``churn_year`` are what a company without effects comes to, by calibration:
    ``win`` is the share won of the deals for a first purchase that close in the months shown
    (those who come back are not among them), ``churn_year`` the share of customers lost in a
    year, 1 - (1 - m)^12 where m is those lost in a month over those there when it began.
    ``products`` are the shares of first contracts, one for each product but the last, the add-on.
    """

    share: Amount
    employees: tuple[int, int, int]
    seats: Positive
    win: Chance
    cycle_days: Positive
    churn_year: Annotated[float, Ge(0), Lt(1)]
    monthly_contracts: Share
    discount: Share
    outbound: Amount
    products: tuple[Share, ...]
    source: Word


@dataclass(frozen=True)
class Funnel:
    """How many leads there are and how many pass each gate.

    ``lead_mql``, ``mql_sql`` and ``sql_opportunity`` are what a company without effects comes
    to in every segment, by calibration: of the leads that reach a stage the share that reaches
    the next one, sooner or later. An SQL whose account has a deal open already gets none.
    """

    leads_per_account: Annotated[float, Ge(1)]
    days_between_leads: Positive
    lead_mql: Chance
    mql_sql: Chance
    sql_opportunity: Chance
    source: Word


@dataclass(frozen=True)
class Channel:
    """Where leads come from; ``quality`` shifts the log-odds of the gates."""

    share: Amount
    cost: Amount
    quality: Shift
    campaigns: bool
    source: Word


@dataclass(frozen=True)
class Health:
    """What an account's hidden health does to winning, churn and expansion."""

    win: Shift
    churn: Shift
    expansion: Shift
    source: Word


@dataclass(frozen=True)
class Product:
    """Something sold by the seat; ``price`` is for a month."""

    family: Word
    price: Positive
    source: Word


@dataclass(frozen=True)
class Customers:
    """What customers do, as chances in a month."""

    price_rise_year: Annotated[float, Gt(-1), Le(1)]
    more_seats: Share
    better_plan: Share
    add_on: Share
    fewer_seats: Share
    return_: Share
    payment_failed: Share
    source: Word


@dataclass(frozen=True)
class Team:
    """People with one role; ``accounts`` is the segment they sell to, empty for all.

    ``seats`` are for a thousand accounts, ``pay`` is for a year, ``quota`` for a quarter;
    ``quota_of_due`` adds a share of what is up for renewal in the quarter, each contract for a
    year, with the customers a seat looks after.
    """

    role: Literal["AE", "AM", "SDR", "CSM"]
    seats: Amount
    pay: Amount
    source: Word
    accounts: str = ""
    quota: Amount = 0.0
    quota_of_due: Amount = 0.0


@dataclass(frozen=True)
class Costs:
    """What running the company costs, as shares of revenue unless named otherwise."""

    hosting: Amount
    payments: Amount
    support: Amount
    product: Amount
    admin: Amount
    commission: Amount
    commission_renewal: Amount
    marketers: Amount
    marketer_pay: Amount
    tools: Amount
    overhead: Amount
    price_index_year: Annotated[float, Gt(-1), Le(1)]
    source: Word


@dataclass(frozen=True)
class Usage:
    """How customers use what they bought, and how it falls before some leave.

    ``rate`` is how often a seat is used in a month, on a scale where a seat is active at a rate
    r with the chance 1 - exp(-r); ``events`` is what one use of it leaves behind. ``health``
    shifts the log of the rate, ``habit`` and ``wobble`` are its standard deviations between
    accounts and between months. ``false_drops`` is a chance in a month, ``warned`` the share
    of those who leave whose usage falls before.
    """

    rate: Positive
    health: Shift
    habit: Amount
    wobble: Amount
    events: Positive
    features: Annotated[int, Ge(1)]
    false_drops: Share
    warned: Share
    source: Word


@dataclass(frozen=True)
class Tickets:
    """What customers ask of support.

    ``seat_month`` is tickets for a seat and month, ``health`` shifts its log. ``pace`` stretches
    the time to close, ``spread`` is the standard deviation of its log, ``answered`` the share of
    closed tickets whose sender says how it was.
    """

    seat_month: Amount
    health: Shift
    pace: Positive
    spread: Amount
    answered: Share
    source: Word


@dataclass(frozen=True)
class Billing:
    """How customers are billed and pay; prices of services are for up to 50 seats.

    ``late`` is the share of invoices paid after ``terms_days``, by ``days_late`` in the mean;
    ``refunds`` is a share of paid invoices, of which a year's gives back a tenth and any other
    everything; ``setup`` a share of first contracts, ``training`` a chance in a month.
    """

    terms_days: Annotated[int, Ge(0)]
    late: Share
    days_late: Positive
    refunds: Share
    setup: Share
    setup_price: Amount
    training: Share
    training_price: Amount
    source: Word


@dataclass(frozen=True)
class Currency:
    """What a unit of the company's currency buys at first; ``wobble`` is a month's log-change."""

    rate: Positive
    wobble: Amount
    source: Word


@dataclass(frozen=True)
class PriceSurvey:
    """Answers for each segment; ``spread`` between people, ``gap`` between prices, both in logs."""

    answers: Annotated[int, Ge(0)]
    spread: Amount
    gap: Amount
    source: Word


@dataclass(frozen=True)
class PriceTests:
    """A test of ``factor`` times a product's list price; ``visitors`` are for one account.

    ``buys`` is the share that buys at the list price, ``elasticity`` what the log of the price
    takes from the log-odds, ``seats`` the mean of those bought beyond the first.
    """

    product: str
    factor: Positive
    visitors: Amount
    days: Annotated[int, Ge(1)]
    buys: Chance
    elasticity: Shift
    seats: Amount
    source: Word
