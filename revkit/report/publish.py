"""The whole report: run the notebooks, then put the pages in their folder all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from revkit import manifest
from revkit.analysis.moved import by_metric, environment
from revkit.language import in_language, language
from revkit.periods import day
from revkit.report.alerts.history import FILE, Told, as_json, compared, kept
from revkit.report.alerts.judge import judge
from revkit.report.alerts.send import send
from revkit.report.availability import Missing, prune
from revkit.report.formats import pdf, slides, workbook
from revkit.report.html import Frame, page, title_of
from revkit.report.kernels import Warm, jobs
from revkit.report.overview.headlines import Tile, measured, values, written
from revkit.report.overview.index import ALERTS, MOVED, Chapter, findings_of, index
from revkit.report.overview.since import Results, Since, restated
from revkit.report.overview.since import kept as kept_results
from revkit.report.overview.verdict import Verdict, verdict
from revkit.report.request import Job, ReportPlan
from revkit.report.run import Run, run, sentence

if TYPE_CHECKING:
    import pandas as pd

    from revkit.analysis.watch.result import Watch
    from revkit.analysis.writing.finding import Finding

MADE = "report"
"""Word by which a manifest tells the pages of a report from other files of revkit."""

_FOLDERS = re.compile(r"(?<![\w./-])(?:/[\w.@+-]+)+/(?=[\w.@+-]+\.\w)")


@dataclass(frozen=True)
class Report:
    """The folder of a report, the sentence of each notebook that failed, and what was left.

    ``left`` are files in its folder that revkit did not write, or not as they are now; ``stale``
    are sentences on tables that end too early for the order; ``alerts`` those that are new, and
    ``unreached`` who could not be told of them. ``tiles`` are the headline numbers.
    """

    folder: Path
    failures: Mapping[str, str]
    left: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()


@dataclass(frozen=True)
class _Watched:
    """What moved in the company, and its sentences; no watch where it was not looked."""

    watch: Watch | None
    sentences: tuple[Finding, ...]

    def beside(self, said: Verdict) -> _Watched:
        """Return it without the faults of the data that the verdict on the data tells."""
        if self.watch is None:
            return self
        faults = [
            fault for fault in self.watch.faults if (fault.table, fault.field) not in said.columns
        ]
        untold = [
            sentence
            for fault, sentence in zip(self.watch.faults, self.sentences, strict=False)
            if fault in faults
        ]
        others = self.sentences[len(self.watch.faults) :]
        return _Watched(replace(self.watch, faults=tuple(faults)), (*untold, *others))


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


def build(
    plan: ReportPlan,
    out: Path,
    *,
    tell: Callable[[str, str], None],
    warm: Warm | None = None,
) -> Report:
    """Run the notebooks of a plan and write their pages.

    Parameters
    ----------
    out
        The report's folder; ``~`` is home, and a link is followed. When every notebook has
        finished, the pages take their places at once. When one has failed, they are left in
        ``<out>-failed`` beside it, with the executed copy of what failed, and ``out`` stays as it
        is.
    tell
        Called with a notebook's name and what becomes of it: "runs", then "done", "failed" or
        "not shown".
    warm
        The process that kernels are forked from, where it can be started; None for kernels that
        are started anew.

    Raises
    ------
    FolderError
        When ``out`` or ``<out>-failed`` holds files that revkit did not write, or may not be
        written to.
    WriteError
        When the disk is full in the end; ``out`` is then as it was.
    """
    where = manifest.real(out)
    out = out.expanduser()
    beside = out if out.name.strip(".") else where
    failed = beside.parent / f"{beside.name}-failed"
    for folder in (out, failed):
        manifest.check(manifest.real(folder), MADE, force=plan.order.force)
    with in_language(plan.order.language):
        # the company's connection serves one thread, and forked kernels know what it was asked
        told_of = jobs.InOrder(tell, [job.name for job in plan.jobs], more="runs")
        asked = [_pruned(job, plan, told_of) for job in plan.jobs]
        lost: dict[str, str] = {}
        numbers = _headlines(plan, lost)
        since, results = _since(plan, values(numbers), out, lost)
        (moved, lines), said = _moved(plan, lost), _verdict(plan, lost)
        knowing = {**plan.environment, **environment(plan.data, lines)}
        warm = warm if warm and warm.start() else None
        ran = [partial(_ran, one, plan, knowing, told_of, warm) for one in asked]
        done = jobs.done(ran, plan.order.jobs)
        failures = {one.job.name: one.run.error for one in done if one.run.error} | lost
        files: dict[str, str] = {}
        told, unreached = _alerts(plan, moved, (failed, out), failures, files)
        tiles = tuple(written(numbers))
        watched = _Watched(moved, tuple(line for _, line in lines))
        pages = _pages(plan, done, tiles, said, since, watched, told, failures)
        files |= {**pages, **_copies(done)}
        books = results | _books(plan, pages, done, watched, failures)
    place = failed if failures else out
    with manifest.replacing(manifest.real(place), made=MADE, force=plan.order.force) as (folder,):
        for name, text in files.items():
            # a notebook may print half a character, which no file can hold
            (folder / name).write_text(text, encoding="utf-8", errors="replace")
        for name, content in books.items():
            (folder / name).write_bytes(content)
    if not failures:
        manifest.remove(manifest.real(failed), MADE)
    left = manifest.holdings(manifest.real(place), MADE).left
    new = tuple(one.alert.sentence for one in told if one.new)
    late = tuple(map(str, plan.stale))
    return Report(place, failures, left, late, new, tuple(unreached), tiles)


def _pruned(job: Job, plan: ReportPlan, tell: Callable[[str, str], None]) -> _Done:
    """Return a notebook without what the company cannot fill, before it runs."""
    try:
        notebook, missing = prune(job.notebook, plan.data)
    except Exception as error:  # the database may have stopped since the plan was made
        tell(job.name, "failed")
        return _Done(
            job, Run(job.notebook, plan.without_secrets(sentence(error))), Missing(), left=True
        )
    left = any(cell.cell_type == "code" for cell in notebook.cells)
    return _Done(job, Run(notebook), missing, left)


def _ran(
    one: _Done,
    plan: ReportPlan,
    environment: Mapping[str, str],
    tell: Callable[[str, str], None],
    warm: Warm | None,
) -> _Done:
    """Return it executed, if there is something to execute."""
    job = one.job
    if one.run.error:
        return one
    if not one.left:
        tell(job.name, "not shown")
        return one
    tell(job.name, "runs")
    ran = run(
        one.run.notebook,
        job.parameters,
        folder=job.file.resolve().parent,
        timeout=plan.order.timeout,
        environment=environment,
        warm=warm,
    )
    if ran.error is not None:
        ran = replace(ran, error=plan.without_secrets(_FOLDERS.sub("", ran.error)))
    tell(job.name, "failed" if ran.error else "done")
    return replace(one, run=ran)


def _headlines(plan: ReportPlan, failures: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Return the numbers of the first page; where they cannot be had, say so among the failures."""
    try:
        return measured(
            plan.data,
            period=plan.period,
            start=plan.setting("start"),
            end=plan.setting("end"),
        )
    except Exception as error:  # as above
        failures[language().gettext("Overview")] = plan.without_secrets(sentence(error))
        return {}


