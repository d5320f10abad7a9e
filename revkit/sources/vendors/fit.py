"""Fitting of a vendor's mapping to an export: names as the files have them, without what is absent.

What comes out is a plain mapping, which a user may save, read and change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from revkit.dataset.columns import fold
from revkit.errors import SourceError
from revkit.schema import TABLES
from revkit.sources.vendors.files import Export, assigned, source_of
from revkit.sources.vendors.parts import FittedParts, Parts
from revkit.sources.vendors.presence import Presence
from revkit.sources.vendors.units import only_unit, with_unit
from revkit.sources.vendors.untold import likeliest
from revkit.sources.vendors.vendor import Vendor, recognised

Reader = Callable[[str], Collection[str]]
"""Returns the columns of a file of the export."""


def fit(
    vendor: Vendor,
    found: Collection[str],
    read: Reader,
    where: str,
) -> dict[str, Any]:
    """Return the vendor's mapping for the files of an export, by their names and columns alone.

    Parameters
    ----------
    found
        The names of the files there.
    read
        Returns the columns of one of them.
    where
        The place, for messages.

    Raises
    ------
    SourceError
        When none of the files is one of the vendor's.
    MappingError
        When two files may be the same one of the vendor's.
    """
    export = Export(where, found, read)
    told = assigned(vendor, export, {})
    fitting = FittedParts(Presence(vendor, export, told.files))
    tables = {name: parts for name in vendor.tables if (parts := fitting.table(name))}
    if not tables:
        raise SourceError.no_vendor(where, vendor=vendor.title, found=found, known=vendor.sources)
    return {**vendor.settings, "tables": tables}


def fit_own(vendor: Vendor, export: Export, own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the vendor's mapping for an export, beside what a user's mapping says of its tables.

    Files that the user names for a table are read as the vendor's, and words of stages that the
    user translates say which deals are closed.

    Raises
    ------
    SourceError
        When none of the files is one of the vendor's, and the user names none.
    MappingError
        When two files may be the same one of the vendor's, or nothing in them says what became of
        the deals.
    """
    told = assigned(vendor, export, own)
    has = Presence(vendor, export, told.files, own)
    tables: dict[str, Parts] = {}
    for name in vendor.tables:
        several = told.given.get(name, [])
        parts = [part for one in several for part in _of_file(has, name, one)]
        if parts := parts if several else FittedParts(has).table(name):
            tables[name] = parts
    if not tables and not any(isinstance(one, list) or "source" in one for one in own.values()):
        near = likeliest(has)
        found = None if near else recognised(export.found)
        found = None if found and found[0].name == vendor.name else found
        raise SourceError.no_vendor(
            export.where,
            vendor=vendor.title,
            found=export.found,
            known=vendor.sources,
            near=near,
            other=(found and found[0].name != vendor.name and (found[0].name, found[0].title))
            or None,
        )
    for parts in tables.values():
        for part in parts:
            if (note := told.notes.get(part["source"])) is not None:
                part["notes"].setdefault("", []).append(note)
    return {**vendor.settings, "ignore": _theirs(has, tables), "tables": tables}


def _theirs(has: Presence, tables: Mapping[str, Parts]) -> list[str]:
    """Return the vendor's own columns, as table.column, which mean none of the schema's."""
    sources = {file: source for source, file in has.files.items()}
    return [
        f"{table}.{column}"
        for table, parts in tables.items()
        for file in dict.fromkeys(part["source"] for part in parts)
        if file in sources
        for column in has.export.read(file)
        if fold(column) not in map(fold, TABLES[table].columns)
        and has.vendor.is_own(sources[file], column)
    ]


def _of_file(has: Presence, table: str, file: str) -> Parts:
    """Return the parts of a table that are of a file which the user gives to it."""
    source = source_of(has.vendor, table, has.export.read(file))
    theirs = replace(has, files={**has.files, str(source): file}, known={}, words={})
    return [part for part in FittedParts(theirs).table(table) if part["source"] == file]


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a vendor's fitted mapping with what a user's mapping says of it instead.

    Settings and columns of the user's stand instead of the vendor's; a list of parts, and a table
    of a source that the vendor's mapping does not fit, instead of all that it says of the table.
    What is said of a column (``notes``) goes with it.

    >>> merged({"tables": {"accounts": [{"source": "Account", "columns": {"name": "Name"}}]}},
    ...        {"tables": {"accounts": {"columns": {"segment": "Tier__c"}}}})
    {'tables': {'accounts': [{'source': 'Account',
    'columns': {'name': 'Name', 'segment': 'Tier__c'}}]}}
    """
    theirs = own.get("tables") or {}
    tables = {name: _said(parts, theirs.get(name)) for name, parts in base["tables"].items()}
    for name, given in theirs.items():
        if not isinstance(given, dict) or not _covers(base["tables"].get(name), given):
            tables[name] = given
            continue
        rest = {key: value for key, value in given.items() if key not in ("columns", "source")}
        tables[name] = [
            {**part, **rest, "columns": _columns(part, given.get("columns") or {})}
            for part in tables[name]
        ]
    settings = {key: value for key, value in own.items() if key not in ("vendor", "tables")}
    if isinstance(given := own.get("ignore"), list):
        settings["ignore"] = [*base.get("ignore", ()), *given]
    return {**base, **settings, "tables": tables}


def _covers(parts: Parts | None, given: Mapping[str, Any]) -> bool:
    """Return whether the vendor's parts of a table are of the files that the user gives to it."""
    if parts is None or "pivot" in given:
        return False
    source = given.get("source")
    names = source if isinstance(source, list) else [source]
    return source is None or all(part["source"] in names for part in parts)


def _columns(part: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a part with a user's instead; only its unit, where no more is said."""
    theirs = part["columns"]
    units = {
        name: with_unit(theirs[name], spec)
        for name, spec in own.items()
        if only_unit(theirs.get(name), spec, part["source"])
    }
    return {**theirs, **own, **units}


def _said(parts: Parts, own: Any) -> Parts:
    """Return the parts of a table with what is said of them, not of a column that the user gives.

    >>> _said([{"source": "a", "notes": {"": ["x"], "mrr": ["y"]}}], {"columns": {"mrr": "MRR"}})
    [{'source': 'a', 'note': ['x']}]
    """
    given = (own.get("columns") or {}) if isinstance(own, dict) else {}
    found = []
    for part in parts:
        notes = part.get("notes", {})
        said = [
            one
            for column, several in notes.items()
            for one in several
            # doubts stay where only the unit is given
            if column not in given
            or (
                isinstance(one, dict)
                and only_unit(part["columns"].get(column), given[column], part["source"])
            )
        ]
        rest = {key: value for key, value in part.items() if key != "notes"}
        found.append({**rest, "note": said} if said else rest)
    return found
