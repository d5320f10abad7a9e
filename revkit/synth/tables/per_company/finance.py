"""finance: revenue, costs, cash burned and the price index by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.world import AHEAD, World
from revkit.synth.tables.per_company.totals import Totals

if TYPE_CHECKING:
    import pyarrow as pa

COGS = ("cogs", "support")


def finance_table(world: World, sums: Totals, spent: pa.Table) -> pa.Table:
    """Build finance: revenue, cogs (with support), opex (the rest), cash burn, price index.

    The cash burned is what the costs are above revenue, as if it were paid when it is earned.
    """
    starts = world.month_starts[world.scenario.burn_in_months : -AHEAD][:-1]
    cents = np.rint(spent["amount"].to_numpy() * 100).astype(np.int64)
    days = spent["spent_on"].to_numpy().astype("M8[D]").astype(np.int64)
    month = np.searchsorted(starts, days, side="right") - 1
    direct = np.isin(spent["function"].to_numpy(zero_copy_only=False).astype(str), COGS)
    cogs, opex = (np.bincount(month[of], cents[of], world.months) for of in (direct, ~direct))
    lines = {
        "revenue": sums.revenue,
        "cogs": cogs,
        "opex": opex,
        "cash_burn": cogs + opex - sums.revenue,
        "price_index": price_index(world),
    }
    return arrow(
        "finance",
        {
            "month": np.repeat(starts, len(lines)),
            "line": list(lines) * world.months,
            "amount": np.stack([*lines.values()], axis=1).ravel(),
        },
    )


def price_index(world: World) -> Numbers:
    """Return the price index of each month shown in hundredths, to the tenth."""
    since = np.arange(world.months) / 12
    index = 100 * (1 + world.scenario.costs.price_index_year) ** since
    return np.asarray(np.rint(index * 10) * 10)
