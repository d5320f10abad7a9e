"""The accuracy of forecasts: errors and coverage of past ones by method, and the track record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.forecasts.bands import Scale, bands
from revkit.analysis.forecasts.history import Rhythm
from revkit.analysis.forecasts.origins import Record
from revkit.analysis.forecasts.seasons import Series
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, quantity
from revkit.language import message

BAND_FROM = 20
"""Past errors below which no band is drawn for a backtest."""

FEW_ORIGINS = 10
"""Points in time below which the share that bands held says little; forecasts from one overlap."""

SURE = 0.05
"""The probability that a band of the right width holds as few, below which it is too narrow."""

ACCURACY = ("mase", "wape", "bias", "coverage", "forecasts")


def errors_of(
    made: dict[str, Record],
    values: Series,
    scale: Scale,
    level: float,
    what: Quantity,
    rhythm: Rhythm,
) -> pd.DataFrame:
    """Return the errors of each method's forecasts: mase, wape, bias, coverage, forecasts.

    Parameters
    ----------
    made
        By method: outcomes, and forecasts of them, origin by origin.
    values
        The whole series, whose year-on-year error is the unit of mase.
    scale
        On which errors are measured.
    level
        Share of outcomes the band is to hold.
    what
        What the values are.
    rhythm
        How often they are told.
    """
    rows = []
    for name, record in made.items():
        over = np.isfinite(record.errors)
        actual, error = record.outcomes[over], -record.errors[over]
        size = np.abs(actual).sum()
        rows.append(
            {
                "method": name,
                "mase": _ratio(np.abs(error).mean(), naive_error(values, rhythm.cycle)),
                "wape": _ratio(np.abs(error).sum(), size),
                "bias": _ratio(error.sum(), size),
                "coverage": coverage(record, scale, (level,))[0],
                "forecasts": len(actual),
            }
        )
    table = pd.DataFrame(rows, columns=["method", *ACCURACY]).astype({"forecasts": "int64"})
    table.attrs = {
        "metric": what.name,
        "currency": what.currency,
        "level": level,
        "past": (rhythm.complete, len(values)),
        "origins": _origins(next(iter(made.values()), None)),
        "needed": rhythm.enough,
        "titles": {
            "mase": message("MASE"),
            "wape": message("WAPE"),
            "coverage": message("In the {level} band"),
        },
        "translated": ("method",),
        "units": {"mase": "ratio", "wape": "share", "bias": "share", "coverage": "share"},
    }
    return table


def naive_error(values: Series, cycle: int) -> float:
    """Return the mean error of the same period a year before: the unit of MASE.

    Of a series shorter than a year and a period, that of the period before.

    Examples
    --------
    >>> naive_error(np.array([1.0, 2.0, 4.0]), 12)
    1.5
    """
    back = cycle if len(values) > cycle else 1
    return float(np.abs(values[back:] - values[:-back]).mean())


def coverage(record: Record, scale: Scale, levels: Sequence[float]) -> list[float]:
    """Return the share of outcomes inside the bands drawn from the errors known at each origin.

    Parameters
    ----------
    record
        Outcomes, and forecasts of them.
    scale
        On which errors are measured.
    levels
        Shares of outcomes the bands are to hold.

    Returns
    -------
    list of float
        One a level; NaN where fewer than 20 errors were known at every origin.
    """
    inside: dict[float, list[Any]] = {level: [] for level in levels}
    for origin in range(len(record.outcomes)):
        known = record.until(origin)
        actual = record.outcomes[origin]
        over = np.isfinite(actual)
        if np.isfinite(known.outcomes).sum() < BAND_FROM:
            continue
        ends = bands(known, record.forecasts[origin], scale, tuple(levels))
        for level, (low, high) in ends.items():
            inside[level].append(((low <= actual) & (actual <= high))[over])
    return [float(np.concatenate(of).mean()) if of else float("nan") for of in inside.values()]


def track_record(table: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say whether the forecast has beaten its best rival, and what its band covered.

    Parameters
    ----------
    table
        What :func:`backtest` returned: our method first, its rivals after it.
    language
        "en" or "it"; the default one when omitted.
    """
    check.result(table, "table", "rk.say.track_record", columns=ACCURACY, source="rk.backtest")
    what = quantity(table, language)
    words = what.words
    if table.empty:
        periods, count = table.attrs["past"]
        return Finding(
            words.gettext(
                "There is no track record yet: it has {past}, and {needed} are needed.",
                past=counted(count, periods, words),
                needed=words.count(table.attrs["needed"]),
            )
        )
    ours, rivals = table.iloc[0], table.iloc[1:]
    rival = rivals.iloc[int(rivals["wape"].argmin())]
    method, other = str(ours["method"]), str(rival["method"])
    values = {
        "title": what.title,
        "method": words.gettext(method),
        "error": words.percent(f"{ours['wape'] * 100:.1f}"),
        "rival": words.gettext(other),
        "other": words.percent(f"{rival['wape'] * 100:.1f}"),
        "level": words.level(table.attrs["level"]),
        "forecasts": counted(ours["forecasts"], "past forecasts", words),
    }
    better = ours["wape"] < rival["wape"]
    if np.isnan(ours["coverage"]):
        return Finding(words.gettext(BETTER if better else NO_BETTER, **values))
    values["held"] = words.percent(f"{ours['coverage'] * 100:.0f}")
    origins = table.attrs.get("origins", 0)
    if not reliable(float(ours["coverage"]), table.attrs["level"], origins):
        doubt = words.ngettext(
            "Do not rely on the {level} band of {title}: it held {held} of the outcomes forecast "
            "from {origins} point in time.",
            "Do not rely on the {level} band of {title}: it held {held} of the outcomes forecast "
            "from {origins} points in time.",
            origins, origins=words.count(origins), **values,
        )  # fmt: skip
        return Finding(f"{doubt} {words.gettext(BETTER if better else NO_BETTER, **values)}")
    return Finding(words.gettext(BETTER_IN_BAND if better else NO_BETTER_IN_BAND, **values))


