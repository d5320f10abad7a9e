"""Validation, the as-of date, replay and where, on companies of a few rows."""

from datetime import date, datetime

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import revkit as rk
from revkit.dataset import Dataset
from revkit.errors import (
    ColumnError,
    CurrencyError,
    DataError,
    DimensionError,
    PeriodError,
    TableError,
)
from revkit.policy import Policy
from revkit.schema import TABLES


def deals(**columns):
    rows = len(next(iter(columns.values())))
    ids = [f"o{number}" for number in range(1, rows + 1)]
    return pd.DataFrame({"opportunity_id": ids, **columns})


def values(data, table, column):
    key = TABLES[table].key[0]
    rows = data.table(table).order_by(key).to_pyarrow()
    return rows[column].to_pylist()


# Validation


def test_a_table_is_cast_to_its_declared_types():
    data = Dataset(
        opportunities=pd.DataFrame(
            {
                "opportunity_id": [1, 2],
                "created_on": pd.to_datetime(["2026-01-05", "2026-01-06"]),
                "closed_on": ["2026-02-01", None],
                "is_won": pd.array([True, None], dtype="boolean"),
                "amount": [100, 200],
                "lost_reason": [None, None],
                "source": ["web", "fair"],
            }
        )
    )

    types = {name: str(kind) for name, kind in data.opportunities.schema().items()}

    assert types["opportunity_id"] == types["source"] == types["lost_reason"] == "string"
    assert types["created_on"] == types["closed_on"] == "date"
    assert (types["is_won"], types["amount"]) == ("boolean", "float64")
    assert values(data, "opportunities", "closed_on") == [date(2026, 2, 1), None]


def test_absent_columns_mean_their_default_and_are_no_columns():
    data = Dataset(opportunities=deals(amount=[1.0]), currency="EUR")

    assert values(data, "opportunities", "kind") == ["new"]
    assert values(data, "opportunities", "currency") == ["EUR"]
    assert values(data, "opportunities", "lost_reason") == [None]
    assert data.columns("opportunities") == {"opportunity_id", "amount"}
    assert "closed_on" not in data.opportunities.columns


def test_a_column_of_its_type_is_left_bare_and_nothing_else_is_added():
    frame = pa.table({"opportunity_id": ["o1"], "created_on": [date(2026, 1, 1)], "amount": [1.0]})

    query = ibis.to_sql(Dataset(opportunities=frame).opportunities.amount.sum())

    assert "CASE" not in query
    assert "WHERE" not in query
    assert 'CAST("t0"' not in query


def test_a_query_is_shown_with_its_steps_merged_and_asked_as_built():
    data = rk.example("pipeline")
    won = data.opportunities.filter("is_won").select("amount")

    asked = data.backend.compile(won)

    assert asked.count("SELECT") > ibis.to_sql(won).count("SELECT")
    assert ibis.options.sql.fuse_selects
    assert won.to_pyarrow().num_rows == won.count().to_pyarrow().as_py() > 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"amount": [1.0, -5.0]}, r"amount is negative in 1 row, such as opportunity_id=o2"),
        ({"amount": [np.inf, 5.0]}, "amount is not a finite number in 1 row"),
        ({"created_on": ["2025-02-30", "2025-12-31"]}, r"created_on=2025-02-30\. .*date_format"),
        ({"created_on": ["31/12/2025", "1/2/2025"]}, r"in 2 rows.*31/12/2025"),
        ({"created_on": ["2026-01-01 10:00", "2026-01-02"]}, "10:00"),
        ({"created_on": pd.to_datetime(["2026-01-01 10:00"] * 2)}, "holds a time, but it is a day"),
        ({"is_won": ["Won", "true"]}, "is_won is neither true nor false in 1 row"),
        ({"is_won": [0.5, None]}, r"is_won is neither true nor false in 1 row.*words"),
        ({"is_won": [2, 1]}, r"is_won is neither true nor false in 1 row.*is_won=2"),
        ({"is_won": pd.to_datetime(["2026-01-01"] * 2)}, r"is_won must be .*; it holds time"),
        ({"amount": ["1.234,50", "3"]}, r"amount is not a number in 1 row.*decimal"),
        ({"rep_id": [1.0, None]}, r"rep_id must be text or whole numbers; it holds float64.*Int64"),
        ({"opportunity_id": ["o1", None]}, "opportunity_id is empty in 1 row"),
        ({"kind": ["new", None]}, r"kind is empty in 1 row.*Write new"),
    ],
)
def test_what_cannot_be_right_is_refused_with_counts_and_examples(columns, message):
    with pytest.raises(DataError, match=message):
        Dataset(opportunities=deals(**columns)).table("opportunities")


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.float64(), pa.decimal128(20, 1)])
def test_the_numbers_one_and_zero_are_yes_and_no_as_they_are_in_text(kind):
    numbers = pa.array([1, 0, None]).cast(kind)
    frame = pa.table({"opportunity_id": ["o1", "o2", "o3"], "is_won": numbers})

    assert values(Dataset(opportunities=frame), "opportunities", "is_won") == [True, False, None]


