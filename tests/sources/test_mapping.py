"""Settings of a mapping, each against values by hand."""

from datetime import date, datetime

import duckdb
import pandas as pd
import pytest

import revkit as rk
from revkit.dataset.columns import misnamed
from revkit.errors import DataError, MappingError, RevkitError, TableError
from revkit.sources import load

DAY = date(2025, 1, 5)


@pytest.fixture
def read(tmp_path):
    """Load a CSV text or a frame as one table by a mapping."""

    def follow(table, rows, columns, *, above="", beside="", suffix="csv", **options):
        place = tmp_path / "export"
        place.mkdir(exist_ok=True)
        if suffix == "parquet":
            rows.to_parquet(place / "theirs.parquet")
        elif suffix == "duckdb":
            place = tmp_path / "company.duckdb"
            with duckdb.connect(str(place)) as engine:
                engine.register("frame", rows)
                engine.execute("create or replace table theirs as select * from frame")
        else:
            (place / "theirs.csv").write_text(rows)
        mapping = tmp_path / "our.yaml"
        lines = [f"      {name}: {how}" for name, how in columns.items()]
        mapping.write_text(
            "\n".join(
                [above, "tables:", f"  {table}:", "    source: theirs", beside, "    columns:"]
            )
            + "\n"
            + "\n".join(lines)
        )
        return load(place, mapping=mapping, **options)

    return follow


def column(data, table, name):
    expr = data.table(table)
    return expr.order_by(expr[0]).to_pyarrow()[name].to_pylist()


def deals(read, how, *values, name="created_on", **options):
    """A column of opportunities, of values by a setting."""
    rows = "id,x\n" + "".join(f"{number},{value}\n" for number, value in enumerate(values))
    data = read("opportunities", rows, {"opportunity_id": "id", name: how}, **options)
    return column(data, "opportunities", name)


# Words and constants are of their column's type


@pytest.mark.parametrize(
    ("yes", "no"),
    [("true", "false"), ('"true"', '"false"'), ("yes", "no"), ('"Y"', '"N"'), ('"YES"', '"No"'),
     ("1", "0"), ('"1"', '"0"'), ('" True "', '"FALSE"')],
)  # fmt: skip
def test_words_of_a_yes_or_no_are_understood_in_any_case(read, yes, no):
    how = f"{{from: x, words: {{Won: {yes}, Lost: {no}}}}}"

    assert deals(read, how, "Won", "Lost", "Lost", name="is_won") == [True, False, False]


def test_the_win_rate_by_words_is_that_of_the_words(read):
    rows = "id,result,closed\n" + "".join(
        f"{number},{'Won' if number < 10 else 'Lost'},2025-03-0{number % 9 + 1}\n"
        for number in range(40)
    )
    how = '{from: result, words: {Won: "true", Lost: "false"}}'
    data = read(
        "opportunities", rows, {"opportunity_id": "id", "is_won": how, "closed_on": "closed"}
    )

    rate = rk.metrics.win_rate(data, period=None)

    assert (rate["value"].item(), rate["n"].item()) == (0.25, 40)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("is_won", "2", "2 cannot be a bool"),
        ("is_won", "maybe", "'maybe' cannot be a bool"),
        ("is_won", "2025-01-01", "cannot be a bool"),
        ("created_on", "2025", "2025 cannot be a date"),
        ("created_on", '"2025"', "'2025' cannot be a date"),
        ("created_on", "true", "True cannot be a date"),
        ("created_on", "2025-01-01 10:00:00", "cannot be a date"),
        ("created_on", "1.5", "1.5 cannot be a date"),
        ("amount", "many", "'many' cannot be a money"),
        ("amount", "true", "True cannot be a money"),
        ("amount", ".inf", "inf cannot be a money"),
        ("amount", "2025-01-01", "cannot be a money"),
        ("kind", "1.10", "put it in quotes"),
        ("kind", "no", "put it in quotes"),
        ("kind", "2025-01-01", "put it in quotes"),
    ],
)
def test_a_constant_of_another_type_is_refused(read, name, value, message):
    with pytest.raises(MappingError, match=message):
        deals(read, f"{{constant: {value}}}", "a", name=name)
    with pytest.raises(MappingError, match=message):
        deals(read, f"{{from: x, words: {{a: {value}}}}}", "a", name=name)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("is_won", '"false"', False),
        ("is_won", '"No"', False),
        ("is_won", "0", False),
        ("is_won", "y", True),
        ("created_on", "2025-01-05", DAY),
        ("created_on", '"2025-01-05"', DAY),
        ("amount", '"12.5"', 12.5),
        ("amount", "12", 12.0),
        ("kind", "renewal", "renewal"),
        ("product_id", "7", "7"),
        ("product_id", '"007"', "007"),
    ],
)
def test_a_constant_is_a_value_of_its_column(read, name, value, expected):
    assert deals(read, f"{{constant: {value}}}", "a", name=name) == [expected]


