"""History of each deal as sales records it: stages, pushes, quotes, owners, the close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.synth.kernel.random_streams import Numbers, chance, in_order
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.deals import EXPANSION, NEW, Deals, stage_reached
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import World, next_working_day

if TYPE_CHECKING:
    pass

STAGES = {
    "Qualification": 0.10, "Discovery": 0.20, "Proposal": 0.40, "Negotiation": 0.65,
    "Closed Won": 1.0, "Closed Lost": 0.0,
}  # fmt: skip
PROPOSAL, NEGOTIATION, WON, LOST = range(2, 6)
FORECAST = ("pipeline", "best_case", "commit", "omitted")
LEAD_STAGES = ("lead", "MQL", "SQL", "opportunity", "customer")
TICK = 2.0**-16
"""Smallest difference in days between two changes: about a second."""

PUSHES = 8
HANDOVERS = 4
OPENING, CLOSING = 0.15, 0.96
"""Fraction of a day before which deals are opened, and that at which they close."""

FIELDS = ("stage", "amount", "expected", "forecast", "person")


class Changes:
    """Changes of deals: when, and the new values of some fields."""

    def __init__(self) -> None:
        self.parts: list[dict[str, Numbers]] = []

    def add(self, deal: Numbers, when: Numbers, **values: Any) -> None:
        """Add changes of some deals; a field that is not named keeps its value."""
        part = {"deal": deal, "when": when}
        part |= {name: np.full(len(deal), -1) for name in FIELDS}
        part |= {name: np.broadcast_to(value, deal.shape) for name, value in values.items()}
        self.parts.append(part)

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
    expected = world.month_end(opened + np.maximum(hoped, habits.hoped_least_days).astype(np.int64))
    renewed = np.maximum(closes, opened + habits.hoped_renewal_days)
    expected = np.where(deals.kind > EXPANSION, renewed, expected)
    person = roster.holder(deals.seat, opened)

    def forecast(stage: Numbers) -> Numbers:
        return np.select(
            [stage < PROPOSAL, stage == PROPOSAL, confident], [0, np.where(confident, 1, 0), 2], 1
        )

    changes.add(
        every, begins, stage=first, amount=guess, expected=expected,
        forecast=forecast(first), person=person,
    )  # fmt: skip
    for stage in range(1, NEGOTIATION + 1):
        goes = np.flatnonzero((stage > first) & (stage <= last))
        later = draws.uniform(f"opportunity_history.{stage}")
        share = habits.stages_entered[stage] + habits.stages_spread * later
        values = {"amount": quote[goes]} if stage == PROPOSAL else {}
        changes.add(
            goes, (begins + share * length)[goes], stage=stage,
            forecast=forecast(np.full(len(every), stage))[goes], **values,
        )  # fmt: skip

    until = np.minimum(closes, world.end)
    late = every
    for push in range(PUSHES):
        due = next_working_day(expected + 1)
        over = due < until[late]
        late, due, expected = late[over], due[over], expected[over]
        further = draws[late].uniform(f"opportunity_history.further.{push}")
        further = habits.push_days[0] + habits.push_days[1] * further
        further += 60 * (push == PUSHES - 1)
        expected = world.month_end((expected + further).astype(np.int64))
        if push == PUSHES - 1:
            expected = np.maximum(expected, world.end + 30)
        when = due + 0.6 * draws[late].uniform(f"opportunity_history.push.{push}")
        changes.add(late, when, expected=expected)

    gone, person = every, person.copy()
    for _ in range(HANDOVERS):
        gone = gone[roster.leaves[person[gone]] < until[gone]]
        day = roster.leaves[person[gone]]
        person[gone] += 1
        changes.add(gone, day + 0.05, person=person[gone])

    price = np.where(deals.won, deals.amount, -1)
    changes.add(
        every, closes + CLOSING, stage=np.where(deals.won, WON, LOST), amount=price,
        expected=closes, forecast=np.where(deals.won, 2, 3),
    )  # fmt: skip
    return changes.rows(world.end)


def whole(cents: Numbers) -> Numbers:
    """Round cents to full tens of the currency, one at least."""
    return np.maximum(np.rint(cents / 1000), 1).astype(np.int64) * 1000
