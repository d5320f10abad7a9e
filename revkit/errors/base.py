"""Base class of the errors, and helpers that word their messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the most similar of ``words``, ignoring case; None when none is similar.

    >>> nearest("Opportunites", ["accounts", "opportunities"])
    'opportunities'
    """
    folded = {other.casefold(): other for other in words}
    near = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return `` Did you mean …?`` with a leading space, or empty text when nothing is similar."""
    near = nearest(word, words)
    return f" Did you mean {near!r}?" if near is not None else ""


def listed(words: Iterable[object], limit: int = 20) -> str:
    """Return words joined by commas, at most ``limit`` of them, and how many more there are."""
    shown = [str(word) for word in words]
    if len(shown) > limit:
        shown[limit:] = [f"and {len(shown) - limit} more"]
    return ", ".join(shown) if shown else "nothing"


class RevkitError(Exception):
    """Base class of all errors that revkit raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """Return the message alone, which Jupyter shows instead of the traceback."""
        return [f"{type(self).__name__}: {self}"]
