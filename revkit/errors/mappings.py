"""Errors about mapping files."""

from __future__ import annotations

from collections.abc import Collection

from revkit.errors.base import RevkitError, did_you_mean, listed


class MappingError(RevkitError, ValueError):
    """An invalid mapping file."""

    @classmethod
    def unreadable(cls, file: str, *, problem: str) -> MappingError:
        """Report a file that is not YAML."""
        return cls(f"{file} is not YAML: {problem}")

    @classmethod
    def not_text(cls, file: str, *, place: str, key: object) -> MappingError:
        """Report a key that YAML does not read as text: on, yes, no, a number, a date."""
        return cls(
            f"{file}: a key of {place} was read by YAML as {key!r}, not as text. "
            "Put quotes around it: YAML takes on, off, yes and no for true and false."
        )

    @classmethod
    def unknown(cls, key: str, *, file: str, place: str, known: Collection[str]) -> MappingError:
        """Report an unknown key."""
        return cls(
            f"{file}: {place} has no {key!r}.{did_you_mean(key, known)} "
            f"It takes: {listed(known, 40)}."
        )

    @classmethod
    def wrong(cls, file: str, *, place: str, problem: str) -> MappingError:
        """Report an invalid value."""
        return cls(f"{file}: {place}: {problem}.")

    @classmethod
    def several_files(cls, vendor: str, *, source: str, files: Collection[str]) -> MappingError:
        """Report files that may each be the same one of a vendor's export."""
        return cls(
            f"{listed(files)} may each be {source} of {vendor}. Keep one of them, or say in a YAML "
            "file which of them are which table: source: takes a name or a list."
        )

    @classmethod
    def untold(
        cls,
        vendor: str,
        *,
        table: str,
        column: str,
        source: str,
        names: str,
        found: Collection[str],
    ) -> MappingError:
        """Report an export of a vendor of which no column says what a number needs to know."""
        how = "words: {…: true, …: false, …: null}" if column.startswith("is_") else "where: …"
        return cls(
            f"{table}: no column of {source} says {column}, without which every row would count "
            f"as open. It is looked for as {names}; the file has: {listed(found, 40)}. Export one "
            f"of them too, or say in a YAML file that begins with vendor: {vendor} which it is: "
            f"tables: {{{table}: {{columns: {{{column}: {{from: <your column>, {how}}}}}}}}}."
        )

    @classmethod
    def unfitted(cls, lacks: str, *, table: str, file: str, vendor: str) -> MappingError:
        """Report a file that is a vendor's by its name, without columns that its table needs.

        ``lacks`` says which.
        """
        return cls(
            f"{lacks}. Export these, too, or say in a YAML file that begins with vendor: {vendor} "
            f"how they are read: tables: {{{table}: {{source: {file}, columns: {{…}}}}}}."
        )

    @classmethod
    def vendors_own(cls, where: str, *, file: str, vendor: str, title: str) -> MappingError:
        """Report a file that has the name of a table and the columns of a vendor's export."""
        return cls(
            f"{where}: {file} has the columns of an export of {title}, and none that names its "
            f"rows as revkit does. Read it with mapping={vendor!r}; what is special about yours "
            f"goes into a YAML file that begins with vendor: {vendor}."
        )

    @classmethod
    def no_parsing(cls, file: str, *, column: str, format: str) -> MappingError:
        """Report a date format of which a part is read in files alone."""
        return cls(
            f"{file} reads {column} as dates written {format}, a part of which is read only "
            "in files and DuckDB; databases read %Y %y %m %d %b %B %H %I %p %M %S %f %z. Make them "
            "dates in a view of the database, and name that view as the source."
        )
