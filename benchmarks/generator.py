"""Generator benchmark: rows per CPU-second against Faker and mimesis loops and plain writing.

Each contender runs in a process of its own, one after another, round by round. Printed are the
medians over the rounds, and of the ratios of revkit to each contender. mimesis takes part where
it is installed.

    python -m benchmarks.generator [--rounds 5] [--accounts 131072]
    python -m benchmarks.generator --large 2400000 --workers 1    # memory of a large company
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import TYPE_CHECKING

from revkit.synth import generate
from revkit.synth.kernel.arrow import plain
from revkit.synth.write.formats import write_parquet

if TYPE_CHECKING:
    import pyarrow as pa

LOOP = 20_000
"""Rows of a row loop."""

EVERY = 0.25
"""Seconds between two readings of the memory."""


def cpu() -> float:
    """Return the CPU-seconds used so far by this process and its finished children."""
    return sum(u.ru_utime + u.ru_stime for u in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def company(accounts: int, folder: Path) -> tuple[int, float]:
    """Generate a company and write it as Parquet, with imports done beforehand."""
    generate(accounts=1, months=1).write(folder / "before")
    begun = cpu()
    written = generate(accounts=accounts).write(folder / "made")
    return sum(table.rows for table in written.values()), cpu() - begun


def parts(accounts: int) -> Iterator[dict[str, pa.Table]]:
    """Yield the tables of each chunk."""
    made = generate(accounts=accounts)
    return (made.part(chunk).tables for chunk in made.world.chunks)


def written(
    accounts: int,
    folder: Path,
    held: Callable[[pa.Table, str], pa.Table],
    write: Callable[[pa.Table, Path], object],
) -> tuple[int, float]:
    """Write the tables of a generated company, timing the writing alone."""
    spent, rows = 0.0, 0
    for tables in parts(accounts):
        tables = {name: held(table, name) for name, table in tables.items()}
        begun = cpu()
        for name, table in tables.items():
            write(table, folder / f"{name}.parquet")
            rows += table.num_rows
        spent += cpu() - begun
    return rows, spent


def as_strings(accounts: int, folder: Path) -> tuple[int, float]:
    """Write the tables with text as strings, by pyarrow with zstd."""
    import pyarrow.parquet as pq

    return written(
        accounts, folder, plain,
        lambda table, path: pq.write_table(table, path, compression="zstd"),
    )  # fmt: skip


def as_codes(accounts: int, folder: Path) -> tuple[int, float]:
    """Write the tables with text as dictionary codes, as the generator does."""
    return written(accounts, folder, lambda table, _: table, write_parquet)


def faker_in(locale: str) -> Callable[[int, Path], tuple[int, float]]:
    """Return a loop that makes deals of nine values with Faker, without writing."""

    def loop(accounts: int, folder: Path) -> tuple[int, float]:
        """Make the rows; return their number and the CPU-seconds."""
        from faker import Faker

        faker = Faker(locale)
        faker.seed_instance(1)
        first, last = date(2023, 1, 1), date(2025, 12, 31)
        begun = cpu()
        rows = [
            (faker.bothify("O########"), faker.company(), faker.name(), faker.email(),
             faker.city(), faker.random_element(("Discovery", "Proposal", "Closed Won")),
             faker.pyfloat(min_value=100, max_value=90_000, right_digits=2),
             faker.date_between(first, last), faker.boolean(25))
            for _ in range(LOOP)
        ]  # fmt: skip
        return len(rows), cpu() - begun

    return loop


def mimesis(accounts: int, folder: Path) -> tuple[int, float]:
    """Make the same rows with mimesis."""
    from mimesis import Generic, Locale

    made = Generic(Locale.EN, seed=1)
    begun = cpu()
    rows = [
        (made.random.generate_string_by_mask("O########"), made.finance.company(),
         made.person.full_name(), made.person.email(), made.address.city(),
         made.random.choice(("Discovery", "Proposal", "Closed Won")),
         made.numeric.float_number(100, 90_000, precision=2),
         made.datetime.date(start=2023, end=2025), made.random.random() < 0.25)
        for _ in range(LOOP)
    ]  # fmt: skip
    return len(rows), cpu() - begun


CONTENDERS: dict[str, Callable[[int, Path], tuple[int, float]]] = {
    "a company, written": company,
    "its tables as strings, merely written": as_strings,
    "its tables as codes, merely written": as_codes,
    "Faker en_US, a row loop": faker_in("en_US"),
    "Faker it_IT, a row loop": faker_in("it_IT"),
    "mimesis, a row loop": mimesis,
}


def run(name: str, accounts: int) -> float:
    """Return the rows per CPU-second of a contender, run in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.generator", "--only", name, "--accounts"]
    said = subprocess.run(  # noqa: S603 - this Python, on this module
        [*words, str(accounts)], check=True, capture_output=True, text=True
    )
    rows, seconds = json.loads(said.stdout)
    return float(rows / seconds)


