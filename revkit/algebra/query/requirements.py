"""What a call must reach: the tables it needs are there, and a ``where`` could narrow them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from revkit.errors import DimensionError, TableError

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def must_have(data: Dataset, tables: Iterable[str], metric: str) -> None:
    """Refuse what needs a table that is not loaded.

    Raises
    ------
    TableError
        When one is not.
    """
    for needed in tables:
        if needed not in data:
            raise TableError.missing(needed, found=data.tables, needed_by=f"metrics.{metric}")


def must_reach(data: Dataset, tables: Iterable[str], metric: str) -> None:
    """Refuse a table that a ``where`` could not narrow.

    Raises
    ------
    DimensionError
        When the dimension asked for does not reach one.
    """
    for needed in tables:
        if needed in data.unreached:
            lacks, asking = data.unreached[needed], f"metrics.{metric}"
            raise DimensionError.unreached(needed, dimension=lacks, needed_by=asking)
