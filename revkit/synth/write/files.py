"""Atomic writes, and the folder for the truth beside a company's files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary file and move it to its place if nothing failed."""
    aside = path.with_name(f".{path.name}.part")
    yield aside
    aside.replace(path)


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file under a temporary name and move it to its place; return its path."""
    with replacing(path) as aside:
        write(aside)
    return path


def truth_folder(folder: str | Path) -> Path:
    """Return the folder beside the tables for their truth, created if missing."""
    place = _beside(folder)
    place.mkdir(parents=True, exist_ok=True)
    return place


def remove_truth_files(folder: str | Path, *names: str) -> None:
    """Remove outdated files from the truth folder beside the tables."""
    for name in names:
        (_beside(folder) / name).unlink(missing_ok=True)


def _beside(folder: str | Path) -> Path:
    data = Path(folder).absolute()
    return data.with_name(f"{data.name}-truth")
