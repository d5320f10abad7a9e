"""Measures of the table ``targets``: each is ``bookings`` or a metric's name."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from revkit import derived
from revkit.dataset.columns import fold
from revkit.dataset.notes import Note
from revkit.derived.reps.plans import BOOKINGS
from revkit.errors import did_you_mean, listed
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.dataset import Dataset

NAMES: set[str] = set()
"""The names of the metrics defined so far; the registry adds each."""


def metric_of(measure: str) -> str | None:
    """Return the metric that a measure plans, in whatever case and punctuation; None without one.

    >>> metric_of("Win rate"), metric_of("bookings"), metric_of("sales")
    ('win_rate', 'won_amount', None)
    """
    names = {fold(name): name for name in sorted(NAMES)} | {BOOKINGS: "won_amount"}
    return names.get(fold(measure))


def notes_on_targets(data: Dataset, tables: Collection[str]) -> list[str]:
    """Return the note on targets for what no metric is called, where such are among some tables."""
    note = unknown_measures(data) if "targets" in tables else None
    return [] if note is None else [str(note)]


def notes_on_quotas(data: Dataset, tables: Collection[str]) -> list[str]:
    """Return the note on quotas of which it is not known what was won, where some tables have them.

    They are left out.
    """
    if "quota_results" not in tables:
        return []
    results = derived.table(data, "quota_results", Calendar("quarter"))
    counted = results.aggregate(every=results.count(), known=results.won.count())
    (row,) = counted.to_pyarrow().to_pylist()
    lacking = row["every"] - row["known"]
    if not lacking:
        return []
    return [
        f"targets: {lacking:,} of {row['every']:,} quotas are left out, since deals without an "
        "amount were won in their time."
    ]


def unknown_measures(data: Dataset) -> Note | None:
    """Return the note on targets for what no metric is called; None without any."""
    targets = data.whole.table("targets")
    counted = targets.group_by("measure").aggregate(rows=targets.count()).order_by("measure")
    found = {row["measure"]: row["rows"] for row in counted.to_pyarrow().to_pylist()}
    strange = [measure for measure in found if metric_of(measure) is None]
    if not strange:
        return None
    near = did_you_mean(strange[0], [BOOKINGS, *sorted(NAMES)])
    text = (
        f"measure is no metric, {listed(map(repr, strange), 5)}, and such targets count nowhere."
        f"{near} Say in a mapping what is meant: measure: {{from: measure, words: "
        f'{{"{strange[0]}": {BOOKINGS}}}, others: keep}}'
    )
    return Note("targets", "measure_unknown", text, sum(found[measure] for measure in strange))
