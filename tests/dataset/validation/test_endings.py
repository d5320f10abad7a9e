"""Subscriptions that are over: since when, and with what they had paid."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError
from tests.support.ways import WAYS, opened

MARCH = {"period": "month", "start": "2025-03-01", "end": "2025-04-01"}


END = date(2025, 3, 9)


def subscriptions(status, ended=(None,) * 4, mrr=(100.0, 50.0, 90.0, 30.0)):
    return pd.DataFrame(
        {
            "subscription_id": list("abcd"),
            "account_id": list("abcd"),
            "started_on": [date(2025, 1, 1)] * 4,
            "ended_on": pd.Series(list(ended), dtype=object),
            "mrr": list(mrr),
            "status": status,
        }
    )


@pytest.mark.parametrize("how", WAYS)
def test_a_subscription_that_is_over_without_a_day_is_refused(how, tmp_path):
    status = ["active", "ended", "Ended ", "active"]
    tables = {"subscriptions": subscriptions(status, [None, END, None, None])}
    with pytest.raises(DataError) as refusal:
        rk.metrics.mrr(opened(how, tmp_path, tables, as_of="2025-03-31"))
    said = str(refusal.value)
    assert "status says that the subscription is over, and ended_on is empty in 1 row" in said
    assert "ended_on: canceled_at" in said
    assert "set_aside: [subscriptions.ended_without_day]" in said
    (found,) = [
        one
        for one in opened(how, tmp_path, tables, as_of="2025-03-31").check().findings
        if one.rule == "ended_without_day"
    ]
    assert (found.severity, found.bad, found.examples) == ("refused", 1, ("c|2025-01-01",))


@pytest.mark.parametrize("how", WAYS)
def test_a_subscription_that_is_over_counts_until_its_end(how, tmp_path):
    table = subscriptions(["active", "ended", "Ended", "trialing"], [None, END, END, None])
    data = opened(how, tmp_path, {"subscriptions": table}, as_of="2025-03-31")
    assert rk.metrics.mrr(data, start="2025-02-01").value.tolist() == [240.0, 100.0]
    assert rk.metrics.churned_mrr(data, **MARCH).value.tolist() == [140.0]
    words = data.subscriptions.order_by("subscription_id").to_pyarrow()["status"].to_pylist()
    assert words == ["active", "active", "active", "trialing"]
    # as known before its end, it is one that goes on
    assert rk.metrics.mrr(data.replay("2025-02-28"), start="2025-02-01").value.tolist() == [240.0]


def test_rows_without_a_day_can_be_set_aside():
    table = subscriptions(["active", "ended", "active", "active"])
    data = rk.Dataset(
        subscriptions=table, as_of="2025-03-31", set_aside=["subscriptions.ended_without_day"]
    )
    assert rk.metrics.mrr(data, **MARCH).value.tolist() == [220.0]
    assert data.notes[0].rows == 1


def test_a_word_for_the_end_is_guessed_to_be_one():
    for word in ("canceled", "Cancelled by customer", "gekündigt", "scaduto", "résilié"):
        table = subscriptions(["active", word, "active", "active"])
        with pytest.raises(DataError, match=rf'"?{word}"?: ended'):
            rk.metrics.mrr(rk.Dataset(subscriptions=table, as_of="2025-03-31"), **MARCH)


def test_a_0_written_at_the_end_of_each_is_refused_and_of_some_is_noted():
    def company(mrr, **more):
        table = subscriptions(["active", *["ended"] * 3], [None, *[END] * 3], mrr)
        return rk.Dataset(subscriptions=table, as_of="2025-03-31", **more)

    with pytest.raises(DataError, match=r"mrr is 0 in each subscription .* in 3 rows"):
        rk.metrics.churned_mrr(company([100.0, 0.0, 0.0, 0.0]), **MARCH)
    aside = company([100.0, 0.0, 0.0, 0.0], set_aside=["subscriptions.ended_at_zero"])
    assert rk.metrics.mrr(aside, **MARCH).value.tolist() == [100.0]
    # a plan without a price, of which one goes on, or one of several that were paid
    for data in (company([0.0] * 4), company([100.0, 0.0, 0.0, 9.0])):
        rk.metrics.churned_mrr(data, **MARCH)
        assert "over is 0: no churn counts them" in " ".join(map(str, data.notes))
    assert not company([100.0, 5.0, 5.0, 9.0]).notes