def test_three_examples_are_shown_in_the_order_of_the_key():
    frame = deals(amount=[1.0, -1.0, -2.0, -3.0, -4.0])

    with pytest.raises(DataError) as refusal:
        Dataset(opportunities=frame.iloc[::-1]).table("opportunities")

    assert "in 4 rows, such as opportunity_id=o2" in str(refusal.value)
    assert "o5" not in str(refusal.value)


def test_a_regime_that_ends_before_it_starts_is_refused_but_not_one_of_no_day():
    frame = pd.DataFrame(
        {
            "subscription_id": ["s1", "s2"],
            "account_id": ["a", "a"],
            "started_on": ["2026-02-01", "2026-02-01"],
            "ended_on": ["2026-02-01", "2026-01-01"],
            "mrr": [1, 1],
        }
    )

    with pytest.raises(DataError, match=r"started_on is after ended_on in 1 row.*s2"):
        Dataset(subscriptions=frame).table("subscriptions")


def test_text_is_parsed_once_whatever_its_column_and_whole_numbers_stay_whole():
    frame = pd.DataFrame(
        {
            "account_id": ["007", "008"],
            "employees": ["12", "12.0"],
            "is_test": ["False", "0"],
            "created_on": ["2026-01-01", "2026-01-02 00:00:00"],
        }
    )
    data = Dataset(accounts=frame)

    assert values(data, "accounts", "account_id") == ["007", "008"]
    assert values(data, "accounts", "employees") == [12, 12]
    assert values(data, "accounts", "created_on") == [date(2026, 1, 1), date(2026, 1, 2)]
    with pytest.raises(DataError, match="employees is not a whole number"):
        Dataset(accounts=frame.assign(employees=["1.5", "2"])).table("accounts")


def test_moments_are_read_in_utc_whatever_the_session():
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'Europe/Rome'")
    moment = pa.array([datetime(2026, 6, 30, 22, 30)], pa.timestamp("us", "UTC"))
    leads = engine.create_table("l", pa.table({"lead_id": ["l1"], "created_at": moment}))

    data = Dataset(leads=leads)

    assert values(data, "leads", "created_at") == [datetime(2026, 6, 30, 22, 30)]
    assert data.as_of == date(2026, 6, 30)


def test_a_table_without_rows_loads_and_one_without_columns_does_not():
    data = Dataset(opportunities=deals(amount=[1.0]).iloc[:0])

    assert data.opportunities.count().execute() == 0
    with pytest.raises(PeriodError, match="There is no date in any table"):
        _ = data.as_of
    with pytest.raises(DataError, match="accounts has no columns"):
        Dataset(accounts=pd.DataFrame())


