"""Futures: the quarter after the last day, over and over, given all that is known on that day.

Everything decided by then stays as it is, and what is under way goes on as it may: each lead,
deal and customer has many possible continuations, of which those count that agree with what
has been seen of it. A future takes one of each, adds the leads and accounts yet to come, and
comes to some bookings. How they spread is what nobody can foresee.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from revkit.synth.arrow import NEVER
from revkit.synth.marketing import LEADS, Leads, come_in, pass_gates, turn_up
from revkit.synth.people import Roster
from revkit.synth.pipeline import CLOSING, ENTERED, NEGOTIATION, SPREAD
from revkit.synth.population import Accounts, population
from revkit.synth.sales import (
    APPROACHES,
    FIRST_APPROACH,
    KINDS,
    SLOTS,
    Deals,
    approaches,
    attempts,
    in_turn,
    outcomes,
    stage_reached,
)
from revkit.synth.simulation import Simulated, simulate
from revkit.synth.streams import Numbers, Slots, Streams, in_order
from revkit.synth.subscriptions import Book
from revkit.synth.world import AHEAD, DAY, World, working

Rows = TypeVar("Rows", Accounts, Leads)

POOL = 200
"""Possible continuations of each lead and customer."""

DEEP = 1000
"""Those of each open deal, of which few agree with the stages it has been in."""

POOLED = 1 << 16
"""The first fork of customers' continuations; those of futures come before it."""

ROUNDS = 400_000
"""Accounts times futures: a larger company needs fewer, as the sum over many is well known."""

FEWEST = 40
LONGEST_WAIT = 180
"""Days after which a lead that has come no further never will: one in a million does."""


@dataclass(frozen=True)
class Future(World):
    """A world from its last day on: the accounts are those that turn up in the quarter after."""

    fork: int

    @property
    def until(self) -> int:
        """The day after the last one simulated."""
        return int(self.month_starts[-1])

    def streams(self, chunk: int = 0) -> Streams:
        """The random streams of a chunk in this future."""
        return Streams(self.seed, chunk, self.fork)

    def size(self, chunk: int) -> int:
        """As many accounts as the pace and growth so far make expect, give or take chance."""
        pull = self.pull(np.arange(self.first, self.until))
        known = self.end - self.first
        expected = super().size(chunk) * pull[known:].sum() / pull[:known].sum()
        return int(self.streams(chunk).generator("futures.accounts").poisson(expected))

    def arrivals(self) -> Numbers:
        """The share of these accounts that turn up on each day."""
        days = np.arange(self.first, self.until)
        pull = np.where(days < self.end, 0.0, self.pull(days))
        return np.asarray(pull / pull.sum())


@dataclass(frozen=True)
class Held(Slots):
    """Fresh draws, but for what has been decided: that keeps its own."""

    own: Slots
    decided: Mapping[str, Numbers | bool]

    def uniform(self, name: str) -> Numbers:
        """One draw from [0, 1) for each number."""
        fresh, kept = super().uniform(name), self.decided.get(name)
        return fresh if kept is None else np.where(kept, self.own.uniform(name), fresh)


@dataclass(frozen=True)
class Pool:
    """How well each continuation, a column, of each row agrees with what is known of the row.

    The first one is what happens to come; it counts only where no other agrees.

    Examples
    --------
    >>> Pool(np.array([[1.0, 0.0, 3.0], [1.0, 0.0, 0.0]])).pick(np.array([0.5, 0.5])).tolist()
    [2, 3]
    """

    weights: Numbers

    @cached_property
    def edges(self) -> Numbers:
        """Where each continuation's share of its row ends; rows follow each other."""
        weights = self.weights.astype(float)
        weights[:, 0] = ~weights[:, 1:].any(axis=1)
        shares = np.cumsum(weights, axis=1)
        return np.ravel(shares / shares[:, -1:] + np.arange(len(shares))[:, None])

    def pick(self, draws: Numbers) -> Numbers:
        """A continuation of each row, as a position among those of all rows."""
        rows, width = np.arange(len(draws)), self.weights.shape[1]
        found = np.searchsorted(self.edges, rows + draws, side="right")
        return np.asarray(np.minimum(found, rows * width + width - 1))