@pytest.mark.parametrize("value", ["007", "0x1F", "12:30:00", "1:30.5"])
def test_numbers_that_yaml_reads_as_others_are_refused(read, value):
    with pytest.raises(MappingError, match="put it in quotes"):
        deals(read, f"{{constant: {value}}}", "a", name="product_id")


def test_empty_cells_are_a_word(read):
    how = '{from: x, words: {New: new, "": renewal}}'

    assert deals(read, how, "New", "", "  ", name="kind") == ["new", "renewal", "renewal"]
    with pytest.raises(
        DataError, match=r"words that our\.yaml does not translate to kind in 1 row"
    ):
        deals(read, how, "New", "Old", name="kind")
    assert deals(read, '{from: x, words: {"": new}, others: keep}', "renewal", "", name="kind") == [
        "renewal",
        "new",
    ]


def test_others_are_kept_only_as_values_of_the_column(read):
    how = "{from: x, words: {open: null}, others: keep}"

    assert deals(read, how, "2025-01-05", "open") == [DAY, None]
    with pytest.raises(DataError, match="created_on is not a date"):
        deals(read, how, "2025-01-05", "later")


# Dates


def test_an_epoch_is_a_day_or_a_moment(read):
    ms, s = (f"{{from: x, epoch: {unit}}}" for unit in ("ms", "s"))

    assert deals(read, ms, 1738713600000, "", 1740787200000) == [
        date(2025, 2, 5), None, date(2025, 3, 1),
    ]  # fmt: skip
    assert deals(read, s, 1738713600, "1738713600.0") == [date(2025, 2, 5)] * 2
    late = "{from: x, epoch: ms, zone: Europe/Rome}"
    assert deals(read, late, 1738797300000) == [date(2025, 2, 6)]  # 23:15 in UTC
    with pytest.raises(DataError, match="not a whole number of milliseconds since 1970"):
        deals(read, ms, "2025-01-05")
    with pytest.raises(DataError, match="not a whole number of seconds"):
        deals(read, s, 1738713600000000)


@pytest.mark.parametrize(
    ("unit", "value", "says"),
    [
        ("ms", 1736071200, "epoch: s reads 1736071200 as 2025-01-05"),
        ("ms", "1736071200.0", "epoch: s reads 1736071200 as 2025-01-05"),
        ("s", 1736071200000, "epoch: ms reads 1736071200000 as 2025-01-05"),
        ("s", 45657, "epoch: excel reads 45657 as 2024-12-31"),
        ("ms", 45657, "epoch: excel reads 45657 as 2024-12-31"),
        ("excel", 1736071200, "epoch: s reads 1736071200 as 2025-01-05"),
    ],
)
def test_an_epoch_of_another_unit_is_refused_with_the_one_that_fits(read, unit, value, says):
    with pytest.raises(DataError, match=f"for created_on.*{says}"):
        deals(read, f"{{from: x, epoch: {unit}}}", value, "")


