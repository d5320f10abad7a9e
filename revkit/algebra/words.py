"""Words that a metric asks for and that the tables lack, have under another name, or no more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from revkit.algebra.planned import notes_on_quotas, notes_on_targets
from revkit.algebra.query.batch import NO_GROUP
from revkit.schema.tables import TABLES

if TYPE_CHECKING:
    from revkit.algebra.evaluate.evaluation import Evaluation
    from revkit.dataset import Dataset


def notes_on_words(
    data: Dataset, tables: Collection[str], evaluation: Evaluation | None
) -> Iterator[str]:
    """Yield the notes on words of some tables, and on those that the queries of a metric read.

    Parameters
    ----------
    evaluation
        The metric's; None where it is computed by a function.
    """
    yield from notes_on_targets(data, tables)
    yield from notes_on_quotas(data, tables)
    if evaluation is not None:
        yield from notes_on_overwritten(data, evaluation)
        sources = [evaluation.batch.sources[key] for key in evaluation.grid.keys]
        yield from dict.fromkeys(note for source in sources for note in source.notes())


def notes_on_overwritten(data: Dataset, evaluation: Evaluation) -> Iterator[str]:
    """Yield the fields of a deal's end that a replay lacks, where groups are made by them.

    A deal that was opened again after the day has, at most, what was written on its later end.
    """
    written_at_end, groups = TABLES["opportunities"].dependents["closed_on"], evaluation.grid.groups
    for name, label in zip(evaluation.call.by, groups.columns, strict=True):
        column = name.rpartition(".")[2]
        lacking = column in written_at_end and (groups[label] == NO_GROUP).any()
        if lacking and data.past:  # asked last: it looks at the days of all tables
            yield (
                f"opportunities: {column} is not known as of {data.as_of} in deals that were "
                "opened again later, since what was entered then is no longer in the data; they "
                "count as (missing), beside those in which it was left empty."
            )
