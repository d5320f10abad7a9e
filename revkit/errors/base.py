"""The base of every error, and the words its sentences are made of."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The most similar of ``words``, whatever the case, or None when none is similar.

    >>> nearest("Opportunites", ["accounts", "opportunities"])
    'opportunities'
    """
    folded = {other.casefold(): other for other in words}
    near = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A hint with a leading space, or nothing."""
    near = nearest(word, words)
    return f" Did you mean {near!r}?" if near is not None else ""


def listed(words: Iterable[object], limit: int = 20) -> str:
    """Words with commas between; the rest of a long list is counted."""
    shown = [str(word) for word in words]
    if len(shown) > limit:
        shown[limit:] = [f"and {len(shown) - limit} more"]
    return ", ".join(shown) if shown else "nothing"


class RevkitError(Exception):
    """Base class: catch this to catch every error revkit raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the sentence, without the frames that led to it."""
        return [f"{type(self).__name__}: {self}"]
