"""Stages of leads that a formula counts and a company's process lacks: their number is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from revkit.algebra.formula.leaves import Cohort, Leaf
from revkit.errors import TableError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.algebra.evaluate.evaluation import Evaluation
    from revkit.dataset import Dataset

_COUNTED = re.compile(r"_\.stage == '([^']*)'")


class Needed(NamedTuple):
    """A stage that a formula needs: counted itself, or ``reached`` by it or a later one.

    ``instead`` is another stage that serves as well.
    """

    stage: str
    instead: str = ""
    reached: bool = False


_REACHED = {
    "mql_on": Needed("MQL", reached=True),
    "reached_sql_on": Needed("SQL", reached=True),
    "accepted_on": Needed("SAL", "SQL", reached=True),
    "opportunity_on": Needed("opportunity", reached=True),
}
_CUSTOMARY = ("lead", "MQL", "SAL", "SQL", "opportunity", "customer")


def require_stages(evaluation: Evaluation) -> None:
    """Refuse to count leads in a stage that the company's process does not have.

    The table ``stages`` tells the process. Without it, it is the customary one, which lacks a stage
    that no lead has entered where leads have gone on to later ones.

    Raises
    ------
    TableError
        When the process lacks a stage: the count would be 0.
    """
    asked = {needed for leaf, _ in evaluation.leaves for needed in _stages_of(leaf)}
    if not asked:
        return
    told, entered = _process(evaluation.call.data)
    for needed in sorted(asked):
        lacking = (
            not {needed.stage, needed.instead} & {*told} if told else _skipped(needed, entered)
        )
        if lacking:
            metric, found = evaluation.call.metric, told or entered
            raise TableError.no_stage(needed.stage, metric=metric, found=found)


def _skipped(needed: Needed, entered: list[str]) -> bool:
    """Report whether leads have gone on to later stages than one that none has entered."""
    if needed.reached or needed.stage in entered or needed.stage not in _CUSTOMARY:
        return False
    return bool({*_CUSTOMARY[_CUSTOMARY.index(needed.stage) + 1 :]} & {*entered})


def _stages_of(leaf: Leaf) -> Iterator[Needed]:
    """Yield the stages that a leaf counts, and that of its outcome."""
    if leaf.table in ("lead_stages", "lead_qualifications"):
        for condition in leaf.conditions:
            yield from (Needed(stage) for stage in _COUNTED.findall(repr(condition)))
        if isinstance(leaf, Cohort) and leaf.reached in _REACHED:
            yield _REACHED[leaf.reached]


def _process(data: Dataset) -> tuple[list[str], list[str]]:
    """Return the stages of leads that ``stages`` tells, and those that leads have entered."""
    told: list[str] = []
    if "stages" in data:
        stages = data.whole.table("stages")
        told = _named(stages.filter(stages.object == "lead"))
    return told, _named(data.whole.table("lead_history"))


def _named(rows: ir.Table) -> list[str]:
    """Return the stages of some rows."""
    found: list[str] = rows.select("stage").distinct().order_by("stage").to_pyarrow()[0].to_pylist()
    return found
