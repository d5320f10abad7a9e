"""``propose_mapping``: which file is which table, and which column is which, with how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.dataset.validation.reading import stripped
from revkit.errors import FolderError, ParameterError, SourceError, WriteError, did_you_mean
from revkit.schema import TABLES
from revkit.sources.files import SourceTables, open_path
from revkit.sources.formats.style import ReadStyle
from revkit.sources.proposals.closings import Spec, closing, outcome
from revkit.sources.proposals.matching import LIKELY, SURE, File, Match, placed, why
from revkit.sources.proposals.references import reference
from revkit.sources.proposals.values import Values
from revkit.sources.proposals.vendors import alike
from revkit.sources.proposals.writing import Line, column_of, yaml_of

if TYPE_CHECKING:
    import pandas as pd

SAMPLED = 3000
"""Rows of a file that are looked at."""


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping.

    Parameters
    ----------
    lines
        What is proposed for each column, with how sure.
    unused
        Columns of the files that found no place, as ``file.column``.
    settings
        Settings of the whole mapping, such as the decimal sign.
    vendor
        The vendor whose export the files seem to be, as ``mapping`` takes it; else empty.
    """

    lines: tuple[Line, ...]
    unused: tuple[str, ...]
    settings: Mapping[str, Any]
    vendor: str = ""

    @property
    def yaml(self) -> str:
        """The mapping as YAML, each line with how sure it is."""
        return yaml_of(self.lines, self.unused, self.settings, self.vendor)

    @property
    def frame(self) -> pd.DataFrame:
        """The lines as a table: table, column, file, theirs, score, sure (sure, likely, check)."""
        import pandas as pd

        columns = ["table", "column", "file", "theirs", "score", "sure", "why"]
        return pd.DataFrame(
            [[getattr(one, name) for name in columns] for one in self.lines], columns=columns
        )

    @property
    def summary(self) -> str:
        """A sentence: how many lines there are, and how many of them are sure."""
        many = Counter(line.sure for line in self.lines)
        return (
            f"{len(self.lines)} columns: {many['sure']} sure, {many['likely']} likely, "
            f"{many['check']} to check; {len(self.unused)} columns have no place"
        )

    def answered(self, ask: Callable[[str], str]) -> Proposal:
        """Return the proposal after a question about each line that is not sure.

        Parameters
        ----------
        ask
            Gets a question and returns the answer: y keeps the line, n leaves it out, and the
            name of another column of the schema moves it there.
        """
        kept: list[Line] = []
        unused = list(self.unused)
        for line in self.lines:
            if line.sure == "sure":
                kept.append(line)
                continue
            text = f"{line.file}.{line.theirs} is {line.table}.{line.column} ({line.sure})"
            columns = TABLES[line.table].columns
            while (answer := ask(f"{text}? y, n, or another column").strip()) not in ("y", "n"):
                if answer in columns:
                    break
                text = (
                    f"{line.table} has no column {answer!r}{did_you_mean(answer, columns)}. {text}"
                )
            if answer == "n":
                unused.append(f"{line.file}.{line.theirs}")
                continue
            column = line.column if answer == "y" else answer
            spec = line.spec if answer == "y" else line.theirs
            kept.append(replace(line, column=column, spec=spec, sure="sure", why="as answered"))
        return replace(self, lines=tuple(kept), unused=tuple(unused))

    def save(self, path: str | Path, *, replace: bool = False) -> Path:
        """Write the mapping as YAML and return its path.

        Raises
        ------
        FolderError
            When there is such a file already, and it is not to be replaced.
        WriteError
            When it cannot be written.
        """
        target = Path(path).expanduser()
        if target.exists() and not replace:
            raise FolderError.there(target)
        try:
            target.write_text(self.yaml, encoding="utf-8")
        except OSError as error:
            raise WriteError.because(target, problem=error.strerror or str(error)) from None
        return target

    def __repr__(self) -> str:
        return self.yaml


