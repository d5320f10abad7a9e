"""A reading: the value of a measure in a company, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from revkit.errors import Reason

if TYPE_CHECKING:
    from revkit.dataset import Dataset

LEVEL = 0.9
"""Level of the intervals: a criterion is unclear while its interval holds the limit."""


@dataclass(frozen=True)
class Reading:
    """The value of a measure, with the rows behind it and its interval if it has one.

    Parameters
    ----------
    value
        NaN where it is not known.
    n
        Rows behind it.
    low, high
        The 90 % interval; NaN without one.
    reason
        Why there is no value; None where there is one.
    """

    value: float = math.nan
    n: float = 0
    low: float = math.nan
    high: float = math.nan
    reason: Reason | None = None


@dataclass(frozen=True)
class Year:
    """The twelve months that end on the day of the data.

    Parameters
    ----------
    start
        Its first day.
    end
        The day after its last.
    """

    start: date
    end: date

    @classmethod
    def of(cls, data: Dataset) -> Year:
        """Return the year that ends with the company's day."""
        end = data.as_of + timedelta(days=1)
        return cls(years_before(end, 1), end)

    @property
    def before(self) -> Year:
        """The year before."""
        return Year(years_before(self.end, 2), self.start)


def years_before(day: date, years: int) -> date:
    """Return the same day of an earlier year, 28 February for a day that it lacks.

    >>> years_before(date(2024, 2, 29), 1)
    datetime.date(2023, 2, 28)
    """
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)