def repeated(numbers: Numbers, times: int) -> tuple[Numbers, Numbers]:
    """Each row's position once for each continuation, and a number for it; the first is its own."""
    rows = np.repeat(np.arange(len(numbers)), times)
    return rows, numbers[rows] + (np.tile(np.arange(times), len(numbers)) << 32)


@dataclass(frozen=True)
class Outlook:
    """What is known of a chunk on the last day, and what may become of it.

    Examples
    --------
    >>> from revkit.synth import generate
    >>> world = generate(accounts=300, months=6).world
    >>> outlook = Outlook(world, Roster(world), 0)
    >>> bool((outlook.bookings(1) == outlook.bookings(1)).all())
    True
    """

    world: World
    roster: Roster
    chunk: int

    @cached_property
    def made(self) -> Simulated:
        """The chunk as it is."""
        return simulate(self.world, self.roster, self.chunk)

    @property
    def months(self) -> range:
        """The quarter's months, and the one after: some renew before their year is over."""
        first = len(self.world.month_starts) - 1 - AHEAD
        return range(first, first + AHEAD + 1)

    @cached_property
    def leads(self) -> tuple[Leads, Pool]:
        """The continuations of the leads on their way: neither given up nor a deal yet."""
        leads, cut = self.made.leads, self.world.end * DAY
        seen = np.stack([leads.created, leads.mql, leads.sql])
        last = np.where(seen < cut, seen, 0).max(axis=0)
        leads = leads.take(np.flatnonzero(waits(leads, cut) & (last > cut - LONGEST_WAIT * DAY)))
        rows, numbers = repeated(leads.account * LEADS + leads.slot, POOL)
        many, streams = leads.take(rows), self.world.streams(self.chunk)
        passed = {"mql": many.mql < cut, "sql": many.sql < cut}
        decided = passed | {f"{name}.gate": gone for name, gone in passed.items()}
        draws = Held(
            streams, numbers, many.slots(self.world),
            {f"leads.{name}": gone for name, gone in decided.items()},
        )  # fmt: skip
        found = pass_gates(
            self.world, self.made.accounts, self.chunk, many.account, many.slot, many.created,
            many.channel, many.came_by, draws,
        )  # fmt: skip
        same = [(getattr(found, name) < cut) == gone for name, gone in passed.items()]
        return found, Pool((waits(found, cut) & np.all(same, axis=0)).reshape(-1, POOL))

    @cached_property
    def deals(self) -> tuple[Deals, Pool]:
        """The continuations of the deals for a first purchase that are open."""
        world, first = self.world, self.made.first
        own = first.take(np.flatnonzero(first.closes >= world.end))
        rows, numbers = repeated(own.number, DEEP)
        many = own.take(rows)
        known = ("opportunities.seats", "opportunities.product_id", "opportunities.discount")
        draws = Held(
            world.streams(self.chunk), numbers, many.slots(world), dict.fromkeys(known, True)
        )
        found = outcomes(
            world, self.chunk, self.made.accounts, self.made.leads, self.roster, many.account,
            many.slot, many.opened, many.lead, draws,
        )  # fmt: skip
        weights = (found.closes >= world.end) * as_seen(world, many, found, draws)
        return found, Pool(weights.reshape(-1, DEEP))

    @cached_property
    def book(self) -> Book:
        """Those who bought by the last day, as they stand on it."""
        first = self.made.first
        bought = first.take(np.flatnonzero(first.closes < self.world.end))
        book = Book(self.world, self.chunk, self.made.accounts, bought, self.made.keepers)
        book.go_on(range(self.months[0]))
        for rows in (book.found, book.risks, book.main.rows, book.extra.rows):
            rows.clear()
        return book

    @cached_property
    def customers(self) -> tuple[Numbers, Pool]:
        """The continuations of each customer: its bookings in cents by kind.

        They agree when as many deals of each kind have been opened, won and lost by the last
        day as were, and a wish to leave has been heard or not.
        """
        who = np.flatnonzero(self.book.first >= 0)
        booked = np.empty((len(who), POOL, len(KINDS)), np.int64)
        seen = np.empty((len(who), POOL), np.int64)
        for place in range(POOL):
            # what happens to come goes last, as it moves the book itself
            turn = (place + 1) % POOL
            streams = Streams(self.world.seed, self.chunk, POOLED + turn)
            book = self.book.forked(streams) if turn else self.book
            book.go_on(self.months)
            deals = book.deals()
            booked[:, turn] = won_by_kind(self.world, deals, book.size)[who]
            seen[:, turn] = said(self.world, book, deals)[who]
        return booked.reshape(-1, len(KINDS)), Pool(seen == seen[:, :1])

    @cached_property
    def later(self) -> tuple[Numbers, Numbers]:
        """The account and slot of each lead that accounts could still have."""
        account, slot, days = turn_up(self.world, self.made.accounts, self.chunk)
        return account[days >= self.world.end], slot[days >= self.world.end]

    @cached_property
    def approached(self) -> tuple[Numbers, Numbers]:
        """The first day on which each account could be approached from now on, and how often."""
        accounts, today = self.made.accounts, working(np.array(self.world.end - 1)) + 1
        since = accounts.arrival + FIRST_APPROACH
        days, _ = approaches(self.world, self.chunk, accounts, since)
        return np.maximum(since, today), APPROACHES - (days < today).sum(axis=1)

    def future(self, fork: int) -> Future:
        """The world of a future."""
        world = self.world
        return Future(world.scenario, world.seed, world.months, world.accounts, fork)

    def come(self, future: Future, accounts: Accounts, newcomers: Accounts) -> Leads:
        """The leads from which deals may come: on their way on the last day, or created later."""
        streams, everybody = future.streams(self.chunk), len(self.made.accounts)
        account, slot = self.later
        waited = np.cumsum(streams.exponential("futures.gap", len(account)))
        begins = np.append(True, account[1:] != account[:-1])[: len(account)]
        before = np.append(0.0, waited)[:-1][begins]
        waited -= np.repeat(before, np.diff(np.append(np.flatnonzero(begins), len(account))))
        days = future.end + (future.scenario.funnel.days_between_leads * waited).astype(np.int64)
        new = turn_up(future, newcomers, self.chunk)
        account, slot, days = np.c_[
            np.stack([account, slot, days]), np.stack([new[0] + everybody, *new[1:]])
        ]
        due = days < future.until
        came = come_in(future, accounts, self.chunk, account[due], slot[due], days[due])
        draws = Slots(streams, came[0] * LEADS + came[1])
        fresh = pass_gates(future, accounts, self.chunk, *came, draws)
        found, pool = self.leads
        way = pool.pick(streams.uniform("futures.leads", len(pool.weights)))
        return together(fresh, found.take(way))

    def sold(self, fork: int) -> tuple[Accounts, Deals]:
        """All accounts of a future, and the deals for a first purchase that close in it."""
        future, known = self.future(fork), self.made.accounts
        newcomers = population(future, self.chunk)
        accounts, streams = together(known, newcomers), future.streams(self.chunk)
        leads = self.come(future, accounts, newcomers)
        since, left = self.approached
        since = np.r_[since, newcomers.arrival + FIRST_APPROACH]
        left = np.r_[left, np.full(len(newcomers), APPROACHES)]
        days, wanted = approaches(future, self.chunk, accounts, since)
        tried = attempts(future, leads, days, wanted & (np.arange(APPROACHES) < left[:, None]))
        draws = Slots(streams, tried[0] * SLOTS + tried[1])
        fresh = outcomes(future, self.chunk, accounts, leads, self.roster, *tried, draws)
        found, pool = self.deals
        going = found.take(pool.pick(streams.uniform("futures.deals", len(pool.weights))))
        first = self.made.first
        past = first.take(np.flatnonzero(first.closes < future.end))
        deals = Deals.joined([past, going, fresh])
        deals = deals.take(in_order(deals.account, deals.opened))
        deals = deals.take(in_turn(deals.account, deals.opened, deals.closes, deals.won))
        return accounts, deals.take(np.flatnonzero(deals.closes >= future.end))

    def bookings(self, fork: int) -> Numbers:
        """What is won in the quarter after the last day, in cents by kind, in one future."""
        accounts, sold = self.sold(fork)
        future, nobody = self.future(fork), np.zeros(len(accounts.arrival), np.int64)
        book = Book(future, self.chunk, accounts, sold, nobody)
        book.go_on(self.months)
        deals = Deals.joined([sold, book.deals()])
        booked, pool = self.customers
        draws = future.streams(self.chunk).uniform("futures.customers", len(pool.weights))
        won = won_by_kind(future, deals, len(nobody)).sum(axis=0)
        return np.asarray(won + booked[pool.pick(draws)].sum(axis=0))


