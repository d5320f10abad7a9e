"""What customers do once they have bought, month by month: stay, grow, shrink, leave, come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revkit.synth.arrow import NEVER
from revkit.synth.contracts import (
    ACTIVE,
    CHURN_REASONS,
    GRACE_DAYS,
    LIVES,
    PAST_DUE,
    PAYMENT_FAILED,
    Line,
    State,
    day_of_month,
    early_in_month,
    fewer_seats,
    years_after,
)  # fmt: skip
from revkit.synth.population import Accounts
from revkit.synth.sales import (
    ATTEMPTS,
    EXPANSION,
    NEW,
    RENEWAL,
    Deals,
    list_price,
    net_price,
)  # fmt: skip
from revkit.synth.streams import Numbers, choose
from revkit.synth.world import World, next_working, working


@dataclass(frozen=True)
class Ledger:
    """Every price regime of a chunk, and the deals that came with them.

    ``risks`` hold, for each customer (its ``account``) and ``month``, the ``hazard`` of leaving
    and whether it ``left``.
    """

    rows: dict[str, Numbers]
    deals: Deals
    risks: dict[str, Numbers]


class Book:
    """The customers of a chunk, moved on one month at a time.

    Each column has one stream, and each month takes one draw of it for every account, whether
    it is a customer then or not.
    """

    def __init__(
        self, world: World, chunk: int, accounts: Accounts, deals: Deals, seats: Numbers
    ) -> None:
        self.world, self.chunk, self.accounts = world, chunk, accounts
        self.size, self.seat = len(accounts), seats
        self.state = State(self.size)
        self.main, self.extra = Line(1, self.size), Line(2, self.size)
        self.streams = world.streams(chunk)
        self.running = {
            name: self.streams.generator(f"subscriptions.{name}")
            for name in ("more", "size", "day", "fewer", "return", "legacy",
                         "request", "failed", "reason", "opened")
        }  # fmt: skip
        segments = list(world.scenario.segments.values())
        per_segment = {
            name: np.array([getattr(spec, name) for spec in segments])[accounts.segment]
            for name in ("churn_year", "monthly_contracts")
        }
        health = world.scenario.health
        shift = world.intercepts["churn"][accounts.segment] + health.churn * accounts.health
        self.base = -np.log1p(-per_segment["churn_year"]) / 12 * np.exp(shift)
        self.growth = np.exp(health.expansion * accounts.health)
        self.limit = self.streams.exponential("subscriptions.life", LIVES, self.size)
        self.annual = (
            self.streams.uniform("subscriptions.interval", self.size)
            >= per_segment["monthly_contracts"]
        )
        self.enterprise = accounts.segment == len(segments) - 1
        self.upper = np.array(
            [max(place for place, share in enumerate(spec.products) if share) for spec in segments]
        )[accounts.segment]
        self.first = self.first_contracts(deals)
        self.won = deals
        self.found: list[Deals] = []
        self.risks: list[dict[str, Numbers]] = []
        self.buyer = {"segment": accounts.segment, "industry": accounts.industry}

    def first_contracts(self, deals: Deals) -> Numbers:
        """The position of the deal that made each account a customer, -1 for none."""
        first = np.full(self.size, -1)
        rows = np.flatnonzero(deals.won)
        first[deals.account[rows]] = rows
        return first

    def run(self) -> Ledger:
        """All months, to the last one simulated."""
        wait = 3 + 20 * self.streams.uniform("subscriptions.wait", self.size)
        wait = (wait * np.where(self.annual, 1.0, 0.3)).astype(np.int64)
        closed = np.r_[self.won.closes, NEVER][self.first]
        starts = early_in_month(np.where(closed < NEVER, closed + wait, NEVER))
        starting = self.world.month(starts)
        for month in range(len(self.world.month_starts) - 1):
            draws = {name: stream.random(self.size) for name, stream in self.running.items()}
            customers = np.flatnonzero(self.main.runs)
            self.live(month, customers, draws)
            self.come_back(month, draws)
            new = np.flatnonzero((starting == month) & (starts < NEVER))
            deal = self.first[new]
            self.begin(
                new, starts, self.won.product[deal], self.won.seats[deal],
                self.won.discount[deal],
                net_price(
                    list_price(self.world, self.won.product[deal], self.won.opened[deal]),
                    self.won.discount[deal],
                ),
                list_price(self.world, self.won.product[deal], self.won.opened[deal]),
            )  # fmt: skip
        never, none = np.full(self.size, NEVER), np.full(self.size, -1)
        for line in (self.main, self.extra):
            line.end(np.flatnonzero(line.runs), never, self.state, requested=never, reason=none)
        rows = self.main.rows + self.extra.rows
        return Ledger(
            {name: np.concatenate([row[name] for row in rows]) for name in rows[0]},
            Deals.joined([self.won, *self.found]),
            {name: np.concatenate([part[name] for part in self.risks]) for name in self.risks[0]},
        )

    def begin(
        self,
        who: Numbers,
        day: Numbers,
        product: Numbers,
        seats: Numbers,
        discount: Numbers,
        price: Numbers,
        listed: Numbers,
    ) -> None:
        """Start a contract with some accounts."""
        state, line = self.state, self.main
        state.born[who] = line.since[who] = day[who]
        state.term[who] = np.where(self.annual[who], years_after(day[who], 1), NEVER)
        state.annual[who] = self.annual[who]
        state.hazard[who] = 0
        line.product[who], line.seats[who], line.discount[who] = product, seats, discount
        line.price[who], line.listed[who], line.status[who] = price, listed, ACTIVE

    def live(self, month: int, who: Numbers, draws: dict[str, Numbers]) -> None:
        """One month of the customers: at most one thing happens to each."""
        state, world, spec = self.state, self.world, self.world.scenario.customers
        first = int(world.month_starts[month])
        anniversary = first + day_of_month(np.where(state.born < NEVER, state.born, 0)) - 1
        tenure = np.zeros(self.size, np.int64)
        tenure[who] = month - world.month(state.born[who])
        due = (tenure > 0) & (tenure % 12 == 0)
        shape = np.where(state.annual, np.where(due, 11.0, 0.09), np.where(tenure <= 4, 1.5, 0.85))
        cause = {**self.buyer, "cohort_from": state.born}
        hazard = (self.base * shape * world.effects.factor("churn", first, **cause))[who]
        state.hazard[who] += hazard
        limit = self.limit[np.minimum(state.life, LIVES - 1), np.arange(self.size)]
        left = (state.hazard >= limit)[who]
        self.risks.append(
            {"account": who, "month": np.full(len(who), month), "hazard": hazard, "left": left}
        )
        leaves = who[left]
        stays = np.setdiff1d(who, leaves)
        self.leave(month, leaves, anniversary, due, draws)

        renews = stays[(due & state.annual)[stays]]
        growth = self.growth * world.effects.factor("expansion", first, **cause)
        self.renew(month, renews, anniversary, growth, draws)
        risen = (draws["legacy"] < 0.6) & due & ~state.annual
        self.reprice(stays[risen[stays]], anniversary)
        busy = due & (state.annual | risen)
        day = first + (draws["day"] * 28).astype(np.int64)
        rest = stays[(~busy & (tenure >= 2))[stays]]
        chance = np.cumsum(
            [
                spec.more_seats * growth,
                spec.better_plan * growth * (self.main.product < self.upper),
                spec.add_on * growth * ~self.extra.runs,
                np.where(state.annual, 0.0, spec.fewer_seats / self.growth),
                spec.more_seats * 0.9 / self.growth,
            ],
            axis=0,
        )
        kind = (draws["more"] >= chance).sum(axis=0)
        self.grow(month, rest[kind[rest] == 0], day, draws)
        self.upgrade(month, rest[kind[rest] == 1], day, draws)
        self.add_on(month, rest[kind[rest] == 2], day, draws)
        self.shrink(rest[kind[rest] == 3], day, draws)
        refused = rest[kind[rest] == 4]
        worth = 12 * np.rint(self.main.mrr * (0.1 + 0.3 * draws["size"])).astype(np.int64)
        self.deal(month, EXPANSION, refused, day, worth, self.main, draws, won=False)

    def leave(
        self, month: int, who: Numbers, day: Numbers, due: Numbers, draws: dict[str, Numbers]
    ) -> None:
        """End the contracts of some accounts, asked for beforehand or for want of payment."""
        state = self.state
        failed = ~state.annual & (draws["failed"] < self.world.scenario.customers.payment_failed)
        shares = np.array([*CHURN_REASONS.values()])
        reason = np.where(failed, PAYMENT_FAILED, choose(draws["reason"], shares))
        notice = np.where(state.annual, 15 + 60 * draws["request"], 3 + 25 * draws["request"])
        asked = day - notice.astype(np.int64)
        lost = who[(due & state.annual)[who]]
        worth = 12 * (self.main.mrr + self.extra.mrr)
        self.deal(month, RENEWAL, lost, asked, worth, self.main, draws, won=False)
        never, none = np.full(self.size, NEVER), np.full(self.size, -1)
        for line in (self.main, self.extra):
            late = who[(failed & (line.since < day - GRACE_DAYS))[who]]
            line.end(late, day - GRACE_DAYS, state, requested=never, reason=none)
            line.since[late], line.status[late] = (day - GRACE_DAYS)[late], PAST_DUE
            request = np.where(failed, NEVER, np.maximum(asked, line.since + 1))
            line.end(who, day, state, requested=request, reason=reason)
            line.status[who] = ACTIVE
        state.left[who] = day[who]
        state.contract[who] += 1
        state.renewed[who] = 0
        state.life[who] += 1
        state.term[who] = NEVER

    def renew(
        self, month: int, who: Numbers, day: Numbers, growth: Numbers, draws: dict[str, Numbers]
    ) -> None:
        """Another year: at a new price, some with fewer seats, Enterprise on a new contract."""
        state, line = self.state, self.main
        fewer = who[(draws["fewer"] < 0.09 / self.growth)[who]]
        more = who[(draws["fewer"] > 1 - 0.10 * growth)[who]]
        early = (draws["opened"] * 25).astype(np.int64)
        never, none = np.full(self.size, NEVER), np.full(self.size, -1)
        for part in (line, self.extra):
            running = who[part.runs[who]]
            part.end(running, day, state, requested=never, reason=none)
            part.since[running] = day[running]
            self.new_price(part, running, day)
        line.seats[fewer] = fewer_seats(line.seats, draws["size"])[fewer]
        line.seats[more] = self.more_seats(draws["size"])[more]
        paper = who[self.enterprise[who]]
        state.contract[paper] += 1
        state.renewed[paper] = 1
        state.term[who] = years_after(day[who], 1)
        worth = 12 * (line.mrr + self.extra.mrr)
        self.deal(month, RENEWAL, who, day - early, worth, line, draws, won=True)

    def reprice(self, who: Numbers, day: Numbers) -> None:
        """Move monthly contracts to today's list price."""
        for line in (self.main, self.extra):
            running = who[line.runs[who]]
            line.change(running, day, self.state)
            self.new_price(line, running, day)

    def new_price(self, line: Line, who: Numbers, day: Numbers) -> None:
        """Today's list price less the discount, but never less than before."""
        line.listed[who] = list_price(self.world, line.product[who], day[who])
        price = net_price(line.listed[who], line.discount[who])
        line.price[who] = np.maximum(line.price[who], price)
        line.discount[who] = 1 - line.price[who] / line.listed[who]

    def more_seats(self, draws: Numbers) -> Numbers:
        """Seats after growing by 8 % and, skewed to the right, more; at most one an employee."""
        grown = self.main.seats * (1.08 - 0.14 * np.log1p(-draws))
        grown = np.maximum(np.rint(grown), self.main.seats + 1).astype(np.int64)
        return np.maximum(np.minimum(grown, self.accounts.employees), self.main.seats)

    def grow(self, month: int, who: Numbers, day: Numbers, draws: dict[str, Numbers]) -> None:
        """More seats; without a deal where the contract is small enough to be changed online."""
        before, after = self.main.mrr, self.more_seats(draws["size"])
        who = who[(after > self.main.seats)[who]]
        self.main.change(who, day, self.state)
        self.main.seats[who] = after[who]
        worth = 12 * (self.main.mrr - before)
        sold = who[(worth >= 120_000)[who]]
        self.deal(month, EXPANSION, sold, day, worth, self.main, draws, won=True)

    def upgrade(self, month: int, who: Numbers, day: Numbers, draws: dict[str, Numbers]) -> None:
        """A better product at today's price."""
        before = self.main.mrr
        self.main.change(who, day, self.state)
        self.main.product[who] += 1
        self.main.listed[who] = list_price(self.world, self.main.product[who], day[who])
        price = net_price(self.main.listed[who], self.main.discount[who])
        self.main.price[who] = np.maximum(price, self.main.price[who])
        self.main.discount[who] = 1 - self.main.price[who] / self.main.listed[who]
        worth = 12 * (self.main.mrr - before)
        self.deal(month, EXPANSION, who, day, worth, self.main, draws, won=True)

    def add_on(self, month: int, who: Numbers, day: Numbers, draws: dict[str, Numbers]) -> None:
        """The add-on as a second line, for as many seats."""
        line = self.extra
        line.since[who] = day[who]
        line.product[who] = len(self.world.scenario.products) - 1
        line.seats[who] = self.main.seats[who]
        line.listed[who] = line.price[who] = list_price(self.world, line.product[who], day[who])
        line.discount[who], line.status[who] = 0.0, ACTIVE
        self.deal(month, EXPANSION, who, day, 12 * line.mrr, line, draws, won=True)

    def shrink(self, who: Numbers, day: Numbers, draws: dict[str, Numbers]) -> None:
        """Fewer seats."""
        after = fewer_seats(self.main.seats, draws["size"])
        who = who[(after < self.main.seats)[who]]
        self.main.change(who, day, self.state)
        self.main.seats[who] = after[who]

    def come_back(self, month: int, draws: dict[str, Numbers]) -> None:
        """Some of those who left two months to two years ago buy again."""
        first, state = int(self.world.month_starts[month]), self.state
        away = np.where(state.left < NEVER, first - state.left, 0)
        gone = ~self.main.runs & (away >= 61) & (away <= 730) & (state.life < LIVES)
        chance = self.world.scenario.customers.return_ * self.growth
        who = np.flatnonzero(gone & (draws["return"] < chance))
        day = first + (draws["day"] * 27).astype(np.int64) + 1
        line = self.main
        listed = list_price(self.world, line.product[who], day[who])
        seats = np.maximum(np.rint(0.8 * line.seats[who]), 2).astype(np.int64)
        price = net_price(listed, np.full(len(who), 0.1))
        self.begin(who, day, line.product[who], seats, 1 - price / listed, price, listed)
        self.deal(month, NEW, who, day, 12 * line.mrr, line, draws, won=True)

    def deal(
        self,
        month: int,
        kind: int,
        who: Numbers,
        day: Numbers,
        worth: Numbers,
        line: Line,
        draws: dict[str, Numbers],
        *,
        won: bool,
    ) -> None:
        """The deals behind a change: open beforehand, closed by the day the change begins."""
        state = self.state
        who = who[(worth > 0)[who]]
        closes = working(day[who] - 1) if won else next_working(day[who])
        lead_time = 8 - 26 * np.log1p(-draws["opened"][who])
        if kind == RENEWAL:
            lead_time = np.where(self.enterprise[who], 100, 60) - 20 * draws["opened"][who]
        earliest = np.where(kind == NEW, state.left[who], state.born[who])
        opened = next_working(closes - lead_time.astype(np.int64))
        opened = np.clip(opened, np.minimum(earliest + 1, closes - 1), closes - 1)
        self.found.append(
            Deals(
                account=who, slot=np.full(len(who), ATTEMPTS + 4 + 3 * month + kind),
                kind=np.full(len(who), kind), lead=np.full(len(who), -1), opened=opened,
                closes=closes, won=np.full(len(who), won), amount=worth[who],
                product=line.product[who], discount=np.maximum(line.discount[who], 0.0),
                seats=line.seats[who], seat=self.seat[who],
                chance=np.full(len(who), np.nan), dropped=np.zeros(len(who), bool),
                chunk=self.chunk,
            )
        )  # fmt: skip
