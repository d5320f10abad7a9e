"""What reaches a lead or a deal, and what fills a rep's week: touches and activities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.arrow import NEVER, arrow, words
from revkit.synth.ids import lead_ids
from revkit.synth.marketing import Campaigns, Leads, lead_number, lead_seats, shown
from revkit.synth.people import Roster
from revkit.synth.population import Accounts
from revkit.synth.sales import Deals
from revkit.synth.streams import Numbers, Slots, choose
from revkit.synth.world import DAY, World, identifiers, next_working, weekday

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = {"call": 25, "email": 10, "meeting": 50, "demo": 60, "crm": 300, "admin": 420}
"""What reps do, and the minutes it takes; of the last two, a week's."""

SELLING = 4
"""The first of KINDS have a customer at the other end."""

ALONG = (0, 1, 3, 2, 2, 0)
"""The kinds of contact along a deal, evenly spread over it."""

EVERY = 4.0
"""Days between two contacts at least; a short deal has fewer."""

ANSWERED = {True: 0.92, False: 0.75}
"""How many leads are called at all: those that became an MQL, and the others."""

WAIT = 170
"""Minutes until a lead is called, the median; one in six waits four times that."""

MINE = 1 << 24
"""Touches, and activities, that a chunk can have."""


def contact_tables(
    world: World, chunk: int, accounts: Accounts, roster: Roster, leads: Leads, deals: Deals
) -> dict[str, pa.Table]:
    """touches and activities of leads and deals, as known on the last day."""
    account, slot = shown(world, leads, deals, len(accounts))
    number = lead_number(account, slot, chunk)
    found = {
        "account": account,
        "lead": lead_ids(account, slot, chunk),
        "created": leads.created[account, slot],
        "mql": leads.mql[account, slot],
        "channel": leads.channel[account, slot],
        "seat": lead_seats(world, chunk, accounts, roster, leads, account, slot),
    }
    draws = Slots(world.streams(chunk), number)
    parts = [calls(world, roster, found, draws), contacts(world, roster, deals)]
    if chunk == 0:
        parts.append(desk(world, roster))
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    rows["account"] = np.r_[accounts.ids, None][rows["account"]]
    return {
        "touches": touches(world, chunk, found, draws),
        "activities": activity_table(rows, 1 + chunk * MINE),
    }


def touches(world: World, chunk: int, found: dict[str, Numbers], draws: Slots) -> pa.Table:
    """touches: the campaign a lead came by, and for every other MQL the one that made it one."""
    campaigns = Campaigns(world)
    shares = np.array([spec.share for spec in world.scenario.channels.values()])
    other = choose(draws.uniform("touches.channel"), shares)
    again = draws.uniform("touches.again") < 0.5
    when = np.r_[found["created"], np.where(again, found["mql"], NEVER)]
    campaign = campaigns.ids(
        np.r_[found["channel"], other], np.minimum(when, world.end * DAY - 1) // DAY
    )
    kept = np.flatnonzero((when < world.end * DAY) & (campaign != np.array(None)))
    kept = kept[np.argsort(when[kept], kind="stable")]
    return arrow(
        "touches",
        {
            "touch_id": identifiers("U", 7, 1 + chunk * MINE + np.arange(len(kept))),
            "lead_id": np.tile(found["lead"], 2)[kept],
            "campaign_id": campaign[kept],
            "touched_at": when[kept],
        },
    )


