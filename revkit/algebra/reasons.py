"""Reasons: sentences on results without any value, which say what they lack."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from revkit.errors import listed

MOST = 3
"""Divisors that are named."""

KNOWN = ("not known", "unknown", "is known", "has no row", "count nowhere")
"""Ends of other notes that are reason enough."""


def reasons(
    value: NDArray[Any],
    undefined: Mapping[str, int],
    noted: Collection[str],
    tables: Collection[str],
    unrecorded: tuple[date, date] | None = None,
) -> Iterator[str]:
    """Yield why a result has no value at all; nothing where it has one.

    Parameters
    ----------
    value
        The values of the groups and periods that are shown.
    undefined
        By divisor, how many of them lack a value because it is 0.
    noted
        The notes that the result has already.
    tables
        The tables that the metric reads.
    unrecorded
        The first and the last day on record, where no value shown has the earlier period it reads.

    Examples
    --------
    >>> nothing = np.full((1, 2), np.nan)
    >>> list(reasons(nothing, {"leads by created_at": 2}, [], ["leads"]))
    ['There is no value anywhere, since this is 0: leads by created_at.']
    >>> list(reasons(np.ones((1, 2)), {}, [], ["leads"]))
    []
    """
    if value.size and not np.isnan(value).all():
        return
    shown = listed(sorted(tables))
    explained = any(words in str(note) for note in noted for words in KNOWN)
    if undefined:
        most = max(undefined.values())
        lacking = [words for words, count in undefined.items() if count == most]
        zeros = "; ".join(lacking[:MOST])
        more = f"; and {len(lacking) - MOST} more" if len(lacking) > MOST else ""
        these = "this is" if len(lacking) == 1 else "these are"
        yield f"There is no value anywhere, since {these} 0: {zeros}{more}."
    elif unrecorded is not None and not explained:
        first, last = (f"{one.day} {one:%B %Y}" for one in unrecorded)
        yield (
            "There is no value anywhere, since it also reads an earlier period, which is not on "
            f"record: the record of {shown} is from {first} to {last}."
        )
    elif not explained:
        yield f"There is no value anywhere: no row of {shown} counts in what was asked for."
