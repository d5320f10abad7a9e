"""Retention by period, against a reference line at 100 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.charts import theme
from revkit.charts.rates import over_time
from revkit.language import language as spoken

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def retention(result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw retention by period, with its interval, against a reference line at 100 %.

    Parameters
    ----------
    result
        What :func:`revkit.metrics.nrr` or :func:`revkit.metrics.grr` returned, by period.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled.
    """
    ax = over_time(result, ax=ax, language=language)
    ax.axhline(1, color=theme.INK, lw=0.8, ls=(0, (4, 3)))
    ax.set_ylabel(spoken(language).gettext("Share of opening MRR"))
    return ax
