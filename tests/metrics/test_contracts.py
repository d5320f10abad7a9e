"""Contracts: products attached, and renewals along their chain."""

import pytest

import revkit as rk

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
