"""The check of one table: every rule counted in one pass; what breaks one is named or set aside.

Values that are merely written in another way are read, with a note.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.dataset.validation.endings import at_zero, of_zero
from revkit.dataset.validation.problem import Problem
from revkit.dataset.validation.reading import Reading, blank
from revkit.dataset.validation.rules import no_code, problems
from revkit.dataset.validation.spelling import unusual
from revkit.dataset.validation.vocabulary import MOST, Vocabulary, translated
from revkit.schema import TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass
class Checked:
    """Result of the check of a table.

    ``values`` are the columns as they are to be read, ``aside`` is the condition of rows that are
    counted nowhere (None without any), ``refused`` the rules that are broken, each with its number
    of rows, ``total`` the number of all, ``currencies`` the least and the greatest that rows name,
    ``unnamed`` whether some money has none, ``spaced`` the ids of which some are
    spelled with blanks around, ``.0`` behind or marks of accents.
    """

    values: dict[str, Any]
    aside: Any = None
    notes: list[Note] = field(default_factory=list)
    refused: list[tuple[Problem, int]] = field(default_factory=list)
    total: int = 0
    currencies: tuple[str | None, str | None] = (None, None)
    unnamed: bool = False
    spaced: frozenset[str] = frozenset()

    def rows(self, raw: ir.Table) -> ir.Table:
        """Return the table as it is to be read, without the rows set aside."""
        values = {
            name: value
            for name, value in self.values.items()
            if value is not raw[name] and not value.equals(raw[name])
        }
        if self.aside is None:
            return raw.mutate(**values) if values else raw
        kept = raw.mutate(**values, __aside=self.aside.fill_null(False))
        return kept.filter(~kept["__aside"]).drop("__aside")


def examine(
    table: TableSchema,
    raw: ir.Table,
    readings: Mapping[str, Reading],
    vocabularies: Sequence[Vocabulary],
    asked: Collection[str],
    more: Sequence[Problem] = (),
) -> Checked:
    """Count the rows of a table that break its rules, in one pass; the caller refuses.

    Parameters
    ----------
    asked
        The rules whose rows are set aside, as ``table.rule``.
    more
        Rules besides those of the schema.
    """
    import ibis

    counts = _count(table, raw, readings, vocabularies, more, asked)
    checked, counted = counts.checked, counts.values
    checked.total = int(counted["rows"])
    # before the words are read, of which some count as others
    said = of_zero(checked.values, counted)
    for vocabulary in vocabularies:
        if counted[f"v_{vocabulary.column}"]:
            _read_words(checked, vocabulary, table, raw, asked)
    for number, problem in enumerate(counts.problems):
        _judge(checked, problem, int(counted[f"p{number}"]), table, asked)
    if isinstance(said, Note):
        checked.notes.append(said)
    elif said is not None:
        _judge(checked, said, int(counted["over_at_zero"]), table, asked)
    checked.spaced = frozenset(name for name in counts.ids if counted[f"s_{name}"])
    for name in checked.spaced:  # a blank reference names nothing, as an empty one
        if not table.columns[name].key:
            value = checked.values[name]
            checked.values[name] = blank(value).ifelse(ibis.null("string"), value)
    if counted.get("spelled"):
        checked.values["currency"] = counts.currency
    checked.currencies = counted.get("least"), counted.get("most")
    checked.unnamed = bool(counted.get("unnamed"))
    return checked


@dataclass
class _Counts:
    """One pass over a table: the rules asked, and what was counted, by ``p`` and their number."""

    checked: Checked
    problems: list[Problem]
    values: dict[str, Any]
    ids: list[str]
    currency: Any = None


def _count(
    table: TableSchema,
    raw: ir.Table,
    readings: Mapping[str, Reading],
    vocabularies: Sequence[Vocabulary],
    more: Sequence[Problem],
    asked: Collection[str] = (),
) -> _Counts:
    """Count the rows that break each rule, and what is written in another way, in one query."""
    checked = Checked({name: reading.value for name, reading in readings.items()})
    found = [*problems(table, readings), *more]
    ids = {
        name: unusual(value)
        for name, value in checked.values.items()
        if table.columns[name].type in ("id", "text")
        and (table.columns[name].key or table.columns[name].type == "id")
        and raw[name].type().is_string()
    }
    sums: dict[str, Any] = {}
    sums |= {f"s_{name}": rows for name, rows in ids.items()}
    sums |= at_zero(checked.values) if table.name == "subscriptions" else {}
    for vocabulary in vocabularies:
        strange = vocabulary.strange(checked.values[vocabulary.column])
        sums[f"v_{vocabulary.column}"] = strange
    ends: dict[str, Any] = {"rows": raw.count()}
    currency = None
    # some tables say it beside the schema
    if "currency" in raw.columns and raw["currency"].type().is_string():
        written = checked.values.get("currency", raw["currency"])
        currency = written.upper().replace(" ", "").nullif("")
        found.append(no_code("currency", currency))
        sums["spelled"] = written != currency.fill_null("")
        money = [checked.values[name].notnull() for name in table.money if name in checked.values]
        if money:
            sums["unnamed"] = currency.isnull() & reduce(or_, money)
        ends |= {"least": currency.min(), "most": currency.max()}
    found = _without_those_aside(found, table, asked)
    sums |= {f"p{n}": problem.rows for n, problem in enumerate(found)}
    counts = raw.aggregate(**{name: _rows(rows) for name, rows in sums.items()}, **ends)
    return _Counts(checked, found, counts.to_pyarrow().to_pylist()[0], [*ids], currency)


def _without_those_aside(
    found: Sequence[Problem], table: TableSchema, asked: Collection[str]
) -> list[Problem]:
    """Return the rules, of which a row that one sets aside need not keep the others."""
    names = [f"{table.name}.{problem.rule}" for problem in found]
    out = [
        problem.rows.fill_null(False)
        for problem, name in zip(found, names, strict=True)
        if name in asked
    ]
    if not out:
        return list(found)
    gone = reduce(or_, out)
    return [
        problem if name in asked else replace(problem, rows=problem.rows & ~gone)
        for problem, name in zip(found, names, strict=True)
    ]


def _rows(condition: Any) -> Any:
    """Return the number of rows that meet a condition."""
    return condition.ifelse(1, 0).sum().fill_null(0)


def _judge(
    checked: Checked,
    problem: Problem,
    rows: int,
    table: TableSchema,
    asked: Collection[str],
) -> None:
    """Take down a rule that rows break: as refused, as set aside where asked, or as a note."""
    if not rows:
        return
    if problem.is_note:
        many = "1 row" if rows == 1 else f"{rows:,} rows"
        text = f"{problem.what} in {many}. {problem.remedy}"
        checked.notes.append(Note(table.name, problem.rule, text, rows))
    elif f"{table.name}.{problem.rule}" not in asked:
        checked.refused.append((problem, rows))
    else:
        broken = problem.rows.fill_null(False)
        checked.aside = broken if checked.aside is None else checked.aside | broken
        checked.notes.append(Note.set_aside(table.name, problem.rule, problem.what, rows))


def _read_words(
    checked: Checked,
    vocabulary: Vocabulary,
    table: TableSchema,
    raw: ir.Table,
    asked: Collection[str],
) -> None:
    """Read words that are written in another way; refuse those that are unknown."""
    value, judged = checked.values[vocabulary.column], vocabulary.judged(checked.values)
    strange = raw.select(word=value, judged=judged.ifelse(1, 0))
    strange = strange.filter(lambda row: vocabulary.strange(row.word))
    words = strange.group_by("word").aggregate(rows=strange.count(), judged=strange.judged.sum())
    listed = words.order_by([words.rows.desc(), words.word]).limit(MOST).to_pyarrow().to_pylist()
    found = {row["word"]: row["rows"] for row in listed}
    refused = {row["word"]: row["judged"] for row in listed}
    read, unknown = vocabulary.read(refused)
    if unknown:
        problem = vocabulary.problem(value, judged, unknown)
        _judge(checked, problem, sum(refused[word] for word in unknown), table, asked)
    others = {word: rows for word, rows in found.items() if word not in (*read, *unknown)}
    checked.notes += filter(None, (vocabulary.note(read, found), vocabulary.unread(others)))
    counted = {word: vocabulary.counted_as.get(str(ours), ours) for word, ours in read.items()}
    checked.values[vocabulary.column] = translated(value, counted)
