"""Settings of segments, channels, products and prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Lt

from revkit.synth.scenario.blocks.bounds import (
    Amount,
    Chance,
    Positive,
    Share,
    Shift,
    Span,
    Word,
)


@dataclass(frozen=True)
class Segment:
    """Buying and churn of the accounts of one size.

    ``win`` and ``churn_year`` are what a company without effects comes to, by calibration:
    ``win`` is the share won of the deals for a first purchase that close in the months shown
    (those who come back are not among them), ``churn_year`` the share of customers lost in a
    year, 1 - (1 - m)^12 where m is those lost in a month over those there when it began.
    ``multi_year`` is the share of yearly contracts whose terms are of several years.
    ``expansion`` is a factor on the customers' chances of an expansion.
    ``products`` are the shares of first contracts, one for each product but the last, the add-on.
    """

    share: Amount
    employees: tuple[int, int, int]
    seats: Positive
    win: Chance
    cycle_days: Positive
    churn_year: Annotated[float, Ge(0), Lt(1)]
    expansion: Amount
    monthly_contracts: Share
    multi_year: Share
    discount: Share
    outbound: Amount
    products: tuple[Share, ...]
    source: Word


@dataclass(frozen=True)
class AccountMix:
    """Spread of accounts' sizes, and the shares whose industry or channel is unknown.

    ``employees_spread`` is the standard deviation of the log of the number of employees,
    ``with_parent`` the share of accounts that belong to another one.
    """

    employees_spread: Amount
    unknown_industry: Share
    unknown_channel: Share
    with_parent: Share
    source: Word


@dataclass(frozen=True)
class Channel:
    """Source of leads; ``quality`` shifts the log-odds of the gates."""

    share: Amount
    cost: Amount
    quality: Shift
    campaigns: bool
    source: Word


@dataclass(frozen=True)
class Health:
    """Effect of an account's latent health on winning, churn and expansion."""

    win: Shift
    churn: Shift
    expansion: Shift
    source: Word


@dataclass(frozen=True)
class Product:
    """Product sold by the seat; ``price`` is for a month."""

    family: Word
    price: Positive
    source: Word


@dataclass(frozen=True)
class PriceSurvey:
    """Answers by segment; ``spread`` between people, ``gap`` between prices, both in logs.

    ``gap_range`` is by how much a person's gaps differ from ``gap``, as a factor.
    """

    answers: Annotated[int, Ge(0)]
    spread: Amount
    gap: Amount
    gap_range: Span
    source: Word


@dataclass(frozen=True)
class PriceTests:
    """Test of ``factor`` times a product's list price; ``visitors`` are for one account.

    ``new_price_share`` is the share of visitors who see the new price.

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
    new_price_share: Share
    source: Word
