"""The stages that leads or deals pass, one below the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from revkit.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def funnel(stages: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how many reached each stage, and beside each bar what share of the stage before.

    Parameters
    ----------
    stages
        What :func:`revkit.analysis.flows.funnel` returned.
    ax
        Where to draw; a new figure when omitted.

    Returns
    -------
    Axes
        Untitled.
    """
    ax = theme.axes(ax)
    drawn = stages.iloc[::-1]
    ax.barh(drawn["stage"], drawn["reached"], color=theme.BLUE, height=0.62)
    for at, (reached, share) in enumerate(zip(drawn["reached"], drawn["value"], strict=True)):
        passed = "" if math.isnan(share) else f"   {share * 100:.1f}\u00a0% of those before"
        ax.annotate(
            f"{reached:,}{passed}",
            xy=(reached, at),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    ax.set_xlim(right=max([1, *stages["reached"]]) * 1.3)
    ax.grid(visible=False)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.set(xlabel="", ylabel="")
    return ax
