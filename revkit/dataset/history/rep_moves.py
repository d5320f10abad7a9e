"""Moves of reps: what changes of a rep by ``rep_history``, and filters that it would divide."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from revkit.dimensions import MISSING, DimensionPath, attach
from revkit.errors import DimensionError

if TYPE_CHECKING:
    import ibis.expr.types as ir

HISTORY = "rep_history"
CHANGING = ("team", "manager_id", "role")
"""Columns of reps that change while they stay."""


def changing(path: DimensionPath, table: str) -> tuple[int, str] | None:
    """Return where a path reads what changes of a rep: the steps up to the rep, and the column.

    None where it reads nothing of a rep, or only what stays, such as the name.

    >>> from revkit.dimensions import Step
    >>> rep = Step("rep", "rep_id", "reps", "rep_id")
    >>> changing(DimensionPath((rep,), "team"), "opportunities")
    (1, 'team')
    >>> changing(DimensionPath((rep,), "name"), "opportunities") is None
    True
    """
    tables = [table, *(step.table for step in path.steps)]
    columns = [*(step.column for step in path.steps), path.column]
    for place, (here, column) in enumerate(zip(tables, columns, strict=True)):
        if here == "reps" and column in CHANGING:
            return place, column
    return None


def check_moves(
    dimension: str,
    path: DimensionPath,
    lookup: Callable[[str], ir.Table],
    loaded: Collection[str],
    values: Collection[str],
) -> None:
    """Refuse a filter by which a rep is in on some days, and out on others.

    Parameters
    ----------
    dimension
        What is filtered, for the message.
    path
        The part of its path that starts from the rep.
    lookup
        Returns a table by its name.
    loaded
        The columns of ``rep_history``.
    values
        The values to keep, as text.

    Raises
    ------
    DimensionError
        When a rep has moved between these values and others.
    """
    import ibis

    start = path.steps[0].column if path.steps else path.column
    if start not in loaded:
        return
    history, reps = lookup(HISTORY), lookup("reps")
    told = attach(history, path, lookup, "__value").select("rep_id", value="__value")
    present = attach(reps, path, lookup, "__value").select("rep_id", value="__value")
    first = history.group_by("rep_id").aggregate(since=history.from_on.min())
    moved = present.inner_join(first.select("rep_id"), "rep_id").select("rep_id", "value")
    every = told.union(moved)
    if "hired_on" in reps.columns:  # days before a rep's first row have no value
        early = first.inner_join(reps.select("rep_id", "hired_on"), "rep_id")
        early = early.filter(early.hired_on < early.since)
        every = every.union(early.select("rep_id", value=ibis.null("string")))
    inside = every.value.fill_null(MISSING).isin(sorted(values)).ifelse(1, 0)
    sides = every.group_by("rep_id").aggregate(least=inside.min(), most=inside.max())
    found = sides.filter(sides.least < sides.most).order_by("rep_id")
    if names := found.to_pyarrow()["rep_id"].to_pylist():
        raise DimensionError.moves(dimension, reps=names)
