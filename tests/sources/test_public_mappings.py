"""Two public data sets through their mappings, against what pandas reads in the same files."""

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from revkit.dimensions import resolve
from revkit.sources import load

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", ROOT.parent / "shared" / "data"))


def public(name):
    folder = PUBLIC / name
    if not folder.is_dir():
        pytest.skip(f"no public data at {folder}; set REVKIT_PUBLIC_DATA to where it is")
    return folder


@pytest.fixture(scope="module")
def maven():
    return load(public("maven_crm"), mapping=ROOT / "examples" / "maven_crm.yaml")


def test_every_deal_of_the_crm_export_loads(maven):
    theirs = pd.read_csv(public("maven_crm") / "sales_pipeline.csv")

    deals = maven.opportunities.to_pandas()

    assert len(deals) == len(theirs) == 8800
    assert deals["created_on"].isna().sum() == 500
    assert deals["account_id"].isna().sum() == 1425
    assert deals["is_won"].sum() == (theirs["deal_stage"] == "Won").sum() == 4238
    assert (deals["is_won"] == False).sum() == 2473  # noqa: E712  null is neither
    assert deals.loc[deals["is_won"] == True, "amount"].sum() == 10_005_534  # noqa: E712
    assert maven.as_of == date(2017, 12, 31)


def test_no_product_industry_or_agent_is_left_unmatched(maven):
    for table in ("products", "reps"):
        deals, others = maven.opportunities, maven.table(table)
        key = f"{table[:-1]}_id"

        assert deals.anti_join(others, key).count().execute() == 0
    assert "technolgy" not in maven.accounts.industry.to_pandas().tolist()


@pytest.mark.parametrize(
    ("dimension", "means"),
    [
        ("rep", "rep.name"),
        ("product", "product.name"),
        ("rep.region", "rep.region"),
        ("region", "rep.region"),
        ("team", "rep.team"),
        ("industry", "account.industry"),
        ("family", "product.family"),
        ("deal_stage", "deal_stage"),
    ],
)
def test_the_crm_export_can_be_grouped_by(maven, dimension, means):
    assert resolve(dimension, "opportunities", maven.specs).dotted == means


def test_the_cut_ledger_is_known_up_to_the_day_its_mapping_says():
    folder, mapping = public("mrr_playbook"), ROOT / "examples" / "mrr_playbook.yaml"
    theirs = pd.read_csv(folder / "subscription_periods.csv")

    cut, whole = load(folder, mapping=mapping), load(folder, mapping=mapping, as_of="2020-12-31")

    later = theirs["end_date"][theirs["start_date"] <= "2019-11-30"] > "2019-11-30"
    assert cut.as_of == date(2019, 11, 30)
    assert "the file is cut" in repr(cut)
    assert cut.subscriptions.ended_on.isnull().sum().execute() == later.sum()
    assert whole.subscriptions.count().execute() == len(theirs)
    assert whole.subscriptions.mrr.sum().execute() == theirs["monthly_amount"].sum()
    assert whole.subscriptions.ended_on.isnull().sum().execute() == 0
