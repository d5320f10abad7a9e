"""Reading of a mapping file: strict YAML, known keys, values of their types."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from revkit.errors import MappingError, SourceError
from revkit.schema import TABLES
from revkit.sources.files import existing
from revkit.sources.mapping.clauses import Found, Lookup, Pivot, Rows, Split, StrictModel
from revkit.sources.mapping.model import ColumnMapping, MappingFile, TableMapping
from revkit.yaml_files import load_yaml, yaml_problem

# By key, the part of a mapping that stands below it.
_WITHIN: dict[str, type[StrictModel]] = {
    "lookup": Lookup, "rows": Rows, "pivot": Pivot, "split": Split,
}  # fmt: skip
# What pydantic adds to the place of a problem: the types of which a value may be one.
_BRANCHES = {"str", "Condition", "ColumnMapping", "Except", "Within", "Without", "After", "Per",
             "bool", "int", "float", "date", "datetime", "none"}  # fmt: skip


def read_mapping(path: str | Path) -> MappingFile:
    """Read and check a mapping file that stands alone.

    Raises
    ------
    SourceError
        When there is no such file.
    MappingError
        When it is not YAML, or has unknown keys or invalid values.
    """
    return checked(*read_content(path))


def read_content(path: str | Path) -> tuple[dict[str, Any], str]:
    """Read the keys and values of a mapping file; return them and its name.

    Raises
    ------
    SourceError
        When there is no such file.
    MappingError
        When it is not YAML, or has a key that is no text.
    """
    remedy = (
        "Give the path of a YAML file that says which file and column is which, or a vendor: "
        "salesforce, hubspot, stripe, chargebee, pipedrive."
    )
    file = existing(path, what="mapping file", remedy=remedy)
    if not file.is_file():
        raise SourceError.not_regular(str(path))
    try:
        content = load_yaml(file)
    except yaml.YAMLError as error:
        raise MappingError.unreadable(file.name, problem=yaml_problem(error)) from None
    if not isinstance(content, dict):
        raise MappingError.wrong(file.name, place="the file", problem="it must begin with tables:")
    _check_keys(content, file.name, "the file")
    if "file" in content:
        raise MappingError.unknown(
            "file", file=file.name, place="the file", known=_keys(MappingFile)
        )
    return content, file.name


def checked(content: dict[str, Any], file: str) -> MappingFile:
    """Return the mapping that a file holds, checked.

    Raises
    ------
    MappingError
        When it has unknown keys or invalid values.
    """
    try:
        mapping = MappingFile(file=file, **content)
    except ValidationError as error:
        raise _explained(error, file) from None
    for table, parts in mapping.tables.items():
        for part in parts:
            _check_table(table, part, file)
    return mapping


def _check_table(table: str, part: TableMapping, file: str) -> None:
    """Refuse a table or column of another name, and settings that do not fit its type."""
    if table not in TABLES:
        raise MappingError.unknown(table, file=file, place="tables", known=TABLES)
    columns = TABLES[table].columns
    for name in part.columns:
        if name not in columns and get_close_matches(name, columns, n=1, cutoff=0.8):
            raise MappingError.unknown(name, file=file, place=table, known=columns)
    try:
        part.check(table)
    except ValueError as error:
        problem, column = error.args
        place = f"{table}.{column}" if column else table
        raise MappingError.wrong(file, place=place, problem=problem) from None


def _check_keys(part: Any, file: str, place: str) -> None:
    """Refuse keys that YAML reads as something else than text, such as ``on`` or ``no``."""
    if isinstance(part, dict):
        for key, value in part.items():
            if not isinstance(key, str):
                raise MappingError.not_text(file, place=place, key=key)
            _check_keys(value, file, key)


def _keys(model: type[StrictModel]) -> list[str]:
    """Return the keys that a part of the file may have."""
    names = [field.alias or name for name, field in model.model_fields.items()]
    return [name for name in names if model is not MappingFile or name != "file"]


def _is_branch(part: str) -> bool:
    """Return whether a part of a problem's place is a type that pydantic tried there."""
    return part in _BRANCHES or part.startswith(("function-after[", "dict[", "tuple["))


def _explained(error: ValidationError, file: str) -> MappingError:
    """Return the error for the first problem that pydantic found."""
    found = [problem for problem in error.errors() if "str" not in problem["loc"]]
    # of the types that a value may be, the one that goes on furthest is meant
    unknown = sorted(
        (p for p in found if p["type"] == "extra_forbidden"), key=lambda p: -len(p["loc"])
    )
    first = (unknown or found or error.errors())[0]
    loc = [part for part in first["loc"] if isinstance(part, str) and not _is_branch(part)]
    *place, last = loc or [""]
    where = ".".join(place) or "the file"
    if first["type"] == "extra_forbidden":
        models: dict[int, type[StrictModel]] = {0: MappingFile, 2: TableMapping}
        model = _WITHIN.get(place[-1] if place else "") or models.get(len(place), ColumnMapping)
        known = _keys(model)
        if "where" in place:
            within = place[-1] in ("in", "not_in")
            known = _keys(Found) if within else ["not", "in", "not_in", "after"]
        return MappingError.unknown(last, file=file, place=where, known=known)
    if first["type"] == "missing":
        return MappingError.wrong(file, place=where, problem=f"it needs {last}:")
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] in ("too_short", "string_too_short"):
        message = "it is empty"
    elif "where" in loc and "Value error" not in first["msg"]:
        message = "it takes a column of yes and no, or values by column: {Type: [new, renewal]}"
    asks_text = first["type"] in ("string_type", "model_type")
    if asks_text and isinstance(first["input"], bool | int | float | date):
        message = f"YAML reads it as {first['input']}, not as text: put it in quotes"
    return MappingError.wrong(file, place=".".join([*place, last]) or where, problem=message)
