"""Command line of the coverage simulation: ``python -m benchmarks.coverage``."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import coverage
from benchmarks.coverage.simulations import SIMULATIONS
from benchmarks.coverage.table import read_trials, report, write_trials
from benchmarks.coverage.trials import BUDGET, SEED, SIZES, trials


def main() -> None:
    """Simulate the given metrics, or all, and write the table."""
    parser = argparse.ArgumentParser(
        description=coverage.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--metrics", nargs="*", default=sorted(SIMULATIONS))
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--budget", type=int, default=BUDGET)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    done = {}
    if asked.out is not None:
        asked.out.parent.mkdir(exist_ok=True)
        done = read_trials(asked.out.with_suffix(".csv"))
    how = {"replicates": asked.replicates, "budget": asked.budget, "seed": asked.seed}
    for one in trials(asked.metrics, asked.sizes, **how):
        print(f"{one.metric:28} {one.interval:18} {one.kind:9} {one.n:5} (n {one.sample:7.1f}) "
              f"{one.covered:6.1%} of {one.intervals:5}, width {one.width:7.1%}, "
              f"small {one.small:4.0%}", flush=True)  # fmt: skip
        done[one.metric, one.kind, one.n] = one
        if asked.out is not None:
            write_trials(asked.out.with_suffix(".csv"), done)
    if asked.out is not None:
        asked.out.write_text(report(list(done.values())), encoding="utf-8")


if __name__ == "__main__":
    main()
