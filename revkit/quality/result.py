"""The result of a check: its findings as a frame, in a sentence, and the rows behind each."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.analysis.writing.frames import raw
from revkit.language import Language
from revkit.quality import display
from revkit.quality.finding import COLUMNS, SEVERITIES, Finding

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd


class Check:
    """Every doubt about a company's rows, the gravest first.

    A notebook shows it as a table, ``print`` as text.

    Parameters
    ----------
    findings
        In order.
    words
        The language they are written in.
    looked_from
        The company's day, where the rows checked go beyond it.
    """

    def __init__(
        self, findings: Sequence[Finding], words: Language, *, looked_from: date | None = None
    ) -> None:
        self.findings = tuple(findings)
        self._looked_from = looked_from
        self._words = words

    @property
    def ok(self) -> bool:
        """True when nothing is refused and nothing serious was found."""
        return not self.at_least("serious")

    def at_least(self, severity: str) -> tuple[Finding, ...]:
        """Return the findings of a severity and of graver ones.

        Raises
        ------
        ParameterError
            When there is no such severity.
        """
        check.choice(severity, "severity", "check.at_least", known=SEVERITIES)
        most = SEVERITIES.index(severity)
        return tuple(one for one in self.findings if SEVERITIES.index(one.severity) <= most)

    @cached_property
    def verdict(self) -> str:
        """A sentence for the first page of a report; a second where the rows go beyond its day."""
        return f"{display.verdict(self.findings, self._words)} {self.reach}".strip()

    @property
    def reach(self) -> str:
        """A sentence where the rows checked go beyond the company's day; else empty."""
        if self._looked_from is None:
            return ""
        return self._words.gettext(display.WHOLE, day=self._words.day(self._looked_from))

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence on each finding that is refused or serious: what it is, and what it does."""
        return tuple(
            f"{display.headline(one, self._words)}. {one.effect.text}".rstrip(". ") + "."
            for one in self.at_least("serious")
        )

    @property
    def advice(self) -> str:
        """The end of a sentence on what to do first."""
        return display.advice(self.findings, self._words)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The findings, one row each.

        ``rule``, ``table``, ``column``; ``what`` is wrong, in words; ``bad`` rows of ``rows``,
        their ``share``; ``severity``; ``examples``, the first keys; ``effect``, in words, with the
        ``metric`` measured, its ``value`` and what it is ``without`` them; ``mend``, what to do,
        and the ``line`` to write in a mapping or a call.
        """
        import pandas as pd

        frame = pd.DataFrame([one.row() for one in self.findings], columns=list(COLUMNS))
        frame.attrs["units"] = {"share": "share"}
        return frame

    def rows(self, rule: str, table: str | None = None, column: str | None = None) -> pd.DataFrame:
        """Return the rows that break a rule, by key.

        Parameters
        ----------
        rule
            The rule's name, as in the frame.
        table, column
            Only of this table, or column.

        Returns
        -------
        DataFrame
            ``table``, ``key`` (its columns joined by a bar), ``column``, ``found``, the value, and
            ``proposed``, a better one where one is known; sorted. Empty where the rule is about a
            whole table, and where no row breaks it.

        Raises
        ------
        ParameterError
            When no finding has that rule.
        """
        import pandas as pd

        known = sorted({one.rule for one in self.findings})
        check.choice(rule, "rule", "check.rows", known=known)
        parts = []
        for one in self.findings:
            named = one.rule == rule and table in (None, one.table) and column in (None, one.column)
            if named and one.flagged is not None:
                part = one.flagged.order_by(["key", "found"]).to_pyarrow().to_pandas()
                parts.append(part.assign(table=one.table, column=one.column))
        names = ["table", "key", "column", "found", "proposed"]
        if not parts:
            return pd.DataFrame(columns=names, dtype="str")
        found: pd.DataFrame = pd.concat(parts, ignore_index=True)[names]
        return found

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the findings as JSON: ``ok``, ``verdict``, ``findings``; to a file too.

        What is not known is null.
        """
        rows = [{name: _plain(value) for name, value in one.row().items()} for one in self.findings]
        text = _written({"ok": self.ok, "verdict": self.verdict, "findings": rows})
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def __len__(self) -> int:
        return len(self.findings)

    def __str__(self) -> str:
        return display.text(self.findings, self.verdict, self._words)

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return raw.bundle([self.frame])

    def _repr_html_(self) -> str:
        return display.html(self.findings, self.verdict, self._words)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def unread(error: str) -> str:
    """Return the JSON of a check that could not begin, by the error that says why.

    >>> json.loads(unread("there is no file"))
    {'ok': False, 'verdict': 'there is no file', 'findings': [], 'error': 'there is no file'}
    """
    return _written({"ok": False, "verdict": error, "findings": [], "error": error})


def _written(said: dict[str, Any]) -> str:
    """Return what a check says as JSON."""
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"
