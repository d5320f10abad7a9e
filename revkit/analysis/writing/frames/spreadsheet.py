"""Text as a spreadsheet may read it: none of it runs."""

from __future__ import annotations

from typing import Any

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")  # East Asian ones
"""Beginnings of text that a spreadsheet takes for a formula."""


def inert(cell: Any) -> Any:
    """Return a cell with an apostrophe before text that a spreadsheet would run.

    A carriage return within it becomes a line feed, which files of commas put in quotes: without
    them what follows would begin a row, and a cell.

    Examples
    --------
    >>> [inert(cell) for cell in ("=1+1", " -1", -1, "a-1")]
    ["'=1+1", "' -1", -1, 'a-1']
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


class InertFrame(pd.DataFrame):
    """A DataFrame whose file of commas runs nothing in a spreadsheet; its numbers stay numbers."""

    @property
    def _constructor(self) -> type[InertFrame]:
        return InertFrame

    def to_csv(self, *args: Any, **how: Any) -> Any:
        """Write it as :meth:`pandas.DataFrame.to_csv` does.

        Text that a spreadsheet would take for a formula begins with an apostrophe.
        """
        frame = pd.DataFrame(self).rename(columns=inert, index=inert)
        for at, kind in enumerate(frame.dtypes):
            if not pd.api.types.is_numeric_dtype(kind):
                texts = frame.iloc[:, at].astype(object).map(inert, na_action="ignore")
                frame.isetitem(at, texts.to_numpy(dtype=object))
        return frame.to_csv(*args, **how)
