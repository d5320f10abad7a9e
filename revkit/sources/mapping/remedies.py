"""Remedies for rows that break a rule, where the mapping already has the usual line for it."""

from __future__ import annotations

from collections.abc import Iterator

from revkit.dataset.validation.dates import order_name
from revkit.schema import TABLES, TableSchema
from revkit.sources.mapping.model import ColumnMapping, MappingFile


def remedies_of(mapping: MappingFile) -> dict[str, str]:
    """Return, by ``table.rule``, what the settings of a mapping leave to do about its rows."""
    return {
        f"{name}.{rule}": remedy
        for name, parts in mapping.tables.items()
        for part in parts
        for rule, remedy in _remedies(mapping, TABLES[name], dict(part.origins()))
    }


def _remedies(
    mapping: MappingFile, table: TableSchema, origins: dict[str, ColumnMapping]
) -> Iterator[tuple[str, str]]:
    """Yield rules of a table, each with what to do about its rows."""
    for name, origin in origins.items():
        share = name in table.columns and table.columns[name].type == "share"
        if share and (said := _scaled(origin)):
            yield f"{name}_out_of_range", f"The mapping reads {_theirs(origin)} with {said}."
    for start, end in table.order:
        moved = [name for name in (start, end) if name in origins]
        moved = [name for name in moved if _zone(mapping, origins[name]) is not None]
        if moved and "date" in (table.columns[start].type, table.columns[end].type):
            yield order_name(start, end), _other_zone(mapping, {one: origins[one] for one in moved})


def _scaled(origin: ColumnMapping) -> str:
    """Return the setting by which a share is read, and what is left to do; empty without one."""
    if origin.percent:
        return "percent: true already, so that 150 is 1.5. Correct what is below 0 or above 100"
    if origin.scale is not None:
        return f"scale: {origin.scale:g}. Correct the scale, or the values"
    return ""


def _other_zone(mapping: MappingFile, origins: dict[str, ColumnMapping]) -> str:
    """Return what to do about days in the wrong order, of which some are those of moments."""
    columns = " or ".join(dict.fromkeys(_theirs(one) for one in origins.values()))
    zones = " and ".join(dict.fromkeys(str(_zone(mapping, one)) for one in origins.values()))
    own = [
        f"{name}: {{from: {_theirs(one)}, {_epoch(one)}zone: America/New_York}}"
        for name, one in origins.items()
        if one.zone or one.epoch
    ]
    line = ", ".join(own) or "zone: America/New_York"
    where = ""
    if mapping.vendor is not None:
        where = f", in a YAML file that begins with vendor: {mapping.vendor}"
    return (
        f"Where they are one day apart and {columns} is a moment, the mapping takes its day in "
        f"{zones}, which begins earlier or later than the company's. Say in which zone the company "
        f"counts its days: {line}{where}. Else swap or correct them."
    )


def _zone(mapping: MappingFile, origin: ColumnMapping) -> str | None:
    """Return the zone in which the moments of a column become days; None where none may."""
    if origin.constant is not None:
        return None
    return origin.zone or mapping.zone or ("UTC" if origin.epoch in ("s", "ms") else None)


def _epoch(origin: ColumnMapping) -> str:
    """Return the setting of a column that stays beside its zone."""
    return f"epoch: {origin.epoch}, " if origin.epoch else ""


def _theirs(origin: ColumnMapping) -> str:
    """Return the first column of the file that a column is read from."""
    return next((str(leaf.from_) for leaf in origin.leaves() if leaf.from_), "it")
