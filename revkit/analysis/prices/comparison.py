"""The variants of a price test beside the control: power and differences, by way of looking."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.language import message
from revkit.statistics.change import change
from revkit.statistics.intervals import wilson
from revkit.statistics.prices.sequences import detectable, reach, welch

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST = 10
"""Buyers of each variant below which a difference has no interval for any look."""

LIFT = 0.1
"""Difference, of the control's value, for which the visitors needed are counted."""

YES, NO = message("yes"), message("no")
MEASURES = {"conversion": message("conversion"), "revenue": message("revenue a visitor")}
UNITS = {"conversion": "share points", "revenue": "money"}
METHODS = {"end": message("one look, at a fixed end"), "any": message("any number of looks")}


@dataclass(frozen=True)
class Comparison:
    """Prices that visitors were shown at random, and what they bought.

    Parameters
    ----------
    test
        Its name.
    rows
        Visitors, buyers, revenue and its squares by variant.
    control
        The variant that the others are compared with.
    split
        Planned share of visitors by variant.
    planned
        Visitors of a variant at which the interval for any look is narrowest.
    level
        Confidence, for all comparisons together.
    currency
        Of the money.
    doubts
        What is not known, and why.
    """

    test: str
    rows: pd.DataFrame
    control: str
    split: Mapping[str, float]
    planned: int
    level: float
    currency: str | None
    doubts: tuple[str, ...] = ()

    @cached_property
    def variants(self) -> pd.DataFrame:
        """One row a variant.

        Returns
        -------
        pandas.DataFrame
            ``variant``, ``price``, ``visitors``, ``planned`` (share of visitors), ``buyers``,
            ``conversion`` with ``low`` and ``high`` (Wilson), ``revenue`` (money a visitor).
        """
        rows = self.rows
        n, bought = rows["visitors"].to_numpy(float), rows["buyers"].to_numpy(float)
        low, high = wilson(bought / n, n, self.level)
        frame = rows[["variant", "price", "visitors"]].assign(
            planned=[self.split[name] for name in rows["variant"]],
            buyers=rows["buyers"].astype(int), conversion=bought / n, low=low, high=high,
            revenue=rows["revenue"] / n,
        )  # fmt: skip
        frame.attrs = self._attrs(
            {
                "variant": message("Variant"), "price": message("Price"),
                "visitors": message("Visitors"), "planned": message("Planned share"),
                "buyers": message("Buyers"), "conversion": message("Conversion"),
                "revenue": message("Revenue a visitor"),
            },
            {"price": "money", "planned": "share", "conversion": "share", "revenue": "money"},
        )  # fmt: skip
        return frame

    @cached_property
    def power(self) -> pd.DataFrame:
        """Differences that the test could see, a row a variant and measure.

        Returns
        -------
        pandas.DataFrame
            ``variant``, ``measure`` (conversion, revenue), ``control`` (its value), ``seen``: the
            smallest true difference that is found with 80 % at this size; ``relative``: over the
            control's value; ``needed``: visitors of each variant for a difference of a tenth.
        """
        rows = [self._power(*one) for one in self._pairs()]
        columns = ["variant", "measure", "control", "seen", "relative", "needed"]
        frame = pd.DataFrame(rows, columns=columns)
        frame.attrs = self._attrs(
            {
                "variant": message("Variant"), "measure": message("Measure"),
                "control": message("At the control"),
                "seen": message("Smallest difference seen with 80 %"),
                "relative": message("Of the control"),
                "needed": message("Visitors a variant to see a tenth"),
            },
            {
                "control": tuple({"conversion": "share"}.get(one, "money")
                                 for one in frame["measure"]),
                "seen": tuple(UNITS[one] for one in frame["measure"]), "relative": "share",
                "needed": "count",
            },
        )  # fmt: skip
        return frame

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Differences from the control, a row a measure and a way of looking.

        Returns
        -------
        pandas.DataFrame
            ``variant``, ``measure``, ``looks``: ``end`` (one, at an end that was fixed before) or
            ``any`` (whenever and however often somebody looked); ``value``, ``low``, ``high``
            (fractions; money a visitor), ``relative`` (over the control's value) and ``clear``
            ("yes" where the interval leaves out 0, else "no").
        """
        rows = [row for one in self._pairs() for row in self._difference(*one)]
        columns = ["variant", "measure", "looks", "value", "low", "high", "relative", "clear"]
        frame = pd.DataFrame(rows, columns=columns)
        frame.attrs = self._attrs(
            {
                "variant": message("Variant"), "measure": message("Measure"),
                "looks": message("Holds for"), "value": message("Difference"),
                "relative": message("Of the control"), "clear": message("Clear"),
            },
            {"value": tuple(UNITS[one] for one in frame["measure"]), "relative": "share"},
        ) | {"words": {"measure": MEASURES, "looks": METHODS}}  # fmt: skip
        return frame

    @cached_property
    def uneven(self) -> float:
        """Probability of a split at least as far from the planned one; NaN without visitors."""
        from scipy.stats import chisquare

        n = self.rows["visitors"].to_numpy(float)
        if len(n) < 2:
            return math.nan
        expected = np.array([self.split[name] for name in self.rows["variant"]]) * n.sum()
        return float(chisquare(n, expected).pvalue)

    @property
    def each(self) -> float:
        """Confidence of one comparison, so that all together have :attr:`level`."""
        return 1 - (1 - self.level) / max(len(self.rows) - 1, 1)

    def _pairs(self) -> list[tuple[Any, Any, str]]:
        rows = self.rows.set_index("variant", drop=False)
        others = [name for name in rows.index if name != self.control]
        return [(rows.loc[name], rows.loc[self.control], of) for name in others for of in MEASURES]

    def _sides(self, one: Any, control: Any, of: str) -> tuple[tuple[float, float], ...]:
        """Return mean and variance of a visitor, of a variant and of the control."""
        total, squares = ("buyers", "buyers") if of == "conversion" else ("revenue", "squares")
        found = []
        for row in (one, control):
            n = float(row["visitors"])
            mean = float(row[total]) / n
            spread = (float(row[squares]) - n * mean * mean) / (n - 1) if n > 1 else math.nan
            found.append((mean, max(spread, 0.0)))
        return tuple(found)

    def _power(self, one: Any, control: Any, of: str) -> dict[str, Any]:
        (_, spread), (mean, other) = self._sides(one, control, of)
        error = math.sqrt(spread / one["visitors"] + other / control["visitors"])
        seen = detectable(error, self.each)
        needed = math.nan
        if mean > 0 and spread + other > 0:
            needed = math.ceil(
                (detectable(math.sqrt(spread + other), self.each) / (LIFT * mean)) ** 2
            )
        return {
            "variant": one["variant"], "measure": of, "control": mean, "seen": seen,
            "relative": seen / mean if mean > 0 else math.nan, "needed": needed,
        }  # fmt: skip

    def _difference(self, one: Any, control: Any, of: str) -> list[dict[str, Any]]:
        (mean, spread), (before, other) = self._sides(one, control, of)
        n = float(one["visitors"]), float(control["visitors"])
        value, error, ends = mean - before, math.nan, (math.nan, math.nan)
        if min(n) > 1 and not math.isnan(value):
            error, away = welch((spread, other), n, self.each)
            ends = value - away, value + away
        if of == "conversion":
            sides = [
                (np.array([share]), *wilson(np.array([share]), np.array([size]), self.each))
                for share, size in zip((mean, before), n, strict=True)
            ]
            _, low, high, _ = change(sides[0], sides[1])
            ends = float(low[0]), float(high[0])
        enough = min(one["buyers"], control["buyers"]) >= LEAST
        size = np.array([n[0] * n[1] / sum(n)])
        away = error * float(reach(size, self.planned / 2, self.each)[0]) if enough else math.nan
        any_look = value - away, value + away
        return [
            {
                "variant": one["variant"], "measure": of, "looks": looks, "value": value,
                "low": low, "high": high,
                "relative": value / before if before > 0 else math.nan,
                "clear": "" if math.isnan(low) else YES if low > 0 or high < 0 else NO,
            }
            for looks, (low, high) in (("end", ends), ("any", any_look))
        ]  # fmt: skip

    def _attrs(self, titles: dict[str, str], units: dict[str, Any]) -> dict[Any, Any]:
        return {
            "currency": self.currency, "level": self.level, "titles": titles, "units": units,
            "wrapped": ("seen", "relative", "needed", "looks"),
            "words": {"measure": MEASURES}, "translated": ("clear",),
        }  # fmt: skip
