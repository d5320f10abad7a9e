"""Segments: which kind of account is won most, stays longest, and returns most for its cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.audience.wording import findings, told
from revkit.analysis.defaults import breakdown, kinds_unsaid, new_business
from revkit.analysis.on_record import on_record
from revkit.catalogue import find
from revkit.dataset.argument import company
from revkit.dimensions import placed
from revkit.errors import UNTOLD
from revkit.language import language as spoken
from revkit.language import message
from revkit.statistics.family import claimed, probability

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.dataset import Dataset
    from revkit.language import Language

LEVEL = 0.95
Z = 1.959964
YEAR = 365
EMPTY = ("value", "low", "high", "n", "change", "change_low", "change_high")
MEASURES = {
    "win_rate": ("win_rate", True), "cycle": ("sales_cycle", True),
    "deal_size": ("deal_size", True), "grr": ("grr", False), "nrr": ("nrr", False),
    "worth": ("clv", False), "arpa": ("arpa", False),
}  # fmt: skip
"""Metric of each measure, and whether it is asked of new business alone."""

RESTED = ("win_rate", "cycle", "deal_size", "grr", "nrr")
"""Measures that are compared with all other segments."""


@dataclass(frozen=True)
class Segments:
    """Segments by what they are worth, and sentences on what stands out.

    Parameters
    ----------
    table
        One row a segment, the highest return first.
    contrasts
        One row a segment and measure: ``value``, that of the ``rest``, and ``p``, the probability
        of a difference as large where there is none; ``stands_out`` among all that is compared.
    by
        Its dimensions.
    words
        The language of the sentences.
    notes
        What was left out or assumed, and why.
    """

    table: pd.DataFrame
    contrasts: pd.DataFrame
    by: tuple[str, ...]
    words: Language
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> list[Any]:
        """Sentences on the segments that stand out from the rest; quiet where none does."""
        return findings(self.table, self.contrasts, self.by, self.words)

    def __repr__(self) -> str:
        return "\n".join([*(f"- {one}" for one in self.findings), *self.notes])

    def _repr_html_(self) -> str:
        from revkit.analysis.writing.frames.tables import table

        return table(self.table, language=self.words.code)._repr_html_()


def segments(
    data: Dataset, by: str | Sequence[str] | None = None, *, language: str | None = None
) -> Segments:
    """Compare the segments of a company: which are won, stay, pay back, and where to spend next.

    Parameters
    ----------
    data
        A company with opportunities and subscriptions.
    by
        A dimension of the account, such as "segment" or "industry", or several: each combination
        is then a segment. The first usual one that the company has when omitted.
    language
        Of its sentences: "en" or "it"; the default one when omitted.

    Returns
    -------
    Segments
        ``table``, one row a segment, the highest return first: the `by` columns; ``n`` (decided
        new deals of twelve months), ``customers`` (now), ``accounts`` (known) and ``ours`` (share
        of them that are customers); ``win_rate``, ``cycle`` (days), ``deal_size``, ``grr`` and
        ``nrr`` (twelve months), ``worth`` (lifetime value of a customer), ``ltv_cac``, ``payback``
        (months), each NaN where the tables do not tell; ``returned`` (win rate × worth over the
        cost of an opportunity; of one opportunity where spend is not known), ``low``, ``high``
        (95 %), ``lift`` (over that of all other segments), ``small``. ``attrs["intervals"]`` has
        the interval of each measure. ``contrasts`` has each against all other segments, and
        ``findings`` the sentences; none where nothing stands out.

    Raises
    ------
    DimensionError
        When a dimension is none of accounts' and deals'.

    Notes
    -----
    Everything is a metric of the catalogue, new business alone for deals. Where spend does not say
    the segment, an opportunity and a customer cost the same in each: a segment that takes more work
    returns less than it seems. Differences from the rest are held to 5 % over all that is compared.

    Examples
    --------
    >>> found = segments(example("deals"), "segment")
    >>> found.findings
    []
    """
    where = "rk.segments"
    company(data, where)
    words = spoken(language)
    asked = check.dimensions(by, where) or [breakdown(data, "opportunities")]
    data = on_record(data, "opportunities")
    find("win_rate").plan(data, {"by": asked}).prepare()  # refuses what is no dimension
    read = {name: _read(data, name, asked) for name in MEASURES}
    frame = _keys(read, asked)
    aligned = {name: frame[asked].merge(one, on=asked, how="left") for name, one in read.items()}
    for name, rows in aligned.items():
        frame[name] = rows["value"].astype("float64")
    frame.insert(len(asked), "n", aligned["win_rate"]["n"].fillna(0).astype("int64"))
    _accounts(data, asked, frame)
    cost, notes = _costs(data, asked, frame, words)
    notes += [words.reason(one) for one in kinds_unsaid(data)]
    lift = _returns(frame, asked, aligned, cost)
    contrasts = pd.concat([*_against_rest(aligned, asked), lift], ignore_index=True)
    tests = max(1, len(contrasts))
    clear = [claimed(p, tests) for p in contrasts["p"]]
    contrasts["stands_out"] = np.array(clear, dtype=bool)
    frame["small"] = (frame["n"] < FEW) | frame["low"].isna()
    order, up = ["small", "returned", *asked], [True, False, *[True] * len(asked)]
    frame = frame.drop(columns="arpa").sort_values(order, ascending=up, ignore_index=True)
    frame.attrs = told(asked, data.currency, per_cost=bool(cost.notna().any())) | {
        "intervals": {name: one[[*asked, "low", "high"]] for name, one in aligned.items()},
        "notes": notes,
    }
    return Segments(frame, contrasts, tuple(asked), words, tuple(notes))


def _read(data: Dataset, name: str, by: list[str]) -> pd.DataFrame:
    """Return a measure of the last twelve months by segment; empty where it is not told."""
    metric, new = MEASURES[name]
    end = data.as_of + timedelta(days=1)
    how: dict[str, Any] = {"by": by, "period": None, "level": LEVEL}
    how |= {"start": end - timedelta(days=YEAR), "end": end}
    if name in RESTED:
        how["compare"] = "rest"
    if metric == "arpa":
        how |= {"period": "day", "start": data.as_of}
    try:
        return find(metric)(new_business(data) if new else data, **how)
    except UNTOLD:
        return pd.DataFrame(columns=[*by, *EMPTY])


def _keys(read: dict[str, pd.DataFrame], by: list[str]) -> pd.DataFrame:
    """Return all segments that any measure knows, in order."""
    found = pd.concat([one[by] for one in read.values()], ignore_index=True)
    return found.drop_duplicates().sort_values(by, ignore_index=True)


def _against_rest(aligned: dict[str, pd.DataFrame], by: list[str]) -> list[pd.DataFrame]:
    """Return each measure of each segment beside that of all others."""
    found = []
    for name in RESTED:
        rows = placed(aligned[name], by)
        known = rows[rows["change"].notna()].reset_index(drop=True)
        part = known[by].assign(measure=name, value=known["value"].astype("float64"))
        part["rest"] = part["value"] - known["change"].astype("float64")
        ends = known[["change", "change_low", "change_high"]].to_numpy(np.float64)
        part["p"] = [
            probability(change, low, high, LEVEL, counted=False) for change, low, high in ends
        ]
        found.append(part)
    return found


def _whole(data: Dataset, metric: str) -> float:
    """Return a metric of the whole company over twelve months; NaN where it is not told."""
    end = data.as_of + timedelta(days=1)
    try:
        found = find(metric)(data, period=None, start=end - timedelta(days=YEAR), end=end)
    except UNTOLD:
        return math.nan
    return float(found["value"].iloc[0])


def _costs(
    data: Dataset, by: list[str], frame: pd.DataFrame, words: Language
) -> tuple[pd.Series[float], list[str]]:
    """Add what a customer costs and pays back; return the cost of an opportunity, and notes."""
    notes, own = [], {}
    end = data.as_of + timedelta(days=1)
    for name in ("cost_per_opportunity", "cac"):
        try:
            found = find(name)(data, by=by, period=None, start=end - timedelta(days=YEAR), end=end)
            own[name] = frame[by].merge(found, on=by, how="left")["value"]
        except UNTOLD:
            own[name] = pd.Series(_whole(data, name), index=frame.index)
            if own[name].notna().all():
                notes = [words.gettext(SAME_COST)]
    cac = own["cac"].astype("float64")
    frame["ltv_cac"] = frame["worth"] / cac.where(cac > 0)
    whole, arpa = _whole(data, "cac_payback"), _whole(data, "arpa")
    frame["payback"] = whole * (arpa / frame["arpa"]) * (cac / _whole(data, "cac"))
    cost = own["cost_per_opportunity"].astype("float64")
    return cost.where(cost > 0), notes


def _accounts(data: Dataset, by: list[str], frame: pd.DataFrame) -> None:
    """Add the customers of each segment, the accounts that are known, and the share between."""
    try:
        now = find("customers")(data, by=by, period="day", start=data.as_of)
        frame["customers"] = frame[by].merge(now, on=by, how="left")["value"].fillna(0.0)
    except UNTOLD:
        frame["customers"] = np.nan
    frame["accounts"] = frame["ours"] = np.nan
    if "accounts" not in data.tables or not set(by) <= data.columns("accounts"):
        return
    from ibis import _

    known = data.table("accounts").group_by(by).aggregate(known=_.count())
    rows = known.to_pyarrow().to_pandas()
    found = frame[by].merge(rows, on=by, how="left")["known"].astype("float64")
    if found.sum() > frame["customers"].sum():  # else the table holds customers alone
        frame["accounts"], frame["ours"] = found, frame["customers"] / found


def _returns(
    frame: pd.DataFrame, by: list[str], aligned: dict[str, pd.DataFrame], cost: pd.Series[float]
) -> pd.DataFrame:
    """Add the return of an opportunity's cost with its interval; return it beside all others'."""
    value = frame["win_rate"] * frame["worth"]
    value = value / cost if cost.notna().any() else value
    frame["returned"] = value
    error = np.sqrt(_relative(aligned["win_rate"]) + _relative(aligned["worth"]))
    frame["low"], frame["high"] = value * np.exp(-Z * error), value * np.exp(Z * error)
    known = (value > 0).to_numpy() & np.isfinite(error) & frame.index.isin(placed(frame, by).index)
    weight = np.where(known, frame["n"].to_numpy(np.float64), 0.0)
    each = np.where(known, value.to_numpy(np.float64), 0.0) * weight
    others = each.sum() - each
    rest = others / np.maximum(weight.sum() - weight, 1e-12)
    noise = np.where(known, error, 0.0) * each
    off = np.sqrt(np.maximum((noise**2).sum() - noise**2, 0.0)) / np.maximum(others, 1e-12)
    told = known & (rest > 0)
    frame["lift"] = np.where(told, value / np.where(told, rest, 1.0), np.nan)
    part: pd.DataFrame = frame[by].assign(measure="lift", value=frame["returned"], rest=rest)[told]
    apart, spread = np.log(frame["lift"])[told], np.sqrt(error**2 + off**2)[told]
    part["p"] = [
        probability(one, one - Z * width, one + Z * width, LEVEL, counted=False)
        for one, width in zip(apart, spread, strict=True)
    ]
    return part


def _relative(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return the variance of the logarithm of each value, by its interval; NaN without one."""
    low, high = (rows[name].to_numpy(np.float64) for name in ("low", "high"))
    known = (low > 0) & np.isfinite(high)
    ratio = np.where(known, high / np.where(known, low, 1.0), np.nan)
    return np.asarray((np.log(ratio) / (2 * Z)) ** 2, dtype=np.float64)


FEW = 30
"""Decided deals below which a segment's figures say `small`."""

SAME_COST = message("Spend does not tell the segments apart: an opportunity and a customer are "
                    "taken to cost the same in each.")  # fmt: skip
