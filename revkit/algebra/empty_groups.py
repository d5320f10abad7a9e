"""Groups as a result shows them: without those that are always empty, stages in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from revkit.algebra.formula.nodes import Share
from revkit.derived.stage_positions import ladder

if TYPE_CHECKING:
    from revkit.algebra.definition import Definition
    from revkit.dataset import Dataset


def shown_groups(definition: Definition, frame: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Return the rows of groups that have any, the stages of a process in its order."""
    kept = drop_empty_groups(definition, frame)
    if "stage" not in kept or not len(kept):
        return kept
    known = ladder(data)
    if not known:
        return kept
    names = list(kept.columns[: list(kept.columns).index("stage") + 1].drop("period", "ignore"))
    places = pd.DataFrame({name: pd.factorize(kept[name])[0] for name in names}, index=kept.index)
    places["stage"] = kept["stage"].map(known).fillna(len(known) + max(known.values()))
    ordered = kept.loc[places.sort_values(names, kind="stable").index].reset_index(drop=True)
    ordered.attrs = kept.attrs
    return ordered


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
