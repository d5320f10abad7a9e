"""What the recurring revenue gained and lost, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.flows import whole
from revkit.analysis.writing.formatting import quantity
from revkit.charts import theme
from revkit.charts.rates import dated
from revkit.errors import PeriodError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def bridge(movements: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw what came (new, expansion, reactivation) above zero and what went below it.

    What exchange rates moved, where they do, is grey, above or below.

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
    movements = whole(movements, "rk.charts.bridge")
    if "period" not in movements:
        raise PeriodError.no_earlier("rk.charts.bridge")
    ax, what = theme.axes(ax), quantity(movements)
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
                colour, label = names.get(name, theme.GREY), name if name not in drawn else None
                ax.bar(periods, sign * size, bottom=base, width=width, color=colour, label=label)
                drawn.add(name)
            base = base + sign * size
    ax.plot(periods, movements["net"], color=theme.INK, marker="o", markersize=3, lw=1, label="net")
    ax.axhline(0, color=theme.GREY, lw=0.8)
    theme.units(ax, what)
    dated(ax, movements)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    ax.set(xlabel="", ylabel="MRR gained and lost")
    return ax
