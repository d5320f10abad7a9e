"""``revkit scorecard``: a table of metrics with their intervals and changes."""

from __future__ import annotations

import json as jsons
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from revkit.cli.exit_codes import WRONG_USAGE
from revkit.cli.options import AsJson, AsOf, Currency, Mapping, Place, SetAside, Words
from revkit.errors import RevkitError

if TYPE_CHECKING:
    import pandas as pd


def scorecard(
    data: Place,
    metrics: Annotated[
        list[str] | None, typer.Argument(metavar="[METRIC]...", help="Names; all when omitted.")
    ] = None,
    mapping: Mapping = None,
    as_of: AsOf = None,
    currency: Currency = None,
    set_aside: SetAside = None,
    period: Annotated[
        str, typer.Option(metavar="PERIOD", help="day, week, month, quarter or year.")
    ] = "month",
    compare: Annotated[
        str, typer.Option(metavar="WITH", help="The change against: previous or year.")
    ] = "previous",
    by: Annotated[
        list[str] | None, typer.Option(metavar="DIMENSION", help="A row for each group.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="TEAM", help="Metrics of SalesOps or RevOps alone.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="DIMENSION=VALUE", help="Only these rows.")
    ] = None,
    language: Words = None,
    json: AsJson = False,
) -> None:
    """Show metrics with their intervals, and the change from the period before.

    \b
    revkit scorecard exports/crm win_rate nrr cac --period quarter
    revkit scorecard data/sample churn_rate --by segment --where account.region=EMEA
    revkit scorecard data/sample --owner RevOps --json

    Exit codes: 0 done, 2 wrong usage, unreadable data, or nothing to show.
    """  # noqa: D301  # \b keeps the lines of the examples
    from revkit.analysis.scorecards.scorecard import scorecard as filled
    from revkit.language import in_language
    from revkit.report.parameters import filters
    from revkit.sources import load

    if metrics and owner:
        raise typer.BadParameter("give names of metrics or --owner, not both")
    try:
        with in_language(language):
            company = load(
                data, mapping=mapping, as_of=as_of, currency=currency, set_aside=set_aside or ()
            )
            narrowed = company.where(filters(where or ())) if where else company
            card = filled(
                narrowed,
                owner,
                period,
                cast("Any", compare),
                by=by or None,
                metrics=metrics or None,
            )
            text = _as_json(card) if json else str(card)
    except RevkitError as error:
        typer.echo(f"revkit scorecard: {error}", err=True)
        raise typer.Exit(WRONG_USAGE) from None
    if card.empty:
        if json:
            typer.echo(text)
        typer.echo(f"revkit scorecard: {card}", err=True)
        raise typer.Exit(WRONG_USAGE)
    typer.echo(text)


def _as_json(card: pd.DataFrame) -> str:
    """Return the rows as JSON, with the notes; what is unknown is null."""
    from revkit.analysis.scorecards.display import notes
    from revkit.language import language

    rows = card.drop(columns="trend", errors="ignore").astype({"period": str})
    plain = jsons.loads(rows.to_json(orient="records", double_precision=15))
    for row in plain:
        row["period"] = row["period"][:10] if row["period"] not in ("NaT", "None") else None
    said = notes(card, language(card.attrs.get("language", "en")))
    return jsons.dumps({"rows": plain, "notes": said}, ensure_ascii=False, indent=1)
