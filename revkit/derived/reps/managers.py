"""Managers: who led whom, and on which days, by ``rep_history`` or else as it is now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from revkit.dataset.history.rep_moves import HISTORY

if TYPE_CHECKING:
    from revkit.dataset import Dataset

LEVELS = 10
"""Levels above a rep at which managers are found."""

EVER, NEVER = date(1900, 1, 1), date(2100, 1, 1)


def managers(data: Dataset) -> Any:
    """Return each rep with the manager right above, on the days that it was so.

    Returns
    -------
    ibis Table
        ``report``, ``boss``, ``since`` and ``until`` (half-open). A rep whom ``rep_history`` names
        has nobody before the first row there; one whom it does not name has the present manager.
    """
    import ibis

    reps = data.lookup("reps")
    always = {"since": ibis.literal(EVER), "until": ibis.literal(NEVER)}
    present = reps.select(report="rep_id", boss="manager_id", **always)
    if HISTORY not in data or "manager_id" not in data.columns(HISTORY):
        return _others(present)
    history = data.whole.table(HISTORY)
    order = ibis.window(group_by=history.rep_id, order_by=history.from_on)
    told = history.select(
        report=history.rep_id,
        boss=history.manager_id,
        since=history.from_on,
        until=history.from_on.lead().over(order).fill_null(ibis.literal(NEVER)),
    )
    named = history.select(named=history.rep_id).distinct()
    untold = present.left_join(named, present.report == named.named)
    untold = untold.filter(untold.named.isnull()).drop("named")
    return _others(told.union(untold))


def lines_of_command(data: Dataset) -> Any:
    """Return each rep with each manager above, near or far, on the days that it was so.

    Returns
    -------
    ibis Table
        ``report``, ``boss``, ``since`` and ``until`` (half-open).
    """
    import ibis

    above = managers(data)
    names = {"report": "middle", "boss": "top", "since": "from_day", "until": "to_day"}
    upper = above.select(**{ours: above[theirs] for theirs, ours in names.items()})
    # each level is added to the row, so that the plan grows by one join a level
    chain: Any = above.rename(boss_1="boss", since_1="since", until_1="until")
    for level in range(1, LEVELS):
        boss, since, until = (f"{name}_{level}" for name in ("boss", "since", "until"))
        joined = chain.left_join(
            upper,
            [
                chain[boss] == upper.middle,
                chain[since] < upper.to_day,
                upper.from_day < chain[until],
            ],
        )
        chain = joined.mutate(
            **{
                f"boss_{level + 1}": joined.top,
                f"since_{level + 1}": ibis.greatest(joined[since], joined.from_day),
                f"until_{level + 1}": ibis.least(joined[until], joined.to_day),
            }
        ).drop("middle", "top", "from_day", "to_day")
    levels = range(1, LEVELS + 1)
    every = chain.mutate(level=ibis.array(list(levels)).unnest())
    lines = every.select(
        "report",
        **{
            name: ibis.cases(*[(every.level == n, every[f"{name}_{n}"]) for n in levels])
            for name in ("boss", "since", "until")
        },
    )
    return lines.filter(lines.boss.notnull(), lines.report != lines.boss).distinct()


def _others(rows: Any) -> Any:
    """Return the rows of reps with a manager who is somebody else."""
    return rows.filter(rows.boss.notnull(), rows.boss != rows.report)
