"""Fields that are filled otherwise since some month, and groups that are under another name since.

A watch tells these faults, too, and takes what follows from them for no news of the business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from revkit.analysis.faults import Fault
from revkit.analysis.watch.metrics.faults import FIELDS, faults
from revkit.analysis.watch.metrics.rows import Window, window
from revkit.analysis.watch.watch import LEAST
from revkit.errors import RevkitError
from revkit.language import message
from revkit.quality.company import Company, counted, first_keys
from revkit.quality.effects import percent
from revkit.quality.finding import Effect, Finding
from revkit.quality.rules.words.spelling import line

if TYPE_CHECKING:
    import ibis.expr.types as ir

TOLD = frozenset({("opportunities", "amount")})
"""Fields whose gaps are findings of a rule of their own."""

STOPPED = message("without {field} since {since}, where {share} lacked it before")
STOPPED_EFFECT = message(
    "Figures by {field} changed in {since} with the data, not with the business: {bad} of {rows} "
    "rows since then are in no group"
)
STOPPED_MEND = message(
    "See which form, import or connection fills it, and what changed there; fill in what is "
    "missing. Until then compare groups by it only before that month."
)
BEGUN = message("without {field} before {since}, where {share} lack it since then")
BEGUN_MEND = message("Fill it in for the former rows, or compare groups by it only since then.")
RENAMED = message("{field} {old} ends and {new} begins in {since}, as if under another name")
RENAMED_EFFECT = message(
    "If they are one, {old} seems to have gone and {new} to be new in figures by {field}"
)
RENAMED_MEND = message("Write both alike at the source; in a mapping the line below does it.")


def filling_findings(company: Company) -> Iterator[Finding]:
    """Yield the fields that are filled otherwise since a month, and the groups renamed."""
    try:
        over = window(company.data)
        found = faults(company.data, over) if over.months >= LEAST else []
    except RevkitError:  # what stops it is a finding of its own
        return
    for fault in found:
        if (fault.table, fault.field) not in TOLD:
            yield _renamed(company, fault, over) if fault.old else _filled(company, fault, over)


def _rows(company: Company, fault: Fault, over: Window) -> tuple[ir.Table, Any]:
    """Return the rows that a fault is about, and the condition of those since it began."""
    (how,) = (one for one in FIELDS if one.table == fault.table and fault.field in one.fields)
    rows = how.rows(company.data)
    assert rows is not None, how
    watched = rows.filter(rows.month >= over.first, rows.month < over.first + over.months)
    return watched, watched.month >= over.first + fault.onset


def _filled(company: Company, fault: Fault, over: Window) -> Finding:
    """Return the finding on a field that is filled less often since a month, or more often."""
    rows, since = _rows(company, fault, over)
    words, stopped = company.words, fault.after > fault.before
    side = since if stopped else ~since
    bad = side & rows[fault.field].isnull()
    found = counted(rows, {"bad": bad, "among": side})
    shown = {
        "field": fault.field,
        "since": words.period(over.day(fault.onset).date()),
        "bad": words.count(found["bad"]),
        "rows": words.count(found["among"]),
    }
    other = percent(fault.before if stopped else fault.after, words)
    flagged = company.flagged(fault.table, rows, bad, rows[fault.field])
    return Finding(
        rule="filled_otherwise",
        table=fault.table,
        column=fault.field,
        what=words.gettext(STOPPED if stopped else BEGUN, share=other, **shown),
        bad=found["bad"],
        rows=found["among"],
        severity="serious" if stopped else "minor",
        examples=first_keys(flagged),
        effect=Effect(words.gettext(STOPPED_EFFECT, **shown) if stopped else ""),
        mend=words.gettext(STOPPED_MEND if stopped else BEGUN_MEND),
        flagged=flagged,
    )


def _renamed(company: Company, fault: Fault, over: Window) -> Finding:
    """Return the finding on a group that ends in the month in which another one begins."""
    import ibis

    rows, words = _rows(company, fault, over)[0], company.words
    value = rows[fault.field]
    found = counted(rows, {"bad": value == fault.old, "among": value.notnull()})
    shown = {"field": fault.field, "old": repr(fault.old), "new": repr(fault.new)}
    since = words.period(over.day(fault.onset).date())
    flagged = company.flagged(fault.table, rows, value == fault.old, value, ibis.literal(fault.new))
    return Finding(
        rule="renamed",
        table=fault.table,
        column=fault.field,
        what=words.gettext(RENAMED, since=since, **shown),
        bad=found["bad"],
        rows=found["among"],
        severity="serious",
        examples=first_keys(flagged),
        effect=Effect(words.gettext(RENAMED_EFFECT, **shown)),
        mend=words.gettext(RENAMED_MEND),
        line=line(fault.field, {fault.old: fault.new}),
        flagged=flagged,
    )
