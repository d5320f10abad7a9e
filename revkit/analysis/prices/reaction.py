"""A reaction to a change of price: beside the others, by itself, and where nothing changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.result import Result
from revkit.language import Language, message
from revkit.language import language as spoken
from revkit.statistics.prices.differences import Estimate, Months, change, trend

if TYPE_CHECKING:
    from datetime import date

WAYS = {
    "beside": message("beside the others"), "alone": message("before and after, alone"),
    "placebo": message("beside the others, half-way before (nothing changed)"),
}  # fmt: skip
OUTCOMES = {
    "customers": message("new customers"), "seats": message("new seats"),
    "leaving": message("customers leaving"),
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Reaction(Result):
    """Demand of a group before and since its price changed, beside other groups.

    Parameters
    ----------
    of
        The outcome.
    level
        Confidence of the intervals.
    name
        Whose price changed; empty where none did.
    others
        The groups beside it.
    since
        The place of the first month of the new price.
    days
        First days of the months.
    counted
        Events by month.
    price
        Log of the price since then over that before, less that of the others; NaN where it did
        not move.
    prices
        Median list price of the group by month.
    currency
        Of the prices.
    """

    of: str
    level: float
    name: str = ""
    others: tuple[str, ...] = ()
    since: int = 0
    days: tuple[date, ...] = ()
    counted: Months | None = None
    price: float = math.nan
    prices: Any = ()
    currency: str | None = None

    @classmethod
    def none(cls, of: str, level: float) -> Reaction:
        """Return the result where no price moved."""
        return cls(of, level)

    @cached_property
    def beside(self) -> Estimate:
        """Difference-in-differences: by how much, in logs, it moved beside the others."""
        return Estimate() if self.counted is None else change(self.counted, self.since, self.level)

    @cached_property
    def alone(self) -> Estimate:
        """Before and after by itself, which any trend or season moves too."""
        if self.counted is None:
            return Estimate()
        return change(self.counted.alone, self.since, self.level)

    @cached_property
    def placebo(self) -> Estimate:
        """The same as :attr:`beside` for a date half-way before, at which nothing changed."""
        if self.counted is None:
            return Estimate()
        return change(self.counted[: self.since], self.since // 2, self._of_two)

    @cached_property
    def drift(self) -> Estimate:
        """By how much, in logs a month, it moved beside the others before the change."""
        if self.counted is None:
            return Estimate()
        return trend(self.counted[: self.since], self._of_two)

    @property
    def _of_two(self) -> float:
        """Confidence of each of the two checks of the assumption."""
        return 1 - (1 - self.level) / 2

    @property
    def parallel(self) -> bool:
        """True while nothing says that the group moved beside the others before the change."""
        return not (self.drift.clear or self.placebo.clear)

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """One row a way of comparing.

        Returns
        -------
        pandas.DataFrame
            ``way`` (beside the others; before and after, alone; at a date half-way before, at
            which nothing changed), ``change`` of the outcome with ``change_low`` and
            ``change_high`` (shares), ``elasticity`` with ``low`` and ``high``: the log of that
            change over the log of the change in price, NaN where that is not known.
        """
        rows = []
        for way in WAYS if self.counted is not None else ():
            one: Estimate = getattr(self, way)
            ends = sorted(end / self.price for end in (one.low, one.high))
            rows.append({
                "way": way, "change": math.expm1(one.value), "change_low": math.expm1(one.low),
                "change_high": math.expm1(one.high),
                "elasticity": one.value / self.price, "low": ends[0], "high": ends[1],
            })  # fmt: skip
        columns = ["way", "change", "change_low", "change_high", "elasticity", "low", "high"]
        frame = pd.DataFrame(rows, columns=columns)
        frame.attrs = {
            "level": self.level,
            "units": {"change": "share", "elasticity": "ratio"},
            "titles": {
                "way": message("Compared"), "change": message("Change"),
                "elasticity": message("Elasticity"),
            },
            "words": {"way": WAYS},
        }  # fmt: skip
        return frame

    @cached_property
    def months(self) -> pd.DataFrame:
        """One row a month.

        Returns
        -------
        pandas.DataFrame
            ``period``, ``price``, ``since`` (whether the new price held), the ``events`` and those
            ``at_risk`` of the group, and those of the ``others``.
        """
        columns = ["period", "price", "since", "events", "at_risk", "others", "others_at_risk"]
        if self.counted is None:
            return pd.DataFrame(columns=columns)
        told = self.counted
        values = [
            pd.to_datetime(list(self.days)), self.prices, np.arange(len(told)) >= self.since,
            told.events, told.at_risk, told.others, told.others_at_risk,
        ]  # fmt: skip
        frame = pd.DataFrame(dict(zip(columns, values, strict=True)))
        frame.attrs = {"currency": self.currency, "units": {"price": "money"}, "period": "month"}
        return frame

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return what the change did, and whether the comparison can be trusted.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        if self.counted is None:
            return [Finding(words.gettext(NONE), quiet=True)]
        one = self.estimates.iloc[0]
        share = Quantity("", "", "share", words=words)
        if math.isnan(self.beside.low) or share.vague(one["change_low"], one["change_high"]):
            return [Finding(words.gettext(TOO_FEW, name=self.name), quiet=True)]
        return [Finding(f"{self._effect(words)} {self._assumed(words)}")]

    def _effect(self, words: Language) -> str:
        share, ratio = (Quantity("", "", unit, words=words) for unit in ("share", "ratio"))
        one, before = self.estimates.iloc[0], self.estimates.iloc[1]
        values = {
            "name": self.name, "others": words.list(self.others),
            "since": words.period(self.days[self.since]),
            "outcome": words.gettext(OUTCOMES[self.of]),
            "change": share.text(one["change"], signed=True),
            "span": share.span(one["change_low"], one["change_high"]),
            "alone": share.text(before["change"], signed=True),
        }  # fmt: skip
        said = [words.gettext(EFFECT, **values)]
        if not math.isnan(self.price):
            rise = math.expm1(self.price)
            said.append(words.gettext(
                RESPONSE, price=share.text(rise, signed=True),
                elasticity=ratio.text(one["elasticity"]),
                span=ratio.span(one["low"], one["high"]),
            ))  # fmt: skip
        else:
            said.append(words.gettext(NO_PRICE))
        verdict = CLEAR if self.beside.clear else UNCLEAR
        said.append(words.gettext(verdict))
        return " ".join(said)

    def _assumed(self, words: Language) -> str:
        if self.parallel:
            return words.gettext(PARALLEL, count=self.since)
        share = Quantity("", "", "share", words=words)
        drift = share.text(math.expm1(self.drift.value), signed=True)
        return words.gettext(APART, drift=drift)


NONE = message(
    "No list price moved by over 8 % in the last two years: there is no reaction to read."
)
TOO_FEW = message(
    "{name} has too few months, or too few customers, to tell a reaction to its price."
)
EFFECT = message(
    "Since the price of {name} changed in {since}, its {outcome} moved by {change} beside {others} "
    "({span}); before and after alone it is {alone}."
)
RESPONSE = message(
    "At a price that moved by {price} beside theirs, that is an elasticity of {elasticity} "
    "({span})."
)
NO_PRICE = message(
    "Its list price did not move beside theirs, or is not known: give it, as price=0.2, for an "
    "elasticity."
)
CLEAR = message("That is more than noise.")
UNCLEAR = message("That is within noise.")
PARALLEL = message(
    "In the {count} months before, nothing says that it moved otherwise than they did."
)
APART = message(
    "But it moved away from them before the price did ({drift} a month): do not take the "
    "difference for an effect of the price."
)
