"""Dates below an axis, their months in the language of the chart."""

from __future__ import annotations

import re
from typing import Any

from matplotlib.dates import ConciseDateFormatter

from revkit.language import Language

MONTH = re.compile(r"\{(\d\d)\}")


class ConciseDates(ConciseDateFormatter):
    """Matplotlib's concise dates, with the names of the months from Babel.

    Parameters
    ----------
    locator
        That of the axis.
    words
        The language of the names.
    """

    def __init__(self, locator: Any, words: Language) -> None:
        super().__init__(locator)  # type: ignore[no-untyped-call]  # matplotlib has no types here
        self.names = words.months()
        for name in ("formats", "zero_formats", "offset_formats"):
            numbered = [text.replace("%b", "{%m}") for text in getattr(self, name)]
            setattr(self, name, numbered)

    def format_ticks(self, values: Any) -> list[str]:
        """Return the labels of all ticks."""
        if not len(values):
            return []
        labels: list[str] = super().format_ticks(values)  # type: ignore[no-untyped-call]
        return [self._named(label) for label in labels]

    def get_offset(self) -> str:
        """Return the part of the dates that all ticks share."""
        return self._named(super().get_offset())  # type: ignore[no-untyped-call]

    def _named(self, text: str) -> str:
        return MONTH.sub(lambda found: self.names[int(found[1])], text)
