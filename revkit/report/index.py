"""The first page of a report: headline numbers, what each notebook found, what it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.report.html import TEMPLATES, Frame, style
from revkit.report.tiles import Tile

if TYPE_CHECKING:
    from revkit.dataset import Dataset

FINDINGS = "application/vnd.revkit.findings+json"


@dataclass(frozen=True)
class Chapter:
    """One notebook as the index shows it; ``note`` says what is missing from it."""

    file: str
    title: str
    findings: tuple[str, ...] = ()
    note: str = ""


def findings_of(notebook: Any) -> tuple[str, ...]:
    """Return the sentences that an executed notebook carries as its answer.

    Collected from its outputs by mime type, in their order, each once.
    """
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    data = (output.get("data", {}) for output in outputs)
    lists = (shown[FINDINGS]["findings"] for shown in data if FINDINGS in shown)
    return tuple(dict.fromkeys(str(sentence) for sentences in lists for sentence in sentences))


def index(
    *,
    title: str,
    frame: Frame,
    data: Dataset,
    rows: Mapping[str, int],
    tiles: Sequence[Tile],
    period: str,
    chapters: Sequence[Chapter],
    failures: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the page; everything in it is escaped.

    Parameters
    ----------
    data, rows
        The company, and how many rows each of its tables has.
    period
        What the tiles are of: a month, a quarter.
    failures
        Notebook name and the sentence it failed with.
    """
    from jinja2 import Environment, FileSystemLoader

    from revkit.schema import TABLES

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals["style"] = style()
    return environment.get_template("index.html.j2").render(
        title=title,
        frame=frame,
        tiles=tiles,
        period=period,
        chapters=chapters,
        failures=failures,
        tables=[(name, rows[name], TABLES[name].grain) for name in rows],
        remarks=_remarks(data),
    )


def _remarks(data: Dataset) -> list[str]:
    left_out = [f"{number:,} {what}" for what, number in data.left_out.items() if number]
    unreached = [
        f"{table} has no {dimension}, so what needs it is not shown under this filter."
        for table, dimension in data.unreached.items()
    ]
    return [*([f"Left out: {', '.join(left_out)}."] if left_out else []), *unreached]
