"""Part of a company: one chunk, with what its figures are counted from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.customers.active_months import ActiveMonths, active_months
from revkit.synth.simulate.deal_history import WON, history
from revkit.synth.simulate.deals import Deals
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, shown_deals, visible_leads
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_chunk.activities import activity_rows
from revkit.synth.tables.per_chunk.leads import assign_lead_seats


@dataclass(frozen=True)
class Part:
    """One simulated chunk of a company, with its leads, deals and activities as they are known."""

    world: World
    roster: Roster
    chunk: int
    made: Simulated

    @cached_property
    def seen(self) -> Numbers:
        """Positions of the leads that the company has seen."""
        made = self.made
        return visible_leads(self.world, made.leads, made.first, len(made.accounts))

    @cached_property
    def leads(self) -> Leads:
        """Leads that the company has seen."""
        return self.made.leads.take(self.seen)

    @cached_property
    def deal_of_lead(self) -> Numbers:
        """Position of the deal for a first purchase that each lead became, -1 for none."""
        return self.made.first.of_lead(len(self.made.leads))[self.seen]

    @cached_property
    def shown(self) -> Numbers:
        """Positions of the deals that were not closed before the first day shown."""
        return shown_deals(self.world, self.made.ledger.deals)

    @cached_property
    def deals(self) -> Deals:
        """Deals that were not closed before the first day shown."""
        return self.made.ledger.deals.take(self.shown)

    @cached_property
    def closed_on(self) -> Numbers:
        """Day each deal closed, ``NEVER`` while it is open on the last day."""
        return np.where(self.deals.closes < self.world.end, self.deals.closes, NEVER)

    @cached_property
    def changes(self) -> dict[str, Numbers]:
        """Changes of the deals in order, with ``day`` and the day of the ``next`` change.

        The day of a close is its own, although it may be entered later.
        """
        rows = history(self.world, self.deals, self.roster, self.made.accounts)
        closes = self.deals.closes[rows["deal"]]
        day = np.floor(rows["when"]).astype(np.int64)
        day = np.where(rows["stage"] >= WON, np.minimum(day, closes), day)
        again = rows["deal"][1:] == rows["deal"][:-1]
        following = np.full(len(day), NEVER)
        following[:-1] = np.where(again, day[1:], NEVER)
        return rows | {"day": day, "next": following}

    @cached_property
    def activities(self) -> dict[str, Numbers]:
        """Activities with leads and deals, and without customers."""
        made, leads = self.made, self.leads
        seats = assign_lead_seats(self.world, made.accounts, self.roster, leads)
        return activity_rows(self.world, self.chunk, self.roster, leads, seats, made.ledger.deals)

    @cached_property
    def customers(self) -> ActiveMonths:
        """Months in which accounts are customers."""
        return active_months(self.world, self.made.ledger)
