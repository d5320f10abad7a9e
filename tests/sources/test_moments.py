"""Dates parsed by expressions for every engine, against DuckDB's own parser."""

from datetime import datetime

import ibis
import pytest

from revkit.sources.mapping.time.moments import by_format, iso, since_1970

TEXTS = [
    "31/12/2024", "1/2/2025", "30/02/2025", "29/02/2024", "29/02/2023", "29/02/1900", "00/01/2025",
    "01/13/2025", "31/04/2025", "31/12/2024 23:59", "31/12/2024 24:00", "31/12/2024 9:05",
    "31/12/24", "01/01/69", "01/01/68", "31-dec-2024", "1-Feb-2025", "31 December 2024",
    "31.12.2024", "2024-12-31", "20241231", "12/31/2024 11:59 PM", "12/31/2024 12:00 AM",
    "12/31/2024 00:10 AM", "12/31/2024 13:10 PM", "31/12/2024 23:59:59.250", "", "soon",
    "31/12/2024 23:30 +0100", "31/12/2024 23:30 -05:00", "31/12/2024 ", "May 2025",
    "31/12/2024 23:60", "2024-12-31T10:00:00",
]  # fmt: skip
FORMATS = [
    "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%y", "%d-%b-%Y", "%d %B %Y", "%d.%m.%Y", "%Y-%m-%d",
    "%m/%d/%Y %I:%M %p", "%d/%m/%Y %H:%M:%S.%f", "%Y%m%d", "%b %Y", "%Y-%m-%dT%H:%M:%S",
]  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return ibis.memtable({"n": range(len(TEXTS)), "x": TEXTS})


def values(table, expr):
    return table.select("n", v=expr).order_by("n").to_pyarrow()["v"].to_pylist()


@pytest.mark.parametrize("pattern", FORMATS)
def test_a_format_reads_what_duckdb_reads(table, pattern):
    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "string"), "timestamp"))
    def parsed(text, pattern): ...

    theirs = values(table, parsed(table.x, pattern))
    ours = values(table, by_format(table.x, pattern).written)
    known = [(text, one) for text, one in zip(TEXTS, ours, strict=True) if one is not None]

    # DuckDB passes over blanks at the end, and reads 24 as the year 24
    lenient = {text for text in TEXTS if text != text.strip()}
    told = [
        (text, one)
        for text, one in zip(TEXTS, theirs, strict=True)
        if one is not None and one.year >= 1000 and text not in lenient
    ]
    assert known == told
    assert known


def test_an_offset_is_moved_to_utc(table):
    moved = values(table, by_format(table.x, "%d/%m/%Y %H:%M %z").moved)

    assert [one for one in moved if one] == [
        datetime(2024, 12, 31, 22, 30), datetime(2025, 1, 1, 4, 30),
    ]  # fmt: skip
    assert by_format(table.x, "%G-%V") is None


@pytest.mark.parametrize(
    ("text", "written", "moved"),
    [
        ("2025-01-05", datetime(2025, 1, 5), None),
        ("2025-01-05 10:30", datetime(2025, 1, 5, 10, 30), None),
        ("2025-01-05T10:30:07.25", datetime(2025, 1, 5, 10, 30, 7, 250000), None),
        ("2025-01-05T10:30:07.123456789Z", None, datetime(2025, 1, 5, 10, 30, 7, 123456)),
        ("2025-01-05T10:30:00.000+0000", None, datetime(2025, 1, 5, 10, 30)),
        ("2025-01-05T00:30:00+05:30", None, datetime(2025, 1, 4, 19)),
        ("2025-01-05 10:30-03", None, datetime(2025, 1, 5, 13, 30)),
        ("2025-02-29", None, None),
        ("2025-01-05Z", None, None),
        ("2025-1-5", None, None),
        ("2025-01-05 10:30 Uhr", None, None),
    ],
)
def test_iso_is_read_with_and_without_an_offset(text, written, moved):
    found = iso(ibis.literal(text))

    assert found.written.to_pyarrow().as_py() == written
    assert found.moved.to_pyarrow().as_py() == moved


@pytest.mark.parametrize("text", ["01/01/0000", "0/1/2025", "1/0/2025", None])
def test_a_day_that_there_was_not_is_none(text):
    found = by_format(ibis.literal(text, "string"), "%d/%m/%Y").written

    assert found.to_pyarrow().as_py() is None


def test_milliseconds_are_counted_from_1970():
    found = since_1970(ibis.literal(1738713600123)).to_pyarrow().as_py()

    assert found == datetime(2025, 2, 5, 0, 0, 0, 123000)


@pytest.mark.parametrize("engine", ["postgres", "pyspark"])
def test_no_literal_has_a_backslash(engine):
    table = ibis.table({"x": "string"}, name="t")
    for found in (iso(table.x), by_format(table.x, "%d/%m/%Y %I:%M %p %z")):
        sql = ibis.to_sql(table.select(a=found.written, b=found.moved), dialect=engine)
        assert "\\" not in sql
