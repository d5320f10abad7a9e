"""Forecasts that people and CRMs made of past quarters, beside ours: how far off, how early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit import derived
from revkit.analysis.pipelines.forecast_pipeline import OURS
from revkit.analysis.pipelines.model import ORIGIN_FROM, PipelineModel
from revkit.analysis.pipelines.snapshots import at_month_end, notes, snapshots
from revkit.analysis.writing.finding import NOTHING, Finding
from revkit.dataset.argument import company
from revkit.derived.opportunities.forecasts import DAYS
from revkit.language import language as spoken
from revkit.language import message
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.dataset import Dataset

NAMES = {
    "commit": message("commit"),
    "best_case": message("best case"),
    "weighted": message("CRM percentages"),
}

EARLY = 60
"""Days before the end of a quarter that are told."""

FEW = 4
"""Quarters below which nothing is said of a rep."""


def backtest_calls(data: Dataset) -> pd.DataFrame:
    """Return how far off the forecasts of past quarters were, 90, 60 and 30 days before their end.

    Parameters
    ----------
    data
        A company with opportunities and opportunity_history, or forecasts among its targets.

    Returns
    -------
    pandas.DataFrame
        One row a method and number of days: method (open deals and those to come; commit and best
        case, as submitted or as categories of deals; CRM percentages), days before the end,
        quarters, wape (sum of errors over what was won) and bias (forecast over won, less 1), all
        of the same quarters, and of reps all of whose deals have an amount. Ours are from the end
        of the month 3, 2 and 1 before the quarter's, and none where quarters are of weeks.

    Raises
    ------
    TableError
        Without history and without submitted forecasts.
    """
    company(data, "rk.backtest_calls")
    made = _of_quarters(data)
    ours = _ours(data, made)
    both = pd.concat([ours, made], ignore_index=True)
    known = both.groupby(["method", "days"])["due_on"].agg(set)
    common = set.intersection(*known) if len(known) else set()
    both = both[both["due_on"].isin(common)]
    both["error"] = (both["amount"] - both["won"]).abs()
    names = [OURS, *NAMES.values()]
    sums = both.groupby(["method", "days"])[["amount", "won", "error"]].sum().reset_index()
    sums["quarters"] = len(common)
    sums["wape"] = sums["error"] / sums["won"]
    sums["bias"] = sums["amount"] / sums["won"] - 1
    place = sums["method"].map({name: at for at, name in enumerate(names)})
    sums = sums.assign(place=place).sort_values(["place", "days"], ascending=[True, False])
    table = sums[["method", "days", "quarters", "wape", "bias"]].reset_index(drop=True)
    table.attrs = {
        "currency": data.currency,
        "notes": notes(data),
        "titles": {"days": message("Days before the end"), "wape": message("WAPE")},
        "translated": ("method",),
        "units": {"wape": "share", "bias": "share"},
    }
    return table


def earliness(table: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say how far off this forecast and the team's commit were 60 days before quarters' ends.

    Parameters
    ----------
    table
        What :func:`backtest_calls` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    columns = ("method", "days", "quarters", "wape")
    check.result(table, "table", "rk.say.earliness", columns=columns, source="rk.backtest_calls")
    words = spoken(language)
    then = table[table["days"] == EARLY].set_index("method")
    if not {OURS, NAMES["commit"]} <= set(then.index) or then["quarters"].min() < FEW:
        return Finding(words.gettext(NOTHING), quiet=True)
    off = dict(zip(then.index, then["wape"].astype(float), strict=True))
    text = message(
        "{days} days before the end of a quarter this forecast was off by {ours} on average, "
        "commit by {commit} ({quarters} quarters)."
    )
    return Finding(
        words.gettext(
            text,
            days=words.count(EARLY),
            ours=words.percent(f"{off[OURS] * 100:.0f}"),
            commit=words.percent(f"{off[NAMES['commit']] * 100:.0f}"),
            quarters=words.count(int(then["quarters"].iloc[0])),
        )
    )


def _of_quarters(data: Dataset) -> pd.DataFrame:
    """Return what was forecast of each quarter by kind and days before its end, and won."""
    from ibis import _

    rows = derived.table(data, "forecasts", Calendar("quarter"))
    rows = rows.filter(~_.is_rollup, _.amount.notnull())
    sums = rows.aggregate(
        by=["forecast", "days", "due_on"], amount=_.amount.sum(), won=_.won.sum()
    ).execute()
    sums = sums[sums["won"] > 0]
    due = pd.to_datetime(sums["due_on"])
    found = sums.assign(method=sums["forecast"].map(NAMES), due_on=due)
    columns = ["method", "days", "due_on", "amount", "won"]
    rows_found: pd.DataFrame = found[columns].sort_values(columns[:3])
    return rows_found


def _ours(data: Dataset, made: pd.DataFrame) -> pd.DataFrame:
    """Return what :func:`revkit.forecast_pipeline` would have forecast of the same quarters."""
    model = PipelineModel(snapshots(at_month_end(data), 3, 60))
    months = () if data.policy.calendar else model.seen.months  # quarters of weeks end within them
    place = {month: at for at, month in enumerate(months)}
    won = made.groupby("due_on")["won"].max()
    rows = []
    for due_on, came in zip(pd.DatetimeIndex(won.index), won, strict=True):
        last = place.get(due_on.replace(day=1))
        for ahead, days in zip((1, 2, 3), DAYS, strict=True):
            if last is None or last - ahead < ORIGIN_FROM:
                continue
            origin = last - ahead
            so_far = model.seen.won[last - 2 : origin + 1].sum()
            rest = np.sum(model.expected(origin), axis=0)[:ahead].sum()
            rows.append((OURS, days, due_on, so_far + rest, came))
    return pd.DataFrame(rows, columns=["method", "days", "due_on", "amount", "won"])
