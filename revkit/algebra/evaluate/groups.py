"""The groups of a call, one per row of a frame: sorted, labelled, and found again for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.algebra.query.batch import NO_GROUP
from revkit.algebra.query.grouping import GROUP_ORDER
from revkit.dimensions import MISSING

if TYPE_CHECKING:
    from numpy.typing import NDArray


def group_positions(rows: pd.DataFrame, groups: pd.DataFrame) -> NDArray[np.int64]:
    """Return the position, among groups, of the group of each row; -1 where it is none of them."""
    if not len(groups.columns) or not len(rows):
        return np.zeros(len(rows), dtype=np.int64)
    places = pd.MultiIndex.from_frame(groups).get_indexer(pd.MultiIndex.from_frame(rows))
    return np.asarray(places, dtype=np.int64)


def label_groups(groups: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return groups with the column names the caller used, and missing values as text."""
    named = groups.replace(NO_GROUP, MISSING)
    named.columns = pd.Index(list(by))
    return named


def sort_groups(groups: pd.DataFrame) -> pd.DataFrame:
    """Sort groups: bands of tenure and size by their order, others as text, missing values last."""
    names = list(groups.columns)
    return groups.sort_values(names, key=_sort_key, kind="stable", ignore_index=True)


def _sort_key(column: pd.Series) -> pd.Series:
    """Return the order of a column of bands; any other column as it is."""
    places = column.map({**GROUP_ORDER, NO_GROUP: len(GROUP_ORDER)})
    return column if places.isna().any() else places
