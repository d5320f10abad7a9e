"""Reps: wins beside chance, ramp with those not there yet, logged selling time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit import arguments as check
from revkit.analysis.coaching.compare import FEW
from revkit.analysis.coaching.result import Coaching
from revkit.analysis.coaching.team.ramp import EVENTS, FIRST_WIN, Ramp
from revkit.analysis.writing.formatting import Quantity
from revkit.charts import theme
from revkit.language import language as spoken
from revkit.language import message
from revkit.statistics.intervals import normal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LIMITS = (0.95, 0.998)
LEAST = 0.001
"""A share of like deals won is taken to be no nearer to 0 or 1: its odds would be none."""
"""Levels of the limits of a funnel chart."""

REFERENCE = 0.41
"""Selling time in a survey of 2011 (CSO Insights)."""

MOST = 30
"""Bars that can be read."""


def win_rates(team: Coaching, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw each rep's wins by number of deals, with the limits within which chance leaves them.

    Parameters
    ----------
    team
        What :func:`revkit.coach` returned for a team.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. A rate has the odds of the team's, times what the rep's are to those of like
        deals. Who stands out in anything carries a name, and nobody else, for of many reps one lies
        outside the limits by chance; too few deals are hollow.
    """
    _checked(team, "rk.charts.win_rates")
    ax, words = theme.axes(ax), spoken(language)
    what = Quantity("", "", "share", words=words)
    rows = team.winners[team.winners["n"] > 0]
    deals, total = rows["n"].to_numpy(float), float(rows["n"].sum())
    if not total:
        theme.say_nothing(ax, words)
        theme.finish(ax, team.reps, words=words)
        return ax
    middle = float((deals * rows["usual"].to_numpy(float)).sum() / total)
    rate = _adjusted(rows["value"].to_numpy(float), rows["usual"].to_numpy(float), middle)
    along = np.linspace(max(2.0, deals.min() / 2), deals.max() * 1.08, 200)
    for level, style in zip(LIMITS, ("-", "--"), strict=True):
        reach = normal(level) * np.sqrt(middle * (1 - middle) / along)
        low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach, 1)
        for side in (low, high):
            ax.plot(along, side, color=theme.GREY, lw=1, linestyle=style)
        ax.annotate(words.level(level), (along[-1], high[-1]), (3, 0), color=theme.NOTE,
                    textcoords="offset points", va="center", fontsize="small",
                    annotation_clip=False)  # fmt: skip
    ax.axhline(middle, color=theme.NOTE, lw=0.8)
    few = deals < FEW
    ax.scatter(deals[~few], rate[~few], color=theme.BLUE, s=28, zorder=3)
    ax.scatter(deals[few], rate[few], facecolors="white", edgecolors=theme.GREY, s=24, zorder=3)
    told = rows["rep_id"].isin(team.named["rep_id"]).to_numpy(bool)
    for at in np.flatnonzero(told):
        right = deals[at] < deals.max() * 0.6
        ax.annotate(str(rows["rep"].iloc[at]), (deals[at], rate[at]), (6 if right else -6, 4),
                    textcoords="offset points", ha="left" if right else "right")  # fmt: skip
    theme.units(ax, what)
    highest = rate[told | ~few].max(initial=2 * middle)
    ax.set_ylim(bottom=0, top=min(1.0, highest * 1.15) if highest < 1 else 1.03)
    ax.set(xlabel=words.gettext(message("Decided deals")), ylabel=words.gettext(ADJUSTED))
    notes = [words.gettext(CHANCE), *filter(None, [team.left_out(words)])]
    theme.finish(ax, team.reps, notes, words=words)
    return ax


def _adjusted(value: Array, usual: Array, middle: float) -> Array:
    """Return rates of the team's odds, times what each rep's are to those of like deals.

    A difference of shares would leave the scale where like deals are won more often than others.
    """
    usual = np.clip(usual, LEAST, 1 - LEAST)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = value / (1 - value) * (1 - usual) / usual * middle / (1 - middle)
        return np.where(value >= 1, 1.0, np.where(value <= 0, 0.0, odds / (1 + odds)))


