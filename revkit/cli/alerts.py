"""``revkit alerts``: try the rules of alerts, on the data and on their receivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from revkit.cli.exit_codes import FAILED, WRONG_USAGE
from revkit.cli.options import AsOf, Currency, Mapping, Words
from revkit.errors import RevkitError

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.report.alerts.judge import Alert
    from revkit.report.alerts.rules import Rule


def alerts(
    rules: Annotated[
        str, typer.Argument(metavar="FILE", help="YAML file of rules, or: default.")
    ] = "default",
    data: Annotated[
        str | None, typer.Option(metavar="PLACE", help="Folder, file, .zip, database or profile.")
    ] = None,
    mapping: Mapping = None,
    as_of: AsOf = None,
    currency: Currency = None,
    back: Annotated[
        int, typer.Option(metavar="MONTHS", min=0, max=24, help="Ask as of earlier months, too.")
    ] = 0,
    language: Words = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send each receiver a message to try it.")
    ] = False,
) -> None:
    """Try rules: what each says of your data today, and said in the months before.

    Nothing is kept, and no alert is sent; --send sends each receiver a line to try it. Without
    --data the file alone is checked.

    Exit codes: 0 done, 1 a receiver was not reached, 2 wrong usage or unreadable data.
    """
    from revkit.language import in_language
    from revkit.report.alerts.rules import read_rules
    from revkit.report.alerts.send import check_receivers, tried
    from revkit.sources import load

    try:
        with in_language(language):
            known = read_rules(Path(rules) if rules != "default" else rules)
            check_receivers(known)
            typer.echo(f"{len(known)} rule{'' if len(known) == 1 else 's'}")
            if data:
                company = load(data, mapping=mapping, as_of=as_of, currency=currency)
                for line in _said(known, company, back):
                    typer.echo(line)
            problems = tried(known) if send else []
    except RevkitError as error:
        typer.echo(f"revkit alerts: {error}", err=True)
        raise typer.Exit(WRONG_USAGE) from None
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(FAILED)


def _said(known: Sequence[Rule], company: Dataset, back: int) -> Iterator[str]:
    """Yield a line for each rule and group, of today and of the ends of earlier months."""
    from datetime import timedelta

    from revkit.report.alerts.judge import judge

    days = [company.as_of]
    for _ in range(back):
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    for day in days:
        asked = company if day == company.as_of else company.replay(day)
        for one in judge(asked, known):
            yield f"{day}  {one.state:8} {_name(one)}{': ' + one.sentence if one.sentence else ''}"


def _name(alert: Alert) -> str:
    return alert.rule.title + (f" [{alert.key}]" if alert.key else "")
