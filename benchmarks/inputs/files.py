"""Inputs whose files are odd: encodings, separators, parts, damage, names, kinds."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.inputs.company import company
from benchmarks.inputs.judge import Input, frames
from benchmarks.inputs.written import as_csv, as_database, as_parquet

Change = Callable[[Path], None]
TABLES = ("opportunities", "subscriptions", "accounts")


def inputs() -> Iterator[Input]:
    """Yield the inputs."""
    yield from texts()
    yield from structures()
    yield from damages()
    yield Input("container", "a DuckDB file", "opportunities", write=as_database(company()))


def after(suffix: str, table: str, change: Change) -> Callable[[Path], Path]:
    """Return a function that writes a company and changes one of its files."""

    def write(folder: Path) -> Path:
        (as_csv if suffix == "csv" else as_parquet)(company())(folder)
        change(folder / f"{table}.{suffix}")
        return folder

    return write


def _text(change: Callable[[str], str]) -> Change:
    return lambda path: (
        path.write_text(change(path.read_text("utf-8")), "utf-8", newline="") and None
    )


def _bytes(change: Callable[[bytes], bytes]) -> Change:
    return lambda path: path.write_bytes(change(path.read_bytes())) and None


def _lines(change: Callable[[list[str]], list[str]]) -> Change:
    return _text(lambda text: "\n".join(change(text.splitlines())) + "\n")


TEXTS: dict[str, Change] = {
    "utf-16": _bytes(lambda b: b.decode().encode("utf-16")),
    "cp1252": _bytes(lambda b: b.decode().encode("cp1252")),
    "cp1252 without accents": _bytes(lambda b: b.decode().replace("ù", "u").encode("cp1252")),
    "byte order mark": _bytes(lambda b: b"\xef\xbb\xbf" + b),
    "windows lines": _text(lambda t: t.replace("\n", "\r\n")),
    "mac lines": _text(lambda t: t.replace("\n", "\r")),
    "mixed lines": _text(lambda t: t.replace("\n", "\r\n", 3)),
    "semicolons": _text(lambda t: t.replace(",", ";")),
    "tabs": _text(lambda t: t.replace(",", "\t")),
    "pipes": _text(lambda t: t.replace(",", "|")),
    "spaces after commas": _text(lambda t: t.replace(",", ", ")),
    "blank lines": _text(lambda t: t.replace("\n", "\n\n")),
    "blank lines at the end": _text(lambda t: t + "\n\n\n"),
    "no last line end": _text(lambda t: t.rstrip("\n")),
    "all quoted": _lines(lambda rows: [",".join(f'"{c}"' for c in r.split(",")) for r in rows]),
    "single quotes": _lines(lambda rows: [",".join(f"'{c}'" for c in r.split(",")) for r in rows]),
    "a title above": _text(lambda t: "Export of today\n\n" + t),
    "a comment above": _text(lambda t: "# export\n" + t),
    "a comment within": _lines(lambda rows: [*rows[:3], "# a remark", *rows[3:]]),
    "commented rows": _lines(lambda rows: [*rows[:3], *("#" + r for r in rows[3:6]), *rows[6:]]),
    "a total below": _lines(lambda rows: [*rows, "Total" + "," * rows[0].count(",")]),
    "a short row": _lines(lambda rows: [*rows[:3], rows[3].rpartition(",")[0], *rows[4:]]),
    "a long row": _lines(lambda rows: [*rows[:3], rows[3] + ",x", *rows[4:]]),
    "long rows": _lines(lambda rows: [rows[0], *(r + "," for r in rows[1:])]),
    "an open quote": _lines(lambda rows: [*rows[:3], '"' + rows[3], *rows[4:]]),
    "a quote within": _lines(lambda rows: [*rows[:3], rows[3][:2] + '"' + rows[3][2:], *rows[4:]]),
    "no header": _lines(lambda rows: rows[1:]),
    "header twice": _lines(lambda rows: [rows[0], *rows]),
    "header alone": _lines(lambda rows: rows[:1]),
    "an unnamed column": _lines(lambda rows: [rows[0] + ",", *(r + ",x" for r in rows[1:])]),
    "an index": _lines(lambda rows: ["," + rows[0], *(f"{n},{r}" for n, r in enumerate(rows[1:]))]),
    "empty": _bytes(lambda b: b""),
    "nul bytes": _bytes(lambda b: b.replace(b"\n", b"\0\n", 5)),
    "all nul": _bytes(lambda b: b"\0" * len(b)),
    "bad utf-8": _bytes(lambda b: b[:-20] + b"\xff\xfe" + b[-20:]),
    "gzip": _bytes(gzip.compress),
    "cut gzip": _bytes(lambda b: gzip.compress(b)[:-30]),
    "cut in a row": _bytes(lambda b: b[: len(b) // 2]),
    "cut in the header": _bytes(lambda b: b[:20]),
    "one long line": _bytes(lambda b: b.replace(b"\n", b" ")),
    "html": _bytes(lambda b: b"<html><body>Sign in</body></html>"),
    "json": _bytes(lambda b: b'[{"opportunity_id": 1}]'),
    "decimal commas": _text(lambda t: t.replace(".0", ',0"').replace(',0"', ",0")),
    "dollar signs": _text(lambda t: t.replace(".0,", " $,")),
    "thousands": _text(lambda t: t.replace("100.0", '"1,100.0"')),
    "day first": _lines(lambda rows: [rows[0], *(_day_first(r) for r in rows[1:])]),
    "moments": _text(
        lambda t: t.replace("2025-01", "2025-01-01T09:00:00Z #", 0).replace(
            "-01,", "-01T09:15:00Z,"
        )
    ),
    "None as text": _text(lambda t: t.replace(",,", ",None,")),
    "NULL as text": _text(lambda t: t.replace(",,", ",NULL,")),
    "dashes as text": _text(lambda t: t.replace(",,", ",-,")),
    "n/a as text": _text(lambda t: t.replace(",,", ",n/a,")),
}


def _day_first(row: str) -> str:
    """Return a row with its dates written day/month/year."""
    cells = row.split(",")
    turned = [
        "/".join(reversed(c.split("-"))) if c[:2] == "20" and c[4:5] == "-" else c for c in cells
    ]
    return ",".join(turned)


def texts() -> Iterator[Input]:
    """Yield CSV files written in another way."""
    for table in TABLES:
        for name, change in TEXTS.items():
            cut = name in ("header alone", "cut in a row")  # of which nobody can know
            yield Input(
                "text", f"{table} {name}", table, write=after("csv", table, change), any=cut
            )


def structures() -> Iterator[Input]:
    """Yield tables in parts, under odd names, and things that are no files."""
    for table in TABLES:
        for suffix in ("csv", "parquet"):
            for name, change in STRUCTURES.items():
                cut = name in ("removed", "hidden", "another suffix", "an empty folder")
                write = after(suffix, table, change)
                yield Input("structure", f"{table}.{suffix} {name}", table, write=write, any=cut)


def _parts(path: Path, *, names: tuple[str, str], other: str = "") -> None:
    """Write the rows of a file as two parts in a folder of the table's name."""
    frame, folder = company()[path.stem], path.parent / path.stem
    path.unlink()
    for name, rows in zip(names, (frame.iloc[:7], frame.iloc[7:]), strict=True):
        part = folder / f"{name}{other if name == names[1] and other else path.suffix}"
        part.parent.mkdir(parents=True, exist_ok=True)
        if part.suffix.lower() == ".csv":
            rows.to_csv(part, index=False)
        else:
            rows.to_parquet(part)


