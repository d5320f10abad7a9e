"""Contracts: the price regime of each line, and the contract state of each account."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.blocks.bounds import Span
from revkit.synth.scenario.vocabulary import CHURN_REASONS

MOST_STAYS = 3
"""Most times an account can become a customer."""

PAYMENT_FAILED = len(CHURN_REASONS)
MAIN, ADD_ON, ADDED = 1, 2, 3
"""Lines of a contract: the seats, the add-on, and seats sold within a term until its end."""

ACTIVE, PAST_DUE, PAUSED, TRIALING = range(4)
STATUSES = ("active", "past_due", "paused", "trialing")
"""Words of the statuses, by code."""


@dataclass
class ContractLine:
    """One line of each account's contract: the current price regime and those that ended."""

    number: int
    size: int
    rows: list[dict[str, Numbers]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.since = np.full(self.size, NEVER)
        self.seats, self.product, self.price, self.listed = np.zeros((4, self.size), np.int64)
        self.discount = np.zeros(self.size)
        self.status = np.zeros(self.size, np.int64)

    def runs(self, who: Numbers) -> Numbers:
        """Report which of some accounts have the line."""
        return np.asarray(self.since[who] < NEVER)

    def count(self, who: Numbers) -> Numbers:
        """Return the seats of some accounts, 0 without the line."""
        return np.where(self.runs(who), self.seats[who], 0)

    def mrr(self, who: Numbers) -> Numbers:
        """Return the monthly amount of some accounts in cents, 0 without the line."""
        return self.count(who) * self.price[who]

    def end(
        self,
        who: Numbers,
        day: Numbers | int,
        state: ContractState,
        requested: Numbers | int = NEVER,
        reason: Numbers | int = -1,
    ) -> None:
        """End the current regime of some accounts and record it."""
        runs = self.runs(who)
        size = int(runs.sum())
        if not size and self.rows:
            return
        day, requested, reason = (
            value[runs] if isinstance(value, np.ndarray) else np.full(size, value)
            for value in (day, requested, reason)
        )
        who = who[runs]
        self.rows.append(
            {
                "account": who, "line": np.full(size, self.number),
                "contract": state.contract[who], "started": self.since[who], "ended": day,
                "seats": self.seats[who], "product": self.product[who],
                "price": self.price[who], "listed": self.listed[who],
                "discount": self.discount[who], "status": self.status[who],
                "annual": state.annual[who], "term": state.term[who],
                "renewed": state.renewed[who], "requested": requested, "reason": reason,
            }
        )  # fmt: skip
        self.since[who] = NEVER

    def change(self, who: Numbers, day: Numbers, state: ContractState) -> None:
        """End the current regime of some accounts and begin the next on the same day."""
        runs = self.runs(who)
        if runs.any():
            self.end(who, day, state)
            self.since[who[runs]] = day[runs]


@dataclass
class ContractState:
    """Contract state of each account; ``day`` is the day of the month it began.

    ``years`` is the length of its terms, ``resumes`` the month in which a pause is over.
    """

    size: int

    def __post_init__(self) -> None:
        self.born, self.term = np.full((2, self.size), NEVER)
        self.month, self.day = np.zeros((2, self.size), np.int64)
        self.stay, self.contract, self.renewed = np.zeros((3, self.size), np.int64)
        self.hazard = np.zeros(self.size)
        self.annual = np.zeros(self.size, bool)
        self.years = np.ones(self.size, np.int64)
        self.left, self.resumes = np.full((2, self.size), NEVER)


def fewer_seats(seats: Numbers, kept: Span, draws: Numbers) -> Numbers:
    """Reduce seats by a random share, leaving one at least."""
    fewer = np.minimum(np.rint(seats * (kept[0] - kept[1] * draws)), seats - 1)
    return np.asarray(np.maximum(fewer, 1).astype(np.int64))


def discount_after(discount: Numbers, step: float, years: int) -> Numbers:
    """Return what is left of a discount in a later year of a term, in steps, down to none.

    Examples
    --------
    >>> discount_after(np.array([0.2, 0.05, 0.0]), step=0.1, years=1).tolist()
    [0.1, 0.0, 0.0]
    """
    return np.asarray(np.round(np.maximum(discount - years * step, 0.0), 4))


def day_of_month(days: Numbers) -> Numbers:
    """Return the day of the month, 1 for the first."""
    dates = days.astype("M8[D]")
    first = dates.astype("M8[M]").astype("M8[D]")
    return np.asarray((dates - first).astype(np.int64) + 1)


def move_month_ends(days: Numbers) -> Numbers:
    """Move days 29–31 to the first of the next month."""
    known = np.where(days < NEVER, days, 0)
    ahead = (known.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64)
    return np.where(days < NEVER, np.where(day_of_month(known) > 28, ahead, known), NEVER)


def years_after(days: Numbers, years: Numbers | int) -> Numbers:
    """Move days by some years, forward or, below 0, back."""
    month = days.astype("M8[D]").astype("M8[M]") + 12 * years
    return np.asarray(month.astype("M8[D]").astype(np.int64) + day_of_month(days) - 1)


def contract_year(days: Numbers, term: Numbers) -> Numbers:
    """Return the day on which the year of a contract began that each day is in.

    ``term`` is the day its term ends, on which a year of it ends too.

    Examples
    --------
    >>> days = np.array(["2024-02-29", "2025-03-09", "2025-03-10"], "M8[D]").astype(np.int64)
    >>> term = np.full(3, np.datetime64("2027-03-10")).astype(np.int64)
    >>> contract_year(days, term).astype("M8[D]").astype(str).tolist()
    ['2023-03-10', '2024-03-10', '2025-03-10']
    """
    months = (term.astype("M8[D]").astype("M8[M]") - days.astype("M8[D]").astype("M8[M]")).astype(
        np.int64
    )
    months -= day_of_month(days) >= day_of_month(term)
    return years_after(term, -1 - months // 12)
