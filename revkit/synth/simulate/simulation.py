"""What happens in a chunk of accounts, before any of it becomes a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.simulate.accounts import Accounts, draw_accounts
from revkit.synth.simulate.customer_months import CustomerSimulation, Ledger
from revkit.synth.simulate.deals import Deals, new_deals
from revkit.synth.simulate.lead_funnel import draw_leads
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import DAY, World


@dataclass(frozen=True)
class Simulated:
    """A chunk: who there is, what marketing brought, what was sold and what customers did.

    ``first`` are the deals with accounts that had not bought before; ``ledger.deals`` are all.
    ``keepers`` are the seats that look after them as customers, open when they turned up.
    """

    accounts: Accounts
    leads: Leads
    first: Deals
    manager_seats: Numbers
    ledger: Ledger


def simulate(world: World, roster: Roster, chunk: int) -> Simulated:
    """One chunk; it depends on the world and the chunk's number alone."""
    accounts = draw_accounts(world, chunk)
    leads = draw_leads(world, accounts, chunk)
    first = new_deals(world, chunk, accounts, leads, roster)
    manager_seats = roster.seat_of(
        roster.team("AM", accounts.segment), accounts.region, accounts.arrival, accounts.territory
    )
    ledger = CustomerSimulation(world, chunk, accounts, first, manager_seats).run()
    return Simulated(accounts, leads, first, manager_seats, ledger)


def visible_leads(world: World, leads: Leads, deals: Deals, accounts: int) -> Numbers:
    """Positions of the leads that the company has seen, the first one first.

    Leads of before the first day shown are not among them, nor those of somebody who has bought.
    """
    bought = deals.bought(accounts)[leads.account]
    day = leads.created // DAY
    seen = np.flatnonzero((day >= world.start) & (day < world.end) & (day < bought))
    return seen[in_order(leads.created[seen])]
