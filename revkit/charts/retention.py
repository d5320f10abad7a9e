"""Retention, against the line where nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.charts import theme
from revkit.charts.rates import over_time

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def retention(result: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw retention by period, with its interval, against the line where nothing is lost.

    Parameters
    ----------
    result
        What :func:`revkit.metrics.nrr` or :func:`revkit.metrics.grr` returned, by period.
    ax
        Where to draw; a new figure when omitted.

    Returns
    -------
    Axes
        Untitled.
    """
    ax = over_time(result, ax=ax)
    ax.axhline(1, color=theme.INK, lw=0.8, ls=(0, (4, 3)))
    ax.set_ylabel("Share of opening MRR")
    return ax
