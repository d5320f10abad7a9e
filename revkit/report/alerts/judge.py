"""Alerts of a company: which rules fire, on what evidence, and which cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.errors import AlertError, ColumnError, RevkitError, TableError
from revkit.language import message
from revkit.report.alerts.rules import Limit, Move, Rule

if TYPE_CHECKING:
    import pandas as pd

    from revkit.analysis.watch.result import Watch
    from revkit.analysis.writing.formatting import Quantity
    from revkit.dataset import Dataset

FIRES, QUIET, UNKNOWN = "fires", "quiet", "unknown"
MOST_GROUPS = 30
"""Values of a dimension that a rule may test one by one."""

BELOW, ABOVE = (
    message("{title} was {value} in {period}{evidence}: below {limit}."),
    message("{title} was {value} in {period}{evidence}: above {limit}."),
)
BELOW_FOR, ABOVE_FOR = (
    message(
        "{title} was {value} in {period}{evidence}: below {limit} for {count} periods running."
    ),
    message(
        "{title} was {value} in {period}{evidence}: above {limit} for {count} periods running."
    ),
)
EVIDENCE = message(" (95 % interval {span}, {rows})")
COUNTED = message(" (counted in full)")
TOO_FEW = message("{title} in {period}: too few rows to tell.")


@dataclass(frozen=True)
class Alert:
    """One rule's answer for a company, or for one group of it.

    Parameters
    ----------
    rule
        The rule.
    key
        What tells this alert from others of the rule: a group, or what moved and where.
    state
        "fires", "quiet", or "unknown" where the data cannot tell.
    sentence
        What was found, or why nothing can be told.
    when
        The first day of the period it is about, or the month since when, as ISO text; may be empty.
    """

    rule: Rule
    key: str
    state: str
    sentence: str
    when: str = ""


def judge(data: Dataset, rules: Sequence[Rule], watched: Watch | None = None) -> list[Alert]:
    """Return what each rule says, in the default language.

    A limit counts as passed where the whole 95 % interval lies beyond it, in each of the periods.
    A metric has moved where a report would claim it (see :func:`revkit.say.change`).

    Parameters
    ----------
    data
        The company.
    rules
        From :func:`revkit.report.alerts.rules.read_rules`.
    watched
        What :func:`revkit.watch` returned, if it has been asked already.

    Returns
    -------
    list of Alert
        In the order of the rules, one for each group; of ``anything`` one for each cause.
    """
    found: list[Alert] = []
    for rule in rules:
        if rule.test is None:
            found += _anything(data, rule, watched)
            continue
        try:
            companies = _companies(data, rule)
        except (TableError, ColumnError) as error:  # no groups of a metric that cannot be had
            found.append(Alert(rule, "", UNKNOWN, str(error)))
            continue
        found += [_tested(*one, rule) for one in companies]
    return found


def _companies(data: Dataset, rule: Rule) -> list[tuple[Dataset, str]]:
    """Return the company that a rule is about, or one for each group."""
    from revkit.catalogue import find

    assert rule.test is not None
    company = data.where(rule.where) if rule.where else data
    if rule.by is None:
        return [(company, "")]
    rows = find(rule.test.metric)(company, by=rule.by, period=None)
    values = sorted(str(value) for value in rows[rule.by].unique())
    if len(values) > MOST_GROUPS:
        raise AlertError.too_many_groups(
            rule.title, by=rule.by, groups=len(values), most=MOST_GROUPS
        )
    return [(company.where({rule.by: value}), value) for value in values]


def _tested(company: Dataset, group: str, rule: Rule) -> Alert:
    """Return what a rule says of a company or a group."""
    from revkit.analysis.defaults import OF_DEALS, new_business
    from revkit.analysis.scorecards.windows import measured_over_windows
    from revkit.catalogue import find

    test = rule.test
    assert test is not None
    asked = new_business(company) if test.metric in OF_DEALS else company
    measured = measured_over_windows(asked, [find(test.metric)], period=test.period, each={})
    result = measured.frames.get(test.metric)
    if result is None:
        state, said, when = UNKNOWN, measured.unavailable[test.metric], ""
    elif isinstance(test, Limit):
        state, said, when = _limit(result, test)
    else:
        state, said, when = _move(result, test)
        said = " ".join([said, *(_why(asked, test) if state == FIRES else ())])
    return Alert(rule, group, state, said, when)


def _limit(result: pd.DataFrame, test: Limit) -> tuple[str, str, str]:
    """Return whether the last periods all lie beyond a limit, and the sentence."""
    from revkit.analysis.writing.formatting import period_of, quantity

    what = quantity(result)
    words = what.words
    rows = result[result["complete"].astype(bool)].tail(test.periods)
    if len(rows) < test.periods or rows["value"].isna().any():
        return UNKNOWN, _no_value(what, test.periods), ""
    last = rows.iloc[-1]
    period, when = period_of(result, last["period"], words), last["period"].date().isoformat()
    ends = rows["high"] if test.below else rows["low"]
    ends = rows["value"] if what.census else ends
    beyond = ends < test.limit if test.below else ends > test.limit
    if not what.census and (rows["small"] | ends.isna()).any():
        return UNKNOWN, words.gettext(TOO_FEW, title=what.title, period=period), when
    texts = (BELOW, BELOW_FOR) if test.below else (ABOVE, ABOVE_FOR)
    said = words.gettext(
        texts[test.periods > 1],
        title=what.title,
        value=what.text(last["value"]),
        period=period,
        evidence=_evidence(what, last),
        limit=what.text(test.limit),
        count=test.periods,
    )
    return (FIRES, said, when) if beyond.all() else (QUIET, "", when)


def _no_value(what: Quantity, periods: int) -> str:
    """Return the sentence on a metric without a value in one of its last periods."""
    return what.words.ngettext(
        "{title} has no value in its last complete period.",
        "{title} has no value in its last {count} complete periods.",
        periods,
        title=what.title,
        count=periods,
    )


def _evidence(what: Quantity, row: pd.Series[Any]) -> str:
    """Return the interval and the rows of a value, in brackets."""
    if what.census:
        return what.words.gettext(COUNTED)
    span = what.span(row["low"], row["high"])
    return what.words.gettext(EVIDENCE, span=span, rows=what.counted(row["n"]))


def _move(result: pd.DataFrame, test: Move) -> tuple[str, str, str]:
    """Return whether a metric moved the way of a rule, by as much, and the sentence."""
    from revkit.analysis.writing.comparisons import change
    from revkit.analysis.writing.differences import compare, periods_a_year

    periods = periods_a_year(result) if test.yearly else 1
    moved, said = compare(result, periods=periods), change(result, periods=periods)
    if moved is None:
        return UNKNOWN, str(said.main), ""
    when = moved.now["period"].date().isoformat()
    if moved.verdict in ("few", "untold", "unknown"):
        return UNKNOWN, str(said.main), when
    size = moved.value / abs(moved.before["value"]) if test.relative else moved.value
    fits = {"drops": size < 0, "rises": size > 0, "moves": size != 0}[test.way]
    enough = bool(fits and abs(size) >= test.least * (1 - 1e-9))
    return (FIRES, str(said.main), when) if moved.sure and enough else (QUIET, "", when)


def _why(company: Dataset, test: Move) -> list[str]:
    """Return the sentences of a diagnosis on why a metric moved; none where it cannot be split."""
    from revkit.analysis.diagnosis.diagnose import diagnose
    from revkit.analysis.diagnosis.spans import WORDS

    if test.period not in WORDS:
        return []
    versus = "year" if test.yearly else "previous"
    try:
        return [*map(str, diagnose(company, test.metric, test.period, versus).findings[1:])]
    except RevkitError:  # medians of products, say
        return []


def _anything(data: Dataset, rule: Rule, watched: Watch | None) -> list[Alert]:
    """Return an alert for each cause that a watch finds, or that there is none."""
    from revkit.analysis.watch.watch import watch

    company = data.where(rule.where) if rule.where else data
    try:
        found = watch(company) if watched is None or rule.where else watched
    except RevkitError as error:
        return [Alert(rule, "", UNKNOWN, str(error))]
    if found.quiet:
        return [Alert(rule, "", QUIET, "")]
    causes = [*_keys(found)]
    return [
        Alert(rule, key, FIRES, str(said), when)
        for (key, when), said in zip(causes, found.findings, strict=True)
    ]


def _keys(found: Watch) -> list[tuple[str, str]]:
    """Return what tells the findings of a watch apart, and the month since when, in their order."""
    keys = [(f"{one.table}.{one.field}", one.onset) for one in found.faults]
    keys += [(f"list price {one.product}", one.onset) for one in found.prices]
    for one in found.moved:
        places = " / ".join(str(place) for place, _ in one.places if place.by)
        keys.append((f"{one.metric} {places}".strip(), one.onset))
    return [(key, found.window.day(onset).date().isoformat()) for key, onset in keys]
