"""Groups of a metric's own dimension without a row in any period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.algebra.formula.nodes import Share

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.definition import Definition


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
