"""Futures: simulations of the quarter after the last day, given all that is known on it.

Everything decided by then stays as it is, and what is under way goes on as it may: each lead,
deal and customer has many possible continuations, of which those count that agree with what
has been seen of it. A future takes one of each, adds the leads and accounts yet to come, and
comes to some bookings, whose spread is the uncertainty that no forecast can remove.

All that is hidden counts as known: health, skill, what an open deal is worth, how many leads an
account will ever have. Of a customer's deals it counts which are open, but not since when.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from revkit.synth.kernel.processes import map_chunks
from revkit.synth.kernel.random_streams import Numbers, Slots, Streams, in_order
from revkit.synth.simulate.accounts import Accounts, draw_accounts
from revkit.synth.simulate.customers.customer_months import CustomerSimulation
from revkit.synth.simulate.deals import (
    APPROACHES,
    KINDS,
    SLOTS,
    Deals,
    draw_approaches,
    draw_outcomes,
    list_attempts,
    sequential_attempts,
)
from revkit.synth.simulate.lead_funnel import pass_gates
from revkit.synth.simulate.leads import LEADS, Leads, draw_candidate_leads, draw_inbound_leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.working_days import previous_working_day
from revkit.synth.simulate.world import World
from revkit.synth.truth.outlook import CONTINUATIONS, Outlook, won_by_kind

Rows = TypeVar("Rows", Accounts, Leads)

ACCOUNT_FUTURES = 400_000
"""Accounts times futures: a larger company needs fewer, as the sum over many is well known."""

FEWEST_FUTURES = 40


@dataclass(frozen=True)
class Future(World):
    """World after its last day, whose accounts arrive in the quarter after it."""

    fork: int

    @property
    def until(self) -> int:
        """Day after the last one simulated."""
        return int(self.month_starts[-1])

    def streams(self, chunk: int = 0) -> Streams:
        """Return the random streams of a chunk in this future."""
        return Streams(self.seed, chunk, self.fork)

    def size(self, chunk: int) -> int:
        """Draw the number of new accounts from the pace and growth so far."""
        pull = self.arrival_weight(np.arange(self.first, self.until))
        known = self.end - self.first
        expected = super().size(chunk) * pull[known:].sum() / pull[:known].sum()
        return int(self.streams(chunk).generator("futures.accounts").poisson(expected))

    def arrivals(self) -> Numbers:
        """Return the share of these accounts that arrive on each day."""
        days = np.arange(self.first, self.until)
        pull = np.where(days < self.end, 0.0, self.arrival_weight(days))
        return np.asarray(pull / pull.sum())


@dataclass(frozen=True)
class Futures(Outlook):
    """Futures of a chunk, by number from 1; each depends on the world and its number alone.

    Examples
    --------
    >>> from revkit.synth import generate
    >>> world = generate(accounts=300, months=6).world
    >>> futures = Futures(world, Roster(world), 0)
    >>> bool((futures.bookings(1) == futures.bookings(1)).all())
    True
    """

    @cached_property
    def later(self) -> tuple[Numbers, Numbers]:
        """Account and slot of each lead that accounts could still have."""
        account, slot, days = draw_candidate_leads(self.world, self.made.accounts, self.chunk)
        return account[days >= self.world.end], slot[days >= self.world.end]

    @cached_property
    def approached(self) -> tuple[Numbers, Numbers]:
        """First day on which each account could be approached from now on, and how often."""
        accounts, today = self.made.accounts, previous_working_day(np.array(self.world.end - 1)) + 1
        since = accounts.arrival + self.world.scenario.deals.approach_after_days
        days, _ = draw_approaches(self.world, self.chunk, accounts, since)
        return np.maximum(since, today), APPROACHES - (days < today).sum(axis=1)

    def future(self, fork: int) -> Future:
        """Build the world of a future."""
        world = self.world
        return Future(
            world.scenario, world.seed, world.months, world.accounts, world.intercepts, fork
        )

    def draw_leads(self, future: Future, accounts: Accounts, newcomers: Accounts) -> Leads:
        """Draw the leads that may become deals: open on the last day, or created later."""
        streams, everybody = future.streams(self.chunk), len(self.made.accounts)
        account, slot = self.later
        waited = np.cumsum(streams.exponential("futures.gap", len(account)))
        begins = np.append(True, account[1:] != account[:-1])[: len(account)]
        before = np.append(0.0, waited)[:-1][begins]
        waited -= np.repeat(before, np.diff(np.append(np.flatnonzero(begins), len(account))))
        days = future.end + (future.scenario.funnel.days_between_leads * waited).astype(np.int64)
        new = draw_candidate_leads(future, newcomers, self.chunk)
        account, slot, days = np.c_[
            np.stack([account, slot, days]), np.stack([new[0] + everybody, *new[1:]])
        ]
        due = days < future.until
        came = draw_inbound_leads(future, accounts, self.chunk, account[due], slot[due], days[due])
        draws = Slots(streams, came[0] * LEADS + came[1])
        fresh = pass_gates(future, accounts, self.chunk, *came, draws)
        found, pool = self.leads
        way = pool.pick(streams.uniform("futures.leads", len(pool.weights)))
        return concatenate(fresh, found.take(way))

    def sold(self, fork: int) -> tuple[Accounts, Deals]:
        """Return all accounts of a future, and the deals for a first purchase that close in it."""
        future, known = self.future(fork), self.made.accounts
        newcomers = draw_accounts(future, self.chunk)
        accounts, streams = concatenate(known, newcomers), future.streams(self.chunk)
        leads = self.draw_leads(future, accounts, newcomers)
        since, left = self.approached
        since = np.r_[since, newcomers.arrival + future.scenario.deals.approach_after_days]
        left = np.r_[left, np.full(len(newcomers), APPROACHES)]
        days, wanted = draw_approaches(future, self.chunk, accounts, since)
        tried = list_attempts(future, leads, days, wanted & (np.arange(APPROACHES) < left[:, None]))
        draws = Slots(streams, tried[0] * SLOTS + tried[1])
        fresh = draw_outcomes(future, self.chunk, accounts, leads, self.roster, *tried, draws)
        found, pool = self.deals
        going = found.take(pool.pick(streams.uniform("futures.deals", len(pool.weights))))
        first = self.made.first
        past = first.take(np.flatnonzero(first.closes < future.end))
        deals = Deals.joined([past, going, fresh])
        deals = deals.take(in_order(deals.account, deals.opened))
        deals = deals.take(sequential_attempts(future, deals))
        return accounts, deals.take(np.flatnonzero(deals.closes >= future.end))

    def bookings(self, fork: int) -> Numbers:
        """Compute the bookings of the next quarter in one future, in cents by kind."""
        accounts, sold = self.sold(fork)
        future, nobody = self.future(fork), np.zeros(len(accounts), np.int64)
        simulation = CustomerSimulation(future, self.chunk, accounts, sold, nobody)
        simulation.advance(self.months)
        deals = Deals.joined([sold, simulation.sales.deals()])
        booked, pool = self.customers
        draws = future.streams(self.chunk).uniform("futures.customers", len(pool.weights))
        won = won_by_kind(future, deals, len(nobody)).sum(axis=0)
        return np.asarray(won + booked[pool.pick(draws)].sum(axis=0))


def concatenate(first: Rows, then: Rows) -> Rows:
    """Concatenate rows; other fields are those of the first."""
    names = [f.name for f in fields(first) if f.name not in ("ids", "names", "came_by", "chunk")]
    rows: dict[str, Any] = {
        name: np.concatenate([getattr(first, name), getattr(then, name)]) for name in names
    }
    return replace(first, **rows)


def forks(world: World) -> range:
    """Return the numbers of a company's futures, fewer for a larger one."""
    return range(1, 1 + max(FEWEST_FUTURES, min(CONTINUATIONS, ACCOUNT_FUTURES // world.accounts)))


@dataclass(frozen=True)
class ChunkBookings:
    """Bookings of each future in a chunk, by kind, as a picklable callable."""

    world: World

    @cached_property
    def roster(self) -> Roster:
        """Seats and people of the company."""
        return Roster(self.world)

    def __call__(self, chunk: int) -> Numbers:
        made = Futures(self.world, self.roster, chunk)
        return np.array([made.bookings(fork) for fork in forks(self.world)])


def next_quarter(world: World, workers: int = 1) -> dict[str, Any]:
    """Summarize the next quarter's bookings over the company's futures, in cents.

    Bookings are what won deals are worth in a year, by the day they close. ``new`` holds what
    those who come back buy, too.
    """
    totals = sum(map_chunks(ChunkBookings(world), world.chunks, workers), np.zeros(1, np.int64))
    kinds = {kind: summarize(totals[:, place]) for place, kind in enumerate(KINDS)}
    return {"futures": len(totals), **summarize(totals.sum(axis=1)), **kinds}


def summarize(totals: Numbers) -> dict[str, int]:
    """Return the mean and the 10th, 50th and 90th percentiles of some totals.

    Examples
    --------
    >>> summarize(np.arange(11))
    {'mean_cents': 5, 'p10_cents': 1, 'p50_cents': 5, 'p90_cents': 9}
    """
    tenths = np.quantile(totals, [0.1, 0.5, 0.9])
    found = dict(zip(("mean", "p10", "p50", "p90"), [totals.mean(), *tenths], strict=True))
    return {f"{name}_cents": round(float(value)) for name, value in found.items()}
