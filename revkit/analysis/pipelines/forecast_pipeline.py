"""Forecasts of the amount won: won so far, from the deals open now, and from those to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.forecasts.accuracy import errors_of
from revkit.analysis.forecasts.bands import bands, scale_of
from revkit.analysis.forecasts.coverage import coverage
from revkit.analysis.forecasts.forecast import (
    LEVELS,
    USUAL,
    Forecast,
    ahead_attrs,
    forecast_arguments,
    main_level,
    none_ahead,
    with_bands,
)
from revkit.analysis.forecasts.forecast import OURS as POOLED
from revkit.analysis.forecasts.history import RHYTHMS, periods_ahead
from revkit.analysis.forecasts.methods import Method, seasonal_naive
from revkit.analysis.forecasts.origins import Record, pooled, record
from revkit.analysis.on_record import on_record
from revkit.analysis.pipelines.model import ORIGIN_FROM, PipelineModel
from revkit.analysis.pipelines.snapshots import notes, open_by, snapshots
from revkit.analysis.writing.formatting import Quantity, groups, quantity
from revkit.catalogue import find
from revkit.dataset.argument import company
from revkit.errors import ParameterError
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

OURS = message("open deals and those to come")

SOURCES = ("won", "open", "later", "renewals")
"""The columns that a forecast adds up from; renewals are among the later ones."""

LIMITS = (0.0, np.inf)


def forecast_pipeline(
    data: Dataset,
    *,
    horizon: int = 3,
    level: float | Sequence[float] = LEVELS,
    by: str | None = None,
    target: float | None = None,
    past: int | None = None,
    language: str | None = None,
) -> Forecast:
    """Forecast the amount won by month from the deals open now and those not yet created.

    Parameters
    ----------
    data
        A company with opportunities; with opportunity_history open deals are told apart by their
        stage and expected close, without it by kind and age alone.
    horizon
        Months ahead, counted from the last complete month; a month that has begun is the first.
    level
        Share of outcomes a band is to hold, or several.
    by
        A dimension of opportunities, such as "rep", "rep.team" or "segment": `parts` then has the
        same by group.
    target
        The amount to be won in the months ahead; the sum of their quotas when omitted.
    past
        Months to learn from; 60 when omitted.
    language
        Of its sentences and its chart: "en" or "it"; the default one when omitted.

    Returns
    -------
    Forecast
        `ahead` has, beside value, low and high, what value adds up from: `won` (so far, of a month
        that has begun), `open` (of deals open now) and `later` (of deals not yet created), and of
        the last the `renewals`. `coverage` has the target, what is won of it, the amount of open
        deals that are due in these months, and value: the last over what is still needed, NaN with
        a reason where there is no target. Without months ahead, and saying so, when fewer than 18
        months are complete.

    Notes
    -----
    Of deals of a kind that were open on the same day of earlier months, expected to close as far
    ahead, in the same stage and of the same age, a share of the amount was won 1, 2, … months
    later; groups of few deals are drawn towards coarser ones. Deals not yet created: renewals by
    the MRR of terms that end, all others along a line through what such deals brought in 24
    months. Bands are of past errors, those of groups from the chance of each deal and a factor
    that all share. Measured on 40 made-up companies: docs/forecasts.md.
    """
    where = "rk.forecast_pipeline"
    levels, past = forecast_arguments(data, where, "won_amount", horizon, level, "month", past)
    if by is not None:
        check.text(by, "by", where, example="segment")
        if by in SOURCES:
            raise ParameterError.reserved(by, where=where)
    if target is not None:
        target = check.positive(target, "target", where, example=1_000_000)
    data = on_record(data, "opportunities")
    pace, main = RHYTHMS["month"], main_level(levels)
    model = PipelineModel(snapshots(data, horizon, past))
    history = _history(model, data)
    what = _won_amount(data, language)
    if len(history) < pace.enough:
        nothing = none_ahead(history, what, "month", levels, SOURCES)
        return Forecast(history, nothing, main, what, OURS, rhythm=pace)
    won, opened, later = model.expected(len(model.seen.months) - 1)
    ahead = periods_ahead(history, horizon, "month")
    ahead["won"], ahead["open"], ahead["later"] = won, opened, later
    ahead["renewals"] = model.of_renewals(len(model.seen.months) - 1)
    ahead["value"] = won + opened + later
    scale = scale_of(model.seen.won, LIMITS, balance=False)
    expected = ahead["value"].to_numpy(dtype=np.float64)
    ends = bands(model.record, expected, scale, levels)
    ends = {at: (np.maximum(low, won), high) for at, (low, high) in ends.items()}  # won for good
    ahead = with_bands(ahead, ends, main)
    ahead.attrs = ahead_attrs(what, main)
    covered = coverage(data, pd.DatetimeIndex(ahead["period"]), float(won.sum()), target)
    made = Forecast(history, ahead, main, what, OURS, rhythm=pace, coverage=covered)
    if by is None:
        return made
    return replace(made, parts=_parts(data, model, made, by, levels))


def _parts(
    data: Dataset, model: PipelineModel, whole: Forecast, by: str, levels: tuple[float, ...]
) -> pd.DataFrame:
    """Return the forecast of each group of a dimension, which add up to the whole.

    Open deals are of the group that has them; later ones are shared out as what was won in the
    last twelve months. A group errs by the chance of each of its deals, later ones by their usual
    size, and by a factor that all groups share, as large as the whole's past errors leave for it;
    where chance alone would make larger errors than the whole's have been, by that much less.
    """
    from scipy.special import ndtri

    now, horizon = len(model.seen.months) - 1, len(whole.ahead)
    cells, won = open_by(data, by, horizon), _won_by(data, by)
    of_year = won[won.index.isin(whole.history["period"].tail(12))].sum()
    share = of_year / of_year.sum() if of_year.sum() > 0 else of_year
    so_far = won[~won.index.isin(whole.history["period"])].sum() * (1 - model.seen.lag)
    later = whole.ahead["later"].to_numpy(dtype=np.float64)
    rest = (whole.ahead["value"] - whole.ahead["won"]).to_numpy(dtype=np.float64)
    errors = model.record.errors
    squared = np.nanmean(np.square(errors), axis=0) if len(errors) else np.zeros(horizon)
    rates = model.rates(now)
    of_chance = model.of_open(cells, rates)[1] + later * model.seen.lump
    fit = np.minimum(1.0, squared / np.maximum(of_chance, 1.0))  # no more than past errors show
    common = np.sqrt(np.maximum(squared - of_chance, 0.0)) / np.maximum(rest, 1.0)
    tables = []
    for group in sorted({*cells["group"], *share.index}):
        opened, chance = model.of_open(cells[cells["group"] == group], rates)
        already = np.zeros(horizon)
        already[:1] = so_far.get(group, 0.0)
        of_later = later * share.get(group, 0.0)
        to_come = opened + of_later
        size = np.sqrt(np.square(common * to_come) + fit * (chance + of_later * model.seen.lump))
        part = pd.DataFrame({by: group, "period": whole.ahead["period"], "won": already})
        part["open"], part["later"] = opened, to_come - opened
        part["value"] = already + to_come
        steps = {level: size * ndtri((1 + level) / 2) for level in levels}
        ends = {
            level: (already + np.maximum(to_come - step, 0.0), already + to_come + step)
            for level, step in steps.items()
        }
        tables.append(with_bands(part, ends, whole.level))
    found = pd.concat(tables, ignore_index=True)
    found.attrs = dict(whole.ahead.attrs)
    return found


def backtest_pipeline(
    data: Dataset, *, horizon: int = 3, level: float = USUAL, past: int | None = None
) -> pd.DataFrame:
    """Forecast every past month from the pipeline as it was, beside forecasts that others make.

    Parameters
    ----------
    data, horizon, level, past
        As of :func:`forecast_pipeline`.

    Returns
    -------
    pandas.DataFrame
        One row a method, the columns of :func:`revkit.backtest`: open deals and those to come; the
        weighted mean of five methods and the same month a year before, which ignore the pipeline;
        the mean of the last three months; and, with history and probabilities, what a CRM shows:
        the probability of each stage times the amounts expected to close in the month. No rows
        when too few months are complete.
    """
    where = "rk.backtest_pipeline"
    company(data, where)
    level = check.fraction(level, "level", where, example=USUAL)
    _, past = forecast_arguments(data, where, "won_amount", horizon, level, "month", past)
    data = on_record(data, "opportunities")
    pace = RHYTHMS["month"]
    model = PipelineModel(snapshots(data, horizon, past))
    values = model.complete
    scale = scale_of(values, LIMITS, balance=False)
    made = {}
    if len(values) >= pace.enough:
        made = {OURS: model.record, **_rivals(model, pace.cycle)}
    return errors_of(made, values, scale, level, _won_amount(data), pace)


def _rivals(model: PipelineModel, cycle: int) -> dict[str, Record]:
    """Return the records of forecasts that ignore the pipeline, and of a CRM's percentages."""
    values, horizon = model.complete, model.seen.later.shape[1]
    first = ORIGIN_FROM + model.seen.lag
    if len(values) <= first:
        return {}

    def of(method: Method) -> Record:
        return record(values, method, horizon, first)

    rivals = {
        POOLED: pooled(values, horizon, cycle, first).record,
        message("seasonal naive"): of(lambda known, h: seasonal_naive(known, h, cycle)),
        message("mean of the last three months"): of(
            lambda known, h: np.full(h, known[-3:].mean())
        ),
    }
    promised = model.promised
    if promised.any():
        outcomes = model.record.outcomes
        rivals[message("CRM percentages")] = Record(
            outcomes, promised[ORIGIN_FROM:][: len(outcomes)]
        )
    return rivals


def _history(model: PipelineModel, data: Dataset) -> pd.DataFrame:
    months = model.seen.months[: len(model.complete)]
    history = pd.DataFrame({"period": months, "value": model.complete})
    history.attrs = {"period": "month", "notes": notes(data)}
    return history


def _won_by(data: Dataset, by: str) -> pd.DataFrame:
    """Return the amount won by month of the calendar (rows) and group (columns)."""
    plain = data.with_policy(replace(data.policy, calendar=None, year_ends=None))
    won = find("won_amount")(plain, by=by, period="month")
    column = groups(won)[0]
    return won.pivot_table(index="period", columns=column, values="value", aggfunc="sum")


def _won_amount(data: Dataset, language: str | None = None) -> Quantity:
    frame = pd.DataFrame()
    frame.attrs = {"metric": "won_amount", "currency": data.currency}
    return quantity(frame, language)
