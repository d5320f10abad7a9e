"""The assessment: which team a company needs, by the article's criteria."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.analysis.defaults import kinds_unsaid
from revkit.analysis.operating_model.answers import read_answers
from revkit.analysis.operating_model.criteria import CRITERIA, READY
from revkit.analysis.operating_model.frame import COLUMNS, Assessment
from revkit.analysis.operating_model.judging import SETTLED, Judged, Judgement, judge
from revkit.analysis.operating_model.measures.formulas import asked, readings
from revkit.analysis.operating_model.measures.market import (
    lead_growth,
    mix_change,
    months_of_supply,
    untouched_mqls,
)
from revkit.analysis.operating_model.measures.plans import assisted_share, planned_quarters
from revkit.analysis.operating_model.measures.reading import Reading, Year
from revkit.analysis.operating_model.measures.team import selling_time, selling_week, weakest_rep
from revkit.analysis.operating_model.tasks import TASK, TASKS
from revkit.analysis.operating_model.thresholds import read_thresholds
from revkit.analysis.operating_model.verdict import verdict_of
from revkit.analysis.operating_model.writing import findings
from revkit.dataset.argument import company
from revkit.errors import ParameterError, RevkitError
from revkit.language import language as spoken

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.language import Language

COUNTED: dict[str, Callable[[Dataset, Year], Reading]] = {
    made.__name__: made
    for made in (
        selling_week, selling_time, weakest_rep, untouched_mqls, mix_change, months_of_supply,
        lead_growth, planned_quarters, assisted_share,
    )
}  # fmt: skip
"""Measures that are no formula over a year."""

TEAMS = {"SalesOps": ("SalesOps",), "RevOps": ("RevOps",), "both": ("SalesOps", "RevOps")}


def assess(
    data: Dataset,
    answers: Mapping[str, Any] | str | Path | None = None,
    thresholds: str | Path | None = None,
    *,
    language: str | None = None,
) -> Assessment:
    """Tell which team a company needs: SalesOps, RevOps, both, or neither yet.

    Each of the article's criteria is measured over the year that ends with the company's day,
    where its tables can tell, and asked where they can't. An answer settles a criterion that the
    data leave open; where it contradicts them, the data decide, and a finding says so.

    Parameters
    ----------
    data
        The company.
    answers
        By criterion yes or no (True or False), or the path of a YAML file of such lines.
    thresholds
        The path of a YAML file with other limits than
        ``revkit/analysis/operating_model/thresholds.yaml``; what it leaves out stays.
    language
        Of the texts: "en" or "it"; the default one when omitted.

    Returns
    -------
    Assessment
        A DataFrame of one row a criterion, S1 to S7, R1 to R6 and B, with the measure that decides
        it. ``verdict``, ``sentence``, ``findings``; ``measures`` (all of them), ``questions``
        (those open), ``first`` (the task for each criterion met) and ``tools``.

    Raises
    ------
    ParameterError
        When answers or thresholds cannot be read, or hold something that is none.

    Examples
    --------
    >>> found = assess(example("economics"), answers={"R5": "yes"})
    >>> found.loc[found["id"] == "R5", ["verdict", "basis"]].to_numpy().tolist()
    [['met', 'answer']]
    >>> found.verdict
    'cannot tell'
    """
    company(data, "rk.assess")
    answered = read_answers(answers)
    if thresholds is not None and not isinstance(thresholds, str | Path):
        raise ParameterError.unfit(
            "thresholds", thresholds, where="rk.assess", needed="the path of a YAML file",
            example="'thresholds.yaml'",
        )  # fmt: skip
    limits = read_thresholds(thresholds)
    words = spoken(language)
    read = readings_of(data)
    judged = [
        judge(one, read, limits.of, currency=data.currency, answer=answered.get(one.id))
        for one in (*CRITERIA, READY)
    ]
    ready = judged.pop()
    verdict, sentence = verdict_of(judged, ready, limits, words)
    rows = [_row(one, one.leading, words) for one in judged]
    found = Assessment(rows, columns=[*COLUMNS])
    found.attrs = {
        "verdict": verdict,
        "sentence": sentence,
        "findings": findings(judged, found, sentence, data.currency, words),
        "measures": [
            _row(one, each, words) | {"verdict": each.state, "basis": ""}
            for one in (*judged, ready)
            for each in one.measures
        ],
        "questions": [_question(one, words) for one in judged if one.state not in SETTLED],
        "first": [_first(one, words) for one in judged if one.state == "met"],
        "tools": _tools(judged, TEAMS.get(verdict, ()), words),
        "currency": data.currency,
        "language": words.code,
        "notes": [*map(str, _notes(data)), *map(words.reason, kinds_unsaid(data))],
    }
    return found


def readings_of(data: Dataset) -> dict[str, Reading]:
    """Return the reading of every measure; of a company without any day, none has a value."""
    formulas = asked()
    try:
        year = Year.of(data)
    except RevkitError as error:
        return dict.fromkeys([*formulas, *COUNTED], Reading(reason=error.reason))
    found = readings(data, year)
    for key, count in COUNTED.items():
        try:
            found[key] = count(data, year)
        except RevkitError as error:
            found[key] = Reading(reason=error.reason)
    return found


def _notes(data: Dataset) -> tuple[Any, ...]:
    """Return the doubts about the company's rows, or that they are refused."""
    try:
        return data.notes
    except RevkitError as error:
        return (error.reason,)


