"""Parallel work on the chunks of a company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

Found = TypeVar("Found")

_WORK: list[Callable[[int], Any]] = []
"""Function that a process applies to a chunk."""


def map_chunks(work: Callable[[int], Found], chunks: range, workers: int) -> Iterator[Found]:
    """Apply a function to each chunk, in order; the function is sent to each process once.

    Examples
    --------
    >>> list(map_chunks(abs, range(3), workers=1))
    [0, 1, 2]
    """
    if workers == 1 or len(chunks) == 1:
        yield from map(work, chunks)
        return
    # Spawned, not forked: a copy of a process that runs threads may wait for ever.
    with ProcessPoolExecutor(
        min(workers, len(chunks)), get_context("spawn"), _begin, (work,)
    ) as pool:
        yield from pool.map(_done, chunks)


def _begin(work: Callable[[int], Any]) -> None:
    import pyarrow as pa

    # The system's own pool gives back what has been written; the others keep a sixth more.
    pa.set_memory_pool(pa.system_memory_pool())
    _WORK[:] = [work]


def _done(chunk: int) -> Any:
    return _WORK[0](chunk)
