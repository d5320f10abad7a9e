"""Columns that a mapping makes of others: joined and split text, values of another table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation.reading import stripped
from revkit.errors import ColumnError, DataError
from revkit.sources.mapping.clauses import Lookup, Split
from revkit.sources.mapping.model import ColumnMapping, MappingFile
from revkit.sources.mapping.rows import Opener, condition, ends_of_groups, refuse_rows

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class LookedUp:
    """A lookup of a mapping.

    ``key`` is the column that holds the key, ``taken`` the one of the value, ``others`` the other
    table with the rows that a condition leaves out.
    """

    lookup: Lookup
    key: str
    taken: str
    others: ir.Table


@dataclass
class MadeColumns:
    """A table with the columns that its mapping makes, each under a name for messages.

    ``looked_up`` has the lookups of each column of a mapping, by what tells these apart.
    """

    raw: ir.Table
    mapping: MappingFile
    opened: Opener
    names: dict[tuple[Any, ...], str] = field(default_factory=dict)
    looked_up: dict[tuple[Any, ...], list[LookedUp]] = field(default_factory=dict)

    def add(self, leaf: ColumnMapping, place: str) -> None:
        """Add the column of a mapping with a source, if it is not one of the table as it is."""
        if leaf.constant is not None or (leaf.from_ is None and leaf.join is None):
            return
        name = leaf.from_
        if leaf.join is not None:
            name = self._made(_joined(self.raw, leaf.join, leaf.with_ or ""), " + ".join(leaf.join))
        found = []
        for lookup in leaf.lookup or ():
            found.append(self._looked_up(str(name), lookup, place))
            name = found[-1].taken
        if name is not None and leaf.split is not None:
            text = stripped(_part(self.raw[name].cast("string"), leaf.split))
            name = self._made(text.nullif(""), f"part {leaf.split.part} of {name}")
        if name is not None and leaf.characters is not None:
            first = stripped(self.raw[name].cast("string")).substr(0, leaf.characters)
            name = self._made(first, f"{name} cut to {leaf.characters} characters")
        if name is not None:
            self.names[_origin(leaf)] = name
            self.looked_up[_origin(leaf)] = found

    def column(self, leaf: ColumnMapping) -> Any:
        """Return the column of a mapping that was added."""
        return self.raw[self.names[_origin(leaf)]]

    def lookups(self, leaf: ColumnMapping) -> list[LookedUp]:
        """Return the lookups by which the column of a mapping was made, in their order."""
        return self.looked_up.get(_origin(leaf), [])

    def _made(self, value: Any, name: str) -> str:
        """Add a column and return its name, which no other has."""
        name = self._free(name)
        self.raw = self.raw.mutate(**{name: value})
        return name

    def _looked_up(self, name: str, lookup: Lookup, place: str) -> LookedUp:
        """Add the value of another table by a key."""
        every, chosen = self._rows(lookup, place)
        shown = self._free(f"{lookup.source}.{lookup.take}")
        key = f"key of {shown}"
        pair = chosen.select(
            **{key: stripped(chosen[lookup.key].cast("string")), shown: chosen[lookup.take]}
        )
        pair = pair.filter(pair[key] != "")
        _refuse_several(pair, key, lookup, place)
        ours = stripped(self.raw[name].cast("string"))
        joined = self.raw.left_join(pair, ours == pair[key])
        self.raw = joined.select(*[joined[one] for one in joined.columns if one != key])
        return LookedUp(lookup, name, shown, every)

    def _free(self, name: str) -> str:
        """Return a name that no column has."""
        while name in self.raw.columns:
            name += " "
        return name

    def _rows(self, lookup: Lookup, place: str) -> tuple[ir.Table, ir.Table]:
        """Return the other table, and those of its rows among which values are looked up."""
        file, asked = self.mapping.file, list(lookup.reads())
        other = every = self.opened(lookup.source, asked)
        for name in asked:
            if name not in other.columns:
                remedy = f"{file} looks it up for {place}."
                raise ColumnError.missing(
                    name, table=lookup.source, found=other.columns, remedy=remedy
                )
        if lookup.where is not None:
            kept, problems = condition(other, lookup.where, self.mapping, self.opened)
            refuse_rows(other, problems, place, lookup.source, (lookup.key,))
            other = other.filter(kept)
        chosen, problems = ends_of_groups(other, lookup, (lookup.key,), self.mapping)
        refuse_rows(other, problems, place, lookup.source, (lookup.key,))
        return every, chosen


def _origin(leaf: ColumnMapping) -> tuple[Any, ...]:
    """Return what tells the made columns of mappings apart."""
    lookup = tuple(one.model_dump_json() for one in leaf.lookup or ())
    split = None if leaf.split is None else leaf.split.model_dump_json()
    return leaf.from_, leaf.join, leaf.with_, lookup, split, leaf.characters


def _joined(raw: ir.Table, names: Sequence[str], between: str) -> Any:
    """Return the texts of some columns that are not empty, one after another; null without any."""
    import ibis

    texts = [stripped(raw[name].cast("string")).fill_null("") for name in names]
    after = [(text == "").ifelse("", ibis.literal(between).concat(text)) for text in texts]
    whole = after[0]
    for text in after[1:]:
        whole = whole.concat(text)
    return whole.substr(len(between)).nullif("")


def _part(text: Any, split: Split) -> Any:
    """Return a part of a text; null where it has fewer."""
    import ibis

    by = split.by
    if text.get_backend().name == "pyspark":
        # Spark splits by a pattern
        by = "".join("[\\^]" if sign == "^" else f"[{sign}]" for sign in by)
    parts = text.split(by)
    if split.part == -1:
        return parts[parts.length() - 1]
    return (parts.length() >= split.part).ifelse(parts[split.part - 1], ibis.null("string"))


def _refuse_several(pair: ir.Table, key: str, lookup: Lookup, place: str) -> None:
    """Refuse keys of another table that name several rows."""
    counted = pair.group_by(key).aggregate(rows=pair.count())
    several = counted.filter(counted["rows"] > 1)
    bad = int(several.count().to_pyarrow().as_py())
    if bad:
        worst = several.order_by(key).limit(3).to_pyarrow().to_pylist()
        remedy = (
            f"Say in lookup: of {place} which row counts: where: {{column: value}}, or "
            "first_by: or last_by: a moment."
        )
        examples = [{lookup.key: row[key], "rows": row["rows"]} for row in worst]
        raise DataError.refused(
            f"{lookup.key} names several rows, where {lookup.take} is looked up",
            table=lookup.source, rows=bad, examples=examples, remedy=remedy,
        )  # fmt: skip
