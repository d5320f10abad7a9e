"""Invariants of generated companies, checked on one with millions of rows.

The company is written as Parquet, in parts, and read back by DuckDB within bounded memory. Every
rule of ``tests/support/invariants`` must find no row, the MRR of each month must equal that of the
simulation, and each rate of the company without its effects must lie within four standard
deviations of its scenario's target, in every segment. The exit code is 1 otherwise.

    python -m benchmarks.invariants [--scenario baseline] [--seed 42] [--accounts 120000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np

from revkit.synth import Company, generate, scenarios
from revkit.synth.calibrate.calibration import targets
from revkit.synth.kernel.arrow import COLUMNS
from revkit.synth.scenario.effects import without
from tests.support.invariants.rules import RULES, seen
from tests.support.rates import realised

SIGMAS = 4
"""Most standard deviations between a rate and its target."""

SLOW = 2.0
"""Seconds above which a rule is reported as slow."""

MRR = """
    SELECT strftime(month, '%Y-%m') AS month, sum(round(mrr * 100))::BIGINT AS cents
    FROM months JOIN regimes ON started_on < next AND ended_on >= next GROUP BY ALL
"""


def opened(folder: Path, company: Company, memory: str) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with views of a company's files."""
    engine = duckdb.connect(
        config={"memory_limit": memory, "threads": 2, "temp_directory": str(folder / "aside")}
    )
    for name in COLUMNS:
        place = folder / "company" / name
        files = f"{place}/*.parquet" if place.is_dir() else f"{place}.parquet"
        engine.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{files}')")
    return seen(engine, company)


def broken(engine: duckdb.DuckDBPyConnection) -> int:
    """Return the number of rows that break a rule; print three of each rule."""
    wrong, slow = 0, []
    for rule, query in RULES.items():
        begun = time.perf_counter()
        engine.execute(f"CREATE OR REPLACE TEMP TABLE found AS SELECT * FROM ({query}) LIMIT 10000")
        rows = engine.execute("SELECT count(*) FROM found").fetchall()[0][0]
        seconds = time.perf_counter() - begun
        slow += [f"{rule} ({seconds:.1f} s)"] if seconds > SLOW else []
        if rows:
            wrong += rows
            print(f"BROKEN {rule}: {rows:,} rows")
            print(engine.execute("SELECT * FROM found LIMIT 3").fetchdf().T.to_string())
    if slow:
        print(f"  longest: {'; '.join(slow)}")
    return wrong


def astray(engine: duckdb.DuckDBPyConnection, company: Company) -> int:
    """Return the number of months whose MRR in the files is not that of the simulation."""
    found = dict(engine.execute(MRR).fetchall())
    expected = {month: row["mrr_cents"] for month, row in company.truth.metrics.items()}
    wrong = {month: (found.get(month, 0), cents) for month, cents in expected.items()
             if found.get(month, 0) != cents}  # fmt: skip
    for month, (ours, theirs) in wrong.items():
        print(f"BROKEN MRR of {month}: {ours:,} cents in the files, {theirs:,} in the simulation")
    return len(wrong)


def furthest(company: Company) -> float:
    """Return the largest distance of a rate from its target in standard deviations; print all."""
    scenario = company.world.scenario
    calm = without(scenario, *(effect.id for effect in scenario.effects))
    world, aims, largest = replace(company.world, scenario=calm), targets(calm), 0.0
    print(f"  {'rate':<16}{'segment':<12}{'asked for':>10}{'came to':>10}{'of':>12}{'sigmas':>8}")
    for name, rate in realised(world).items():
        for place, segment in enumerate(scenario.segments):
            aim, sigma = (values[place] for values in (aims[name], rate.sigmas(aims[name])))
            found, asked = rate.passed[place] / rate.asked[place], rate.asked[place]
            print(
                f"  {name:<16}{segment:<12}{aim:>10.4f}{found:>10.4f}{asked:>12,.0f}{sigma:>8.2f}"
            )
            largest = max(largest, float(np.abs(sigma)))
    return largest


def main() -> None:
    """Check the company that the options describe; exit with 1 when a check fails."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--scenario", choices=scenarios(), default="baseline")
    asked.add_argument("--seed", type=int, default=42)
    asked.add_argument("--accounts", type=int, default=120_000)
    asked.add_argument("--memory", default="4GB", help="the most that DuckDB may take")
    how = asked.parse_args()
    company = generate(how.scenario, seed=how.seed, accounts=how.accounts)
    with tempfile.TemporaryDirectory() as place:
        folder, begun = Path(place), time.perf_counter()
        written = company.write(folder / "company")
        made = time.perf_counter()
        print(f"{how.scenario}, seed {how.seed}: {sum(t.rows for t in written.values()):,} rows of "
              f"{how.accounts:,} accounts in {made - begun:.0f} s")  # fmt: skip
        with opened(folder, company, how.memory) as engine:
            wrong = broken(engine)
            seconds = time.perf_counter() - made
            months = astray(engine, company)
    print(f"{len(RULES)} rules in {seconds:.0f} s: {wrong:,} violations; "
          f"MRR of {company.world.months} months: {months} astray")  # fmt: skip
    largest = furthest(company)
    print(f"largest distance from a target: {largest:.2f} sigmas")
    sys.exit(1 if wrong or months or largest >= SIGMAS else 0)


if __name__ == "__main__":
    main()
