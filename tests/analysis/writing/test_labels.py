"""A name says over which time and of which part of the company its value is."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.writing.formatting import quantity


@pytest.fixture(scope="module")
def company(pytestconfig):
    return rk.load(pytestconfig.rootpath / "data" / "sample")


@pytest.mark.parametrize(
    ("how", "title"),
    [
        ({"period": "quarter", "trailing": 4}, "Net revenue retention over 12 months"),
        ({"period": "month", "trailing": 3}, "Net revenue retention over 3 months"),
        ({"period": "week", "trailing": 13}, "Net revenue retention over 13 weeks"),
        ({"period": "day", "trailing": 30}, "Net revenue retention over 30 days"),
        ({"period": "month", "trailing": 1}, "Net revenue retention"),
    ],
)
def test_a_window_is_in_the_name(company, how, title):
    assert quantity(rk.metrics.nrr(company, start="2025-11-01", **how)).title == title


def test_the_days_of_a_cohort_are_in_the_name(company):
    rates = rk.metrics.mql_to_sql_rate(company, within=60, start="2025-01-01")

    assert quantity(rates).title.endswith(", within 60 days")


def test_a_scorecard_says_the_window_and_the_part_of_the_company(company):
    card = rk.scorecard(
        company.where(segment="SMB"), period="quarter", metrics=["churn_rate", "nrr"]
    )

    titles = dict(zip(card["metric"], card["title"], strict=True))
    # retention is that of a year, whatever the period
    assert "over" not in titles["churn_rate"]
    assert titles["nrr"].endswith(" over 12 months")
    assert "Only segment = SMB." in str(card)


def deals(sizes: dict[str, tuple[int, int]]) -> rk.Dataset:
    rows = [
        {"opportunity_id": f"{name}-{at}", "segment": name, "created_on": "2026-01-02",
         "closed_on": "2026-02-01", "is_won": at < won}
        for name, (won, lost) in sizes.items()
        for at in range(won + lost)
    ]  # fmt: skip
    return rk.Dataset(opportunities=pd.DataFrame(rows), as_of="2026-03-31")


def test_a_chart_draws_what_its_title_names():
    """Twenty large groups alike, and one smaller than all that differs."""
    company = deals({f"s{at}": (60, 60) for at in range(20)} | {"odd": (80, 20)})
    rates = rk.metrics.win_rate(company, by="segment", period=None, compare="rest")

    ax = rk.charts.by_group(rates)

    drawn = [label.get_text() for label in ax.get_yticklabels()]
    assert "odd 80.0" in str(rk.say.contrast(rates)).replace("\u00a0", " ")
    assert len(drawn) == 15
    assert any(text.startswith("odd ") for text in drawn)
    assert "15 of 21 shown." in " ".join(text.get_text() for text in ax.texts)
    plt.close("all")


def test_a_list_cut_short_says_of_how_many_and_adds_all_up():
    paid = pd.DataFrame(
        {"mrr": [10.0] * 20 + [100.0] * 60, "started_on": "2024-01-01", "ended_on": None}
    )
    paid["account_id"] = paid["subscription_id"] = paid.index.map("a{}".format)
    names = pd.DataFrame({"account_id": paid["account_id"], "segment": "SMB"})
    company = rk.Dataset(subscriptions=paid, accounts=names, as_of="2026-03-31")

    rows = rk.room_to_grow(company, by="segment")
    said = str(rk.say.widest_gap(rows)).replace("\u00a0", " ")

    assert len(rows) == 10
    assert said.startswith("20 accounts of 80 would pay 1,800 more a month at the median")
    assert said.endswith("10 of 20 shown.")


def test_an_option_that_is_not_the_default_stands_in_the_title():
    data = rk.example("retention")

    plain, strict = (rk.metrics.nrr(data, returned=word) for word in ("counted", "lost"))

    assert "returned" not in rk.say.level(plain)
    assert rk.say.level(strict).startswith("Net revenue retention (returned = lost) was ")
    assert rk.table(strict).headings[1] == "Net revenue retention (returned = lost)"
