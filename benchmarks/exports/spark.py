"""Spark benchmark: the check and ten figures of Parquet files of growing size, to see the slope.

Each size has a Spark of its own, in one process on this machine, with two threads and a heap of so
many GB. Printed are the seconds, and those for each million deals: where they stay the same, time
is linear. Reading is the time in which Spark counts the values of every column, once.

    python -m benchmarks.exports.spark [--rows 1000000 5000000 …] [--heap 4]
        [--no-scorecard] [--folder build/exports]

It needs Java 17 and the packages of ``make .venv/.engines``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks.exports.contenders import END, METRICS, START
from benchmarks.exports.files import AS_OF, TYPES, write

SIZES = (1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000)
STEPS = ("read", "check", "scorecard")


def session(heap: int) -> Any:
    """Start Spark in this process, on two threads."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SystemExit(
            "pyspark is not installed: make .venv/.engines, and Java 17 or later"
        ) from None
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.driver.memory": f"{heap}g",
        "spark.sql.shuffle.partitions": "8",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
    }
    builder = SparkSession.builder.master("local[2]").appName("revkit exports")
    for name, value in settings.items():
        builder = builder.config(name, value)
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("ERROR")
    return found


def once(folder: Path, heap: int, *, scorecard: bool) -> dict[str, float]:
    """Return the seconds of each step in this process."""
    import revkit as rk

    warnings.simplefilter("ignore")  # pyspark warns of pandas 3 at each query
    spark = session(heap)
    for table in TYPES:
        spark.read.parquet(str(folder / f"{table}.parquet")).createOrReplaceTempView(table)
    taken: dict[str, float] = {}
    start = time.perf_counter()
    counts = ", ".join(f"count({name})" for name in TYPES["opportunities"])
    spark.sql(f"select {counts} from opportunities").collect()
    taken["read"] = time.perf_counter() - start
    data = rk.load(spark, as_of=AS_OF)
    start = time.perf_counter()
    for name in data.tables:
        data.table(name)
    taken["check"] = time.perf_counter() - start
    if scorecard:
        start = time.perf_counter()
        rk.measure(data, METRICS, by="segment", start=START, end=END)
        taken["scorecard"] = time.perf_counter() - start
    spark.stop()
    return taken


def main() -> None:
    """Time each size, and print the seconds and the slope."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports.spark")
    parser.add_argument("--rows", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--heap", type=int, default=4, help="GB")
    parser.add_argument("--folder", type=Path, default=Path("build/exports"))
    parser.add_argument("--no-scorecard", action="store_true")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    order = parser.parse_args()
    if order.once:
        print(json.dumps(once(order.folder, order.heap, scorecard=not order.no_scorecard)))
        return
    steps = STEPS[:2] if order.no_scorecard else STEPS
    print(f"{'deals':>12}" + "".join(f"{step + ' s':>13}{'per million':>13}" for step in steps))
    for rows in order.rows:
        folder = write(order.folder, rows, "parquet")
        command = [sys.executable, "-m", "benchmarks.exports.spark", "--once",
                   "--heap", str(order.heap), "--folder", str(folder),
                   *(["--no-scorecard"] if order.no_scorecard else [])]  # fmt: skip
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
        taken = json.loads(told.stdout.splitlines()[-1])
        parts = (f"{taken[step]:>13.1f}{taken[step] / rows * 1e6:>13.2f}" for step in steps)
        print(f"{rows:>12,}" + "".join(parts), flush=True)


if __name__ == "__main__":
    main()
