"""Folders that revkit writes: of what they hold, its own files alone are replaced or removed.

``.revkit-manifest.json`` in such a folder names each file of revkit with its SHA-256. A file that
is not named there, or whose content has changed since, is somebody else's; so are the files of a
report to a company that is generated, and those of a company to a report.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from revkit.errors import FolderError, RevkitError, WriteError

MANIFEST = ".revkit-manifest.json"
STAGING = ".revkit-writing"
"""Folder inside the folder, where files lie until all are written."""


@dataclass(frozen=True)
class Holdings:
    """Files of a folder, by name within it, sorted.

    ``own`` are revkit's, as it wrote them; ``edited`` were changed since. Of ``others``, a folder
    is named with a slash.
    """

    own: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        """Files that are left as they are, whatever is written."""
        return tuple(sorted((*self.edited, *self.others)))

    @property
    def refused(self) -> tuple[str, ...]:
        """Files that keep a folder from being written without ``force``: all but hidden ones."""
        return tuple(name for name in self.left if not name.startswith("."))


def real(folder: str | Path) -> Path:
    """Return a folder's own path: ``~`` is home, and a link is followed.

    Raises
    ------
    FolderError
        When there is no such home, or a link leads to itself.
    """
    try:
        return Path(folder).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise FolderError.nowhere(str(folder), problem=str(error)) from None


def holdings(folder: Path, made: str) -> Holdings:
    """Compare a folder with its manifest; a folder that is not there holds nothing.

    Parameters
    ----------
    made
        What revkit writes there: report or company.
    """
    return _compared(folder, made)[0]


def _compared(folder: Path, made: str) -> tuple[Holdings, dict[str, str]]:
    """Return what a folder holds, and the SHA-256 of each file there that is revkit's."""
    if not folder.is_dir():
        return Holdings(), {}
    listed = _listed(folder, made)
    parents = {str(parent) for name in listed for parent in PurePosixPath(name).parents}
    own: dict[str, str] = {}
    edited: list[str] = []
    others: list[str] = []

    def sort(inside: Path, prefix: str) -> None:
        for path in sorted(inside.iterdir()):
            name = f"{prefix}{path.name}"
            if name == STAGING or (name == MANIFEST and _read(path, made)):
                continue
            if path.is_dir() and name in parents:
                sort(path, f"{name}/")
            elif name not in listed or not path.is_file():
                others.append(f"{name}/" if path.is_dir() else name)
            elif (sha := _sha256(path)) in listed[name]:
                own[name] = sha
            else:
                edited.append(name)

    sort(folder, "")
    return Holdings(tuple(own), tuple(edited), tuple(others)), own