def test_a_column_of_ones_own_may_be_of_1970(read):
    day = 1728000000  # 21 January 1970 in milliseconds
    columns = {"lead_id": "id", "created_at": "{from: t, epoch: ms}"}
    columns |= {"birthday": "{from: b, epoch: ms}"}
    data = read("leads", f"id,t,b\n1,1738713600000,{day}\n", columns)

    assert column(data, "leads", "birthday") == [date(1970, 1, 21)]


def test_an_epoch_of_numbers_and_of_moments(read):
    frame = pd.DataFrame({"id": ["1", "2"], "t": [1738713600000.0, None], "n": [1, 2]})
    columns = {"lead_id": "id", "created_at": "{from: t, epoch: ms}"}

    for suffix in ("parquet", "duckdb"):
        data = read("leads", frame.dropna(), columns, suffix=suffix)
        assert column(data, "leads", "created_at") == [datetime(2025, 2, 5)]


@pytest.mark.parametrize(
    ("how", "value", "expected"),
    [
        ('{from: x, date_format: "%d/%m/%Y %H:%M"}', "30/08/2024 23:30", date(2024, 8, 30)),
        ('{from: x, date_format: "%d/%m/%Y %I:%M %p"}', "30/08/2024 11:30 PM", date(2024, 8, 30)),
        ('{from: x, date_format: ["%d/%m/%Y", "%d/%m/%Y %H:%M"]}', "30/08/2024", date(2024, 8, 30)),
        (
            '{from: x, date_format: "%d/%m/%Y %H:%M", zone: Europe/Rome}',
            "30/08/2024 10:30",
            date(2024, 8, 30),
        ),
        (
            '{from: x, date_format: "%d/%m/%Y %H:%M %z", zone: Europe/Rome}',
            "30/08/2024 23:30 +0000",
            date(2024, 8, 31),
        ),
        ("{from: x, zone: UTC}", "2025-01-05T09:15:00.000Z", DAY),
        ("{from: x, zone: UTC}", "2025-01-05T09:15:00.000+0000", DAY),
        ("{from: x, zone: UTC}", "2025-01-06T00:30+01", DAY),
        ("{from: x, zone: Europe/Rome}", "2025-01-04T23:15:00Z", DAY),
        ("{from: x, zone: America/New_York}", "2025-01-06 02:00:00-0000", DAY),
        ("{from: x, zone: Asia/Tokyo}", "2025-01-05T10:00:00-0500", date(2025, 1, 6)),
        ("{from: x, zone: Europe/Rome}", "2025-01-05 23:59", DAY),  # as the clocks there write it
        ("{from: x, zone: Europe/Rome}", "2025-01-05", DAY),
    ],
)
def test_a_moment_is_cut_to_its_day(read, how, value, expected):
    assert deals(read, how, value) == [expected]
    assert deals(read, how, value, "") == [expected, None]


def test_without_a_word_a_moment_is_no_day_and_the_line_to_write_is_shown(read):
    with pytest.raises(DataError, match=r"zone: UTC cuts moments to their day"):
        deals(read, "x", "2025-01-05T09:15:00.000Z")
    with pytest.raises(DataError, match="not a date or a moment"):
        deals(read, "{from: x, zone: UTC}", "5 January")


def test_timestamps_of_files_and_databases_are_utc(read):
    moments = pd.to_datetime(["2025-01-04 23:15", "2025-01-05 22:00"])
    for index in (
        moments,
        moments.tz_localize("UTC"),
        moments.tz_localize("UTC").tz_convert("Asia/Tokyo"),
    ):
        frame = pd.DataFrame({"id": ["1", "2"], "x": index})
        for suffix in ("parquet", "duckdb"):
            data = read(
                "opportunities", frame, {"opportunity_id": "id", "created_on": "x"},
                above="zone: Europe/Rome", suffix=suffix,
            )  # fmt: skip
            assert column(data, "opportunities", "created_on") == [DAY, DAY]


