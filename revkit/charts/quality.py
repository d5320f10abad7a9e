"""Findings of a data check as bars: the share of rows that each is about."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import seaborn as sns

from revkit import arguments as check
from revkit.charts import theme
from revkit.language import language as spoken
from revkit.quality.display import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

COLOURS = {
    "refused": theme.RED, "serious": theme.ORANGE, "minor": theme.BLUE, "note": theme.GREY,
}  # fmt: skip

MOST = 12
"""Findings drawn, those about the largest shares of rows."""

WIDTH = 44
"""Characters of a line beside a bar."""


def data_quality(
    findings: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None
) -> Axes:
    """Draw the share of rows that each finding of a check is about, coloured by severity.

    Parameters
    ----------
    findings
        The ``frame`` of :func:`revkit.check`. Findings about whole tables are not drawn.
    ax
        Where to draw; a new figure when omitted.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Axes
        Untitled.
    """
    columns = ("table", "what", "bad", "rows", "share", "severity")
    source = "the frame of rk.check"
    check.result(findings, "findings", "rk.charts.data_quality", columns=columns, source=source)
    ax, words = theme.axes(ax), spoken(language)
    about = findings[(findings["bad"] > 0) & (findings["share"] < 1)]
    drawn = about.sort_values("share", ascending=False, kind="stable").head(MOST).iloc[::-1]
    rows = drawn.to_dict("records")
    labels = [_label(row) for row in rows]
    colours = [COLOURS[row["severity"]] for row in rows]
    bars = ax.barh(range(len(rows)), drawn["share"], height=0.62, color=colours)
    texts = [
        words.gettext(
            "{bad} of {rows}, {severity}",
            bad=words.count(row["bad"]),
            rows=words.count(row["rows"]),
            severity=words.gettext(NAMES[row["severity"]]),
        )
        for row in rows
    ]
    ax.bar_label(bars, labels=texts, padding=5, annotation_clip=False)
    theme.make_room(ax, len(rows))
    ax.set_yticks(range(len(rows)), labels)
    ax.set_xlim(0, 1.6 * max([0.001, *drawn["share"]]))
    ax.grid(visible=False)
    ax.xaxis.set_visible(False)
    sns.despine(ax=ax, bottom=True)
    ax.set(xlabel="", ylabel="")
    figure = ax.get_figure(root=True)
    if figure is not None:
        lines = sum(1 + label.count("\n") for label in labels)
        figure.set_figheight(1.2 + 0.16 * len(labels) + 0.2 * lines)
    theme.finish(ax, findings, words=words)
    return ax


def _label(row: Mapping[Any, Any]) -> str:
    """Return what a finding is about, in two lines at most."""
    about = f"{row['table']}: {row['what'].partition(':')[0]}"
    return textwrap.fill(about, WIDTH, max_lines=2, placeholder=" …")
