"""JSON schema of mapping files, for editors: ``python -m revkit.sources.mapping.editor_schema``.

An editor with a YAML language server completes and checks a file that begins with
``# yaml-language-server: $schema=`` and the path or address of ``docs/mapping.schema.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from revkit.schema import TABLES, TableSchema
from revkit.sources.mapping.model import MappingFile
from revkit.sources.mapping.settings import TEXTS

FILE = Path(__file__).parents[3] / "docs" / "mapping.schema.json"
"""Where a checkout keeps the schema."""


def editor_schema() -> dict[str, Any]:
    """Return the JSON schema of mapping files, with the tables and columns of the schema.

    >>> sorted(editor_schema()["properties"]["tables"]["properties"])[:3]
    ['accounts', 'activities', 'campaigns']
    """
    schema = _shortened(MappingFile.model_json_schema())
    shared, properties = schema["$defs"], schema["properties"]
    part = shared.pop("TableMapping")
    shared["Column"] = part["properties"]["columns"]["additionalProperties"]
    del properties["file"]
    tables = sorted(TABLES.items())
    properties["tables"] = {
        "type": "object",
        "description": properties["tables"]["description"],
        "additionalProperties": False,
        "properties": {name: _one_or_more(f"#/$defs/{name}") for name, _ in tables},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mapping of revkit",
        "description": "Where the tables of a company come from, and how to read their columns.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {**shared, **{name: _part(table, part) for name, table in tables}},
    }


def _one_or_more(reference: str) -> dict[str, Any]:
    """Return the schema of a part of a table, or of a list of parts."""
    part = {"$ref": reference}
    return {"anyOf": [part, {"type": "array", "items": part, "minItems": 1}]}


def _part(table: TableSchema, part: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a part of a table."""
    column = {"$ref": "#/$defs/Column"}
    known = part["properties"]
    return {
        **part,
        "properties": {
            **known,
            "source": {**TEXTS, "description": known["source"]["description"]},
            "columns": {
                "type": "object",
                "description": known["columns"]["description"],
                "additionalProperties": column,
                "properties": {
                    name: {**column, "description": declared.type}
                    for name, declared in table.columns.items()
                },
            },
        },
    }


def _shortened(schema: Any) -> Any:
    """Return a schema without titles and empty defaults, which tell an editor nothing."""
    if isinstance(schema, list):
        return [_shortened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _shortened(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and not value)
    }


def main() -> None:
    """Write the schema."""
    text = json.dumps(editor_schema(), ensure_ascii=False, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
