"""Result of a diagnosis: a row a part and group of the split, a row a cause, and sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit.analysis.diagnosis import wording
from revkit.analysis.diagnosis.cause import Cause
from revkit.analysis.diagnosis.parts import Part
from revkit.analysis.diagnosis.spans import Span
from revkit.analysis.faults import Fault
from revkit.analysis.writing.finding import Finding, Findings
from revkit.analysis.writing.result import Result
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from revkit.algebra.metric import Metric
    from revkit.analysis.writing.formatting import Quantity
    from revkit.language import Language

SPLIT = ("part", "dimension", "place", "kind", "change", "share_before", "share_after", "before",
         "after")  # fmt: skip
CAUSES = ("part", "dimension", "place", "kind", "probability", "effect", "low", "high", "worth",
          "since", "since_from", "since_to", "new")  # fmt: skip


@dataclass(frozen=True, repr=False)
class Diagnosis(Result):
    """Reasons for a metric's move between two periods.

    Parameters
    ----------
    metric
        The metric.
    versus, period
        The periods, the earlier first.
    before, after
        The metric in both.
    split_before, split_after
        What is split in both: the same, or of a median the share above the usual one.
    parts
        Each part with the factor by which its change moved what is split.
    reasons
        Causes that are named, then those that are possible.
    faults
        Faults of the data, with the first day of their month.
    currency
        Of money.
    notes
        What was left out or set aside, and why.
    ranked
        Whether the metric is a median.
    short
        Whether too few months are on record to tell causes from noise.
    """

    metric: Metric
    versus: Span
    period: Span
    before: float
    after: float
    split_before: float
    split_after: float
    parts: tuple[tuple[Part, float], ...]
    reasons: tuple[Cause, ...]
    faults: tuple[tuple[Fault, date], ...]
    currency: str | None
    notes: tuple[str, ...]
    ranked: bool = False
    short: bool = False

    @property
    def change(self) -> float:
        """The change that the split adds up to."""
        return self.split_after - self.split_before

    @property
    def quiet(self) -> bool:
        """True when no cause is named and the data shows no fault."""
        return not self.faults and not any(reason.named for reason in self.reasons)

    @cached_property
    def split(self) -> pd.DataFrame:
        """The change, one row per part, dimension, group and kind.

        Returns
        -------
        pandas.DataFrame
            ``part`` (a metric's name or the part in words); ``dimension`` (empty where a part has
            none); ``place`` (the group; empty for all alike); ``kind`` (``volume``, ``drift``,
            ``mix`` or ``rate``); ``change`` in the metric's unit, which adds up to the whole change
            over the rows of one dimension of each part; ``share_before``, ``share_after`` (of the
            group in the denominators) and ``before``, ``after`` (its own value).
        """
        rows: list[dict[str, Any]] = []
        for part, times in self.parts:
            own = part.values[1] - part.values[0]
            if not part.by:
                rows.append({"part": part.name, "dimension": "", "place": "", "kind": "drift",
                             "change": own * times})  # fmt: skip
            for dimension in part.by:
                names, found = part.split(dimension, self._apart(part, dimension))
                for kind in ("volume", "drift"):
                    rows.append({"part": part.name, "dimension": dimension, "place": "",
                                 "kind": kind, "change": getattr(found, kind) * times})  # fmt: skip
                for at, name in enumerate(names):
                    for kind in ("mix", "rate"):
                        rows.append({
                            "part": part.name, "dimension": dimension, "place": name, "kind": kind,
                            "change": float(getattr(found, kind)[at]) * times,
                            "share_before": found.share[at, 0], "share_after": found.share[at, 1],
                            "before": found.value[at, 0], "after": found.value[at, 1],
                        })  # fmt: skip
        table = pd.DataFrame(rows, columns=list(SPLIT))
        table.attrs.update(self._attrs({"change": self.metric.unit}))
        return table

    @cached_property
    def causes(self) -> pd.DataFrame:
        """One row per cause that is named, the likeliest first.

        Returns
        -------
        pandas.DataFrame
            ``part``, ``dimension``, ``place``, ``kind`` (``rate`` or ``mix``), ``probability``,
            ``effect``, ``low``, ``high`` (on the metric, 90 %), ``worth`` (money of the period,
            NaN where unknown), ``since``, ``since_from``, ``since_to`` (first days of months) and
            ``new`` (False where it began before the period that is compared with).
        """
        return self._table(named=True)

    @cached_property
    def possible(self) -> pd.DataFrame:
        """The same of causes that are possible, and not likely enough to be named."""
        return self._table(named=False)

    def _apart(self, part: Part, dimension: str) -> list[str]:
        """Return the groups of a dimension whose own values are named as causes."""
        return [
            one.place
            for one in self.reasons
            if one.named and one.kind == "rate" and one.part is part and one.dimension == dimension
        ]

    def _table(self, *, named: bool) -> pd.DataFrame:
        rows = [
            {
                "part": one.part.name, "dimension": one.dimension, "place": one.place,
                "kind": one.kind, "probability": one.probability, "effect": one.effect,
                "low": one.low, "high": one.high, "worth": one.worth,
                "since": pd.Timestamp(one.since), "since_from": pd.Timestamp(one.since_from),
                "since_to": pd.Timestamp(one.since_to), "new": not one.older,
            }
            for one in self.reasons
            if one.named == named
        ]  # fmt: skip
        table = pd.DataFrame(rows, columns=list(CAUSES))
        table.attrs.update(self._attrs({"effect": self.metric.unit}))
        return table

    def _attrs(self, units: dict[str, str]) -> dict[str, Any]:
        return {
            "currency": self.currency,
            "notes": self.notes,
            "level": 0.9,
            "units": {"probability": "share", "worth": "money", "share_before": "share",
                      "share_after": "share", **units},
            "titles": {
                "worth": message("Worth in the period"), "effect": message("Moved the metric by"),
                "since_from": message("At the earliest"), "since_to": message("At the latest"),
                "share_before": message("Share before"), "share_after": message("Share after"),
            },
            "words": {"kind": wording.KINDS},
        }  # fmt: skip

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return the change, faults of the data, causes, and what they leave open, as sentences.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        quantity = wording.quantity_of(self.metric, self.currency, words)
        values, periods = (self.before, self.after), (self.period, self.versus)
        said = [wording.moved(self.metric, values, *periods, self.currency, words)]
        if self.ranked:
            said.append(wording.median((self.split_before, self.split_after), words))
            quantity = replace(quantity, name="", unit="share")
        changes = [(part, times * (part.values[1] - part.values[0])) for part, times in self.parts]
        if len(changes) > 1 and all(math.isfinite(change) for _, change in changes):
            said.append(wording.factors(changes, quantity, words))
        said += [wording.fault(fault, since, words) for fault, since in self.faults]
        named = [reason for reason in self.reasons if reason.named]
        said += self._causes(named, quantity, words)
        if len(changes) == 1 and math.isfinite(self.change):
            part, times = self.parts[0]
            by = [*(one.dimension for one in named), *part.by]
            if by and "below" in part.totals.values:
                found = part.split(by[0], self._apart(part, by[0]))[1]
                said.append(wording.alike(found, by[0], times, quantity, words))
        quiet = ""
        if not math.isfinite(self.before + self.after):
            return [*map(Finding, said)]
        if self.short and not named:
            quiet = words.gettext(wording.SHORT)
        elif not named:
            # Of a value that has not moved there is no possible cause, only groups that wander.
            possible = self.reasons if self.before != self.after else ()
            quiet = wording.possible([one for one in possible if not one.named], words)
        return [*map(Finding, said), *([Finding(quiet, quiet=True)] if quiet else [])]

    def named(self, language: str | None = None) -> list[str]:
        """Return the sentences on the causes that are named, and no others.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        quantity = wording.quantity_of(self.metric, self.currency, words)
        return self._causes([one for one in self.reasons if one.named], quantity, words)

    def _causes(self, named: Sequence[Cause], quantity: Quantity, words: Language) -> list[str]:
        return [
            wording.cause(
                one, self.period, self.versus, quantity, self.currency, words,
                after_mix=at > 0 and named[0].kind == "mix",
            )
            for at, one in enumerate(named)
        ]  # fmt: skip

    def __repr__(self) -> str:
        return str(Findings(tuple(map(str, self.findings)), self.notes))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return Findings(tuple(map(str, self.findings)), self.notes)._repr_mimebundle_()
