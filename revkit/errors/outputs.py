"""Errors about what is written: reports and their folders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from revkit.errors.base import RevkitError, listed, nearest


class ReportError(RevkitError, RuntimeError):
    """A report that could not be built."""

    @classmethod
    def unknown_notebook(cls, name: str, *, where: str, known: Collection[str]) -> ReportError:
        """Report an unknown notebook."""
        near = nearest(name, known)
        hint = f"; did you mean {near!r}?" if near else "."
        return cls(f"no notebook {name!r} in {where}{hint} There are: {listed(known)}.")

    @classmethod
    def no_notebooks(cls, folder: str) -> ReportError:
        """Report a folder without notebooks."""
        return cls(
            f"{folder} holds no notebook (.ipynb) with a cell tagged 'parameters' that takes data. "
            "Name a folder that does, or a file."
        )

    @classmethod
    def no_notebook(cls, file: Path, *, problem: str) -> ReportError:
        """Report a file that is not a notebook."""
        return cls(f"{file} cannot be read as a notebook: {problem} Name another file.")

    @classmethod
    def same_name(cls, name: str, *, files: Sequence[str]) -> ReportError:
        """Report two notebooks that would write the same page."""
        return cls(f"{listed(files)} are both called {name}. Rename one: a page is named after it.")

    @classmethod
    def not_read(cls, name: str, *, problem: str) -> ReportError:
        """Report a company whose tables cannot be read to their end."""
        return cls(f"The tables of {name} cannot be read: {problem}. Run again once they can.")

    @classmethod
    def cell_failed(cls, name: str, *, said: str) -> ReportError:
        """Report a notebook of the kit that does not run on the sample company."""
        return cls(
            f"{name} does not run on the sample company: {said}. Correct the cell; the notebook "
            "is left as it was."
        )


class FolderError(RevkitError, FileExistsError):
    """A folder that cannot be written without loss."""

    @classmethod
    def other_files(cls, folder: Path, name: str, *, more: int, edited: bool) -> FolderError:
        """Report a folder that holds files which revkit did not write, or not like this."""
        rest = f" and {more} more that revkit did not write" if more else ""
        changed = ", changed since revkit wrote it" if edited else ""
        return cls(
            f"{folder} holds {name!r}{changed}{rest}. Move that away, or write to another folder. "
            "To keep it there beside what is written, add --force (in Python, force=True): "
            "revkit replaces only files it has written itself."
        )

    @classmethod
    def in_the_way(cls, folder: Path, name: str, *, edited: bool) -> FolderError:
        """Report another file where one is to be written."""
        why = "was changed since revkit wrote it" if edited else "was not written by this command"
        return cls(
            f"{folder} holds {name!r}, which {why} and is in the way of a new file. Move it away, "
            "or write to another folder: it is not replaced, with --force neither."
        )

    @classmethod
    def there(cls, file: Path) -> FolderError:
        """Report a file that would be replaced."""
        return cls(f"{file} is there already. Give another name, or replace it with --force.")

    @classmethod
    def no_folder(cls, folder: Path) -> FolderError:
        """Report a file where a folder is to be."""
        return cls(f"{folder} is a file. Name a folder to write to.")

    @classmethod
    def nowhere(cls, folder: str, *, problem: str) -> FolderError:
        """Report a path that leads to no folder."""
        return cls(f"{folder} leads to no folder: {problem} Name another.")

    @classmethod
    def closed(cls, folder: Path) -> FolderError:
        """Report a folder that may not be written to."""
        return cls(f"{folder} may not be written to. Name a folder of yours.")

    @classmethod
    def busy(cls, folder: Path) -> FolderError:
        """Report a folder that another run writes to."""
        return cls(f"{folder} is being written by another run. Wait for its end, or name another.")


class WriteError(RevkitError, OSError):
    """A folder that could not be written in the end; what it held before is still there."""

    @classmethod
    def because(cls, folder: Path, *, problem: str) -> WriteError:
        """Report a disk that is full, or a file that may not be replaced."""
        return cls(
            f"{folder} could not be written: {problem}. What it held before is still there. Make "
            "room or name another folder, and run again."
        )
