"""Signs of revenue: a ledger writes it as credits, which are negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation.problem import Problem

if TYPE_CHECKING:
    import ibis.expr.types as ir

CREDITS = "revenue_as_credits"


def signs_of_revenue(finance: ir.Table, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the rule on negative revenue: refused where all of it is, else a correction to note.

    Parameters
    ----------
    finance
        The table as loaded.
    values
        Its columns as read.
    """
    if not {"line", "amount"} <= values.keys():
        return
    revenue = (values["line"].lower().strip() == "revenue").fill_null(False)
    negative, positive = revenue & (values["amount"] < 0), revenue & (values["amount"] > 0)
    corrected = finance.aggregate(some=positive.ifelse(1, 0).sum()).to_pyarrow().to_pylist()[0]
    if corrected["some"]:
        yield Problem(
            negative,
            "amount of revenue is negative",
            ("line", "amount"),
            "It counts as a correction, which lowers the revenue; revenue itself is positive",
            "revenue_negative",
            is_note=True,
        )
    else:
        yield Problem(
            negative,
            "amount is negative in every month of revenue,",
            ("line", "amount"),
            "A ledger writes revenue as credits, below 0. Revenue and costs are both positive "
            "here: reverse the sign of the lines that the ledger has below 0 before you load them.",
            CREDITS,
        )
