"""Search: which metric moved, where and since when, by the evidence of all series together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.watch.leaves import Leaves, Place
from revkit.analysis.watch.series import MIX, Series, Watched, of_leaves
from revkit.statistics.scan.evidence import in_part, in_whole, learnt, likelihood, log_sum
from revkit.statistics.scan.noise import grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NOTHING, NOTHING_MORE = 0.1, 0.4
"""Probability beforehand that nothing moved, and that nothing but what was named did."""

METRICS = 14
"""Metrics among which the probability that something moved is divided, of a whole company."""

ASKED = 0.5
"""Probability beforehand that nothing moved of a metric that is asked for by name."""

NAMED = 0.8
"""Probability, that it moved rather than nothing did, from which a metric is named."""

SURE = 0.5
"""Share of that from which a place is taken for sure."""

POSSIBLE = 0.1
"""Probability from which a place that is not sure is told of."""

CAUSES = 6
"""Causes that are looked for, at most."""

PASSING = ("3 months", "6 months")
"""Shapes that come and go."""

REACH = 1.645
"""Standard deviations on each side of a 90 % interval."""

STRENGTH = {"whole": 4.0, "part": 10.0}
"""Series that the usual kinds of noise stand for, when they are learnt from a company."""

COUNTS = {"whole": 1.0, "part": 0.3}
"""Weight of a series then: those of parts are many and alike."""


@dataclass(frozen=True)
class Cause:
    """Something that moved: the metric, where, since when and by how much.

    Parameters
    ----------
    metric, axis, kind
        Of the leaves.
    places
        Each place with its probability, the likeliest first; the first is sure where `sure`.
    sure
        Whether one place has more than half of the probability.
    onset
        Month, from 0.
    months
        The fewest months that hold the onset with 90 %.
    shape
        As :class:`revkit.statistics.scan.shapes.Shapes` names it.
    probability
        That this metric moved, rather than that nothing did.
    size, deviation
        Of the change: of logits or logarithms; and its standard deviation.
    usual, value, low, high
        What is usual without the change, and with it; with its interval (90 %).
    cases
        Cases a month in the likeliest place, for what the change is worth.
    pattern
        The shape by month.
    monthly, levels
        What each month was (NaN where there are no cases), and what it would be by the shape alone.
    before, after
        The level of the months before a change that came and went, and of those since it was over;
        NaN of a change that lasts, and while too few months have come.
    months_after
        How many those are.
    """

    metric: str
    axis: str
    kind: str
    places: tuple[tuple[Place, float], ...]
    sure: bool
    onset: int
    months: tuple[int, ...]
    shape: str
    probability: float
    size: float
    deviation: float
    usual: float
    value: float
    low: float
    high: float
    cases: float
    pattern: Array = field(repr=False, compare=False)
    monthly: Array = field(repr=False, compare=False)
    levels: Array = field(repr=False, compare=False)
    before: float = float("nan")
    after: float = float("nan")
    months_after: int = 0

    @property
    def back(self) -> float:
        """The share of the way back that a change has come which came and went: 1 is all of it."""
        way = self.value - self.before
        return 1.0 - (self.after - self.before) / way if way else float("nan")


@dataclass(frozen=True)
class Option:
    """A place of a watched metric with the log evidence of each shape there."""

    watched: Watched
    series: Series
    evidence: Array


def causes(
    leaves: Sequence[Leaves], others: Sequence[Watched] = (), *, only: str | None = None
) -> list[Cause]:
    """Return what moved, the surest first; an empty list where nothing did.

    Parameters
    ----------
    leaves
        Rates and means, on each of their axes.
    others
        Mixes, which have no leaves.
    only
        The metric that is asked for; the others tell what noise is usual.
    """
    rates = {(one.metric, one.axis): one for one in leaves}
    watched = {key: of_leaves(one) for key, one in rates.items()}
    watched |= {(one.metric, one.axis): one for one in others}
    weights = _learnt(list(watched.values()))
    options = {
        key: _options(one, weights[key[0]])
        for key, one in watched.items()
        if only in (None, key[0])
    }
    first = ASKED if only is not None else NOTHING
    named: list[Cause] = []
    while len(named) < CAUSES:
        cause = _named(options, weights, named, NOTHING_MORE if named else first)
        if cause is None:
            break
        named.append(cause)
        key = (cause.metric, cause.axis)
        for one in [one for one in options if one[0] == cause.metric and one != key]:
            del options[one]  # the months of another axis would tell of the same cause again
        if key in rates:
            place = cause.places[0][0]
            rates[key] = rates[key].changed(place, cause.size * cause.pattern)
            options[key] = _options(of_leaves(rates[key]), weights[cause.metric])
        elif cause.kind == MIX:  # what one share gains the others lose
            options = {k: v for k, v in options.items() if watched[k].kind != MIX}
        else:
            options[key] = _without(options[key], cause)
    return named


def _learnt(watched: list[Watched]) -> dict[str, dict[str, Array]]:
    """Return by metric the kinds of noise that all other metrics of the company have."""
    metrics = list(dict.fromkeys(one.metric for one in watched))
    found: dict[str, dict[str, Array]] = {metric: {} for metric in metrics}
    for role in ("whole", "part"):
        rows, of = [], []
        for one in watched:
            wholes = () if one.whole is None else (one.whole,)
            for series in wholes if role == "whole" else one.parts:
                if series.scores is not None:
                    rows.append(likelihood(series.scores, one.slabs, one.shapes.prior))
                    of.append(one.metric)
        for metric in metrics:
            months = watched[0].shapes.values.shape[1]
            others = np.array([row for row, owner in zip(rows, of, strict=True) if owner != metric])
            prior = grid(months, role).prior
            found[metric][role] = learnt(others, COUNTS[role], prior, STRENGTH[role])
    return found


def _options(watched: Watched, weights: Mapping[str, Array]) -> list[Option]:
    """Return each place with its evidence; no evidence of shapes that it cannot tell."""
    options = []
    whole = watched.whole
    if whole is not None and whole.scores is not None:
        found = in_whole(whole.scores, weights["whole"], watched.slabs, whole.tilt)
        options.append(Option(watched, whole, np.where(whole.told, found, -np.inf)))
    for part in watched.parts:
        if part.scores is None:
            assert part.evidence is not None
            found = part.evidence
        elif whole is None or whole.scores is None:
            found = in_whole(part.scores, weights["part"], watched.slabs, part.tilt)
        else:
            found = in_part(
                part.scores, weights["part"], whole.scores, weights["whole"], part.share,
                watched.slabs, part.tilt,
            )  # fmt: skip
        options.append(Option(watched, part, np.where(part.told, found, -np.inf)))
    return options


def _without(options: list[Option], cause: Cause) -> list[Option]:
    """Return the options of a pulse without the team that was named."""
    team = cause.places[0][0].values[0]
    return [option for option in options if option.series.place.values[0] != team]


def _priors(options: Mapping[tuple[str, str], list[Option]]) -> list[tuple[Option, Array]]:
    """Return each option with the log probability beforehand of its shapes.

    Metrics are alike; of a metric its axes; of an axis the whole and each dimension; of a dimension
    its places; of a place the months of onset.
    """
    filled = {key: of for key, of in options.items() if of}
    axes: dict[str, int] = {}
    for metric, _axis in filled:
        axes[metric] = axes.get(metric, 0) + 1
    found = []
    for (metric, _axis), of in filled.items():
        dimensions: dict[tuple[str, ...], int] = {}
        for option in of:
            by = option.series.place.by
            dimensions[by] = dimensions.get(by, 0) + 1
        for option in of:
            share = len(axes) * axes[metric] * len(dimensions)
            share *= dimensions[option.series.place.by]
            found.append((option, np.log(option.watched.shapes.prior) - np.log(share)))
    return found


def _named(
    options: Mapping[tuple[str, str], list[Option]],
    weights: Mapping[str, Mapping[str, Array]],
    before: list[Cause],
    nothing: float,
) -> Cause | None:
    """Return the metric that surely moved, if one did.

    It is held against nothing at all, not against the other metrics: a cause often moves several,
    which share the evidence. A company of whose metrics few are known is not taken to have moved in
    one of these all the likelier.
    """
    pairs = _priors(options)
    if not pairs:
        return None
    watched = len({option.watched.metric for option, _ in pairs})
    moved = (1 - nothing) * (1.0 if nothing == ASKED else min(1.0, watched / METRICS))
    logs = [prior for _, prior in pairs]
    if before:
        logs = _after(pairs, before[-1])
    rows = [option.evidence + log for (option, _), log in zip(pairs, logs, strict=True)]
    joint = np.log(moved) + np.array([log_sum(row) for row in rows])
    total = log_sum(np.append(joint, np.log(nothing)))
    mass = np.exp(joint - total)
    by_metric: dict[str, float] = {}
    for (option, _), share in zip(pairs, mass, strict=True):
        metric = option.watched.metric
        by_metric[metric] = by_metric.get(metric, 0.0) + float(share)
    metric = max(by_metric, key=lambda name: by_metric[name])
    still = float(np.exp(np.log(nothing) - total))
    probability = by_metric[metric] / (by_metric[metric] + still)
    if probability <= NAMED:
        return None
    ours = [at for at, (option, _) in enumerate(pairs) if option.watched.metric == metric]
    return _cause(metric, probability, [(pairs[at][0], rows[at]) for at in ours], weights)


def _after(pairs: list[tuple[Option, Array]], last: Cause) -> list[Array]:
    """Return the log probabilities beforehand once something is named.

    Half is as before; a quarter is for the same month give or take one, and a quarter for the same
    place and month, as a cause often moves two metrics.
    """
    near, here = [], []
    for option, prior in pairs:
        at = np.abs(option.watched.shapes.onset - last.onset) <= 1
        near.append(np.where(at, prior, -np.inf))
        same = option.series.place == last.places[0][0]
        here.append(near[-1] if same else np.full(len(prior), -np.inf))
    parts = [(0.5, [prior for _, prior in pairs]), (0.25, near), (0.25, here)]
    found = [np.full(len(prior), -np.inf) for _, prior in pairs]
    for weight, logs in parts:
        total = log_sum(np.concatenate(logs))
        if np.isfinite(total):
            found = [
                np.logaddexp(one, np.log(weight) + log - total)
                for one, log in zip(found, logs, strict=True)
            ]
    return found


def _cause(
    metric: str,
    probability: float,
    rows: list[tuple[Option, Array]],
    weights: Mapping[str, Mapping[str, Array]],
) -> Cause:
    """Return the place, month and size of a named metric's change."""
    peak = max(float(row.max()) for _, row in rows)
    mass = [np.exp(row - peak) for _, row in rows]
    total = sum(float(one.sum()) for one in mass)
    by_place: dict[Place, float] = {}
    for (option, _), one in zip(rows, mass, strict=True):
        place = option.series.place
        by_place[place] = by_place.get(place, 0.0) + float(one.sum()) / total
    places = sorted(by_place.items(), key=lambda pair: (-pair[1], pair[0].by, pair[0].values))
    sure = places[0][1] > SURE
    told = [pair for pair in places if pair[1] >= POSSIBLE] or places[:1]
    option, best = max(
        ((option, one) for (option, _), one in zip(rows, mass, strict=True)
         if option.series.place == places[0][0]),
        key=lambda pair: float(pair[1].sum()),
    )  # fmt: skip
    found = option.watched.shapes
    months: dict[int, float] = {}
    for (other, _), one in zip(rows, mass, strict=True):
        if other.series.place == places[0][0] or not sure:
            for month, share in zip(other.watched.shapes.onset, one, strict=True):
                months[int(month)] = months.get(int(month), 0.0) + float(share)
    onset = max(months, key=lambda month: (months[month], -month))
    held, kept = 0.0, []
    for month in sorted(months, key=lambda month: (-months[month], month)):
        if held >= 0.9 * sum(months.values()):
            break
        kept.append(month)
        held += months[month]
    at = int(np.where(found.onset == onset, best, -1.0).argmax())
    size, deviation = _size(option, at, weights[metric])
    series = option.series
    usual = series.usual(found.values[at])
    value, low, high = (
        series.shifted(usual, size + reach * deviation) for reach in (0.0, -REACH, REACH)
    )
    levels = np.array([series.shifted(usual, size * share) for share in found.values[at]])
    over = (series.before(found.values[at]), *series.after(found.values[at])[::-1])
    return Cause(
        metric, option.watched.axis, option.watched.kind, tuple(told[:1] if sure else told), sure,
        onset, tuple(sorted(kept)), str(found.name[at]), probability, size, deviation,
        usual, value, low, high, series.cases, found.values[at], series.by_month, levels,
        *(over if str(found.name[at]) in PASSING else ()),
    )  # fmt: skip


def _size(option: Option, at: int, weights: Mapping[str, Array]) -> tuple[float, float]:
    """Return the size of a change and its standard deviation, under the likeliest noise."""
    series, watched = option.series, option.watched
    if series.scores is None:
        assert series.sizes is not None
        return float(series.sizes[at]), float("nan")
    role = "whole" if not series.place.by else "part"
    slab = max(watched.slabs) ** 2
    weighed = series.scores.fit + np.log(weights[role])
    gain = (
        0.5 * slab * series.scores.score[:, at] ** 2 / (1 + slab * series.scores.information[:, at])
    )
    kind = int((weighed + gain).argmax())
    information = series.scores.information[kind, at] + 1 / slab
    estimate = series.scores.score[kind, at] * series.tilt[at] / information
    return float(estimate), float(1 / np.sqrt(information))
