"""Leads: the accounts they belong to, their moments and their channels."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from revkit.synth.kernel.ids import lead_ids
from revkit.synth.kernel.random_streams import Numbers, Slots, choose
from revkit.synth.kernel.text import Ids
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.world import DAY, World

LEADS = 24
"""Most leads an account can have."""


@dataclass(frozen=True)
class Leads:
    """Leads of a chunk, one per position, by account and slot; moments are in seconds.

    ``slot`` is the lead's place among those its account may have. ``mql``, ``sql`` and
    ``opportunity`` are ``NEVER`` where the lead does not pass that gate. ``given_up`` says when
    a lead that stopped was set aside, ``fate`` how: -1 recycled, else the position of the reason
    it was disqualified for. ``came_by`` is the channel of each account, whether it has leads or
    not.
    """

    account: Numbers
    slot: Numbers
    created: Numbers
    channel: Numbers
    mql: Numbers
    sql: Numbers
    opportunity: Numbers
    given_up: Numbers
    fate: Numbers
    came_by: Numbers
    chunk: int

    def __len__(self) -> int:
        return len(self.account)

    @cached_property
    def ids(self) -> Ids:
        """Ids (lead_id) of the leads."""
        return lead_ids(self.account, self.slot, self.chunk)

    def slots(self, world: World) -> Slots:
        """Return the draws of each lead."""
        return Slots(world.streams(self.chunk), self.account * LEADS + self.slot)

    def take(self, rows: Numbers) -> Leads:
        """Select some of the leads."""
        names = [f.name for f in fields(self) if f.name not in ("came_by", "chunk")]
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


def draw_candidate_leads(
    world: World, accounts: Accounts, chunk: int
) -> tuple[Numbers, Numbers, Numbers]:
    """Draw every lead that accounts could have: account, slot and day, by account."""
    streams, funnel, everybody = world.streams(chunk), world.scenario.funnel, len(accounts)
    more = streams.generator("leads.count").poisson(funnel.leads_per_account - 1, everybody)
    count = np.minimum(1 + more, LEADS)
    account = np.repeat(np.arange(everybody), count)
    slot = np.arange(len(account)) - np.repeat(np.cumsum(count) - count, count)
    draws = Slots(streams, account * LEADS + slot)
    gaps = -funnel.days_between_leads * np.log(1 - draws.uniform("leads.gap"))
    gaps[slot == 0] = 0
    waited = np.cumsum(gaps)
    waited -= np.repeat(waited[slot == 0], count)
    return account, slot, accounts.arrival[account] + waited.astype(np.int64)


def draw_inbound_leads(
    world: World, accounts: Accounts, chunk: int, account: Numbers, slot: Numbers, days: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Select the leads that come: account, slot, moment, channel; and each account's channel."""
    streams, everybody = world.streams(chunk), len(accounts)
    shares = np.array([spec.share for spec in world.scenario.channels.values()])
    draws = Slots(streams, account * LEADS + slot)
    clock = 7 + 14 * draws.uniform("leads.time")
    created = days * DAY + (clock * 3600).astype(np.int64)
    channel = choose(draws.uniform("leads.channel"), shares)
    codes = {
        "segment": accounts.segment[account], "industry": accounts.industry[account],
        "channel": channel,
    }  # fmt: skip
    rate = np.broadcast_to(world.effects.factor("leads", days, **codes), len(days))
    inbound = (
        streams.uniform("leads.inbound", everybody)[account] < world.scenario.funnel.inbound * rate
    )
    again = world.thin(days, draws.uniform("leads.season"), rate)
    there = np.where(slot == 0, inbound, again)
    first = Slots(streams, np.arange(everybody) * LEADS).uniform("leads.channel")
    return account[there], slot[there], created[there], channel[there], choose(first, shares)
