"""Values of cells: as text, and as columns of one type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Cell = Any
_EXACT = 10**15  # Excel keeps fifteen digits of a number


def is_filled(cell: Cell) -> bool:
    """Return whether a cell holds something."""
    return not isinstance(cell, str) or (cell != "" and not cell.isspace())


def text(cell: Cell) -> str:
    """Return a cell as text that says what its type is, too; empty for an empty cell."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell if isinstance(cell, str) else str(cell)


def _number(number: float) -> str:
    """Return a number as text that no decimal sign reads as another one.

    >>> _number(15.0), _number(0.5), _number(1.234)
    ('15', '0.5', '1.2340')
    """
    if number.is_integer() and abs(number) < 1e21:
        return str(int(number))
    written = repr(number)
    decimals = written.partition(".")[2]
    # 1.234 is a thousand where the comma divides
    return f"{written}0" if decimals.isdigit() and len(decimals) == 3 else written


def column(values: Sequence[Cell]) -> pa.Array:
    """Return cells as a column of their type, or of text where they have several."""
    import pyarrow as pa

    cells = [one if is_filled(one) else None for one in values]
    kinds = {type(one) for one in cells if one is not None}
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    if kinds and kinds <= {int, float}:
        whole = all(one is None or one == int(one) for one in cells)
        if whole and all(one is None or abs(one) < 2**63 for one in cells):
            return pa.array([None if one is None else int(one) for one in cells], pa.int64())
        return pa.array(cells, pa.float64())
    days = [_day(one) for one in cells]
    if (
        kinds
        and kinds <= {date, datetime}
        and None not in [d for d, c in zip(days, cells, strict=True) if c]
    ):
        return pa.array(days, pa.date32())
    return pa.array([None if one is None else text(one) for one in cells], pa.string())


def _day(cell: Cell) -> date | None:
    """Return the day of a cell that holds one without a time."""
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else None
    return cell if isinstance(cell, date) else None


def is_long(values: pa.Array) -> bool:
    """Return whether a column has whole numbers of which Excel may have lost digits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_int64(values.type) or len(values) == values.null_count:
        return False
    return bool(pc.max(pc.abs(values)).as_py() >= _EXACT)
