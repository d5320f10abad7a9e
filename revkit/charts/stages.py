"""Stages of the funnel as bars, one below the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import seaborn as sns

from revkit import arguments as check
from revkit.charts import theme
from revkit.errors import DimensionError
from revkit.language import language as spoken

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def funnel(stages: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw how many reached each stage, and beside each bar what share of the stage before.

    Parameters
    ----------
    stages
        What :func:`revkit.analysis.flows.funnel.funnel` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled.
    """
    columns = ("stage", "reached", "value")
    check.result(stages, "stages", "rk.charts.funnel", columns=columns, source="rk.funnel")
    if len({*stages["stage"]}) < len(stages):
        raise DimensionError.not_one_funnel("rk.charts.funnel")
    ax, words = theme.axes(ax), spoken(language)
    drawn = stages.iloc[::-1]
    ax.barh(drawn["stage"], drawn["reached"], color=theme.BLUE, height=0.62)
    for at, (reached, share) in enumerate(zip(drawn["reached"], drawn["value"], strict=True)):
        count = words.count(reached)
        if not math.isnan(share):
            percent = words.percent(f"{share * 100:.1f}")
            count = words.gettext(
                "{count}   {percent} of those before", count=count, percent=percent
            )
        ax.annotate(
            count,
            xy=(reached, at),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
    ax.set_xlim(right=max([1, *stages["reached"]]) * 1.3)
    ax.grid(visible=False)
    ax.xaxis.set_visible(False)
    sns.despine(ax=ax, bottom=True)
    ax.set(xlabel="", ylabel="")
    theme.finish(ax, stages, words=words)
    return ax
