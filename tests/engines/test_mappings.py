"""One mapping of a warehouse in which everything is text, as connectors land it."""

import duckdb
import pytest

from revkit.sources import load
from tests.engines import servers

DEALS = [
    ("1", "p", "1.234,50 €", "7", "x - y|z", "false", "1738713600000", "2025-02-01T23:30:00Z",
     "05/01/2025", "0.5", "45658", "true"),
    ("2", "", "", "5,5 €", "q", "no", "1738713600123", "", "31/12/2024 23:59", "1e-1", "", "False"),
    ("3", "x", "1", "1", "", "no", "", "", "", "", "", ""),
    ("4", "p", " ", None, "a|b", "False", None, "2025-07-01 12:00:00+0500", "29/02/2024", None,
     None, None),
    ("5", "q", "(12,50)", "", "a - b - c", "N", "", "", "", "1", "", "Y"),
]  # fmt: skip
COLUMNS = ["id", "t", "a", "b", "note", "gone", "in_a", "in_b", "day", "share", "serial", "won"]
LINKS = [("1", "c1", "5", "2025-01-02 10:00"), ("1", "c0", "5", "2025-01-01"),
         ("2", "c2", "3", "2025-01-01")]  # fmt: skip
MAPPING = """
zone: Europe/Rome
currency: EUR
tables:
  opportunities:
    source: deal
    rows: {where: {gone: false, t: {not: [x]}}}
    columns:
      opportunity_id: {join: [id, t], with: "-"}
      amount: {coalesce: [a, b], default: 5, decimal: ","}
      account_id:
        from: id
        lookup: {source: link, key: deal_id, take: company, where: {kind: 5}, first_by: since}
      competitor: {from: note, split: {by: " - ", part: 2}}
      lost_reason: {from: note, split: {by: "|", part: -1}}
      created_on: {from: day, date_format: ["%d/%m/%Y", "%d/%m/%Y %H:%M"]}
      expected_close_on: {from: serial, epoch: excel}
      probability: share
      is_won: won
      discount: {from: share, where: {id: {in: {source: link, key: deal_id, where: {kind: 5}}}}}
    keep: []
  opportunity_history:
    source: deal
    pivot: {columns: [in_b], names: stage, values: entered}
    columns: {opportunity_id: id, stage: stage, changed_at: entered}
    keep: []
  accounts:
    source: link
    rows: {one_per: deal_id, last_by: since}
    columns: {account_id: company, created_on: since}
    keep: []
  leads:
    source: deal
    rows: {where: {in_a: {not: null}}}
    columns: {lead_id: id, created_at: {from: in_a, epoch: ms}}
    keep: []
"""


@pytest.fixture(scope="module")
def mapping(tmp_path_factory):
    file = tmp_path_factory.mktemp("mapping") / "ours.yaml"
    file.write_text(MAPPING)
    return file


def rows(data):
    found = {}
    for name in ("opportunities", "opportunity_history", "accounts", "leads"):
        table = data._store.raw[name]
        if name == "opportunities" and table.get_backend().name == "duckdb":
            # plain text of files is read at first use
            table = table.mutate(
                probability=table.probability.cast("float64"),
                discount=table.discount.cast("float64"),
                is_won=table.is_won.cast("boolean"),
            )
        found[name] = table.order_by(table.columns[0]).to_pyarrow().to_pylist()
    return found


@pytest.fixture(scope="module")
def expected(mapping, tmp_path_factory):
    file = tmp_path_factory.mktemp("texts") / "company.duckdb"
    with duckdb.connect(str(file)) as engine:
        for name, names, values in _tables():
            engine.execute(f"CREATE TABLE {name} ({', '.join(f'{one} TEXT' for one in names)})")
            marks = ", ".join("?" * len(names))
            # DuckDB's own reader has no empty text
            empty = [[one or None for one in row] for row in values]
            engine.executemany(f"INSERT INTO {name} VALUES ({marks})", empty)
    return rows(load(file, mapping=mapping))


def _tables():
    return [("deal", COLUMNS, DEALS), ("link", ["deal_id", "company", "kind", "since"], LINKS)]


def test_the_values_are_those_by_hand(expected):
    first = expected["opportunities"][0]

    assert first["opportunity_id"] == "1-p"
    assert (first["amount"], first["account_id"]) == (1234.5, "c0")
    assert (first["competitor"], first["lost_reason"]) == ("y|z", "z")
    assert [str(one["created_on"]) for one in expected["opportunities"]] == [
        "2025-01-05", "2024-12-31", "2024-02-29", "None",
    ]  # fmt: skip
    assert [one["amount"] for one in expected["opportunities"]] == [1234.5, 5.5, 5, -12.5]
    assert [one["discount"] for one in expected["opportunities"]] == [0.5, None, None, None]
    assert str(first["expected_close_on"]) == "2025-01-01"
    assert [str(one["changed_at"]) for one in expected["opportunity_history"]] == [
        "2025-02-01 23:30:00", "2025-07-01 07:00:00",
    ]  # fmt: skip
    assert [one["account_id"] for one in expected["accounts"]] == ["c1", "c2"]
    assert str(expected["leads"][1]["created_at"]) == "2025-02-05 00:00:00.123000"


def test_postgresql_gives_the_same(port, mapping, expected):
    import psycopg

    with psycopg.connect(
        host="127.0.0.1", port=port, user=servers.USER, password=servers.PASSWORD,
        dbname="postgres", autocommit=True,
    ) as owner:  # fmt: skip
        owner.execute("CREATE SCHEMA landed")
        for name, names, values in _tables():
            columns = ", ".join(f"{one} TEXT" for one in names)
            owner.execute(f"CREATE TABLE landed.{name} ({columns})")
            marks = ", ".join(["%s"] * len(names))
            owner.cursor().executemany(f"INSERT INTO landed.{name} VALUES ({marks})", values)
        try:
            found = rows(load(servers.address(port, schema="landed"), mapping=mapping))
        finally:
            owner.execute("DROP SCHEMA landed CASCADE")

    assert found == expected


def test_spark_gives_the_same(spark, mapping, expected):
    for name, names, values in _tables():
        types = ", ".join(f"{one} string" for one in names)
        spark.createDataFrame(values, types).createOrReplaceTempView(name)
    try:
        found = rows(load(spark, mapping=mapping))
    finally:
        for name, _, _ in _tables():
            spark.catalog.dropTempView(name)

    assert found == expected
