"""The check of a table against the others: references, histories, managers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from revkit.dataset.notes import Note
from revkit.dataset.relations.agreement import disagreements
from revkit.dataset.relations.managers import check_managers, check_past_managers
from revkit.dataset.relations.outside import before_the_beginning, unknown_segments, while_away
from revkit.dataset.relations.references import check_reference
from revkit.dataset.validation.closings import check_history
from revkit.dataset.validation.exclusion import without
from revkit.dataset.validation.keys import spelled_apart
from revkit.dataset.validation.process import Process, check_stages
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

HISTORY = "opportunity_history"
EMPLOYED = ("hired_on", "left_on")
HISTORIES = {"lead_history": "leads", HISTORY: "opportunities"}


class Company(Protocol):
    """The part of a company's tables that the check needs."""

    @property
    def columns(self) -> Mapping[str, frozenset[str]]:
        """The columns of the schema that each table was loaded with."""

    @property
    def process(self) -> Process:
        """The stages of leads and deals."""

    @property
    def tells_pipelines(self) -> bool:
        """True when stages differ by pipeline."""

    @property
    def asked(self) -> frozenset[str]:
        """The rules whose rows are set aside."""

    @property
    def ignore(self) -> frozenset[str]:
        """The columns that are right although they look like a mistake."""

    @property
    def aside(self) -> Mapping[str, ir.Table]:
        """The keys of rows that are set aside, by table."""

    def typed(self, name: str, /) -> ir.Table:
        """Return a table of declared types, checked by itself."""

    def is_spaced(self, table: str, column: str, /) -> bool:
        """Report whether some ids of a column have blanks around them."""


@dataclass
class Related:
    """Result of the check: the rows that stay, and the notes on them."""

    rows: ir.Table
    notes: list[Note]


def check_relations(company: Company, name: str) -> Related:
    """Return a table after a look at what it says of others.

    Rows that belong to one set aside, as its history does, are set aside with it.

    Raises
    ------
    DataError
        When most references find nothing, managers lead in a circle, a deal has closed on a day
        while its history has it open, or is in a stage of another pipeline.
    """
    found = _references(company, name)
    loaded = company.columns
    if name in ("reps", "rep_history") and "manager_id" in loaded[name]:
        _check_managers(company, name, found.rows)
    if name == "opportunities" and HISTORY in loaded:
        _compare_history(company, found)
    found.notes += _earlier(company, name, found.rows)
    if name == "targets" and "segment" in loaded[name] & loaded.get("accounts", frozenset()):
        note = unknown_segments(found.rows, company.typed("accounts"))
        found.notes += [note] if note else []
    if name == "activities" and (told := loaded.get("reps", frozenset()) & {*EMPLOYED}):
        note = while_away(found.rows, company.typed("reps"), sorted(told))
        found.notes += [note] if note else []
    if name == HISTORY and "opportunities" in loaded and company.tells_pipelines:
        own, stages = company.typed("opportunities"), company.typed("stages")
        found.rows, note = check_stages(found.rows, own, stages, company.asked)
        found.notes += [note] if note else []
    return found


def _references(company: Company, name: str) -> Related:
    """Return a table without the rows of what is set aside, and the notes on its references."""
    expr, notes = company.typed(name), []
    for column in TABLES[name].columns.values():
        target = column.references
        if target is None or column.name not in company.columns[name]:
            continue
        if target not in company.columns:
            if company.is_spaced(name, column.name):
                notes.append(spelled_apart(name, expr, column.name))
            continue
        keys = company.typed(target).select(TABLES[target].key[0])
        place = {"table": name, "column": column.name, "target": target}
        note = check_reference(expr, keys, **place, ignore=company.ignore)
        if column.key and target in company.aside:
            expr = without(expr, column.name, company.aside[target])
        else:
            notes.append(note)
    return Related(expr, [note for note in notes if note])


def _earlier(company: Company, name: str, expr: ir.Table) -> list[Note]:
    """Return the note on rows of a history from before what they tell of was there."""
    owner = HISTORIES.get(name)
    if owner is None or owner not in company.columns:
        return []
    began = TABLES[owner].known_on[0]
    if began not in company.columns[owner]:
        return []
    note = before_the_beginning(name, expr, owner, company.typed(owner), began)
    return [note] if note else []


def _check_managers(company: Company, name: str, expr: ir.Table) -> None:
    """Refuse managers who lead in a circle."""
    if name == "reps":
        check_managers(expr)
    elif "reps" in company.columns:
        check_past_managers(expr, company.typed("reps"))


def _compare_history(company: Company, found: Related) -> None:
    """Refuse deals that their history has open, and note what it tells otherwise."""
    history, loaded = company.typed(HISTORY), company.columns
    if "stages" in loaded and "closed_on" in loaded["opportunities"]:
        closed = company.process.closed
        found.rows, note = check_history(found.rows, history, closed, company.asked)
        found.notes += [note] if note else []
    found.notes += _disagreements(company, found.rows, history)


def _disagreements(company: Company, deals: ir.Table, history: ir.Table) -> Iterator[Note]:
    """Yield the notes on deals whose history ends otherwise than their row says."""
    loaded = company.columns
    return disagreements(
        deals,
        history,
        company.typed("stages") if "stages" in loaded else None,
        by_pipeline=company.tells_pipelines,
        loaded=loaded["opportunities"] & loaded[HISTORY],
        known=company.process.closed,
    )
