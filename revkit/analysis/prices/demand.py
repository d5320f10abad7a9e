"""Gabor and Granger's demand: who would buy at each price, and what that brings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.prices.answers import Answers
from revkit.analysis.prices.points import set_aside
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.result import Result
from revkit.language import Language, message
from revkit.language import language as spoken
from revkit.statistics.intervals import wilson
from revkit.statistics.prices.best import could_be_best

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEW = 20
"""Offers at a price below which its share says little."""


@dataclass(frozen=True, repr=False)
class Demand(Result):
    """Demand and revenue by price, as a whole or by groups.

    Parameters
    ----------
    answers
        Offers that were taken or left.
    by
        The column that tells groups apart, if any.
    level
        Confidence of the intervals.
    """

    answers: Answers
    by: str | None = None
    level: float = 0.95

    @cached_property
    def prices(self) -> pd.DataFrame:
        """One row a price, and group.

        Returns
        -------
        pandas.DataFrame
            The `by` column; ``price``; ``share`` that would buy with ``low`` and ``high``;
            ``revenue``, what a hundred people asked would pay, with ``revenue_low`` and
            ``revenue_high``; ``best`` ("could be" where no other price surely brings more, else
            empty); ``n`` offers; ``small`` below 20.
        """
        parts = [self._of_group(group, rows) for group, rows in self._groups()]
        columns = ["price", "share", "low", "high", "revenue", "revenue_low", "revenue_high",
                   "best", "n", "small"]  # fmt: skip
        empty = pd.DataFrame(columns=[*([self.by] if self.by else []), *columns])
        frame = pd.concat(parts, ignore_index=True)[list(empty)] if parts else empty
        frame.attrs = {
            "currency": self.answers.currency,
            "level": self.level,
            "units": {"price": "money", "share": "share", "revenue": "money"},
            "titles": {
                "price": message("Price"), "share": message("Would buy"),
                "revenue": message("Revenue of 100 asked"), "best": message("Best price"),
                "n": message("Answers"),
            },
            "translated": ("best",),
            "notes": self.notes,
        }  # fmt: skip
        return frame

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes: who was set aside, and where demand rises, in the default language."""
        return self._notes(spoken(None))

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return a sentence for each group: which prices could be the best.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        if self.prices.empty:
            return [Finding(words.gettext(NOBODY), quiet=True)]
        parts = self.prices.groupby(self.by, sort=False) if self.by else [("", self.prices)]
        said = [self._sentence(str(name), rows, words) for name, rows in parts]
        return [*said, *(Finding(note) for note in self._notes(words))]

    def _sentence(self, name: str, rows: pd.DataFrame, words: Language) -> Finding:
        money = Quantity("", "", "money", self.answers.currency, words=words)
        share = Quantity("", "", "share", words=words)
        first = rows.iloc[int(np.argmax(rows["revenue"].to_numpy(float)))]
        others = rows[(rows["best"] != "") & (rows["price"] != first["price"])]
        values = {
            "price": money.text(first["price"]), "share": share.text(first["share"]),
            "span": share.span(first["low"], first["high"]),
            "revenue": money.text(first["revenue"]), "n": words.count(first["n"]),
        }  # fmt: skip
        said = words.gettext(FIRST, **values)
        if len(others):
            prices = words.list([money.text(price) for price in others["price"]])
            said += " " + words.gettext(OTHERS, prices=prices)
        elif len(rows) > 1:
            said += " " + words.gettext(ALONE)
        return Finding(f"{name}: {said}" if name else said[:1].upper() + said[1:])

    def _notes(self, words: Language) -> tuple[str, ...]:
        said = set_aside(self.answers, words)
        for name, rows in self._groups():
            shares = rows.groupby("price")["would_buy"].mean()
            if (shares.diff() > 0).any():
                label = f"{next(iter(name.values()))}: " if name else ""
                said.append(label + words.gettext(RISES))
        return tuple(said)

    def _groups(self) -> list[tuple[dict[str, str], pd.DataFrame]]:
        return [] if self.answers.rows.empty else self.answers.groups(self.by)

    def _of_group(self, group: dict[str, str], rows: pd.DataFrame) -> pd.DataFrame:
        told = rows.groupby("price", sort=True)["would_buy"].agg(["mean", "size"])
        price, share = told.index.to_numpy(float), told["mean"].to_numpy(float)
        n = told["size"].to_numpy(float)
        low, high = wilson(share, n, self.level)
        best = could_be_best(price * share, self._covariance(rows, price), self.level)
        values: dict[str, Any] = {
            **group, "price": price, "share": share, "low": low, "high": high,
            "revenue": 100 * price * share, "revenue_low": 100 * price * low,
            "revenue_high": 100 * price * high, "best": np.where(best, COULD, ""),
            "n": n.astype(int), "small": n < FEW,
        }  # fmt: skip
        return pd.DataFrame(values)

    def _covariance(self, rows: pd.DataFrame, price: Array) -> Array:
        """Return the covariances of revenue by price: answers of one respondent belong together.

        A share of n is drawn towards one half by one answer each way, so that a price at which all
        or none would buy is not taken for certain.
        """
        who = rows["respondent"] if "respondent" in rows else pd.Series(rows.index, rows.index)
        at = np.searchsorted(price, rows["price"].to_numpy(float))
        bought = rows["would_buy"].to_numpy(float)
        n = np.bincount(at).astype(float)
        drawn = (np.bincount(at, weights=bought) + 1) / (n + 2)
        codes, people = pd.factorize(who)
        parts = np.zeros((len(people), len(price)))
        np.add.at(parts, (codes, at), (bought - drawn[at]) / n[at])
        covariance = parts.T @ parts
        np.fill_diagonal(covariance, drawn * (1 - drawn) / n)
        return np.asarray(covariance * np.outer(price, price))


COULD = message("could be")
NOBODY = message("No offer was answered with yes or no: there is nothing to read.")
FIRST = message(
    "at {price} {share} would buy ({span}, {n} answers), which brings most: {revenue} of 100 "
    "people asked."
)
OTHERS = message("{prices} could bring as much: the answers do not tell them apart.")
ALONE = message("Every other price that was asked surely brings less.")
RISES = message("More would buy at some price than at the one below it: too few answers, or a "
                "price that speaks for quality.")  # fmt: skip
