"""Stage positions: the order of stages in the process of leads or opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def with_positions(
    entries: ir.Table, data: Dataset, of: str, positions: dict[str, int], closed: tuple[str, ...]
) -> Any:
    """Add the position of each row's stage, and whether it is open.

    Parameters
    ----------
    entries
        Rows with a ``stage``.
    of
        ``lead`` or ``opportunity``: which process of the table ``stages`` applies.
    positions, closed
        Positions by stage, and the closed stages, where ``stages`` is not loaded.

    Returns
    -------
    ibis Table
        The rows with ``position`` (null for stages of lost or unknown outcome), ``is_open``, and
        ``sal_position`` and ``sql_position``, those at which a lead is accepted and qualified.
    """
    import ibis
    from ibis import _

    if "stages" in data:
        process = data.table("stages").filter(_.object == of)
        lost = process.is_closed & ~process.is_won
        steps = process.select(
            "stage",
            position=lost.ifelse(ibis.null("int64"), process.position),
            is_open=~process.is_closed,
        )
        placed = entries.left_join(steps, "stage").drop("stage_right")
        placed = placed.mutate(is_open=_.is_open.fill_null(False))
        if of != "lead":
            return placed.mutate(sql_position=0, sal_position=0)
        marks = steps.aggregate(
            sql_position=steps.position.max(where=steps.stage == "SQL"),
            sal_position=steps.position.max(where=steps.stage == "SAL"),
        )
        accepted = ibis.coalesce(marks.sal_position, marks.sql_position)
        return placed.cross_join(marks.mutate(sal_position=accepted))
    position = ibis.null("int64")
    if positions:
        cases = [(entries.stage == stage, place) for stage, place in positions.items()]
        position = ibis.cases(*cases, else_=ibis.null("int64"))
    return entries.mutate(
        position=position,
        is_open=position.notnull() & ~entries.stage.isin(closed) if closed else ibis.literal(True),
        sql_position=ibis.literal(positions.get("SQL", 0)),
        sal_position=ibis.literal(positions.get("SAL", 0)),
    )
