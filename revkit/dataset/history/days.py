"""Days on record: those on which a table was kept, and those that several have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from revkit.dataset.notes import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.periods import Calendar

QUIET = 35
"""Days after a table's last row from which a note says so."""


@dataclass(frozen=True)
class Recorded:
    """The days on which a table was kept, up to the company's date.

    Parameters
    ----------
    first, last
        The first and the last day on record.
    row
        The day of its last row.
    since, settled
        The first and the last day of which no row is missing. It may be some months before
        ``first``, where the table is often empty for as many; and the end of the week of ``last``.
    ended
        Whether it ended before the company's date.
    stock
        How many accounts begin on the first day of subscriptions, where these are customers from
        before, and the table begins with them; else 0.
    """

    first: date
    last: date
    row: date
    since: date
    settled: date
    ended: bool
    stock: int = 0

    def from_day(self, day: date) -> Recorded:
        """Return these days without those before a day."""
        return replace(self, first=max(self.first, day), since=max(self.since, day))

    def notes(self, table: str, as_of: date) -> Iterator[Note]:
        """Yield what a reader should know of the table's beginning and of its end."""
        if self.stock:
            text = (
                f"{self.stock:,} accounts begin on the first day on record, {self.first.day} "
                f"{self.first:%B %Y}; they count as customers from before, not as new"
            )
            yield Note(table, "stock", text, self.stock)
        if self.ended:
            text = f"ends on {self.last.day} {self.last:%B %Y}; later periods are unknown"
            yield Note(table, "ended", text)
            return
        silent = (as_of - self.row).days
        if silent > QUIET:
            text = (
                f"the last row is of {self.row.day} {self.row:%B %Y}, {silent} days before {as_of}"
            )
            yield Note(table, "silent", text)


@dataclass(frozen=True)
class Days:
    """The days on which all of some tables were kept.

    Parameters
    ----------
    first, last
        The first and the last of them.
    since, settled
        The first and the last day of which no row is missing.
    ended
        Whether one of the tables ended before the company's date.
    stocked
        Whether the last of them to begin does so with a stock, which is nothing that happened.
    """

    first: date
    last: date
    since: date
    settled: date
    ended: bool = False
    stocked: bool = False

    @classmethod
    def common(cls, kept: Collection[Recorded]) -> Days | None:
        """Return the days that several tables have in common; None without a table."""
        if not kept:
            return None
        return cls(
            max(one.first for one in kept),
            min(one.last for one in kept),
            max(one.since for one in kept),
            min(one.settled for one in kept),
            any(one.ended for one in kept),
            any(one.stock and one.first == max(other.first for other in kept) for one in kept),
        )

    @property
    def of_events(self) -> Days:
        """The days of what happened: without the first, where it has the stock of before."""
        if not self.stocked:
            return self
        second = min(self.first + timedelta(days=1), self.last)
        return replace(self, first=second, since=second, stocked=False)

    @property
    def shown(self) -> tuple[str, str]:
        """The first and the last day, as ISO texts."""
        return self.first.isoformat(), self.last.isoformat()

    def unknown(self, calendar: Calendar, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Report which periods lie wholly before the first or after the last day."""
        first, last = (calendar.number(day) for day in (self.first, self.last))
        return ((numbers < first) | (numbers > last)) & (calendar.period is not None)

    def late(self, calendar: Calendar, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Report which periods begin before the first day, so that days or all of them are lacking.

        >>> import numpy as np
        >>> from revkit.periods import Calendar
        >>> cut, until = date(2026, 1, 14), date(2026, 4, 30)
        >>> days, months = Days(cut, until, cut, until), Calendar("month")
        >>> days.late(months, np.arange(months.number(cut) - 1, months.number(until)))
        array([ True,  True, False, False])
        """
        first = calendar.number(self.first)
        partly = (numbers == first) & self._begin_within(calendar)
        return np.asarray((numbers < first) | partly)

    def short(self, calendar: Calendar, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Report which periods lack days at the beginning, or at the end of a table that ended."""
        last = calendar.number(self.last)
        partly = self.ended and calendar.last_day(last) > self.last
        after = (numbers > last) | ((numbers == last) & partly)
        return np.asarray(self.late(calendar, numbers) | (after & self.ended))

    def within(self, calendar: Calendar, other: Days | None) -> tuple[date | None, date | None]:
        """Return where these days are fewer than others within a period: the first, the last.

        None for an end that is a period's, or that both have.
        """
        first = self._begin_within(calendar)
        last = self.ended and calendar.last_day(calendar.number(self.last)) > self.last
        return (
            self.first if first and (other is None or other.first < self.first) else None,
            self.last if last and (other is None or other.last > self.last) else None,
        )

    def begun_late(self, calendar: Calendar, numbers: Iterable[int]) -> dict[str, int]:
        """Return the days that the period of the first day lacks, by its own first day.

        Empty where no day is missing, or where the period is none of those numbered.
        """
        first = calendar.number(self.first)
        if not self._begin_within(calendar) or first not in [int(number) for number in numbers]:
            return {}
        begins = calendar.first_day(first)
        return {begins.isoformat(): (self.first - begins).days}

    def _begin_within(self, calendar: Calendar) -> bool:
        """Report whether the period of the first day begins before rows may be missing no more."""
        begins = calendar.opens(calendar.number(self.first))
        return calendar.start_is_known and begins < self.since
