"""``propose_mapping``: which file is which table, and which column is which, with how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.dataset.validation.reading import stripped
from revkit.errors import FolderError, ParameterError, SourceError, WriteError, did_you_mean, listed
from revkit.schema import TABLES, ColumnSchema
from revkit.sources.files import SourceTables, open_path
from revkit.sources.formats.style import ReadStyle
from revkit.sources.proposals.closings import Spec, closing, outcome
from revkit.sources.proposals.concepts import meaning
from revkit.sources.proposals.matching import LIKELY, SURE, File, Match, placed, why
from revkit.sources.proposals.prices import monthly, yearly
from revkit.sources.proposals.references import reference, unnamed_references
from revkit.sources.proposals.values import Values
from revkit.sources.proposals.vendors import Recognized, recognized, texts
from revkit.sources.proposals.writing import Line, column_of, lacking, yaml_of

if TYPE_CHECKING:
    import pandas as pd

SAMPLED = 3000
"""Rows of a file that are looked at."""

BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
"""Blanks that do not break, as some languages write them in numbers."""


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
    left_out
        Files that look like no table, or like one that another file is more like.
    """

    lines: tuple[Line, ...]
    unused: tuple[str, ...]
    settings: Mapping[str, Any]
    vendor: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def yaml(self) -> str:
        """The mapping as YAML, each line with how sure it is."""
        return yaml_of(self.lines, self.unused, self.settings, self.vendor, self.left_out)

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
        said = [
            f"{len(self.lines)} columns: {many['sure']} sure, {many['likely']} likely, "
            f"{many['check']} to check",
            f"{len(self.unused)} columns have no place",
        ]
        if missing := lacking(self.lines):
            said.append(f"not found: {listed(missing)}")
        if self.left_out:
            said.append(f"files without a place: {listed(self.left_out)}")
        return "; ".join(said)

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
    matches, known = placed(files), recognized(files)
    if not matches and known is None:
        names = [found.file(name) for name in found.tables]
        raise SourceError.nothing_alike(found.where, found=[*names, *found.others])
    lines = _lines(matches, files)
    if known is not None:
        lines = _beside_vendor(lines, known, files)
    by_name = {file.name: file.columns for file in files}
    taken = {(line.file, one) for line in lines for one in (line.theirs, *texts(line.spec))}
    if known is not None:
        taken |= known.reads(files)
    places = {file for file, _ in taken}
    unused = [
        f"{name}.{one}"
        for name in by_name if name in places
        for one in by_name[name] if (name, one) not in taken
    ]  # fmt: skip
    read = [
        (TABLES[line.table].columns[line.column], by_name[line.file][line.theirs])
        for line in lines
        if line.theirs
    ]
    settings = {"encoding": encoding} if encoding else {}
    settings |= _decimal(read) | (_dates(read) if known is not None else {})
    vendor = known.vendor.name if known else ""
    left_out = tuple(found.file(name) for name in by_name if name not in places)
    return Proposal(tuple(lines), tuple(unused), settings, vendor, left_out)


def _lines(matches: list[Match], files: list[File]) -> list[Line]:
    """Return what names and values say of each column that found a place."""
    formats = _formats(matches)
    lines: list[Line] = []
    for match in matches:
        columns = match.file.columns
        specs = {
            name: column_of(TABLES[match.table].columns[name], theirs, columns[theirs], formats)
            for name, (theirs, _) in match.columns.items()
        }
        beside = _beside(match, specs) if match.table == "opportunities" else {}
        if match.table == "subscriptions":
            beside = _price(match, specs)
        for name in match.columns:
            if TABLES[match.table].columns[name].references in {one.table for one in matches}:
                given, doubt = reference(match, name, matches)
                beside[name] = given, (given, doubt)
        more = {name: (one, LIKELY) for name, (one, _) in beside.items()}
        for name, (theirs, score) in {**more, **match.columns}.items():
            declared = TABLES[match.table].columns[name]
            given, (spec, doubt) = beside[name] if name in beside else (theirs, specs[name])
            sure = "sure" if score >= SURE else "likely" if score >= LIKELY else "check"
            if declared.key and sure == "sure" and "id" not in meaning(given).concepts:
                sure = "likely"  # Kunde may be the name of one
            sure = "check" if doubt else sure
            reason = doubt or why(match, declared, columns[given], files)
            lines.append(
                Line(match.table, name, match.file.name, given, spec, round(score, 2), sure, reason)
            )
        for name, theirs in unnamed_references(match, matches).items():
            reason = f"keys of {TABLES[match.table].columns[name].references}"
            place = match.table, name, match.file.name
            lines.append(Line(*place, theirs, theirs, LIKELY, "likely", reason))
    return lines


def _beside_vendor(lines: list[Line], known: Recognized, files: list[File]) -> list[Line]:
    """Return what the vendor's mapping reads, and the lines that go beside or before it."""
    words = known.words(files)
    asked = {(one.table, one.column) for one in words}
    own = [one for one in known.lines(files) if (one.table, one.column) not in asked]
    read = known.reads(files)
    more = [one for one in lines if (one.file, one.theirs) not in read and known.adds(one, lines)]
    order = list(TABLES)
    return sorted([*own, *words, *more], key=lambda one: order.index(one.table))


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


def _price(match: Match, specs: Mapping[str, Spec]) -> dict[str, tuple[str, Spec]]:
    """Return the price of a month, where its column says another length or stands beside one."""
    columns = match.file.columns
    if "mrr" not in specs:
        taken = {theirs for theirs, _ in match.columns.values()}
        theirs = yearly(columns, taken)
        return {} if theirs is None else {"mrr": (theirs, monthly(theirs, (theirs, ""), None))}
    theirs, _ = match.columns["mrr"]
    return {"mrr": (theirs, monthly(theirs, specs["mrr"], specs.get("interval", (None, ""))[0]))}


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
        values = rows[f"c{number}"].to_pylist()
        filled = tuple(value.translate(BLANKS) for value in values if value)
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


def _decimal(read: Iterable[tuple[ColumnSchema, Values]]) -> dict[str, Any]:
    """Return the decimal sign of the whole mapping, where all money is written with one."""
    money = {one.decimal for column, one in read if column.type in ("money", "rate", "number")}
    signs = money & {",", "."}
    return {"decimal": signs.pop()} if len(signs) == 1 else {}


def _dates(read: Iterable[tuple[ColumnSchema, Values]]) -> dict[str, Any]:
    """Return the formats of all dates of the mapping, where each can be read in one way alone.

    Dates in ISO and numbers since 1970 need no setting.
    """
    written = [one for column, one in read if column.dated and one.filled]
    if any(one.epoch for one in written):
        return {}
    several = [one.date_formats for one in written if "ISO" not in one.date_formats]
    alone = dict.fromkeys(formats[0] for formats in several if len(formats) == 1)
    if not alone or not all(set(formats) & alone.keys() for formats in several):
        return {}
    if any("ISO" in one.date_formats for one in written):
        alone["%Y-%m-%d"] = None
    return {"date_format": list(alone) if len(alone) > 1 else next(iter(alone))}
