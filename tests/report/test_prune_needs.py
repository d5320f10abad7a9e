"""A cell that needs a column of a table is removed when the whole table is missing."""

from revkit.report.availability import Missing


def test_a_missing_table_is_missing_for_its_columns_too():
    missing = Missing(absent=("spend", "accounts.segment"))

    assert str(missing.of(["spend.channel"])) == "the table spend, which this data does not have"
    assert not missing.of(["accounts.region"])
