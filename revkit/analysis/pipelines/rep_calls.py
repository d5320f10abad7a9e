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
from revkit.dataset.argument import company
from revkit.derived.opportunities.forecasts import DAYS, KINDS
from revkit.errors import ParameterError
from revkit.language import language as spoken
from revkit.language import message
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.dataset import Dataset


ALIKE = message("no rep's forecasts differ from the others' by more than chance.")

CALLS = (message("too little"), message("too much"))


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
        quarters differ among themselves), calls ("too little" or "too much" where the interval
        leaves out the bias of all reps, else empty).

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
    kept = (between / (between + table["variance"]).where(lambda total: total > 0, 1.0)).fillna(0)
    table["likely"] = every + kept * (table["value"] - every)
    table["calls"] = np.select([table["high"] < every, table["low"] > every], [*CALLS], default="")
    table = table.sort_values(["likely", "rep"]).reset_index(drop=True).drop(columns="variance")
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
    """Say which reps forecast too little or too much, beside all reps, if any surely do.

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
    texts = {
        CALLS[0]: message("{reps} forecast less, of what they win, than the others do."),
        CALLS[1]: message("{reps} forecast more, of what they win, than the others do."),
    }
    found = {calls: list(table.loc[table["calls"] == calls, "rep"]) for calls in texts}
    said = [
        words.gettext(texts[calls], reps=words.list(reps)) for calls, reps in found.items() if reps
    ]
    return Finding(" ".join(said)) if said else Finding(words.gettext(ALIKE), quiet=True)
