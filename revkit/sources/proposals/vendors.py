"""Recognize the vendor of an export: the one whose mapping reads most of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from revkit.errors import RevkitError
from revkit.sources.proposals.matching import File
from revkit.sources.vendors import VENDORS, Vendor, fit

LEAST, MOST = 5, 0.5
"""Columns, and the share of all, that a vendor's mapping reads of files that seem to be its own."""


def alike(files: Iterable[File]) -> str:
    """Return the vendor whose export files seem to be, as ``mapping`` takes it; else empty."""
    read = {file.name: list(file.columns) for file in files}
    columns = {column for several in read.values() for column in several}
    known: dict[str, int] = {}
    for name in VENDORS:
        try:
            fitted = fit(Vendor.of(name), read, read.__getitem__, "")
        except RevkitError:  # none of its files, or two that may be the same
            continue
        known[name] = len(columns.intersection(_texts(fitted["tables"])))
    best = max(known, key=lambda name: known[name], default="")
    return best if best and known[best] >= max(LEAST, MOST * len(columns)) else ""


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of a mapping, in whatever depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
