"""Company from a scenario and a seed: all its tables, as known on its last day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit import arguments as check
from revkit.errors import ParameterError
from revkit.synth.calibrate.calibration import calibrated_world
from revkit.synth.dirt.date_formats import parse_days
from revkit.synth.dirt.levels import LEVELS, add_dirt
from revkit.synth.kernel.arrow import COLUMNS, plain
from revkit.synth.kernel.name_pools import pool
from revkit.synth.kernel.processes import map_chunks
from revkit.synth.scenario.effects import start_of
from revkit.synth.scenario.load import scenario as scenario_named
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import World
from revkit.synth.tables.build import ChunkTables, build_chunk, build_company_tables, stream_chunk
from revkit.synth.truth.truth import Truth
from revkit.synth.write.checksums import Content, merge_contents, of_tables
from revkit.synth.write.writing import Format, Progress, Written, write

if TYPE_CHECKING:
    import datetime

    import pyarrow as pa

    from revkit.dataset import Dataset
    from revkit.synth.tables.per_company.totals import Totals


@dataclass(frozen=True, repr=False)
class Company:
    """Simulated company whose causes are known.

    Nothing is simulated before it is needed: :attr:`tables` and :attr:`data` build the company as
    a whole, :meth:`write` and :meth:`part` chunk by chunk. Tables begin with the scenario's start
    (deals, if they were still open then); subscriptions go back to the first customer, and
    exchange_rates to the start of the simulation.
    """

    world: World
    dirt: str = "clean"
    workers: int = 1

    @property
    def as_of(self) -> datetime.date:
        """Last day known: nothing that happened later is in the tables."""
        day: datetime.date = np.datetime64(self.world.end - 1, "D").astype(object)
        return day

    @property
    def detectability(self) -> str:
        """Explain why the planted effect cannot be detected; empty if it can, or if there is none.

        An effect is hidden by noise below its scenario's number of accounts, and changes nothing
        before it begins.

        Examples
        --------
        >>> generate("price-rise-smb", accounts=500).detectability
        'what price-rise-smb plants is found from 12,000 accounts on, and not among 500'
        """
        world, scenario = self.world, self.world.scenario
        if not scenario.effects:
            return ""
        if world.accounts < scenario.min_accounts:
            return (
                f"what {scenario.name} plants is found from {scenario.min_accounts:,} accounts on, "
                f"and not among {world.accounts:,}"
            )
        last = max(start_of(effect) for effect in scenario.effects)
        if world.months <= last:
            return (
                f"what {scenario.name} plants has begun after {last + 1} months, "
                f"and not after {world.months}"
            )
        return ""

    @property
    def tables(self) -> dict[str, pa.Table]:
        """Arrow tables by name: accounts, reps, campaigns, leads, and so on."""
        return self._whole[0]

    @property
    def key(self) -> pa.Table | None:
        """Cells that dirt changed, each with its clean value; None for a clean company."""
        return self._whole[1]

    @cached_property
    def data(self) -> Dataset:
        """Tables as a Dataset, ready for metrics; days that dirt rewrote as text are days again."""
        from revkit.dataset import Dataset

        currency = None if self.key is None else self.world.scenario.currency
        return Dataset(as_of=self.as_of, currency=currency, **parse_days(self.tables))

    @cached_property
    def truth(self) -> Truth:
        """Planted effects and what they caused, computed on first access."""
        return Truth(self)

    @cached_property
    def content(self) -> dict[str, Content]:
        """Number of rows and hash of each table, computed one chunk at a time."""
        parts = map_chunks(self._held, self.world.chunks, self.workers)
        sums, found = next(parts)
        for more, others in parts:
            sums, found = sums + more, merge_contents(found, others)
        found |= of_tables(self.once(sums))
        return {name: found[name] for name in COLUMNS}

    def _held(self, chunk: int) -> tuple[Totals, dict[str, Content]]:
        made = self.part(chunk)
        return made.sums, of_tables(made.tables)

    def part(self, chunk: int) -> ChunkTables:
        """Build the tables of one chunk of 32,768 accounts, which depend on its number alone.

        ``world.chunks`` are the numbers. A company can be sent to other processes and
        machines, each of which makes some of the chunks.

        Examples
        --------
        >>> company = generate(accounts=20, months=2)
        >>> company.part(0).tables["accounts"].num_rows
        20
        """
        clean = build_chunk(self.world, self._roster, chunk)
        if self.dirt == "clean":
            return clean
        clean = clean.plain()
        last = chunk == self.world.chunks[-1]
        tables, key = add_dirt(clean.tables, self.dirt, self.world.streams(chunk), last=last)
        return replace(clean, tables=tables, key=key)

    def streamed(self, chunk: int) -> tuple[Totals, Iterator[tuple[str, pa.Table]]]:
        """Return a clean chunk's totals and its tables, one after another."""
        return stream_chunk(self.world, self._roster, chunk)

    def once(self, sums: Totals) -> dict[str, pa.Table]:
        """Build the tables that exist once per company from totals over all chunks."""
        return build_company_tables(self.world, self._roster, sums)

    def write(
        self,
        folder: str | Path,
        format: Format = "parquet",
        progress: Progress | None = None,
        *,
        truth: bool = False,
        force: bool = False,
    ) -> dict[str, Written]:
        """Write every table; return where each one is, its rows and its size in bytes.

        A table is one file, or, as Parquet and beyond 32,768 accounts, a folder of parts, made
        one at a time by each of the ``workers``, so that memory does not grow with the company.
        All of it is put in its place at the end; what was written there of another company, and
        of its truth, is then removed. Files of anybody else are not. The key of a dirty company is
        written to ``<folder>-truth``, with the mapping that reads it.

        Parameters
        ----------
        folder
            ``~`` is home, and a link is followed.
        progress
            Called with how many chunks are done, and of how many.
        truth
            Whether to write :attr:`truth` to ``<folder>-truth``, at once with the tables.
        force
            Whether to write beside other files in the folder.

        Raises
        ------
        ParameterError
            An unknown format.
        FolderError
            A folder that holds other files.
        WriteError
            A full disk; what the folder held before is still there.
        """
        files = self.truth.write_files if truth else None
        return write(self, Path(folder), format, progress, truth=files, force=force)

    @cached_property
    def _roster(self) -> Roster:
        return Roster(self.world)

    @cached_property
    def _whole(self) -> tuple[dict[str, pa.Table], pa.Table | None]:
        import pyarrow as pa

        parts = [self.part(chunk).plain() for chunk in self.world.chunks]
        found = {
            name: pa.concat_tables([made.tables[name] for made in parts])
            for name in parts[0].tables
        }
        found |= {
            name: plain(table, name)
            for name, table in self.once(reduce(add, (made.sums for made in parts))).items()
        }
        keys = [made.key for made in parts if made.key is not None]
        return (
            {name: found[name].combine_chunks() for name in COLUMNS},
            pa.concat_tables(keys) if keys else None,
        )

    def __repr__(self) -> str:
        world, scenario = self.world, self.world.scenario
        text = (
            f"Company({scenario.name!r}, seed={world.seed}, months={world.months}, "
            f"accounts={world.accounts:,}, dirt={self.dirt!r}), as of {self.as_of}"
        )
        return f"{text}; {self.detectability}" if self.detectability else text

    def __getstate__(self) -> dict[str, Any]:
        # What has been made stays here: another process makes what it needs.
        return {"world": self.world, "dirt": self.dirt, "workers": self.workers}


