"""Rows of several tables as one, by the union of their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from revkit.dataset.columns import fold
from revkit.dataset.validation.reading import NO, YES
from revkit.errors import SourceError

if TYPE_CHECKING:
    import ibis.expr.types as ir

_VALUE = re.compile(r"[^\w]*\d[\d\s.,:/_TZ%€$£+-]*", re.IGNORECASE)
"""A number, amount, day or moment."""


def check_parts(paths: Sequence[object], headers: Sequence[Sequence[str]]) -> None:
    """Refuse a part of a table whose columns are not those of the first part.

    Its first row was read as its header: a file cut into pieces has one in the first alone.

    Raises
    ------
    SourceError
        When a part shares no column with the first, or most of its columns are values.
    """
    ours = {fold(name) for name in headers[0]} - {""}
    for path, header in zip(paths[1:], headers[1:], strict=True):
        others = [name for name in header if fold(name) not in ours]
        if len(others) < len(header) and not _are_values(others, len(header)):
            continue
        if _are_values(headers[0], len(headers[0])):
            raise SourceError.headless(str(paths[0]), row=headers[0], beside=str(path))
        if _are_values(others, len(header)):
            raise SourceError.headless(str(path), row=header, beside=str(paths[0]))
        raise SourceError.other_columns(str(path), columns=header, beside=str(paths[0]))


def _are_values(names: Sequence[str], width: int) -> bool:
    """Return whether names are values rather, at least half as many as there are columns.

    >>> _are_values(["2", "A", "2025-01-05", "true", "1.000,50 €"], 5)
    True
    >>> _are_values(["id", "2024", "q1 2025", "amount"], 4)
    False
    """
    words = {*YES, *NO} - {"y", "n"}
    values = [one for one in names if _VALUE.fullmatch(one.strip()) or one.strip().lower() in words]
    return bool(values) and len(values) * 2 >= width


def united(parts: Sequence[ir.Table]) -> ir.Table:
    """Return the rows of several tables; a column that one lacks is null there."""
    if len(parts) == 1:
        return parts[0]
    import ibis

    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    types = {name: [part[name].type() for part in parts if name in part.columns] for name in names}
    shared = {
        # columns of the user's own may differ in type from file to file
        name: kinds[0] if all(kind == kinds[0] for kind in kinds) else "string"
        for name, kinds in types.items()
    }
    alike = [
        part.select(
            **{
                name: part[name].cast(kind) if name in part.columns else ibis.null(kind)
                for name, kind in shared.items()
            }
        )
        for part in parts
    ]
    return ibis.union(*alike, distinct=False)
