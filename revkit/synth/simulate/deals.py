"""Deals: opening, outcome, cycle, price and discount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.ids import scramble
from revkit.synth.kernel.random_streams import Numbers, Slots, chance, choose, in_order
from revkit.synth.kernel.text import Ids
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.leads import LEADS, Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.working_days import next_working_day, some_working_day, weekday
from revkit.synth.simulate.world import DAY, World

APPROACHES = 4
"""Most approaches by sales to an account."""

ATTEMPTS = LEADS + APPROACHES
SLOTS = 1024
"""Deals an account can have: its attempts to buy first, then some for each month."""

LAST_DAYS = 10
"""Days of a quarter's end over which hurried deals spread."""

KINDS = ("new", "expansion", "renewal")
NEW, EXPANSION, RENEWAL = range(3)


@dataclass(frozen=True)
class Deals:
    """Deals of a chunk, one per position.

    ``account`` is the account's position, ``slot`` the deal's place among those it could have,
    ``lead`` the position of its lead or -1; days are whole, money is in cents. ``chance`` is the
    true one of winning, NaN where nothing was left to chance; ``dropped`` deals were on their
    way to being won when whoever had them left. ``idle`` is how many days nobody worked at the
    deal, in one go, 0 for most.
    """

    account: Numbers
    slot: Numbers
    kind: Numbers
    lead: Numbers
    opened: Numbers
    closes: Numbers
    won: Numbers
    amount: Numbers
    product: Numbers
    discount: Numbers
    seats: Numbers
    seat: Numbers
    chance: Numbers
    dropped: Numbers
    idle: Numbers
    chunk: int

    def __len__(self) -> int:
        return len(self.account)

    def take(self, rows: Numbers) -> Deals:
        """Select some of the deals."""
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "chunk"}
        return replace(self, **arrays)

    @staticmethod
    def joined(parts: Sequence[Deals]) -> Deals:
        """Concatenate deals."""
        names = [f.name for f in fields(Deals) if f.name != "chunk"]
        arrays = {name: np.concatenate([getattr(p, name) for p in parts]) for name in names}
        return Deals(**arrays, chunk=parts[0].chunk)

    @cached_property
    def number(self) -> Numbers:
        """Number of each deal, the same whatever else happens."""
        return self.account * SLOTS + self.slot

    @cached_property
    def ids(self) -> Ids:
        """Ids (opportunity_id) of the deals."""
        return Ids("O", 8, scramble(self.number, 25) + (self.chunk << 25))

    def slots(self, world: World) -> Slots:
        """Return the draws of each deal."""
        return Slots(world.streams(self.chunk), self.number)

    @cached_property
    def closes_at(self) -> Numbers:
        """Moment each deal closes, late in the afternoon."""
        seconds = 17 * 3600 + scramble(self.number, 25) % 5400
        return np.asarray(self.closes * DAY + seconds)

    def of_lead(self, leads: int) -> Numbers:
        """Return the position of the deal that each lead became, -1 for none."""
        found = np.full(leads, -1)
        rows = np.flatnonzero(self.lead >= 0)
        found[self.lead[rows]] = rows
        return found

    def bought(self, accounts: int) -> Numbers:
        """Return the day each account first bought."""
        days = np.full(accounts, NEVER)
        first = self.won & (self.kind == NEW)
        np.minimum.at(days, self.account[first], self.closes[first])
        return days


def list_price(world: World, product: Numbers, day: Numbers) -> Numbers:
    """Return the list price of a seat for a month, in cents."""
    return np.asarray(world.list_prices[product, world.place(day)])


def net_price(price: Numbers, discount: Numbers) -> Numbers:
    """Subtract a discount from a price in cents."""
    return np.asarray(np.rint(price * (1 - discount)).astype(np.int64))


