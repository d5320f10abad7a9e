"""The company under check: its tables as read, its as-of date, and the keys of their rows."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revkit.catalogue import known
from revkit.errors import RevkitError
from revkit.language import Language
from revkit.quality.finding import SHOWN
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from revkit.dataset import Dataset
    from revkit.dataset.validation import Checked


class Company:
    """A company of which nothing is refused while it is checked.

    Parameters
    ----------
    data
        The company; filters do not apply.
    words
        The language that findings are written in.

    Attributes
    ----------
    store, tables
        The tables as loaded, and their names.
    """

    def __init__(self, data: Dataset, words: Language) -> None:
        self.data = data.unchecked
        self.store = self.data.store
        self.tables = self.data.tables
        self.words = words
        self._values: dict[tuple[Any, ...], pd.DataFrame | None] = {}

    def table(self, name: str) -> ir.Table:
        """Return the rows of a table that can be counted, test accounts too."""
        expr: ir.Table = self.store.typed(name)
        return expr

    def known(self, name: str) -> ir.Table:
        """Return the rows of a table as they were known at the as-of date, as metrics read them."""
        try:
            expr: ir.Table = self.data.table(name)
        except RevkitError:  # what stops it is a finding of its own
            return self.table(name)
        return expr

    def raw(self, name: str) -> ir.Table:
        """Return the rows of a table as loaded, those that are refused too."""
        self.table(name)
        expr: ir.Table = self.store.raw[name]
        return expr

    def loaded(self, name: str) -> frozenset[str]:
        """Return the columns of the schema that a table was loaded with; none without it."""
        columns: frozenset[str] = self.store.columns.get(name, frozenset())
        return columns

    def has(self, name: str, *columns: str) -> bool:
        """Report whether a table was loaded with these columns."""
        return name in self.tables and self.loaded(name) >= {*columns}

    def examined(self, name: str) -> Checked:
        """Return what the rules of a table said of its rows as loaded."""
        self.table(name)
        checked: Checked = self.store.examined[name]
        return checked

    def noted_rules(self, name: str) -> frozenset[str]:
        """Return the rules that some rows of a table break, with a note."""
        return frozenset(note.rule for note in self.examined(name).notes)

    @cached_property
    def as_of(self) -> date | None:
        """The day at whose end the company is known; the latest day there is where it is unsure."""
        try:
            return self.data.as_of
        except RevkitError:
            return self._last

    @cached_property
    def looked_from(self) -> date | None:
        """The company's day, where the tables hold what happened after it; else None."""
        day = self.as_of
        return day if day is not None and self._last is not None and self._last > day else None

    @cached_property
    def _last(self) -> date | None:
        """The latest day on which anything happened in the tables as loaded."""
        spans = [self.store.span(n, self.data.policy.timezone) for n in self.tables]
        days = [
            day
            for name, span in zip(self.tables, spans, strict=True)
            for column, day in span.last.items()
            if TABLES[name].columns[column].actual and not TABLES[name].columns[column].announced
        ]
        return max(days, default=None)

    def value(self, metric: str, **options: Any) -> pd.DataFrame | None:
        """Return a metric over all days, as the rows are; None where the company lacks its data."""
        asked = (metric, *sorted(options.items()))
        if asked not in self._values:
            try:
                found = known()[metric](self.data, period=None, **options)
            except RevkitError:
                found = None
            self._values[asked] = found if found is not None and len(found) else None
        return self._values[asked]

    def key(self, name: str, expr: ir.Table) -> Any:
        """Return the key of each row as text, its columns joined by a bar."""
        parts = [as_text(expr[column]) for column in TABLES[name].key if column in expr.columns]
        text = parts[0]
        for part in parts[1:]:
            text = text.concat("|").concat(part)
        return text

    def flagged(
        self, name: str, expr: ir.Table, condition: Any, found: Any, proposed: Any = None
    ) -> ir.Table:
        """Return the rows that meet a condition: ``key``, ``found`` and ``proposed``."""
        import ibis

        other = ibis.null("string") if proposed is None else as_text(proposed)
        rows = expr.mutate(
            __key=self.key(name, expr), __found=as_text(found), __proposed=other, __bad=condition
        )
        rows = rows.filter(rows["__bad"].fill_null(False))
        return rows.select(key="__key", found="__found", proposed="__proposed")


def first_keys(flagged: ir.Table) -> tuple[str, ...]:
    """Return the first keys of some rows, in order."""
    found = flagged.select("key").distinct().order_by("key").limit(SHOWN).to_pyarrow()
    return tuple(map(str, found["key"].to_pylist()))


def as_text(value: Any) -> Any:
    """Return an expression as text; moments to the second."""
    if value.type().is_string():
        return value
    if value.type().is_timestamp():
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.cast("string")


def counted(expr: ir.Table, conditions: dict[str, Any]) -> dict[str, int]:
    """Return how many rows meet each condition, in one query; all of them as ``rows``."""
    sums: dict[str, Any] = {
        name: condition.fill_null(False).ifelse(1, 0).sum().fill_null(0)
        for name, condition in conditions.items()
    }
    found = expr.aggregate(rows=expr.count(), **sums).to_pyarrow().to_pylist()[0]
    return {name: int(value) for name, value in found.items()}
