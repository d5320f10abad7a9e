"""What the recurring revenue gained and lost, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.quantities import quantity
from revkit.charts import theme
from revkit.charts.rates import dated

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def bridge(movements: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what came (new, expansion, reactivation) above zero and what went below it.

    Parameters
    ----------
    movements
        What :func:`revkit.analysis.flows.bridge` returned.
    ax
        Where to draw; a new figure when omitted.

    Returns
    -------
    Axes
        Untitled; the black line is what remains, net.
    """
    ax, what = theme.axes(ax), quantity(movements)
    periods = movements["period"]
    width = np.diff(periods.to_numpy()).min() * 0.8 if len(periods) > 1 else np.timedelta64(20, "D")
    for names, sign in ((theme.GAINS, 1), (theme.LOSSES, -1)):
        base = np.zeros(len(movements))
        for name, colour in names.items():
            size = sign * movements[name].to_numpy(dtype=float)
            if np.any(size):
                ax.bar(periods, size, bottom=base, width=width, color=colour, label=name)
            base = base + size
    ax.plot(periods, movements["net"], color=theme.INK, marker="o", markersize=3, lw=1, label="net")
    ax.axhline(0, color=theme.GREY, lw=0.8)
    theme.units(ax, what)
    dated(ax, movements)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    ax.set(xlabel="", ylabel="MRR gained and lost")
    return ax
