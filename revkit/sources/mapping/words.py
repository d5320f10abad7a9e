"""Words of a mapping: constants and translations, as values of their column's type."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, cast

import yaml

from revkit.dataset.validation import NO, YES, Problem, read
from revkit.dataset.validation.reading import NUMBER, stripped, type_of
from revkit.errors import MappingError, listed
from revkit.schema import ColumnSchema
from revkit.schema.endings import ENDED, says_ended
from revkit.sources.mapping.clauses import Word
from revkit.sources.mapping.model import ColumnMapping
from revkit.yaml_files import parse_yaml


def literal(value: Word, declared: ColumnSchema | None, file: str) -> Any:
    """Return a value of the mapping as a literal of the column's type.

    Raises
    ------
    MappingError
        When it cannot be one.
    """
    import ibis

    kind = "text" if declared is None else declared.type
    target = type_of(kind)
    if value is None:
        return ibis.null(target)
    try:
        return ibis.literal(_typed(value, kind), target)
    except (TypeError, ValueError, OverflowError) as error:
        place = "a column of your own" if declared is None else declared.name
        raise MappingError.wrong(file, place=place, problem=str(error)) from None


def _typed(value: Word, kind: str) -> Any:
    """Return a value as one of a type; raise ValueError when it cannot be."""
    refused = ValueError(f"{value!r} cannot be a {kind}")
    if kind in ("id", "text"):
        if isinstance(value, bool | float | date):
            raise ValueError(f"YAML read a word of it as {value}, but it is text: put it in quotes")
        return str(value)
    if kind == "bool":
        word = str(value).strip().lower()
        if isinstance(value, bool | int | str) and word in YES + NO:
            return word in YES
        raise refused
    if kind in ("date", "timestamp"):
        return _moment(value, kind, refused)
    if isinstance(value, str) and re.fullmatch(NUMBER, value.strip()):
        value = float(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise refused
    if kind != "count":
        return float(value)
    if value != int(value):
        raise refused
    return int(value)


def _moment(value: Word, kind: str, refused: ValueError) -> date:
    """Return a day or a moment; numbers are none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise refused from None
    if isinstance(value, datetime):
        if value.tzinfo is not None or (kind == "date" and value.time() != time()):
            raise refused
        return value.date() if kind == "date" else value
    if not isinstance(value, date):
        raise refused
    return value if kind == "date" else datetime.combine(value, time())


def as_ended(origin: ColumnMapping) -> ColumnMapping:
    """Return the words of a status with those that say that a subscription is over as ended.

    ``{canceled: active}`` counts the same, but ended asks for the day.

    >>> origin = ColumnMapping.model_validate({"from": "s", "words": {"canceled": "active"}})
    >>> as_ended(origin).words
    {'canceled': 'ended'}
    """
    words = {
        word: ENDED if ours in ("active", None) and says_ended(word) else ours
        for word, ours in (origin.words or {}).items()
    }
    return origin.model_copy(update={"words": words})


def translate(
    column: Any, name: str, origin: ColumnMapping, declared: ColumnSchema | None, file: str
) -> tuple[Any, list[Problem]]:
    """Return a column translated by ``words``, and the rule that every value is listed.

    Parameters
    ----------
    name
        The column of the schema, for messages.

    Raises
    ------
    MappingError
        When a word cannot be a value of the column.
    DataError
        When other words are kept and no value of this type could become the declared one.
    """
    import ibis

    words, theirs = origin.words or {}, str(origin.from_)
    if unknown := [word for word, value in words.items() if value == "?"]:
        known = MEANT.get(name, "")
        if declared is not None and declared.words:
            known = f", one of {', '.join(declared.words)}"
        problem = f"a ? stands where the meaning of {listed(unknown)} belongs{known}"
        raise MappingError.wrong(file, place=name, problem=problem)
    text = column.cast("string")
    blank = text.isnull() | (stripped(text) == "")
    values = {word: literal(value, declared, file) for word, value in words.items()}
    cases = [(blank if word == "" else text == word, value) for word, value in values.items()]
    known = text.isin([word for word in words if word]) | blank
    if origin.others == "keep":
        if declared is None or declared.type in ("id", "text"):
            return ibis.cases(*cases, else_=text), []
        parses = column.get_backend().name == "duckdb"
        rest = read(column, declared, table=theirs, parses=parses)
        bad = [replace(one, rows=~known & one.rows) for one in rest.problems(theirs)]
        if declared.type == "bool":
            line = {"name": name, "text": text, "origin": origin, "file": file}
            bad = [UnknownWords(one.rows, one.what, (theirs,), "", **line) for one in bad]
        return ibis.cases(*cases, else_=rest.value), bad
    what = f"{theirs} has words that {file} does not translate to {name}"
    line = {"name": name, "text": text, "origin": origin, "file": file}
    broken = UnknownWords(~known, what, (theirs,), "", **line)
    nothing = ibis.null(next(iter(values.values())).type())
    return ibis.cases(*cases, else_=nothing), [broken]


