"""DuckDB in this process: it reaches only what it was given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from revkit.dataset.engines.query_errors import QueryErrors
from revkit.errors import DataError, EngineError, RevkitError, SourceError, first_lines

# No extension is fetched from the network or from disk, whatever a file or a view asks for.
_CLOSED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}

_TWICE = re.compile(
    r'in file "([^"]+)", in (?:record/value|line) (\d+):.* has duplicate key "([^"]*)"', re.DOTALL
)
"""A record of a JSON file with a field twice, which is found when it is read."""

# Errors of a query that revkit wrote wrongly: they stay as they are, with their traceback. One that
# cannot be parsed is none: a value with a NUL byte, which ends the text of a query, is the user's.
_OURS = (duckdb.BinderException, duckdb.CatalogException)


class LocalEngine(QueryErrors, Backend):  # type: ignore[misc]
    """DuckDB backend whose errors while a query runs are revkit's.

    ``source`` is the folder or file that it reads, for messages; empty for data frames.
    """

    def translated(self, error: Exception) -> RevkitError | None:
        """Return revkit's error for one of DuckDB's.

        A :class:`SourceError` for a file, a :class:`DataError` for frames, an
        :class:`EngineError` when memory or disk does not suffice.
        """
        if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
            return EngineError.query_failed(self.source, problem=first_lines(error))
        if not isinstance(error, duckdb.Error) or isinstance(error, _OURS):
            return None
        if found := _TWICE.search(str(error)):
            file, record, key = found.groups()
            return SourceError.field_twice(file, record=int(record), field=key)
        if self.source:
            return SourceError.unreadable(self.source, problem=first_lines(error))
        return DataError.not_computed(problem=first_lines(error))

    def compile(self, *args: Any, **options: Any) -> str:
        """Write a query as it was built, step in step.

        Ibis would merge the steps, a tenth of the time of a first call; DuckDB does so in no time.
        """
        fused = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            query: str = super().compile(*args, **options)
        finally:
            ibis.options.sql.fuse_selects = fused
        return query


def local_engine(source: str = "") -> LocalEngine:
    """Start an empty DuckDB in memory.

    Parameters
    ----------
    source
        The folder whose files it will read, for messages; empty for data frames.
    """
    return _quiet(LocalEngine(), source, **_CLOSED)


def database_engine(file: Path, source: str) -> LocalEngine:
    """Open a DuckDB file read-only; its views reach nothing outside of it.

    Raises
    ------
    duckdb.Error
        When it cannot be opened.
    """
    return _quiet(
        LocalEngine(),
        source,
        database=file,
        read_only=True,
        enable_external_access=False,
        **_CLOSED,
    )


def _quiet(engine: LocalEngine, source: str, **how: Any) -> LocalEngine:
    """Connect without the progress bar that DuckDB draws of slow queries in a notebook."""
    engine.do_connect(**how)
    engine.raw_sql("SET enable_progress_bar = false")
    engine.source = source
    return engine
