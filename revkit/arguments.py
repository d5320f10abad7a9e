"""Checks of the arguments of public functions: each refused in one sentence, before anything runs.

Every check takes the value, the name of its parameter and the call it was given to, and returns
the value as it is used.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from numbers import Integral, Real
from typing import Any, TypeVar

from revkit.errors import FormulaError, ParameterError

Kind = TypeVar("Kind")


def whole(
    value: Any, name: str, where: str, *, least: int = 1, most: int | None = None,
    what: str = "number", example: int = 6,
) -> int:  # fmt: skip
    """Return a whole number; a truth value, a fraction or text is refused.

    Examples
    --------
    >>> whole(6, "horizon", "rk.forecast", what="number of months")
    6
    """
    if _counts(value) and value >= least and (most is None or value <= most):
        return int(value)
    span = f"{least} or more" if most is None else f"{least} to {most}"
    raise ParameterError.unfit(
        name, value, where=where, needed=f"a whole {what}, {span}", example=repr(example)
    )


def fraction(value: Any, name: str, where: str, *, example: float = 0.95) -> float:
    """Return a number between 0 and 1, both excluded.

    Examples
    --------
    >>> fraction(0.8, "level", "rk.forecast")
    0.8
    """
    if _measures(value) and 0 < value < 1:
        return float(value)
    needed = "a number between 0 and 1"
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=repr(example))


def number(value: Any, name: str, where: str, *, example: float) -> float:
    """Return a finite number."""
    if _measures(value) and math.isfinite(value):
        return float(value)
    needed = "a finite number"
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=repr(example))


def positive(value: Any, name: str, where: str, *, example: float) -> float:
    """Return a finite number above 0."""
    if _measures(value) and math.isfinite(value) and value > 0:
        return float(value)
    needed = "a finite number above 0"
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=repr(example))


def text(value: Any, name: str, where: str, *, example: str) -> str:
    """Return a text that is not empty."""
    if isinstance(value, str) and value.strip():
        return value
    raise ParameterError.unfit(name, value, where=where, needed="a text", example=repr(example))


def flag(value: Any, name: str, where: str) -> bool:
    """Return a truth value."""
    if isinstance(value, bool):
        return value
    raise ParameterError.unfit(name, value, where=where, needed="True or False", example="True")


def names(value: Any, name: str, where: str, *, example: str) -> list[str]:
    """Return names as a list, of one name or of several.

    Examples
    --------
    >>> names("segment", "by", "rk.bridge", example="segment")
    ['segment']
    """
    given = [value] if isinstance(value, str) else value
    if isinstance(given, Iterable) and not isinstance(given, Mapping | bytes):
        found = list(given)
        if all(isinstance(one, str) and one.strip() for one in found):
            return found
    needed = "a name or a list of names"
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=repr(example))


def dimensions(value: Any, where: str) -> list[str]:
    """Return the dimensions of a call's ``by`` as a list; none of None.

    Examples
    --------
    >>> dimensions(None, "rk.funnel"), dimensions("segment", "rk.funnel")
    ([], ['segment'])
    """
    return [] if value is None else names(value, "by", where, example="segment")


def several(
    value: Any, name: str, where: str, *, example: str, needed: str = "a list"
) -> list[Any]:
    """Return what a list or another container of several values holds; a text is none."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return list(value)
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=example)


def mapping(value: Any, name: str, where: str, *, needed: str, example: str) -> Mapping[Any, Any]:
    """Return a mapping, such as a dict."""
    if isinstance(value, Mapping):
        return value
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=example)


def choice(value: Any, name: str, where: str, *, known: Collection[str]) -> str:
    """Return a text that is one of several."""
    if isinstance(value, str) and value in known:
        return value
    raise ParameterError.unfit(
        name, value, where=where, needed=f"one of {', '.join(map(repr, known))}",
        example=repr(next(iter(known), None)),
    )  # fmt: skip


def of_kind(
    value: Any, kind: type[Kind] | tuple[type[Kind], ...], name: str, where: str, *,
    needed: str, example: str,
) -> Kind:  # fmt: skip
    """Return a value of a class, such as a company or a table."""
    if isinstance(value, kind):
        return value
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=example)


OF_SEVERAL = frozenset({"metric", "direction", "trend"})
"""Columns of a scorecard, whose rows are each of a metric of its own."""


def result(value: Any, name: str, where: str, *, columns: Collection[str], source: str) -> Any:
    """Return a table with the columns that some function's result has.

    Parameters
    ----------
    columns
        What it must have.
    source
        The call that makes such a table.
    """
    if hasattr(value, "columns") and hasattr(value, "attrs"):
        missing = [column for column in columns if column not in value.columns]
        if {*value.columns} >= OF_SEVERAL:
            raise ParameterError.several_metrics(name, where=where, source=source)
        if not missing:
            return value
        raise ParameterError.no_result(name, missing, where=where, source=source)
    needed = f"the table that {source} returns"
    raise ParameterError.unfit(name, value, where=where, needed=needed, example=source)


def option(value: Any, name: str, where: str, *, annotation: str, default: Any) -> Any:
    """Return an option of a metric, checked by its declared type, or by that of its default.

    ``int`` must be 0 or more. What is declared as anything else is taken as it is.
    """
    kinds = {part.strip() for part in str(annotation).split("|")}
    if value is None and (default is None or "None" in kinds):
        return value
    if "int" in kinds or type(default) is int:
        if name == "within" and _counts(value) and value < 0:
            raise FormulaError.negative_window(value)
        return whole(value, name, where, least=0, example=default or 30)
    if "float" in kinds or type(default) is float:
        return number(value, name, where, example=default or 0.5)
    if "bool" in kinds or type(default) is bool:
        return flag(value, name, where)
    if "str" in kinds or type(default) is str:
        return text(value, name, where, example=default or "x")
    return value


def _counts(value: Any) -> bool:
    """Report whether a value is a whole number, of Python or of NumPy; True is none."""
    return value is not True and value is not False and isinstance(value, Integral)


def _measures(value: Any) -> bool:
    """Report whether a value is a number, of Python or of NumPy; True is none."""
    return value is not True and value is not False and isinstance(value, Real)
