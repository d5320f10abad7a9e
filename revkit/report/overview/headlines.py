"""The headline numbers of a report: value, interval, change against the period before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.language import message
from revkit.report.overview.trend import trend

if TYPE_CHECKING:
    import pandas as pd

    from revkit.analysis.writing.differences import Change
    from revkit.analysis.writing.formatting import Quantity
    from revkit.dataset import Dataset
    from revkit.language import Language

PERIOD_NAMES = {
    "day": message("day"), "week": message("week"), "month": message("month"),
    "quarter": message("quarter"), "year": message("year"),
}  # fmt: skip
"""Names of the periods within a sentence."""

PER = message("per {unit}")

VERDICTS = {
    "good": message("better"), "bad": message("worse"), "moved": message("moved"),
    "same": message("unchanged"), "noise": message("not sure"), "steady": message("steady"),
    "usual": message("as usual"),
    "few": message("too few"), "untold": message("not known"), "unknown": message("not known"),
}  # fmt: skip
"""A change in a word, by its tone or its verdict."""

SMALL, NARROW = 0.1, 0.25
"""Shares of the earlier value that a steady one's change, and any end of its interval, stays in."""

HEADLINES = (
    "mrr",
    "new_mrr",
    "nrr",
    "churn_rate",
    "win_rate",
    "win_rate_value",
    "pipeline_velocity",
    "sales_cycle",
    "mqls",
    "cac",
)


@dataclass(frozen=True)
class Tile:
    """One headline number, written as it is shown.

    ``tone`` is good, bad or empty: the direction of a change that exceeds noise, which ``verdict``
    puts in a word. ``before`` is the value a year earlier with the change since, ``target`` the
    planned value with the distance from it, ``aside`` names the period after it, if that is
    unfinished, and ``picture`` is an SVG of its last 24 months; ``name`` is the metric's.
    """

    title: str
    value: str
    per: str
    when: str
    interval: str
    change: str
    tone: str
    sample: str
    small: bool
    before: str = ""
    aside: str = ""
    picture: str = ""
    verdict: str = ""
    target: str = ""
    name: str = ""


def measured(
    data: Dataset, *, period: str, start: str | None = None, end: str | None = None
) -> dict[str, pd.DataFrame]:
    """Return the results of the headline metrics, of the user's own, and of their plans, by name.

    Parameters
    ----------
    data
        The company, already narrowed by the report's filter.
    period
        day, week, month, quarter or year.
    start, end
        The days the report is about, half-open.
    """
    from revkit.analysis.defaults import OF_DEALS, new_business
    from revkit.analysis.scorecards.targets import PLANNED, aims
    from revkit.analysis.scorecards.windows import measured_over_windows
    from revkit.catalogue import find, known

    own = [name for name, metric in known().items() if not metric.family and not metric.rows]
    every = [*HEADLINES, *own]
    frames: dict[str, pd.DataFrame] = {}
    for company, names in (
        (data, [name for name in every if name not in OF_DEALS]),
        (new_business(data), list(OF_DEALS)),
    ):
        made = [find(name) for name in names]
        planned = aims(company, names).values()
        frames |= measured_over_windows(
            company, [*made, *planned], period=period, each={}, start=start, end=end
        ).frames
    named = [word for name in every for word in (name, f"{name} {PLANNED}")]
    return {name: frames[name] for name in named if name in frames}