def reliable(held: float, level: float, origins: int) -> bool:
    """Report whether a band that held a share of outcomes may be relied on.

    Forecasts of several periods from one point in time miss together, so points in time count. Of
    few of them a band is not to be relied on when it held less than it should by a tenth.

    >>> reliable(0.33, 0.8, 3), reliable(0.76, 0.8, 19), reliable(0.5, 0.8, 19)
    (False, True, False)
    """
    from scipy.stats import binom

    if origins < FEW_ORIGINS:
        return held > level - 0.1
    return bool(binom.cdf(round(held * origins), origins, level) >= SURE)


def _origins(made: Record | None) -> int:
    """Return from how many points in time bands could be drawn whose outcomes are known."""
    if made is None:
        return 0
    told = [
        np.isfinite(made.until(at).outcomes).sum() >= BAND_FROM and np.isfinite(outcomes).any()
        for at, outcomes in enumerate(made.outcomes)
    ]
    return int(np.sum(told))


BETTER, NO_BETTER, BETTER_IN_BAND, NO_BETTER_IN_BAND = (
    message(
        "{title} by {method} has been off by {error}, better than its best rival, {rival}, with "
        "{other} ({forecasts})."
    ),
    message(
        "{title} by {method} has been off by {error}, no better than its best rival, {rival}, with "
        "{other} ({forecasts})."
    ),
    message(
        "{title} by {method} has been off by {error}, better than its best rival, {rival}, with "
        "{other}; its {level} band held {held} ({forecasts})."
    ),
    message(
        "{title} by {method} has been off by {error}, no better than its best rival, {rival}, with "
        "{other}; its {level} band held {held} ({forecasts})."
    ),
)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