def _since(
    plan: ReportPlan, numbers: Mapping[str, pd.DataFrame], out: Path, failures: dict[str, str]
) -> tuple[Since | None, dict[str, bytes]]:
    """Return what was restated since the last report in a folder, and what the next one is told."""
    try:
        now = Results.of(numbers, plan.data, plan.about)
        before = kept_results(manifest.real(out))
        changed = None if before is None else restated(before, now, numbers)
        since = None if before is None or changed is None else Since(before.about["as_of"], changed)
        return since, now.files()
    except Exception as error:  # as above
        failures[language().gettext("Overview")] = plan.without_secrets(sentence(error))
        return None, {}


def _moved(
    plan: ReportPlan, failures: dict[str, str]
) -> tuple[Watch | None, list[tuple[str, Finding]]]:
    """Return what moved in the last 24 months, and its sentences by metric.

    There is nothing where the report ends before the data.
    """
    from revkit.analysis.watch.watch import watch

    end = plan.setting("end")
    if end and day(end, name="end") <= plan.data.as_of:
        return None, []
    try:
        moved = watch(plan.data)
        return moved, by_metric(plan.data, moved)
    except Exception as error:  # as above
        failures[language().gettext(MOVED)] = plan.without_secrets(sentence(error))
        return None, []


def _verdict(plan: ReportPlan, failures: dict[str, str]) -> Verdict:
    """Return what the check of the data found, or that it could not be done."""
    try:
        return verdict(plan.data, plan.stale)
    except Exception as error:  # as above
        failures[language().gettext("Overview")] = plan.without_secrets(sentence(error))
        return Verdict(language().gettext("The data could not be checked."))


