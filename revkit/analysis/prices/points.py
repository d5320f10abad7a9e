"""Van Westendorp's points: where the curves of four prices cross, with their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from revkit.analysis.prices.answers import FOUR, Answers
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.result import Result
from revkit.language import Language, message
from revkit.language import language as spoken
from revkit.statistics.prices.crossings import crossing, interval

ENOUGH = 200
"""Answers from which on the optimal point is within a few per cent, by simulation."""

BOTH, ORIGINAL, NARROW = "both", "original", "narrow"
POINTS = {
    ("PMC", ORIGINAL): ("too_cheap", "cheap"),
    ("PMC", NARROW): ("too_cheap", "expensive"),
    ("OPP", BOTH): ("too_cheap", "too_expensive"),
    ("IPP", BOTH): ("cheap", "expensive"),
    ("PME", NARROW): ("cheap", "too_expensive"),
    ("PME", ORIGINAL): ("expensive", "too_expensive"),
}
"""The questions whose curves cross there, by point and convention."""

NAMES = {
    "PMC": message("PMC: marginally cheap"), "OPP": message("OPP: fewest say too cheap or too "
    "expensive"), "IPP": message("IPP: as many say cheap as expensive"),
    "PME": message("PME: marginally expensive"),
}  # fmt: skip
CONVENTIONS = {
    BOTH: message("both"),
    ORIGINAL: message("original (van Westendorp 1976)"),
    NARROW: message("narrow (most tools today)"),
}


@dataclass(frozen=True, repr=False)
class PricePoints(Result):
    """Points of van Westendorp's price sensitivity meter, as a whole or by groups.

    Parameters
    ----------
    answers
        Those with four prices in order.
    by
        The column that tells groups apart, if any.
    level
        Confidence of the intervals.
    """

    answers: Answers
    by: str | None = None
    level: float = 0.95

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row a point, and group.

        Returns
        -------
        pandas.DataFrame
            The `by` column; ``point`` (PMC, OPP, IPP, PME); ``convention``: ``original`` draws the
            range of acceptable prices from where too cheap meets not cheap to where too expensive
            meets not expensive (van Westendorp 1976), ``narrow`` from where too cheap meets
            expensive to where too expensive meets cheap, as most tools do; ``value``, ``low`` and
            ``high`` (money); ``n`` answers.
        """
        rows = [
            group | {"point": point, "convention": convention} | self._crossing(part, *questions)
            for group, part in self.answers.groups(self.by)
            for (point, convention), questions in POINTS.items()
        ]
        columns = ["point", "convention", "value", "low", "high", "n"]
        frame = pd.DataFrame(rows, columns=[*([self.by] if self.by else []), *columns])
        frame.attrs = {
            "currency": self.answers.currency,
            "level": self.level,
            "units": {"value": "money"},
            "titles": {
                "point": message("Point"), "convention": message("Convention"),
                "value": message("Price"), "n": message("Answers"),
            },
            "wrapped": ("point", "convention"),
            "words": {"point": NAMES, "convention": CONVENTIONS},
            "notes": self.notes,
        }  # fmt: skip
        return frame

    def curves(self) -> pd.DataFrame:
        """Return the four cumulative curves of all answers, a row a price that somebody named.

        Returns
        -------
        pandas.DataFrame
            ``price``; the share for whom it is ``too_cheap``, ``cheap`` (both fall with the
            price), ``expensive``, ``too_expensive`` (both rise).
        """
        rows = self.answers.rows
        prices = np.unique(rows[[*FOUR]].to_numpy(float))
        shares: dict[str, Any] = {"price": prices}
        for name in FOUR:
            answered = np.sort(rows[name].to_numpy(float))
            below, up_to = (np.searchsorted(answered, prices, side) for side in ("left", "right"))
            middle = (below + up_to) / (2 * max(len(answered), 1))
            shares[name] = 1 - middle if name in FOUR[:2] else middle
        return pd.DataFrame(shares)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes: who was set aside, and what is missing, in the default language."""
        return self._notes(spoken(None))

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return a sentence for each group, and what to keep in mind.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        if self.answers.rows.empty:
            return [Finding(words.gettext(NOBODY), quiet=True)]
        said = [self._sentence(rows, words) for rows in self._by_group()]
        return [*said, *(Finding(note) for note in self._notes(words))]

    def _sentence(self, rows: pd.DataFrame, words: Language) -> Finding:
        money = Quantity("", "", "money", self.answers.currency, words=words)
        at = rows.set_index(["point", "convention"])["value"]
        best = rows[rows["point"] == "OPP"].iloc[0]
        span = money.span(best["low"], best["high"])
        said = words.gettext(
            SAID,
            opp=money.text(best["value"]),
            span=f" ({span})" if span else "",
            narrow=money.span(at["PMC", NARROW], at["PME", NARROW]),
            original=money.span(at["PMC", ORIGINAL], at["PME", ORIGINAL]),
            n=counted(best["n"], "answers", words),
        )
        return Finding(f"{best[self.by]}: {said}" if self.by else said[:1].upper() + said[1:])

    def _notes(self, words: Language) -> tuple[str, ...]:
        said = set_aside(self.answers, words)
        fewest = min((len(part) for _, part in self.answers.groups(self.by)), default=0)
        if 0 < fewest < ENOUGH:
            said.append(_few(fewest, words))
        return tuple(said)

    def _by_group(self) -> list[pd.DataFrame]:
        if self.by is None:
            return [self.points]
        return [rows for _, rows in self.points.groupby(self.by, sort=False)]

    def _crossing(self, rows: pd.DataFrame, falling: str, rising: str) -> dict[str, Any]:
        first, second = rows[falling].to_numpy(float), rows[rising].to_numpy(float)
        low, high = interval(first, second, self.level) if len(rows) else (math.nan, math.nan)
        return {"value": crossing(first, second), "low": low, "high": high, "n": len(rows)}


NOBODY = message("No answer has four prices in order: there is nothing to read.")
SAID = message(
    "fewest reject {opp}{span}; acceptable are {narrow}, or {original} by the original "
    "convention ({n})."
)


def _few(answers: int, words: Language) -> str:
    return words.ngettext(
        "{count} answer is few: ask {enough}, or the best price moves by several per cent from one "
        "survey to the next.",
        "{count} answers are few: ask {enough}, or the best price moves by several per cent from "
        "one survey to the next.",
        answers,
        count=words.count(answers),
        enough=words.count(ENOUGH),
    )


def set_aside(answers: Answers, words: Language) -> list[str]:
    """Say how many answers are set aside, and why."""
    said = []
    if count := answers.disordered:
        said.append(
            words.ngettext(
                "{count} answer is set aside: its four prices are not in order.",
                "{count} answers are set aside: their four prices are not in order.",
                count,
                count=words.count(count),
            )
        )
    if count := answers.unanswered:
        said.append(
            words.ngettext(
                "{count} answer is set aside: something in it is missing.",
                "{count} answers are set aside: something in them is missing.",
                count,
                count=words.count(count),
            )
        )
    return said
