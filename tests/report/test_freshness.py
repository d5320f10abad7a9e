"""A report says where the data end, and fails where it is told to."""

from datetime import date, timedelta

import pandas as pd
import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from revkit.cli import app
from revkit.dataset import Dataset
from revkit.errors import ParameterError
from revkit.report.freshness import days, stale

END = date(2026, 3, 31)


def activities(until=END, step=1):
    occurred = pd.date_range("2025-10-01", until, freq=f"{step}D")
    return pd.DataFrame(
        {
            "activity_id": [f"a{number}" for number in range(len(occurred))],
            "occurred_at": occurred,
            "kind": "call",
            "rep_id": "r",
            "is_selling": True,
        }
    )


def deals(until=END):
    day = pd.date_range("2025-10-01", until, freq="2D")
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{number}" for number in range(len(day))],
            "created_on": day,
            "closed_on": day,
            "is_won": True,
            "amount": 100.0,
        }
    )


def found(allowed, as_of=END, **tables):
    return [(one.table, one.late) for one in stale(Dataset(as_of=as_of, **tables), allowed)]


@pytest.mark.parametrize(("late", "expected"), [(0, []), (3, []), (4, [("", 4)]), (20, [("", 20)])])
def test_data_that_end_before_the_date(late, expected):
    assert found(3, END + timedelta(days=late), activities=activities(END)) == expected


def test_a_table_that_ends_before_the_others():
    tables = {"opportunities": deals(), "activities": activities(date(2026, 3, 20))}

    assert found(3, **tables) == [("activities", 11)]
    assert found(14, **tables) == []


def test_a_table_with_a_pace_of_its_own_is_not_late_before_its_time():
    spent = pd.date_range("2025-08-01", "2026-03-01", freq="MS")
    spend = pd.DataFrame(
        {
            "spend_id": [str(number) for number in range(len(spent))],
            "spent_on": spent,
            "function": "marketing",
            "amount": 10.0,
        }
    )

    assert found(3, opportunities=deals(), spend=spend) == []
    assert found(3, opportunities=deals(), spend=spend.iloc[:-1]) == [("spend", 58)]


def test_few_rows_tell_nothing_of_their_pace():
    assert found(3, opportunities=deals(), activities=activities(END, 60)) == []


def test_planned_dates_do_not_make_data_fresh():
    subscriptions = pd.DataFrame(
        {
            "subscription_id": ["s"],
            "account_id": ["a"],
            "started_on": pd.Timestamp("2025-10-01"),
            "ended_on": pd.Timestamp("2026-03-30"),
            "mrr": 10.0,
        }
    )

    assert found(3, opportunities=deals(date(2026, 3, 1)), subscriptions=subscriptions) != []


@pytest.mark.parametrize("text", ["3", "d", "-3d", "3 days", "1.5d", "", "3h"])
def test_a_span_that_is_none_is_refused(text):
    with pytest.raises(ParameterError, match="such as --fresh 3d"):
        days(text)


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm").mkdir()
    deals().to_csv("crm/opportunities.csv", index=False)
    activities(date(2026, 3, 20)).to_csv("crm/activities.csv", index=False)
    cell = new_code_cell(
        'data: str = ""\nas_of: str | None = None', metadata={"tags": ["parameters"]}
    )
    leads = new_code_cell("1 / 0", metadata={"tags": ["needs:leads"]})
    write(new_notebook(cells=[cell, leads]), "page.ipynb")
    asked = ["report", "--data", "crm", "--notebooks", "page.ipynb", "--out", "out"]

    def run(*words):
        return CliRunner().invoke(app, [*asked, *words])

    return run


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ((), 0, ""),
        (("--fresh", "2w"), 0, ""),
        (("--fresh", "3d"), 3, "The table activities ends on 20 March 2026, 1"),
        (("--fresh", "3d", "--as-of", "2026-04-30"), 3, "The data end on 3"),
    ],
)
def test_the_exit_says_that_data_are_stale_and_so_does_the_page(
    report, tmp_path, words, code, sentence
):
    result = report(*words)

    assert result.exit_code == code
    assert "open out/index.html" in result.stdout
    assert sentence in result.stderr
    assert sentence in (tmp_path / "out" / "index.html").read_text()


def test_a_wrong_span_is_wrong_usage(report):
    result = report("--fresh", "soon")

    assert result.exit_code == 2
    assert "--fresh 'soon' must be days or weeks" in result.stderr
