"""Mends of rows that are there twice: copies left out, second entries merged into the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from revkit.quality.cleaning.cells import Change, every_row
from revkit.quality.company import Company, as_text
from revkit.quality.rules.words.names import bare, without_forms
from revkit.quality.rules.words.twins import twins
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

SAME: dict[str, tuple[str, ...]] = {
    "lead_history": ("stage",), "opportunity_history": (), "opportunity_splits": (),
}  # fmt: skip
"""By table, the columns in which a row of a second entry repeats one of the first, and is left out;
without any, all rows of the second are left out where the first has some."""


def identical_rows(company: Company) -> Iterator[Change]:
    """Yield the copies of other rows: equal in every column."""
    import ibis

    for table in company.tables:
        rows = every_row(company, table)
        names = [name for name in company.raw(table).columns if not rows[name].type().is_json()]
        counts = rows.group_by([*names, "__key"]).aggregate(__rows=rows.count())
        twice = counts.filter(counts["__rows"] > 1)
        before = twice["__rows"].cast("string")
        cells = twice.select(key="__key", before=before, after=ibis.literal("1"))
        yield Change(table, "", cells, copies=True)


def twin(company: Company) -> Iterator[Change]:
    """Yield second entries to leave out, and what belongs to them, given to the first."""
    import ibis

    for table in company.tables:
        flagged = twins(company, table)
        if flagged is None:
            continue
        pairs = _pairs(company, table, flagged)
        gone = pairs.select(
            key="__second", before=ibis.literal("there"), after=ibis.literal("left out")
        )
        yield Change(table, "", gone)
        for other, column in _references(company, table):
            yield from _given(company, table, other, column, pairs)


def _pairs(company: Company, table: str, flagged: ir.Table) -> ir.Table:
    """Return second entries, each with the one it is merged into.

    Of the entries of one thing that stays which pays; else the one whose name is not all in
    capitals, all in small letters or with blanks around, and has no legal form; else the one that
    most rows of other tables name; else the first.
    """
    import ibis

    pairs = flagged.select(one="key", first="proposed").distinct()
    later = pairs.select(__later="one").distinct()
    # an entry that is merged itself is none to merge into: its own twins are merged next
    pairs = pairs.anti_join(later, pairs.first == later["__later"])
    firsts = pairs.select(one="first", first="first").distinct()
    entries = pairs.union(firsts)
    counted: Any = entries.left_join(
        (own := _names(company, table)), entries.one == own["__own"]
    ).drop("__own")
    counts = _rows_naming(company, table)
    counted = counted.left_join(counts, counted.one == counts["__named"]).drop("__named")
    is_first = (counted.one == counted.first).ifelse(1, 0)
    order = [
        counted["__paid"].fill_null(0), counted["__well"].fill_null(0),
        counted["__rows"].fill_null(0), is_first,
    ]  # fmt: skip
    group = ibis.window(group_by="first", order_by=[*(one.desc() for one in order), counted.one])
    kept = counted.mutate(kept=counted.one.first().over(group))
    merged: ir.Table = kept.filter(kept.one != kept.kept).select(__second="one", __first="kept")
    return merged


def _names(company: Company, table: str) -> ir.Table:
    """Return how well the names of rows are written: 2 without legal form, 1 with one, else 0."""
    import ibis

    rows = every_row(company, table)
    well: Any = ibis.literal(1)
    if "name" in company.loaded(table):
        name = rows.name
        odd = (name == name.upper()) | (name == name.lower()) | (name != name.strip())
        plain = bare(name) == without_forms(bare(name))
        well = odd.fill_null(True).ifelse(0, plain.fill_null(False).ifelse(2, 1))
    found: ir.Table = rows.select(__own="__key", __well=well)
    return found


def _rows_naming(company: Company, table: str) -> ir.Table:
    """Return how many rows of other tables name each row, and how many of what is paid do."""
    import ibis

    parts = []
    for other, column in _references(company, table):
        rows = every_row(company, other)
        paid = ibis.literal(int(other in ("subscriptions", "invoices")))
        parts.append(rows.select(__named=as_text(rows[column]), __pays=paid))
    if not parts:
        nothing = every_row(company, table).limit(0)
        return nothing.select(__named="__key", __rows=ibis.literal(0), __paid=ibis.literal(0))
    names: Any = ibis.union(*parts) if len(parts) > 1 else parts[0]
    found: ir.Table = names.group_by("__named").aggregate(
        __rows=names.count(), __paid=names["__pays"].sum()
    )
    return found


def _references(company: Company, table: str) -> Iterator[tuple[str, str]]:
    """Yield the tables and columns that name the rows of a table."""
    for other in company.tables:
        for column in TABLES[other].columns.values():
            if column.references == table and column.name in company.loaded(other):
                yield other, column.name


def _repeating(table: str, column: str) -> tuple[str, ...] | None:
    """Return the columns by which rows that name one entry are told apart; None without any."""
    key = TABLES[table].key
    if column not in key:
        return None
    return SAME.get(table, tuple(name for name in key if name != column))


def _given(
    company: Company, table: str, other: str, column: str, pairs: ir.Table
) -> Iterator[Change]:
    """Yield the cells that name a second entry, with the first in its place."""
    import ibis

    rows = every_row(company, other)
    named: Any = rows.mutate(__named=as_text(rows[column]))
    moved = named.inner_join(pairs, named["__named"] == pairs["__second"])
    same = _repeating(other, column)
    if same is not None:
        ours = named.select(__owner="__named", **{f"__{name}": name for name in same}).distinct()
        on = [moved["__first"] == ours["__owner"]]
        on += [moved[name].identical_to(ours[f"__{name}"]) for name in same]
        again = moved.semi_join(ours, on)
        moved = moved.anti_join(ours, on)
        gone = again.select(
            key="__key", before=ibis.literal("there"), after=ibis.literal("left out")
        )
        yield Change(other, "", gone)
    yield Change(other, column, moved.select(key="__key", before="__named", after="__first"))
