"""Which file of an export is which of a vendor's: by the user's word, its name or its columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from revkit.dataset.columns import fold
from revkit.errors import MappingError
from revkit.schema import TABLES
from revkit.sources.vendors.vendor import VENDORS, Columns, Vendor

LEAST, AHEAD = 3, 2
"""Columns of a vendor's file that a download must have, and how many more than of any other."""


def _no_values(_: str, __: str) -> Collection[str]:
    return ()


def _itself(name: str) -> object:
    return name


def _unique(_: str, __: str) -> bool:
    return True


@dataclass(frozen=True)
class Export:
    """The files of an export, as they are looked at to fit a vendor's mapping to them.

    Parameters
    ----------
    where
        The place, for messages.
    found
        The names of the files.
    read
        Returns the columns of a file.
    values
        Returns the values that a column of a file has, each once.
    unique
        Returns whether each value of a column is in one row.
    file
        Returns what two names of one file have in common: the only sheet of a workbook has two.
    left
        Returns what is said of files that hold more than is read of them.
    """

    where: str
    found: Collection[str]
    read: Callable[[str], Collection[str]]
    values: Callable[[str, str], Collection[str]] = _no_values
    unique: Callable[[str, str], bool] = _unique
    file: Callable[[str], object] = _itself
    left: Callable[[], Collection[str]] = tuple


@dataclass
class Assigned:
    """The files of an export by the vendor's names for them, and how some of them were told.

    ``given`` holds the files that a user names for a table, ``notes`` what is said of others.
    """

    files: dict[str, str] = field(default_factory=dict)
    given: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


def assigned(vendor: Vendor, export: Export, own: Mapping[str, Any]) -> Assigned:
    """Return which file is which: those that a user gives to tables, by name, by columns.

    Raises
    ------
    MappingError
        When two files may be the same one of the vendor's.
    """
    told = Assigned()
    for table, names in _claims(vendor, export, own).items():
        source = source_of(vendor, table, export.read(names[0]))
        if source is not None:
            told.given[table] = names
            told.files.setdefault(source, names[0])
    claimed = {export.file(name) for names in told.given.values() for name in names}
    rest = [name for name in export.found if export.file(name) not in claimed]
    several = vendor.files(rest)
    taken = {name for names in several.values() for name in names}
    for name in rest:
        if name in taken or not fold(name).startswith(tuple(map(fold, vendor.downloads))):
            continue
        source = recognized(vendor, export.read(name)) if vendor.downloads else None
        if source is not None and source not in told.files:
            several.setdefault(source, []).append(name)
            told.notes[name] = f"{name} is read as {source} of {vendor.title}, told by its columns"
    for source, names in several.items():
        exact = [name for name in names if fold(name) == fold(source)]
        chosen = {export.file(name): name for name in reversed(exact or names)}
        if len(chosen) > 1:
            shown = list(reversed(chosen.values()))
            raise MappingError.several_files(vendor.title, source=source, files=shown)
        told.files.setdefault(source, next(iter(chosen.values())))
    return told


def _claims(vendor: Vendor, export: Export, own: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the files that a user gives to tables of the vendor, where they are there."""
    found: dict[str, list[str]] = {}
    for table, given in own.items():
        source = given.get("source") if isinstance(given, dict) else None
        names: list[Any] = source if isinstance(source, list) else [source]
        if table in vendor.tables and names and all(name in export.found for name in names):
            found[table] = names
    return found


def source_of(vendor: Vendor, table: str, found: Collection[str]) -> str | None:
    """Return the vendor's file of a table whose columns a file has most of; None without any."""
    sources = dict.fromkeys(part["source"] for part in vendor.parts(table))
    scores = {source: score(vendor, source, found) for source in sources}
    best = max(scores, key=lambda source: scores[source])
    return best if scores[best] else None


def recognized(vendor: Vendor, found: Collection[str]) -> str | None:
    """Return the vendor's file that the columns are clearly those of; None for no or several.

    >>> recognized(Vendor.of("salesforce"), ["Opportunity ID", "Stage", "Amount", "Close Date"])
    'Opportunity'
    >>> recognized(Vendor.of("salesforce"), ["ID", "Name"])
    """
    able = [one for one in vendor.sources if _has_keys(vendor, one, found)]
    scores = sorted(((score(vendor, one, found), one) for one in able), reverse=True)
    best, source = scores[0] if scores else (0, None)
    second = scores[1][0] if scores[1:] else 0
    return source if best >= max(LEAST, second + AHEAD) else None


def maker(table: str, found: Collection[str]) -> Vendor | None:
    """Return the vendor that writes such columns for a table; None for no or several.

    >>> str(maker("invoices", ["id", "Amount Due", "Date (UTC)", "Customer", "Total", "Paid"]).name)
    'stripe'
    """
    scores: dict[str, int] = {}
    for name in VENDORS:
        vendor = Vendor.of(name)
        parts = vendor.parts(table) if table in vendor.tables else []
        able = {part["source"] for part in parts}
        able = {one for one in able if _has_keys(vendor, one, found)}
        # a vendor's variants read the same files
        best = max((score(vendor, one, found) for one in able), default=0)
        scores[vendor.title] = max(best, scores.get(vendor.title, 0))
    first, second = sorted(scores.values(), reverse=True)[:2]
    if first < max(LEAST, second + 1):
        return None
    return next(Vendor.of(n) for n in VENDORS if scores[Vendor.of(n).title] == first)


def _has_keys(vendor: Vendor, source: str, found: Collection[str]) -> bool:
    """Return whether a file has the columns that name a row of a table of the vendor's file."""
    place = vendor.columns(source, found)
    return any(
        all(
            place.get(spec) is not None
            for key in TABLES[table].key
            if isinstance(spec := part["columns"].get(key), str)
        )
        for table in vendor.tables
        for part in vendor.parts(table)
        if part["source"] == source and "pivot" not in part
    )


def score(vendor: Vendor, source: str, found: Collection[str]) -> int:
    """Return how many of the columns that a vendor's mapping reads of a file are there."""
    place: Columns = vendor.columns(source, found)
    return sum(place.get(name) is not None for name in vendor.read_of(source))
