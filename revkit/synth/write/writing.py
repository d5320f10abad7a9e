"""Write a company chunk by chunk, in several processes, within bounded memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from revkit import manifest
from revkit.errors import ParameterError
from revkit.synth.dirt.date_formats import mapping
from revkit.synth.kernel.arrow import COLUMNS
from revkit.synth.kernel.processes import map_chunks
from revkit.synth.write.files import MADE, truth_folder
from revkit.synth.write.formats import WRITERS, concatenate_files

if TYPE_CHECKING:
    import pyarrow as pa

    from revkit.synth.simulate.world import World
    from revkit.synth.tables.build import ChunkTables
    from revkit.synth.tables.per_company.totals import Totals

Format = Literal["parquet", "csv"]
Progress = Callable[[int, int], object]

PARTS = "parts"
"""Folder for the parts of tables, until they are all written."""

KEY = "dirt_key"
DIRTY_FILES = (f"{KEY}.parquet", "mapping.yaml")
"""Files of the truth folder of a dirty company: the key, and the mapping that reads it."""


class Chunks(Protocol):
    """Company that builds its tables chunk by chunk."""

    @property
    def world(self) -> World:
        """Scenario, size and seed."""

    @property
    def dirt(self) -> str:
        """Level of errors: clean, light or heavy."""

    @property
    def workers(self) -> int:
        """Number of processes that write."""

    def part(self, chunk: int) -> ChunkTables:
        """Build the tables of one chunk."""

    def streamed(self, chunk: int) -> tuple[Totals, Iterator[tuple[str, pa.Table]]]:
        """Return a clean chunk's totals, and its tables one after another."""

    def once(self, sums: Totals) -> dict[str, pa.Table]:
        """Build the tables that exist once per company from totals over all chunks."""


@dataclass(frozen=True)
class Written:
    """Written table: its path, its rows, and its size in bytes."""

    path: Path
    rows: int
    size: int


@dataclass(frozen=True)
class ChunkSummary:
    """Totals of a chunk, rows of its tables, and the mapping that reads a dirty one."""

    sums: Totals
    rows: dict[str, int]
    mapping: str = ""

    def __add__(self, other: ChunkSummary) -> ChunkSummary:
        rows = {name: count + other.rows[name] for name, count in self.rows.items()}
        return ChunkSummary(self.sums + other.sums, rows, self.mapping)


@dataclass(frozen=True)
class ChunkWriter:
    """Company and folder, with which a process can write any chunk."""

    company: Chunks
    folder: Path
    format: Format

    def chunk(self, number: int) -> ChunkSummary:
        """Write the tables of one chunk."""
        if self.company.dirt == "clean":
            sums, tables = self.company.streamed(number)
            return ChunkSummary(
                sums, {name: self.table(name, each, number) for name, each in tables}
            )
        part = self.company.part(number)
        WRITERS["parquet"](part.key, self.place(KEY, number, "parquet"))
        rows = {name: self.table(name, table, number) for name, table in part.tables.items()}
        return ChunkSummary(
            part.sums, rows, mapping(part.tables, self.company.world.scenario.currency)
        )

    def table(self, name: str, table: pa.Table, number: int = 0) -> int:
        """Write one part of a table; return its rows."""
        WRITERS[self.format](table, self.place(name, number, self.format))
        rows: int = table.num_rows
        return rows

    def place(self, name: str, number: int, format: Format) -> Path:
        """Return the path of one part of a table."""
        (self.folder / name).mkdir(exist_ok=True)
        return self.folder / name / f"part-{number:05d}.{format}"


def write(
    company: Chunks,
    folder: Path,
    format: Format,
    progress: Progress | None,
    *,
    truth: Callable[[Path], object] | None,
    force: bool,
) -> dict[str, Written]:
    """Write every table, and the truth if given; see :meth:`revkit.synth.Company.write`."""
    if format not in WRITERS:
        raise ParameterError.no_format(format, known=WRITERS)
    folder, beside = manifest.real(folder), truth_folder(folder)
    with manifest.replacing(folder, beside, made=MADE, force=force, taken=COLUMNS) as (
        tables,
        secrets,
    ):
        parts = tables / PARTS
        parts.mkdir()
        job, chunks = ChunkWriter(company, parts, format), company.world.chunks
        all_ = reduce(
            add,
            _report_progress(map_chunks(job.chunk, chunks, company.workers), len(chunks), progress),
        )
        rows = all_.rows
        for name, table in company.once(all_.sums).items():
            rows[name] = job.table(name, table)
        placed = {name: _place(parts / name, tables, format) for name in COLUMNS}
        if company.dirt != "clean":
            key, reads = (secrets / name for name in DIRTY_FILES)
            concatenate_files(sorted((parts / KEY).iterdir()), "parquet", key)
            reads.write_text(all_.mapping, "utf-8")
        shutil.rmtree(parts)
        if truth is not None:
            truth(secrets)
    return {
        name: Written(folder / path.name, rows[name], _size(folder / path.name))
        for name, path in placed.items()
    }


def _report_progress(
    chunks: Iterator[ChunkSummary], of: int, progress: Progress | None
) -> Iterator[ChunkSummary]:
    """Yield the chunks and report the progress after each."""
    for done, chunk in enumerate(chunks, 1):
        if progress is not None:
            progress(done, of)
        yield chunk


def _place(parts: Path, folder: Path, format: Format) -> Path:
    """Move a written table into a folder: a file, or a folder where Parquet has several parts."""
    name = parts.name
    files = sorted(parts.iterdir())
    if len(files) > 1 and format == "csv":
        concatenate_files(files, format, parts / "whole")
        files = [parts / "whole"]
    if len(files) > 1:
        return parts.rename(folder / name)
    return files[0].rename(folder / f"{name}.{format}")


def _size(path: Path) -> int:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)
