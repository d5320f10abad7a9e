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
from benchmarks.quiet.claims import FIRST_PAGE, as_rows, claims
from benchmarks.quiet.planted import PLANTED, QUARTERS, named_by, pages_on
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
    """Ask each company at each day which page names what was planted, until one does."""
    done = _named(asked.out)
    for scenario in asked.scenarios:
        bearing: set[str] = set()
        for seed in range(asked.seed, asked.seed + asked.seeds):
            names = {quarters: f"{scenario} {seed} +{quarters}" for quarters in asked.quarters}
            if all(name in done for name in names.values()):
                continue
            company = rk.generate(scenario, seed=seed)
            bearing = bearing or pages_on(scenario, company.data)
            for quarters, name in names.items():
                if name not in done:
                    known = company.data.replay(cut_after(scenario, quarters))
                    done[name] = named_by(scenario, known, bearing)
                    print(f"{name:36} {done[name]}", flush=True)
                    if asked.out:
                        asked.out.parent.mkdir(exist_ok=True)
                        table = pd.DataFrame(done.items(), columns=["company", "page"])
                        table.to_csv(asked.out, index=False)
    for scenario in asked.scenarios:
        for quarters in asked.quarters:
            of = [page for name, page in done.items()
                  if name.startswith(f"{scenario} ") and name.endswith(f"+{quarters}")]  # fmt: skip
            first = sum(page == FIRST_PAGE for page in of)
            named = sum(bool(page) for page in of)
            print(f"{scenario:28} +{quarters}: {named:3} of {len(of)}, {first} on the first page")


def _named(out: Path | None) -> dict[str, str]:
    """Return which page named what was planted, by company, where a file holds it already."""
    if out is None or not out.exists():
        return {}
    rows = pd.read_csv(out, keep_default_na=False)
    return dict(zip(rows["company"], rows["page"], strict=True))


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