def waits(leads: Leads, cut: int) -> Numbers:
    """Which leads are no deal by a moment, and have not been given up."""
    return (leads.opportunity >= cut) & ((leads.opportunity < NEVER) | (leads.given_up >= cut))


def as_seen(world: World, own: Deals, found: Deals, draws: Slots) -> Numbers:
    """How likely it is to see the stages that deals have been in, had they another length.

    A stage is entered after a share of the length, so the day of it tells of the deal's end.
    """
    kept = own.slots(world)
    begins = own.opened + 0.15 * kept.uniform("opportunity_history.begin")
    length, other = (deals.closes + CLOSING - begins for deals in (own, found))
    last = np.where(own.won | own.dropped, NEGOTIATION, stage_reached(kept))
    reaches = np.where(found.won | found.dropped, NEGOTIATION, stage_reached(draws))
    likely = np.ones(len(own))
    for stage in range(1, NEGOTIATION + 1):
        later = kept.uniform(f"opportunity_history.{stage}")
        entered = (ENTERED[stage] + SPREAD * later) * length
        seen = (last >= stage) & (begins + entered < world.end)
        place = (entered / other - ENTERED[stage]) / SPREAD
        density = (reaches >= stage) * (place >= 0) * (place <= 1) / other
        today = ((world.end - begins) / other - ENTERED[stage]) / SPREAD
        not_yet = np.where(reaches >= stage, np.clip(1 - today, 0, 1), 1.0)
        likely = likely * np.where(seen, density, not_yet)
    return np.asarray(likely)


