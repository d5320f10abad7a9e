"""What the benchmark of claims collects is what a notebook says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import nbformat
import pandas as pd

import revkit as rk
from benchmarks.quiet.claims import as_rows, claims, first_page, pages
from benchmarks.quiet.planted import PLANTED, cut, names_it
from benchmarks.quiet.truth import false_claims
from revkit.analysis.faults import Fault
from revkit.analysis.watch.metrics.prices import PriceMove
from revkit.analysis.watch.metrics.rows import Window
from revkit.analysis.watch.result import Watch

CELLS = (
    "import revkit as rk\ncompany = rk.load('nowhere')",
    "rates = rk.metrics.win_rate(company, by='segment', period=None, compare='rest')",
    "said = rk.say.contrast(rates)",
    "rk.findings([said])",
)


def deals() -> rk.Dataset:
    rows = [
        {"opportunity_id": f"{name}{at}", "segment": name, "created_on": "2026-01-02",
         "closed_on": "2026-02-01", "is_won": at < won}
        for name, won in (("A", 100), ("B", 300), ("C", 200))
        for at in range(1000)
    ]  # fmt: skip
    return rk.Dataset(opportunities=pd.DataFrame(rows), as_of="2026-03-31")


def test_it_collects_what_the_cells_of_a_notebook_say(tmp_path: Path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    nbformat.write(notebook, tmp_path / "page.ipynb")
    company = deals()
    rates = rk.metrics.win_rate(company, by="segment", period=None, compare="rest")
    said = str(rk.say.contrast(rates)).replace("\u00a0", " ")

    found = [claim for claim in claims(company, tmp_path) if claim.page == "page"]

    assert {claim.text for claim in found} == {said}
    assert {(claim.group, claim.up) for claim in found} == {("A", False), ("B", True)}
    assert all(claim.said and claim.metric == "win_rate" for claim in found)

    assert list(pages(company, tmp_path, only=())) == []
    (page,) = pages(company, tmp_path, only={"page"})
    assert page == found


def test_the_first_page_names_prices_faults_and_causes():
    watched = Watch(
        Window(24276, 36, date(2025, 12, 31)),
        prices=(PriceMove("Starter", 17, 10.0, 12.0),),
        faults=(Fault("leads", "channel", 20, 0.0, 0.6),),
    )

    fault, price = first_page(watched)

    assert (fault.metric, fault.said) == ("leads.channel", True)
    assert (price.metric, price.group, price.up) == ("list_price", "Starter", True)
    assert first_page(Watch(Window(24276, 36, date(2025, 12, 31)))) == []


def test_a_change_in_a_quiet_company_is_false_and_a_planted_place_is_found():
    rows = as_rows("one", [])
    columns = ["page", "kind", "metric", "group", "up", "said", "text", "company"]
    assert rows.empty
    rows = pd.DataFrame(
        [
            ["01", "change", "mql_to_sql_rate", "", False, True, "fell", "one"],
            ["01", "change", "win_rate", "", True, False, "noise", "two"],
        ],
        columns=columns,
    )

    assert "reports with a false change: 50.0%" in false_claims(rows)
    assert names_it("broken-handoff", rows)
    assert not names_it("channel-rot", rows)
    assert {cut(name, 1).year for name in PLANTED} <= {2024, 2025}
