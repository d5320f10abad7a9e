"""Result of a watch: a row a cause, and a sentence for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit.analysis.faults import Fault
from revkit.analysis.watch import wording
from revkit.analysis.watch.metrics.prices import PriceMove
from revkit.analysis.watch.metrics.rows import Window
from revkit.analysis.watch.search import Cause
from revkit.analysis.writing.finding import Finding
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICE = "list_price"
COLUMNS = ("metric", "place", "since", "value", "low", "high", "usual", "shape", "probability",
           "worth")  # fmt: skip


@dataclass(frozen=True)
class Watch:
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
        Money a year by a metric's unit, where it can be told.
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
    worth: Mapping[str, float] | None = None
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
        rows = [self._row(cause) for cause in self.moved]
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

    def _row(self, cause: Cause) -> dict[str, Any]:
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
            "worth": self._worth(cause),
        }

    def _worth(self, cause: Cause) -> float:
        """Return what the change is worth in a year, in money; NaN where it cannot be told."""
        each = (self.worth or {}).get(cause.metric, float("nan"))
        return (cause.value - cause.usual) * cause.cases * 12 * each

    @cached_property
    def findings(self) -> list[Finding]:
        """The sentences, in the default language; empty when nothing moved."""
        return self.sentences()

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
        for one in self.moved:
            said.append(wording.cause(one, self.window, self._worth(one), self.currency, words))
        return [Finding(one) for one in said]

    def __repr__(self) -> str:
        if self.quiet:
            return "\n".join(self.notes) or spoken(None).gettext(wording.QUIET)
        return "\n".join(f"- {sentence}" for sentence in self.findings)
