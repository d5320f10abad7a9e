"""Execution of one notebook in a kernel of its own, without a browser, within bounds."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from revkit.errors import ReportError
from revkit.language import language
from revkit.report.kernels import Warm
from revkit.report.output import PACKER, OutputLimit

TIMEOUT = 600.0
"""Seconds a notebook may take."""

COMMENT = "Given by the report. To run this yourself, put paths in place of the names of your data."

LONGEST = 600
"""Characters of a failure's sentence."""


@dataclass(frozen=True)
class Run:
    """The executed notebook, and the sentence of what stopped it, if something did."""

    notebook: Any
    error: str | None = None


def run(
    notebook: Any,
    parameters: Mapping[str, Any],
    *,
    folder: Path,
    timeout: float = TIMEOUT,
    environment: Mapping[str, str] | None = None,
    warm: Warm | None = None,
) -> Run:
    """Run a notebook from its first cell to its last, or to the first that fails.

    Whatever stops it, a failing cell, a kernel that dies, its time being over, is the sentence of
    the Run: it never raises.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook with a cell tagged ``parameters``; left as it is.
    parameters
        Values in place of that cell's own.
    folder
        The folder that the cells run in.
    timeout
        Seconds that all cells together may take.
    environment
        Variables for its kernel, besides those of this process.
    warm
        The process that its kernel is forked from; None for a kernel that is started anew.
    """
    given = parametrized(notebook, parameters)
    try:
        with TemporaryDirectory(prefix="revkit-", ignore_cleanup_errors=True) as aside:
            knowing = {**os.environ, **(environment or {})}
            _execute(given, folder, timeout, knowing, warm, aside)
    except Exception as failure:  # of a kernel, a disk, a socket: one notebook's, not the report's
        return Run(given, _said(given) or sentence(failure, timeout))
    return Run(given)


def _said(notebook: Any) -> str:
    """Return the error that a cell shows; a kernel's reply may name another, of its own display."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not _allowed(cell):
                return _bounded(f"{output.ename}: {output.evalue}")
    return ""


def _allowed(cell: Any) -> bool:
    return "raises-exception" in cell.metadata.get("tags", [])


def parametrized(notebook: Any, parameters: Mapping[str, Any]) -> Any:
    """Return a copy of a notebook with the values in a cell after its ``parameters`` cell."""
    _quiet_papermill()
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    copy = load_notebook_node(deepcopy(notebook))
    return parameterize_notebook(
        copy, dict(parameters), comment=COMMENT, kernel_name="python3", language="python"
    )


def _execute(
    notebook: Any,
    folder: Path,
    timeout: float,
    environment: Mapping[str, str],
    warm: Warm | None,
    aside: str,
) -> None:
    """Run all cells; the outputs are written into the notebook, up to where it stops."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError

    from revkit.report.kernels.provisioner import forked
    from revkit.report.kernels.sockets import in_folder

    limit = OutputLimit(language())

    class Client(NotebookClient):
        """Client that keeps no more of a cell's output than the limit."""

        def create_kernel_manager(self) -> Any:
            manager = super().create_kernel_manager()
            in_folder(manager, aside)
            if warm is not None:
                manager.provisioner = forked(manager, warm, aside)
            return manager

        def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
            if limit.admits(cell_index, msg):
                return super().output(outs, msg, display_id, cell_index)
            if (note := limit.note(cell_index)) is not None:
                outs.append(note)
            return None

        def _update_display_id(self, display_id: str, msg: Any) -> None:
            if limit.fits(msg):
                super()._update_display_id(display_id, msg)

    end = monotonic() + timeout
    client = Client(
        notebook,
        kernel_name="python3",
        timeout_func=lambda _: max(end - monotonic(), 0.01),
        startup_timeout=max(60, int(timeout)),
        iopub_timeout=60,
        raise_on_iopub_timeout=True,
        record_timing=False,
        store_widget_state=False,
        extra_arguments=[f"--log-level={logging.CRITICAL}", f"--Session.packer={PACKER}"],
        log=_silent(),
    )

    async def cells() -> None:
        async with client.async_setup_kernel(cwd=str(folder), env=dict(environment)):
            for place, cell in enumerate(notebook.cells):
                try:
                    await client.async_execute_cell(cell, place)
                except CellTimeoutError:
                    client.shutdown_kernel = "immediate"  # it may be deaf to a polite word
                    raise

    # a loop of its own, closed at the end: another notebook may run in another thread
    asyncio.run(cells())


def sentence(failure: Exception, timeout: float = TIMEOUT) -> str:
    """Say in one bounded sentence what stopped a notebook."""
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    words = language()
    if isinstance(failure, CellExecutionError):
        text = f"{failure.ename}: {failure.evalue}"
    elif isinstance(failure, CellTimeoutError):
        text = words.ngettext(
            "It was not done after {seconds} second and was stopped. Allow it more with "
            "--timeout, or ask for less.",
            "It was not done after {seconds} seconds and was stopped. Allow it more with "
            "--timeout, or ask for less.",
            timeout,
            seconds=f"{timeout:g}",
        )
    elif isinstance(failure, DeadKernelError):
        text = words.gettext(
            "Its kernel died: it was killed from outside, or ran out of memory. Ask for less, "
            "or run again."
        )
    else:
        text = f"{type(failure).__name__}: {failure}"
    return _bounded(text)


def _bounded(text: str) -> str:
    """Return a text as one line, cut where it is too long for a sentence."""
    line = " ".join(text.split()).removesuffix(":")
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _silent() -> logging.Logger:
    """Return a logger that writes nothing: what went wrong is in the Run."""
    logger = logging.getLogger("revkit.report.run")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def read(file: Path) -> Any:
    """Read a notebook file as version 4 of the notebook format (nbformat).

    Raises
    ------
    ReportError
        When the file is no notebook.
    """
    _quiet_papermill()
    import nbformat

    try:
        return nbformat.read(file, as_version=4)
    except Exception as error:  # nbformat says so in a class of its own for each way
        raise ReportError.no_notebook(file, problem=sentence(error)) from error


def _quiet_papermill() -> None:
    with _without("rfc3987_syntax"):
        import papermill  # noqa: F401

    # parameters have been checked; its own warning does not understand `str | None`
    logging.getLogger("papermill").setLevel(logging.ERROR)


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
