"""Command line: ``revkit report``, ``revkit check``, ``revkit map`` and ``revkit pool``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from revkit.errors import RevkitError, WriteError, listed

FAILED, WRONG_USAGE, STALE = 1, 2, 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    """Print the version and stop, where ``--version`` was given."""
    if wanted:
        from revkit import __version__

        typer.echo(f"revkit {__version__}")
        raise typer.Exit


@app.callback()
def commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Revenue metrics with their uncertainty, for SalesOps and RevOps."""


@app.command()
def pool(
    locale: Annotated[str, typer.Option(help="Locale of Faker, such as ja_JP.")],
) -> None:
    """Add names of a locale for generated companies."""
    from revkit.synth.kernel.name_pools import make_pool

    try:
        typer.echo(make_pool(locale))
    except RevkitError as error:
        typer.echo(f"revkit pool: {error}", err=True)
        raise typer.Exit(WRONG_USAGE) from None


@app.command("map")
def map_(
    data: Annotated[str, typer.Argument(metavar="PLACE", help="Folder, file or .zip to read.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File for the mapping; else it is printed.")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask about each line that is not sure.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Encoding of CSV files, such as cp1252.")
    ] = None,
) -> None:
    """Propose a mapping for files whose names are not revkit's.

    Each line says how sure it is: sure, likely, or check. Read them all, correct what is wrong,
    and pass the file to rk.load or to revkit report as the mapping.
    """
    from revkit.sources.proposals import propose_mapping

    try:
        proposal = propose_mapping(data, encoding=encoding)
        if ask:
            proposal = proposal.answered(lambda text: typer.prompt(text, default="y"))
        if out is None:
            typer.echo(proposal.yaml, nl=False)
            return
        typer.echo(f"read {proposal.save(out, replace=force)}, then pass it as the mapping")
    except RevkitError as error:
        typer.echo(f"revkit map: {error}", err=True)
        raise typer.Exit(FAILED if isinstance(error, WriteError) else WRONG_USAGE) from None
    typer.echo(proposal.summary)


@app.command()
def check(
    data: Annotated[
        str, typer.Argument(metavar="PLACE", help="Folder, file, .zip, database or profile.")
    ],
    mapping: Annotated[
        str | None, typer.Option(metavar="FILE", help="YAML file of a mapping, or a vendor.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The day at whose end the company is known."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Currency of the company's money.")
    ] = None,
    set_aside: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE.RULE", help="Leave out the rows that break this rule."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="LANGUAGE", help="Language of the findings: en or it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="SEVERITY", help="Exit with 1 from here on: refused, serious, minor, note."
        ),
    ] = "serious",
) -> None:
    """List every doubt about your data, with what each does to the metrics.

    Exit codes: 0 nothing as grave as --fail-on, 1 something, 2 wrong usage or unreadable data;
    with --json these too are told as JSON, with "error".
    """
    from revkit.quality import check as check_company
    from revkit.quality.result import unread
    from revkit.sources import load

    try:
        company = load(
            data, mapping=mapping, as_of=as_of, currency=currency, set_aside=set_aside or ()
        )
        found = check_company(company, language=language)
        grave = found.at_least(fail_on)
    except RevkitError as error:
        typer.echo(f"revkit check: {error}", err=True)
        if json:
            typer.echo(unread(str(error)), nl=False)
        raise typer.Exit(WRONG_USAGE) from None
    typer.echo(found.to_json() if json else str(found), nl=not json)
    if grave:
        raise typer.Exit(FAILED)


@app.command()
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
    too early for --fresh.
    """
    from revkit.report.parameters import filters, settings

    try:
        from revkit.report.freshness import days
        from revkit.report.notebooks import left_out
        from revkit.report.publish import build
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
        )
        planned = plan(order)
        others = left_out(order.notebooks)
        with _progress(len(planned.jobs)) as tell:
            made = build(planned, out, tell=tell)
    except RevkitError as error:
        typer.echo(f"revkit report: {error}", err=True)
        raise typer.Exit(FAILED if isinstance(error, WriteError) else WRONG_USAGE) from None
    if others:
        typer.echo(f"not run, as they take no data or are copies: {listed(others)}", err=True)
    if made.left:
        typer.echo(f"left in {made.folder} as they were: {listed(made.left)}", err=True)
    for name, sentence in made.failures.items():
        typer.echo(f"{name} failed: {sentence}", err=True)
    if made.failures:
        kept = f"{out} is as it was; " if out.expanduser().exists() else ""
        typer.echo(f"{kept}what was made is in {made.folder / 'index.html'}", err=True)
        raise typer.Exit(FAILED)
    typer.echo(f"open {made.folder / 'index.html'}")
    for sentence in made.stale:
        typer.echo(sentence, err=True)
    if made.stale:
        raise typer.Exit(STALE)


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


def main() -> None:
    """Run the command line."""
    app()