def test_what_is_no_table_of_ours_is_refused():
    with pytest.raises(TableError, match="Did you mean 'accounts'"):
        Dataset(account=deals(amount=[1.0]))
    with pytest.raises(TableError, match=r"must be a table; it is of the type str.*rk\.load"):
        Dataset(accounts="accounts.csv")
    with pytest.raises(ColumnError, match=r"no column 'mrr'.*columns: \{mrr: mrr_eur\}"):
        Dataset(
            subscriptions=pd.DataFrame(
                {
                    "subscription_id": ["1"],
                    "account_id": ["1"],
                    "started_on": ["2026-01-01"],
                    "mrr_eur": [1],
                }
            )
        )
    with pytest.raises(TableError, match="This call needs the table 'leads'; loaded: accounts"):
        _ = Dataset(accounts=pd.DataFrame({"account_id": ["a"]})).leads
    with pytest.raises(AttributeError, match="Did you mean 'opportunities'"):
        _ = Dataset().opportunites


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (pd.Series([1], name="amount"), r"of the type Series.*to_frame"),
        (pa.chunked_array([[1]]), "of the type ChunkedArray"),
        ({"account_id": ["a1"]}, r"of the type dict.*pd\.DataFrame"),
        ([pd.DataFrame()], "of the type list"),
        (np.ones((1, 1)), r"of the type ndarray.*pd\.DataFrame"),
        (None, "of the type NoneType.*leave it out"),
        (pd.DataFrame, "of the type type"),
        (ibis._, "of the type Deferred"),
        (ibis.memtable({"account_id": ["a1"]}).account_id, "of the type StringColumn"),
    ],
)
def test_what_is_no_table_is_refused_by_its_type(given, match):
    with pytest.raises(TableError, match=match):
        Dataset(accounts=given)


@pytest.mark.parametrize(
    ("column", "cells", "match"),
    [
        ("amount", [100, "50"], r"types: 1 int and 1 str, such as opportunity_id=o2, amount='50'"),
        ("amount", [100, "50"], r'Make it numbers: frame\["amount"\] = pd\.to_numeric\(frame\["am'),
        ("amount", ["7", "8", 50.0], r"2 str and 1 float, such as opportunity_id=o1, amount='7'"),
        ("amount", ["1.000", 50.0], r"point in '1\.000' is the sign of decimals.*thousands.*map"),
        ("amount", [7.0, "5 €"], "Correct '5 €' to a number"),
        ("Amount", [100, "50"], r'frame\["Amount"\] = pd\.to_numeric'),
        ("amount", [2**70, 1], r"opportunities\.amount holds a value that no engine takes"),
        ("rep_id", ["r1", 2], r"rep_id=2\. .*astype\(\"string\"\)"),
        ("mine", ["r1", 2], r"mine=2\. .*astype\(\"string\"\)"),
        ("is_won", [True, "x"], r"is_won='x'\. Write True, False or None"),
        ("closed_on", [pd.Timestamp(2025, 1, 1), "2025-01-02"], r"pd\.to_datetime\(.*ISO8601"),
        ("closed_on", [date(2025, 1, 1), 45657], r"closed_on=45657\. Correct 45657 to a day"),
        ("closed_on", [date(2025, 1, 1), datetime(2025, 1, 2, 23)], r"such as opportunity_id=o2"),
    ],
)
def test_a_column_of_several_types_is_refused_by_the_row_with_the_line_that_mends_it(
    column, cells, match
):
    with pytest.raises(DataError, match=match):
        Dataset(opportunities=deals(**{column: cells}))


def test_days_and_moments_at_midnight_are_days():
    mixed = deals(created_on=[date(2025, 1, 1), datetime(2025, 1, 2)])

    days = values(Dataset(opportunities=mixed), "opportunities", "created_on")

    assert days == [date(2025, 1, 1), date(2025, 1, 2)]


def test_money_in_two_currencies_is_refused_within_a_table_and_across():
    both = deals(currency=["EUR", "USD"], amount=[1.0, 1.0])
    spend = pd.DataFrame(
        {
            "spend_id": ["x"],
            "spent_on": ["2026-01-01"],
            "function": ["sales"],
            "amount": [-3.0],
            "currency": ["USD"],
        }
    )

    with pytest.raises(CurrencyError, match="EUR, USD"):
        Dataset(opportunities=both).table("opportunities")
    with pytest.raises(CurrencyError, match="EUR, USD"):
        Dataset(spend=spend, currency="EUR").table("spend")
    assert Dataset(spend=spend).currency == "USD"


def test_arrow_pandas_and_ibis_tables_are_the_same_company():
    frame = deals(created_on=[date(2026, 1, 1), date(2026, 1, 2)])
    engine = ibis.duckdb.connect()
    given = [frame, pa.Table.from_pandas(frame), engine.create_table("deals", frame)]

    companies = [Dataset(opportunities=table) for table in given]

    assert len({str(values(data, "opportunities", "created_on")) for data in companies}) == 1
    assert companies[2].backend is engine
    elsewhere = ibis.duckdb.connect().create_table("a", pd.DataFrame({"account_id": ["a"]}))
    reps = pd.DataFrame({"rep_id": ["r"], "hired_on": ["2026-01-01"]})
    for _ in range(2):
        beside = Dataset(opportunities=given[2], reps=reps)
        assert values(beside, "reps", "hired_on") == [date(2026, 1, 1)]
    with pytest.raises(TableError, match="different connections"):
        Dataset(opportunities=given[2], accounts=elsewhere)


