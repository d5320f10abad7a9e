"""One input: written where it is read from, asked for its numbers, and judged."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.inputs.company import AS_OF, GROUPS, METRICS, company

Answers = dict[str, float]

RIGHT, REFUSED, NOTED = "right", "refused", "noted"
WRONG, RAW, HANG, TOUCHED = "silently wrong", "error from below", "hang", "file touched"
FAILURES = (WRONG, RAW, HANG, TOUCHED)


@dataclass(frozen=True)
class Input:
    """One mutated input.

    ``kind`` is the family it belongs to, ``table`` the table it mutates. ``tables`` are given as
    frames, or ``write`` makes files in a folder and returns what to load. ``mapping`` is the text
    of one, ``options`` go to the load, ``call`` replaces the metrics. ``like`` is a company whose
    numbers are right, too; ``any`` says that no number is wrong, only errors from below.
    """

    kind: str
    name: str
    table: str
    tables: Mapping[str, Any] = field(default_factory=dict)
    write: Callable[[Path], Path] | None = None
    mapping: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    call: Callable[[Any], Any] | None = None
    like: Mapping[str, Any] | None = None
    any: bool = False


def asked(data: Any, table: str, most: int | None = None) -> Answers:
    """Return the numbers of the metrics that read a table, or of the first ones."""
    import revkit as rk

    found: Answers = {}
    for place, name in enumerate(METRICS[table][:most]):
        by = GROUPS.get(table) if place == 0 else None
        frame = getattr(rk.metrics, name)(data, period="quarter", by=by)
        for row in frame.to_dict("records"):
            label = f"{name} {row.get(by, '') if by else ''} {row['period']:%Y-%m}"
            if row["value"] == row["value"] and row["value"] != 0:
                found[label] = float(row["value"])
    return found


def clean(table: str, tables: Mapping[str, Any] | None = None, most: int | None = None) -> Answers:
    """Return the numbers of a valid company."""
    import revkit as rk

    return asked(rk.Dataset(**(tables or company()), as_of=AS_OF), table, most)


def same(one: Answers, other: Answers) -> bool:
    """Return whether two sets of numbers are equal but for rounding."""
    return one.keys() == other.keys() and all(
        abs(one[name] - other[name]) <= 1e-6 * max(1.0, abs(other[name])) for name in one
    )


def judge(
    given: Input, folder: Path, right: list[Answers], most: int | None = None
) -> tuple[str, str]:
    """Return the verdict on an input, and what was said; ``most`` metrics are asked."""
    import revkit as rk

    folder = folder.resolve()
    place = None if given.write is None else given.write(folder)
    mapping = None
    if given.mapping is not None:
        mapping = folder / "mapping.yaml"
        mapping.write_text(given.mapping, encoding="utf-8")
    before = digest(folder)
    options = {"as_of": AS_OF, **given.options}
    try:
        if place is None:
            data = rk.Dataset(**given.tables, **options)
        else:
            data = rk.load(place, mapping=mapping, **options)
        found = asked(data, given.table, most) if given.call is None else given.call(data)
        if given.any or any(same(found, each) for each in right):
            verdict, said = RIGHT, ""
        else:
            said = "; ".join(map(str, data.notes)) or _unread(data)
            verdict = NOTED if said else WRONG
            said = said or _difference(found, right[0])
    except rk.errors.RevkitError as error:
        verdict, said = REFUSED, str(error)
    except Exception as error:
        verdict, said = RAW, f"{type(error).__module__}.{type(error).__name__}: {error}"
    if digest(folder) != before:
        verdict = TOUCHED
    return verdict, " ".join(said.split())[:300]


def _unread(data: Any) -> str:
    """Return the line that says what was not read."""
    return "; ".join(line for line in repr(data).splitlines() if line.startswith("Not read"))


def _difference(found: Answers, right: Answers) -> str:
    """Return the first numbers that differ."""
    names = [name for name in {**right, **found} if found.get(name) != right.get(name)]
    return ", ".join(f"{name}: {found.get(name)} for {right.get(name)}" for name in names[:3])


def digest(folder: Path) -> str:
    """Return a digest of all regular files of a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        whole.update(str(path).encode("utf-8", "surrogateescape"))
        if path.is_file() and path.stat().st_size < 10_000_000:
            whole.update(path.read_bytes())
    return whole.hexdigest()


def emptied(folder: Path) -> Path:
    """Return a folder without content."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def frames(**changed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the company's tables, some of them changed."""
    return {**company(), **changed}
