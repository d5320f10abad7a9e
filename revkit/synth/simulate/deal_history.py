"""History of each deal as sales records it: stages, pushes, quotes, owners, the close."""

from __future__ import annotations

from typing import Any

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers, Slots, chance, in_order
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.deals import EXPANSION, NEW, Deals, stage_reached
from revkit.synth.simulate.reopened import closed_meanwhile
from revkit.synth.simulate.reps import HOLDERS, Roster
from revkit.synth.simulate.working_days import (
    next_working_day,
    previous_working_day,
    some_working_day,
)
from revkit.synth.simulate.world import World

PROPOSAL, NEGOTIATION, WON, LOST = range(2, 6)
FORECAST = ("pipeline", "best_case", "commit", "omitted")
LEAD_STAGES = ("lead", "MQL", "SQL", "opportunity", "customer")
TICK = 2.0**-16
"""Smallest difference in days between two changes: about a second."""

STEP = 2.0**-9
"""Days between two changes of a deal that one after another are made at one sitting: minutes."""

GOLDEN = 0.618034
"""Part of a day by which the handovers of one person's deals come later than those of another's."""

PUSHES = 8
KEPT, NO_AMOUNT = -1, 0
"""Values of a field that a change leaves as it was, and of an amount that is not known."""

QUARTER_BEGINS = 80
"""Days before a quarter's end that belong to its beginning."""

PASSED_ON = (0.2, 0.6)
"""Share of a deal's length after which it may get another owner: the least, and what is beyond."""

LATEST = 4
"""Days after its day by which a close is entered at the latest, or the next working day."""

OPENING, CLOSING, REOPENING, LATER = 0.15, 0.96, 0.3, 0.05
"""Fractions of a day: before which deals open, at which they close and are reopened; and after."""

FIELDS = ("stage", "amount", "expected", "forecast", "person")


class Changes:
    """Changes of deals: when, and the new values of some fields."""

    def __init__(self) -> None:
        self.parts: list[dict[str, Numbers]] = []

    def add(self, deal: Numbers, when: Numbers, **values: Any) -> None:
        """Add changes of some deals; a field that is not named keeps its value."""
        part = {"deal": deal, "when": when}
        part |= {name: np.full(len(deal), KEPT) for name in FIELDS}
        part |= {name: np.broadcast_to(value, deal.shape) for name, value in values.items()}
        self.parts.append(part)

    def postpone(self, begin: Numbers, end: Numbers) -> None:
        """Move what happens to each deal between two moments to just after the second.

        The day it was expected to close then, and its owner, are not kept.
        """
        for place, part in enumerate(self.parts):
            later = end[part["deal"]] + LATER + STEP * place
            within = (part["when"] >= begin[part["deal"]]) & (part["when"] <= later)
            part["when"] = np.where(within, later, part["when"])
            for name in ("expected", "person"):
                part[name] = np.where(within, KEPT, part[name])
            changed = ~within | np.any([part[name] != KEPT for name in FIELDS], axis=0)
            self.parts[place] = {name: values[changed] for name, values in part.items()}

    def rows(self, until: float) -> dict[str, Numbers]:
        """List every change before a day, in order, each with all fields after it."""
        all_ = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        all_["when"] = np.rint(all_["when"] / TICK).astype(np.int64)
        order = in_order(all_["deal"], all_["when"])
        all_["when"] = all_["when"] * TICK
        order = order[all_["when"][order] < until]
        rows = {name: values[order] for name, values in all_.items()}
        place = np.arange(len(order))
        for name in FIELDS:
            known = np.maximum.accumulate(np.where(rows[name] >= 0, place, 0))
            rows[name] = rows[name][known]
        first = np.r_[True, rows["deal"][1:] != rows["deal"][:-1]] if len(order) else place > 0
        rows["seq"] = place - np.maximum.accumulate(np.where(first, place, 0)) + 1
        return rows


