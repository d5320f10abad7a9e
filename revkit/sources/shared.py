"""Company that a process has read already: loaded once more as it was asked for, it is the same.

The kernels of a report are forks of a process that has read and checked the report's company.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.sources import aliases

if TYPE_CHECKING:
    from revkit.dataset import Dataset


@dataclass(frozen=True)
class AlreadyRead:
    """A company, and the words by which it was asked for.

    Parameters
    ----------
    data
        As loaded: without a filter.
    asked
        The arguments of :func:`revkit.load`, in order.
    places
        What the names of source and mapping stand for, as :mod:`revkit.sources.aliases` has it.
    """

    data: Dataset
    asked: tuple[Any, ...]
    places: str


_KEPT: list[AlreadyRead] = []


def keep(company: AlreadyRead) -> None:
    """Let this process, and its forks, load a company without reading it."""
    _KEPT[:] = [company]


def found(*asked: Any) -> Dataset | None:
    """Return the company that was asked for by these arguments, if this process has read it."""
    places = os.environ.get(aliases.VARIABLE)
    for company in _KEPT:
        if company.asked == asked and company.places == places:
            return company.data
    return None
