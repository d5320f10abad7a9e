"""Coverage where intervals are hard to get right: seasons, clusters, heavy tails, few durations.

For each case the share of 95 % intervals that contain the truth, among those that do not say
``small``, the share that does say so, and how often a change from a year before is called certain:
where nothing changed (false), and where 30 % fewer came (power, beside that of a test that knows
the variance).

    python -m benchmarks.hard_cases [--companies 400] [--seed 7]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

import revkit as rk

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

AS_OF, MARCH, DAY = "2026-03-31", "2026-03-01", "2026-03-05"
MONTHS = pd.date_range("2023-04-01", periods=36, freq="MS")
SEASON = 1 + 0.4 * np.sin(2 * np.pi * np.arange(36) / 12)
ICC = 0.3


def names(letter: str, numbers: Any) -> Any:
    """Return keys such as a12."""
    return np.char.mod(f"{letter}%d", numbers)


def covered(frame: pd.DataFrame, truth: float) -> str:
    """Return the share of intervals that contain the truth, and the share that is small."""
    sure = ~frame["small"].astype(bool) & frame["low"].notna()
    inside = (frame["low"] <= truth) & (truth <= frame["high"])
    share = f"{inside[sure].mean():6.1%}" if sure.any() else "     –"
    return f"{share} covered, {(~sure).mean():4.0%} small"


def seasons(random: np.random.Generator, companies: int) -> Iterator[str]:
    """Count events with a season of 40 % either way, more dispersed than chance."""
    for excess in (1, 3, 8):
        for drop in (0.0, 0.3):
            mean = 100 * SEASON
            mean[-1] *= 1 - drop
            rate = np.tile(mean, (companies, 1))
            if excess > 1:
                rate = random.gamma(rate / (excess - 1), excess - 1)
            counts = random.poisson(rate)
            row = np.repeat(np.arange(counts.size), counts.ravel())
            when = MONTHS[row % 36] + pd.Timedelta(days=5)
            leads = pd.DataFrame({"lead_id": names("l", np.arange(len(row))), "created_at": when})
            leads["segment"] = np.char.mod("%04d", row // 36)
            history = leads[["lead_id"]].assign(stage="MQL", entered_at=leads["created_at"])
            data = rk.Dataset(leads=leads, lead_history=history, as_of=AS_OF)
            frame = rk.metrics.mqls(data, by="segment", start=MARCH, compare="year")
            now, then = counts[:, -1], counts[:, -13]
            known = np.abs(now - then) > 1.96 * np.sqrt(excess * (now + then))
            yield (
                f"season, dispersion {excess}, {drop:.0%} fewer: {covered(frame, mean[-1])}; "
                f"certain {frame['certain'].mean():.1%}, variance known {known.mean():.1%}"
            )


def alike(random: np.random.Generator, cluster: Any, chance: float) -> Any:
    """Draw outcomes that correlate by 0.3 within a cluster."""
    rest = (1 - ICC) / ICC
    rate = random.beta(chance * rest, (1 - chance) * rest, cluster.max() + 1)
    return random.random(len(cluster)) < rate[cluster]


def clusters(random: np.random.Generator, companies: int) -> Iterator[str]:
    """Draw four deals of each account, and three accounts of each parent."""
    for many in (10, 25, 100):
        account = np.repeat(np.arange(companies * many), 4)
        deals = pd.DataFrame({"opportunity_id": names("o", np.arange(len(account)))})
        deals = deals.assign(account_id=names("a", account), is_won=alike(random, account, 0.3))
        deals = deals.assign(created_on="2026-02-01", closed_on=DAY, amount=100.0)
        own = np.arange(companies * many)
        accounts = pd.DataFrame({"account_id": names("a", own)})
        accounts["segment"] = np.char.mod("%04d", own // many)
        data = rk.Dataset(opportunities=deals, accounts=accounts, as_of=AS_OF)
        for metric, truth in ((rk.metrics.win_rate, 0.3), (rk.metrics.win_loss_ratio, 0.3 / 0.7)):
            frame = metric(data, by="segment", start=MARCH)
            yield f"{4 * many} deals of {many} accounts, {metric.name}: {covered(frame, truth)}"
    for many in (10, 25, 100):
        parent = np.repeat(np.arange(companies * many), 3)
        own = names("a", np.arange(len(parent)))
        gone = alike(random, parent, 0.1)
        paid = pd.DataFrame({"account_id": own, "subscription_id": own, "mrr": 100.0})
        paid = paid.assign(started_on="2025-01-01", ended_on=np.where(gone, DAY, None))
        accounts = pd.DataFrame({"account_id": own, "parent_account_id": own[parent * 3]})
        accounts["segment"] = np.char.mod("%04d", parent // many)
        data = rk.Dataset(subscriptions=paid, accounts=accounts, as_of=AS_OF)
        for metric, truth in ((rk.metrics.churn_rate, 0.1), (rk.metrics.grr, 0.9)):
            frame = metric(data, by="segment", start=MARCH)
            yield f"{3 * many} accounts of {many} parents, {metric.name}: {covered(frame, truth)}"


def tails(random: np.random.Generator, companies: int) -> Iterator[str]:
    """Draw amounts of deals from Pareto and lognormal distributions."""
    for many in (30, 100, 300):
        for name, truth in (("Pareto 1.8", 2250.0), ("lognormal 1", 1000 * np.exp(0.5))):
            shape = (companies, many)
            drawn = (1 - random.random(shape)) ** (-1 / 1.8)
            if name != "Pareto 1.8":
                drawn = np.exp(random.standard_normal(shape))
            deals = pd.DataFrame({"amount": np.round(1000 * drawn.ravel(), 2), "is_won": True})
            deals["opportunity_id"] = names("o", np.arange(len(deals)))
            deals["segment"] = np.char.mod("%04d", np.arange(len(deals)) // many)
            deals = deals.assign(created_on="2026-02-01", closed_on=DAY)
            data = rk.Dataset(opportunities=deals, as_of=AS_OF)
            frame = rk.metrics.deal_size(data, by="segment", start=MARCH)
            yield f"{many} deals, {name}, deal_size: {covered(frame, truth)}"


def durations(random: np.random.Generator, companies: int) -> Iterator[str]:
    """Draw exponential waits of one to eight leads."""
    for many in (1, 2, 4, 6, 8):
        at = np.arange(companies * many)
        created = pd.Timestamp("2026-03-02 09:00")
        leads = pd.DataFrame({"lead_id": names("l", at), "created_at": created})
        leads["segment"] = np.char.mod("%04d", at // many)
        waits = np.ceil(random.exponential(100, len(at))).astype(int)
        calls = pd.DataFrame({"activity_id": names("c", at), "lead_id": leads["lead_id"]})
        calls = calls.assign(kind="call", direction="out", rep_id="r", is_selling=True)
        calls["occurred_at"] = created + pd.to_timedelta(waits, unit="min")
        data = rk.Dataset(leads=leads, activities=calls, as_of=AS_OF)
        frame = rk.metrics.speed_to_lead(data, by="segment", start=MARCH)
        known = frame[frame["low"].notna()].assign(small=False)
        said = covered(known, 100 * np.log(2)) if len(known) else "no interval"
        yield f"waits of {many}: {said}, all say small"


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--companies", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    for case in (durations, tails, clusters, seasons):
        for line in case(np.random.default_rng(asked.seed), asked.companies):
            print(line, flush=True)


if __name__ == "__main__":
    main()
