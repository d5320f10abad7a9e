"""accounts: every company that may buy, and its owner on the last day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.kernel.text import CodedText
from revkit.synth.scenario.vocabulary import COUNTRIES, INDUSTRIES, REGIONS
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated
from revkit.synth.simulate.world import World

if TYPE_CHECKING:
    import pyarrow as pa


def account_table(world: World, chunk: int, made: Simulated, roster: Roster) -> pa.Table:
    """Build accounts, by the day they were created; the rep is the owner on the last day."""
    accounts, rows = made.accounts, made.ledger.rows
    last = np.full(len(accounts), world.end - 1)
    active = np.zeros(len(accounts), bool)
    active[rows["account"][(rows["started"] < world.end) & (rows["ended"] >= world.end)]] = True
    sellers = roster.seat_of(
        roster.team("AE", accounts.segment), accounts.region, last, accounts.territory
    )
    rep = roster.holder(np.where(active, made.manager_seats, sellers), last)
    how = np.where(_approached(made, world.end), len(world.scenario.channels), made.leads.came_by)
    unknown = world.streams(chunk).uniform("accounts.channel.unknown", len(accounts))
    unknown = unknown < world.scenario.accounts.unknown_channel
    values = {
        "account_id": accounts.ids,
        "name": accounts.names,
        "segment": CodedText(accounts.segment, list(world.scenario.segments)),
        "industry": CodedText(accounts.industry, list(INDUSTRIES)),
        "country": CodedText(accounts.country, list(COUNTRIES)),
        "region": CodedText(accounts.region, sorted(REGIONS)),
        "employees": accounts.employees,
        "channel": CodedText(np.where(unknown, -1, how), [*world.scenario.channels, "Outbound"]),
        "parent_account_id": accounts.ids.of(accounts.parent),
        "rep_id": roster.ids.of(rep),
        "created_on": accounts.arrival,
    }
    return arrow("accounts", values, in_order(accounts.arrival, accounts.ids.number))


def _approached(made: Simulated, end: int) -> Numbers:
    """Report whose first deal came from an approach of sales, whether it was won or not."""
    seen = made.first.take(np.flatnonzero(made.first.opened < end))
    account, first = np.unique(seen.account, return_index=True)
    approached = np.zeros(len(made.accounts), bool)
    approached[account] = seen.lead[first] < 0
    return approached
