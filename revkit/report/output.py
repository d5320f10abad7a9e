"""Outputs of cells: how they are sent, and how much of them a report keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from revkit.language import Language

PACKER = f"{__name__}.pack"
"""Name of the function that a kernel's session is given."""

LIMIT = 2_000_000
"""Characters of output per cell."""


class OutputLimit:
    """Counts the output of each cell, and says once where the rest is cut.

    A text that is printed is cut at the limit; a table or a picture is shown whole or not at all.

    Parameters
    ----------
    words
        The language of the note.
    """

    def __init__(self, words: Language) -> None:
        self._words = words
        self._kept: Counter[int] = Counter()
        self._full: set[int] = set()
        self._noted: set[int] = set()

    def fits(self, message: Mapping[str, Any]) -> bool:
        """Report whether one message alone is within the limit."""
        return _size(message["content"]) <= LIMIT

    def admits(self, cell: int, message: Mapping[str, Any]) -> bool:
        """Count a message of a cell; report whether it is kept. Printed text is cut in place."""
        content = message["content"]
        if message["msg_type"] == "error":  # what the run fails with
            if _size(content) > LIMIT:
                content.update(evalue=content["evalue"][:LIMIT], traceback=[])
            return True
        if cell in self._full:
            return False
        room = LIMIT - self._kept[cell]
        self._kept[cell] += _size(content)
        if self._kept[cell] <= LIMIT:
            return True
        self._full.add(cell)
        if message["msg_type"] != "stream":
            return False
        self._noted.add(cell)
        content["text"] = f"{content['text'][:room]}\n{self._text}\n"
        return True

    def note(self, cell: int) -> Any:
        """Return the output that says that the rest is cut; None when it has been said."""
        from nbformat.v4 import new_output

        if cell in self._noted:
            return None
        self._noted.add(cell)
        return new_output("stream", name="stdout", text=f"\n{self._text}\n")

    @property
    def _text(self) -> str:
        return self._words.gettext(
            "The rest of this output is not shown: a cell shows at most {limit} characters.",
            limit=self._words.count(LIMIT),
        )


def _size(content: Any) -> int:
    """Return the number of characters in a message's texts."""
    if isinstance(content, Mapping):
        return sum(map(_size, content.values()))
    if isinstance(content, list | tuple):
        return sum(map(_size, content))
    return len(content) if isinstance(content, str | bytes) else 8


def pack(message: Any) -> bytes:
    r"""Write a message as JSON, with ``?`` for half a character.

    Jupyter's own packer fails on such a text in the thread that sends all outputs, which then may
    send no more: neither the output nor that the cell is done ever arrives.

    Examples
    --------
    >>> pack({"text": "half \ud800"})
    b'{"text": "half ?"}'
    """
    from jupyter_client.jsonutil import json_clean, json_default

    def write(content: Any) -> bytes:
        text = json.dumps(content, default=json_default, ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8", errors="replace")

    try:
        return write(message)
    except (TypeError, ValueError):  # what JSON has no word for: NaN, keys that are no text
        return write(json_clean(message))
