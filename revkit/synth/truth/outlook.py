"""Possible continuations of leads, deals and customers, given what is known of them.

Each has many possible continuations from the last day on. What has been decided by then is the
same in all of them; those count that agree with what has been seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import ANGLE, Numbers, Slots, Streams
from revkit.synth.simulate.customers.customer_months import CustomerSimulation
from revkit.synth.simulate.deal_history import CLOSING, NEGOTIATION, OPENING
from revkit.synth.simulate.deals import KINDS, Deals, draw_outcomes, stage_reached
from revkit.synth.simulate.lead_funnel import pass_gates
from revkit.synth.simulate.leads import LEADS, Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, simulate
from revkit.synth.simulate.world import AHEAD, DAY, World

CONTINUATIONS = 200
"""Possible continuations of each lead and customer."""

DEAL_CONTINUATIONS = 1000
"""Possible continuations of each open deal, few of which agree with its stages."""

FIRST_FORK = 1 << 16
"""The first fork of customers' continuations; those of futures come before it."""

LONGEST_WAIT = 180
"""Days after which a lead that has come no further never will: one in a million does."""


@dataclass(frozen=True)
class ConditionalDraws(Slots):
    """Draws that redraw undecided outcomes and keep the draws of decided ones."""

    own: Slots
    decided: Mapping[str, Numbers | bool]

    def __getitem__(self, rows: Numbers) -> ConditionalDraws:
        decided = {
            name: kept if isinstance(kept, bool) else kept[rows]
            for name, kept in self.decided.items()
        }
        return ConditionalDraws(self.streams, self.numbers[rows], self.own[rows], decided)

    def uniform(self, name: str) -> Numbers:
        """Draw from [0, 1) for each number."""
        fresh, kept = super().uniform(name), self.decided.get(name.removesuffix(ANGLE))
        return fresh if kept is None else np.where(kept, self.own.uniform(name), fresh)


@dataclass(frozen=True)
class ContinuationPool:
    """Weights of simulated continuations (columns), by their likelihood given the row's data.

    The first one is what happens to come; it counts only where no other agrees.

    Examples
    --------
    >>> pool = ContinuationPool(np.array([[1.0, 0.0, 3.0], [1.0, 0.0, 0.0]]))
    >>> pool.pick(np.array([0.5, 0.5])).tolist()
    [2, 3]
    """

    weights: Numbers

    @cached_property
    def edges(self) -> Numbers:
        """Upper edge of each continuation's cumulative share, row after row."""
        weights = self.weights.astype(float)
        weights[:, 0] = ~weights[:, 1:].any(axis=1)
        shares = np.cumsum(weights, axis=1)
        return np.ravel(shares / shares[:, -1:] + np.arange(len(shares))[:, None])

    def pick(self, draws: Numbers) -> Numbers:
        """Choose a continuation of each row, as a position among those of all rows."""
        rows, width = np.arange(len(draws)), self.weights.shape[1]
        found = np.searchsorted(self.edges, rows + draws, side="right")
        return np.asarray(np.minimum(found, rows * width + width - 1))


def repeat(numbers: Numbers, times: int) -> tuple[Numbers, Numbers]:
    """Repeat each row for each continuation, with a number; the first keeps its own number."""
    rows = np.repeat(np.arange(len(numbers)), times)
    return rows, numbers[rows] + (np.tile(np.arange(times), len(numbers)) << 32)


