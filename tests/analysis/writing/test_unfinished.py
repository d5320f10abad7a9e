"""A period that lacks its last days is kept, marked, and named with how many it lacks."""

from datetime import date, timedelta

import pandas as pd
import pytest

import revkit as rk
from revkit.report.overview.headlines import tiles

LAST = date(2025, 12, 31)
LACKING = (1, 3, 20)
METRICS = ("won_amount", "win_rate", "mrr", "nrr", "churned_mrr")
WINDOWS = [("month", 1), ("quarter", 1), ("month", 3), ("quarter", 4)]


@pytest.fixture(scope="module")
def whole():
    """Two years of a deal a day, every other one won, and of a customer a day, who stays 200."""
    days = pd.date_range("2024-01-01", LAST)
    names, half = [f"{n:03}" for n in range(len(days))], [n % 2 == 0 for n in range(len(days))]
    segments = ["large" if n % 3 else "small" for n in range(len(days))]
    accounts = pd.DataFrame({"account_id": names, "segment": segments})
    deals = pd.DataFrame({"opportunity_id": names, "account_id": names, "amount": 10.0})
    deals = deals.assign(created_on=days, closed_on=days, is_won=half)
    paid = pd.DataFrame({"subscription_id": names, "account_id": names, "mrr": 5.0})
    paid = paid.assign(started_on=days, ended_on=days + pd.Timedelta(days=200))
    return rk.Dataset(accounts=accounts, opportunities=deals, subscriptions=paid, as_of=LAST)


@pytest.fixture(scope="module", params=LACKING)
def lacking(request, whole):
    """The days that the quarter and the month lack, and the company as it was then."""
    return request.param, whole.replay(LAST - timedelta(days=request.param))


@pytest.mark.parametrize(("period", "trailing"), WINDOWS)
def test_the_frame_keeps_the_period_and_says_what_it_lacks(lacking, period, trailing):
    days, company = lacking
    first = {"month": "2025-12-01", "quarter": "2025-10-01"}[period]

    for name in METRICS:
        frame = getattr(rk.metrics, name)(company, period=period, trailing=trailing)
        assert frame.attrs["unfinished"] == {first: days}, name
        assert str(frame["period"].iloc[-1].date()) == first
        assert not frame["complete"].iloc[-1]


@pytest.mark.parametrize(("period", "trailing"), WINDOWS)
def test_values_of_complete_periods_are_those_of_the_whole_company(
    lacking, whole, period, trailing
):
    _, company = lacking
    for name in METRICS:
        then, now = (
            getattr(rk.metrics, name)(data, period=period, trailing=trailing)
            for data in (company, whole)
        )
        done, shown = then["complete"].to_numpy(), ["period", "value", "n"]
        assert done.any()
        pd.testing.assert_frame_equal(then.loc[done, shown], now[: len(then)].loc[done, shown])


def test_nothing_is_unfinished_where_all_days_are_there(whole):
    assert rk.metrics.mrr(whole, period="quarter").attrs["unfinished"] == {}
    assert rk.metrics.mrr(whole, period=None).attrs["unfinished"] == {}


def test_a_period_that_was_not_asked_for_is_not_named(lacking):
    _, company = lacking
    asked = rk.metrics.win_rate(company, period="quarter", end="2025-10-01")

    assert asked.attrs["unfinished"] == {}
    assert "not over" not in rk.say.change(asked)


def sentence(days: int) -> str:
    ahead = "1 day is" if days == 1 else f"{days} days are"
    return f"Q4 2025 is not over: {ahead} to come."


def test_sentences_speak_of_the_period_before_and_name_the_unfinished_one(lacking):
    days, company = lacking
    rates = rk.metrics.win_rate(company, period="quarter")

    for said in (rk.say.level(rates), rk.say.change(rates), rk.say.year(rates)):
        assert "Q3 2025" in said
        assert said.endswith(f" {sentence(days)}")


def test_sentences_of_groups_and_movements_name_it_too(lacking):
    days, company = lacking
    won = rk.metrics.won_amount(company, period="quarter", by="segment")
    rates = rk.metrics.win_rate(company, period="quarter", by="segment", compare="rest")
    moved = rk.bridge(company, period="quarter")

    for said in (rk.say.largest(won), rk.say.contrast(rates), rk.say.growth(movements=moved),
                 rk.say.sources(moved)):  # fmt: skip
        assert said.endswith(sentence(days))