def _replaced(make: Callable[[Path], object]) -> Change:
    """Return a change that puts something else in the place of a file."""

    def change(path: Path) -> None:
        path.unlink()
        make(path)

    return change


STRUCTURES: dict[str, Change] = {
    "in parts": lambda path: _parts(path, names=("a", "b")),
    "in nested parts": lambda path: _parts(path, names=("2024/a", "2025/q1/b")),
    "a part in capitals": lambda path: _parts(path, names=("a", "b"), other=path.suffix.upper()),
    "parts of odd names": lambda path: _parts(path, names=("a[1]", "*")),
    "parts of two formats": lambda path: _parts(
        path, names=("a", "b"), other=".csv" if path.suffix == ".parquet" else ".parquet"
    ),
    "a part of another kind": lambda path: (
        _parts(path, names=("a", "b")),
        (path.parent / path.stem / "c.xlsx").write_bytes(b"x"),
    )[0],
    "a hidden part": lambda path: _parts(path, names=("a", ".b")),
    "a damaged part": lambda path: (
        _parts(path, names=("a", "b")),
        (path.parent / path.stem / f"c{path.suffix}").write_bytes(b"PAR1junk"),
    )[0],
    "capitals": lambda path: path.rename(path.with_suffix(path.suffix.upper())) and None,
    "a capital name": lambda path: path.rename(path.with_stem(path.stem.title())) and None,
    "a copy": lambda path: (
        path.with_stem(path.stem + " (1)").write_bytes(path.read_bytes()) and None
    ),
    "a misspelt name": lambda path: path.rename(path.with_stem(path.stem[:-2] + "s")) and None,
    "removed": lambda path: path.unlink(),
    "hidden": lambda path: path.rename(path.with_stem("." + path.stem)) and None,
    "another suffix": lambda path: path.rename(path.with_suffix(".txt")) and None,
    "the other suffix": lambda path: (
        path.rename(path.with_suffix(".csv" if path.suffix == ".parquet" else ".parquet")) and None
    ),
    "a link": lambda path: (
        path.rename(path.with_name("elsewhere.bin")),
        path.symlink_to(path.with_name("elsewhere.bin")),
    )[1],
    "a pipe": _replaced(os.mkfifo),
    "a device": _replaced(lambda path: path.symlink_to("/dev/zero")),
    "a broken link": _replaced(lambda path: path.symlink_to("nowhere")),
    "a link in a circle": _replaced(lambda path: path.symlink_to(path.name)),
    "a folder": _replaced(lambda path: path.mkdir()),
    "an empty folder": _replaced(lambda path: (path.parent / path.stem).mkdir()),
    "a folder in a circle": lambda path: (
        _parts(path, names=("a", "b")),
        (path.parent / path.stem / "again").symlink_to(path.parent / path.stem),
    )[0],
    "no rights": lambda path: path.chmod(0),
}


