"""The scorecard: which metrics, of which period, against what, and what a page shows of it."""

from __future__ import annotations

import math
from datetime import date
from html.parser import HTMLParser

import pandas as pd
import pytest

import revkit as rk
from revkit.algebra import METRICS
from revkit.analysis.scorecards.display import MOST, sparkline
from revkit.analysis.scorecards.scorecard import ARTICLE, direction
from revkit.analysis.scorecards.targets import aims
from revkit.analysis.writing.differences import Change
from revkit.language import in_language


def ledger(**columns):
    """Four accounts: a stays at 100, b leaves in January, c grows to 150, d joins at 80."""
    frame = pd.DataFrame({"account_id": list("abccd"), "mrr": [100.0, 100, 100, 150, 80]})
    frame["started_on"] = ["2025-11-01", "2025-11-01", "2025-11-01", "2026-01-10", "2026-01-20"]
    frame["ended_on"] = [None, "2026-01-15", "2026-01-10", None, None]
    return frame.assign(subscription_id=frame["account_id"], line=list("11121"), **columns)


@pytest.fixture(scope="module")
def company():
    plans = pd.DataFrame(
        {
            "target_id": ["1", "2", "3", "4"],
            "kind": ["plan", "plan", "plan", "quota"],
            "measure": ["new_mrr", "mrr", "churn_rate", "new_mrr"],
            "starts_on": ["2026-01-01"] * 4,
            "ends_on": ["2026-03-01", "2026-04-01", "2026-04-01", "2026-02-01"],
            "amount": [590.0, 300.0, 0.2, 1e6],
        }
    )
    accounts = pd.DataFrame({"account_id": list("abcd"), "segment": ["x", "x", "y", "y"]})
    return rk.Dataset(subscriptions=ledger(), targets=plans, accounts=accounts, as_of="2026-02-10")


@pytest.fixture(scope="module")
def cards(company):
    """The whole scorecard of each team, made once."""
    return {owner: rk.scorecard(company, owner=owner) for owner in ("SalesOps", "RevOps", None)}


def row(card, name, **where):
    found = card[card["metric"] == name]
    for column, value in where.items():
        found = found[found[column] == value]
    assert len(found) == 1
    return found.iloc[0]


def test_it_shows_the_last_period_that_is_over_and_what_it_changed(company):
    mrr = row(rk.scorecard(company, metrics=["mrr"]), "mrr")

    assert str(mrr["period"].date()) == "2026-01-01"
    assert (mrr["value"], mrr["change"]) == (330.0, 30.0)
    assert mrr["direction"] == ""  # three months say nothing of what is usual
    assert mrr["trend"] == (300.0, 300.0, 330.0)
    assert mrr["complete"]


def test_any_period_can_be_shown_and_says_when_it_is_not_over(company):
    card = rk.scorecard(company, metrics=["mrr"], at="2026-02-03")

    assert str(row(card, "mrr")["period"].date()) == "2026-02-01"
    assert "Feb 2026*" in str(card)
    assert "not over yet" in str(card)


def test_a_year_before_is_another_question(company):
    card = rk.scorecard(company, metrics=["mrr"], compare="year")

    assert math.isnan(row(card, "mrr")["change"])
    assert row(card, "mrr")["direction"] == ""
    assert "a year before" in str(card)


def test_the_numbers_are_those_of_the_metrics_themselves(company, cards):
    card = cards["RevOps"]

    for name in ("nrr", "grr", "churn_rate", "arpa", "new_mrr"):  # younger than a year
        alone = getattr(rk.metrics, name)(company, compare="previous")
        alone = alone[alone["period"] == "2026-01-01"].iloc[0]
        for column in ("value", "low", "high", "change", "change_low", "change_high"):
            assert row(card, name)[column] == pytest.approx(alone[column], nan_ok=True)


