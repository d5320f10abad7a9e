"""Quality benchmark: how many planted errors data.check() finds, and how much else it flags.

Companies are generated clean and with dirt, whose key lists every changed cell; the tables are
checked as they were written, so that what the door refuses is counted too. Printed is for each kind
of error and level how many there are, the share that was found (recall) and the share of what was
flagged that was planted (precision); goals are 95 % each. Moments of another time zone can be told
only at hours at which nothing of their kind happens: for them the estimate of how many there are
in all stands beside. Near twins are apart, and so is what is found in clean companies.

    python -m benchmarks.quality [--companies 5] [--accounts 400] [--months 24]
    python -m benchmarks.quality --rows 4000000    # times a check beside reading the CSV file
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

import revkit as rk
from benchmarks.door import ACCOUNTS, OPPORTUNITIES, REPS
from revkit.quality import Check

Cell = tuple[str, str]

RULES: dict[str, tuple[str, ...]] = {
    "cut off": ("cut_off",),
    "no owner": ("no_owner",),
    "won without amount": ("won_without_amount",),
    "other spelling": ("spelling", "spelling_likely"),
    "stage back": ("stage_back", "nothing_changed", "step_missing"),
    "other currency": ("currency_unlike_others",),
    "local time": ("odd_hour",),
    "day first": ("due_on_unreadable",),
    "expected day first": ("expected_close_on_unreadable",),
    "twice": ("twin",),
}
"""By kind of error, the rules that find it."""

TWICE = ("accounts", "leads")
"""Tables with second entries of their own; other rows only follow them."""


def planted(company, kind: str) -> set[tuple[str, ...]]:
    """Return table, row and column of the errors of a kind; of exports cut off, the tables."""
    rows = [row for row in company.key.to_pylist() if row["kind"] == kind] if company.key else []
    if kind == "cut off":
        return {(row["table"],) for row in rows}
    if kind == "twice":
        return {
            (row["table"], row["row"])
            for row in rows
            if row["dirty"] == "added" and row["table"] in TWICE
        }
    if kind == "local time":  # a ticket is opened and closed by one clock
        rows = [row for row in rows if row["column"] != "closed_at"]
    return {(row["table"], row["row"], row["column"]) for row in rows}


def found(check: Check, kind: str) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield what the rules of a kind flagged, each with all names it may have in the key."""
    for one in check.findings:
        if one.rule not in RULES[kind]:
            continue
        if kind == "cut off":
            yield ((one.table,),)
            continue
        for row in one.flagged.to_pyarrow().to_pylist():
            if kind == "twice":  # either of two may be the second entry
                if one.table in TWICE:
                    yield (one.table, row["key"]), (one.table, row["proposed"])
            else:
                yield ((one.table, row["key"], one.column),)


def scored(company, check: Check, kind: str) -> tuple[int, int, int, int]:
    """Return how many were planted, how many of these found, how many flagged, how many rightly.

    Second entries repeat the errors of the first, and are no errors of their own in the key: what
    is flagged there counts on neither side.
    """
    there = planted(company, kind)
    copies = set() if kind == "twice" else planted(company, "twice")
    flagged = [names for names in found(check, kind) if names[0][:2] not in copies]
    hit = {name for names in flagged for name in names if name in there}
    right = sum(any(name in there for name in names) for names in flagged)
    return len(there), len(hit), len(flagged), right


def estimated(check: Check) -> int:
    """Return how many moments of another time zone the check takes there to be in all."""
    texts = [one.effect.text for one in check.findings if one.rule == "odd_hour"]
    return sum(int(re.search(r"about ([\d,]+)", text)[1].replace(",", "")) for text in texts)


def companies(order: argparse.Namespace, level: str) -> Iterator[tuple[object, Check]]:
    """Yield generated companies of a level, each with its check."""
    for seed in range(1, order.companies + 1):
        made = rk.generate(accounts=order.accounts, months=order.months, seed=seed, dirt=level)
        currency = made.world.scenario.currency
        yield made, rk.Dataset(currency=currency, **made.tables).check()


def score(order: argparse.Namespace) -> None:
    """Print recall and precision by level and kind, and what is found in clean companies."""
    for level in ("light", "heavy"):
        sums: dict[str, Counter] = defaultdict(Counter)
        near, local = 0, 0
        for made, check in companies(order, level):
            for kind in RULES:
                counts = scored(made, check, kind)
                sums[kind].update(
                    dict(zip(("there", "hit", "flagged", "right"), counts, strict=True))
                )
            near += sum(one.bad for one in check.findings if one.rule == "near_twin")
            local += estimated(check)
        print(f"\n{level:<20}{'planted':>8}{'recall':>9}{'flagged':>9}{'precision':>11}")
        for kind, count in sums.items():
            if not count["there"]:
                continue
            recall = count["hit"] / count["there"]
            precision = count["right"] / count["flagged"] if count["flagged"] else float("nan")
            more = f"  estimated in all: {local}" if kind == "local time" else ""
            print(
                f"{kind:<20}{count['there']:>8}{recall:>9.1%}{count['flagged']:>9}"
                f"{precision:>11.1%}{more}"
            )
        print(f"near twins, to be looked at: {near}", flush=True)
    severities: Counter = Counter()
    rows: Counter = Counter()
    for _, check in companies(order, "clean"):
        for one in check.findings:
            severities[one.severity] += 1
            rows[f"{one.severity}: {one.table}.{one.rule}"] += one.bad
    print(f"\nclean: {dict(severities)}")
    for name, count in sorted(rows.items()):
        print(f"  {name}: {count} rows")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a function takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def time_it(rows: int, rounds: int) -> None:
    """Print how long a check takes beside reading the same CSV files."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, sql in (("opportunities", OPPORTUNITIES), ("accounts", ACCOUNTS), ("reps", REPS)):
            duckdb.sql(f"copy ({sql.format(rows=rows)}) to '{folder / name}.csv' (header)")

        def read() -> None:
            engine = duckdb.connect()
            for name in ("opportunities", "accounts", "reps"):
                path = folder / f"{name}.csv"
                engine.sql(f"create table {name} as from read_csv('{path}')")
            engine.close()

        rounds_of: dict[str, list[float]] = {"read": [], "loaded": [], "checked": []}
        for _ in range(rounds):
            rounds_of["read"].append(timed(read))
            data = rk.load(folder, as_of="2025-12-31")
            rounds_of["loaded"].append(timed(lambda: data.unchecked))  # noqa: B023
            rounds_of["checked"].append(timed(data.check))
            data.backend.disconnect()
        took = {name: statistics.median(each) for name, each in rounds_of.items()}
        print(
            f"{rows:,} rows: DuckDB reads them in {took['read']:.1f} s, revkit in "
            f"{took['loaded']:.1f} s; checked in {took['checked']:.1f} s, "
            f"{took['checked'] / took['read']:.2f} times the reading"
        )


def main() -> None:
    """Score the check, or time it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality")
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=1)
    order = parser.parse_args()
    if order.rows:
        time_it(order.rows, order.rounds)
    else:
        score(order)


if __name__ == "__main__":
    main()
