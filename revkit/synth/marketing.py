"""Leads and the campaigns that bring them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.arrow import NEVER, arrow, words
from revkit.synth.ids import lead_ids
from revkit.synth.people import Roster, names
from revkit.synth.population import Accounts
from revkit.synth.story import Decoy
from revkit.synth.streams import Numbers, chance, choose
from revkit.synth.world import DAY, World, identifiers, next_working, scattered

if TYPE_CHECKING:
    import pyarrow as pa

    from revkit.synth.sales import Deals

LEADS = 24
"""The most leads an account can have."""

INBOUND = 0.75
"""The share of accounts that come by themselves rather than being approached."""

REASONS = {"bad fit": 0.34, "no budget": 0.22, "no interest": 0.26, "wrong contact": 0.18}
SEASONS = {1: "Winter", 2: "Spring", 3: "Summer", 4: "Autumn"}


@dataclass(frozen=True)
class Leads:
    """Every lead an account may have, an account a row and a lead a column; moments in seconds.

    A moment is ``NEVER`` where the lead does not pass that gate (or does not exist at all).
    ``given_up`` says when a lead that stopped was set aside, ``fate`` how: -1 recycled, else
    the position of the reason it was disqualified for.
    """

    created: Numbers
    channel: Numbers
    mql: Numbers
    sql: Numbers
    opportunity: Numbers
    given_up: Numbers
    fate: Numbers


def draw_leads(world: World, accounts: Accounts, chunk: int) -> Leads:
    """The leads of a chunk, as far as marketing alone decides."""
    streams, funnel, shape = world.streams(chunk), world.scenario.funnel, (len(accounts), LEADS)
    channels = list(world.scenario.channels.values())
    channel = choose(
        streams.uniform("leads.channel", *shape), np.array([spec.share for spec in channels])
    )
    codes = {
        "segment": accounts.segment[:, None], "industry": accounts.industry[:, None],
        "channel": channel,
    }  # fmt: skip

    def after(moments: Numbers, name: str, days: float, spread: float) -> Numbers:
        lag = 0.02 + days * np.exp(spread * streams.normal(f"leads.{name}", *shape))
        return np.asarray(np.minimum(moments + (lag * DAY).astype(np.int64), NEVER))

    gaps = funnel.days_between_leads * streams.exponential("leads.gap", *shape)
    gaps[:, 0] = 0
    days = accounts.arrival[:, None] + np.cumsum(gaps, axis=1).astype(np.int64)
    wanted = 1 + streams.generator("leads.count").poisson(
        funnel.leads_per_account - 1, len(accounts)
    )
    there = np.arange(LEADS) < wanted[:, None]
    rate = np.broadcast_to(world.effects.factor("leads", days, **codes), shape)
    there[:, 1:] &= world.busy(days, streams.uniform("leads.season", *shape), rate)[:, 1:]
    there[:, 0] &= streams.uniform("leads.inbound", len(accounts)) < INBOUND * rate[:, 0]
    clock = 7 + 14 * streams.uniform("leads.time", *shape)
    created = np.where(there, days * DAY + (clock * 3600).astype(np.int64), NEVER)

    quality = np.array([spec.quality for spec in channels])[channel]
    health = accounts.health[:, None]

    def passes(name: str, base: float, gate: str, when: Numbers) -> Numbers:
        effect = np.log(world.effects.factor(gate, when // DAY, **codes))
        odds = chance(base, quality, 0.2 * health, effect)
        return streams.uniform(f"leads.{name}.gate", *shape) < odds

    good = passes("mql", funnel.lead_mql, "lead_mql", created)
    mql = np.where(good, after(created, "mql", 1.6, 1.0), NEVER)
    good = passes("sql", funnel.mql_sql, "mql_sql", mql)
    sql = np.where(good, after(mql, "sql", 4.0, 0.8), NEVER)
    opened = after(sql, "opportunity", 4.0, 0.7)
    day = opened // DAY
    opened = opened + np.where(opened < NEVER, next_working(day) - day, 0) * DAY
    good = passes("opportunity", funnel.sql_opportunity, "sql_opportunity", sql)
    opened = np.where(good, opened, NEVER)

    last = np.where(sql < NEVER, sql, np.where(mql < NEVER, mql, created))
    fate = streams.uniform("leads.fate", *shape)
    reason = choose(streams.uniform("leads.reason", *shape), np.array([*REASONS.values()]))
    return Leads(
        created=np.minimum(created, NEVER),
        channel=channel,
        mql=np.minimum(mql, NEVER),
        sql=np.minimum(sql, NEVER),
        opportunity=np.minimum(opened, NEVER),
        given_up=np.where(fate < 0.75, after(last, "given_up", 12.0, 0.9), NEVER),
        fate=np.where(fate < 0.58, reason, -1),
    )


@dataclass(frozen=True)
class Campaigns:
    """One campaign a quarter for each channel that has campaigns."""

    world: World

    @property
    def quarters(self) -> Numbers:
        """The first month, numbered from 1970, of each quarter that is shown."""
        first, last = month_number(np.array([self.world.start, self.world.end - 1]))
        return np.arange(first // 3 * 3, last + 1, 3)

    @property
    def channels(self) -> list[str]:
        """The channels that have campaigns."""
        return [name for name, spec in self.world.scenario.channels.items() if spec.campaigns]

    def ids(self, channel: Numbers, days: Numbers) -> Numbers:
        """The campaign of a channel on a day; none where there is none."""
        names = list(self.world.scenario.channels)
        place = [self.channels.index(name) if name in self.channels else -1 for name in names]
        own = np.array(place)[channel]
        quarter = month_number(np.minimum(days, self.world.end)) // 3 - self.quarters[0] // 3
        ids = identifiers("C", 4, 1 + np.maximum(quarter, 0) * len(self.channels) + own)
        ids[(own < 0) | (quarter < 0) | (days < self.world.start)] = None
        return ids

    def table(self) -> pa.Table:
        """campaigns, by the day they start."""
        quarters, channels = self.quarters, self.channels
        quarter = np.repeat(quarters, len(channels))
        channel = np.tile(np.arange(len(channels)), len(quarters))
        labels = [f"{SEASONS[m % 12 // 3 + 1]} {1970 + m // 12}" for m in quarter.tolist()]
        starts, ends = (
            (quarter + months).astype("M8[M]").astype("M8[D]").astype(np.int64) for months in (0, 3)
        )
        names = [f"{channels[c]} {x}" for c, x in zip(channel, labels, strict=True)]
        decoys = self.decoys
        first, last = (
            np.array([self.world.effects.first_day(d.months[i]) for d in decoys], np.int64)
            for i in (0, 1)
        )
        values = {
            "campaign_id": np.r_[identifiers("C", 4, 1 + np.arange(len(quarter))),
                                 decoy_ids(len(decoys))],
            "name": [*names, *(decoy.name for decoy in decoys)],
            "channel": [*words(channel, channels), *(decoy.channel for decoy in decoys)],
            "started_on": np.r_[np.maximum(starts, self.world.start), first],
            "ended_on": np.r_[ends, last],
        }  # fmt: skip
        order = np.argsort(values["started_on"], kind="stable")
        return arrow("campaigns", {key: np.asarray(value)[order] for key, value in values.items()})

    @property
    def decoys(self) -> list[Decoy]:
        """The decoys that have begun by the last day, in the order they did."""
        first_day = self.world.effects.first_day
        begun = [d for d in self.world.scenario.decoys if first_day(d.months[0]) < self.world.end]
        return sorted(begun, key=lambda decoy: decoy.months)


def decoy_ids(count: int) -> Numbers:
    """The campaign_id of each decoy, apart from those that bring leads."""
    return identifiers("C", 4, 9001 + np.arange(count))


def month_number(days: Numbers) -> Numbers:
    """Months since January 1970."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def shown(world: World, leads: Leads, deals: Deals, accounts: int) -> tuple[Numbers, Numbers]:
    """Account and column of the leads that the company has seen, the first one first.

    Leads of before the first day shown are not among them, nor those of somebody who has bought.
    """
    bought = deals.bought(accounts)
    seen = (leads.created >= world.start * DAY) & (leads.created < world.end * DAY)
    seen &= leads.created // DAY < bought[:, None]
    account, slot = np.nonzero(seen)
    order = np.lexsort((slot, account, leads.created[seen]))
    return account[order], slot[order]


