"""Words of an assessment: values in their unit, limits with their side, sources, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.analysis.operating_model.criteria import CRITERIA, READY, Criterion, Measure
from revkit.analysis.operating_model.judging import Judgement
from revkit.analysis.operating_model.tasks import TASK
from revkit.analysis.operating_model.thresholds import SHOWN
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.language import Language, message
from revkit.language.numbers import SPACE

if TYPE_CHECKING:
    import pandas as pd

ASKED: dict[str, Criterion] = {one.id: one for one in (*CRITERIA, READY)}

MEASURED = message("{name} ({id}): {measure} is {value} ({span}{rows}), {side} {limit} ({source}). "
                   "First: {task}.")  # fmt: skip
ANSWERED = message("{name} ({id}): the answer is yes. First: {task}.")
CONTRADICTED = message("{name} ({id}): the answer is {answer}, but {measure} is {value} "
                       "({span}{rows}), {side} {limit} ({source}). The data decide: find out "
                       "which of the two is wrong.")  # fmt: skip
SIDES = {
    True: message("not below"),
    False: message("below"),
}
INTERVAL = message("{level} interval {span}, ")


@dataclass(frozen=True)
class Written:
    """The cells of one row: texts in a language.

    Parameters
    ----------
    row
        Of an assessment, or of its measures.
    measure_of
        The measure that the row is about.
    quantity
        How its numbers are written.
    """

    row: Any
    measure_of: Measure
    quantity: Quantity

    @classmethod
    def of_row(cls, row: pd.Series[Any], currency: str | None, words: Language) -> Written:
        """Return the texts of a row."""
        measure = next(one for one in ASKED[row["id"]].measures if one.key == row["key"])
        return cls(row, measure, Quantity("", "", measure.unit, currency, words=words))

    @property
    def cells(self) -> dict[str, str]:
        """The texts by column of the table."""
        return {
            "id": self.row["id"],
            "criterion": self.criterion,
            "verdict": self.verdict,
            "measure": f"{self.measure} ({self.rows})" if self.row["n"] else self.measure,
            "value": f"{self.value} ({self.span})" if self.span else self.value,
            "condition": self.condition,
            "source": self.source,
        }

    @property
    def words(self) -> Language:
        """The language."""
        return self.quantity.words

    @property
    def criterion(self) -> str:
        """The article's sentence."""
        title = ASKED[self.row["id"]].title
        return self.words.gettext(title)

    @property
    def verdict(self) -> str:
        """The verdict, with its basis where that is not the data alone."""
        state, basis = self.row["verdict"], self.row["basis"]
        text = self.words.gettext(state)
        return text if basis in ("", "data") else f"{text} ({self.words.gettext(basis)})"

    @property
    def measure(self) -> str:
        """The title of the measure."""
        return self.words.gettext(self.measure_of.title)

    @property
    def value(self) -> str:
        """The value in its unit."""
        value = float(self.row["value"])
        mean = self.measure_of.unit == "count" and value % 1 > 0  # leads a month are a mean
        return self.words.number(f"{value:.1f}") if mean else self.quantity.text(value)

    @property
    def span(self) -> str:
        """The interval; empty without one."""
        return self.quantity.span(float(self.row["low"]), float(self.row["high"]))

    @property
    def rows(self) -> str:
        """The number of rows behind it."""
        if not self.row["n"]:
            return "–"
        return counted(float(self.row["n"]), self.measure_of.rows, self.words)

    @property
    def limit(self) -> str:
        """The limit in the unit of the value."""
        return self.quantity.text(float(self.row["limit"]))

    @property
    def condition(self) -> str:
        """The side of the limit on which the criterion is met."""
        return f"{'≥' if self.measure_of.met == 'above' else '<'}{SPACE}{self.limit}"

    @property
    def source(self) -> str:
        """The source of the limit."""
        source, kind = self.row["source"], self.row["source_kind"]
        return str(source or self.words.gettext(SHOWN[kind]))


def finding(
    judgement: Judgement, row: pd.Series[Any], currency: str | None, words: Language
) -> str:
    """Return the sentence on a criterion that is met, or whose answer the data belie."""
    written = Written.of_row(row, currency, words)
    span = written.span and words.gettext(INTERVAL, level=words.level(0.9), span=written.span)
    task = TASK[judgement.leading.measure.task]
    side = SIDES[bool(row["value"] >= row["limit"])]
    answer = YES if judgement.answer else NO
    texts = {
        "id": row["id"],
        "name": _begun(words.gettext(judgement.criterion.name)),
        "measure": written.measure,
        "value": written.value,
        "span": span,
        "rows": written.rows,
        "side": words.gettext(side),
        "limit": written.limit,
        "source": written.source,
        "task": f"{_begun(words.gettext(task.title), small=True)} ({task.id})",
        "answer": words.gettext(answer),
    }
    if judgement.contradicted:
        return words.gettext(CONTRADICTED, **texts)
    return words.gettext(MEASURED if judgement.basis == "data" else ANSWERED, **texts)


YES, NO = message("yes"), message("no")


def _begun(text: str, *, small: bool = False) -> str:
    """Return a text as it begins a sentence, or stands within one."""
    first = text[:1].lower() if small and not text[:2].isupper() else text[:1].upper()
    return f"{first}{text[1:]}"


def findings(
    judgements: Sequence[Judgement],
    rows: pd.DataFrame,
    sentence: Finding,
    currency: str | None,
    words: Language,
) -> list[Finding]:
    """Return the verdict's sentence, those of what is met, and those of contradictions."""
    pairs = zip(judgements, (row for _, row in rows.iterrows()), strict=True)
    told = [
        Finding(finding(one, row, currency, words), front="")
        for one, row in pairs
        if one.state == "met" or one.contradicted
    ]
    return [sentence, *told]
