"""Numbers of metrics as text: 31.4 %, $1.2 M, 47 days, Q3 2026; in Italian 31,4 %, 1,2 Mln €."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from revkit.algebra.values import NUMBERS
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.populations import population
from revkit.analysis.writing.time_units import coarser
from revkit.catalogue import known
from revkit.language import Language, language, message
from revkit.language.numbers import SPACE
from revkit.periods import Calendar, calendar_by
from revkit.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra import Metric

MINUS = "\u2212"
SCALES = ((999.5e6, 1e9, "B"), (999.5e3, 1e6, "M"), (9_999.5, 1e3, "k"))
"""From which size on, once rounded to three figures, a number is written in which unit."""
ROWS = {
    "opportunities": "opportunities", "opportunity_history": "opportunities",
    "pipeline_changes": "opportunities", "period_pipeline": "opportunities",
    "opportunity_stages": "opportunities", "stage_passages": "opportunities",
    "attribution": "opportunities", "origins": "opportunities", "openings": "opportunities",
    "due_pipeline": "opportunities", "running_wins": "opportunities",
    "credited_deals": "opportunities",
    "influence": "opportunities", "influenced": "opportunities",
    "pushes": "opportunities", "quiet_spells": "opportunities",
    "leads": "leads", "lead_stages": "leads", "journeys": "leads", "new_leads": "leads",
    "responses": "leads", "lead_qualifications": "leads",
    "contested_deals": "opportunities", "deal_ages": "opportunities",
    "discounted_deals": "opportunities", "quarter_bookings": "opportunities",
    "acquisitions": "accounts",
    "movements": "accounts", "customers": "accounts", "subscriptions": "accounts",
    "renewals": "contracts", "trials": "trials", "activities": "activities", "finance": "months",
}  # fmt: skip
"""Unit of the rows of each table in a count, where its key does not say so."""

HEADINGS = {
    "opportunities": message("Opportunities"), "leads": message("Leads"),
    "accounts": message("Accounts"), "contracts": message("Contracts"),
    "trials": message("Trials"), "activities": message("Activities"),
    "months": message("Months"), "rows": message("Rows"), "tickets": message("Tickets"),
    "answers": message("Answers"), "forecasts": message("Forecasts"), "reps": message("Reps"),
    "quotas": message("Quotas"), "invoice lines": message("Invoice lines"),
    "account-months": message("Account-months"),
}  # fmt: skip
"""Column headings of such counts."""


@dataclass(frozen=True)
class Quantity:
    r"""The measured quantity behind a number, which says how it is written.

    Parameters
    ----------
    name, title
        The metric's name in code and on the page.
    unit
        share, share points (a difference of shares), ratio, count, money, money/month, money/day,
        days, hours, minutes, months or points.
    currency
        Three letters, or None where it is not known.
    rows
        What `n` counts, in the plural; a key of `HEADINGS` where it is translated.
    census
        Whether values are counted in full, and so have no interval.
    words
        The language they are written in; the default one when omitted.

    Examples
    --------
    >>> Quantity("win_rate", "Win rate", "share").text(0.314)
    '31.4\xa0%'
    >>> Quantity("arr", "ARR", "money", currency="USD").text(1_234_567)
    '$1.23\xa0M'
    >>> Quantity("arr", "ARR", "money", currency="EUR", words=language("it")).text(1_234_567)
    '1,23\xa0Mln\xa0€'
    """

    name: str
    title: str
    unit: str
    currency: str | None = None
    rows: str = "rows"
    census: bool = False
    words: Language = field(default_factory=language)

    @property
    def percent(self) -> bool:
        """True for values that are fractions shown in percent."""
        metric = known().get(self.name)
        return self.unit == "share" or (metric is not None and metric.percent)

    @property
    def per(self) -> str:
        """The suffix of an amount per month or per day; empty where the name says it."""
        monthly = "mrr" in f"{self.name} {self.title}".lower()
        rate = "" if monthly else self.unit.removeprefix("money")
        if not self.unit.startswith("money") or not rate:
            return ""
        return self.words.gettext("/month") if rate == "/month" else self.words.gettext("/day")

    def text(self, value: float, *, signed: bool = False) -> str:
        """Write one value with its unit; `signed` puts a plus before a positive one."""
        if value is None or math.isnan(value):
            return "–"
        if math.isinf(value):
            return "∞"
        written, sign = self._magnitude(abs(value)), ""
        if any(digit in written for digit in "123456789"):
            sign = MINUS if value < 0 else "+" if signed else ""
        return sign + written

    def difference(self, value: float) -> str:
        """Write a difference of two values: shares differ by points."""
        if self.percent and not math.isnan(value):
            number = _hundredths(abs(value))
            sign = "" if number == "0.0" else MINUS if value < 0 else "+"
            return f"{sign}{self.words.number(number)}{self._suffix('points')}"
        return self.text(value, signed=True)

    def vague(self, low: float, high: float) -> bool:
        """Report whether an interval holds almost anything, and so says nothing."""
        if not math.isfinite(low) or not math.isfinite(high):
            return False
        if self.percent or self.unit in ("share points", "ratio"):
            return high - low > (100 if self.unit == "ratio" and not self.percent else 10)
        return low > 0 and high / low > 100

    def span(self, low: float, high: float) -> str:
        """Write an interval; empty for a census, which has none."""
        if math.isnan(low) or math.isnan(high):
            return ""
        if self.vague(low, high):
            return self.words.gettext(VAGUE)
        if self.percent and low >= 0:
            return f"{self.words.number(_hundredths(low))}–{self.text(high)}"
        return self._both(self.text(low), self.text(high))

    def difference_span(self, low: float, high: float) -> str:
        """Write the interval of a difference."""
        if self.vague(low, high):
            return self.words.gettext(VAGUE)
        return self._both(self.difference(low), self.difference(high))

    def counted(self, n: float) -> str:
        """Write the number of rows behind a value: 1,234 opportunities."""
        return counted(n, self.rows, self.words)

    def _both(self, low: str, high: str) -> str:
        for unit in (self._suffix("points"), self._suffix(self.unit), self.per):
            if unit and low.endswith(unit) and high.endswith(unit):
                low = low.removesuffix(unit)
                break
        return self.words.gettext("{low} to {high}", low=low, high=high)

    def _suffix(self, unit: str) -> str:
        return f"{SPACE}{self.words.gettext(UNITS[unit]) if unit in UNITS else unit}"

    def _magnitude(self, value: float) -> str:
        if self.percent:
            return self.words.percent(_hundredths(value))
        if self.unit == "share points":
            return f"{self.words.number(_hundredths(value))}{self._suffix('points')}"
        if self.unit.startswith("money"):
            digits, scale = _three_figures(value)
            return f"{self.words.money(digits, self.currency, scale=scale)}{self.per}"
        if self.unit == "count":
            return self.words.count(value)
        if self.unit == "ratio":
            return self.words.number(f"{value:.2f}")
        unit, size = coarser(self.unit, value)
        value /= size
        digits = f"{value:.{0 if value >= 10 else 1}f}"
        return f"{self.words.number(digits)}{self._suffix(unit)}"


VAGUE = message("cannot be told from so few")
"""In place of an interval that holds almost anything."""

UNITS = {
    "points": message("points"), "days": message("days"), "hours": message("hours"),
    "minutes": message("minutes"), "months": message("months"),
}  # fmt: skip


def _hundredths(value: float) -> str:
    """Return a fraction times a hundred, in plain digits to a tenth as long as it can matter."""
    return f"{value * 100:.{1 if round(value, 3) < 10 else 0}f}"


def _three_figures(value: float) -> tuple[str, str]:
    """Return plain digits of a number of money, and the letter of their scale."""
    for least, scale, letter in SCALES:
        if value >= least:
            scaled = value / scale
            return f"{scaled:.{2 if scaled < 9.995 else 1 if scaled < 99.95 else 0}f}", letter
    return f"{value:.2f}" if 0 < value < 100 else f"{value:.0f}", ""


def compact(value: float, words: Language | None = None) -> str:
    """Write a number of money with three figures and without its currency.

    Examples
    --------
    >>> [compact(value) for value in (42.5, 9876, 12_345, 1_234_567)] == [
    ...     "42.50", "9,876", "12.3\u00a0k", "1.23\u00a0M"]
    True
    """
    digits, scale = _three_figures(value)
    return language(words).money(digits, None, scale=scale)


def title_of(metric: Metric, words: Language) -> str:
    """Return the title of a metric; of one without an Italian title, the English one."""
    return (metric.title_it or metric.title) if words.code == "it" else metric.title


def windowed(title: str, attrs: Mapping[Any, Any], words: Language) -> str:
    """Return a title with the time that the values are over, where it is not that of a period.

    Parameters
    ----------
    title
        Of the metric.
    attrs
        Of its result: the days a cohort is given (``within``), the periods in a trailing window.

    Examples
    --------
    >>> windowed("NRR", {"period": "quarter", "trailing": 4}, language("en"))
    'NRR over 12 months'
    >>> windowed("MQL to SQL", {"period": "month", "within": 60}, language("en"))
    'MQL to SQL, within 60 days'
    """
    days, trailing = attrs.get("within"), int(attrs.get("trailing") or 1)
    if days is not None:
        within = counted(days, "days", words)
        title = words.gettext("{title}, within {days}", title=title, days=within)
    if trailing == 1:
        return title
    period = attrs.get("period")
    calendar = calendar_by(attrs, period)
    if calendar.is_of_weeks:
        fiscal = {
            "month": message("{title} over {count} fiscal months"),
            "quarter": message("{title} over {count} fiscal quarters"),
            "year": message("{title} over {count} fiscal years"),
        }
        return words.gettext(fiscal[str(period)], title=title, count=trailing)
    if months := calendar.months:
        count = trailing * months
        return words.gettext("{title} over {count} months", title=title, count=count)
    if period == "week":
        return words.gettext("{title} over {count} weeks", title=title, count=trailing)
    return words.gettext("{title} over {count} days", title=title, count=trailing)


def quantity(result: pd.DataFrame, words: Language | str | None = None) -> Quantity:
    """Return the quantity that a metric's result measures, by the name it carries.

    Parameters
    ----------
    result
        What a metric returned.
    words
        The language, or its code, to write in; the default one when omitted.
    """
    words = language(words)
    name = str(result.attrs.get("metric", "value"))
    metric = known().get(name)
    currency = result.attrs.get("currency")
    if metric is None:
        unit = str(result.attrs.get("unit", "count"))
        title = str(result.attrs.get("title", name))
        return Quantity(name, title, unit, currency, words=words)
    census = metric.interval == "none"
    options = (f"{name} = {value}" for name, value in result.attrs.get("options", {}).items())
    kept = (population(one, words) for one in result.attrs.get("where", ()))
    where = ", ".join([*kept, *options])
    title = windowed(title_of(metric, words), result.attrs, words)
    title = f"{title} ({where})" if where else title
    return Quantity(name, title, metric.unit, currency, noun(metric), census, words)


def spanned(title: str, attrs: Mapping[Any, Any], words: Language) -> str:
    """Return a title with the days of a result that is of one period, from a given day on.

    Parameters
    ----------
    title
        As :func:`quantity` has it.
    attrs
        Of the result: its ``window`` holds the first day and the last.

    Examples
    --------
    >>> spanned("Churn rate", {"window": ("2025-01-01", "2025-12-31")}, language("en"))
    'Churn rate over the 12 months to Dec 2025'
    """
    if not attrs.get("window"):
        return title
    first, last = (date.fromisoformat(one) for one in attrs["window"])
    after = last + timedelta(days=1)
    if first.day != 1 or after.day != 1:
        days = {"first": words.day(first), "last": words.day(last)}
        return words.gettext("{title} from {first} to {last}", title=title, **days)
    months = counted((after.year - first.year) * 12 + after.month - first.month, "months", words)
    return words.gettext("{title} over the {months} to {last}", title=title, months=months,
                         last=words.period(last.replace(day=1), "month"))  # fmt: skip


def noun(metric: Metric) -> str:
    """Return what a metric's `n` counts: the noun of its definition, else of its tables.

    Examples
    --------
    >>> [noun(known()[name]) for name in ("win_rate", "mrr", "price_realisation")]
    ['opportunities', 'accounts', 'rows']
    """
    nouns = [ROWS[table] for table in metric.tables if table in ROWS]
    nouns += [_keyed(table) for table in metric.tables if table in TABLES]
    return metric.noun or next(iter(nouns), "rows")


def _keyed(table: str) -> str:
    """Return the plural of what a table's key names, as ticket_id names tickets; else rows."""
    key = TABLES[table].key
    if len(key) > 1 or not key[0].endswith("_id"):
        return "rows"
    word = key[0].removesuffix("_id").replace("_", " ")
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def period_of(result: pd.DataFrame, first_day: Any, words: Language | str | None = None) -> str:
    """Write a period of a result by its first day, with the fiscal year that it was asked with."""
    period = result.attrs.get("period") or "month"
    return written(first_day, calendar_by(result.attrs, period), language(words))


def written(first_day: Any, calendar: Calendar, words: Language) -> str:
    """Write a period of a calendar by its first day; of years of weeks as the fiscal year has it.

    >>> retail = {"calendar": "4-5-4", "year_ends": "saturday nearest january 31"}
    >>> months = calendar_by(retail, "month")
    >>> written(date(2023, 1, 29), months, language("en"))
    'P1 FY2023'
    """
    period = calendar.period
    if calendar.is_of_weeks:
        first = date(first_day.year, first_day.month, first_day.day)
        return words.fiscal_period(str(period), *calendar.place(calendar.number(first)))
    return words.period(first_day, period, fiscal_year_start=calendar.fiscal_year_start)


def groups(result: pd.DataFrame) -> list[str]:
    """Return the columns by which a metric was called."""
    return [name for name in result.columns if name not in ("period", *NUMBERS)]
