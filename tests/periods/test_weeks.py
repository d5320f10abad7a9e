"""Years of whole weeks: laws of their numbers, the rules that are refused, weeks from any day."""

from bisect import bisect_right
from datetime import date, timedelta
from itertools import pairwise

import ibis
import pandas as pd
import pytest

from revkit.errors import PeriodError
from revkit.periods import Calendar, WeekYear
from revkit.periods.weeks import PATTERNS, WEEKDAYS
from revkit.policy import Policy

DAYS = [date(2000, 1, 1) + timedelta(days=n) for n in range(22_281)]  # to 31 December 2060
RULES = (
    "saturday nearest january 31", "last friday of february", "sunday nearest december 31",
    "monday nearest january 1", "last saturday of september", "wednesday nearest march 1",
)  # fmt: skip


@pytest.fixture(scope="module")
def days():
    """Every day of sixty-one years, in DuckDB."""
    engine = ibis.duckdb.connect()
    given = pd.DataFrame({"day": pd.to_datetime(DAYS)})
    table = engine.create_table("days", given)
    yield table.select(day=table.day.cast("date"))
    engine.disconnect()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_engine_counts_as_the_calendar_does(days, pattern):
    """On every day, for every rule: the number, the last day, the month in which it opens."""
    calendars = {
        f"{period}_{place}": Calendar(period, weeks=WeekYear(pattern, rule))
        for place, rule in enumerate(RULES)
        for period in ("month", "quarter", "year")
    }
    columns = {name: one.number_of(days.day) for name, one in calendars.items()}
    numbered = days.select("day", **columns)
    more = {
        f"{name}_{what}": expression
        for name, one in calendars.items()
        for what, expression in {
            "last": one.last_day_of(numbered.day) if name.startswith("quarter") else numbered.day,
            "opens": one.opening_month(numbered[name], None),
        }.items()
    }
    found = numbered.select(*columns, **more, day="day").order_by("day").to_pandas()

    for name, one in calendars.items():
        first, last = one.number(DAYS[0]), one.number(DAYS[-1])
        firsts = [one.first_day(number) for number in range(first, last + 2)]
        assert all((after - before).days % 7 == 0 for before, after in pairwise(firsts))
        places = [bisect_right(firsts, day) - 1 for day in DAYS]
        assert found[name].tolist() == [first + place for place in places]
        opens = [firsts[place] for place in places]
        assert found[f"{name}_opens"].tolist() == [d.year * 12 + d.month - 1 for d in opens]
        if name.startswith("quarter"):
            ends = [firsts[place + 1] - timedelta(days=1) for place in places]
            assert pd.to_datetime(found[f"{name}_last"]).dt.date.tolist() == ends


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("rule", RULES)
def test_every_day_has_one_number_and_every_year_52_or_53_weeks(pattern, rule):
    weeks = WeekYear(pattern, rule)
    for period in ("month", "quarter", "year"):
        calendar = Calendar(period, weeks=weeks)
        numbers = range(calendar.number(DAYS[0]) + 1, calendar.number(DAYS[-1]))
        for number in numbers:
            first, last = calendar.first_day(number), calendar.last_day(number)
            assert calendar.number(first) == calendar.number(last) == number
            assert calendar.number(first - timedelta(days=1)) == number - 1
    years = Calendar("year", weeks=weeks)
    assert {years.weeks_in(year) for year in range(2000, 2061)} == {52, 53}


def test_months_that_open_in_or_after_a_month(days):
    """Tenure asks for the first period that begins in a month, or after it."""
    calendar = Policy(calendar="4-4-5", year_ends="last saturday of september").periods("quarter")
    months = [2023 * 12 + month for month in range(12)]
    engine = ibis.memtable({"month": months})
    found = engine.mutate(number=calendar.number_of_month(engine.month)).to_pandas()

    for month, number in found.itertuples(index=False):
        first = date(month // 12, month % 12 + 1, 1)
        assert calendar.first_day(number) >= first > calendar.first_day(number - 1)


@pytest.mark.parametrize("weekday", WEEKDAYS)
def test_weeks_begin_on_the_day_that_a_policy_names(days, weekday):
    weeks = Policy(week_start=weekday).periods("week")
    day = date(2026, 11, 28)
    first = weeks.first_day(weeks.number(day))

    assert WEEKDAYS[first.weekday()] == weekday
    assert first <= day < first + timedelta(days=7)
    one = days.filter(days.day == ibis.literal(day))
    assert one.select(n=weeks.number_of(one.day)).to_pandas()["n"].tolist() == [weeks.number(day)]


def test_weeks_begin_after_the_years_last_weekday():
    policy = Policy(calendar="4-5-4", year_ends="saturday nearest january 31")
    weeks, years = policy.periods("week"), policy.periods("year")

    assert weeks.first_day(weeks.number(date(2023, 1, 30))) == years.first_day(2023)
    assert Policy(calendar="4-5-4", year_ends="Saturday  nearest January 31") == policy


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"week_start": "sun"}, "week_start='sun'.*monday"),
        ({"week_start": 6}, "week_start=6"),
        ({"calendar": "4-5-5", "year_ends": "last saturday of july"}, "4-4-5, 4-5-4.*None for"),
        ({"calendar": "4-5-4"}, "calendar='4-5-4'.*needs year_ends"),
        ({"year_ends": "last saturday of july"}, "needs calendar"),
        *(
            ({"calendar": "4-5-4", "year_ends": rule}, "'last saturday of january' or")
            for rule in (
                "january 31", "saturday nearest february 29", "saturday nearest april 31",
                "last saturday of january 31", "saturday nearest january", "sat nearest january 31",
                "saturday nearest january 0", "", 31,
            )
        ),
        (
            {"calendar": "4-5-4", "year_ends": "last saturday of july", "week_start": "monday"},
            "week_start='monday'.*would be 'sunday'",
        ),
        (
            {"calendar": "4-5-4", "year_ends": "last saturday of july", "fiscal_year_start": 2},
            "fiscal_year_start=2.*would be 8",
        ),
    ],
)  # fmt: skip
def test_rules_that_give_no_calendar_are_refused(rules, says):
    with pytest.raises(PeriodError, match=says):
        Policy(**rules)


def test_a_policy_leaves_its_weeks_again():
    retail = Policy(calendar="4-5-4", year_ends="last saturday of january", fiscal_year_start=2)

    assert not retail.but(calendar=None, year_ends=None).periods("month").is_of_weeks
    assert "calendar='4-5-4'" in str(retail)
