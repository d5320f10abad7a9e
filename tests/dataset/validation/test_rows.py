"""Rows that cannot be: shares in percent, days that are none, orders that cannot be, no outcome."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import CurrencyError, DataError
from revkit.schema import TABLES
from tests.support.ways import WAYS, opened


def frame(columns, *rows):
    """A frame whose columns of days hold dates."""
    made = pd.DataFrame(rows, columns=columns.split())
    for name in made.columns:
        if name.endswith("_on"):
            days = [date.fromisoformat(d) if isinstance(d, str) else None for d in made[name]]
            made[name] = pd.Series(days, dtype=object)
    return made


DEALS = "opportunity_id created_on closed_on is_won amount"


def deals(*rows, columns=DEALS):
    return frame(columns, *rows)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("table", "column", "rows"),
    [
        ("opportunities", "probability", [50.0, 100.0, 90.0]),
        ("opportunities", "discount", [20.0, 0.0, 0.0]),
        ("opportunities", "probability", [-0.1, 0.5, 0.5]),
        ("subscriptions", "discount", [50.0, 0.0, 0.0]),
        ("stages", "probability", [10.0, 0.5, 1.0]),
    ],
)
def test_a_share_in_percent_is_refused_with_the_line(how, table, column, rows, tmp_path):
    made = {
        "opportunities": {"opportunity_id": list("abc")},
        "subscriptions": {
            "subscription_id": list("abc"), "account_id": list("abc"), "mrr": [1.0, 2.0, 3.0],
            "started_on": [date(2025, 1, 1)] * 3,
        },
        "stages": {
            "object": ["opportunity"] * 3, "stage": list("abc"), "position": [1, 2, 3],
            "is_closed": [False] * 3, "is_won": [False] * 3,
        },
    }[table] | {column: rows}  # fmt: skip
    data = opened(how, tmp_path, {table: pd.DataFrame(made)})

    with pytest.raises(DataError, match=f"{table}: {column} is not between 0 and 1") as refusal:
        data.table(table)
    assert f"{column}: {{from: {column}, percent: true}}" in str(refusal.value)


def test_a_share_of_everything_is_one_and_rounding_is_no_fault():
    made = pd.DataFrame({"opportunity_id": ["a", "b"], "probability": [1.0, 1 + 1e-12]})

    assert rk.Dataset(opportunities=made).opportunities.count().execute() == 2


@pytest.mark.parametrize("how", WAYS)
def test_a_deal_closed_before_it_was_created_can_be_set_aside(how, tmp_path):
    tables = {
        "opportunities": deals(
            ("O1", "2025-03-01", "2025-02-20", True, 1.0),
            ("O2", "2025-02-01", "2025-03-01", True, 1.0),
        )
    }
    rule = "opportunities.closed_before_created"

    with pytest.raises(DataError, match=rf"created_on is after closed_on .*set_aside: \[{rule}\]"):
        rk.metrics.sales_cycle(opened(how, tmp_path, tables))
    data = opened(how, tmp_path, tables, set_aside=[rule])
    found = rk.metrics.sales_cycle(data, period=None)
    assert found["value"].tolist() == [28.0]
    assert "1 row is set aside" in found.attrs["notes"][0]


@pytest.mark.parametrize(
    ("table", "columns", "row", "rule"),
    [
        ("reps", "rep_id hired_on left_on", ("r", "2025-02-01", "2025-01-01"), "left_before_hired"),
        (
            "campaigns",
            "campaign_id channel started_on ended_on",
            ("c", "Web", "2025-02-01", "2025-01-01"),
            "ended_before_started",
        ),
        (
            "subscriptions",
            "subscription_id account_id started_on ended_on mrr",
            ("s", "a", "2025-02-01", "2025-01-01", 1.0),
            "ended_before_started",
        ),
        (
            "targets",
            "target_id kind starts_on ends_on measure amount",
            ("t", "quota", "2025-02-01", "2025-01-01", "bookings", 1.0),
            "ends_before_starts",
        ),
        (
            "leads",
            "lead_id created_at disqualified_at",
            ("l", "2025-02-01 10:00", "2025-02-01 09:00"),
            "disqualified_before_created",
        ),
        (
            "tickets",
            "ticket_id account_id opened_at closed_at severity",
            ("t", "a", "2025-02-01 10:00", "2025-02-01 09:00", "low"),
            "closed_before_opened",
        ),
    ],
)
def test_no_table_has_its_end_before_its_beginning(table, columns, row, rule):
    made = frame(columns, row)

    with pytest.raises(DataError, match=rf"set_aside: \[{table}.{rule}\]"):
        rk.Dataset(**{table: made}, as_of="2025-12-31").table(table)
    aside = rk.Dataset(**{table: made}, as_of="2025-12-31", set_aside=[f"{table}.{rule}"])
    assert aside.table(table).count().execute() == 0


def test_a_payment_in_advance_is_noted():
    columns = "invoice_line_id invoice_id account_id issued_on paid_on amount is_recurring"
    made = frame(columns, ("1", "1", "a", "2025-02-01", "2025-01-20", 10.0, True))

    (note,) = rk.Dataset(invoices=made).notes
    assert (note.rule, note.rows) == ("paid_before_issued", 1)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("O1", "2025-01-01", None, True, 1.0), "is_won is true and closed_on is empty"),
        (("O1", "2025-01-01", "2025-06-01", None, 1.0), "nothing else.*{from: CloseDate, where"),
    ],
)
def test_a_deal_has_an_outcome_and_a_day_or_neither(how, row, says, tmp_path):
    more = [("O2", "2025-01-01", "2025-02-01", False, 1.0), ("O3", "2025-01-01", None, None, 1.0)]
    made = deals(row, *more)
    made["is_won"] = made["is_won"].astype("boolean")

    with pytest.raises(DataError, match=says):
        rk.metrics.win_rate(opened(how, tmp_path, {"opportunities": made}))


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("day", ["2205-03-01", "9999-12-31", "2099-12-31", "1900-01-01"])
def test_a_day_that_cannot_be_is_refused(how, day, tmp_path):
    made = deals(("O1", None, day, True, 1.0), ("O2", "2025-01-01", None, None, 1.0))
    made["is_won"] = made["is_won"].astype("boolean")

    with pytest.raises(DataError, match=f"closed_on is a day that cannot be.*{day}") as refusal:
        rk.metrics.win_rate(opened(how, tmp_path, {"opportunities": made}))
    assert f'open_ended: ["{day}"]' in str(refusal.value)


def test_a_planned_day_that_cannot_be_is_refused_too():
    columns = "subscription_id account_id started_on ended_on term_ends_on mrr"
    made = frame(columns, ("s", "a", "2025-01-01", None, "9999-12-31", 1.0))

    with pytest.raises(DataError, match="term_ends_on is a day that cannot be"):
        rk.metrics.mrr(rk.Dataset(subscriptions=made))


FAR = [("O1", "2024-01-01", None, None, 1.0), ("O2", "2024-05-01", None, None, 1.0)]


@pytest.mark.parametrize("given", [None, "2025-12-31"])
@pytest.mark.parametrize("day", ["2036-03-01", "2003-03-01"])
def test_a_day_far_from_every_other_is_refused_unless_it_is_said_to_be_right(day, given):
    made = deals(*FAR, ("O3", day, None, None, 1.0))
    made["is_won"] = made["is_won"].astype("boolean")

    with pytest.raises(DataError, match=f"over ten years from every other date.*{day}") as refusal:
        rk.metrics.win_rate(rk.Dataset(opportunities=made, as_of=given))
    assert "ignore: [opportunities.created_on]" in str(refusal.value)
    right = rk.Dataset(opportunities=made, as_of=given, ignore=["opportunities.created_on"])
    assert right.opportunities.count().execute() in (2, 3)


def test_a_day_that_another_table_explains_is_none_of_them():
    made = deals(*FAR, ("O3", "2012-03-01", None, None, 1.0))
    made["is_won"] = made["is_won"].astype("boolean")
    reps = frame("rep_id hired_on", ("r", "2013-01-01"), ("q", "2020-01-01"))

    assert rk.Dataset(opportunities=made, reps=reps).opportunities.count().execute() == 3


def test_a_table_that_is_far_off_as_a_whole_is_refused_when_the_company_is_dated():
    made = deals(*FAR)
    made["is_won"] = made["is_won"].astype("boolean")
    reps = frame("rep_id hired_on", ("r", "2044-01-01"))

    with pytest.raises(DataError, match="reps: hired_on is over ten years from every other"):
        _ = rk.Dataset(opportunities=made, reps=reps).as_of


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("amount", [1e300, float("inf"), -1e300])
def test_an_amount_that_cannot_be_is_refused(how, amount, tmp_path):
    made = deals(("O1", "2025-01-01", "2025-02-01", True, amount))

    with pytest.raises(DataError, match="amount is"):
        rk.metrics.won_amount(opened(how, tmp_path, {"opportunities": made}))


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("options", [{}, {"currency": "EUR"}])
def test_money_without_a_currency_beside_several_is_refused(how, options, tmp_path):
    made = deals(
        ("O1", "2025-01-01", "2025-02-01", True, 1.0, "EUR"),
        ("O2", "2025-01-01", "2025-02-01", True, 1.0, None),
        ("O3", "2025-01-01", "2025-02-01", True, 1.0, "USD"),
        columns=f"{DEALS} currency",
    )

    with pytest.raises(CurrencyError, match="some money has no currency"):
        rk.metrics.won_amount(opened(how, tmp_path, {"opportunities": made}, **options))
    same = made.assign(currency=["EUR", None, " eur "])
    assert opened(how, tmp_path, {"opportunities": same}, **options).currency == "EUR"


def test_a_quota_to_the_last_of_a_month_is_noted_with_the_line():
    columns = "target_id kind starts_on ends_on measure amount"
    said = frame(columns, ("t", "quota", "2025-01-01", "2025-03-31", "bookings", 90.0))
    meant = frame(columns, ("t", "quota", "2025-01-01", "2025-04-01", "bookings", 90.0))

    (note,) = rk.Dataset(targets=said, as_of="2025-03-30").notes
    assert "ends: inclusive" in str(note)
    assert rk.Dataset(targets=meant, as_of="2025-03-30").notes == ()


def test_a_deal_closed_without_being_won_or_lost_is_noted():
    made = deals(
        ("O1", "2025-01-01", "2025-02-01", None, 1.0),
        ("O2", "2025-01-01", "2025-03-01", True, 1.0),
    )
    made["is_won"] = made["is_won"].astype("boolean")

    (note,) = rk.Dataset(opportunities=made).notes
    assert "neither won nor lost" in str(note)
    assert rk.metrics.win_rate(rk.Dataset(opportunities=made), period=None)["value"].item() == 1


def test_a_column_that_no_row_needs_is_asked_for_with_the_line():
    columns = "subscription_id account_id started_on mrr"
    made = frame(columns, ("s", "a", "2025-01-01", 1.0)).assign(is_ended=[True])
    won = frame("opportunity_id created_on is_won IsClosed", ("o", "2025-01-01", True, True))

    with pytest.raises(rk.errors.ColumnError, match=r"ended_on: {constant: null}"):
        rk.metrics.mrr(rk.Dataset(subscriptions=made))
    with pytest.raises(rk.errors.ColumnError, match=r"closed_on: {constant: null}") as refusal:
        rk.metrics.win_rate(rk.Dataset(opportunities=won))
    assert "IsClosed}" not in str(refusal.value)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("activities", "minutes"),
        ("subscriptions", "quantity"),
        ("usage", "seats"),
        ("usage", "active_users"),
        ("usage", "events"),
        ("usage", "daily_active_users"),
        ("accounts", "employees"),
        ("products", "list_price"),
        ("opportunities", "amount"),
    ],
)
def test_a_quantity_below_none_is_refused(how, table, column, tmp_path):
    """A number that counts or measures something cannot be negative; a credit or a margin can."""
    data = opened(how, tmp_path, {table: numbers(table, **{column: [5, -1]})})

    with pytest.raises(DataError, match=f"{table}: {column} is negative in 1 row") as refusal:
        data.table(table)
    assert f"set_aside: [{table}.{column}_negative]" in str(refusal.value)


@pytest.mark.parametrize(("table", "column"), [("spend", "amount"), ("stages", "position")])
def test_a_credit_may_be_negative(table, column):
    assert rk.Dataset(**{table: numbers(table, **{column: [5, -1]})}).table(table).count().execute()


def numbers(table, **columns):
    """Two rows with all that a table must have."""
    declared, days = TABLES[table].columns, [date(2026, 1, 1), date(2026, 2, 1)]
    of = {"id": ["a", "b"], "text": ["a", "b"], "date": days, "timestamp": days,
          "bool": [False, False]}  # fmt: skip
    rows = {
        name: one.words[:1] * 2 if one.words else of.get(one.type, [1, 2])
        for name, one in declared.items()
        if not one.optional
    }
    if "ended_on" in rows:
        rows["ended_on"] = [date(2026, 3, 1)] * 2
    return pd.DataFrame(rows | columns)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("table", "columns", "says"),
    [
        ("stages", {"is_won": [True, True], "is_closed": [True, False]}, "is_won is true and"),
        ("targets", {"kind": ["quota", "Quota"], "amount": [1, -5]}, "of a quota is negative"),
        (
            "usage",
            {"active_users": [8, 10], "daily_active_users": [40.0, 10.0]},
            "daily_active_users is more than active_users in 1 row",
        ),
        (
            "finance",
            {"amount": [-1, -5], "line": "Revenue", "month": [date(2026, 1, 1), date(2026, 2, 1)]},
            "amount is negative in every month of revenue, in 2 rows",
        ),
        ("accounts", {"employees": [1e300, 2]}, "employees is not a whole number in 1 row"),
        ("accounts", {"employees": [2.0**63, 2]}, "employees is not a whole number in 1 row"),
    ],
)
def test_what_two_columns_cannot_say_together_is_refused(how, table, columns, says, tmp_path):
    data = opened(how, tmp_path, {table: numbers(table, **columns)})

    with pytest.raises(DataError, match=f"{table}: .*{says}"):
        data.table(table)


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("spend", {"amount": [5, -1], "function": "sales"}),
        ("finance", {"amount": [5, -1], "line": ["revenue", "COGS"]}),
    ],
)
def test_a_negative_cost_is_said_to_count_as_a_credit(table, columns):
    data = rk.Dataset(**{table: numbers(table, **columns)}, as_of="2026-03-01")

    assert [note.rule for note in data.notes if note.rule == "cost_negative"] == ["cost_negative"]
    assert rk.Dataset(**{table: numbers(table)}, as_of="2026-03-01").notes_on([table]) == ()


def test_revenue_below_0_is_said_to_be_a_correction():
    months = [date(2026, 1, 1), date(2026, 2, 1)]
    finance = numbers("finance", amount=[5, -1], line="revenue", month=months)
    data = rk.Dataset(finance=finance, as_of="2026-03-01")

    assert [note.rule for note in data.notes] == ["revenue_negative"]
    nothing = rk.Dataset(finance=finance.assign(amount=0.0), as_of="2026-03-01")
    assert nothing.notes_on(["finance"]) == ()


def test_a_row_that_is_set_aside_need_not_keep_other_rules():
    deals = {
        "opportunity_id": ["a", "Total"], "created_on": [date(2026, 1, 5), None],
        "closed_on": [None, None], "is_won": [None, None], "amount": [5.0, -7.0],
    }  # fmt: skip
    data = rk.Dataset(
        opportunities=pd.DataFrame(deals), as_of="2026-03-01", set_aside=["opportunities.total_row"]
    )

    assert data.table("opportunities").count().to_pyarrow().as_py() == 1
    assert "created_on_empty" not in {note.rule for note in data.notes}
