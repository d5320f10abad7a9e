"""Where a table begins and ends in a file: below titles, above totals and footers.

Rows are lists of cells as text, empty text for an empty cell. A row of titles has less than half
of the cells of the table, or a gap below it; the first other row must name the columns. A row of
totals has a word for them in its first cell, and no value where all others have one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Row = Sequence[str]

_TOTALS = (
    r"((grand|overall|sub)[ -]?)?totals?|totale( generale| complessivo)?|totali|totaux"
    r"|total g[eé]n[eé]ral|(gesamt)?summe|gesamt(ergebnis)?|insgesamt|suma( total)?"
)
# what a row below the first of the totals holds
_OTHERS = re.compile(
    r"sum|count|average|avg|min(imum)?|max(imum)?|somma|conteggio|media|anzahl|mittelwert", re.I
)
_COUNT = r"\s*(\(\s*[\d.,]+( \w+)?\s*\)|[-–:]?\s*[\d.,]+ (records?|rows?|righe))?\s*:?"
_SAYS_TOTALS = re.compile(f"({_TOTALS}){_COUNT}", re.I)
_FOOTERS = re.compile(
    r"copyright (\(c\)|©)|©|confidential information|generated (by|on|at)\b|exported (by|on|at)\b"
    r"|salesforce\.com|esportato (da|il)\b|generato (da|il)\b|informazioni riservate"
    r"|\d[\d.,]* (rows?|records?|righe)\b",
    re.I,
)
_LONGEST = 30  # rows of a footer
_SHOWN = 3


@dataclass(frozen=True)
class Footer:
    """Rows at the end of a file that are none of the table.

    ``rows`` is how many, empty ones among them, ``texts`` what some of them say, and ``unclear``
    the first cell of a row before them that may hold totals or be a row like the others.
    """

    rows: int = 0
    texts: tuple[str, ...] = ()
    unclear: str = ""


def filled(row: Row) -> list[int]:
    """Return the positions of the cells that hold something.

    >>> filled(["", "Report", " "])
    [1]
    """
    return [at for at, cell in enumerate(row) if cell.strip()]


def titles(rows: Sequence[Row], width: int) -> int:
    """Return how many rows at the top are titles of a table of some width, or empty.

    >>> titles([["Report: deals"], [], ["id", "name", "amount"], ["1", "Acme", "5"]], 3)
    2
    """
    for at, row in enumerate(rows):
        here = len(filled(row))
        below = filled(rows[at + 1]) if at + 1 < len(rows) else [0]
        if here * 2 >= width and (below or here == width):
            return at
    return 0


def footer(rows: Sequence[Row | None], width: int) -> Footer:
    """Return the rows at the end that are none of a table of some width.

    Parameters
    ----------
    rows
        The last rows of the file; None for one that cannot be told apart.

    Examples
    --------
    >>> footer([["1", "a"], ["2", "b"], ["Total (2)", ""], [], ["Copyright (c) 2026"]], 2)
    Footer(rows=3, texts=('Total (2)', 'Copyright (c) 2026'), unclear='')
    """
    cut = passed = 0
    for number, row in enumerate(reversed(rows), 1):
        if row is None or number > _LONGEST:
            break
        at = filled(row)
        first = row[at[0]].strip() if at else ""
        if not at or (len(at) == 1 and _FOOTERS.match(first)):
            cut = number
        elif is_totals(first) or _OTHERS.fullmatch(first):
            before = [one for one in rows[: len(rows) - number] if one is not None]
            if not _lacks(row, before, width):
                if not is_totals(first):
                    break
                return _told(rows, cut, first)
            cut = number
        elif len(at) == 1 and (width > 2 or len(row) < width):
            passed += 1  # a footer, if there is a gap above
            continue
        else:
            break
        passed = 0
    return _told(rows, cut, "")


def is_totals(text: str) -> bool:
    """Return whether a text is a word for totals, with a number of rows or without.

    >>> is_totals("Grand Totals (29 records)"), is_totals("Total Energies")
    (True, False)
    >>> is_totals("Totale"), is_totals("Gesamtsumme: 3 rows")
    (True, True)
    """
    return _SAYS_TOTALS.fullmatch(text) is not None


def _lacks(row: Row, before: Sequence[Row], width: int) -> bool:
    """Return whether a row lacks a value where all rows before it have one."""
    if len(row) < width:
        return True
    whole = [set(filled(one)) for one in before if len(filled(one)) > 1][-20:]
    return bool(whole) and bool(set.intersection(*whole) - set(filled(row)))


def _told(rows: Sequence[Row | None], cut: int, unclear: str) -> Footer:
    """Return the footer of some rows at the end, with what it says."""
    last = [row for row in rows[len(rows) - cut :] if row is not None]
    return Footer(cut, tuple(first_cells(last)), unclear)


def first_cells(rows: Sequence[Row]) -> list[str]:
    """Return the first text of each row that has one, on one line."""
    return [" ".join(row[filled(row)[0]].split()) for row in rows if filled(row)]


def below_titles(what: str, number: int, above: Sequence[str]) -> str:
    """Return the clause that a line or row below some titles names the columns."""
    return f"{what} {number} names the columns; above it: {_shown(above)}"


def above_footer(what: str, texts: Sequence[str]) -> str:
    """Return the clause that some lines or rows at the end are none of the table.

    >>> above_footer("line", ["Total"])
    'its last line is left out, since it is no row of the table: Total'
    """
    if len(texts) == 1:
        return f"its last {what} is left out, since it is no row of the table: {texts[0]}"
    return (
        f"its last {len(texts)} {what}s are left out, since they are no rows of the table: "
        f"{_shown(texts)}"
    )


def _shown(texts: Sequence[str]) -> str:
    """Return the first of some texts, cut where they are long."""
    parts = [text if len(text) <= 40 else f"{text[:39]}…" for text in texts[:_SHOWN]]
    return "; ".join([*parts, *(["…"] if len(texts) > _SHOWN else [])])
