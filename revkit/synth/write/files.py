"""The place of a company's truth, beside its tables."""

from __future__ import annotations

import os
from pathlib import Path

from revkit.manifest import real

MADE = "company"
"""Word by which a manifest tells the files of a company from others of revkit."""


def truth_folder(folder: str | Path) -> Path:
    """Return the folder for the truth: beside the tables, also where their folder is a link.

    >>> truth_folder("/data/shop").as_posix()
    '/data/shop-truth'
    """
    # not resolve(), which would follow the link
    data = Path(os.path.abspath(Path(folder).expanduser()))  # noqa: PTH100
    return real(data.parent / f"{data.name}-truth")
