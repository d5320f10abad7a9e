"""Calibration: the share of open deals that was won, by the chance they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.pipelines.model import ORIGIN_FROM, PipelineModel
from revkit.analysis.pipelines.snapshots import KEYS, UNPRICED, at_month_end, notes, snapshots
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import NOTHING, Finding
from revkit.dataset.argument import company
from revkit.language import language as spoken
from revkit.language import message
from revkit.statistics.intervals import wilson

if TYPE_CHECKING:
    from revkit.dataset import Dataset

EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def calibration(data: Dataset, *, horizon: int = 3, past: int = 60) -> pd.DataFrame:
    """Return what share of open deals was won within some months, by the chance they were given.

    Parameters
    ----------
    data
        A company with opportunities; the chances are those of :func:`revkit.forecast_pipeline`,
        each given at the end of a past month from what was known then.
    horizon
        Months ahead.
    past
        Months to go back.

    Returns
    -------
    pandas.DataFrame
        One row a class of chances that any deal with an amount had: `from`, `to`, deals, amount,
        expected (share of it), value (share of it won), low and high (Wilson, 95 %, of the deals
        over the months ahead, as one that stays open is seen again every month).

    Raises
    ------
    TableError
        When opportunities are not loaded.
    """
    where = "rk.calibration"
    company(data, where)
    check.whole(horizon, "horizon", where, what="number of months")
    check.whole(past, "past", where, what="number of months", example=60)
    seen = snapshots(at_month_end(data), horizon, past)
    model = PipelineModel(seen)
    cells = seen.cells[~seen.cells["kind"].str.endswith(UNPRICED)]
    given = [
        _given(model, cells[cells["taken"] == origin], origin)
        for origin in range(ORIGIN_FROM, len(seen.months) - horizon)
    ]
    rows = pd.concat(given) if given else pd.DataFrame(columns=["chance", "size", "gain", "deals"])
    place = np.clip(np.searchsorted(EDGES, rows["chance"], side="right") - 1, 0, len(EDGES) - 2)
    rows = rows.assign(place=place, expected=rows["chance"] * rows["size"])
    sums = rows.groupby("place")[["deals", "size", "expected", "gain"]].sum()
    deals = sums["deals"].to_numpy(dtype=np.float64)
    won = (sums["gain"] / sums["size"]).clip(0, 1).to_numpy(dtype=np.float64)
    low, high = wilson(won, np.maximum(deals / max(1, horizon), 1.0), 0.95)
    table = pd.DataFrame(
        {
            "from": [EDGES[at] for at in sums.index],
            "to": [EDGES[at + 1] for at in sums.index],
            "deals": deals.astype(np.int64),
            "amount": sums["size"].to_numpy(dtype=np.float64),
            "expected": (sums["expected"] / sums["size"]).to_numpy(),
            "value": won,
            "low": low,
            "high": high,
        }
    )
    table.attrs = {
        "currency": data.currency,
        "notes": notes(data),
        "titles": {
            "from": message("Chance from"),
            "to": message("to"),
            "expected": message("Expected"),
            "value": message("Won of them"),
        },
        "units": {
            "amount": "money",
            **dict.fromkeys(("from", "to", "expected", "value", "low", "high"), "share"),
        },
        "horizon": horizon,
    }
    return table


def chances(table: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say what share of open amounts was expected to be won, and what share was.

    Parameters
    ----------
    table
        What :func:`calibration` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    columns = ("amount", "expected", "value")
    check.result(table, "table", "rk.say.chances", columns=columns, source="rk.calibration")
    words = spoken(language)
    amount = table["amount"].sum()
    if not amount > 0:
        return Finding(words.gettext(NOTHING), quiet=True)
    expected, won = ((table[name] * table["amount"]).sum() / amount for name in columns[1:])
    text = message(
        "of the amount open at a month's end {expected} was expected to be won within {months}, "
        "and {won} was."
    )
    return Finding(
        words.gettext(
            text,
            expected=words.percent(f"{expected * 100:.1f}"),
            won=words.percent(f"{won * 100:.1f}"),
            months=counted(table.attrs["horizon"], "months", words),
        )
    )


def _given(model: PipelineModel, cells: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Return open deals with the chance given to them at an origin, and what came of them."""
    chances = model.rates(origin).sum(axis=1)
    groups = pd.MultiIndex.from_frame(cells[list(KEYS)])
    chance = chances.reindex(groups).to_numpy(dtype=np.float64)
    return cells[["deals", "size", "gain"]].assign(chance=np.clip(chance, 0, 1))
