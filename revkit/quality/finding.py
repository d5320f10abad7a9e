"""Findings: rows that break a rule, what they do to a metric, and how to mend them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

SEVERITIES = ("refused", "serious", "minor", "note")
"""The severities of findings, the gravest first.

``refused``: no number of the table can be right, and none is given. ``serious``: a number is off
by one per cent or more, or a reader would conclude something wrong. ``minor``: by less. ``note``:
what stands, and should be known.
"""

SHOWN = 5
"""Keys of rows that a finding shows."""

COLUMNS = (
    "rule", "table", "column", "what", "bad", "rows", "share", "severity", "examples", "effect",
    "metric", "value", "without", "mend", "line",
)  # fmt: skip
"""Columns of the frame of a check."""


@dataclass(frozen=True)
class Effect:
    """The difference that rows make to a metric, with its value with and without them.

    ``tidy`` says that the rows are no errors, and the metric is what it should be with them.
    """

    text: str = ""
    metric: str = ""
    value: float = float("nan")
    without: float = float("nan")
    tidy: bool = False

    @property
    def size(self) -> float:
        """By how much the metric differs without the rows, beside its value; 0 if not measured."""
        if not self.metric or self.value == self.without:
            return 0.0
        return abs(self.value - self.without) / abs(self.without) if self.without else float("inf")


@dataclass(frozen=True)
class Finding:
    """Rows of a table that break a rule.

    Parameters
    ----------
    rule, table, column
        The rule's name, and where.
    what
        What is wrong with them, in a phrase.
    bad, rows
        How many rows break it, among how many that could.
    severity
        One of :data:`SEVERITIES`.
    examples
        The first keys of such rows, in order.
    mend, line
        What to do at the source, and the line to write in a mapping or a call.
    flagged
        Those rows: ``key``, ``found`` (the value) and ``proposed`` (a better one, or null). None
        where the rule is about the table.
    """

    rule: str
    table: str
    column: str
    what: str
    bad: int
    rows: int
    severity: str
    examples: tuple[str, ...] = ()
    effect: Effect = Effect()
    mend: str = ""
    line: str = ""
    flagged: ir.Table | None = None

    @property
    def share(self) -> float:
        """The bad rows among those that could be."""
        return self.bad / self.rows if self.rows else float("nan")

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts findings: the gravest first, of these what changes a number most.

        What waits to be looked after, and is no error, comes after them.
        """
        grave, effect = SEVERITIES.index(self.severity), self.effect
        return (grave, effect.tidy, -effect.size, self.table, self.rule, self.column)

    def row(self) -> dict[str, Any]:
        """Return the finding as a row of the frame."""
        effect = self.effect
        return {
            "rule": self.rule, "table": self.table, "column": self.column, "what": self.what,
            "bad": self.bad, "rows": self.rows, "share": self.share, "severity": self.severity,
            "examples": ", ".join(self.examples), "effect": effect.text, "metric": effect.metric,
            "value": effect.value, "without": effect.without, "mend": self.mend, "line": self.line,
        }  # fmt: skip