def values(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return what was measured without what was planned, by name."""
    from revkit.analysis.scorecards.targets import PLANNED

    return {name: frame for name, frame in frames.items() if not name.endswith(f" {PLANNED}")}


def tiles(
    data: Dataset, *, period: str, start: str | None = None, end: str | None = None
) -> list[Tile]:
    """Return the tiles of a company; the parameters are those of :func:`measured`."""
    return written(measured(data, period=period, start=start, end=end))


def written(frames: Mapping[str, pd.DataFrame]) -> list[Tile]:
    """Return a tile for each headline metric that has a value, in the default language.

    Parameters
    ----------
    frames
        From :func:`measured`.

    Returns
    -------
    list of Tile
        At the last complete period with a value; metrics without one are left out.
    """
    from revkit.analysis.scorecards.targets import PLANNED

    found = (
        _tile(frame, frames.get(f"{name} {PLANNED}")) for name, frame in values(frames).items()
    )
    return [tile for tile in found if tile is not None]


def _tile(result: pd.DataFrame, plan: pd.DataFrame | None = None) -> Tile | None:
    from revkit.analysis.writing.differences import compare, latest
    from revkit.analysis.writing.formatting import period_of, quantity
    from revkit.analysis.writing.unfinished import lacking_beside_the_last
    from revkit.catalogue import find

    known = latest(result)
    if known.empty:
        return None
    what, row = quantity(result), known.iloc[-1]
    words = what.words
    value, slash, per = what.text(row["value"]).partition("/")
    change, tone, verdict = "", "", ""
    moved = compare(result)
    if moved is not None:
        then = period_of(result, moved.before["period"], words)
        change, tone = _change(what, moved, then, find(what.name).better)
        verdict = words.gettext(VERDICTS[tone or _quiet(moved)])
    return Tile(
        title=what.title,
        name=what.name,
        value=value,
        per=f" {words.gettext(PER, unit=per)}" if per else "",
        when=period_of(result, row["period"], words),
        interval=what.span(row["low"], row["high"]).replace(slash + per, ""),
        change=change.replace(slash + per, ""),
        tone=tone,
        sample=" · ".join(filter(None, (_sample(row["n"], words), *_lacking(result)))),
        small=bool(row["small"]) and not (moved and moved.verdict == "few"),
        before=_before(result, what).replace(slash + per, ""),
        picture=trend(result),
        verdict=verdict,
        target=_target(plan, row, what).replace(slash + per, ""),
        aside=" ".join(lacking_beside_the_last([result], words)),
    )


def _quiet(moved: Change) -> str:
    """Return the verdict on a change that is neither better nor worse.

    Within noise a value is steady only if it cannot have changed by much: a wide interval does not
    tell that nothing happened.
    """
    if moved.value == 0:
        return "same"
    size = abs(float(moved.before["value"]))
    reach = max(abs(moved.low), abs(moved.high))
    narrow = abs(moved.value) <= SMALL * size and reach <= NARROW * size
    return "steady" if moved.verdict == "noise" and narrow else moved.verdict


def _before(result: pd.DataFrame, what: Quantity) -> str:
    """Return the value of a year before the last complete period, if there is one."""
    from revkit.analysis.writing.differences import earlier, latest, periods_a_year
    from revkit.analysis.writing.formatting import period_of

    year = periods_a_year(result)
    if result.attrs.get("from_history") is False or "period" not in result or year == 1:
        return ""
    last = int(result.index.get_indexer(latest(result).index[-1:])[0])
    row = earlier(result, last, max(year, int(result.attrs.get("trailing", 1))))
    if row is None:
        return ""
    then, now = period_of(result, row["period"], what.words), result.iloc[last]
    change = what.difference(now["value"] - row["value"])
    value = what.text(row["value"])
    return what.words.gettext("{then}: {value} ({change})", then=then, value=value, change=change)


def _target(plan: pd.DataFrame | None, row: pd.Series[Any], what: Quantity) -> str:
    """Return what was planned for the period of a row and how far it is from that."""
    if plan is None or "period" not in plan:
        return ""
    aim = plan.loc[plan["period"] == row["period"], "value"].dropna()
    if aim.empty:
        return ""
    target, gap = float(aim.iloc[0]), what.difference(row["value"] - float(aim.iloc[0]))
    return what.words.gettext("Plan: {target} ({gap})", target=what.text(target), gap=gap)


def _sample(n: float, words: Language) -> str:
    """Return the number of rows behind a value, as it is shown."""
    return "" if math.isnan(n) else f"n = {words.count(n)}"


def _lacking(result: pd.DataFrame) -> list[str]:
    """Return what a result says of rows without a value, such as deals without an amount."""
    return [note.rstrip(".") for note in result.attrs["notes"] if " rows without " in note]


def _change(what: Quantity, moved: Change, then: str, better: str) -> tuple[str, str]:
    words, values = what.words, {"change": what.difference(moved.value), "then": then}
    if moved.value == 0:
        return words.gettext("as in {then}", then=then), ""
    if moved.verdict == "few" and math.isnan(moved.low):
        return words.gettext("{change} on {then}, without an interval to tell", **values), ""
    if moved.verdict == "few":
        text = words.gettext("{change} on {then}, too few or too unequal rows to tell", **values)
        return text, ""
    if moved.verdict == "noise":
        return words.gettext("{change} on {then}, within noise", **values), ""
    if moved.verdict == "usual":
        return words.gettext("{change} on {then}, no more than usual", **values), ""
    if moved.verdict == "untold":
        text = words.gettext(
            "{change} on {then}, and how far it usually moves is not known", **values
        )
        return text, ""
    risen = "higher" if moved.value > 0 else "lower"
    tone = {risen: "good"}.get(better, "bad") if better in ("higher", "lower") else ""
    return words.gettext("{change} on {then}", **values), tone
