"""The benchmark of the door times tables that pass it."""

import pytest

import revkit as rk
from benchmarks.door import TABLES, check, made, read


@pytest.mark.parametrize("name", TABLES)
def test_its_tables_are_sound(name, tmp_path):
    table = TABLES[name][0]
    alone, beside = made(tmp_path, name, 1000)

    read(alone, table)
    check(beside, table)
    data = rk.load(beside, as_of="2025-12-31")
    assert data.table(table).count().execute() == 1000
    assert [note for note in data.notes if "_not_found" in note.rule] == []
