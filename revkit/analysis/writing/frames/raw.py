"""Tables as data beside their text: what a report's workbook is made of.

A report asks for them by an environment variable of its kernels; elsewhere a table is its text.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.revkit.table+json"
WANTED = "REVKIT__TABLES"
"""Environment variable of the kernels of a report with a workbook."""

SHARP = "REVKIT__SHARP"
"""Environment variable of the kernels of a report with slides, whose charts are larger."""

VALUES = frozenset({"value", "low", "high", "change", "change_low", "change_high", "target", "gap"})
"""Columns of a metric's result that are in its unit."""


def bundle(frames: Iterable[pd.DataFrame]) -> dict[str, Any]:
    """Return the data of a table by mime type; nothing where no report asks for it."""
    if WANTED not in os.environ:
        return {}
    return {MIME: {"parts": [part(frame) for frame in frames]}}


def part(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame as JSON knows it: ``columns`` with their units, and ``rows``.

    A unit is money, share and so on, or day for dates such as 2026-01-31; of a column whose rows
    have their own, a list. What is not known is null.
    """
    from revkit.analysis.writing.formatting import Quantity, quantity

    units = dict(frame.attrs.get("units", {}))
    if metric := frame.attrs.get("metric"):
        what = quantity(frame)
        title, unit = what.title or str(metric), "share" if what.percent else what.unit
        units |= dict.fromkeys(VALUES.intersection(frame.columns), unit)
    elif {"metric", "unit"} <= {*frame.columns}:  # a scorecard: a metric a row
        title = ""
        each = tuple(
            "share" if Quantity(name, "", unit).percent else unit
            for name, unit in zip(frame["metric"], frame["unit"], strict=True)
        )
        units |= dict.fromkeys(VALUES.intersection(frame.columns), each)
    else:
        title = ""
    names = [name for name in frame.columns if name != "trend"]
    return {
        "title": title,
        "currency": frame.attrs.get("currency"),
        "columns": [
            {"name": str(name), "unit": _unit(frame[name], units.get(name))} for name in names
        ],
        "rows": [[_plain(value) for value in row] for row in frame[names].itertuples(index=False)],
        "notes": [str(note) for note in frame.attrs.get("notes", ())],
    }


def _unit(column: pd.Series[Any], unit: Any) -> Any:
    known = column.dropna()
    if len(known) and all(isinstance(value, date) for value in known):
        return "day"
    return list(unit) if isinstance(unit, tuple) else unit


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    import pandas as pd

    if pd.api.types.is_list_like(value):
        return ", ".join(map(str, value))
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, date):
        return value.isoformat()[:10]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, bool | int | float) else str(value)
