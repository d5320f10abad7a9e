"""Errors about the arguments of a call: periods and formulas."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from revkit.errors.base import Reason, RevkitError, did_you_mean, listed

PLAIN = "data.with_policy(data.policy.but(calendar=None, year_ends=None))"
"""The company by months of the calendar, as it is written."""


class PeriodError(RevkitError, ValueError):
    """An invalid period, date, time zone or range."""

    @classmethod
    def not_a_date(cls, parameter: str, value: object) -> PeriodError:
        """Report a parameter that is not a date."""
        return cls(
            f"{parameter}={value!r} is not a day of the calendar. "
            f"Write it year-month-day, such as {parameter}='2026-03-31'."
        )

    @classmethod
    def impossible(cls, parameter: str, day: object, *, first: object, last: object) -> PeriodError:
        """Report a day of another age."""
        return cls(
            f"{parameter}={day} is a day that cannot be: days lie from {first} to {last}. Leave "
            f"{parameter} out, or give the day that is meant."
        )

    @classmethod
    def unknown(cls, period: object, *, known: Collection[str]) -> PeriodError:
        """Report an unknown period."""
        return cls(
            f"period={period!r} is not a period.{did_you_mean(str(period), known)} "
            f"Choose one of {listed(known)}, or None for the whole range."
        )

    @classmethod
    def no_fiscal_month(cls, month: object) -> PeriodError:
        """Report a fiscal year start that is not a month from 1 to 12."""
        return cls(
            f"fiscal_year_start={month!r} is not a month. Give a number from 1, January, "
            "to 12, December."
        )

    @classmethod
    def no_weekday(cls, day: object, *, known: Collection[str]) -> PeriodError:
        """Report a start of the week that is not a weekday."""
        return cls(
            f"Policy(week_start={day!r}) is not a weekday.{did_you_mean(str(day), known)} "
            f"Choose one of {listed(known)}."
        )

    @classmethod
    def no_pattern(cls, pattern: object, *, known: Collection[str]) -> PeriodError:
        """Report an unknown pattern of the weeks of a fiscal year."""
        return cls(
            f"Policy(calendar={pattern!r}) is no pattern of weeks."
            f"{did_you_mean(str(pattern), known)} "
            f"Choose one of {listed(known)}, or None for months of the calendar."
        )

    @classmethod
    def no_year_end(
        cls, rule: object, *, weekdays: Sequence[str], months: Sequence[str]
    ) -> PeriodError:
        """Report a rule that names no day on which each year of weeks ends."""
        return cls(
            f"Policy(year_ends={rule!r}) does not say on which day a year ends. Write "
            "'last saturday of january' or 'saturday nearest january 31', with any weekday "
            f"({weekdays[0]} to {weekdays[-1]}), month ({months[0]} to {months[-1]}) and day that "
            "the month has in every year."
        )

    @classmethod
    def half_a_calendar(cls, given: str, needed: str) -> PeriodError:
        """Report a pattern of weeks without the year's end, or the other way round."""
        return cls(
            f"Policy({given}) needs {needed}: a year of weeks has a pattern and a last day, such "
            "as calendar='4-5-4', year_ends='saturday nearest january 31'."
        )

    @classmethod
    def two_beginnings(cls, rule: str, value: object, *, ends: str, needed: object) -> PeriodError:
        """Report a week or a year that would begin elsewhere than the year's last day says."""
        return cls(
            f"Policy({rule}={value!r}) contradicts year_ends={ends!r}, by which it would be "
            f"{needed!r}. Leave {rule} out."
        )

    @classmethod
    def no_zone(cls, timezone: object, *, known: Collection[str]) -> PeriodError:
        """Report an unknown time zone."""
        return cls(
            f"timezone={timezone!r} is not a time zone.{did_you_mean(str(timezone), known)} "
            "Name it by its place, such as timezone='Europe/Rome', or 'UTC'."
        )

    @classmethod
    def no_year(cls, period: object) -> PeriodError:
        """Report a year-on-year comparison of periods that do not make up a year."""
        return cls(
            f"period={period!r} has no fixed number of periods in a year. "
            "Compare years by month, quarter or year.",
            reason=Reason(
                "period={period} has no fixed number of periods in a year", period=repr(period)
            ),
        )

    @classmethod
    def empty_range(cls, start: object, end: object) -> PeriodError:
        """Report a range that starts after the as-of date."""
        return cls(
            f"start={start} is after the last day there is to count, {end} (the as-of date, or "
            "the day before end). Choose an earlier start."
        )

    @classmethod
    def before_record(cls, where: str, start: object, *, table: str, begun: object) -> PeriodError:
        """Report a day before the first one of which a table tells."""
        return cls(
            f"{where}: start={start} is before the first day of {table}, {begun}; what was before "
            f"is not known. Choose start='{begun}' or later."
        )

    @classmethod
    def no_earlier(cls, what: str) -> PeriodError:
        """Report a formula that needs other periods in a call with ``period=None``."""
        return cls(
            f"{what} looks at other periods, but period=None makes one period of the whole "
            "range. Choose period='month' or another.",
            reason=Reason(
                "looks at other periods, but period=None makes one period of the whole range"
            ),
        )

    @classmethod
    def no_tenure(cls, period: object) -> PeriodError:
        """Report groups by tenure for days or weeks, since tenure is counted in months."""
        return cls(
            f"by='tenure' counts months and can't follow period={period!r}. "
            "Choose month, quarter or year.",
            reason=Reason(
                "by='tenure' counts months and can't follow period={period}", period=repr(period)
            ),
        )

    @classmethod
    def by_month(cls, metric: str, *, table: str, pattern: object) -> PeriodError:
        """Report a table kept by calendar month, asked for by months of whole weeks."""
        return cls(
            f"metrics.{metric} reads {table}, which is on record by month of the calendar, and "
            f"months of the pattern {pattern} begin within these. Ask it by months of the "
            f"calendar: {metric}({PLAIN}).",
            reason=Reason(
                "{table} is on record by month of the calendar, and months of the pattern "
                "{pattern} begin within these",
                table=table, pattern=pattern,
            ),
        )  # fmt: skip

    @classmethod
    def thirteen_months(cls, where: str, pattern: object) -> PeriodError:
        """Report what knows a season of twelve months, of years that have thirteen."""
        return cls(
            f"{where} knows a season of twelve months, and a year of the pattern {pattern} has "
            f"thirteen. Give it months of the calendar: {PLAIN}."
        )

    @classmethod
    def uneven_months(cls, where: str, pattern: object) -> PeriodError:
        """Report what compares counts of months, of months that differ by a week."""
        return cls(
            f"{where} compares counts of months, and those of the pattern {pattern} have four or "
            f"five weeks. Give it months of the calendar: {PLAIN}."
        )

    @classmethod
    def bad_trailing(cls, trailing: object) -> PeriodError:
        """Report a trailing window of less than one period."""
        return cls(f"trailing={trailing!r} must be a number of periods, 1 or more, such as 12.")

    @classmethod
    def later(cls, asked: object, *, known: object) -> PeriodError:
        """Report a replay of a day after the as-of date."""
        return cls(
            f"replay({str(asked)!r}): this company is known up to {known}. Replay an earlier "
            "day, or start from the Dataset it was made from."
        )

    @classmethod
    def backwards(cls, start: object, end: object) -> PeriodError:
        """Report a range that ends before it starts."""
        return cls(f"start={start} is not before end={end}: a range is [start, end).")

    @classmethod
    def not_over(cls, where: str, first: object, last: object, as_of: object) -> PeriodError:
        """Report a period that is not over, so that it cannot be explained yet."""
        return cls(
            f"{where}: the period from {first} to {last} is not over on {as_of}, the company's "
            "date. Ask about an earlier one, such as period='month' for the last whole month."
        )

    @classmethod
    def not_before(cls, where: str, first: object, last: object, now: object) -> PeriodError:
        """Report a period to compare with that is not over when the one asked about begins."""
        return cls(
            f"{where}: versus is the period from {first} to {last}, which does not end before "
            f"{now}, when the period asked about begins. Give an earlier one, or 'previous'."
        )

    @classmethod
    def no_dates(cls, *, tables: Collection[str]) -> PeriodError:
        """Report a company without any date, which has no as-of date."""
        return cls(
            f"There is no date in any table ({listed(tables)}), so the day up to which the "
            "company is known is unclear. Pass as_of='2026-03-31', or load tables with rows."
        )


