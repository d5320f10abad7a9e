"""Rehearsal: what a notebook will ask with the parameters given, checked before anything runs.

A notebook's code is read, not run. Its calls of metrics are planned with the parameters that they
name, and parameters with a known meaning are held to it, without a query.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.errors import ColumnError, FormulaError, RevkitError, TableError

if TYPE_CHECKING:
    from revkit.dataset import Dataset

_UNKNOWN = object()
ASKED = ("by", "period", "start", "end")
"""Parameters that a call of a metric takes under the same name."""


def rehearse(
    notebook: Any,
    parameters: Mapping[str, Any],
    given: Collection[str],
    defaults: Mapping[str, Any],
    data: Dataset,
) -> None:
    """Refuse parameters with which a notebook could not be run to its end.

    Parameters
    ----------
    notebook
        Without the cells that the company cannot fill.
    parameters
        The values it is run with.
    given
        Names of those that are not the notebook's own.
    defaults
        The notebook's own.

    Raises
    ------
    RevkitError
        What the first call with an unfit parameter would raise.
    """
    for name in given:
        if name in MEANINGS and name in defaults and not _fails(MEANINGS[name], defaults[name]):
            MEANINGS[name](parameters[name])
    for tree in _code(notebook):
        for call in _calls(tree):
            _rehearse_call(call, parameters, given, data)
    if "metric" in parameters and {"metric", "by"} & set(given):
        asked = {name: parameters[name] for name in ASKED if parameters.get(name) is not None}
        _plan(str(parameters["metric"]), asked, data)


def _horizon(value: Any) -> None:
    check.whole(value, "horizon", "the report", what="number of months")


def _level(value: Any) -> None:
    check.fraction(value, "level", "the report", example=0.8)


def _past(value: Any) -> None:
    check.whole(value, "past", "the report", what="number of months", example=36)


def _metric(value: Any) -> None:
    from revkit.catalogue import known

    if value not in known():
        raise FormulaError.unknown(value, known=known())


def _policies(value: Any) -> None:
    from revkit.policy import Policy

    for name in value:
        Policy.of(name)


MEANINGS: Mapping[str, Callable[[Any], None]] = {
    "horizon": _horizon,
    "level": _level,
    "past": _past,
    "metric": _metric,
    "policies": _policies,
}
"""By parameter, the check of what it means wherever the notebook's own value passes it."""


def _fails(meaning: Callable[[Any], None], value: Any) -> bool:
    try:
        meaning(value)
    except (RevkitError, TypeError):
        return True
    return False


def _rehearse_call(
    call: ast.Call, parameters: Mapping[str, Any], given: Collection[str], data: Dataset
) -> None:
    """Check a call of a metric, or of rk.reconcile, that takes a given parameter."""
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    if not names & set(given):
        return
    match call.func:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(), attr="metrics"), attr=name):
            asked = {word.arg: _value(word.value, parameters) for word in call.keywords if word.arg}
            known = {word: value for word, value in asked.items() if value is not _UNKNOWN}
            if "by" not in asked or known.get("by") is not None:  # else the page chooses one
                _plan(name, known, data)
        case ast.Attribute(value=ast.Name(id="rk"), attr="reconcile"):
            from revkit.analysis.reconciliation.reconcile import reconcilable

            values = [_value(argument, parameters) for argument in call.args[1:3]]
            if _UNKNOWN not in values and len(values) == 2:
                reconcilable(*values)


def _plan(name: str, asked: dict[str, Any], data: Dataset) -> None:
    """Plan a call; what the company lacks is said on the page."""
    from revkit.catalogue import find, known

    if name not in known():
        return
    try:
        find(name).plan(data, asked).queries()
    except (TableError, ColumnError):
        return


def _value(node: ast.expr, parameters: Mapping[str, Any]) -> Any:
    """Return the value of an argument: a parameter's, a literal's, or unknown."""
    if isinstance(node, ast.Name):
        return parameters.get(node.id, _UNKNOWN)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return _UNKNOWN


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _code(notebook: Any) -> Iterator[ast.Module]:
    """Yield the code of each cell; one with magics is left to its run."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", []):
            try:
                yield ast.parse(cell.source)
            except SyntaxError:
                continue
