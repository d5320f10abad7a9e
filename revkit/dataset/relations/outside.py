"""Rows that fit nothing in another table: changes before a beginning, targets of no segment.

And what reps did while they were not there.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.errors import did_you_mean
from revkit.periods import local_day
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

CLOCKS = 1
"""Days by which a day and a moment may be apart, since they may be of two time zones."""

_WHEN = {"hired_on": "before hired_on", "left_on": "after left_on"}


def before_the_beginning(
    table: str, history: ir.Table, owner: str, owners: ir.Table, began: str
) -> Note | None:
    """Return the note on changes dated before the row that they change; None without any.

    Parameters
    ----------
    table, history
        ``lead_history`` or ``opportunity_history``.
    owner, owners, began
        The table that it tells of, and the column of its beginning.
    """
    key, day = TABLES[owner].key[0], TABLES[table].known_on[0]
    own = owners.select(__owner=owners[key], __began=owners[began].cast("date"))
    both: Any = history.select(key, day).inner_join(own, history[key] == own["__owner"])
    early = both[day].cast("date").delta(both["__began"], unit="day") < -CLOCKS
    counted = both.aggregate(
        rows=both.count(), early=early.ifelse(1, 0).sum(), first=both[key].min(where=early)
    )
    found = counted.to_pyarrow().to_pylist()[0]
    if not found["early"]:
        return None
    of = "lead" if owner == "leads" else "deal"
    text = (
        f"{day} is before the {began} of the {of} in {found['early']:,} of {found['rows']:,} rows, "
        f"such as {found['first']!r}: they count on their own day. Correct the one that is wrong"
    )
    return Note(table, f"{day}_before_{began}", text, int(found["early"]))


def unknown_segments(targets: ir.Table, accounts: ir.Table) -> Note | None:
    """Return the note on targets for segments that no account is in; None without any."""
    named = targets.filter(targets.segment.notnull(), targets.segment != "")
    wanted = named.group_by("segment").aggregate(rows=named.count()).order_by("segment")
    rows = {row["segment"]: int(row["rows"]) for row in wanted.to_pyarrow().to_pylist()}
    if not rows:
        return None
    there = accounts.select("segment").distinct().to_pyarrow()["segment"].to_pylist()
    strange = [segment for segment in rows if segment not in there]
    if not strange:
        return None
    lost = sum(rows[segment] for segment in strange)
    text = (
        f"segment is none of an account in {lost} of {sum(rows.values())} rows, such as "
        f"{strange[0]!r}.{did_you_mean(strange[0], [one for one in there if one])} They are held "
        "against nothing"
    )
    return Note("targets", "segment_unknown", text, lost)


def while_away(activities: ir.Table, reps: ir.Table, told: Collection[str]) -> Note | None:
    """Return the note on activities of days on which their rep was not there; None without any.

    Parameters
    ----------
    told
        Which of ``hired_on`` and ``left_on`` the table of reps was loaded with.
    """
    own = reps.select(__rep=reps.rep_id, **{f"__{name}": reps[name] for name in told})
    both: Any = activities.select("activity_id", "rep_id", "occurred_at")
    both = both.inner_join(own, both.rep_id == own["__rep"])
    day, away = local_day(both.occurred_at, "UTC"), {}  # CLOCKS allows for other zones
    if "hired_on" in told:
        away["hired_on"] = day.delta(both["__hired_on"], unit="day") < -CLOCKS
    if "left_on" in told:
        away["left_on"] = day.delta(both["__left_on"], unit="day") > CLOCKS
    away = {name: rows.fill_null(False) for name, rows in away.items()}
    counted = both.aggregate(
        rows=both.count(),
        first=both.activity_id.min(where=reduce(or_, away.values())),
        **{name: rows.ifelse(1, 0).sum().fill_null(0) for name, rows in away.items()},
    )
    found = counted.to_pyarrow().to_pylist()[0]
    sides = {name: int(found[name]) for name in away if found[name]}
    if not sides:
        return None
    lost = sum(sides.values())
    parts = ", ".join(f"{rows:,} {_WHEN[name]}" for name, rows in sides.items())
    text = (
        f"{lost:,} of {found['rows']:,} rows are of days on which their rep was not there "
        f"({parts}), such as {found['first']!r}. They count, and no day at work stands "
        "against them; correct the dates of the rep, or who it was"
    )
    return Note("activities", "rep_away", text, lost)
