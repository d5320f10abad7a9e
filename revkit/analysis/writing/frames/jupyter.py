"""Frames as Jupyter shows them: results of revkit in their units, while their data stay raw."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FRAMES = ("pandas.DataFrame", "pandas.core.frame.DataFrame")
"""The class of frames, by the module that versions of pandas say it is of."""


def register() -> None:
    """Let the notebook in which this runs, if any, show results in their units."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    formatter = getattr(shell, "display_formatter", None)
    if formatter is not None:
        for name in FRAMES:
            formatter.formatters["text/html"].for_type(name, shown)


def shown(frame: pd.DataFrame) -> str | None:
    """Return a frame as HTML: a result of revkit in its units, any other as pandas writes it.

    A frame of which a number has no known unit any more, as after a calculation of the reader's
    own, is one of pandas.
    """
    import pandas as pd

    if type(frame) is not pd.DataFrame or not frame.attrs or not _is_result(frame):
        html: str | None = frame._repr_html_()  # type: ignore[operator]
        return html
    from revkit.analysis.writing.frames.tables import table

    return table(frame, most=pd.get_option("display.max_rows") or None)._repr_html_()


def _is_result(frame: pd.DataFrame) -> bool:
    """Report whether every number of a frame is one that a result of revkit told the unit of."""
    import pandas as pd

    if not pd.get_option("display.notebook_repr_html") or not frame.columns.is_unique:
        return False
    if frame.index.nlevels > 1 or frame.index.name is not None or not _counts(frame.index):
        return False
    if {"metric", "unit"} <= {*frame.attrs} or "of" in frame.attrs:
        return _is_of_a_metric(frame)
    units = frame.attrs.get("units")
    return (
        isinstance(units, dict)
        and bool(units)
        and all(
            name in units or f"{name}".endswith(("low", "high"))
            for name in frame.columns
            if frame[name].dtype.kind == "f"
        )
    )


def _counts(index: Any) -> bool:
    """Report whether an index numbers the rows."""
    return len(index) == 0 or index.dtype.kind in "iu"


def _is_of_a_metric(frame: pd.DataFrame) -> bool:
    """Report whether a frame has the columns of a metric's result, and values in their intervals.

    Values that have left their intervals are those of a calculation of the reader's own.
    """
    from revkit.algebra.values import NUMBERS

    needed = {"value", "low", "high", "n", "small", "complete"}
    own = [name for name in frame.columns if name not in (*NUMBERS, "period")]
    if not needed <= {*frame.columns} or any(frame[name].dtype.kind in "fc" for name in own):
        return False
    value, slack = frame["value"], frame["value"].abs() * 1e-6 + 1e-9
    return not ((value < frame["low"] - slack) | (value > frame["high"] + slack)).any()