def test_emails_are_hashed():
    leads = pd.DataFrame(
        {"lead_id": ["l1"], "created_at": ["2026-01-01 10:00"], "email": [" Ada@Example.com"]}
    )

    (email,) = values(Dataset(leads=leads), "leads", "email")

    assert len(email) == 64
    assert "ada" not in email


# Test accounts


def test_test_accounts_are_left_out_of_every_table_that_reaches_them_and_counted():
    data = Dataset(
        accounts=pd.DataFrame({"account_id": ["a", "t"], "is_test": [False, True]}),
        leads=pd.DataFrame(
            {
                "lead_id": ["l1", "l2", "l3"],
                "account_id": ["a", "t", None],
                "created_at": pd.to_datetime(["2026-01-01"] * 3),
            }
        ),
        lead_history=pd.DataFrame(
            {
                "lead_id": ["l1", "l2", "l3"],
                "entered_at": pd.to_datetime(["2026-01-02", "2027-01-01", "2026-01-02"]),
                "stage": ["MQL"] * 3,
            }
        ),
    )

    assert values(data, "accounts", "account_id") == ["a"]
    assert values(data, "leads", "lead_id") == ["l1", "l3"]
    assert values(data, "lead_history", "lead_id") == ["l1", "l3"]
    assert data.left_out == {"test accounts": 1}
    assert data.as_of == date(2026, 1, 2)


# The as-of date and replay


def test_as_of_is_the_latest_actual_day():
    data = Dataset(
        opportunities=deals(
            created_on=["2026-01-01", "2026-01-05"],
            closed_on=["2026-03-10", None],
            expected_close_on=["2030-01-01", "2030-01-01"],
        ),
        reps=pd.DataFrame({"rep_id": ["r"], "hired_on": ["2020-01-01"], "left_on": ["2027-01-01"]}),
    )

    assert data.as_of == date(2026, 3, 10)


def test_a_month_counts_as_its_last_day():
    usage = pd.DataFrame(
        {
            "account_id": ["a", "a"],
            "month": ["2026-01-01", "2026-02-01"],
            "active_users": [1, 2],
            "events": [1, 2],
        }
    )
    data = Dataset(usage=usage)

    assert data.as_of == date(2026, 2, 28)
    assert data.replay("2026-02-27").usage.count().execute() == 1
    assert data.replay("2026-02-28").usage.count().execute() == 2


@pytest.fixture
def company():
    return {
        "accounts": pd.DataFrame({"account_id": ["a", "b"], "created_on": ["2026-01-01", None]}),
        "opportunities": deals(
            account_id=["a", "b", "a"],
            created_on=["2026-01-10", "2026-01-20", "2026-03-01"],
            closed_on=["2026-02-10", "2026-03-05", "2026-03-20"],
            expected_close_on=["2026-02-01", "2026-09-09", "2026-03-30"],
            is_won=[True, False, True],
            lost_reason=[None, "price", None],
            amount=[10.0, 20.0, 30.0],
        ),
        "leads": pd.DataFrame(
            {
                "lead_id": ["l1", "l2", "l3"],
                "created_at": pd.to_datetime(
                    ["2026-01-05 08:00", "2026-02-28 23:59", "2026-03-01 00:00"]
                ),
                "opportunity_id": ["o1", "o3", None],
                "disqualified_at": pd.to_datetime([None, None, "2026-03-04 09:00"]),
                "disqualified_reason": [None, None, "spam"],
            }
        ),
        "subscriptions": pd.DataFrame(
            {
                "subscription_id": ["s1", "s2", "s3", "s4"],
                "account_id": ["a", "a", "b", "b"],
                "started_on": ["2026-01-01", "2026-01-01", "2026-01-01", "2026-03-01"],
                "ended_on": ["2026-02-01", "2026-04-01", "2026-04-01", None],
                "cancel_requested_on": [None, "2026-02-20", "2026-03-10", None],
                "churn_reason": ["price", "bankrupt", "rival", None],
                "mrr": [1.0, 2.0, 3.0, 4.0],
            }
        ),
        "targets": pd.DataFrame(
            {
                "target_id": ["t1", "t2", "t3"],
                "kind": ["quota"] * 3,
                "starts_on": ["2026-01-01", "2026-04-01", "2026-04-01"],
                "ends_on": ["2026-04-01", "2026-07-01", "2026-07-01"],
                "submitted_on": [None, None, "2026-02-01"],
                "measure": ["bookings"] * 3,
                "amount": [1.0, 1.0, 1.0],
            }
        ),
    }


