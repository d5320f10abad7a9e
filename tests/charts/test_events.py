"""Campaigns and price changes on a time axis: few, named, and apart from each other."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

import revkit as rk


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def marks(*rows):
    columns = ["kind", "name", "starts_on", "ends_on", "change"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"starts_on": "datetime64[us]", "ends_on": "datetime64[us]"})


def trend():
    ax = plt.figure(figsize=(8, 3.8)).subplots()
    ax.plot(pd.date_range("2025-01-01", periods=12, freq="MS"), range(12))
    return ax


def test_a_campaign_is_a_band_and_a_price_a_line_with_its_change():
    ax = trend()
    before = ax.get_xlim()

    rk.charts.events(
        marks(
            ("campaign", "Spring fair", "2025-03-01", "2025-04-01", None),
            ("price", "Starter", "2025-08-01", None, 0.12),
            ("price", "Too early", "2020-01-01", None, 0.12),
        ),
        ax=ax,
    )

    assert [text.get_text().strip() for text in ax.texts] == ["Spring fair", "Starter +12.0\xa0%"]
    assert len(ax.patches) == 1
    assert len(ax.lines) == 2
    assert ax.get_xlim() == before


def test_names_do_not_overlap():
    ax = trend()
    many = [("price", f"Product {at}", f"2025-0{at}-01", None, 0.1) for at in range(5, 9)]

    rk.charts.events(marks(*many), ax=ax)

    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(one.overlaps(two) for one in boxes for two in boxes if one is not two)
    frame = ax.get_window_extent()
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)


def test_without_an_event_the_chart_stays_as_it_was():
    ax = trend()
    before = ax.get_ylim()

    rk.charts.events(rk.notebook.events(rk.example("deals")), ax=ax)

    assert not ax.texts
    assert ax.get_ylim() == before


def company(costs):
    names = [f"c{at}" for at in range(len(costs))]
    campaigns = pd.DataFrame({"campaign_id": names, "name": [f"Campaign {one}" for one in names]})
    campaigns = campaigns.assign(channel="Events", started_on="2025-06-01", ended_on="2025-07-01")
    spend = pd.DataFrame({"campaign_id": names, "amount": costs}).assign(spent_on="2025-06-05")
    spend = spend.assign(spend_id=names, function="marketing", category="programs")
    return rk.Dataset(campaigns=campaigns, spend=spend, as_of="2025-12-31")


def test_of_many_campaigns_those_that_stand_out_are_told():
    told = rk.notebook.events(company([100, 110, 90, 105, 400]))
    usual = rk.notebook.events(company([100, 110, 90, 105, 95]))
    few = rk.notebook.events(company([100, 110]))

    assert told["name"].tolist() == ["Campaign c4"]
    assert told["ends_on"].tolist() == [pd.Timestamp("2025-07-01")]
    assert usual.empty
    assert len(few) == 2


def test_a_step_of_a_list_price_is_told_from_its_month_on():
    months = pd.date_range("2024-01-01", periods=24, freq="MS")
    rows = pd.DataFrame({"started_on": months}).assign(product_id="p", mrr=100.0, quantity=1)
    rows["account_id"] = [f"a{at}" for at in range(24)]
    rows["subscription_id"] = rows["account_id"]
    rows["list_unit_price"] = [10.0] * 14 + [12.0] * 10
    data = rk.Dataset(subscriptions=rows.assign(ended_on=None), as_of="2025-12-31")

    told = rk.notebook.events(data)

    assert told[["kind", "name"]].to_numpy().tolist() == [["price", "p"]]
    assert told.loc[0, "starts_on"] == pd.Timestamp("2025-03-01")
    assert told.loc[0, "change"] == pytest.approx(0.2)
