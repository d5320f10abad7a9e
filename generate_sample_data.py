"""Write the tables of a generated company, and its truth beside them (docs/companies.md)."""

import argparse
from os.path import relpath
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from revkit.errors import RevkitError, WriteError, listed
from revkit.manifest import holdings, real
from revkit.synth import Written, generate, scenarios
from revkit.synth.dirt.levels import LEVELS
from revkit.synth.kernel.name_pools import locales
from revkit.synth.scenario.load import scenario
from revkit.synth.write.files import MADE, truth_folder

options = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
)
options.add_argument("--list", action="store_true", help="list the scenarios and exit")
options.add_argument("--scenario", default="baseline", help="scenario name or YAML file")
options.add_argument("--seed", type=int, default=42, help="seed of all random draws")
options.add_argument("--months", type=int, default=36, help="number of months")
options.add_argument(
    "--accounts", type=int, default=argparse.SUPPRESS,
    help="number of accounts (default: as many as the scenario needs)",
)  # fmt: skip
options.add_argument("--locale", default=None, help=f"names: {', '.join(locales())}")
options.add_argument("--dirt", choices=list(LEVELS), default="clean", help="data errors to add")
options.add_argument("--workers", type=int, default=1, help="number of processes")
options.add_argument("--format", choices=["parquet", "csv"], default="parquet", help="file format")
options.add_argument("--out", default="data/sample", help="folder for the tables")
options.add_argument(
    "--force", action="store_true", help="write beside other files in the folder; keep them"
)


def _scenarios() -> Table:
    """List the scenarios with the number of accounts they need and their story."""
    table = Table("Scenario", "Accounts", "Story", box=None)
    table.columns[1].justify = "right"
    for name in scenarios():
        found = scenario(name)
        table.add_row(name, f"{found.min_accounts:,}", found.story)
    return table


def summary(written: dict[str, Written]) -> Table:
    """Summarize the rows and the size of each table written."""
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


def write(asked: dict[str, Any], console: Console) -> None:
    """Generate the company, write it with its truth, and say where it is."""
    out, format, force = (asked.pop(name) for name in ("out", "format", "force"))
    company = generate(asked.pop("scenario"), **asked)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("chunks of 32,768 accounts", total=len(company.world.chunks))

        def tell(done: int, of: int) -> None:
            bar.update(task, completed=done)
            if done == of:
                bar.update(task, description="truth", completed=0, total=None)

        written = company.write(out, format, tell, truth=True, force=force)
    console.print(summary(written))
    console.print(f"{out}: as of {company.as_of}; truth: {relpath(truth_folder(out))}/truth.json")
    if left := holdings(real(out), MADE).left + holdings(truth_folder(out), MADE).left:
        console.print(f"Left as they were: {listed(left)}", markup=False)
    if company.detectability:
        console.print(f"[bold]Note[/]: {company.detectability}.")


def main() -> None:
    """Generate a company, or list the scenarios."""
    asked = vars(options.parse_args())
    console = Console()
    if asked.pop("list"):
        console.print(_scenarios())
        return
    try:
        write(asked, console)
    except RevkitError as error:
        options.exit(1 if isinstance(error, WriteError) else 2, f"{options.prog}: {error}\n")


if __name__ == "__main__":
    main()
