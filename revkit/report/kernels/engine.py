"""Engine of a company across a fork: DuckDB without threads, and with a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from revkit.dataset import Dataset


class SleepingEngine:
    """The DuckDB of a company, in this process.

    A fork has the memory of an engine, but none of its threads: asked for work, it would wait for
    them. With one thread, the one that asks, DuckDB has no others.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._threads = int(self._one("SELECT current_setting('threads')"))

    @classmethod
    def of(cls, data: Dataset) -> SleepingEngine | None:
        """Return the engine of a company; None where it is no DuckDB, or has rows on disk.

        A connection to a database is a conversation, which two processes cannot hold; and rows that
        did not fit into memory are in files that each fork would overwrite.
        """
        from revkit.dataset.engines.duckdb_engine import LocalEngine

        if not isinstance(data.backend, LocalEngine):
            return None
        engine = cls(data.backend.con)
        spilled = engine._one("SELECT count(*) FROM duckdb_temporary_files()")
        return None if spilled else engine

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Let it have no threads, for a fork."""
        self._set("threads", 1)
        self._one("SELECT 1")  # by then they have ended
        try:
            yield
        finally:
            self._set("threads", self._threads)

    def waken(self, folder: str) -> None:
        """Give it its threads in a fork, and a folder for rows that do not fit into memory."""
        import duckdb

        self._set("threads", self._threads)
        with suppress(duckdb.Error):  # that of a .duckdb file may reach no other folder
            self._set("temp_directory", f"'{folder}'")

    def _one(self, query: str) -> Any:
        return self._connection.execute(query).fetchone()[0]

    def _set(self, name: str, value: object) -> None:
        self._connection.execute(f"SET {name} = {value}")
