"""Contracts: products attached, and renewals along their chain."""

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError

MARCH = {"start": "2026-03-01"}


@pytest.mark.parametrize("by", ["product_id", "product.product_id"])
def test_products_attached_are_over_all_accounts_by_any_column_of_theirs(by):
    data = rk.example("economics")

    named = rk.metrics.attach_rate(data, **MARCH)
    keyed = rk.metrics.attach_rate(data, by=by, **MARCH)

    assert keyed["value"].tolist() == named["value"].tolist() == [1.0, pytest.approx(1 / 12)]


def test_products_attached_by_segment_are_over_the_accounts_of_the_segment():
    found = rk.metrics.attach_rate(rk.example("economics"), by=["segment", "product_id"], **MARCH)

    assert found["n"].tolist() == [7, 5, 5]


# Renewals


def company(*contracts):
    """Contracts: id, account, start, end, MRR, end of term, the contract it renews."""
    columns = [
        "subscription_id", "account_id", "started_on", "ended_on", "mrr", "term_ends_on",
        "renewed_from",
    ]  # fmt: skip
    frame = pd.DataFrame([(*c, None)[:7] for c in contracts], columns=columns)
    for column in columns:
        if column.endswith("_on"):
            frame[column] = pd.to_datetime(frame[column])
    return rk.Dataset(as_of="2025-12-31", subscriptions=frame)


def january(data, metric="renewal_rate_mrr", **how):
    found = getattr(rk.metrics, metric)(data, start="2025-01-01", end="2025-02-01", **how)
    return round(found["value"].item(), 4)


OLD = ("C1", "A", "2024-01-01", "2025-01-01", 100.0, "2025-01-01")


def test_an_addition_within_a_term_is_due_with_it():
    data = company(
        OLD,
        ("add", "A", "2024-09-01", "2025-01-01", 50.0, "2025-01-01"),
        ("C2", "A", "2025-01-01", None, 100.0, "2026-01-01", "C1"),
    )

    assert january(data) == january(data, "net_renewal_rate_mrr") == 0.6667
    assert january(data, "renewal_rate") == 0.5


def test_a_short_contract_by_itself_is_no_decision():
    short = ("C1", "A", "2024-09-01", "2025-01-01", 100.0, "2025-01-01")
    other = ("D1", "B", "2024-01-01", None, 100.0, "2025-01-01")

    assert january(company(short, other), "renewal_rate") == 1.0


@pytest.mark.parametrize("links", [1, 2, 5, 12])
def test_a_renewal_is_followed_along_its_chain(links):
    """Each contract of the chain lasts a day but the last, which stays."""
    days = pd.date_range("2025-01-01", periods=links + 1)
    chain = [
        (f"C{n + 2}", "A", days[n], days[n + 1] if n + 1 < links else None, 90.0,
         "2026-01-01", f"C{n + 1}")
        for n in range(links)
    ]  # fmt: skip
    data = company(OLD, *chain)

    assert january(data) == january(data, "net_renewal_rate_mrr", within=0) == 0.9


def test_a_chain_that_breaks_within_the_grace_is_no_renewal():
    data = company(OLD, ("C2", "A", "2025-01-01", "2025-01-20", 100.0, "2026-01-01", "C1"))

    assert january(data) == january(data, "renewal_rate") == 0.0


@pytest.mark.parametrize(("within", "expected"), [(30, 0.0), (59, 0.0), (60, 0.8), (None, 0.8)])
def test_a_late_renewal_counts_when_the_days_allow_it(within, expected):
    late = ("C2", "A", "2025-03-02", None, 80.0, "2026-03-01", "C1")  # 60 days past the term

    assert january(company(OLD, late), within=within) == expected
    assert january(company(OLD, late), "net_renewal_rate_mrr", within=within) == expected


AGAIN = ("C2", "A", "2025-01-01", None, 120.0, "2026-01-01")


@pytest.mark.parametrize("metric", ["renewal_rate", "renewal_rate_mrr", "net_renewal_rate_mrr"])
def test_a_renewal_under_a_new_id_without_a_link_is_not_taken_for_a_loss(metric):
    linked = company(OLD, AGAIN)
    for data in (linked, without_links(linked)):
        with pytest.raises(
            DataError, match="not known, in 1 row, such as subscription_id=C1"
        ) as no:
            january(data, metric)
        assert "ignore: [subscriptions.renewed_from]" in str(no.value)


def without_links(data, **how):
    rows = data.subscriptions.to_pandas().drop(columns="renewed_from")
    return rk.Dataset(as_of="2025-12-31", subscriptions=rows, **how)


def test_links_are_asked_for_only_where_a_contract_follows():
    late = ("C2", "A", "2025-03-02", None, 120.0, "2026-03-01")
    other = ("D1", "B", "2025-01-01", None, 100.0, "2026-01-01")
    same = ("C1", "A", "2025-01-01", None, 100.0, "2026-01-01")
    brief = ("C2", "A", "2025-01-01", "2025-01-20", 100.0, "2025-01-20")

    for next_one in (late, other, brief):
        assert january(without_links(company(OLD, next_one))) == 0.0
    assert january(without_links(company(OLD, same))) == 1.0
    before = ("E1", "E", "2024-06-01", "2025-05-01", 10.0, "2025-05-01")
    linked = ("E2", "E", "2025-05-01", None, 10.0, "2026-05-01", "E1")
    assert january(company(OLD, AGAIN, before, linked)) == 0.0
    own = without_links(company(OLD, AGAIN), ignore=["subscriptions.renewed_from"])
    assert january(own) == 0.0


def test_contracts_that_name_each_other_are_followed_once():
    data = company((*OLD, "C2"), ("C2", "A", "2025-01-01", None, 100.0, "2026-01-01", "C1"))

    assert january(data) == 1.0
