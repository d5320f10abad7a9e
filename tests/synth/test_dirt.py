"""Dirt is exactly what its key says, and nothing else."""

from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import revkit as rk
from revkit.errors import DataError, ParameterError
from revkit.schema import TABLES
from revkit.synth.dirt.cell_errors import ROUND
from revkit.synth.dirt.levels import LEVELS, add_dirt
from revkit.synth.kernel.arrow import COLUMNS, schema
from revkit.synth.kernel.ids import account_ids, lead_ids, second_account_ids, second_lead_ids
from revkit.synth.kernel.random_streams import Streams
from tests.support.dirty import differences, key_of

SIZES = [(600, 24, 43), (150, 6, 1), (3, 2, 7), (1, 1, 0)]
"""Accounts, months and seeds."""

TEXT_DAYS = {
    "light": {("invoices", "due_on")},
    "heavy": {("invoices", "due_on"), ("opportunities", "expected_close_on")},
}


@cache
def company(level="clean", accounts=600, months=24, seed=43):
    return rk.generate(accounts=accounts, months=months, seed=seed, dirt=level)


@pytest.mark.parametrize("level", ["light", "heavy"])
@pytest.mark.parametrize("size", SIZES)
def test_dirty_less_clean_is_the_key(level, size):
    key = key_of(company(level, *size))

    assert set(key) == differences(company("clean", *size), company(level, *size))
    assert len({cell[:3] for cell in key}) == len(key)


@pytest.mark.parametrize("level", ["light", "heavy"])
def test_dirty_less_clean_is_the_key_in_every_chunk(level, monkeypatch):
    """Each gets its errors by itself, and by its own draws."""
    for module in ("world", "accounts"):
        monkeypatch.setattr(f"revkit.synth.simulate.{module}.CHUNK", 64)
    monkeypatch.setattr("revkit.synth.dirt.cell_errors.ROUND", 10)
    clean, dirty = (rk.generate(accounts=150, months=12, seed=5, dirt=d) for d in ("clean", level))

    assert len(dirty.world.chunks) == 3
    assert set(key_of(dirty)) == differences(clean, dirty)
    assert dangling(dirty) == set()
    alone = [
        add_dirt(clean.part(chunk).plain().tables, level, Streams(5, chunk), last=chunk == 2)
        for chunk in range(3)
    ]  # fmt: skip
    assert dirty.key.equals(pa.concat_tables([key for _, key in alone]).combine_chunks())
    for name in alone[0][0]:
        assert dirty.tables[name].equals(pa.concat_tables([made[name] for made, _ in alone]))


@pytest.mark.parametrize("level", ["light", "heavy"])
def test_every_kind_of_dirt_is_there_in_every_column_it_falls_on(level):
    key = company(level).key.to_pylist()
    where = {(row["kind"], row["table"], row["column"]) for row in key}

    assert {kind for kind, *_ in where} == set(LEVELS[level])
    assert {
        ("no owner", table, "rep_id") for table in ("accounts", "leads", "opportunities")
    } | {
        ("other spelling", "accounts", "industry"), ("other spelling", "accounts", "country"),
        ("other spelling", "leads", "channel"), ("other spelling", "opportunities", "lost_reason"),
        ("stage back", "opportunity_history", "stage"),
        ("won without amount", "opportunities", "amount"),
        ("other currency", "opportunities", "currency"), ("other currency", "invoices", "currency"),
        ("local time", "activities", "occurred_at"), ("local time", "tickets", "opened_at"),
        ("local time", "tickets", "closed_at"), ("day first", "invoices", "due_on"),
        ("twice", "accounts", None), ("twice", "leads", None), ("twice", "lead_history", None),
        ("twice", "opportunities", "account_id"), ("twice", "leads", "account_id"),
        ("twice", "activities", "account_id"),
    } <= where  # fmt: skip
    if level == "heavy":
        assert {
            ("expected day first", "opportunities", "expected_close_on"),
            ("twice", "tickets", "account_id"),
            ("cut off", "activities", None), ("cut off", "usage", None),
        } <= where  # fmt: skip


def test_the_share_of_errors_is_what_the_level_says():
    for level in ("light", "heavy"):
        clean, key = company("clean").tables, company(level).key.to_pylist()
        for kind, table in {"no owner": "leads", "day first": "invoices"}.items():
            found = sum(row["kind"] == kind and row["table"] == table for row in key)
            rows, share = clean[table].num_rows, LEVELS[level][kind]
            assert abs(found - share * rows) < 4 * (share * rows) ** 0.5


def test_the_same_rows_get_errors_again_and_those_of_light_in_heavy():
    again = rk.generate(accounts=600, months=24, seed=43, dirt="light")
    light, heavy = (set(key_of(company(level))) for level in ("light", "heavy"))
    lost = {cell[:2] for cell in heavy if cell[3:] == ("there", None)}

    assert company("clean").key is None
    assert again.key.equals(company("light").key)
    assert {cell for cell in light if cell[:2] not in lost} <= heavy


