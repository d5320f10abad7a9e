"""The registry of metrics, and the decorator that defines a metric and registers it."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

from revkit.algebra.definition import Better, DefinedBy, Definition, Owner, Unit
from revkit.algebra.metric import Metric
from revkit.algebra.planned import NAMES
from revkit.errors import FormulaError

METRICS: dict[str, Metric] = {}
"""Every metric defined so far, by its name. :mod:`revkit.catalogue` makes sure that those of
:mod:`revkit.metrics` are among them."""


class Metrics(ModuleType):
    """A package whose attributes are the metrics defined so far, before its own modules."""

    def __getattribute__(self, name: str) -> Any:
        made = METRICS.get(name)
        return super().__getattribute__(name) if made is None else made

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *METRICS})


def metric(
    *,
    title: str,
    owner: Owner,
    unit: Unit,
    better: Better,
    title_it: str = "",
    rows: str | None = None,
    trailing: int = 1,
    kind: DefinedBy = "formula",
    formula: str = "",
    sampled: bool = True,
    company_wide: tuple[str, ...] = (),
    noun: str = "",
    percent: bool = False,
    least: float = -math.inf,
    most: float = math.inf,
    ahead: bool = False,
) -> Callable[[Callable[..., Any]], Metric]:
    """Define a metric from its formula and register it for the catalogue.

    Parameters
    ----------
    title, title_it
        Its name for readers, in English and Italian; ``title_it`` defaults to ``title``.
    owner
        Who watches it: SalesOps, RevOps or both.
    unit
        share, ratio, count, money, money/month, money/day, days, hours, minutes, months or points.
        A share is 0 to 1, and its interval stays there.
    better
        higher, lower or neither.
    rows
        A dimension by which every result is grouped, whatever ``by`` says.
    trailing
        The months in its window where a call names none: 3 is three months, or a quarter; a year
        is a window by itself.
    kind
        "formula", or "table" for a value that no formula can express: the function then takes
        the call and the tables, and returns values by group and period.
    formula
        With ``kind="table"``, the computation in words.
    sampled
        With ``kind="table"``, whether its values have an interval.
    company_wide
        With ``kind="table"``, tables it reads whole, whatever the ``where`` of the company.
    noun
        What ``n`` counts, as sentences say it: deals. Without it, after the first table.
    percent
        Whether a ratio is written in percent, though nothing holds it below one.
    least, most
        The range of values that are possible, where the unit does not say it: a growth rate is -1
        or more. Intervals end there.
    ahead
        It reads planned dates, so that ``end`` may lie after the company's date.

    Returns
    -------
    Metric
        It replaces the function, whose positional parameters are the names of its tables and
        whose keyword-only ones are its options.

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
            sampled=sampled, company_wide=company_wide, noun=noun, percent=percent, least=least,
            most=most, ahead=ahead,
        )  # fmt: skip
        former = METRICS.get(definition.name)
        if former is not None and former.module != definition.module:
            raise FormulaError.twice(definition.name, module=former.module)
        METRICS[definition.name] = registered = Metric(definition)
        NAMES.add(definition.name)
        return registered

    return define
