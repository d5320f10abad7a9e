"""Command line of the benchmark of scores: ``python -m benchmarks.scores``."""

from __future__ import annotations

import argparse
import warnings

import pandas as pd

import revkit as rk
from benchmarks import scores
from benchmarks.compiled import compiled_once
from benchmarks.scores.earning import earned
from benchmarks.scores.ranking import pooled, ranked

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

SCENARIOS = ("baseline", "broken-handoff", "enterprise-only", "self-serve")


def main() -> None:
    """Rank, or earn."""
    parser = argparse.ArgumentParser(
        description=scores.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--actions", action="store_true")
    parser.add_argument("--scenarios", nargs="*", default=SCENARIOS)
    parser.add_argument("--accounts", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--capacity", type=int, default=5)
    asked = parser.parse_args()
    found = []
    with compiled_once():
        for scenario in asked.scenarios:
            for seed in range(asked.seed, asked.seed + asked.seeds):
                company = rk.generate(scenario, seed=seed, accounts=asked.accounts)
                made = (
                    earned(company.data, asked.capacity)
                    if asked.actions
                    else pd.DataFrame(ranked(company))
                ).assign(scenario=scenario, seed=seed)
                print(made.round(4).to_string(), flush=True)
                found.append(made)
    every = pd.concat(found, ignore_index=True)
    by = ["list"] if asked.actions else ["scenario", "target", "horizon"]
    numbers = every.select_dtypes("number").columns.difference(["seed", *by])
    print(every.groupby(by)[list(numbers)].mean().round(3).to_string())
    if not asked.actions:
        print(pooled(every, by).round(3).to_string())


main()
