"""Execution of one notebook with Papermill, without a browser."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    """The executed notebook, and the sentence of the cell that failed, if one did."""

    notebook: Any
    error: str | None = None


def run(notebook: Any, parameters: Mapping[str, Any], *, copy: Path, folder: Path) -> Run:
    """Run a notebook from its first cell to its last, or to the first that fails.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook with a cell tagged ``parameters``.
    parameters
        Values in place of that cell's own.
    copy
        Where the executed notebook is written; with the error in it when a cell failed.
    folder
        The folder that the cells run in.
    """
    papermill = _papermill()
    import nbformat

    try:
        done = papermill.execute_notebook(
            notebook,
            str(copy),
            parameters=dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            cwd=str(folder),
            extra_arguments=[f"--log-level={logging.CRITICAL}"],
        )
    except papermill.PapermillExecutionError as failure:
        return Run(nbformat.read(copy, as_version=4), f"{failure.ename}: {failure.evalue}")
    return Run(done)


def read(file: Path) -> Any:
    """Read a notebook file as version 4 of the notebook format (nbformat)."""
    _papermill()
    import nbformat

    return nbformat.read(file, as_version=4)


def _papermill() -> Any:
    with _without("rfc3987_syntax"):
        import papermill

    # parameters have been checked; its own warning does not understand `str | None`
    logging.getLogger("papermill").setLevel(logging.ERROR)
    return papermill


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Keep an optional import from happening.

    The notebook format's checker compiles a grammar of web addresses at import, 1.4 s, for a
    check that no notebook needs; without the package it goes on without the check.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # how Python spells "not installed"
    try:
        yield
    finally:
        del sys.modules[module]
