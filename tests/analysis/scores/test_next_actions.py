"""rk.next_actions: ranked for whoever is here, within what they can do, safe in a spreadsheet."""

import csv
import io

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.actions.next_actions import _items, scores_of
from revkit.errors import DataError, ParameterError
from tests.analysis.scores import drawn


@pytest.fixture(scope="module")
def data():
    return drawn.deals()


@pytest.fixture(scope="module")
def actions(data):
    return rk.next_actions(data)


def test_stale_and_overdue_deals_are_listed_with_what_to_do(actions):
    rows = actions.rows

    assert set(rows["action"]) == {"deal"}
    assert rows["step"].str.contains("nothing has happened for|was expected").all()
    assert rows["expected"].to_list() == (rows["probability"] * rows["money"]).to_list()


def test_each_owner_has_the_most_valuable_first(actions):
    for _, mine in actions.rows.groupby("owner"):
        assert mine["rank"].to_list() == list(range(1, len(mine) + 1))
        assert mine["expected"].is_monotonic_decreasing


def test_what_was_owned_by_one_who_left_is_unassigned(actions):
    rows = actions.rows

    assert set(rows["owner"]) == {"Ada", "(unassigned)"}
    assert rows["rep_id"].dropna().unique().tolist() == ["r1"]
    assert any("of nobody who is here" in note for note in actions.notes)


def test_an_owner_is_named_by_id_or_name_and_must_be_here(data, actions):
    mine = rk.next_actions(data, "Ada", capacity=2)

    assert len(mine.rows) == 2
    assert mine.rows["id"].to_list() == actions.rows["id"].head(2).to_list()
    with pytest.raises(ParameterError, match="has left"):
        rk.next_actions(data, "Bob")
    with pytest.raises(ParameterError, match="Did you mean 'Ada'"):
        rk.next_actions(data, "Adda")


def test_the_file_for_a_crm_runs_nothing(actions, tmp_path):
    """Every account is called like a formula."""
    text = actions.to_csv(tmp_path / "actions.csv")
    cells = list(csv.reader(io.StringIO(text)))

    assert (tmp_path / "actions.csv").read_text(encoding="utf-8") == text
    assert len(cells) == len(actions.rows) + 1
    assert all(row[cells[0].index("account")].startswith("'=") for row in cells[1:])
    assert not any(cell.startswith(("=", "@")) for row in cells for cell in row)


def test_steps_are_told_in_italian(actions):
    said = actions.table("it")

    assert said["step"].str.contains("Concordare|Ricontattare").all()
    assert set(said["owner"]) == {"Ada", "(non assegnato)"}
    assert actions.finding("it") != actions.finding("en")


def test_nothing_to_do_is_an_empty_list():
    done = {"opportunity_id": ["1"], "created_on": ["2026-01-01"], "closed_on": ["2026-02-01"],
            "is_won": [True], "amount": [1.0]}  # fmt: skip
    nothing = rk.next_actions(rk.Dataset(opportunities=pd.DataFrame(done)))

    assert nothing.rows.empty
    assert nothing.to_csv().count("\n") == 1
    assert nothing.finding() == "There is nothing to act on."
    reps = pd.DataFrame({"rep_id": ["r1"], "name": ["Ada"]})
    assert rk.next_actions(rk.Dataset(as_of="2026-01-31", reps=reps)).rows.empty


def test_money_that_is_not_known_is_not_told_as_none(data):
    deals = data.opportunities.to_pandas().assign(amount=float("nan"))
    unpriced = rk.next_actions(rk.Dataset(as_of=drawn.AS_OF, opportunities=deals))

    assert unpriced.rows["expected"].isna().all()
    assert "with – expected" in unpriced.finding("en")


def test_owners_that_nobody_recorded_are_not_told_as_none(data):
    deals = data.opportunities.to_pandas().drop(columns="rep_id")
    owned_by_nobody = rk.next_actions(rk.Dataset(as_of=drawn.AS_OF, opportunities=deals))

    assert "actions for owners who are not on record, of" in owned_by_nobody.finding("en")


def test_a_customer_who_may_leave_is_offered_nothing():
    rows = rk.next_actions(drawn.customers()).rows

    assert "save" in set(rows["action"])
    assert not rows["id"].duplicated().any()


def test_one_kind_of_action_is_listed_alone(data, actions):
    assert rk.next_actions(data, only="save").rows.empty
    best = rk.next_actions(data, only="deal", capacity=3).best(2)
    assert best["expected"].to_list() == sorted(actions.rows["expected"], reverse=True)[:2]


def test_a_table_that_is_refused_is_not_one_that_is_missing():
    """Nothing to act on would be said of customers whose subscriptions count twice."""
    twice = pd.DataFrame({"subscription_id": ["S", "S"], "account_id": ["A", "B"], "mrr": 10.0,
                          "started_on": "2024-01-01", "ended_on": None})  # fmt: skip

    with pytest.raises(DataError, match="must name one row"):
        rk.next_actions(rk.Dataset(subscriptions=twice, as_of="2026-06-30"))


def test_peers_are_all_customers_of_the_segment_not_those_who_are_likely_to_grow():
    data = rk.generate(accounts=500, months=30, seed=5).data
    paid = data.table("subscriptions").to_pyarrow().to_pandas()
    there = paid["ended_on"].isna() | (pd.to_datetime(paid["ended_on"]) > pd.Timestamp(data.as_of))
    paid = paid[there].groupby("account_id")["mrr"].sum()
    accounts = data.table("accounts").to_pyarrow().to_pandas().set_index("account_id")
    segment = accounts["segment"].reindex(paid.index)
    scores, _notes = scores_of(data, 90, "expand")

    rows = _items(scores, data).dropna(subset=["gap"])

    usual = paid.groupby(segment).median()
    assert len(rows) > 3
    assert rows["gap"].tolist() == pytest.approx(
        (rows["segment"].map(usual) - rows["mrr"]).tolist()
    )