def test_moments_by_the_clocks_of_a_zone_are_moments_in_utc(read):
    rows = "id,x\n1,2025-07-05 12:00\n2,2025-01-05T12:00:00Z\n3,2025-01-05 12:00\n"
    data = read("leads", rows, {"lead_id": "id", "created_at": "x"}, above="zone: Europe/Rome")

    assert [moment.hour for moment in column(data, "leads", "created_at")] == [10, 12, 11]


def test_open_ends_are_none(read):
    rows = "id,account,start,end,price\n1,a,2024-01-01,9999-12-31,5\n2,a,2024-01-01,2024-07-01,5\n"
    columns = {"subscription_id": "id", "account_id": "account", "started_on": "start",
               "ended_on": "end", "mrr": "price"}  # fmt: skip

    data = read("subscriptions", rows, columns, above='open_ended: ["9999-12-31", 2099-12-31]')
    assert column(data, "subscriptions", "ended_on") == [None, date(2024, 7, 1)]
    by_column = {**columns, "ended_on": "{from: end, open_ended: [9999-12-31]}"}
    data = read("subscriptions", rows, by_column)
    assert column(data, "subscriptions", "ended_on") == [None, date(2024, 7, 1)]
    german = rows.replace("9999-12-31", "31.12.9999").replace("2024-07-01", "01.07.2024")
    how = {**columns, "ended_on": '{from: end, date_format: "%d.%m.%Y"}'}
    data = read("subscriptions", german, how, above='open_ended: ["9999-12-31"]')
    assert column(data, "subscriptions", "ended_on") == [None, date(2024, 7, 1)]


def test_settings_hold_for_tables_that_have_our_names(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id;created_on\n1;31.12.9999\n2;05.01.2025\n")
    mapping = tmp_path / "our.yaml"
    mapping.write_text("separator: ;\ndate_format: '%d.%m.%Y'\nopen_ended: [9999-12-31]\n")

    data = load(tmp_path, mapping=mapping)

    assert column(data, "accounts", "created_on") == [None, DAY]


SUBSCRIPTIONS = {
    "subscription_id": "id",
    "account_id": "account",
    "started_on": "start",
    "ended_on": "end",
    "mrr": "price",
    "renewed_from": "before",
}


def test_inclusive_ends_move_by_a_day(read):
    rows = (
        "id,account,start,end,price,before\n"
        "C1,a,2024-01-01,2024-12-31,100,\nC2,a,2025-01-01,2025-12-31,100,C1\nC3,b,2024-01-01,,50,\n"
    )
    data = read(
        "subscriptions", rows, SUBSCRIPTIONS, beside="    ends: inclusive", as_of="2025-06-30"
    )

    assert column(data, "subscriptions", "ended_on") == [date(2025, 1, 1), date(2026, 1, 1), None]
    churned = rk.metrics.churned_mrr(data, start="2024-12-01", end="2025-02-01")
    assert churned["value"].tolist() == [0, 0]
    kept = rk.metrics.grr(data, start="2025-01-01", end="2025-02-01")
    assert kept["value"].tolist() == [1.0]


def test_a_quota_with_an_inclusive_end_is_spread_over_its_days(read):
    rows = "id,who,from,to,amount\n1,r1,2025-01-01,2025-03-31,90\n"
    columns = {
        "target_id": "id",
        "rep_id": "who",
        "kind": "{constant: quota}",
        "measure": "{constant: bookings}",
        "starts_on": "from",
        "ends_on": "to",
    }
    data = read("targets", rows, columns, beside="    ends: inclusive", as_of="2025-06-30")

    assert column(data, "targets", "ends_on") == [date(2025, 4, 1)]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "duckdb"])
