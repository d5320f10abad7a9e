"""Forecasts: what each rep was sure to win some days before a quarter's end, and what was won."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.deal_history import FORECAST, WON
from revkit.synth.tables.per_company.planning import quarters
from revkit.synth.truth.catalogue.months import Values, over
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures

COMMIT = FORECAST.index("commit")
AHEAD = 30
"""Days before the last one of a quarter on which its forecast is looked at."""


def forecast_figures(part: Part) -> Figures:
    """Sum what each person had won and committed to of each quarter, in cents."""
    world, deals, rows = part.world, part.deals, part.changes
    opened = rows["stage"] < WON
    final = np.zeros(len(deals), np.int64)
    final[rows["deal"]] = np.arange(len(rows["deal"]))
    owner = part.roster.person[rows["person"]]
    seller, worth = owner[final], rows["amount"][final]
    shape = len(part.roster.seat), len(quarters(world))
    won, committed = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for place, (start, end, _) in enumerate(quarters(world)):
        day = end - 1 - AHEAD
        within = deals.won & (deals.closes >= start) & (deals.closes < min(end, world.end))
        np.add.at(won[:, place], seller[within], worth[within])
        within &= deals.closes <= day
        np.add.at(committed[:, place], seller[within], worth[within])
        sure = opened & (rows["day"] <= day) & (day < rows["next"])
        sure &= (rows["forecast"] == COMMIT) & (rows["expected"] >= start)
        sure &= rows["expected"] < end
        np.add.at(committed[:, place], owner[sure], rows["amount"][sure])
    return {"won_by": won, "committed_by": committed}


def forecast_values(f: Figures) -> Values:
    """Form the metrics of forecasts and quotas of reps, in the month in which a quarter is over."""
    won, held = f["won_by"], f["held"] > 0
    whole, error = won.sum(axis=0), np.abs(f["committed_by"] - won).sum(axis=0)
    reached = (held & (won >= f["held"])).sum(axis=0)
    return {
        "share_of_reps_at_quota": in_last_month(f, over(reached, held.sum(axis=0))),
        "forecast_accuracy": in_last_month(f, 1 - over(error, whole)),
        "forecast_bias": in_last_month(f, over(f["committed_by"].sum(axis=0), whole) - 1),
    }


def in_last_month(f: Figures, values: Numbers) -> Numbers:
    """Place the values of quarters in their last months; NaN in all others."""
    found = np.full(len(f["quota"]), np.nan)
    here = (f["over_in"] >= 0) & (f["over_in"] < len(found))
    found[f["over_in"][here]] = values[here]
    return found
