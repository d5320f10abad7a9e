"""Dirt: what exports look like, put on a clean company, with a key to every cell that changed.

Whether a cell is soiled hangs on its row's id alone, so the same rows are soiled whatever else is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from revkit.schema import TABLES
from revkit.synth.streams import Numbers, Slots, Streams
from revkit.synth.vocabulary import INDUSTRIES

if TYPE_CHECKING:
    import pyarrow as pa

    Tables = dict[str, pa.Table]

LEVELS: dict[str, dict[str, float]] = {
    "clean": {},
    "light": {
        "no owner": 0.01, "won without amount": 0.005, "other spelling": 0.02,
        "stage back": 0.005, "other currency": 0.005, "local time": 0.01, "twice": 0.01,
    },
    "heavy": {
        "no owner": 0.05, "won without amount": 0.03, "other spelling": 0.08,
        "stage back": 0.03, "other currency": 0.02, "local time": 0.05, "twice": 0.04,
        "cut off": 0.9,
    },
}  # fmt: skip
"""How much of what each kind of dirt can fall on is soiled; of ``cut off``, what is left."""

ROUND = 1000
"""Exports stop at a multiple of so many rows."""


@dataclass
class Soil:
    """A company's tables as they get dirty, and the key to what was done."""

    tables: Tables
    streams: Streams
    key: list[dict[str, str | None]] = field(default_factory=list)

    def drawn(self, table: str, kind: str, share: float) -> Numbers:
        """Which rows of a table a kind of dirt falls on, by their ids."""
        slots = Slots(self.streams, np.array([crc32(row.encode()) for row in self.ids(table)]))
        return np.asarray(slots.uniform(f"dirt.{kind}") < share)

    def ids(self, table: str) -> list[str]:
        """What tells the rows of a table apart, as text."""
        columns = [c.name for c in TABLES[table].columns.values() if c.key]
        rows = self.tables[table].select(columns).to_pydict()
        return ["|".join(map(str, row)) for row in zip(*rows.values(), strict=True)]

    def change(self, kind: str, table: str, column: str, new: Mapping[int, Any]) -> None:
        """Give some rows another value in a column, and write down what stood there."""
        import pyarrow as pa

        held = self.tables[table]
        values, ids = held[column].to_pylist(), self.ids(table)
        for row, value in new.items():
            if value != values[row]:
                self._note(kind, table, ids[row], column, values[row], value)
                values[row] = value
        place = held.schema.get_field_index(column)
        soiled = pa.array(values, held.schema.field(column).type)
        self.tables[table] = held.set_column(place, held.schema.field(column), soiled)

    def add(self, kind: str, table: str, rows: list[dict[str, Any]]) -> None:
        """Add rows, each known by its id; a row that was not there has no clean value."""
        import pyarrow as pa

        held = self.tables[table]
        more = pa.Table.from_pylist(rows, schema=held.schema)
        first = held.num_rows
        self.tables[table] = pa.concat_tables([held, more]).combine_chunks()
        for row in self.ids(table)[first:]:
            self._note(kind, table, row, None, None, "added")

    def cut(self, kind: str, table: str, rows: int) -> None:
        """Keep the first rows of a table."""
        for row in self.ids(table)[rows:]:
            self._note(kind, table, row, None, "there", None)
        self.tables[table] = self.tables[table].slice(0, rows)

    def _note(
        self, kind: str, table: str, row: str, column: str | None, clean: Any, dirty: Any
    ) -> None:
        clean, dirty = (None if value is None else str(value) for value in (clean, dirty))
        self.key.append(
            {"kind": kind, "table": table, "row": row, "column": column,
             "clean": clean, "dirty": dirty}
        )  # fmt: skip


def soiled(tables: Tables, level: str, seed: int) -> tuple[Tables, pa.Table]:
    """Return the tables with dirt on them, and the key.

    Returns
    -------
    dict of Arrow tables, Arrow table
        The key has a row for each cell changed, row added (``column`` null, ``dirty`` "added")
        and row lost (``clean`` "there"): ``kind``, ``table``, ``row`` (its key columns, with a
        bar between), ``column``, ``clean``, ``dirty``; values are text.
    """
    import pyarrow as pa

    soil = Soil(dict(tables), Streams(seed, 0))
    for kind, share in LEVELS[level].items():
        KINDS[kind](soil, kind, share)
    names = ("kind", "table", "row", "column", "clean", "dirty")
    key = pa.Table.from_pylist(soil.key, schema=pa.schema([(name, pa.string()) for name in names]))
    return soil.tables, key


