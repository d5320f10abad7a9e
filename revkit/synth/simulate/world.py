"""World: a scenario with a size and a seed, its calendar, and the streams of its chunks.

Days are whole numbers since 1970-01-01, moments are seconds since then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np

from revkit.errors import ParameterError
from revkit.synth.kernel.random_streams import Numbers, Streams
from revkit.synth.scenario.effects import Effects
from revkit.synth.scenario.model import Scenario
from revkit.synth.simulate.working_days import previous_working_day, weekday

CHUNK = 32_768
"""Accounts drawn together. Part of the format: another value makes another company."""

AHEAD = 3
"""Months simulated after the last one, so that what is under way there has an outcome."""

DAY = 86_400

MONTH_SPAN = 4096
"""Upper bound of months simulated, which numbers each month of each account."""

Intercepts: TypeAlias = dict[str, Numbers]
"""Shifts by target, one for each segment: of log-odds, of churn's log-hazard."""


@dataclass(frozen=True)
class World:
    """Scenario, size, seed, calendar and streams of a company.

    ``intercepts`` shift each segment's log-odds at the gates and its log-hazard of leaving; they
    come from :func:`revkit.synth.calibrate.calibration.calibrated_world`.
    """

    scenario: Scenario
    seed: int
    months: int
    accounts: int
    intercepts: Intercepts = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, least in (("months", 1), ("accounts", 1), ("seed", 0)):
            given = getattr(self, name)
            if type(given) is not int or given < least:
                raise ParameterError.wrong_value(
                    f"generate: {name}", f"must be a whole number, {least} or more", repr(given)
                )
        if self.scenario.burn_in_months + self.months + AHEAD > MONTH_SPAN:
            most = MONTH_SPAN - AHEAD - self.scenario.burn_in_months
            raise ParameterError.wrong_value(
                "generate: months", f"must be {most:,} or fewer", f"{self.months:,}"
            )

    @cached_property
    def month_starts(self) -> Numbers:
        """First day of each month simulated, and of the one after the last."""
        first = np.datetime64(self.scenario.start, "M") - self.scenario.burn_in_months
        count = self.scenario.burn_in_months + self.months + AHEAD
        return (first + np.arange(count + 1)).astype("M8[D]").astype(np.int64)

    @cached_property
    def effects(self) -> Effects:
        """Effects of the scenario."""
        return Effects(self.scenario)

    @property
    def first(self) -> int:
        """Day the burn-in begins."""
        return int(self.month_starts[0])

    @property
    def start(self) -> int:
        """First day shown."""
        return int(self.month_starts[self.scenario.burn_in_months])

    @property
    def end(self) -> int:
        """Day after the last one known."""
        return int(self.month_starts[-1 - AHEAD])

    @property
    def until(self) -> int:
        """Day after the last one on which accounts and leads arrive and deals begin."""
        return self.end

    @cached_property
    def chunks(self) -> range:
        """Numbers of the chunks."""
        return range(-(-self.accounts // CHUNK))

    def size(self, chunk: int) -> int:
        """Return the number of accounts of a chunk."""
        return min(CHUNK, self.accounts - chunk * CHUNK)

    def streams(self, chunk: int = 0) -> Streams:
        """Return the random streams of a chunk."""
        return Streams(self.seed, chunk)

    def month(self, days: Numbers) -> Numbers:
        """Return the number of the month of each day."""
        return np.asarray(self._months[self.place(days)])

    def place(self, days: Numbers) -> Numbers:
        """Return each day's index into arrays by day: see :attr:`_months`."""
        return np.asarray(np.minimum(np.maximum(days - self.first, -1), len(self._months) - 2))

    @cached_property
    def _months(self) -> Numbers:
        """Month of each day simulated, then of all days after, then of all days before."""
        lengths = np.diff(self.month_starts)
        known = np.repeat(np.arange(len(lengths)), lengths)
        return np.append(known, [len(lengths), -1])

    @cached_property
    def list_prices(self) -> Numbers:
        """Monthly list price of a seat in cents, by product and day (:meth:`place`)."""
        prices = np.array([spec.price for spec in self.scenario.products.values()]) * 100
        days = self.month_starts[:-1]
        months = month_number(days)
        years = months // 12 - months[0] // 12
        rise = (1 + self.scenario.customers.price_rise_year) ** years
        product = np.arange(len(prices))[:, None]
        rise = rise * self.effects.factor("price", days, product=product)
        month = np.clip(self._months, 0, len(days) - 1)
        return np.asarray(np.rint(prices[:, None] * rise).astype(np.int64)[:, month])

    @cached_property
    def pace(self) -> Numbers:
        """Seasonal weight of each day simulated, lower on weekends."""
        days = np.arange(self.first, int(self.month_starts[-1]))
        month_of_year = month_number(days) % 12
        quiet = np.where(weekday(days) < 5, 1.0, 0.3)
        return np.asarray(np.asarray(self.scenario.season)[month_of_year] * quiet)

    def thin(self, days: Numbers, draws: Numbers, rate: Numbers | float = 1.0) -> Numbers:
        """Thin days by :attr:`pace` times a rate; report which are kept."""
        place = np.clip(days - self.first, 0, len(self.pace) - 1)
        return np.asarray(draws * self.pace.max() < self.pace[place] * rate)

    def arrivals(self) -> Numbers:
        """Return the share of accounts that arrive on each day up to the last one known."""
        weight = self.arrival_weight(np.arange(self.first, self.end))
        return np.asarray(weight / weight.sum())

    def arrival_weight(self, days: Numbers) -> Numbers:
        """Return the weight of each day for the arrival of accounts: pace times growth."""
        return np.asarray(
            self.pace[days - self.first] * (1 + self.scenario.growth) ** self.month(days)
        )

    def month_end(self, days: Numbers) -> Numbers:
        """Return the last working day of each day's month."""
        return self.looked_up(days, self._month_ends, last_working_day)

    def quarter_end(self, days: Numbers) -> Numbers:
        """Return the last working day of each day's quarter."""
        return self.looked_up(days, self._quarter_ends, last_day_of_quarter)

    def looked_up(
        self, days: Numbers, table: Numbers, otherwise: Callable[[Numbers], Numbers]
    ) -> Numbers:
        """Look days up in a table by day; compute them where one lies beyond it."""
        place = np.asarray(days) - self.first
        if np.min(place, initial=0) < 0 or np.max(place, initial=0) >= len(table):
            return otherwise(days)
        return np.asarray(table[place])

    @cached_property
    def _quarter_ends(self) -> Numbers:
        """Last working day of the quarter of each day for forty years, as a look-up table."""
        return last_day_of_quarter(self.first + np.arange(40 * 366))

    @cached_property
    def _month_ends(self) -> Numbers:
        """Last working day of the month of each day for forty years, as a look-up table."""
        return last_working_day(self.first + np.arange(40 * 366))


def last_day_of_quarter(days: Numbers) -> Numbers:
    """Return the last working day of each day's quarter."""
    month = month_number(days)
    return last_working_day(
        (month + 2 - month % 3).astype("M8[M]").astype("M8[D]").astype(np.int64)
    )


def quarter_after(days: Numbers) -> Numbers:
    """Return the first day of the quarter after each day's."""
    month = month_number(days)
    return np.asarray((month + 3 - month % 3).astype("M8[M]").astype("M8[D]").astype(np.int64))


def month_number(days: Numbers) -> Numbers:
    """Return the months since January 1970."""
    return np.asarray(days.astype("M8[D]").astype("M8[M]").astype(np.int64))


def last_working_day(days: Numbers) -> Numbers:
    """Return the last working day of each day's month."""
    month = days.astype("M8[D]").astype("M8[M]")
    return previous_working_day((month + 1).astype("M8[D]").astype(np.int64) - 1)