ADJUSTED = message("Won, adjusted for what the deals are like")
CHANCE = message("Limits of 95 and 99.8 % for a rep like all the others.")


def ramp(
    result: Ramp, event: str = FIRST_WIN, *, ax: Axes | None = None, language: str | None = None
) -> Axes:
    """Draw the share of new sellers who are there by each month, with those not there yet.

    Parameters
    ----------
    result
        The ``ramp`` of what :func:`revkit.coach` returned for a team.
    event
        "first win" or "full quota".
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled. A tick marks who was not there when last seen.
    """
    where = "rk.charts.ramp"
    check.choice(event, "event", where, known=[*EVENTS])
    check.of_kind(result, Ramp, "result", where, needed="the ramp of a team",
                  example="rk.coach(data).ramp")  # fmt: skip
    ax, words = theme.axes(ax), spoken(language)
    curve = result.curves(event)
    rows = result.spells[result.spells["event"] == event]
    if curve.empty or not len(rows):
        theme.say_nothing(ax, words)
    else:
        months, share, low, high = (
            np.r_[0.0, curve[name].to_numpy(float)] for name in ("months", "share", "low", "high")
        )
        ax.fill_between(months, low, high, step="post", color=theme.BLUE, alpha=0.15, lw=0)
        ax.step(months, share, where="post", color=theme.BLUE)
        waiting = np.sort(rows.loc[rows["reached"] == 0, "months"].to_numpy(float))
        at = share[np.searchsorted(months, waiting, side="right") - 1]
        ax.plot(waiting, at, linestyle="none", marker="|", markersize=9, color=theme.INK)
        ax.axhline(0.5, color=theme.GREY, lw=0.8)
        ax.set_ylim(0, 1.02)
        ax.set_xlim(left=0)
    theme.units(ax, Quantity("", "", "share", words=words))
    title = words.gettext(EVENTS[event])
    ax.set(xlabel=words.gettext(FROM_HIRE), ylabel=words.gettext(HAVE, event=title))
    theme.finish(ax, result.spells, [words.gettext(TICK)], words=words)
    return ax


FROM_HIRE = message("Months from hire")
HAVE = message("Share of hires with the {event}")
TICK = message("A tick marks who was not there when last seen.")


def selling_time(team: Coaching, *, ax: Axes | None = None, language: str | None = None) -> Axes:
    """Draw the logged selling time of each rep over a week of 40 hours, beside a reference.

    Parameters
    ----------
    team
        What :func:`revkit.coach` returned for a team.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled; by team and name, not by value. Of many reps those with the most weeks at work.
    """
    _checked(team, "rk.charts.selling_time")
    ax, words = theme.axes(ax), spoken(language)
    what = Quantity("", "", "share", words=words)
    every = team.reps[team.reps["selling"].notna()]
    longest = every.sort_values("weeks", ascending=False, kind="stable").head(MOST)
    rows = longest.sort_values(["team", "rep"], ascending=False)
    places = np.arange(len(rows))
    theme.make_room(ax, len(rows))
    ax.barh(places, rows["selling"], color=theme.BLUE, height=0.62)
    ax.set_yticks(places, [str(name) for name in rows["rep"]])
    notes: list[str] = []
    if rows.empty:
        theme.say_nothing(ax, words)
    else:
        ax.axvline(REFERENCE, color=theme.ORANGE, lw=1.2)
        ax.set_xlim(0, max(REFERENCE, float(rows["selling"].max())) * 1.12)
        notes.append(words.gettext(SURVEY, value=what.text(REFERENCE)))
    if len(rows) < len(every):
        notes.append(words.gettext("{count} of {all} shown.", count=len(rows), all=len(every)))
    theme.units(ax, what, along="x")
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set(xlabel=words.gettext(HOURS), ylabel="")
    theme.finish(ax, team.reps, notes, words=words)
    return ax


HOURS = message("Logged selling time, of 40 hours a week")
SURVEY = message("Line: {value}, a survey of 2011 (CSO Insights).")


def _checked(team: Any, where: str) -> None:
    """Refuse anything but the coaching of a team."""
    check.of_kind(team, Coaching, "team", where, needed="what rk.coach returned for a team",
                  example="rk.coach(data)")  # fmt: skip
