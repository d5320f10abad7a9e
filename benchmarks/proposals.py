"""Proposed mappings against known ones: exports of a sample company under foreign names.

``python -m benchmarks.proposals`` writes the tables of ``data/sample`` under the headers of
``tests/data/headers.yaml`` (eighteen exports in five languages, each in its country's way of
writing days and amounts, columns in another order and some that are none of ours), asks for a
mapping, and counts: precision is the share of proposed columns that are right, recall the share of
columns that were found.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

import revkit as rk
from revkit.schema import TABLES
from revkit.yaml_files import load_yaml

HEADERS = Path(__file__).parents[1] / "tests" / "data" / "headers.yaml"
ROWS = 400
WAYS = {
    "en": (",", ".", "%Y-%m-%d"),
    "it": (";", ",", "%d/%m/%Y"),
    "de": (";", ",", "%d.%m.%Y"),
    "fr": (";", ",", "%d/%m/%Y"),
    "es": (";", ",", "%d/%m/%Y"),
}


class Score(NamedTuple):
    """Columns of an export: known, proposed, of these right; proposed as sure, of these right."""

    export: str
    known: int
    proposed: int
    right: int
    sure: int
    sure_right: int


def exports() -> dict[str, Any]:
    """Return the headers of each export."""
    content: dict[str, Any] = load_yaml(HEADERS)
    return content


def write(name: str, tables: Mapping[str, Any], folder: Path, data: Any) -> dict[Any, Any]:
    """Write an export and return the column of the schema by file and header."""
    separator, decimal, day = WAYS[name[:2]]
    chance = random.Random(name)  # noqa: S311 - the order of columns is no secret
    known = {}
    for table, given in tables.items():
        rows = data.table(table).limit(ROWS).to_pandas() if table in data.tables else None
        if rows is None:
            continue
        frame = pd.DataFrame(index=rows.index)
        headers = {ours: theirs for ours, theirs in given["columns"].items() if ours in rows}
        for ours, theirs in headers.items():
            column = TABLES[table].columns[ours]
            frame[theirs] = rows[ours].dt.strftime(day) if column.dated else rows[ours]
            known[given["file"], theirs] = (table, ours)
        for number, extra in enumerate(given.get("extra", [])):
            frame[extra] = [f"x{(row * 7 + number) % 13}" for row in range(len(frame))]
        order = list(frame.columns)
        chance.shuffle(order)
        file = folder / f"{given['file']}.csv"
        frame[order].to_csv(file, sep=separator, decimal=decimal, index=False)
    return known


def scores() -> Iterator[Score]:
    """Yield the score of each export."""
    data = rk.load(Path(__file__).parents[1] / "data" / "sample")
    for name, tables in exports().items():
        with TemporaryDirectory() as place:
            known = write(name, tables, Path(place), data)
            lines = rk.propose_mapping(place).lines
        told = {(line.file, line.theirs): (line.table, line.column) for line in lines}
        sure = {(line.file, line.theirs) for line in lines if line.sure == "sure"}
        right = {place for place, ours in told.items() if known.get(place) == ours}
        yield Score(name, len(known), len(told), len(right), len(sure), len(sure & right))


def main() -> None:
    """Print a line for each export and the whole."""
    found = list(scores())
    sums = [sum(getattr(one, name) for one in found) for name in Score._fields[1:]]
    for one in [*found, Score("all", *sums)]:
        print(
            f"{one.export:16} precision {one.right / one.proposed:6.1%}  "
            f"recall {one.right / one.known:6.1%}  sure {one.sure:3}, right "
            f"{one.sure_right / max(one.sure, 1):6.1%}"
        )


if __name__ == "__main__":
    main()
