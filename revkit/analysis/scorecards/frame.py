"""The frame of a scorecard: a DataFrame that Jupyter and a terminal show as a table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from revkit.analysis.scorecards import display
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.frames import raw
from revkit.analysis.writing.frames.spreadsheet import InertFrame
from revkit.language import language

FAR = 0.25
"""Share of a change that the nearer end of its interval is away from none, where it is far."""


def far(row: pd.Series[Any]) -> bool:
    """Report whether chance in the rows behind a value hardly explains its change."""
    low, high, moved = row["change_low"], row["change_high"], row["change"]
    return bool(min(low, high, key=abs) * moved > 0 and min(abs(low), abs(high)) >= FAR * abs(moved)
                and low * high > 0 and not row["small"])  # fmt: skip


class Scorecard(InertFrame):
    """A DataFrame of metrics, one row per metric and group, that Jupyter shows as a table.

    Columns: ``metric``, ``title``, ``family``, the dimensions, ``period`` (whose value it is),
    ``unit``, ``value``, ``low``, ``high``, ``n``, ``small``, ``complete``, ``change``,
    ``change_low``, ``change_high``, ``certain``, ``direction`` (better, worse, moved for metrics
    that are neither, same; empty where nothing is known), ``target``, ``gap``, ``trend`` (the
    last twelve values, oldest first).
    """

    @property
    def _constructor(self) -> type[Scorecard]:
        return Scorecard

    @property
    def findings(self) -> list[str]:
        """Sentences, one for each metric that changed by more than noise."""
        return list(self.attrs.get("findings", ()))

    @property
    def striking(self) -> list[Finding]:
        """Sentences on changes far beyond chance that may still be usual for the metric.

        Far is an interval whose nearer end is a quarter of the change away from none.
        """
        words = language(self.attrs.get("language"))
        return [
            display.striking(self, row, words)
            for _, row in self.iterrows()
            if row["direction"] in ("same", "") and far(row)
        ]

    @property
    def unavailable(self) -> dict[str, str]:
        """Titles of the metrics that this company can't answer, each with the reason."""
        return dict(self.attrs.get("unavailable", {}))

    @property
    def _whole(self) -> bool:
        return {"metric", "title", "value", "direction", "trend"} <= set(self.columns)

    def __repr__(self) -> str:
        return display.plain(self) if self._whole else pd.DataFrame(self).__repr__()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return raw.bundle([self]) if self._whole else {}

    def _repr_html_(self) -> str | None:
        if self._whole:
            return display.page(self)
        html: str | None = pd.DataFrame(self)._repr_html_()  # type: ignore[operator]
        return html
