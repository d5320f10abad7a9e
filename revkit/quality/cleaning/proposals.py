"""Mends by what the check proposes, and rows left out: the usual spelling, the others' currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from revkit.quality.cleaning.cells import Change
from revkit.quality.company import Company
from revkit.quality.finding import Finding
from revkit.quality.rules.currencies import unlike_others
from revkit.quality.rules.rows import RULES
from revkit.quality.rules.swaps import swap_findings
from revkit.quality.rules.words.spelling import spelling_findings

FINDERS: dict[str, Callable[[Company, str], Iterable[Finding]]] = {
    "spelling": spelling_findings,
    "spelling_likely": spelling_findings,
    "day_month_swapped": swap_findings,
}
"""By rule, what finds the rows of a table that break it, and a better value of each."""


def proposed(company: Company, rule: str) -> Iterator[Change]:
    """Yield the cells that break a rule, with the better value that is found with them."""
    for table in company.tables:
        for finding in FINDERS[rule](company, table):
            if finding.rule == rule and finding.flagged is not None:
                cells = finding.flagged.filter(finding.flagged.proposed.notnull())
                yield Change(table, finding.column, cells.rename(before="found", after="proposed"))


def currency(company: Company) -> Iterator[Change]:
    """Yield the currencies unlike those of the rows around them, with theirs."""
    for table, rows in unlike_others(company):
        flagged = company.flagged(table, rows, rows.usual.notnull(), rows.currency, rows.usual)
        yield Change(table, "currency", flagged.rename(before="found", after="proposed"))


def left_out(rule: str) -> Callable[[Company], Iterator[Change]]:
    """Return the mend that leaves out the rows that break a rule by themselves."""

    def mend(company: Company) -> Iterator[Change]:
        import ibis

        for one in RULES:
            if one.name == rule and company.has(one.table, *one.needs):
                rows = company.table(one.table)
                bad = rows.filter(one.broken(rows, company).fill_null(False))
                key = company.key(one.table, bad)
                there, gone = ibis.literal("there"), ibis.literal("left out")
                yield Change(one.table, "", bad.select(key=key, before=there, after=gone))

    return mend
