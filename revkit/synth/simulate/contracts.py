"""Contracts as they run: the regime each line is in, and where each account stands."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.blocks.bounds import Span
from revkit.synth.scenario.vocabulary import CHURN_REASONS

MOST_STAYS = 3
"""The most times an account can be a customer."""

PAYMENT_FAILED = len(CHURN_REASONS)
ACTIVE, PAST_DUE = range(2)


@dataclass
class ContractLine:
    """One line of each account's contract: the regime that runs, and those that are over."""

    number: int
    size: int
    rows: list[dict[str, Numbers]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.since = np.full(self.size, NEVER)
        self.seats, self.product, self.price, self.listed = np.zeros((4, self.size), np.int64)
        self.discount = np.zeros(self.size)
        self.status = np.zeros(self.size, np.int64)

    def runs(self, who: Numbers) -> Numbers:
        """Which of some accounts have the line."""
        return np.asarray(self.since[who] < NEVER)

    def mrr(self, who: Numbers) -> Numbers:
        """The monthly amount of some accounts in cents, 0 where the line is not there."""
        return np.where(self.runs(who), self.seats[who] * self.price[who], 0)

    def end(
        self,
        who: Numbers,
        day: Numbers | int,
        state: ContractState,
        requested: Numbers | int = NEVER,
        reason: Numbers | int = -1,
    ) -> None:
        """Close the running regime of some accounts and write it down."""
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
        """Close the running regime of some accounts and begin the next on the same day."""
        runs = self.runs(who)
        if runs.any():
            self.end(who, day, state)
            self.since[who[runs]] = day[runs]


@dataclass
class ContractState:
    """Where each account stands in its contract; ``day`` is the day of the month it began."""

    size: int

    def __post_init__(self) -> None:
        self.born, self.term = np.full((2, self.size), NEVER)
        self.month, self.day = np.zeros((2, self.size), np.int64)
        self.stay, self.contract, self.renewed = np.zeros((3, self.size), np.int64)
        self.hazard = np.zeros(self.size)
        self.annual = np.zeros(self.size, bool)
        self.left = np.full(self.size, NEVER)


def fewer_seats(seats: Numbers, kept: Span, draws: Numbers) -> Numbers:
    """Seats after losing a twelfth to two fifths of them, one left at least."""
    fewer = np.minimum(np.rint(seats * (kept[0] - kept[1] * draws)), seats - 1)
    return np.asarray(np.maximum(fewer, 1).astype(np.int64))


def day_of_month(days: Numbers) -> Numbers:
    """1 for the first day of a month."""
    dates = days.astype("M8[D]")
    first = dates.astype("M8[M]").astype("M8[D]")
    return np.asarray((dates - first).astype(np.int64) + 1)


def move_month_ends(days: Numbers) -> Numbers:
    """Each day, or the next month's first where a month may lack it."""
    known = np.where(days < NEVER, days, 0)
    ahead = (known.astype("M8[D]").astype("M8[M]") + 1).astype("M8[D]").astype(np.int64)
    return np.where(days < NEVER, np.where(day_of_month(known) > 28, ahead, known), NEVER)


def years_after(days: Numbers, years: int) -> Numbers:
    """The same day of another year, before where ``years`` is below 0."""
    month = days.astype("M8[D]").astype("M8[M]") + 12 * years
    return np.asarray(month.astype("M8[D]").astype(np.int64) + day_of_month(days) - 1)
