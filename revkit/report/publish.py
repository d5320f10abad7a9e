"""The whole report: run the notebooks, write the pages aside, put the folder in place at once."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from revkit.errors import ReportError
from revkit.language import in_language, language
from revkit.report.availability import Missing, prune
from revkit.report.headlines import tiles
from revkit.report.html import Frame, page, title_of
from revkit.report.index import Chapter, findings_of, index
from revkit.report.request import Job, ReportPlan
from revkit.report.run import Run, run

_FOLDERS = re.compile(r"(?<![\w./-])(?:/[\w.@+-]+)+/(?=[\w.@+-]+\.\w)")
OURS = '<meta name="generator" content="revkit">'


@dataclass(frozen=True)
class Report:
    """The folder of a report, and the sentence of each notebook that failed."""

    folder: Path
    failures: Mapping[str, str]


@dataclass(frozen=True)
class _Done:
    job: Job
    run: Run
    missing: Missing
    left: bool

    @property
    def title(self) -> str:
        return title_of(self.run.notebook, default=self.job.short)

    @property
    def chapter(self) -> Chapter:
        note, words = "", language()
        if self.run.error:
            note = words.gettext("Could not be finished.")
        elif self.missing and self.left:
            note = words.gettext(
                "A part of this page is not shown: it needs {missing}.", missing=self.missing
            )
        elif self.missing:
            note = words.gettext(
                "This page is not shown: it needs {missing}.", missing=self.missing
            )
        return Chapter(self.job.page, self.title, findings_of(self.run.notebook), note)


def build(plan: ReportPlan, out: Path, *, tell: Callable[[str, str], None]) -> Report:
    """Run the notebooks of a plan and write their pages.

    Parameters
    ----------
    out
        The report's folder. When every notebook has finished, the pages take its place at once.
        When one has failed, the pages are left in ``<out>-failed`` beside it, with the executed
        copy of what failed, and ``out`` stays as it is.
    tell
        Called with a notebook's name and what becomes of it: "runs", then "done", "failed" or
        "not shown".

    Raises
    ------
    ReportError
        When ``out`` holds something that is not a report.
    """
    failed = out.with_name(f"{out.name}-failed")
    _must_be_ours(out)
    _must_be_ours(failed)
    with in_language(plan.order.language), _aside(out) as folder:
        done = [_do(job, plan, folder, tell) for job in plan.jobs]
        failures = {one.job.name: one.run.error for one in done if one.run.error}
        for name, html in _pages(plan, done, failures).items():
            (folder / name).write_text(html, encoding="utf-8")
        _put(folder, failed if failures else out)
    if not failures and failed.exists():
        shutil.rmtree(failed)
    return Report(failed if failures else out, failures)


def _do(job: Job, plan: ReportPlan, folder: Path, tell: Callable[[str, str], None]) -> _Done:
    notebook, missing = prune(job.notebook, plan.data)
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        tell(job.name, "not shown")
        return _Done(job, Run(notebook), missing, left=False)
    tell(job.name, "runs")
    copy = folder / f"{job.name}.ipynb"
    ran = run(notebook, job.parameters, copy=copy, folder=job.file.resolve().parent)
    if ran.error is None:
        copy.unlink()
    else:
        ran = replace(ran, error=_FOLDERS.sub("", plan.named(ran.error)))
    tell(job.name, "failed" if ran.error else "done")
    return _Done(job, ran, missing, left=True)


def _pages(plan: ReportPlan, done: list[_Done], failures: Mapping[str, str]) -> dict[str, str]:
    """Return the pages by file name, the index among them."""
    frame = Frame(plan.facts, tuple((one.job.page, one.job.short) for one in done))
    pages = {
        one.job.page: page(
            one.run.notebook,
            title=one.title,
            file=one.job.page,
            frame=frame,
            error=one.run.error,
        )
        for one in done
    }
    period = plan.setting("period") or "month"
    headlines = tiles(
        plan.data,
        period=period,
        start=plan.setting("start"),
        end=plan.setting("end"),
    )
    pages["index.html"] = index(
        title=plan.title,
        frame=frame,
        company=plan.shown,
        tiles=headlines,
        period=period,
        chapters=[one.chapter for one in done],
        failures=list(failures.items()),
    )
    return {name: plan.named(html) for name, html in pages.items()}


def _must_be_ours(folder: Path) -> None:
    """Refuse to replace a folder that somebody keeps other things in."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    first = folder / "index.html"
    if not first.is_file() or OURS not in first.read_text(encoding="utf-8", errors="replace"):
        raise ReportError.not_a_report(str(folder))


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """Make a folder on the same disk as ``out``, removed afterwards unless put in place."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(folder: Path, place: Path) -> None:
    """Move a finished folder to its place, and what was there out of it."""
    if not place.exists():
        folder.rename(place)
        return
    former = folder.with_name(f"{folder.name}-former")
    place.rename(former)
    folder.rename(place)
    shutil.rmtree(former)
