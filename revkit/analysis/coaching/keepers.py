"""Reps who keep customers rather than win them: no peers of those who sell new business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.reps.shares import by_rep

if TYPE_CHECKING:
    from revkit.analysis.coaching.deals import Span
    from revkit.dataset import Dataset

MOSTLY = 0.5
"""Share of a rep's deals above which renewals and expansions are what the rep does."""

KEPT = ("renewal", "expansion")


def keepers_of(data: Dataset, span: Span) -> frozenset[str]:
    """Return the reps most of whose deals, open or closed in the span, keep or grow customers.

    Parameters
    ----------
    data
        The whole company; where deals do not say their kind, there are none.
    span
        The months.
    """
    from ibis import _

    if "kind" not in data.columns("opportunities"):
        return frozenset()
    table: Any = data.table("opportunities")
    table = table.filter(_.closed_on.isnull() | (_.closed_on >= span.start))
    owned = by_rep(table, data).filter(_.rep_id.notnull())
    kept = _.kind.isin(KEPT).fill_null(False).ifelse(1, 0)
    rows = owned.group_by("rep_id").agg(kept=kept.sum(), deals=_.count())
    found = rows.to_pyarrow().to_pandas()
    return frozenset(found.loc[found["kept"] > MOSTLY * found["deals"], "rep_id"])
