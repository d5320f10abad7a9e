"""Dirt is exactly what its key says, and nothing else."""

from pathlib import Path

import pytest

import revkit as rk
from revkit.errors import ParameterError
from revkit.schema import TABLES
from revkit.synth.dirt import LEVELS


@pytest.fixture(scope="module")
def clean():
    return rk.generate(accounts=600, months=24)


def rows(table, name):
    keys = [c.name for c in TABLES[name].columns.values() if c.key]
    return {"|".join(str(row[key]) for key in keys): row for row in table.to_pylist()}


def told_apart(clean, dirty):
    """Every cell, row more and row less, by comparing the tables."""
    found = set()
    for name, table in clean.tables.items():
        before, after = rows(table, name), rows(dirty.tables[name], name)
        found |= {(name, row, None, None, "added") for row in after.keys() - before.keys()}
        found |= {(name, row, None, "there", None) for row in before.keys() - after.keys()}
        for row in before.keys() & after.keys():
            for column, value in before[row].items():
                other = after[row][column]
                if value != other and not (value != value and other != other):
                    told = (None if v is None else str(v) for v in (value, other))
                    found.add((name, row, column, *told))
    return found


@pytest.mark.parametrize("level", ["light", "heavy"])
def test_dirty_less_clean_is_the_key(clean, level):
    dirty = rk.generate(accounts=600, months=24, dirt=level)

    key = [
        tuple(row[name] for name in ("table", "row", "column", "clean", "dirty"))
        for row in dirty.key.to_pylist()
    ]
    added = {row[1] for row in key if row[4] == "added"}
    lost = {row[1] for row in key if row[3] == "there"}
    kept = {row for row in key if row[2] is None or row[1] not in added | lost}
    assert kept == told_apart(clean, dirty)
    assert len(key) == len(set(key))
    kinds = set(dirty.key["kind"].to_pylist())
    assert kinds <= set(LEVELS[level])
    assert len(kinds) >= 6


def test_clean_has_no_key_and_the_same_rows_are_soiled_again(clean):
    again = (rk.generate(accounts=600, months=24, dirt="light") for _ in range(2))
    first, second = (company.key for company in again)

    assert clean.key is None
    assert first.equals(second)


def test_every_table_keeps_its_types_and_a_tiny_company_its_life():
    for accounts in (1, 3):
        dirty = rk.generate(accounts=accounts, months=1, dirt="heavy")
        whole = rk.generate(accounts=accounts, months=1)
        for name, table in whole.tables.items():
            assert dirty.tables[name].schema == table.schema


def test_a_dirty_company_still_has_its_numbers():
    dirty = rk.generate(accounts=600, months=24, dirt="heavy")

    assert rk.metrics.win_rate(dirty.data)["value"].notna().any()
    assert rk.metrics.mrr(dirty.data)["value"].iloc[-1] > 0


def test_another_level_is_refused():
    with pytest.raises(ParameterError, match="Did you mean 'light'"):
        rk.generate(dirt="ligth")


def test_the_key_is_written_beside_the_tables(tmp_path: Path):
    import pyarrow.parquet as pq

    company = rk.generate(accounts=60, months=6, dirt="light")
    company.truth.write(tmp_path / "shop")
    company.write(tmp_path / "shop")

    beside = tmp_path / "shop-truth" / "dirt_key.parquet"
    assert pq.read_table(beside).equals(company.key)
    assert not (tmp_path / "shop" / "dirt_key.parquet").exists()
