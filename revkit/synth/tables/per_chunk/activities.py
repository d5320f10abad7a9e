"""activities: contacts with leads and deals, and weekly CRM and admin work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, Slots, choose, in_order
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.customers.active_months import expand_ranges
from revkit.synth.simulate.deals import Deals
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.working_days import next_working_day, some_working_day
from revkit.synth.simulate.world import DAY, World

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("call", "email", "meeting", "demo", "crm", "admin")
"""Kinds of activities."""


CALL, EMAIL, *MEETINGS = range(4)
SELLING_KINDS = 4
"""Number of KINDS, from the first, that involve a customer."""


OUTCOMES = {"held": 0.84, "no_show": 0.09, "cancelled": 0.04, "rescheduled": 0.03}
"""Outcomes of meetings and demos, and the share of each."""

MOST_STEPS = 64
"""Upper bound of further contacts with a lead, which numbers each of them."""

DEAL_CONTACTS = 64
"""Most contacts along a deal."""

DEAL_KINDS = (0.30, 0.52, 0.13, 0.05)
"""Share of each kind of contact along a deal."""


CHUNK_ROWS = 1 << 24
"""Activities that a chunk can have."""


def activity_table(
    world: World,
    chunk: int,
    accounts: Accounts,
    roster: Roster,
    leads: Leads,
    seats: Numbers,
    deals: Deals,
) -> pa.Table:
    """Build activities of the leads shown, of deals and without customers, by time.

    ``seats`` look after the leads.
    """
    rows = activity_rows(world, chunk, roster, leads, seats, deals)
    return arrow(
        "activities",
        {
            "activity_id": Ids("V", 8, 1 + chunk * CHUNK_ROWS + np.arange(len(rows["when"]))),
            "rep_id": roster.ids.of(rows["person"]),
            "kind": CodedText(rows["kind"], list(KINDS)),
            "direction": CodedText(rows["out"], ["in", "out"]),
            "occurred_at": rows["when"],
            "minutes": rows["minutes"],
            "is_selling": rows["kind"] < SELLING_KINDS,
            "is_automated": rows["automated"],
            "outcome": CodedText(rows["outcome"], list(OUTCOMES)),
            "lead_id": leads.ids.of(rows["lead"]),
            "opportunity_id": deals.ids.of(rows["deal"]),
            "account_id": accounts.ids.of(rows["account"]),
        },
    )


def activity_rows(
    world: World, chunk: int, roster: Roster, leads: Leads, seats: Numbers, deals: Deals
) -> dict[str, Numbers]:
    """List the activities of a chunk by time: when, who, what, with whom, how many minutes."""
    first = first_contacts(world, roster, leads, seats)
    further = further_contacts(world, leads, first, roster, seats)
    dealt, desk = deal_contacts(world, roster, leads, deals), desk_work(world, roster, chunk)
    parts = [first, further, dealt, desk]
    rows = {name: np.concatenate([part[name] for part in parts]) for name in first}
    order = in_order(rows["when"])
    when, about, person = (rows[name].take(order) for name in ("when", "about", "person"))
    kind, out, outcome, unanswered = unpacked(rows["what"].take(order))
    accounts = np.r_[leads.account, deals.account, -1].astype(np.int32)
    return {
        "when": when, "person": person, "kind": kind, "out": out, "outcome": outcome,
        "automated": unanswered & (kind == EMAIL), "account": accounts.take(about, mode="wrap"),
        "minutes": draw_minutes(world, when, np.where(unanswered, np.int16(len(KINDS)), kind)),
        "lead": np.where(about < len(leads), about, -1), "deal": np.maximum(about - len(leads), -1),
    }  # fmt: skip


def draw_minutes(world: World, when: Numbers, kind: Numbers) -> Numbers:
    """Draw how long each activity takes: 60 to 140 % of what is usual of its kind."""
    usual = [getattr(world.scenario.activities.minutes, kind) for kind in (*KINDS, "automated")]
    usual = np.array(usual)[:, None] * (0.6 + 0.1 * np.arange(9))
    minutes = np.maximum(np.rint(usual / 5) * 5, np.minimum(np.rint(usual), 5))
    return np.asarray(minutes.ravel().take(9 * kind + (when // 60).astype(np.uint32) * 7 % 9))


def first_contacts(
    world: World, roster: Roster, leads: Leads, seats: Numbers
) -> dict[str, Numbers]:
    """Draw the first call or e-mail to each lead that gets one, in office hours."""
    draws, became = leads.slots(world), leads.mql < NEVER
    habits = world.scenario.activities
    called = draws.uniform("activities.called") < np.where(
        became, habits.called_mqls, habits.called_others
    )
    wait = habits.wait_minutes * np.exp(habits.wait_spread * draws.normal("activities.wait")) * 60
    when = next_office_hour(leads.created + wait.astype(np.int64))
    kept = np.flatnonzero(called & (when < world.end * DAY))
    mail = draws.uniform("activities.first") < habits.first_by_email
    kind = np.where(mail, EMAIL, CALL)[kept]
    return activities(when[kept], roster.holder(seats, when // DAY)[kept], kind, kept, out=1)


def further_contacts(
    world: World, leads: Leads, first: dict[str, Numbers], roster: Roster, seats: Numbers
) -> dict[str, Numbers]:
    """Draw what follows the first contact until the lead is taken on or given up.

    Most of it is sent by machines, and nobody answers it.
    """
    habits, kept = world.scenario.activities, first["about"]
    over = np.minimum(np.minimum(leads.sql, leads.given_up), world.end * DAY)
    steps = np.array(habits.sequence_days, np.int64)
    due = (first["when"] // DAY)[:, None] + steps
    some = np.flatnonzero(due < -(-over[kept] // DAY)[:, None])
    row = some // len(steps)
    lead, day = kept[row], some_working_day(due.ravel()[some])
    number = leads.slots(world).numbers[lead] * MOST_STEPS + (some - row * len(steps))
    draws = Slots(world.streams(leads.chunk), number)
    minute = 8 * 60 + (660 * draws.uniform("activities.sequence.minute")).astype(np.int64)
    when = day * DAY + minute * 60
    goes = draws.uniform("activities.sequence") < habits.sequence_kept
    some = np.flatnonzero(goes & (when < over[lead]))
    lead, when = lead[some], when[some]
    mail = draws[some].uniform("activities.sequence.kind") < habits.sequence_by_email
    person = roster.holder(seats[lead], day[some])
    return activities(when, person, np.where(mail, EMAIL, CALL), lead, out=1, unanswered=1)


def deal_contacts(world: World, roster: Roster, leads: Leads, deals: Deals) -> dict[str, Numbers]:
    """Draw calls, e-mails, meetings and demos along each deal, by its owner on that day.

    They are evenly spread over the days that somebody works at it; those without come half-way.
    """
    known = np.flatnonzero((deals.closes >= world.start) & (deals.opened < world.end))
    deals = deals.take(known)
    habits, worked = world.scenario.activities, deals.closes - deals.opened - deals.idle
    count = np.clip(worked / habits.contact_days, 1, DEAL_CONTACTS).astype(np.int64)
    row, place = expand_ranges(np.zeros(len(deals), np.int64), count - 1)
    draws = Slots(world.streams(deals.chunk), deals.number[row] * DEAL_CONTACTS + place)
    share = (place + draws.uniform("activities.share")) / count[row]
    passed = share * worked[row] + np.where(share > 0.5, deals.idle[row], 0)
    day = some_working_day(deals.opened[row] + passed.astype(np.int64))
    day = np.minimum(day, deals.closes[row])
    shown = np.flatnonzero((day >= world.start) & (day < world.end))
    row, day, draws = row[shown], day[shown], draws[shown]
    minute = 9 * 60 + (450 * draws.uniform("activities.minute")).astype(np.int64)
    kind = choose(draws.uniform("activities.kind"), np.array(DEAL_KINDS))
    outcome = choose(draws.uniform("activities.outcome"), np.array([*OUTCOMES.values()]))
    answered = draws.uniform("activities.answer") < habits.emails_received
    return activities(
        day * DAY + minute * 60, roster.holder(deals.seat[row], day), kind, len(leads) + known[row],
        out=np.where((kind == EMAIL) & answered, 0, 1),
        outcome=np.where(kind >= MEETINGS[0], outcome, -1),
    )  # fmt: skip


def desk_work(world: World, roster: Roster, chunk: int) -> dict[str, Numbers]:
    """List each rep's CRM and admin work of every working day, at its beginning and its end.

    The seats are shared out among the chunks.
    """
    days = np.arange(world.start, world.end)
    here = roster.joined[roster.seat[roster.joined] % len(world.chunks) == chunk]
    person, day = np.meshgrid(here, days[next_working_day(days) == days], indexing="ij")
    here = (roster.hired[person] <= day) & (day < roster.leaves[person])
    person, day = np.tile(person[here], 2), np.tile(day[here], 2)
    kind = np.repeat(np.arange(SELLING_KINDS, len(KINDS)), here.sum())
    minute = (
        np.where(kind == SELLING_KINDS, 8 * 60, 16 * 60)
        + (37 * roster.number[person] + 53 * day) % 90
    )
    return activities(day * DAY + minute * 60, person, kind)


def activities(
    when: Numbers,
    person: Numbers,
    kind: Numbers,
    about: Numbers | int = -1,
    *,
    out: Numbers | int = -1,
    outcome: Numbers | int = -1,
    unanswered: int = 0,
) -> dict[str, Numbers]:
    """List some activities, in few numbers so that they are soon in order.

    ``about`` is the position of a lead, or of a deal after all leads; -1 for none of them.
    ``what`` holds the rest, each in some bits: see :func:`unpacked`.
    """
    what = kind + 8 * (out + 1) + 32 * (outcome + 1) + 256 * unanswered
    numbers = {"person": person, "about": about}
    rows = {name: np.full(len(when), values, np.int32) for name, values in numbers.items()}
    return {"when": when, "what": what.astype(np.int16), **rows}


def unpacked(what: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return the kind, the direction, the outcome (-1 for none) and whether nobody answered."""
    return what & 7, (what >> 3 & 3) - 1, (what >> 5 & 7) - 1, what > 255


def next_office_hour(moments: Numbers) -> Numbers:
    """Move moments outside office hours to the next office hour of a working day."""
    day, second = moments // DAY, moments % DAY
    late = second >= 19 * 3600
    day, second = day + late, np.where(late, 8 * 3600 + second % 3600, second)
    opened = next_working_day(day)
    early = (second < 8 * 3600) | (opened != day)
    return np.asarray(opened * DAY + np.where(early, 8 * 3600 + moments % 3600, second))
