"""Frames in Jupyter: results are written in their units, the data stay raw."""

from __future__ import annotations

import re
import subprocess
import sys

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.writing.frames.jupyter import shown
from revkit.language.numbers import SPACE


@pytest.fixture(scope="module")
def rates():
    deals = rk.example("deals")
    return rk.metrics.win_rate(deals, period="quarter", compare="previous")


def cells(html: str | None) -> list[str]:
    found = re.findall(r"<td[^>]*>(?:<span[^>]*>)?([^<]*)", html or "")
    return [cell.replace(SPACE, " ") for cell in found]


def test_a_rate_is_a_percent_and_its_frame_is_raw(rates):
    assert "75.0 %†" in cells(shown(rates))
    assert rates.loc[0, "value"] == 0.75


def test_the_rows_an_analyst_keeps_are_written_too(rates):
    assert "75.0 %†" in cells(shown(rates.head(1)))
    assert "75.0 %†" in cells(shown(rates[rates["n"] > 1].sort_values("n")))


@pytest.mark.parametrize(
    "own",
    [
        lambda frame: frame.assign(value=frame["value"] * 100),
        lambda frame: frame.assign(value=frame["value"].rank()),
        lambda frame: frame.assign(double=frame["value"] * 2),
        lambda frame: frame.set_index("period"),
        lambda frame: frame[["period", "value"]],
        lambda frame: frame.describe(),
        lambda frame: frame.groupby("period")[["value"]].sum(),
    ],
)
def test_what_a_reader_calculates_is_shown_as_pandas_shows_it(rates, own):
    frame = own(rates)

    assert shown(frame) == frame._repr_html_()


def test_metrics_measured_together_have_their_own_units():
    deals = rk.example("deals")

    measured = rk.measure(deals, ["win_rate", "won_amount", "sales_cycle"], period="quarter")

    assert {"75.0 %†", "9,000†", "30 days†"} <= set(cells(shown(measured)))
    assert cells(shown(measured)) == cells(rk.table(measured)._repr_html_())


def test_a_comparison_is_written_with_its_interval(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")
    rates = rk.metrics.win_rate(company, start="2025-10-01", compare="previous")

    written = rk.table(rates)

    assert "Against the period before" in written.headings
    at = written.headings.index("Against the period before")
    assert written.rows[0][at].endswith("points")
    assert " to " in written.rows[0][at + 1]
    assert "Rispetto al periodo precedente" in rk.table(rates, language="it").headings


def test_a_long_result_says_how_much_of_it_is_shown():
    frame = pd.DataFrame({"value": [0.5] * 81})
    frame.attrs["units"] = {"value": "share"}

    with pd.option_context("display.max_rows", 10):
        html = shown(frame)

    assert len(cells(html)) == 10
    assert "10 of 81 rows." in html


def test_numbers_without_a_unit_are_not_rounded_away():
    frame = pd.DataFrame({"share": [0.5], "p": [0.0012]})
    frame.attrs["units"] = {"share": "share"}

    assert shown(frame) == frame._repr_html_()


def test_rows_with_units_of_their_own_keep_them():
    frame = pd.DataFrame({"rate": ["win", "cycle"], "value": [0.25, 40.0]})
    frame.attrs["units"] = {"value": ("share", "days")}

    assert cells(shown(frame.iloc[::-1])) == ["cycle", "40 days", "win", "25.0 %"]
    assert cells(shown(frame.tail(1))) == ["cycle", "40 days"]


def test_a_notebook_asks_revkit_for_the_text_of_frames():
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "import revkit as rk\n"
        "rates = rk.metrics.win_rate(rk.example('deals'), period='quarter')\n"
        "print(shell.display_formatter.format(rates)[0]['text/html'])\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "75.0 %†" in cells(done.stdout)
