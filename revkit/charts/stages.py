"""Stages of the funnel as bars, one below the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import seaborn as sns

from revkit import arguments as check
from revkit.analysis.flows.funnel import ENOUGH, by_cohort
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.formatting import Quantity
from revkit.charts import theme
from revkit.charts.rates import over_time
from revkit.errors import DimensionError
from revkit.language import Language
from revkit.language import language as spoken

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NAN = float("nan")
LETTER = 0.085
"""Inches of a letter beside a bar."""


def funnel(stages: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw how many reached each stage, and beside each bar the share of the stage before.

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
    drawn, widest = stages.iloc[::-1], max([1, *stages["reached"]])
    ax.barh(drawn["stage"], drawn["reached"], color=theme.BLUE, height=0.62)
    inches = ax.get_window_extent().width / ax.figure.dpi
    end = widest * 1.3
    for at, (_, row) in enumerate(drawn.iterrows()):
        text = _beside(row, words)
        ax.annotate(
            text,
            xy=(row["reached"], at),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
        free = max(0.25, 1 - len(text) * LETTER / inches)
        end = max(end, row["reached"] / free)
    ax.set_xlim(right=end)
    ax.grid(visible=False)
    ax.xaxis.set_visible(False)
    sns.despine(ax=ax, bottom=True)
    ax.set(xlabel="", ylabel="")
    theme.finish(ax, stages, words=words)
    return ax


def _beside(row: pd.Series[Any], words: Language) -> str:
    """Return what stands beside a bar: how many, their share with its interval, and the days."""
    parts = [words.count(row["reached"])]
    if not math.isnan(row["value"]):
        share = Quantity("", "", "share", words=words)
        percent, span = (
            share.text(row["value"]),
            share.span(row.get("low", NAN), row.get("high", NAN)),
        )
        parts.append(words.gettext("{percent} of those before", percent=percent))
        parts[-1] += f" ({span})" if span else ""
    if not math.isnan(row.get("days", NAN)):
        days = Quantity("", "", "days", words=words)
        parts.append(words.gettext("median {days}", days=days.text(row["days"])))
    return "   ".join(parts)


def conversion(
    stages: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None
) -> Axes:
    """Draw by cohort the share that passed each step within some days, a line for each step.

    Parameters
    ----------
    stages
        What :func:`revkit.analysis.flows.funnel.funnel` returned by cohort and within some days.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. Cohorts of which some have not been followed for all the days are hollow; steps
        that fewer than twenty could take are left out, and a line below says so.

    Raises
    ------
    DimensionError
        When several groups share a cohort.
    """
    stages = by_cohort(stages, "rk.charts.conversion")
    words, before = spoken(language), stages.groupby("period")
    could = before["reached"].shift(1)
    steps = stages.assign(
        step=before["stage"].shift(1) + " → " + stages["stage"],
        value=stages["within"].where(could >= ENOUGH),
        low=stages["within_low"],
        high=stages["within_high"],
        n=could,
        small=False,
        complete=stages["followed"] == 1,
    )
    steps = steps.loc[
        steps["step"].notna(),
        ["step", "period", "value", "low", "high", "n", "small", "complete"],
    ]
    title = words.gettext(
        "Passed within {days}", days=counted(stages.attrs["within"], "days", words)
    )
    steps.attrs = {**stages.attrs, "metric": "", "unit": "share", "title": title}
    if (steps["n"] < ENOUGH).any():
        left_out = words.gettext(
            "Not drawn: steps that fewer than {count} could take.", count=ENOUGH
        )
        steps.attrs["notes"] = (left_out, *stages.attrs["notes"])
    return over_time(steps, ax=ax, language=language)
