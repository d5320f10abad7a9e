"""What is not known is NaN with the reason; a sum that lacks some values says how many."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.catalogue import known
from revkit.errors import ColumnError, TableError

MARCH = {"start": "2026-03-01"}


def company(rows, **tables):
    frame = pd.DataFrame(rows)
    for column in ("created_on", "closed_on", "expected_close_on"):
        if column in frame:
            frame[column] = pd.to_datetime(frame[column])
    return rk.Dataset(as_of="2026-03-31", currency="EUR", opportunities=frame, **tables)


def deal(number, amount=100.0, won=None, **more):
    closed = None if won is None else date(2026, 3, 10)
    row = {"opportunity_id": f"o{number}", "created_on": date(2026, 2, 25), "closed_on": closed}
    return row | {"is_won": won, "amount": amount} | more


def one(metric, data, **how):
    frame = metric(data, **{**MARCH, **how})
    (value,) = frame["value"]
    return value, frame.attrs["notes"]


def test_pipeline_without_probabilities_is_not_weighted():
    value, notes = one(rk.metrics.weighted_pipeline, company([deal(n) for n in range(3)]))

    assert np.isnan(value)
    assert notes == (
        "opportunities: none of 3 rows has amount and probability, so the value is not known; "
        "opportunity_history is not loaded.",
    )


def test_a_pipeline_some_of_which_has_probabilities_says_how_many_lack_them():
    rows = [deal(0, probability=0.5), deal(1, probability=None), deal(2, probability=0.25)]

    value, notes = one(rk.metrics.weighted_pipeline, company(rows))

    assert value == 75
    assert notes == ("opportunities: 1 of 3 rows without amount and probability.",)


def test_a_pipeline_of_no_deals_is_worth_nothing():
    assert one(rk.metrics.weighted_pipeline, company([deal(0, won=True, probability=0.5)])) == (
        0,
        (),
    )


def test_an_amount_won_of_which_nothing_is_known_is_unknown_and_some_is_counted():
    none = company([deal(n, amount=np.nan, won=True) for n in range(2)])
    some = company([deal(n, amount=100.0 if n else np.nan, won=True) for n in range(4)])

    assert np.isnan(one(rk.metrics.won_amount, none)[0])
    assert one(rk.metrics.won_amount, some) == (
        300,
        ("opportunities: 1 of 4 rows without amount.",),
    )
    assert np.isnan(one(rk.metrics.pipeline_velocity, none)[0])


def test_a_group_is_unknown_by_itself():
    rows = [deal(n, amount=(100.0, np.nan)[n % 2], won=True, team=f"t{n % 2}") for n in range(4)]

    found = rk.metrics.won_amount(company(rows), by="team", **MARCH)

    assert found["value"].tolist() == [200.0, pytest.approx(np.nan, nan_ok=True)]


def test_slippage_is_not_known_without_history():
    rows = [deal(n, expected_close_on=date(2026, 3, 20)) for n in range(3)]

    value, notes = one(rk.metrics.slippage_rate, company(rows))

    assert np.isnan(value)
    assert "opportunity_history is not loaded" in notes[0]


@pytest.mark.parametrize(
    ("more", "tables", "expected"),
    [
        ({}, {}, np.nan),
        ({}, {"leads": pd.DataFrame({"lead_id": ["l0"], "created_at": ["2026-01-05"]})}, np.nan),
        ({"campaign_id": None}, {}, 0.0),
        ({"campaign_id": "c1"}, {}, 1.0),
    ],
)
def test_a_source_is_not_known_where_nothing_could_tell(more, tables, expected):
    if "leads" in tables:
        tables["leads"]["created_at"] = pd.to_datetime(tables["leads"]["created_at"])
    data = company([deal(0, won=True, **more)], **tables)

    value, _ = one(rk.metrics.marketing_sourced_share, data)

    assert value == pytest.approx(expected, nan_ok=True)


def test_the_sourced_share_is_of_new_business():
    rows = [
        deal(0, won=True, kind="new", campaign_id="c1"),
        deal(1, won=True, kind="new", campaign_id=None),
        deal(2, won=True, kind="renewal", campaign_id=None, amount=1000.0),
    ]

    assert one(rk.metrics.marketing_sourced_share, company(rows))[0] == 0.5


def leads(*stages, process=None):
    """A lead that entered some stages in March, one a day; and the stages there are."""
    entered = [datetime(2026, 3, 2 + day, 9) for day in range(len(stages))]
    tables = {
        "leads": pd.DataFrame({"lead_id": ["l"], "created_at": [datetime(2026, 3, 1)]}),
        "lead_history": pd.DataFrame({"lead_id": "l", "entered_at": entered, "stage": stages}),
    }
    if process is not None:
        tables["stages"] = pd.DataFrame(
            [("lead", stage, place, False, False) for place, stage in enumerate(process)],
            columns=["object", "stage", "position", "is_closed", "is_won"],
        )
    return rk.Dataset(as_of="2026-03-31", **tables)


@pytest.mark.parametrize(
    ("metric", "stage"),
    [
        ("mqls", "MQL"),
        ("lead_to_mql_rate", "MQL"),
        ("mql_to_sql_rate", "MQL"),
        ("sqls", "SQL"),
        ("sql_to_opportunity_rate", "SQL"),
    ],
)
def test_a_stage_that_the_process_of_leads_lacks_is_not_counted_as_none(metric, stage):
    """Also where the stage goes by a name of the company's own."""
    data = leads("raw", "qualified", process=["raw", "qualified", "opportunity"])

    with pytest.raises(TableError, match=f"reached {stage}, and no stage of leads is called so"):
        getattr(rk.metrics, metric)(data, **MARCH)


