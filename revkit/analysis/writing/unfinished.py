"""Periods of a result that lack their last or their first days: named, with how many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, ParamSpec

from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of, written
from revkit.language import Language
from revkit.language import language as spoken
from revkit.periods import calendar_by

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset

P = ParamSpec("P")

UNFINISHED, BEFORE = "*", "‡"


def marks(result: pd.DataFrame) -> list[str]:
    """Return the mark of each row's period: empty, not over yet, or before the records begin."""
    import pandas as pd

    first = (result.attrs.get("recorded") or (None,))[0]
    open_still = {pd.Timestamp(day) for day in result.attrs.get("unfinished", {})}
    early = [
        first is not None and day < pd.Timestamp(first) and day not in open_still
        for day in result["period"]
    ]
    return [
        "" if whole else BEFORE if before else UNFINISHED
        for whole, before in zip(result["complete"], early, strict=True)
    ]


HARDLY = 10
"""Rows of an unfinished period below which it has no rate to read."""


def with_rows(what: Quantity, result: pd.DataFrame) -> pd.DataFrame:
    """Return a result without the rates of unfinished periods that have hardly a row yet."""
    if not what.percent or "period" not in result:
        return result
    hardly = ~result["complete"].astype(bool) & (result["n"] < HARDLY).fillna(value=False)
    numbers = ("value", "low", "high")
    return result.assign(**{name: result[name].mask(hardly.astype(bool)) for name in numbers})


def unfinished(results: Iterable[pd.DataFrame], words: Language) -> list[str]:
    """Return a sentence for each period that lacks its last days in one of some results.

    Days after the company's own last one are to come, and not lost. A table that is kept by the
    month, or has ended, may lack more of a period than the others.

    >>> from revkit.metrics import win_rate
    >>> rates = win_rate(example("deals").replay("2026-03-28"), period="quarter")
    >>> unfinished([rates], words=Language("en"))
    ['Q1 2026 is not over: 3 days are to come.']
    """
    found = _lacking(results, "unfinished", words)
    ahead: dict[str, int] = {}
    for one in results:
        ahead |= {first: _to_come(one, first) for first in one.attrs.get("unfinished", {})}
    return [
        _sentence(label, days, ahead[first], words)
        for (first, label), days in sorted(found.items())
    ]


def _to_come(result: pd.DataFrame, first: str) -> int:
    """Return how many days of a period lie after the day at whose end a company is known."""
    calendar = calendar_by(result.attrs, result.attrs.get("period") or "month")
    last = calendar.last_day(calendar.number(date.fromisoformat(first)))
    if as_of := result.attrs.get("as_of"):
        return (last - date.fromisoformat(as_of)).days
    return int(result.attrs["unfinished"][first])


def begun_late(results: Iterable[pd.DataFrame], words: Language) -> list[str]:
    """Return a sentence for each period that lacks its first days in one of some results.

    >>> import pandas as pd
    >>> rates = pd.DataFrame()
    >>> rates.attrs = {"begun_late": {"2022-10-01": 74}, "period": "quarter"}
    >>> begun_late([rates], words=Language("en"))
    ['Q4 2022 is on record in part: its first 74 days are missing.']
    """
    found = _lacking(results, "begun_late", words)
    return [_first_days(label, days, words) for (_, label), days in sorted(found.items())]


def lacking(results: Collection[pd.DataFrame], words: Language) -> list[str]:
    """Return the sentences on periods that lack days, for where all periods are shown."""
    return [*begun_late(results, words), *unfinished(results, words)]


def lacking_beside_the_last(results: Collection[pd.DataFrame], words: Language) -> list[str]:
    """Return the sentences on periods that lack days, for where the last complete one is told.

    The first on record is named where the last has no other to be compared with.
    """
    alone = [one for one in results if _complete(one) <= 1]
    return [*begun_late(alone, words), *unfinished(results, words)]


def on_shown(result: pd.DataFrame) -> list[str]:
    """Return the notes of a result but those on periods that have no value, which is not shown."""
    begins = result.attrs.get("begins", ())
    return [note for note in result.attrs.get("notes", ()) if note not in begins]