@pytest.mark.parametrize("way", ["as_of", "replay"])
def test_replay_knows_what_was_known_at_the_end_of_the_day(company, way):
    day = "2026-02-28"
    data = Dataset(as_of=day, **company) if way == "as_of" else Dataset(**company).replay(day)

    assert data.as_of == date(2026, 2, 28)
    assert values(data, "accounts", "account_id") == ["a", "b"]
    assert values(data, "opportunities", "opportunity_id") == ["o1", "o2"]
    assert values(data, "opportunities", "closed_on") == [date(2026, 2, 10), None]
    assert values(data, "opportunities", "is_won") == [True, None]
    assert values(data, "opportunities", "lost_reason") == [None, None]
    assert values(data, "opportunities", "expected_close_on")[1] == date(2026, 9, 9)
    assert values(data, "opportunities", "amount") == [10.0, 20.0]
    assert values(data, "leads", "lead_id") == ["l1", "l2"]
    assert values(data, "leads", "opportunity_id") == ["o1", None]


def test_replay_keeps_an_end_already_asked_for_and_forgets_one_that_was_not(company):
    data = Dataset(**company).replay("2026-02-28")

    assert values(data, "subscriptions", "subscription_id") == ["s1", "s2", "s3"]
    assert values(data, "subscriptions", "ended_on") == [
        date(2026, 2, 1),
        date(2026, 4, 1),
        None,
    ]
    assert values(data, "subscriptions", "churn_reason") == ["price", "bankrupt", None]
    assert values(data, "subscriptions", "cancel_requested_on")[2] is None


def test_a_target_is_known_when_submitted_else_when_it_starts(company):
    assert values(Dataset(**company), "targets", "target_id") == ["t1", "t3"]
    assert values(Dataset(**company).replay("2026-01-31"), "targets", "target_id") == ["t1"]
    assert values(Dataset(as_of="2026-05-01", **company), "targets", "target_id") == [
        "t1",
        "t2",
        "t3",
    ]


def test_replaying_the_last_day_changes_nothing_and_later_days_are_not_known(company):
    data = Dataset(**company)
    early = data.replay("2026-02-28")

    for table in data.tables:
        whole, again = data.table(table), data.replay(data.as_of).table(table)
        assert whole.to_pandas().equals(again.to_pandas())
    with pytest.raises(PeriodError, match="known up to 2026-02-28"):
        early.replay("2026-03-01")
    with pytest.raises(PeriodError, match="not a day of the calendar"):
        data.replay("2026-02-30")


def test_a_row_whose_day_is_not_known_is_known_from_the_start(company):
    data = Dataset(**company).replay("2025-12-31")

    assert values(data, "accounts", "account_id") == ["b"]


def test_text_is_parsed_once_and_not_by_every_query(company):
    assert "REGEXP" not in ibis.to_sql(Dataset(**company).opportunities).upper()


def test_money_given_back_is_not_known_before_it_is_paid():
    invoices = pd.DataFrame(
        {
            "invoice_line_id": ["i1"],
            "invoice_id": ["i"],
            "account_id": ["a"],
            "issued_on": ["2026-01-01"],
            "paid_on": ["2026-02-01"],
            "amount": [-10.0],
            "is_recurring": [True],
            "refunded": [5.0],
        }
    )

    assert values(Dataset(invoices=invoices), "invoices", "refunded") == [5.0]
    assert values(Dataset(invoices=invoices, as_of="2026-01-31"), "invoices", "refunded") == [0.0]


# where


