"""Reconciliation: the bridge between two policies' values of one metric, rule by rule."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit import arguments as check
from revkit import derived
from revkit.algebra.metric import Metric
from revkit.algebra.request import Request
from revkit.analysis.reconciliation.difference import Behind, rows_behind
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of, quantity, title_of
from revkit.analysis.writing.frames.tables import Table
from revkit.catalogue.catalogue import known
from revkit.dataset.argument import company
from revkit.errors import FormulaError, ParameterError
from revkit.language import LITERAL, Language, message
from revkit.language import language as spoken
from revkit.policy import DATING, Policy

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.periods import Calendar

COLUMNS = ["policy", "cause", "from", "to", "difference", "accounts"]

DEFAULT = str(Policy())
OWN = message("{title}: {value} by this kit's own rules ({policy}).")
OTHERS = message("{title}: {value} by the rules of {policy}.")


@dataclass(frozen=True)
class Reconciliation:
    """The bridge between two numbers of one company for one metric.

    Parameters
    ----------
    table
        One row a rule in which two policies differ, in the order they are applied, and one for
        another metric by the same name: policy (towards which), cause, from, to, difference,
        accounts (whose movements it changes; 0 where the number stays). Each ``from`` is the
        ``to`` of the row before.
    rows
        The movements behind each line: policy, cause, account_id, movement (``opening`` is what
        the account paid at the period's start), count_from, count_to, amount_from, amount_to.
        Of the line of another metric, what enters one of the two formulas and not the other.
    ends
        Each policy with its number, as published under it.
    """

    table: pd.DataFrame
    rows: pd.DataFrame
    ends: tuple[tuple[str, float], ...]
    title: str
    what: Quantity

    @property
    def findings(self) -> list[Finding]:
        """Sentences that say what each policy's number is; a page keeps them to itself."""
        words = self.what.words
        return [
            Finding(
                words.gettext(
                    OWN if policy == DEFAULT else OTHERS,
                    title=self.title, value=self.what.text(value), policy=policy,
                ),
                front="",
            )
            for policy, value in self.ends
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"{self.title}\n{self._written()}"

    def _repr_html_(self) -> str:
        title = f'<p class="{LITERAL}"><strong>{escape(self.title)}</strong></p>'
        return f"{title}{self._written()._repr_html_()}"

    def _written(self) -> Table:
        words = self.what.words
        headings = (
            "",
            words.gettext("Value"),
            words.gettext("Difference"),
            words.gettext("Accounts"),
        )
        lines = [(self.ends[0][0], self.what.text(self.ends[0][1]), "", "")]
        notes = []
        for policy, value in self.ends[1:]:
            steps = self.table[self.table["policy"] == policy]
            moved = [_moves(*step) for step in zip(steps["from"], steps["to"], strict=True)]
            for cause, to, difference, accounts in steps.loc[
                moved, COLUMNS[1:2] + COLUMNS[3:]
            ].values.tolist():
                written = self.what.text(to), self.what.difference(difference)
                lines.append((f"  {cause}", *written, words.count(accounts)))
            lines.append((policy, self.what.text(value), "", ""))
            same = "; ".join(
                cause for cause, moves in zip(steps["cause"], moved, strict=True) if not moves
            )
            if same:
                notes.append(
                    words.gettext(
                        "No difference here, to {policy}: {causes}.", policy=policy, causes=same
                    )
                )
        return Table(headings, tuple(lines), frozenset({""}), tuple(notes))


@dataclass(frozen=True)
class _Step:
    """One rule that changes on the way from one policy to another, or the metric at its end."""

    towards: str
    cause: str
    before: tuple[Policy, Metric]
    after: tuple[Policy, Metric]


def reconcile(
    data: Dataset,
    metric: str | Metric,
    policies: Sequence[Policy | str],
    *,
    period: str | None = "month",
    start: Any = None,
    end: Any = None,
    limit: int = 1_000,
    language: str | None = None,
    **options: Any,
) -> Reconciliation:
    """Break the difference between two policies' values down, rule by rule.

    Parameters
    ----------
    data
        A company with subscriptions.
    metric
        A metric, or its name. Where a preset publishes another under that name, the last line
        leads to that one.
    policies
        Two or more, by name or as :class:`~revkit.policy.Policy`; each is led to the next.
    period, start, end, options
        As of any metric: the one period that holds ``start`` (the last complete one when
        omitted), or with ``period=None`` the range.
    limit
        How many rows to fetch for a line, those that change most first.
    language
        Of the causes and the table shown: "en" or "it"; the default one when omitted.

    Returns
    -------
    Reconciliation
        It shows itself; ``table`` and ``rows`` are data frames. The differences of the lines
        add up to that of the two answers.

    Raises
    ------
    ParameterError
        When there are fewer than two policies, no preset has a name, or there is no such
        language.
    FormulaError
        When there is no such metric, or it has no single number, or none that rests on
        subscriptions.

    Notes
    -----
    Rules work together: what one changes depends on those before it, so each line holds in this
    order alone. Only the two ends are anybody's published number.

    Examples
    --------
    >>> found = reconcile(example("retention"), "churn_rate", ["default", "stripe"])
    >>> found.table.loc[3, ["from", "to"]].round(4).tolist()
    [0.3333, 0.25]
    """
    company(data, "rk.reconcile")
    (made, ends), words = reconcilable(metric, policies), spoken(language)
    check.whole(limit, "limit", "rk.reconcile", least=0, what="number of rows", example=1000)
    how = dict(options, period=period, start=start, end=end)
    if period is not None:
        how |= _one_period(data.with_policy(ends[0]), made, how)
    answers: dict[tuple[Policy, str], tuple[float, pd.DataFrame]] = {}

    def answer(state: tuple[Policy, Metric]) -> tuple[float, pd.DataFrame]:
        policy, asked = state
        if (policy, asked.name) not in answers:
            frame = asked(data.with_policy(policy), **how)
            if len(frame) != 1:
                raise FormulaError.not_reconciled(asked.name, f"it gives {len(frame)} numbers")
            answers[policy, asked.name] = float(frame["value"].iloc[0]), frame
        return answers[policy, asked.name]

    lines, behind = [], []
    for step in _steps(made, ends, words):
        (before, _), (after, _) = answer(step.before), answer(step.after)
        found = Behind.nothing()
        if _moves(before, after):
            found = rows_behind(data, step.before, step.after, _asked(how, made), limit)
        lines.append((step.towards, step.cause, before, after, after - before, found.accounts))
        behind.append(found.rows.assign(policy=step.towards, cause=step.cause))
    told = [(str(policy), answer((policy, _variant(made, policy)))[0]) for policy in ends]
    first = answer((ends[0], _variant(made, ends[0])))[1]
    table = pd.DataFrame(lines, columns=COLUMNS)
    rows = pd.concat(behind, ignore_index=True) if behind else Behind.nothing().rows
    what = replace(quantity(first, words), name=made.name, unit=made.unit)
    when = (
        period_of(first, first["period"].iloc[0], words)
        if "period" in first
        else words.gettext("one period")
    )
    return Reconciliation(
        table,
        rows[["policy", "cause", *Behind.COLUMNS]],
        tuple(told),
        f"{title_of(made, words)}, {when}",
        what,
    )


def _moves(before: float, after: float) -> bool:
    """Report whether two values differ; NaN equals NaN."""
    return before != after and not (math.isnan(before) and math.isnan(after))


def _steps(metric: Metric, ends: Sequence[Policy], words: Language) -> Iterator[_Step]:
    for one, other in pairwise(ends):
        policy, asked = one, _variant(metric, one)
        differs = one.differs(other)
        dating = [rule for rule in differs if rule in DATING]  # none of these holds without others
        for rules in [dating, *([rule] for rule in differs if rule not in DATING)]:
            if not rules:
                continue
            changed = replace(policy, **{rule: getattr(other, rule) for rule in rules}, name="")
            cause = ", ".join(
                words.gettext(
                    "{rule}: {value}, not {other}",
                    rule=rule,
                    value=getattr(other, rule),
                    other=getattr(policy, rule),
                )
                for rule in rules
            )
            yield _Step(str(other), cause, (policy, asked), (changed, asked))
            policy = changed
        if (published := _variant(metric, other)).name != asked.name:
            cause = words.gettext("{metric}, not {other}", metric=published.name, other=asked.name)
            yield _Step(str(other), cause, (policy, asked), (policy, published))


def reconcilable(metric: str | Metric, policies: Any) -> tuple[Metric, list[Policy]]:
    """Return a metric and the policies it is counted by, or refuse what has no bridge.

    Raises
    ------
    ParameterError, FormulaError
        As of :func:`reconcile`.
    """
    made = _metric(metric)
    needed, example = "a list of two policies or more", "['default', 'stripe']"
    policies = check.several(policies, "policies", "rk.reconcile", needed=needed, example=example)
    if len(policies) < 2:
        raise ParameterError.out_of_range("policies", policies, "two policies or more")
    return made, [Policy.of(policy) for policy in policies]


def _metric(metric: str | Metric) -> Metric:
    everything = known()
    if not isinstance(metric, Metric) and metric not in [*everything]:
        raise FormulaError.unknown(metric, known=everything)
    made = everything[metric] if isinstance(metric, str) else metric
    if made.rows:
        raise FormulaError.not_reconciled(made.name, f"it gives one number for each {made.rows}")
    if not any("subscriptions" in derived.required_tables(table) for table in made.tables):
        raise FormulaError.not_reconciled(made.name, "it rests on no subscriptions")
    return made


def _variant(metric: Metric, policy: Policy) -> Metric:
    name = policy.variants.get(metric.name, metric.name)
    return metric if name == metric.name else _metric(name)


def _one_period(data: Dataset, metric: Metric, how: dict[str, Any]) -> dict[str, Any]:
    """Return the first and last day of the period asked for, or of the last complete one."""
    asked = _asked(how, metric)
    calendar: Calendar = asked.calendar(data)
    number = calendar.number(asked.start or data.as_of)
    if asked.start is None and calendar.last_day(number) > data.as_of:
        number -= 1
    return {"start": calendar.first_day(number), "end": calendar.first_day(number + 1)}


def _asked(how: dict[str, Any], metric: Metric) -> Request:
    return Request.of(
        how, where="rk.reconcile", options=metric.options, rows=None, trailing=metric.trailing
    )