def test_the_articles_rows_stand_first_in_its_order(cards):
    for owner, names in ARTICLE.items():
        shown = list(dict.fromkeys(cards[owner]["metric"]))

        assert [name for name in shown if name in names] == shown[: len(shown) - len(
            [name for name in shown if name not in names])]  # fmt: skip
        assert [name for name in names if name in shown] == [n for n in shown if n in names]


@pytest.mark.parametrize("owner", ["SalesOps", "RevOps", None])
def test_every_metric_of_a_team_is_shown_or_its_absence_explained(cards, owner):
    card = cards[owner]
    listed = rk.catalog(owner=owner)

    titles = set(card["title"]) | set(card.unavailable)
    assert all(any(t.startswith(title) for t in titles) for title in listed["title"])
    assert "needs the table 'opportunities'" in card.unavailable.values()
    assert "Not shown: " in str(card)


def test_only_what_is_more_than_noise_gets_an_arrow():
    share, balance = rk.metrics.win_rate, rk.metrics.mrr
    churn, stages = rk.metrics.churn_rate, rk.metrics.stage_share
    large, few = pd.Series({"small": False}), pd.Series({"small": True})

    def change(value=0.1, low=0.05, *, row=large, census=False, p=0.0):
        return Change(row, large, value, low, 0.2, census, p)

    assert direction(share, change()) == "better"
    assert direction(share, change(low=-0.05)) == "same"
    assert direction(share, change(row=few)) == "same"
    assert direction(share, change(p=1.0)) == "same"
    assert direction(churn, change()) == "worse"
    assert direction(stages, change()) == "moved"
    assert direction(balance, change(low=math.nan, census=True)) == "better"
    assert direction(balance, change(low=math.nan, census=True, p=1.0)) == "same"
    assert direction(balance, change(value=math.nan)) == ""


def test_a_plan_is_spread_over_its_days_a_balance_is_that_of_the_last(company):
    """590 over January and February, 59 days, are 310 in January; quotas are no plan."""
    card = rk.scorecard(company, metrics=["new_mrr", "mrr", "churn_rate", "nrr"])

    assert row(card, "new_mrr")["target"] == pytest.approx(310)
    assert row(card, "new_mrr")["gap"] == pytest.approx(80 - 310)
    assert row(card, "mrr")["target"] == 300
    assert row(card, "churn_rate")["target"] == pytest.approx(0.2)
    assert math.isnan(row(card, "nrr")["target"])
    assert set(aims(company, ["new_mrr", "nrr"])) == {"new_mrr"}


def aimed(*rows, **how):
    """The targets of January and what is said below: of measure, segment, submission, amount."""
    plans = pd.DataFrame(rows, columns=["measure", "segment", "submitted_on", "amount"])
    plans = plans.assign(
        target_id=[str(n) for n in range(len(rows))], kind="plan",
        starts_on="2026-01-01", ends_on="2026-02-01",
    )  # fmt: skip
    accounts = pd.DataFrame({"account_id": list("abcd"), "segment": ["x", "x", "y", "y"]})
    data = rk.Dataset(subscriptions=ledger(), targets=plans, accounts=accounts, as_of="2026-02-10")
    card = rk.scorecard(data, metrics=["new_mrr", "mrr"], **how)
    return card["target"].tolist(), " ".join(card.attrs["asides"])