def generate(
    scenario: str | Path = "baseline",
    *,
    seed: int = 42,
    months: int = 36,
    accounts: int | None = None,
    locale: str | None = None,
    dirt: str = "clean",
    workers: int = 1,
) -> Company:
    """Generate a company: the same arguments give the same bytes.

    Parameters
    ----------
    scenario
        The name of a scenario that ships, or the path of a YAML file like one.
    seed
        Another seed is another company under the same rates.
    months
        Months shown, from the scenario's start.
    accounts
        Companies that may buy, of which about a third do; by default as many as the planted
        effects need to be detectable (2,000 in the baseline).
    locale
        What people, companies and cities are called: en_US, it_IT, de_DE, fr_FR, es_ES, or
        another once ``revkit pool`` has drawn it; without it, the scenario's.
    dirt
        Level of errors of an export: clean, light or heavy; ``key`` then lists them.
    workers
        Processes that write the company and compute its truth; the result is the same with any
        number.

    Raises
    ------
    ParameterError
        An unknown scenario, key, locale or level of dirt, or a size below 1.

    Examples
    --------
    >>> company = generate(accounts=20, months=2)
    >>> company.as_of
    datetime.date(2023, 2, 28)
    >>> company.tables["accounts"].num_rows
    20
    """
    where = "rk.generate"
    check.of_kind(
        scenario, (str, Path), "scenario", where, needed="a name or a path", example="'baseline'"
    )
    check.text(dirt, "dirt", where, example="light")
    check.whole(workers, "workers", where, what="number of processes", example=1)
    found = scenario_named(str(scenario))
    if locale is not None:
        check.text(locale, "locale", where, example="it_IT")
        found = replace(found, locale=locale)
    pool(found.locale)
    if dirt not in LEVELS:
        raise ParameterError.unknown_value(dirt, where="dirt", known=list(LEVELS))
    size = found.min_accounts if accounts is None else accounts
    return Company(calibrated_world(found, seed, months, size), dirt, workers)
