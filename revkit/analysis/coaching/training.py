"""Training before and after: what a rep did in the half-years around it, beside peers.

Reps are trained because they did badly, and would have done better by themselves: a bad half-year
is partly bad luck. So what came after is held against what was likely before (drawn towards the
team by as much as it is uncertain) and against what peers without training moved by meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.coaching.measures import STAGE
from revkit.periods import local_day
from revkit.statistics.family import claimed
from revkit.statistics.intervals import beyond, normal
from revkit.statistics.peers.shrinkage import shrink

if TYPE_CHECKING:
    from revkit.analysis.coaching.deals import Span
    from revkit.dataset import Dataset

HALF = pd.Timedelta(days=182)
"""Measures of a rep before and after a training."""

APART = 30
"""Days after which another one begins: a course has several."""

FEWEST = 10
"""Cases of a rep before and after, below which nothing is compared."""

LEVEL = 0.95
COLUMNS = ("rep_id", "trained_on", "measure", "n_before", "before", "n_after", "after", "peers",
           "effect", "low", "high", "clear")  # fmt: skip


def trainings(data: Dataset, span: Span) -> pd.DataFrame:
    """Return the first day of each training by rep; activities of kind ``training`` tell them."""
    if "activities" not in data:
        return pd.DataFrame({"rep_id": [], "trained_on": []})
    table = data.table("activities")
    day = local_day(table.occurred_at, data.policy.timezone)
    table = table.mutate(trained_on=day).filter(table.kind == "training", day < span.end)
    rows = table.select("rep_id", "trained_on").distinct().to_pyarrow().to_pandas()
    rows["trained_on"] = pd.to_datetime(rows["trained_on"])
    rows = rows.dropna().sort_values(["rep_id", "trained_on"], ignore_index=True)
    before = rows.groupby("rep_id")["trained_on"].diff().dt.days
    first: pd.DataFrame = rows[before.isna() | (before > APART)].reset_index(drop=True)
    return first


def before_and_after(
    trained: pd.DataFrame, deals: pd.DataFrame, measures: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return one row a training and measure with enough cases around it.

    Parameters
    ----------
    trained
        As :func:`trainings` returns them.
    deals
        As :func:`~revkit.analysis.coaching.deals.deals_of` returns them.
    measures
        By name, of deals, each case with the day ``on`` which it was decided.

    Returns
    -------
    pandas.DataFrame
        ``rep_id``, ``trained_on``, ``measure`` (wins, and each stage); cases and share in the
        half-years before and after; ``peers``, by how much more than like deals of all times those
        not trained then moved; ``effect`` (what came after less what was likely before and what
        peers moved by), ``low``, ``high`` (95 %), ``clear`` (by more than chance among all rows).
    """
    account = deals.drop_duplicates("opportunity_id").set_index("opportunity_id")["account"]
    rows = []
    for name, cases in measures.items():
        if name != "win" and not name.startswith(STAGE):
            continue
        known = cases.assign(
            off=cases["seen"] - cases["expected"], account=cases["opportunity_id"].map(account)
        )
        days: Any = trained.itertuples()
        around = (_around(one.rep_id, one.trained_on, trained, known, name) for one in days)
        rows += [one for one in around if one is not None]
    found = pd.DataFrame(rows, columns=[*COLUMNS[:-1], "p"])
    found["clear"] = [claimed(p, len(found)) for p in found["p"]]
    return pd.DataFrame(found[[*COLUMNS]].astype({"clear": bool}))


def _around(
    rep: str, day: pd.Timestamp, trained: pd.DataFrame, cases: pd.DataFrame, measure: str
) -> tuple[Any, ...] | None:
    """Return a training beside the peers who had none around it; None of too few cases."""
    others = trained[(trained["trained_on"] - day).abs() <= HALF]["rep_id"]
    cases = cases[(cases["rep_id"] == rep) | ~cases["rep_id"].isin(set(others))]
    early = cases[(cases["on"] >= day - HALF) & (cases["on"] < day)]
    late = cases[(cases["on"] > day) & (cases["on"] <= day + HALF)]
    own = [side[side["rep_id"] == rep] for side in (early, late)]
    peers = [side[side["rep_id"] != rep] for side in (early, late)]
    if min(map(len, own)) < FEWEST or min(map(len, peers)) < FEWEST:
        return None
    usual = float(pd.concat([early, late])["expected"].mean())
    scale = usual * (1 - usual)
    if scale < 0.001:
        return None
    by = {name: _mean(one) for name, one in early.groupby("rep_id", sort=True)}
    mean, variance = (np.array([one[at] for one in by.values()]) / scale ** (at + 1)
                      for at in (0, 1))  # fmt: skip
    likely, low, high = shrink(mean, np.where(variance > 0, variance, np.nan))
    at = [*by].index(rep)
    begun, unsure = likely[at] * scale, (high[at] - low[at]) * scale / (2 * normal(LEVEL))
    (was, was_unsure), (became, became_unsure) = map(_mean, peers)
    after, after_unsure = _mean(own[1])
    effect = after - begun - (became - was)
    error = float(np.sqrt(after_unsure + unsure**2 + was_unsure + became_unsure))
    if not error > 0:
        return None
    reach = float(normal(LEVEL)) * error
    shares = [value for side in own for value in (len(side), float(side["seen"].mean()))]
    return (rep, day, measure, *shares, became - was, effect, effect - reach, effect + reach,
            beyond(effect / error, np.inf))  # fmt: skip


def _mean(cases: pd.DataFrame) -> tuple[float, float]:
    """Return by how much cases are off like ones, and the variance of that, by account."""
    n = len(cases)
    mean = float(cases["off"].mean())
    sums = (cases["off"] - mean).groupby(cases["account"]).sum()
    chance = float((cases["expected"] * (1 - cases["expected"])).sum())
    # accounts of a few cases may all be alike by chance: never surer than cases of their chance
    return mean, max(float((sums**2).sum()), chance) / n**2
