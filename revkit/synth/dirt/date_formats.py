"""Dates written with the day first, and the mapping that reads such columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.synth.dirt.key import DirtyChunk, text

if TYPE_CHECKING:
    from revkit.synth.dirt.key import Tables

DUE, EXPECTED = DAYS = (("invoices", "due_on"), ("opportunities", "expected_close_on"))
"""Tables and columns whose dates are text if some are written with the day first."""

MAPPING = """\
# Reads the days that are written in two ways; amounts are added up in the currency said here.
currency: {currency}
tables:
"""

READS = """\
  {table}:
    source: {table}
    columns:
      {column}: {{from: {column}, date_format: ["%Y-%m-%d", "%d/%m/%Y"]}}
"""


def day_first_due(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Write some due dates of invoices as 31/12/2025 among others written 2025-12-31."""
    _day_first(chunk, kind, share, *DUE)


def day_first_expected(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Write some expected close dates as 31/12/2025 among others written 2025-12-31."""
    _day_first(chunk, kind, share, *EXPECTED)


def _day_first(chunk: DirtyChunk, kind: str, share: float, table: str, column: str) -> None:
    import pyarrow.compute as pc

    hit = chunk.hit(table, kind, share)
    iso = text(chunk.column(table, column).take(hit))
    day_first = pc.replace_substring_regex(iso, r"^(\d+)-(\d+)-(\d+)$", r"\3/\2/\1")
    chunk.change(kind, table, column, hit, day_first)


def parse_days(tables: Tables) -> Tables:
    """Parse the columns of days that were written as text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> written = pa.table({"due_on": ["2025-12-31", "30/12/2025", None]})
    >>> parse_days({"invoices": written})["invoices"]["due_on"].to_pylist()
    [datetime.date(2025, 12, 31), datetime.date(2025, 12, 30), None]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    read = dict(tables)
    for table, column in written(tables):
        place = read[table].schema.get_field_index(column)
        iso = pc.replace_substring_regex(read[table][column], r"^(\d+)/(\d+)/(\d+)$", r"\3-\2-\1")
        field = pa.field(column, pa.date32())
        read[table] = read[table].set_column(place, field, iso.cast(pa.date32()))
    return read


def written(tables: Tables) -> list[tuple[str, str]]:
    """List the tables and columns in which days are text."""
    import pyarrow as pa

    return [
        (table, column)
        for table, column in DAYS
        if table in tables and pa.types.is_string(tables[table].schema.field(column).type)
    ]


def mapping(tables: Tables, currency: str) -> str:
    """Return the mapping file with which :func:`revkit.load` reads the written tables.

    Examples
    --------
    >>> import pyarrow as pa
    >>> print(mapping({"invoices": pa.table({"due_on": ["30/12/2025"]})}, "EUR"))
    # Reads the days that are written in two ways; amounts are added up in the currency said here.
    currency: EUR
    tables:
      invoices:
        source: invoices
        columns:
          due_on: {from: due_on, date_format: ["%Y-%m-%d", "%d/%m/%Y"]}
    """
    reads = [READS.format(table=table, column=column) for table, column in written(tables)]
    return MAPPING.format(currency=currency) + "".join(reads)
