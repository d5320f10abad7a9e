"""Contents of an executed notebook, by section: its tables as data, and its charts."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from revkit.analysis.writing.frames.raw import MIME


@dataclass(frozen=True)
class Block:
    """A table or a chart, with the heading that it stands under."""

    heading: str
    data: Any


def tables(notebook: Any) -> Iterator[Block]:
    """Yield the tables of a notebook that was run with ``raw.WANTED``: the parts of each."""
    for heading, output in _outputs(notebook):
        if MIME in output.get("data", {}):
            yield Block(heading, output["data"][MIME]["parts"])


@dataclass(frozen=True)
class Picture:
    """A chart as PNG, and the finding above it."""

    png: bytes
    finding: str


def charts(notebook: Any) -> Iterator[Block]:
    """Yield the charts of a notebook, as pictures: sharp ones, if it was run with ``raw.SHARP``."""
    for heading, output in _outputs(notebook):
        if "image/png" in output.get("data", {}):
            told = output.get("metadata", {}).get("image/png", {})
            picture = b64decode(told.get("sharp") or output["data"]["image/png"])
            yield Block(heading, Picture(picture, str(told.get("alt", ""))))


def _outputs(notebook: Any) -> Iterator[tuple[str, Any]]:
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = re.findall(r"^#{1,3} +(.+)$", cell.source, flags=re.MULTILINE)
            heading = re.sub(r"[*_`]", "", found[-1]).strip() if found else heading
        for output in cell.get("outputs", []):
            yield heading, output
