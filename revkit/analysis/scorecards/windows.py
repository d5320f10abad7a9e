"""Windows: the months over which scorecards and headlines show a metric."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from revkit.algebra.request import periods_of
from revkit.catalogue.measure import Measured

if TYPE_CHECKING:
    from revkit.algebra.metric import Metric
    from revkit.dataset import Dataset

SHOWN_OVER = {"nrr": 12, "grr": 12}
"""Months of the window in which a metric is customarily reported, whatever the period shown."""


def measured_over_windows(
    data: Dataset,
    metrics: Iterable[Metric],
    *,
    period: str | None,
    each: dict[str, dict[str, Any]],
    **arguments: Any,
) -> Measured:
    """Measure metrics together, those of ``SHOWN_OVER`` over their months.

    A company that is younger than the window is measured over the period instead.
    """
    chosen = list(metrics)
    windows = {
        made.name: each.get(made.name, {}) | {"trailing": window_of(data, months, period)}
        for made in chosen
        if (months := SHOWN_OVER.get(made.name)) and period is not None
    }
    how = {"lenient": True, "period": period, **arguments}
    found = Measured.of(data, chosen, each=each | windows, **how)
    young = [
        made
        for made in chosen
        if made.name in windows
        and made.name in found.frames
        and found.frames[made.name]["value"].isna().all()
    ]
    if young:
        again = Measured.of(data, young, each=each, **how)
        found.frames |= again.frames
        found.queries += again.queries
    return found


def window_of(data: Dataset, months: int, period: str) -> int:
    """Return the periods of a window of so many months; years of weeks may have thirteen."""
    calendar = data.policy.periods(period)
    if calendar.is_of_weeks:
        return max(1, round(months * calendar.a_year() / 12))
    return periods_of(months, period)