@pytest.fixture
def narrow(company):
    company["accounts"]["segment"] = ["SMB", None]
    company["opportunities"]["urgent"] = [True, False, True]
    company["opportunities"]["score"] = [1.0, 2.5, 3.0]
    return Dataset(**company)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"segment": "SMB"}, ["o1", "o3"]),
        ({"segment": ["SMB"]}, ["o1", "o3"]),
        ({"segment": None}, ["o2"]),
        ({"segment": "(missing)"}, ["o2"]),
        ({"segment": ["SMB", None]}, ["o1", "o2", "o3"]),
        ({"account.segment": "SMB"}, ["o1", "o3"]),
        ({"account": "b"}, ["o2"]),
        ({"urgent": True}, ["o1", "o3"]),
        ({"urgent": "true"}, ["o1", "o3"]),
        ({"score": 1}, ["o1"]),
        ({"closed_on": date(2026, 2, 10)}, ["o1"]),
        ({"lost_reason": None}, ["o1", "o3"]),
        ({"segment": "SMB", "score": {3.0, 2.5}}, ["o3"]),
    ],
)
def test_where_keeps_the_rows_that_have_the_values(narrow, asked, found):
    assert values(narrow.where(asked), "opportunities", "opportunity_id") == found


def test_where_narrows_what_reaches_the_name_and_marks_the_rest(narrow):
    small = narrow.where(segment="SMB")

    assert values(small, "accounts", "account_id") == ["a"]
    assert values(small, "subscriptions", "subscription_id") == ["s1", "s2"]
    assert values(small, "leads", "lead_id") == ["l1", "l2"]
    assert dict(small.unreached) == {"targets": "segment"}
    assert small.as_of == narrow.as_of
    assert narrow.where(lost_reason="price").unreached["accounts"] == "lost_reason"


def test_where_on_where_narrows_further_and_survives_replay(narrow):
    small = narrow.where(segment="SMB").where(urgent=True).replay("2026-02-28")

    assert values(small, "opportunities", "opportunity_id") == ["o1"]


def test_where_refuses_names_and_values_that_are_not_there(narrow):
    with pytest.raises(DimensionError, match="Did you mean 'segment'"):
        narrow.where(segmnt="SMB")
    with pytest.raises(DimensionError, match=r"no row has this value\. Did you mean 'SMB'"):
        narrow.where(segment="smb")
    with pytest.raises(DimensionError, match="names no value"):
        narrow.where(segment=[])


# How it shows itself


def test_it_shows_tables_rows_days_and_what_was_left_out(company):
    company["accounts"]["is_test"] = [False, True]
    data = Dataset(currency="EUR", **company)

    text = repr(data)

    assert text.splitlines()[0] == (
        "A company of 5 tables, as of 2026-03-20: the latest day in the data "
        "(opportunities.closed_on)"
    )
    assert "opportunities             2 rows  2026-01-10 to 2026-03-20" in text
    assert "Left out: 1 test account." in text
    assert "Money in EUR." in text
    assert "Narrowed to account = a." in repr(data.where(account="a"))


def test_html_is_escaped_and_fetches_nothing():
    accounts = pd.DataFrame({"account_id": ["a"], "name": ["<script>alert(1)</script>"]})

    page = Dataset(accounts=accounts).where(account="<script>alert(1)</script>")._repr_html_()

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page


def test_the_policy_travels_and_names_are_completed(company):
    policy = Policy(fiscal_year_start=4)
    data = Dataset(policy=policy, **company)

    assert data.where(account="a").replay("2026-02-28").policy is policy
    assert "opportunities" in dir(data)
    assert "leads" in data
    assert "spend" not in data


def test_a_column_without_a_value_takes_its_declared_type_whatever_it_came_as():
    frame = pd.DataFrame(
        {"opportunity_id": ["o1"], "closed_on": ["2026-01-05"], "account_id": [float("nan")]}
    )

    deals = Dataset(opportunities=frame).table("opportunities")

    assert deals.account_id.type().is_string()
    assert deals.to_pyarrow()["account_id"].to_pylist() == [None]


@pytest.mark.parametrize("given", [None, "2026-02-28"])
def test_a_day_after_the_last_known_one_cannot_be_replayed(given):
    known = deals(created_on=["2026-02-28"], closed_on=[None], is_won=[None])
    company = Dataset(opportunities=known, as_of=given)

    assert company.replay("2026-02-28").as_of == company.as_of
    with pytest.raises(PeriodError, match="known up to 2026-02-28"):
        company.replay("2026-03-01")
