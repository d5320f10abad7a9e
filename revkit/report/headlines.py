"""The headline numbers of a report: value, interval, change against the period before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.errors import RevkitError

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset

HEADLINES = (
    "mrr",
    "nrr",
    "churn_rate",
    "win_rate",
    "pipeline_velocity",
    "sales_cycle",
    "mqls",
    "cac",
)


@dataclass(frozen=True)
class Tile:
    """One headline number, in words ready to be shown.

    ``tone`` is good, bad or empty: which way the change went, when it is more than noise.
    """

    title: str
    value: str
    per: str
    when: str
    interval: str
    change: str
    tone: str
    sample: str
    small: bool


def tiles(
    data: Dataset, *, period: str, start: str | None = None, end: str | None = None
) -> list[Tile]:
    """Return a tile for each headline metric that this company has the tables for.

    Parameters
    ----------
    data
        The company, already narrowed by the report's filter.
    period
        day, week, month, quarter or year.
    start, end
        The days the report is about, half-open.

    Returns
    -------
    list of Tile
        At the last complete period with a value; metrics without one are left out.
    """
    from revkit.catalogue import find

    found = []
    for name in HEADLINES:
        metric = find(name)
        try:
            result = metric(data, period=period, start=start, end=end)
        except (RevkitError, LookupError):  # a table, a column or a way to narrow is missing
            continue
        if (tile := _tile(result, period, metric.better)) is not None:
            found.append(tile)
    return found


def _tile(result: pd.DataFrame, period: str, better: str) -> Tile | None:
    from revkit.analysis.writing.formatting import period_label, quantity

    known = result[result["complete"].astype(bool) & result["value"].notna()]
    if known.empty:
        return None
    what, row = quantity(result), known.iloc[-1]
    value, slash, per = what.text(row["value"]).partition("/")
    change, tone = "", ""
    position = result.index.get_loc(known.index[-1])
    if isinstance(position, int) and position > 0:
        before = result.iloc[position - 1]
        change, tone = _change(what, before, row, period_label(before["period"], period), better)
    return Tile(
        title=what.title,
        value=value,
        per=per and f" per {per}",
        when=period_label(row["period"], period),
        interval=what.span(row["low"], row["high"]).replace(slash + per, ""),
        change=change.replace(slash + per, ""),
        tone=tone,
        sample=f"n = {int(row['n']):,}" if not math.isnan(row["n"]) else "",
        small=bool(row["small"]),
    )


def _change(what: Any, before: Any, row: Any, then: str, better: str) -> tuple[str, str]:
    from revkit.analysis.writing.differences import difference

    if math.isnan(before["value"]):
        return "", ""
    ends: Sequence[str] = ("value", "low", "high")
    moved, low, high = difference(
        (before[ends[0]], before[ends[1]], before[ends[2]]),
        (row[ends[0]], row[ends[1]], row[ends[2]]),
    )
    words = f"{what.difference(moved)} on {then}"
    if moved == 0:
        return f"as in {then}", ""
    if before["small"] or row["small"]:
        return f"{words}, too few rows to tell", ""
    if not math.isnan(low) and low <= 0 <= high:
        return f"{words}, within noise", ""
    risen = "higher" if moved > 0 else "lower"
    tone = {risen: "good"}.get(better, "bad") if better in ("higher", "lower") else ""
    return words, tone
