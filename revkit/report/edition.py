"""Edition of a notebook for a report: the company, without what teaches and what is for code.

Cells tagged ``teach`` (an example worked by hand, exercises) and ``explore`` (sliders, text about
code) stay in the notebook. A report leaves them out before it runs.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

LEFT_OUT = frozenset({"teach", "explore"})
"""Tags of cells that are for who has the notebook open."""


def of_report(notebook: Any) -> Any:
    """Return a copy of a notebook without the cells that only its own reader needs.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook; left as it is. What its other cells use must not be made in one
        that is left out.

    Examples
    --------
    >>> import nbformat.v4 as v4
    >>> by_hand = v4.new_markdown_cell("Of two deals one was won.", metadata={"tags": ["teach"]})
    >>> [cell.source for cell in of_report(v4.new_notebook(cells=[by_hand])).cells]
    []
    """
    edition = deepcopy(notebook)
    edition.cells = [cell for cell in edition.cells if not LEFT_OUT & set(_tags(cell))]
    return edition


def _tags(cell: Any) -> list[str]:
    return list(cell["metadata"].get("tags", []))