def test_it_is_said_once_below_a_list_and_not_in_a_title(lacking):
    days, company = lacking
    rates = rk.metrics.win_rate(company, period="quarter")
    shown = rk.findings(
        [rk.say.level(rates), rk.say.level(rk.metrics.mrr(company, period="quarter"))]
    )
    ax = rk.charts.over_time(rates)
    rk.charts.headline(ax, rk.say.change(rates))

    assert str(shown).count("to come") == 1
    assert shown._repr_mimebundle_()["text/html"].count(sentence(days)) == 1
    assert "not over" not in str(rk.notebook.so(rk.say.level(rates)))
    assert "not over" not in ax.get_title(loc="left")


def test_charts_draw_it_as_such_and_name_it_below(lacking):
    days, company = lacking
    rates = rk.metrics.win_rate(company, period="quarter")
    moved = rk.bridge(company, period="quarter", start="2025-01-01")

    for ax in (rk.charts.over_time(rates), rk.charts.bridge(moved)):
        (notes,) = [text.get_text() for text in ax.texts if text.get_gid() == "notes"]
        assert sentence(days) in notes.replace("\n", " ")
    opacity = {bar.get_x(): bar.get_alpha() for bars in ax.containers for bar in bars}
    assert [opacity[x] for x in sorted(opacity)] == [1, 1, 1, 0.4]


def test_tables_and_scorecards_name_it(lacking):
    days, company = lacking
    card = rk.scorecard(company, period="quarter", metrics=["win_rate", "mrr"])

    assert card["period"].astype(str).tolist() == ["2025-07-01", "2025-07-01"]
    assert sentence(days) in str(card)
    assert sentence(days) in card._repr_html_()
    assert not any("not over" in finding for finding in card.findings)
    assert sentence(days) in str(rk.table(rk.metrics.win_rate(company, period="quarter")))


def test_the_scorecard_of_the_unfinished_period_itself_says_so(lacking):
    days, company = lacking
    card = rk.scorecard(company, period="quarter", metrics=["mrr"], at="2025-12-01")

    assert card["period"].astype(str).tolist() == ["2025-10-01"]
    assert "Q4 2025*" in str(card)
    assert sentence(days) in str(card)


def test_headlines_carry_it(lacking):
    days, company = lacking
    shown = tiles(company, period="quarter")

    assert {tile.when for tile in shown} == {"Q3 2025"}
    assert {tile.aside for tile in shown} == {sentence(days)}


def test_it_is_said_in_italian(lacking):
    days, company = lacking
    rates = rk.metrics.win_rate(company, period="quarter")
    italian = "manca ancora 1 giorno" if days == 1 else f"mancano ancora {days} giorni"
    italian += " alla fine"

    assert rk.say.level(rates, language="it").endswith(f"Periodo non concluso, T4 2025: {italian}.")
    ax = rk.charts.over_time(rates, language="it")
    assert any(italian in text.get_text().replace("\n", " ") for text in ax.texts)


def test_a_table_that_ended_before_lacks_more_and_both_are_said():
    days = pd.date_range("2024-01-01", "2025-12-28")
    deals = pd.DataFrame({"opportunity_id": [f"O{n}" for n in range(len(days))], "amount": 10.0})
    deals = deals.assign(created_on=days, closed_on=days, is_won=True)
    leads = pd.DataFrame({"lead_id": [f"L{n}" for n in range(650)], "created_at": days[:650]})
    company = rk.Dataset(opportunities=deals, leads=leads)
    won, new = (
        metric(company, period="quarter") for metric in (rk.metrics.won_deals, rk.metrics.leads)
    )

    assert company.as_of == date(2025, 12, 28)
    assert won.attrs["unfinished"] == {"2025-10-01": 3}
    assert new.attrs["unfinished"] == {"2025-10-01": 80}  # of the week to Sunday 12 October
    said = "3 days are to come. Of some metrics, the last 77 days before are missing, too."
    assert said in str(rk.table([won, new]))


def test_a_rate_of_a_few_rows_of_an_unfinished_period_is_no_row_to_read():
    days = [*pd.date_range("2025-07-01", periods=80), *pd.date_range("2025-10-01", periods=3)]
    won = [at % 4 == 0 for at in range(80)] + [True, True, False]
    deals = pd.DataFrame({"opportunity_id": [f"O{n}" for n in range(83)], "created_on": days})
    company = rk.Dataset(opportunities=deals.assign(closed_on=days, is_won=won))
    rates = rk.metrics.win_rate(company, period="quarter")

    whole, begun = rk.table(rates).rows
    assert whole[1].startswith("25.0")
    assert begun[1:] == ("–", "", "3")
    assert "few" not in str(rk.table(rates))
