"""Check of the argument that most public functions share: the company they are asked of."""

from __future__ import annotations

from typing import Any

from revkit.arguments import of_kind
from revkit.dataset.dataset import Dataset
from revkit.errors import DimensionError


def company(data: Any, where: str) -> Dataset:
    """Return a Dataset, refusing anything else.

    Raises
    ------
    ParameterError
        When it is not a Dataset.
    """
    return of_kind(data, Dataset, "data", where, needed="a Dataset", example="rk.load(folder)")


def reached(data: Dataset, table: str, where: str) -> None:
    """Refuse a table that the ``where`` of the company could not narrow.

    Raises
    ------
    DimensionError
        When it could not.
    """
    if table in data.unreached:
        raise DimensionError.unreached(table, dimension=data.unreached[table], needed_by=where)
