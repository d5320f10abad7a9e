"""Names of the rows that a filter keeps, as titles say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.language import message

if TYPE_CHECKING:
    from revkit.language import Language

POPULATIONS = {
    "kind = new": message("new business"), "kind = expansion": message("expansion"),
    "kind = renewal": message("renewals"),
}  # fmt: skip
"""Names of the usual filters; any other is written as it was asked."""


def population(where: str, words: Language) -> str:
    """Return the name of the rows that a filter keeps.

    >>> from revkit.language import language
    >>> [population(one, language("en")) for one in ("kind = new", "segment = SMB")]
    ['new business', 'segment = SMB']
    """
    return words.gettext(POPULATIONS[where]) if where in POPULATIONS else where
