"""Plans: ARR if nothing changes, in its range, beside the way to the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit import arguments as check
from revkit.analysis.plans.result import Plan
from revkit.analysis.writing.formatting import Quantity
from revkit.charts import theme
from revkit.charts.rates import dated
from revkit.language import language as spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plan(outlook: Plan, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw ARR by month as expected, in the range of its futures, and on the way to the target.

    Parameters
    ----------
    outlook
        What :func:`revkit.analysis.plans.plan.plan` returned.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; that of the plan when omitted.

    Returns
    -------
    Axes
        Untitled.
    """
    check.of_kind(
        outlook, Plan, "outlook", "rk.charts.plan", needed="a plan", example="rk.plan(data, 2e6)"
    )
    ax = theme.axes(ax)
    words = outlook.words if language is None else spoken(language)
    rows, what = outlook.outlook, Quantity("", "", "money", outlook.currency, words=words)
    ax.fill_between(rows["period"], rows["low"], rows["high"], color=theme.BLUE, alpha=0.15, lw=0)
    ax.plot(rows["period"], rows["value"], color=theme.BLUE, marker="o", markersize=3)
    ax.plot(rows["period"], rows["target"], color=theme.INK, linestyle="--", linewidth=1)
    last = rows.iloc[-1]
    band = words.gettext("{level} band", level=words.level(outlook.level))
    named = {"high": (band, theme.BLUE), "value": (words.gettext("expected"), theme.BLUE),
             "target": (words.gettext("target"), theme.INK)}  # fmt: skip
    above = float("inf")
    for name in sorted((one for one in named if last[one] > 0), key=lambda one: -last[one]):
        at = ax.transData.transform((0, float(last[name])))[1] * 72 / ax.figure.dpi
        placed = min(at, above - LINE)
        above = placed
        ax.annotate(
            named[name][0], xy=(last["period"], last[name]), xytext=(6, placed - at),
            textcoords="offset points", color=named[name][1], va="center", fontsize="small",
            annotation_clip=False,
        )  # fmt: skip
    theme.units(ax, what)
    dated(ax, rows, words)
    ax.set(xlabel="", ylabel=words.gettext("ARR"))
    theme.finish(ax, rows, words=words)
    return ax


LINE = 11.0
"""Points from one label to the next."""
