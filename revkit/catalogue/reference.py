"""The metric reference, docs/metrics.md: ``python -m revkit.catalogue.reference`` (make docs)."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from revkit.algebra.cards.card import reference, section
from revkit.catalogue.catalogue import known

if TYPE_CHECKING:
    from revkit.algebra.metric import Metric

HEAD = """# The metrics

Written by `make docs` from the catalogue, which is `rk.catalog()` in code; a test compares the two.
Each metric is a formula over totals of tables. `value` comes with its interval; what every call
takes and returns stands in the help of any metric, `rk.metrics.win_rate?`.

{contents}
"""


def metric_reference() -> str:
    """Return the text of ``docs/metrics.md``: every metric of revkit's own, by module."""
    own = [metric for metric in known().values() if metric.family]
    own.sort(key=lambda metric: (metric.module, metric.name))
    chapters, contents = [], []
    for module, metrics in groupby(own, key=lambda metric: metric.module.rpartition(".")[2]):
        among = list(metrics)
        links = " · ".join(f"[{metric.name}](#{metric.name})" for metric in among)
        contents.append(f"- **{module.title()}**: {links}")
        chapters.append("\n\n".join([f"## {module.title()}", *map(entry, among)]))
    return HEAD.format(contents="\n".join(contents)) + "\n" + "\n\n".join(chapters) + "\n"


def entry(metric: Metric) -> str:
    """Return the entry of one metric as Markdown."""
    doc = metric.doc
    text = re.split(r"^\w[\w ]*\n-+\n", doc, maxsplit=1, flags=re.MULTILINE)[0]
    watched = {"both": "SalesOps and RevOps"}.get(metric.owner, metric.owner)
    better = {"neither": "neither is better"}.get(metric.better, f"{metric.better} is better")
    sums = "; adds up over groups" if metric.additive else ""
    options = ", ".join(f"`{o.name}={o.default!r}`" for o in metric.options.values())
    facts = [
        ("Formula", f"`{metric.words}`" if metric.kind == "formula" else metric.words),
        ("Unit", f"{metric.unit}; {better}{sums}"),
        ("Watched by", watched),
        ("Tables", ", ".join(metric.tables)),
        ("Options", options),
        ("Window", f"{metric.trailing} months unless the call says otherwise"),
        ("Interval", metric.interval),
        ("Notes", markdown(section(doc, "Notes"))),
        ("Source", markdown(reference(metric))),
    ]
    lines = [
        f"- **{name}:** {' '.join(fact.split())}"
        for name, fact in facts
        if fact and not (name == "Window" and metric.trailing == 1)
    ]
    title = f"### {metric.name}\n\n**{metric.title}** · *{metric.title_it}*"
    return "\n\n".join([title, markdown(text).strip(), "\n".join(lines)])


def markdown(doc: str) -> str:
    """Return a docstring's reStructuredText as Markdown.

    >>> print(markdown("By :func:`~revkit.metrics.nrr`, with :math:`n` rows of ``value``."))
    By `nrr`, with $n$ rows of `value`.
    """
    text = re.sub(r"\.\. math::\s*((?:.+\n?)+)", _formula, doc)
    text = re.sub(r":math:`([^`]+)`", r"$\1$", text)
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?([^`.]+)`", r"`\1`", text)
    text = text.replace("``", "`")
    return re.sub(r"\.\. \[\d+\] ", "", text)


def _formula(found: re.Match[str]) -> str:
    """Return a display formula on one line."""
    return f"$$ {' '.join(found[1].split())} $$\n"


def write(folder: Path) -> None:
    """Write the reference into the folder of the documentation."""
    folder.mkdir(exist_ok=True)
    (folder / "metrics.md").write_text(metric_reference(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "docs")
