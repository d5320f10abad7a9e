"""Survival: time until an event, where some have not had it yet, or were first seen late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.statistics import clustered
from revkit.statistics.spells import Spells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A share that changes in steps: of those that stay, or of those that had an event.

    Parameters
    ----------
    time, at_risk, events
        At each time, the spells at risk and the events.
    share, low, high
        The share from that time on, with its interval; 0 to 1.
    starts
        The share before the first time: 1 of those that stay, 0 of those that had an event.
    over
        Whether none was left at the end, so that the share is known ever after.
    spells
        Those of whom it is the share.
    """

    time: Array
    at_risk: Array
    events: Array
    share: Array
    low: Array
    high: Array
    starts: float = 1.0
    over: bool = False
    spells: Spells | None = None

    def at(self, time: Any) -> tuple[Array, Array, Array]:
        """Return the share at given times, with its interval; NaN after the last one seen.

        Once none is left the share stays as it is.
        """
        asked = np.atleast_1d(np.asarray(time, dtype=np.float64))
        place = np.searchsorted(self.time, asked, side="right")
        seen = asked <= (np.inf if self.over else self.time[-1] if len(self.time) else -np.inf)

        def step(values: Array) -> Array:
            return np.where(seen, np.append(self.starts, values)[place], np.nan)

        return step(self.share), step(self.low), step(self.high)

    def quantile(self, gone: float = 0.5) -> tuple[float, float, float]:
        """Return the time by which a share has had the event, with its interval.

        It is the first time at which no more than the rest stay. NaN where that was not seen.
        """
        left = 1 - gone + 1e-12  # a product of fractions may miss one half by a rounding

        def first(values: Array) -> float:
            below = np.flatnonzero(values <= left)
            return float(self.time[below[0]]) if len(below) else float("nan")

        return first(self.share), first(self.low), first(self.high)

    def mean(self, within: float, level: float = 0.95) -> tuple[float, float, float]:
        """Return the mean time within a limit (restricted mean) with its interval.

        The area under the curve up to the limit. NaN where nobody was followed that far; without
        an interval where all spells are alike, which tells nothing of others.
        """
        from scipy.special import ndtri, stdtrit

        known, quantile = self.time <= within, float(ndtri((1 + level) / 2))
        if not len(self.time) or (self.time[-1] < within and not self.over):
            return float("nan"), float("nan"), float("nan")
        edges = np.concatenate([[0.0], self.time[known], [within]])
        areas = np.append(self.starts, self.share[known]) * np.diff(edges)
        beyond = np.cumsum(areas[::-1])[::-1][1:]
        terms = _greenwood(self.at_risk[known], self.events[known])
        value, spread = float(areas.sum()), float((beyond**2 * terms).sum())
        if self.spells is not None and self.spells.cluster is not None:
            cluster = self.spells.cluster
            spread = max(spread, clustered.of_mean(self.spells, cluster, beyond))
            quantile = float(stdtrit(max(cluster.max(), 1), (1 + level) / 2))
        error = float(np.sqrt(spread))
        width = quantile * error if error > 0 else float("nan")
        return value, max(value - width, 0.0), min(value + width, within)


def kaplan_meier(spells: Spells, level: float = 0.95) -> Curve:
    """Return the share that stays, by Kaplan and Meier.

    The interval is Greenwood's on the scale of log(-log): within 0 and 1. It is NaN while all
    stay and once none does.

    Examples
    --------
    >>> curve = kaplan_meier(Spells.of([2, 3, 3, 5, 8], [1, 1, 0, 1, 0]))
    >>> curve.share.round(3)
    array([0.8, 0.6, 0.3, 0.3])
    >>> curve.quantile(0.5)[0]
    5.0
    """
    at_risk, events = spells.at_risk(spells.times), spells.events(spells.times)
    stay = np.cumprod(1 - events / at_risk, dtype=np.float64)
    spread = np.cumsum(_greenwood(at_risk, events))
    if spells.cluster is not None:
        spread = np.maximum(spread, clustered.of_staying(spells, spells.cluster))
    error = stay * np.sqrt(spread)
    low, high = _ends(stay, error, level)
    over = bool(len(stay) and stay[-1] == 0)
    return Curve(spells.times, at_risk, events, stay, low, high, over=over, spells=spells)


