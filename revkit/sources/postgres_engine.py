"""PostgreSQL backend whose errors while a query runs are revkit's."""

from __future__ import annotations

import psycopg
from ibis.backends.postgres import Backend

from revkit.dataset.engines.query_errors import QueryErrors
from revkit.errors import EngineError, RevkitError, first_lines
from revkit.sources.address import Address

# A server that stopped, a right that is lacking, a value that overflows; not a query that is wrong.
_THEIRS = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.DataError,
    psycopg.errors.InsufficientPrivilege,
)


class PostgresEngine(QueryErrors, Backend):  # type: ignore[misc]
    """PostgreSQL backend of one address."""

    address: Address

    def translated(self, error: Exception) -> RevkitError | None:
        """Return an EngineError, without the secrets of the address."""
        if not isinstance(error, _THEIRS):
            return None
        problem = self.address.without_secrets(first_lines(error))
        return EngineError.query_failed(str(self.address), problem=problem)


def postgres_engine(connection: psycopg.Connection, address: Address) -> PostgresEngine:
    """Return the backend of an open connection."""
    engine: PostgresEngine = PostgresEngine.from_connection(connection)
    engine.address = address
    return engine
