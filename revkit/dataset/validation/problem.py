"""Rules and problems: a condition on rows, its name, and the words for the rows that meet it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.errors import DataError
from revkit.periods.date_formats import epoch_for, setting_for
from revkit.schema import TableSchema
from revkit.schema.currencies import code_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


NONE = (
    *("null", "none", "nil", "n/a", "na", "#n/a", "#na", "nan"),
    *("-", "--", "\u2013", "\u2014", "?", "."),
)
"""Words for no value, in small letters."""


@dataclass(frozen=True)
class Problem:
    """A rule applied to a table.

    ``rows`` is the condition of the rows that break it, ``what`` and ``remedy`` the words for it,
    ``shows`` the columns to show of them, ``rule`` the rule's name where rows can be set aside.
    ``is_note`` says that the numbers stand, with a note. In ``remedy``, ``{value}`` stands for
    the first value found, ``{none}`` for the line that reads it as none, where it is a word for
    that, ``{code}`` for the code of a currency that it may be, ``{format}`` and ``{epoch}`` for the
    setting that reads it as a date.
    """

    rows: Any
    what: str
    shows: tuple[str, ...]
    remedy: str
    rule: str = ""
    is_note: bool = False

    def told(self, value: str) -> str:
        """Return the remedy, given the first value found; a word for none may be written so."""
        none, name = "", self.shows[0] if self.shows else ""
        if value.strip().lower() in NONE:
            word = value.replace('"', "")
            none = (
                f" Where {value} stands for none: {name}: {{from: {name}, "
                f'words: {{"{word}": null}}, others: keep}}.'
            )
        told = self.remedy.replace("{none}", none).replace("{value}", value[:10])
        if "{format}" in told:
            told = told.replace("{format}", setting_for(value.strip()))
        if "{epoch}" in told:
            told = told.replace("{epoch}", epoch_for(value.strip()))
        return told.replace("{code}", code_of(value))


@dataclass(frozen=True)
class Rule:
    """A rule for the rows of a table.

    Parameters
    ----------
    name
        Its name, such as ``amount_negative``: what ``set_aside`` calls it.
    columns
        The columns it needs; without one of them it does not apply.
    broken
        Returns the condition of the rows that break it, given the columns by name.
    what, remedy
        The words for it.
    is_note
        Whether the numbers stand, with a note.
    """

    name: str
    columns: tuple[str, ...]
    broken: Callable[[Mapping[str, Any]], Any]
    what: str
    remedy: str
    is_note: bool = False

    def applied(self, row: Mapping[str, Any]) -> Problem:
        """Return the rule with the condition of the rows that break it, given their columns."""
        broken = self.broken(row)
        return Problem(broken, self.what, self.columns, self.remedy, self.name, self.is_note)


def refuse(problem: Problem, rows: int, table: TableSchema, raw: ir.Table) -> DataError:
    """Return the error for rows that break a rule; it shows the first three by key."""
    keys = [name for name in table.key if name in raw.columns]
    names = list(dict.fromkeys([*keys, *(name for name in problem.shows if name in raw.columns)]))
    # as text, since a day after 9999 is none in Python
    worst = raw.filter(problem.rows).select(**{name: raw[name].cast("string") for name in names})
    examples = worst.order_by(names).limit(3).to_pyarrow().to_pylist()
    value = str(examples[0][problem.shows[0]]) if examples and problem.shows else ""
    return DataError.refused(
        problem.what,
        table=table.name,
        rows=rows,
        examples=examples,
        remedy=problem.told(value),
        rule=problem.rule,
    )
