"""Garbage of a query that is being written: it is collected afterwards, once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """Put off the collection of garbage.

    A query is written from ten thousands of small objects. Python looks through all that a process
    holds again and again meanwhile, which is a sixth of the time of a page and finds nothing.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()
