"""Forecasts of a metric with their bands: the weighted mean of five simple methods."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.forecasts.bands import bands, scale_of
from revkit.analysis.forecasts.history import (
    RHYTHMS,
    Past,
    Rhythm,
    past_of,
    periods_ahead,
    rhythm,
)
from revkit.analysis.forecasts.origins import Pooled, pooled
from revkit.analysis.forecasts.parts import Parts, coherent, of_few
from revkit.analysis.forecasts.seasons import Series
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of
from revkit.catalogue import find
from revkit.dataset.argument import company
from revkit.errors import ParameterError
from revkit.language import Language, message

if TYPE_CHECKING:
    from revkit.analysis.forecasts.coverage import Coverage
    from revkit.dataset import Dataset

NO_ROWS = np.empty(0)

OURS = message("weighted mean of five methods")

LEVELS = (0.5, 0.8, 0.95)

USUAL = 0.8
"""The level that sentences are about, if it is among those asked for."""


@dataclass(frozen=True)
class Forecast:
    """A metric's complete periods and, when they are enough, the periods ahead.

    Parameters
    ----------
    history
        period, value: the complete periods, from the first that is not zero or undefined.
    ahead
        period, value, low, high: one row a period ahead; none when `missing` is not zero. With
        several levels also the ends of each, such as low_50, high_50, low_95, high_95.
    level
        Share of outcomes the band between low and high is to hold.
    quantity
        What the values are, and the language of the sentences.
    method
        The name of the method, in English.
    rhythm
        How many periods are needed, and how they are written.
    parts
        The dimension, period, value, low, high: the same by group, when a group was asked for.
        Of a metric that adds up, the parts are the whole's forecast to the last digit.
    coverage
        Of a forecast from the pipeline, how far open deals cover what is still to be won.
    """

    history: pd.DataFrame
    ahead: pd.DataFrame
    level: float
    quantity: Quantity
    method: str = OURS
    rhythm: Rhythm = field(default_factory=lambda: RHYTHMS["month"])
    parts: pd.DataFrame = field(default_factory=pd.DataFrame)
    coverage: Coverage | None = None

    @property
    def missing(self) -> int:
        """Complete periods still to come before there is a forecast; 0 when there is one."""
        return max(0, self.rhythm.enough - len(self.history))

    @property
    def words(self) -> Language:
        """The language of the sentences and charts."""
        return self.quantity.words

    def say(self, text: str, /, **values: str) -> Finding:
        """Return a sentence with the title, the method and the number of complete periods."""
        words = self.words
        past = counted(len(self.history), self.rhythm.complete, words)
        common = {
            "title": self.quantity.title,
            "method": words.gettext(self.method),
            "past": past,
        }
        return Finding(words.gettext(text, **common, **values))

    @property
    def finding(self) -> Finding:
        """The last period ahead with its band, or the reason there is none."""
        if self.missing:
            few = message(
                "{title} cannot be forecast yet: it has {past}, and {needed} are needed for a "
                "band that holds what it says."
            )
            return self.say(few, needed=self.words.count(self.rhythm.enough))
        row = self.ahead.iloc[-1]
        ahead = message(
            "{title} in {month} is forecast at {value} ({level} band {span}; {method}, from "
            "{past})."
        )
        return self.say(
            ahead,
            month=period_of(self.history, row["period"], self.words),
            value=self.quantity.text(row["value"]),
            level=self.words.level(self.level),
            span=self.quantity.span(row["low"], row["high"]),
        )

    @property
    def caution(self) -> Finding:
        """The lower end of the band in the last period ahead, as the amount to plan on."""
        if self.missing:
            return self.finding
        row, below = self.ahead.iloc[-1], (1 - self.level) / 2
        low = message(
            "where a shortfall would hurt, count on {low} rather than {value} for {month}; about "
            "{share} of outcomes lie below."
        )
        return self.say(
            low,
            low=self.quantity.text(row["low"]),
            value=self.quantity.text(row["value"]),
            month=period_of(self.history, row["period"], self.words),
            share=self.words.percent(f"{below * 100:.0f}"),
        )

    @property
    def total(self) -> Finding:
        """The sum of the periods ahead, for a metric that is a flow."""
        if self.missing:
            return self.finding
        first, last = self.ahead["period"].iloc[0], self.ahead["period"].iloc[-1]
        total = message("{title} from {first} to {last} is forecast at {value} in all ({method}).")
        return self.say(
            total,
            first=period_of(self.history, first, self.words),
            last=period_of(self.history, last, self.words),
            value=self.quantity.text(float(self.ahead["value"].sum())),
        )

    @property
    def covered(self) -> Finding:
        """The coverage of what is still to be won, of a forecast from the pipeline."""
        if self.missing or self.coverage is None:
            return self.finding
        return self.coverage.finding(self.history, self.quantity)

    @property
    def to_create(self) -> Finding:
        """The part of a forecast from the pipeline that deals not created yet must bring."""
        if self.missing or "later" not in self.ahead:
            return self.finding
        first, last = self.ahead["period"].iloc[0], self.ahead["period"].iloc[-1]
        value, later = float(self.ahead["value"].sum()), float(self.ahead["later"].sum())
        share = later / value * 100 if value > 0 else 0.0
        created = message(
            "of the {value} forecast from {first} to {last}, {later} ({share}) must come from "
            "deals that are not created yet."
        )
        return self.say(
            created,
            first=period_of(self.history, first, self.words),
            last=period_of(self.history, last, self.words),
            value=self.quantity.text(value),
            later=self.quantity.text(later),
            share=self.words.percent(f"{share:.0f}"),
        )


def forecast(
    data: Dataset,
    metric: str,
    *,
    horizon: int = 6,
    level: float | Sequence[float] = LEVELS,
    period: str = "month",
    by: str | None = None,
    past: int | None = None,
    language: str | None = None,
) -> Forecast:
    """Forecast a metric by the weighted mean of five simple methods, in bands of past errors.

    Parameters
    ----------
    data
        The company.
    metric
        Name of a metric, such as ``"mrr"`` or ``"won_amount"``.
    horizon
        Periods ahead, counted from the last complete one. A period that has begun is the first:
        what is known of it is kept, and the rest of it is forecast.
    level
        Share of outcomes a band is to hold, or several; low and high are those of 0.8 if it is
        among them, else of the first.
    period
        "month", "week" or "quarter".
    by
        A dimension: `parts` then has the forecasts of its groups.
    past
        Complete periods to learn from; older ones say little about the company of today. 60
        months, 156 weeks or 24 quarters when omitted.
    language
        Of its sentences and its chart: "en" or "it"; the default one when omitted.

    Returns
    -------
    Forecast
        Without periods ahead, and saying so, when fewer than 18 months, 40 weeks or 10 quarters
        are complete.

    Raises
    ------
    ParameterError
        When `metric` is no metric, `horizon` is below 1, a level not between 0 and 1, `period`
        none of the three, or there is no such language.

    Notes
    -----
    The methods are Theta, smoothing with a damped and with a free trend, drift, and what is added
    each period added up. Each forecasts the past from every earlier origin, and weighs more the
    less it was off. The season is taken out first, from two years on. How that compares with
    others, and what the bands held: docs/forecasts.md. Bands keep to the range of the metric.

    Examples
    --------
    >>> outlook = forecast(example("retention"), "mrr", horizon=2)
    >>> outlook.missing > 0
    True
    """
    where = "rk.forecast"
    levels, past = forecast_arguments(data, where, metric, horizon, level, period, past)
    if by is not None:
        check.text(by, "by", where, example="segment")
    pace = rhythm(data, period, where)
    whole = past_of(data, metric, period, past, language=language)[None]
    main = main_level(levels)
    if len(whole.rows) < pace.enough:
        nothing = none_ahead(whole.rows, whole.quantity, period, levels)
        return Forecast(whole.rows, nothing, main, whole.quantity, rhythm=pace)
    made = pooled(whole.values, horizon, pace.cycle, pace.first)
    expected = _with_what_is_known(made, whole, metric)
    parts: Parts = {}
    if by is not None:
        asked = find(metric)
        for key, of in past_of(data, metric, period, past, by=by).items():
            if len(of.rows) >= pace.enough:
                of_group = pooled(of.values, horizon, pace.cycle, pace.first)
            elif len(of.rows):
                of_group = of_few(of, horizon, balance=asked.balance)
            else:
                continue
            parts[key] = of, of_group, _with_what_is_known(of_group, of, metric)
        if asked.additive:
            parts = coherent(whole, expected, parts)
    ahead = _rows(metric, whole, made, expected, levels, main, period)
    ahead.attrs = ahead_attrs(whole.quantity, main)
    tables = [
        _rows(metric, one, of_one, now, levels, main, period, key=(str(by), key))
        for key, (one, of_one, now) in parts.items()
    ]
    groups = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    groups.attrs = ahead_attrs(whole.quantity, main)
    return Forecast(whole.rows, ahead, main, whole.quantity, rhythm=pace, parts=groups)


def _with_what_is_known(made: Pooled, past: Past, metric: str) -> Series:
    """Return the forecasts, with what is known of the first period, within the metric's range."""
    asked, now = find(metric), made.expected
    if past.under_way is not None:
        now = past.under_way.completed(now, float(past.values[-1]), asked)
    return np.asarray(np.clip(now, *asked.limits), dtype=np.float64)