def draw_close_day(world: World, opened: Numbers, days: Numbers, draws: Slots) -> Numbers:
    """Return the day each deal closes.

    Some are moved to the last working day of their month, of those of a quarter's second half some
    to its last days, and a few to a Saturday.
    """
    calendar = world.scenario.calendar
    closes = np.maximum(some_working_day(opened + np.maximum(days, 1).astype(np.int64)), opened + 1)
    ends = world.month_end(closes)
    late = draws.uniform("opportunities.month_end") < calendar.month_end
    closes = np.where(late & (ends > opened), ends, closes)
    ends = world.quarter_end(closes)
    hurried = draws.uniform("opportunities.quarter_end") < calendar.quarter_end
    hurried &= ends - closes <= calendar.quarter_end_pull
    before = LAST_DAYS * draws.uniform("opportunities.last_days")
    last = next_working_day(np.maximum(ends - before.astype(np.int64), opened + 1))
    closes = np.where(hurried, np.maximum(np.minimum(last, ends), opened + 1), closes)
    saturday = closes + 5 - weekday(closes)
    relaxed = draws.uniform("opportunities.weekend") < calendar.weekend
    return np.where(relaxed, np.maximum(saturday, closes), closes)


def new_deals(world: World, chunk: int, accounts: Accounts, leads: Leads, roster: Roster) -> Deals:
    """Draw the deals for a first purchase, one at a time for each account.

    Every attempt has its outcome drawn beforehand; which attempts happen follows from those
    before it: none while a deal is open, none once one is won.
    """
    approached, wanted = draw_approaches(
        world, chunk, accounts, accounts.arrival + world.scenario.deals.approach_after_days
    )
    account, slot, day, lead = list_attempts(world, leads, approached, wanted)
    draws = Slots(world.streams(chunk), account * SLOTS + slot)
    deals = draw_outcomes(world, chunk, accounts, leads, roster, account, slot, day, lead, draws)
    return deals.take(sequential_attempts(world, deals))


def draw_approaches(
    world: World, chunk: int, accounts: Accounts, since: Numbers
) -> tuple[Numbers, Numbers]:
    """Draw the days on which sales could approach each account, and whether it does."""
    shape, streams = (len(accounts), APPROACHES), world.streams(chunk)
    gaps = world.scenario.deals.approach_days * streams.exponential(
        "opportunities.approach", *shape
    )
    outbound = np.array([spec.outbound for spec in world.scenario.segments.values()])
    wanted = outbound[accounts.segment]
    shown = streams.uniform("opportunities.wanted", *shape) < (wanted / 2)[:, None]
    approached = since[:, None] + np.cumsum(gaps, axis=1).astype(np.int64)
    return approached, shown & world.thin(
        approached, streams.uniform("opportunities.season", *shape)
    )


