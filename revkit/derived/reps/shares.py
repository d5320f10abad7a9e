"""Shares of deals: what each rep who worked on one has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.dataset.credit import SPLITS, with_credit
from revkit.dimensions import DimensionPath

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def by_rep(deals: ir.Table, data: Dataset) -> Any:
    """Return deals by rep: a row for each rep who has a part of one, with that part of its money.

    Parameters
    ----------
    deals
        With ``opportunity_id`` and ``rep_id``; of a company without ``opportunity_splits`` they
        are returned as they are.
    """
    if SPLITS not in data:
        return deals
    own = {"rep_id": DimensionPath((), "rep_id")}
    return with_credit(deals, data.table(SPLITS), own, data.lookup)