def _rows(
    metric: str,
    past: Past,
    made: Pooled,
    expected: Series,
    levels: tuple[float, ...],
    main: float,
    period: str,
    *,
    key: tuple[str, Any] | None = None,
) -> pd.DataFrame:
    """Return the periods ahead with their forecasts and bands, of the whole or of a group."""
    asked = find(metric)
    scale = scale_of(past.values, asked.limits, balance=asked.balance)
    known = 0.0 if past.under_way is None else past.under_way.share
    ends = bands(made.settled, expected, scale, levels, known=known)
    ahead = periods_ahead(past.rows, len(expected), period)
    ahead["value"] = expected
    ahead = with_bands(ahead, ends, main)
    if key is not None:
        ahead.insert(0, key[0], key[1])
    return ahead


def main_level(levels: tuple[float, ...]) -> float:
    """Return the level that sentences are about: 0.8 if it is among those given, else the first.

    >>> main_level((0.95, 0.5))
    0.95
    """
    return USUAL if USUAL in levels else levels[0]


def with_bands(
    ahead: pd.DataFrame, ends: dict[float, tuple[Series, Series]], main: float
) -> pd.DataFrame:
    """Return periods ahead with low and high of the main level and, if several, of each."""
    columns = {"low": ends[main][0], "high": ends[main][1]}
    if len(ends) > 1:
        for level, (low, high) in ends.items():
            columns |= {f"low_{100 * level:.12g}": low, f"high_{100 * level:.12g}": high}
    return ahead.assign(**columns)


