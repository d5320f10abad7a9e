"""What is wrong with the files that are read and written."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from revkit.errors.base import RevkitError, did_you_mean, listed, nearest


class MappingError(RevkitError, ValueError):
    """A mapping file that cannot be followed."""

    @classmethod
    def unreadable(cls, file: str, *, problem: str) -> MappingError:
        """Text that is no YAML."""
        return cls(f"{file} is not YAML: {problem}")

    @classmethod
    def not_text(cls, file: str, *, place: str, key: object) -> MappingError:
        """A key that YAML reads as something other than text: on, yes, no, a number, a date."""
        return cls(
            f"{file}: a key of {place} was read by YAML as {key!r}, not as text. "
            "Put quotes around it: YAML takes on, off, yes and no for true and false."
        )

    @classmethod
    def unknown(cls, key: str, *, file: str, place: str, known: Collection[str]) -> MappingError:
        """A key that no mapping has."""
        return cls(
            f"{file}: {place} has no {key!r}.{did_you_mean(key, known)} "
            f"It takes: {listed(known, 40)}."
        )

    @classmethod
    def wrong(cls, file: str, *, place: str, problem: str) -> MappingError:
        """A value that a key cannot have."""
        return cls(f"{file}: {place}: {problem}.")

    @classmethod
    def no_parsing(cls, file: str, *, column: str, formats: Sequence[str]) -> MappingError:
        """Text to be read as dates on an engine that cannot try without failing."""
        return cls(
            f"{file} reads {column} as dates written {' or '.join(formats)}, which revkit does "
            "only with files. Make them dates in a view of the database, and name that view as "
            "the source."
        )


class SourceError(RevkitError, FileNotFoundError):
    """Nothing readable at a path."""

    @classmethod
    def nothing_at(
        cls, path: str, *, what: str, beside: Collection[str], remedy: str = ""
    ) -> SourceError:
        """A path that leads nowhere."""
        name = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        hint = did_you_mean(name, beside)
        return cls(f"There is no {what} at {path!r}.{hint} {remedy}".rstrip())

    @classmethod
    def no_kind(cls, path: str) -> SourceError:
        """A path to something that is neither a folder nor a database file."""
        return cls(
            f"rk.load needs a folder of tables or a .duckdb file; {path!r} is neither. Give the "
            "folder that holds the files, or a database's address: postgresql://user@host/name"
        )

    @classmethod
    def no_profile(cls, name: str, *, variable: str, file: str, near: str) -> SourceError:
        """A name that is neither a folder nor a profile."""
        return cls(
            f"There is no folder or file at {name!r}, and no profile of that name.{near} "
            f"A profile is an address in the environment, {variable}=postgresql://…, or a line "
            f"{name}: postgresql://… in {file}."
        )

    @classmethod
    def unreadable(cls, path: str, *, problem: str) -> SourceError:
        """A file that its format does not allow."""
        return cls(f"{path} cannot be read: {problem}")

    @classmethod
    def no_header(cls, path: str) -> SourceError:
        """A CSV file without a first line."""
        return cls(
            f"{path} is empty: its first line must name the columns. "
            "A table without rows is a file with that line alone."
        )

    @classmethod
    def separated(cls, path: str, *, separator: str, said: str) -> SourceError:
        """A CSV file separated by something else than was said."""
        return cls(
            f"{path} must be separated by {said!r}; its first line holds {separator!r} instead. "
            f"Say so in a mapping: separator: {separator!r}"
        )

    @classmethod
    def twice(cls, table: str, *, where: str, files: Collection[str]) -> SourceError:
        """Two files for one table."""
        return cls(f"{where} holds {table} more than once: {listed(files)}. Keep one of them.")

    @classmethod
    def no_tables(
        cls, where: str, *, found: Collection[str], vendor: str, example: str
    ) -> SourceError:
        """A place where nothing is called like a table."""
        looks = f", which looks like an export of {vendor}" if vendor else ""
        return cls(
            f"{where} holds no table that revkit knows, such as opportunities.csv or "
            f"subscriptions.parquet; it holds: {listed(found)}{looks}. Say in a YAML file which "
            "file is which table and which column is which, and pass it as "
            f"mapping='my_mapping.yaml'. It begins:\n\n{example}"
        )


class ReportError(RevkitError, RuntimeError):
    """A report that could not be made."""

    @classmethod
    def unknown_notebook(cls, name: str, *, where: str, known: Collection[str]) -> ReportError:
        """A notebook that is not there."""
        near = nearest(name, known)
        hint = f"; did you mean {near!r}?" if near else "."
        return cls(f"no notebook {name!r} in {where}{hint} There are: {listed(known)}.")

    @classmethod
    def no_notebooks(cls, folder: str) -> ReportError:
        """A folder without a notebook."""
        return cls(f"{folder} holds no notebook (.ipynb). Name a folder that does, or a file.")

    @classmethod
    def same_name(cls, name: str, *, files: Sequence[str]) -> ReportError:
        """Two notebooks that would write one page."""
        return cls(f"{listed(files)} are both called {name}. Rename one: a page is named after it.")

    @classmethod
    def not_a_report(cls, folder: str) -> ReportError:
        """An output folder that holds something else."""
        return cls(
            f"--out {folder} holds files that are not a report, and a report replaces its whole "
            f"folder. Name a new folder, such as --out {folder}/report."
        )
