"""Lookups that find nothing: keys that the other table does not have, counted as references are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.dataset.relations.references import spelling
from revkit.dataset.validation.reading import stripped
from revkit.errors import DataError
from revkit.schema import TABLES
from revkit.sources.mapping.column import ColumnReader
from revkit.sources.mapping.lookups import LookedUp
from revkit.sources.mapping.model import ColumnMapping
from revkit.sources.mapping.rows import condition

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class _Asked:
    """A lookup for a column.

    ``rows`` is the condition of the rows that ask, ``empty`` of those that have no value.
    """

    name: str
    origin: ColumnMapping
    found: LookedUp
    rows: Any
    empty: Any

    @property
    def place(self) -> tuple[str, str, str]:
        """The column of the key, and where it is looked for."""
        return self.found.key, self.found.lookup.source, self.found.lookup.key


def misses(
    table: str, origins: Mapping[str, ColumnMapping], reader: ColumnReader
) -> Iterator[Note]:
    """Yield the notes on lookups whose key the other table does not have.

    A row counts where its column has no value by other ways, such as the next in ``coalesce``;
    ``default`` is none. Of columns that look up by one key in one table, the worst is told.

    Raises
    ------
    DataError
        When over half of the keys are not there, in no spelling, and nothing says that this may be.
    """
    places: dict[tuple[str, str, str], list[_Asked]] = {}
    for name, origin in origins.items():
        for one in _lookups(name, origin, reader):
            places.setdefault(one.place, []).append(one)
    if not places:
        return
    rows = reader.made.raw
    sums: dict[str, Any] = {}
    rows = rows.select(
        **{f"key_{n}": _key(rows, several[0]) for n, several in enumerate(places.values())},
        **{f"r_{n}_{m}": one.rows.ifelse(1, 0) for n, m, one in _numbered(places)},
        **{f"m_{n}_{m}": (one.rows & one.empty).ifelse(1, 0) for n, m, one in _numbered(places)},
    )
    for n, several in enumerate(places.values()):
        keys = _keys(several[0].found, f"there_{n}")
        rows = rows.left_join(keys, rows[f"key_{n}"] == keys[f"there_{n}"])
    for n, m, _one in _numbered(places):
        lost = rows[f"there_{n}"].isnull().ifelse(rows[f"m_{n}_{m}"], 0)
        sums |= {f"r_{n}_{m}": rows[f"r_{n}_{m}"].sum(), f"m_{n}_{m}": lost.sum()}
    counted = rows.aggregate(**sums).to_pyarrow().to_pylist()[0]
    for n, several in enumerate(places.values()):
        m = max(range(len(several)), key=lambda m: counted[f"m_{n}_{m}"] or 0)
        if missed := int(counted[f"m_{n}_{m}"] or 0):
            note = _note(table, several[m], missed, int(counted[f"r_{n}_{m}"]), reader)
            yield from () if note is None else (note,)


def _numbered(places: Mapping[Any, Sequence[_Asked]]) -> Iterator[tuple[int, int, _Asked]]:
    """Yield each lookup with the number of its place, and its own there."""
    for n, several in enumerate(places.values()):
        yield from ((n, m, one) for m, one in enumerate(several))


def _key(rows: ir.Table, one: _Asked) -> Any:
    """Return the keys of a table as text, null where there is none."""
    return stripped(rows[one.found.key].cast("string")).nullif("")


def _keys(found: LookedUp, name: str) -> ir.Table:
    """Return each key of the other table once."""
    return found.others.select(
        **{name: stripped(found.others[found.lookup.key].cast("string"))}
    ).distinct()


def _lookups(name: str, origin: ColumnMapping, reader: ColumnReader) -> Iterator[_Asked]:
    """Yield the lookups of a column."""
    import ibis

    made = reader.made
    if not any(leaf.lookup for leaf in origin.leaves()):
        return
    value, _ = reader.read(name, origin.model_copy(update={"default": None}))
    empty = value.isnull()
    if value.type().is_string():
        empty = (stripped(value) == "").fill_null(True)
    for leaf in origin.leaves():
        wanted: Any = ibis.literal(True)
        for where in (origin.where, leaf.where if leaf is not origin else None):
            if where is not None:
                wanted &= condition(made.raw, where, reader.mapping, made.opened)[0]
        for found in made.lookups(leaf):
            one = _Asked(name, origin, found, wanted, empty)
            yield replace(one, rows=wanted & _key(made.raw, one).notnull())


def _note(table: str, one: _Asked, missed: int, rows: int, reader: ColumnReader) -> Note | None:
    """Return the note on a lookup of which some keys are not there; refuse most of them.

    Of the table's own keys some have no row elsewhere; all of them, or most by spelling, do.
    """
    raw, lookup = reader.made.raw, one.found.lookup
    keys = _keys(one.found, "__key")
    asked = raw.filter(one.rows & one.empty)
    asked = asked.select(id=_key(asked, one))
    lost = asked.anti_join(keys, asked.id == keys["__key"])
    grouped = lost.group_by("id").aggregate(rows=lost.count())
    shown = grouped.order_by([grouped.rows.desc(), grouped.id]).limit(3).to_pyarrow()
    repair = spelling(grouped, keys, missed)
    said = DataError.lost(
        f"{one.found.key}, looked up for {one.name},",
        target=lookup.source,
        rows=rows,
        lost=missed,
        examples=shown["id"].to_pylist(),
        repair=repair,
    )
    may = one.origin.default is not None or one.origin.coalesce is not None
    ignored = f"{table}.{one.name}" in reader.mapping.ignore
    if missed > rows / 2 and not (repair or may or ignored or _is_own(table, one, reader)):
        raise DataError.not_found(said, table=table, column=one.name, target=lookup.source)
    if missed < rows and not repair and _is_own(table, one, reader):
        return None
    return Note(table, f"{one.name}_not_found", said, missed)


def _is_own(table: str, one: _Asked, reader: ColumnReader) -> bool:
    """Report whether a lookup is by the table's own key: only some rows may have what it takes."""
    origins = dict(reader.part.origins())
    return one.found.key in [origins[key].from_ for key in TABLES[table].key if key in origins]
