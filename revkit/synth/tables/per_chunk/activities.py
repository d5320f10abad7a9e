"""activities: contacts with leads and deals, and weekly CRM and admin work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.deals import Deals
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import DAY, World, next_working_day, weekday

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("call", "email", "meeting", "demo", "crm", "admin")
"""Kinds of activities."""


EMAIL = 1


SELLING_KINDS = 4
"""Number of KINDS, from the first, that involve a customer."""


DEAL_CONTACTS = (0, 1, 3, 2, 2, 0)
"""Kinds of contact along a deal, evenly spread over it."""


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
            "lead_id": leads.ids.of(rows["lead"]),
            "opportunity_id": deals.ids.of(rows["deal"]),
            "account_id": accounts.ids.of(rows["account"]),
        },
    )


def activity_rows(
    world: World, chunk: int, roster: Roster, leads: Leads, seats: Numbers, deals: Deals
) -> dict[str, Numbers]:
    """Draw the activities of a chunk: when, who, what kind, and how many minutes each takes."""
    rows = concatenate(
        [first_contacts(world, roster, leads, seats), deal_contacts(world, roster, deals),
         desk_work(world, roster, chunk)]
    )  # fmt: skip
    usual = [getattr(world.scenario.activities.minutes, kind) for kind in KINDS]
    usual = np.array(usual)[:, None] * (0.6 + 0.1 * np.arange(9))  # 60 to 140 % of it
    minutes = np.rint(usual / 5) * 5
    return rows | {"minutes": minutes[rows["kind"], rows["when"] // 60 * 7 % 9]}


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
    return {
        "when": when[kept],
        "person": roster.holder(seats, when // DAY)[kept],
        "kind": np.where(mail, 1, 0)[kept],
        "out": np.ones(len(kept), np.int32),
        "account": leads.account[kept],
        "lead": kept,
        "deal": np.full(len(kept), -1, np.int32),
    }


def deal_contacts(world: World, roster: Roster, deals: Deals) -> dict[str, Numbers]:
    """Draw calls, e-mails, meetings and demos along each deal, by its owner on that day."""
    known = np.flatnonzero((deals.closes >= world.start) & (deals.opened < world.end))
    deals = deals.take(known)
    draws, length = deals.slots(world), deals.closes - deals.opened
    habits = world.scenario.activities
    parts: list[dict[str, Numbers]] = []
    for place, kind in enumerate(DEAL_CONTACTS):
        kept = np.flatnonzero(length > place * habits.contact_days)
        share = (place + draws[kept].uniform(f"activities.{place}")) / len(DEAL_CONTACTS)
        day = next_working_day(deals.opened[kept] + (share * length[kept]).astype(np.int64))
        day = np.minimum(day, deals.closes[kept])
        shown = (day >= world.start) & (day < world.end)
        kept, day = kept[shown], day[shown]
        minute = 9 * 60 + (450 * draws[kept].uniform(f"activities.minute.{place}")).astype(np.int64)
        out = np.ones(len(kept), np.int32)
        if kind == EMAIL:
            out[draws[kept].uniform(f"activities.answer.{place}") < habits.emails_received] = 0
        parts.append(
            {
                "when": day * DAY + minute * 60,
                "person": roster.holder(deals.seat[kept], day),
                "kind": np.full(len(kept), kind, np.int32),
                "out": out,
                "account": deals.account[kept],
                "lead": np.full(len(kept), -1, np.int32),
                "deal": known[kept],
            }
        )
    return concatenate(parts)


def desk_work(world: World, roster: Roster, chunk: int) -> dict[str, Numbers]:
    """List each rep's weekly CRM and admin work, on its Friday.

    The seats are shared out among the chunks.
    """
    days = np.arange(world.start, world.end)
    known = roster.known[roster.seat[roster.known] % len(world.chunks) == chunk]
    person, friday = np.meshgrid(known, days[weekday(days) == 4], indexing="ij")
    here = (roster.hired[person] <= friday) & (friday < roster.leaves[person])
    person, friday = np.tile(person[here], 2), np.tile(friday[here], 2)
    kind = np.repeat(np.arange(SELLING_KINDS, len(KINDS)), here.sum())
    nothing = np.full(len(person), -1, np.int32)
    return {
        "when": friday * DAY + (16 * 60 + 15 * (kind - SELLING_KINDS)) * 60,
        "person": person,
        "kind": kind,
        "out": nothing,
        "account": nothing,
        "lead": nothing,
        "deal": nothing,
    }


def concatenate(parts: list[dict[str, Numbers]]) -> dict[str, Numbers]:
    """Concatenate parts of the activities; all but the moments as 32-bit integers."""
    return {
        name: np.concatenate(
            [part[name] for part in parts],
            dtype=np.int64 if name == "when" else np.int32, casting="same_kind",
        )
        for name in parts[0]
    }  # fmt: skip


def next_office_hour(moments: Numbers) -> Numbers:
    """Move moments outside office hours to the next office hour of a working day."""
    day, second = moments // DAY, moments % DAY
    late = second >= 19 * 3600
    day, second = day + late, np.where(late, 8 * 3600 + second % 3600, second)
    opened = next_working_day(day)
    early = (second < 8 * 3600) | (opened != day)
    return np.asarray(opened * DAY + np.where(early, 8 * 3600 + moments % 3600, second))
