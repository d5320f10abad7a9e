"""Files of a company: each written whole or not at all; what is true of it stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file aside to write to, put in its place once all is well."""
    aside = path.with_name(f".{path.name}.part")
    yield aside
    aside.replace(path)


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Have a file written aside, then put it in its place; returns it."""
    with replacing(path) as aside:
        write(aside)
    return path


def truth_folder(folder: str | Path) -> Path:
    """The folder for what is true of the tables in another, made where there is none yet."""
    place = _beside(folder)
    place.mkdir(parents=True, exist_ok=True)
    return place


def remove_truth_files(folder: str | Path, *names: str) -> None:
    """Remove what stands beside a folder and is true of it no more."""
    for name in names:
        (_beside(folder) / name).unlink(missing_ok=True)


def _beside(folder: str | Path) -> Path:
    data = Path(folder).absolute()
    return data.with_name(f"{data.name}-truth")
