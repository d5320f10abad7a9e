"""``revkit check``: every doubt about the data."""

from __future__ import annotations

from typing import Annotated

import typer

from revkit.cli.exit_codes import FAILED, WRONG_USAGE
from revkit.cli.options import AsJson, AsOf, Currency, Mapping, Place, SetAside, Words
from revkit.errors import RevkitError


def check(
    data: Place,
    mapping: Mapping = None,
    as_of: AsOf = None,
    currency: Currency = None,
    set_aside: SetAside = None,
    language: Words = None,
    json: AsJson = False,
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