def _row(judgement: Judgement, judged: Judged, words: Language) -> dict[str, Any]:
    """Return the row of a criterion by one of its measures."""
    criterion, measure, reading = judgement.criterion, judged.measure, judged.reading
    reason = judged.reading.reason or judgement.reason
    return {
        "id": criterion.id, "team": criterion.team,
        "criterion": words.gettext(criterion.title),
        "verdict": judgement.state, "basis": judgement.basis,
        "measure": words.gettext(measure.title), "unit": measure.unit,
        "value": reading.value, "low": reading.low, "high": reading.high, "n": int(reading.n),
        "met": measure.met, "limit": judged.threshold.limit,
        "source": judged.threshold.source, "source_kind": judged.threshold.kind,
        "question": words.gettext(criterion.question),
        "answer": "" if judgement.answer is None else ("yes" if judgement.answer else "no"),
        "reason": "" if reason is None else words.reason(reason), "key": measure.key,
    }  # fmt: skip


def _question(judgement: Judgement, words: Language) -> dict[str, str]:
    """Return the question of an open criterion, and why it is open."""
    reason = judgement.reason
    return {
        "id": judgement.criterion.id,
        "criterion": words.gettext(judgement.criterion.title),
        "question": words.gettext(judgement.criterion.question),
        "reason": words.reason(reason) if reason else words.gettext("the interval holds the limit"),
    }


def _first(judgement: Judgement, words: Language) -> dict[str, str]:
    """Return the task that deals with a criterion."""
    task = TASK[judgement.leading.measure.task]
    return {
        "id": judgement.criterion.id,
        "criterion": words.gettext(judgement.criterion.title),
        "task": task.id,
        "title": words.gettext(task.title),
        "call": task.call,
    }


def _tools(
    judged: Sequence[Judgement], teams: Sequence[str], words: Language
) -> list[dict[str, str]]:
    """Return the tasks of some teams with their tools, and the criteria that ask for each."""
    met = [one for one in judged if one.state == "met"]
    return [
        {
            "team": task.team,
            "task": task.id,
            "title": words.gettext(task.title),
            "tools": words.gettext(task.tools),
            "because": ", ".join(
                one.criterion.id for one in met if one.leading.measure.task == task.id
            ),
        }
        for task in TASKS
        if task.team in teams
    ]
