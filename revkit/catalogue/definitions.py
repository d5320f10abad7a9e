"""The table of definitions in docs/definitions.md: ``python -m revkit.catalogue.definitions``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Cohort, Leaf, Quantile, Stock, Total
from revkit.algebra.formula.nodes import Length
from revkit.catalogue.catalogue import known

if TYPE_CHECKING:
    from revkit.algebra.metric import Metric

HEADING = "## Every metric\n"
"""What stands above the table; all before it is written by hand."""


def definitions() -> str:
    """Return the table of every metric's window, population and denominator, as Markdown."""
    own = [metric for metric in known().values() if metric.family]
    rows = [
        f"| `{m.name}` | {_window(m)} | {_population(m)} | {_denominator(m)} |"
        for m in sorted(own, key=lambda metric: metric.name)
    ]
    head = "| Metric | Window | Population | Denominator |\n| --- | --- | --- | --- |"
    return "\n".join([head, *rows]) + "\n"


def page(text: str) -> str:
    """Return the page with its table written again."""
    return f"{text.partition(HEADING)[0]}{HEADING}\n{definitions()}"


def _leaves(metric: Metric) -> list[Leaf]:
    """Return the leaves of a metric's formula, those that quantiles rank among them."""
    formula = metric.formula()
    ranked = [part.total for part in tree.subformulas(formula) if isinstance(part, Quantile)]
    return [*ranked, *(leaf for leaf, _ in tree.leaves(formula))]


def _window(metric: Metric) -> str:
    """Return over which time a metric is taken."""
    if metric.kind == "table":
        return "at the period's end"
    kinds = list(dict.fromkeys(_time(leaf) for leaf in _leaves(metric)))
    months = f"; {metric.trailing} months by default" if metric.trailing > 1 else ""
    within = metric.options.get("within")
    days = f"; outcome within {within.default} days" if within and within.default else ""
    return "; ".join(kinds) + days + months


def _time(leaf: Leaf) -> str:
    """Return over which time the rows of a leaf are taken."""
    if isinstance(leaf, Stock):
        if leaf.averaged:
            return "average of the period's two ends"
        if leaf.unit is not None:
            return f"time in force ({leaf.unit}s)"
        return "at the period's start" if leaf.at_opening else "at the period's end"
    if isinstance(leaf, Cohort):
        return f"begun in the period ({leaf.at})"
    assert isinstance(leaf, Total)
    if leaf.monthly:
        return "in the period, month by month"
    if leaf.spread is not None:
        return "spread over its days"
    return f"in the period ({leaf.at})" if leaf.at else "between the period's two ends"


def _population(metric: Metric) -> str:
    """Return the tables whose rows a metric counts or sums."""
    return ", ".join(metric.tables)


def _denominator(metric: Metric) -> str:
    """Return what a metric divides by; a dash where it divides by nothing."""
    if metric.kind == "table":
        return "see its formula"
    formula = metric.formula()
    below = [str(leaf) for leaf, _ in tree.denominators(formula)]
    if any(isinstance(part, Length) for part in tree.subformulas(formula)):
        below.append("length of the period")
    if any(isinstance(part, Quantile) for part in tree.subformulas(formula)):
        return "median of the rows"
    return "; ".join(dict.fromkeys(below)).replace("|", "or") or "–"


def write(folder: Path) -> None:
    """Write the table into the page of definitions in the folder of the documentation."""
    file = folder / "definitions.md"
    file.write_text(page(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "docs")
