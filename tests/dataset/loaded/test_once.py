"""Files of text are read once: what is read is what a slower reader reads, and refused the same."""

from itertools import product

import ibis
import pyarrow as pa
import pytest

import revkit as rk
from revkit.dataset.engines.duckdb_engine import local_engine
from revkit.dataset.validation import reading
from revkit.errors import DataError, SourceError

DEALS = "opportunity_id,created_on,closed_on,is_won,amount\n"
ROWS = (
    "1,2026-01-05,2026-02-01,true,100.50\n2,2026-01-06T00:00:00Z,,,7\n3,2026-01-07,2026-02-03,No,\n"
)


def written(folder, text, name="opportunities"):
    path = folder / f"{name}.csv"
    path.write_bytes(text.encode())
    return path


def test_a_file_is_needed_no_more_once_its_table_was_asked_for(tmp_path):
    path = written(tmp_path, DEALS + ROWS)
    data = rk.load(tmp_path)
    rows = data.opportunities.order_by("opportunity_id").to_pyarrow().to_pylist()
    path.unlink()

    assert [str(row["created_on"]) for row in rows] == ["2026-01-05", "2026-01-06", "2026-01-07"]
    assert [row["is_won"] for row in rows] == [True, None, False]
    assert [row["amount"] for row in rows] == [100.5, 7.0, None]
    assert rk.metrics.win_rate(data, period=None)["value"].tolist() == [0.5]


@pytest.mark.parametrize(
    ("row", "value", "said"),
    [
        ("4,{},,,\n", "2026-1-05", "created_on is not a date written year-month-day"),
        ("4,2026-01-05,,{},\n", "perhaps", "is_won is neither true nor false"),
        ("4,2026-01-05,,,{}\n", "1_000", "amount is not a number"),
        ("4,2026-01-05,,,{}\n", "nan", "amount is not a number"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_as_it_is_written(row, value, said, tmp_path):
    written(tmp_path, DEALS + ROWS + row.format(value))
    data = rk.load(tmp_path)

    for _ in range(2):  # also when asked again
        with pytest.raises(DataError, match=said) as caught:
            _ = data.opportunities
    assert value in str(caught.value)


def test_rows_that_cannot_be_read_can_be_set_aside(tmp_path):
    written(tmp_path, DEALS + ROWS + "4,2026-01-05,,,many\n")
    data = rk.load(tmp_path, set_aside=["opportunities.amount_unreadable"])

    assert data.opportunities.count().to_pyarrow().as_py() == 3


@pytest.mark.parametrize(("amounts", "refused"), [("1.234", True), ("1.234 0.5", False)])
def test_points_of_thousands_are_refused_where_no_other_point_is_there(amounts, refused, tmp_path):
    rows = [f"{n},2026-01-05,,,{amount}" for n, amount in enumerate(amounts.split())]
    written(tmp_path, DEALS + "\n".join(rows) + "\n")
    data = rk.load(tmp_path)

    if refused:
        with pytest.raises(DataError, match="could be thousands"):
            _ = data.opportunities
    else:
        assert data.opportunities.amount.sum().to_pyarrow().as_py() == pytest.approx(1.734)


def test_lines_far_down_that_end_in_another_way_are_read(tmp_path):
    accounts = "".join(f"{n},SMB\n" for n in range(30_000))
    written(tmp_path, f"account_id,segment\n{accounts}a,x\r\nb,y\rc,z\n", "accounts")

    assert rk.load(tmp_path).accounts.count().to_pyarrow().as_py() == 30_003


def test_a_broken_line_far_down_is_refused_by_its_number(tmp_path):
    accounts = "".join(f"{n},SMB\n" for n in range(30_000))
    written(tmp_path, f"account_id,segment\n{accounts}a,b,c\n", "accounts")
    data = rk.load(tmp_path)

    with pytest.raises(SourceError, match="Line: 30002"):
        _ = data.accounts


def test_numbers_are_read_as_by_the_pattern_alone():
    words = [
        "".join(word)
        for size in (1, 2, 3)
        for word in product("01.eE-+_ \tnaif\u00a0", repeat=size)
    ]
    table = local_engine().create_table("words", pa.table({"word": words}))
    slow = table.word.re_search(reading.NUMBER).ifelse(
        table.word.try_cast("float64"), ibis.null("float64")
    )
    both = table.select("word", ours=reading._number(table.word), slow=slow)

    assert both.filter(~both.ours.identical_to(both.slow)).to_pyarrow().to_pylist() == []
    assert both.ours.count().to_pyarrow().as_py() > 20


DAYS = [
    *("2024-01-05", "2024-1-05", "2024-1-5  ", "2024/01/05", "2024-02-30", "10000-01-01"),
    *("infinity", "epoch", "-024-01-05", " 024-01-05", "0044-03-15 (BC)", "", None),
    *("2024-01-05 00:00:00", "2024-01-05T00:00:00Z", "2024-01-05 10:11:12"),
    *("2024-01-05 10:11:12.5", "2024-01-05 24:00:00"),
]


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_days_and_moments_are_read_as_by_the_pattern_alone(kind):
    table = local_engine().create_table("days", pa.table({"word": DAYS}))
    text = table.word.left(10) if kind == "date" else table.word
    iso = table.word.re_search(reading.DAY if kind == "date" else reading.MOMENT)
    slow = iso.ifelse(text.try_cast(kind), ibis.null(kind))
    both = table.select("word", ours=reading._iso(table.word, kind), slow=slow)

    assert both.filter(~both.ours.identical_to(both.slow)).to_pyarrow().to_pylist() == []
    assert both.ours.count().to_pyarrow().as_py() >= 3
