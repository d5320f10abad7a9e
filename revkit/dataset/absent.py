"""Columns that were not loaded, asked for where a table is built: refused by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from revkit.schema import TABLES

if TYPE_CHECKING:
    from revkit.dataset.dataset import Dataset
    from revkit.errors import ColumnError

_NAMED = re.compile(r"(?:Column|attribute) '(\w+)'")
"""Pattern by which Ibis names a column that a table lacks."""


@contextmanager
def refused_by_name(data: Dataset, tables: Iterable[str]) -> Iterator[None]:
    """Refuse, as a formula does, a column of some tables that was not loaded.

    A column that may be absent and has no default, such as ``closed_on``, is in no table then, and
    Ibis says so of a query in words that name no table of the user's.

    Raises
    ------
    ColumnError
        When what is built asks for such a column.
    """
    from ibis.common.exceptions import IbisTypeError

    try:
        yield
    except (AttributeError, IbisTypeError) as error:
        absent = _absent(data, tables, str(error))
        if absent is None:
            raise
    else:
        return
    raise absent


def _absent(data: Dataset, tables: Iterable[str], said: str) -> ColumnError | None:
    """Return the error for the declared column that Ibis did not find; None for any other."""
    named = _NAMED.search(said)
    for table in tables:
        declared = TABLES[table].columns
        if named and table in data and named[1] in declared.keys() - data.columns(table):
            return data.lacks(table, named[1])
    return None