def incidence(spells: Spells, cause: int, level: float = 0.95) -> Curve:
    """Return the share that has had one of several events, by Aalen and Johansen.

    Exact with ties. Whoever had another event can no longer have this one; one less the curve of
    :func:`kaplan_meier`, with those counted as open, is too high. The interval takes the variance
    of the delta method, on the scale of log(-log).

    Examples
    --------
    >>> spells = Spells.of([1, 2, 2, 3], [1, 2, 1, 0])
    >>> incidence(spells, 1).share
    array([0.25, 0.5 , 0.5 ])
    """
    times = spells.times
    at_risk, events, mine = spells.at_risk(times), spells.events(times), spells.events(times, cause)
    stay = np.cumprod(1 - events / at_risk)
    before = np.append(1.0, stay[:-1])
    share = np.cumsum(before * mine / at_risk)
    spread = _incidence_variance(at_risk, events, mine, before, share)
    if spells.cluster is not None:
        of_accounts = clustered.of_incidence(spells, spells.cluster, cause, before, share)
        spread = np.maximum(spread, of_accounts)
    error = np.sqrt(spread)
    low, high = _ends(share, error, level)
    over = bool(len(stay) and stay[-1] == 0)
    return Curve(times, at_risk, mine, share, low, high, starts=0.0, over=over)


def _incidence_variance(
    at_risk: Array, events: Array, mine: Array, before: Array, share: Array
) -> Array:
    """Return the variance of a cumulative incidence at each time, by the delta method.

    Sums over earlier times of terms in F(t) − F(s), multiplied out, so that running sums do.
    """
    died = _greenwood(at_risk, events)
    own = before**2 * (at_risk - mine) * mine / at_risk**3
    cross = before * mine / at_risk**2
    squares = share**2 * np.cumsum(died) - 2 * share * np.cumsum(share * died)
    squares += np.cumsum(share**2 * died) + np.cumsum(own)
    squares -= 2 * (share * np.cumsum(cross) - np.cumsum(share * cross))
    return np.asarray(np.maximum(squares, 0.0))


def _greenwood(at_risk: Array, events: Array) -> Array:
    """Return the terms of Greenwood's variance at each time; 0 where none is left."""
    left = at_risk - events
    return np.divide(events, at_risk * left, out=np.zeros_like(events), where=left > 0)


_ROUNDING = 1e-12
"""A sum of fractions may miss 0 or 1 by so much."""


def _ends(share: Array, error: Array, level: float) -> tuple[Array, Array]:
    """Return the interval of shares on the scale of log(-log); NaN where they are 0 or 1."""
    from scipy.special import ndtri

    certain = (share <= _ROUNDING) | (share >= 1 - _ROUNDING)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        width = float(ndtri((1 + level) / 2)) * error / (-share * np.log(share))
        low, high = share ** np.exp(width), share ** np.exp(-width)
    return np.where(certain, np.nan, low), np.where(certain, np.nan, high)


def log_rank(groups: list[Spells]) -> tuple[float, int, float]:
    """Test whether groups have the event at the same rate at every time.

    Returns
    -------
    tuple
        The statistic, its degrees of freedom and the p-value; NaN where there is nothing to
        compare.

    Examples
    --------
    >>> early = Spells.of([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])
    >>> late = Spells.of([6, 7, 8, 9, 10], [1, 1, 1, 1, 1])
    >>> statistic, freedom, p = log_rank([early, late])
    >>> round(statistic, 2), freedom, round(p, 4)
    (9.7, 1, 0.0018)
    """
    from scipy.stats import chi2

    times = np.unique(np.concatenate([group.times for group in groups]))
    at_risk = np.stack([group.at_risk(times) for group in groups])
    events = np.stack([group.events(times) for group in groups])
    risk, happened = at_risk.sum(axis=0), events.sum(axis=0)
    used = (happened > 0) & (risk > 1)
    at_risk, risk, happened, events = at_risk[:, used], risk[used], happened[used], events[:, used]
    share = at_risk / risk
    excess = (events - happened * share).sum(axis=1)
    spread = happened * (risk - happened) / (risk - 1)
    variance = np.diag((spread * share).sum(axis=1)) - (spread * share) @ share.T
    freedom = len(groups) - 1
    if freedom < 1 or not np.any(variance > 0):
        return float("nan"), freedom, float("nan")
    first = slice(0, freedom)  # the last follows from the others
    statistic = float(excess[first] @ np.linalg.pinv(variance[first, first]) @ excess[first])
    return statistic, freedom, float(chi2.sf(statistic, freedom))
