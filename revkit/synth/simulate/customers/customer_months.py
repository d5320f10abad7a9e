"""Customers month by month: who joins, leaves, pauses and comes back."""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import dataclass, replace

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers, Streams, choose
from revkit.synth.scenario.vocabulary import CHURN_REASONS
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.customers.contract_changes import ContractChanges
from revkit.synth.simulate.customers.contracts import (
    ACTIVE,
    MOST_STAYS,
    PAST_DUE,
    PAUSED,
    PAYMENT_FAILED,
    day_of_month,
    move_month_ends,
    years_after,
)
from revkit.synth.simulate.customers.trials import trial_rows
from revkit.synth.simulate.deals import NEW, RENEWAL, Deals, list_price, net_price
from revkit.synth.simulate.world import World


@dataclass(frozen=True)
class Ledger:
    """Price regimes of a chunk, and the deals that came with them.

    ``rows`` are the regimes that are paid, ``unpaid`` those of a pause or a trial. ``risks``
    hold, for each customer and month: the ``account``, the ``month``, the ``hazard`` of leaving
    and whether it ``left``.
    """

    rows: dict[str, Numbers]
    unpaid: dict[str, Numbers]
    deals: Deals
    risks: dict[str, Numbers]


def draw_hazard_limits(streams: Streams, size: int) -> Numbers:
    """Draw the cumulative hazard at which each customer churns, for each of its stays."""
    return streams.exponential("subscriptions.life", MOST_STAYS, size)


