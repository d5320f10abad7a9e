"""The registry of metrics, and the decorator that defines one and enters it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from revkit.algebra.definition import Better, Definition, Made, Owner, Unit
from revkit.algebra.metric import Metric
from revkit.errors import FormulaError

METRICS: dict[str, Metric] = {}
"""Every metric defined so far by its name; the catalogue makes sure the kit's own are there."""


def metric(
    *,
    title: str,
    owner: Owner,
    unit: Unit,
    better: Better,
    title_it: str = "",
    rows: str | None = None,
    trailing: int = 1,
    kind: Made = "formula",
    formula: str = "",
    sampled: bool = True,
    company_wide: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Metric]:
    """Define a metric from its formula and register it for the catalogue.

    Parameters
    ----------
    title, title_it
        Its name for readers, in English and Italian; without the second, the first.
    owner
        SalesOps, RevOps or both.
    unit
        share, ratio, count, money, money/month, money/day, days, minutes, months or points.
    better
        higher, lower or neither.
    rows
        A dimension that is always in the result.
    trailing
        Periods of its window where the call does not say.
    kind, formula, sampled
        ``kind="table"`` for what no formula can say: a function of the call and the tables that
        returns the values by group and period; ``formula`` then says in words what it computes,
        ``sampled`` whether it has an interval.
    company_wide
        Tables that such a function takes whole, whatever the company is narrowed to.

    Returns
    -------
    Metric
        In place of the function, whose positional parameters name tables and whose
        keyword-only ones are options.

    Raises
    ------
    ParameterError
        When owner, unit, better or kind is none of the choices.
    FormulaError
        When another module has defined a metric of that name.
    """

    def define(function: Callable[..., Any]) -> Metric:
        definition = Definition(
            function=function, title=title, title_it=title_it, owner=owner, unit=unit,
            better=better, rows=rows, trailing=trailing, kind=kind, formula_in_words=formula,
            sampled=sampled, company_wide=company_wide,
        )  # fmt: skip
        former = METRICS.get(definition.name)
        if former is not None and former.module != definition.module:
            raise FormulaError.twice(definition.name, module=former.module)
        METRICS[definition.name] = made = Metric(definition)
        return made

    return define
