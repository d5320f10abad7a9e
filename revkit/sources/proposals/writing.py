"""A proposed mapping as YAML, each line with how sure it is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from revkit.dataset.columns import fold
from revkit.schema import TABLES, ColumnSchema
from revkit.sources.proposals.concepts import FILE, meaning, plain
from revkit.sources.proposals.values import Values
from revkit.yaml_files import load_yaml

MOST_WORDS = 30
"""Different words of a column above which none is translated."""


@dataclass(frozen=True)
class Line:
    """Proposal for a column of the schema.

    ``spec`` is its value in the mapping, ``sure`` one of sure, likely and check; ``shipped`` says
    that the mapping of the vendor has it already.
    """

    table: str
    column: str
    file: str
    theirs: str
    spec: Any
    score: float
    sure: str
    why: str
    shipped: bool = False


def column_of(
    column: ColumnSchema, theirs: str, values: Values, formats: Collection[str] = ()
) -> tuple[Any, str]:
    """Return the mapping of a column by its values, and what has to be checked; empty for nothing.

    ``formats`` are those of dates that can be read in one way alone, elsewhere in the export.

    >>> from revkit.schema import TABLES
    >>> closed = TABLES["opportunities"].columns["closed_on"]
    >>> column_of(closed, "Chiusa il", Values(("31/12/2024",), 1))
    ({'from': 'Chiusa il', 'date_format': '%d/%m/%Y'}, '')
    """
    if column.dated:
        return _dates(theirs, values, formats)
    if column.type == "share" and values.numbers and max(values.numbers) > 1:
        return {"from": theirs, "percent": True}, ""
    if column.type == "bool" and not values.is_yes_or_no and values.filled:
        return _words(column, theirs, values, others=None)
    if column.words and values.filled and not column.others:
        known = {fold(word) for word in column.words}
        if not {fold(value) for value in values.distinct} <= known:
            return _words(column, theirs, values, others="?")
    return theirs, ""


def translated(
    column: ColumnSchema, theirs: str, values: Values, words: Mapping[str, Any]
) -> tuple[Any, str] | None:
    """Return the mapping of a column of words of which some have a meaning; None if all have.

    >>> from revkit.schema import TABLES
    >>> won, stages = TABLES["opportunities"].columns["is_won"], Values(("Closed Won", "Gone"), 2)
    >>> translated(won, "Stage", stages, {"Closed Won": True})[0]
    {'from': 'Stage', 'words': {'Closed Won': True, 'Gone': '?'}}
    """
    known = {fold(word) for word in words}
    if not values.filled or {fold(value) for value in values.distinct} <= known:
        return None
    spec, doubt = _words(column, theirs, values, others="?", given=words)
    if column.type == "bool" and "?" in spec["words"].values():
        doubt = "what is each ?: true, false or null" if column.nullable else "true or false?"
    return spec, doubt


def _dates(theirs: str, values: Values, known: Collection[str]) -> tuple[Any, str]:
    """Return the mapping of a column of dates."""
    formats = values.date_formats
    if not formats and values.epoch:
        return {"from": theirs, "epoch": values.epoch}, ""
    if not formats or "ISO" in formats:
        return theirs, ""
    alike = [one for one in formats if one in known]
    if len(formats) > 1 and len(alike) != 1:
        shown = " or ".join(formats[:2])
        return {"from": theirs, "date_format": formats[0]}, f"written {shown}: which is it?"
    return {"from": theirs, "date_format": (alike or formats)[0]}, ""


@cache
def _known(column: str) -> Mapping[str, str]:
    """Return the word of the schema by each word that values may have."""
    words = load_yaml(FILE)["values"].get(column, {})
    return {
        fold(plain(str(value))): ours
        for ours, several in words.items()
        for value in (ours, *several)
    }


def _words(
    column: ColumnSchema,
    theirs: str,
    values: Values,
    *,
    others: str | None,
    given: Mapping[str, Any] | None = None,
) -> tuple[Any, str]:
    """Return the mapping of a column of words; those that mean nothing known get ``others``.

    Words that are ``given`` mean what is given.
    """
    said = {fold(word): meant for word, meant in (given or {}).items() if word}
    known = {
        **{word: ours for word, ours in _known(column.name).items() if ours in column.words},
        **{fold(word): word for word in column.words},
    } or _known(column.name)
    if len(values.distinct) > MOST_WORDS:
        return theirs, f"{len(values.distinct)} different words, for {', '.join(column.words)}"
    words: dict[str, Any] = {}
    unclear = []
    for value in values.distinct:
        if fold(value) in said:
            words[value] = said[fold(value)]
            continue
        ours = known.get(fold(plain(value))) or (_outcome(value) if column.type == "bool" else None)
        if ours is None:
            unclear.append(value)
        words[value] = {"true": True, "false": False}.get(str(ours), ours or others)
    if len(values.filled) < values.rows and column.type != "bool" and column.default:
        words[""] = column.default
    doubt = ""
    if unclear and column.type == "bool":
        doubt = _undecided(words, unclear)
    elif unclear:
        doubt = f"what is {', '.join(unclear[:3])}? one of {', '.join(column.words)}"
    return {"from": theirs, "words": words}, doubt


def _outcome(word: str) -> str | None:
    """Return whether a stage says nothing but that a deal is won or lost, as a word of the schema.

    >>> [_outcome(word) for word in ("Trattativa chiusa vinta", "Deal lost", "Lost, then won back")]
    ['true', 'false', None]
    """
    said = meaning(word)
    outcomes = said.concepts & {"won", "lost"}
    if len(outcomes) != 1 or not said.concepts <= outcomes | _BESIDE or not all(said.words):
        return None
    return "true" if "won" in outcomes else "false"


_BESIDE = {"close", "opportunity", "subscription", "stage"}
"""What a stage may say beside its outcome."""


def _undecided(words: Mapping[str, Any], unclear: Collection[str]) -> str:
    """Return what has to be checked of words that mean neither yes nor no; empty for nothing.

    Open stages mean neither; codes may mean anything, and so may words for closed, or any word
    where none is a yes or none a no.

    >>> _undecided({"Won": True, "Lost": False, "Talks": None}, ["Talks"])
    ''
    >>> _undecided({"Won": True, "Lost": False, "Closed early": None}, ["Closed early"])
    'is Closed early true (won), false (lost) or null (open)?'
    """
    said = set(words.values())
    odd = [
        word
        for word in unclear
        if not any(sign.isalpha() for sign in word) or meaning(word).concepts & _FINAL
    ]
    if not {True, False} & said:
        return "which words are won, which lost?"
    if {True, False} <= said and not odd:
        return ""
    shown = ", ".join((odd or [*unclear])[:3])
    return f"is {shown} true (won), false (lost) or null (open)?"


_FINAL = {"close", "won", "lost", "renew", "cancel", "end"}
"""What a stage says that is hardly one of open deals."""


def lacking(lines: Iterable[Line]) -> list[str]:
    """Return the columns that formulas need and no file seems to have, as ``table.column``."""
    found = [(line.table, line.column) for line in lines]
    whole = {line.table for line in lines if not line.shipped}
    return [
        f"{table}.{one.name}"
        for table in TABLES if table in whole
        for one in TABLES[table].columns.values()
        if not one.optional and (table, one.name) not in found
    ]  # fmt: skip


def yaml_of(
    lines: Iterable[Line],
    unused: Iterable[str],
    settings: Mapping[str, Any],
    vendor: str = "",
    left_out: Iterable[str] = (),
) -> str:
    """Return a mapping as YAML text; what has to be checked says so behind its line."""
    every = list(lines)
    out = ["# Proposed by revkit map: read every line, then pass the file as mapping=."]
    if vendor:
        out.append(
            f"# These look like files of {vendor}, whose mapping comes with revkit and reads:"
        )
        out += [
            f"#   {line.table}.{line.column}: {line.theirs or _inline(line.spec)} of {line.file}"
            for line in every
            if line.shipped
        ]
        out.append(f"vendor: {vendor}")
    out += [f"{name}: {_inline(value)}" for name, value in settings.items()]
    by_table: dict[str, list[Line]] = {}
    for line in every:
        if not line.shipped:
            by_table.setdefault(line.table, []).append(line)
    if by_table:
        out.append("tables:")
    described = {line.table for line in every if line.shipped}
    for table, some in by_table.items():
        out += _beside(table, some) if table in described else _whole(table, some)
    if files := list(left_out):
        out.append(f"# Files that look like no table, or no other one: {', '.join(files)}")
    rest = list(unused)
    if rest:
        out.append("# Columns without a place, loaded under their own names:")
        out += [f"#   {one}" for one in rest]
    return "\n".join(out) + "\n"


def _whole(table: str, lines: list[Line]) -> list[str]:
    """Return the lines of a table that the proposal alone describes."""
    out = [f"  {table}:", f"    source: {_inline(lines[0].file)}", "    columns:"]
    out += [f"      {_said(line)}" for line in lines]
    found = {line.column for line in lines}
    absent = [one for one in TABLES[table].columns.values() if one.nullable and not one.optional]
    out += [
        f"      # {one.name}: which column? without it the table cannot be read"
        for one in TABLES[table].columns.values()
        if not (one.nullable or one.optional) and one.name not in found
    ]
    out += [
        f"      {one.name}: {{constant: null}}   # check: not found"
        for one in absent
        if one.name not in found
    ]
    return out


def _beside(table: str, lines: list[Line]) -> list[str]:
    """Return the lines of a table that go beside the vendor's.

    A doubtful one is not read yet; one with a ? is, and asks to be filled in.
    """
    guessed = [line.sure == "check" and '"?"' not in _said(line) for line in lines]
    return [
        f"  {table}:",
        "    columns:",
        *(
            f"      {'# ' if guess else ''}{_said(line)}"
            for guess, line in zip(guessed, lines, strict=True)
        ),
    ]


def _said(line: Line) -> str:
    """Return a column as YAML, with how sure it is."""
    said = line.sure + (f": {line.why}" if line.why else "")
    return f"{line.column}: {_inline(line.spec)}   # {said}"


def _inline(value: Any) -> str:
    """Return a value as YAML on one line, quoted where it needs quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_inline(k)}: {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    bare = text.replace("_", "a").replace(" ", "a")
    simple = bare.isascii() and bare.isalpha() and text == text.strip()
    odd = text.casefold() in ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
    return text if simple and not odd else json.dumps(text, ensure_ascii=False)
