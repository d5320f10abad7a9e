"""Movements as a source: what stands at the two ends of a period, and what moved between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from revkit.algebra.formula.leaves import Stock
from revkit.algebra.query.grouping import CAUSE, moving
from revkit.algebra.query.source import Source
from revkit.algebra.query.terms import Term
from revkit.derived.recurring.churn_reasons import with_reason
from revkit.errors import DimensionError

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class MovementSource(Source):
    """Movements of the call's periods: sums over the accounts that moved.

    The MRR of those that did not move is the running sum of all that did, so what stands at a
    period's end is asked for as the change it makes: its value after less its value before.
    """

    reasons: bool = False

    @property
    def dates(self) -> tuple[str, ...]:
        return ("started_on",)

    @cached_property
    def rows(self) -> Any:
        self._must_have_tables()
        call = self.call
        moved = moving(call.data, call.calendar, self.named, self.window)
        return with_reason(moved, call.data, call.calendar, self.window) if self.reasons else moved

    def standing(self, leaf: Stock, side: str) -> Term:
        """Read a stock of accounts at one side, ``before`` or ``after``, of their movement."""
        if (
            CAUSE in self.named.values()
            and CAUSE not in self.call.data.specs["subscriptions"].columns
        ):
            raise DimensionError.no_cause(self.call.metric)
        state = _State(self.rows, side)
        term = self.term(leaf, state)
        active = (self.rows[side] > 0).op()
        return Term(term.conditions | {active}, term.values)

    def beside(self, leaf: Stock, role: str) -> Term:
        """Read what an account paid at an end of the period beside each of its movements."""
        opened = "opened" if "opened" in self.rows.columns else "before"
        return self.standing(leaf, opened if role == "opening" else "after")

    def query(self) -> ir.Table:
        sums = {name: asked.over(self.rows) for asked, name in self.sums.items()}
        aggregate: ir.Table = self.rows.group_by([*self.columns, "period"]).aggregate(**sums)
        return aggregate


class _State:
    """The columns of movements, with ``mrr`` read at one side of the movement."""

    def __init__(self, rows: Any, side: str) -> None:
        self._rows, self._side = rows, side

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, self._side if name == "mrr" else name)
