"""Team, manager and role of reps as they were on the day of a row, from rep_history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from revkit.dataset.credit import SPLITS
from revkit.dataset.history.rep_moves import HISTORY, changing
from revkit.dimensions import DimensionPath, Step, attach, narrowing_path
from revkit.errors import DimensionError
from revkit.periods import local_day

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

WHO, SINCE, UNTIL = "__who", "__since", "__until"
_EVER = date(1900, 1, 1)


def attach_of_the_day(
    data: Dataset, base: Any, path: DimensionPath, table: str, dates: tuple[str, ...], name: str
) -> Any:
    """Add a dimension as :func:`~revkit.dimensions.attach`, of a rep as of the day of each row.

    Parameters
    ----------
    dates
        The date of a row, or the first and the last of a row that lasts, which is divided where
        the rep changes; days before a rep's first row in ``rep_history`` have no value. A rep
        without a row there has the present value.
    """
    found = changing(path, table)
    if found is None or HISTORY not in data or found[1] not in data.columns(HISTORY):
        return attach(base, path, data.lookup, name)
    place, column = found
    who = DimensionPath(path.steps[:place], "rep_id")
    if place:
        who = DimensionPath(path.steps[: place - 1], path.steps[place - 1].column)
    rep, then, now = f"__{name}_rep", f"__{name}_then", f"__{name}_now"
    base = attach(base, who, data.lookup, rep)
    base = attach(base, DimensionPath(path.steps[:place], column), data.lookup, now)
    spells = _spells(data, column, then)
    day = [local_day(base[each], data.policy.timezone) for each in dates]
    first, last = day[0], day[-1]
    ends = spells[UNTIL].isnull() | (first < spells[UNTIL])
    starts = (
        (last >= spells[SINCE]) if len(dates) == 1 else (last.isnull() | (last > spells[SINCE]))
    )
    joined = base.left_join(spells, [base[rep] == spells[WHO], ends, starts | first.isnull()])
    joined = joined.mutate(**{then: joined[WHO].notnull().ifelse(joined[then], joined[now])})
    if len(dates) == 2:
        joined = _divided(joined, dates, data.policy.timezone)
    joined = joined.drop(WHO, SINCE, UNTIL, rep, now)
    rest = path.steps[place:]
    if not rest:
        return joined.rename({name: then})
    onward = Step(rest[0].relation, then, rest[0].table, rest[0].key)
    onto = attach(joined, DimensionPath((onward, *rest[1:]), path.column), data.lookup, name)
    return onto.drop(then)


def read_along(path: DimensionPath) -> set[str]:
    """Return the tables that a dimension is read from: of a rep, also splits and the history."""
    columns = [*(step.column for step in path.steps), path.column]
    return {step.table for step in path.steps} | (
        {SPLITS, HISTORY} if "rep_id" in columns else set()
    )


def notes_on_reps(data: Dataset, dimensions: Iterable[str], tables: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each dimension of reps that is read as it is now, in every period."""
    names = list(tables)
    for dimension in dimensions:
        for table in names:
            path = _path(data, dimension, table)
            found = None if path is None else changing(path, table)
            if found is None:
                continue
            column = found[1]
            if HISTORY not in data or column not in data.columns(HISTORY):
                yield (
                    f"reps: {dimension} is the present one in every period; load {HISTORY} "
                    f"(rep_id, from_on, {column}) for that of the day."
                )
                break
            if table == "subscriptions" or SPLITS in data:
                yield f"reps: {dimension} is the present one in every period."
                break


def _path(data: Dataset, dimension: str, table: str) -> DimensionPath | None:
    """Return the path from a table to a dimension, None where there is none or several."""
    try:
        return narrowing_path(dimension, table, data.specs) if table in data.specs else None
    except DimensionError:
        return None


def _spells(data: Dataset, column: str, name: str) -> ir.Table:
    """Return the times in which a rep had each value, none before the first row of the rep."""
    import ibis

    history = data.whole.table(HISTORY)
    order = ibis.window(group_by=history.rep_id, order_by=history.from_on)
    told = history.select(
        **{
            WHO: history.rep_id,
            SINCE: history.from_on,
            UNTIL: history.from_on.lead().over(order),
            name: history[column],
        }
    )
    first = history.group_by("rep_id").aggregate(until=history.from_on.min())
    before = first.select(
        **{
            WHO: first.rep_id,
            SINCE: ibis.literal(_EVER),
            UNTIL: first["until"],
            name: ibis.null("string"),
        }
    )
    return told.union(before)


def _divided(rows: Any, dates: tuple[str, ...], timezone: str) -> Any:
    """Return rows that last cut to the time of the spell they were joined with."""
    import ibis

    start, end = (local_day(rows[name], timezone) for name in dates)
    begun = ibis.coalesce(ibis.greatest(start, rows[SINCE]), start)
    over = ibis.least(ibis.coalesce(end, rows[UNTIL]), ibis.coalesce(rows[UNTIL], end))
    told = rows[WHO].notnull()
    cut = {dates[0]: told.ifelse(begun, start), dates[1]: told.ifelse(over, end)}
    return rows.mutate(**cut)