def test_a_plan_submitted_anew_replaces_the_former_also_in_another_spelling():
    first, again = date(2025, 12, 1), date(2026, 1, 5)
    found, _ = aimed(
        ("new_mrr", None, first, 300), ("New MRR", None, again, 200),
        ("mrr", "x", again, 70), ("mrr", "x", first, 400), ("mrr", "y", first, 30),
    )  # fmt: skip

    assert found == [pytest.approx(200), 100]
    assert aimed(("mrr", "x", first, 4), ("mrr", "x", again, 3), by="segment")[0][2:] == [
        3, pytest.approx(math.nan, nan_ok=True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("segment", "said"),
    [(None, "a plan overlaps another one"), ("x", "a plan of no segment overlaps")],
)
def test_plans_that_repeat_each_other_are_no_target_and_it_is_said(segment, said):
    found, below = aimed(("mrr", None, None, 300), ("mrr", segment, None, 200))

    assert math.isnan(found[1])
    assert said in below
    assert "target_id" in below


def test_targets_of_the_call_come_before_those_of_the_data(company):
    card = rk.scorecard(company, metrics=["mrr", "churn_rate"], targets={"churn_rate": 0.25})
    by = rk.scorecard(
        company, metrics=["mrr", "churn_rate"], by="segment",
        targets={"mrr": {"x": 200.0}, "churn_rate": 0.25},
    )  # fmt: skip

    assert row(card, "churn_rate")["gap"] == pytest.approx(1 / 3 - 0.25)
    assert math.isnan(row(card, "mrr")["target"])
    assert row(by, "mrr", segment="x")["gap"] == -100
    assert math.isnan(row(by, "mrr", segment="y")["target"])
    assert row(by, "churn_rate", segment="y")["target"] == 0.25


def test_groups_stand_side_by_side(company):
    card = rk.scorecard(company, metrics=["mrr", "nrr"], by="segment")

    assert list(card["segment"]) == ["x", "y", "x", "y"]
    assert str(card).splitlines()[0].split() == ["Metric", "Period", "x", "y"]


def test_many_groups_stay_readable(company):
    many = pd.DataFrame({"account_id": [str(i) for i in range(20)], "mrr": 10.0})
    many = many.assign(started_on="2025-11-01", ended_on=None, subscription_id=many["account_id"])
    accounts = many[["account_id"]].assign(region=[f"region {i}" for i in range(20)])
    crowd = rk.Dataset(subscriptions=many, accounts=accounts, as_of="2026-01-31")

    card = rk.scorecard(crowd, metrics=["mrr"], by="region")

    assert len(card) == 20
    assert str(card).splitlines()[0].count("region") == MOST
    assert f"+{20 - MOST} more groups" in str(card)


def test_it_can_be_read_in_italian(company):
    card = rk.scorecard(company, metrics=["mrr", "win_rate"], language="it")

    assert "Ricavi ricorrenti mensili (MRR)" in list(card["title"])
    assert "gen 2026" in str(card)
    assert "Non mostrate: " in card._repr_html_()


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)


def test_a_page_is_escaped_and_loads_nothing(company):
    accounts = pd.DataFrame(
        {"account_id": list("abcd"), "segment": ["<script>alert(1)</script>"] * 4}
    )
    data = rk.Dataset(subscriptions=ledger(), accounts=accounts, as_of="2026-02-10")

    for by in (None, "segment"):
        html = rk.scorecard(data, metrics=["mrr", "nrr"], by=by)._repr_html_()
        tags = Tags()
        tags.feed(html)

        assert not tags.found & {"script", "link", "img", "iframe"}
        assert "://" not in html
        assert "@import" not in html
        assert "Monthly recurring revenue" in html


def test_it_is_a_frame_of_numbers_and_its_parts_are_frames(cards):
    card = cards["RevOps"]

    assert isinstance(card, pd.DataFrame)
    assert card["value"].dtype == float
    assert "metric" in repr(card[["metric", "value"]])
    assert "gap" not in card[["metric", "value"]]._repr_html_()
    assert "Not shown" in repr(card[card["metric"] == "mrr"])
    assert card.to_csv().count("\n") == len(card) + 1


def test_an_empty_company_has_an_empty_scorecard():
    nobody = ledger().iloc[:0]
    card = rk.scorecard(rk.Dataset(subscriptions=nobody, as_of="2026-02-10"), metrics=["nrr"])

    assert card.empty
    assert "Nothing to show yet" in card._repr_html_()


