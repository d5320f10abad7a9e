"""The data verdict of a report's first page: what the check of the company found and noted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from revkit.language import language
from revkit.quality import Check, check
from revkit.report.freshness import Stale

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.dataset.notes import Note

MOST = 6
"""Lines shown; the others are counted, and stand in the description of the data."""


ENDED = ("ended", "silent")
"""Rules whose notes say no more than that a table is stale."""

TO_COME = ("later",)
"""Rules whose notes say that a table begins after the report's day: nothing of it is amiss."""


@dataclass(frozen=True)
class Verdict:
    """A sentence about the data, and what is behind it, the gravest first.

    ``columns`` are the tables and columns of serious findings.
    """

    sentence: str
    notes: tuple[str, ...] = ()
    more: str = ""
    columns: frozenset[tuple[str, str]] = frozenset()


def verdict(data: Dataset, stale: Collection[Stale] = ()) -> Verdict:
    """Return what a reader should know of the data before the numbers.

    Parameters
    ----------
    data
        The company, already narrowed by the report's filter.
    stale
        Tables that end too early; they come first.
    """
    words, late, found = language(), {one.table for one in stale}, check(data)
    known = [note for note in data.notes if note.rule not in TO_COME]
    notes = [note for note in known if not (note.table in late and note.rule in ENDED)]
    aside = [note for note in notes if " set aside" in note.text]
    others = [note for note in notes if note not in aside and not _told(found, note)]
    said = [*map(str, stale), *found.sentences, *map(str, aside), *map(str, others)]
    rows = sum(note.rows for note in aside)
    sentences = [found.verdict if found.ok else f"{_serious(found)} {found.reach}".strip()]
    if rows:
        sentences.append(
            words.ngettext(
                "{count} row is set aside: it is counted nowhere.",
                "{count} rows are set aside: they are counted nowhere.",
                rows,
                count=words.count(rows),
            )
        )
    if data.narrowed:
        sentences.append(words.gettext("The check is of the whole company, without the filter."))
    left = len(said) - MOST
    more = (
        words.ngettext(
            "{count} more note is under “About the data”.",
            "{count} more notes are under “About the data”.",
            left,
            count=left,
        )
        if left > 0
        else ""
    )
    grave = frozenset((one.table, one.column) for one in found.at_least("serious"))
    return Verdict(" ".join(sentences), tuple(said[:MOST]), more, grave)


def _serious(found: Check) -> str:
    """Return how many findings a reader has to know of; each has a line of its own below."""
    grave = found.at_least("serious")
    if grave[0].severity == "serious" and grave[0].effect.tidy:
        return language().ngettext(
            "The check of the data found nothing that puts a number wrong by a per cent or more, "
            "and {count} serious thing to tidy up.",
            "The check of the data found nothing that puts a number wrong by a per cent or more, "
            "and {count} serious things to tidy up.",
            len(grave),
            count=len(grave),
        )
    return language().ngettext(
        "The check of the data has {count} serious finding.",
        "The check of the data has {count} serious findings.",
        len(grave),
        count=len(grave),
    )


def _told(found: Check, note: Note) -> bool:
    """Report whether a finding says what a note on the same rows does."""
    return any(
        one.table == note.table
        and (
            one.rule == note.rule or (one.rule, f"{one.column}_variants") == ("spelling", note.rule)
        )
        for one in found.findings
        if one.severity != "note"
    )