def test_a_close_date_is_one_only_where_the_deal_is_closed(read, suffix):
    frame = pd.DataFrame(
        {
            "Id": [f"o{number:02}" for number in range(30)],
            "CreatedDate": ["2025-01-01"] * 30,
            "CloseDate": ["2025-09-01"] * 12 + ["2025-02-01"] * 18,
            "IsClosed": [False] * 15 + [True] * 15,
            "IsWon": [False] * 15 + [True] * 5 + [False] * 10,
        }
    )
    if suffix != "csv":
        frame["CloseDate"] = pd.to_datetime(frame["CloseDate"]).dt.date
        frame["CreatedDate"] = pd.to_datetime(frame["CreatedDate"]).dt.date
    data = read(
        "opportunities",
        frame.to_csv(index=False) if suffix == "csv" else frame,
        {
            "opportunity_id": "Id",
            "created_on": "CreatedDate",
            "closed_on": "{from: CloseDate, where: IsClosed}",
            "is_won": "{from: IsWon, where: IsClosed}",
            "expected_close_on": "CloseDate",
        },
        suffix=suffix,
        as_of="2025-06-30",
    )

    rate = rk.metrics.win_rate(data, period=None)
    assert (rate["value"].item(), rate["n"].item()) == (pytest.approx(1 / 3), 15)
    assert column(data, "opportunities", "closed_on").count(None) == 15
    assert None not in column(data, "opportunities", "expected_close_on")


def test_a_condition_is_a_column_of_yes_and_no(read):
    rows = "id,x,closed\n1,2025-01-05,Yes\n2,2025-01-05,n\n3,2025-01-05,\n"
    columns = {"opportunity_id": "id", "closed_on": "{from: x, where: closed}"}

    assert column(read("opportunities", rows, columns), "opportunities", "closed_on") == [
        DAY, None, None,
    ]  # fmt: skip
    with pytest.raises(DataError, match=r"closed is neither true nor false.*closed=maybe"):
        read("opportunities", rows.replace("Yes", "maybe"), columns)
    with pytest.raises(RevkitError, match="has no column 'shut'"):
        read("opportunities", rows, {**columns, "closed_on": "{from: x, where: shut}"})


# Numbers


def test_per_cent_is_a_hundredth(read):
    how = "{from: x, percent: true}"

    assert deals(read, how, 50, "90 %", "100%", "", name="probability") == [0.5, 0.9, 1.0, None]
    assert deals(read, how, '"12,5"', '"7 %"', name="discount", above='decimal: ","') == [
        0.125,
        0.07,
    ]
    with pytest.raises(DataError, match="probability is not a number"):
        deals(read, how, "half", name="probability")


@pytest.mark.parametrize("suffix", ["parquet", "duckdb"])
def test_per_cent_of_numbers(read, suffix):
    frame = pd.DataFrame({"id": ["1", "2"], "x": [50, 90]})
    columns = {"opportunity_id": "id", "probability": "{from: x, percent: true}"}

    data = read("opportunities", frame, columns, suffix=suffix)

    assert column(data, "opportunities", "probability") == [0.5, 0.9]


def test_minor_units_are_those_of_the_currency(read):
    rows = "id,x,currency\n1,4900,usd\n2,5000,jpy\n3,1500,KWD\n4,-5,EUR\n5,,\n"
    columns = {"invoice_line_id": "id", "currency": "currency",
               "amount": "{from: x, minor_units: true}",
               "invoice_id": "id", "account_id": "id", "issued_on": "{constant: 2025-01-05}",
               "is_recurring": "{constant: true}"}  # fmt: skip

    def amounts(rows, columns=columns, **options):
        data = read("invoices", rows, columns, **options)
        expr = data._store.raw["invoices"]
        return expr.order_by("invoice_id").amount.to_pyarrow().to_pylist()

    assert amounts(rows) == [49.0, 5000.0, 1.5, -0.05, None]
    without = {name: how for name, how in columns.items() if name != "currency"}
    assert amounts("id,x\n1,4900\n", without, above="currency: JPY") == [4900.0]
    assert amounts(rows.replace("usd", ""), above="currency: EUR")[0] == 49.0
    with pytest.raises(DataError, match="minor units of a currency that is not known in 1 row"):
        amounts(rows.replace("usd", "usdollar"))
    with pytest.raises(DataError, match="minor units of a currency that is not known in 1 row"):
        amounts(rows.replace("usd", ""))
    with pytest.raises(MappingError, match="minor_units: needs the currency"):
        amounts("id,x\n1,4900\n", without)


