"""Writing of a kernel's messages for texts that UTF-8 cannot hold."""

from __future__ import annotations

import json
from typing import Any

PACKER = f"{__name__}.pack"
"""Name of the function that a kernel's session is given."""


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
