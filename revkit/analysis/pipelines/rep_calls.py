"""Reps whose forecasts differ from what they win, by more than chance and beside the others'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit import derived
from revkit.analysis.pipelines.calls import FEW
from revkit.analysis.pipelines.snapshots import notes
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.dataset.argument import company
from revkit.derived.opportunities.forecasts import DAYS, KINDS
from revkit.errors import ParameterError
from revkit.language import language as spoken
from revkit.language import message
from revkit.periods import Calendar
from revkit.statistics import family

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.dataset import Dataset


ALIKE = message("no rep's forecasts differ from the others' by more than chance.")

CALLS = (message("too little"), message("too much"))

TEXTS = {
    CALLS[0]: message("{reps} forecast less than they won, and less than the others do."),
    CALLS[1]: message("{reps} forecast more than they won, and more than the others do."),
}

BELOW = message("All reps together forecast {share} less than they won.")

ABOVE = message("All reps together forecast {share} more than they won.")


def rep_calls(data: Dataset, *, forecast: str = "commit", days: int = 30) -> pd.DataFrame:
    """Return by how much each rep's forecasts differ from what was won, beside the others'.

    Parameters
    ----------
    data
        A company with opportunities and opportunity_history, or forecasts among its targets.
    forecast
        "commit", "best_case" or "weighted".
    days
        Before the end of the quarter: 30, 60 or 90.

    Returns
    -------
    pandas.DataFrame
        One row a rep, the lowest first: rep, quarters, amount forecast, won, value (the bias:
        forecast over won, less 1), low and high of it (95 % for all reps at once, none with fewer
        than 4 quarters), likely (the bias drawn towards that of all by as much as the rep's
        quarters differ among themselves; NaN where there is no interval), calls ("too little"
        where the bias lies below both zero and that of all reps, "too much" where it lies above
        both, so clearly that a report may claim it; else empty).

    Raises
    ------
    ParameterError
        When `forecast` or `days` is none of these.
    """
    from ibis import _
    from scipy.special import stdtrit

    where = "rk.rep_calls"
    company(data, where)
    check.choice(forecast, "forecast", where, known=KINDS)
    check.whole(days, "days", where, what="number of days", example=30)
    if days not in DAYS:
        raise ParameterError.out_of_range("days", days, "30, 60 or 90")
    made = derived.table(data, "forecasts", Calendar("quarter")).filter(
        _.forecast == forecast, _.days == days, ~_.is_rollup, _.amount.notnull()
    )
    rows = made.filter(_.rep_id.notnull()).select("rep_id", "due_on", "amount", "won").execute()
    rows = rows.sort_values(["rep_id", "due_on"]).assign(rep=rows["rep_id"])
    if "reps" in data and "name" in data.columns("reps"):
        names = data.table("reps").select("rep_id", "name").execute().set_index("rep_id")["name"]
        rows["rep"] = rows["rep_id"].map(names).fillna(rows["rep_id"])
    every = rows["amount"].sum() / rows["won"].sum() - 1 if rows["won"].sum() > 0 else np.nan
    table = pd.DataFrame(
        [_of_rep(of) for _rep, of in rows.groupby("rep_id", sort=True)],
        columns=["rep", "quarters", "amount", "won", "value", "variance"],
    )
    judged = table["variance"].notna()
    reach = stdtrit(
        np.maximum(table["quarters"] - 1, 1), 1 - 0.025 / max(1, int(judged.sum()))
    ) * np.sqrt(table["variance"])
    table["low"], table["high"] = np.maximum(table["value"] - reach, -1), table["value"] + reach
    gaps = np.square(table["value"] - every)[judged]
    between = max(0.0, float((gaps - table["variance"][judged]).mean())) if judged.any() else 0.0
    kept = between / (between + table["variance"])
    table["likely"] = every + kept * (table["value"] - every)
    # Whoever forecasts what is won is right, however far off the others are.
    ends = min(every, 0.0), max(every, 0.0)
    wrong = [ends[0] - table["value"], table["value"] - ends[1]]
    clear = [_clear(gap, table, int(judged.sum())) for gap in wrong]
    table["calls"] = np.select(clear, [*CALLS], default="")
    table = (
        table.sort_values(["likely", "value", "rep"])
        .reset_index(drop=True)
        .drop(columns="variance")
    )
    table.attrs = {
        "currency": data.currency,
        "notes": notes(data),
        "bias": every,
        "titles": {
            "amount": message("Forecast"),
            "value": message("Bias"),
            "likely": message("Likely bias"),
        },
        "translated": ("calls",),
        "units": {
            "amount": "money",
            "won": "money",
            **dict.fromkeys(("value", "low", "high", "likely"), "share"),
        },
    }
    return table


def _clear(gap: pd.Series, table: pd.DataFrame, reps: int) -> NDArray[np.bool_]:
    """Report whose forecasts are off by a gap, so clearly that a report may claim it of one."""
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        off = gap.to_numpy(float) / np.sqrt(table["variance"].to_numpy(float))
    p = 2 * stdtr(np.maximum(table["quarters"] - 1, 1), -np.abs(off)) * reps
    return np.asarray((off > 0) & (p * family.TESTS <= family.LEVEL))


def _of_rep(rows: pd.DataFrame) -> tuple[str, int, float, float, float, float]:
    """Return a rep's quarters, forecast, won, bias and its variance, by linearised residuals."""
    amount, won = rows["amount"].to_numpy(float), rows["won"].to_numpy(float)
    rep, total = str(rows["rep"].iloc[0]), won.sum()
    n = int(((amount > 0) | (won > 0)).sum())
    if total <= 0:
        return rep, n, amount.sum(), total, np.nan, np.nan
    ratio = amount.sum() / total
    spread = np.square(amount - ratio * won).sum() * n / max(1, n - 1) / total**2
    told = n >= FEW and spread > 0  # quarters that are all alike tell nothing of chance
    return rep, n, amount.sum(), total, ratio - 1, spread if told else np.nan


def callers(table: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say by how much all reps are off together, and which surely are beside them.

    Parameters
    ----------
    table
        What :func:`rep_calls` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    columns = ("rep", "value", "calls")
    check.result(table, "table", "rk.say.callers", columns=columns, source="rk.rep_calls")
    words = spoken(language)
    bias = Quantity("", "", "share", words=words)
    named: dict[str, list[str]] = {}
    for rep, value, calls in table[[*columns]].itertuples(index=False):
        named.setdefault(calls, []).append(f"{rep} ({bias.text(value)})")
    said = [
        words.gettext(text, reps=words.list(named[calls]))
        for calls, text in TEXTS.items()
        if calls in named
    ]
    if not said:
        return Finding(words.gettext(ALIKE), quiet=True)
    every = table.attrs["bias"]
    together = words.gettext(BELOW if every < 0 else ABOVE, share=bias.text(abs(every)))
    return Finding(" ".join([together, *said]))
