"""Notes: doubts about a company's rows that travel with every number made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from revkit import arguments as check
from revkit.errors import ParameterError, TableError
from revkit.schema import TABLES


@dataclass(frozen=True, slots=True)
class Note:
    """One doubt about the rows of a table.

    Parameters
    ----------
    table
        The table.
    rule
        The rule that its rows break, such as ``closed_before_created``.
    text
        The sentence without the table's name.
    rows
        How many rows it concerns; 0 where that says nothing.

    Examples
    --------
    >>> str(Note("spend", "identical_rows", "2 rows are set aside: copies of others", rows=2))
    'spend: 2 rows are set aside: copies of others.'
    """

    table: str
    rule: str
    text: str
    rows: int = 0

    @classmethod
    def set_aside(cls, table: str, rule: str, what: str, rows: int) -> Note:
        """Return the note on rows that are counted nowhere, as the user asked."""
        many = "1 row is" if rows == 1 else f"{rows:,} rows are"
        return cls(table, rule, f"{many} set aside: {what} ({rule})", rows)

    def __str__(self) -> str:
        return f"{self.table}: {self.text.rstrip('.')}{'' if self.text.endswith('?') else '.'}"


class Notes:
    """The notes on a company's tables, each said once, in the order of the schema."""

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        self._notes = dict.fromkeys(notes)

    def add(self, note: Note) -> None:
        """Record a note."""
        self._notes[note] = None

    def on(self, tables: Collection[str]) -> Iterator[Note]:
        """Yield the notes on some tables."""
        for table in TABLES:
            if table in tables:
                yield from (note for note in self._notes if note.table == table)


def columns_to_ignore(names: Iterable[str]) -> frozenset[str]:
    """Return names of columns, such as ``accounts.state``, each checked for its table.

    Raises
    ------
    ParameterError
        When a name is not a table and a column, joined by a point.
    TableError
        When there is no such table.
    """
    return dotted(names, "ignore", what="a column", example="accounts.state")


def dotted(given: Iterable[str], parameter: str, *, what: str, example: str) -> frozenset[str]:
    """Return names of two parts, such as ``accounts.state``, each checked for its table.

    Parameters
    ----------
    what
        What stands behind the point, for the message: a rule or a column.

    Raises
    ------
    ParameterError
        When a name does not have two parts.
    TableError
        When there is no such table.
    """
    where = "rk.load or rk.Dataset"
    names = check.names(given, parameter, where, example=example)
    for name in names:
        table, _, rest = name.partition(".")
        if not rest:
            needed = f"a table and {what}, joined by a point"
            raise ParameterError.unfit(
                parameter, name, where=where, needed=needed, example=repr([example])
            )
        if table not in TABLES:
            raise TableError.unknown(table, known=TABLES, where=f"{parameter}={name!r}")
    return frozenset(names)