def side_by_side(rounds: int, accounts: int) -> None:
    """Run every contender round by round and print the medians."""
    names = [name for name in CONTENDERS if name[:7] != "mimesis" or find_spec("mimesis")]
    measured = [{name: run(name, accounts) for name in names} for _ in range(rounds)]
    ours = names[0]
    print(f"{accounts:,} accounts, {rounds} rounds; rows for a CPU-second, and what ours is to it")
    for name in names:
        rates = [row[name] for row in measured]
        ratio = statistics.median(row[ours] / row[name] for row in measured)
        print(f"  {name:<38} {statistics.median(rates):>12,.0f}  "
              f"({min(rates):,.0f} to {max(rates):,.0f})  {ratio:>8,.2f} times")  # fmt: skip


def resident(root: Path = Path("/proc/self")) -> int:
    """Return the bytes of memory used by a process and its children, shared pages once."""
    try:
        rollup = (root / "smaps_rollup").read_text()
        own = 1024 * int(rollup.split("Pss:")[1].split()[0])
        tasks = [task / "children" for task in (root / "task").iterdir()]
        children = [child for task in tasks for child in task.read_text().split()]
    except OSError:  # it has just ended
        return 0
    return own + sum(resident(Path("/proc") / child) for child in children)


def large(accounts: int, workers: int) -> None:
    """Write a large company and print the peak memory of all processes together."""
    seen, done = [resident()], threading.Event()

    def watch() -> None:
        """Record the memory in use until the company is written."""
        while not done.wait(EVERY):
            seen.append(resident())

    watcher = threading.Thread(target=watch)

    def progress(chunk: int, chunks: int) -> None:
        """Print the peak memory after every ten chunks."""
        if chunk % 10 == 0 or chunk == chunks:
            print(f"  {chunk} of {chunks} chunks: {max(seen) / 2**20:,.0f} MB at most", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        begun, clock = cpu(), time.perf_counter()
        watcher.start()
        tables = generate(accounts=accounts, workers=workers).write(folder, progress=progress)
        done.set()
        watcher.join()
        seconds, wall = cpu() - begun, time.perf_counter() - clock
        rows, size = sum(t.rows for t in tables.values()), sum(t.size for t in tables.values())
    print(f"{accounts:,} accounts by {workers} workers: {rows:,} rows, {size / 1e9:.2f} GB in "
          f"{wall:,.0f} s, {rows / seconds:,.0f} rows for a CPU-second, "
          f"{max(seen) / 2**20:,.0f} MB at most, summed over all processes")  # fmt: skip


def main() -> None:
    """Run the benchmark that the options name."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--accounts", type=int, default=131_072)
    asked.add_argument(
        "--only", choices=list(CONTENDERS), help="run one contender once; prints rows and seconds"
    )
    asked.add_argument("--large", type=int, help="write one company of this many accounts")
    asked.add_argument("--workers", type=int, default=1)
    how = asked.parse_args()
    if how.only:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(CONTENDERS[how.only](how.accounts, Path(folder))))
    elif how.large:
        large(how.large, how.workers)
    else:
        side_by_side(how.rounds, how.accounts)


if __name__ == "__main__":
    main()