def _complete(result: pd.DataFrame) -> int:
    """Return how many complete periods a result has."""
    if "period" not in result or "complete" not in result:
        return 0
    return int(result.loc[result["complete"].astype(bool), "period"].nunique())


def _lacking(
    results: Iterable[pd.DataFrame], name: str, words: Language
) -> dict[tuple[str, str], set[int]]:
    """Return the days that results lack, by the first day of the period and its label."""
    import pandas as pd

    found: dict[tuple[str, str], set[int]] = {}
    for one in results:
        for first, days in one.attrs.get(name, {}).items():
            label = period_of(one, pd.Timestamp(first), words)
            found.setdefault((first, label), set()).add(days)
    return found


def unfinished_now(data: Dataset, period: str, end: date | None, words: Language) -> str:
    """Return the sentence on the period of a company's date; empty where it is over or not asked.

    >>> unfinished_now(example("deals"), "year", None, words=Language("en"))
    '2026 is not over: 275 days are to come.'
    """
    calendar = data.policy.periods(period)
    until = data.as_of if end is None else min(data.as_of, end - timedelta(days=1))
    found = calendar.unfinished([calendar.number(until)], data.as_of)
    labels = (written(date.fromisoformat(first), calendar, words) for first in found)
    return " ".join(
        _sentence(label, [days], days, words)
        for label, days in zip(labels, found.values(), strict=True)
    )


def names_unfinished(say: Callable[P, Finding]) -> Callable[P, Finding]:
    """Let a sentence on complete periods name those of its result that lack days."""

    @wraps(say)
    def said(*args: P.args, **options: P.kwargs) -> Finding:
        finding, given = say(*args, **options), signature(say).bind(*args, **options).arguments
        result, words = next(iter(given.values())), spoken(given.get("language"))
        aside = " ".join(lacking_beside_the_last([result], words))
        front = None if finding.front == finding.main else finding.front
        return Finding(
            finding, quiet=finding.quiet, aside=aside, about=finding.about, level=finding.level,
            picture=finding.picture, front=front,
        )  # fmt: skip

    return said


def _sentence(label: str, days: Collection[int], ahead: int, words: Language) -> str:
    """Return the sentence on a period that lacks so many days, so many of them yet to come."""
    least, most = min(days), max(days)
    if ahead > 0:
        over = words.ngettext(
            "{period} is not over: {days} day is to come.",
            "{period} is not over: {days} days are to come.",
            ahead, period=label, days=words.count(ahead),
        )  # fmt: skip
        more = words.ngettext(
            "Of some metrics, the last {days} day before is missing, too.",
            "Of some metrics, the last {days} days before are missing, too.",
            most - ahead, days=words.count(most - ahead),
        )  # fmt: skip
        return f"{over} {more}" if most > ahead else over
    if most > least:
        return words.ngettext(
            "{period} is unfinished: its last day is missing, of some metrics {most} days.",
            "{period} is unfinished: its last {days} days are missing, of some metrics {most}.",
            least,
            period=label,
            days=words.count(least),
            most=words.count(most),
        )
    return words.ngettext(
        "{period} is unfinished: its last day is missing.",
        "{period} is unfinished: its last {days} days are missing.",
        least,
        period=label,
        days=words.count(least),
    )


def _first_days(label: str, days: Collection[int], words: Language) -> str:
    """Return the sentence on a period that lacks so many first days, of some metrics more."""
    least, most = min(days), max(days)
    if most > least:
        return words.ngettext(
            "{period} is on record in part: its first day is missing, of some metrics {most} days.",
            "{period} is on record in part: its first {days} days are missing, of some metrics "
            "{most}.",
            least,
            period=label,
            days=words.count(least),
            most=words.count(most),
        )
    return words.ngettext(
        "{period} is on record in part: its first day is missing.",
        "{period} is on record in part: its first {days} days are missing.",
        least,
        period=label,
        days=words.count(least),
    )