@dataclass(frozen=True)
class Outlook:
    """State of a chunk on the last day, and its possible continuations."""

    world: World
    roster: Roster
    chunk: int

    @cached_property
    def made(self) -> Simulated:
        """Simulated chunk as it is."""
        return simulate(self.world, self.roster, self.chunk)

    @property
    def months(self) -> range:
        """Months of the next quarter, and the one after, as some renew early."""
        first = len(self.world.month_starts) - 1 - AHEAD
        return range(first, first + AHEAD + 1)

    @cached_property
    def leads(self) -> tuple[Leads, ContinuationPool]:
        """Continuations of the open leads: neither given up nor a deal yet."""
        leads, cut = self.made.leads, self.world.end * DAY
        seen = np.stack([leads.created, leads.mql, leads.sql])
        last = np.where(seen < cut, seen, 0).max(axis=0)
        leads = leads.take(
            np.flatnonzero(still_open(leads, cut) & (last > cut - LONGEST_WAIT * DAY))
        )
        rows, numbers = repeat(leads.account * LEADS + leads.slot, CONTINUATIONS)
        many, streams = leads.take(rows), self.world.streams(self.chunk)
        passed = {"mql": many.mql < cut, "sql": many.sql < cut}
        decided = passed | {f"{name}.gate": gone for name, gone in passed.items()}
        draws = ConditionalDraws(
            streams, numbers, many.slots(self.world),
            {f"leads.{name}": gone for name, gone in decided.items()},
        )  # fmt: skip
        found = pass_gates(
            self.world, self.made.accounts, self.chunk, many.account, many.slot, many.created,
            many.channel, many.came_by, draws,
        )  # fmt: skip
        same = [(getattr(found, name) < cut) == gone for name, gone in passed.items()]
        return found, ContinuationPool(
            (still_open(found, cut) & np.all(same, axis=0)).reshape(-1, CONTINUATIONS)
        )

    @cached_property
    def deals(self) -> tuple[Deals, ContinuationPool]:
        """Continuations of the open deals for a first purchase."""
        world, first = self.world, self.made.first
        own = first.take(np.flatnonzero(first.closes >= world.end))
        rows, numbers = repeat(own.number, DEAL_CONTINUATIONS)
        many = own.take(rows)
        known = ("seats", "product_id", "discount", "round")
        draws = ConditionalDraws(
            world.streams(self.chunk),
            numbers,
            many.slots(world),
            {f"opportunities.{name}": True for name in known},
        )
        found = draw_outcomes(
            world, self.chunk, self.made.accounts, self.made.leads, self.roster, many.account,
            many.slot, many.opened, many.lead, draws,
        )  # fmt: skip
        weights = (found.closes >= world.end) * stage_likelihood(world, many, found, draws)
        return found, ContinuationPool(weights.reshape(-1, DEAL_CONTINUATIONS))

    @property
    def known_customers(self) -> CustomerSimulation:
        """Customers by the last day, in their state on it."""
        return self.known[0]

    @cached_property
    def known(self) -> tuple[CustomerSimulation, Numbers]:
        """Customers by the last day, and bookings by kind of what begins before it, signed late."""
        first = self.made.first
        bought = first.take(np.flatnonzero(first.closes < self.world.end))
        simulation = CustomerSimulation(
            self.world, self.chunk, self.made.accounts, bought, self.made.manager_seats
        )
        simulation.advance(range(self.months[0]))
        late = won_by_kind(self.world, simulation.sales.deals(), simulation.size)
        lines = (line.rows for line in simulation.lines)
        for rows in (simulation.sales.rows, simulation.risks, *lines):
            rows.clear()
        return simulation, late

    @cached_property
    def customers(self) -> tuple[Numbers, ContinuationPool]:
        """Continuations of each customer: its bookings in cents by kind.

        They agree when as many deals of each kind have been opened, won and lost by the last
        day as were, and a wish to leave has been heard or not.
        """
        who = np.flatnonzero(self.known_customers.first >= 0)
        booked = np.empty((len(who), CONTINUATIONS, len(KINDS)), np.int64)
        seen = np.empty((len(who), CONTINUATIONS), np.int64)
        for place in range(CONTINUATIONS):
            # what happens to come goes last, as it advances the simulation itself
            turn = (place + 1) % CONTINUATIONS
            streams = Streams(self.world.seed, self.chunk, FIRST_FORK + turn)
            simulation = self.known_customers.fork(streams) if turn else self.known_customers
            simulation.advance(self.months)
            deals = simulation.sales.deals()
            booked[:, turn] = (self.known[1] + won_by_kind(self.world, deals, simulation.size))[who]
            seen[:, turn] = observed_events(self.world, simulation, deals)[who]
        return booked.reshape(-1, len(KINDS)), ContinuationPool(seen == seen[:, :1])


def still_open(leads: Leads, cut: int) -> Numbers:
    """Report the leads that are neither a deal nor given up by a moment."""
    return (leads.opportunity >= cut) & ((leads.opportunity < NEVER) | (leads.given_up >= cut))


def stage_likelihood(world: World, own: Deals, found: Deals, draws: Slots) -> Numbers:
    """Compute the likelihood of the observed stages under another length of each deal.

    A stage is entered after a share of the length, so the day of it tells of the deal's end.
    """
    kept, habits = own.slots(world), world.scenario.pipeline
    entry, spread = habits.stages_entered, habits.stages_spread
    begins = own.opened + OPENING * kept.uniform("opportunity_history.begin")
    length, other = (deals.closes + CLOSING - begins for deals in (own, found))
    last = np.where(own.won | own.dropped, NEGOTIATION, stage_reached(world, kept))
    reaches = np.where(found.won | found.dropped, NEGOTIATION, stage_reached(world, draws))
    likely = 1.0 * ((own.idle > 0) == (found.idle > 0))
    for stage in range(1, NEGOTIATION + 1):
        later = kept.uniform(f"opportunity_history.{stage}")
        entered = (entry[stage] + spread * later) * length
        seen = (last >= stage) & (begins + entered < world.end)
        place = (entered / other - entry[stage]) / spread
        density = (reaches >= stage) * (place >= 0) * (place <= 1) / other
        today = ((world.end - begins) / other - entry[stage]) / spread
        not_yet = np.where(reaches >= stage, np.clip(1 - today, 0, 1), 1.0)
        likely = likely * np.where(seen, density, not_yet)
    return np.asarray(likely)


def observed_events(world: World, simulation: CustomerSimulation, deals: Deals) -> Numbers:
    """Encode the events seen of each customer by the last day as a number, a digit per kind."""
    known = deals.take(np.flatnonzero(deals.opened < world.end))
    news = np.where(known.closes < world.end, 1 + known.won, 0) + 3 * known.kind
    found = np.zeros(simulation.size, np.int64)
    np.add.at(found, known.account, 10**news)
    for row in simulation.main.rows:
        np.add.at(found, row["account"], 10**9 * (row["requested"] < world.end))
    return found


def won_by_kind(world: World, deals: Deals, accounts: int) -> Numbers:
    """Sum each account's bookings in the next quarter, in cents by kind of deal."""
    last = int(world.month_starts[-1])
    rows = np.flatnonzero(deals.won & (deals.closes >= world.end) & (deals.closes < last))
    found = np.zeros((accounts, len(KINDS)), np.int64)
    np.add.at(found, (deals.account[rows], deals.kind[rows]), deals.amount[rows])
    return found
