"""Units in which durations are read: hours for many minutes, days for many hours."""

from __future__ import annotations

COARSER = (
    ("minutes", 2880, "days", 1440), ("minutes", 120, "hours", 60), ("hours", 48, "days", 24),
)  # fmt: skip
"""Units, the size from which on a reader takes a coarser one, and how many make one of it."""


def coarser(unit: str, value: float) -> tuple[str, float]:
    """Return the unit in which a duration is read, and how many of its own make one of it.

    >>> coarser("minutes", 865), coarser("minutes", 45), coarser("days", 400)
    (('hours', 60), ('minutes', 1), ('days', 1))
    """
    for own, least, reads, size in COARSER:
        if unit == own and value >= least:
            return reads, size
    return unit, 1
