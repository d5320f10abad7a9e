"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Place = Annotated[
    str, typer.Argument(metavar="PLACE", help="Folder, file, .zip, database or profile.")
]
Mapping = Annotated[
    str | None, typer.Option(metavar="FILE", help="YAML file of a mapping, or a vendor.")
]
AsOf = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="The day at whose end the company is known."),
]
Currency = Annotated[
    str | None, typer.Option(metavar="CODE", help="Currency of the company's money.")
]
SetAside = Annotated[
    list[str] | None,
    typer.Option(metavar="TABLE.RULE", help="Leave out the rows that break this rule."),
]
Words = Annotated[
    str | None, typer.Option("--language", metavar="LANGUAGE", help="Language: en or it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
