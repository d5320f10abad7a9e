"""Fiscal calendars as they are published: the day each year begins, its weeks, its quarters."""

from datetime import date

import pytest

from revkit.analysis.writing.formatting import written as label
from revkit.language import language
from revkit.policy import Policy

NRF = Policy(calendar="4-5-4", year_ends="saturday nearest january 31")
APPLE = Policy(calendar="4-4-5", year_ends="last saturday of september")
CISCO = Policy(calendar="4-4-5", year_ends="last saturday of july")
COSTCO = Policy(calendar="13x4", year_ends="sunday nearest august 31")

# nrf.com/resources/4-5-4-calendar: fiscal 2017 to 2027; "FY'12 and FY'17 and will occur in FY'23"
RETAIL = {
    2012: "2012-01-29", 2013: "2013-02-03", 2017: "2017-01-29", 2018: "2018-02-04",
    2019: "2019-02-03", 2020: "2020-02-02", 2021: "2021-01-31", 2022: "2022-01-30",
    2023: "2023-01-29", 2024: "2024-02-04", 2025: "2025-02-02", 2026: "2026-02-01",
    2027: "2027-01-31",
}  # fmt: skip
LONG = {2012, 2017, 2023}

# Form 10-K, the day on which the fiscal year ended
APPLE_ENDS = {
    2016: "2016-09-24", 2017: "2017-09-30", 2018: "2018-09-29", 2019: "2019-09-28",
    2020: "2020-09-26", 2021: "2021-09-25", 2022: "2022-09-24", 2023: "2023-09-30",
    2024: "2024-09-28",
}  # fmt: skip
CISCO_ENDS = {
    2016: "2016-07-30", 2017: "2017-07-29", 2018: "2018-07-28", 2019: "2019-07-27",
    2020: "2020-07-25", 2021: "2021-07-31", 2022: "2022-07-30", 2023: "2023-07-29",
    2024: "2024-07-27",
}  # fmt: skip
COSTCO_ENDS = {
    2012: "2012-09-02", 2016: "2016-08-28", 2017: "2017-09-03", 2018: "2018-09-02",
    2019: "2019-09-01", 2020: "2020-08-30", 2021: "2021-08-29", 2022: "2022-08-28",
    2023: "2023-09-03",
}  # fmt: skip
# Form 10-Q of Costco, the day on which the quarter ended, with its place in the fiscal year
COSTCO_QUARTERS = {
    "2016-11-20": (2017, 1), "2017-02-12": (2017, 2), "2018-05-13": (2018, 3)
}  # fmt: skip


@pytest.mark.parametrize("year", RETAIL)
def test_the_retail_federations_years_begin_as_published(year):
    years = NRF.periods("year")

    assert years.first_day(year) == date.fromisoformat(RETAIL[year])
    assert years.weeks_in(year) == (53 if year in LONG else 52)


def test_the_months_of_fiscal_2023_are_those_published():
    """February has 4 weeks, March 5, April 4; the 53rd week is January's."""
    months, first = NRF.periods("month"), NRF.periods("month").number(date(2023, 1, 29))

    assert [months.weeks_in(first + place) for place in range(12)] == [*(4, 5, 4) * 3, 4, 5, 5]
    assert months.first_day(first + 10) == date(2023, 11, 26)
    assert months.last_day(first + 11) == date(2024, 2, 3)
    assert months.place(first + 11) == (2023, 12)


@pytest.mark.parametrize(
    ("policy", "ends", "long"),
    [
        (APPLE, APPLE_ENDS, {2017, 2023}),
        (CISCO, CISCO_ENDS, {2016, 2021}),
        (COSTCO, COSTCO_ENDS, {2012, 2017, 2023}),
    ],
    ids=["Apple", "Cisco", "Costco"],
)
def test_fiscal_years_end_as_in_their_annual_reports(policy, ends, long):
    years = policy.periods("year")

    assert {year: years.last_day(year).isoformat() for year in ends} == ends
    assert {year for year in ends if years.weeks_in(year) == 53} == long
    assert {years.weeks_in(year) for year in range(2000, 2061)} == {52, 53}


@pytest.mark.parametrize("ended", COSTCO_QUARTERS)
def test_quarters_of_thirteen_months_have_three_and_the_last_four(ended):
    """Form 10-K 2012, note 13: quarters of 12, 12, 12 and 17 weeks, 53 weeks to 2 September."""
    quarters = COSTCO.periods("quarter")
    number = quarters.number(date.fromisoformat(ended))

    assert quarters.last_day(number) == date.fromisoformat(ended)
    assert quarters.place(number) == COSTCO_QUARTERS[ended]
    last = quarters.number(date(2012, 9, 2))
    assert [quarters.weeks_in(last - back) for back in (3, 2, 1, 0)] == [12, 12, 12, 17]


def test_years_end_in_months_of_the_calendar_where_no_weeks_are_named():
    """Walmart's fiscal year ends on 31 January, whatever weekday that is."""
    quarters = Policy(fiscal_year_start=2).periods("quarter")

    assert quarters.last_day(quarters.number(date(2024, 1, 31))) == date(2024, 1, 31)
    assert not quarters.is_of_weeks


@pytest.mark.parametrize(
    ("policy", "day", "written"),
    [
        (NRF, date(2024, 2, 3), ("P12 FY2023", "Q4 FY2023", "FY2023")),
        (APPLE, date(2022, 9, 25), ("P1 FY2023", "Q1 FY2023", "FY2023")),
        (CISCO, date(2023, 7, 29), ("P12 FY2023", "Q4 FY2023", "FY2023")),
        (COSTCO, date(2023, 9, 3), ("P13 FY2023", "Q4 FY2023", "FY2023")),
    ],
)
def test_periods_are_named_by_the_fiscal_year_of_the_company(policy, day, written):
    calendars = [policy.periods(period) for period in ("month", "quarter", "year")]
    found = [label(one.first_day(one.number(day)), one, language("en")) for one in calendars]

    assert tuple(found) == written


def test_periods_are_named_in_italian():
    quarters = NRF.periods("quarter")

    assert label(date(2023, 1, 29), quarters, language("it")) == "T1 es. 2023"
