"""A generated company as DuckDB sees it."""

from __future__ import annotations

import duckdb

from revkit.synth import Company
from tests.support.invariants.rules import seen


def opened(company: Company) -> duckdb.DuckDBPyConnection:
    """A connection in which each table has its name, and what the invariants ask for."""
    # tables of its own, on one thread: many small queries, for which Arrow is slow to open
    engine = duckdb.connect(config={"threads": 1})
    for name, table in company.tables.items():
        engine.register("given", table)
        engine.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        engine.unregister("given")
    return seen(engine, company)


def number(engine: duckdb.DuckDBPyConnection, query: str) -> float:
    """The one number that a query finds."""
    return float(engine.execute(query).fetchall()[0][0])


def must_be_empty(engine: duckdb.DuckDBPyConnection, rule: str, query: str) -> None:
    """Show some of the rows that break a rule."""
    found = engine.execute(query).fetchdf()
    assert found.empty, f"{rule}: {len(found)} rows\n{found.head(3).T.to_string()}"
