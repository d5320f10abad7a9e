"""Result of a watch: a row a cause, and a sentence for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from revkit.analysis.faults import Fault
from revkit.analysis.watch import wording
from revkit.analysis.watch.leaves import Place
from revkit.analysis.watch.metrics.prices import PriceMove
from revkit.analysis.watch.metrics.rows import Window
from revkit.analysis.watch.picture import picture
from revkit.analysis.watch.search import Cause
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.result import Result
from revkit.language import language as spoken
from revkit.language import message

PRICE = "list_price"
COLUMNS = ("metric", "place", "since", "value", "low", "high", "usual", "shape", "probability",
           "worth")  # fmt: skip


@dataclass(frozen=True, repr=False)
class Watch(Result):
    """Causes found in a company, by all that was watched together.

    Parameters
    ----------
    window
        The months that were looked at.
    moved
        What moved, the surest first.
    faults
        Fields that are recorded otherwise since some month.
    prices
        List prices that moved.
    watched
        The metrics that were looked at.
    worth
        What each of those that moved is worth in a year, in money; NaN where it cannot be told.
    currency
        Of the money.
    notes
        What was left out or set aside, and why.
    """

    window: Window
    moved: tuple[Cause, ...] = ()
    faults: tuple[Fault, ...] = ()
    prices: tuple[PriceMove, ...] = ()
    watched: tuple[str, ...] = ()
    worth: tuple[float, ...] = ()
    currency: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def quiet(self) -> bool:
        """True when nothing moved."""
        return not (self.moved or self.faults or self.prices)

    @cached_property
    def causes(self) -> pd.DataFrame:
        """One row per finding, for :func:`revkit.table`.

        Returns
        -------
        pandas.DataFrame
            ``metric``; ``place`` (empty for the whole; several where the data does not tell);
            ``since`` (first day of the month), ``since_from`` and ``since_to`` (the months that
            hold it with 90 %); ``value`` since then, ``low``, ``high`` (90 %), ``usual`` (before);
            ``shape``; ``probability``; ``worth`` (money a year, NaN where it cannot be told).
        """
        rows = [self._row(cause, worth) for cause, worth in self._valued()]
        columns = [*COLUMNS[:3], "since_from", "since_to", *COLUMNS[3:]]
        table = pd.DataFrame(rows, columns=columns)
        table.attrs = {
            "currency": self.currency,
            "notes": self.notes,
            "level": 0.9,
            "titles": {
                "usual": message("Usual"),
                "worth": message("Worth a year"),
                "since_from": message("At the earliest"),
                "since_to": message("At the latest"),
            },
            "units": {"worth": "money", "probability": "share", **dict.fromkeys(
                ("value", "usual"), tuple(wording.unit(one.metric) for one in self.moved)
            )},
            "words": {"metric": wording.TITLES, "shape": wording.NAMES},
        }  # fmt: skip
        return table

    def _row(self, cause: Cause, worth: float) -> dict[str, Any]:
        day = self.window.day
        return {
            "metric": cause.metric,
            "place": " / ".join(str(place) for place, _ in cause.places if place.by),
            "since": day(cause.onset),
            "since_from": day(min(cause.months)),
            "since_to": day(max(cause.months)),
            "value": cause.value,
            "low": cause.low,
            "high": cause.high,
            "usual": cause.usual,
            "shape": cause.shape,
            "probability": cause.probability,
            "worth": worth,
        }

    def _valued(self) -> list[tuple[Cause, float]]:
        """Return each of those that moved with what it is worth in a year."""
        known = self.worth or (float("nan"),) * len(self.moved)
        return [*zip(self.moved, known, strict=True)]

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return a sentence for each finding: faults of the data first, then what moved.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        said = [wording.fault(one, self.window, words) for one in self.faults]
        said += [wording.price(one, self.window, self.currency, words) for one in self.prices]
        found = [Finding(one) for one in said]
        for at, (one, worth) in enumerate(self._valued()):
            sentence = wording.cause(
                one, self.window, worth, self.currency, words, before=self.moved[:at]
            )
            drawn = picture(one, self.window, self.currency, words)
            place = one.places[0][0] if one.sure else Place()
            named = zip(place.by, place.values, strict=True)
            since = self.window.day(one.onset).date()
            found.append(Finding(sentence, picture=drawn, place=named, since=since))
        return found

    def __repr__(self) -> str:
        said = [f"- {sentence}" for sentence in self.findings]
        nothing = self.quiet and (self.watched or not self.notes)
        quiet = [spoken(None).gettext(wording.QUIET)] if nothing else []
        return "\n".join([*said, *quiet, *self.notes])
