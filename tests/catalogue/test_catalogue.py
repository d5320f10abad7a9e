"""The catalogue: complete, narrowed by team and table, and the reference written from it."""

from __future__ import annotations

from pathlib import Path

import pytest

import revkit as rk
from revkit.catalogue.reference import markdown, metric_reference
from tests.support.laws.excused import EXCUSED
from tests.support.laws.laws import LAWS

DATA = Path(__file__).parents[1] / "data"
PROMISED = (DATA / "metrics.csv").read_text(encoding="utf-8").split()[1:]
CATALOGUE = rk.catalog().set_index("name")
OWN = CATALOGUE[CATALOGUE["module"].str.startswith("revkit.")]


@pytest.mark.parametrize("name", PROMISED)
def test_what_was_promised_is_there(name):
    assert callable(getattr(rk.metrics, name))
    assert name in CATALOGUE.index


DEFINED = ["title", "title_it", "owner", "unit", "better", "formula", "tables", "reference"]


@pytest.mark.parametrize("name", OWN.index)
def test_no_metric_lacks_a_definition(name):
    assert all(CATALOGUE.loc[name, column].strip() for column in DEFINED)


@pytest.mark.parametrize("name", OWN.index)
def test_no_metric_lacks_a_law(name):
    """Held to a law is who is not excused on each of its companies; two laws at most are missed."""
    excused = {key for key, names in EXCUSED.items() if name in names}
    held = {law for law, (_, on) in LAWS.items() if {(law, company) for company in on} - excused}

    assert len(LAWS) > 10
    assert excused <= {(law, company) for law, (_, on) in LAWS.items() for company in on}
    assert len(LAWS.keys() - held) <= 2


def test_titles_are_told_apart():
    assert OWN["title"].is_unique
    assert OWN["title_it"].is_unique


def test_it_is_narrowed_by_team():
    sales, revenue = rk.catalog(owner="SalesOps"), rk.catalog(owner="RevOps")
    shared = rk.catalog(owner="both")

    assert set(sales["owner"]) == {"SalesOps", "both"}
    assert set(revenue["owner"]) == {"RevOps", "both"}
    assert set(sales["name"]) & set(revenue["name"]) == set(shared["name"])
    assert set(sales["name"]) | set(revenue["name"]) == set(CATALOGUE.index)


def test_it_is_narrowed_by_table_also_through_what_is_derived_from_it():
    assert {"cac", "cost_per_lead"} <= set(rk.catalog(table="spend")["name"])
    assert {"mrr", "churn_rate"} <= set(rk.catalog(table="subscriptions")["name"])
    assert set(rk.catalog(table="movements")["name"]) <= set(
        rk.catalog(table="subscriptions")["name"]
    )
    assert "win_rate" not in set(rk.catalog(table="subscriptions")["name"])
    assert rk.catalog(table="price_tests").empty
    assert list(rk.catalog(table="price_tests").columns) == ["name", *CATALOGUE.columns]


def test_a_wrong_team_or_table_is_refused():
    with pytest.raises(rk.errors.ParameterError, match=r"owner must be one of .*mean 'RevOps'"):
        rk.catalog(owner="Revops")
    with pytest.raises(rk.errors.TableError, match="Did you mean 'spend'"):
        rk.catalog(table="spends")


def test_the_reference_is_what_make_docs_writes(pytestconfig):
    written = (pytestconfig.rootpath / "docs" / "metrics.md").read_text("utf-8")

    assert written == metric_reference(), "run `make docs`"
    assert all(f"### {name}\n" in written for name in OWN.index)


def test_the_reference_is_markdown():
    text = metric_reference()

    assert ".. math::" not in text
    assert ":func:" not in text
    assert markdown(".. math:: a \\\\\n   b\n\nc") == "$$ a \\\\ b $$\n\nc"
