"""The card of a metric for notebooks and terminals: formula, unit, tables, interval, source."""

from __future__ import annotations

import re
from html import escape
from textwrap import wrap

from revkit.algebra.cards.published import figures
from revkit.algebra.definition import Definition

_SECTION = r"^{name}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)"


def card(metric: Definition) -> str:
    """Return a metric's card as self-contained, escaped HTML."""
    names = " · ".join(filter(None, (metric.name, metric.title_it)))
    rows = "".join(
        f'<tr><td style="text-align:left;vertical-align:top;color:#666;padding:2px 12px 2px 0;'
        f'white-space:nowrap">{escape(name)}</td>'
        f'<td style="text-align:left;vertical-align:top">{escape(text)}</td></tr>'
        for name, text in _lines(metric)
    )
    return (
        '<div style="max-width:46em;border:1px solid #ddd;border-radius:6px;padding:10px 14px">'
        f"<strong>{escape(metric.title)}</strong> "
        f'<span style="color:#666">{escape(names)}</span>'
        f'<p style="margin:6px 0">{escape(_summary(metric))}</p>'
        f'<table style="border-collapse:collapse">{rows}</table></div>'
    )


def plain_card(metric: Definition, width: int = 78) -> str:
    """Return a metric's card as text, for a terminal.

    Examples
    --------
    >>> from revkit.metrics import win_rate
    >>> print(plain_card(win_rate).splitlines()[0])
    Win rate (win_rate, Tasso di vincita)
    """
    names = ", ".join(filter(None, (metric.name, metric.title_it)))
    lines = [f"{metric.title} ({names})", "", *wrap(_summary(metric), width), ""]
    for name, text in _lines(metric):
        lines += wrap(text, width, initial_indent=f"{name:12}", subsequent_indent=" " * 12)
    return "\n".join(lines)


def help_text(metric: Definition) -> str:
    """Return a metric's docstring after what is looked up most: title, unit and an example."""
    better = {"neither": "neither is better"}.get(metric.better, f"{metric.better} is better")
    lines = f"{metric.title}: {metric.unit}, {better}."
    return "\n\n".join(filter(None, (lines, _first_example(metric.doc), metric.doc)))


def _first_example(doc: str) -> str:
    """Return the first call of a docstring's examples with its result; empty without any."""
    lines = section(doc, "Examples").splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith(">>>")), len(lines))
    for at, line in enumerate(lines[start:], start=start):
        after = lines[at + 1] if at + 1 < len(lines) else ""
        if not line.startswith((">>>", "...")) and (not after or after.startswith(">>>")):
            return "\n".join(lines[start : at + 1])
    return "\n".join(lines[start:])


def _summary(metric: Definition) -> str:
    return _plain(metric.doc.split(chr(10) * 2)[0])


def _lines(metric: Definition) -> list[tuple[str, str]]:
    """Return what is said of a metric: the name of each line, and its text."""
    lines = [
        ("Formula", metric.words),
        ("Unit", f"{metric.unit}; better {metric.better}"),
        ("Watched by", {"both": "SalesOps and RevOps"}.get(metric.owner, metric.owner)),
        ("Tables", ", ".join(metric.tables)),
        ("Interval", metric.interval),
        ("Notes", _plain(section(metric.doc, "Notes"))),
        ("Published", figures(metric)),
        ("Source", reference(metric)),
    ]
    return [(name, text) for name, text in lines if text]


def reference(metric: Definition) -> str:
    """Return the sources that a metric's docstring names, as plain text."""
    return _plain(re.sub(r"\.\. \[\d+\] ", "", section(metric.doc, "References")))


def section(doc: str, name: str) -> str:
    """Return one section of a numpydoc docstring; empty when it lacks it."""
    found = re.search(_SECTION.format(name=name), doc, flags=re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else ""


def _plain(doc: str) -> str:
    """Return a docstring without its reStructuredText markup and line breaks."""
    plain = re.sub(r":\w+:`~?([^`]+)`", r"\1", doc).replace("``", "").replace("`", "")
    return re.sub(r"\s+", " ", plain).strip()
