"""JSON as vendors' interfaces write it: lists of records, records line by line, objects within."""

import json

import pytest

from revkit.errors import SourceError
from revkit.sources import load


@pytest.fixture
def accounts(tmp_path):
    def read(content, name="accounts.json"):
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text)
        data = load(tmp_path)
        return data, data.table("accounts").order_by("account_id").to_pyarrow().to_pylist()

    return read


def test_texts_stay_as_they_are_written(accounts):
    _, rows = accounts(
        [
            {"account_id": "007", "at": "2025-01-31T23:30:00", "x": "12"},
            {"account_id": 15, "at": "never", "y": 2.5},
        ]
    )

    assert [row["account_id"] for row in rows] == ["007", "15"]
    assert [row["at"] for row in rows] == ["2025-01-31T23:30:00", "never"]
    assert [row["x"] for row in rows] == ["12", None]
    assert [row["y"] for row in rows] == [None, 2.5]


def test_a_large_id_keeps_its_digits(accounts):
    _, rows = accounts([{"account_id": 9007199254740993}, {"account_id": 9007199254740992}])

    assert [row["account_id"] for row in rows] == ["9007199254740992", "9007199254740993"]
    _, rows = accounts([{"account_id": 18446744073709551614}, {"account_id": 18446744073709551615}])
    assert [row["account_id"][-2:] for row in rows] == ["14", "15"]


def test_an_object_gives_a_column_for_each_value_and_what_is_no_value_is_told(accounts):
    data, rows = accounts(
        [{"account_id": 1, "bill": {"city": "Rome", "on": "2025-01-01", "geo": {"x": 1}},
          "tags": ["a"]}, {"account_id": 2}]
    )  # fmt: skip

    assert [row["bill_city"] for row in rows] == ["Rome", None]
    assert rows[0]["bill_on"] == "2025-01-01"
    assert [row["bill_geo_x"] for row in rows] == [1, None]
    assert "accounts.json: not read, since they hold lists of values: tags." in repr(data)


def test_the_only_object_of_a_list_gives_its_values_and_several_are_told(accounts):
    one = {"account_id": 1, "items": {"data": [{"price": {"id": "p", "tiers": [{"upto": 5}]}}]}}
    data, rows = accounts([one, {"account_id": 2, "items": {"data": []}}, {"account_id": 3}])
    assert [row["items_data_price_id"] for row in rows] == ["p", None, None]
    assert [row["items_data_price_tiers_upto"] for row in rows] == [5, None, None]
    assert "not read" not in repr(data)
    two = {"account_id": 4, "items": {"data": [{"price": {"id": "p"}}, {"price": {"id": "q"}}]}}
    data, rows = accounts([one, two])
    assert "items_data_price_id" not in rows[0]
    said = "not read, since some records have several objects in them: items_data. Write these to"
    assert said in repr(data)
    # it goes with every number that is made of the file
    assert any(said in str(note) for note in data.notes)


def test_parts_are_read_by_the_union_of_their_columns(tmp_path):
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts" / "a.json").write_text('[{"account_id": "1", "tier": 3}]')
    (tmp_path / "accounts" / "b.jsonl").write_text('{"account_id": "2", "industry": "b"}\n')

    rows = load(tmp_path).accounts.order_by("account_id").to_pyarrow()

    assert rows["tier"].to_pylist() == [3, None]
    assert rows["industry"].to_pylist() == [None, "b"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"results": [{"account_id": 1}]}, "holds its records under results. It must be a list"),
        (
            {"object": "list", "data": [{"account_id": 1}, {"account_id": 2}], "has_more": False},
            "holds its records under data. It must be a list",
        ),
        ("[]", "holds no objects"),
        ("", "holds no objects"),
        ("[1, 2]", "holds no objects"),
        (
            '[{"account_id": 1},\n{"account_id"',
            "ends within record 2, .* in line 2: it was cut short",
        ),
        ("nothing", "record 1 is not JSON: in line 1 a value is missing before 'nothing'"),
        ('[{"account_id": 1}, {"account_id": 2, "account_id": 3}]', "record 2 has 'account_id' mo"),
        ('{"account_id": 1}\n{"account_id": 2, "account_id": 3}', "record 2 has 'account_id' more"),
        ('[{"account_id": 1, "a": {"b": 1, "b": 2}}]', "record 1 has 'b' more than once. Keep one"),
        ('[{"account_id": 1}\n{"account_id": 2}]', "in line 2 a comma is missing before '{"),
        ('[{"account_id": 1},]', "record 2 is not JSON: in line 1 a value is missing before"),
        ('[{"account_id": 1}, 5]', "record 2 is no object but 5. Correct it, or leave it out"),
        ('[{"account_id": 1}][{"account_id": 2}]', "after the end of its list it has"),
        ("[{'account_id': 1}]", "record 1 is not JSON.* a quoted name is missing before"),
        ('[{"account_id": "a\tb"}]', "record 1 is not JSON.*line break or tab"),
        ('[{"account_id": 1, "a": ' + '{"a":' * 300 + "1" + "}" * 301 + "]", "lie too deep"),
        ("<html><body>", "is a page of HTML"),
        ('[{"account_id": 1}]\0\0\0', "ends in NUL bytes.*Export it again"),
        ([{"account_id": 1, "Account_ID": 2}], "more than once: Account_ID"),
        (
            [{"account_id": 1, "bill": {"city": "a"}, "bill_city": "b"}],
            "bill_city is a column and, too, a field of an object beside it",
        ),
    ],
)
def test_what_holds_no_records_is_refused(content, message, accounts):
    with pytest.raises(SourceError, match=message) as caught:
        accounts(content)
    said = str(caught.value).lower()
    assert not any(word in said for word in ("read_json", "auto_detect", "malformed", "invalid in"))
    assert "accounts.json" in said


def test_a_field_twice_in_another_encoding_is_told_of_the_file_and_not_of_its_copy(tmp_path):
    (tmp_path / "accounts.json").write_text('[{"account_id": 1, "account_id": 2}]', "utf-16")

    with pytest.raises(SourceError, match=r"/accounts\.json cannot be read: record 1 has account"):
        load(tmp_path).table("accounts")
