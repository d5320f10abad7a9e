"""Keys: each names one row, and the price periods of one line follow one another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce
from operator import xor
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.dataset.validation.spelling import differing, plain
from revkit.errors import DataError
from revkit.periods import day_before, days_after
from revkit.schema import ColumnSchema, TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

IDENTICAL = "identical_rows"


def unique(
    table: TableSchema, expr: ir.Table, asked: Collection[str]
) -> tuple[ir.Table, Note | None]:
    """Return a table whose key names one row each, and the note on copies set aside.

    Parameters
    ----------
    asked
        The rules whose rows are set aside, as ``table.rule``.

    Raises
    ------
    DataError
        When a key names several rows.
    """
    keys = [name for name in table.key if name in expr.columns]
    rows = _by_month(expr)
    if _in_order(rows, keys) or _all_differ(rows, keys):
        return expr, None
    extra = _extra(rows, keys)
    if not extra:
        return expr, None
    comparable = [name for name in expr.columns if not expr[name].type().is_json()]
    copies = expr.select(comparable).distinct()
    left = _extra(_by_month(copies), keys)
    asks = f"{table.name}.{IDENTICAL}" in asked
    if asks and not left:
        kept = expr.distinct() if len(comparable) == len(expr.columns) else copies
        return kept, Note.set_aside(table.name, IDENTICAL, "copies of other rows", extra)
    twice = _repeated(_by_month(copies if asks else expr), keys)
    raise DataError.not_unique(
        keys,
        table=table.name,
        extra=left if asks else extra,
        identical=0 if asks else extra - left,
        examples=twice.order_by(keys).limit(3).to_pyarrow().to_pylist(),
    )


def _by_month(expr: ir.Table) -> ir.Table:
    """Return rows with their month as its first day, whichever day of it they name."""
    return expr.mutate(month=expr.month.truncate("M")) if "month" in expr.columns else expr


def check_spelling(table: TableSchema, expr: ir.Table, spaced: Collection[str]) -> None:
    """Refuse keys that differ from another by their spelling alone.

    Parameters
    ----------
    spaced
        The columns in which some values have blanks around them, ``.0`` behind or marks of accents.

    Raises
    ------
    DataError
        When there are any: they would count as two.
    """
    own = [name for name in table.key if _names_rows(table.columns[name])]
    for keys in [[name] for name in own] or [[*table.key]]:
        keys = [name for name in keys if name in expr.columns]
        if {*keys} & {*spaced} and (found := _alike(expr, keys)):
            raise DataError.spaced(keys, table=table.name, examples=found)


def spelled_apart(table: str, expr: ir.Table, column: str) -> Note | None:
    """Return the note on ids of a table that is not loaded, equal but for their spelling."""
    found = _alike(expr, [column])
    if not found:
        return None
    text = f"{column} is spelled in two ways, as {found[0][column]}"
    return Note(table, f"{column}_spelling", f"{text}: they count as two")


def _names_rows(column: ColumnSchema) -> bool:
    """Return whether a column of a key is an id of the table's own rows."""
    return column.type == "id" and column.references is None


def _alike(expr: ir.Table, keys: Sequence[str]) -> list[dict[str, str]]:
    """Return up to three keys that are equal but for their spelling, as spelled, by column."""
    texts = [name for name in keys if expr[name].type().is_string()]
    bare = {f"bare_{name}": plain(expr[name]) for name in texts}
    others = [name for name in keys if name not in texts]
    named = expr.select(*keys, **bare).distinct()
    spelled = {
        f"{end}_{name}": getattr(named[name], end)() for name in texts for end in ("min", "max")
    }
    found = named.group_by([*bare, *others]).aggregate(rows=named.count(), **spelled)
    twice = found.filter(found.rows > 1).order_by([*bare, *others]).limit(3)
    return [
        {name: differing(str(row[f"min_{name}"]), str(row[f"max_{name}"])) for name in texts}
        | {name: str(row[name]) for name in others}
        for row in twice.to_pyarrow().to_pylist()
    ]


def check_periods(
    table: TableSchema, expr: ir.Table, asked: Collection[str]
) -> tuple[ir.Table, Note | None]:
    """Return price periods that follow one another on each line, and the note on copies set aside.

    Parameters
    ----------
    table
        ``subscriptions``.
    asked
        The rules whose rows are set aside, as ``table.rule``.

    Raises
    ------
    DataError
        When a key names several rows, or when a price period begins before an earlier one of its
        line ended, on the declared half-open spans.
    """
    keys = [name for name in table.key if name in expr.columns and name != "started_on"]
    if _in_order(expr, [*keys, "started_on"], ends="ended_on"):
        return expr, None
    # one pass for both: a period that begins with the next one of its line is there twice
    if not int(_overlapping(expr, keys).count().execute()):
        return expr, None
    kept, note = unique(table, expr, asked)
    overlap = _overlapping(kept, keys)
    if rows := int(overlap.count().execute()):
        found = overlap.order_by([*keys, "started_on"]).limit(3).to_pyarrow().to_pylist()
        raise DataError.overlapping(rows=rows, examples=found)
    return kept, note


