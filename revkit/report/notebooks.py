"""Notebooks of a report: the kit's own, or those named by file or folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from revkit.errors import ReportError
from revkit.report.parameters import parameters_of
from revkit.report.run import read

_OWN = re.compile(r"\d\d_[a-z_]+")
"""Names of the kit's own notebooks: neither Untitled nor 01_funnel-Copy1."""


def home() -> Path:
    """Return the folder of the kit's own notebooks, beside the package in its clone."""
    return Path(__file__).parents[2] / "notebooks"


def chosen(names: Sequence[str]) -> dict[str, Path]:
    """Return notebooks by name, sorted within each folder.

    Parameters
    ----------
    names
        The kit's own (``01_funnel``), files and folders, alone or with commas between; none for
        all the kit's own. Of a folder, notebooks that take no ``data`` are left out.

    Raises
    ------
    ReportError
        When one is not there, or none is left.
    """
    found: dict[str, Path] = {}
    for name in _split(names):
        for path in _paths(name):
            if (other := found.setdefault(path.stem, path)).resolve() != path.resolve():
                raise ReportError.same_name(path.stem, files=[str(other), str(path)])
    if "index" in found:
        raise ReportError.same_name("index", files=[str(found["index"]), "the first page"])
    return found


def left_out(names: Sequence[str]) -> tuple[str, ...]:
    """Return the other notebooks of the folders among some names: drafts, copies, checkpoints."""
    folders = [Path(name) for name in _split(names) if Path(name).is_dir()]
    return tuple(
        str(path.relative_to(folder.parent))
        for folder in folders
        for path in sorted(folder.glob("*.ipynb"))
        if not _is_page(path)
    )


def _split(names: Sequence[str]) -> list[str]:
    return [part.strip() for text in names for part in text.split(",")] or [str(home())]


def _paths(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        inside = [file for file in sorted(path.glob("*.ipynb")) if _is_page(file)]
        if not inside:
            raise ReportError.no_notebooks(name)
        return inside
    if path.suffix == ".ipynb" and path.is_file():
        return [path]
    own = {one.stem: one for one in sorted(home().glob("*.ipynb"))}
    if name in own:
        return [own[name]]
    if path.suffix == ".ipynb":
        raise ReportError.no_notebook(path, problem="there is no such file.")
    raise ReportError.unknown_notebook(name, where="revkit", known=own)


def _is_page(file: Path) -> bool:
    """Report whether a notebook in a folder can be run on a company: it takes ``data``."""
    if file.parent.resolve() == home().resolve() and not _OWN.fullmatch(file.stem):
        return False
    try:
        notebook = read(file)
    except ReportError:
        return False
    return "data" in parameters_of(notebook, file.stem)