def _no_owner(soil: Soil, kind: str, share: float) -> None:
    hit = np.flatnonzero(soil.drawn("opportunities", kind, share))
    soil.change(kind, "opportunities", "rep_id", dict.fromkeys(hit.tolist()))


def _no_amount(soil: Soil, kind: str, share: float) -> None:
    won = np.array(soil.tables["opportunities"]["is_won"].fill_null(False).to_pylist(), bool)
    hit = np.flatnonzero(won & soil.drawn("opportunities", kind, share))
    soil.change(kind, "opportunities", "amount", dict.fromkeys(hit.tolist()))


def _spelling(soil: Soil, kind: str, share: float) -> None:
    """Categories that differ by case or spacing: what a person typed."""
    hit = np.flatnonzero(soil.drawn("accounts", kind, share)).tolist()
    words = soil.tables["accounts"]["industry"].to_pylist()
    ways: tuple[Callable[[str], str], ...] = (str.lower, str.upper, lambda word: f"{word} ")
    new = {row: ways[row % 3](words[row]) for row in hit if words[row] in INDUSTRIES}
    soil.change(kind, "accounts", "industry", new)


def _stage_back(soil: Soil, kind: str, share: float) -> None:
    """A deal goes back to where it began, which a person forgot to mend."""
    rows = soil.tables["opportunity_history"].select(["stage", "seq"]).to_pylist()
    hit = np.flatnonzero(soil.drawn("opportunity_history", kind, share)).tolist()
    first = soil.tables["stages"].filter(_of_deals(soil.tables["stages"]))["stage"][0].as_py()
    new = {row: first for row in hit if rows[row]["seq"] > 2}
    soil.change(kind, "opportunity_history", "stage", new)


def _of_deals(stages: pa.Table) -> Any:
    import pyarrow.compute as pc

    return pc.equal(stages["object"], "opportunity")


def _currency(soil: Soil, kind: str, share: float) -> None:
    """Amounts that say another currency than the one they are in."""
    hit = np.flatnonzero(soil.drawn("opportunities", kind, share)).tolist()
    soil.change(kind, "opportunities", "currency", {row: ("USD", "GBP")[row % 2] for row in hit})


def _local_time(soil: Soil, kind: str, share: float) -> None:
    """Moments written down by a clock two hours ahead."""
    from datetime import timedelta

    hit = np.flatnonzero(soil.drawn("activities", kind, share)).tolist()
    when = soil.tables["activities"]["occurred_at"].to_pylist()
    late = {row: when[row] + timedelta(hours=2) for row in hit}
    soil.change(kind, "activities", "occurred_at", late)


def _twice(soil: Soil, kind: str, share: float) -> None:
    """Accounts entered a second time, to which every other of their later deals then belongs."""
    hit = np.flatnonzero(soil.drawn("accounts", kind, share))
    rows = soil.tables["accounts"].take(hit).to_pylist()
    taken = set(soil.tables["accounts"]["account_id"].to_pylist())
    twins: dict[str, str] = {}
    for row in rows:
        number = crc32(row["account_id"].encode()) % 900_000 + 100_000
        while f"A{number}" in taken:
            number += 1
        twins[row["account_id"]] = f"A{number}"
        taken.add(f"A{number}")
        row |= {"account_id": twins[row["account_id"]], "name": row["name"].upper()}
    soil.add(kind, "accounts", rows)
    owners = soil.tables["opportunities"]["account_id"].to_pylist()
    moved = soil.drawn("opportunities", f"{kind} deals", 0.5)
    new = {row: twins[owner] for row, owner in enumerate(owners) if owner in twins and moved[row]}
    soil.change(kind, "opportunities", "account_id", new)


def _cut_off(soil: Soil, kind: str, share: float) -> None:
    """An export that stopped at a round number of rows."""
    rows = soil.tables["activities"].num_rows
    if kept := int(rows * share) // ROUND * ROUND:
        soil.cut(kind, "activities", kept)


KINDS: dict[str, Callable[[Soil, str, float], None]] = {
    "no owner": _no_owner,
    "won without amount": _no_amount,
    "other spelling": _spelling,
    "stage back": _stage_back,
    "other currency": _currency,
    "local time": _local_time,
    "twice": _twice,
    "cut off": _cut_off,
}
