"""Owners who have left."""

from __future__ import annotations

from revkit.quality.company import Company

MOST = 10_000
"""Reps who have left that are looked at."""


def left(company: Company) -> list[str]:
    """Return the reps who had left by the as-of date; none without the table ``reps``."""
    if not company.has("reps", "left_on") or company.as_of is None:
        return []
    reps = company.table("reps")
    gone = reps.filter(reps.left_on <= company.as_of).select("rep_id").order_by("rep_id")
    return [str(rep) for rep in gone.limit(MOST).to_pyarrow()["rep_id"].to_pylist()]
