"""Errors about values and money."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from revkit.errors.base import Reason, RevkitError, listed


class DataError(RevkitError, ValueError):
    """Values that break the schema."""

    @classmethod
    def wrong_type(
        cls, column: str, *, table: str, needed: str, found: str, remedy: str
    ) -> DataError:
        """Report a column whose type cannot become the declared one."""
        return cls(f"{table}.{column} must be {needed}; it holds {found}. {remedy}")

    @classmethod
    def refused(
        cls,
        what: str,
        *,
        table: str,
        rows: int,
        examples: Sequence[Mapping[str, object]],
        remedy: str,
        rule: str = "",
    ) -> DataError:
        """Report rows that break a rule: their number, three of them, and what to do.

        ``rule`` is the rule's name, where the rows can be set aside by it.
        """
        shown = "; ".join(map(_cells, examples))
        plural = "row" if rows == 1 else "rows"
        aside = f" Or count these rows nowhere: set_aside: [{table}.{rule}]." if rule else ""
        return cls(f"{table}: {what} in {rows:,} {plural}, such as {shown}. {remedy}{aside}")

    @classmethod
    def not_unique(
        cls,
        keys: Sequence[str],
        *,
        table: str,
        extra: int,
        identical: int,
        examples: Sequence[Mapping[str, object]],
    ) -> DataError:
        """Report a key that names several rows.

        ``extra`` is the number of rows beyond one of each key, of which ``identical`` are copies
        of others.
        """
        shown = "; ".join(
            f"{_cells({name: row[name] for name in keys})} ({row['rows']} rows)" for row in examples
        )
        key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
        many = "1 row is" if extra == 1 else f"{extra:,} rows are"
        remedy = (
            "Keep one row of each; in a mapping, where a column says which: rows: {one_per: <your "
            "column>, last_by: <when it was changed>}."
        )
        if identical:
            which = "All of them are" if identical == extra else f"{identical:,} of them are"
            remedy = (
                f"{which} equal in every column to another: set_aside: [{table}.identical_rows] "
                "keeps one of each."
            )
        return cls(
            f"{table}: each {key} must name one row, but {many} too many, such as {shown}. "
            f"They would be counted twice. {remedy}"
        )

    @classmethod
    def circle(cls, reps: Sequence[str], *, table: str, what: str) -> DataError:
        """Report managers of whom each is above the other."""
        return cls(
            f"{table}: {what} leads in a circle, {' → '.join(reps)}: each of them would be above "
            "the others, and a manager's results those of everybody in it. Correct the manager of "
            "one of them; leave manager_id empty for the one at the top."
        )

    @classmethod
    def spaced(
        cls, keys: Sequence[str], *, table: str, examples: Sequence[Mapping[str, object]]
    ) -> DataError:
        """Report keys that differ from others by their spelling alone."""
        shown = "; ".join(map(_cells, examples))
        key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
        return cls(
            f"{table}: some {key} differ from others only by blanks around them, '.0' behind or "
            f"the Unicode form of an accent, such as {shown}. They would count as two. Where they "
            "are one, write them alike and keep one row; where "
            "they are two, give one of them another name."
        )

    @classmethod
    def overlapping(cls, *, rows: int, examples: Sequence[Mapping[str, object]]) -> DataError:
        """Report price periods of one line that overlap, and would be added up."""
        shown = "; ".join(map(_cells, examples))
        many = "1 price period" if rows == 1 else f"{rows:,} price periods"
        return cls(
            f"subscriptions: {many} of a line overlap the next one of that line, such as {shown}. "
            "They would be added up. Where the price changed, end the earlier one on the day the "
            "next one starts (ended_on is the day after the last day paid for, so that a file in "
            "which it is that already takes no ends: inclusive in its mapping); where they are "
            "two lines of one contract, number them in the column line."
        )

    @classmethod
    def far_off(
        cls,
        column: str,
        *,
        table: str,
        rows: int,
        examples: Sequence[Mapping[str, object]],
        around: tuple[int, int],
        empty: bool,
    ) -> DataError:
        """Report days over ten years from every other; ``empty``: they may stand for none."""
        value = str(examples[0][column])[:10]
        open_ended = f'Where it stands for none, say in a mapping: open_ended: ["{value}"]. '
        return cls.refused(
            f"{column} is over ten years from every other date of the company, which lie from "
            f"{around[0]} to {around[1]},",
            table=table,
            rows=rows,
            examples=examples,
            remedy=f"Correct it. {open_ended if empty else ''}Where it is right: "
            f"ignore: [{table}.{column}].",
        )

    @staticmethod
    def lost(
        column: str, *, target: str, rows: int, lost: int, examples: Sequence[str], repair: str
    ) -> str:
        """Return what is said of references that find nothing, in a note or an error.

        ``repair`` is the spelling under which most would be found; empty where there is none.
        """
        named = ", ".join(map(repr, examples))
        told = f"{column} names no row of {target} in {lost:,} of {rows:,} rows, such as {named}"
        if named and all(";" in one for one in examples):
            told += (
                "; where a cell names several, in a mapping: "
                f'{column}: {{from: <your column>, split: {{by: ";", part: 1}}}} takes the first'
            )
        return f"{told}; most by spelling, {repair}" if repair else told

    @classmethod
    def not_found(cls, said: str, *, table: str, column: str, target: str) -> DataError:
        """Report a column most of whose references find nothing."""
        return cls(
            f"{table}: {said}. Most of the column finds nothing, so groups by {target} would mean "
            f"nothing: load the whole table {target}, correct {column}, or leave one of both out. "
            f"Where it is right all the same: ignore: [{table}.{column}]."
        )

    @classmethod
    def no_columns(cls, table: str) -> DataError:
        """Report a table without columns."""
        return cls(
            f"{table} has no columns, so it is not even an empty table. Give it its columns, "
            "or leave it out."
        )

    @classmethod
    def no_type(cls, table: str, *, column: str, found: str) -> DataError:
        """Report a column of a type that no engine has."""
        return cls(
            f"{table}.{column} holds {found}, a type that no engine has. Make it dates, numbers "
            "or text: in pandas, .dt.to_timestamp() of periods, .astype(str) of others."
        )

    @classmethod
    def mixed(
        cls,
        table: str,
        *,
        column: str,
        rows: Mapping[str, int],
        example: Mapping[str, object],
        remedy: str,
    ) -> DataError:
        """Report a column of a data frame with values of several types, and how many of each."""
        counted = " and ".join(f"{number:,} {kind}" for kind, number in rows.items())
        return cls(
            f"{table}.{column} holds values of several types: {counted}, such as "
            f"{_cells(example)}. {remedy}"
        )

    @classmethod
    def not_converted(cls, table: str, *, column: str, problem: str) -> DataError:
        """Report values of a data frame that no engine takes, with the words of Arrow."""
        where = f"{table}.{column}" if column else table
        return cls(
            f"{where} holds a value that no engine takes: {problem}. Make the column dates, "
            "numbers or text."
        )

    @classmethod
    def not_computed(cls, *, problem: str) -> DataError:
        """Report values that the engine cannot compute with, with its message."""
        return cls(
            f"The tables hold a value that cannot be computed with: {problem.rstrip('.')}. "
            "Correct it."
        )


def _cells(row: Mapping[str, object]) -> str:
    """Return some cells of a row as a user reads them."""
    return ", ".join(f"{name}={value!s}" for name, value in row.items())


class CurrencyError(RevkitError, ValueError):
    """Money in currencies that cannot be added up."""

    @classmethod
    def several(
        cls, found: Sequence[str], *, table: str, into: str | None = None, rates: bool = False
    ) -> CurrencyError:
        """Report money in several currencies that cannot be converted into one."""
        lacking = [] if into else ["say the one you want, as in currency='EUR'"]
        if not rates:
            lacking.append("load the table exchange_rates (on, from_currency, to_currency, rate)")
        todo = " and ".join(lacking)
        return cls(
            f"{table}: money must be in one currency to be added up; with this table it is in "
            f"{listed(found)}. {todo[:1].upper()}{todo[1:]}: each amount is then converted at "
            "the rate of its day.",
            reason=Reason("{table}: money must be in one currency to be added up", table=table),
        )

    @classmethod
    def unnamed(cls, table: str) -> CurrencyError:
        """Report money without a currency beside money in another one than the company's."""
        return cls(
            f"{table}: some money has no currency, and rows beside it are in another one than the "
            "company's, so it could be either. Fill in currency in every row with money; in a "
            'mapping: currency: {from: currency, words: {"": EUR}, others: keep}.',
            reason=Reason("{table}: some money has no currency", table=table),
        )

    @classmethod
    def no_rate(
        cls,
        currency: str,
        into: str,
        *,
        table: str,
        day: object,
        first: object,
        others: Collection[str] = (),
    ) -> CurrencyError:
        """Report an amount without an exchange rate on its day.

        ``others`` are such amounts, too, as ``JPY on 2026-01-31``.
        """
        more = f" So does money in {listed(others)}." if others else ""
        known = "none" if first is None else f"none before {first}"
        return cls(
            f"{table}: money in {currency} on {day} needs a rate to {into} of that day or an "
            f"earlier one; exchange_rates has {known}. Add a row to it: on={day} or earlier, "
            f"from_currency={currency}, to_currency={into}, rate=….{more}",
            reason=Reason(
                "{table}: money in {currency} on {day} needs a rate to {into} of that day or an "
                "earlier one",
                table=table,
                currency=currency,
                day=day,
                into=into,
            ),
        )
