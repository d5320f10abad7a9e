"""load: a folder, a database file or a database becomes a Dataset."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.dataset import Dataset
from revkit.dataset.display import Provenance
from revkit.dataset.store import Store
from revkit.errors import SourceError, TableError, listed
from revkit.periods import day
from revkit.policy import Policy
from revkit.schema import TABLES
from revkit.sources.files import CsvStyle, SourceTables, shelf
from revkit.sources.profiles import elsewhere

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.sources.mapping import MappingFile

# What vendors call the tables that are here under other names.
_VENDORS = {
    "Salesforce": {"Account": "accounts", "User": "reps", "Lead": "leads", "Campaign": "campaigns",
                   "Opportunity": "opportunities", "OpportunityHistory": "opportunity_history"},
    "HubSpot": {"company": "accounts", "companies": "accounts", "owner": "reps", "owners": "reps",
                "contact": "leads", "contacts": "leads", "deal": "opportunities",
                "deals": "opportunities"},
    "Stripe": {"customer": "accounts", "customers": "accounts", "subscription": "subscriptions",
               "subscription_item": "subscriptions", "invoice": "invoices"},
}  # fmt: skip


def load(
    source: str | Path | Any,
    *,
    mapping: str | Path | None = None,
    as_of: date | str | None = None,
    policy: Policy | str = "default",
    currency: str | None = None,
) -> Dataset:
    r"""Open a company: nothing is read until a table is asked for.

    Parameters
    ----------
    source
        A folder that holds ``<table>.parquet``, ``<table>.csv`` or ``<table>/*.parquet``; a
        .duckdb file; the address of a database (``postgresql://user@host:5432/name?schema=…``,
        ``spark://host:7077?schema=…``, ``duckdb:///file``); a Spark session, as it stands; or the
        name of a profile (:mod:`revkit.sources.profiles`), so that no password is written down.
        A database computes, and is only read. What has another name than our tables and views
        is not read, and the Dataset says so.
    mapping
        A YAML file that says which of its files and columns are ours, for tables that have
        other names: see :mod:`revkit.sources.mapping`.
    as_of
        The day at whose end the company is known; the mapping's, else the latest in the data.
    policy
        How this company counts, or the name of a preset: ``rk.policies()`` lists them.
    currency
        The currency of its money, where the rows do not say.

    Returns
    -------
    Dataset

    Raises
    ------
    SourceError
        When nothing readable is there.
    EngineError
        When a database cannot be reached.
    TableError
        When a file is called almost like a table.
    ColumnError
        When a column without which a table says nothing is absent.
    MappingError
        When the mapping cannot be followed.
    DataError
        When values cannot be what the mapping says they are.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "accounts.csv").write_text("account_id,segment\n1,SMB\n")
    ...     load(folder).tables
    ('accounts',)
    """
    found = _opened(source)
    follow: MappingFile | None = None
    if mapping is not None:
        from revkit.sources.mapping import read_mapping

        follow = read_mapping(mapping)
    style = CsvStyle() if follow is None else CsvStyle(follow.separator, follow.encoding)
    tables: dict[str, ir.Table] = {}
    used: set[str] = set()
    if follow is not None:
        used = {table.source for table in follow.tables.values()}
        tables = {name: follow.open(name, found, style) for name in follow.tables}
    plain = [name for name in found.items if name in TABLES and name not in used]
    for name in plain:
        if name not in tables:
            tables[name] = found.open(name, style, TABLES[name].columns.keys())
    ignored = [name for name in found.items if name not in used and name not in plain]
    _must_be_known(found, tables, ignored)
    unread = [*map(found.file, ignored), *found.others]
    if mapping is not None and Path(mapping).resolve().parent == Path(found.where).resolve():
        unread = [name for name in unread if name != Path(mapping).name]
    slow = frozenset(name for name in tables if found.is_text(_source(name, follow)))
    return Dataset.of(
        Store(tables, currency or (follow.currency if follow else None), slow),
        as_of=_as_of(as_of, follow),
        policy=Policy.of(policy),
        provenance=_about(found.where, as_of, follow, unread),
    )


def _opened(source: Any) -> SourceTables:
    """The tables at a path, in a database or in a session."""
    from revkit.sources import engines

    if engines.is_session(source):
        return engines.session(source)
    address = elsewhere(str(source))
    return shelf(source) if address is None else engines.engine(address)


def _source(table: str, follow: MappingFile | None) -> str:
    """The file that a table is in."""
    return follow.tables[table].source if follow is not None and table in follow.tables else table


def _as_of(given: date | str | None, follow: MappingFile | None) -> date | None:
    if given is not None:
        return day(given, name="as_of")
    return follow.as_of if follow is not None else None


def _about(
    source: str, as_of: date | str | None, follow: MappingFile | None, unread: list[str]
) -> Provenance:
    notes = (f"Not read: {listed(unread)}.",) if unread else ()
    if follow is None or follow.why is None or as_of is not None:
        return Provenance(source, "", notes)
    if follow.as_of is None:
        return Provenance(source, "", (follow.why, *notes))
    return Provenance(source, follow.why, notes)


def _must_be_known(found: SourceTables, tables: Collection[str], ignored: list[str]) -> None:
    """Refuse files that are tables but for a letter, and a place without tables.

    The tables of a database are called as others need them: there a likeness says nothing.
    """
    vendor, theirs = _vendor(ignored)
    for name in () if found.shared else ignored:
        for table in TABLES.keys() - set(tables):
            if name not in theirs and _alike(name, table):
                raise TableError.misspelt(found.file(name), table=table, where=found.where)
    if not tables:
        names = [found.file(name) for name in ignored]
        raise SourceError.no_tables(
            found.where,
            found=[*names, *found.others],
            vendor=vendor,
            example=_example(theirs or {(ignored or ["your_file"])[0]: "opportunities"}),
        )


def _alike(name: str, table: str) -> bool:
    """Whether two names differ by a letter or two."""
    return SequenceMatcher(None, name.casefold(), table).ratio() >= 0.82


def _vendor(names: list[str]) -> tuple[str, dict[str, str]]:
    """The vendor that gives files such names, and the tables that are in them."""
    for vendor, stems in _VENDORS.items():
        if theirs := {name: stems[name] for name in names if name in stems}:
            return vendor, theirs
    return "", {}


def _example(theirs: dict[str, str]) -> str:
    """The first lines of a mapping for these files."""
    lines = ["tables:"]
    for source, table in theirs.items():
        lines += [f"  {table}:", f"    source: {source}", "    columns:"]
        lines += [f"      {TABLES[table].key[0]}: <your column>"]
    return "\n".join(lines)
