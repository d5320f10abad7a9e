"""Check of the argument that most public functions share: the company they are asked of."""

from __future__ import annotations

from typing import Any

from revkit.arguments import of_kind
from revkit.dataset.dataset import Dataset


def company(data: Any, where: str) -> Dataset:
    """Return a Dataset, refusing anything else.

    Raises
    ------
    ParameterError
        When it is not a Dataset.
    """
    return of_kind(data, Dataset, "data", where, needed="a Dataset", example="rk.load(folder)")
