"""Size bands: groups of accounts by their MRR at the start of a period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from revkit.derived.recurring.ageing import ageing

if TYPE_CHECKING:
    from revkit.periods import Calendar

BOUNDS = (100, 500, 2_000, 10_000)
GROUPS = ("0", "under 100", "100–499", "500–1,999", "2,000–9,999", "10,000+")


def band(mrr: Any) -> Any:
    """Return the size band of an expression of MRR; new and returning accounts are in band 0."""
    import ibis

    cases = [(mrr < bound, name) for bound, name in zip(BOUNDS, GROUPS[1:-1], strict=True)]
    return ibis.cases((mrr <= 0, GROUPS[0]), *cases, else_=GROUPS[-1])


def with_size(moved: Any, calendar: Calendar, by: Sequence[str], name: str, trailing: int) -> Any:
    """Add to movements the size band of their account at the start of the period.

    An account whose MRR changed may start the next period in another band. Movements named
    ``ageing`` are added, which carry its MRR from one band to the other between the two periods.
    A balance at a period's end is in the band of the next period's start, as with tenure.

    Parameters
    ----------
    moved
        :func:`~revkit.derived.recurring.movements.movements` of the same call.
    by
        Other group columns of ``moved``; they must be those of the account.
    name
        The column to add.
    trailing
        Periods per window of the call.
    """
    from ibis import _

    sized = moved.mutate(band(moved.opening).name(name))
    if calendar.period is None or trailing > 1:
        return sized
    keys = ["account_id", "period", *by]
    ends = moved.group_by(keys).aggregate(
        opening=_.opening.max(),
        mrr=(_.opening.max() + _.amount.sum()).cast("decimal(38, 6)"),
    )
    changed = ends.mutate(old=band(_.opening), new=band(_.mrr))
    changed = changed.filter(_.mrr > 0, _.old != _.new)
    return sized.union(ageing(changed, name, sized.columns))
