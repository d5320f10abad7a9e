"""A name means the nearest column, and two that are equally near are an error."""

import pandas as pd
import pytest

from revkit.dataset import Dataset
from revkit.dimensions import attach, find, reachable, resolve
from revkit.errors import DataError, DimensionError


@pytest.fixture
def data():
    return Dataset(
        opportunities=pd.DataFrame(
            {
                "opportunity_id": ["o1", "o2", "o3", "o4"],
                "account_id": ["a1", "a2", "gone", None],
                "rep_id": ["r1", "r2", "r1", None],
                "product_id": ["p1", "p1", None, None],
                "source": ["web", None, "web", "fair"],
            }
        ),
        accounts=pd.DataFrame(
            {
                "account_id": ["a1", "a2"],
                "name": ["Acme", "Bolt"],
                "segment": ["SMB", None],
                "region": ["North", "South"],
                "rep_id": ["r2", "r1"],
            }
        ),
        reps=pd.DataFrame(
            {
                "rep_id": ["r1", "r2"],
                "name": ["Rosa", "Ugo"],
                "team": ["Blue", "Red"],
                "region": ["West", "East"],
                "manager_id": ["r2", None],
            }
        ),
        subscriptions=pd.DataFrame(
            {
                "subscription_id": ["s1"],
                "account_id": ["a1"],
                "started_on": ["2026-01-01"],
                "mrr": [10.0],
            }
        ),
    )


@pytest.mark.parametrize(
    ("dimension", "table", "means"),
    [
        ("source", "opportunities", "source"),
        ("segment", "opportunities", "account.segment"),
        ("account", "opportunities", "account.name"),
        ("rep", "opportunities", "rep.name"),
        ("product", "opportunities", "product_id"),
        ("rep.region", "opportunities", "rep.region"),
        ("account.region", "opportunities", "account.region"),
        ("account.rep.team", "opportunities", "account.rep.team"),
        ("rep.manager", "opportunities", "rep.manager.name"),
        ("rep.region", "subscriptions", "account.rep.region"),
        ("rep", "subscriptions", "account.rep.name"),
        ("region", "subscriptions", "account.region"),
        ("region", "accounts", "region"),
        ("account", "accounts", "name"),
        ("account.segment", "accounts", "segment"),
        ("rep", "reps", "name"),
        ("rep.team", "reps", "team"),
        ("opportunity", "opportunities", "opportunity_id"),
    ],
)
def test_a_name_means_the_nearest_column(data, dimension, table, means):
    assert resolve(dimension, table, data.specs).dotted == means


def test_two_columns_equally_near_are_an_error_that_names_both(data):
    with pytest.raises(DimensionError, match=r"in 2 ways: account\.region, rep\.region"):
        resolve("region", "opportunities", data.specs)


@pytest.mark.parametrize("dimension", ["segmnt", "rep.teem", "industry", "account.nothing.team"])
def test_an_unknown_or_absent_column_is_no_dimension(data, dimension):
    assert find(dimension, "opportunities", data.specs) is None
    with pytest.raises(DimensionError, match=f"opportunities has no dimension {dimension!r}"):
        resolve(dimension, "opportunities", data.specs)


def test_the_message_offers_what_is_near_and_what_is_reachable(data):
    with pytest.raises(DimensionError, match=r"Did you mean 'segment'.*account\.region.*source"):
        resolve("segmnt", "opportunities", data.specs)


@pytest.mark.parametrize("table", ["opportunities", "accounts", "reps", "subscriptions"])
def test_every_reachable_name_resolves(data, table):
    for name in reachable(table, data.specs):
        assert resolve(name, table, data.specs)


def attached(data, dimension):
    expr = data.table("opportunities")
    expr = attach(expr, resolve(dimension, "opportunities", data.specs), data.lookup, dimension)
    rows = expr.order_by("opportunity_id").to_pyarrow()
    return rows[dimension].to_pylist()


@pytest.mark.parametrize(
    ("dimension", "values"),
    [
        ("source", ["web", None, "web", "fair"]),
        ("segment", ["SMB", None, None, None]),
        ("account.rep.team", ["Red", "Blue", None, None]),
        ("rep.manager", ["Ugo", None, "Ugo", None]),
    ],
)
def test_null_and_references_not_found_stay_null_and_no_row_is_lost(data, dimension, values):
    assert attached(data, dimension) == values


def test_a_join_refuses_a_key_that_names_two_rows():
    data = Dataset(
        opportunities=pd.DataFrame({"opportunity_id": ["o1"], "account_id": ["a1"]}),
        accounts=pd.DataFrame({"account_id": ["a1", "a1"], "segment": ["SMB", "SMB"]}),
    )

    with pytest.raises(DataError, match=r"each account_id must name one row.*a1 \(2 rows\)"):
        attached(data, "segment")