class CustomerSimulation(ContractChanges):
    """Customers of a chunk, simulated one month at a time."""

    def __init__(
        self, world: World, chunk: int, accounts: Accounts, deals: Deals, seats: Numbers
    ) -> None:
        super().__init__(world, chunk, accounts, world.streams(chunk), seats)
        segments = list(world.scenario.segments.values())
        per_segment = {
            name: np.array([getattr(spec, name) for spec in segments])[accounts.segment]
            for name in ("churn_year", "monthly_contracts", "multi_year", "expansion")
        }
        health = world.scenario.health
        shift = world.intercepts["churn"][accounts.segment] + health.churn * accounts.health
        self.base = -np.log1p(-per_segment["churn_year"]) / 12 * np.exp(shift)
        self.growth = per_segment["expansion"] * self.health
        self.limit = draw_hazard_limits(self.streams, self.size)
        self.annual = (
            self.streams.uniform("subscriptions.interval", self.size)
            >= per_segment["monthly_contracts"]
        )
        longer = self.streams.uniform("subscriptions.years", self.size) < per_segment["multi_year"]
        self.state.years[longer & self.annual] = world.scenario.contracts.multi_years
        self.upper = np.array(
            [max(place for place, share in enumerate(spec.products) if share) for spec in segments]
        )[accounts.segment]
        self.first = self.first_contracts(deals)
        self.won = deals
        self.starts = self.first_days()
        self.risks: list[dict[str, Numbers]] = []

    def first_contracts(self, deals: Deals) -> Numbers:
        """Return the index of the deal that made each account a customer; -1 for none."""
        first = np.full(self.size, -1)
        rows = np.flatnonzero(deals.won)
        first[deals.account[rows]] = rows
        return first

    def first_days(self) -> Numbers:
        """Return the day each account's first contract begins."""
        terms = self.world.scenario.contracts
        wait = self.streams.uniform("subscriptions.wait", self.size)
        wait = terms.start_days[0] + terms.start_days[1] * wait
        wait = (wait * np.where(self.annual, 1.0, terms.monthly_start)).astype(np.int64)
        closed = np.r_[self.won.closes, NEVER][self.first]
        return move_month_ends(np.where(closed < NEVER, closed + wait, NEVER))

    def run(self) -> Ledger:
        """Simulate all months and return the ledger."""
        self.advance(range(len(self.world.month_starts) - 1))
        everybody = np.arange(self.size)
        for line in self.lines:
            line.end(everybody, NEVER, self.state)
        parts = [row for line in self.lines for row in line.rows]
        rows = {name: np.concatenate([row[name] for row in parts]) for name in parts[0]}
        paid = rows["status"] != PAUSED
        trials = trial_rows(self.world, self.won, self.starts, self.annual)
        return Ledger(
            {name: values[paid] for name, values in rows.items()},
            {name: np.r_[values[~paid], trials[name]] for name, values in rows.items()},
            Deals.joined([self.won, self.sales.deals()]),
            {name: np.concatenate([part[name] for part in self.risks]) for name in self.risks[0]},
        )

    def advance(self, months: range) -> None:
        """Simulate some months, which follow those simulated before."""
        starts = self.starts
        starting = np.where(starts < NEVER, self.world.month(starts), -1)
        for month in months:
            runs = (self.main.since < NEVER) & (self.main.status != PAUSED)
            self.resume(month)
            self.simulate_month(month, np.flatnonzero(runs))
            self.reactivate(month)
            new = np.flatnonzero(starting == month)
            deal = self.first[new]
            product, discount = self.won.product[deal], self.won.discount[deal]
            listed = list_price(self.world, product, self.won.opened[deal])
            price = net_price(listed, discount)
            self.begin(
                month, new, starts[new], product, self.won.seats[deal], discount, price, listed
            )

    def fork(self, streams: Streams) -> CustomerSimulation:
        """Copy the customers in their current state, with other draws from now on.

        The limit of the hazard is exponential, so what is left of it is as long as a fresh one.
        """
        other = copy(self)
        other.state, other.lines = deepcopy((self.state, self.lines))
        other.streams, other.limit = streams, draw_hazard_limits(streams, self.size)
        other.state.hazard[:] = 0
        other.sales, other.risks = replace(self.sales, streams=streams, rows=[]), []
        return other

    def begin(
        self,
        month: int,
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
        state.born[who] = line.since[who] = day
        state.month[who], state.day[who] = month, day_of_month(day)
        state.annual[who] = self.annual[who]
        state.term[who] = np.where(self.annual[who], years_after(day, state.years[who]), NEVER)
        state.hazard[who] = 0
        line.product[who], line.seats[who], line.discount[who] = product, seats, discount
        line.price[who], line.listed[who], line.status[who] = price, listed, ACTIVE

    def simulate_month(self, month: int, who: Numbers) -> None:
        """Simulate one month of the customers, with at most one change for each."""
        state, world, spec = self.state, self.world, self.world.scenario.customers
        first = int(world.month_starts[month])
        day, tenure = first + state.day[who] - 1, month - state.month[who]
        year_ends, annual = (tenure > 0) & (tenure % 12 == 0), state.annual[who]
        due = year_ends & (tenure % (12 * state.years[who]) == 0)
        shape = self.hazard_shape(annual, due, tenure)
        cause = {
            "segment": self.accounts.segment[who], "industry": self.accounts.industry[who],
            "cohort_from": state.born[who],
        }  # fmt: skip
        hazard = self.base[who] * shape * world.effects.factor("churn", first, **cause)
        state.hazard[who] += hazard
        left = state.hazard[who] >= self.limit[np.minimum(state.stay[who], MOST_STAYS - 1), who]
        self.risks.append(
            {"account": who, "month": np.full(len(who), month), "hazard": hazard, "left": left}
        )
        self.leave(month, who[left], day[left], due[left])

        growth = self.growth[who] * world.effects.factor("expansion", first, **cause)
        renews = due & annual & ~left
        self.renew(month, who[renews], day[renews], growth[renews])
        rises = due & ~annual & ~left
        rises[rises] = self.draw("legacy", month, who[rises]) < world.scenario.contracts.repriced
        self.reprice(who[rises], day[rises])
        steps = year_ends & ~due & ~left
        self.step(who[steps], day[steps])
        pauses = ~annual & ~left & ~rises & (tenure >= spec.settled_after)
        pauses[pauses] = self.draw("pause", month, who[pauses]) < spec.pause
        self.pause(month, who[pauses], day[pauses])

        rest = ~left & ~renews & ~rises & ~steps & ~pauses & (tenure >= spec.settled_after)
        who, growth, annual = who[rest], growth[rest], annual[rest]
        fewer = 1 / self.health[who]
        chance = np.cumsum(
            [
                spec.more_seats * growth,
                spec.better_plan * growth * (self.main.product[who] < self.upper[who]),
                spec.add_on * growth * ~self.extra.runs(who),
                np.where(annual, 0.0, spec.fewer_seats * fewer),
                spec.more_seats * spec.refused_offers * fewer,
            ],
            axis=0,
        )
        kind = (self.draw("more", month, who) >= chance).sum(axis=0)
        happens = (self.grow, self.upgrade, self.add_on, self.shrink, self.decline_offer)
        for place, change in enumerate(happens):
            chosen = who[kind == place]
            days = first + (28 * self.draw("day", month, chosen)).astype(np.int64)
            change(month, chosen, days)

    def hazard_shape(self, annual: Numbers, due: Numbers, tenure: Numbers) -> Numbers:
        """Return the factor on each contract's hazard in a month of its tenure."""
        terms = self.world.scenario.contracts
        return np.where(
            annual,
            np.where(due, terms.due_hazard, terms.running_hazard),
            np.where(tenure <= terms.early_months, terms.early_hazard, terms.later_hazard),
        )

    def leave(self, month: int, who: Numbers, day: Numbers, due: Numbers) -> None:
        """End the contracts of some accounts, after notice or for failed payment."""
        state, annual = self.state, self.state.annual[who]
        failed = self.draw("failed", month, who) < self.world.scenario.customers.payment_failed
        failed &= ~annual
        shares = np.array([*CHURN_REASONS.values()])
        reason = choose(self.draw("reason", month, who), shares)
        reason = np.where(failed, PAYMENT_FAILED, reason)
        ahead = self.draw("request", month, who)
        terms = self.world.scenario.contracts
        yearly, monthly = terms.annual_notice_days, terms.monthly_notice_days
        notice = np.where(annual, yearly[0] + yearly[1] * ahead, monthly[0] + monthly[1] * ahead)
        asked = day - notice.astype(np.int64)
        lost = due & annual
        worth = 12 * self.mrr(who)
        self.sales.record(
            self.state, month, RENEWAL, who[lost], asked[lost], worth[lost], self.main, won=False
        )
        latest = np.max(
            [np.where(line.runs(who), line.since[who], -1) for line in self.lines], axis=0
        )
        grace = day - terms.grace_days
        for line in self.lines:
            late = failed & (line.since[who] < grace)
            line.end(who[late], grace[late], state)
            line.since[who[late]], line.status[who[late]] = grace[late], PAST_DUE
            request = np.where(failed, NEVER, np.maximum(asked, latest + 1))
            line.end(who, day, state, requested=request, reason=reason)
            line.status[who] = ACTIVE
        state.left[who] = day
        state.contract[who] += 1
        state.renewed[who] = 0
        state.stay[who] += 1
        state.term[who] = NEVER

    def pause(self, month: int, who: Numbers, day: Numbers) -> None:
        """Pause the contracts of some accounts on a day they would be billed, for some months."""
        for line in self.lines:
            line.change(who, day, self.state)
            line.status[who] = PAUSED
        least, more = self.world.scenario.customers.pause_months
        months = least + (1 + more - least) * self.draw("pause_months", month, who)
        self.state.resumes[who] = month + months.astype(np.int64)

    def resume(self, month: int) -> None:
        """Go on with the contracts whose pause is over, on a day they are billed."""
        state = self.state
        who = np.flatnonzero(state.resumes == month)
        day = int(self.world.month_starts[month]) + state.day[who] - 1
        for line in self.lines:
            line.change(who, day, state)
            line.status[who] = ACTIVE
        state.resumes[who] = NEVER

    def reactivate(self, month: int) -> None:
        """Start new contracts with some of the customers who left."""
        first, state, line = int(self.world.month_starts[month]), self.state, self.main
        spec = self.world.scenario.customers
        soonest, latest = spec.return_after_days
        who = np.flatnonzero(state.left < first - soonest)
        who = who[
            (state.left[who] >= first - latest) & (state.stay[who] < MOST_STAYS) & ~line.runs(who)
        ]
        chance = spec.return_ * self.health[who]
        who = who[self.draw("return", month, who) < chance]
        day = first + (27 * self.draw("day", month, who)).astype(np.int64) + 1
        listed = list_price(self.world, line.product[who], day)
        seats = np.maximum(np.rint(spec.return_seats * line.seats[who]), 2).astype(np.int64)
        discount = np.full(len(who), spec.return_discount)
        price = net_price(listed, discount)
        self.begin(month, who, day, line.product[who], seats, discount, price, listed)
        self.sales.record(self.state, month, NEW, who, day, 12 * line.mrr(who), line, won=True)
