"""First page of a report: headline numbers, findings of each notebook, summary of the data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.finding import NOTHING
from revkit.language import language, message
from revkit.report.alerts.history import Told
from revkit.report.html import TEMPLATES, Frame, style, together
from revkit.report.overview.headlines import PERIOD_NAMES, Tile
from revkit.report.overview.since import Since
from revkit.report.overview.verdict import Verdict

if TYPE_CHECKING:
    from revkit.analysis.watch.result import Watch
    from revkit.language import Language

MOVED = message("What moved in the last 24 months")
ALERTS = message("Alerts")
FINDINGS = "application/vnd.revkit.findings+json"
MOST = 3
"""Findings of a page that stand on the first one; the page has all."""


@dataclass(frozen=True)
class Chapter:
    """One notebook on the index: file, title, findings, and a note on what is missing.

    Of a finding it has what the first page says of it, which is empty where the page keeps it.
    """

    file: str
    title: str
    findings: tuple[str, ...] = ()
    note: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        """The findings that the first page has room for."""
        return tuple(one for one in self.findings if one)[:MOST]

    def more(self, words: Language) -> str:
        """Return how many findings only the page itself has; nothing where there is none."""
        left = len(self.findings) - len(self.shown)
        if left < 1:
            return ""
        return words.ngettext("{count} more", "{count} more", left, count=left)

    def without(self, told: Collection[str]) -> Chapter:
        """Return the chapter without what the first page has said already."""
        nothing = language().gettext(NOTHING)
        kept = tuple(one for one in self.findings if one not in told and one != nothing)
        return replace(self, findings=kept)


def findings_of(notebook: Any) -> tuple[str, ...]:
    """Return what the first page says of the findings that an executed notebook has.

    Collected from its outputs by mime type, in their order, each once; empty where the page keeps a
    finding to itself.
    """
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    data = (output.get("data", {}) for output in outputs)
    lists = [shown[FINDINGS] for shown in data if FINDINGS in shown]
    pairs = [
        pair for one in lists for pair in zip(one["findings"], one.get("front", one["findings"]),
                                              strict=True)
    ]  # fmt: skip
    return tuple(str(front) for front in dict(pairs).values())


def _line(one: Told, frame: Frame) -> tuple[str, str, str]:
    """Return an alert as its rule, its sentence, and whether it is new or since when it stands."""
    words = frame.words
    when = words.gettext("new in this report") if one.new else words.gettext(
        "told on {day}", day=words.day(date.fromisoformat(one.since))
    )  # fmt: skip
    rule = one.alert.rule
    group = f" · {one.alert.key}" if rule.by else ""
    return f"{rule.title}{group}", one.alert.sentence, when


def _restated(since: Since | None, frame: Frame) -> dict[str, Any] | None:
    """Return the heading and the sentences on what the last report had shown otherwise."""
    if since is None:
        return None
    words = frame.words
    day = words.day(date.fromisoformat(since.as_of))
    if not since.restated:
        same = words.gettext("Finished periods read as in the report as of {day}.", day=day)
        return {"quiet": same}
    text = words.gettext("Finished periods that read otherwise than as of {day}", day=day)
    return {"heading": text, "sentences": since.restated}


def _steady(moved: Watch | None, frame: Frame) -> tuple[str, str]:
    """Return what was watched and has not moved: how much of it, and its names."""
    from revkit.analysis.watch.wording import TITLES

    gone = {cause.metric for cause in moved.moved} if moved else set()
    words = frame.words
    titles = [
        words.gettext(TITLES[name]) for name in (moved.watched if moved else ()) if name not in gone
    ]
    if not titles or moved is None:
        return "", ""
    line = words.ngettext(
        "Watched and not moved by more than noise: {count} metric, in the whole and by group.",
        "Watched and not moved by more than noise: {count} metrics, in the whole and by group.",
        len(titles),
        count=len(titles),
    )
    return line, " · ".join(titles)


def _seen(moved: Watch | None, frame: Frame) -> dict[str, str]:
    """Return, by metric, the word on a tile whose metric is among what moved."""
    if moved is None:
        return {}
    before = len(moved.faults) + len(moved.prices)
    return {
        cause.metric: frame.words.gettext("moved, see {number}", number=before + at + 1)
        for at, cause in reversed([*enumerate(moved.moved)])
    }


def index(
    *,
    title: str,
    frame: Frame,
    company: str,
    verdict: Verdict,
    tiles: Sequence[Tile],
    since: Since | None = None,
    moved: Watch | None,
    sentences: Sequence[str] | None = None,
    told: Sequence[Told],
    period: str,
    unfinished: str,
    chapters: Sequence[Chapter],
    failures: Sequence[tuple[str, str]] = (),
    copies: Collection[str] = (),
) -> str:
    """Return the page; everything in it is escaped, but for the company's own HTML.

    Parameters
    ----------
    company
        The company as a Dataset shows itself, in HTML.
    verdict
        What the checks of the data noted.
    since
        What was restated since the last report; None where there is none to compare with.
    moved
        What moved in the last 24 months; None where that is not shown.
    sentences
        What is said of it; the watch's own sentences when omitted.
    told
        Alerts that fire, new or told before.
    period
        Of the tiles: day, week, month, quarter or year.
    unfinished
        The sentence on the period that is not over; empty where there is none.
    failures
        Notebook name and the sentence it failed with.
    copies
        Names of the notebooks whose executed copies lie beside the page.
    """
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals["style"] = style(frame.brand)
    html = environment.get_template("index.html.j2").render(
        title=title,
        frame=frame,
        tiles=tiles,
        restated=_restated(since, frame),
        moved=moved,
        sentences=moved.findings if moved and sentences is None else sentences,
        heading=frame.words.gettext(MOVED),
        seen=_seen(moved, frame),
        steady=_steady(moved, frame),
        alerts=frame.words.gettext(ALERTS),
        told=[_line(one, frame) for one in told],
        period=frame.words.gettext(PERIOD_NAMES[period]),
        unfinished=unfinished,
        chapters=[one for one in chapters if one.shown or one.note],
        silent=[one for one in chapters if not (one.findings or one.note)],
        kept=[one for one in chapters if one.findings and not (one.shown or one.note)],
        failures=failures,
        copies=copies,
        company=company,
        verdict=verdict,
    )
    return together(html)
