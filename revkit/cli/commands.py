"""The commands of ``revkit``."""

from __future__ import annotations

from typing import Annotated

import typer

from revkit.cli.alerts import alerts
from revkit.cli.catalog import catalog
from revkit.cli.check import check
from revkit.cli.dashboard import dashboard
from revkit.cli.doctor import doctor
from revkit.cli.generate import generate
from revkit.cli.init import init
from revkit.cli.pool import pool
from revkit.cli.propose import map_
from revkit.cli.report import report
from revkit.cli.scorecard import scorecard

app = typer.Typer(
    no_args_is_help=True,
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


app.command()(report)
app.command()(check)
app.command()(dashboard)
app.command()(scorecard)
app.command()(catalog)
app.command("map")(map_)
app.command()(alerts)
app.command()(init)
app.command()(generate)
app.command()(pool)
app.command()(doctor)


def main() -> None:
    """Run the command line."""
    app()
