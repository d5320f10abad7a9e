"""Metrics by months of whole weeks: what they count, compare, divide, name and refuse."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.scorecards.windows import window_of
from revkit.analysis.writing.formatting import windowed
from revkit.errors import PeriodError
from revkit.examples import example
from revkit.language import language
from revkit.policy import Policy
from tests.support.companies import common as companies

RETAIL = Policy(calendar="4-5-4", year_ends="saturday nearest january 31")
THIRTEEN = Policy(calendar="13x4", year_ends="saturday nearest january 31")
PLAIN = r"data\.policy\.but\(calendar=None, year_ends=None\)"


def won(*days, as_of="2025-03-31"):
    """A company with deals of 100 won on some days."""
    deals = pd.DataFrame({
        "opportunity_id": [f"D{place}" for place in range(len(days))], "account_id": "A",
        "created_on": "2020-01-01", "closed_on": days, "is_won": True, "amount": 100.0,
        "stage": "Won",
    })  # fmt: skip
    deals[["created_on", "closed_on"]] = deals[["created_on", "closed_on"]].apply(pd.to_datetime)
    return rk.Dataset(
        accounts=pd.DataFrame({"account_id": ["A"]}), opportunities=deals,
        stages=pd.DataFrame({
            "object": ["opportunity"], "stage": ["Won"], "position": [1], "is_won": [True],
            "is_closed": [True],
        }),
        as_of=as_of, policy=RETAIL,
    )  # fmt: skip


def test_deals_count_in_the_month_of_their_week():
    """NRF: fiscal March 2023 runs from 26 February to 1 April."""
    data = won("2023-02-25", "2023-02-26", "2023-04-01", "2023-04-02", "2024-02-03", "2024-02-04")
    found = rk.metrics.won_deals(data).set_index("period")["value"]

    assert found[found > 0].to_dict() == {
        pd.Timestamp("2023-01-29"): 1, pd.Timestamp("2023-02-26"): 2,
        pd.Timestamp("2023-04-02"): 1, pd.Timestamp("2023-12-31"): 1,
        pd.Timestamp("2024-02-04"): 1,
    }  # fmt: skip


def test_a_year_of_53_weeks_is_compared_by_number_with_a_note():
    data = won("2022-03-01", "2023-03-01", "2023-04-01", "2024-03-05", "2025-03-01")
    years = rk.metrics.won_amount(data, period="year", compare="year")
    months = rk.metrics.won_amount(data, compare="year", start="2023-12-31", end="2024-02-01")

    assert years["change"].tolist()[1:] == [100, -100, 0]
    assert any("from 2024-02-04 has 52 weeks" in str(n) for n in years.attrs["notes"])
    assert (
        "The period from 2023-12-31 has 5 weeks, the one it is compared with 4."
        in (months.attrs["notes"])
    )
    assert not any("weeks" in str(n) for n in rk.metrics.won_amount(data).attrs["notes"])
    assert "100 in FY2024 (52 weeks) and 200 in FY2023 (53 weeks)" in rk.say.year(years)


def test_thirteen_months_are_a_year():
    data = won("2022-12-01", "2023-03-01", "2024-03-05").with_policy(THIRTEEN)
    found = rk.metrics.won_amount(data, compare="year").set_index("period")["change"]

    assert found[pd.Timestamp("2024-03-03")] == 0
    assert found[pd.Timestamp("2024-02-04")] == 0


def test_an_unfinished_month_is_named_with_the_days_it_lacks():
    data = won("2025-02-10", "2025-03-31", as_of="2025-03-31")
    found = rk.metrics.won_amount(data)

    assert found.attrs["unfinished"] == {"2025-03-02": 5}
    assert "P2 FY2025 is not over: 5 days are to come." in rk.say.level(found).aside


def test_the_quarter_has_four_months_at_the_end_of_thirteen():
    data = won("2024-01-10", "2024-02-03", "2023-11-12").with_policy(THIRTEEN)
    found = rk.metrics.bookings_linearity(data, period="quarter").dropna()

    assert found[["month_of_quarter", "value"]].to_numpy().tolist() == [["2", 1 / 3], ["4", 2 / 3]]


@pytest.mark.parametrize("metric", ["gross_margin", "ltv_cac", "rule_of_40"])
def test_figures_of_calendar_months_are_refused_with_the_line_to_write(metric):
    data = example("economics").with_policy(RETAIL)

    with pytest.raises(PeriodError, match=f"finance, which is on record by month.*{PLAIN}"):
        getattr(rk.metrics, metric)(data, period="quarter")
    getattr(rk.metrics, metric)(data.with_policy(data.policy.but(calendar=None, year_ends=None)))


def test_spend_booked_once_a_month_is_refused_and_spend_by_day_is_not():
    def spent(*days):
        return companies.of(
            date(2026, 6, 30),
            spend=[
                {"spend_id": day, "spent_on": day, "function": "marketing", "amount": 100.0}
                for day in days
            ],
            leads=[{"lead_id": "L", "created_at": "2026-02-10"}],
        ).with_policy(RETAIL)

    for monthly in (("2026-02-01", "2026-03-01"), ("2026-02-28", "2026-03-31")):
        with pytest.raises(PeriodError, match="spend, which is on record by month"):
            rk.metrics.cost_per_lead(spent(*monthly))
    rk.metrics.cost_per_lead(spent("2026-02-01", "2026-03-05"))


def test_quotas_of_calendar_months_are_divided_by_days_with_a_note():
    found = rk.metrics.quota_attainment(example("team").with_policy(RETAIL), period="quarter")

    assert any("divided by days" in str(note) for note in found.attrs["notes"])


def test_tenure_is_counted_in_calendar_months_at_the_weeks_beginning():
    """All groups add up to the whole, period by period."""
    data = example("retention").with_policy(RETAIL)
    apart = rk.metrics.mrr(data, by="tenure", period="month")
    whole = rk.metrics.mrr(data, period="month").set_index("period")["value"]

    summed = apart.groupby("period")["value"].sum()
    assert summed.to_dict() == pytest.approx(whole[summed.index].to_dict())


def test_retention_is_shown_over_a_year_whatever_its_months():
    data, nrr = example("retention").with_policy(THIRTEEN), {"period": "month", "calendar": "13x4"}

    assert [window_of(data, 12, period) for period in ("month", "quarter", "week")] == [13, 4, 52]
    nrr |= {"trailing": 13, "year_ends": "saturday nearest january 31"}
    assert windowed("NRR", nrr, language("en")) == "NRR over 13 fiscal months"
    assert rk.scorecard(data, metrics=["mrr"], compare="year").attrs["calendar"] == "13x4"


def test_what_knows_twelve_months_refuses_thirteen():
    data = example("deals").with_policy(THIRTEEN)

    with pytest.raises(PeriodError, match=f"season of twelve months.*{PLAIN}"):
        rk.say.step(rk.metrics.win_rate(data))
    with pytest.raises(PeriodError, match=r"counts of months.*four or five weeks"):
        rk.say.step(rk.metrics.won_deals(data.with_policy(RETAIL)))
    rk.say.step(rk.metrics.win_rate(data.with_policy(RETAIL)))


def test_a_difference_of_calendars_is_one_step():
    data = example("retention")
    shifted = Policy(calendar="4-5-4", year_ends="saturday nearest january 31", gap_days=3)
    found = rk.reconcile(data, "mrr", [Policy(), shifted], period=None)

    assert len(found.table) == 2
    assert any("calendar: 4-5-4, not None" in cause for cause in found.table["cause"])