def propose_mapping(source: str | Path, *, encoding: str | None = None) -> Proposal:
    r"""Propose a mapping for files whose names are not those of the schema.

    Parameters
    ----------
    source
        What ``rk.load`` takes: a folder, a file or an archive.
    encoding
        That of CSV files, such as cp1252; UTF-8, or what its mark says, when omitted.

    Returns
    -------
    Proposal
        ``.yaml`` is the mapping, ``.frame`` its lines with how sure each is, ``.save(path)``
        writes it. Read it before you use it.

    Raises
    ------
    SourceError
        When there is nothing readable, or no file looks like a table of the schema.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     rows = "Kundennummer;Branche\nK1;Food\nK2;Toys\n"
    ...     _ = (Path(folder) / "Kunden.csv").write_text(rows)
    ...     propose_mapping(folder).frame[["column", "theirs", "sure"]].values.tolist()
    [['account_id', 'Kundennummer', 'sure'], ['industry', 'Branche', 'sure']]
    """
    check.of_kind(
        source, (str, Path), "source", "rk.propose_mapping", needed="a folder or a file",
        example="'exports/crm'",
    )  # fmt: skip
    if isinstance(source, str):
        check.text(source, "source", "rk.propose_mapping", example="exports/crm")
    if encoding is not None:
        _known(encoding)
    found, style = open_path(source), ReadStyle(encoding=encoding)
    files = [_file(name, found, style) for name in found.tables if not found.is_hidden(name)]
    matches = placed(files)
    if not matches:
        names = [found.file(name) for name in found.tables]
        raise SourceError.nothing_alike(found.where, found=[*names, *found.others])
    formats = _formats(matches)
    lines: list[Line] = []
    unused: list[str] = []
    for match in matches:
        columns = match.file.columns
        specs = {
            name: column_of(TABLES[match.table].columns[name], theirs, columns[theirs], formats)
            for name, (theirs, _) in match.columns.items()
        }
        beside = _beside(match, specs) if match.table == "opportunities" else {}
        for name in match.columns:
            if TABLES[match.table].columns[name].references in {one.table for one in matches}:
                given, doubt = reference(match, name, matches)
                beside[name] = given, (given, doubt)
        taken = {theirs for theirs, _ in (*match.columns.values(), *beside.values())}
        unused += [f"{match.file.name}.{one}" for one in columns if one not in taken]
        more = {name: (one, LIKELY) for name, (one, _) in beside.items()}
        for name, (theirs, score) in {**more, **match.columns}.items():
            declared = TABLES[match.table].columns[name]
            given, (spec, doubt) = beside[name] if name in beside else (theirs, specs[name])
            sure = "sure" if score >= SURE else "likely" if score >= LIKELY else "check"
            sure = "check" if doubt else sure
            reason = doubt or why(match, declared, columns[given], files)
            lines.append(
                Line(match.table, name, match.file.name, given, spec, round(score, 2), sure, reason)
            )
    settings = ({"encoding": encoding} if encoding else {}) | _settings(matches)
    return Proposal(tuple(lines), tuple(unused), settings, alike(files))


def _beside(match: Match, specs: Mapping[str, Spec]) -> dict[str, tuple[str, Spec]]:
    """Return what other columns of the file say of a deal's closing, by column of the schema."""
    found: dict[str, tuple[str, Spec]] = {}
    columns = match.file.columns
    if (won := outcome(columns, specs.get("is_won"))) is not None:
        theirs = won[0] if isinstance(won[0], str) else won[0]["from"]
        found["is_won"] = theirs, won
    if "closed_on" in specs:
        won_by = won[0] if won is not None else specs.get("is_won", (None, ""))[0]
        theirs, _ = match.columns["closed_on"]
        found["closed_on"] = closing(columns, theirs, specs["closed_on"], won_by)
    return found


def _known(encoding: Any) -> None:
    """Refuse what is no encoding of text."""
    check.text(encoding, "encoding", "rk.propose_mapping", example="cp1252")
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise ParameterError.unfit(
            "encoding", encoding, where="rk.propose_mapping",
            needed="the encoding of text", example="'cp1252'",
        ) from None  # fmt: skip


def _file(name: str, found: SourceTables, style: ReadStyle) -> File:
    """Return a sample of a file."""
    raw = found.open(name, style, ())
    if found.is_parsed(name):
        # as it is written: a reader of CSV would take 03/02/2024 for one of two days
        raw = found.open(name, style, raw.columns)
    kinds = {
        column: "date" if kind.is_temporal() else "bool" if kind.is_boolean()
        else "number" if kind.is_numeric() else ""
        for column, kind in raw.schema().items()
    }  # fmt: skip
    texts = {f"c{number}": stripped(raw[one].cast("string")) for number, one in enumerate(kinds)}
    rows = raw.select(**texts).limit(SAMPLED).to_pyarrow()
    columns = {}
    for number, (column, kind) in enumerate(kinds.items()):
        filled = tuple(value for value in rows[f"c{number}"].to_pylist() if value)
        columns[column] = Values(filled, rows.num_rows, kind)
    return File(name, columns)


def _formats(matches: Iterable[Match]) -> frozenset[str]:
    """Return the formats of dates that can be read in one way alone."""
    columns = (
        match.file.columns[theirs].date_formats
        for match in matches
        for name, (theirs, _) in match.columns.items()
        if TABLES[match.table].columns[name].dated
    )
    return frozenset(formats[0] for formats in columns if len(formats) == 1)


def _settings(matches: Iterable[Match]) -> dict[str, Any]:
    """Return settings of the whole mapping."""
    pairs = [
        (TABLES[match.table].columns[name], match.file.columns[theirs])
        for match in matches
        for name, (theirs, _) in match.columns.items()
    ]
    money = {one.decimal for column, one in pairs if column.type in ("money", "rate", "number")}
    signs = money & {",", "."}
    return {"decimal": signs.pop()} if len(signs) == 1 else {}
