"""List as findings what is refused or noted when a table is read, instead of raising it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from revkit.dataset.notes import Note
from revkit.dataset.validation import Problem
from revkit.errors import CurrencyError, PeriodError, RevkitError
from revkit.language import message
from revkit.quality.company import Company, first_keys
from revkit.quality.finding import Effect, Finding
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

REFUSED = message(
    "The table is refused: no metric that reads it has a number until they are mended or set aside"
)


HALF_CLOSED = ("closed_without_outcome", "lost_without_closed_on")
"""Notes on deals of which one half of the closing is missing, outcome or day."""


def door_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield what the rules of a table refuse, and what they note, of its rows as loaded."""
    checked = company.examined(table)
    for problem, rows in checked.refused:
        yield _refused(company, table, problem, rows)
    for note in checked.notes:
        if note.rule in HALF_CLOSED:  # a rule of rows tells what they do
            continue
        yield noted(note, checked.total)
    if table in company.store.mixed:
        error = str(company.store.mixed[table])
        yield Finding(
            "currencies", table, "currency", error.partition(": ")[2], checked.total, checked.total,
            "refused", effect=Effect(company.words.gettext(REFUSED)),
        )  # fmt: skip


def use_findings(company: Company, listed: Collection[Finding]) -> Iterator[Finding]:
    """Yield what the first metric refuses of the company as a whole, beside what is listed.

    Such as days of closing after everything else, shares of a deal that do not add up, a day
    without an exchange rate, or no date at all.
    """
    refused = {(one.table, one.what) for one in listed if one.severity == "refused"}
    tables = {one.table for one in listed if one.severity == "refused"}
    for table in company.tables:
        try:
            company.data.table(table)
            _ = company.data.as_of
        except RevkitError as error:
            said = str(error)
            named, _, rest = said.partition(": ")
            place = named if named in company.tables else table
            what, _, mend = (rest if named in company.tables else said).partition(". ")
            # without the rows that are refused already, there may be no date left
            again = isinstance(error, PeriodError | CurrencyError) and (
                tables if isinstance(error, PeriodError) else place in tables
            )
            if again or (place, what) in refused:
                continue
            refused.add((place, what))
            yield Finding(
                "as_of" if isinstance(error, PeriodError) else "refused", place, "", what, 0,
                company.examined(place).total, "refused",
                effect=Effect(company.words.gettext(REFUSED)), mend=mend,
            )  # fmt: skip


def noted(note: Note, rows: int, flagged: ir.Table | None = None) -> Finding:
    """Return a note on rows as a finding."""
    what, _, mend = note.text.partition(". ")
    column = next((name for name in TABLES[note.table].columns if what.startswith(name)), "")
    examples = () if flagged is None else first_keys(flagged)
    return Finding(
        note.rule, note.table, column, what, note.rows, rows, "note", examples,
        mend=mend, flagged=flagged,
    )  # fmt: skip


def _refused(company: Company, table: str, problem: Problem, rows: int) -> Finding:
    """Return a rule for which a table is refused as a finding."""
    raw = company.store.raw[table]
    column = problem.shows[0] if problem.shows else ""
    flagged = company.flagged(table, raw, problem.rows, raw[column] if column else raw[0])
    value = flagged.order_by(["key", "found"]).limit(1).to_pyarrow()["found"].to_pylist()
    line = f"set_aside: [{table}.{problem.rule}]" if problem.rule else ""
    return Finding(
        rule=problem.rule,
        table=table,
        column=column,
        what=problem.what,
        bad=rows,
        rows=company.examined(table).total,
        severity="refused",
        examples=first_keys(flagged),
        effect=Effect(company.words.gettext(REFUSED)),
        mend=problem.told(str(value[0]) if value else ""),
        line=line,
        flagged=flagged,
    )
