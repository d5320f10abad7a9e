"""Which column refers to another table: the one that holds its keys, rather than its names."""

from __future__ import annotations

from collections.abc import Iterable

from revkit.schema import TABLES
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
    taken = {column for column, _ in match.columns.values()}
    found = {
        column: overlap(values.filled, keys)
        for column, values in match.file.columns.items()
        if column not in taken
    }
    best = max(found, key=lambda column: found[column], default="")
    if best and found[best] >= MOST:
        return best, ""
    return theirs, f"most are no {key} of {other.file.name}: which column is?"
