"""price_tests: visitors who saw the list price or another one, and what they bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.random_streams import Slots, chance, in_order
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.simulate.deals import list_price
from revkit.synth.simulate.world import DAY, World

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 1 << 24
"""Visitors that a chunk can have."""


def price_test_table(world: World, chunk: int) -> pa.Table:
    """Build price_tests: visitors who saw the old price or the new one.

    Whoever buys pays for some seats for a month; the test runs over the last weeks shown.
    """
    spec = world.scenario.price_tests
    size = round(spec.visitors * world.size(chunk))
    draws = Slots(world.streams(chunk), np.arange(size))
    first = max(world.start, world.end - spec.days)
    new = draws.uniform("price_tests.variant") < spec.new_price_share
    product = list(world.scenario.products).index(spec.product)
    listed = list_price(world, np.array([product]), np.array([first]))
    price = np.where(new, np.rint(listed * spec.factor).astype(np.int64), listed)
    odds = -spec.elasticity * np.log(price / listed)
    seen = first + draws.uniform("price_tests.seen_at") * (world.end - first)
    seen = np.minimum((seen * DAY).astype(np.int64), world.end * DAY - 1)
    planted = np.log(world.effects.factor("test_buys", seen // DAY))
    odds = odds + np.where(new, planted, 0.0)
    bought = draws.uniform("price_tests.bought") < chance(spec.buys, odds)
    seats = 1 - (spec.seats * np.log1p(-draws.uniform("price_tests.amount"))).astype(np.int64)
    order = in_order(seen)
    values: dict[str, Any] = {
        "test": CodedText(np.zeros(size, np.int64), [f"{spec.product} {spec.factor:g}x"]),
        "variant": CodedText(new.astype(np.int64), ["A", "B"]),
        "price": price,
        "seen_at": seen,
        "bought": bought.astype(np.int64),
        "amount": np.where(bought, seats * price, np.nan),
    }
    values = {name: value[order] for name, value in values.items()}
    ids = Ids("W", 7, 1 + chunk * CHUNK_ROWS + np.arange(size))
    return arrow("price_tests", values | {"visitor_id": ids})
