"""Managers: each leads to another one above, and never in a circle back to the rep."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from revkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

Above = Mapping[str, str | None]


def check_managers(reps: ir.Table) -> None:
    """Refuse managers who report to somebody below them: their roll-ups would have no end.

    A rep named as the own manager has none.

    Raises
    ------
    DataError
        When managers lead in a circle; it is named.
    """
    above = _present(reps)
    _refuse_circles(above, above, "reps", "manager_id")


def check_past_managers(history: ir.Table, reps: ir.Table) -> None:
    """Refuse managers in ``rep_history`` as :func:`check_managers` does, on each day of a change.

    Parameters
    ----------
    reps
        Tells the managers of reps whom the history does not name.

    Raises
    ------
    DataError
        When managers lead in a circle on some day; both are named.
    """
    rows = history.select("rep_id", "manager_id", "from_on").order_by(["from_on", "rep_id"])
    told = rows.to_pyarrow().to_pylist()
    named = {row["rep_id"] for row in told}
    above = {rep: boss for rep, boss in _present(reps).items() if rep not in named}
    for day, changes in groupby(told, key=lambda row: row["from_on"]):
        changed = {row["rep_id"]: row["manager_id"] for row in changes}
        above |= changed  # what changes on one day changes together
        _refuse_circles(changed, above, "rep_history", f"manager_id on {day}")


def _present(reps: ir.Table) -> dict[str, str | None]:
    """Return the present manager of each rep."""
    if "manager_id" not in reps.columns:
        return {}
    rows = reps.select("rep_id", "manager_id").order_by("rep_id").to_pyarrow().to_pylist()
    return {row["rep_id"]: row["manager_id"] for row in rows}


def _refuse_circles(starts: Above, above: Above, table: str, what: str) -> None:
    """Refuse reps from whom the way up comes back to somebody on it."""
    fine: set[str] = set()
    for start in starts:
        way = [start]
        while (boss := above.get(way[-1])) is not None and boss != way[-1] and boss not in fine:
            if boss in way:
                raise DataError.circle([*way[way.index(boss) :], boss], table=table, what=what)
            way.append(boss)
        fine |= {*way}
