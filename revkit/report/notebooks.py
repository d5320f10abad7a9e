"""Notebooks of a report: the kit's own, or those named by file or folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from revkit.errors import ReportError


def home() -> Path:
    """Return the folder of the kit's own notebooks, beside the package in its clone."""
    return Path(__file__).parents[2] / "notebooks"


def chosen(names: Sequence[str]) -> dict[str, Path]:
    """Return notebooks by name, sorted within each folder.

    Parameters
    ----------
    names
        The kit's own (``01_funnel``), files and folders, alone or with commas between; none for
        all the kit's own.

    Raises
    ------
    ReportError
        When one is not there, or none is left.
    """
    found: dict[str, Path] = {}
    for name in [part.strip() for text in names for part in text.split(",")] or [str(home())]:
        for path in _paths(name):
            if (other := found.setdefault(path.stem, path)).resolve() != path.resolve():
                raise ReportError.same_name(path.stem, files=[str(other), str(path)])
    return found


def _paths(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        inside = sorted(path.glob("*.ipynb"))
        if not inside:
            raise ReportError.no_notebooks(name)
        return inside
    if path.suffix == ".ipynb" and path.is_file():
        return [path]
    own = {one.stem: one for one in sorted(home().glob("*.ipynb"))}
    if name in own:
        return [own[name]]
    raise ReportError.unknown_notebook(name, where="revkit", known=own)