def test_a_row_gets_its_errors_whatever_becomes_of_the_others():
    tables = dict(company("clean").tables)
    fewer = tables | {name: tables[name].slice(0, 400) for name in ("invoices", "accounts")}
    streams = Streams(42, 0)
    _, whole = add_dirt(tables, "light", streams, last=True)
    _, fewer_key = add_dirt(fewer, "light", streams, last=True)

    for name in ("invoices", "accounts"):
        left = set(fewer[name].column(0).to_pylist())
        rows = [row for row in whole.to_pylist() if row["table"] == name and row["row"] in left]
        added = [row for row in fewer_key.to_pylist() if row["table"] == name and row["column"]]
        assert [row for row in rows if row["column"]] == added


def test_what_is_already_so_is_no_change():
    """A lead that nobody looked after has not lost anyone, a ticket still open no time."""
    tables = dict(company("clean").tables)
    for name, column in (("leads", "rep_id"), ("tickets", "closed_at")):
        place = tables[name].schema.get_field_index(column)
        nothing = pa.nulls(tables[name].num_rows, schema(name).field(column).type)
        tables[name] = tables[name].set_column(place, schema(name).field(column), nothing)
    key = add_dirt(tables, "heavy", Streams(42, 0), last=True)[1].to_pylist()

    where = {(row["table"], row["column"]) for row in key}
    assert where & {("leads", "rep_id"), ("tickets", "closed_at")} == set()
    assert where >= {("accounts", "rep_id"), ("tickets", "opened_at")}


@pytest.mark.parametrize("level", ["light", "heavy"])
@pytest.mark.parametrize("size", SIZES[1:])
def test_every_table_keeps_its_types_but_for_the_days_with_the_day_first(level, size):
    for name, table in company(level, *size).tables.items():
        for found, wanted in zip(table.schema, schema(name), strict=True):
            text = (name, found.name) in TEXT_DAYS[level]
            assert found == (wanted.with_type(pa.string()) if text else wanted)


def dangling(company):
    """The columns with references that no row answers to."""
    tables = company.tables
    refers = [
        (name, column, target)
        for name in tables
        for column in COLUMNS[name].split()
        if (target := TABLES[name].columns[column].references) is not None
    ]
    return {
        (name, column)
        for name, column, target in refers
        if {*tables[name][column].to_pylist()} - {None, *tables[target].column(0).to_pylist()}
    }


@pytest.mark.parametrize("level", ["light", "heavy"])
def test_nothing_refers_to_what_is_not_there(level):
    assert dangling(company("clean")) == set()
    assert dangling(company(level)) == set()


def second(level, table):
    """The ids that second entries have."""
    return [
        row["row"]
        for row in company(level).key.to_pylist()
        if row["kind"] == "twice" and row["dirty"] == "added" and row["table"] == table
    ]


def test_second_accounts_have_children_but_no_bill():
    tables, seconds = company("heavy").tables, second("heavy", "accounts")

    def owned(name):
        return pc.sum(pc.is_in(tables[name]["account_id"], pa.array(seconds))).as_py()

    assert all(owned(name) for name in ("opportunities", "leads", "activities", "tickets"))
    assert not any(owned(name) for name in ("subscriptions", "usage", "invoices"))
    owner = {
        key: dict(zip(*(tables[name][column].to_pylist() for column in (key, "account_id")),
                      strict=True))
        for name, key in (("opportunities", "opportunity_id"), ("leads", "lead_id"))
    }  # fmt: skip
    for key in owner:
        of_one = [row for row in tables["activities"].to_pylist() if row[key] is not None]
        assert of_one
        assert [owner[key][row[key]] for row in of_one] == [row["account_id"] for row in of_one]
    sold = tables["leads"].filter(pc.is_valid(tables["leads"]["opportunity_id"])).to_pylist()
    assert sold
    for row in sold:
        assert owner["opportunity_id"][row["opportunity_id"]] == row["account_id"]
    led = [row for row in tables["opportunities"].to_pylist() if row["lead_id"] is not None]
    assert led
    assert [owner["lead_id"][row["lead_id"]] for row in led] == [row["account_id"] for row in led]


def test_a_second_lead_is_the_same_person_later_that_day():
    leads = {row["lead_id"]: row for row in company("heavy").tables["leads"].to_pylist()}
    history = company("heavy").tables["lead_history"].to_pylist()
    seconds = second("heavy", "leads")
    firsts = {row["email"]: row for row in leads.values() if row["lead_id"] not in seconds}

    assert len(seconds) > 10
    for second_entry in (leads[lead_id] for lead_id in seconds):
        first = firsts[second_entry["email"]]
        assert second_entry["name"] != first["name"]
        assert second_entry["account_id"] == first["account_id"]
        assert second_entry["created_at"] > first["created_at"]
        assert second_entry["created_at"].date() == first["created_at"].date()
        assert second_entry["opportunity_id"] is second_entry["disqualified_at"] is None
        entered = [row for row in history if row["lead_id"] == second_entry["lead_id"]]
        assert [(row["stage"], row["entered_at"]) for row in entered] == [
            ("lead", second_entry["created_at"])
        ]


