"""Errors about what is written: reports and their folders."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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
    def no_parts(cls, dimension: str) -> ReportError:
        """Report a dimension by which nothing can be told apart."""
        return cls(
            f"--each {dimension}: no deal, customer or lead has a {dimension}. Name a dimension "
            "that the tables have, such as segment."
        )

    @classmethod
    def too_many_parts(cls, dimension: str, *, parts: int, most: int) -> ReportError:
        """Report a dimension with more values than reports are made of."""
        return cls(
            f"--each {dimension} would make {parts:,} reports, and {most} is the most. Narrow them "
            "with --where, or name a dimension with fewer values."
        )

    @classmethod
    def no_browser(cls, names: Collection[str]) -> ReportError:
        """Report a PDF that nothing here can print."""
        return cls(
            f"A PDF needs Chromium or Chrome, and none of {listed(names)} is on the PATH; nor can "
            "WeasyPrint be loaded, which prints without a browser. Install chromium, or "
            "revkit[pdf], or leave pdf out of --format."
        )

    @classmethod
    def not_printed(cls, problem: str) -> ReportError:
        """Report a PDF that was not printed."""
        return cls(f"The PDF was not printed: {problem}. Run again, or without pdf.")

    @classmethod
    def no_port(cls, port: int, *, problem: str) -> ReportError:
        """Report a port that cannot be listened on."""
        return cls(f"Nothing can listen on port {port} here ({problem}). Name another with --port.")

    @classmethod
    def cell_failed(cls, name: str, *, said: str) -> ReportError:
        """Report a notebook of the kit that does not run on the sample company."""
        return cls(
            f"{name} does not run on the sample company: {said.rstrip('.')}. Correct the cell; the "
            "notebook is left as it was."
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


class WriteError(RevkitError, OSError):
    """A folder that could not be written in the end; what it held before is still there."""

    @classmethod
    def because(cls, folder: Path, *, problem: str) -> WriteError:
        """Report a disk that is full, or a file that may not be replaced."""
        return cls(
            f"{folder} could not be written: {problem}. What it held before is still there. Make "
            "room or name another folder, and run again."
        )

    @classmethod
    def busy(cls, folder: Path) -> WriteError:
        """Report a folder that another run writes to."""
        return cls(f"{folder} is being written by another run. Wait for its end, or name another.")


class BrandError(RevkitError, ValueError):
    """A brand that cannot be read, or that a reader could not."""

    @classmethod
    def unreadable(cls, file: str, *, problem: str) -> BrandError:
        """Report a file that is no YAML, or not there."""
        return cls(f"The brand {file} cannot be read: {problem.rstrip('.')}.")

    @classmethod
    def no_brand(cls, file: str, *, known: Iterable[str]) -> BrandError:
        """Report a file that says nothing of a brand."""
        return cls(f"{file} describes no brand. Write one or more of {listed(known)} in it.")

    @classmethod
    def unknown(cls, file: str, key: str, *, known: Iterable[str]) -> BrandError:
        """Report a key that means nothing."""
        return cls(f"{file} has {key!r}, which is none of {listed(known)}. Correct or remove it.")

    @classmethod
    def name(cls, file: str, given: object, *, longest: int) -> BrandError:
        """Report a name that does not fit the head of a page."""
        return cls(f"{file}: name is a text of {longest} letters at most; {given!r:.80} is not.")

    @classmethod
    def logo(cls, file: str, problem: str) -> BrandError:
        """Report a logo that cannot be shown everywhere."""
        return cls(
            f"The logo {file!r} cannot be used: {problem}. Name a PNG or JPEG file beside the "
            "brand's, of 200 kB and 2,000 pixels a side at most."
        )

    @classmethod
    def colours(cls, file: str, *, known: Iterable[str]) -> BrandError:
        """Report colours that are not by what they are for."""
        return cls(f'{file}: colours is {listed(known)}, each with a colour such as "#1f5f8b".')

    @classmethod
    def colour(cls, file: str, name: str, given: object) -> BrandError:
        """Report a colour that is not written as one."""
        return cls(
            f'{file}: {name} is a colour in quotes, such as "#1f5f8b"; {given!r:.80} is none. '
            "Without quotes YAML takes it for a comment."
        )

    @classmethod
    def contrast(
        cls, name: str, colour: str, *, found: float, ground: str, needed: float, instead: str
    ) -> BrandError:
        """Report a colour in which text is hard to read."""
        return cls(
            f"{name} {colour} has a contrast of {found:.1f} to {ground}, and text needs {needed}. "
            f'Write a darker one, such as "{instead}".'
        )


class AlertError(RevkitError, ValueError):
    """Rules of alerts that cannot be read, or a receiver that cannot be reached."""

    @classmethod
    def not_a_rule(cls, text: str) -> AlertError:
        """Report a line that is no rule."""
        return cls(
            f"{text!r} is no rule. Write such as: nrr < 1.0 for 2 months · win_rate < 20 % · "
            "win_rate drops 3 points against last quarter · mrr drops 5 % against last month · "
            "churn_rate rises against the same quarter last year · anything."
        )

    @classmethod
    def periods(cls, line: str) -> AlertError:
        """Report a number of periods that no rule can wait for."""
        return cls(f"{line!r} waits for too few or too many periods; write 1 to 24.")

    @classmethod
    def unit(cls, line: str, *, metric: str, instead: str) -> AlertError:
        """Report a number that is not in the metric's unit."""
        return cls(f"{line!r}: the number is not in the unit of {metric}. Write {instead}.")

    @classmethod
    def unreadable(cls, file: Path, *, problem: str) -> AlertError:
        """Report a file of rules that cannot be read."""
        return cls(f"{file} cannot be read as rules of alerts: {problem}.")

    @classmethod
    def no_list(cls, file: Path) -> AlertError:
        """Report a file without a list of rules."""
        return cls(
            f"{file} must hold 'alerts:' and below it a list of rules, nothing else, such as: "
            "alerts: [anything, nrr < 1.0 for 2 months]."
        )

    @classmethod
    def no_entry(cls, file: Path, place: int, found: object) -> AlertError:
        """Report an entry of the list that is no rule."""
        return cls(
            f"{file}, alert {place}: needed is a line such as 'nrr < 1.0', or keys among which is "
            f"'rule'; found {found!r}. Put quotes around a line that YAML reads otherwise."
        )

    @classmethod
    def unknown_key(
        cls, file: Path, place: int, key: object, *, known: Collection[str]
    ) -> AlertError:
        """Report a key that means nothing in a rule."""
        near = nearest(str(key), known)
        hint = f"; did you mean {near!r}?" if near else "."
        return cls(f"{file}, alert {place}: no key {key!r}{hint} There are: {listed(known)}.")

    @classmethod
    def no_text(cls, file: Path, place: int, key: str, found: object) -> AlertError:
        """Report a key of a rule whose value is of the wrong kind."""
        needed = "values by dimension, such as {segment: SMB}" if key == "where" else "text"
        return cls(f"{file}, alert {place}: {key} must be {needed}; found {found!r}.")

    @classmethod
    def in_file(cls, file: Path, place: int, *, problem: str) -> AlertError:
        """Report what is wrong with a rule, and where it stands."""
        return cls(f"{file}, alert {place}: {problem}")

    @classmethod
    def twice(cls, file: Path, titles: Sequence[str]) -> AlertError:
        """Report rules of one name, which no later report could tell apart."""
        return cls(
            f"{file} has {listed(titles)} more than once. Leave one out, or give each a name of "
            "its own."
        )

    @classmethod
    def too_many_groups(cls, rule: str, *, by: str, groups: int, most: int) -> AlertError:
        """Report a rule by a dimension of too many values."""
        return cls(
            f"{rule!r} by {by} would test {groups} groups; at most {most} can be. Choose a "
            "coarser dimension, or name some with where."
        )

    @classmethod
    def no_service(cls, name: str) -> AlertError:
        """Report a receiver's address of no known service, without showing it."""
        return cls(
            f"The address of {name!r} is of no service that alerts can be sent to. Correct it "
            "where it stands: mailto://user:password@host?to=…, slack://…, msteams://…, json://…."
        )