def _alerts(
    plan: ReportPlan,
    moved: Watch | None,
    folders: tuple[Path, Path],
    failures: dict[str, str],
    files: dict[str, str],
) -> tuple[list[Told], list[str]]:
    """Judge the rules, tell who wants to know, and keep what was told for the next report.

    It is told before the pages are in place: if they fail, their alerts are kept with them.
    """
    if not plan.rules:
        return [], []
    before = next(filter(None, map(kept, map(manifest.real, folders))), {})
    try:
        found = judge(plan.data, plan.rules, moved)
    except Exception as error:  # as above
        failures[language().gettext(ALERTS)] = plan.without_secrets(sentence(error))
        return [], []
    told, unreached = send(compared(found, before, plan.data.as_of), plan.title)
    files[FILE] = as_json(told, found, plan.data.as_of, before)
    return told, unreached


def _pages(
    plan: ReportPlan,
    done: list[_Done],
    tiles: Sequence[Tile],
    said: Verdict,
    since: Since | None,
    watched: _Watched,
    told: Sequence[Told],
    failures: Mapping[str, str],
) -> dict[str, str]:
    """Return the pages by file name, the index among them."""
    others = tuple((one.job.page, one.job.short) for one in done)
    frame = Frame(plan.facts, others, brand=plan.brand)
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
    beside = watched.beside(said)
    pages["index.html"] = index(
        title=plan.title,
        frame=frame,
        company=plan.shown,
        verdict=said,
        tiles=tiles,
        since=since,
        moved=beside.watch,
        sentences=beside.sentences,
        told=told,
        period=plan.period,
        unfinished=_unfinished(plan),
        chapters=[one.chapter.without({*watched.sentences, *said.notes}) for one in done],
        failures=list(failures.items()),
        copies=[one.job.name for one in done if one.run.error],
    )
    return pages


def _books(
    plan: ReportPlan,
    pages: Mapping[str, str],
    done: Sequence[_Done],
    watched: _Watched,
    failures: dict[str, str],
) -> dict[str, bytes]:
    """Return the files that are asked for beside the pages; if one fails, that is a failure."""
    named = [(one.job.short, one.run.notebook) for one in done]
    titled = [(one.title, one.run.notebook) for one in done]
    moved = watched.watch
    said = [str(moved)] if moved and moved.quiet else list(watched.sentences)
    first = {"index.html": pages["index.html"]}
    about, brand = (plan.title, plan.facts), plan.brand
    whole = first | dict(pages)
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "pdf": (pdf.FILE, lambda: pdf.printed(pdf.joined(whole, plan.title, brand=brand))),
        "xlsx": (workbook.FILE, lambda: workbook.workbook(named, *about, plan.data.as_of)),
        "pptx": (slides.FILE, lambda: slides.slides(titled, *about, said, plan.data.as_of, brand)),
    }
    books = {}
    for name in (name for name in makers if name in plan.order.formats):
        file, make = makers[name]
        try:
            books[file] = make()
        except Exception as error:  # of a browser or a library: the pages are not lost for it
            failures[file] = plan.without_secrets(sentence(error))
    return books


def _unfinished(plan: ReportPlan) -> str:
    """Return the sentence on the period of the company's date that is not over."""
    from revkit.analysis.writing.unfinished import unfinished_now

    end = plan.setting("end")
    return unfinished_now(plan.data, plan.period, day(end, name="end") if end else None, language())


def _copies(done: list[_Done]) -> dict[str, str]:
    """Return the executed copies of the notebooks that failed, by file name."""
    import nbformat

    return {
        f"{one.job.name}.ipynb": nbformat.writes(one.run.notebook) + "\n"
        for one in done
        if one.run.error
    }
