"""A report of notebooks of a few cells on a company of one deal, for what goes wrong with it."""

import pandas as pd
from nbformat import read, write
from nbformat.v4 import new_code_cell, new_notebook

PARAMETERS = """\
data: str = "../data/sample"  # folder with the company's tables
mapping: str | None = None  # how its tables and columns are called
as_of: str | None = None  # the day at whose end the company is known
where: dict[str, str] = {}  # dimension and value
note: str = ""  # a text
"""


def book(folder, name, *sources):
    """Write a notebook that takes parameters and runs some cells."""
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(source) for source in sources]
    folder.mkdir(exist_ok=True)
    write(new_notebook(cells=cells), folder / f"{name}.ipynb")


def company(folder):
    """Write ``crm/opportunities.csv`` and a first notebook in ``books``."""
    (folder / "crm").mkdir()
    deal = {"opportunity_id": ["o"], "created_on": ["2026-01-05"], "closed_on": ["2026-01-28"],
            "is_won": [True], "amount": [100.0]}  # fmt: skip
    pd.DataFrame(deal).to_csv(folder / "crm" / "opportunities.csv", index=False)
    book(folder / "books", "01_first", "print('first', note)")


def nothing_to_run(folder):
    """Put a notebook in place that needs a table that is not there, so that no kernel starts."""
    book(folder / "books", "01_first", "leads")
    file = folder / "books" / "01_first.ipynb"
    notebook = read(file, as_version=4)
    notebook.cells[1].metadata["tags"] = ["needs:leads"]
    write(notebook, file)


def contents(folder):
    """Return the content of each file of a folder by its name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
