"""Exports benchmark: time and memory of loading, checking and measuring files, side by side.

Each run is a process of its own, so that its peak of memory is its own, and does the same with a
thousand deals first, so that libraries are there; in each round all engines
take turns, so that a busy machine slows them alike. Printed are medians over the rounds, and of
revkit over each other engine the median of the rounds' ratios. Goals: loading CSV in 1.2 times what
DuckDB takes to read it with the same types at most, checking in twice that. On a machine that is
busy with other work, ``--cpu`` counts the seconds that the process was given by its cores.

    python -m benchmarks.exports [--rows 1000000 10000000] [--formats csv parquet]
        [--engines revkit duckdb polars] [--rounds 5] [--limit 12GB]
        [--steps load check scorecard] [--cpu] [--folder build/exports]

Files stay in the folder and are used again; 100 million deals are 9 GB of CSV, 3 GB of Parquet.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.exports.contenders import CONTENDERS
from benchmarks.exports.files import FORMATS, write

STEPS = ("load", "check", "scorecard")
Run = dict[str, float]


def once(engine: str, folder: Path, kind: str, limit: str, *, steps: list[str], cpu: bool) -> Run:
    """Do the steps in this process, and return their seconds and the peak of memory in GB."""
    clock = time.process_time if cpu else time.perf_counter
    start = clock()
    contender = CONTENDERS[engine](folder, kind, limit)
    taken: Run = {}
    for step in steps:
        getattr(contender, step)()
        taken[step] = clock() - start
        start = clock()
    taken["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return taken


def alone(engine: str, folder: Path, kind: str, limit: str, *, steps: list[str], cpu: bool) -> Run:
    """Return :func:`once` of a new process."""
    command = [sys.executable, "-m", "benchmarks.exports", "--once", engine, "--limit", limit,
               "--folder", str(folder), "--formats", kind, "--steps", *steps]  # fmt: skip
    command += ["--cpu"] if cpu else []
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found: Run = json.loads(told.stdout.splitlines()[-1])
    return found


def table(runs: dict[str, list[Run]]) -> list[str]:
    """Return the lines on one file: medians by engine, and revkit's ratios to the others."""
    lines = []
    for engine, found in runs.items():
        medians = {name: statistics.median(run[name] for run in found) for name in found[0]}
        lines.append(f"  {engine:<8}" + "".join(f"{each:>11.2f}" for each in medians.values()))
    ours = runs.get("revkit", [])
    for engine, found in runs.items():
        if engine != "revkit" and ours:
            pairs = list(zip(ours, found, strict=True))
            ratios = [statistics.median(a[name] / b[name] for a, b in pairs) for name in found[0]]
            lines.append(f"  × {engine:<6}" + "".join(f"{ratio:>11.2f}" for ratio in ratios))
            if {"load", "check"} <= found[0].keys():
                checked = statistics.median(a["check"] / b["load"] for a, b in pairs)
                lines.append(f"    revkit's check over {engine}'s load: {checked:.2f}")
    return lines


def main() -> None:
    """Time each size and format, and print the medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports")
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--formats", nargs="*", default=list(FORMATS), choices=FORMATS)
    parser.add_argument("--engines", nargs="*", default=list(CONTENDERS), choices=list(CONTENDERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", default="12GB", help="memory that DuckDB may take")
    parser.add_argument("--steps", nargs="*", default=list(STEPS), choices=STEPS)
    parser.add_argument("--cpu", action="store_true", help="seconds of the cores, not of the clock")
    parser.add_argument("--folder", type=Path, default=Path("build/exports"))
    parser.add_argument("--once", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    order = parser.parse_args()
    if order.once:
        kind = order.formats[0]
        how = {"steps": order.steps, "cpu": order.cpu}
        # libraries are imported and compiled at their first use
        once(order.once, write(order.folder.parent, 1000, kind), kind, order.limit, **how)
        print(json.dumps(once(order.once, order.folder, kind, order.limit, **how)))
        return
    for rows in order.rows:
        for kind in order.formats:
            folder = write(order.folder, rows, kind)
            runs: dict[str, list[Run]] = {engine: [] for engine in order.engines}
            for _ in range(order.rounds):
                for engine, found in runs.items():
                    how = {"steps": order.steps, "cpu": order.cpu}
                    found.append(alone(engine, folder, kind, order.limit, **how))
            print(f"{rows:,} deals, {kind}")
            print(f"  {'':<8}" + "".join(f"{step + ' s':>11}" for step in order.steps)
                  + f"{'peak GB':>11}")  # fmt: skip
            print("\n".join(table(runs)), flush=True)


if __name__ == "__main__":
    main()