def list_attempts(
    world: World, leads: Leads, approached: Numbers, wanted: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """List the possible deals from leads and approaches: account, slot, day and lead, in order."""
    approached = some_working_day(approached)
    wanted = wanted & (approached < world.until)
    inbound = np.flatnonzero(leads.opportunity < world.until * DAY)
    outbound, place = np.nonzero(wanted)
    account = np.r_[leads.account[inbound], outbound]
    slot = np.r_[leads.slot[inbound], LEADS + place]
    day = np.r_[leads.opportunity[inbound] // DAY, approached[wanted]]
    lead = np.r_[inbound, np.full(len(outbound), -1)]
    order = in_order(account, day, slot)
    return account[order], slot[order], day[order], lead[order]


def draw_outcomes(
    world: World,
    chunk: int,
    accounts: Accounts,
    leads: Leads,
    roster: Roster,
    account: Numbers,
    slot: Numbers,
    day: Numbers,
    lead: Numbers,
    draws: Slots,
) -> Deals:
    """Draw the outcome of each attempt, should it happen."""
    scenario, terms = world.scenario, world.scenario.deals
    specs = list(scenario.segments.values())
    segment = accounts.segment[account]
    seat = roster.seat_of(
        roster.team("AE", segment), accounts.region[account], day, accounts.territory[account]
    )
    person = roster.holder(seat, day)
    buyer = {"segment": segment, "industry": accounts.industry[account]}
    quality = np.array([spec.quality for spec in scenario.channels.values()])
    channel = np.append(leads.channel, -1)[lead]
    odds = chance(
        np.array([spec.win for spec in specs])[segment],
        world.intercepts["win"][segment],
        scenario.health.win * accounts.health[account],
        roster.skill[person],
        np.log(roster.ramp(person, day)),
        np.where(
            lead >= 0,
            terms.inbound_odds + terms.channel_quality * quality[channel],
            -terms.inbound_odds,
        ),
        np.log(world.effects.factor("win", day, channel=channel, **buyer)),
    )
    idle = draw_idle_days(world, draws, segment, np.log(world.effects.factor("idle", day, **buyer)))
    odds = chance(odds, np.where(idle > 0, terms.idle_odds, 0.0))
    outcome = draws.uniform("opportunities.is_won")
    won = outcome < odds
    reached = stage_reached(world, draws)
    median = np.array([spec.cycle_days for spec in specs])[segment]
    pace = np.where(won, 1.0, np.array(terms.lost_length)[reached])
    spread = np.exp(terms.cycle_spread * draws.normal("opportunities.cycle"))
    length = median * pace * np.minimum(spread, terms.longest_cycle)
    length = length * world.effects.factor("cycle", day, **buyer)
    closes = draw_close_day(world, day, length + idle, draws)
    dropped = won & (closes >= roster.departure[person])
    dropped &= outcome >= chance(odds, np.log(roster.open_deal_odds[person]))
    won &= ~dropped

    seats = np.array([spec.seats for spec in specs])[segment]
    seats = np.rint(seats * np.exp(terms.seats_spread * draws.normal("opportunities.seats")))
    seats = np.clip(seats, terms.fewest_seats, accounts.employees[account]).astype(np.int64)
    edges = np.cumsum([spec.products for spec in specs], axis=1)[segment]
    product = (draws.uniform("opportunities.product_id")[:, None] >= edges).sum(axis=1)
    mean = np.array([spec.discount for spec in specs])[segment]
    mean = mean * world.effects.factor("discount", day, **buyer)
    discount = -terms.discount_scale * mean * np.log(1 - draws.uniform("opportunities.discount"))
    steps = terms.discount_steps
    discount = np.minimum(np.floor(discount * steps) / steps, terms.largest_discount)
    price = net_price(list_price(world, product, day), discount)
    amount = 12 * seats * price
    typed = draws.uniform("opportunities.round") < terms.round_amounts
    amount = np.where(typed, rounded(amount), amount)
    return Deals(
        account=account, slot=slot, kind=np.full(len(account), NEW), lead=lead, opened=day,
        closes=closes, won=won, amount=amount, product=product, discount=discount,
        seats=seats, seat=seat, chance=odds, dropped=dropped,
        idle=np.minimum(idle, closes - day), chunk=chunk,
    )  # fmt: skip


def draw_idle_days(world: World, draws: Slots, segment: Numbers, log_odds: Numbers) -> Numbers:
    """Draw the days that nobody works at each deal, 0 for most."""
    terms = world.scenario.deals
    median = np.array([spec.cycle_days for spec in world.scenario.segments.values()])[segment]
    left = draws.uniform("opportunities.left_idle") < chance(terms.left_idle, log_odds)
    more = -np.log(1 - draws.uniform("opportunities.idle"))
    days = terms.idle_least_days + terms.idle_cycles * median * more
    return np.where(left, days, 0.0).astype(np.int64)


def rounded(cents: Numbers) -> Numbers:
    """Round an amount to full hundreds of the currency, as people type it."""
    return np.asarray(np.maximum(np.rint(cents / 10_000), 1).astype(np.int64) * 10_000)


def retry_day(world: World, won: Numbers, closes: Numbers) -> Numbers:
    """Return the day from which sales may try an account again; never once it has bought."""
    return np.where(won, NEVER, closes + world.scenario.deals.retry_after_days)


def stage_reached(world: World, draws: Slots) -> Numbers:
    """Draw the stage at which each deal would be lost."""
    return choose(draws.uniform("opportunities.stage"), np.array(world.scenario.deals.lost_at))


def sequential_attempts(world: World, deals: Deals) -> Numbers:
    """Select the attempts that happen when each must wait for the one before to close.

    They come sorted by account and day.
    """
    account, day = deals.account, deals.opened
    fresh = np.append(True, account[1:] != account[:-1])[: len(account)]
    first = np.flatnonzero(fresh)
    holder = np.cumsum(fresh) - 1
    turn = np.arange(len(account)) - first[holder]
    free, happens = np.zeros(len(first), np.int64), np.zeros(len(account), bool)
    by_turn = np.argsort(turn, kind="stable")
    for turn_attempts in np.split(by_turn, np.cumsum(np.bincount(turn))[:-1]):
        goes = turn_attempts[day[turn_attempts] >= free[holder[turn_attempts]]]
        happens[goes] = True
        free[holder[goes]] = retry_day(world, deals.won[goes], deals.closes[goes])
    return np.flatnonzero(happens)
