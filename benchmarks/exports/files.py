"""Files of a company of any size: deals, accounts and reps, in CSV or Parquet."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.door import ACCOUNTS, OPPORTUNITIES, REPS

TABLES = {"opportunities": OPPORTUNITIES, "accounts": ACCOUNTS, "reps": REPS}
FORMATS = ("csv", "parquet")
TYPES = {
    "opportunities": {
        "opportunity_id": "VARCHAR", "account_id": "VARCHAR", "rep_id": "VARCHAR",
        "kind": "VARCHAR", "created_on": "DATE", "expected_close_on": "DATE", "closed_on": "DATE",
        "is_won": "BOOLEAN", "amount": "DOUBLE", "currency": "VARCHAR", "probability": "DOUBLE",
    },
    "accounts": {"account_id": "VARCHAR", "segment": "VARCHAR"},
    "reps": {"rep_id": "VARCHAR", "team": "VARCHAR", "hired_on": "DATE"},
}  # fmt: skip
"""By table, the types that revkit reads its columns as, in DuckDB's words."""

AS_OF = "2025-12-31"


def write(folder: Path, rows: int, kind: str) -> Path:
    """Write a company with so many deals, and return its folder; one that is there is kept."""
    place = folder / f"{kind}-{rows}"
    if (place / "done").exists():
        return place
    place.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute("set preserve_insertion_order = true")
        con.execute("set memory_limit = '4GB'")
        for table, query in TABLES.items():
            path = place / f"{table}.{kind}"
            con.execute(f"copy ({query.format(rows=rows)}) to '{path}' (format {kind})")
    (place / "done").touch()
    return place
