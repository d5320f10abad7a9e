"""References: ids that name no row of the table they refer to, and the spelling that would.

A reference that is not found leaves its rows in ``(missing)``, and out of every filter. Where one
change of spelling explains most of them, the note says which; where none does and most of a column
finds nothing, the table is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.dataset.validation.reading import stripped
from revkit.dataset.validation.spelling import composed, differing
from revkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

SALESFORCE = 15
"""Characters of a Salesforce id without the three that make upper and lower case plain."""


@dataclass(frozen=True)
class Repair:
    """A change of spelling under which ids may agree: on both sides, or on one of them."""

    spelled: Callable[[Any], Any]
    words: str


def _no_fraction(text: Any) -> Any:
    """Return whole numbers without the ``.0`` that a decimal column gave them."""
    return text.re_replace(r"\.0+$", "")


def _no_zeros(text: Any) -> Any:
    """Return ids without leading zeros."""
    return text.re_replace("^0+", "")


REPAIRS = (
    Repair(stripped, "blanks around them left out"),
    Repair(
        _no_fraction,
        "'.0' at the end left out, which comes from reading ids as decimal numbers: read both "
        "columns as text",
    ),
    Repair(lambda text: stripped(text).upper(), "written in one case"),
    Repair(
        lambda text: text.left(SALESFORCE),
        "cut to 15 characters (Salesforce writes an id with 15 or with 18): write both alike",
    ),
    Repair(composed, "their accents in one Unicode form (NFC)"),
    Repair(_no_zeros, "leading zeros left out: read both columns as text"),
    Repair(
        lambda text: _no_zeros(_no_fraction(stripped(text).upper())),
        "blanks, case, '.0' and leading zeros left out",
    ),
)


def check_reference(
    expr: ir.Table,
    keys: ir.Table,
    *,
    table: str,
    column: str,
    target: str,
    ignore: Collection[str] = (),
) -> Note | None:
    """Return the note on references that find no row; None where all do.

    Parameters
    ----------
    expr
        The table that refers.
    keys
        The table referred to.
    column
        The column that refers.
    target
        The name of the table referred to.
    ignore
        Columns, as ``table.column``, whose references are right although they find nothing.

    Raises
    ------
    DataError
        When over half of a column that is not to be ignored finds nothing, and no other spelling
        of it would.
    """
    theirs = keys.select(__key=keys[keys.columns[0]])
    every = expr.select(id=expr[column])
    # keys are unique, so that no row is counted twice; few tables go on from here
    placed = every.left_join(theirs, every.id == theirs["__key"])
    named = placed.aggregate(rows=placed.id.count(), there=placed["__key"].count())
    counted: Mapping[str, int] = named.to_pyarrow().to_pylist()[0]
    if not (some := int(counted["rows"] - counted["there"])):
        return None
    found = placed.filter(placed.id.notnull(), placed["__key"].isnull())
    missing = found.group_by("id").aggregate(rows=found.count())
    worst = missing.order_by([missing.rows.desc(), missing.id]).limit(3).to_pyarrow()
    repair = spelling(missing, theirs, some)
    said = DataError.lost(
        column,
        target=target,
        rows=int(counted["rows"]),
        lost=some,
        examples=worst["id"].to_pylist(),
        repair=repair,
    )
    most = some > counted["rows"] / 2 and not repair
    if most and f"{table}.{column}" not in ignore and int(keys.count().execute()):
        raise DataError.not_found(said, table=table, column=column, target=target)
    return Note(table, f"{column}_not_found", said, some)


def spelling(missing: ir.Table, theirs: ir.Table, lost: int) -> str:
    """Return the change of spelling under which most of the missing ids are found; else nothing.

    Parameters
    ----------
    missing
        Each ``id`` that is not found and the number of its ``rows``.
    theirs
        The ids that there are, as ``__key``.
    lost
        The rows in which an id is not found.
    """
    for repair in REPAIRS:
        ours = missing.mutate(spelled=repair.spelled(missing.id))
        there = theirs.mutate(there=repair.spelled(theirs["__key"])).group_by("there")
        there = there.aggregate(key=lambda row: row["__key"].min())
        joined = ours.inner_join(there, ours.spelled == there.there)
        if int(joined.rows.sum().fill_null(0).execute()) > lost / 2:
            pair = joined.select("id", "key").order_by("id").limit(1).to_pyarrow().to_pylist()[0]
            return (
                f"{differing(pair['id'], pair['key'], ' against ')}: they agree with {repair.words}"
            )
    return ""
