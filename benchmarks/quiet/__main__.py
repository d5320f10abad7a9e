"""Command line of the benchmark of claims: ``python -m benchmarks.quiet``."""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path

import pandas as pd

import revkit as rk
from benchmarks import quiet
from benchmarks.compiled import compiled_once
from benchmarks.quiet.claims import as_rows, claims
from benchmarks.quiet.planted import PLANTED, QUARTERS, names_it
from benchmarks.quiet.planted import cut as cut_after
from benchmarks.quiet.truth import false_claims

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

QUIET = ("baseline", "decoy-only")
SEED = 1000
"""First seed; rules and thresholds were chosen with seeds below it."""


def main() -> None:
    """Run the reports of quiet companies, or of planted ones, and print the table."""
    parser = argparse.ArgumentParser(
        description=quiet.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--planted", action="store_true", help="companies where something happens")
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--accounts", type=int, default=1500)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--scenarios", nargs="*", default=sorted(PLANTED))
    parser.add_argument("--quarters", nargs="*", type=int, default=QUARTERS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with compiled_once():
        (_planted if asked.planted else _quiet)(asked)


def _quiet(asked: argparse.Namespace) -> None:
    done = _done(asked.out)
    for at in range(asked.companies):
        scenario, seed = QUIET[at % len(QUIET)], asked.seed + at
        name = f"{scenario} {seed}"
        if name in done:
            continue
        begun = time.perf_counter()
        company = rk.generate(scenario, seed=seed, accounts=asked.accounts)
        done[name] = as_rows(name, claims(company.data))
        _keep(asked.out, done)
        said, took = int(done[name]["said"].sum()), time.perf_counter() - begun
        print(f"{name:20} {len(done[name]):4} tests, {said:3} claimed, {took:.0f} s", flush=True)
    print(false_claims(pd.concat(done.values(), ignore_index=True)))


def _planted(asked: argparse.Namespace) -> None:
    done = _done(asked.out)
    for scenario in asked.scenarios:
        for seed in range(asked.seed, asked.seed + asked.seeds):
            names = {quarters: f"{scenario} {seed} +{quarters}" for quarters in asked.quarters}
            if all(name in done for name in names.values()):
                continue
            company = rk.generate(scenario, seed=seed)
            for quarters, name in names.items():
                if name not in done:
                    known = company.data.replay(cut_after(scenario, quarters))
                    done[name] = as_rows(name, claims(known))
                    _keep(asked.out, done)
                    print(f"{name:36} {names_it(scenario, done[name])}", flush=True)
    for scenario in asked.scenarios:
        for quarters in asked.quarters:
            found = [
                names_it(scenario, rows)
                for name, rows in done.items()
                if name.startswith(f"{scenario} ") and name.endswith(f"+{quarters}")
            ]
            if found:
                print(f"{scenario:28} +{quarters}: {sum(found):3} of {len(found)}")


def _done(out: Path | None) -> dict[str, pd.DataFrame]:
    """Return the claims that a file holds already, by company."""
    if out is None or not out.exists():
        return {}
    rows = pd.read_csv(out, keep_default_na=False)
    rows = rows.astype({"said": "bool", "up": "bool"})
    return {str(name): part for name, part in rows.groupby("company", sort=False)}


def _keep(out: Path | None, done: dict[str, pd.DataFrame]) -> None:
    if out is not None:
        out.parent.mkdir(exist_ok=True)
        pd.concat(done.values(), ignore_index=True).to_csv(out, index=False)


if __name__ == "__main__":
    main()
