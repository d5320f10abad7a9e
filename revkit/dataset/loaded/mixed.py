"""Columns of a pandas frame that are not of one type: which value is not, and what makes it so."""

from __future__ import annotations

from datetime import date, datetime, time
from numbers import Number
from re import search
from typing import Any

from revkit.dataset.columns import fold
from revkit.dataset.validation.reading import NUMBER, THOUSANDS
from revkit.errors import DataError
from revkit.schema import NUMBERS, TABLES


def not_converted(table: str, frame: Any, error: Exception) -> DataError:
    """Return the error for a frame that Arrow does not take, by its first column of such values."""
    import pyarrow as pa

    for name in frame.columns:
        try:
            pa.array(frame[name], from_pandas=True)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as theirs:
            return mixed(table, frame, name) or DataError.not_converted(
                table, column=str(name), problem=str(theirs)
            )
    return DataError.not_converted(table, column="", problem=str(error))


def all_days(cells: Any) -> bool:
    """Return whether all of some cells are days, or moments at midnight."""
    return {*map(type, cells)} <= {date} or all(
        isinstance(cell, date) and not (isinstance(cell, datetime) and cell.time() != time())
        for cell in cells
    )


def mixed(table: str, frame: Any, name: Any) -> DataError | None:
    """Return the error for a column with values of several types; None where they are of one."""
    cells = frame[name].dropna()
    types = cells.map(lambda cell: type(cell).__name__)
    kinds = types.value_counts(sort=True)
    if len(kinds) < 2:
        return None
    texts = _declared(table, str(name)) in ("id", "text")
    # text is the exception where numbers or days are due; of equally many, what comes first is none
    rule = max(
        kinds.index,
        key=lambda kind: (texts or kind != "str", kinds[kind], kind == types.iloc[0]),
    )
    odd = (types != rule).to_numpy().argmax()
    row = frame.loc[frame[name].notna()].iloc[odd]
    shown = {key: row[key] for key in TABLES[table].key if key in frame.columns and key != name}
    return DataError.mixed(
        table,
        column=str(name),
        rows=dict(kinds),
        example={**shown, str(name): repr(cells.iloc[odd])},
        remedy=_remedy(table, str(name), cells),
    )


def _declared(table: str, name: str) -> str:
    """Return the declared type of a column; text where the schema has none of that name."""
    ours = {fold(one.name): one.type for one in TABLES[table].columns.values()}
    return ours.get(fold(name), "text")


def _remedy(table: str, name: str, cells: Any) -> str:
    """Return the line that makes a column one of its declared type."""
    kind, column = _declared(table, name), f'frame["{name}"]'
    if kind in ("id", "text"):
        return f'Make it text: {column} = {column}.astype("string").'
    texts = [cell for cell in cells if isinstance(cell, str)]
    if kind in ("date", "timestamp"):
        numbers = [cell for cell in cells if isinstance(cell, Number)]
        if numbers:
            return f"Correct {numbers[0]!r} to a day, as in pd.Timestamp(2025, 1, 31)."
        return f'Make it days: {column} = pd.to_datetime({column}, format="ISO8601").'
    if kind in NUMBERS or kind == "count":
        return _numbers(column, texts)
    return "Write True, False or None in each row."


def _numbers(column: str, texts: list[str]) -> str:
    """Return the line that makes a column with some texts one of numbers."""
    line = f"{column} = pd.to_numeric({column})"
    unclear = next((text for text in texts if search(THOUSANDS, text)), None)
    if odd := [text for text in texts if not search(NUMBER, text.strip())]:
        return f"Correct {odd[0]!r} to a number; {line} then makes all of them numbers."
    if unclear is None:
        return f"Make it numbers: {line}."
    without = 'lambda cell: cell.replace(".", "") if isinstance(cell, str) else cell'
    return (
        f"Where the point in {unclear!r} is the sign of decimals: {line}. Where it is that of "
        f"thousands, take it out of the texts before: {column} = {column}.map({without})."
    )
