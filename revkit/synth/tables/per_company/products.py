"""products and stages: list prices, and the stages of leads and opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.ids import product_ids
from revkit.synth.simulate.deal_history import LEAD_STAGES, STAGES, WON
from revkit.synth.simulate.deals import list_price
from revkit.synth.simulate.world import World

if TYPE_CHECKING:
    import pyarrow as pa


def product_table(world: World) -> pa.Table:
    """Build products at the list prices of the last day."""
    specs = world.scenario.products
    count = np.arange(len(specs))
    return arrow(
        "products",
        {
            "product_id": product_ids(len(world.scenario.products)),
            "name": list(specs),
            "family": [spec.family for spec in specs.values()],
            "list_price": list_price(world, count, np.full(len(specs), world.end - 1)),
        },
    )


def stage_table() -> pa.Table:
    """Build stages of leads and of opportunities."""
    ladder = list(STAGES)
    return arrow(
        "stages",
        {
            "object": ["lead"] * len(LEAD_STAGES) + ["opportunity"] * len(ladder),
            "stage": [*LEAD_STAGES, *ladder],
            "position": [*range(len(LEAD_STAGES)), *range(len(ladder))],
            "probability": [np.nan] * len(LEAD_STAGES) + list(STAGES.values()),
            "is_closed": [0, 0, 0, 0, 1] + [int(i >= WON) for i in range(len(ladder))],
            "is_won": [0, 0, 0, 0, 1] + [int(i == WON) for i in range(len(ladder))],
        },
    )