def calls(
    world: World, roster: Roster, found: dict[str, Numbers], draws: Slots
) -> dict[str, Numbers]:
    """The first call or e-mail to each lead that gets one, in office hours."""
    became = found["mql"] < NEVER
    called = draws.uniform("activities.called") < np.where(became, *ANSWERED.values())
    wait = WAIT * np.exp(1.5 * draws.normal("activities.wait")) * 60
    when = in_office(found["created"] + wait.astype(np.int64))
    kept = np.flatnonzero(called & (when < world.end * DAY))
    mail = draws.uniform("activities.first") < 0.45
    return {
        "when": when[kept],
        "person": roster.ids[roster.holder(found["seat"], when // DAY)][kept],
        "kind": np.where(mail, 1, 0)[kept],
        "out": np.ones(len(kept), np.int64),
        "account": found["account"][kept],
        "lead": found["lead"][kept],
        "deal": np.full(len(kept), None, dtype=object),
    }


def contacts(world: World, roster: Roster, deals: Deals) -> dict[str, Numbers]:
    """Calls, e-mails, meetings and demos along each deal, by whoever has it on that day."""
    draws = deals.slots(world)
    length = deals.closes - deals.opened
    parts: list[dict[str, Numbers]] = []
    for place, kind in enumerate(ALONG):
        share = (place + draws.uniform(f"activities.{place}")) / len(ALONG)
        day = next_working(deals.opened + (share * length).astype(np.int64))
        day = np.minimum(day, deals.closes)
        minute = 9 * 60 + (450 * draws.uniform(f"activities.minute.{place}")).astype(np.int64)
        kept = np.flatnonzero((length > place * EVERY) & (day >= world.start) & (day < world.end))
        answer = (kind == 1) & (draws.uniform(f"activities.answer.{place}") < 0.4)
        parts.append(
            {
                "when": (day * DAY + minute * 60)[kept],
                "person": roster.ids[roster.holder(deals.seat, day)][kept],
                "kind": np.full(len(kept), kind),
                "out": np.where(answer, 0, 1)[kept],
                "account": deals.account[kept],
                "lead": np.full(len(kept), None, dtype=object),
                "deal": deals.ids[kept],
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def desk(world: World, roster: Roster) -> dict[str, Numbers]:
    """What reps do away from customers: each rep's week of records and meetings, on its Friday."""
    days = np.arange(world.start, world.end)
    person, friday = np.meshgrid(roster.known, days[weekday(days) == 4], indexing="ij")
    here = (roster.hired[person] <= friday) & (friday < roster.leaves[person])
    person, friday = np.tile(person[here], 2), np.tile(friday[here], 2)
    kind = np.repeat(np.arange(SELLING, len(KINDS)), here.sum())
    nothing = np.full(len(person), None, dtype=object)
    return {
        "when": friday * DAY + (16 * 60 + 15 * (kind - SELLING)) * 60,
        "person": roster.ids[person],
        "kind": kind,
        "out": np.full(len(person), -1),
        "account": np.full(len(person), -1),
        "lead": nothing,
        "deal": nothing,
    }


def activity_table(rows: dict[str, Numbers], first: int) -> pa.Table:
    """activities, in the order they happened."""
    order = np.argsort(rows["when"], kind="stable")
    rows = {name: values[order] for name, values in rows.items()}
    usual = np.array([*KINDS.values()])[rows["kind"]]
    minutes = usual * (0.6 + 0.1 * (rows["when"] // 60 * 7 % 9))  # from 60 to 140 % of it
    return arrow(
        "activities",
        {
            "activity_id": identifiers("V", 8, first + np.arange(len(order))),
            "rep_id": rows["person"],
            "kind": words(rows["kind"], list(KINDS)),
            "direction": words(rows["out"], ["in", "out"]),
            "occurred_at": rows["when"],
            "minutes": np.rint(minutes / 5) * 5,
            "is_selling": (rows["kind"] < SELLING).astype(np.int64),
            "lead_id": rows["lead"],
            "opportunity_id": rows["deal"],
            "account_id": rows["account"],
        },
    )


def in_office(moments: Numbers) -> Numbers:
    """Each moment, or the next one between eight and seven on a working day."""
    day, second = moments // DAY, moments % DAY
    late = second >= 19 * 3600
    day, second = day + late, np.where(late, 8 * 3600 + second % 3600, second)
    opened = next_working(day)
    early = (second < 8 * 3600) | (opened != day)
    return np.asarray(opened * DAY + np.where(early, 8 * 3600 + moments % 3600, second))
