"""Vocabularies: the words of a column that formulas know, in whatever case and punctuation.

``Past due`` is read as ``past_due``, with a note. A word that is none of them would drop out of
some formula or count in it: it is refused with the lines of a mapping that translate it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from revkit.dataset.columns import fold
from revkit.dataset.notes import Note
from revkit.dataset.validation.problem import Problem
from revkit.errors import listed, nearest
from revkit.schema.endings import ENDED, says_ended

NEAR = 0.8
"""How similar a word must be to one of ours to be taken for a misspelling of it."""

MOST = 1000
"""Words of a column that are looked at; with more of them it is no vocabulary."""


@dataclass(frozen=True)
class Vocabulary:
    """The words that a column may hold.

    Parameters
    ----------
    table, column
        Where.
    words
        The words that formulas know.
    others
        Whether it may hold others, unless they nearly are one of ``words``.
    remedy
        What else can be done about an unknown word than to translate it.
    counted_as
        Words that formulas count as another one.
    within
        A column and its words: in other rows no formula reads the column, and any word may stand.
    told
        Whether a note says which other words it holds, since no formula reads them.
    """

    table: str
    column: str
    words: tuple[str, ...]
    others: bool = False
    remedy: str = ""
    counted_as: Mapping[str, str] = field(default_factory=dict)
    within: tuple[str, tuple[str, ...]] | None = None
    told: bool = False

    def judged(self, values: Mapping[str, Any]) -> Any:
        """Return the condition of rows in which an unknown word is refused, given all columns."""
        import ibis

        if self.within is None:
            return ibis.literal(True)
        column, words = self.within
        return values[column].isin(words).fill_null(False)

    def strange(self, value: Any) -> Any:
        """Return the condition of values that are not written as one of the words."""
        return value.notnull() & ~value.isin([w for w in self.words if w not in self.counted_as])

    def read(self, found: Mapping[str, int]) -> tuple[dict[str, str | None], list[str]]:
        """Return our word for each of the words found, and the words that are unknown.

        Parameters
        ----------
        found
            Words that are not ours, with the number of rows in which one that is unknown is
            refused. A blank one is null.
        """
        folded: dict[str, list[str]] = {}
        for word in self.words:
            folded.setdefault(fold(word), []).append(word)
        read: dict[str, str | None] = {}
        unknown = []
        for word, judged in found.items():
            if not word.strip():
                read[word] = None
            elif len(ours := folded.get(fold(word), [])) == 1:
                read[word] = ours[0]
            elif judged and (
                not self.others or get_close_matches(fold(word), folded, n=1, cutoff=NEAR)
            ):
                unknown.append(word)
        return read, unknown

    def unread(self, others: Mapping[str, int]) -> Note | None:
        """Return the note on words that no formula reads; None without any, or if not ``told``.

        Parameters
        ----------
        others
            Words that are neither ours nor refused, with the number of their rows.
        """
        strange = list(others)
        if not (self.told and strange):
            return None
        text = (
            f"{self.column} has words that no metric reads, {listed(map(repr, strange), 5)}; read "
            f"are {listed(self.words, 30)}. Where one is meant as one of these, add its amount to "
            f"that one's, or, where that is not there, say in a mapping: {self.column}: {{from: "
            f"{self.column}, words: {{{_quoted(strange[0])}: {self._guess(strange[0])}}}, "
            "others: keep}"
        )
        return Note(self.table, f"{self.column}_unread", text, sum(others.values()))

    def note(self, read: Mapping[str, str | None], found: Mapping[str, int]) -> Note | None:
        """Return the note on words that are written in another way; None without any."""
        other = {word: ours for word, ours in read.items() if ours not in (None, word)}
        said = [f"{word!r} as {ours!r}" for word, ours in other.items()]
        if not said:
            return None
        rows = sum(found[word] for word in other)
        text = f"{self.column} is read by another spelling: {listed(said, 5)}"
        return Note(self.table, f"{self.column}_spelling", text, rows)

    def problem(self, value: Any, judged: Any, unknown: Sequence[str]) -> Problem:
        """Return the rule that unknown words break, in the rows in which they are judged."""
        shown = list(unknown)[:20]
        lines = ", ".join(f"{_quoted(word)}: {self._guess(word)}" for word in shown)
        known = f"any of {listed(self.words, 30)}"
        where = ""
        if self.within is not None:
            where = f" where {self.within[0]} is {' or '.join(self.within[1])}"
        return Problem(
            value.isin(list(unknown)) & judged,
            f"{self.column} holds words that are not known{where}, {listed(map(repr, shown), 5)},",
            (self.column,),
            f"Known are {listed(self.words, 30)}. {self.remedy}Say in a mapping what each means, "
            f"{known}: {self.column}: {{from: {self.column}, words: {{{lines}}}, others: keep}}.",
            f"{self.column}_unknown",
        )

    def _guess(self, word: str) -> str:
        """Return the word that one is probably meant as; else a place to write it."""
        if ENDED in self.words and says_ended(word):
            return ENDED
        same = [w for w in self.words if fold(word).startswith(fold(w)) or fold(w) in fold(word)]
        return (same or [nearest(word, self.words) or "…"])[0]


def translated(column: Any, read: Mapping[str, str | None]) -> Any:
    """Return a column with words replaced."""
    import ibis

    kept = {word: ours for word, ours in read.items() if ours is not None}
    blank = [word for word, ours in read.items() if ours is None]
    cases = [(column == word, ours) for word, ours in kept.items()]
    if blank:
        cases.append((column.isin(blank), ibis.null("string")))
    return ibis.cases(*cases, else_=column) if cases else column


def _quoted(word: str) -> str:
    """Return a word as a key of YAML."""
    plain = word.replace("_", "").replace(" ", "").isalpha() and word.strip() == word
    odd = word.lower() in ("on", "off", "yes", "no", "y", "n", "true", "false", "null")
    return word if plain and not odd else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
