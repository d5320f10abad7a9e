"""``revkit generate``: a company with known causes, and its truth."""

from __future__ import annotations

from os.path import relpath
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from revkit.cli.exit_codes import FAILED, WRONG_USAGE
from revkit.errors import RevkitError, WriteError, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console
    from rich.table import Table

    from revkit.synth import Company, Written


def generate(
    scenario: Annotated[str, typer.Option(help="Scenario name or YAML file.")] = "baseline",
    seed: Annotated[int, typer.Option(help="Seed of all random draws.")] = 42,
    months: Annotated[int, typer.Option(help="Number of months.")] = 36,
    accounts: Annotated[
        int | None, typer.Option(help="Number of accounts; else as many as the scenario needs.")
    ] = None,
    locale: Annotated[str | None, typer.Option(help="Locale of the names, such as it_IT.")] = None,
    dirt: Annotated[str, typer.Option(help="Data errors to add: clean, light or heavy.")] = "clean",
    workers: Annotated[int, typer.Option(help="Number of processes.")] = 1,
    format: Annotated[str, typer.Option(help="File format: parquet or csv.")] = "parquet",
    out: Annotated[str, typer.Option(help="Folder for the tables.")] = "data/sample",
    force: Annotated[
        bool, typer.Option("--force", help="Write beside other files in the folder; keep them.")
    ] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the scenarios and stop.")] = False,
) -> None:
    """Write the tables of a generated company, and its truth beside them (docs/companies.md).

    \b
    revkit generate --list
    revkit generate --scenario channel-rot --out companies/rot
    revkit generate --dirt heavy --format csv --out dirty

    Exit codes: 0 done, 1 it could not be written, 2 wrong usage.
    """  # noqa: D301  # \b keeps the lines of the examples
    from rich.console import Console

    from revkit.synth import generate as generated

    console = Console()
    if list_:
        console.print(_scenarios())
        return
    try:
        company = generated(
            scenario, seed=seed, months=months, accounts=accounts, locale=locale, dirt=dirt,
            workers=workers,
        )  # fmt: skip
        _write(company, out, format, force, console)
    except RevkitError as error:
        typer.echo(f"revkit generate: {error}", err=True)
        raise typer.Exit(FAILED if isinstance(error, WriteError) else WRONG_USAGE) from None


def _scenarios() -> Table:
    """List the scenarios with the number of accounts they need and their story."""
    from rich.table import Table

    from revkit.synth import scenarios
    from revkit.synth.scenario.load import scenario

    table = Table("Scenario", "Accounts", "Story", box=None)
    table.columns[1].justify = "right"
    for name in scenarios():
        found = scenario(name)
        table.add_row(name, f"{found.min_accounts:,}", found.story)
    return table


def _summary(written: Mapping[str, Written]) -> Table:
    """Summarize the rows and the size of each table written."""
    from rich.table import Table

    table = Table("Table", "Rows", "kB", "Where", box=None, show_footer=True)
    for column in table.columns[1:3]:
        column.justify = "right"
    for name, made in written.items():
        table.add_row(name, f"{made.rows:,}", f"{made.size / 1000:,.1f}", relpath(made.path))
    rows, size = (
        sum(getattr(made, what) for made in written.values()) for what in ("rows", "size")
    )
    for column, text in zip(
        table.columns, ("all", f"{rows:,}", f"{size / 1000:,.1f}"), strict=False
    ):
        column.footer = text
    return table


def _write(company: Company, out: str, format: str, force: bool, console: Console) -> None:
    """Write the company with its truth, and say where it is."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from revkit.manifest import holdings, real
    from revkit.synth.write.files import MADE, truth_folder

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("chunks of 32,768 accounts", total=len(company.world.chunks))

        def tell(done: int, of: int) -> None:
            bar.update(task, completed=done)
            if done == of:
                bar.update(task, description="truth", completed=0, total=None)

        written = company.write(out, cast("Any", format), tell, truth=True, force=force)
    console.print(_summary(written))
    console.print(f"{out}: as of {company.as_of}; truth: {relpath(truth_folder(out))}/truth.json")
    if left := holdings(real(out), MADE).left + holdings(truth_folder(out), MADE).left:
        console.print(f"Left as they were: {listed(left)}", markup=False)
    if company.detectability:
        console.print(f"[bold]Note[/]: {company.detectability}.")
