"""Parameters of a notebook: its parameters cell, read as text, and values checked against it."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, get_args, get_origin

from revkit.errors import ParameterError, PeriodError
from revkit.periods import PERIODS, day
from revkit.yaml_files import parse_texts, yaml_problem

GIVEN_OTHERWISE = {
    "data": "--data",
    "mapping": "--mapping",
    "where": "--where dimension=value",
    "as_of": "--as-of",
    "language": "--language",
}
DAYS = ("start", "end", "as_of")

_KINDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list, such as [a, b]",
    dict: "a mapping, such as {name: value}",
    type(None): "null",
}


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: ``horizon: int = 6  # months ahead``."""

    name: str
    type: Any
    default: Any
    help: str

    @property
    def needed(self) -> str:
        """The kinds of value it accepts, in words."""
        return " or ".join(_KINDS[get_origin(option) or option] for option in _options(self.type))


def parameters_of(notebook: Mapping[str, Any], name: str) -> dict[str, Parameter]:
    """Return the parameters of a notebook, in the order of its cell tagged ``parameters``.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook.
    name
        What messages call it.

    Raises
    ------
    ParameterError
        When a line of the cell is not ``name: type = literal  # help``.
    """
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            return _read(cell["source"], name)
    return {}


def _read(source: str, name: str) -> dict[str, Parameter]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    help_at = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokens
        if token.type == tokenize.COMMENT
    }
    found: dict[str, Parameter] = {}
    for line in ast.parse(source).body:
        try:
            if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
                raise ValueError
            kind = _type(line.annotation)
            default = ast.literal_eval(line.value) if line.value is not None else None
        except ValueError:
            raise ParameterError.not_declared(ast.unparse(line), where=name) from None
        words = help_at.get(line.end_lineno or line.lineno, "")
        found[line.target.id] = Parameter(line.target.id, kind, default, words)
    return found


def _type(annotation: ast.expr) -> Any:
    """The type an annotation spells: the plain ones, lists and mappings of them, and ``|``."""
    plain: dict[str, Any] = {kind.__name__: kind for kind in _KINDS if kind is not type(None)}
    match annotation:
        case ast.Constant(value=None):
            return type(None)
        case ast.Name(id=word) if word in plain:
            return plain[word]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _type(left) | _type(right)
        case ast.Subscript(value=ast.Name(id=word), slice=ast.Tuple(elts=inner)) if word in plain:
            return plain[word][tuple(_type(one) for one in inner)]
        case ast.Subscript(value=ast.Name(id=word), slice=inner) if word in plain:
            return plain[word][_type(inner)]
    raise ValueError


def _options(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)


def settings(texts: Sequence[str]) -> dict[str, str]:
    """Split ``name=value`` as given on a command line.

    >>> settings(["period=quarter"])
    {'period': 'quarter'}
    """
    pairs = [text.partition("=") for text in texts]
    for name, equals, _ in pairs:
        if not equals or not name.strip():
            raise ParameterError.no_pair(name, option="--set", example="period=quarter")
    return {name.strip(): value.strip() for name, _, value in pairs}


def filters(texts: Sequence[str]) -> dict[str, str | list[str]]:
    """Split ``dimension=value``; a dimension given twice takes either value.

    >>> filters(["segment=SMB", "country=IT", "country=DE"])
    {'segment': 'SMB', 'country': ['IT', 'DE']}
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        dimension, equals, value = text.partition("=")
        if not equals or not dimension.strip():
            raise ParameterError.no_pair(text, option="--where", example="segment=SMB")
        found.setdefault(dimension.strip(), []).append(value.strip())
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def check(
    given: Mapping[str, str], notebooks: Mapping[str, Mapping[str, Parameter]]
) -> dict[str, dict[str, Any]]:
    """Turn the texts of ``--set`` into the values each notebook is run with.

    Parameters
    ----------
    given
        Parameter to text.
    notebooks
        Notebook name to its parameters.

    Returns
    -------
    dict
        Notebook name to the given parameters that it takes, of the declared types.

    Raises
    ------
    ParameterError
        When no notebook takes a parameter, or a value is not of its type.
    PeriodError
        When a date is no day of the calendar, or a range ends before it starts.
    """
    for name in given:
        if name in GIVEN_OTHERWISE:
            raise ParameterError.given_otherwise(name, option=GIVEN_OTHERWISE[name])
        if not any(name in takes for takes in notebooks.values()):
            known = dict.fromkeys(word for takes in notebooks.values() for word in takes)
            raise ParameterError.not_taken(
                name,
                notebooks=list(notebooks),
                known=[word for word in known if word not in GIVEN_OTHERWISE],
            )
    return {
        notebook: {
            name: _value(takes[name], text, notebook)
            for name, text in given.items()
            if name in takes
        }
        for notebook, takes in notebooks.items()
    }


def _value(parameter: Parameter, text: str, notebook: str) -> Any:
    from pydantic import TypeAdapter, ValidationError

    try:
        value = TypeAdapter(parameter.type).validate_python(_spelt(parameter, text))
    except ValidationError:
        raise ParameterError.wrong_kind(
            parameter.name,
            text,
            where=notebook,
            needed=parameter.needed,
            help=parameter.help,
            example=parameter.default,
        ) from None
    if parameter.name in DAYS and value is not None:
        day(value, name=parameter.name)
    if parameter.name == "period" and value is not None and value not in PERIODS:
        raise PeriodError.unknown(value, known=PERIODS)
    return value


def _spelt(parameter: Parameter, text: str) -> Any:
    """The text as YAML would nest it, every scalar left as it was typed: 007 stays 007.

    Brackets and braces mean a list or a mapping where the parameter takes one, else themselves.
    """
    import yaml

    options = _options(parameter.type)
    if text in ("null", "None", "") and type(None) in options:
        return None
    kind = {"[": list, "{": dict}.get(text[:1])
    if any(kind is (get_origin(option) or option) for option in options):
        try:
            nested = parse_texts(text)
        except yaml.YAMLError as error:
            if str in options:
                return text
            raise ParameterError.not_nested(
                parameter.name, needed=parameter.needed, problem=yaml_problem(error)
            ) from None
        return nested if isinstance(nested, kind or ()) else text
    return text