def test_minor_units_in_a_company_of_two_currencies(tmp_path):
    (tmp_path / "charges.csv").write_text(
        "id,created,closed,won,amount,currency\n"
        "1,1738713600000,1740787200000,true,4900,USD\n"
        "2,1738713600000,1740787200000,true,5000,JPY\n"
    )
    (tmp_path / "exchange_rates.csv").write_text(
        "on,from_currency,to_currency,rate\n2025-01-01,JPY,USD,0.0065\n"
    )
    (tmp_path / "our.yaml").write_text("""
currency: USD
tables:
  opportunities:
    source: charges
    columns:
      opportunity_id: id
      created_on: {from: created, epoch: ms}
      closed_on: {from: closed, epoch: ms}
      is_won: won
      amount: {from: amount, minor_units: true}
      currency: currency
""")

    data = load(tmp_path, mapping=tmp_path / "our.yaml")

    won = rk.metrics.won_amount(data, start="2025-03-01", end="2025-04-01")
    assert won["value"].item() == pytest.approx(49.00 + 32.50)


# What stands above


def test_a_mapping_may_set_rows_aside_and_ignore_columns(read):
    rows = "id,x,state\n1,2025-01-05,CA\n"
    columns = {"subscription_id": "id", "account_id": "id", "started_on": "x",
               "ended_on": "{constant: null}", "mrr": "{constant: 5}"}  # fmt: skip

    data = read("subscriptions", rows, columns, above="ignore: [subscriptions.state]")
    assert column(data, "subscriptions", "state") == ["CA"]
    with pytest.raises(TableError, match="sbscriptions"):
        read("subscriptions", rows, columns, above="ignore: [sbscriptions.state]")
    with pytest.raises(RevkitError, match=r"subscriptions\.no_such_rule"):
        read("subscriptions", rows, columns, above="set_aside: [subscriptions.no_such_rule]")


def test_a_column_the_mapping_gives_to_another_stays_out_in_any_spelling(read):
    rows = "id,Amount,in_eur\n1,100,90\n"

    data = read("opportunities", rows, {"opportunity_id": "id", "amount": "in_eur"})

    assert column(data, "opportunities", "amount") == [90.0]
    assert data.columns("opportunities") == {"opportunity_id", "amount"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("amount: {from: x, percent: true}", "percent: is for shares; amount holds a money"),
        ("probability: {from: x, minor_units: true}", "minor_units: is for money"),
        ("amount: {from: x, epoch: ms}", "epoch: is for dates; amount holds a money"),
        ("kind: {from: x, date_format: '%Y'}", "date_format: is for dates; kind holds a text"),
        ("created_on: {from: x, epoch: us}", "epoch"),
        ("created_on: {from: x, epoch: ms, date_format: '%Y'}", "either epoch: or date_format:"),
        ("created_on: {from: x, zone: Rome}", "Rome"),
        ("created_on: {from: x, date_format: '%s'}", "has '%s', which no date format has"),
        ("created_on: {from: x, date_format: '%Q-%Y'}", "has '%Q', which no date format has"),
        ("created_on: {from: x, date_format: '%d/%m/%Y %'}", r"has '%', which"),
        ("created_on: {from: x, date_format: 'YYYY-MM-DD'}", "has no year"),
        ("created_on: {from: x, date_format: '%d/%m'}", "has no year"),
        ("created_on: {from: x, open_ended: [soon]}", "'soon' is not a day"),
        ("created_on: {constant: 2025-01-01, epoch: ms}", "epoch: needs from: a column"),
        ("kind: {from: x, others: keep}", "others: needs words:"),
        ("amount: {from: x, words: {a: 1}, minor_units: true}", "minor_units: does not go with"),
        ("amount: {from: x, percent: perhaps}", "percent"),
        ("amount: {from: off}", "YAML reads it as False, not as text: put it in quotes"),
        ("amount: 2025", "YAML reads it as 2025, not as text: put it in quotes"),
        ("amount: {from: x, minor_unit: true}", "Did you mean 'minor_units'"),
    ],
)
def test_a_setting_that_does_not_fit_its_column_is_refused(read, line, message):
    name, _, how = line.partition(": ")

    with pytest.raises(MappingError, match=message):
        deals(read, how, "a", name=name)


