"""Judgement of a criterion: each measure against its limit, all or any of them, the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from revkit.analysis.operating_model.criteria import Criterion, Measure
from revkit.analysis.operating_model.measures.reading import Reading
from revkit.analysis.operating_model.thresholds import Threshold
from revkit.errors import Reason
from revkit.language import message

State = Literal["met", "not met", "unclear", "no data"]
SETTLED = ("met", "not met")
STATES = (message("met"), message("not met"), message("unclear"), message("no data"))

CURRENCIES = (None, "EUR", "USD", "GBP", "CHF")
"""Those in which a published limit on money means about the same."""

TOO_FEW = message("{n} of the {least} rows that it needs")
OTHER_CURRENCY = message("the limit is in euros or dollars: give one in {currency} in thresholds")


@dataclass(frozen=True)
class Judged:
    """A measure held against its limit.

    Parameters
    ----------
    measure, threshold
        What was measured, and its limit.
    reading
        The value, or why there is none.
    state
        met, not met, unclear or no data.
    """

    measure: Measure
    threshold: Threshold
    reading: Reading
    state: State


@dataclass(frozen=True)
class Judgement:
    """A criterion as the data see it, and as it was answered.

    Parameters
    ----------
    criterion
        The criterion.
    measures
        Each of its measures against its limit.
    told
        What the data say.
    answer
        What was answered: True for yes; None for nothing.
    """

    criterion: Criterion
    measures: tuple[Judged, ...]
    told: State
    answer: bool | None = None

    @property
    def state(self) -> State:
        """The verdict: the data's where they can tell, else that of the answer."""
        if self.told in SETTLED or self.answer is None:
            return self.told
        return "met" if self.answer else "not met"

    @property
    def basis(self) -> str:
        """The basis of the verdict: data, answer, or data against the answer; empty while open."""
        if self.told in SETTLED:
            return "data against the answer" if self.contradicted else "data"
        return "" if self.answer is None else "answer"

    @property
    def contradicted(self) -> bool:
        """True where the answer is another one than that of the data."""
        return (
            self.told in SETTLED
            and self.answer is not None
            and self.answer is not (self.told == "met")
        )

    @property
    def leading(self) -> Judged:
        """The measure that decides, or the first that can tell anything."""
        order = {
            "met": ("met",), "not met": ("not met",), "unclear": ("unclear", "met", "not met"),
            "no data": ("no data",),
        }  # fmt: skip
        return next(
            one for state in order[self.told] for one in self.measures if one.state == state
        )

    @property
    def reason(self) -> Reason | None:
        """The reason why a measure that might settle it has no value; None where none is needed."""
        if self.told in SETTLED:
            return None
        return next((one.reading.reason for one in self.measures if one.reading.reason), None)


BASES = (message("data"), message("answer"), message("data against the answer"))


def judge(
    criterion: Criterion,
    readings: Mapping[str, Reading],
    limits: Mapping[tuple[str, str], Threshold],
    *,
    currency: str | None,
    answer: bool | None = None,
) -> Judgement:
    """Return a criterion's judgement by its measures and its answer."""
    measures = tuple(
        _held(one, readings[one.key], limits[criterion.id, one.key], currency)
        for one in criterion.measures
    )
    return Judgement(criterion, measures, combined(criterion.rule, measures), answer)


def combined(rule: str, measures: tuple[Judged, ...]) -> State:
    """Return what measures say together: unclear where one that is not known could decide."""
    states = {one.state for one in measures}
    if states == {"no data"}:
        return "no data"
    decisive: State = "met" if rule == "any" else "not met"
    if decisive in states:
        return decisive
    other: State = "not met" if rule == "any" else "met"
    return other if states == {other} else "unclear"


def _held(measure: Measure, reading: Reading, threshold: Threshold, currency: str | None) -> Judged:
    """Return a measure against its limit."""
    reason = reading.reason
    if reason is None and reading.n < threshold.least:
        reason = Reason(TOO_FEW, n=f"{reading.n:.0f}", least=f"{threshold.least:.0f}")
    ours = threshold.kind != "own" and measure.unit.startswith("money")
    if reason is None and ours and currency not in CURRENCIES:
        reason = Reason(OTHER_CURRENCY, currency=currency)
    if reason is not None or math.isnan(reading.value):
        return Judged(measure, threshold, Reading(n=reading.n, reason=reason), "no data")
    if reading.low < threshold.limit < reading.high:
        return Judged(measure, threshold, reading, "unclear")
    above = reading.value >= threshold.limit
    state: State = "met" if above == (measure.met == "above") else "not met"
    return Judged(measure, threshold, reading, state)
