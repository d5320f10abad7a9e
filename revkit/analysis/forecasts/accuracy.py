"""The accuracy of forecasts: errors and bands from past forecasts, and the track record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.forecasts.forecast_methods import Series, growth, naive_error, spread
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, quantity
from revkit.language import message

ENOUGH = 18
"""Complete months below which a forecast is a guess: at 18 its 80 % band held 80 % of M3."""

Made = tuple[Any, Series, Series]
"""Of every past forecast: months ahead, the outcome, the forecast."""

Scale = Callable[[Any, Series], Series]
"""The size errors are expected to have, of months ahead and forecasts."""

BAND_FROM = 20
"""Past errors below which no band is drawn for a backtest."""

ACCURACY = ("mase", "wape", "bias", "coverage", "forecasts")


def errors_of(
    made: dict[str, Made],
    values: Series,
    level: float,
    what: Quantity,
) -> pd.DataFrame:
    """Return the errors of each method's forecasts: mase, wape, bias, coverage, forecasts.

    Parameters
    ----------
    made
        By method, of every forecast: months ahead, the outcome, the forecast, origin by origin
        up to the last month.
    values
        The whole series, whose year-on-year error is the unit of mase.
    level
        Share of outcomes the band is to hold.
    what
        What the values are.
    """
    rows = []
    for name, (_, actual, expected) in made.items():
        error, size = expected - actual, np.abs(actual).sum()
        rows.append(
            {
                "method": name,
                "mase": _ratio(np.abs(error).mean(), naive_error(values)),
                "wape": _ratio(np.abs(error).sum(), size),
                "bias": _ratio(error.sum(), size),
                "coverage": _coverage(made[name], level, len(values)),
                "forecasts": len(actual),
            }
        )
    table = pd.DataFrame(rows, columns=["method", *ACCURACY]).astype({"forecasts": "int64"})
    table.attrs = {
        "metric": what.name,
        "currency": what.currency,
        "level": level,
        "months": len(values),
        "titles": {
            "mase": message("MASE"),
            "wape": message("WAPE"),
            "coverage": message("In the {level} band"),
        },
        "translated": ("method",),
        "units": {"mase": "ratio", "wape": "share", "bias": "share", "coverage": "share"},
    }
    return table


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
        months = table.attrs["months"]
        return Finding(
            words.gettext(
                "There is no track record yet: {months} complete months, and {needed} are needed.",
                months=words.count(months),
                needed=words.count(ENOUGH),
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
        "forecasts": words.count(ours["forecasts"]),
    }
    better = ours["wape"] < rival["wape"]
    if np.isnan(ours["coverage"]):
        return Finding(words.gettext(BETTER if better else NO_BETTER, **values))
    values["held"] = words.percent(f"{ours['coverage'] * 100:.0f}")
    return Finding(words.gettext(BETTER_IN_BAND if better else NO_BETTER_IN_BAND, **values))


BETTER, NO_BETTER, BETTER_IN_BAND, NO_BETTER_IN_BAND = (
    message(
        "{title} by {method} has been off by {error}, better than its best rival, {rival}, with "
        "{other} ({forecasts} forecasts of past months)."
    ),
    message(
        "{title} by {method} has been off by {error}, no better than its best rival, {rival}, with "
        "{other} ({forecasts} forecasts of past months)."
    ),
    message(
        "{title} by {method} has been off by {error}, better than its best rival, {rival}, with "
        "{other}; its {level} band held {held} ({forecasts} forecasts of past months)."
    ),
    message(
        "{title} by {method} has been off by {error}, no better than its best rival, {rival}, with "
        "{other}; its {level} band held {held} ({forecasts} forecasts of past months)."
    ),
)


def error_scale(made: Made) -> Scale:
    """Estimate how errors grow with the months ahead and, for amounts, with the forecast.

    Parameters
    ----------
    made
        Of every past forecast: months ahead, the outcome, the forecast.

    Returns
    -------
    callable
        Of months ahead and forecasts; the relative size of their errors. A forecast counts as
        at least a twentieth of the mean outcome.
    """
    months, actual, expected = made
    power = growth(months, actual - expected)
    least = 0.05 * np.abs(actual).mean()
    relative = bool((actual >= 0).all() and least > 0)

    def scale(ahead: Any, forecasts: Series) -> Series:
        size = np.maximum(forecasts, least) if relative else 1.0
        return np.asarray(ahead**power * size, dtype=np.float64)

    return scale


def band(made: Made, level: float, forecasts: Series) -> tuple[Series, Series]:
    """Return low and high of the band around forecasts one, two, … months ahead."""
    months, actual, expected = made
    scale = error_scale(made)
    width = spread(actual - expected, scale(months, expected), level)
    half = width * scale(np.arange(1, len(forecasts) + 1), forecasts)
    floor = 0.0 if (actual >= 0).all() else -np.inf
    return np.maximum(forecasts - half, floor), forecasts + half


def _coverage(made: Made, level: float, n: int) -> float:
    """Return the share of outcomes within the band drawn from the errors known at each origin."""
    months, actual, expected = made
    origins = np.cumsum(months == 1) - 1
    origins += n - 1 - origins[-1]
    inside = []
    for origin in np.unique(origins):
        known, now = origins + months <= origin, origins == origin
        if known.sum() >= BAND_FROM:
            past = (months[known], actual[known], expected[known])
            low, high = band(past, level, expected[now])
            inside.append((actual[now] >= low) & (actual[now] <= high))
    return float(np.concatenate(inside).mean()) if inside else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