class FormulaError(RevkitError, ValueError):
    """An invalid metric formula, or an unknown metric."""

    @classmethod
    def no_date(cls, table: str) -> FormulaError:
        """Report a total without ``at``, or a stock without ``start`` and ``end``."""
        return cls(
            f"A total of {table!r} needs at=…, a stock start=… and end=…: the dates that say in "
            "which period a row counts. Only movements have their period by themselves."
        )

    @classmethod
    def not_a_formula(cls, value: object) -> FormulaError:
        """Report an operand that is neither a formula nor a number."""
        return cls(
            f"A formula is made of totals and numbers; it was given {type(value).__name__} "
            f"{value!r}. Write Total(table, at=…) or Stock(table, start=…, end=…)."
        )

    @classmethod
    def no_quantile(cls, table: str, q: object) -> FormulaError:
        """Report a quantile without a value, or with ``q`` outside 0 to 1."""
        return cls(
            f"A quantile of {table!r} needs a value, Total(…).of(_.amount), and q between 0 and "
            f"1; it has q={q!r}."
        )

    @classmethod
    def no_formula(cls, metric: str) -> FormulaError:
        """Report the use in a formula of a metric that is a function of tables."""
        return cls(f"metrics.{metric} is a function of tables and can't be part of a formula.")

    @classmethod
    def no_length(cls, unit: object) -> FormulaError:
        """Report a length in an unknown unit."""
        return cls(
            f"Length({unit!r}) is no length; write Length('month'), Length('day') or "
            "Length('working day')."
        )

    @classmethod
    def no_exposure(cls, unit: object, *, needed: str) -> FormulaError:
        """Report a stock whose time in the period cannot be measured in a unit."""
        return cls(f"A stock of this table has no exposure in {unit!r}; it needs {needed}.")

    @classmethod
    def no_distinct(cls, table: str) -> FormulaError:
        """Report a distinct count of a stock, which is known only by its changes."""
        return cls(
            f"A stock of {table!r} is added up from its changes, which can't tell different values "
            "apart. Stock(movements) counts each account once, by product too."
        )

    @classmethod
    def negative_window(cls, within: object) -> FormulaError:
        """Report a cohort window of a negative number of days."""
        return cls(f"within={within!r} must be 0 or more days, or None for what is known by now.")

    @classmethod
    def no_condition(cls, table: str, wanted: object, kind: str) -> FormulaError:
        """Report a condition that is not boolean, or a value that is not a number."""
        return cls(f"{wanted!r} of {table!r} gives {kind}, not what the formula needs there.")

    @classmethod
    def unknown(cls, metric: str, *, known: Collection[str]) -> FormulaError:
        """Report an unknown metric."""
        return cls(
            f"There is no metric {metric!r}.{did_you_mean(metric, known)} rk.catalog() lists them."
        )

    @classmethod
    def no_dataset(cls, metric: str, asked: Sequence[object]) -> FormulaError:
        """Report a metric called with something other than one Dataset."""
        found = ", ".join(type(value).__name__ for value in asked) or "nothing"
        return cls(
            f"metrics.{metric} is asked of one Dataset and was given {found}. "
            "Make one: rk.load(folder), or rk.Dataset(opportunities=frame, …)."
        )

    @classmethod
    def twice(cls, metric: str, *, module: str) -> FormulaError:
        """Report a second metric with the same name."""
        return cls(
            f"A metric {metric!r} is already defined in {module}. Choose another name: two "
            "definitions are two metrics."
        )

    @classmethod
    def not_split(cls, metric: str, why: str, instead: str) -> FormulaError:
        """Report a metric whose change ``rk.diagnose`` cannot split by groups."""
        return cls(
            f"rk.diagnose splits a change by groups, and metrics.{metric} can't be split: {why}. "
            f"{instead}"
        )

    @classmethod
    def not_reconciled(cls, metric: str, why: str) -> FormulaError:
        """Report a metric that ``rk.reconcile`` cannot explain."""
        return cls(
            f"rk.reconcile leads from one number to another, and metrics.{metric} can't be led: "
            f"{why}. Choose another metric, such as nrr, churn_rate or mrr, without by=."
        )
