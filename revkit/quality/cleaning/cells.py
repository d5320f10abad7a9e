"""Changes of rows: cells of a column that get another value, and rows that are left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.dataset.store import Store
from revkit.dataset.validation import fill
from revkit.quality.company import Company, as_text
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from revkit.dataset import Dataset

_NUMBERS = count(1)


@dataclass(frozen=True)
class Change:
    """Cells of a column to be changed, or rows to be left out.

    Parameters
    ----------
    table, column
        Where; the column is empty where rows are left out.
    cells
        ``key``, ``before`` and ``after`` as text; of a key that has several values for ``after``,
        nothing is changed.
    copies
        Of rows to be left out: one of the equal ones stays.
    """

    table: str
    column: str
    cells: ir.Table
    copies: bool = False

    def told(self) -> ir.Table:
        """Return the cells, one row each, in order; without those that say two things."""
        import ibis
        from ibis import _

        cells = self.cells.filter(_.key.notnull())
        if not self.column:
            return cells.order_by("key")
        once = cells.group_by("key").aggregate(
            before=_.before.max(), after=_.after.max(), ways=_.after.nunique()
        )
        once = once.filter(_.ways == 1, ~_.before.identical_to(_.after)).drop("ways")
        return once.order_by(ibis.asc("key"))


@dataclass(frozen=True)
class Applied:
    """A change with the cells it was found to have."""

    change: Change
    rows: pa.Table


def row_key(company: Company, table: str) -> Any:
    """Return the key of each row as it was loaded, as text, its columns joined by a bar."""
    values, columns = company.examined(table).values, TABLES[table].columns
    absent = {
        name: fill(columns[name], company.data.store.currency)
        for name in TABLES[table].key
        if columns[name].optional
    }
    known = absent | values
    parts = [as_text(known[name]) for name in TABLES[table].key if name in known]
    text = parts[0]
    for part in parts[1:]:
        text = text.concat("|").concat(part)
    return text


def every_row(company: Company, table: str) -> ir.Table:
    """Return all rows of a table as loaded, of declared types, with their ``__key``."""
    key = row_key(company, table)
    rows: ir.Table = company.raw(table).mutate(**company.examined(table).values, __key=key)
    return rows


def with_changes(
    data: Dataset, company: Company, applied: Iterable[Applied], notes: Iterable[Note]
) -> Dataset:
    """Return a company with some changes made; its as-of date, policy and filters stay."""
    applied = list(applied)
    store = company.data.store
    rows = {name: company.raw(name) for name in company.tables}
    keys = {name: row_key(company, name) for name in {one.change.table for one in applied}}
    for one in applied:
        name = one.change.table
        rows[name] = _changed(company, rows[name], keys[name], one)
        # the key's columns may be of other types from here on: it stands in the rows
        keys[name] = rows[name]["__key"]
    tables = {name: rows[name].drop("__key") if name in keys else rows[name] for name in rows}
    if store.backend.name == "duckdb":  # one change upon another would be one query within another
        tables |= {name: _copied(store.backend, tables[name]) for name in keys}
    mended = Store(
        tables, store.currency, set_aside=store.asked, ignore=store.ignore,
        notes=(*store.at_load, *notes),
    )  # fmt: skip
    return data.of_store(mended)


def _changed(company: Company, raw: ir.Table, key: Any, one: Applied) -> ir.Table:
    """Return the rows of a table with one change made."""
    import ibis

    change = one.change
    rows = raw if "__key" in raw.columns else raw.mutate(__key=key)
    if change.copies:
        return rows.distinct()
    given = _held(company, one)
    if not change.column:
        left: ir.Table = rows.anti_join(given, rows["__key"] == given["__given"])
        return left
    column = rows[change.column]
    joined: Any = rows.left_join(given, rows["__key"] == given["__given"])
    after = joined["__after"]
    after = after if column.type().is_string() else after.cast(column.type())
    set_ = ibis.ifelse(joined["__given"].notnull(), after, joined[change.column])
    mended: ir.Table = joined.mutate(**{change.column: set_}).select(*rows.columns)
    return mended


def _copied(backend: Any, rows: Any) -> ir.Table:
    """Return rows as a temporary table of an engine."""
    found: ir.Table = backend.create_table(f"revkit_mended_{next(_NUMBERS)}", rows, temp=True)
    return found


def _held(company: Company, one: Applied) -> ir.Table:
    """Return the cells of a change on the company's engine: a copy, where it keeps any."""
    backend = company.data.backend
    copied = backend.name == "duckdb"
    cells = _copied(backend, one.rows) if copied else one.change.told()
    found: ir.Table = cells.select(__given="key", __after="after")
    return found
