"""The groups of a call, one per row of a frame: sorted, labelled, and found again for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.algebra.formula.nodes import Share
from revkit.algebra.query.batch import NO_GROUP
from revkit.algebra.query.grouping import GROUP_ORDER
from revkit.dimensions import MISSING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.definition import Definition


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


def drop_empty_groups(definition: Definition, frame: pd.DataFrame) -> pd.DataFrame:
    """Drop the groups of a metric's own dimension (``rows=``) that are empty in every period.

    Sums keep all groups, since their empty value is 0. A rate of 0 is not empty, nor is a value
    that is still unknown although rows are there.
    """
    if not definition.rows or "value" not in frame or definition.additive:
        return frame
    groups = list(frame.columns[: frame.columns.get_loc("value")].drop("period", "ignore"))
    here = [name for name in groups if frame[name].dtype != float]
    if definition.kind != "table" and isinstance(definition.formula(), Share):
        filled = frame["value"] > 0
    else:
        filled = frame["value"].notna()
        if "n" in frame:
            filled |= (frame["n"] > 0).fillna(False).astype(bool)
    seen = filled.groupby([frame[name] for name in here], sort=False).transform("any")
    kept = frame[seen].reset_index(drop=True)
    kept.attrs = frame.attrs
    return kept


def _sort_key(column: pd.Series) -> pd.Series:
    """Return the order of a column of bands; any other column as it is."""
    places = column.map({**GROUP_ORDER, NO_GROUP: len(GROUP_ORDER)})
    return column if places.isna().any() else places
