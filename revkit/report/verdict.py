"""The data verdict of a report's first page: what the checks of the company noted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from revkit.language import language
from revkit.report.freshness import Stale

if TYPE_CHECKING:
    from revkit.dataset import Dataset

MOST = 6
"""Notes shown; the others are counted, and stand in the description of the data."""


ENDED = ("ended", "silent")
"""Rules whose notes say no more than that a table is stale."""


@dataclass(frozen=True)
class Verdict:
    """A sentence about the data, and the notes behind it, the gravest first."""

    sentence: str
    notes: tuple[str, ...] = ()
    more: str = ""


def verdict(data: Dataset, stale: Collection[Stale] = ()) -> Verdict:
    """Return what a reader should know of the data before the numbers.

    Parameters
    ----------
    data
        The company, already narrowed by the report's filter.
    stale
        Tables that end too early; they come first.
    """
    words, late = language(), {one.table for one in stale}
    notes = [note for note in data.notes if not (note.table in late and note.rule in ENDED)]
    aside = [note for note in notes if " set aside" in note.text]
    others = [note for note in notes if note not in aside]
    said = [*map(str, stale), *map(str, aside), *map(str, others)]
    rows = sum(note.rows for note in aside)
    if not said:
        return Verdict(words.gettext("The checks of the data found nothing to note."))
    sentence = words.ngettext(
        "The checks of the data left {count} note.",
        "The checks of the data left {count} notes.",
        len(said),
        count=len(said),
    )
    if rows:
        counted = words.ngettext(
            "{count} row is set aside: it is counted nowhere.",
            "{count} rows are set aside: they are counted nowhere.",
            rows,
            count=words.count(rows),
        )
        sentence = f"{sentence} {counted}"
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
    return Verdict(sentence, tuple(said[:MOST]), more)
