"""DuckDB in this process: it reaches only what it was given, and what fails is said in a sentence.

Queries run when a result is asked for, long after a file was opened: a file that is damaged inside,
or deleted since, fails there. So the backend itself turns the engine's errors into revkit's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from ibis.backends.duckdb import Backend

from revkit.errors import DataError, EngineError, SourceError, first_lines

# No extension is fetched from the network or from disk, whatever a file or a view asks for.
_CLOSED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}

# Errors of a query that revkit wrote wrongly: they stay as they are, with their traceback.
_OURS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


class LocalEngine(Backend):  # type: ignore[misc]
    """DuckDB backend whose errors while a query runs are revkit's.

    ``source`` is the folder or file that it reads, for messages; empty for data frames.
    """

    source: str = ""

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise errors of the engine as revkit's.

        Raises
        ------
        SourceError
            When a file cannot be read.
        DataError
            When values of data frames cannot be computed with.
        EngineError
            When the engine runs out of memory or disk.
        """
        try:
            yield
        except _OURS:
            raise
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise EngineError.query_failed(self.source, problem=first_lines(error)) from error
        except duckdb.Error as error:
            if self.source:
                raise SourceError.unreadable(self.source, problem=first_lines(error)) from error
            raise DataError.not_computed(problem=first_lines(error)) from error

    def to_pyarrow(self, *args: Any, **options: Any) -> Any:
        """Run a query and return its result as an Arrow table, array or scalar."""
        with self.translated():
            return super().to_pyarrow(*args, **options)

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run a query and return its result as a pandas frame, series or scalar."""
        with self.translated():
            return super().execute(*args, **options)

    def create_table(self, *args: Any, **options: Any) -> Any:
        """Create a table from a query or a frame."""
        with self.translated():
            return super().create_table(*args, **options)


def local_engine(source: str = "") -> LocalEngine:
    """Start an empty DuckDB in memory.

    Parameters
    ----------
    source
        The folder whose files it will read, for messages; empty for data frames.
    """
    engine = LocalEngine()
    engine.do_connect(**_CLOSED)
    engine.source = source
    return engine


def database_engine(file: Path, source: str) -> LocalEngine:
    """Open a DuckDB file read-only; its views reach nothing outside of it.

    Raises
    ------
    duckdb.Error
        When it cannot be opened.
    """
    engine = LocalEngine()
    engine.do_connect(file, read_only=True, enable_external_access=False, **_CLOSED)
    engine.source = source
    return engine
