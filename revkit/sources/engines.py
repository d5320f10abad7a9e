"""Database engines: PostgreSQL, Spark and DuckDB tables, read in place and never written.

Each connection is a new session: its time zone and settings may be changed, those of the user's
sessions are not touched.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from revkit.errors import EngineError, first_lines
from revkit.sources.address import Address
from revkit.sources.files import SourceTables, open_duckdb

_SECONDS = "10"  # connection timeout, unless the address gives connect_timeout


def is_session(source: object) -> bool:
    """Return whether an object is a Spark session, without importing Spark."""
    kind = type(source)
    return kind.__module__.startswith("pyspark.sql.") and kind.__name__ == "SparkSession"


def connect(address: Address) -> SourceTables:
    """Connect to a database and list its tables and views.

    Raises
    ------
    EngineError
        When it cannot be reached, its driver is not installed or there is no such schema.
    SourceError
        When a DuckDB file does not exist or cannot be read.
    """
    kinds: dict[str, Callable[[Address], SourceTables]] = {
        "postgres": _postgres,
        "postgresql": _postgres,
        "spark": _spark,
        "duckdb": lambda address: open_duckdb(address.place, str(address)),
    }
    if address.kind not in kinds:
        raise EngineError.no_such_kind(str(address), kind=address.kind, known=list(kinds))
    return kinds[address.kind](address)


def open_session(given: Any, schema: str | None = None, where: str = "Spark") -> SourceTables:
    """List the tables and views of a Spark session, through a copy of it.

    Ibis sets the time zone of its session, so it gets a clone: the clone has the settings and
    temporary views of the original, which is not changed.

    Parameters
    ----------
    given
        The Spark session.
    schema
        The database to read; the session's current one when None.
    where
        The name to show in messages.

    Raises
    ------
    EngineError
        When Spark is not installed or there is no such schema.
    """
    _import_spark(where)
    import ibis

    if hasattr(given, "cloneSession"):
        ours = given.cloneSession()
    else:
        ours = type(given)(given.sparkContext, given._jsparkSession.cloneSession())
    if schema is not None:
        found = [row.namespace for row in ours.sql("SHOW DATABASES").collect()]
        if schema not in found:
            raise EngineError.no_schema(schema, where=where, found=found)
        ours.catalog.setCurrentDatabase(schema)
    backend = ibis.pyspark.connect(ours)
    names = sorted({row.tableName for row in ours.sql("SHOW TABLES").collect()})
    return SourceTables(where, backend, dict.fromkeys(names), (), shared=True)


def _import_spark(where: str) -> Any:
    """Import Spark and return its session class; raise EngineError where it is not installed."""
    with warnings.catch_warnings():
        # pyspark 4 warns of pandas 3; only Arrow comes from it here
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        try:
            import_module("ibis.backends.pyspark")
            return import_module("pyspark.sql").SparkSession
        except ImportError:
            raise EngineError.no_driver(where, package="pyspark", extra="spark") from None


def _spark(address: Address) -> SourceTables:
    """Open a Spark address, in the running session of the same master or a new one."""
    opens = _import_spark(str(address))
    master = address.place if address.place.startswith("local") else f"spark://{address.place}"
    running = opens.getActiveSession()
    if running is not None and running.sparkContext.master != master:
        raise EngineError.other_spark(master, running=running.sparkContext.master)
    if running is None:
        builder = opens.builder.master(master).appName("revkit").config("spark.ui.enabled", "false")
        try:
            running, problem = builder.getOrCreate(), ""
        except Exception as error:
            problem = address.without_secrets(first_lines(error).rstrip("."))
        if problem:
            raise EngineError.refused(str(address), problem=problem)
    return open_session(running, address.options.get("schema"), str(address))


def _postgres(address: Address) -> SourceTables:
    """Open a PostgreSQL address in a read-only session."""
    try:
        from revkit.sources.postgres_engine import postgres_engine
    except ImportError:
        raise EngineError.no_driver(str(address), package="psycopg", extra="postgres") from None
    connection, problem = _connected(address)
    if problem:
        # outside of `except`: the driver's own error would carry the password in its frames
        raise EngineError.refused(str(address), problem=problem)
    connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    if schema := address.options.get("schema"):
        rows = connection.execute("SELECT nspname FROM pg_namespace ORDER BY 1").fetchall()
        found = [name for (name,) in rows if not name.startswith("pg_")]
        if schema not in found:
            connection.close()
            raise EngineError.no_schema(schema, where=str(address), found=found)
        # public stays within reach: types and operators of extensions live there
        path = '"' + schema.replace('"', '""') + '", public'
        connection.execute("SELECT set_config('search_path', %s, false)", (path,))
    tables = dict.fromkeys(name for (name,) in connection.execute(_TABLES))
    enums: dict[str, list[str]] = {}
    for table, column in connection.execute(_ENUMS):
        enums.setdefault(table, []).append(column)
    backend = postgres_engine(connection, address)
    return SourceTables(str(address), backend, tables, (), shared=True, enums=enums)


# Tables, partitioned ones, views, materialized views and foreign tables.
_TABLES = """
select relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where nspname = current_schema() and relkind in ('r', 'p', 'v', 'm', 'f') order by relname
"""

# Columns of enumerated types, which PostgreSQL compares with their own labels only.
_ENUMS = """
select relname, attname from pg_attribute
join pg_class on pg_class.oid = attrelid join pg_type on pg_type.oid = atttypid
where pg_class.relnamespace = (select oid from pg_namespace where nspname = current_schema())
and typtype = 'e' and attnum > 0 and not attisdropped
"""


def _connected(address: Address) -> tuple[Any, str]:
    """Return a connection, or None with the driver's message without secrets."""
    import psycopg

    secrets = address.secrets
    if address.password is not None:
        secrets["password"] = address.password
    if "connect_timeout" not in address.options:
        secrets["connect_timeout"] = _SECONDS
    try:
        return psycopg.connect(
            address.plain("schema"), autocommit=True, application_name="revkit", **secrets
        ), ""
    except psycopg.Error as error:
        return None, address.without_secrets(first_lines(error).rstrip("."))
