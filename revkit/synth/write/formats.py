"""Parquet and CSV writers: the same table gives the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


REPEATS = 3
"""Times that a word comes on average from which on a file has a dictionary of them."""

LARGEST_DICTIONARY = 1 << 30
"""Bytes of the largest dictionary of a row group."""


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a Parquet file whose bytes depend on the table and the Arrow release alone.

    What hardly repeats (text that is no dictionary, ids of many, moments) gets none in the file
    either, which takes a third off the time and a quarter off the size; a dictionary, however
    long, is written once for each row group.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    moments = [field.name for field in table.schema if pa.types.is_temporal(field.type)]
    pq.write_table(
        table, path, version="2.6", compression="zstd", compression_level=1,
        use_dictionary=[name for name in table.column_names if repeats(table[name])],
        write_statistics=False, store_schema=False, dictionary_pagesize_limit=LARGEST_DICTIONARY,
        column_encoding=dict.fromkeys(moments, "DELTA_BINARY_PACKED"),
    )  # fmt: skip


def repeats(column: pa.ChunkedArray) -> bool:
    """Report whether a column is worth a dictionary: numbers, and words that repeat."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return REPEATS * sum(len(chunk.dictionary) for chunk in column.chunks) <= len(column)
    return not (pa.types.is_string(column.type) or pa.types.is_temporal(column.type))


def write_csv(table: pa.Table, path: Path) -> None:
    """Write a CSV file, text in quotes."""
    import pyarrow as pa
    import pyarrow.csv

    text = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    pyarrow.csv.write_csv(table.cast(pa.schema(text)), path)


def concatenate_files(parts: Sequence[Path], format: str, path: Path) -> None:
    """Concatenate several files into one."""
    if format == "csv":
        with path.open("wb") as whole:
            for place, part in enumerate(parts):
                with part.open("rb") as file:
                    if place:
                        file.readline()
                    shutil.copyfileobj(file, whole)
        return
    import pyarrow.parquet as pq

    with parquet_writer(path, pq.read_schema(parts[0])) as writer:
        for part in parts:
            writer.write_table(pq.read_table(part))


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a writer that adds tables to a Parquet file."""
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        path, schema, version="2.6", compression="zstd", write_statistics=False, store_schema=False
    )


WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    "parquet": write_parquet, "csv": write_csv
}  # fmt: skip
