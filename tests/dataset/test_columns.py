"""Names of columns: other spellings, two of one name, and look-alikes of absent ones."""

from datetime import date

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from revkit import Dataset
from revkit.dataset.columns import resemblances
from revkit.errors import ColumnError, DataError
from revkit.schema import TABLES
from revkit.sources import load


def subscriptions(**columns):
    """Two accounts of 100 a month, the second of which only tries."""
    rows = {
        "subscription_id": ["s1", "s2"],
        "account_id": ["a1", "a2"],
        "started_on": [date(2025, 1, 1)] * 2,
        "ended_on": pd.Series([None, None], dtype=object),
        "mrr": [100.0, 100.0],
    }
    return pd.DataFrame({**rows, **columns})


def as_frame(frame, tmp_path, **options):
    return Dataset(subscriptions=frame, **options)


def as_arrow(frame, tmp_path, **options):
    return Dataset(subscriptions=pa.Table.from_pandas(frame), **options)


def as_csv(frame, tmp_path, **options):
    frame.to_csv(tmp_path / "subscriptions.csv", index=False)
    return load(tmp_path, **options)


def as_parquet(frame, tmp_path, **options):
    frame.to_parquet(tmp_path / "subscriptions.parquet")
    return load(tmp_path, **options)


def as_engine(frame, tmp_path, **options):
    frame = frame.astype({"ended_on": "datetime64[us]"}, errors="ignore")
    return Dataset(subscriptions=ibis.duckdb.connect().create_table("s", frame), **options)


WAYS = [as_frame, as_arrow, as_csv, as_parquet, as_engine]


@pytest.mark.parametrize(
    ("way", "name"),
    [(way, "Status") for way in WAYS]
    + [(as_frame, name) for name in ("STATUS", " status", "Status ", "s_tatus", "Sta-tus")],
)
def test_another_spelling_is_read_with_a_note(way, name, tmp_path):
    data = way(subscriptions(**{name: ["active", "trialing"]}), tmp_path)

    statuses = data.subscriptions.order_by("subscription_id").status.to_pyarrow().to_pylist()

    assert statuses == ["active", "trialing"]
    assert "status" in data.columns("subscriptions")
    read = [note for note in data.notes if note.rule == "column_name"]
    found = name.strip() if way is as_csv else name
    expected = f"subscriptions: read by another spelling: {found} as status."
    assert [str(note) for note in read] == [expected] * (found != "status")


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("startedOn", "started_on"),
        ("Started On", "started_on"),
        ("MRR", "mrr"),
        ("AccountId", "account_id"),
    ],
)
def test_required_columns_are_recognized_too(name, ours, tmp_path):
    data = as_csv(subscriptions().rename(columns={ours: name}), tmp_path)

    assert data.subscriptions.count().to_pyarrow().as_py() == 2
    assert ours in data.columns("subscriptions")


def test_an_id_keeps_its_zeros_however_its_column_is_spelled(tmp_path):
    (tmp_path / "accounts.csv").write_text("Account ID\n007\n")

    assert load(tmp_path).accounts.account_id.to_pyarrow().to_pylist() == ["007"]


def test_the_sum_does_not_count_test_accounts_of_a_column_in_capitals():
    accounts = pd.DataFrame({"account_id": ["a1", "a2"], "IS_TEST": [False, True]})

    data = Dataset(accounts=accounts, subscriptions=subscriptions())

    assert data.subscriptions.mrr.sum().to_pyarrow().as_py() == 100
    assert dict(data.left_out) == {"test accounts": 1}


@pytest.mark.parametrize("way", [as_frame, as_parquet, as_engine])
def test_two_candidates_are_refused(way, tmp_path):
    both = subscriptions(
        **{"IsStatus": ["x", "y"], "sta tus": ["active"] * 2, "sta_tus": ["active"] * 2}
    )

    with pytest.raises(ColumnError, match=r"could be 'status': sta tus, sta_tus\. Drop one"):
        way(both, tmp_path)


def test_a_candidate_can_be_left_out_by_name():
    both = subscriptions(status=["active"] * 2, sta_tus=["trialing"] * 2)

    data = Dataset(subscriptions=both, ignore=["subscriptions.sta_tus"])

    assert data.subscriptions.status.to_pyarrow().to_pylist() == ["active"] * 2
    assert "sta_tus" not in data.columns("subscriptions")


def test_a_frame_with_a_column_twice_is_refused():
    frame = subscriptions()
    frame.insert(0, "mrr", [1.0, 1.0], allow_duplicates=True)

    with pytest.raises(ColumnError, match=r"subscriptions has a column more than once: mrr, mrr"):
        Dataset(subscriptions=frame)
    with pytest.raises(ColumnError, match="Plan, plan"):
        Dataset(subscriptions=subscriptions(Plan=["x", "y"], plan=["x", "y"]))
    twice = pa.Table.from_arrays([pa.array(["a"])] * 2, names=["account_id", "account_id"])
    with pytest.raises(ColumnError, match="account_id, account_id"):
        Dataset(accounts=twice)


