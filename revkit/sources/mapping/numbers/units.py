"""Units of money that only a heading tells: whole ones, or cents, and the amounts that belie it.

Exports of a vendor's pages are in whole units, those of its API in cents. Amounts of pages have
decimals, and where none has, nothing tells that they are not in cents; amounts of an API are rarely
below one unit of the currency.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation import Problem
from revkit.sources.mapping.lookups import MadeColumns
from revkit.sources.mapping.model import ColumnMapping, MappingFile
from revkit.sources.mapping.numbers.written import has_minor_units, sizes

if TYPE_CHECKING:
    import ibis.expr.types as ir

_SOME = 3
"""Amounts from which on it tells something that all of them are whole, or small."""

_MONEY = re.compile("amount|total|price|mrr|revenue|balance|paid$|due$", re.IGNORECASE)
_NO_MONEY = re.compile("percent|rate|%|count|quantity|date|_at$|_on$", re.IGNORECASE)


@dataclass(frozen=True)
class Units:
    """Asks the amounts of a part of a table whether their headings are right.

    Parameters
    ----------
    mapping
        The mapping, whose other amounts may tell.
    opened
        Opens a table of the source by its name, with some columns as text.
    made
        The columns of the part.
    """

    mapping: MappingFile
    opened: Callable[[str, Sequence[str]], ir.Table]
    made: MadeColumns

    def belied(
        self, origin: ColumnMapping, place: tuple[str, str], value: Any, currency: Any
    ) -> list[Problem]:
        """Return the rule that amounts are in the unit that their heading says; none if they are.

        Parameters
        ----------
        origin
            The mapping of the column, told ``by_heading``.
        place
            The table and the column of the schema.
        value
            What is read, in whole units.
        currency
            That of each row, null where it is not known.
        """
        units = has_minor_units(currency)
        if origin.minor_units:
            some = value.notnull() & (value != 0) & units
            small = some & (value.abs() < 1)
            every, few = self._counted(some, small)
            if every < _SOME or 2 * few <= every:
                return []
            return [self._problem(origin, place, small, "would be below one unit of its currency")]
        columns = [(self.made.column(leaf), leaf) for leaf in origin.amounts()]
        asked = [sizes(one, leaf.decimal or self.mapping.decimal) for one, leaf in columns]
        some = [filled.fill_null(False) & units for filled, _, _ in asked]
        told = [(parted | small) & one for one, (_, parted, small) in zip(some, asked, strict=True)]
        every, few = self._counted(reduce(or_, some), reduce(or_, told))
        if every < _SOME or few or any(self._decimals()):
            return []
        what = "has no decimals, nor has other money of the export: it may be in cents"
        return [self._problem(origin, place, reduce(or_, some), what)]

    def _counted(self, *rows: Any) -> list[int]:
        """Return how many rows of the part meet each condition."""
        sums = {f"n{n}": one.ifelse(1, 0).sum().fill_null(0) for n, one in enumerate(rows)}
        counted = self.made.raw.aggregate(**sums).to_pyarrow().to_pylist()[0]
        return [int(counted[name]) for name in sums]

    def _decimals(self) -> Iterator[bool]:
        """Yield whether money has decimals, by file of the mapping."""
        parts = [part for parts in self.mapping.tables.values() for part in parts]
        for source in dict.fromkeys(part.source for part in parts):
            names = [
                name
                for name in self.opened(source, ()).columns
                if _MONEY.search(name) and not _NO_MONEY.search(name)
            ]
            raw = self.opened(source, names)
            told = [
                parted & filled
                for filled, parted, _ in (sizes(raw[one], self.mapping.decimal) for one in names)
            ]
            if told:
                rows = raw.aggregate(rows=reduce(or_, told).fill_null(False).any())
                yield bool(rows.to_pyarrow()["rows"][0].as_py())

    def _problem(
        self, origin: ColumnMapping, place: tuple[str, str], rows: Any, what: str
    ) -> Problem:
        """Return the rule with both lines, of which one is to be written."""
        table, name = place
        leaf = next(origin.amounts())
        theirs = self.made.column(leaf).get_name()
        own = f"from: {leaf.from_}, " if leaf.from_ and not leaf.lookup else ""
        return Problem(
            rows,
            f"{theirs}, read as {name}, {what},",
            (theirs,),
            f"Say which it is in a YAML file, as tables: {{{table}: {{columns: {{…}}}}}}: "
            f"{name}: {{{own}minor_units: true}} where 4900 is 49.00, {name}: {{{own}scale: 1}} "
            "where it is 4900.00.",
        )