@dataclass(frozen=True)
class UnknownWords(Problem):
    """The rule that every word is translated, whose remedy is the line with all that are there.

    ``name`` is the column of the schema, ``text`` the words, ``origin`` their mapping and ``file``
    where it stands.
    """

    name: str = ""
    text: Any = None
    origin: ColumnMapping | None = None
    file: str = ""

    def told(self, value: str) -> str:
        """Return the line to write: known words with their value, the others to be filled in."""
        origin = cast(ColumnMapping, self.origin)
        words = origin.words or {}
        there = self._there(None)
        where, asked = "", there
        if isinstance(origin.where, str):
            # the words of other rows are not asked for
            where, asked = f", where: {_flow(origin.where)}", self._there(self.rows)
        shown = {word: _shown(words[word]) for word in words if word in there or word == ""}
        shown |= {word: "…" for word in asked if word not in words}
        pairs = ", ".join(f"{_flow(word)}: {meant}" for word, meant in shown.items())
        line = f"{self.name}: {{from: {_flow(str(origin.from_))}, words: {{{pairs}}}{where}}}"
        first = self.file.partition("with ")[2]
        place = f", a YAML file that begins with {first}," if first.startswith("vendor:") else ""
        return f"Say in a mapping{place} what each of them is{MEANT.get(self.name, '')}: {line}."

    def _there(self, rows: Any) -> list[str]:
        """Return the words of some rows, or of all, each once."""
        import ibis

        text = self.text if rows is None else rows.ifelse(self.text, ibis.null("string"))
        found = text.name("word").as_table().distinct().order_by("word").limit(MOST)
        return [word for word in found.to_pyarrow()["word"].to_pylist() if word and word.strip()]


MOST = 200
"""Words that a line to write lists."""
MEANT = {"is_won": " (true: won, false: lost, null: open)"}


def _shown(value: Word) -> str:
    """Return a value as YAML writes it within braces.

    >>> _shown(True), _shown(None), _shown("new")
    ('true', 'null', 'new')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _flow(value) if isinstance(value, str) else str(value)


def _flow(word: str) -> str:
    """Return a text as YAML writes it within braces, in quotes where it needs them.

    >>> print(_flow("Closed Won"), _flow("No"), _flow("Won, paid"), _flow("Won?"))
    Closed Won "No" "Won, paid" "Won?"
    """
    try:
        plain = parse_yaml(f"{{{word}: 1, at: {word}, end: 1}}") == {word: 1, "at": word, "end": 1}
    except yaml.YAMLError:
        plain = False
    return word if plain else json.dumps(word, ensure_ascii=False)


def truth(column: Any, file: str) -> tuple[Any, list[Problem]]:
    """Return a column that says yes or no as true or false, and the rule that every value does."""
    import ibis

    if column.type().is_boolean():
        return column, []
    word, theirs = stripped(column.cast("string")).lower(), column.get_name()
    value = ibis.cases((word.isin(YES), True), (word.isin(NO), False))
    what = f"{theirs} is neither true nor false, as where: in {file} needs it"
    remedy = (
        f"It takes {listed(YES[:4])} and {listed(NO[:4])}, and yes and no in Italian, German, "
        f"French and Spanish; of another word say what it must be: where: {{{theirs}: …}}."
    )
    return value, [Problem(value.isnull() & (word != ""), what, (theirs,), remedy)]
