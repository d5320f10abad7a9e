"""``revkit pool``: names of another locale for generated companies."""

from __future__ import annotations

from typing import Annotated

import typer

from revkit.cli.exit_codes import WRONG_USAGE
from revkit.errors import RevkitError


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
