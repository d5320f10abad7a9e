"""``load``: opens files, a DuckDB file or a database as a Dataset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.dataset import Dataset
from revkit.dataset.columns import fold, misnamed
from revkit.dataset.display import Provenance
from revkit.dataset.notes import Note
from revkit.dataset.store import Store
from revkit.errors import MappingError, SourceError, TableError, listed
from revkit.manifest import MANIFEST
from revkit.periods import day
from revkit.policy import Policy
from revkit.schema import TABLES
from revkit.schema.currencies import check_code
from revkit.sources import aliases, shared
from revkit.sources.files import SourceTables, expanded, open_path
from revkit.sources.formats.style import ReadStyle, remarked
from revkit.sources.profiles import database_address

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.sources.mapping import MappingFile


def load(
    source: str | Path | Any,
    *,
    mapping: str | Path | None = None,
    as_of: date | str | None = None,
    policy: Policy | str = "default",
    currency: str | None = None,
    set_aside: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Dataset:
    r"""Open a company's tables; nothing is read until a table is asked for.

    Parameters
    ----------
    source
        A folder that holds ``<table>.parquet``, ``.csv``, ``.xlsx``, ``.json`` and the like
        (:mod:`revkit.sources.formats`), workbooks with a sheet for each table, or a folder
        ``<table>`` of parts, at any depth and all of one format; one such file; a .zip of them;
        a .duckdb file, whose views reach no other file; the address of a database (``postgresql://user@host:5432/name?schema=…``,
        ``spark://host:7077?schema=…``, ``duckdb:///file``); a Spark session; or the name of a
        profile (:mod:`revkit.sources.profiles`), so that no password is written down. A database
        runs the queries and is never written to. Tables and views whose names are not in the
        schema are not read; the Dataset lists them.
    mapping
        A YAML file that maps other names of tables, columns and values to those of the schema:
        see :mod:`revkit.sources.mapping`; or the name of a vendor (:mod:`revkit.sources.vendors`):
        ``salesforce``, ``hubspot``, ``stripe``, ``stripe_invoices``, ``chargebee``, ``pipedrive``.
    as_of
        The day at whose end the company is known; the mapping's, else the latest in the data.
    policy
        The counting rules, or the name of a preset: ``rk.policies()`` lists them.
    currency
        The currency of the company's money, where rows do not name one.
    set_aside
        Rules whose rows are counted nowhere instead of refused, as ``table.rule``, such as
        ``opportunities.closed_before_created``; ``data.notes`` says how many.
    ignore
        Columns, as ``table.column``, that are right as they are although they look like a mistake.

    Returns
    -------
    Dataset

    Raises
    ------
    SourceError
        When there is nothing readable at the source.
    EngineError
        When a database cannot be reached.
    TableError
        When the name of a file is almost that of a table.
    ColumnError
        When a required column is absent.
    MappingError
        When the mapping file is invalid.
    DataError
        When values do not fit the mapping.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "accounts.csv").write_text("account_id,segment\n1,SMB\n")
    ...     load(folder).tables
    ('accounts',)
    """
    if isinstance(source, str):
        check.text(source, "source", "rk.load", example="data/sample")
        already = shared.found(source, mapping, as_of, policy, currency, set_aside, ignore)
        if already is not None:
            return already
    if currency is not None:
        check_code(check.text(currency, "currency", "rk.load", example="EUR"), "rk.load")
    if mapping is not None:
        check.of_kind(
            mapping, (str, Path), "mapping", "rk.load", needed="a YAML file",
            example="'crm.yaml'",
        )  # fmt: skip
    shown, source = source, aliases.place("data", source)
    mapping = aliases.place("mapping", mapping)
    found = _opened(source)
    follow: MappingFile | None = None
    remedies: dict[str, str] = {}
    if mapping is not None:
        from revkit.sources.given_mapping import given_mapping
        from revkit.sources.mapping import open_table, remedies_of

        follow = given_mapping(mapping, found)
        remedies = remedies_of(follow)
    style = ReadStyle() if follow is None else ReadStyle(follow.separator, follow.encoding)
    alike = _with(ignore, "ignore", follow.ignore if follow else ())
    tables: dict[str, ir.Table] = {}
    sources: dict[str, tuple[str, ...]] = {}
    notes: list[Note] = []
    again: dict[str, Callable[..., ir.Table]] = {}
    used: set[str] = set()
    if follow is not None:
        used = {source for table in follow.tables for source in follow.sources(table)}
    offered = [name for name in found.tables if name in TABLES and not found.is_hidden(name)]
    plain = [name for name in offered if name not in used]
    if follow is not None and follow.vendor is not None:
        for name in [name for name in plain if name not in follow.tables]:
            _check_fits(follow.vendor, name, found, style)
    for name in dict.fromkeys([*(follow.tables if follow else ()), *plain]):
        sources[name] = (name,) if follow is None else follow.sources(name)
        known = len(found.remarks)
        if follow is None:
            again[name] = partial(found.open, name, style, TABLES[name].columns.keys())
            tables[name] = again[name](whole=False)
        else:
            opened = open_table(follow, name, found, style)
            tables[name] = opened.table
            notes += opened.notes
            notes += misnamed(name, follow.named(name), opened.table.columns, alike)
        notes += [
            Note(name, remark.rule, f"{remark.file}: {remark.what}", remark.rows)
            for remark in found.remarks[known:]
            if remark.rule and remark not in found.remarks[:known]
        ]
    if follow is None:
        for name in plain:
            _check_ours(name, tables[name].columns, found)
    looked_up = follow.looked_up() if follow else set()
    read = sorted({*(name for names in sources.values() for name in names), *looked_up})
    # the only sheet of a workbook has two names
    taken = {found.file(name) for name in read if name in found.tables}
    ignored = [name for name in found.tables if found.file(name) not in taken | set(plain)]
    ignored = [name for name in ignored if name not in {*used, *plain, *looked_up}]
    _check_names(found, tables, ignored)
    replaced = [name for name in plain if name not in {*sources[name], *looked_up}]
    files = dict.fromkeys(map(found.file, [*ignored, *replaced]))
    others = [name for name in found.others if name != MANIFEST]  # revkit's own
    unread = [*files, *others, *found.unread(read)]
    if (
        mapping is not None
        and expanded(mapping).resolve().parent == expanded(found.where).resolve()
    ):
        unread = [name for name in unread if name != Path(mapping).name]
    slow = {
        name: again.get(name, lambda table=table: table)
        for name, table in tables.items()
        if any(map(found.is_parsed, sources[name]))
    }
    money = currency or aliases.currency(shown) or (follow.currency if follow else None)
    if money is not None and follow is not None:
        check_code(money, follow.file)
    store = Store(
        tables,
        money,
        slow,
        set_aside=_with(
            set_aside,
            "set_aside",
            (*(follow.set_aside if follow else ()), *aliases.set_aside(shown)),
        ),
        ignore=alike,
        notes=notes,
        remedies=remedies,
    )
    plainly = remarked(remark for remark in found.remarks if not remark.rule)
    return Dataset.of(
        store,
        as_of=_as_of(as_of, follow),
        policy=Policy.of(policy),
        provenance=_provenance(
            found.where if shown is source else str(shown), as_of, follow, unread, plainly
        ),
    )


def _opened(source: Any) -> SourceTables:
    """Return the tables at a path, in a database or in a Spark session."""
    from revkit.sources import engines

    if engines.is_session(source):
        return engines.open_session(source)
    check.of_kind(
        source, (str, Path), "source", "rk.load", needed="a folder, a file or an address",
        example="'data/sample'",
    )  # fmt: skip
    address = database_address(str(source))
    return open_path(source) if address is None else engines.connect(address)


def _with(given: Iterable[str], parameter: str, mapped: Iterable[str]) -> list[str]:
    """Return the names given to a parameter and those of the mapping."""
    example = "opportunities.closed_before_created"
    return [*check.names(given, parameter, "rk.load", example=example), *mapped]


def _as_of(given: date | str | None, follow: MappingFile | None) -> date | None:
    """Return the as-of date given, else the mapping's, else None."""
    if given is not None:
        return day(given, name="as_of")
    mapped = None if follow is None else follow.as_of
    return None if mapped is None else day(mapped, name="as_of")


