"""Charts of realism: the shapes that a range of one number cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np

from revkit.synth import Company

SHAPES = {
    "Amounts of won new deals": (
        "currency, logarithmic scale",
        "SELECT segment, amount FROM opportunities JOIN accounts USING (account_id)"
        " WHERE is_won AND kind = 'new'",
        np.geomspace(300, 3e6, 41),
    ),
    "Days from opening to close of new deals": (
        "days",
        "SELECT segment, closed_on - o.created_on FROM opportunities o"
        " JOIN accounts USING (account_id) WHERE closed_on IS NOT NULL AND kind = 'new'",
        np.arange(0, 361, 10),
    ),
    "Age of customers who leave": (
        "months since they became customers",
        "SELECT segment, date_diff('day', first, gone) / 30.44 FROM (SELECT account_id,"
        " min(started_on) AS first, max(ended_on) FILTER (churn_reason IS NOT NULL) AS gone"
        " FROM subscriptions GROUP BY account_id) JOIN accounts USING (account_id)"
        " WHERE gone IS NOT NULL",
        np.arange(0, 49, 1),
    ),
    "Wins by week of the quarter": (
        "week",
        "SELECT segment, (closed_on - date_trunc('quarter', closed_on)::DATE) // 7 + 1"
        " FROM opportunities JOIN accounts USING (account_id) WHERE is_won AND kind = 'new'",
        np.arange(0.5, 14.6, 1),
    ),
    "Days that open deals have been in their stage": (
        "days",
        "SELECT segment, DATE '{end}' - entered FROM (SELECT opportunity_id,"
        " arg_max(stage, seq) AS now, max(changed_at) FILTER (stage <> before OR before IS NULL)"
        "::DATE AS entered FROM (SELECT *, lag(stage) OVER (PARTITION BY opportunity_id"
        " ORDER BY seq) AS before FROM opportunity_history) GROUP BY opportunity_id)"
        " JOIN opportunities USING (opportunity_id) JOIN accounts USING (account_id)"
        " WHERE closed_on IS NULL",
        np.arange(0, 241, 10),
    ),
}
"""What each chart shows: its axis, a query of segment and value, and the edges of its bins."""


def draw(company: Company, path: Path) -> None:
    """Draw the shapes of one company as a picture, a row each, a column for each segment."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    segments = list(company.world.scenario.segments)
    figure, axes = plt.subplots(len(SHAPES), len(segments), figsize=(13, 15), layout="constrained")
    for row, (title, (label, _, edges)) in zip(axes, SHAPES.items(), strict=True):
        found = values(company.tables, title, str(company.as_of))
        for axis, segment in zip(row, segments, strict=True):
            axis.hist(found.get(segment, []), bins=edges)
            axis.set(title=f"{title}\n{segment}", xlabel=label)
            if edges[-1] > 1e5:
                axis.set_xscale("log")
    figure.savefig(path)


def values(tables: Mapping[str, object], title: str, end: str) -> dict[str, list[float]]:
    """Return the values of a shape by segment."""
    with duckdb.connect() as engine:
        for name, table in tables.items():
            engine.register(name, table)
        rows = engine.execute(SHAPES[title][1].replace("{end}", end)).fetchall()
    found: dict[str, list[float]] = {}
    for segment, value in rows:
        found.setdefault(segment, []).append(float(value))
    return found
