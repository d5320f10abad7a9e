"""How to read a file, as a mapping says, and what was found out where it says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ReadStyle:
    """Settings of a mapping for a file; None where it has to be found out.

    ``separator`` and ``encoding`` are those of CSV files, ``header_row`` is the line or row that
    names the columns, from 1, and ``footer_rows`` how many at the end are no rows.
    """

    separator: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    footer_rows: int | None = None


NOT_READ = "not read"
"""How a remark on values begins that are left out of a table."""


@dataclass(frozen=True)
class Remark:
    """Something about a file that was found out and is told.

    ``rule`` is set where a number may be doubtful because of it, in ``rows`` rows.
    """

    file: str
    what: str
    rule: str = ""
    rows: int = 0


def remarked(remarks: Iterable[Remark]) -> list[str]:
    """Return a sentence for each thing that was found out, with the files it holds for.

    >>> remarked([Remark("a.csv", "fields are separated by ';'"),
    ...           Remark("b.csv", "fields are separated by ';'")])
    ["a.csv, b.csv: fields are separated by ';'."]
    """
    files: dict[str, dict[str, None]] = {}
    for remark in remarks:
        files.setdefault(remark.what, {})[remark.file] = None
    return [f"{_some(list(names))}: {what.rstrip('.')}." for what, names in files.items()]


def _some(names: Sequence[str]) -> str:
    """Return names joined by commas, five at most."""
    more = [f"and {len(names) - 5} more"] if len(names) > 5 else []
    return ", ".join([*names[:5], *more])
