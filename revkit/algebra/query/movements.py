"""Queries over account movements: stocks at the two ends of a period, and flows between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revkit.algebra.formula.leaves import Stock
from revkit.algebra.query.grouping import CAUSE, movements_by
from revkit.algebra.query.source import TableSource
from revkit.algebra.query.terms import Term
from revkit.derived.recurring.churn_reasons import untold, with_reason
from revkit.errors import DimensionError

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class MovementSource(TableSource):
    """Movements of MRR in the periods of a call: one row per account and period with a change.

    The MRR of every account is the running sum of its movements, so a stock at a period's end is
    planned as the change it makes: its value after each movement less its value before.

    Parameters
    ----------
    reasons
        The formula reads why accounts left, which the movements then get.
    lapses
        The formula tells accounts that left within the window, even if back.
    """

    reasons: bool = False
    lapses: bool = False

    @property
    def dates(self) -> tuple[str, ...]:
        return ("started_on",)

    @cached_property
    def rows(self) -> Any:
        self._require_tables()
        call = self.call
        moved = movements_by(
            call.data, call.calendar, self.dimensions, self.window, lapses=self.lapses
        )
        return with_reason(moved, call.data, call.calendar, self.window) if self.reasons else moved

    def notes(self) -> Iterator[str]:
        note = untold(self.call.data) if self.reasons else None
        yield from () if note is None else (str(note),)

    def stock_term(self, leaf: Stock, side: str) -> Term:
        """Return a stock of accounts read ``before`` or ``after`` their movement.

        Raises
        ------
        DimensionError
            When the call is by cause: only movements have one, stocks have not.
        """
        if (
            CAUSE in self.dimensions.values()
            and CAUSE not in self.call.data.specs["subscriptions"].columns
        ):
            raise DimensionError.no_cause(self.call.metric)
        term = self.term(leaf, _MrrAt(self.rows, side))
        active = (self.rows[side] > 0).op()
        return Term(term.conditions | {active}, term.values)

    def stock_term_at(self, leaf: Stock, role: str) -> Term:
        """Return a stock at the start or the ``end`` of the period, read on its movements."""
        opened = "opened" if "opened" in self.rows.columns else "before"
        return self.stock_term(leaf, "after" if role == "end" else opened)

    def query(self) -> ir.Table:
        sums = {name: term.aggregate(self.rows) for term, name in self.sums.items()}
        found: ir.Table = self.rows.group_by([*self.group_columns, "period"]).aggregate(**sums)
        return found


class _MrrAt:
    """The columns of movements, with ``mrr`` read at one side of the movement."""

    def __init__(self, rows: Any, side: str) -> None:
        self._rows, self._side = rows, side

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, self._side if name == "mrr" else name)
