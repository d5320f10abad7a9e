"""The frames of an assessment: criteria and measures with their verdicts, written as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from revkit.analysis.operating_model.writing import Written
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.frames import raw
from revkit.analysis.writing.frames.spreadsheet import InertFrame
from revkit.analysis.writing.frames.tables import Table
from revkit.language import Language, language, message

COLUMNS = (
    "id", "team", "criterion", "verdict", "basis", "measure", "unit", "value", "low", "high", "n",
    "met", "limit", "source", "source_kind", "question", "answer", "reason", "key",
)  # fmt: skip


class Criteria(InertFrame):
    """A DataFrame of criteria or of their measures, which Jupyter shows as a table.

    Columns: ``id``, ``team``, ``criterion``, ``verdict`` (met, not met, unclear, no data),
    ``basis`` (data, answer, data against the answer; empty while open), ``measure``, ``unit``,
    ``value``, ``low``, ``high`` (90 % interval, where there is one), ``n``, ``met`` (above or
    below the limit), ``limit``, ``source`` and ``source_kind`` of the limit, ``question``,
    ``answer`` (yes, no or empty), ``reason`` (why there is no value), ``key`` (the measure's name
    in a file of thresholds).
    """

    @property
    def _constructor(self) -> type[Criteria]:
        return Criteria

    @property
    def whole(self) -> bool:
        """True while it has all its columns, and so can be written as a table."""
        return set(COLUMNS) <= set(self.columns)

    def as_table(self, words: Language) -> Table:
        """Return the criteria as they are read: what was measured, against what, from where.

        The sentences of the criteria are left out where several rows are of one.
        """
        headings = {
            "id": "", "criterion": words.gettext("Criterion"),
            "verdict": words.gettext("Verdict"), "measure": words.gettext("Measure"),
            "value": words.gettext("Value ({level} interval)", level=words.level(0.9)),
            "condition": words.gettext("Met if"),
            "source": words.gettext("Source of the limit"),
        }  # fmt: skip
        if self["id"].duplicated().any():
            del headings["criterion"]
        currency = self.attrs.get("currency")
        written = [Written.of_row(row, currency, words) for _, row in self.iterrows()]
        wide = ("criterion", "verdict", "measure", "value", "condition", "source")
        left = ("id", "criterion", "verdict", "measure", "source")
        return Table(
            tuple(headings.values()),
            tuple(tuple(one.cells[name] for name in headings) for one in written),
            left=frozenset(headings[name] for name in left if name in headings),
            notes=tuple(self.attrs.get("notes", ())),
            nothing=words.gettext(EMPTY),
            wrapped=frozenset(headings[name] for name in wide if name in headings),
        )

    def __repr__(self) -> str:
        if not self.whole:
            return pd.DataFrame(self).__repr__()
        return str(self.as_table(language(self.attrs.get("language"))))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return raw.bundle([self])

    def _repr_html_(self) -> str | None:
        if not self.whole:
            return pd.DataFrame(self)._repr_html_()  # type: ignore[operator, no-any-return]
        return self.as_table(language(self.attrs.get("language")))._repr_html_()


EMPTY = message("Nothing to show yet.")


class Assessment(Criteria):
    """The article's criteria for SalesOps, RevOps and both, one row each, and the verdict."""

    @property
    def _constructor(self) -> type[Assessment]:
        return Assessment

    @property
    def verdict(self) -> str:
        """SalesOps, RevOps, both, neither yet, or cannot tell."""
        return str(self.attrs.get("verdict", ""))

    @property
    def sentence(self) -> str:
        """The verdict with the criteria behind it."""
        return str(self.attrs.get("sentence", ""))

    @property
    def findings(self) -> list[Finding]:
        """The verdict, a sentence for each criterion that is met, and answers that data belie."""
        return list(self.attrs.get("findings", ()))

    @property
    def measures(self) -> Criteria:
        """Every measure of every criterion against its limit; id ``size`` is the size needed."""
        frame = Criteria(self.attrs["measures"], columns=[*COLUMNS])
        frame.attrs = {name: self.attrs[name] for name in ("currency", "language")}
        return frame

    @property
    def questions(self) -> pd.DataFrame:
        """The questions that are open, with the reason: id, criterion, question, reason."""
        return self._listed("questions", ["id", "criterion", "question", "reason"])

    @property
    def first(self) -> pd.DataFrame:
        """The article's task for each criterion that is met: id, criterion, task, title, call."""
        return self._listed("first", ["id", "criterion", "task", "title", "call"])

    @property
    def tools(self) -> pd.DataFrame:
        """The tasks of the teams in the verdict: team, task, title, tools, because."""
        return self._listed("tools", ["team", "task", "title", "tools", "because"])

    def _listed(self, name: str, columns: Sequence[str]) -> pd.DataFrame:
        frame = pd.DataFrame(self.attrs[name], columns=[*columns])
        frame.attrs = {
            "titles": {name: TITLES[name] for name in columns},
            "wrapped": [name for name in columns if name in SENTENCES],
        }
        return frame


SENTENCES = ("criterion", "question", "reason", "title", "call", "tools")
TITLES: dict[Any, str] = {
    "id": message("Id"), "criterion": message("Criterion"), "question": message("Question"),
    "reason": message("Why it is open"), "task": message("Task"), "title": message("What it is"),
    "call": message("Call"), "tools": message("Tools"), "because": message("Because of"),
    "team": message("Team"),
}  # fmt: skip
