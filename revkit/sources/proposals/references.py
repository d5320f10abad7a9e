"""Which column refers to another table: the one that holds its keys, rather than its names."""

from __future__ import annotations

from collections.abc import Iterable

from revkit.schema import TABLES
from revkit.sources.proposals.concepts import meaning
from revkit.sources.proposals.matching import Match
from revkit.sources.proposals.values import overlap

SOME, MOST = 0.5, 0.7
"""Shares of values that are keys: below which a column is no reference, and from which it is."""


def reference(match: Match, name: str, matches: Iterable[Match]) -> tuple[str, str]:
    """Return the column of a reference, and what has to be checked of it; empty for nothing.

    It is the proposed one, or, where that has no keys of the other table, another one that does
    and has no other place.
    """
    theirs, _ = match.columns[name]
    target = TABLES[match.table].columns[name].references
    other = next((one for one in matches if one.table == target), None)
    if other is None or other is match or not match.file.columns[theirs].filled:
        return theirs, ""
    key, _ = other.columns[TABLES[other.table].key[0]]
    keys = frozenset(other.file.columns[key].filled)
    if overlap(match.file.columns[theirs].filled, keys) >= SOME:
        return theirs, ""
    best = _holding(match, keys, match.file.columns)
    doubt = f"most are no {key} of {other.file.name}: which column is?"
    return (best, "") if best else (theirs, doubt)


def unnamed_references(match: Match, matches: Iterable[Match]) -> dict[str, str]:
    """Return the columns that hold keys of another table although no name says so, by ours.

    ``Codice`` below a title ``Cliente`` does. Numbers hold the same values as many a key, so that
    a column of them has to be called a number or a code.
    """
    found: dict[str, str] = {}
    tables = {one.table: one for one in matches if one is not match}
    for name, declared in TABLES[match.table].columns.items():
        other = tables.get(declared.references or "")
        if other is None or name in match.columns:
            continue
        key, _ = other.columns[TABLES[other.table].key[0]]
        keys = frozenset(other.file.columns[key].filled)
        named = [
            column for column, values in match.file.columns.items()
            if column not in found.values()
            and ("id" in meaning(column).concepts or values.decimal is None)
        ]  # fmt: skip
        if best := _holding(match, keys, named):
            found[name] = best
    return found


def _holding(match: Match, keys: frozenset[str], columns: Iterable[str]) -> str:
    """Return the column without a place that holds the most keys, if it holds enough."""
    taken = {column for column, _ in match.columns.values()}
    found = {
        column: overlap(match.file.columns[column].filled, keys)
        for column in columns
        if column not in taken
    }
    best = max(found, key=lambda column: found[column], default="")
    return best if best and found[best] >= MOST else ""
