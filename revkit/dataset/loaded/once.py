"""Text read once: a table's file parsed into the engine, so that no rule reads it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation.reading import Reading

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BAD, _GROUPED = "__bad", "__grouped_"


def read_once(
    raw: ir.Table, readings: Mapping[str, Reading], copied: Callable[[ir.Table], ir.Table]
) -> ir.Table | None:
    """Return a table with its values read, copied in one pass; None where one cannot be read.

    Parameters
    ----------
    readings
        The columns of the schema, read as their declared types; others are copied as they are.
    copied
        Copies rows into the engine.
    """
    values = {name: readings[name].value if name in readings else raw[name] for name in raw.columns}
    bad = [reading.bad for reading in readings.values() if reading.bad is not None]
    flags: dict[str, Any] = {_BAD: reduce(or_, bad).fill_null(False)} if bad else {}
    for name, reading in readings.items():
        if reading.grouped is not None:
            flags[_GROUPED + name] = reading.grouped
    table = copied(raw.select(**values, **flags))
    if not flags:
        return table
    sums = {f"some{name}": table[name].any() for name in flags}
    sums |= {f"others{name}": (~table[name]).any() for name in flags if name != _BAD}
    found = table.aggregate(**sums).to_pyarrow().to_pylist()[0]
    wrong = [
        name for name in flags if found[f"some{name}"] and not found.get(f"others{name}", False)
    ]
    if not wrong:
        return table.drop(*flags)
    place = table.op()
    table.get_backend().drop_table(
        place.name, database=(place.namespace.catalog, place.namespace.database)
    )
    return None
