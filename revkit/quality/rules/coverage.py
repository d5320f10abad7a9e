"""Exports that are cut off, tables that are old, ends that crowd on the last day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from revkit.analysis.writing.counts import counted
from revkit.errors import RevkitError
from revkit.language import message
from revkit.quality.company import Company
from revkit.quality.effects import percent
from revkit.quality.finding import Effect, Finding

ROUND = 1000
"""A number of rows that exports are cut off at, and its multiples."""

LIMITS = (100, 200, 250, 500, 2000, 2500, 10_000, 50_000, 65_535, 1_048_575)
"""Other numbers of rows that tools and files stop at."""

CROWD, FEW = 5, 10
"""Ends on one day, relative to what is usual, from which on they crowd; and the least of them."""

CUT = message("cut off at {rows} rows: it ends on {day}, and the company on {as_of}")
AT_LIMIT = message("exactly {rows} rows, as exports that are cut off have")
CUT_MEND = message("Export the table again, in parts or without a limit of rows.")
CUT_EFFECT = message("After {day} nothing of it is known, for {days}")
OLD = message("its newest row is of {day}, {days} before the as-of date")
OLD_MEND = message("Export it again; periods after that day are unknown, not zero.")
CROWDED = message("{count} of {all} ends are on {day}, the last one: {share}")
CROWDED_MEND = message(
    "Where the export closes what is still running, leave ended_on empty there; it reads as churn."
)


def coverage_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield what the number of rows and the days of a table say of its export."""
    rows = company.examined(table).total
    if not rows:
        return
    last, words = _recorded_end(company, table), company.words
    as_of = company.as_of
    full = rows % ROUND == 0 or rows in LIMITS
    if last is not None and as_of is not None and last < as_of:
        days = counted((as_of - last).days, "days", words)
        shown = {"day": last.isoformat()}
        effect = Effect(words.gettext(CUT_EFFECT, days=days, **shown))
        what = (
            words.gettext(CUT, rows=words.count(rows), as_of=as_of.isoformat(), **shown)
            if full
            else words.gettext(OLD, days=days, **shown)
        )
        rule, mend = ("cut_off", CUT_MEND) if full else ("old", OLD_MEND)
        severity = "serious" if full else "minor"
        yield Finding(
            rule, table, "", what, 0, rows, severity, effect=effect, mend=words.gettext(mend)
        )
    elif full:
        what = words.gettext(AT_LIMIT, rows=words.count(rows))
        yield Finding("round_rows", table, "", what, 0, rows, "note", mend=words.gettext(CUT_MEND))
    if table == "subscriptions" and company.has(table, "ended_on"):
        yield from _crowded(company)


def _recorded_end(company: Company, table: str) -> date | None:
    """Return the last day on record of a table that ends before the company does."""
    try:
        found = company.data.recorded([table]).get(table)
    except RevkitError:
        return None
    return found.last if found is not None and found.ended else None


def _crowded(company: Company) -> Iterator[Finding]:
    """Yield the ends of subscriptions that crowd on the last day there is."""
    expr = company.table("subscriptions")
    as_of = company.as_of
    ended = expr.filter(expr.ended_on.notnull(), expr.ended_on <= as_of)
    by_day = ended.group_by("ended_on").aggregate(ends=ended.count())
    days = by_day.order_by(by_day.ends.desc(), by_day.ended_on.desc()).limit(2).to_pyarrow()
    found = days.to_pylist()
    if not found:
        return
    every = by_day.aggregate(last=by_day.ended_on.max(), all=by_day.ends.sum())
    total = every.to_pyarrow().to_pylist()[0]
    most = found[0]
    next_most = found[1]["ends"] if len(found) > 1 else 0
    if most["ended_on"] != total["last"] or most["ends"] < max(FEW, CROWD * next_most):
        return
    words = company.words
    flagged = company.flagged(
        "subscriptions", expr, expr.ended_on == most["ended_on"], expr.ended_on
    )
    what = words.gettext(
        CROWDED, count=words.count(most["ends"]), all=words.count(total["all"]),
        day=most["ended_on"].isoformat(), share=percent(most["ends"] / total["all"], words),
    )  # fmt: skip
    yield Finding(
        "crowded_end", "subscriptions", "ended_on", what, int(most["ends"]), int(total["all"]),
        "serious", mend=words.gettext(CROWDED_MEND), flagged=flagged,
    )  # fmt: skip
