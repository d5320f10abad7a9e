"""Three public data sets, against figures computed here with pandas alone.

They are not in the repository: REVKIT_PUBLIC_DATA says where they are.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import revkit as rk

ROOT = Path(__file__).parents[2]
PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", ROOT / "../shared/data"))
CRM, LEDGER = PUBLIC / "maven_crm", PUBLIC / "mrr_playbook"
TELCO = PUBLIC / "telco_churn"


def needs(folder):
    return pytest.mark.skipif(
        not folder.is_dir(), reason=f"{folder.name} is not in {PUBLIC}: set REVKIT_PUBLIC_DATA"
    )


# A CRM export: 8,800 deals


@pytest.fixture(scope="module")
def crm():
    return rk.load(CRM, mapping=ROOT / "examples/maven_crm.yaml")


@pytest.fixture(scope="module")
def deals():
    """The export as pandas reads it, with its offices joined on."""
    rows = pd.read_csv(CRM / "sales_pipeline.csv").replace({"product": {"GTXPro": "GTX Pro"}})
    for column in ("engage_date", "close_date"):
        rows[column] = pd.to_datetime(rows[column], format="%m/%d/%Y")
    offices = pd.read_csv(CRM / "sales_teams.csv")
    rows = rows.merge(offices, on="sales_agent", how="left", validate="many_to_one")
    return rows.assign(won=rows["deal_stage"] == "Won", closed=rows["close_date"].notna())


@needs(CRM)
def test_the_crm_as_a_whole(crm, deals):
    won = deals[deals["won"]]
    days = (won["close_date"] - won["engage_date"]).dt.days
    expected = {
        "win_rate": len(won) / deals["closed"].sum(),
        "won_amount": won["close_value"].sum(),
        "deal_size": won["close_value"].mean(),
        "median_deal_size": won["close_value"].median(),
        "sales_cycle": days.mean(),
        "median_sales_cycle": days.median(),
        "win_loss_ratio": len(won) / (deals["deal_stage"] == "Lost").sum(),
        "close_rate": len(won) / deals["engage_date"].notna().sum(),
    }

    found = {name: getattr(rk.metrics, name)(crm, period=None)["value"].item() for name in expected}

    assert found == pytest.approx(expected)
    assert [round(found[name], 4) for name in ("win_rate", "won_amount")] == [0.6315, 10_005_534]
    assert [round(found[name], 2) for name in ("deal_size", "sales_cycle")] == [2360.91, 51.78]


@needs(CRM)
@pytest.mark.parametrize(
    ("by", "column"),
    [("rep", "sales_agent"), ("product", "product"), ("rep.region", "regional_office")],
)
def test_velocity_of_the_crm(crm, deals, by, column):
    expected = {}
    # deals were decided from March on: of those of the months before only the lasting ones are here
    first = deals["close_date"].min().to_period("M").start_time
    until = pd.Timestamp(crm.as_of) + pd.Timedelta(days=1)
    for group, rows in deals.groupby(column):
        won, closed = rows[rows["won"]], rows[rows["closed"]]
        ended = rows["close_date"].fillna(until)
        opened = (ended - rows["engage_date"].clip(lower=first)).dt.days.sum() / (
            until - first
        ).days
        cycle = (closed["close_date"] - closed["engage_date"]).dt.days.mean()
        rate = len(won) / len(closed)
        expected[group] = opened * rate * won["close_value"].mean() / cycle

    frame = rk.metrics.pipeline_velocity(crm, by=by, period=None)

    assert dict(zip(frame[by], frame["value"], strict=True)) == pytest.approx(expected)


@needs(CRM)
def test_win_rate_of_the_crm_by_quarter_and_office(crm, deals):
    closed = deals[deals["closed"]]
    quarter = closed["close_date"].dt.to_period("Q").dt.start_time
    expected = closed.groupby(["regional_office", quarter])["won"].agg(["mean", "size"])

    frame = rk.metrics.win_rate(crm, by="rep.region", period="quarter")

    found = frame[frame["n"] > 0].set_index(["rep.region", "period"])
    assert found.index.tolist() == expected.index.tolist()
    assert found["value"].tolist() == pytest.approx(expected["mean"].tolist())
    assert found["n"].tolist() == expected["size"].tolist()


@needs(CRM)
def test_deals_without_a_start_or_an_account_load_and_are_said(crm):
    opened = rk.metrics.pipeline_velocity(crm, period=None)
    accounts = rk.metrics.close_rate(crm, by="account_id", period=None)

    assert opened.attrs["undated"]["opportunities.created_on"] == 500
    assert accounts["account_id"].iloc[-1] == "(missing)"


# A subscription ledger: 121 regimes of 55 customers

SUMS = {  # movements by month of the whole file, its end included: how many, how much
    "new": (55, 2295),
    "expansion": (30, 660),
    "reactivation": (3, 150),
    "contraction": (27, -555),
    "churn": (58, -2550),
}


@pytest.fixture(scope="module")
def ledger():
    dates = ["start_date", "end_date"]
    return pd.read_csv(LEDGER / "subscription_periods.csv", parse_dates=dates)


def monthly_movements(ledger, until):
    """One row per customer and month whose MRR changed, from what each pays at month ends."""
    ends = pd.date_range(ledger["start_date"].min(), until, freq="ME")
    levels = pd.DataFrame(
        {
            end: ledger[(ledger["start_date"] <= end) & (ledger["end_date"] > end)]
            .groupby("customer_id")["monthly_amount"]
            .sum()
            for end in ends
        },
        index=sorted(ledger["customer_id"].unique()),
    ).fillna(0.0)
    before = levels.shift(axis=1, fill_value=0.0)
    ever = levels.cummax(axis=1).shift(axis=1, fill_value=0.0) > 0
    kinds = np.select(
        [
            (before == 0) & (levels > 0) & ~ever,
            (before == 0) & (levels > 0),
            (before > 0) & (levels == 0),
            levels > before,
            levels < before,
        ],
        ["new", "reactivation", "churn", "expansion", "contraction"],
        default="",
    )
    rows = pd.DataFrame(
        {
            "period": np.tile(ends.to_period("M").start_time, len(levels)),
            "kind": kinds.ravel(),
            "amount": (levels - before).to_numpy().ravel(),
            "opening": before.to_numpy().ravel(),
        }
    )
    return rows


@needs(LEDGER)
@pytest.mark.parametrize("as_of", ["2020-12-31", None])
def test_movements_of_the_ledger(ledger, as_of):
    """As the file stands, and up to the day that the mapping calls the last one to be trusted."""
    data = rk.load(LEDGER, mapping=ROOT / "examples/mrr_playbook.yaml", as_of=as_of)
    rows = monthly_movements(ledger, data.as_of)
    expected = rows.pivot_table(index="period", columns="kind", values="amount", aggfunc="sum")
    expected = expected.loc[: ledger["end_date"].max()]

    parts = rk.metrics.net_new_mrr.parts(data).set_index("period")

    after = parts.loc[parts.index > expected.index[-1]]
    assert len(after) == (10 if as_of else 0)
    assert after.isna().all(axis=None)
    parts = parts.loc[expected.index]
    for kind in SUMS:
        (column,) = [name for name in parts if f"'{kind}'" in name]
        wanted = expected[kind].fillna(0.0)
        assert parts[column].tolist() == wanted.tolist(), kind
        count, amount = (rows["kind"] == kind).sum(), rows.loc[rows["kind"] == kind, "amount"].sum()
        if as_of is not None:
            assert (count, amount) == SUMS[kind]


@needs(LEDGER)
def test_retention_and_churn_of_the_ledger(ledger):
    data = rk.load(LEDGER, mapping=ROOT / "examples/mrr_playbook.yaml")
    rows = monthly_movements(ledger, data.as_of)
    open_rows = rows[rows["opening"] > 0].assign(
        left=lambda all: all["kind"] == "churn", kept=lambda all: all["opening"] + all["amount"]
    )
    months = open_rows.groupby("period").agg(
        n=("left", "size"), churn=("left", "mean"), opening=("opening", "sum"), kept=("kept", "sum")
    )

    churn = rk.metrics.churn_rate(data).set_index("period").loc[months.index]
    nrr = rk.metrics.nrr(data).set_index("period").loc[months.index]

    assert str(data.as_of) == "2019-11-30"
    assert churn["n"].tolist() == months["n"].tolist()
    assert churn["value"].tolist() == pytest.approx(months["churn"].tolist())
    assert nrr["value"].tolist() == pytest.approx((months["kept"] / months["opening"]).tolist())


@needs(LEDGER)
def test_how_many_moved_in_the_ledger(ledger):
    """The counts that the sums above stand for: one row a customer and month."""
    rows = monthly_movements(ledger, "2020-12-31")

    counts = rows[rows["kind"] != ""].groupby("kind")["amount"].agg(["size", "sum"])

    assert {kind: tuple(row) for kind, row in counts.iterrows()} == SUMS


# A telephone company: 7,043 customers, of whom some left within the month


@pytest.fixture(scope="module")
def telco():
    return rk.load(TELCO, mapping=ROOT / "examples/telco_churn.yaml")


@pytest.fixture(scope="module")
def customers():
    rows = pd.read_csv(TELCO / "Telco-Customer-Churn.csv")
    return rows.assign(left=rows["Churn"] == "Yes")


@needs(TELCO)
def test_who_left_the_telephone_company_and_what_they_paid(telco, customers):
    paid = customers["MonthlyCharges"]
    expected = {
        "churn_rate": customers["left"].mean(),
        "gross_mrr_churn_rate": paid[customers["left"]].sum() / paid.sum(),
        "logo_retention": 1 - customers["left"].mean(),
        "mrr": paid[~customers["left"]].sum(),
    }

    found = {
        name: getattr(rk.metrics, name)(telco, start="2020-01-01")["value"].item()
        for name in expected
    }

    assert found == pytest.approx(expected)
    assert [round(found[name], 4) for name in ("churn_rate", "gross_mrr_churn_rate")] == [
        0.2654,
        0.3050,
    ]


@needs(TELCO)
@pytest.mark.parametrize("by", ["Contract", "InternetService", "PaymentMethod"])
def test_churn_of_the_telephone_company_by_what_it_knows(telco, customers, by):
    expected = customers.groupby(by)["left"].agg(["mean", "size"])

    frame = rk.metrics.churn_rate(telco, by=by, start="2020-01-01").set_index(by)

    assert frame["value"].to_dict() == pytest.approx(expected["mean"].to_dict())
    assert frame["n"].to_dict() == expected["size"].to_dict()
