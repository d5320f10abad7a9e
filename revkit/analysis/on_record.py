"""The company as of the last day that a table was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def on_record(data: Dataset, table: str) -> Dataset:
    """Return the company as of its own day, or of a table's last one where that ended before.

    After it nothing is known: a deal that was open then may be won since, and a month without a
    deal is none in which nothing was won.
    """
    days = data.recorded([table]).get(table)
    return data.replay(days.last) if days is not None and days.ended else data
