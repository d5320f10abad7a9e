"""``revkit catalog``: the metrics and their definitions."""

from __future__ import annotations

from typing import Annotated, Any, cast

import typer

from revkit.cli.exit_codes import WRONG_USAGE
from revkit.cli.options import AsJson, Words
from revkit.errors import RevkitError


def catalog(
    metric: Annotated[
        str | None, typer.Argument(metavar="[METRIC]", help="The card of this metric; else a list.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="TEAM", help="Metrics of SalesOps or RevOps alone.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Metrics that read this table alone.")
    ] = None,
    language: Words = None,
    json: AsJson = False,
) -> None:
    """List the metrics, or show the definition of one.

    \b
    revkit catalog
    revkit catalog win_rate
    revkit catalog --table subscriptions --json

    Exit codes: 0 done, 2 no such metric, team or table.
    """  # noqa: D301  # \b keeps the lines of the examples
    from revkit.algebra.cards.card import plain_card
    from revkit.catalogue import catalog as listed
    from revkit.catalogue import find
    from revkit.language import in_language
    from revkit.language import language as spoken

    try:
        with in_language(language):
            if metric and not json:
                typer.echo(plain_card(find(metric)))
                return
            rows = listed(cast("Any", owner), table)
            if metric:
                rows = rows[rows["name"] == find(metric).name]
            if json:
                typer.echo(rows.to_json(orient="records", force_ascii=False, indent=1))
                return
            title = "title_it" if spoken().code == "it" else "title"
            width = rows["name"].str.len().max()
            for name, said in zip(rows["name"], rows[title], strict=True):
                typer.echo(f"{name:{width}}  {said}")
    except RevkitError as error:
        typer.echo(f"revkit catalog: {error}", err=True)
        raise typer.Exit(WRONG_USAGE) from None
