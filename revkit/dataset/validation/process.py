"""The sales process: the stages of the table ``stages``, and rows of history in none of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from revkit.dataset.notes import Note
from revkit.dataset.validation.endings import COUNTED_AS
from revkit.dataset.validation.vocabulary import Vocabulary
from revkit.errors import DataError
from revkit.schema import TABLES
from revkit.schema.tables import MEETINGS

if TYPE_CHECKING:
    import ibis.expr.types as ir

STAGE = (
    "Add the stages to the table stages, retired ones too: object: opportunity, stage, position, "
    "probability, is_closed, is_won. Or, where it is another spelling: "
)
UNKNOWN = "stage_unknown"

_WITHIN = {("activities", "outcome"): ("kind", MEETINGS)}
"""By column, the rows in which formulas read it: what comes of a call is anybody's word."""

_TOLD = {("finance", "line")}
"""Columns of any words of which those that no formula reads are told."""


@dataclass(frozen=True)
class Process:
    """The stages of leads and of deals, in the order of their names.

    ``closed`` says of each stage of deals whether it is closed; one that is open in a pipeline and
    closed in another counts as closed there.
    """

    leads: tuple[str, ...] = ()
    closed: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, stages: ir.Table) -> Process:
        """Read the table ``stages``."""
        grouped = stages.group_by(["object", "stage"])
        found = grouped.aggregate(closed=stages.is_closed.any()).order_by(["object", "stage"])
        rows = found.to_pyarrow().to_pylist()
        return cls(
            tuple(row["stage"] for row in rows if row["object"] == "lead"),
            {row["stage"]: row["closed"] for row in rows if row["object"] == "opportunity"},
        )

    def vocabularies(self, table: str, loaded: Collection[str]) -> Iterator[Vocabulary]:
        """Yield the words that the loaded columns of a table may hold."""
        for column in TABLES[table].columns.values():
            if column.words and column.name in loaded:
                words = column.words
                if (table, column.name) == ("lead_history", "stage"):
                    words = (*words, *(stage for stage in self.leads if stage not in words))
                place, within = (table, column.name), _WITHIN.get((table, column.name))
                yield Vocabulary(
                    *place,
                    words,
                    column.others and within is None,
                    counted_as=COUNTED_AS.get(place, {}),
                    within=within,
                    told=place in _TOLD,
                )
        if table == "opportunity_history" and self.closed:
            yield Vocabulary(table, "stage", tuple(self.closed), remedy=STAGE)


def check_stages(
    history: ir.Table, deals: ir.Table, stages: ir.Table, asked: Collection[str]
) -> tuple[ir.Table, Note | None]:
    """Return the history of deals whose stages are all of their deal's pipeline.

    Parameters
    ----------
    deals, stages
        With ``pipeline``.
    asked
        The rules whose rows are set aside, as ``table.rule``; the note then says how many.

    Raises
    ------
    DataError
        When a deal enters a stage that only other pipelines have.
    """
    known = stages.filter(stages.object == "opportunity").select(
        __pipeline=stages.pipeline, __known=stages.stage
    )
    own = deals.select(__deal=deals.opportunity_id, __of=deals.pipeline)
    placed = history.left_join(own, history.opportunity_id == own["__deal"])
    placed = placed.left_join(
        known, [placed["__of"] == known["__pipeline"], placed.stage == known["__known"]]
    )
    strange = placed["__deal"].notnull() & placed["__known"].isnull()
    found = placed.filter(strange).select(pipeline=placed["__of"], stage=placed.stage)
    found = found.group_by(["pipeline", "stage"]).aggregate(rows=found.count())
    worst = found.order_by([found.rows.desc(), "pipeline", "stage"]).to_pyarrow().to_pylist()
    if not worst:
        return history, None
    rows = sum(row["rows"] for row in worst)
    remedy = "Add it to the table stages with this pipeline, also a retired one."
    if any(row["pipeline"] is None for row in worst):
        remedy += (
            " A deal without a pipeline is in none: where that means one, say in a mapping: "
            'pipeline: {from: pipeline, words: {"": default}, others: keep}.'
        )
    what = "stage is none of the pipeline of its deal"
    if f"opportunity_history.{UNKNOWN}" in asked:
        kept = placed.filter(~strange).select(*history.columns)
        return kept, Note.set_aside("opportunity_history", UNKNOWN, what, rows)
    raise DataError.refused(
        what,
        table="opportunity_history",
        rows=rows,
        examples=[
            {name: row[name] or "(none)" for name in ("pipeline", "stage")} for row in worst[:3]
        ],
        remedy=remedy,
        rule=UNKNOWN,
    )