def history(world: World, deals: Deals, roster: Roster, accounts: Accounts) -> dict[str, Numbers]:
    """List every change of every deal up to the last day: deal, when, seq and the fields."""
    draws, every = deals.slots(world), np.arange(len(deals))
    habits, opened, closes = world.scenario.pipeline, deals.opened, deals.closes
    begins = opened + OPENING * draws.uniform("opportunity_history.begin")
    length = closes + CLOSING - begins
    changes = Changes()

    first = np.select([deals.kind == NEW, deals.kind == EXPANSION], [0, 1], PROPOSAL)
    last = np.where(
        deals.won | deals.dropped, NEGOTIATION, np.maximum(stage_reached(world, draws), first)
    )
    buyer = {"segment": accounts.segment[deals.account],
             "industry": accounts.industry[deals.account]}  # fmt: skip
    says = chance(habits.says_commit, np.log(world.effects.factor("commit", opened, **buyer)))
    confident = draws.uniform("opportunity_history.forecast") < says
    guess = deals.amount * np.exp(
        habits.estimate_bias + habits.estimate_spread * draws.normal("opportunity_history.amount")
    )
    quote = deals.amount * np.where(
        draws.uniform("opportunity_history.quoted") < habits.quote_exact, 1.0,
        np.exp(habits.quote_bias + habits.quote_spread * draws.normal("opportunity_history.quote")),
    )  # fmt: skip
    guess, quote = whole(np.where(first < PROPOSAL, guess, quote)), whole(quote)
    cycle = np.array([spec.cycle_days for spec in world.scenario.segments.values()])
    hoped = cycle[accounts.segment[deals.account]] * habits.hoped_cycle
    hoped = np.where(deals.kind == NEW, hoped, habits.hoped_expansion_days)
    hoped = hoped * np.exp(habits.hoped_spread * draws.normal("opportunity_history.expected"))
    hoped = hoped * world.effects.factor("expected_close", opened, **buyer)
    expected = opened + np.maximum(hoped, habits.hoped_least_days).astype(np.int64)
    quarterly = draws.uniform("opportunity_history.quarter") < habits.hoped_quarter_end
    expected = np.where(quarterly, world.quarter_end(expected), world.month_end(expected))
    renewed = np.maximum(closes, opened + habits.hoped_renewal_days)
    expected = np.where(deals.kind > EXPANSION, renewed, expected)
    person = roster.holder(deals.seat, opened)

    def forecast(stage: Numbers, deal: Numbers = every) -> Numbers:
        sure = confident[deal]
        return np.select(
            [stage < PROPOSAL, stage == PROPOSAL, sure], [0, np.where(sure, 1, 0), 2], 1
        )

    unknown = (draws.uniform("opportunity_history.no_amount") < habits.no_amount) & (
        first < PROPOSAL
    )
    changes.add(
        every, begins, stage=first, amount=np.where(unknown, NO_AMOUNT, guess), expected=expected,
        forecast=forecast(first), person=person,
    )  # fmt: skip
    entered, before = [], begins
    for stage in range(1, NEGOTIATION + 1):
        goes = np.flatnonzero((stage > first) & (stage <= last))
        later = draws.uniform(f"opportunity_history.{stage}")
        share = habits.stages_entered[stage] + habits.stages_spread * later
        values = {"amount": quote[goes]} if stage == PROPOSAL else {}
        at = before = np.maximum(at_work(begins + share * length), before + STEP)
        entered.append((stage, np.where((stage > first) & (stage <= last), at, np.inf)))
        changes.add(
            goes, at[goes], stage=stage,
            forecast=forecast(np.full(len(every), stage))[goes], **values,
        )  # fmt: skip

    until = np.minimum(closes, world.end)
    shut, again = closed_meanwhile(world, deals)
    lost = np.flatnonzero(shut < NEVER)
    push(world, changes, draws, every, expected, np.minimum(until, shut))
    other, passed = change_owners(world, changes, deals, roster, draws, begins, person, until)
    price = np.where(deals.won, deals.amount, KEPT)
    seat = np.where(passed < until, other, deals.seat)
    entered_at = entered_on(world, deals, roster, seat, draws)
    changes.add(
        every, entered_at, stage=np.where(deals.won, WON, LOST), amount=price, expected=closes,
        forecast=np.where(deals.won, 2, 3),
    )  # fmt: skip
    shut = shut + CLOSING * (0.5 + 0.5 * draws.uniform("opportunity_history.shut_at"))
    again = again + REOPENING * (0.5 + draws.uniform("opportunity_history.reopened_at"))
    reached = np.max([np.where(at < shut, stage, first) for stage, at in entered], axis=0)[lost]
    seat = np.where(passed < again + LATER, other, deals.seat)[lost]
    changes.postpone(shut, again)
    changes.add(lost, shut[lost], stage=LOST, forecast=3, expected=shut[lost].astype(np.int64))
    expected = world.month_end((again[lost] + habits.push_days[0]).astype(np.int64))
    changes.add(
        lost,
        again[lost],
        stage=reached,
        person=roster.holder(seat, again[lost].astype(np.int64)),
        forecast=forecast(reached, lost),
        expected=expected,
    )
    push(world, changes, draws[lost], lost, expected, until[lost])
    return changes.rows(world.end)


def at_work(when: Numbers) -> Numbers:
    """Move what falls on weekends and holidays to the working day before."""
    day = np.floor(when).astype(np.int64)
    return np.asarray(when - (day - previous_working_day(day)))


