"""Requirements of a call: its tables are loaded, and a ``where`` could filter them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from revkit.errors import DimensionError, TableError

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def require_tables(data: Dataset, tables: Iterable[str], metric: str) -> None:
    """Refuse a call that needs a table which is not loaded.

    Raises
    ------
    TableError
        When one is not.
    """
    for needed in tables:
        if needed not in data:
            raise TableError.missing(needed, found=data.tables, needed_by=f"metrics.{metric}")


def require_reachable(data: Dataset, tables: Iterable[str], metric: str) -> None:
    """Refuse a call that needs a table which the ``where`` of the company could not filter.

    Raises
    ------
    DimensionError
        When the dimension of the ``where`` does not reach one.
    """
    unreached = data.unreached
    for needed in tables:
        if needed in unreached:
            raise DimensionError.unreached(
                needed, dimension=unreached[needed], needed_by=f"metrics.{metric}"
            )
