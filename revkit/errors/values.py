"""Errors about values and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        shown = "; ".join(
            ", ".join(f"{name}={value!s}" for name, value in row.items()) for row in examples
        )
        plural = "row" if rows == 1 else "rows"
        aside = f" Or count these rows nowhere: set_aside: [{table}.{rule}]." if rule else ""
        return cls(f"{table}: {what} in {rows:,} {plural}, such as {shown}. {remedy}{aside}")

    @classmethod
    def not_unique(
        cls, key: str, *, table: str, extra: int, examples: Sequence[Mapping[str, object]]
    ) -> DataError:
        """Report a key that identifies several rows of a table that others refer to."""
        shown = "; ".join(f"{row[key]} ({row['rows']} rows)" for row in examples)
        many = "1 row is" if extra == 1 else f"{extra:,} rows are"
        return cls(
            f"{table}: each {key} must name one row, but {many} too many, such as {shown}. "
            "Other tables refer to it and would be counted twice: keep one row of each."
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
    def mixed(cls, table: str, *, problem: str) -> DataError:
        """Report a data frame with values of several types in one column."""
        return cls(
            f"{table}: a column holds values of several types ({problem}). "
            "Give each column one type, text if need be."
        )

    @classmethod
    def not_computed(cls, *, problem: str) -> DataError:
        """Report values that the engine cannot compute with, with its message."""
        return cls(
            f"The tables hold a value that cannot be computed with: {problem.rstrip('.')}. "
            "Correct it."
        )


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
    def no_rate(
        cls, currency: str, into: str, *, table: str, day: object, first: object
    ) -> CurrencyError:
        """Report an amount without an exchange rate on its day."""
        known = "none" if first is None else f"none before {first}"
        return cls(
            f"{table}: money in {currency} on {day} needs a rate to {into} of that day or an "
            f"earlier one; exchange_rates has {known}. Add a row to it: on={day} or earlier, "
            f"from_currency={currency}, to_currency={into}, rate=…",
            reason=Reason(
                "{table}: money in {currency} on {day} needs a rate to {into} of that day or an "
                "earlier one",
                table=table,
                currency=currency,
                day=day,
                into=into,
            ),
        )
