"""Sentences about a lasting change: since when a share is at another level, and in which group.

A comparison of the last period with the one before, or a year before, is blind to what began in
between. Here all months of a share are read at once, and the months since each one held against
those before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.analysis.writing.differences import difference, latest, level_of
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import groups, period_label, quantity
from revkit.analysis.writing.unfinished import names_unfinished
from revkit.arguments import result as checked
from revkit.catalogue import known
from revkit.errors import ParameterError
from revkit.language import message
from revkit.statistics import family
from revkit.statistics.intervals import wilson
from revkit.statistics.steps import Step
from revkit.statistics.steps import step as find_step

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Estimate = tuple[float, float, float]

COLUMNS = ("period", "value", "low", "high", "n", "complete")


@dataclass(frozen=True)
class Shift:
    """A lasting change of a share, of the whole or of a group against all others.

    Parameters
    ----------
    group
        The group's name; empty for the whole.
    since
        First day of its first period.
    before, after
        The share before and since, with the interval of each.
    rest
        The share of all others before and since; None for the whole.
    rows
        What `after` counts.
    p
        The probability of one as clear, in any period and any group, where there is none.
    """

    group: str
    since: pd.Timestamp
    before: Estimate
    after: Estimate
    rest: tuple[float, float] | None
    rows: float
    p: float

    @property
    def ends(self) -> Estimate:
        """The difference with its interval."""
        return difference(self.before, self.after)

    @property
    def sure(self) -> bool:
        """True where it is clear enough for a report."""
        value, low, high = self.ends
        return (
            family.claimed(self.p, family.STEPS)
            and bool(low > 0 or high < 0)
            and (self.rest is None or (value > self.rest[1] - self.rest[0]) == (value > 0))
        )


HIGHER, LOWER = (
    message(
        "{title} has been higher since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows})."
    ),
    message(
        "{title} has been lower since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows})."
    ),
)
HIGHER_HERE, LOWER_HERE = (
    message(
        "{title} of {group} has been higher since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows}), elsewhere {rest_now} and {rest_before}."
    ),
    message(
        "{title} of {group} has been lower since {since}: {now} since then and {before} before "
        "({difference}, {level} interval {span}; {rows}), elsewhere {rest_now} and {rest_before}."
    ),
)
"""Sentences of a lasting change, of the whole and of a group."""


@names_unfinished
def step(result: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say since when a share has been higher or lower, if it has, and in which group.

    Parameters
    ----------
    result
        What a metric that is a share of counted rows returned by month, as a whole or by one
        dimension. By a dimension, each group's moves are taken apart from those of all others.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Finding
        Quiet where nothing lasting is clear enough for a report. A drift, a season and a variation
        beyond sampling stand against a step: where they explain the months as well, there is none.

    Raises
    ------
    ParameterError
        When the metric is no share of counted rows, or not by month.

    Examples
    --------
    >>> from revkit.metrics import win_rate
    >>> print(step(win_rate(example("deals"))))
    Win rate: too few months or rows to tell a lasting change.
    """
    of_months(result)
    what, found = quantity(result, language), shifts(result)
    words = what.words
    if not found:
        return Finding(
            words.gettext(
                "{title}: too few months or rows to tell a lasting change.", title=what.title
            ),
            quiet=True,
        )
    surest = found[0]
    if not surest.sure:
        return Finding(
            words.gettext("{title}: no lasting change beyond noise.", title=what.title),
            quiet=True,
        )
    moved, *span = surest.ends
    values: dict[str, Any] = {
        "title": what.title,
        "since": period_label(surest.since, "month", words),
        "now": what.text(surest.after[0]),
        "before": what.text(surest.before[0]),
        "difference": what.difference(moved),
        "level": words.level(level_of(result)),
        "span": what.difference_span(*span),
        "rows": what.counted(surest.rows),
    }
    if surest.rest is None:
        return Finding(words.gettext(HIGHER if moved > 0 else LOWER, **values))
    values["group"] = surest.group
    values["rest_before"], values["rest_now"] = (what.text(value) for value in surest.rest)
    return Finding(words.gettext(HIGHER_HERE if moved > 0 else LOWER_HERE, **values))


def of_months(result: Any) -> None:
    """Refuse what is not a share of counted rows by month."""
    where = "rk.say.step"
    checked(result, "result", where, columns=COLUMNS, source="a metric by month")
    metric = known().get(str(result.attrs.get("metric")))
    overlap = int(result.attrs.get("trailing") or 1) > 1
    if (
        metric is None
        or metric.interval != "proportion"
        or overlap
        or len(groups(result)) > 1
        or (result.attrs.get("period", "month") != "month")
    ):
        raise ParameterError.no_monthly_share(where)


def shifts(result: pd.DataFrame) -> list[Shift]:
    """Return the likeliest lasting change of each group, or of the whole, the surest first.

    A result by two groups has one: what one of them does against the other, the other does too.
    """
    rows, by = latest(result), groups(result)
    rows = rows[(rows["n"] > 0).fillna(value=False).astype(bool)]
    if rows.empty:
        return []
    level = level_of(result)
    crowded = _crowding(rows, level)
    rows = rows.assign(_trials=rows["n"].astype("float64") / crowded)
    rows = rows.assign(_hits=rows["value"] * rows["_trials"], _group="")
    if by:
        rows = rows.assign(_group=rows[by[0]].astype(str))
    hits, trials = (
        rows.pivot_table(index="period", columns="_group", values=name, aggfunc="sum").fillna(0.0)
        for name in ("_hits", "_trials")
    )
    whole = hits.sum(axis=1).to_numpy(), trials.sum(axis=1).to_numpy()
    many = len(hits.columns) if len(hits.columns) > 2 else 1
    found = []
    for group in hits.columns:
        own = hits[group].to_numpy(), trials[group].to_numpy()
        others = (whole[0] - own[0], whole[1] - own[1]) if by else None
        one = find_step(*own, others)
        if one is not None:
            rest = (_share(others, one)) if others is not None else None
            (before, _), (after, size) = _sides(own, one, level)
            found.append(
                Shift(
                    str(group), hits.index[one.at], before, after, rest, round(size * crowded),
                    min(one.p * many, 1.0),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.p)


def _sides(own: tuple[Array, Array], one: Step, level: float) -> list[tuple[Estimate, float]]:
    """Return the share before a step and since, with its interval and what it counts."""
    sides = []
    for part in (slice(one.at), slice(one.at, None)):
        hits, trials = own[0][part].sum(), own[1][part].sum()
        share = np.array([hits / trials])
        low, high = wilson(share, np.array([trials]), level)
        sides.append(((float(share[0]), float(low[0]), float(high[0])), float(trials)))
    return sides


def _share(others: tuple[Array, Array], one: Step) -> tuple[float, float]:
    hits, trials = others
    before, after = (
        float(hits[part].sum() / trials[part].sum())
        for part in (slice(one.at), slice(one.at, None))
    )
    return before, after


def _crowding(rows: pd.DataFrame, level: float) -> float:
    """Return how many rows count as one, as the metric's own intervals take them; 1 or more.

    Several deals of one account are less than as many accounts.
    """
    share, n = (rows[name].to_numpy(dtype=np.float64) for name in ("value", "n"))
    low, high = wilson(share, n, level)
    width = (rows["high"] - rows["low"]).to_numpy(dtype=np.float64)
    inside = np.isfinite(width) & (share > 0) & (share < 1)
    if not inside.any():
        return 1.0
    ratio = (width[inside] / (high - low)[inside]) ** 2
    return float(max(np.average(ratio, weights=n[inside]), 1.0))
