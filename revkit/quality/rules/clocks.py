"""Clocks: moments at hours at which nothing of their kind happens, as by another time zone.

What falls outside the hours of its kind can be told; and, where numbers are given in the order of
time, what is out of that order and in it by the right clock. How many there are in all is estimated
from how much of a shifted day would fall outside.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from revkit.language import message
from revkit.quality.company import Company, first_keys
from revkit.quality.effects import percent
from revkit.quality.finding import Effect, Finding
from revkit.schema import TABLES

MOMENTS = {"activities": ("occurred_at", "kind"), "tickets": ("opened_at", "")}
"""By table, the column of the moment, and the one of the kind."""

LEAST = 100
"""Rows of a kind from which on its hours are known."""

SELDOM = 0.14
"""Rows in an hour, relative to the hour of the median row, below which it is an odd one."""

MOST = 0.1
"""The most of a company's moments, or of an hour's, that are by another clock."""

NEAR, FEW = 50, 3
"""Rows after one, and before it, between which its moment lies where numbers are in order."""

CLEARLY = 0.9
"""The share of the rows out of order that a clock explains where numbers are in order."""

HOURS = range(24)

WHAT = message("at an hour at which nothing of their kind happens")
EFFECT = message(
    "As by a clock {hours} off: about {count} of {rows} moments in all ({percent}), of which "
    "only these can be told"
)
MEND = message(
    "Find the tool that wrote them and export UTC; in a mapping, zone: reads local time."
)

Counts = Mapping[str, Mapping[int, int]]


def clock_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield the moments of a table at odd hours."""
    column, kind = MOMENTS.get(table, ("", ""))
    if not column or not company.has(table, *filter(None, (column, kind))):
        return
    counts = _hours(company, table, column, kind)
    odd = odd_hours(counts)
    if odd:
        odd = explained(counts, odd, shifted(counts, odd)[0])
    bad = sum(counts[one][hour] for one, hours in odd.items() for hour in hours)
    rows = sum(sum(hours.values()) for hours in counts.values())
    if not bad or bad > MOST * rows:
        return
    import ibis

    shift, total = shifted(counts, odd)
    expr, words = company.table(table), company.words
    hour: Any = expr[column].hour()
    expr, condition = _out_of_order(expr, table, column, shift)
    for one, hours in sorted(odd.items()):
        this = hour.isin(sorted(hours))
        condition |= this & (expr[kind] == one) if kind else this
    flagged = company.flagged(
        table, expr, condition, expr[column], expr[column] - ibis.interval(hours=shift)
    )
    bad = int(flagged.count().to_pyarrow().as_py())
    yield Finding(
        rule="odd_hour",
        table=table,
        column=column,
        what=words.gettext(WHAT),
        bad=bad,
        rows=rows,
        severity="minor",
        examples=first_keys(flagged),
        effect=Effect(
            words.gettext(
                EFFECT, hours=words.ngettext("{n} hour", "{n} hours", abs(shift), n=f"{shift:+d}"),
                count=words.count(total), rows=words.count(rows),
                percent=percent(total / rows, words),
            )
        ),
        mend=words.gettext(MEND),
        flagged=flagged,
    )  # fmt: skip


def _out_of_order(expr: Any, table: str, column: str, shift: int) -> tuple[Any, Any]:
    """Return a table, and the condition of its rows that are in order by the right clock alone.

    By the wrong one they are after one of the next rows, or by a clock behind before one of those
    before; set right they are between both. Where many rows are out of order, or for another
    reason, numbers are not given in the order of time, and no row meets the condition.
    """
    import ibis

    (key,) = TABLES[table].key
    order, sign = [expr[key].length(), expr[key]], 1 if shift > 0 else -1
    if shift < 0:  # the same, from the end
        order = [one.desc() for one in order]
    at = expr[column].epoch_seconds() * sign
    placed = expr.mutate(
        __at=at,
        __next=at.min().over(ibis.window(order_by=order, following=(1, NEAR))),
        __last=at.min().over(ibis.window(order_by=order, preceding=(FEW, 1))),
    )
    right = placed["__at"] - abs(shift) * 3600
    out = (placed["__at"] > placed["__next"]).fill_null(False)
    between = (right <= placed["__next"]) & (right >= placed["__last"]).fill_null(True)
    counts = placed.aggregate(
        rows=placed.count(),
        out=out.ifelse(1, 0).sum().fill_null(0),
        told=(out & between).ifelse(1, 0).sum().fill_null(0),
    )
    many = counts.to_pyarrow().to_pylist()[0]
    if many["out"] > MOST * many["rows"] or many["told"] < CLEARLY * many["out"]:
        return expr, ibis.literal(False)
    return placed, out & between