def _in_order(expr: ir.Table, keys: Sequence[str], ends: str = "") -> bool:
    """Report whether rows come sorted by their keys, each of them once, as in many exports.

    DuckDB then proves it in one pass that keeps nothing, several times faster than by grouping, and
    stops at the first row out of order; other engines hold no order.

    Parameters
    ----------
    ends
        The end of what begins on the last of the keys, which the next row of the others must not
        overlap.
    """
    import ibis

    if expr.get_backend().name != "duckdb":
        return False
    rows = expr.select(*keys, *([ends] if ends else []))
    rows = rows.mutate(**{f"last_{name}": rows[name].lag() for name in rows.columns})
    after: Any = ibis.literal(False)
    for name in reversed(keys):
        here, last = rows[name], rows[f"last_{name}"]
        follows = here >= rows[f"last_{ends}"] if ends and name == keys[-1] else here > last
        rest = (here > last) & follows if name == keys[-1] else (here == last) & after
        after = rest if name == keys[-1] else (here > last) | rest
    broken = rows.filter(rows[f"last_{keys[0]}"].notnull(), ~after.fill_null(False))
    return not broken.limit(1).to_pyarrow().num_rows


def _all_differ(expr: ir.Table, keys: Sequence[str]) -> bool:
    """Report whether the hashes of all keys differ, so that each names one row.

    DuckDB counts them in three quarters of the time that keys take, and in a third of the memory.
    Where two are the same, their keys may still differ.
    """
    if expr.get_backend().name != "duckdb" or any(expr[key].type().is_json() for key in keys):
        return False
    hashed = expr.select(key=reduce(xor, [_hash(expr[key]) for key in keys]))
    found = hashed.aggregate(rows=hashed.count(), keys=hashed.key.nunique())
    counted = found.to_pyarrow().to_pylist()[0]
    return bool(counted["rows"] == counted["keys"])


def _hash(column: Any) -> Any:
    """Return DuckDB's hash of each value; Ibis would turn it into bits and back."""
    import ibis

    @ibis.udf.scalar.builtin(name="hash", signature=((column.type(),), "uint64"))
    def hashed(value): ...  # type: ignore[no-untyped-def]

    return hashed(column)


def _overlapping(expr: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Return the price periods of a line that go on when the next one of it begins."""
    import ibis

    lines = expr.select(*keys, "started_on", "ended_on")
    window = ibis.window(group_by=[lines[key] for key in keys], order_by=lines.started_on)
    lines = lines.mutate(next_starts_on=lines.started_on.lead().over(window))
    follows, ends = lines.next_starts_on, lines.ended_on
    return lines.filter(
        follows.notnull() & (ends.isnull() | (follows < ends) | (follows <= lines.started_on))
    )


def paid_again(expr: ir.Table) -> Note | None:
    """Return a note where accounts pay again the day after an end, or the day before, not on it.

    Ends are the day after the last one paid. Where a file gives the last day itself, each renewal
    would be a day of churn; where one that does not is said to, each would be paid twice for a day.
    """
    import ibis

    ended = expr.filter(expr.ended_on.notnull()).select("account_id", "ended_on")
    # all days of each end in one look-up: it costs less than distinct pairs and conditions
    ended = ended.mutate(after=ibis.array([-1, 0, 1]).unnest())
    day = ibis.cases(
        (ended.after == 1, days_after(ended.ended_on)),
        (ended.after == -1, day_before(ended.ended_on)),
        else_=ended.ended_on,
    )
    starts = expr.select("account_id", day="started_on", goes_to="ended_on")
    both = ended.mutate(day=day).inner_join(starts, ["account_id", "day"])
    both = both.filter((both.after >= 0) | both.goes_to.isnull() | (both.goes_to > both.ended_on))
    counted = both.aggregate(
        later=both.account_id.nunique(where=both.after == 1),
        same=both.account_id.nunique(where=both.after == 0),
        before=both.account_id.nunique(where=both.after == -1),
    )
    later, same, before = counted.to_pyarrow().to_pylist()[0].values()
    if later and later > same:
        many = "1 account pays" if later == 1 else f"{later:,} accounts pay"
        text = (
            f"{many} again the day after ended_on, which counts as churn. Where ended_on is the "
            "last day paid, say in a mapping: ends: inclusive"
        )
        return Note("subscriptions", "ends_inclusive", text, later)
    if before and before > same:
        many = "1 account starts" if before == 1 else f"{before:,} accounts start"
        text = (
            f"{many} a term on the last day of another one, which counts twice that day. Where the "
            "file gives the day after the last one paid, leave out ends: inclusive in the mapping"
        )
        return Note("subscriptions", "ends_too_late", text, before)
    return None


def _repeated(expr: ir.Table, keys: list[str]) -> Any:
    """Return the keys that name several rows, with their number as ``rows``."""
    counted = expr.group_by(keys).aggregate(rows=expr.count())
    return counted.filter(counted.rows > 1)


def _extra(expr: ir.Table, keys: list[str]) -> int:
    """Return how many rows there are beyond one of each key."""
    found = _repeated(expr, keys)
    extra = found.aggregate(rows=(found.rows - 1).sum().fill_null(0)).to_pyarrow()
    return int(extra["rows"][0].as_py())
