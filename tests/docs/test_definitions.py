"""The page of definitions: its table is that of the catalogue, and all it names is there."""

import re
from pathlib import Path

import revkit as rk
from revkit.catalogue.definitions import definitions, page

PAGE = Path(__file__).parents[2] / "docs" / "definitions.md"


def test_the_table_is_that_of_the_catalogue():
    text = PAGE.read_text(encoding="utf-8")

    assert page(text) == text, "run `make docs`"


def test_every_metric_has_a_window_and_a_denominator():
    names = rk.catalog()["name"]
    rows = [line.split(" | ") for line in definitions().splitlines()[2:]]

    assert [row[0] for row in rows] == [f"| `{name}`" for name in sorted(names)]
    assert all(len(row) == 4 and all(cell.strip() for cell in row) for row in rows)
    cells = {row[0].strip("| `"): row for row in rows}
    assert cells["win_rate"][3].startswith("opportunities where is_won is known by closed_on")
    assert "3 months by default" in cells["cltv"][1]
    assert "average of the period's two ends" in cells["pipeline_velocity"][1]


def test_what_changed_names_metrics_that_are_there():
    text = PAGE.read_text(encoding="utf-8").partition("## What changed")[2]
    first = [line.split(" | ")[0] for line in text.partition("## Every")[0].splitlines()[4:]]
    named = re.findall(r"`(\w+)`", " ".join(first))

    assert len(named) > 10
    assert set(named) - {"lost_reason", "churn_reason"} <= set(rk.catalog()["name"])
