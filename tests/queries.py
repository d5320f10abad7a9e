"""A generated company as DuckDB sees it."""

from __future__ import annotations

import duckdb
from invariants import seen

from revkit.synth import Company


def opened(company: Company) -> duckdb.DuckDBPyConnection:
    """A connection in which each table has its name, and what the invariants ask for."""
    engine = duckdb.connect()
    for name, table in company.tables.items():
        engine.register(name, table)
    return seen(engine, company)


def number(engine: duckdb.DuckDBPyConnection, query: str) -> float:
    """The one number that a query finds."""
    return float(engine.execute(query).fetchall()[0][0])


def must_be_empty(engine: duckdb.DuckDBPyConnection, rule: str, query: str) -> None:
    """Show some of the rows that break a rule."""
    found = engine.execute(query).fetchdf()
    assert found.empty, f"{rule}: {len(found)} rows\n{found.head(3).T.to_string()}"