def _provenance(
    source: str,
    as_of: date | str | None,
    follow: MappingFile | None,
    unread: list[str],
    remarks: Iterable[str],
) -> Provenance:
    """Return what the Dataset says of its source: reason of the as-of date, what was not read."""
    notes = (*remarks, *([f"Not read: {listed(unread)}."] if unread else []))
    if follow is None or follow.why is None or as_of is not None:
        return Provenance(source, "", notes)
    if follow.as_of is None:
        return Provenance(source, "", (follow.why, *notes))
    return Provenance(source, follow.why, notes)


def _check_names(found: SourceTables, tables: Collection[str], ignored: list[str]) -> None:
    """Refuse misspelt file names, and a source without tables.

    Names in a shared database are not checked: its other tables may well have similar names.
    """
    from revkit.sources.vendors import recognised

    known = recognised(ignored)
    theirs = {name for names in known[1].values() for name in names} if known else set()
    asked = [name for name in ignored if not (found.shared or found.is_hidden(name))]
    for name in asked:
        for table in TABLES.keys() - set(tables):
            if name not in theirs and _alike(name, table):
                shown = found.file(name)
                raise TableError.misspelt(shown, source=name, table=table, where=found.where)
    if not tables:
        names = [found.file(name) for name in ignored]
        raise SourceError.no_tables(
            found.where,
            found=[*names, *found.others],
            vendor=(known[0].name, known[0].title) if known else None,
            example=_example((ignored or ["your_file"])[0], "opportunities"),
            files=not found.shared,
        )


def _check_ours(name: str, columns: Collection[str], found: SourceTables) -> None:
    """Refuse a file with our name and a vendor's columns, which none of ours names a row of."""
    from revkit.sources.vendors import maker

    if {*map(fold, TABLES[name].key)} & {*map(fold, columns)}:
        return
    if (vendor := maker(name, columns)) is not None:
        raise MappingError.vendors_own(
            found.where, file=found.file(name), vendor=vendor.name, title=vendor.title
        )


def _check_fits(vendor: str, name: str, found: SourceTables, style: ReadStyle) -> None:
    """Refuse a file of a vendor that its mapping cannot read, and that has not our names either."""
    from revkit.sources.given_mapping import Peeked
    from revkit.sources.vendors import Export, Vendor, lacking

    peeked = Peeked(replace(found, remarks=[]), style)
    columns = peeked.columns(name)
    if {*map(fold, TABLES[name].key)} & {*map(fold, columns)}:
        return
    export = Export(found.where, [name], lambda _: columns, left=peeked.left)
    if lacks := lacking(Vendor.of(vendor), export):
        raise MappingError.unfitted(lacks, table=name, file=name, vendor=vendor)


def _alike(name: str, table: str) -> bool:
    """Return whether two names differ by a letter or two."""
    return SequenceMatcher(None, name.casefold(), table).ratio() >= 0.82


def _example(source: str, table: str) -> str:
    """Return the first lines of a mapping for a file."""
    lines = ["tables:", f"  {table}:", f"    source: {source}", "    columns:"]
    return "\n".join([*lines, f"      {TABLES[table].key[0]}: <your column>"])
