"""Zip archives: unpacked into a folder of this process, safely and up to a size."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from revkit.errors import SourceError
from revkit.sources.formats.copies import MOST_BYTES, described

_MOST_FILES = 100_000
_CHUNK = 1 << 20
_LINK = 0o120000


def check_size(path: Path) -> None:
    """Refuse a workbook whose parts are too large when unpacked.

    Raises
    ------
    SourceError
        When they are.
    """
    if not is_zipfile(path):
        return
    try:
        with ZipFile(path) as archive:
            size = sum(one.file_size for one in archive.infolist())
    except (BadZipFile, OSError) as error:
        raise SourceError.unreadable(str(path), problem=described(error)) from None
    if size > MOST_BYTES // 4:
        raise SourceError.too_large(str(path), most=MOST_BYTES // 4)


def unpacked(path: Path, wanted: Callable[[str], bool], owner: object) -> tuple[Path, list[str]]:
    """Unpack the files of an archive that are wanted, and return their folder and other files.

    Parameters
    ----------
    wanted
        Whether a file is needed, by its name.
    owner
        The folder is deleted when this object is, at the latest at the end of the process.

    Raises
    ------
    SourceError
        When it is no archive, locked, too large, or names files outside of it.
    """
    place = Path(mkdtemp(prefix="revkit-"))
    weakref.finalize(owner, shutil.rmtree, place, ignore_errors=True)
    # named as the archive, for messages
    folder = place / path.name
    folder.mkdir()
    others = []
    try:
        with ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            names = {one.filename: _safe_name(path, one) for one in members}
            _check(path, members, place)
            for one in members:
                name = names[one.filename]
                if name.parts[0] == "__MACOSX" or not wanted(name.name):
                    others.append(str(name))
                    continue
                target = folder.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(archive, one, target, path)
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError.unreadable(str(path), problem=described(error)) from None
    return folder, [name for name in others if not name.startswith("__MACOSX")]


def _safe_name(path: Path, member: ZipInfo) -> PurePosixPath:
    """Return the name of a member below the folder; refuse one that leads elsewhere."""
    name = PurePosixPath(member.filename.replace("\\", "/"))
    leads_out = name.is_absolute() or ".." in name.parts or ":" in name.parts[0]
    if leads_out or "\0" in member.filename:
        problem = "a path that leads out of the archive"
        raise SourceError.unsafe(str(path), name=member.filename, problem=problem)
    if (member.external_attr >> 16) & 0o170000 == _LINK:
        raise SourceError.unsafe(str(path), name=member.filename, problem="a link to another file")
    return name


def _check(path: Path, members: list[ZipInfo], place: Path) -> None:
    """Refuse an archive that is locked, or too large for the disk or at all."""
    if any(one.flag_bits & 1 for one in members):
        problem = "it is locked by a password. Unpack it, and give the folder"
        raise SourceError.unreadable(str(path), problem=problem)
    most = min(MOST_BYTES, shutil.disk_usage(place).free)
    if sum(one.file_size for one in members) > most or len(members) > _MOST_FILES:
        raise SourceError.too_large(str(path), most=MOST_BYTES)


def _write(archive: ZipFile, member: ZipInfo, target: Path, path: Path) -> None:
    """Unpack one file; refuse more bytes than the archive says it has."""
    left = member.file_size
    with archive.open(member) as theirs, target.open("xb") as ours:
        while chunk := theirs.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise SourceError.too_large(str(path), most=MOST_BYTES)
            ours.write(chunk)
