"""Results of queries, remembered while a report is made: no query of its pages is asked twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from sys import getsizeof
from typing import Any

LARGEST, MOST = 1_000_000, 100_000_000
"""Bytes of a result that is remembered, and of all of them."""


class Remembered:
    """Results of an engine's queries, by the query and the form of its result."""

    def __init__(self) -> None:
        self._results: dict[Hashable, Any] = {}
        self._bytes = 0

    def result(self, query: Hashable, ask: Callable[[], Any]) -> Any:
        """Return the result of a query, asked for unless it is remembered."""
        if query in self._results:
            return self._results[query]
        found = ask()
        size = getsizeof(found)
        if size <= LARGEST and self._bytes + size <= MOST:
            self._results[query] = found
            self._bytes += size
        return found

    def forget(self) -> None:
        """Forget all of it: a name may stand for another table now."""
        self._results.clear()
        self._bytes = 0
