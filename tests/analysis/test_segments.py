"""rk.segments: which segment stands out of all that is compared, by the catalogue's metrics."""

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.audience.wording import findings
from revkit.errors import DataError, DimensionError, TableError
from revkit.language import language


def company(wins, deals=200, **columns):
    """Two segments; `wins` of each hundred deals of A are won, 20 of each hundred of B.

    ``columns`` replace those of accounts.
    """
    number = range(2 * deals)
    segment = ["A" if at % 2 else "B" for at in number]
    share = {"A": wins, "B": 20}
    won = [(at // 2) % 100 < share[name] for at, name in zip(number, segment, strict=True)]
    ids = [f"{at:04}" for at in number]
    accounts = pd.DataFrame({"account_id": ids, "segment": segment}).assign(**columns)
    opportunities = pd.DataFrame({"opportunity_id": ids, "account_id": ids, "is_won": won})
    opportunities = opportunities.assign(
        created_on="2025-03-01", closed_on="2025-05-01", amount=1200.0, kind="new"
    )
    paying = opportunities[opportunities["is_won"]]
    subscriptions = pd.DataFrame({
        "subscription_id": paying["account_id"], "account_id": paying["account_id"],
        "started_on": "2025-05-01", "ended_on": None, "mrr": 100.0,
    })  # fmt: skip
    return rk.Dataset(
        accounts=accounts, opportunities=opportunities, subscriptions=subscriptions,
        as_of="2025-12-31",
    )  # fmt: skip


def test_a_segment_that_is_won_more_often_is_named():
    found = rk.segments(company(50), "segment")

    said = (
        "A is won at 50.0 %, all others at 20.0 %.",
        "B is won at 20.0 %, all others at 50.0 %.",
    )
    assert set(said) & {one.replace("\u00a0", " ") for one in found.findings}
    row = found.table.set_index("segment").loc["A"]
    assert row[["n", "customers", "accounts", "ours"]].tolist() == [200, 100, 200, 0.5]
    assert row["cycle"] == 61
    assert found.contrasts.set_index(["measure", "segment"]).loc[("win_rate", "A"), "stands_out"]


def test_equal_segments_are_quiet():
    found = rk.segments(company(20), "segment")

    assert found.findings == []
    assert not found.contrasts["stands_out"].any()


def test_its_figures_are_those_of_the_catalogue():
    data = rk.generate("baseline", accounts=400, seed=2).data

    found = rk.segments(data, "segment")

    rate = rk.metrics.win_rate(
        data.where(kind="new"), by="segment", period=None, start="2025-01-01"
    ).set_index("segment")["value"]
    table = found.table.set_index("segment")
    pd.testing.assert_series_equal(
        table["win_rate"].sort_index(), rate.sort_index(), check_names=False, check_index_type=False
    )
    spent = rk.metrics.cost_per_opportunity(data, period=None, start="2025-01-01")["value"].iloc[0]
    for _, row in table.dropna(subset=["returned", "low"]).iterrows():
        assert row["returned"] == pytest.approx(row["win_rate"] * row["worth"] / spent)
        assert row["low"] < row["returned"] < row["high"]
    assert "cost" in found.notes[0]


def test_pairs_are_segments_too():
    data = rk.generate("baseline", accounts=300, seed=2).data

    found = rk.segments(data, ["segment", "industry"], language="it")

    assert found.table.columns[:2].tolist() == ["segment", "industry"]
    assert not found.table.duplicated(["segment", "industry"]).any()
    assert "costo" in repr(found) or "costino" in repr(found)


def test_one_segment_and_no_deals_say_nothing():
    data = company(50).where(segment="A")

    assert rk.segments(data, "segment").findings == []


def test_a_company_without_deals_is_refused_by_what_it_lacks():
    data = rk.Dataset(subscriptions=company(50).subscriptions.to_pyarrow(), as_of="2025-12-31")

    with pytest.raises(TableError, match="opportunities"):
        rk.segments(data)


def test_accounts_none_of_which_has_a_segment_are_one():
    """Also for the lifetime value, which is a table that the engine does not group."""
    found = rk.segments(company(50, segment=None), "segment")

    assert found.table[["segment", "n"]].to_numpy().tolist() == [["(missing)", 400]]


def test_what_is_no_dimension_is_refused():
    with pytest.raises(DimensionError):
        rk.segments(company(20), "colour")


@pytest.mark.parametrize(("high", "sent"), [(60.0, True), (9_000.0, False)])
def test_nobody_is_sent_where_the_return_cannot_be_told(high, sent):
    table = pd.DataFrame(
        {"segment": ["A"], "returned": [40.0], "low": [20.0], "high": [high], "lift": [6.0],
         "n": [74.0]}
    )  # fmt: skip
    table.attrs = {"units": {"returned": "ratio"}, "currency": "EUR"}
    clear = pd.DataFrame({"segment": ["A"], "measure": ["lift"], "stands_out": [True], "p": [0.0]})

    (said,) = findings(table, clear, ["segment"], language("en"))

    assert ("spend on acquisition there first" in said) == sent
    assert ("cannot be told from so few" in said) != sent


def test_a_table_that_is_refused_is_not_one_that_is_missing():
    """All segments would be told to cost the same where an amount of spend is none."""
    told = company(50)
    tables = {name: told.lookup(name).to_pyarrow().to_pandas() for name in told.tables}
    spend = pd.DataFrame({"spend_id": ["a", "b"], "spent_on": "2025-03-01", "channel": "Ads",
                          "function": "marketing", "amount": [100.0, float("inf")]})  # fmt: skip

    with pytest.raises(DataError, match="not a finite number"):
        rk.segments(rk.Dataset(**tables, spend=spend, as_of="2025-12-31"), "segment")
