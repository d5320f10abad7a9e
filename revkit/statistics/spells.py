"""Spells: times at risk, each until an event or until it was last seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spells:
    """Times at risk, each until an event or until it was last seen.

    Parameters
    ----------
    time
        The age at the end of each spell, in any unit.
    cause
        The event that ended it: 1, 2 and so on; 0 where it was still open.
    entered
        The age from which it was seen, 0 where it was seen from its beginning: a customer of five
        years in a list that starts two years ago was at risk in it from the age of three. All 0
        when omitted. A spell counts after that age, up to and with its end.
    cluster
        The number of the account, or whatever else several spells share; None where each is by
        itself. Intervals are as wide as spells of one account are alike, never less than of as
        many by themselves.

    Raises
    ------
    ValueError
        When lengths differ, a time is missing, or a spell ends before it is seen.
    """

    time: Array
    cause: NDArray[np.int64]
    entered: Array
    cluster: NDArray[np.int64] | None = None

    @classmethod
    def of(cls, time: Any, cause: Any, entered: Any = None, cluster: Any = None) -> Spells:
        """Return spells from anything like arrays; spells of no length at risk are left out."""
        ends = np.asarray(time, dtype=np.float64)
        kinds = np.asarray(cause).astype(np.int64)
        seen = np.zeros(len(ends)) if entered is None else np.asarray(entered, dtype=np.float64)
        if not len(ends) == len(kinds) == len(seen):
            raise ValueError("time, cause and entered need the same length")
        if np.isnan(ends).any() or np.isnan(seen).any():
            raise ValueError("a time is missing; spells that are still open have cause 0")
        if (ends < seen).any():
            raise ValueError("a spell ends before it was first seen")
        # Whoever comes late is never seen at risk on the day it comes; from the beginning it is.
        risked = (ends > seen) | (seen == 0)
        shared = None
        if cluster is not None:
            shared = np.unique(np.asarray(cluster)[risked], return_inverse=True)[1]
            if len(shared) == 0 or shared.max() + 1 == len(shared):
                shared = None
        return cls(ends[risked], kinds[risked], seen[risked], shared)

    @cached_property
    def times(self) -> Array:
        """The distinct times at which a spell ended, rising."""
        return np.unique(self.time)

    def at_risk(self, times: Array) -> Array:
        """Return the spells at risk at each of some times."""
        ended = np.searchsorted(np.sort(self.time), times, side="left")
        late = np.sort(self.entered[self.entered > 0])
        coming = len(late) - np.searchsorted(late, times, side="left")
        return (len(self.time) - ended - coming).astype(np.float64)

    def events(self, times: Array, cause: int | None = None) -> Array:
        """Return the events at each of some times, of one cause or of any."""
        happened = self.cause > 0 if cause is None else self.cause == cause
        place = np.searchsorted(times, self.time[happened])
        return np.bincount(place, minlength=len(times)).astype(np.float64)
