"""Changes of running contracts: renewals, new prices, seats, plans and add-ons."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.random_streams import Numbers, Slots, Streams
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.customers.contracts import (
    ACTIVE,
    ADD_ON,
    ADDED,
    MAIN,
    ContractLine,
    ContractState,
    discount_after,
    fewer_seats,
    years_after,
)
from revkit.synth.simulate.customers.customer_deals import CustomerDeals
from revkit.synth.simulate.deals import EXPANSION, RENEWAL, list_price, net_price
from revkit.synth.simulate.world import MONTH_SPAN, World


class ContractChanges:
    """Contracts of a chunk's customers, and how they change on some days.

    Whatever is left to chance in a month has a draw of its own for each account and month, so
    what happens to one customer changes nothing for another, nor for itself later on.
    """

    def __init__(
        self, world: World, chunk: int, accounts: Accounts, streams: Streams, seats: Numbers
    ) -> None:
        self.world, self.accounts, self.size = world, accounts, len(accounts)
        self.state = ContractState(self.size)
        self.lines = tuple(ContractLine(number, self.size) for number in (MAIN, ADD_ON, ADDED))
        self.streams = streams
        self.health = np.exp(world.scenario.health.expansion * accounts.health)
        self.enterprise = accounts.segment == len(world.scenario.segments) - 1
        self.sales = CustomerDeals(world, chunk, streams, seats, accounts.segment)

    @property
    def main(self) -> ContractLine:
        """Line that every contract has."""
        return self.lines[0]

    @property
    def extra(self) -> ContractLine:
        """Line of the add-on."""
        return self.lines[1]

    @property
    def added(self) -> ContractLine:
        """Line of the seats that were sold within a term, until its end."""
        return self.lines[2]

    def mrr(self, who: Numbers) -> Numbers:
        """Return the monthly amount of some accounts over all their lines, in cents."""
        return np.asarray(np.sum([line.mrr(who) for line in self.lines], axis=0))

    def draw(self, name: str, month: int, who: Numbers) -> Numbers:
        """Draw a number from [0, 1) for each account in a month."""
        return Slots(self.streams, who * MONTH_SPAN + month).uniform(f"subscriptions.{name}")

    def renew(self, month: int, who: Numbers, day: Numbers, growth: Numbers) -> None:
        """Renew annual contracts at a new price, some with other seats."""
        state, line, spec = self.state, self.main, self.world.scenario.customers
        draws = self.draw("fewer", month, who)
        fewer = who[draws < spec.renew_fewer / self.health[who]]
        more = who[draws > 1 - spec.renew_more * growth]
        joins, count = self.added.runs(who), self.added.count(who)
        self.added.end(who, day, state)
        for part in (line, self.extra):
            runs = part.runs(who)
            part.change(who, day, state)
            self.new_price(part, who[runs], day[runs])
        line.seats[who[joins]] += count[joins]
        line.seats[fewer] = fewer_seats(
            line.seats[fewer], spec.seats_kept, self.draw("size", month, fewer)
        )
        line.seats[more] = self.more_seats(month, more)
        paper = who[self.enterprise[who]]
        state.contract[paper] += 1
        state.renewed[paper] = 1
        state.term[who] = years_after(day, state.years[who])
        worth = 12 * self.mrr(who)
        early = self.days_early(month, who)
        self.sales.record(self.state, month, RENEWAL, who, day - early, worth, line, won=True)

    def step(self, who: Numbers, day: Numbers) -> None:
        """Begin the next year of a term of several, at the price agreed on for it."""
        spec = self.world.scenario.contracts
        for line in self.lines:
            runs = line.runs(who)
            line.change(who, day, self.state)
            own = who[runs]
            line.discount[own] = discount_after(line.discount[own], spec.discount_step, 1)
            line.price[own] = net_price(line.listed[own], line.discount[own])

    def days_early(self, month: int, who: Numbers) -> Numbers:
        """Draw the days by which each renewal is signed early; below 0 while a contract runs on."""
        spec = self.world.scenario.customers
        days = np.interp(
            self.draw("early", month, who),
            [0, spec.renewals_late, 1],
            [-spec.renewal_late_days, 0, spec.renewal_early_days],
        )
        return np.asarray(days.astype(np.int64))

    def reprice(self, who: Numbers, day: Numbers) -> None:
        """Move monthly contracts to today's list price."""
        for line in self.lines:
            runs = line.runs(who)
            line.change(who, day, self.state)
            self.new_price(line, who[runs], day[runs])

    def new_price(self, line: ContractLine, who: Numbers, day: Numbers) -> None:
        """Set the day's list price less the discount that was agreed on."""
        line.listed[who] = list_price(self.world, line.product[who], day)
        line.price[who] = net_price(line.listed[who], line.discount[who])

    def more_seats(self, month: int, who: Numbers) -> Numbers:
        """Return the seats after a growth that is skewed to the right; at most one an employee."""
        seats = self.main.seats[who]
        least, mean = self.world.scenario.customers.seats_gained
        grown = seats * (least - mean * np.log(1 - self.draw("size", month, who)))
        grown = np.maximum(np.rint(grown), seats + 1).astype(np.int64)
        most = self.accounts.employees[who] - self.added.count(who)
        return np.asarray(np.maximum(np.minimum(grown, most), seats))

    def grow(self, month: int, who: Numbers, day: Numbers) -> None:
        """Add seats; without a deal where the amount is small enough to be bought online."""
        seats = self.more_seats(month, who)
        grows = seats > self.main.seats[who]
        who, day, seats = who[grows], day[grows], seats[grows]
        before = self.mrr(who)
        apart = self.state.annual[who] & ~self.added.runs(who)
        share = self.world.scenario.customers.co_termed
        apart[apart] = self.draw("co_termed", month, who[apart]) < share
        self.sell_apart(who[apart], day[apart], seats[apart] - self.main.seats[who[apart]])
        self.main.change(who[~apart], day[~apart], self.state)
        self.main.seats[who[~apart]] = seats[~apart]
        worth = 12 * (self.mrr(who) - before)
        sold = worth >= 100 * self.world.scenario.customers.smallest_deal
        self.sales.record(
            self.state, month, EXPANSION, who[sold], day[sold], worth[sold], self.main, won=True
        )

    def sell_apart(self, who: Numbers, day: Numbers, seats: Numbers) -> None:
        """Sell seats as a line of their own, at today's price, up to the end of the term."""
        line, main = self.added, self.main
        line.since[who], line.seats[who], line.product[who] = day, seats, main.product[who]
        line.discount[who], line.status[who] = main.discount[who], ACTIVE
        self.new_price(line, who, day)

    def upgrade(self, month: int, who: Numbers, day: Numbers) -> None:
        """Upgrade to the next product at the current list price."""
        before = self.main.mrr(who)
        self.main.change(who, day, self.state)
        self.main.product[who] += 1
        self.new_price(self.main, who, day)
        worth = 12 * (self.main.mrr(who) - before)
        self.sales.record(self.state, month, EXPANSION, who, day, worth, self.main, won=True)

    def add_on(self, month: int, who: Numbers, day: Numbers) -> None:
        """Add the add-on as a second line, for as many seats."""
        line = self.extra
        line.since[who] = day
        line.product[who] = len(self.world.scenario.products) - 1
        line.seats[who] = self.main.seats[who]
        line.listed[who] = line.price[who] = list_price(self.world, line.product[who], day)
        line.discount[who], line.status[who] = 0.0, ACTIVE
        self.sales.record(
            self.state, month, EXPANSION, who, day, 12 * line.mrr(who), line, won=True
        )

    def shrink(self, month: int, who: Numbers, day: Numbers) -> None:
        """Remove seats."""
        kept = self.world.scenario.customers.seats_kept
        seats = fewer_seats(self.main.seats[who], kept, self.draw("size", month, who))
        shrinks = seats < self.main.seats[who]
        who, day, seats = who[shrinks], day[shrinks], seats[shrinks]
        self.main.change(who, day, self.state)
        self.main.seats[who] = seats

    def decline_offer(self, month: int, who: Numbers, day: Numbers) -> None:
        """Record an offer of more seats that is declined."""
        least, more = self.world.scenario.customers.offer_share
        share = least + more * self.draw("size", month, who)
        worth = 12 * np.rint(self.main.mrr(who) * share).astype(np.int64)
        self.sales.record(self.state, month, EXPANSION, who, day, worth, self.main, won=False)
