"""Words of stages and statuses that say what became of a deal, as an export spells them.

A vendor's mapping lists those that the vendor ships, by outcome: ``won``, ``lost``, ``open``, and
``deleted`` for rows that are no more. Every other word is the user's own, and is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from revkit.dataset.columns import fold

VALUES = {"won": True, "lost": False, "open": None}
"""The outcome of a deal by its name; one that is open has none."""

_BRACKETS = re.compile(r"\s*\([^()]*\)$")


def spelled(outcomes: Mapping[str, Sequence[str]], found: Collection[str]) -> dict[str, list[str]]:
    """Return the words of each outcome: the vendor's, and those of an export that are the same.

    Words are the same without case, spaces and punctuation, and where all of an export end with the
    pipeline in brackets, without these.

    >>> spelled({"won": ["Closed Won"]}, ["CLOSED-WON", "Gone"])
    {'won': ['Closed Won', 'CLOSED-WON']}
    >>> spelled({"won": ["Closed Won"]}, ["Closed won (Sales)", "Gone (Sales)"])
    {'won': ['Closed Won', 'Closed won (Sales)']}
    """
    known = {fold(word): name for name, words in outcomes.items() for word in words}
    own: dict[str, list[str]] = {name: list(words) for name, words in outcomes.items()}
    bracketed = all(_BRACKETS.search(word) for word in found)
    for word in found:
        names = [fold(word)] + ([fold(_BRACKETS.sub("", word))] if bracketed else [])
        outcome = next((known[name] for name in names if name in known), None)
        if outcome is not None and word not in own[outcome]:
            own[outcome].append(word)
    return own


def closed_by(spec: Any) -> Any:
    """Return the condition of closed deals that a user's mapping of the outcome implies; else None.

    >>> closed_by({"from": "Stage", "words": {"Signed": True, "Gone": False, "Talks": None}})
    {'Stage': ['Signed', 'Gone']}
    >>> closed_by({"from": "Won", "where": "Closed"}), closed_by("Won")
    ('Closed', None)
    """
    if not isinstance(spec, dict) or "lookup" in spec or spec.get("others") == "keep":
        return None
    if "where" in spec or "from" not in spec:
        return spec.get("where")
    closed = [word for word, value in (spec.get("words") or {}).items() if value is not None]
    return {spec["from"]: closed} if closed else None


def resolved(given: Any, words: Mapping[str, Sequence[str]]) -> Any:
    """Return the words by their value, or a list of them, that ``{outcomes: …}`` stands for.

    ``all`` are the outcomes of deals and ``closed`` those that are one, as words by their value;
    a name is the list of its words. Anything else is returned as it is.

    >>> words = {"won": ["Won"], "lost": ["Lost"], "open": ["Open"], "deleted": ["Gone"]}
    >>> resolved({"outcomes": "closed"}, words), resolved({"outcomes": "deleted"}, words)
    ({'Won': True, 'Lost': False}, ['Gone'])
    """
    if not isinstance(given, dict) or "outcomes" not in given:
        return given
    asked = given["outcomes"]
    if asked not in ("all", "closed"):
        return list(words[asked])
    names = [name for name in VALUES if name in words and (asked == "all" or name != "open")]
    return {word: VALUES[name] for name in names for word in words[name]}
