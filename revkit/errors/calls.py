"""Errors about the arguments of a call: periods, formulas and parameters."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from revkit.errors.base import Reason, RevkitError, did_you_mean, listed, nearest


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
            f"Length({unit!r}) is no length; write Length('month') or Length('working day')."
        )

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
    def not_reconciled(cls, metric: str, why: str) -> FormulaError:
        """Report a metric that ``rk.reconcile`` cannot explain."""
        return cls(
            f"rk.reconcile leads from one number to another, and metrics.{metric} can't be led: "
            f"{why}. Choose another metric, such as nrr, churn_rate or mrr, without by=."
        )


class ParameterError(RevkitError, ValueError):
    """A parameter misspelt or of the wrong type."""

    @classmethod
    def repeated(cls, parameter: str, value: object, *, where: str) -> ParameterError:
        """Report a value that names something twice."""
        return cls(f"{where}: {parameter}={value!r} names something twice. Name each once.")

    @classmethod
    def out_of_range(cls, parameter: str, value: object, needed: str) -> ParameterError:
        """Report a number outside its range."""
        return cls(f"{parameter}={value!r} must be {needed}.")

    @classmethod
    def unfit(
        cls, parameter: str, value: object, *, where: str, needed: str, example: str
    ) -> ParameterError:
        """Report an argument of the wrong type or out of range."""
        shown = repr(value)
        if len(shown) > 60 or "\n" in shown:
            shown = f"({type(value).__name__})"
        return cls(f"{where}: {parameter}={shown} must be {needed}, such as {example}.")

    @classmethod
    def not_grouped(cls, where: str) -> ParameterError:
        """Report a result of the whole company where groups are compared."""
        return cls(
            f"{where} needs a metric's result by groups; it was given one of the whole company. "
            "Call the metric with by=, such as by='segment'."
        )

    @classmethod
    def no_result(
        cls, parameter: str, missing: Collection[str], *, where: str, source: str
    ) -> ParameterError:
        """Report a table without the columns of the result that is needed."""
        return cls(
            f"{where}: {parameter} must be the table that {source} returns; it has no "
            f"{listed(missing)}. Pass that table as it was returned."
        )

    @classmethod
    def no_choice(
        cls, parameter: str, value: object, known: Collection[str], *, where: str
    ) -> ParameterError:
        """Report a value that is not one of the choices."""
        return cls(
            f"{where}({parameter}={value!r}): there is no such rule."
            f"{did_you_mean(str(value), known)} Choose one of {listed(map(repr, known))}."
        )

    @classmethod
    def no_default(cls, option: str, *, where: str) -> ParameterError:
        """An option of a metric that every call would have to give."""
        return cls(
            f"{where}: the option {option!r} has no default, so no call could leave it out. "
            f"Give it one, such as {option}=None."
        )

    @classmethod
    def no_policy(cls, policy: object, *, known: Collection[str]) -> ParameterError:
        """Report an unknown policy."""
        return cls(
            f"There is no policy {policy!r}.{did_you_mean(str(policy), known)} Name one of "
            f"{listed(known)} (rk.policies() lists their rules), or write your own: "
            "rk.Policy(gap_days=5)."
        )

    @classmethod
    def no_pool(cls, locale: str, *, known: Collection[str]) -> ParameterError:
        """Report a locale without a pool of names."""
        return cls(
            f"There are no names for locale={locale!r}; there are for {listed(known, 40)}."
            f"{did_you_mean(locale, known)} Or draw them once: revkit pool --locale {locale}."
        )

    @classmethod
    def no_locale(cls, locale: str, *, known: Collection[str]) -> ParameterError:
        """A locale that Faker does not have."""
        return cls(
            f"Faker has no locale {locale!r}.{did_you_mean(locale, known)} Choose one of "
            f"{listed(known, 80)}."
        )

    @classmethod
    def unknown(cls, parameter: str, *, where: str, known: Collection[str]) -> ParameterError:
        """Report an unknown parameter."""
        return cls(
            f"{where} has no parameter {parameter!r}.{did_you_mean(parameter, known)} "
            f"It takes: {listed(known, 40)}.",
            reason=Reason("has no parameter {parameter}", parameter=repr(parameter)),
        )

    @classmethod
    def no_language(cls, language: object, *, known: Collection[str]) -> ParameterError:
        """Refuse a language that revkit does not write."""
        return cls(
            f"language={language!r} is not a language revkit writes. "
            f"Choose one of {listed(map(repr, known))}."
        )

    @classmethod
    def not_taken(
        cls, parameter: str, *, notebooks: Collection[str], known: Collection[str]
    ) -> ParameterError:
        """Report a parameter that no notebook of a report declares."""
        near = nearest(parameter, known)
        hint = f"; did you mean {near!r}?" if near else "."
        return cls(
            f"no parameter {parameter!r} in {listed(notebooks)}{hint} To be set: {listed(known)}."
        )

    @classmethod
    def wrong_kind(
        cls, parameter: str, value: str, *, where: str, needed: str, help: str, example: object
    ) -> ParameterError:
        """Report a value that is not of the parameter's declared type."""
        meaning = f" ({help})" if help else ""
        return cls(
            f"{parameter}={value!r} does not fit {where}: {parameter}{meaning} must be {needed}, "
            f"such as the notebook's own {parameter}={example}."
        )

    @classmethod
    def given_otherwise(cls, parameter: str, *, option: str) -> ParameterError:
        """Report a parameter given with ``--set`` that has an option of its own."""
        return cls(f"{parameter!r} is not given with --set: use {option}.")

    @classmethod
    def no_pair(cls, text: str, *, option: str, example: str) -> ParameterError:
        """Report text that is not of the form ``name=value``."""
        return cls(f"{option} {text!r} has no name and value. Write: {option} {example}.")

    @classmethod
    def not_declared(cls, line: str, *, where: str) -> ParameterError:
        """Report a line of a parameters cell that does not declare a parameter."""
        return cls(
            f"the parameters cell of {where} holds {line!r}. Each of its lines must be "
            f"'name: type = literal  # help', with str, int, float, bool, list, dict or None."
        )
