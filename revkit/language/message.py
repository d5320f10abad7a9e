"""Texts that are written down in one place and shown, translated, in another."""

from __future__ import annotations


def message(text: str) -> str:
    """Mark a text for translation and return it unchanged.

    Babel finds it in the source by the name of this function; it is translated where it is
    shown, by :meth:`revkit.language.Language.gettext`.

    >>> message("Open pipeline")
    'Open pipeline'
    """
    return text
