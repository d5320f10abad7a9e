"""One notebook on one company: what fails, and every sentence with what it was made from."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import revkit as rk
import revkit.sources
from revkit.analysis import say
from revkit.analysis.writing.finding import MIME
from revkit.language import in_language
from revkit.report.availability import prune
from revkit.report.parameters import parameters_of
from revkit.report.run import parametrized

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
KINDS = tuple(say.__all__)

PARSED = ("change", "year", "contrast", "step", "level")
"""Kinds whose whole claim is read back; of the others, each number."""


@dataclass(frozen=True)
class Said:
    """A sentence: the page, the function of ``rk.say`` or "shown", whether it only says "nothing".

    ``result`` is what it was made from: the frame of a metric, or all objects of the page.
    """

    page: str
    kind: str
    text: str
    quiet: bool
    result: Any = field(repr=False)


@dataclass
class Page:
    """What became of a notebook: its sentences, the texts of its outputs, and what failed."""

    said: list[Said] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    failed: str = ""


def run(file: Path, company: rk.Dataset, values: Mapping[str, Any], language: str) -> Page:
    """Run a notebook's cells on a company; parameters that it does not take are left out."""
    with in_language(language):
        notebook, _ = prune(nbformat.read(file, as_version=4), company)
        takes = parameters_of(notebook, file.stem)
        given = {name: value for name, value in values.items() if name in takes}
        if takes:  # a page that shows nothing has no parameters left
            notebook = parametrized(notebook, given | {"language": language})
        page = Page()
        with _witnessed(company, file.stem, page), warnings.catch_warnings(), _shell() as shell:
            warnings.simplefilter("ignore", UserWarning)  # of matplotlib, without a screen
            for place, cell in enumerate(notebook.cells):
                if cell.cell_type == "code" and not page.failed:
                    _cell(cell.source, place, file.stem, shell, page)
        plt.close("all")
    return page


@contextmanager
def _shell() -> Iterator[InteractiveShell]:
    """Give a shell without names or history, the one whose displays can be captured."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    try:
        yield shell
    finally:
        shell.restore_sys_module_state()
        InteractiveShell.clear_instance()


def _cell(source: str, place: int, name: str, shell: InteractiveShell, page: Page) -> None:
    with capture_output() as shown:
        done = shell.run_cell(source)
    error = done.error_before_exec or done.error_in_exec
    if error is not None:
        page.failed = f"cell {place}: {type(error).__name__}: {error}"
        return
    # What a cell shows without a name is an object of the page, too.
    shell.user_ns[f"shown_{place}"] = done.result
    known = {one.text for one in page.said}
    for data in (*(one.data for one in shown.outputs), _displayed(done.result, shell)):
        page.texts.append(str(data.get("text/plain", "")))
        for text in _sentences(data):
            if text not in known:
                page.said.append(Said(name, "shown", text, False, shell.user_ns))


def _displayed(result: Any, shell: InteractiveShell) -> Mapping[str, Any]:
    """Return what a notebook shows of a cell's last expression."""
    return {} if result is None else shell.display_formatter.format(result)[0]


def _sentences(data: Mapping[str, Any]) -> list[str]:
    """Return the findings and conclusions of an output."""
    if MIME in data:
        return [_plain(text) for text in data[MIME]["findings"]]
    if 'class="so ' in data.get("text/html", ""):
        return [re.sub(r"^\S+: ", "", _plain(data["text/plain"]))]
    return []


def _plain(text: object) -> str:
    return str(text).replace("\u00a0", " ")


@contextmanager
def _witnessed(company: rk.Dataset, name: str, page: Page) -> Iterator[None]:
    """Note what sentence builders say and of what; load this company; draw without a screen."""
    with ExitStack() as stack:
        for kind in KINDS:
            told = _told(getattr(say, kind), kind, name, page)
            stack.enter_context(patch.object(say, kind, told))
        stack.enter_context(patch.object(revkit.sources, "load", lambda *_, **__: company))
        stack.enter_context(patch.object(plt, "show", _drawn))
        yield


def _told(function: Callable[..., Any], kind: str, name: str, page: Page) -> Callable[..., Any]:
    def tell(result: Any, *more: Any, **how: Any) -> Any:
        finding = function(result, *more, **how)
        quiet = bool(getattr(finding, "quiet", False))
        alone = isinstance(result, pd.DataFrame) and (kind in PARSED or not more)
        made_from = result if alone else {"result": result, "more": list(more)}
        page.said.append(Said(name, kind, _plain(finding), quiet, made_from))
        main = getattr(finding, "main", finding)
        if _plain(main) != _plain(finding):
            page.said.append(Said(name, kind, _plain(main), quiet, made_from))
        return finding

    return tell


def _drawn() -> None:
    """Draw what is open, as a page would, and close it."""
    for number in plt.get_fignums():
        plt.figure(number).savefig(io.BytesIO(), format="png", dpi=40)
    plt.close("all")