def lead_number(account: Numbers, slot: Numbers, chunk: int) -> Numbers:
    """A number for each lead, the same whatever else happens."""
    return scattered(account * 32 + slot, 20) + (chunk << 20)


def lead_seats(
    world: World,
    chunk: int,
    accounts: Accounts,
    roster: Roster,
    leads: Leads,
    account: Numbers,
    slot: Numbers,
) -> Numbers:
    """The seat that looks after each lead."""
    draws = world.streams(chunk).uniform("leads.rep_id", *leads.created.shape)[account, slot]
    return roster.seat_of(
        roster.team("SDR", accounts.segment[account]), accounts.region[account],
        leads.created[account, slot] // DAY, draws,
    )  # fmt: skip


def lead_tables(
    world: World, chunk: int, accounts: Accounts, roster: Roster, leads: Leads, deals: Deals
) -> dict[str, pa.Table]:
    """leads and lead_history, as known on the last day."""
    scenario, until = world.scenario, world.end * DAY
    deal = deals.of_lead(leads.created.shape)
    account, slot = shown(world, leads, deals, len(accounts))
    number = lead_number(account, slot, chunk)
    ids = lead_ids(account, slot, chunk)
    created, mql, sql = (field[account, slot] for field in (leads.created, leads.mql, leads.sql))
    deal = deal[account, slot]
    found = deal >= 0
    opened = np.where(found, leads.opportunity[account, slot], NEVER)
    won = np.r_[np.where(deals.won, deals.closes_at, NEVER), NEVER][deal]
    set_aside = np.where(found, NEVER, leads.given_up[account, slot])
    fate = leads.fate[account, slot]
    disqualified = np.where((fate >= 0) & (set_aside < until), set_aside, NEVER)
    recycled = np.where(fate < 0, set_aside, NEVER)

    seat = lead_seats(world, chunk, accounts, roster, leads, account, slot)
    rep = roster.ids[roster.holder(seat, created // DAY)]
    channel = leads.channel[account, slot]
    full = names(world, "leads.name", leads.created.size, chunk).reshape(leads.created.shape)
    name = full[account, slot]
    tag = np.char.add(np.char.add(".", number.astype(str)), "@example.com").astype(object)
    mail = np.array([mailbox(text) for text in name], dtype=object)
    shown_deal = found & (opened < until)
    table = arrow(
        "leads",
        {
            "lead_id": ids,
            "account_id": accounts.ids[account],
            "campaign_id": Campaigns(world).ids(channel, created // DAY),
            "channel": words(channel, list(scenario.channels)),
            "rep_id": rep,
            "name": name,
            "email": mail + tag,
            "created_at": created,
            "opportunity_id": np.r_[deals.ids, None][np.where(shown_deal, deal, -1)],
            "disqualified_at": disqualified,
            "disqualified_reason": words(np.where(disqualified < until, fate, -1), list(REASONS)),
        },
    )

    entered = {
        "lead": created, "MQL": mql, "SQL": sql, "opportunity": opened, "customer": won,
        "recycled": recycled, "disqualified": disqualified,
    }  # fmt: skip
    moments = np.stack([*entered.values()], axis=1)
    row, stage = np.nonzero(moments < until)
    when = moments[row, stage]
    order = np.lexsort((row, when))
    row, stage, when = row[order], stage[order], when[order]
    history = arrow(
        "lead_history",
        {
            "lead_id": ids[row],
            "entered_at": when,
            "stage": words(stage, list(entered)),
            "rep_id": rep[row],
        },
    )
    return {"leads": table, "lead_history": history}


def mailbox(name: str) -> str:
    """The part of an address before the @: letters of ASCII, digits and dots.

    >>> mailbox("Aarón D'Angelo")
    'aaron.dangelo'
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace(" ", ".").replace("ß", "ss"))
    return "".join(
        letter for letter in plain if letter.isascii() and (letter.isalnum() or letter in ".-")
    )
