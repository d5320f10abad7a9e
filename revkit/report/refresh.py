"""Run the kit's own notebooks anew on the sample company and write their outputs down.

``make notebooks`` does, and ``make notebooks ONLY=03_upsell`` for one of them. Run again on the
same code and sample, it writes the same bytes.
"""

from __future__ import annotations

import logging
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from revkit.errors import ReportError
from revkit.report.notebooks import chosen
from revkit.report.run import read, sentence

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
WIDGET = "application/vnd.jupyter.widget-view+json"
"""Kind of output that names a model of the kernel, by another id in each run."""


COLOURS = 128
"""Colours of the palette of a committed chart."""


def stamp(notebook: Any, name: str) -> Any:
    """Number the cells and remove what an editor adds; return the notebook.

    Ids follow from the name and the place (``01-funnel-00``), so that a diff shows the cells that
    changed and no others. Of the metadata, tags and the kernel stay.
    """
    notebook.metadata = type(notebook.metadata)(METADATA)
    for place, cell in enumerate(notebook.cells):
        cell.id = f"{name.replace('_', '-')}-{place:02d}"
        cell.metadata = type(cell.metadata)({k: v for k, v in cell.metadata.items() if k == "tags"})
    return notebook


def refresh(file: Path) -> bool:
    """Run a notebook in its own folder and write it with its outputs; return True if it changed.

    Raises
    ------
    ReportError
        When a cell fails; the file is left as it was.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = stamp(read(file), file.stem)
    client = NotebookClient(
        notebook,
        record_timing=False,
        resources={"metadata": {"path": str(file.parent)}},
        extra_arguments=[f"--log-level={logging.CRITICAL}"],
    )
    try:
        client.execute()
    except Exception as error:  # a failing cell, or a kernel that died
        raise ReportError.cell_failed(file.stem, said=sentence(error)) from None
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            _settle(output.get("data", {}))
    text: str = nbformat.writes(stamp(notebook, file.stem)) + "\n"
    changed = text != file.read_text(encoding="utf-8")
    aside = file.with_name(f".{file.name}.part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(file)
    return changed


def _settle(data: dict[str, Any]) -> None:
    """Take out of an output what differs from run to run, and means nothing when it is over."""
    data.pop(WIDGET, None)
    if isinstance(said := data.get("text/plain"), str):
        data["text/plain"] = ADDRESS.sub("", said)
    if "image/png" in data:
        data["image/png"] = lighter(data["image/png"])


def lighter(picture: str) -> str:
    """Return a chart in Base64 as a PNG of a palette, which has a third of the bytes.

    A chart has few colours; those between them, at the edges of letters, are the nearest of many.
    """
    from PIL import Image

    drawn, small = Image.open(BytesIO(b64decode(picture))), BytesIO()
    plain = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    plain.save(small, "PNG", optimize=True)
    return b64encode(small.getvalue()).decode() + "\n"


def main(names: Sequence[str]) -> None:
    """Refresh notebooks, all the kit's own unless some are named, and say which changed."""
    for name, file in chosen(names).items():
        print(f"{name}: {'changed' if refresh(file) else 'as it was'}", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ReportError as error:
        sys.exit(str(error))
