"""The tables of a company, as the rest of the kit relies on them."""

import pytest

from revkit.schema import TABLES

EVERY_COLUMN = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in TABLES.values()
    for column in table.columns.values()
]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_has_a_key_and_knows_its_own_columns(table):
    named = {
        *table.known_on,
        *(name for pair in table.order for name in pair),
        *table.requested,
        *table.requested.values(),
    }
    named |= {name for names in table.dependents.values() for name in names}
    named |= {date for date in table.dependents if "." not in date}

    assert table.key
    assert named <= table.columns.keys()
    assert all(table.columns[name].dated for name in table.known_on)


@pytest.mark.parametrize(("table", "column"), EVERY_COLUMN)
def test_a_column_refers_to_a_table_and_a_key_is_never_null(table, column):
    assert column.references is None or column.references in TABLES
    assert not (column.key and column.nullable)
    assert column.default is None or column.optional
    assert not (column.planned and not column.dated)


def test_notation_is_read():
    amount = TABLES["invoices"].columns["refunded"]
    closed = TABLES["opportunities"].columns["expected_close_on"]
    left = TABLES["reps"].columns["left_on"]

    assert (amount.type, amount.default, amount.optional) == ("money", 0.0, True)
    assert (closed.type, closed.planned, closed.actual) == ("date", True, False)
    assert (left.announced, left.actual) == (True, True)
    assert TABLES["accounts"].columns["is_test"].default is False


def test_relations_are_called_as_their_column_without_id():
    assert TABLES["accounts"].relations == {
        "parent_account": ("parent_account_id", "accounts"),
        "rep": ("rep_id", "reps"),
    }
    assert TABLES["subscriptions"].relations["renewed_from"] == ("renewed_from", "subscriptions")


def test_required_are_the_columns_that_may_neither_be_absent_nor_null():
    assert TABLES["subscriptions"].required == (
        "subscription_id",
        "started_on",
        "account_id",
        "mrr",
    )


def test_what_is_known_rather_than_sampled_is_marked():
    census = {name for name, table in TABLES.items() if table.census}

    assert census == {
        "reps", "rep_history", "usage", "spend", "targets", "finance", "exchange_rates",
    }  # fmt: skip
