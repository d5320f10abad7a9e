"""People who sell: months in which many of a team were hired, or left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.watch.leaves import Place
from revkit.analysis.watch.metrics.rows import Window, dimensions, frame
from revkit.analysis.watch.series import PULSE, Series, Watched
from revkit.statistics.scan.pulses import log_factors
from revkit.statistics.scan.shapes import ONE_MONTH, shapes

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def people(data: Dataset, window: Window) -> list[Watched]:
    """Return the months of hiring and leaving by team, and by team and region."""
    if "reps" not in data or not window.months:
        return []
    names = dimensions(data, "reps")
    if "team" not in names:
        return []
    days = [name for name in ("hired_on", "left_on") if name in data.columns("reps")]
    rows = frame(data.table("reps"), data, "reps", days)
    found = []
    shape = shapes(window.months, ONE_MONTH)
    for column, metric in (("hired_on", "reps_hired"), ("left_on", "reps_left")):
        if column not in days or not len(shape.prior):
            continue
        month = window.of(rows[column])
        inside = rows.assign(month=month)[(month >= 0) & (month < window.months)]
        parts = []
        for by in (("team",), ("team", "region")):
            if not set(by) <= set(names) or inside.empty:
                continue
            groups = inside.groupby(list(by), observed=True, sort=True)
            places = [Place(by, tuple(map(str, key))) for key, _ in groups]
            counts = (
                np.array([np.bincount(of["month"], minlength=window.months) for _, of in groups])
                .reshape(len(places), window.months)
                .astype(np.float64)
            )
            evidence, factors = log_factors(counts)
            parts += [
                Series.known(
                    place, counts[row], evidence[row][shape.onset], factors[row][shape.onset]
                )
                for row, place in enumerate(places)
            ]
        if parts:
            found.append(Watched(metric, "calendar", PULSE, shape, None, tuple(parts)))
    return found
