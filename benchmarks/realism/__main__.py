"""Command line of the benchmark of realism: ``python -m benchmarks.realism``."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from pathlib import Path

import revkit as rk
from benchmarks import realism
from benchmarks.realism.charts import draw
from benchmarks.realism.measures import measured
from revkit.synth.scenario.blocks.goals import Goal

SEED = 300
"""First of the seeds, none of which chose a setting."""


def main() -> None:
    """Measure companies of some seeds and print each figure's range beside its goal."""
    parser = argparse.ArgumentParser(
        description=realism.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", default="baseline")
    parser.add_argument("--accounts", type=int, default=12_000)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--chart", type=Path, help="also draw the first company's shapes, as PNG")
    asked = parser.parse_args()
    companies = [
        rk.generate(asked.scenario, seed=seed, accounts=asked.accounts)
        for seed in range(asked.seed, asked.seed + asked.seeds)
    ]
    found = [measured(company.tables) for company in companies]
    print(table(companies[0].world.scenario.goals, found))
    if asked.chart:
        draw(companies[0], asked.chart)


def table(goals: Mapping[str, Goal], found: list[dict[str, float]]) -> str:
    """Format each figure's range over the companies, and how many lie in the goal's."""
    lines = [f"{'figure':<26}{'least':>9}{'median':>9}{'most':>9}  {'goal':<15}inside"]
    for name, goal in goals.items():
        values = sorted(company[name] for company in found)
        low, high = goal.range
        inside = sum(low <= value <= high for value in values if not math.isnan(value))
        middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
        lines.append(
            f"{name:<26}{values[0]:>9.3f}{middle:>9.3f}{values[-1]:>9.3f}"
            f"  {low:<6g}- {high:<7g}{inside} of {len(values)}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
