"""Latent values: each account's health, each deal's true chance and its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.buffers import buffered
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.simulation import Simulated, shown_deals
from revkit.synth.simulate.world import World

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 9
"""Digits of a rounded chance, which are the same on every processor."""


def latent_tables(world: World, made: Simulated) -> dict[str, pa.Table]:
    """Build the tables of a chunk's latent values, for evaluating models.

    Returns
    -------
    dict of Arrow tables
        ``truth_accounts``: ``account_id``, ``health`` (mean 0, standard deviation 1).
        ``truth_opportunities``: ``opportunity_id``, ``chance`` (the true one of being won; none
        where nothing was left to chance), ``idle_days`` (that nobody works at it), ``is_won``
        and ``closed_on``, also of those that are still open on the last day. ``truth_churn``:
        ``account_id``, ``month`` (its first day), ``chance`` (of leaving in it) and ``left``,
        for each customer and month shown.
    """
    import pyarrow as pa

    accounts, deals, risks = made.accounts, made.ledger.deals, made.ledger.risks
    deals = deals.take(shown_deals(world, deals))
    month = risks["month"] - world.scenario.burn_in_months
    here = np.flatnonzero((month >= 0) & (month < world.months))
    starts = world.month_starts[risks["month"]]
    return {
        "truth_accounts": pa.table(
            {"account_id": accounts.ids.arrow(), "health": rounded(accounts.health)}
        ),
        "truth_opportunities": pa.table(
            {
                "opportunity_id": deals.ids.arrow(),
                "chance": rounded(deals.chance),
                "idle_days": buffered(deals.idle.astype(np.int64), pa.int64()),
                "is_won": buffered(deals.won, pa.bool_()),
                "closed_on": buffered(deals.closes.astype(np.int32), pa.date32()),
            }
        ),
        "truth_churn": pa.table(
            {
                "account_id": accounts.ids.of(risks["account"][here]).arrow(),
                "month": buffered(starts[here].astype(np.int32), pa.date32()),
                "chance": rounded(-np.expm1(-risks["hazard"][here])),
                "left": buffered(risks["left"][here], pa.bool_()),
            }
        ),
    }


def rounded(values: Numbers) -> pa.Array:
    """Round numbers to an Arrow column; null for NaN."""
    import pyarrow as pa

    return buffered(np.round(values, DIGITS), pa.float64(), ~np.isnan(values))