def said(world: World, book: Book, deals: Deals) -> Numbers:
    """What each customer has been heard of by the last day, as a number: a digit for each news."""
    known = deals.take(np.flatnonzero(deals.opened < world.end))
    news = np.where(known.closes < world.end, 1 + known.won, 0) + 3 * known.kind
    found = np.zeros(book.size, np.int64)
    np.add.at(found, known.account, 10**news)
    for row in book.main.rows:
        np.add.at(found, row["account"], 10**9 * (row["requested"] < world.end))
    return found


def won_by_kind(world: World, deals: Deals, accounts: int) -> Numbers:
    """What each account buys in the quarter after the last day: a row each, cents by kind."""
    last = int(world.month_starts[-1])
    rows = np.flatnonzero(deals.won & (deals.closes >= world.end) & (deals.closes < last))
    found = np.zeros((accounts, len(KINDS)), np.int64)
    np.add.at(found, (deals.account[rows], deals.kind[rows]), deals.amount[rows])
    return found


def together(first: Rows, then: Rows) -> Rows:
    """The rows of both; what is no row, as the first has it."""
    names = [f.name for f in fields(first) if f.name not in ("ids", "names", "came_by", "chunk")]
    rows: dict[str, Any] = {
        name: np.concatenate([getattr(first, name), getattr(then, name)]) for name in names
    }
    return replace(first, **rows)


def forks(world: World) -> range:
    """The futures of a company; those of a larger one are fewer."""
    return range(1, 1 + max(FEWEST, min(POOL, ROUNDS // world.accounts)))


def next_quarter(world: World, roster: Roster) -> dict[str, Any]:
    """How what is booked in the quarter after the last day spreads over its futures, in cents."""
    totals = np.zeros((len(forks(world)), len(KINDS)), np.int64)
    for chunk in world.chunks:
        outlook = Outlook(world, roster, chunk)
        totals += [outlook.bookings(fork) for fork in forks(world)]
    kinds = {kind: spread(totals[:, place]) for place, kind in enumerate(KINDS)}
    return {"futures": len(totals), **spread(totals.sum(axis=1)), **kinds}


def spread(totals: Numbers) -> dict[str, int]:
    """The mean of some totals, and what a tenth, a half and nine tenths of them stay below."""
    tenths = np.quantile(totals, [0.1, 0.5, 0.9])
    found = dict(zip(("mean", "p10", "p50", "p90"), [totals.mean(), *tenths], strict=True))
    return {f"{name}_cents": round(float(value)) for name, value in found.items()}
