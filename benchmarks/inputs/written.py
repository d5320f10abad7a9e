"""Companies as files: CSV, Parquet, a DuckDB file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

Write = Callable[[Path], Path]


def as_csv(tables: Mapping[str, pd.DataFrame], **options: Any) -> Write:
    """Return a function that writes tables as CSV files."""

    def write(folder: Path) -> Path:
        for name, frame in tables.items():
            frame.to_csv(folder / f"{name}.csv", index=False, **options)
        return folder

    return write


def as_parquet(tables: Mapping[str, pd.DataFrame]) -> Write:
    """Return a function that writes tables as Parquet files."""

    def write(folder: Path) -> Path:
        for name, frame in tables.items():
            frame.to_parquet(folder / f"{name}.parquet")
        return folder

    return write


def as_database(tables: Mapping[str, pd.DataFrame]) -> Write:
    """Return a function that writes tables into a DuckDB file."""

    def write(folder: Path) -> Path:
        import duckdb

        with duckdb.connect(str(folder / "company.duckdb")) as engine:
            for name, frame in tables.items():
                engine.register("frame", frame)
                engine.execute(f"create table {name} as select * from frame")
                engine.unregister("frame")
        return folder / "company.duckdb"

    return write