@pytest.fixture(scope="module")
def fallen():
    """A company that gains an account a month, until nine of fourteen leave."""
    months = pd.date_range("2024-12-01", periods=14, freq="MS")
    left = [pd.Timestamp("2026-02-10")] * 9 + [pd.NaT] * 5
    paid = pd.DataFrame({"started_on": months, "ended_on": left, "mrr": 100.0})
    paid["account_id"] = paid["subscription_id"] = [f"a{at}" for at in range(14)]
    return rk.Dataset(subscriptions=paid, as_of="2026-02-28")


def test_its_findings_are_what_moved(company, fallen):
    asked = ["mrr", "arr", "churn_rate"]

    assert rk.scorecard(company, metrics=asked).findings == []
    (said,) = rk.scorecard(fallen, metrics=asked).findings
    assert said.startswith("Monthly recurring revenue fell from 1,400 in Jan 2026 to 500 in Feb")


def test_a_metric_of_ones_own_joins(company):
    try:

        @rk.metric(title="Rows", title_it="Righe", owner="RevOps", unit="count", better="neither")
        def my_rows(subscriptions):
            """Regimes that began."""
            return rk.Total(subscriptions, at="started_on")

        card = rk.scorecard(company, owner="RevOps")

        assert row(card, "my_rows")["value"] == 2
        assert list(card["metric"])[-1] == "my_rows"
        assert "Your own" in card._repr_html_()
    finally:
        METRICS.pop("my_rows", None)


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"owner": "Marketing"}, rk.errors.ParameterError,
         "rk.scorecard: owner must be SalesOps or RevOps; it is 'Marketing'"),
        ({"owner": "Revops"}, rk.errors.ParameterError, r"it is 'Revops'\. Did you mean 'RevOps'"),
        ({"owner": ["win_rate"]}, rk.errors.ParameterError, r"say metrics=\['win_rate'\]"),
        ({"owner": "win_rate"}, rk.errors.ParameterError, "say metrics='win_rate'"),
        ({"language": "de"}, rk.errors.ParameterError, "language"),
        ({"compare": "before"}, rk.errors.ParameterError, "previous or year"),
        ({"period": "moth"}, rk.errors.PeriodError, "month"),
        ({"metrics": ["win_rat"]}, rk.errors.FormulaError, "win_rate"),
        ({"at": "2026-02-31"}, rk.errors.PeriodError, "at='2026-02-31'"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_refused(company, how, error, said):
    with pytest.raises(error, match=said):
        rk.scorecard(company, **how)


def test_the_order_of_stages_is_that_of_every_part_of_a_company(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample").where(kind="new")

    assert "Stage conversion" not in rk.scorecard(company, metrics=["stage_conversion"]).unavailable


def test_a_small_line_skips_what_is_not_known():
    assert sparkline((math.nan, 1.0)) == ""
    assert sparkline((1.0, math.nan, 2.0, 3.0)).count("<polyline") == 1
    assert sparkline((1.0, 2.0, math.nan)).count("<circle") == 0
    assert "NaN" not in sparkline((5.0, 5.0, 5.0)).lower()


def test_numbers_notes_and_reasons_are_italian_too(company, fallen):
    card = rk.scorecard(company, metrics=["mrr", "churn_rate", "cac"], language="it")
    shown = str(card).replace("\u00a0", " ")

    assert card.unavailable == {
        "Costo di acquisizione del cliente (CAC)": "serve la tabella 'spend'"
    }
    assert "Metrica" in shown.splitlines()[0]
    assert "intervallo al 95 %" in shown.splitlines()[0]
    reason = "Costo di acquisizione del cliente (CAC) (serve la tabella 'spend')"
    assert f"Non mostrate: {reason}." in shown
    assert "33,3 %" in shown
    assert rk.scorecard(fallen, metrics=["mrr"], language="it").findings == [
        "Ricavi ricorrenti mensili (MRR): in calo da 1.400 in gen 2026 a 500 in feb 2026 "
        "(−900, −64,3\u00a0%; conteggio completo, non una stima)."
    ]


def test_the_default_language_is_that_of_the_notebook(company):
    with in_language("it"):
        assert "Periodo" in str(rk.scorecard(company, metrics=["mrr"]))
        assert "Period " in str(rk.scorecard(company, metrics=["mrr"], language="en"))


def planned(*measures, kind="plan"):
    """A company of 300 a month in February, with a plan for each measure."""
    targets = pd.DataFrame({"measure": measures})
    targets = targets.assign(
        target_id=[str(n) for n in range(len(measures))], kind=kind, amount=300.0,
        starts_on="2026-01-01", ends_on="2026-04-01", rep_id=None,
    )  # fmt: skip
    return rk.Dataset(subscriptions=ledger(), targets=targets, as_of="2026-02-10")


def test_a_plan_is_found_by_its_metric_in_any_spelling():
    card = rk.scorecard(planned("MRR", "Churn rate"), metrics=["mrr", "churn_rate"])

    assert row(card, "mrr")["target"] == row(card, "churn_rate")["target"] == 300
    assert card.attrs["asides"] == rk.scorecard(planned("mrr"), metrics=["mrr"]).attrs["asides"]


def test_a_plan_for_no_metric_is_said_on_the_scorecard_and_not_lost():
    card = rk.scorecard(planned("mrr", "monthly_revenue"), metrics=["mrr"])

    assert any("measure is no metric, 'monthly_revenue'" in line for line in card.attrs["asides"])


def test_a_quota_for_no_metric_is_said_of_what_reads_quotas():
    deals = pd.DataFrame(
        {"opportunity_id": ["o"], "rep_id": ["r"], "created_on": ["2026-01-05"],
         "closed_on": ["2026-02-01"], "is_won": [True], "amount": [1.0]}
    )  # fmt: skip
    targets = planned("sales", "bookings", kind="quota").targets.to_pyarrow()
    data = rk.Dataset(opportunities=deals, targets=targets, as_of="2026-02-28")

    notes = rk.metrics.quota_attainment(data).attrs["notes"]
    assert any("measure is no metric, 'sales'" in note for note in notes)
    assert any('words: {"sales": bookings}' in note for note in notes)


def test_a_card_of_before_the_data_shows_nothing(company):
    card = rk.scorecard(company, metrics=["mrr"], period="quarter", at="2010-01-01")

    assert len(card) == 0
    assert "no value in a period that is over" in card.unavailable.values()


def test_a_target_of_no_metric_is_refused(company):
    with pytest.raises(rk.errors.FormulaError, match="win_rate"):
        rk.scorecard(company, targets={"winrate": 0.3})


def test_notes_on_the_data_stand_below_the_card(company):
    deals = pd.DataFrame(
        {
            "opportunity_id": ["a", "b"],
            "created_on": pd.to_datetime(["2025-01-05", "2025-03-01"]),
            "closed_on": pd.to_datetime(["2025-02-01", "2025-02-01"]),
            "is_won": [True, True],
            "amount": [100.0, 50.0],
        }
    )
    data = rk.Dataset(
        opportunities=deals, as_of="2025-03-31", set_aside=["opportunities.closed_before_created"]
    )

    card = rk.scorecard(data, metrics=["won_amount"])

    assert card.attrs["notes"]
    assert all(note in str(card) for note in card.attrs["notes"])
    assert (
        "closed_before_created" in card.attrs["notes"][0] or "set aside" in card.attrs["notes"][0]
    )


def test_the_legend_says_both_conditions_and_that_a_dot_may_stand_beside_a_clear_interval():
    card = rk.scorecard(rk.example("deals"), period="month", metrics=["win_rate"])

    assert "its interval leaves out 0" in str(card)
    assert "larger than the metric's own past changes" in str(card)
    assert "though the interval may leave out 0" in str(card)