def check(folder: Path, made: str, *, force: bool = False, taken: Collection[str] = ()) -> Holdings:
    """Return what a folder holds, or refuse to write to it.

    Parameters
    ----------
    made
        As in :func:`holdings`.
    force
        Whether to write beside files that are not revkit's.
    taken
        Names without ending of which no other file may be there, whatever ``force`` says.

    Raises
    ------
    FolderError
        When the folder holds files that are not revkit's and would be mixed with its own, or may
        not be written to.
    """
    found = holdings(folder, made)
    there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
    if not there.is_dir():
        raise FolderError.no_folder(there)
    # who writes is the effective user, where the system tells it from the real one
    if not os.access(there, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise FolderError.closed(there)
    if found.refused and not force:
        first = _first(folder, found.refused[0])
        raise FolderError.other_files(
            first.parent,
            first.name,
            more=len(found.refused) - 1,
            edited=found.refused[0] in found.edited,
        )
    for name in found.left:
        if name.rstrip("/").partition(".")[0].partition("/")[0].casefold() in taken:
            raise FolderError.in_the_way(folder, name, edited=name in found.edited)
    return found


@contextmanager
def replacing(
    *folders: Path, made: str, force: bool = False, taken: Collection[str] = (), keep: bool = False
) -> Iterator[tuple[Path, ...]]:
    """Yield an empty folder for each one, and put what is written there in place of revkit's files.

    All of them are put in their places together, when the block ends without an error; else
    every folder stays as it was. What a killed run left behind is removed first.

    Parameters
    ----------
    folders
        Made where they are missing, unless nothing is written there.
    made, force, taken
        As in :func:`check`.
    keep
        Whether revkit's files that are not written anew stay.

    Raises
    ------
    FolderError
        When a folder holds what would be overwritten.
    WriteError
        When the disk is full, a file may not be replaced, or another run writes to the folder.
    """
    for folder in folders:
        check(folder, made, force=force, taken=taken)
    with ExitStack() as stack:
        try:
            staged = tuple(stack.enter_context(_staging(folder)) for folder in folders)
            yield staged
            swaps = [_Swap.of(*pair, made, keep) for pair in zip(staged, folders, strict=True)]
            for swap in swaps:
                swap.announce()
            for swap in swaps:
                swap.put()
        except RevkitError:
            raise
        except OSError as error:
            problem = error.strerror or str(error)
            raise WriteError.because(folders[0], problem=problem) from error


def remove(folder: Path, made: str) -> Holdings:
    """Remove revkit's files from a folder, and the folder if it is then empty; return the rest."""
    if folder.is_dir():
        with replacing(folder, made=made, force=True):
            pass
    return holdings(folder, made)


@dataclass(frozen=True)
class _Swap:
    """New files of one folder, by name with their hashes, and the former ones that go."""

    staged: Path
    folder: Path
    made: str
    new: Mapping[str, str]
    kept: Mapping[str, str]
    gone: Mapping[str, str]

    @classmethod
    def of(cls, staged: Path, folder: Path, made: str, keep: bool) -> _Swap:
        files = sorted(path for path in staged.rglob("*") if path.is_file())
        new = {path.relative_to(staged).as_posix(): _sha256(path) for path in files}
        found, former = _compared(folder, made)
        for name in (*new, MANIFEST):
            for place in (name, *map(str, PurePosixPath(name).parents)):
                if place in found.left or f"{place}/" in found.left:
                    raise FolderError.in_the_way(folder, place, edited=place in found.edited)
        rest = {name: sha for name, sha in former.items() if name not in new}
        replaced = {name: sha for name, sha in former.items() if name in new}
        return cls(staged, folder, made, new, rest if keep else {}, replaced if keep else former)

    def announce(self) -> None:
        """List new and former files, so that a run killed half-way has left only listed ones."""
        if self.new or self.gone:
            _write(self.folder, self.made, {**self.kept, **self.new}, self.gone)

    def put(self) -> None:
        """Move the new files to their places, and remove the former ones."""
        for name in self.new:
            place = self.folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            (self.staged / name).replace(place)
        for name in self.gone.keys() - self.new.keys():
            (self.folder / name).unlink(missing_ok=True)
        for name in sorted(self.gone, reverse=True):
            for parent in PurePosixPath(name).parents[:-1]:
                _remove_empty(self.folder / parent)
        if self.new or self.kept:
            _write(self.folder, self.made, {**self.kept, **self.new})
        elif self.gone:
            (self.folder / MANIFEST).unlink(missing_ok=True)


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Yield a new folder inside a folder, removed in the end; so is the folder, if it is empty."""
    there = folder.exists()
    keep_empty = there and not any(folder.iterdir())
    folder.mkdir(parents=True, exist_ok=True)
    staged = folder / STAGING
    with _alone(folder):
        shutil.rmtree(staged, ignore_errors=True)
        try:
            staged.mkdir()
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)
            if not keep_empty:  # an empty folder that the user made stays
                _remove_empty(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Refuse a folder that another process writes to; the lock ends with the process."""
    try:
        import fcntl
    except ImportError:  # Windows has no such locks
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WriteError.busy(folder) from None
        except OSError:  # nor have some network disks
            pass
        yield
    finally:
        os.close(handle)


def _listed(folder: Path, made: str) -> dict[str, set[str]]:
    """Return the files that a manifest names, each with its hashes: one, or two in mid-swap."""
    listed: dict[str, set[str]] = {}
    for files in _read(folder / MANIFEST, made):
        for name, sha in files.items():
            if not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts:
                listed.setdefault(name, set()).add(sha)
    return listed


def _read(path: Path, made: str) -> tuple[Mapping[str, str], ...]:
    """Return the new and the former files of a manifest; nothing if it is of something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        lists = (content["files"], content.get("former", {}))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return ()
    sound = (
        all(isinstance(files, dict) for files in lists) and content.get("made") == f"revkit {made}"
    )
    return lists if sound else ()


def _write(
    folder: Path, made: str, files: Mapping[str, str], former: Mapping[str, str] | None = None
) -> None:
    content: dict[str, Any] = {"made": f"revkit {made}", "files": dict(sorted(files.items()))}
    if former:
        content["former"] = dict(sorted(former.items()))
    aside = folder / STAGING / MANIFEST
    aside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    aside.replace(folder / MANIFEST)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _first(folder: Path, name: str) -> Path:
    """Return the path to show for a name: of a folder, that of its first file."""
    inside = sorted((folder / name).iterdir()) if name.endswith("/") else []
    return inside[0] if inside else folder / name
