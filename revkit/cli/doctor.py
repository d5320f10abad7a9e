"""``revkit doctor``: whether this machine has what revkit needs."""

from __future__ import annotations

import json as jsons
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec

import typer

from revkit.cli.exit_codes import FAILED
from revkit.cli.options import AsJson

PACKAGES = (
    "revkit", "ibis-framework", "duckdb", "pandas", "pyarrow", "numpy", "scipy", "statsmodels",
    "matplotlib", "seaborn", "papermill", "nbconvert", "jupyterlab", "ipywidgets",
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A thing that was looked at: what it is, whether it is well, and what was found or is to do.

    ``needed`` is False for what only some uses take.
    """

    what: str
    well: bool
    said: str
    needed: bool = True


def doctor(json: AsJson = False) -> None:
    """Say which versions are at work, and whether anything is missing here.

    Exit codes: 0 all that is needed is there, 1 something is missing.
    """
    found = list(_looked())
    if json:
        typer.echo(jsons.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            mark = "ok" if one.well else "MISSING" if one.needed else "not here"
            typer.echo(f"{mark:9} {one.what:16} {one.said}")
    if any(one.needed and not one.well for one in found):
        raise typer.Exit(FAILED)


def _looked() -> Iterator[Found]:
    from revkit.report.formats.pdf import browser, weasyprint

    yield Found("Python", True, f"{sys.version.split()[0]} in {sys.prefix}")
    for name in PACKAGES:
        try:
            yield Found(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Found(name, False, f"pip install {name}")
    yield _tried("DuckDB engine", _duckdb, "reinstall duckdb and ibis-framework")
    yield _tried("Jupyter kernel", _kernel, "python -m ipykernel install --sys-prefix")
    yield _tried("fonts of charts", _fonts, "remove the folder of matplotlib's font cache")
    yield _tried("notebooks", _notebooks, "install revkit from its clone, as the README says")
    yield _installed("PostgreSQL", "psycopg", "pip install 'revkit[postgres]'")
    yield _spark()
    place = browser() or ("WeasyPrint" if weasyprint() else None)
    cure = "for report --format pdf: chromium, or pip install 'revkit[pdf]'"
    yield Found("printer of PDF", place is not None, place or cure, False)


def _tried(what: str, look: Callable[[], str], cure: str) -> Found:
    try:
        return Found(what, True, look())
    except Exception as error:  # whatever is wrong here is what the command is asked for
        problem = str(error).strip().partition("\n")[0] or type(error).__name__
        return Found(what, False, f"{problem}: {cure}")


def _installed(what: str, module: str, cure: str) -> Found:
    there = find_spec(module) is not None
    return Found(what, there, "the driver is installed" if there else cure, needed=False)


def _duckdb() -> str:
    from revkit.dataset.engines.duckdb_engine import local_engine

    engine = local_engine()
    (threads,) = engine.con.sql("select current_setting('threads')").fetchall()[0]
    return f"answers, with {threads} thread{'' if threads == 1 else 's'}"


def _kernel() -> str:
    from jupyter_client.kernelspec import KernelSpecManager

    place: str = KernelSpecManager().get_kernel_spec("python3").resource_dir
    return f"python3, in {place}"


def _fonts() -> str:
    from matplotlib import font_manager

    return str(font_manager.findfont("DejaVu Sans", fallback_to_default=False))


def _notebooks() -> str:
    from revkit.report.notebooks import home

    count = len(sorted(home().glob("[0-9][0-9]_*.ipynb")))
    if not count:
        raise FileNotFoundError(f"none in {home()}")
    return f"{count} in {home()}"


def _spark() -> Found:
    found = _installed("Spark", "pyspark", "pip install 'revkit[spark]', and a Java from 17 on")
    if found.well and shutil.which("java") is None:
        return Found("Spark", False, "pyspark is installed, Java is not: install Java 17", False)
    return found
