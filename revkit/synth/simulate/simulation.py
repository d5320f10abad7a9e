"""Simulation of a chunk of accounts, before tables are built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.simulate.accounts import Accounts, draw_accounts
from revkit.synth.simulate.customers.customer_months import CustomerSimulation, Ledger
from revkit.synth.simulate.deals import Deals, new_deals
from revkit.synth.simulate.lead_funnel import draw_leads
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import DAY, World


@dataclass(frozen=True)
class Simulated:
    """Simulated chunk: its accounts, leads, deals and customers.

    ``first`` are the deals with accounts that had not bought before; ``ledger.deals`` are all.
    ``manager_seats`` are the seats that own each account once it is a customer.
    """

    accounts: Accounts
    leads: Leads
    first: Deals
    manager_seats: Numbers
    ledger: Ledger


def simulate(world: World, roster: Roster, chunk: int) -> Simulated:
    """Simulate one chunk, which depends on the world and the chunk's number alone."""
    accounts = draw_accounts(world, chunk)
    leads = draw_leads(world, accounts, chunk)
    first = new_deals(world, chunk, accounts, leads, roster)
    manager_seats = roster.seat_of(
        roster.team("AM", accounts.segment), accounts.region, accounts.arrival, accounts.territory
    )
    ledger = CustomerSimulation(world, chunk, accounts, first, manager_seats).run()
    return Simulated(accounts, leads, first, manager_seats, ledger)


def shown_deals(world: World, deals: Deals) -> Numbers:
    """Return the positions of the deals known on the last day and not closed before the first."""
    return np.flatnonzero((deals.opened < world.end) & (deals.closes >= world.start))


def visible_leads(world: World, leads: Leads, deals: Deals, accounts: int) -> Numbers:
    """Return the positions of the leads that the company has seen, by creation.

    Leads of before the first day shown are not among them, nor those of somebody who has bought.
    """
    bought = deals.bought(accounts)[leads.account]
    day = leads.created // DAY
    seen = np.flatnonzero((day >= world.start) & (day < world.end) & (day < bought))
    return seen[in_order(leads.created[seen])]
