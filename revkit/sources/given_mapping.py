"""The mapping that a call names: a file, a vendor, or a file that begins with a vendor's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from revkit.dataset.columns import fold
from revkit.dataset.validation.reading import stripped
from revkit.errors import MappingError
from revkit.schema import TABLES
from revkit.sources.files import SourceTables, expanded
from revkit.sources.formats.style import ReadStyle
from revkit.sources.mapping import MappingFile, checked, read_content
from revkit.sources.mapping.epochs import unit_of
from revkit.sources.vendors import VENDORS, Vendor, fit, merged

PEEKED = 1000
"""Rows by which a column of a vendor's export is told to hold seconds since 1970."""


def given_mapping(given: str | Path, found: SourceTables) -> MappingFile:
    """Return the mapping of a file, or that of a vendor fitted to the tables of a source.

    Raises
    ------
    SourceError
        When there is no such file, or none of the tables is one of the vendor's.
    MappingError
        When the file is invalid, or names no vendor that is known.
    """
    if (vendor := _vendor(given)) is not None:
        return _fitted(vendor, {}, f"a mapping with vendor: {vendor.name}", found)
    content, file = read_content(given)
    name = content.get("vendor")
    if name is None:
        return checked(content, file)
    if name not in VENDORS:
        raise MappingError.unknown(str(name), file=file, place="vendor", known=VENDORS)
    return _fitted(Vendor.of(name), content, file, found)


def _vendor(given: str | Path) -> Vendor | None:
    """Return the vendor of a name, unless there is a file of that name."""
    names = {fold(name): name for name in VENDORS}
    if isinstance(given, Path) or fold(given) not in names or expanded(given).is_file():
        return None
    return Vendor.of(names[fold(given)])


def _fitted(vendor: Vendor, own: dict[str, Any], file: str, found: SourceTables) -> MappingFile:
    """Return a vendor's mapping with what a user's says instead."""
    settings = {key: own[key] for key in ("separator", "encoding") if key in own}
    style = ReadStyle(**settings)
    # what is found out about a file is told once, when its table is opened
    found = replace(found, remarks=[])

    def columns(name: str) -> Collection[str]:
        return tuple(found.open(name, style, ()).columns)

    base = fit(vendor, list(found.tables), columns, found.where)
    if "date_format" not in own:
        epochs = _Epochs(found, style)
        base["tables"] = {
            name: [epochs.named(name, part) for part in parts]
            for name, parts in base["tables"].items()
        }
    if vendor.name == "salesforce":
        _cut_ids(base["tables"], found, style)
    return checked(merged(base, own), file)


def _cut_ids(tables: dict[str, Any], found: SourceTables, style: ReadStyle) -> None:
    """Cut ids of Salesforce to 15 characters where an export has them with 15 and with 18.

    The API writes 18, of which the last three repeat the case of the others, and reports 15.
    """
    ids = [
        (part, name)
        for table, parts in tables.items()
        for part in parts
        for name, spec in part["columns"].items()
        if name in TABLES[table].columns and TABLES[table].columns[name].type == "id"
        and isinstance(spec, str)
    ]  # fmt: skip
    lengths: set[int] = set()
    for source in dict.fromkeys(part["source"] for part, _ in ids):
        theirs = [part["columns"][name] for part, name in ids if part["source"] == source]
        raw = found.open(source, style, theirs)
        known = [raw[one].cast("string").name("id").as_table() for one in theirs]
        for column in known:
            values = column.limit(PEEKED).to_pyarrow()["id"].to_pylist()
            lengths |= {len(value) for value in values if value and value.isalnum()}
    if lengths >= {15, 18}:
        for part, name in ids:
            part["columns"][name] = {"from": part["columns"][name], "characters": 15}


@dataclass
class _Epochs:
    """Finds the dates of an export that are seconds or milliseconds since 1970, as APIs write."""

    found: SourceTables
    style: ReadStyle
    known: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def named(self, table: str, part: dict[str, Any]) -> dict[str, Any]:
        """Return a part of a table with ``epoch`` where its dates are such numbers."""
        columns = dict(part["columns"])
        for name, spec in columns.items():
            declared = TABLES[table].columns.get(name)
            if declared is not None and declared.dated:
                columns[name] = self._column(spec, part)
        return {**part, "columns": columns}

    def _column(self, spec: Any, part: dict[str, Any]) -> Any:
        """Return the mapping of a column of dates, with ``epoch`` where it needs it."""
        given: dict[str, Any] = {"from": spec} if isinstance(spec, str) else spec
        if "coalesce" in given:
            return {**given, "coalesce": [self._column(one, part) for one in given["coalesce"]]}
        if "from" not in given or given.keys() & {"date_format", "epoch", "words"}:
            return spec
        place = part["source"], given["from"]
        for lookup in given.get("lookup") or []:
            place = lookup["source"], lookup["take"]
        pivot = part.get("pivot", {})
        if given["from"] == pivot.get("values"):
            place = part["source"], next(iter(pivot["columns"]))
        if place not in self.known:
            self.known[place] = self._epoch(*place)
        return spec if self.known[place] is None else {**given, "epoch": self.known[place]}

    def _epoch(self, source: str, column: str) -> str | None:
        """Return the unit of a column of moments as numbers; None for any other column."""
        raw = self.found.open(source, self.style, [column])
        if column not in raw.columns or raw[column].type().is_temporal():
            return None
        text = stripped(raw[column].cast("string"))
        some = raw.select(text=text).filter(lambda row: row.text != "").limit(PEEKED)
        values = some.to_pyarrow()["text"].to_pylist()
        return unit_of(values)
