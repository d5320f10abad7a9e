"""Errors about files that are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from revkit.errors.base import RevkitError, did_you_mean, listed


def _written(separator: str) -> str:
    """Return a separator as YAML writes it."""
    return '"\\t"' if separator == "\t" else repr(separator)


class SourceError(RevkitError, FileNotFoundError):
    """No readable file or folder at a path."""

    @classmethod
    def nothing_at(
        cls, path: str, *, what: str, beside: Collection[str], remedy: str = ""
    ) -> SourceError:
        """Report a path where there is nothing."""
        name = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        hint = did_you_mean(name, beside)
        return cls(f"There is no {what} at {path!r}.{hint} {remedy}".rstrip())

    @classmethod
    def no_kind(cls, path: str) -> SourceError:
        """Report a path to something that is neither a folder nor a .duckdb file."""
        return cls(
            f"rk.load needs a folder of tables, a workbook, a .zip or a .duckdb file; {path!r} is "
            "none of them. Give the folder that holds the files, or a database's address: "
            "postgresql://user@host/name"
        )

    @classmethod
    def no_profile(cls, name: str, *, variable: str, file: str, near: str) -> SourceError:
        """Report a name that is neither a folder nor a profile."""
        return cls(
            f"There is no folder or file at {name!r}, and no profile of that name.{near} "
            f"A profile is an address in the environment, {variable}=postgresql://…, or a line "
            f"{name}: postgresql://… in {file}."
        )

    @classmethod
    def unreadable(cls, path: str, *, problem: str) -> SourceError:
        """Report a file that cannot be read."""
        return cls(f"{path} cannot be read: {problem}")

    @classmethod
    def not_regular(cls, path: str) -> SourceError:
        """Report a pipe, a device, a socket or a broken link in the place of a file."""
        return cls(
            f"{path} is not a regular file but a pipe, a device, a folder or a broken link, which "
            "revkit does not read. Copy its content into a file."
        )

    @classmethod
    def mixed(cls, folder: str, *, files: Sequence[str]) -> SourceError:
        """Report parts of a table in several formats."""
        return cls(
            f"{folder} holds parts of one table in several formats: {listed(files)}. Keep the "
            "parts of one format there: the same rows in both would be counted twice."
        )

    @classmethod
    def mixed_folders(cls, folder: str, *, keys: Sequence[str]) -> SourceError:
        """Report parts of which only some lie in folders that name a column."""
        return cls(
            f"{folder} holds parts in folders that name a column, such as {keys[0]}=…, and parts "
            f"that are in none or in others: {listed(keys)}. Put all parts into the same folders."
        )

    @classmethod
    def lake(cls, folder: str, *, lake: str) -> SourceError:
        """Report a folder of a lake format, whose files hold deleted rows, too."""
        return cls(
            f"{folder} is a table of {lake}, whose files also hold rows that were deleted since. "
            "Read it with Spark, and pass the session, rk.load(spark); or export it as Parquet."
        )

    @classmethod
    def column_twice(cls, path: str, *, columns: Sequence[str]) -> SourceError:
        """Report a file with two columns of one name."""
        return cls(
            f"{path} names a column more than once: {listed(columns)} (upper and lower case are "
            "the same). Rename or remove one of them."
        )

    @classmethod
    def field_twice(cls, path: str, *, record: int, field: str) -> SourceError:
        """Report a record of a JSON file with two fields of one name."""
        return cls(
            f"{path}: record {record:,} has {field!r} more than once. Keep one of them, or export "
            "it again."
        )

    @classmethod
    def no_header(cls, path: str) -> SourceError:
        """Report a CSV file without a header."""
        return cls(
            f"{path} is empty: its first line must name the columns. "
            "A table without rows is a file with that line alone."
        )

    @classmethod
    def headless(cls, path: str, *, row: Sequence[str], beside: str) -> SourceError:
        """Report a part of a table of which the first row is one of values.

        ``beside`` is another part, which has a header.
        """
        return cls(
            f"{path} has no header: its first row is {listed(row, 6)}. Write the header of "
            f"{beside} above it, since each part needs one; or join the parts to one file again."
        )

    @classmethod
    def other_columns(cls, path: str, *, columns: Sequence[str], beside: str) -> SourceError:
        """Report a part of a table that shares no column with another part of it."""
        return cls(
            f"{path} is a part of the same table as {beside}, but shares no column with it: it has "
            f"{listed(columns, 6)}. Name its columns as there, in its first row; or move it out of "
            "the folder, where it is another table."
        )

    @classmethod
    def separated(cls, path: str, *, separator: str, said: str | None) -> SourceError:
        """Report a CSV file with another separator than the mapping says, or than a comma."""
        line = f"separator: {_written(separator)}"
        if said is None:
            return cls(
                f"{path} must be separated by ','; its first line holds more of {separator!r}. "
                f"Say so in a mapping: {line}"
            )
        return cls(
            f"{path} seems to be separated by {separator!r}, of which its first line holds more, "
            f"and not by {said!r}, as the mapping says. Write {line} there, or leave the line out: "
            "it is found out"
        )

    @classmethod
    def two_separators(cls, path: str, *, widths: Mapping[str, int]) -> SourceError:
        """Report a CSV file that several separators divide into columns."""
        ways = " or ".join(f"{sign!r} ({width} columns)" for sign, width in widths.items())
        lines = " or ".join(f"separator: {_written(sign)}" for sign in widths)
        return cls(f"{path} can be separated by {ways}. Say in a mapping by which: {lines}")

    @classmethod
    def not_encoded(
        cls, path: str, *, encoding: str, word: str = "", suits: str = "cp1252"
    ) -> SourceError:
        """Report a CSV file in another encoding than expected."""
        reads = f", which reads {word!r}" if word else ""
        return cls(
            f"{path} is not encoded in {encoding}. Say in a mapping how it is encoded: "
            f"encoding: {suits}{reads}; to revkit map: --encoding {suits}"
        )

    @classmethod
    def damaged(cls, path: str, *, line: int | None) -> SourceError:
        """Report a text file with NUL bytes in it, or at its end where ``line`` is None."""
        where = "ends in NUL bytes" if line is None else f"holds NUL bytes in line {line:,}"
        return cls(
            f"{path} {where}, which no text does: it was cut short or damaged when it was written "
            "or copied. Export it again."
        )

    @classmethod
    def other_kind(cls, path: str, *, looks: str, ending: str) -> SourceError:
        """Report a file of another format than its ending says."""
        remedy = (
            f"Rename it so that it ends in {ending}."
            if ending
            else "Open it in Excel and save it as .xlsx, or export it again as CSV."
        )
        return cls(f"{path} is {looks}, whatever its ending says. {remedy}")

    @classmethod
    def totals(cls, path: str, *, word: str) -> SourceError:
        """Report a last row that may hold totals or be like the others."""
        return cls(
            f"{path} ends with a row that begins with {word!r}: totals, or a row like the others? "
            "Say in a mapping, beside source:, how many rows at the end to leave out: "
            "footer_rows: 1, or footer_rows: 0 to keep it."
        )

    @classmethod
    def no_such_row(cls, path: str, *, row: int) -> SourceError:
        """Report a row of column names beyond the end of a file, or an empty one."""
        return cls(
            f"{path} names no columns in row {row}, which the mapping says it does. Count from 1 "
            "in header_row:, empty rows too."
        )

    @classmethod
    def no_names(cls, path: str, *, row: int, problem: str) -> SourceError:
        """Report a sheet whose columns are not named in one row."""
        return cls(
            f"{path}: row {row} should name the columns, but {problem}. Give each column a name in "
            f"one row; or say in a mapping, beside source:, which row names them, and leave the "
            f"others out: header_row: {row}"
        )

    @classmethod
    def merged(cls, path: str, *, cells: str) -> SourceError:
        """Report cells of rows that are merged into one."""
        return cls(
            f"{path}: {cells} is one cell, merged across rows or columns of the table, so that "
            "the value of all but the first is not known. Unmerge it in Excel, fill in the cells, "
            "and save."
        )

    @classmethod
    def second_table(cls, path: str, *, row: int, rest: int) -> SourceError:
        """Report what looks like another table below the first."""
        return cls(
            f"{path}: row {row} follows an empty row and looks like the header of another table. "
            "Move it to a sheet of its own; or say in a mapping, beside source:, how many rows at "
            f"the end to leave out: footer_rows: {rest}"
        )

    @classmethod
    def no_values(cls, path: str, *, cells: str) -> SourceError:
        """Report formulas without their values."""
        return cls(
            f"{path}: formulas in {cells} have no value, since the program that wrote the file "
            "computes none. Open it in Excel or LibreOffice and save it."
        )

    @classmethod
    def no_records(cls, path: str, *, found: str) -> SourceError:
        """Report a JSON file without records of plain values."""
        return cls(
            f"{path} holds {found}. It must be a list of objects, "
            '[{"id": 1}, …], or one object a line.'
        )

    @classmethod
    def flattened_twice(cls, path: str, *, name: str) -> SourceError:
        """Report an object whose field has the name of a column beside it."""
        return cls(
            f"{path}: {name} is a column and, too, a field of an object beside it, which is read "
            "under the same name. Rename one of them."
        )

    @classmethod
    def too_large(cls, path: str, *, most: int) -> SourceError:
        """Report something that is too large when unpacked."""
        return cls(
            f"{path} is larger than {most / 2**30:,.0f} GB when unpacked, or than the room on the "
            "disk for temporary files. Unpack it yourself, and give the folder."
        )

    @classmethod
    def unsafe(cls, path: str, *, name: str, problem: str) -> SourceError:
        """Report an archive that must not be unpacked."""
        return cls(f"{path} holds {name!r}, {problem}, so it is not unpacked. Make it anew.")

    @classmethod
    def several_sheets(cls, path: str, *, sheets: Sequence[str]) -> SourceError:
        """Report a workbook of several sheets where one table is needed."""
        return cls(
            f"{path} has several sheets: {listed(sheets)}. A workbook that is part of a table has "
            "one. Put it beside the folder, and name its sheets as sources in a mapping."
        )

    @classmethod
    def two_tables(cls, path: str, *, sheet: str, stem: str) -> SourceError:
        """Report a workbook whose name and only sheet are those of two tables."""
        return cls(
            f"{path} is called {stem}, and its only sheet {sheet}: which table is it? Rename one."
        )

    @classmethod
    def twice(cls, table: str, *, where: str, files: Collection[str]) -> SourceError:
        """Report two files for one table."""
        return cls(f"{where} holds {table} more than once: {listed(files)}. Keep one of them.")

    @classmethod
    def no_tables(
        cls,
        where: str,
        *,
        found: Collection[str],
        vendor: tuple[str, str] | None,
        example: str,
        files: bool,
    ) -> SourceError:
        """Report a source without a table of the schema; for files, how to get a mapping."""
        if files and not found:
            return cls(
                f"{where} is empty. Put the files of an export there, such as opportunities.csv or "
                "subscriptions.parquet"
            )
        what = (
            f"{where} holds no table that revkit knows, such as opportunities.csv or "
            f"subscriptions.parquet; it holds: {listed(found)}"
        )
        if vendor:
            return cls(
                f"{what}, which looks like an export of {vendor[1]}. Read it with "
                f"mapping={vendor[0]!r}; what is special about yours goes into a YAML file that "
                f"begins with vendor: {vendor[0]}. If it is none of theirs, revkit map {where} "
                "proposes a mapping"
            )
        first = (
            f"Propose which is which with: revkit map {where} --out my_mapping.yaml, and read it"
            if files
            else "Say in a YAML file which is which"
        )
        return cls(
            f"{what}. {first}; then pass it as mapping='my_mapping.yaml'. By hand it "
            f"begins:\n\n{example}"
        )

    @classmethod
    def nothing_alike(cls, where: str, *, found: Collection[str]) -> SourceError:
        """Report a source of which no file looks like a table of the schema."""
        return cls(
            f"No file of {where} looks like a table that revkit knows, by its name or its columns; "
            f"it holds: {listed(found)}. Write a mapping by hand: help(revkit.sources.mapping)."
        )

    @classmethod
    def no_vendor(
        cls,
        where: str,
        *,
        vendor: str,
        found: Collection[str],
        known: Collection[str],
        near: str = "",
        other: tuple[str, str] | None = None,
    ) -> SourceError:
        """Report a source without a file of the vendor that was named.

        ``near`` says which file is one of the vendor's by its name, and which columns it lacks,
        ``other`` the name and the title of a vendor whose export it rather looks like.
        """
        likeliest = f"{near}. " if near else f"{vendor}'s tables are {listed(known, 20)}. "
        what = (
            f"{where} holds no table of {vendor} with the columns that it needs; it holds: "
            f"{listed(found)}"
        )
        if other is not None:
            return cls(
                f"{what}, which looks like an export of {other[1]}. Read it with "
                f"mapping={other[0]!r}"
            )
        return cls(
            f"{what}. {likeliest}Say in a YAML file that begins with vendor: "
            f"{vendor.lower()} which file is which table, source: <your file>, and which columns "
            f"have other names; revkit map {where} proposes one."
        )
