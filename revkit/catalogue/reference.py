"""The metric reference, docs/metrics.md: ``python -m revkit.catalogue.reference`` (make docs)."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from revkit.algebra.card import reference, section
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
    """Return the text of ``docs/metrics.md``: every metric of the kit's own, by module."""
    own = [made for made in known().values() if made.family]
    own.sort(key=lambda made: (made.module, made.name))
    chapters, contents = [], []
    for module, metrics in groupby(own, key=lambda made: made.module.rpartition(".")[2]):
        among = list(metrics)
        links = " · ".join(f"[{made.name}](#{made.name})" for made in among)
        contents.append(f"- **{module.title()}**: {links}")
        chapters.append("\n\n".join([f"## {module.title()}", *map(entry, among)]))
    return HEAD.format(contents="\n".join(contents)) + "\n" + "\n\n".join(chapters) + "\n"


def entry(made: Metric) -> str:
    """Return what is to be said of one metric."""
    doc = made.doc
    text = re.split(r"^\w[\w ]*\n-+\n", doc, maxsplit=1, flags=re.MULTILINE)[0]
    watched = {"both": "SalesOps and RevOps"}.get(made.owner, made.owner)
    better = {"neither": "neither is better"}.get(made.better, f"{made.better} is better")
    sums = "; adds up over groups" if made.additive else ""
    options = ", ".join(f"`{o.name}={o.default!r}`" for o in made.options.values())
    facts = [
        ("Formula", f"`{made.words}`" if made.kind == "formula" else made.words),
        ("Unit", f"{made.unit}; {better}{sums}"),
        ("Watched by", watched),
        ("Tables", ", ".join(made.tables)),
        ("Options", options),
        ("Window", f"{made.trailing} periods where the call does not say"),
        ("Interval", made.interval),
        ("Mind", markdown(section(doc, "Notes"))),
        ("Source", markdown(reference(made))),
    ]
    told = [
        f"- **{name}:** {' '.join(said.split())}"
        for name, said in facts
        if said and not (name == "Window" and made.trailing == 1)
    ]
    title = f"### {made.name}\n\n**{made.title}** · *{made.title_it}*"
    return "\n\n".join([title, markdown(text).strip(), "\n".join(told)])


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
    return f"$$ {' '.join(found[1].split())} $$\n"


def write(folder: Path) -> None:
    """Write the reference into the folder of the documentation."""
    folder.mkdir(exist_ok=True)
    (folder / "metrics.md").write_text(metric_reference(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "docs")
