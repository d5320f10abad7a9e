"""What flows in and out, who has room to grow, and what a page shows when nobody says."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk

LEDGER = pd.DataFrame(
    {
        "subscription_id": list("aabcd"),
        "line": ["1", "2", "1", "1", "1"],
        "account_id": list("aabcd"),
        "started_on": ["2025-12-01", "2026-01-10", "2025-12-01", "2025-12-01", "2026-01-20"],
        "ended_on": ["2026-01-10", None, "2026-01-15", None, None],
        "mrr": [100.0, 150.0, 100.0, 100.0, 80.0],
    }
)


@pytest.fixture(scope="module")
def company() -> rk.Dataset:
    """January: a 100 → 150, b 100 → 0, c stays, d joins with 80."""
    return rk.Dataset(subscriptions=LEDGER, as_of="2026-01-31", currency="USD")


def walk(*stages: tuple[str, str]) -> rk.Dataset:
    history = pd.DataFrame(stages, columns=["lead_id", "stage"])
    history["entered_at"] = pd.date_range("2026-01-01T09:00", periods=len(history), freq="h")
    return rk.Dataset(lead_history=history, as_of="2026-01-31")


def test_a_bridge_leads_from_opening_to_closing(company):
    row = rk.bridge(company, start="2026-01-01").iloc[0]

    assert (row["opening"], row["closing"]) == (300, 330)
    assert (row["new"], row["expansion"], row["churn"]) == (80, 50, 100)
    assert (row["reactivation"], row["contraction"], row["net"]) == (0, 0, 30)


def test_a_month_opens_with_what_the_one_before_closed_with(company):
    rows = rk.bridge(company, start="2025-12-01")

    assert rows["closing"].tolist() == [300, 330]
    assert rows["opening"].tolist() == [0, 300]


def test_growth_names_the_largest_gain_and_loss(company):
    said = rk.say.growth(rk.bridge(company, start="2026-01-01"))

    assert said.replace("\u00a0", " ") == (
        "MRR grew by $30.00 in Jan 2026, to $330: the largest gain was new ($80.00), "
        "the largest loss churn ($100)."
    )


def test_sources_compare_expansion_with_losses(company):
    said = rk.say.sources(rk.bridge(company, start="2026-01-01"))

    assert "38\u00a0% of the MRR gained" in said
    assert "less than was lost" in said


def test_what_is_written_alike_is_not_called_more():
    """Both are $1.23 k, as written: "more than was lost" would seem false."""
    row = {"opening": 90_000.0, "new": 3e3, "expansion": 12_341.0, "reactivation": 0.0,
           "contraction": 0.0, "churn": 12_339.0, "net": 3_002.0, "closing": 93_002.0}  # fmt: skip
    moves = pd.DataFrame([row]).assign(complete=True)
    moves.insert(0, "period", pd.Timestamp("2026-01-01"))
    moves.attrs = rk.bridge(
        rk.Dataset(subscriptions=LEDGER, as_of="2026-01-31", currency="USD"), start="2026-01-01"
    ).attrs

    assert "as much as was lost to contraction and churn" in rk.say.sources(moves)


def test_a_skipped_stage_counts_as_passed():
    company = walk(("a", "lead"), ("a", "SQL"), ("b", "lead"), ("b", "MQL"), ("c", "lead"))

    stages = rk.funnel(company).set_index("stage")

    assert list(stages["reached"]) == [3, 2, 1]
    assert stages.loc["SQL", "value"] == pytest.approx(0.5)
    assert list(stages["here"]) == [1, 1, 1]


def test_the_narrowest_step_is_named_with_its_counts():
    company = walk(("a", "lead"), ("a", "MQL"), ("b", "lead"), ("b", "MQL"), ("b", "SQL"))

    assert "from MQL to SQL" in rk.say.narrowest(rk.funnel(company))


def test_a_funnel_of_no_days_is_quiet():
    company = walk(("a", "lead"), ("a", "MQL"))

    assert rk.say.narrowest(rk.funnel(company, start="2026-01-20")).quiet


def peers() -> rk.Dataset:
    """Ten settled SMB accounts, one of which pays 10 where the others pay 100, and a newcomer."""
    names = [f"account {at}" for at in range(11)]
    ledger = pd.DataFrame(
        {
            "subscription_id": names,
            "line": "1",
            "account_id": names,
            "started_on": ["2025-01-01"] * 10 + ["2025-12-15"],
            "ended_on": None,
            "mrr": [10.0] + [100.0] * 9 + [1.0],
        }
    )
    accounts = pd.DataFrame({"account_id": names, "segment": "SMB"})
    return rk.Dataset(subscriptions=ledger, accounts=accounts, as_of="2026-01-31")


@pytest.mark.parametrize("by", ["segment", "tenure"])
def test_room_to_grow_lists_settled_accounts_far_below_their_peers(by):
    rows = rk.room_to_grow(peers(), by=by)

    assert list(rows["account"]) == ["account 0"]
    assert rows.loc[0, "gap"] == 90
    assert rows.loc[0, "below"] == pytest.approx(0.9)
    assert "widest gap is account 0" in rk.say.widest_gap(rows)


def test_too_few_peers_are_no_peers(company):
    rows = rk.room_to_grow(company, by="tenure", settled=0)

    assert rows.empty
    assert rk.say.widest_gap(rows).quiet


def test_breakdown_takes_what_was_asked_then_what_is_usual(company):
    assert rk.notebook.breakdown(peers(), "subscriptions", "tenure") == "tenure"
    assert rk.notebook.breakdown(peers(), "subscriptions") == "segment"
    assert rk.notebook.breakdown(company, "subscriptions") == "tenure"


def test_since_counts_complete_months(company):
    assert rk.notebook.since(company, months=12) == date(2025, 2, 1)
    assert rk.notebook.since(company, "2025-06-15") == date(2025, 6, 15)


def test_new_business_is_everything_where_deals_do_not_say(company):
    deals = pd.DataFrame({"opportunity_id": ["a", "b"], "kind": ["new", "renewal"],
                          "created_on": "2026-01-01", "closed_on": "2026-01-02",
                          "is_won": True, "amount": 1.0})  # fmt: skip
    said = rk.Dataset(opportunities=deals, as_of="2026-01-31")
    unsaid = rk.Dataset(opportunities=deals.drop(columns="kind"), as_of="2026-01-31")

    assert rk.metrics.win_rate(rk.notebook.new_business(said))["n"].sum() == 1
    assert rk.metrics.win_rate(rk.notebook.new_business(unsaid))["n"].sum() == 2
    assert rk.notebook.new_business(company) is company


PARTS = ["opening", "new", "expansion", "reactivation", "contraction", "churn", "net", "closing"]


def by_segment() -> rk.Dataset:
    accounts = pd.DataFrame({"account_id": list("abcd"), "segment": ["x", "x", "y", "y"]})
    return rk.Dataset(subscriptions=LEDGER, accounts=accounts, as_of="2026-01-31", currency="USD")


def test_a_bridge_has_one_row_per_group_and_period():
    rows = rk.bridge(by_segment(), by="segment", start="2026-01-01")

    assert list(rows.columns[:2]) == ["segment", "period"]
    assert rows.set_index("segment").loc["x", PARTS].tolist() == [200, 0, 50, 0, 0, 100, -50, 150]
    assert rows.set_index("segment").loc["y", PARTS].tolist() == [100, 80, 0, 0, 0, 0, 80, 180]


def test_the_groups_of_a_bridge_add_up_to_the_whole_to_the_cent(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")

    groups = rk.bridge(company, by="segment", period="quarter")
    whole = rk.bridge(company, period="quarter").set_index("period")
    summed = groups.groupby("period")[PARTS].sum()

    assert (summed - whole[PARTS]).abs().to_numpy().max() < 0.005
    assert (groups["opening"] + groups["net"] - groups["closing"]).abs().max() < 0.005


@pytest.mark.parametrize(("start", "opening"), [(None, 0), ("2026-01-01", 300)])
def test_a_bridge_of_the_whole_range_is_one_row(company, start, opening):
    rows = rk.bridge(company, period=None, start=start)

    assert len(rows) == 1
    assert (rows.loc[0, "opening"], rows.loc[0, "closing"]) == (opening, 330)
    assert rk.say.growth(rows).startswith("MRR grew by")
    assert "\u00a0%" in rk.say.sources(rows)
    with pytest.raises(rk.errors.PeriodError, match="period=None"):
        rk.charts.bridge(rows)


def test_a_sentence_about_a_bridge_of_groups_says_that_it_needs_the_whole():
    rows = rk.bridge(by_segment(), by="segment", start="2026-01-01")

    for say in (rk.say.growth, rk.say.sources, rk.charts.bridge):
        with pytest.raises(rk.errors.DimensionError, match="segment"):
            say(rows)


def test_a_bridge_asks_its_metrics_in_one_batch(company, monkeypatch):
    from revkit.algebra.plan import Plan

    batches = set()
    frame = Plan.frame

    def watched(plan):
        batches.add(id(plan._batch))
        return frame(plan)

    monkeypatch.setattr(Plan, "frame", watched)
    rk.bridge(company)

    assert len(batches) == 1


@pytest.mark.parametrize("by", ["tenure", "size", ["segment", "size"]])
def test_a_bridge_by_what_accounts_change_themselves_is_refused(by):
    with pytest.raises(rk.errors.DimensionError, match="from one period to the next"):
        rk.bridge(by_segment(), by=by)


def test_sentences_about_flows_are_italian_too():
    frame = pd.DataFrame(
        {
            "period": pd.to_datetime(["2026-07-01"]), "opening": [1000.0], "new": [300.0],
            "expansion": [500.0], "reactivation": [0.0], "contraction": [50.0], "churn": [150.0],
            "net": [600.0], "closing": [1_600_000.0], "complete": [True],
        }
    )  # fmt: skip
    frame.attrs = {"metric": "mrr", "currency": "EUR", "period": "month"}

    found = rk.say.growth(frame, language="it").replace("\u00a0", " ")
    assert found == (
        "MRR in aumento di 600 € in lug 2026, a 1,60 Mln €: il più in entrata da espansione "
        "(500 €), il più in uscita per abbandono (150 €)."
    )
    assert rk.say.sources(frame, language="it").replace("\u00a0", " ") == (
        "Espansione: 62 % dell'MRR acquisito in 1 periodo (500 € su 800 €), più di "
        "quanto si è perso per contrazione e abbandono (200 €)."
    )
