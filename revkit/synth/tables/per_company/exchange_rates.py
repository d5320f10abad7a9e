"""exchange_rates: the company's currency in others, by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.simulate.world import AHEAD, World

if TYPE_CHECKING:
    import pyarrow as pa


def exchange_rate_table(world: World) -> pa.Table:
    """Build exchange_rates: random walks on the first of each month.

    They go back to the beginning of the burn-in, as the ledger does.
    """
    specs = world.scenario.exchange_rates
    days = world.month_starts[: -1 - AHEAD]
    steps = world.streams().normal("exchange_rates.rate", len(days), len(specs))
    steps[0] = 0
    first, wobble = np.array([(spec.rate, spec.wobble) for spec in specs.values()]).T
    walk = first * np.exp(np.cumsum(wobble * steps, axis=0))
    return arrow(
        "exchange_rates",
        {
            "on": np.repeat(days, len(specs)),
            "from_currency": [world.scenario.currency] * walk.size,
            "to_currency": [*specs] * len(days),
            "rate": np.round(walk, 4).ravel(),
        },
    )
