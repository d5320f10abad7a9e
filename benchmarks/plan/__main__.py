"""Command line of the benchmark of plans: ``python -m benchmarks.plan``."""

from __future__ import annotations

import argparse
import time
import warnings
from datetime import date

import numpy as np

import revkit as rk
from benchmarks import plan
from benchmarks.compiled import compiled_once
from revkit.synth.scenario.load import scenarios

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

END = "2025-12-31"
DAYS = ("2024-12-31", "2025-06-30")
SIZES = (600, 1000, 2000)
SCENARIOS = tuple(scenarios())


def main() -> None:
    """Plan companies as known a year and half a year before their end, and look at the end."""
    parser = argparse.ArgumentParser(description=plan.__doc__)
    parser.add_argument("--companies", type=int, default=40)
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--days", nargs="*", default=DAYS)
    asked = parser.parse_args()
    found = []
    with compiled_once():
        for at in range(asked.companies):
            scenario = SCENARIOS[at % len(SCENARIOS)] if at % 3 else "baseline"
            seed, accounts = asked.seed + at, SIZES[at % len(SIZES)]
            company = rk.generate(scenario, seed=seed, accounts=accounts).data
            came = float(rk.metrics.arr(company, period="day", start=END)["value"].iloc[-1])
            for day in asked.days:
                begun = time.perf_counter()
                made = rk.plan(company.replay(day), came, END)
                below = float((made.futures[:, -1] < came).mean())
                found.append((date.fromisoformat(day), below, np.log(came / made.expected)))
                print(
                    f"{scenario} {seed} {accounts} {day}: came {came:,.0f}, expected "
                    f"{made.expected:,.0f}, range {made.range[0]:,.0f} to {made.range[1]:,.0f}, "
                    f"{below:.0%} below, {time.perf_counter() - begun:.1f} s",
                    flush=True,
                )
    for day in (None, *asked.days):
        rows = [row for row in found if day is None or row[0] == date.fromisoformat(day)]
        below, error = (np.array([row[at] for row in rows]) for at in (1, 2))
        held, middle = (abs(below - 0.5) < half for half in (0.4, 0.25))
        print(
            f"{day or 'all'}: {len(rows)} plans, 80 % range {held.mean():.1%}, "
            f"50 % range {middle.mean():.1%}, came below "
            f"{np.mean(below <= 0.1):.1%}, above {np.mean(below >= 0.9):.1%}, "
            f"bias {error.mean():+.1%}, off by {np.sqrt(np.mean(error**2)):.1%}"
        )


if __name__ == "__main__":
    main()
