"""How a metric's numbers are written: 31.4 %, $1.2 M, 47 days, Q3 2026."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from revkit.algebra.plan import NUMBERS
from revkit.catalogue import known

if TYPE_CHECKING:
    import pandas as pd

SPACE = "\u00a0"
MINUS = "\u2212"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
SCALES = ((999.5e6, 1e9, "B"), (999.5e3, 1e6, "M"), (9_999.5, 1e3, "k"))
"""From which size on, once rounded to three figures, a number is written in which unit."""
READ_IN_PERCENT = frozenset({
    "nrr", "nrr_with_reactivation", "net_mrr_churn_rate", "expansion_rate", "mrr_growth_rate",
    "real_revenue_growth", "real_revenue_growth_deflated", "roi", "gross_margin",
    "discount_rate", "net_renewal_rate_mrr", "price_realisation", "quota_attainment",
    "churn_rate_daily", "territory_balance",
})  # fmt: skip
"""Ratios that people read in percent, though nothing holds them below one."""

ROWS = {
    "opportunities": "opportunities",
    "opportunity_history": "opportunities",
    "leads": "leads",
    "lead_stages": "leads",
    "journeys": "leads",
    "pipeline_changes": "opportunities",
    "movements": "accounts",
    "customers": "accounts",
    "subscriptions": "accounts",
    "period_pipeline": "opportunities",
    "opportunity_stages": "opportunities",
    "stage_passages": "opportunities",
    "attribution": "opportunities",
    "origins": "opportunities",
    "openings": "opportunities",
    "influence": "opportunities",
    "pushes": "opportunities",
    "quiet_spells": "opportunities",
    "new_leads": "leads",
    "responses": "leads",
    "renewals": "contracts",
    "trials": "trials",
    "activities": "activities",
    "finance": "months",
}


@dataclass(frozen=True)
class Quantity:
    r"""What a number measures, and so how it is written.

    Parameters
    ----------
    name, title
        The metric's name in code and on the page.
    unit
        share, ratio, count, money, money/month, money/day, days, minutes, months or points.
    currency
        Three letters, or None where it is not known.
    rows
        What `n` counts.
    census
        Whether values are counted in full, and so have no interval.

    Examples
    --------
    >>> Quantity("win_rate", "Win rate", "share").text(0.314)
    '31.4\xa0%'
    >>> Quantity("arr", "ARR", "money", currency="USD").text(1_234_567)
    '$1.23\xa0M'
    """

    name: str
    title: str
    unit: str
    currency: str | None = None
    rows: str = "rows"
    census: bool = False

    @property
    def percent(self) -> bool:
        """Whether values are fractions to be shown in percent."""
        return self.unit == "share" or self.name in READ_IN_PERCENT

    @property
    def sign(self) -> str:
        """Sign of the currency, or its code; empty where unknown."""
        return SIGNS.get(self.currency or "", f"{self.currency}{SPACE}" if self.currency else "")

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
            return f"{sign}{number}{SPACE}points"
        return self.text(value, signed=True)

    def span(self, low: float, high: float) -> str:
        """Write an interval; empty for a census, which has none."""
        if math.isnan(low) or math.isnan(high):
            return ""
        if self.percent and low >= 0:
            return f"{_hundredths(low)}–{self.text(high)}"
        return self._both(self.text(low), self.text(high))

    def difference_span(self, low: float, high: float) -> str:
        """Write the interval of a difference."""
        return self._both(self.difference(low), self.difference(high))

    def _both(self, low: str, high: str) -> str:
        for unit in (f"{SPACE}points", f"{SPACE}{self.unit}", self.unit.removeprefix("money")):
            if unit and low.endswith(unit) and high.endswith(unit):
                return f"{low.removesuffix(unit)} to {high}"
        return f"{low} to {high}"

    def _magnitude(self, value: float) -> str:
        if self.percent:
            return f"{_hundredths(value)}{SPACE}%"
        if self.unit.startswith("money"):
            per = "" if "mrr" in self.name else self.unit.removeprefix("money")
            return f"{self.sign}{compact(value)}{per}"
        if self.unit == "count":
            return f"{value:,.0f}"
        if self.unit == "ratio":
            return f"{value:,.2f}"
        return f"{value:,.{0 if value >= 10 else 1}f}{SPACE}{self.unit}"


def _hundredths(value: float) -> str:
    """A fraction times a hundred, to a tenth as long as that can matter."""
    return f"{value * 100:,.{1 if round(value, 3) < 10 else 0}f}"


def compact(value: float) -> str:
    """Write a number of money with three figures.

    Examples
    --------
    >>> [compact(value) for value in (42.5, 9876, 12_345, 1_234_567)] == [
    ...     "42.50", "9,876", "12.3\u00a0k", "1.23\u00a0M"]
    True
    """
    for least, scale, letter in SCALES:
        if value >= least:
            scaled = value / scale
            decimals = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            return f"{scaled:,.{decimals}f}{SPACE}{letter}"
    return f"{value:,.2f}" if 0 < value < 100 else f"{value:,.0f}"


def quantity(result: pd.DataFrame) -> Quantity:
    """Return what the values of a metric's result measure, by the name it carries."""
    name = str(result.attrs.get("metric", "value"))
    metric = known().get(name)
    if metric is None:
        unit = str(result.attrs.get("unit", "count"))
        title = str(result.attrs.get("title", name))
        return Quantity(name, title, unit, result.attrs.get("currency"))
    rows = next((ROWS[table] for table in metric.tables if table in ROWS), "rows")
    census = metric.interval == "none"
    where = ", ".join(result.attrs.get("where", ()))
    title = f"{metric.title} ({where})" if where else metric.title
    return Quantity(name, title, metric.unit, result.attrs.get("currency"), rows, census)


def period_label(first_day: pd.Timestamp, period: str | None = "month") -> str:
    """Write a period by its first day.

    Examples
    --------
    >>> import pandas as pd
    >>> [period_label(pd.Timestamp("2026-07-01"), period) for period in ("month", "quarter")]
    ['Jul 2026', 'Q3 2026']
    """
    month = f"{first_day:%b %Y}"
    if period == "month":
        return month
    if period == "quarter":
        calendar = first_day.month % 3 == 1
        return f"Q{first_day.quarter} {first_day.year}" if calendar else f"quarter from {month}"
    if period == "year":
        return str(first_day.year) if first_day.month == 1 else f"year from {month}"
    day = f"{first_day.day} {month}"
    return f"week of {day}" if period == "week" else day


def groups(result: pd.DataFrame) -> list[str]:
    """Columns by which a metric was called."""
    return [name for name in result.columns if name not in ("period", *NUMBERS)]
