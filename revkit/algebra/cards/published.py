"""Published figures of metrics: what surveys and advisers say, with segment, year and source."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from revkit.algebra.definition import Definition

SHIPPED = Path(__file__).with_name("published.csv")
DISAGREE = "They disagree by factors, and are no pass mark."


@dataclass(frozen=True)
class Published:
    """A published figure: a range, what is typical, or both; NaN for what was not said.

    Parameters
    ----------
    segment, year, source
        Of whom it is, from when, and who says so.
    low, typical, high
        In the metric's unit.
    """

    segment: str
    year: int
    source: str
    low: float
    typical: float
    high: float

    def text(self, metric: Definition) -> str:
        """Write it: the segment, the figure in its unit, the source and the year."""
        ends = [end for end in (self.low, self.high) if not math.isnan(end)]
        typical = [] if math.isnan(self.typical) else [self.typical]
        said = [_range(ends[0], ends[1], metric)] if len(ends) == 2 else []
        said += [f"typically {_number(one, metric)}" for one in typical if ends]
        said += [_number(one, metric) for one in typical if not ends]
        said += [f"at best {_number(one, metric)}" for one in ends if len(ends) == 1]
        return f"{self.segment}: {', '.join(said)} ({self.source}, {self.year})"


@cache
def published() -> dict[str, tuple[Published, ...]]:
    """Return the published figures by metric."""
    found: dict[str, tuple[Published, ...]] = {}
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            numbers = {name: float(row[name] or "nan") for name in ("low", "typical", "high")}
            one = Published(row["segment"], int(row["year"]), row["source"], **numbers)
            found[row["metric"]] = (*found.get(row["metric"], ()), one)
    return found


def figures(metric: Definition) -> str:
    """Return the published figures of one of revkit's metrics in a sentence; empty without any."""
    known = published().get(metric.name, ()) if metric.family else ()
    said = "; ".join(one.text(metric) for one in known)
    return f"{said}. {DISAGREE}" if len(known) > 1 else said


def _range(low: float, high: float, metric: Definition) -> str:
    """Write two numbers with their unit once."""
    first, last = _number(low, metric), _number(high, metric)
    unit = last.partition(" ")[2]
    return f"{first.removesuffix(unit).rstrip()} to {last}"


def _number(value: float, metric: Definition) -> str:
    if metric.unit == "share" or metric.percent:
        return f"{value * 100:.3g} %"
    if metric.unit == "minutes" and value >= 60:
        return f"{value / 60:.3g} hours"
    return f"{value:.3g}" if metric.unit == "ratio" else f"{value:.3g} {metric.unit}"
