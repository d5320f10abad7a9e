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
from revkit.synth.simulate.world import DAY, World, next_working_day, weekday

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
    order = in_order(rows["when"])
    rows = {name: values[order] for name, values in rows.items()}
    return arrow(
        "activities",
        {
            "activity_id": Ids("V", 8, 1 + chunk * CHUNK_ROWS + np.arange(len(order))),
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
    """Draw the activities of a chunk: when, who, what kind, and how many minutes each takes."""
    first = first_contacts(world, roster, leads, seats)
    further = further_contacts(world, leads, first, roster, seats)
    parts = [first, further, deal_contacts(world, roster, deals), desk_work(world, roster, chunk)]
    rows = {name: np.concatenate([part[name] for part in parts]) for name in first}
    usual = [getattr(world.scenario.activities.minutes, kind) for kind in (*KINDS, "automated")]
    usual = np.array(usual)[:, None] * (0.6 + 0.1 * np.arange(9))  # 60 to 140 % of it
    minutes = np.maximum(np.rint(usual / 5) * 5, np.minimum(np.rint(usual), 5))
    unanswered = rows.pop("unanswered") > 0
    usual_of = np.where(unanswered, len(KINDS), rows["kind"])
    return rows | {
        "automated": unanswered & (rows["kind"] == EMAIL),
        "minutes": minutes[usual_of, rows["when"] // 60 * 7 % 9],
    }


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
    return activities(
        when[kept], roster.holder(seats, when // DAY)[kept], np.where(mail, EMAIL, CALL)[kept],
        out=1, account=leads.account[kept], lead=kept,
    )  # fmt: skip


def further_contacts(
    world: World, leads: Leads, first: dict[str, Numbers], roster: Roster, seats: Numbers
) -> dict[str, Numbers]:
    """Draw what follows the first contact until the lead is taken on or given up.

    Most of it is sent by machines, and nobody answers it.
    """
    habits, kept = world.scenario.activities, first["lead"]
    steps = len(habits.sequence_days)
    row, step = np.divmod(np.arange(len(kept) * steps), steps)
    lead = kept[row]
    draws = leads.slots(world)
    draws = Slots(draws.streams, draws.numbers[lead] * MOST_STEPS + step)
    day = first["when"][row] // DAY + np.array(habits.sequence_days, np.int64)[step]
    minute = 8 * 60 + (660 * draws.uniform("activities.sequence.minute")).astype(np.int64)
    when = next_working_day(day) * DAY + minute * 60
    over = np.minimum(np.minimum(leads.sql, leads.given_up)[lead], world.end * DAY)
    goes = draws.uniform("activities.sequence") < habits.sequence_kept
    some = np.flatnonzero(goes & (when < over))
    lead, when = lead[some], when[some]
    mail = draws[some].uniform("activities.sequence.kind") < habits.sequence_by_email
    return activities(
        when, roster.holder(seats[lead], when // DAY), np.where(mail, EMAIL, CALL),
        out=1, account=leads.account[lead], lead=lead, unanswered=1,
    )  # fmt: skip


def deal_contacts(world: World, roster: Roster, deals: Deals) -> dict[str, Numbers]:
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
    day = next_working_day(deals.opened[row] + passed.astype(np.int64))
    day = np.minimum(day, deals.closes[row])
    shown = np.flatnonzero((day >= world.start) & (day < world.end))
    row, day, draws = row[shown], day[shown], draws[shown]
    minute = 9 * 60 + (450 * draws.uniform("activities.minute")).astype(np.int64)
    kind = choose(draws.uniform("activities.kind"), np.array(DEAL_KINDS))
    outcome = choose(draws.uniform("activities.outcome"), np.array([*OUTCOMES.values()]))
    answered = draws.uniform("activities.answer") < habits.emails_received
    return activities(
        day * DAY + minute * 60, roster.holder(deals.seat[row], day), kind,
        out=np.where((kind == EMAIL) & answered, 0, 1),
        account=deals.account[row], deal=known[row],
        outcome=np.where(np.isin(kind, MEETINGS), outcome, -1),
    )  # fmt: skip


def desk_work(world: World, roster: Roster, chunk: int) -> dict[str, Numbers]:
    """List each rep's weekly CRM and admin work, on its Friday.

    The seats are shared out among the chunks.
    """
    days = np.arange(world.start, world.end)
    here = roster.joined[roster.seat[roster.joined] % len(world.chunks) == chunk]
    person, friday = np.meshgrid(here, days[weekday(days) == 4], indexing="ij")
    here = (roster.hired[person] <= friday) & (friday < roster.leaves[person])
    person, friday = np.tile(person[here], 2), np.tile(friday[here], 2)
    kind = np.repeat(np.arange(SELLING_KINDS, len(KINDS)), here.sum())
    when = friday * DAY + (16 * 60 + 15 * (kind - SELLING_KINDS)) * 60
    return activities(when, person, kind)


def activities(
    when: Numbers,
    person: Numbers,
    kind: Numbers,
    *,
    out: Numbers | int = -1,
    account: Numbers | int = -1,
    lead: Numbers | int = -1,
    deal: Numbers | int = -1,
    outcome: Numbers | int = -1,
    unanswered: int = 0,
) -> dict[str, Numbers]:
    """List some activities, all but the moments as 32-bit integers; -1 for none."""
    others = {
        "person": person, "kind": kind, "out": out, "account": account, "lead": lead,
        "deal": deal, "outcome": outcome, "unanswered": unanswered,
    }  # fmt: skip
    rows = {name: np.full(len(when), values, np.int32) for name, values in others.items()}
    return {"when": when, **rows}


def next_office_hour(moments: Numbers) -> Numbers:
    """Move moments outside office hours to the next office hour of a working day."""
    day, second = moments // DAY, moments % DAY
    late = second >= 19 * 3600
    day, second = day + late, np.where(late, 8 * 3600 + second % 3600, second)
    opened = next_working_day(day)
    early = (second < 8 * 3600) | (opened != day)
    return np.asarray(opened * DAY + np.where(early, 8 * 3600 + moments % 3600, second))
