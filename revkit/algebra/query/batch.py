"""The sources of a call, or of several calls at once: each is planned, then queried once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from revkit.algebra.formula.leaves import Leaf, Quantile, Stock, Total
from revkit.algebra.query.durations import DurationSource
from revkit.algebra.query.events import EventSource, SpreadSource
from revkit.algebra.query.movements import MovementSource
from revkit.algebra.query.source import Source
from revkit.algebra.query.stocks import StockSource
from revkit.algebra.request import Call
from revkit.errors import FormulaError

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[Any, ...]
NOWHERE = "\uffff"  # sorts after every text and is none, so a missing group stays its own


class Batch:
    """Sources by what tells them apart; metrics that share one ask it together."""

    def __init__(self) -> None:
        self.sources: dict[Key, Source] = {}
        self._answers: dict[Key, pd.DataFrame] = {}

    def source(
        self, call: Call, leaf: Leaf | Quantile, without: frozenset[str], whole: bool
    ) -> Key:
        """Return the key of the source that answers a leaf, made where there is none yet."""
        place, make = _place(call, leaf)
        key = (*place, call.calendar, call.by, without)
        if key not in self.sources:
            self.sources[key] = make(call=call, without=without)
        if not whole:
            self.sources[key].must_be_reached()
        return key

    def answer(self, key: Key) -> pd.DataFrame:
        """Return what a source found, asking it when it is first needed."""
        if key not in self._answers:
            source = self.sources[key]
            frame = source.answer()
            self._answers[key] = frame.fillna(dict.fromkeys(source.columns, NOWHERE))
        return self._answers[key]


def _place(call: Call, leaf: Leaf | Quantile) -> tuple[Key, Callable[..., Source]]:
    """Return the table, dates and window of a leaf, and what makes a source of them."""
    if isinstance(leaf, Quantile):
        table, at, window = leaf.total.table, leaf.total.at or "", call.trailing
        if leaf.until is None:
            return (table, at, window), partial(EventSource, table=table, at=at, window=window)
        asked = partial(DurationSource, table=table, at=at, window=window, quantile=leaf)
        return (table, at, window, str(leaf), call.level), asked
    if leaf.table == "movements":
        window = 1 if isinstance(leaf, Stock) else call.trailing
        reasons = any("churn_reason" in repr(condition) for condition in leaf.conditions)
        moved = partial(MovementSource, table="movements", window=window, reasons=reasons)
        return ("movements", window, reasons), moved
    if isinstance(leaf, Stock):
        if leaf.different is not None:
            raise FormulaError.no_distinct(leaf.table)
        start, end = leaf.start or "", leaf.end or ""
        return (leaf.table, start, end), partial(
            StockSource, table=leaf.table, start=start, end=end
        )
    assert isinstance(leaf, Total)
    if leaf.spread is not None:
        start, end = leaf.spread
        asked_over = partial(SpreadSource, table=leaf.table, start=start, end=end)
        return (leaf.table, "over", start, end), asked_over
    window = call.trailing if leaf.different is not None else 1
    at = leaf.at or ""
    return (leaf.table, at, window), partial(EventSource, table=leaf.table, at=at, window=window)
