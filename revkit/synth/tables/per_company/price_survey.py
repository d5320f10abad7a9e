"""price_survey: the four prices of a seat that each respondent names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.simulate.deals import list_price
from revkit.synth.simulate.world import World

if TYPE_CHECKING:
    import pyarrow as pa

STEP = 100
"""Unit that answers to the price questions are rounded to, in cents."""


def price_survey_table(world: World) -> pa.Table:
    """Build price_survey: the four monthly prices of a seat that each respondent names.

    Cheap and expensive lie about the list price of what the segment buys on the last day; the
    four are in order, a unit apart at least.
    """
    spec, segments = world.scenario.price_survey, world.scenario.segments
    products = np.arange(len(world.scenario.products))
    listed = list_price(world, products, np.full(len(products), world.end - 1))
    usual = []
    for segment in segments.values():
        shares = np.zeros(len(products))
        shares[: len(segment.products)] = segment.products
        usual.append((shares * listed).sum() / shares.sum())
    asked = np.repeat(np.arange(len(segments)), spec.answers)
    streams = world.streams()
    level = np.array(usual)[asked]
    level = level * np.exp(spec.spread * streams.normal("price_survey.level", len(asked)))
    least, more = spec.gap_range
    near, far = least + more * streams.uniform("price_survey.gaps", 2, len(asked))
    gaps = spec.gap * np.stack([-near - far, -near, near, near + far])
    prices = np.rint(level * np.exp(gaps) / STEP).astype(np.int64) * STEP
    for place, least in enumerate((STEP, 2 * STEP, 3 * STEP, 4 * STEP)):
        floor = prices[place - 1] + STEP if place else least
        prices[place] = np.maximum(prices[place], floor)
    order = np.argsort(streams.uniform("price_survey.order", len(asked)), kind="stable")
    names = ("too_cheap", "cheap", "expensive", "too_expensive")
    return arrow(
        "price_survey",
        dict(zip(names, prices[:, order], strict=True))
        | {
            "response_id": Ids("Q", 4, 1 + np.arange(len(order))),
            "segment": CodedText(asked[order], list(segments)),
        },
    )
