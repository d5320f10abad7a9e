"""Recurring revenue gained and lost, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.flows.movements import MOVEMENTS, whole
from revkit.analysis.writing.formatting import quantity
from revkit.charts import theme
from revkit.charts.rates import dated
from revkit.errors import PeriodError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


UNFINISHED = 0.4
"""Opacity of the bars of a period that is not over."""


def bridge(movements: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw gains (new, expansion, reactivation) above zero and losses below it.

    The effect of exchange rates, where there is one, is grey, above or below.

    Parameters
    ----------
    movements
        What :func:`revkit.analysis.flows.movements.bridge` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled; the black line is the net change. Bars of an unfinished period are pale.
    """
    movements = whole(movements, "rk.charts.bridge")
    if "period" not in movements:
        raise PeriodError.no_earlier("rk.charts.bridge")
    ax, what = theme.axes(ax), quantity(movements, language)
    words = what.words
    periods = movements["period"]
    width = np.diff(periods.to_numpy()).min() * 0.8 if len(periods) > 1 else np.timedelta64(20, "D")
    drawn: set[str] = set()
    for names, sign in ((theme.GAINS, 1), (theme.LOSSES, -1)):
        base = np.zeros(len(movements))
        sizes = {name: movements[name].to_numpy(dtype=float) for name in names}
        if "fx" in movements:  # what rates moved goes either way
            sizes["fx"] = (sign * movements["fx"]).clip(lower=0).to_numpy(dtype=float)
        for name, size in sizes.items():
            if np.any(size):
                label = words.gettext(MOVEMENTS.get(name, name)) if name not in drawn else None
                colour = names.get(name, theme.GREY)
                bars = ax.bar(
                    periods, sign * size, bottom=base, width=width, color=colour, label=label
                )
                for bar, over in zip(bars, movements.get("complete", ()), strict=False):
                    bar.set_alpha(1.0 if over else UNFINISHED)
                drawn.add(name)
            base = base + sign * size
    net = words.gettext("net")
    ax.plot(periods, movements["net"], color=theme.INK, marker="o", markersize=3, lw=1, label=net)
    ax.axhline(0, color=theme.GREY, lw=0.8)
    theme.units(ax, what)
    dated(ax, movements, words)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    ax.set(xlabel="", ylabel=words.gettext("MRR gained and lost"))
    theme.finish(ax, movements, words=words)
    return ax
