"""``revkit report``: the notebooks on your data, as HTML pages."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from revkit.cli.exit_codes import FAILED, TOLD, WRONG_USAGE
from revkit.errors import RevkitError, WriteError, listed

if TYPE_CHECKING:
    from revkit.report.kernels import Warm
    from revkit.report.publish import Report
    from revkit.report.request import ReportPlan


def report(
    data: Annotated[
        str,
        typer.Option(
            metavar="PLACE",
            help="Folder of <table>.csv, .xlsx, .json or .parquet files, one such file, .zip or "
            ".duckdb file, database address (postgresql://…) or profile name.",
        ),
    ],
    mapping: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="YAML file that maps your tables and columns to revkit's, or a vendor: "
            "salesforce, hubspot, stripe, chargebee, pipedrive.",
        ),
    ] = None,
    notebooks: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Notebook name (01_funnel), file or folder; else all."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter, such as period=quarter."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="DIMENSION=VALUE", help="Keep only these rows, such as segment=SMB."),
    ] = None,
    each: Annotated[
        str | None,
        typer.Option(metavar="DIMENSION", help="A report for each value, in OUT/<value>."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Use only what was known at the end of this day."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Currency of the company's money.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="LANGUAGE", help="Language of the report: en or it.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder for the report.")] = Path(
        "reports/latest"
    ),
    fresh: Annotated[
        str | None,
        typer.Option(metavar="DAYS", help="Exit with 3 if the data end earlier than 3d or 2w ago."),
    ] = None,
    set_aside: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.RULE", help="Count the rows that break this rule nowhere; the pages say."
        ),
    ] = None,
    alerts: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="YAML file of rules that alert, or: default."),
    ] = None,
    formats: Annotated[
        str,
        typer.Option("--format", metavar="NAMES", help="Files beside the pages: pdf,xlsx,pptx."),
    ] = "html",
    jobs: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, help="Notebooks that run at a time.")
    ] = 2,
    brand: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="YAML file with a name, a logo and colours."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write beside other files in the folder; keep them.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="Time for each notebook.")
    ] = 600,
) -> None:
    """Run the notebooks on your data and write a report of HTML pages.

    Repeat --notebooks, --set, --set-aside and --where to give several values. All parameters are
    checked before anything runs. The previous report is replaced only if every notebook succeeds;
    otherwise the new pages go to <out>-failed. Files that revkit did not write are never replaced
    or removed.

    Exit codes: 0 done, 1 a notebook failed, 2 wrong usage or unreadable data, 3 data that end
    too early for --fresh, or an alert that is new.
    """
    from revkit.report.parameters import filters, settings

    try:
        from revkit.report.freshness import days
        from revkit.report.kernels import Warm
        from revkit.report.notebooks import left_out
        from revkit.report.parts import check_folder, parts, write_index
        from revkit.report.request import Order, plan

        order = Order(
            data,
            mapping,
            notebooks or (),
            settings(set_ or ()),
            filters(where or ()),
            as_of,
            language,
            timeout,
            force,
            None if fresh is None else days(fresh),
            set_aside or (),
            currency,
            alerts,
            tuple(name.strip() for name in formats.split(",")),
            jobs,
            brand,
        )
        plans = {"": plan(order)} if each is None else dict(parts(order, each))
        others = left_out(order.notebooks)
        if each is not None:
            check_folder(out, [*plans], force=force)
        with Warm(next(iter(plans.values())).read) as warm:
            made = {name: _build(one, out / name, warm) for name, one in plans.items()}
        codes = [code for _, code in made.values()]
        if each is not None:
            reports = {name: (plans[name], report) for name, (report, _) in made.items()}
            typer.echo(f"open {shlex.quote(str(write_index(out, each, reports)))}")
    except RevkitError as error:
        typer.echo(f"revkit report: {error}", err=True)
        raise typer.Exit(FAILED if isinstance(error, WriteError) else WRONG_USAGE) from None
    if others:
        typer.echo(f"not run, as they take no data or are copies: {listed(others)}", err=True)
    if any(codes):
        raise typer.Exit(FAILED if FAILED in codes else TOLD)


def _build(planned: ReportPlan, out: Path, warm: Warm) -> tuple[Report, int]:
    """Make a report, say what became of it, and return it with the exit code."""
    from revkit.report.publish import build

    with _progress(len(planned.jobs)) as tell:
        made = build(planned, out, tell=tell, warm=warm)
    if made.left:
        typer.echo(f"left in {made.folder} as they were: {listed(made.left)}", err=True)
    for name, sentence in made.failures.items():
        typer.echo(f"{name} failed: {sentence}", err=True)
    for sentence in (*made.alerts, *made.unreached):
        typer.echo(sentence, err=True)
    if made.failures:
        kept = f"{out} is as it was; " if out.expanduser().exists() else ""
        typer.echo(f"{kept}what was made is in {made.folder / 'index.html'}", err=True)
        return made, FAILED
    typer.echo(f"open {shlex.quote(str(made.folder / 'index.html'))}")
    for sentence in made.stale:
        typer.echo(sentence, err=True)
    return made, TOLD if made.stale or made.alerts else 0


@contextmanager
def _progress(jobs: int) -> Iterator[Callable[[str, str], None]]:
    """Yield a function that reports progress: a bar on a terminal, else a line per notebook."""
    if not sys.stdout.isatty():
        yield lambda name, state: None if state == "runs" else typer.echo(f"{name}: {state}")
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("", total=jobs)

        def tell(name: str, state: str) -> None:
            bar.update(task, description=name, advance=0 if state == "runs" else 1)

        yield tell