def test_nothing_but_its_likeness_tells_a_second_entry():
    """Not its number, not the distance from the first, not where it stands in the table."""
    tables = company("heavy").tables
    for name, moment in (("accounts", "created_on"), ("leads", "created_at"),
                         ("lead_history", "entered_at")):  # fmt: skip
        assert all(one <= two for one, two in pairwise(tables[name][moment].to_pylist()))
        added = {row.split("|")[0] for row in second("heavy", name)}
        kept = [each for each in tables[name].column(0).to_pylist() if each not in added]
        assert kept == company("clean").tables[name].column(0).to_pylist()
    place = np.arange(1 << 15)
    firsts = account_ids(place, 3).number
    seconds = second_account_ids(firsts).number
    assert len({*firsts, *seconds}) == 1 << 16
    assert {int(each) >> 16 for each in [*firsts, *seconds]} == {3}
    assert len(np.unique(seconds - firsts)) > 1000
    account, slot = (each.ravel() for each in np.meshgrid(place[:4096], np.arange(24)))
    firsts = lead_ids(account, slot, 3).number
    seconds = second_lead_ids(firsts).number
    made = seconds >= 0
    assert (made == (slot < 8)).all()
    assert len({*firsts, *seconds[made]}) == len(firsts) + made.sum()
    assert {int(each) >> 20 for each in [*firsts, *seconds[made]]} == {3}
    for group in (firsts, seconds[made]):
        assert np.bincount(group % 32, minlength=32) / len(group) == pytest.approx(1 / 32, abs=0.01)


def test_a_clock_that_is_wrong_makes_no_moment_later_than_the_last_day():
    dirty = company("heavy")
    rows = dirty.key.filter(pc.equal(dirty.key["kind"], "local time")).to_pylist()
    assert {row["table"] for row in rows} == {"activities", "tickets"}
    for row in rows:
        clean, wrong = (np.datetime64(row[name]) for name in ("clean", "dirty"))
        hours = (wrong - clean) / np.timedelta64(1, "h")
        assert hours == {"activities": 2, "tickets": -5}[row["table"]]
        assert wrong < np.datetime64(dirty.as_of + timedelta(days=1))
    tickets = dirty.tables["tickets"]
    assert pc.all(pc.less(tickets["opened_at"], tickets["closed_at"])).as_py()


def test_only_the_last_chunk_is_cut_and_at_a_round_number_of_rows():
    tables, streams = company("clean").tables, Streams(42, 0)
    for name in ("activities", "usage"):
        assert company("heavy").tables[name].num_rows % ROUND == 0
        assert company("heavy").tables[name].num_rows < tables[name].num_rows
    assert "cut off" not in add_dirt(tables, "heavy", streams, last=False)[1]["kind"].to_pylist()


@pytest.mark.parametrize("level", ["light", "heavy"])
def test_a_dirty_company_still_has_its_numbers(level):
    data = company(level).data

    assert rk.metrics.win_rate(data)["value"].notna().any()
    assert rk.metrics.mrr(data)["value"].iloc[-1] > 0
    for table, column in TEXT_DAYS[level]:
        clean = company("clean").tables[table]
        wanted = dict(zip(clean.column(0).to_pylist(), clean[column].to_pylist(), strict=True))
        found = data.table(table).select(clean.column_names[0], column).to_pyarrow()
        assert dict(zip(*(found[name].to_pylist() for name in found.column_names),
                        strict=True)) == wanted  # fmt: skip


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_written_days_are_refused_until_the_mapping_reads_them(tmp_path, format):
    dirty = company("heavy", 60, 2, 1)
    dirty.write(tmp_path / "shop", format)

    with pytest.raises(DataError, match=r"invoices: due_on is not a date .*date_format: ") as said:
        rk.load(tmp_path / "shop", currency="EUR").table("invoices")
    assert any(f"due_on={day}" in str(said.value) for day in text_days(dirty))

    data = rk.load(tmp_path / "shop", mapping=tmp_path / "shop-truth" / "mapping.yaml")
    for table, column in TEXT_DAYS["heavy"]:
        days = data.table(table)[column].to_pyarrow().drop_null().to_pylist()
        wanted = company("clean", 60, 2, 1).tables[table][column].drop_null().to_pylist()
        assert sorted(days) == sorted(wanted)
        assert isinstance(days[0], date)


def text_days(dirty):
    return [day for day in dirty.tables["invoices"]["due_on"].to_pylist() if day and "/" in day]


def test_another_level_is_refused():
    with pytest.raises(ParameterError, match="Did you mean 'light'"):
        rk.generate(dirt="ligth")


def test_the_key_is_written_beside_the_tables(tmp_path: Path):
    dirty = rk.generate(accounts=60, months=6, dirt="light")
    dirty.truth.write(tmp_path / "shop")
    dirty.write(tmp_path / "shop")

    beside = tmp_path / "shop-truth" / "dirt_key.parquet"
    assert pq.read_table(beside).equals(dirty.key)
    assert not (tmp_path / "shop" / "dirt_key.parquet").exists()
    assert (tmp_path / "shop-truth" / "mapping.yaml").exists()
