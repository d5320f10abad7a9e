"""When a deal is closed and how: proposals that put the columns of one file beside each other.

A column of won deals alone has no day for lost ones, and a close date is planned while a deal is
open: what another column says in yes and no goes before what a name promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from revkit.sources.proposals.concepts import meaning
from revkit.sources.proposals.values import Values

Spec = tuple[Any, str]
"""The entry of a column in the mapping, and the text on what to check of it; empty for nothing."""

_ELSE = {"expected", "forecast", "due", "created", "start", "reason"}
"""Words in the name of a yes-or-no column, or a day, that is about something else."""


def outcome(columns: Mapping[str, Values], spec: Spec | None) -> Spec | None:
    """Return the outcome of deals by a column of yes and no; None where the proposal stands.

    Without a proposal, ``spec`` is None.

    >>> stages, yes_no = Values(("X1", "X2", "X3"), 3), Values(("true", "false", "false"), 3)
    >>> columns = {"stage": stages, "is_won": yes_no, "is_closed": Values(("1", "1", "0"), 3)}
    >>> outcome(columns, ({"from": "stage", "words": {"X1": None}}, "which words are won?"))
    ({'from': 'is_won', 'where': 'is_closed'}, '')
    """
    mapped, doubt = spec or (None, "not found")
    theirs = mapped if isinstance(mapped, str) else _yes_no(columns, "won") if doubt else None
    if theirs is None or (isinstance(mapped, str) and not columns[theirs].is_yes_or_no):
        return None
    closed = _yes_no(columns, "close", other="won")
    if closed is None:
        return None if mapped == theirs else (theirs, "")
    return {"from": theirs, "where": closed}, ""


def closing(columns: Mapping[str, Values], theirs: str, spec: Spec, won: Any) -> tuple[str, Spec]:
    """Return the column of the days of closing, and what it is in the mapping.

    Parameters
    ----------
    theirs, spec
        The column that its name proposes, and what it would be.
    won
        The proposal for ``is_won``.

    Examples
    --------
    >>> days = ("2024-01-05", "2024-01-06")
    >>> columns = {"Status": Values(("Won", "Lost", "Open"), 3), "Won time": Values(days[:1], 3),
    ...     "Closed on": Values(days, 3)}
    >>> words = {"from": "Status", "words": {"Won": True, "Lost": False, "Open": None}}
    >>> closing(columns, "Won time", ("Won time", ""), words)
    ('Closed on', ('Closed on', ''))
    """
    mapped, doubt = spec
    at = {"from": mapped} if isinstance(mapped, str) else dict(mapped)
    closed = _yes_no(columns, "close", other="won")
    if closed is not None:
        return theirs, (at | {"where": closed}, doubt)
    needed = _closed(columns, won)
    days = len(columns[theirs].filled)
    if needed is not None and days > needed:  # open deals have one, too: it is planned
        return theirs, (at | {"where": {won["from"]: _words(won)}}, doubt)
    if needed is None or days == needed:
        return theirs, spec
    for name, values in columns.items():
        said = _said(name)
        if not values.date_formats or said & _ELSE or name == theirs:
            continue
        more, alike = len(values.filled), values.date_formats == columns[theirs].date_formats
        other = name if isinstance(mapped, str) else at | {"from": name}
        if alike and "close" in said and days < more <= needed:
            return name, (other, doubt)
        if alike and "lost" in said and days + more == needed:
            return theirs, ({"coalesce": [mapped, other]}, doubt)
    return theirs, (mapped, f"filled in {days} of {needed} closed deals: when were the others?")


def _closed(columns: Mapping[str, Values], won: Any) -> int | None:
    """Return how many deals of the sample have an outcome by their words; None without words."""
    if not isinstance(won, dict) or "words" not in won:
        return None
    known = {*_words(won)}
    return sum(value in known for value in columns[won["from"]].filled)


def _words(won: Mapping[str, Any]) -> list[str]:
    """Return the words of closed deals."""
    return [word for word, is_won in won["words"].items() if is_won is not None]


def _said(name: str) -> set[str]:
    """Return what the name of a column says; a flag of closing says close."""
    said = {*meaning(name).concepts}
    return said | {"close"} if "closed_flag" in said else said


def _yes_no(columns: Mapping[str, Values], concept: str, other: str = "") -> str | None:
    """Return the only column of yes and no whose name says something, and not something else."""
    found = [
        name
        for name, values in columns.items()
        if values.filled and values.is_yes_or_no
        and concept in (said := _said(name)) and not said & {other, *_ELSE}
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None
