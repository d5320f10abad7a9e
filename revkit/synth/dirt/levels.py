"""Levels of dirt: the errors of an export, with a key to every changed cell.

Whether a row gets an error depends on its id alone, so the same rows are hit whatever else is,
and rows hit at the light level are hit at the heavy one too. Each kind has columns of its own, so
that no cell is changed twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from revkit.synth.dirt import cell_errors, date_formats, duplicates
from revkit.synth.dirt.key import KEY, DirtyChunk
from revkit.synth.kernel.random_streams import Streams

if TYPE_CHECKING:
    import pyarrow as pa

    from revkit.synth.dirt.key import Tables

LEVELS: dict[str, dict[str, float]] = {
    "clean": {},
    "light": {
        "no owner": 0.01, "won without amount": 0.005, "other spelling": 0.02,
        "stage back": 0.005, "other currency": 0.005, "local time": 0.01,
        "day first": 0.02, "twice": 0.01,
    },
    "heavy": {
        "cut off": 0.9, "no owner": 0.05, "won without amount": 0.03, "other spelling": 0.08,
        "stage back": 0.03, "other currency": 0.02, "local time": 0.05,
        "day first": 0.3, "expected day first": 0.1, "twice": 0.04,
    },
}  # fmt: skip
"""Share of the rows a kind can fall on that get the error; of ``cut off``, the share kept.

They are applied in this order: rows cut off get no errors, and second entries repeat the errors
of the first.
"""

KINDS: dict[str, Callable[[DirtyChunk, str, float], None]] = {
    "cut off": cell_errors.truncate,
    "no owner": cell_errors.remove_owners,
    "won without amount": cell_errors.remove_amounts,
    "other spelling": cell_errors.misspell,
    "stage back": cell_errors.reset_stages,
    "other currency": cell_errors.mislabel_currency,
    "local time": cell_errors.shift_clocks,
    "day first": date_formats.day_first_due,
    "expected day first": date_formats.day_first_expected,
    "twice": duplicates.add_duplicates,
}
"""Functions that add each kind of error to a chunk."""


def add_dirt(
    tables: Tables, level: str, streams: Streams, *, last: bool
) -> tuple[Tables, pa.Table]:
    """Add errors to a chunk's tables and return them with the key.

    Parameters
    ----------
    tables
        Those of one chunk of accounts, clean: leads, opportunities, activities and so on.
    level
        One of ``LEVELS``.
    streams
        The chunk's.
    last
        Whether it is the company's last chunk: an export that stops does so at its end.

    Returns
    -------
    dict of Arrow tables, Arrow table
        The tables have the columns and types they had, but for the days that somebody wrote
        with the day first: such a column is text. The key has a row for each cell changed, row
        added (``column`` null, ``dirty`` "added") and row lost (``clean`` "there"): ``kind``,
        ``table``, ``row`` (its key columns, with a bar between), ``column``, ``clean``,
        ``dirty``; all text. A row added is one row of the key, whatever its cells hold.

    Examples
    --------
    >>> from revkit.synth import generate
    >>> company = generate(accounts=30, months=6)
    >>> dirty, key = add_dirt(company.tables, "heavy", company.world.streams(0), last=True)
    >>> key.column_names
    ['kind', 'table', 'row', 'column', 'clean', 'dirty']
    >>> dirty["invoices"].schema.field("due_on").type
    DataType(string)
    """
    import pyarrow as pa

    chunk = DirtyChunk(dict(tables), streams, last)
    for kind, share in LEVELS[level].items():
        KINDS[kind](chunk, kind, share)
    empty = pa.schema([(name, pa.string()) for name in KEY]).empty_table()
    return chunk.tables, pa.concat_tables([empty, *chunk.key]).combine_chunks()
