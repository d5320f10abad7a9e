"""A company's tables as they are read, whatever its rules refuse: for a list of all problems."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from revkit.dataset.notes import Notes
from revkit.dataset.store import Store
from revkit.dataset.validation import Checked
from revkit.dataset.validation.exclusion import without_tests
from revkit.errors import CurrencyError

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Unchecked(Store):
    """The tables of a store, of which nothing is refused.

    A value that cannot be read is null; the rows that break another rule for which a table is
    refused are left out. ``examined`` has what each table's rules said.

    Parameters
    ----------
    store
        The company's tables. A slow one (a CSV file) is copied into the engine once.
    """

    def __init__(self, store: Store) -> None:
        for name in store.tables:
            store.read(name)
        vars(self).update(vars(store))
        self.raw, self._readings = dict(store.raw), dict(store._readings)
        self._spaced, self.aside = {}, {}
        self._checked, self._clean, self._spans = {}, {}, {}
        self._notes = Notes()
        self.examined: dict[str, Checked] = {}
        self.mixed: dict[str, CurrencyError] = {}

    def typed(self, name: str) -> ir.Table:
        """Return the rows of a table that can be counted, of declared types."""
        if name not in self._checked:
            self._checked[name] = self._readable(name)
        return self._checked[name]

    def clean(self, name: str) -> ir.Table:
        """Return a table without the rows of test accounts."""
        if name not in self._clean:
            expr = self.typed(name)
            if self.tests:
                expr = without_tests(name, expr, self.specs, self.typed)
            self._clean[name] = expr
        return self._clean[name]

    def with_rows(self, rows: Mapping[str, ir.Table]) -> Unchecked:
        """Return the same company with other rows in some tables."""
        other = copy(self)
        other._checked = {**self._checked, **rows}
        other._clean = {**self._clean, **rows}
        other._spans = {key: span for key, span in self._spans.items() if key[0] not in rows}
        return other

    def _readable(self, name: str) -> ir.Table:
        """Return a table as :meth:`typed`, computed anew."""
        if name in self._slow:
            copied = self.backend.create_table(self._name(f"{name}_raw"), self.raw[name], temp=True)
            self.raw[name] = copied
            self._readings[name] = self._read(name)
        self.examined[name] = checked = self.examine(name)
        try:
            self.record(name, checked)
        except CurrencyError as error:
            self.mixed[name] = error
        broken = [
            problem.rows.fill_null(False)
            for problem, _ in checked.refused
            if not problem.rule.endswith("_unreadable")
        ]
        if broken:
            gone = reduce(or_, broken)
            checked.aside = gone if checked.aside is None else checked.aside | gone
        expr = checked.rows(self.raw[name])
        if any(reading.parsed for reading in self._readings[name].values()):
            expr = self.backend.create_table(self._name(f"{name}_readable"), expr, temp=True)
        return self._filled(name, expr)
