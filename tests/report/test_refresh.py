"""The kit's notebooks run anew: stamped, the same bytes each time, and untouched by a failure."""

from base64 import b64decode, b64encode
from io import BytesIO

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from revkit.errors import ReportError
from revkit.report.refresh import lighter, main, refresh

SLIDER = """
from uuid import uuid4
view = {"application/vnd.jupyter.widget-view+json": {"model_id": str(uuid4())}}
display({**view, "text/plain": "a slider"}, raw=True)
"""
"""What a widget shows: its view, by the id of a model that ends with the kernel, and a text."""


def notebook(folder, code):
    file = folder / "05_a_page.ipynb"
    cells = [new_markdown_cell("# A page"), new_code_cell(code, metadata={"collapsed": True})]
    nbformat.write(new_notebook(cells=cells, metadata={"authors": ["someone"]}), file)
    return file


def test_it_numbers_the_cells_and_writes_the_same_twice(tmp_path, capsys):
    file = notebook(tmp_path, f"{SLIDER}\nclass A: ...\nA(), 6 * 7")

    main([str(file)])
    first = file.read_bytes()
    main([str(file)])

    assert capsys.readouterr().out == "05_a_page: changed\n05_a_page: as it was\n"
    assert file.read_bytes() == first
    written = nbformat.read(file, as_version=4)
    assert [cell.id for cell in written.cells] == ["05-a-page-00", "05-a-page-01"]
    assert written.metadata.keys() == {"kernelspec", "language_info"}
    assert written.cells[1].metadata == {}
    slider, result = written.cells[1].outputs
    assert slider.data == {"text/plain": "a slider"}
    assert result.data["text/plain"] == "(<__main__.A>, 42)"


def test_what_a_cell_says_ends_with_one_full_stop(tmp_path):
    file = notebook(tmp_path, "raise ValueError('no such month. Give another.')")

    with pytest.raises(ReportError, match=r"Give another\. Correct the cell"):
        refresh(file)


def test_a_cell_that_fails_leaves_the_file_as_it_was(tmp_path):
    file = notebook(tmp_path, "1 / 0")
    before = file.read_bytes()

    with pytest.raises(ReportError, match=r"05_a_page does not run .*ZeroDivisionError: division"):
        refresh(file)

    assert file.read_bytes() == before


def test_a_committed_chart_has_a_third_of_the_bytes_and_the_same_picture():
    fig, ax = plt.subplots(figsize=(8, 3.8))
    ax.plot(range(24), [at % 5 for at in range(24)], marker="o")
    ax.set_title("Win rate in Q4 2025, 18.1 %, is within noise of Q3 2025")
    drawn = BytesIO()
    fig.savefig(drawn, format="png")
    plt.close(fig)
    before = b64encode(drawn.getvalue()).decode()

    after = lighter(before)

    assert len(after) < 0.6 * len(before)
    assert lighter(before) == after
    pictures = [
        np.asarray(Image.open(BytesIO(b64decode(one))).convert("RGB"), dtype=float)
        for one in (before, after)
    ]
    assert np.abs(pictures[0] - pictures[1]).mean() < 1  # of 255