@pytest.mark.parametrize(
    ("above", "message"),
    [
        ("as_of: 2025", "2025 is not a day"),
        ("zone: Nowhere/At_all", "Nowhere/At_all"),
        ("encoding: rot13", "not an encoding"),
        ("encoding: [utf-8]", "not an encoding"),
        ("separator: tab", "not one character"),
        ("separator: a", "not one character"),
        ("separator: ''", "not one character"),
        ("decimal: ';'", "decimal"),
        ("open_ended: 9999-12-31", "open_ended"),
        ("ignore: state", "ignore"),
        ("set_aside: {a: b}", "set_aside"),
        ("file: x", "the file has no 'file'"),
        ("opne_ended: []", "Did you mean 'open_ended'"),
    ],
)
def test_a_setting_above_is_checked(read, above, message):
    with pytest.raises(MappingError, match=message):
        deals(read, "x", "2025-01-05", above=above)


def test_only_a_table_with_ends_can_have_inclusive_ones(read):
    with pytest.raises(MappingError, match="opportunities has no column of a last day"):
        deals(read, "x", "2025-01-05", beside="    ends: inclusive")
    with pytest.raises(MappingError, match="ends"):
        deals(read, "x", "2025-01-05", beside="    ends: included")


@pytest.mark.parametrize("day", ["10000-05-05", "infinity"])
def test_a_day_that_python_has_not_is_shown_in_the_refusal(tmp_path, day):
    place, mapping = tmp_path / "company.duckdb", tmp_path / "our.yaml"
    with duckdb.connect(str(place)) as engine:
        engine.execute(f"create table theirs as select '1' as id, date '{day}' as t")
    mapping.write_text(
        "tables: {opportunities: {source: theirs, columns: {opportunity_id: id, "
        'created_on: {from: t, words: {"2025-01-01": 2025-01-02}}}}}'
    )

    with pytest.raises(DataError, match=rf"does not translate to created_on.*t={day}"):
        load(place, mapping=mapping)


def test_a_misspelt_column_of_ours_is_asked_about_and_the_note_travels(read):
    rows = (
        "id,account,opened,first,closed\nt1,a1,2025-01-02 09:00,2025-01-02 10:00,2025-01-03 09:00\n"
    )
    columns = {"ticket_id": "id", "account_id": "account", "severity": "{constant: low}"}
    columns |= {"opened_at": "opened", "closed_at": "closed"}
    said = "tickets: first_reply_at is not a column of revkit's; did you mean first_response_at?"

    data = read("tickets", rows, columns | {"first_reply_at": "first"})
    known = read(
        "tickets", rows, columns | {"first_response_at": "first", "first_reply_at": "first"}
    )
    own = read("tickets", rows, columns | {"first_reply_at": "first"},
               ignore=["tickets.first_reply_at"])  # fmt: skip

    assert [str(note) for note in data.notes] == [said]
    assert said in map(str, rk.metrics.resolution_time(data, period=None).attrs["notes"])
    assert known.notes == own.notes == ()


@pytest.mark.parametrize(
    ("table", "key", "own"),
    [
        ("tickets", "ticket_id", ["last_response_at", "closed_by", "priority", "first_contact_at"]),
        ("subscriptions", "subscription_id", ["term_starts_on", "trial_ends_on", "term_length"]),
        ("opportunities", "opportunity_id", ["expected_value", "lost_category", "product_line"]),
    ],
)
def test_a_column_of_their_own_with_a_loosely_similar_name_is_no_doubt(table, key, own):
    assert [*misnamed(table, own, [key, *own], ())] == []
