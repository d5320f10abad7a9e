"""Diagnose: why a metric moved between two periods, split exactly and weighed against noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.algebra.metric import Metric
from revkit.analysis.diagnosis import spans
from revkit.analysis.diagnosis.cause import Cause
from revkit.analysis.diagnosis.cells import Asking, Totals, by_month, dimensions_of, in_periods
from revkit.analysis.diagnosis.evidence import PAST, Found, found_in
from revkit.analysis.diagnosis.parts import (
    Part,
    change_of,
    formula_of,
    formulas_of,
    leaves_of,
    metric_of,
    multipliers,
)
from revkit.analysis.diagnosis.result import Diagnosis
from revkit.analysis.diagnosis.spans import Span
from revkit.analysis.diagnosis.tree import Known, Node, NotSplitError, Ranked, Ratio, tree_of
from revkit.analysis.diagnosis.worth import money_of
from revkit.analysis.watch.leaves import Place
from revkit.catalogue import known
from revkit.dataset.argument import company
from revkit.errors import FormulaError
from revkit.language import language, message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

WHERE = "rk.diagnose"
OPEN = message("Outcomes of this period may still change.")
LIKE = "Ask about a total or a ratio of totals, such as win_rate or won_amount"


def diagnose(
    data: Dataset,
    metric: str | Metric,
    period: Any = "month",
    versus: Any = "previous",
    dimensions: str | Sequence[str] | None = None,
) -> Diagnosis:
    """Return why a metric moved between two periods: an exact split, and causes beyond noise.

    The change is split by each dimension into what all groups have in common, their mix, and their
    own rates; the parts add up to it. Groups are then held against the 24 months before the period
    and against how much such groups move by themselves; a group is named as a cause where that is
    likelier than all else together. A product, such as pipeline velocity, is split by its factors
    first. Faults of the data are looked for before, and named as such.

    Parameters
    ----------
    data
        A company.
    metric
        A metric or its name. Medians are explained by the share above the usual median.
    period
        "month", "quarter" or "year" for the last whole one; the first day of a month, as
        "2026-03-01" or "2026-03"; "2026"; or a first day and the day after the last.
    versus
        "previous", "year" for the same a year before, or a period as above.
    dimensions
        What to split by; when omitted, the segment, industry, region and channel of accounts, the
        product, the team and the kind of deal, as far as the metric has them.

    Returns
    -------
    Diagnosis
        ``split`` (one row a part, dimension and group), ``causes`` (one row a cause), ``findings``
        (the sentences), ``quiet`` (nothing but noise).

    Raises
    ------
    FormulaError
        When no metric has that name, or its change cannot be split by groups.
    PeriodError
        When the periods are none, not over, or not one before the other.
    DimensionError
        When the metric has no such dimension.

    Examples
    --------
    >>> import revkit as rk
    >>> data = rk.generate("baseline", accounts=300).data
    >>> found = rk.diagnose(data, "win_rate", "quarter", dimensions="segment")
    >>> abs(float(found.split["change"].sum()) - found.change) < 1e-9
    True
    """
    company(data, WHERE)
    made = _metric(metric)
    given = (
        None
        if dimensions is None
        else check.names(dimensions, "dimensions", WHERE, example="segment")
    )
    formula = _tree(made)
    now = spans.asked(period, data)
    before = spans.against(versus, now, data)
    for name in given or ():  # refused as by=, before anything is read
        made.plan(data, {"by": name, "start": now.start, "end": now.end}).prepare()
    shown = _shown(made, data, before, now)
    notes = dict.fromkeys(str(note) for frame in shown for note in frame.attrs["notes"])
    asking = Asking(made, data)
    tree = _above_median(formula, asking, before, now)
    read = {id(leaf): _part(leaf, asking, given, before, now) for leaf in leaves_of(tree)}
    parts = {key: part for key, (part, _) in read.items()}
    values = [float(frame["value"].iloc[0]) if len(frame) else math.nan for frame in shown]
    inner = change_of(tree, parts)
    times = multipliers(tree, parts)
    last = _months_before(asking, now)[1]
    found = {key: found_in(part, months, last) for key, (part, months) in read.items() if part.by}
    words = language(None)
    notes |= dict.fromkeys(words.gettext(note) for one in found.values() for note in one.notes)
    begun_late = now.start.isoformat() in shown[1].attrs.get("begun_late", {})
    if len(shown[1]) and not (shown[1]["complete"].iloc[0] or begun_late):
        notes[words.gettext(OPEN)] = None
    reasons = [
        reason for key, one in found.items()
        for reason in _reasons(parts[key], one, times[key], data, before)
    ]  # fmt: skip
    return Diagnosis(
        made, before, now, values[0], values[1], inner.before, inner.after,
        tuple((part, times[key]) for key, part in parts.items()),
        tuple(sorted(reasons, key=lambda one: (not one.named, -one.probability))),
        tuple(dict.fromkeys(
            (fault, one.starts[fault.onset]) for one in found.values() for fault in one.faults
        )),
        data.currency, tuple(notes), isinstance(formula, Ranked),
        (bool(found) and all(one.verdict is None for one in found.values())) or not found,
    )  # fmt: skip


def _metric(metric: str | Metric) -> Metric:
    """Return a metric of which there is one value a period, by a formula.

    Raises
    ------
    FormulaError
        When there is none, or it has none.
    """
    everything = known()
    if not isinstance(metric, Metric) and metric not in [*everything]:
        raise FormulaError.unknown(metric, known=everything)
    made = everything[metric] if isinstance(metric, str) else metric
    if made.kind == "table":
        why = "its value is computed from whole tables, not from sums over groups"
        raise FormulaError.not_split(made.name, why, f"{LIKE}.")
    if made.rows:
        why = f"it gives one number for each {made.rows}"
        raise FormulaError.not_split(made.name, why, f"{LIKE}.")
    return made


def _tree(made: Metric) -> Node:
    """Return the tree of a metric.

    Raises
    ------
    FormulaError
        When its change cannot be split by groups.
    """
    try:
        tree = tree_of(made.formula())
    except NotSplitError as error:
        instead = f"{LIKE}."
        if any(unit == made.unit for unit in ("days", "hours", "months", "minutes")):
            instead = f"Compare groups with by=, or how long they last with rk.survival. {LIKE}."
        raise FormulaError.not_split(made.name, str(error), instead) from None
    if not isinstance(tree, Ranked) and any(isinstance(one, Ranked) for one in leaves_of(tree)):
        why = "a median is one of its factors"
        raise FormulaError.not_split(made.name, why, f"{LIKE}.")
    return tree


def _above_median(tree: Node, asking: Asking, before: Span, now: Span) -> Node:
    """Return a tree; of a median, that of the share above its usual value."""
    if not isinstance(tree, Ranked):
        return tree
    start = min(before.start, _months_before(asking, now)[0])
    frame = asking.metric(asking.data, period=None, start=start, end=now.end)
    middle = float(frame["value"].iloc[0])
    total = tree.quantile.total
    return Ratio(total.rows.where(total.value > middle), total.rows.where(total.value.notnull()))


def _shown(made: Metric, data: Dataset, before: Span, now: Span) -> list[Any]:
    """Return the metric in both periods, a frame of at most one row each."""
    if now.period is None or now.period != before.period:
        return [_asked(made, data, span.period, span) for span in (before, now)]
    whole = _asked(made, data, now.period, Span(before.start, now.end, now.period))
    frames = []
    for span in (before, now):
        frame = whole[whole["period"].dt.date == span.start].reset_index(drop=True)
        frame.attrs = whole.attrs
        frames.append(frame)
    return frames


def _asked(made: Metric, data: Dataset, period: str | None, span: Span) -> Any:
    return made(data, period=period, start=span.start, end=span.end, trailing=1)


def _part(
    leaf: Any, asking: Asking, given: Sequence[str] | None, before: Span, now: Span
) -> tuple[Part, Totals]:
    """Return a part in both periods, and its totals by month."""
    formulas = formulas_of(leaf)
    by = {} if isinstance(leaf, Known) else dimensions_of(asking, formula_of(leaf), now, given)
    first = _months_before(asking, now)[0]
    monthly = now.period == before.period == "month"
    months = by_month(asking, formulas, by, min(first, before.start) if monthly else first, now.end)
    if monthly:
        totals = months.at([before.start, now.start])
        months = months.since(first)
    else:
        totals = in_periods(asking, formulas, by, [before, now])
    return Part(leaf, metric_of(leaf, asking.metric), totals, by), months


def _months_before(asking: Asking, now: Span) -> tuple[date, int]:
    """Return the first day of the months that are read, and how many the period has."""
    calendar = asking.data.policy.periods("month")
    first, after = calendar.number(now.start), calendar.number(now.end)
    whole = now.period is not None or (
        calendar.first_day(first) == now.start and calendar.first_day(after) == now.end
    )
    return calendar.first_day(first - PAST), after - first if whole else 0


def _reasons(part: Part, found: Found, times: float, data: Dataset, before: Span) -> list[Cause]:
    """Return the causes in a part, in the metric's unit and money."""
    if found.verdict is None or not math.isfinite(found.scale * times):
        return []
    reasons = []
    for named, group in ((True, found.verdict.named), (False, found.verdict.possible)):
        for one in group:
            dimension, place = found.places[one.cell]
            scale = found.scale * times
            ends = sorted((one.low * scale, one.high * scale))
            days = [found.starts[month] for month in (one.onset, *one.months)]
            latest = max(days[1:])
            reason = Cause(
                part, dimension, place, one.kind, one.probability, named, one.effect * scale,
                ends[0], ends[1], days[0], min(days[1:]), latest,
                latest < before.start, one.size > 0,
            )  # fmt: skip
            own = one.effect * found.scale
            where = Place((dimension,), (place,))
            reasons.append(replace(reason, worth=money_of(part, own, found.cases, data, where)))
    return reasons
