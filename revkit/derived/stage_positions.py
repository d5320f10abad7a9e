"""Stage positions: the order of stages in the process of leads or opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


MARKS = {
    "mql_position": "MQL",
    "sal_position": "SAL",
    "sql_position": "SQL",
    "opportunity_position": "opportunity",
}
"""The stages of leads whose positions tell how far a lead has come."""


def by_pipeline(data: Dataset) -> bool:
    """Return whether the stages of deals differ by pipeline, so that two may share a label."""
    return "stages" in data and "pipeline" in data.columns("stages")


def ladder(data: Dataset) -> dict[str, int]:
    """Return the position of each stage that ``stages`` lists; of none without that table."""
    if "stages" not in data:
        return {}
    known = data.table("stages").select("stage", "position").to_pandas()
    found: dict[str, int] = {}
    for stage, position in known.sort_values("position").itertuples(index=False):
        found.setdefault(str(stage), int(position))
    return found


def with_positions(
    entries: ir.Table, data: Dataset, of: str, positions: dict[str, int], closed: tuple[str, ...]
) -> Any:
    """Add the position of each row's stage, and whether it is open.

    Parameters
    ----------
    entries
        Rows with a ``stage`` and, where stages differ by pipeline, a ``pipeline``.
    of
        ``lead`` or ``opportunity``: which process of the table ``stages`` applies.
    positions, closed
        Positions by stage, and the closed stages, where ``stages`` is not loaded.

    Returns
    -------
    ibis Table
        The rows with ``position`` (null for stages of lost or unknown outcome), ``is_open``, and
        the positions of :data:`MARKS`, at which a lead is qualified, accepted, and a deal. In a
        process without SAL a lead is accepted at SQL.
    """
    import ibis
    from ibis import _

    if "stages" in data:
        process = data.table("stages").filter(_.object == of)
        lost = process.is_closed & ~process.is_won
        keys = ["stage", *(["pipeline"] if "pipeline" in entries.columns else [])]
        steps = process.select(
            *keys,
            position=lost.ifelse(ibis.null("int64"), process.position),
            is_open=~process.is_closed,
        )
        placed = entries.left_join(steps, keys).drop(*[f"{key}_right" for key in keys])
        placed = placed.mutate(is_open=_.is_open.fill_null(False))
        if of != "lead":
            return placed.mutate(**dict.fromkeys(MARKS, 0))
        marks = steps.aggregate(
            told=steps.count(),
            **{mark: steps.position.max(where=steps.stage == step) for mark, step in MARKS.items()},
        )
        accepted = ibis.coalesce(marks.sal_position, marks.sql_position)
        placed = placed.cross_join(marks.mutate(sal_position=accepted))
        return _unless_told(placed, positions, closed)
    position = _customary(entries.stage, positions)
    return entries.mutate(
        position=position,
        is_open=position.notnull() & ~entries.stage.isin(closed) if closed else ibis.literal(True),
        **{mark: ibis.literal(positions.get(step, 0)) for mark, step in MARKS.items()},
    )


def _customary(stage: Any, positions: dict[str, int]) -> Any:
    """Return the position of each stage in a process that no table tells; null outside it."""
    import ibis

    if not positions:
        return ibis.null("int64")
    cases = [(stage == name, place) for name, place in positions.items()]
    return ibis.cases(*cases, else_=ibis.null("int64"))


def _unless_told(placed: Any, positions: dict[str, int], closed: tuple[str, ...]) -> Any:
    """Take the customary process where ``stages`` tells that of deals alone, and none of leads."""
    untold, position = placed.told == 0, _customary(placed.stage, positions)
    marks = {
        mark: untold.ifelse(positions.get(step, 0), placed[mark]) for mark, step in MARKS.items()
    }
    return placed.mutate(
        position=untold.ifelse(position, placed.position),
        is_open=untold.ifelse(position.notnull() & ~placed.stage.isin(closed), placed.is_open),
        **marks,
    ).drop("told")
