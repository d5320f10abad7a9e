"""Results of queries that are remembered while a report is made."""

import pandas as pd
import pytest

from revkit.dataset import Dataset
from revkit.dataset.engines import remembered
from revkit.dataset.engines.duckdb_engine import LocalEngine
from revkit.dataset.engines.remembered import Remembered


@pytest.fixture
def deals(monkeypatch):
    """A company whose engine remembers, and the names of the queries that it runs."""
    frame = pd.DataFrame({"opportunity_id": ["a", "b"], "created_on": "2026-01-05"})
    table = Dataset(opportunities=frame, as_of="2026-01-31").table("opportunities")
    engine, asked = table.get_backend(), []
    engine.remembered = Remembered()
    run = LocalEngine._run
    monkeypatch.setattr(
        LocalEngine, "_run", lambda self, *words: asked.append(words[0]) or run(self, *words)
    )
    return table, engine, asked


def test_a_query_is_asked_once_in_each_form(deals):
    table, _, asked = deals

    for _ in range(3):
        assert table.count().to_pyarrow().as_py() == 2
        assert table.count().execute() == 2
        assert len(table.filter(table.opportunity_id == "a").execute()) == 1

    assert asked == ["to_pyarrow", "execute", "execute"]


def test_who_changes_a_frame_changes_no_other(deals):
    table, _, _ = deals
    frame = table.execute()
    frame["opportunity_id"] = "changed"

    assert table.execute()["opportunity_id"].tolist() == ["a", "b"]


def test_a_new_table_makes_it_forget(deals):
    table, engine, asked = deals
    table.count().execute()
    engine.create_table("other", pd.DataFrame({"x": [1]}), temp=True)
    table.count().execute()

    assert asked == ["execute", "create_table", "execute"]


def test_a_limit_is_not_taken_for_the_whole(deals):
    table, engine, _ = deals

    assert len(engine.to_pyarrow(table, limit=1)) == 1
    assert len(engine.to_pyarrow(table)) == 2


def test_large_results_and_too_many_are_asked_again(deals, monkeypatch):
    table, engine, asked = deals
    monkeypatch.setattr(remembered, "LARGEST", 10)
    table.execute()
    table.execute()
    monkeypatch.undo()

    monkeypatch.setattr(remembered, "MOST", 10)
    engine.remembered.forget()
    table.execute()

    assert asked[:2] == ["execute", "execute"]
    assert engine.remembered._results == {}
