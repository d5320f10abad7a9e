"""Reps beside peers with like deals: each measure's value, what is usual, likely, and by chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.coaching.measures import STAGE, worse
from revkit.statistics.peers.exchange import SEED, Cases, chance_of
from revkit.statistics.peers.shrinkage import shrink

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FEW = 20
"""Cases with peers below which nothing is said of a rep."""

LEVEL = 0.05
"""Share of teams with somebody named, where deals were dealt out at random."""

AMOUNTS = ("discount", "pushes")
"""Measures that are no shares of cases."""

COLUMNS = ("rep_id", "measure", "n", "value", "usual", "likely", "low", "high", "distance",
           "chance", "told", "named")  # fmt: skip


def compared(
    deals: pd.DataFrame, measures: Mapping[str, pd.DataFrame], leads: pd.DataFrame,
    judged: frozenset[str],
) -> pd.DataFrame:  # fmt: skip
    """Return one row a rep and measure: what was seen, what is usual, and how far that is.

    Parameters
    ----------
    deals
        As :func:`~revkit.analysis.coaching.deals.deals_of` returns them.
    measures
        By name, of deals.
    leads
        The cases of leads; empty where there are none.
    judged
        The reps who may be named: those who are there.

    Returns
    -------
    pandas.DataFrame
        ``rep_id``, ``measure``, ``n`` (cases with peers), ``value``, ``usual`` (of like cases,
        whoever has them), ``likely`` (the value drawn towards what is usual), ``low``, ``high``
        (95 % of it), ``distance`` (standard deviations of an exchange on the worse side),
        ``chance`` (how often, were cases exchanged at random, anybody would be as far on that side
        of any measure), ``told`` (enough cases), ``named`` (chance of 5 % at most, what is usual
        outside of what is likely, and no stage of who wins as much as like deals do).
    """
    kinds = []
    if measures:
        kinds.append((tuple(measures), *_of_deals(deals, measures)))
    if len(leads):
        kinds.append((("answered",), *_of_leads(leads)))
    if not kinds:
        return pd.DataFrame(columns=[*COLUMNS])
    tolds, furthest, parts = [], [], []
    for at, (_names, cases, reps) in enumerate(kinds):
        is_judged = np.array([rep in judged for rep in reps])
        told = (cases.n >= FEW) & (cases.variance > 1e-9) & is_judged[:, None]
        tolds.append(told)
        furthest.append(cases.furthest(told, seed=SEED + at))
    for (names, cases, reps), told in zip(kinds, tolds, strict=True):
        chance = chance_of(cases.distance, told, furthest)
        enough = (cases.n >= FEW) & (cases.variance > 1e-9)
        parts += [_rows(name, at, cases, reps, enough, chance) for at, name in enumerate(names)]
    found = pd.concat(parts, ignore_index=True)
    found = found[found["n"] > 0].reset_index(drop=True)
    return found.assign(named=_named(found))


def _named(rows: pd.DataFrame) -> pd.Series:
    """Return which rows stand out: beyond chance, beyond doubt, and at no cost of wins.

    Who loses more at a stage and wins as many in the end has only sorted them out there.
    """
    wins = rows[(rows["measure"] == "win") & rows["told"].astype(bool)]
    fine = set(wins.loc[wins["value"] >= wins["usual"], "rep_id"])
    sorted_out = rows["measure"].str.startswith(STAGE) & rows["rep_id"].isin(fine)
    doubted = (rows["low"] <= rows["usual"]) & (rows["usual"] <= rows["high"])
    return (rows["chance"] <= LEVEL) & ~doubted & ~sorted_out


def _of_deals(deals: pd.DataFrame, measures: Mapping[str, pd.DataFrame]) -> tuple[Cases, Array]:
    """Return the deals as cases, one a deal and rep, and the reps."""
    keys = ["opportunity_id", "rep_id"]
    rows = pd.concat([one[keys] for one in measures.values()]).drop_duplicates()
    rows = rows.sort_values(keys, ignore_index=True)
    known = deals.drop_duplicates("opportunity_id").set_index("opportunity_id")
    known = known.loc[rows["opportunity_id"], ["segment", "quarter", "account"]]
    index = pd.MultiIndex.from_frame(rows)
    values = [one.set_index(keys).reindex(index) for one in measures.values()]
    return _cases(rows["rep_id"], known[["segment", "quarter"]], known["account"], values, measures)


def _of_leads(leads: pd.DataFrame) -> tuple[Cases, Array]:
    return _cases(leads["rep_id"], leads[["quarter"]], leads["account"], [leads], ("answered",))


def _cases(
    rep: pd.Series, strata: pd.DataFrame, account: pd.Series, values: list[pd.DataFrame],
    names: Mapping[str, pd.DataFrame] | tuple[str, ...],
) -> tuple[Cases, Array]:  # fmt: skip
    who, reps = pd.factorize(rep, sort=True)
    stratum = np.asarray(strata.groupby([*strata.columns], sort=True).ngroup(), dtype=np.int64)
    seen, expected = (
        np.column_stack([one[side].to_numpy(np.float64) for one in values])
        for side in ("seen", "expected")
    )
    cluster = np.asarray(pd.factorize(account)[0], dtype=np.int64)
    signs = np.array([worse(name) for name in names], dtype=np.float64)
    return Cases(
        np.asarray(who, dtype=np.int64), stratum, cluster, seen, expected, signs
    ), np.array(reps)


def _rows(
    name: str, at: int, cases: Cases, reps: Array, told: NDArray[np.bool_], chance: Array
) -> pd.DataFrame:
    """Return the rows of one measure."""
    n = cases.n[:, at]
    with np.errstate(invalid="ignore", divide="ignore"):
        value, off = cases.total[:, at] / n, cases.gap[:, at] / n
        error = np.sqrt(cases.variance[:, at]) / n
    # Of few cases, what a quarter had more or less than expected can reach beyond the scale.
    usual = np.clip(value - off, 0.0, np.inf if name in AMOUNTS else 1.0)
    scale = usual if name in AMOUNTS else usual * (1 - usual)
    scale = np.where(scale > 0.001, scale, np.nan)
    likely = shrink(np.where(told[:, at], off / scale, np.nan), (error / scale) ** 2)
    ends = [_back(usual, one, name) for one in likely]
    return pd.DataFrame({
        "rep_id": reps, "measure": name, "n": n.astype(np.int64), "value": value, "usual": usual,
        "likely": ends[0], "low": ends[1], "high": ends[2], "distance": cases.distance[:, at],
        "chance": chance[:, at], "told": told[:, at],
    })  # fmt: skip


def _back(usual: Array, gap: Array, name: str) -> Array:
    """Return the value that lies some way from what is usual, on its scale."""
    if name in AMOUNTS:
        return np.maximum(usual * (1 + gap), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 / (1 + (1 / usual - 1) * np.exp(-gap)))
