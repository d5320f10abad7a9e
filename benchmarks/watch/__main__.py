"""Command line of the benchmark of the watch: ``python -m benchmarks.watch``."""

from __future__ import annotations

import argparse
import time
import warnings
from collections import defaultdict
from datetime import date, timedelta

import revkit as rk
from benchmarks import watch
from benchmarks.compiled import compiled_once
from benchmarks.watch.limit import KNOWN
from benchmarks.watch.planted import MAIN, judged, said
from benchmarks.worlds import shift

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

START = date(2023, 1, 1)
QUARTERS = (1, 2, 4)
QUIET = ("baseline", "decoy-only")


def main() -> None:
    """Ask about quiet companies, or about planted ones."""
    parser = argparse.ArgumentParser(
        description=watch.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--limit", action="store_true")
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--dirt", default="clean")
    parser.add_argument("--scenarios", nargs="*", help="quiet ones, or planted ones")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1000)
    asked = parser.parse_args()
    with compiled_once():
        (_planted if asked.planted else _limit if asked.limit else _quiet)(asked)


def _quiet(asked: argparse.Namespace) -> None:
    spoke, scenarios = 0, asked.scenarios or QUIET
    for at in range(asked.companies):
        scenario, seed = scenarios[at % len(scenarios)], asked.seed + at
        company = rk.generate(scenario, seed=seed, accounts=asked.accounts, dirt=asked.dirt)
        begun = time.perf_counter()
        found = rk.watch(company.data)
        spoke += not found.quiet
        print(f"{scenario} {seed} {time.perf_counter() - begun:.1f} s: {said(found)}", flush=True)
    print(f"said something: {spoke} of {asked.companies} ({spoke / asked.companies:.1%})")


def _planted(asked: argparse.Namespace) -> None:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for scenario in asked.scenarios or sorted(MAIN):
        onset = min(sign.month for sign in MAIN[scenario])
        for seed in range(asked.seed, asked.seed + asked.seeds):
            company = rk.generate(scenario, seed=seed).data
            for name, day in _days(onset, company.as_of).items():
                found = rk.watch(company.replay(day) if name != "end" else company)
                named, wrong = judged(scenario, found)
                for key in ((scenario, name), ("all", name)):
                    for place, value in enumerate((1, named, wrong)):
                        counts[key][place] += value
                print(f"{scenario} {seed} {name}: {named} {wrong} {said(found)}", flush=True)
    for (scenario, name), (asks, right, others) in counts.items():
        print(f"{scenario:24} {name:4}: named {right:3} of {asks:3}, wrong causes {others}")


def _limit(asked: argparse.Namespace) -> None:
    """Print how far from usual the planted cause lies for somebody who knows it."""
    for scenario in asked.scenarios or sorted(KNOWN):
        onset = min(sign.month for sign in MAIN[scenario])
        rows = []
        for seed in range(asked.seed, asked.seed + asked.seeds):
            company = rk.generate(scenario, seed=seed).data
            days = _days(onset, company.as_of)
            rows.append({name: KNOWN[scenario](company.replay(day)) for name, day in days.items()})
        for name in rows[0]:
            errors = sorted(abs(row[name]) for row in rows)
            print(f"{scenario:24} {name:4}: {' '.join(f'{one:.1f}' for one in errors)}", flush=True)


def _days(onset: int, last: date) -> dict[str, date]:
    """Return the days on which a company is asked, by name."""
    days = {f"+{each}": shift(START, onset + 3 * each) - timedelta(days=1) for each in QUARTERS}
    return {**days, "end": last}


if __name__ == "__main__":
    main()
