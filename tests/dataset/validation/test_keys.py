"""A key names one row, however it came; price periods of a line do not overlap."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError
from revkit.schema import TABLES
from tests.support.ways import WAYS, opened


def subscriptions(*rows):
    columns = ["subscription_id", "account_id", "started_on", "ended_on", "mrr"]
    frame = pd.DataFrame(rows, columns=columns)
    for name in ("started_on", "ended_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]").dt.date
    return frame


ONE = ("S1", "A1", "2025-01-01", None, 100.0)
TWO = ("S2", "A2", "2025-01-01", None, 50.0)


def total(data):
    return rk.metrics.mrr(data, start="2025-01-01", end="2025-01-31")["value"].tolist()


@pytest.mark.parametrize("how", WAYS)
def test_equal_rows_are_refused_with_the_word_that_keeps_one(how, tmp_path):
    tables = {"subscriptions": subscriptions(ONE, ONE, TWO, TWO, TWO)}

    with pytest.raises(DataError, match=r"each subscription_id|each .subscription_id") as refusal:
        total(opened(how, tmp_path, tables, as_of="2025-01-31"))
    assert "3 rows are too many" in str(refusal.value)
    assert "set_aside: [subscriptions.identical_rows]" in str(refusal.value)

    kept = opened(
        how, tmp_path, tables, as_of="2025-01-31", set_aside=["subscriptions.identical_rows"]
    )
    assert total(kept) == [150.0]
    assert kept.notes[0].rows == 3
    assert "3 rows are set aside: copies of other rows" in repr(kept)


def test_rows_that_differ_have_no_word():
    tables = {"subscriptions": subscriptions(ONE, ("S1", "A9", *ONE[2:]), TWO)}

    for asked in [], ["subscriptions.identical_rows"]:
        with pytest.raises(DataError, match=r"1 row is too many") as refusal:
            total(rk.Dataset(**tables, as_of="2025-01-31", set_aside=asked))
        assert "set_aside" not in str(refusal.value)


def test_copies_among_rows_that_differ_are_counted_apart():
    tables = {"subscriptions": subscriptions(ONE, ONE, ("S1", "A9", *ONE[2:]))}

    with pytest.raises(DataError, match=r"2 rows are too many.*1 of them are equal"):
        total(rk.Dataset(**tables, as_of="2025-01-31"))
    with pytest.raises(DataError, match=r"1 row is too many.*Keep one row of each"):
        total(rk.Dataset(**tables, as_of="2025-01-31", set_aside=["subscriptions.identical_rows"]))


def valid(table):
    """A row of a table with each column that it must have."""
    kinds = {
        "id": "x", "text": "x", "date": date(2025, 1, 1), "timestamp": pd.Timestamp("2025-01-01"),
        "money": 1.0, "rate": 1.0, "number": 1.0, "share": 1.0, "count": 1, "bool": True,
    }  # fmt: skip
    columns = [c for c in table.columns.values() if c.key or not (c.nullable or c.optional)]
    row = {c.name: c.words[0] if c.words else kinds[c.type] for c in columns}
    return row | ({"ends_on": date(2025, 2, 1)} if "ends_on" in row else {})


@pytest.mark.parametrize("name", TABLES)
def test_no_table_takes_a_key_twice(name):
    table = TABLES[name]
    row = valid(table)
    other = next((n for n in row if n not in table.key and isinstance(row[n], float)), None)
    twice = pd.DataFrame([row, row | ({} if other is None else {other: row[other] / 2})])

    assert len(rk.Dataset(**{name: twice.head(1)}, as_of="2025-12-31").table(name).to_pandas()) == 1
    with pytest.raises(DataError, match=f"{name}: each .* must name one row"):
        rk.Dataset(**{name: twice}, as_of="2025-12-31").table(name)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_blank_key_is_none(how, blank, tmp_path):
    tables = {"subscriptions": subscriptions(ONE, (blank, *TWO[1:]))}

    with pytest.raises(DataError, match="subscription_id is empty in 1 row"):
        total(opened(how, tmp_path, tables, as_of="2025-01-31"))


def test_two_pipelines_share_a_stage():
    stages = pd.DataFrame(
        {
            "object": ["opportunity"] * 2,
            "stage": ["Proposal"] * 2,
            "position": [1, 1],
            "is_closed": [False] * 2,
            "is_won": [False] * 2,
        }
    )

    with pytest.raises(DataError, match=r"each .object, stage. must name one row"):
        rk.Dataset(stages=stages).table("stages")
    told = stages.assign(pipeline=["new", "renewals"])
    assert rk.Dataset(stages=told).stages.count().to_pyarrow().as_py() == 2


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (None, "2025-03-01", True),
        ("2025-03-02", "2025-03-01", True),
        ("2025-03-01", "2025-03-01", False),
        ("2025-02-28", "2025-03-01", False),
    ],
)
def test_price_periods_of_a_line_follow_one_another(how, first, second, refused, tmp_path):
    tables = {
        "subscriptions": subscriptions(
            ("S1", "A1", "2025-01-01", first, 100.0), ("S1", "A1", second, None, 150.0), TWO
        )
    }
    data = opened(how, tmp_path, tables, as_of="2025-04-30")

    if refused:
        with pytest.raises(DataError, match=r"overlap.*started_on=2025-01-01.*in the column line"):
            rk.metrics.mrr(data, start="2025-04-01")
    else:
        assert rk.metrics.mrr(data, start="2025-04-01")["value"].tolist() == [200.0]


def test_lines_of_one_contract_run_side_by_side():
    frame = subscriptions(ONE, ("S1", "A1", "2025-01-01", None, 50.0)).assign(line=["1", "2"])

    assert total(rk.Dataset(subscriptions=frame, as_of="2025-01-31")) == [150.0]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [0, 2, 1, 3]])
def test_faults_are_found_in_rows_of_any_order_and_sound_rows_are_left(how, order, tmp_path):
    """Rows in the order of their keys are proved in another way than others."""
    # fmt: off
    sound = [("S1", "A1", "2025-01-01", "2025-02-01", 1.0), ("S1", "A1", "2025-02-01", None, 2.0),
             ("S2", "A2", "2025-01-01", None, 4.0), ("S3", "A3", "2025-01-01", None, 8.0)]
    # fmt: on
    twice = [*sound[:3], ("S2", "A9", "2025-01-01", None, 8.0)]
    of_no_day = [("S1", "A1", "2025-01-01", "2025-01-01", 1.0)] * 2 + sound[2:]
    over = [("S1", "A1", "2025-01-01", "2025-02-02", 1.0), *sound[1:]]
    unended = [("S1", "A1", "2025-01-01", None, 1.0), *sound[1:]]

    def company(rows, place):
        (tmp_path / place).mkdir()
        tables = {"subscriptions": subscriptions(*[rows[at] for at in order])}
        return opened(how, tmp_path / place, tables, as_of="2025-01-31")

    assert total(company(sound, "sound")) == [13.0]
    for rows, place in ((over, "over"), (unended, "unended")):
        with pytest.raises(DataError, match="1 price period of a line overlap"):
            total(company(rows, place))
    for rows, place in ((twice, "twice"), (of_no_day, "of_no_day")):
        with pytest.raises(DataError, match="1 row is too many"):
            total(company(rows, place))


@pytest.mark.parametrize("rows", [[1, 2, 2, 3], [3, 1, 2, 3], [1, 1], [2, 1, 1]])
def test_a_key_of_two_parts_is_found_twice_in_any_order(rows):
    usage = pd.DataFrame({"account_id": ["a"] * len(rows), "active_users": 1, "events": 1})
    usage["month"] = [date(2025, month, 1) for month in rows]

    with pytest.raises(DataError, match="must name one row, but 1 row is too many"):
        rk.Dataset(usage=usage).table("usage")
    assert rk.Dataset(usage=usage.drop_duplicates()).usage.count().execute() == len(set(rows))


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("days", [(1, 15), (15, 1), (1, 31), (1, 1)])
def test_a_month_is_there_once_whichever_day_of_it_is_named(how, days, tmp_path):
    months = [date(2025, 1, day) for day in days]
    usage = pd.DataFrame({"account_id": "a", "month": months, "active_users": [3, 4], "events": 1})

    with pytest.raises(DataError, match=r"each .account_id, month. must name one row"):
        opened(how, tmp_path, {"usage": usage}).table("usage")
    sound = usage.assign(month=[date(2025, 1, 31), date(2025, 2, 1)])
    assert rk.Dataset(usage=sound).usage.month.min().execute().day == 31