def entered_on(world: World, deals: Deals, roster: Roster, seat: Numbers, draws: Slots) -> Numbers:
    """Return the moment at which each close is entered: some working days later for a few.

    Who does it late still holds the deal then, and does it by the last day known, so that what is
    closed on it is known.
    """
    late = draws.uniform("opportunity_history.late") < world.scenario.pipeline.entered_late
    days = 1 + (LATEST * draws.uniform("opportunity_history.days_late")).astype(np.int64)
    entered = next_working_day(deals.closes + days)
    late &= (entered < world.end) & (
        roster.holder(seat, entered) == roster.holder(seat, deals.closes)
    )
    hour = 0.2 + 0.7 * draws.uniform("opportunity_history.late_at")
    return np.where(late, entered + hour, deals.closes + CLOSING)


def push(
    world: World, changes: Changes, draws: Slots, deal: Numbers, expected: Numbers, until: Numbers
) -> None:
    """Push the expected day of deals that it finds open, until a moment of each."""
    habits, late = world.scenario.pipeline, np.arange(len(deal))
    for place in range(PUSHES):
        due = next_working_day(expected + 1)
        over = due < until[late]
        late, due = late[over], due[over]
        when = push_day(world, draws[late], due, place)
        over = when < until[late]
        late, when = late[over], when[over]
        further = draws[late].uniform(f"opportunity_history.further.{place}")
        further = habits.push_days[0] + habits.push_days[1] * further
        further += 60 * (place == PUSHES - 1)
        expected = world.month_end((when + further).astype(np.int64))
        if place == PUSHES - 1:
            expected = np.maximum(expected, world.end + 30)
        when = when + 0.6 * draws[late].uniform(f"opportunity_history.push.{place}")
        changes.add(deal[late], when, expected=expected)


def change_owners(
    world: World,
    changes: Changes,
    deals: Deals,
    roster: Roster,
    draws: Slots,
    begins: Numbers,
    person: Numbers,
    until: Numbers,
) -> tuple[Numbers, Numbers]:
    """Hand deals over where their owner leaves, and some to another seat on the way.

    Returns the other seat and the moment it takes over, infinite for most.
    """
    length = deals.closes + CLOSING - begins
    passed = draws.uniform("opportunity_history.passed_on")
    passed = begins + (PASSED_ON[0] + PASSED_ON[1] * passed) * length
    other, moved = next_owner(world, deals, roster, draws, np.floor(passed).astype(np.int64))
    passed = np.where(moved, passed, np.inf)
    hand_over(changes, roster, np.arange(len(deals)), person, np.minimum(passed, until))
    some = np.flatnonzero(moved)
    person = roster.holder(other[some], np.floor(passed[some]).astype(np.int64))
    changes.add(some, passed[some], person=person)
    hand_over(changes, roster, some, person, until[some])
    return other, passed


def next_owner(
    world: World, deals: Deals, roster: Roster, draws: Slots, day: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the seat that takes over each deal on a day, and whether one does."""
    moved = draws.uniform("opportunity_history.moved") < world.scenario.pipeline.passed_on
    other = roster.other_seat(deals.seat, day, draws.uniform("opportunity_history.other"))
    return other, moved & ~deals.dropped & (day < deals.closes)


def hand_over(
    changes: Changes, roster: Roster, deal: Numbers, person: Numbers, until: Numbers
) -> None:
    """Hand deals over to the next holder of the seat whenever somebody leaves by a moment."""
    gone, person = np.arange(len(deal)), person.copy()
    for _ in range(HOLDERS - 1):
        gone = gone[roster.leaves[person[gone]] <= until[gone]]
        day = roster.leaves[person[gone]]
        hour = 0.02 + 0.5 * (roster.number[person[gone]] * GOLDEN % 1)
        person[gone] += 1
        changes.add(deal[gone], day + hour, person=person[gone])


def push_day(world: World, draws: Slots, due: Numbers, push: int) -> Numbers:
    """Draw the day on which each overdue deal is pushed, from the day it is due.

    Some wait for the first days after the quarter, unless they are due at a quarter's beginning.
    """
    habits = world.scenario.pipeline
    wait = -habits.push_wait_days * np.log(1 - draws.uniform(f"opportunity_history.wait.{push}"))
    soon = some_working_day(due + wait.astype(np.int64))
    ends = world.quarter_end(due)
    waits = draws.uniform(f"opportunity_history.review.{push}") < habits.push_at_quarter_end
    review = next_working_day(
        ends + 1 + (3 * draws.uniform(f"opportunity_history.day.{push}")).astype(np.int64)
    )
    return np.where(waits & (ends - due < QUARTER_BEGINS), review, soon)


def whole(cents: Numbers) -> Numbers:
    """Round cents to full tens of the currency, one at least."""
    return np.maximum(np.rint(cents / 1000), 1).astype(np.int64) * 1000
