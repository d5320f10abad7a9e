"""DuckDB draws a progress bar of slow queries in notebooks; a page has none."""

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

ASKED = """
import duckdb
from revkit.dataset.engines.duckdb_engine import local_engine
setting = "select current_setting('enable_progress_bar')"
print(duckdb.connect().sql(setting).fetchone()[0], local_engine().raw_sql(setting).fetchone()[0])
"""


def test_slow_queries_leave_no_progress_bar_on_a_page():
    notebook = new_notebook(cells=[new_code_cell(ASKED)])

    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()

    assert notebook.cells[0].outputs[0].text == "True False\n"
