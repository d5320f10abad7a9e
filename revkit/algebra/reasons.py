"""Reasons: sentences on results without any value, which say what they lack."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 3
"""Divisors that are named."""

KNOWN = ("not known", "unknown", "is known", "has no row", "count nowhere")
"""Ends of other notes that are reason enough."""


def reasons(
    value: NDArray[Any], undefined: Mapping[str, int], noted: Collection[str], tables: str
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
        The tables that the metric reads, as a list for a reader.

    Examples
    --------
    >>> nothing = np.full((1, 2), np.nan)
    >>> list(reasons(nothing, {"leads by created_at": 2}, [], "leads"))
    ['There is no value anywhere, since this is 0: leads by created_at.']
    >>> list(reasons(np.ones((1, 2)), {}, [], "leads"))
    []
    """
    if value.size and not np.isnan(value).all():
        return
    if undefined:
        most = max(undefined.values())
        lacking = [words for words, count in undefined.items() if count == most]
        shown = "; ".join(lacking[:MOST])
        more = f"; and {len(lacking) - MOST} more" if len(lacking) > MOST else ""
        these = "this is" if len(lacking) == 1 else "these are"
        yield f"There is no value anywhere, since {these} 0: {shown}{more}."
    elif not any(words in str(note) for note in noted for words in KNOWN):
        yield f"There is no value anywhere: no row of {tables} counts in what was asked for."
