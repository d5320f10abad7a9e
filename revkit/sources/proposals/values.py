"""What the values of a column look like: dates and how they are written, numbers, yes and no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from revkit.dataset.validation import NO, YES
from revkit.periods.date_formats import DATES, TIMES, is_written
from revkit.schema import NUMBERS, ColumnSchema
from revkit.sources.mapping.time.epochs import unit_of

ISO = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d?:\d\d(:\d\d([.]\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?")

_PLAIN = re.compile(r"[+-]?\d+([.]\d+)?([eE][+-]?\d+)?")
_SIGNS = r"[-+−(]? ?(?:[A-Z]{3}|[$€£¥]|CHF)? ?[-+−]?%s ?(?:[A-Z]{3}|[$€£¥%%])?\)?-?"
_COMMA = re.compile(_SIGNS % r"(?:\d{1,3}(?:[. ’']\d{3})+|\d+)(?:,\d+)?")
_POINT = re.compile(_SIGNS % r"(?:\d{1,3}(?:[, ’']\d{3})+|\d+)(?:[.]\d+)?")
_YES_NO = {*YES, *NO, "t", "f"}


@dataclass(frozen=True)
class Values:
    """A sample of a column, as text without blanks around it.

    Parameters
    ----------
    filled
        The values that are not empty.
    rows
        How many rows the sample has.
    typed
        ``date``, ``number`` or ``bool`` where the file itself says so; else empty.
    """

    filled: tuple[str, ...]
    rows: int
    typed: str = ""

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """The different values, in order."""
        return tuple(dict.fromkeys(self.filled))

    @property
    def is_unique(self) -> bool:
        """True when no value is there twice and no row is without one."""
        return 0 < self.rows == len(self.filled) == len(self.distinct)

    @cached_property
    def date_formats(self) -> tuple[str, ...]:
        """The ways in which every value can be read as a date; ``ISO`` needs no setting."""
        some = self.distinct[:400]
        if not some or self.typed in ("number", "bool"):
            return ()
        if self.typed == "date" or all(ISO.fullmatch(value) for value in some):
            return ("ISO",)
        if not all(6 <= len(value) <= 26 and any(map(str.isdigit, value)) for value in some):
            return ()
        formats = (day + time for day in DATES for time in TIMES)
        return tuple(one for one in formats if all(is_written(value, one) for value in some))

    @cached_property
    def epoch(self) -> str | None:
        """The unit of moments as numbers since 1970: ``s`` or ``ms``; None for other values."""
        return unit_of(self.distinct[:400])

    @cached_property
    def decimal(self) -> str | None:
        """The way numbers are written: ``plain``, ``,`` or ``.``; None for no numbers."""
        some = self.distinct[:400]
        if not some or self.typed in ("date", "bool"):
            return None
        if self.typed == "number" or all(_PLAIN.fullmatch(value) for value in some):
            return "plain"
        for sign, pattern in ((",", _COMMA), (".", _POINT)):
            if all(pattern.fullmatch(value) for value in some):
                return sign
        return None

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The values as numbers, where they are."""
        if self.decimal is None:
            return ()
        found = []
        for value in self.distinct:
            bare = re.sub(r"[^\d.,eE-]", "", value.replace("−", "-"))
            if self.decimal == ",":
                bare = bare.replace(".", "").replace(",", ".")
            elif self.decimal == ".":
                bare = bare.replace(",", "")
            try:
                found.append(float(bare.strip("-") if bare.endswith("-") else bare))
            except ValueError:
                return ()
        return tuple(found)

    @property
    def is_yes_or_no(self) -> bool:
        """True when all values are a yes or a no."""
        lower = {value.casefold() for value in self.distinct[:20]}
        return self.typed == "bool" or (0 < len(lower) <= 4 and lower <= _YES_NO)

    def fit(self, column: ColumnSchema) -> float:
        """Return how well the values can be those of a column of the schema: from 0 to 1."""
        if not self.filled:
            return 0.6
        if column.dated:
            return 1.0 if self.date_formats else 0.9 if self.epoch else 0.0
        if column.type in NUMBERS or column.type == "count":
            return self._fit_number(column)
        if column.type == "bool":
            return 1.0 if self.is_yes_or_no else 0.7 if len(self.distinct) <= 15 else 0.0
        number = self.decimal is not None and any(one != int(one) for one in self.numbers)
        if column.type == "id":
            return 0.1 if self.date_formats or number else 1.0
        if column.words:
            return 0.9 if len(self.distinct) <= 30 else 0.2
        return 0.2 if self.date_formats else 0.4 if number else 0.8 if self.decimal else 1.0

    def _fit_number(self, column: ColumnSchema) -> float:
        if self.decimal is None or not self.numbers:
            return 0.0
        if column.type == "share":
            return 1.0 if min(self.numbers) >= 0 and max(self.numbers) <= 100 else 0.0
        if column.type == "count" and any(one != int(one) for one in self.numbers):
            return 0.2
        return 1.0


def overlap(values: Sequence[str], keys: frozenset[str]) -> float:
    """Return the share of different values that are keys of another file.

    >>> overlap(["a", "b", "b"], frozenset("ac"))
    0.5
    """
    different = set(values)
    return len(different & keys) / len(different) if different else 0.0
