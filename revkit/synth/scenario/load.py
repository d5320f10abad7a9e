"""Load a scenario from YAML and validate it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from revkit.errors import ScenarioError
from revkit.synth.scenario.checks import check_blocks
from revkit.synth.scenario.effects import check_effects
from revkit.synth.scenario.model import Scenario
from revkit.synth.scenario.questions import check_questions

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FOLDER = Path(__file__).parent / "shipped"
Block = TypeVar("Block")


def scenario(name: str = "baseline") -> Scenario:
    """Load a shipped scenario by name, or one from a YAML file.

    Raises
    ------
    ScenarioError
        An unknown scenario; a key that is not one, or one that is missing; a value that cannot
        be, by itself or beside the others.
    """
    return shipped(name) if name in scenarios() else parse_scenario(name)


@cache
def shipped(name: str) -> Scenario:
    """Load a shipped scenario once; files of the user are read anew at each call."""
    return parse_scenario(name)


def parse_scenario(name: str) -> Scenario:
    """Read and validate a scenario."""
    whole = parse_block(Scenario, read_yaml(name), name)
    check_blocks(whole, name)
    check_effects(whole)
    check_questions(whole)
    return whole


def read_yaml(name: str, *above: Path) -> dict[str, Any]:
    """Read a scenario's YAML file, merged over the scenario that it is ``like``.

    A file that it is like is looked for beside it.
    """
    import yaml

    from revkit.yaml_files import load_yaml, yaml_problem

    path = FOLDER / f"{name}.yaml"
    if name.endswith((".yaml", ".yml")):
        path = above[-1].parent / name if above else Path(name)
    if not path.is_file():
        raise ScenarioError.unknown_value(name, where="scenario", known=scenarios())
    if path in above:
        raise ScenarioError.like_itself(name)
    try:
        given = load_yaml(path)
    except yaml.YAMLError as error:
        raise ScenarioError.not_yaml(name, problem=yaml_problem(error)) from None
    given = {**require_mapping(given, name)}
    base = given.pop("like", None)
    return given if base is None else merge_blocks(read_yaml(str(base), *above, path), given)


def merge_blocks(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Merge blocks key by key; a value that is no block is replaced, null leaves its key out."""
    merged = {**base}
    for key, value in given.items():
        if value is None:
            merged.pop(key, None)
            continue
        below = base.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            value = merge_blocks(below, value)
        merged[key] = value
    return merged


def scenarios() -> list[str]:
    """List the names of the shipped scenarios."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def require_mapping(values: Any, where: str) -> Mapping[Any, Any]:
    """Refuse anything but a mapping."""
    if not isinstance(values, Mapping):
        raise ScenarioError.wrong_value(
            where, "must be keys with values, a line each", repr(values)
        )
    return values


def parse_block(kind: type[Block], values: Any, where: str) -> Block:
    """Validate a block of a scenario and build the class that holds it."""
    names = {field.name.rstrip("_"): field for field in fields(kind)}  # type: ignore[arg-type]
    for key in require_mapping(values, where):
        if isinstance(key, bool):
            raise ScenarioError.yaml_key(where, key, known=names)
        if key not in names:
            raise ScenarioError.unknown(str(key), where=where, known=list(names))
    for key, field in names.items():
        if key not in values and field.default is field.default_factory is MISSING:
            raise ScenarioError.lacks_key(where, key, found=values)
    hints = get_type_hints(kind, include_extras=True)
    return kind(
        **{
            names[key].name: parse_value(given, hints[names[key].name], f"{where}: {key}")
            for key, given in values.items()
        }
    )


def parse_value(given: Any, kind: Any, where: str) -> Any:
    """Validate a value by its field's type: a block, a mapping or list of blocks, or a scalar."""
    inner = [of for of in get_args(kind) if isinstance(of, type) and is_dataclass(of)]
    if isinstance(kind, type) and is_dataclass(kind):
        return parse_block(kind, given, where)
    if inner and get_origin(kind) is Mapping:
        return {
            word: parse_block(inner[0], each, f"{where}: {word}")
            for word, each in require_mapping(given, where).items()
        }
    if inner and not isinstance(given, list):
        raise ScenarioError.wrong_value(where, "must be a list, a dash for each", repr(given))
    if inner:
        return tuple(
            parse_block(inner[0], each, f"{where}: {place}") for place, each in enumerate(given, 1)
        )
    return validate(given, kind, where)


def validate(given: Any, kind: Any, where: str) -> Any:
    """Validate a scalar or list against its type and bounds."""
    from pydantic import ValidationError

    try:
        return type_adapter(kind).validate_python(freeze(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "".join(f", number {at + 1}," for at in first["loc"] if isinstance(at, int))
        needed = first["msg"][max(first["msg"].find("should"), 0) :]
        raise ScenarioError.wrong_value(f"{where}{place}", needed, repr(first["input"])) from None


@cache
def type_adapter(kind: Any) -> TypeAdapter[Any]:
    """Build the strict validator of a type, which refuses a number in quotes."""
    from pydantic import ConfigDict, TypeAdapter

    return TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))


def freeze(value: Any) -> Any:
    """Turn lists into tuples, and dates that YAML parsed back into text."""
    if isinstance(value, list):
        return tuple(freeze(each) for each in value)
    return str(value) if isinstance(value, datetime.date) else value