def forecast_arguments(
    data: Dataset,
    where: str,
    metric: str,
    horizon: int,
    level: float | Sequence[float],
    period: str,
    past: int | None,
) -> tuple[tuple[float, ...], int]:
    """Refuse arguments that no forecast can be made with; return the levels and the past."""
    company(data, where)
    check.text(metric, "metric", where, example="mrr")
    check.choice(period, "period", where, known=tuple(RHYTHMS))
    check.whole(horizon, "horizon", where, what=f"number of {period}s")
    given: Any = level if isinstance(level, (list, tuple)) else (level,)
    if not given:
        raise ParameterError.unfit(
            "level", level, where=where, needed="a number between 0 and 1", example="0.8"
        )
    fractions = [check.fraction(one, "level", where, example=0.8) for one in given]
    levels = tuple(dict.fromkeys(fractions))
    if past is None:
        return levels, RHYTHMS[period].past
    return levels, check.whole(past, "past", where, what=f"number of {period}s", example=60)


def none_ahead(
    rows: pd.DataFrame,
    what: Quantity,
    period: str,
    levels: tuple[float, ...],
    sources: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the table of a forecast that there is not: its columns, and no period."""
    ahead = periods_ahead(rows, 0, period).assign(**dict.fromkeys(sources, NO_ROWS))
    none = with_bands(ahead, dict.fromkeys(levels, (NO_ROWS, NO_ROWS)), main_level(levels))
    none.attrs = ahead_attrs(what, main_level(levels))
    return none


def ahead_attrs(what: Quantity, level: float) -> dict[Hashable | None, Any]:
    """Return the titles and units by which a table of periods ahead is written."""
    unit = "share" if what.percent else what.unit.partition("/")[0]
    return {
        "currency": what.currency,
        "level": level,
        "band": message("{level} band"),
        "titles": {
            "period": message("Month"),
            "value": message("Forecast"),
            "won": message("Won so far"),
            "open": message("From open deals"),
            "later": message("From deals to come"),
            "renewals": message("Renewals among them"),
        },
        "units": dict.fromkeys(("value", "low", "high", "won", "open", "later", "renewals"), unit),
    }
