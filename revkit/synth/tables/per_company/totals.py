"""Totals over chunks that company tables need: revenue, commission, renewals due."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.deals import RENEWAL
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated
from revkit.synth.simulate.working_days import previous_working_day
from revkit.synth.simulate.world import AHEAD, World
from revkit.synth.tables.per_company.planning import quarters


@dataclass(frozen=True)
class Totals:
    """Revenue and commission of a chunk in cents by month shown, and what quotas rest on.

    ``due`` and ``book`` are for each quarter planned and each seat that looks after customers:
    see `books`.
    """

    revenue: Numbers
    commission: Numbers
    due: Numbers
    book: Numbers

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.revenue + other.revenue,
            self.commission + other.commission,
            self.due + other.due,
            self.book + other.book,
        )


def chunk_totals(world: World, roster: Roster, made: Simulated) -> Totals:
    """Sum a chunk's revenue by the day, commission on won deals, and renewals due."""
    ledger, costs = made.ledger, world.scenario.costs
    rows = ledger.rows
    monthly = rows["seats"] * rows["price"]
    edges = world.month_starts[world.scenario.burn_in_months : -AHEAD]
    revenue = []
    for first, last in pairwise(edges):
        days = np.minimum(rows["ended"], last) - np.maximum(rows["started"], first)
        revenue.append(int((monthly * np.maximum(days, 0)).sum()) // int(last - first))
    deals = ledger.deals
    rate = np.where(deals.kind == RENEWAL, costs.commission_renewal, costs.commission)
    earned = np.rint(np.where(deals.won, deals.amount * rate, 0)).astype(np.int64)
    month = world.month(deals.closes) - world.scenario.burn_in_months
    shown = (month >= 0) & (month < world.months)
    commission = np.zeros(world.months, np.int64)
    np.add.at(commission, month[shown], earned[shown])
    return Totals(np.array(revenue), commission, *books(world, roster, made))


def books(world: World, roster: Roster, made: Simulated) -> tuple[Numbers, Numbers]:
    """Sum the annual value of contracts due for renewal, and of all, as known when quotas are set.

    A quarter a row and a seat a column. A renewal is expected on the day on which customers sign
    on average, so that one due early in a quarter is in the quota of the quarter before.
    """
    spec = world.scenario.customers
    late, early = spec.renewals_late, 1 - spec.renewals_late
    ahead = (early * spec.renewal_early_days - late * spec.renewal_late_days) // 2
    rows, size = made.ledger.rows, len(roster.seats[0])
    seat, worth = made.manager_seats[rows["account"]], 12 * rows["seats"] * rows["price"]
    closes = previous_working_day(rows["term"] - int(ahead))
    due, book = np.zeros((2, len(quarters(world)), size), np.int64)
    for place, (start, end, submitted) in enumerate(quarters(world)):
        runs = (rows["started"] <= submitted) & (rows["ended"] > submitted)
        ends = runs & (closes >= start) & (closes < end)
        due[place] = np.bincount(seat[ends], worth[ends], size)
        book[place] = np.bincount(seat[runs], worth[runs], size)
    return due, book
