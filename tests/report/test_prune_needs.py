"""Cells are removed where a company lacks what they need, and a sentence says what."""

from datetime import date

import nbformat
import pandas as pd

import revkit as rk
from revkit.report.availability import Missing, prune


def test_a_missing_table_is_missing_for_its_columns_too():
    missing = Missing(absent=("spend", "accounts.segment"))

    assert str(missing.of(["spend.channel"])) == "the table spend, which this data does not have"
    assert not missing.of(["accounts.region"])


def page(*needs: str) -> nbformat.NotebookNode:
    tags = [f"needs:{need}" for need in needs]
    title = nbformat.v4.new_markdown_cell("# Renewals")
    cells = [nbformat.v4.new_code_cell("1", metadata={"tags": tags})]
    return nbformat.v4.new_notebook(cells=[title, *cells, nbformat.v4.new_code_cell("2")])


def contracts(renewed_from: str | None) -> rk.Dataset:
    columns = ["subscription_id", "account_id", "started_on", "ended_on", "term_ends_on", "mrr",
               "renewed_from"]  # fmt: skip
    first, second = date(2024, 1, 1), date(2025, 1, 1)
    rows = [
        ["C1", "A1", first, second, second, 100.0, None],
        ["C2", "A1", second, None, date(2026, 1, 1), 110.0, renewed_from],
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return rk.Dataset(subscriptions=frame.astype({"renewed_from": "string"}), as_of="2025-06-30")


def test_a_cell_whose_derived_table_the_data_do_not_tell_gives_way_to_the_reason():
    notebook = page("subscriptions.term_ends_on", "renewals")

    kept, missing = prune(notebook, contracts(None))
    (note,) = [cell for cell in kept.cells if "not-shown" in cell.metadata.get("tags", [])]

    assert list(missing.unknown) == ["renewals"]
    assert "renewals, which this data does not tell" in note.source
    assert "renewed" in note.source.replace("\\", "")
    assert not prune(notebook, contracts("C1"))[1]
