"""A language: its messages, and how it writes numbers, money, dates and lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from revkit.errors import ParameterError
from revkit.language import numbers
from revkit.language.catalogue import translations

if TYPE_CHECKING:
    from revkit.errors import Reason

SOURCE = "en"
"""The language the messages are written in; it needs no catalogue."""

LANGUAGES = (SOURCE, "it")

LIST_LOCALES = {"en": "en_GB"}
"""Locales of lists where not the language's own: British English has no comma before "and"."""

_default: ContextVar[str] = ContextVar("revkit_language", default=SOURCE)


@dataclass(frozen=True)
class Language:
    r"""A language of the kit, by its code.

    Parameters
    ----------
    code
        ``"en"`` or ``"it"``.

    Examples
    --------
    >>> italian = Language("it")
    >>> italian.gettext("as of {day}", day=italian.day(date(2026, 7, 5)))
    'al 5 luglio 2026'
    >>> italian.percent("31.4"), italian.money("1.23", "USD", scale="M")
    ('31,4\xa0%', '1,23\xa0Mln\xa0USD')
    """

    code: str

    def gettext(self, text: str, /, **values: object) -> str:
        """Translate a message and fill its named placeholders."""
        if self.code != SOURCE and text:
            text = translations(self.code).gettext(text)
        return text.format(**values) if values else text

    def ngettext(self, one: str, many: str, count: float, /, **values: object) -> str:
        """Translate a message in the plural form that a count needs, and fill its placeholders."""
        if self.code == SOURCE:
            text = one if count == 1 else many
        else:
            text = translations(self.code).ngettext(one, many, int(count))
        return text.format(**values)

    def reason(self, reason: Reason) -> str:
        """Translate the reason that an error carries."""
        return self.gettext(reason.text, **reason.values)

    def number(self, written: str) -> str:
        """Write a number given in plain digits, such as ``"1234.5"``, by the locale's rules."""
        return numbers.decimal(written, self.code)

    @property
    def point(self) -> str:
        """The decimal point."""
        return numbers.point(self.code)

    def count(self, value: float) -> str:
        """Write a number without decimals."""
        return self.number(f"{value:.0f}")

    def percent(self, written: str) -> str:
        """Write a number of per cent given in plain digits."""
        return f"{self.number(written)}{numbers.SPACE}%"

    def level(self, level: float) -> str:
        """Write the level of an interval: 0.95 is 95 %."""
        return self.percent(f"{level * 100:g}")

    def money(self, written: str, currency: str | None, *, scale: str = "") -> str:
        """Write an amount given in plain digits, in thousands, millions or billions if so said.

        Parameters
        ----------
        written
            Plain digits, such as ``"1.23"``.
        currency
            Three letters, or None where it is not known.
        scale
            ``"k"``, ``"M"``, ``"B"`` or nothing.
        """
        return numbers.money(written, currency, scale, self.code)

    def day(self, day: date) -> str:
        """Write a day in full: 5 July 2026."""
        return numbers.dated(day, "d MMMM yyyy", self.code)

    def period(
        self, first_day: date, period: str | None = "month", *, fiscal_year_start: int = 1
    ) -> str:
        """Write a period by its first day: Jul 2026, Q3 2026, week of 6 Jul 2026.

        Where the fiscal year begins in another month than January, the second quarter of some is
        the first of others; such quarters and years are named by their first month.
        """
        month = numbers.dated(first_day, "MMM yyyy", self.code)
        if period == "month":
            return month
        if period == "quarter":
            if fiscal_year_start == 1 and first_day.month % 3 == 1:
                return numbers.dated(first_day, "QQQ yyyy", self.code)
            return self.gettext("quarter from {month}", month=month)
        if period == "year":
            if first_day.month == 1:
                return str(first_day.year)
            return self.gettext("year from {month}", month=month)
        day = numbers.dated(first_day, "d MMM yyyy", self.code)
        return self.gettext("week of {day}", day=day) if period == "week" else day

    def fiscal_period(self, period: str, year: int, place: int) -> str:
        """Write a month, quarter or year of whole weeks: P1 FY2023, Q1 FY2023, FY2023.

        Parameters
        ----------
        period
            month, quarter or year.
        year
            The fiscal year.
        place
            Which month or quarter of it, from 1.
        """
        if period == "year":
            return self.gettext("FY{year}", year=year)
        if period == "quarter":
            return self.gettext("Q{quarter} FY{year}", quarter=place, year=year)
        return self.gettext("P{month} FY{year}", month=place, year=year)

    def months(self) -> dict[int, str]:
        """Return the short names of the months by their number."""
        return numbers.months(self.code)

    def list(self, words: Iterable[str]) -> str:
        """Join words as in a sentence: a, b and c."""
        return numbers.listed(list(words), LIST_LOCALES.get(self.code, self.code))

    def alternatives(self, words: Iterable[str]) -> str:
        """Join words of which one is meant: a, b or c."""
        return numbers.listed(list(words), LIST_LOCALES.get(self.code, self.code), style="or")


def language(code: str | Language | None = None) -> Language:
    """Return the language asked for, else the default one.

    Parameters
    ----------
    code
        ``"en"``, ``"it"``, or None for what :func:`use_language` has set, English at first.

    Raises
    ------
    ParameterError
        When there is no such language.

    Examples
    --------
    >>> language("it"), language()
    (Language(code='it'), Language(code='en'))
    """
    if isinstance(code, Language):
        return code
    code = _default.get() if code is None else code
    if code not in LANGUAGES:
        raise ParameterError.no_language(code, known=LANGUAGES)
    return Language(code)


@contextmanager
def in_language(code: str | Language | None) -> Iterator[Language]:
    """Make a language the default one within a block; None leaves it as it is.

    >>> with in_language("it") as words:
    ...     words.list(["leads", "spend"])
    'leads e spend'
    """
    words = language(code)
    before = _default.set(words.code)
    try:
        yield words
    finally:
        _default.reset(before)


def use_language(code: Any) -> None:
    """Set the language of every call that names none, in this process, notebook or task.

    Parameters
    ----------
    code
        ``"en"`` or ``"it"``. An argument ``language=`` of a call is stronger.

    Raises
    ------
    ParameterError
        When there is no such language.

    Examples
    --------
    >>> use_language("it")
    >>> language()
    Language(code='it')
    >>> use_language("en")
    """
    _default.set(language(code).code)
