"""Which file is which table, and which column is which: by names, values, keys and references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from revkit.schema import TABLES, ColumnSchema, TableSchema
from revkit.sources.proposals.concepts import about, likeness_of_table, meaning, ways
from revkit.sources.proposals.values import Values, overlap

LEAST, LIKELY, SURE = 0.4, 0.6, 0.85
"""Scores from which a column is proposed, is likely, and is sure."""


@dataclass(frozen=True)
class File:
    """A file of the source: its name and a sample of each column."""

    name: str
    columns: Mapping[str, Values]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The values of its columns that name each row."""
        unique = [one.filled for one in self.columns.values() if one.is_unique]
        return frozenset(value for column in unique for value in column)


@dataclass(frozen=True)
class Match:
    """A file as a table: the columns of the schema with those of the file and their scores."""

    file: File
    table: str
    columns: Mapping[str, tuple[str, float]]
    named: float

    @property
    def score(self) -> float:
        """The fit of the whole, in which the key and what formulas need count most."""
        declared = TABLES[self.table].columns
        found = sum(
            score * (1.0 if not declared[name].optional else 0.5)
            for name, (_, score) in self.columns.items()
        )
        return 2.5 * self.named + found / (1 + 0.15 * len(self.file.columns))


def placed(files: Iterable[File]) -> list[Match]:
    """Return the files that look like tables, the best first; one file for each table."""
    pool = list(files)
    found = [one for file in pool for table in TABLES if (one := _match(file, table, pool))]
    found.sort(key=lambda one: (-one.score, one.table, one.file.name))
    chosen: list[Match] = []
    for one in found:
        taken = {match.table for match in chosen} | {match.file.name for match in chosen}
        if not taken & {one.table, one.file.name}:
            chosen.append(one)
    order = list(TABLES)
    return sorted(chosen, key=lambda one: order.index(one.table))


def _match(file: File, table: str, files: Iterable[File]) -> Match | None:
    """Return a file as a table by the assignment with the highest scores; None without its key."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    schema = TABLES[table]
    ours, theirs = list(schema.columns.values()), list(file.columns)
    named = likeness_of_table(file.name, table)
    scores = np.array(
        [[_score(file, one, table, column, files) for one in theirs] for column in ours]
    )
    if not scores.size:
        return None
    # a key goes before a name: an export may have the name alone; what is needed before the rest
    weights = np.array([[1.2 if one.key else 0.98 if one.optional else 1.0] for one in ours])
    rows, chosen = linear_sum_assignment(-scores * weights)
    columns = {
        ours[row].name: (theirs[at], float(scores[row, at]))
        for row, at in zip(rows, chosen, strict=True)
        if scores[row, at] >= LEAST
    }
    if len(schema.key) == 1 and schema.key[0] not in columns and named >= LIKELY:
        columns |= _keyed(file, schema.key[0], columns)
    if "name" in schema.columns and "name" not in columns:
        columns |= _named(file, schema, columns, table, files)
    first = next(name for name in schema.key if name != "object")
    if len(columns) < 2 or first not in columns:
        return None
    if named < LIKELY and not _telling(columns, table):
        return None
    return Match(file, table, columns, named)


def _keyed(
    file: File, key: str, columns: Mapping[str, tuple[str, float]]
) -> dict[str, tuple[str, float]]:
    """Return a column that names each row as the key, though its name does not say so."""
    taken = {theirs for theirs, score in columns.values() if score >= LIKELY}
    unique = [
        theirs for theirs, values in file.columns.items()
        if values.is_unique and theirs not in taken and not values.date_formats
    ]  # fmt: skip
    named = [theirs for theirs in unique if "id" in meaning(theirs).concepts]
    if not unique and "name" in columns and file.columns[columns["name"][0]].is_unique:
        unique = [columns["name"][0]]  # an export may have names alone
    return {key: ((named or unique)[0], LEAST)} if unique else {}


def _named(
    file: File,
    schema: TableSchema,
    columns: Mapping[str, tuple[str, float]],
    table: str,
    files: Iterable[File],
) -> dict[str, tuple[str, float]]:
    """Return the key as the name, too, where it is a name rather than a number or a code."""
    theirs, _ = columns.get(schema.key[0], ("", 0.0))
    if not theirs or not any(" " in value for value in file.columns[theirs].filled):
        return {}
    score = _score(file, theirs, table, schema.columns["name"], files)
    return {"name": (theirs, score)} if score >= LIKELY else {}


def _telling(columns: Mapping[str, tuple[str, float]], table: str) -> bool:
    """Return whether most that formulas need of a table is there, though its name says nothing."""
    needed = [one.name for one in TABLES[table].columns.values() if not one.optional]
    return len(needed) > 2 and sum(name in columns for name in needed) >= 0.75 * len(needed)


def _score(
    file: File, theirs: str, table: str, column: ColumnSchema, files: Iterable[File]
) -> float:
    """Return how much a column of a file seems to be one of the schema: from 0 to 1."""
    values = file.columns[theirs]
    fit = values.fit(column)
    if fit == 0:
        return 0.0
    said, topic = meaning(theirs), about(table)
    score = max((said.likeness(way, topic) for way in ways(table, column.name)), default=0.0)
    if column.key and len(TABLES[table].key) == 1:
        score = score + 0.1 if values.is_unique else score * 0.3
        if "name" in said.concepts and "id" not in said.concepts:
            score *= 0.7  # two deals may have one name: a column that says "id" goes before
    elif column.references is not None and score > 0.3:
        score += _referring(file, values, column.references, files)
    if column.type == "id" and column.references is None and not column.key:
        score *= 0.8
    return min(score * fit, 1.0)


def _referring(file: File, values: Values, target: str, files: Iterable[File]) -> float:
    """Return what the values of a reference add to its score: whether they are keys elsewhere."""
    others = [
        one for one in files
        if one is not file and likeness_of_table(one.name, target) >= LIKELY and one.keys
    ]  # fmt: skip
    if not others or not values.filled:
        return 0.0
    best = max(overlap(values.filled, one.keys) for one in others)
    return 0.25 if best >= 0.7 else -0.1 if best == 0 else 0.0


def why(match: Match, column: ColumnSchema, values: Values, files: Iterable[File]) -> str:
    """Return the reasons for a line, in a few words."""
    reasons = []
    if column.key and values.is_unique:
        reasons.append("unique")
    if column.references and _referring(match.file, values, column.references, files) > 0:
        reasons.append(f"keys of {column.references}")
    if column.dated:
        reasons.append("dates")
    return ", ".join(reasons)
