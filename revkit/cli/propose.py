"""``revkit map``: a proposed mapping for files of other names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from revkit.cli.exit_codes import FAILED, WRONG_USAGE
from revkit.errors import RevkitError, WriteError


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