def test_a_stage_that_leads_went_past_without_a_row_of_it_is_not_counted_as_none():
    with pytest.raises(TableError, match="no stage of leads is called so: SQL, lead"):
        rk.metrics.mqls(leads("lead", "SQL"), **MARCH)
    assert one(rk.metrics.lead_to_mql_rate, leads("lead", "SQL"))[0] == 1  # MQL or beyond


def test_a_stage_that_no_lead_has_come_to_yet_counts_none():
    assert one(rk.metrics.mqls, leads("lead"))[0] == 0
    assert one(rk.metrics.mqls, leads("lead", "SQL", process=["lead", "MQL", "SQL"]))[0] == 0
    rate = leads("MQL", process=["lead", "MQL", "SQL"])
    assert one(rk.metrics.mql_to_sql_rate, rate)[0] == 0


def test_a_period_that_lacks_more_than_the_last_is_told_beside_it():
    closed = [
        deal(n, created_on="2026-01-05", closed_on="2026-02-10", won=True, probability=1.0)
        for n in range(3)
    ]
    open_ones = [
        deal(9 + n, created_on="2026-01-05", probability=None if n == 0 else 0.5) for n in range(4)
    ]
    months = {"period": "month", "start": "2026-01-01"}
    found = rk.metrics.weighted_pipeline(company([*closed, *open_ones]), **months)
    assert found.attrs["notes"][-1] == (
        "opportunities: 1 of 4 rows without amount and probability, and 4 of 7 in a period before."
    )


def test_a_first_quarter_without_one_before_says_that_it_is_not_on_record():
    subscriptions = pd.DataFrame(
        {
            "subscription_id": ["s1"],
            "account_id": ["a1"],
            "started_on": [date(2026, 1, 15)],
            "ended_on": [None],
            "mrr": [100.0],
        }
    )
    spend = pd.DataFrame(
        {
            "spend_id": ["p1"],
            "spent_on": [date(2026, 1, 31)],
            "function": ["sales"],
            "amount": [1000.0],
        }
    )
    data = rk.Dataset(as_of="2026-03-31", subscriptions=subscriptions, spend=spend)

    frame = rk.metrics.magic_number(data, period="quarter")

    assert frame["value"].isna().all()
    assert frame.attrs["notes"][-1] == (
        "There is no value anywhere, since it also reads an earlier period, which is not on "
        "record: the record of spend, subscriptions is from 1 January 2026 to 31 March 2026."
    )


@pytest.mark.parametrize(
    ("metric", "column"),
    [
        ("opportunities_created", "amount"),
        ("marketing_sourced_share", "is_won"),
        ("bookings_linearity", "closed_on"),
        ("competitor_win_rate", "amount"),
        ("close_rate", "closed_on"),
    ],
)
def test_a_column_that_a_table_made_of_others_needs_is_refused_by_its_name(metric, column):
    """Also one that says which deals are settled, whatever the metric counts besides."""
    deals = pd.DataFrame([deal(1, won=True, competitor="x"), deal(2)]).drop(columns=column)
    data = rk.Dataset(opportunities=deals, as_of="2026-03-31")

    with pytest.raises(ColumnError, match=f"opportunities has no column '{column}'; it has: "):
        getattr(rk.metrics, metric)(data)


def test_a_quota_is_left_out_where_it_is_not_known_what_was_won():
    rows = [
        deal(0, 80.0, won=True, rep_id="Ann"), deal(1, None, won=True, rep_id="Ann"),
        deal(2, 120.0, won=True, rep_id="Bob"), deal(3, None, won=True, rep_id="Bob"),
        deal(4, 60.0, won=True, rep_id="Cy"), deal(5, None, won=False, rep_id="Cy"),
    ]  # fmt: skip
    quotas = pd.DataFrame({
        "target_id": ["a", "b", "c"], "rep_id": ["Ann", "Bob", "Cy"], "kind": "quota",
        "measure": "bookings", "amount": 100.0, "starts_on": [date(2026, 3, 1)] * 3,
        "ends_on": [date(2026, 4, 1)] * 3,
    })  # fmt: skip

    value, notes = one(rk.metrics.share_of_reps_at_quota, company(rows, targets=quotas))

    # Bob's other deal reaches the quota and Cy's missing amount is of a deal that was lost.
    assert value == 0.5
    assert notes == (
        "targets: 1 of 3 quotas are left out, since deals without an amount were won in their "
        "time.",
    )
    found = rk.coach(company(rows, targets=quotas))
    assert found.quotas["attainment"].to_dict() == {"Bob": 1.2, "Cy": 0.6}
    assert notes[0] in found.notes


def test_metrics_of_whole_tables_have_no_row_where_all_rows_are_later():
    made = rk.generate(accounts=20, months=3)
    tables = {name: table.to_pandas() for name, table in made.tables.items()}
    data = rk.Dataset(**tables, as_of="2015-12-31", currency="EUR")
    names = [name for name, one in known().items() if one.kind == "table"]
    names.remove("deferred_revenue")  # invoices of generated companies have no days of service

    found = rk.measure(data, names, period="month")

    assert len(names) > 3
    assert found.empty
