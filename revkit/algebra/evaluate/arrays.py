"""Arithmetic of arrays of groups by periods: quotients, shifts in time, trailing windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def divide(above: Any, below: Any) -> Any:
    """Return a quotient, NaN where the divisor is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / np.where(below != 0, below, 1.0), np.nan)


def shift(values: Array, periods: int, fill: float = np.nan) -> Array:
    """Shift values to later periods (columns), with ``fill`` before the first.

    >>> shift(np.array([[1.0, 2.0, 3.0]]), 1)
    array([[nan,  1.,  2.]])
    """
    moved = np.full(values.shape, fill)
    if periods == 0:
        return values
    if periods < values.shape[1]:
        moved[:, periods:] = values[:, :-periods]
    return moved


def rolling_sum(values: Array, width: int) -> Array:
    """Return sums over trailing windows of ``width`` periods, NaN where a window is incomplete.

    >>> rolling_sum(np.array([[1.0, 2.0, 3.0]]), 2)
    array([[nan,  3.,  5.]])
    """
    if width == 1:
        return values
    sums: Array = np.cumsum(values, axis=1)
    return mask_incomplete(np.round(sums - shift(sums, width, 0.0), 6), width)


def mask_incomplete(values: Array, width: int) -> Array:
    """Replace the values of windows that began before the first period by NaN."""
    if width == 1:
        return values
    masked = values.astype(np.float64, copy=True)
    masked[:, : width - 1] = np.nan
    return masked


def in_windows(flags: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Report which trailing windows hold a flagged period, or began before the first.

    >>> in_windows(np.array([True, False, False, False]), 2)
    array([ True,  True, False, False])
    """
    sums = rolling_sum(flags[None, :].astype(np.float64), width)[0]
    return np.asarray(np.isnan(sums) | (sums > 0))
