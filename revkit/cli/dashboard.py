"""``revkit dashboard``: drop-downs and sliders in a browser, for who reads no code."""

from __future__ import annotations

from typing import Annotated

import typer

from revkit.cli.exit_codes import WRONG_USAGE
from revkit.cli.options import AsOf, Currency, Mapping, SetAside, Words
from revkit.errors import RevkitError


def dashboard(
    data: Annotated[
        str, typer.Option(metavar="PLACE", help="Folder, file, .zip, database or profile.")
    ],
    mapping: Mapping = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="DIMENSION=VALUE", help="Only these rows.")
    ] = None,
    as_of: AsOf = None,
    currency: Currency = None,
    set_aside: SetAside = None,
    language: Words = None,
    port: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=65535, help="Where it listens.")
    ] = 8866,
) -> None:
    """Show any metric and the levers of a plan in a browser, with drop-downs and sliders.

    It answers this machine alone, and only who has the key in the address that it prints. For
    colleagues elsewhere, put your own server with a login before it.

    \b
    revkit dashboard --data data/sample
    revkit dashboard --data exports/crm --mapping crm.yaml --where segment=SMB

    Exit codes: 0 stopped, 2 wrong usage, unreadable data, or a port that is taken.
    """  # noqa: D301  # \b keeps the lines of the examples
    from revkit.report import dashboard as page
    from revkit.report.parameters import filters
    from revkit.report.request import Order

    try:
        order = Order(
            data,
            mapping,
            [str(page.NOTEBOOK)],
            where=filters(where or ()),
            as_of=as_of,
            language=language,
            set_aside=set_aside or (),
            currency=currency,
        )
        page.serve(page.prepared(order), port)
    except RevkitError as error:
        typer.echo(f"revkit dashboard: {error}", err=True)
        raise typer.Exit(WRONG_USAGE) from None
