"""No text of a company runs where one of its tables is opened in a spreadsheet."""

import csv
import io

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.operating_model.frame import Criteria
from revkit.analysis.scorecards.frame import Scorecard

RUNS = [
    '=HYPERLINK("http://x.example","y")', "+1", "-1", "@SUM(1)", "\t=1", "\n=1", "  =1",
    "+1+cmd|' /C calc'!A0", "＝1",
]  # fmt: skip


def cells(text):
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("kind", [Scorecard, Criteria])
@pytest.mark.parametrize("name", RUNS)
def test_a_frame_of_revkit_writes_no_formula(kind, name, tmp_path):
    frame = kind({"metric": [name, "Ada-Lou"], name: [-1.5, 2.0], "n": [-1, None]})
    frame.index = [name, "b"]
    frame.to_csv(tmp_path / "card.csv")

    rows = cells(frame.to_csv())
    assert rows == [["", "metric", f"'{name}", "n"], [f"'{name}", f"'{name}", "-1.5", "-1.0"],
                    ["b", "Ada-Lou", "2.0", ""]]  # fmt: skip
    assert cells((tmp_path / "card.csv").read_bytes().decode()) == rows
    assert frame["metric"].iloc[0] == name


@pytest.mark.parametrize("end", ["\r", "\r\n"])
@pytest.mark.parametrize("before", ["", "Ada"])
def test_a_carriage_return_begins_no_cell(end, before):
    said = cells(Scorecard({"metric": [f"{before}{end}=1"]}).to_csv(index=False))

    assert said == [["metric"], [f"{before}\n=1" if before else "'\n=1"]]


def test_a_scorecard_by_groups_that_are_called_like_formulas():
    deals = pd.DataFrame(
        {"opportunity_id": [f"d{at}" for at in range(4 * len(RUNS))], "segment": RUNS * 4}
    )
    deals = deals.assign(created_on="2026-01-02", closed_on="2026-02-03", amount=1.0, is_won=True)
    data = rk.Dataset(opportunities=deals, as_of="2026-02-28")
    text = rk.scorecard(data, metrics=["won_deals"], by="segment").to_csv(index=False)

    assert not [
        cell for row in cells(text) for cell in row if cell.lstrip(" ")[:1] in set("=@\t\r\n")
    ]
