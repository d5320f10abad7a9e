"""Currencies of a company's money: which its rows name, and whether they can be added up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from revkit.errors import CurrencyError


def distinct_of(rows: Any, column: str) -> list[str]:
    """Return the different values of a column, without null."""
    found = rows.select(column).distinct().to_pyarrow()[column].to_pylist()
    return [value for value in found if value is not None]


class Currencies:
    """The currencies found in a company's tables so far.

    Parameters
    ----------
    company
        The currency of the company's money; None when it is not given.
    rates
        Whether exchange rates are loaded.
    """

    def __init__(self, company: str | None, *, rates: bool) -> None:
        self.company = company
        self._rates = rates
        self._found: set[str] = {company} if company is not None else set()
        self.foreign: set[str] = set()
        """The tables with money in another currency than the company's."""

    @property
    def first(self) -> str | None:
        """One of the currencies found, None without any."""
        return next(iter(self._found), None)

    def add(
        self, table: str, *found: str | None, unnamed: bool, every: Callable[[], Collection[str]]
    ) -> None:
        """Record the currencies of a table.

        Parameters
        ----------
        found
            Some that its rows name, among them the least and the greatest.
        unnamed
            Whether some of its money has none.
        every
            Returns all that its rows name, for messages.

        Raises
        ------
        CurrencyError
            When money is in several, within the table or across those so far, and cannot be
            converted.
        """
        named = {currency for currency in found if currency is not None}
        if unnamed and named and (len(named) > 1 or self.company not in (None, *named)):
            raise CurrencyError.unnamed(table)
        if self.company is not None and self._rates and named - {self.company}:
            self.foreign.add(table)
        elif len(self._found | named) > 1:
            raise CurrencyError.several(
                sorted(self._found | {*every()}),
                table=table,
                into=self.company,
                rates=self._rates,
            )
        else:
            self._found |= named