def _hours(company: Company, table: str, column: str, kind: str) -> dict[str, dict[int, int]]:
    """Return the number of rows by kind and hour."""
    expr = company.table(table)
    rows = expr.filter(expr[column].notnull())
    rows = rows.select(
        hour=rows[column].hour(), kind=rows[kind] if kind else rows[column].hour() * 0
    )
    found = rows.group_by(["kind", "hour"]).aggregate(rows=rows.count()).to_pyarrow().to_pylist()
    counts: dict[str, dict[int, int]] = defaultdict(lambda: dict.fromkeys(HOURS, 0))
    for row in found:
        counts[str(row["kind"]) if kind else ""][int(row["hour"])] = int(row["rows"])
    return dict(counts)


def odd_hours(counts: Counts) -> dict[str, set[int]]:
    """Return by kind the hours at which so little happens that it is odd.

    Examples
    --------
    >>> day = dict.fromkeys(range(24), 0) | dict.fromkeys(range(9, 17), 50) | {3: 2}
    >>> odd_hours({"call": day})
    {'call': {3}}
    """
    odd = {}
    for kind, hours in counts.items():
        rows = sum(hours.values())
        if rows < LEAST:
            continue
        usual = _of_the_median_row(hours.values())
        few = {hour for hour, count in hours.items() if 0 < count < SELDOM * usual}
        if few:
            odd[kind] = few
    return odd


def _of_the_median_row(counts: Iterable[int]) -> int:
    """Return how many rows the hour of the median row has."""
    each = sorted(counts)
    half, seen = sum(each) / 2, 0
    for count in each:
        seen += count
        if seen >= half:
            return count
    return 0


def explained(counts: Counts, odd: Mapping[str, set[int]], shift: int) -> dict[str, set[int]]:
    """Return the odd hours without those of which too much happens for a clock to explain it.

    They are hours of their own, such as of the few who work late.

    Examples
    --------
    >>> day = dict.fromkeys(range(24), 0) | dict.fromkeys(range(9, 17), 500) | {17: 70, 18: 20}
    >>> explained({"call": day}, {"call": {17, 18}}, 2)
    {'call': {18}}
    """
    left: dict[str, set[int]] = {}
    for kind, hours in odd.items():
        for hour in hours:
            rows, source = counts[kind][hour], counts[kind].get((hour - shift) % 24, 0)
            if rows - 2 * math.sqrt(rows) <= MOST * source:
                left.setdefault(kind, set()).add(hour)
    return left


def shifted(counts: Counts, odd: Mapping[str, set[int]]) -> tuple[int, int]:
    """Return by how many hours a clock is off that explains the odd hours best, and its rows.

    Examples
    --------
    >>> day = dict.fromkeys(range(24), 0) | dict.fromkeys(range(9, 17), 50) | {17: 2, 18: 2}
    >>> shifted({"call": day}, {"call": {17, 18}})
    (2, 16)
    """
    best: tuple[float, int, int] | None = None
    # a kind without odd hours tells as well, that little of it is shifted
    known = {
        kind: odd.get(kind, set()) for kind, hours in counts.items() if sum(hours.values()) >= LEAST
    }
    for shift in sorted(range(-12, 13), key=abs):
        if shift == 0:
            continue
        likelihood, outside, seen, every = 0.0, 0.0, 0, 0
        for kind, hours in known.items():
            usual = {h: n for h, n in counts[kind].items() if h not in hours}
            rows = sum(usual.values())
            idle = [h for h in HOURS if not usual.get(h)]
            # where a day shifted so would fall beyond the usual hours
            there = {h: usual.get((h - shift) % 24, 0) / rows for h in idle}
            beyond = sum(there.values())
            for hour in hours:
                part = there[hour] / beyond if beyond else 0.0
                likelihood += counts[kind][hour] * math.log(max(part, 1e-6))
                seen += counts[kind][hour]
            outside += beyond * rows
            every += sum(counts[kind].values())
        total = round(seen * every / outside) if outside else seen
        if best is None or likelihood > best[0] + 1e-9:
            best = (likelihood, shift, total)
    assert best is not None
    return best[1], best[2]
