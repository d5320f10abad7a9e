"""products and stages: list prices, and the stages of leads and opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.ids import product_ids
from revkit.synth.scenario.pipelines import CLOSED, FORMER, PIPELINES, pipelines, renamed_on
from revkit.synth.simulate.deal_history import LEAD_STAGES
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


def stage_table(world: World) -> pa.Table:
    """Build stages of leads and of each pipeline of opportunities, the former names among them."""
    rows: list[tuple[str, str, str, int, float, bool, bool]] = [
        ("lead", "default", stage, place, np.nan, *2 * (place == len(LEAD_STAGES) - 1,))
        for place, stage in enumerate(LEAD_STAGES)
    ]
    day = renamed_on(world.scenario)
    for name in pipelines(world.scenario):
        for place, (stage, chance) in enumerate(PIPELINES[name].items()):
            labels = [stage]
            if day is not None and (name, stage) in FORMER:
                labels = [FORMER[name, stage], stage] if day < world.end else [FORMER[name, stage]]
            rows += [
                ("opportunity", name, label, place, chance, stage in CLOSED, stage == CLOSED[0])
                for label in labels
            ]
    names = ("object", "pipeline", "stage", "position", "probability", "is_closed", "is_won")
    return arrow("stages", dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
