"""Attainment: what came of the last twelve months beside what was planned for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from revkit.analysis.defaults import new_business
from revkit.analysis.plans.targets.measures import BALANCE, COUNTS, MEASURES
from revkit.analysis.plans.targets.own import own_target
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, title_of
from revkit.catalogue import known
from revkit.catalogue.measure import Measured
from revkit.language import message

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset
    from revkit.language import Language

DEALS = ("deals", "opportunities")
"""Measures that are of new business alone."""

FIRST = (BALANCE, "new")
"""Measures that are told first."""


@dataclass(frozen=True)
class Attained:
    """A measure in the last twelve months, beside its plan; of a balance at their end."""

    measure: str
    came: float
    planned: float

    @property
    def gap(self) -> float:
        """The share of the plan that came beyond it; negative where it was missed."""
        return self.beyond / self.planned

    @property
    def beyond(self) -> float:
        """The amount beyond the plan; negative where it was missed."""
        return self.came - self.planned


def attained(data: Dataset, targets: pd.DataFrame) -> tuple[Attained, ...]:
    """Return the measures whose plan covers each day of the last twelve months.

    Parameters
    ----------
    data
        The company.
    targets
        What :func:`~revkit.analysis.plans.targets.own.own_targets` returned.
    """
    end = data.as_of + timedelta(days=1)
    start = _year_before(end)
    planned = {name: own_target(targets, name, start, end) for name in MEASURES}
    asked = [name for name, amount in planned.items() if amount > 0]
    if not asked:
        return ()
    found = came(data, asked, start, end)
    known_ones = [name for name in asked if not math.isnan(found[name])]
    told = sorted(known_ones, key=lambda name: name not in FIRST)  # the others as they stand
    return tuple(Attained(name, found[name], planned[name]) for name in told)


def came(data: Dataset, names: Sequence[str], start: date, end: date) -> dict[str, float]:
    """Return what came of measures between two days, half-open; NaN where it is not told.

    Of a balance it is what there is on the last day. Deals are of new business.
    """
    found = dict.fromkeys(names, math.nan)
    last = end - timedelta(days=1)
    for company, of in (
        (new_business(data), [name for name in names if name in DEALS]),
        (data, [name for name in names if name not in DEALS]),
    ):
        read = Measured.of(
            company, [MEASURES[name] for name in of], lenient=True, period=None, start=start,
            end=end, each={MEASURES[BALANCE]: {"period": "day", "start": last}},
        )  # fmt: skip
        for name in of:
            rows = read.frames.get(MEASURES[name])
            if rows is not None:
                found[name] = float(rows["value"].iloc[-1])
    return found


def sentence(rows: Sequence[Attained], currency: str | None, words: Language) -> Finding | None:
    """Return the sentence on what was planned for the last twelve months, if anything was."""
    said = []
    for one in rows:
        metric = known()[MEASURES[one.measure]]
        unit = "count" if one.measure in COUNTS else "money"
        what = Quantity(metric.name, "", unit, currency, words=words)
        share = words.percent(f"{abs(one.gap) * 100:.0f}")
        text = SAME if round(abs(one.gap) * 100) == 0 else BELOW if one.gap < 0 else ABOVE
        said.append(words.gettext(
            text, title=title_of(metric, words), came=what.text(one.came), share=share,
            planned=what.text(one.planned), gap=what.text(one.beyond, signed=True),
        ))  # fmt: skip
    return Finding(words.gettext(YEAR, said="; ".join(said))) if said else None


def _year_before(day: date) -> date:
    """Return the same day a year before; of 29 February the day after the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 3, 1)


YEAR = message("The last twelve months against the plan: {said}.")
BELOW = message("{title} {came}, {share} below the plan of {planned} ({gap})")
ABOVE = message("{title} {came}, {share} above the plan of {planned} ({gap})")
SAME = message("{title} {came}, as planned ({planned})")
