"""The mapping that a call names: a file, a vendor, or a file that begins with a vendor's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.dataset.columns import fold
from revkit.dataset.validation.reading import stripped
from revkit.errors import MappingError
from revkit.schema import TABLES
from revkit.sources.files import SourceTables, expanded
from revkit.sources.formats.style import NOT_READ, ReadStyle, remarked
from revkit.sources.mapping import MappingFile, checked, read_content
from revkit.sources.mapping.time.epochs import are_serials, unit_of
from revkit.sources.vendors import VENDORS, Export, Vendor, fit_own, merged

if TYPE_CHECKING:
    import ibis.expr.types as ir

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
    theirs = own.get("tables")
    tables = theirs if isinstance(theirs, dict) else {}
    edges = dict(_edges(vendor, tables, list(found.tables)))
    peeked = Peeked(replace(found, remarks=[]), style, edges)
    export = Export(
        found.where,
        list(found.tables),
        peeked.columns,
        values=peeked.values,
        unique=peeked.unique,
        file=peeked.file,
        left=peeked.left,
    )
    base = fit_own(vendor, export, tables)
    if "date_format" not in own:
        epochs = _Epochs(peeked)
        base["tables"] = {
            name: [epochs.named(name, part) for part in parts]
            for name, parts in base["tables"].items()
        }
    if vendor.ids:
        _cut_ids(base["tables"], peeked, vendor.ids)
    return checked({**merged(base, own), "vendor": vendor.name}, file)


def _edges(
    vendor: Vendor, tables: Mapping[str, Any], found: Sequence[str]
) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the files of which a user says the row of names, or how many at the end are none."""
    named = vendor.files(found)
    for table, given in tables.items():
        parts = given if isinstance(given, list) else [given]
        for part in (one for one in parts if isinstance(one, dict)):
            said = {key: part[key] for key in ("header_row", "footer_rows") if key in part}
            source = part.get("source")
            files = source if isinstance(source, list) else [source]
            if source is None and table in vendor.tables:
                theirs = {one["source"] for one in vendor.parts(table)}
                files = [file for one in theirs & named.keys() for file in named[one]]
            if said and all(isinstance(one, int) for one in said.values()):
                yield from ((str(file), said) for file in files)


@dataclass(frozen=True)
class Peeked:
    """The files of an export, looked into before its mapping is known.

    ``edges`` is what a user says of the first and last rows of some of them.
    """

    found: SourceTables
    style: ReadStyle
    edges: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def _open(self, name: str, as_text: Sequence[str]) -> ir.Table:
        """Open a file by what is said of it."""
        said = self.edges.get(name, {})
        header, footer = said.get("header_row"), said.get("footer_rows")
        style = replace(self.style, header_row=header, footer_rows=footer)
        return self.found.open(name, style, as_text)

    def columns(self, name: str) -> Collection[str]:
        """Return the columns of a file."""
        return tuple(self._open(name, ()).columns)

    def file(self, name: str) -> object:
        """Return what two names of one file have in common."""
        return self.found.tables[name] or name

    def left(self) -> Collection[str]:
        """Return what is said of files that hold more than is read of them."""
        said = remarked(one for one in self.found.remarks if one.what.startswith(NOT_READ))
        return [one.rstrip(".") for one in said]

    def texts(self, source: str, column: str) -> ir.Table | None:
        """Return the values of a column as text; None where it is absent or holds moments."""
        raw = self._open(source, [column])
        if column not in raw.columns or raw[column].type().is_temporal():
            return None
        text = stripped(raw[column].cast("string"))
        return raw.select(text=text).filter(lambda row: row.text != "")

    def some(self, source: str, column: str) -> list[str]:
        """Return some values of a column as text."""
        texts = self.texts(source, column)
        return [] if texts is None else _listed(texts)

    def values(self, source: str, column: str) -> list[str]:
        """Return the values of a column as text, each once."""
        texts = self.texts(source, column)
        return [] if texts is None else _listed(texts.distinct().order_by("text"))

    def unique(self, source: str, column: str) -> bool:
        """Return whether each value of a column is in one row."""
        texts = self.texts(source, column)
        if texts is None:
            return False
        counted = texts.aggregate(rows=texts.count(), values=texts.text.nunique()).to_pyarrow()
        return bool(counted["rows"][0] == counted["values"][0])


def _listed(texts: ir.Table) -> list[str]:
    """Return the first texts of a column."""
    return [str(one) for one in texts.limit(PEEKED).to_pyarrow()["text"].to_pylist()]


def _cut_ids(tables: dict[str, Any], peeked: Peeked, lengths: tuple[int, ...]) -> None:
    """Cut ids to the shorter of two lengths where an export has them with both.

    The API of Salesforce writes 18 characters, of which the last three repeat the case of the
    others, and reports write 15.
    """
    ids = [
        (part, name)
        for table, parts in tables.items()
        for part in parts
        for name, spec in part["columns"].items()
        if name in TABLES[table].columns and TABLES[table].columns[name].type == "id"
        and isinstance(spec, str)
    ]  # fmt: skip
    places = dict.fromkeys((part["source"], part["columns"][name]) for part, name in ids)
    known = {len(value) for place in places for value in peeked.some(*place) if value.isalnum()}
    if known.issuperset(lengths):
        for part, name in ids:
            part["columns"][name] = {"from": part["columns"][name], "characters": min(lengths)}


@dataclass
class _Epochs:
    """Finds dates that are numbers: since 1970, as APIs write them, or days as Excel keeps them."""

    peeked: Peeked
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
            texts = self.peeked.some(*place)
            self.known[place] = unit_of(texts) or ("excel" if are_serials(texts) else None)
        return spec if self.known[place] is None else {**given, "epoch": self.known[place]}
