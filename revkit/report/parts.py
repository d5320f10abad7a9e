"""Reports of a company's parts, one for each value of a dimension, and the page that lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from revkit import manifest
from revkit.errors import ColumnError, DimensionError, ReportError, TableError
from revkit.language import in_language, language
from revkit.report.html import TEMPLATES, Frame, style
from revkit.report.publish import MADE, Report
from revkit.report.request import Order, ReportPlan, plan

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.report.overview.headlines import Tile

ASKED = ("win_rate", "mrr", "mqls")
"""Metrics whose groups are the parts: of deals, of customers, of leads."""

MOST = 50

FILE = "index.html"


def parts(order: Order, dimension: str) -> list[tuple[str, ReportPlan]]:
    """Return a folder's name and the plan of a report for each value of a dimension.

    Parameters
    ----------
    order
        For the whole company; its filter holds for every part.
    dimension
        Such as segment. Rows without a value are in no part.

    Raises
    ------
    ReportError
        When nothing has the dimension, or it has more than 50 values.
    RevkitError
        As of :func:`revkit.report.request.plan`.
    """
    whole = plan(order)
    values = _values(whole.data, dimension)
    if not values:
        raise ReportError.no_parts(dimension)
    if len(values) > MOST:
        raise ReportError.too_many_parts(dimension, parts=len(values), most=MOST)
    names = _names(values)
    return [
        (names[value], plan(replace(order, where={**order.where, dimension: value}), whole.loaded))
        for value in values
    ]


def _values(data: Dataset, dimension: str) -> list[str]:
    from revkit.catalogue import find

    found: set[str] = set()
    for name in ASKED:
        try:
            rows = find(name)(data, by=dimension, period=None)
        except (ColumnError, DimensionError, TableError):
            continue
        found |= {str(value) for value in rows.loc[rows["n"] > 0, dimension].unique()}
    return sorted(value for value in found if value != "(missing)")


def _names(values: list[str]) -> dict[str, str]:
    """Return a folder's name for each value; two that would be called alike get numbers."""
    names: dict[str, str] = {}
    for value in values:
        plain = re.sub(r"[^\w-]+", "-", value).strip("-").lower() or "value"
        taken = set(names.values())
        numbered = (f"{plain}-{number}" for number in range(2, len(values) + 2))
        names[value] = plain if plain not in taken else next(n for n in numbered if n not in taken)
    return names


@dataclass(frozen=True)
class _Part:
    """A row of the page."""

    name: str
    page: str
    values: Sequence[str]
    note: str


def check_folder(out: Path, names: Sequence[str], *, force: bool) -> None:
    """Refuse a folder that holds other things than reports of parts, before anything runs.

    Raises
    ------
    FolderError
        As of :func:`revkit.manifest.check`.
    """
    folder = manifest.real(out)
    reports = {f"{name}{end}/" for name in names for end in ("", "-failed")}
    others = set(manifest.holdings(folder, MADE).refused) - reports
    manifest.check(folder, MADE, force=force or not others)


def write_index(out: Path, dimension: str, made: Mapping[str, tuple[ReportPlan, Report]]) -> Path:
    """Write the page that leads to the reports of all parts, and return it.

    Parameters
    ----------
    out
        The folder that holds a folder for each report.
    dimension
        What the parts are values of.
    made
        By the name of its folder, the plan of a report and what became of it.

    Raises
    ------
    WriteError
        When the disk is full; what was there is then as it was.
    """
    plan = next(iter(made.values()))[0]
    with in_language(plan.order.language):
        text = _page(plan, dimension, made)
    folder = manifest.real(out)
    with manifest.replacing(folder, made=MADE, force=True) as (place,):
        (place / FILE).write_text(text, encoding="utf-8")
    return out / FILE


def _page(plan: ReportPlan, dimension: str, made: Mapping[str, tuple[ReportPlan, Report]]) -> str:
    from jinja2 import Environment, FileSystemLoader

    words = language()
    titles = [*dict.fromkeys(tile.title for _, one in made.values() for tile in one.tiles)]
    frame = Frame(plan.facts_of_all(dimension), (), brand=plan.brand)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    return environment.get_template("parts.html.j2").render(
        title=words.gettext("{title}, by {dimension}", title=plan.title, dimension=dimension),
        frame=frame,
        style=style(plan.brand),
        dimension=dimension,
        columns=titles,
        parts=[
            _Part(
                str(planned.order.where[dimension]),
                f"{one.folder.name}/{FILE}",
                _row(titles, one.tiles),
                _note(one),
            )
            for planned, one in made.values()
        ],
        aside=words.gettext(
            "Each value is of the last complete period that the part has; its own page has the "
            "interval. Parts are not compared here: they may differ by chance."
        ),
    )


def _row(titles: Sequence[str], tiles: Sequence[Tile]) -> list[str]:
    shown = {tile.title: f"{tile.value}{tile.per}" for tile in tiles}
    return [shown.get(title, "–") for title in titles]


def _note(report: Report) -> str:
    """Return what a reader should know before opening a part: failures, then alerts."""
    words = language()
    if report.failures:
        return words.gettext("Could not be finished.")
    count = len(report.alerts)
    if not count:
        return ""
    return words.ngettext("{count} new alert", "{count} new alerts", count, count=count)
