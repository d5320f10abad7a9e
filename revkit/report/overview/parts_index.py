"""Index of the reports of a company's parts: a row a part, with its headline numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from revkit import manifest
from revkit.language import in_language, language
from revkit.report.html import TEMPLATES, Frame, style
from revkit.report.publish import MADE, Report

if TYPE_CHECKING:
    from revkit.report.overview.headlines import Tile
    from revkit.report.request import ReportPlan

FILE = "index.html"


@dataclass(frozen=True)
class _Part:
    """A row of the page."""

    name: str
    page: str
    values: Sequence[str]
    note: str


def check(out: Path, names: Sequence[str], *, force: bool) -> None:
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


def write(out: Path, dimension: str, made: Mapping[str, tuple[ReportPlan, Report]]) -> Path:
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
                _values(titles, one.tiles),
                _note(one),
            )
            for planned, one in made.values()
        ],
        aside=words.gettext(
            "Each value is of the last complete period that the part has; its own page has the "
            "interval. Parts are not compared here: they may differ by chance."
        ),
    )


def _values(titles: Sequence[str], tiles: Sequence[Tile]) -> list[str]:
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
