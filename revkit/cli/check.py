"""``revkit check``: every doubt about the data."""

from __future__ import annotations

from typing import Annotated

import typer

from revkit.cli.exit_codes import FAILED, WRONG_USAGE
from revkit.errors import RevkitError


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
