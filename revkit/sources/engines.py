"""Engines: tables stay in the database that holds them, which is read and never written.

What connects here is a session of our own: its time zone and settings are ours, those of the
user's sessions are not touched.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from revkit.errors import EngineError
from revkit.sources.address import Address
from revkit.sources.files import SourceTables, database

_SECONDS = "10"  # to wait for a server, unless the address says connect_timeout


def is_session(source: object) -> bool:
    """Return whether something is a Spark session, without importing Spark."""
    kind = type(source)
    return kind.__module__.startswith("pyspark.sql.") and kind.__name__ == "SparkSession"


def engine(address: Address) -> SourceTables:
    """Connect to a database and see which tables and views it has.

    Raises
    ------
    EngineError
        When it cannot be reached, its driver is not installed or there is no such schema.
    SourceError
        When a DuckDB file is not there or cannot be read.
    """
    kinds: dict[str, Callable[[Address], SourceTables]] = {
        "postgres": _postgres,
        "postgresql": _postgres,
        "spark": _spark,
        "duckdb": lambda address: database(address.place, str(address)),
    }
    if address.kind not in kinds:
        raise EngineError.no_such_kind(str(address), kind=address.kind, known=list(kinds))
    return kinds[address.kind](address)


def session(given: Any, schema: str | None = None, where: str = "Spark") -> SourceTables:
    """See which tables and views a Spark session has, from a copy of it.

    Ibis sets the time zone of the session it works in, so it gets a copy: the settings and the
    temporary views of the session are in it, and what is set in it stays in it.
    """
    _spark_classes(where)
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
    return SourceTables(where, backend, dict.fromkeys(names, ()), (), shared=True)


def _spark_classes(where: str) -> Any:
    """Import Spark, or say how to install it; the class of its sessions."""
    with warnings.catch_warnings():
        # pyspark 4 warns of pandas 3; only Arrow comes from it here
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        try:
            import_module("ibis.backends.pyspark")
            return import_module("pyspark.sql").SparkSession
        except ImportError:
            raise EngineError.no_driver(where, package="pyspark", extra="spark") from None


def _spark(address: Address) -> SourceTables:
    opens = _spark_classes(str(address))
    master = address.place if address.place.startswith("local") else f"spark://{address.place}"
    running = opens.getActiveSession()
    if running is not None and running.sparkContext.master != master:
        raise EngineError.other_spark(master, running=running.sparkContext.master)
    if running is None:
        builder = opens.builder.master(master).appName("revkit").config("spark.ui.enabled", "false")
        try:
            running, problem = builder.getOrCreate(), ""
        except Exception as error:
            problem = address.without_secrets(_first_line(error))
        if problem:
            raise EngineError.refused(str(address), problem=problem)
    return session(running, address.options.get("schema"), str(address))


def _postgres(address: Address) -> SourceTables:
    try:
        import ibis.backends.postgres
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
    items: dict[str, tuple[()]] = {name: () for (name,) in connection.execute(_TABLES)}
    words: dict[str, list[str]] = {}
    for table, column in connection.execute(_WORDS):
        words.setdefault(table, []).append(column)
    backend = ibis.backends.postgres.Backend.from_connection(connection)
    return SourceTables(str(address), backend, items, (), shared=True, words=words)


# Tables, partitioned ones, views, materialized views and foreign tables.
_TABLES = """
select relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where nspname = current_schema() and relkind in ('r', 'p', 'v', 'm', 'f') order by relname
"""

# Columns of enumerated types: nothing but their own words may stand beside those in a query.
_WORDS = """
select relname, attname from pg_attribute
join pg_class on pg_class.oid = attrelid join pg_type on pg_type.oid = atttypid
where pg_class.relnamespace = (select oid from pg_namespace where nspname = current_schema())
and typtype = 'e' and attnum > 0 and not attisdropped
"""


def _connected(address: Address) -> tuple[Any, str]:
    """A connection, or the driver's sentence why there is none."""
    import psycopg

    secrets = {name: address.options[name] for name in ("sslpassword",) if name in address.options}
    if address.password is not None:
        secrets["password"] = address.password
    if "connect_timeout" not in address.options:
        secrets["connect_timeout"] = _SECONDS
    try:
        return psycopg.connect(
            address.plain("schema"), autocommit=True, application_name="revkit", **secrets
        ), ""
    except psycopg.Error as error:
        return None, address.without_secrets(_first_line(error))


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3])[:300].rstrip(".")
