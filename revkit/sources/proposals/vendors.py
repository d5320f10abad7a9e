"""Recognize the vendor of an export, by how many of its columns the vendor's mapping reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from revkit.errors import RevkitError
from revkit.schema import TABLES
from revkit.sources.proposals.concepts import likeness_of_table
from revkit.sources.proposals.matching import LIKELY, File
from revkit.sources.proposals.writing import Line, translated
from revkit.sources.vendors import VENDORS, Vendor, fit

LEAST, MOST = 5, 0.5
"""Columns, and the share of all, that a vendor's mapping reads of files that seem to be its own."""

MANY, WHOLE = 10, 0.8
"""Columns, and the share of what the mapping asks for, where connectors add hundreds of others."""


@dataclass(frozen=True)
class Recognized:
    """A vendor, and its mapping fitted to the files of an export."""

    vendor: Vendor
    tables: Mapping[str, list[Mapping[str, Any]]]

    def lines(self, files: Iterable[File]) -> list[Line]:
        """Return what the vendor's mapping reads: a line for each column of the schema."""
        columns = {file.name: file.columns for file in files}
        why = f"mapping of {self.vendor.title}"
        return [
            Line(table, name, source, theirs, spec, 1.0, "sure", why, shipped=True)
            for table, parts in self.tables.items()
            for part in parts
            for name, spec in part["columns"].items()
            for source, theirs in [_first(spec, part["source"], columns)]
        ]

    def words(self, files: Iterable[File]) -> list[Line]:
        """Return lines for the columns of which the vendor's mapping does not know all words."""
        found, samples = [], {file.name: file.columns for file in files}
        for line in self.lines(files):
            spec, columns = line.spec, TABLES[line.table].columns
            if not isinstance(spec, dict) or spec.keys() != {"from", "words"}:
                continue
            values = samples[line.file][line.theirs]
            given = translated(columns[line.column], line.theirs, values, spec["words"])
            if given is not None:
                sure = "check" if given[1] else "likely"
                found.append(replace(line, spec=given[0], sure=sure, why=given[1], shipped=False))
        return found

    def reads(self, files: Iterable[File]) -> set[tuple[str, str]]:
        """Return the columns that the mapping reads, by file."""
        return {
            (file.name, column)
            for parts in self.tables.values()
            for part in parts
            for file in files
            for column in set(file.columns).intersection(texts(part))
            if file.name in {part["source"], *texts(part)}
        }

    def adds(self, line: Line, lines: Iterable[Line]) -> bool:
        """Return whether a line may stand beside the vendor's mapping.

        A column of a table that the vendor reads from this file alone may, and so may those of
        another table of another file, when the file is called so and all that formulas need is
        there.
        """
        if line.table in self.tables:
            parts = self.tables[line.table]
            read = {name for part in parts for name in part["columns"]}
            return [part["source"] for part in parts] == [line.file] and line.column not in read
        found = {one.column: one.score for one in lines if one.table == line.table}
        needed = [name for name, one in TABLES[line.table].columns.items() if not one.optional]
        named = likeness_of_table(line.file, line.table)
        files = {part["source"] for parts in self.tables.values() for part in parts}
        whole = all(found.get(name, 0) >= LIKELY for name in needed)
        return whole and named >= LIKELY and line.file not in files


def recognized(files: Iterable[File]) -> Recognized | None:
    """Return the vendor whose export files seem to be, with its mapping; None for no vendor's."""
    read = {file.name: list(file.columns) for file in files}
    columns = {column for several in read.values() for column in several}
    best, most, whole = None, 0, 0.0
    for name in VENDORS:
        vendor = Vendor.of(name)
        try:
            tables = fit(vendor, read, read.__getitem__, "")["tables"]
        except RevkitError:  # none of its files, or two that may be the same
            continue
        known = len(columns.intersection(texts(tables)))
        if known > most:
            best, most = Recognized(vendor, tables), known
            whole = _columns(tables) / _columns(vendor.tables, tables)
    if most >= max(LEAST, MOST * len(columns)) or (most >= MANY and whole >= WHOLE):
        return best
    return None


def _columns(tables: Mapping[str, Any], like: Mapping[str, Any] | None = None) -> int:
    """Return how many columns a mapping reads: of as many parts of a table as another has."""
    found = 0
    for name, parts in (like or tables).items():
        given = tables[name] if isinstance(tables[name], list) else [tables[name]]
        found += sum(len(part["columns"]) for part in given[: len(parts)])
    return found


def _first(spec: Any, source: str, columns: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Return the first file and column that a mapping of a column takes; no column for none.

    >>> _first({"from": "owner", "lookup": [{"source": "users", "take": "name"}]}, "deals", {})
    ('users', 'name')
    >>> _first({"constant": "new"}, "deals", {"deals": {"id": 0}})
    ('deals', '')
    """
    if isinstance(spec, dict) and "coalesce" in spec:
        return _first(spec["coalesce"][0], source, columns)
    if isinstance(spec, dict) and "lookup" in spec:
        return spec["lookup"][-1]["source"], spec["lookup"][-1]["take"]
    return source, next((one for one in texts(spec) if one in columns[source]), "")


def texts(value: Any) -> Iterator[str]:
    """Yield the texts of a mapping, in whatever depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
