"""Door benchmark: what the checks of a table cost beside reading its file.

Each round reads a Parquet file into DuckDB, and then checks the same file as ``rk.load`` does
before the first number: alone, and with the tables that it refers to. They take turns, so that a
busy machine slows them alike. Printed is the median over the rounds of the time of each over that
of reading; the goal is 1.5 at most. A file in the order of its key is checked faster than one that
is not, so deals are timed in both orders.

    python -m benchmarks.door [--rows 10000000] [--rounds 3] [--tables opportunities]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

import revkit as rk
from revkit.dataset.engines.duckdb_engine import local_engine

ACCOUNTS = """
select 'A' || lpad(i::varchar, 9, '0') as account_id,
    ['SMB', 'Mid-Market', 'Enterprise'][1 + (hash(i) % 3)::int] as segment
from range({rows} // 10) t(i)
"""
REPS = """
select 'R' || i as rep_id, ['North', 'South'][1 + i % 2] as team, date '2019-01-01' as hired_on
from range(1000) t(i)
"""
OPPORTUNITIES = """
select 'O' || lpad(i::varchar, 12, '0') as opportunity_id,
    'A' || lpad((hash(i) % ({rows} // 10))::varchar, 9, '0') as account_id,
    'R' || (hash(i * 5) % 1000) as rep_id,
    ['new', 'expansion', 'renewal'][1 + (hash(i * 19) % 3)::int] as kind,
    date '2021-01-01' + (hash(i * 7) % 1700)::int as created_on,
    date '2021-03-01' + (hash(i * 7) % 1700)::int as expected_close_on,
    case when hash(i * 3) % 10 < 8
        then date '2021-01-01' + (hash(i * 7) % 1700)::int + (hash(i * 11) % 120)::int
        end as closed_on,
    case when hash(i * 3) % 10 < 8 then hash(i * 13) % 100 < 25 end as is_won,
    (hash(i * 17) % 10000000)::double / 100 as amount, 'EUR' as currency,
    (hash(i * 23) % 100)::double / 100 as probability
from range({rows}) t(i)
"""
SUBSCRIPTIONS = """
select 'S' || lpad((i // {periods})::varchar, 12, '0') as subscription_id,
    'A' || lpad((hash(i // {periods}) % ({rows} // 10))::varchar, 9, '0') as account_id,
    date '2021-01-01' + (hash((i // {periods}) * 5) % 700)::int
        + (i % {periods})::int * 180 as started_on,
    case when i % {periods} < {periods} - 1
        then date '2021-01-01' + (hash((i // {periods}) * 5) % 700)::int
            + (i % {periods} + 1)::int * 180
        when hash(i * 3) % 10 < 5
        then date '2021-01-01' + (hash((i // {periods}) * 5) % 700)::int
            + (i % {periods})::int * 180 + 30 + (hash(i * 11) % 400)::int
        end as ended_on,
    (1000 + hash(i * 17) % 500000)::double / 100 as mrr, 'EUR' as currency,
    ['month', 'year'][1 + (hash(i * 29) % 2)::int] as interval,
    1 + (hash(i * 31) % 50)::double as quantity
from range({rows}) t(i)
"""
TABLES = {
    "opportunities": ("opportunities", OPPORTUNITIES),
    "deals out of order": ("opportunities", f"{OPPORTUNITIES} order by hash(i * 37)"),
    "subscriptions": ("subscriptions", SUBSCRIPTIONS.replace("{periods}", "1")),
    "subscription changes": ("subscriptions", SUBSCRIPTIONS.replace("{periods}", "4")),
}
"""By what is timed, the table of the schema and the query that makes it."""

BESIDE = {"accounts": ACCOUNTS, "reps": REPS}


def made(folder: Path, name: str, rows: int) -> tuple[Path, Path]:
    """Write a table alone, and beside those it refers to; return both folders."""
    table, query = TABLES[name]
    alone, beside = (folder / name / kind for kind in ("alone", "beside"))
    for place, wanted in ((alone, {table: query}), (beside, {table: query, **BESIDE})):
        place.mkdir(parents=True)
        for each, sql in wanted.items():
            path = str(place / f"{each}.parquet")
            duckdb.sql(f"copy ({sql.format(rows=rows)}) to '{path}' (format parquet)")
    return alone, beside


def read(folder: Path, table: str) -> None:
    """Read a table's file into an engine of its own."""
    engine = local_engine(str(folder))
    raw = engine.read_parquet(str(folder / f"{table}.parquet"))
    engine.create_table(f"{table}_read", raw)
    engine.disconnect()


def check(folder: Path, table: str) -> None:
    """Check a table of a company, and those that it refers to."""
    data = rk.load(folder, as_of="2025-12-31")
    data.table(table)
    data.backend.disconnect()


def timed(work: Callable[[], None]) -> float:
    """Return the seconds that a function takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Time each table, and print the medians."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.door")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tables", nargs="*", default=list(TABLES), choices=list(TABLES))
    order = parser.parse_args()
    print(f"{'table':<22}{'read s':>8}{'check':>8}{'with references':>18}")
    for name in order.tables:
        table = TABLES[name][0]
        with tempfile.TemporaryDirectory() as place:
            alone, beside = made(Path(place), name, order.rows)
            rounds = [
                (
                    timed(lambda: read(alone, table)),  # noqa: B023
                    timed(lambda: check(alone, table)),  # noqa: B023
                    timed(lambda: check(beside, table)),  # noqa: B023
                )
                for _ in range(order.rounds)
            ]
        base = statistics.median(row[0] for row in rounds)
        ratios = [statistics.median(row[n] / row[0] for row in rounds) for n in (1, 2)]
        print(f"{name:<22}{base:>8.2f}{ratios[0]:>8.2f}{ratios[1]:>18.2f}", flush=True)


if __name__ == "__main__":
    main()
