"""Scorecard benchmark: all metrics in one call, against the slowest one alone and against pandas.

Each round times every contender once, in turn; printed are the medians over the rounds. pandas is
timed in the first round only.

    python -m benchmarks.scorecard [--opportunities 1000000] [--subscriptions 1000000]
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import duckdb
import ibis
import numpy as np
import pandas as pd

import revkit as rk
from benchmarks.metrics import COMPANY
from revkit.catalogue.catalogue import known

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

START, AS_OF = "2022-02-01", "2025-01-31"
ASKED = {"by": "segment", "start": START}


def company(opportunities: int, subscriptions: int) -> ibis.BaseBackend:
    """Return a DuckDB backend with the tables of a company of this size."""
    accounts = max(opportunities, subscriptions) // 5
    con = duckdb.connect()
    script = COMPANY.format(
        accounts=accounts, opportunities=opportunities, subscriptions=subscriptions,
        payers=accounts,
    )  # fmt: skip
    con.execute(script)
    return ibis.duckdb.from_connection(con)


def pandas_pipeline(deals: pd.DataFrame, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the metrics of deals by segment and month, as an analyst would in pandas."""
    joined = deals.merge(accounts, on="account_id", how="left")
    joined["is_won"] = joined["is_won"].astype("boolean").fillna(False).astype(bool)
    joined["days"] = (joined["closed_on"] - joined["created_on"]).dt.days
    closed = joined[joined["closed_on"].notna()]
    keys = [closed["segment"], closed["closed_on"].dt.to_period("M")]
    won = closed[closed["is_won"]]
    won_keys = [won["segment"], won["closed_on"].dt.to_period("M")]
    created_keys = [joined["segment"], joined["created_on"].dt.to_period("M")]
    wins, count = closed["is_won"].groupby(keys).sum(), closed["is_won"].groupby(keys).size()
    opened = joined.groupby(created_keys)
    amount, days = won["amount"].groupby(won_keys), won["days"].groupby(won_keys)
    size, cycle = amount.mean(), days.mean()
    rate = wins / count
    return {
        "win_rate": rate,
        "win_loss_ratio": wins / (count - wins),
        "close_rate": opened["is_won"].mean(),
        "won_amount": amount.sum(),
        "deal_size": size,
        "median_deal_size": amount.median(),
        "sales_cycle": cycle,
        "median_sales_cycle": days.median(),
        "pipeline_created": opened["amount"].sum(),
        "pipeline_velocity": opened.size() * rate * size / cycle,
    }


def pandas_recurring(ledger: pd.DataFrame, accounts: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the MRR metrics by segment and month, from what accounts pay at the ends of months."""
    months = pd.period_range("2021-12", AS_OF, freq="M")
    ends = months.end_time.normalize()
    codes, names = pd.factorize(ledger["account_id"])
    level = np.zeros((len(names), len(months)))
    for place, end in enumerate(ends):
        live = (ledger["started_on"] <= end) & ~(ledger["ended_on"] <= end)
        np.add.at(level[:, place], codes[live], ledger["mrr"].to_numpy()[live])
    paid = np.maximum.accumulate(level > 0, axis=1)
    segment = accounts.set_index("account_id")["segment"].reindex(names)
    before, after = level[:, :-1], level[:, 1:]
    moved = after - before
    parts = {
        "mrr": after,
        "active": after > 0,
        "opening": before,
        "opened": before > 0,
        "new": np.where(~paid[:, :-1] & (after > 0), after, 0),
        "reactivation": np.where(paid[:, :-1] & (before == 0), after, 0),
        "expansion": np.where((before > 0) & (moved > 0), moved, 0),
        "grew": (before > 0) & (moved > 0),
        "contraction": np.where((after > 0) & (moved < 0), -moved, 0),
        "churned": np.where((before > 0) & (after == 0), before, 0),
        "left": (before > 0) & (after == 0),
    }
    t = {name: pd.DataFrame(x).groupby(segment.to_numpy()).sum() for name, x in parts.items()}
    gained, lost = t["new"] + t["expansion"], t["contraction"] + t["churned"]
    net = gained + t["reactivation"] - lost
    kept = t["opening"] + t["expansion"] - lost
    return {
        "mrr": t["mrr"], "arr": 12 * t["mrr"], "arpa": t["mrr"] / t["active"],
        "new_mrr": t["new"], "expansion_mrr": t["expansion"], "churned_mrr": t["churned"],
        "contraction_mrr": t["contraction"], "reactivation_mrr": t["reactivation"],
        "net_new_mrr": net, "mrr_growth_rate": net / t["opening"], "quick_ratio": gained / lost,
        "nrr": kept / t["opening"], "grr": 1 - lost / t["opening"],
        "churn_rate": t["left"] / t["opened"], "logo_retention": 1 - t["left"] / t["opened"],
        "gross_mrr_churn_rate": lost / t["opening"],
        "net_mrr_churn_rate": 1 - kept / t["opening"],
        "expansion_rate": t["expansion"] / t["opening"],
        "upsell_rate": t["grew"] / t["opened"],
        "nrr_with_reactivation": (kept + t["reactivation"]) / t["opening"],
        "quick_ratio_with_reactivation": (gained + t["reactivation"]) / lost,
    }  # fmt: skip


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call took, and its result."""
    begun = time.perf_counter()
    found = run()
    return time.perf_counter() - begun, found


def main() -> None:
    """Build one company, time every contender and print the medians."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--opportunities", type=int, default=1_000_000)
    asked.add_argument("--subscriptions", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    how = asked.parse_args()
    backend = company(how.opportunities, how.subscriptions)
    names = ("accounts", "opportunities", "subscriptions")
    tables = {name: backend.table(name) for name in names}
    data = rk.Dataset(as_of=AS_OF, currency="EUR", **tables)
    frames = {name: table.to_pandas() for name, table in tables.items()}
    for frame in frames.values():
        for column in frame.columns[frame.columns.str.endswith("_on")]:
            frame[column] = pd.to_datetime(frame[column])
    _, all_of_it = timed(lambda: rk.measure(data, **ASKED))
    metrics = list(all_of_it["metric"].unique())
    asked_of = known()
    alone = {name: timed(partial(asked_of[name], data, **ASKED))[0] for name in metrics}
    slowest = max(alone, key=alone.__getitem__)
    by_hand, figures = timed(
        lambda: (
            pandas_pipeline(frames["opportunities"], frames["accounts"])
            | pandas_recurring(frames["subscriptions"], frames["accounts"])
        )
    )
    rounds = []
    for _ in range(how.rounds):
        together, _ = timed(lambda: rk.measure(data, **ASKED))
        one, _ = timed(lambda: asked_of[slowest](data, **ASKED))
        same, _ = timed(lambda: rk.measure(data, list(figures), **ASKED))
        rounds.append((together, one, same))
    together, one, same = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(f"{len(metrics)} metrics by segment, 36 months: {all_of_it.attrs['queries']} queries")
    print(f"  together {together:.2f} s; each alone, added up, {sum(alone.values()):.2f} s")
    print(f"  the slowest alone ({slowest}) {one:.2f} s: "
          f"{statistics.median(t / o for t, o, _ in rounds):.2f} times that")  # fmt: skip
    print(f"  pandas by hand, {len(figures)} of them without an interval: {by_hand:.2f} s; "
          f"the same together {same:.2f} s, {same / by_hand:.2f} times that")  # fmt: skip


if __name__ == "__main__":
    main()
