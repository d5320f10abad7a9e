"""Rows that other tables know nothing of, or tell otherwise: as findings, refused ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.dataset.relations.agreement import disagreements
from revkit.dataset.relations.check import HISTORIES, HISTORY
from revkit.dataset.relations.managers import check_managers, check_past_managers
from revkit.dataset.relations.outside import before_the_beginning, unknown_segments
from revkit.dataset.relations.references import check_reference
from revkit.dataset.validation.closings import check_history
from revkit.dataset.validation.keys import (
    check_periods,
    check_spelling,
    paid_again,
    unique,
)
from revkit.dataset.validation.process import check_stages
from revkit.dataset.validation.years import check_years, spans_far
from revkit.errors import RevkitError
from revkit.language import message
from revkit.quality.company import Company, first_keys
from revkit.quality.door import REFUSED, noted
from revkit.quality.effects import NOTICED
from revkit.quality.finding import Effect, Finding
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

LOST = message("naming no row of {target}")
LOST_EFFECT = message("Results by {target} have {percent} of these rows in (missing)")
LOST_MEND = message("Load the whole table {target}, or correct the ids.")


def relation_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield what keys, references, managers and histories say against the rows of a table."""
    for rule, ask in _asked(company, table):
        try:
            found = ask()
        except RevkitError as error:
            yield _refusal(company, table, rule, error)
            continue
        for note in found if isinstance(found, list) else [found]:
            if isinstance(note, Finding):
                yield note
            elif note is not None:
                yield noted(note, company.examined(note.table).total)


def _asked(company: Company, table: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks of a table beside those of its own rows, each with its name."""
    store, expr, schema = company.store, company.table(table), TABLES[table]
    loaded = company.loaded(table)
    if table == "subscriptions" and "ended_on" in loaded:
        yield "overlapping", lambda: check_periods(schema, expr, store.asked)[1]
        yield "ends", lambda: paid_again(expr)
    else:
        yield "not_unique", lambda: unique(schema, expr, store.asked)[1]
    yield "spelled_apart", lambda: check_spelling(schema, expr, company.examined(table).spaced)
    if spans_far(schema, expr):
        yield "far_off", lambda: check_years(schema, expr, store.years, store.ignore)
    for column in schema.columns.values():
        target = column.references
        if target in company.tables and column.name in loaded:
            yield f"{column.name}_not_found", _reference(company, table, column.name, str(target))
    if table == "reps" and "manager_id" in loaded:
        yield "circle", lambda: check_managers(expr)
    if table == "rep_history" and "manager_id" in loaded and "reps" in company.tables:
        yield "circle", lambda: check_past_managers(expr, company.table("reps"))
    owner = HISTORIES.get(table)
    if owner is not None and owner in company.tables:
        began = TABLES[owner].known_on[0]
        if began in company.loaded(owner):
            yield (
                "early",
                lambda: before_the_beginning(
                    table, expr, str(owner), company.table(str(owner)), began
                ),
            )
    if table == "targets" and "segment" in loaded and company.has("accounts", "segment"):
        yield "segment", lambda: unknown_segments(expr, company.table("accounts"))
    if table == "opportunities" and HISTORY in company.tables:
        yield from _histories(company, expr)
    if table == HISTORY and "opportunities" in company.tables and store.tells_pipelines:
        deals, stages = company.table("opportunities"), company.table("stages")
        yield "stage_unknown", lambda: check_stages(expr, deals, stages, store.asked)[1]


def _histories(company: Company, deals: ir.Table) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the checks of deals against their history."""
    store, history = company.store, company.table(HISTORY)
    if company.has("opportunities", "closed_on") and "stages" in company.tables:
        closed = store.process.closed
        yield "closed_while_open", lambda: check_history(deals, history, closed, store.asked)[1]
    loaded = company.loaded("opportunities") & company.loaded(HISTORY)
    yield (
        "unlike_history",
        lambda: list(
            disagreements(
                deals,
                history,
                company.table("stages") if "stages" in company.tables else None,
                by_pipeline=store.tells_pipelines,
                loaded=loaded,
                known=store.process.closed,
            )
        ),
    )


def _reference(company: Company, table: str, column: str, target: str) -> Callable[[], Any]:
    """Return the check of one reference: the rows whose id names nothing, as a finding."""

    def ask() -> Finding | None:
        expr, store = company.table(table), company.store
        keys = company.table(target).select(TABLES[target].key[0])
        place = {"table": table, "column": column, "target": target}
        note: Note | None = check_reference(expr, keys, **place, ignore=store.ignore)
        if note is None:
            return None
        theirs = keys.rename(__there=keys.columns[0])
        joined: Any = expr.left_join(theirs, expr[column] == theirs["__there"])
        bad = joined[column].notnull() & joined["__there"].isnull()
        flagged = company.flagged(table, joined, bad, joined[column])
        rows = int(expr[column].count().execute())
        words = company.words
        share = words.percent(f"{note.rows / rows * 100:.1f}")
        _, _, spelled = note.text.partition("; ")
        return Finding(
            rule=note.rule,
            table=table,
            column=column,
            what=words.gettext(LOST, target=target),
            bad=note.rows,
            rows=rows,
            severity="serious" if note.rows >= NOTICED * rows else "minor",
            examples=first_keys(flagged),
            effect=Effect(words.gettext(LOST_EFFECT, target=target, percent=share)),
            mend=" ".join(filter(None, [words.gettext(LOST_MEND, target=target), spelled])),
            flagged=flagged,
        )

    return ask


def _refusal(company: Company, table: str, rule: str, error: RevkitError) -> Finding:
    """Return what a check refuses as a finding; its message has the first rows."""
    said = str(error).removeprefix(f"{table}: ")
    what, _, mend = said.partition(". ")
    rows = company.examined(table).total
    effect = Effect(company.words.gettext(REFUSED))
    return Finding(rule, table, "", what, 0, rows, "refused", effect=effect, mend=mend)
