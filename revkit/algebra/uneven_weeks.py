"""Notes on periods of whole weeks: compared with longer or shorter ones, or dividing quotas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from revkit.algebra.query.source import TableSource
from revkit.algebra.query.spells import ExposureSource, SpreadSource
from revkit.algebra.request import Call, Request
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.algebra.evaluate.evaluation import Evaluation


def on_weeks(
    call: Call, request: Request, numbers: Iterable[int], evaluation: Evaluation | None
) -> Iterator[str]:
    """Yield what a reader should know of a call by periods of whole weeks, those of some numbers.

    None is the evaluation of a metric of ``kind="table"``.
    """
    calendar = call.calendar
    if request.compare in ("previous", "year"):
        yield from uneven(calendar, numbers, request.steps(calendar), request.trailing)
    if evaluation is not None:
        sources = (evaluation.batch.sources[key] for key in evaluation.grid.keys)
        yield from divided(calendar, sources)


def uneven(calendar: Calendar, numbers: Iterable[int], steps: int, trailing: int) -> Iterator[str]:
    """Yield the note on periods that have more or fewer weeks than those they are compared with.

    Parameters
    ----------
    calendar
        The periods of the call.
    numbers
        Those that are shown.
    steps
        How many periods earlier the others are.
    trailing
        Periods in the window that ends with each.

    Examples
    --------
    >>> from revkit.periods import WeekYear
    >>> years = Calendar("year", weeks=WeekYear("4-5-4", "saturday nearest january 31"))
    >>> list(uneven(years, [2022, 2023], steps=1, trailing=1))
    ['The period from 2023-01-29 has 53 weeks, the one it is compared with 52.']
    """
    if not calendar.is_of_weeks:
        return
    weeks = [
        (int(n), *(calendar.weeks_in(int(n) - back, trailing) for back in (0, steps)))
        for n in numbers
    ]
    found = [(number, now, then) for number, now, then in weeks if now != then]
    if not found:
        return
    number, now, then = found[-1]
    more = f" ({len(found) - 1} more differ)" if len(found) > 1 else ""
    yield (
        f"The period from {calendar.first_day(number)} has {now} weeks, the one it is compared "
        f"with {then}{more}."
    )


def divided(calendar: Calendar, sources: Iterable[TableSource]) -> Iterator[str]:
    """Yield the note on tables that are divided by days among periods that cut their spans."""
    if not calendar.is_of_weeks:
        return
    tables = {
        source.table
        for source in sources
        if isinstance(source, SpreadSource) and not isinstance(source, ExposureSource)
    }
    for table in sorted(tables):
        yield (
            f"{table}: what spans a part of a period, as months of the calendar do, is divided "
            "by days."
        )