@pytest.mark.parametrize("way", [as_frame, as_csv])
@pytest.mark.parametrize(
    ("column", "absent"),
    [
        ("state", "status"),
        ("State", "status"),
        ("subscription_status", "status"),
        ("statuss", "status"),
        ("stauts", "status"),
        ("currency_code", "currency"),
        ("CurrencyIsoCode", "currency"),
        ("curency", "currency"),
        ("billing_interval", "interval"),
        ("discount_pct", "discount"),
        ("canceled_at", "cancel_requested_on"),
        ("Discount__c", "discount"),
    ],
)
def test_a_look_alike_of_a_column_that_counts_is_refused_unless_ignored(
    way, column, absent, tmp_path
):
    frame = subscriptions(**{column: ["trialing", "active"]})

    with pytest.raises(ColumnError) as refusal:
        way(frame, tmp_path)

    assert f"subscriptions has no column {absent!r} but {column!r}" in str(refusal.value)
    assert f"columns: {{{absent}: {column}}}" in str(refusal.value)
    data = way(frame, tmp_path, ignore=[f"subscriptions.{column}"])
    assert data.subscriptions.count().to_pyarrow().as_py() == 2
    assert column in data.columns("subscriptions")


def test_without_ended_on_its_look_alike_is_refused():
    frame = subscriptions().rename(columns={"ended_on": "end_date"})

    with pytest.raises(ColumnError, match="no column 'ended_on' but 'end_date'"):
        Dataset(subscriptions=frame)


def test_the_type_of_a_deal_and_its_test_accounts_are_asked_for():
    deals = pd.DataFrame({"opportunity_id": ["o1"], "created_on": [date(2025, 1, 1)]})

    with pytest.raises(ColumnError, match="no column 'kind' but 'Deal Type'"):
        Dataset(opportunities=deals.assign(**{"Deal Type": ["new"]}))
    with pytest.raises(ColumnError, match="no column 'is_test' but 'test_account'"):
        Dataset(accounts=pd.DataFrame({"account_id": ["a"], "test_account": [True]}))


def test_a_label_that_resembles_another_is_a_note():
    data = Dataset(accounts=pd.DataFrame({"account_id": ["a"], "segments": ["SMB"]}))

    assert [str(note) for note in data.notes] == [
        "accounts: segment is absent; segments resembles it."
    ]


def test_what_is_there_has_no_look_alike():
    data = Dataset(subscriptions=subscriptions(status=["active"] * 2, state=["CA", "NY"]))

    assert data.notes == ()


# Columns of their own that companies really have; none of them is one of ours.
OWN = {
    "accounts": "website owner billing_city billing_country_code annual_revenue nps health tier "
    "is_partner created_by updated_at phone description type lifecycle_stage last_activity_date",
    "opportunities": "stage deal_stage pipeline_name next_step owner description is_closed "
    "has_line_items fiscal_quarter last_modified_date source campaign_source forecast_amount "
    "contract_length partner territory created_by days_open main_competitor_2 close_reason",
    "subscriptions": "plan plan_name tier trial_end trial_started_at payment_method contract "
    "tenure internet_service cohort country coupon_code auto_renew created_by updated_at "
    "seats_used collection_method latest_invoice",
    "reps": "email title office hire_source is_active quota_type start_quarter",
    "leads": "title company utm_source utm_campaign utm_medium form page score country updated_at",
    "activities": "subject outcome notes recording_url created_by sentiment",
    "invoices": "number memo tax subtotal pdf status country plan period_start period_end",
    "spend": "vendor memo approved_by cost_center tool invoice",
}


@pytest.mark.parametrize("table", OWN)
def test_columns_of_their_own_raise_no_alarm(table):
    present = TABLES[table].required

    assert [
        (each.column, each.absent.name)
        for each in resemblances(table, present, OWN[table].split())
        if each.counted and each.column != "type"
    ] == []


@pytest.mark.parametrize(
    "values",
    [
        pd.period_range("2025-01", periods=2, freq="M"),
        pd.interval_range(0, 2),
        pd.Series([1 + 1j, 2]),
    ],
)
def test_a_type_that_no_engine_has_is_refused(values):
    with pytest.raises(DataError, match="subscriptions"):
        Dataset(subscriptions=subscriptions(mrr=values))
    with pytest.raises(DataError, match="subscriptions"):
        Dataset(subscriptions=subscriptions(their_own=values))


def test_a_value_that_ends_the_text_of_a_query_is_refused():
    with pytest.raises(DataError, match=r"cannot be computed with|does not know"):
        Dataset(subscriptions=subscriptions(status=["active", "\0"])).table("subscriptions")


class Streamed:
    """A frame of another library, known by its Arrow stream alone."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize("names", [["amount", "amount"], ["amount", "Amount"]])
@pytest.mark.parametrize("given", [Streamed, lambda table: table], ids=["stream", "arrow"])
def test_a_column_is_not_twice_in_a_frame_of_any_library(given, names):
    ids, amounts = pa.array(["o1"]), pa.array([1.0])
    twice = pa.table([ids, amounts, amounts], names=["opportunity_id", *names])

    with pytest.raises(ColumnError, match=r"a column more than once: amount, [aA]mount"):
        Dataset(opportunities=given(twice))