def damages() -> Iterator[Input]:
    """Yield Parquet and DuckDB files with bytes flipped, cut, or filled."""
    chance = random.Random(7)  # noqa: S311 (no secret hangs on it)
    for table in TABLES:
        for number in range(60):
            at, bit = chance.random(), chance.randrange(256)
            yield Input(
                "damage",
                f"{table} byte {number}",
                table,
                write=after("parquet", table, _flip(at, bit)),
            )
        for number in range(12):
            keep = chance.random()
            cut = _bytes(lambda b, keep=keep: b[: int(len(b) * keep)])
            yield Input(
                "damage", f"{table} cut {number}", table, write=after("parquet", table, cut)
            )
    for number in range(40):
        yield Input(
            "damage",
            f"DuckDB file {number}",
            "opportunities",
            write=_broken_database(chance.random()),
        )


def _flip(at: float, bit: int) -> Change:
    """Return a change that replaces one byte."""
    return _bytes(lambda b: b[: int(len(b) * at)] + bytes([bit]) + b[int(len(b) * at) + 1 :])


def _broken_database(at: float) -> Callable[[Path], Path]:
    """Return a function that writes a DuckDB file and fills a part of it."""

    def write(folder: Path) -> Path:
        path = as_database(frames())(folder)
        whole = path.read_bytes()
        start = int(len(whole) * at)
        path.write_bytes(whole[:start] + b"\xaa" * 64 + whole[start + 64 :])
        return path

    return write
