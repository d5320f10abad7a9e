"""Words that a metric asks for and that the tables do not have, or have under another name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from revkit.algebra.planned import notes_on_targets

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
    if evaluation is not None:
        sources = [evaluation.batch.sources[key] for key in evaluation.grid.keys]
        yield from dict.fromkeys(note for source in sources for note in source.notes())
