"""Leads and the campaigns that bring them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.arrow import NEVER, arrow
from revkit.synth.ids import lead_ids
from revkit.synth.people import Roster, names
from revkit.synth.population import Accounts
from revkit.synth.story import Decoy
from revkit.synth.streams import Numbers, Slots, chance, choose, in_order
from revkit.synth.text import Ids, Joined, Words
from revkit.synth.world import DAY, World, next_working

if TYPE_CHECKING:
    import pyarrow as pa

    from revkit.synth.sales import Deals

LEADS = 24
"""The most leads an account can have."""

INBOUND = 0.75
"""The share of accounts that come by themselves rather than being approached."""

GATES = ("lead_mql", "mql_sql", "sql_opportunity")
"""What a lead passes on its way to a deal, in order."""

REASONS = {"bad fit": 0.34, "no budget": 0.22, "no interest": 0.26, "wrong contact": 0.18}
SEASONS = {1: "Winter", 2: "Spring", 3: "Summer", 4: "Autumn"}


@dataclass(frozen=True)
class Leads:
    """The leads of a chunk, one a position, by account and slot; moments are in seconds.

    ``slot`` is the lead's place among those its account may have. ``mql``, ``sql`` and
    ``opportunity`` are ``NEVER`` where the lead does not pass that gate. ``given_up`` says when
    a lead that stopped was set aside, ``fate`` how: -1 recycled, else the position of the reason
    it was disqualified for. ``chances`` are the true ones of passing each of the ``GATES``, a
    column each, and ``ready`` is the day of the deal to open, had every lead come that far.
    ``came_by`` is the channel of each account, whether it has leads or not.
    """

    account: Numbers
    slot: Numbers
    created: Numbers
    channel: Numbers
    mql: Numbers
    sql: Numbers
    opportunity: Numbers
    given_up: Numbers
    fate: Numbers
    chances: Numbers
    ready: Numbers
    came_by: Numbers
    chunk: int

    def __len__(self) -> int:
        return len(self.account)

    @cached_property
    def ids(self) -> Ids:
        """The lead_id of each lead."""
        return lead_ids(self.account, self.slot, self.chunk)

    def slots(self, world: World) -> Slots:
        """Draws that belong to each lead."""
        return Slots(world.streams(self.chunk), self.account * LEADS + self.slot)

    def take(self, rows: Numbers) -> Leads:
        """Some of the leads."""
        names = [f.name for f in fields(self) if f.name not in ("came_by", "chunk")]
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


def draw_leads(world: World, accounts: Accounts, chunk: int) -> Leads:
    """The leads of a chunk, as far as marketing alone decides."""
    account, slot, days = turn_up(world, accounts, chunk)
    known = days < world.until
    came = come_in(world, accounts, chunk, account[known], slot[known], days[known])
    draws = Slots(world.streams(chunk), came[0] * LEADS + came[1])
    return pass_gates(world, accounts, chunk, *came, draws)


def pass_gates(
    world: World,
    accounts: Accounts,
    chunk: int,
    account: Numbers,
    slot: Numbers,
    created: Numbers,
    channel: Numbers,
    came_by: Numbers,
    draws: Slots,
) -> Leads:
    """What becomes of leads created at some moments."""
    funnel, channels = world.scenario.funnel, list(world.scenario.channels.values())
    codes = {
        "segment": accounts.segment[account], "industry": accounts.industry[account],
        "channel": channel,
    }  # fmt: skip
    quality = np.array([spec.quality for spec in channels])[channel]
    health = accounts.health[account]

    def after(moments: Numbers, name: str, days: float, spread: float) -> Numbers:
        lag = 0.02 + days * np.exp(spread * draws.normal(f"leads.{name}"))
        return np.asarray(moments + (lag * DAY).astype(np.int64))

    chances: dict[str, Numbers] = {}

    def passes(name: str, base: float, gate: str, when: Numbers) -> Numbers:
        effect = np.log(world.effects.factor(gate, when // DAY, **codes))
        shift = world.intercepts[gate][codes["segment"]]
        chances[gate] = chance(base, shift, quality, 0.2 * health, effect)
        return draws.uniform(f"leads.{name}.gate") < chances[gate]

    qualified = after(created, "mql", 1.6, 1.0)
    mql = np.where(passes("mql", funnel.lead_mql, "lead_mql", created), qualified, NEVER)
    accepted = after(qualified, "sql", 4.0, 0.8)
    good = passes("sql", funnel.mql_sql, "mql_sql", qualified) & (mql < NEVER)
    sql = np.where(good, accepted, NEVER)
    opened = after(accepted, "opportunity", 4.0, 0.7)
    ready = next_working(opened // DAY)
    opened += (ready - opened // DAY) * DAY
    good = passes("opportunity", funnel.sql_opportunity, "sql_opportunity", accepted)
    opened = np.where(good & (sql < NEVER), opened, NEVER)

    last = np.where(sql < NEVER, sql, np.where(mql < NEVER, mql, created))
    fate = draws.uniform("leads.fate")
    reason = choose(draws.uniform("leads.reason"), np.array([*REASONS.values()]))
    return Leads(
        account=account, slot=slot, created=created, channel=channel, mql=mql, sql=sql,
        opportunity=opened,
        given_up=np.where(fate < 0.75, after(last, "given_up", 12.0, 0.9), NEVER),
        fate=np.where(fate < 0.58, reason, -1),
        chances=np.stack([chances[gate] for gate in GATES], axis=1), ready=ready,
        came_by=came_by, chunk=chunk,
    )  # fmt: skip


def turn_up(world: World, accounts: Accounts, chunk: int) -> tuple[Numbers, Numbers, Numbers]:
    """Every lead that accounts could ever have, by account: account, slot and day."""
    streams, funnel, everybody = world.streams(chunk), world.scenario.funnel, len(accounts)
    more = streams.generator("leads.count").poisson(funnel.leads_per_account - 1, everybody)
    count = np.minimum(1 + more, LEADS)
    account = np.repeat(np.arange(everybody), count)
    slot = np.arange(len(account)) - np.repeat(np.cumsum(count) - count, count)
    draws = Slots(streams, account * LEADS + slot)
    gaps = -funnel.days_between_leads * np.log(1 - draws.uniform("leads.gap"))
    gaps[slot == 0] = 0
    waited = np.cumsum(gaps)
    waited -= np.repeat(waited[slot == 0], count)
    return account, slot, accounts.arrival[account] + waited.astype(np.int64)


def come_in(
    world: World, accounts: Accounts, chunk: int, account: Numbers, slot: Numbers, days: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Those leads that do come: account, slot, moment and channel; each account's channel."""
    streams, everybody = world.streams(chunk), len(accounts)
    shares = np.array([spec.share for spec in world.scenario.channels.values()])
    draws = Slots(streams, account * LEADS + slot)
    clock = 7 + 14 * draws.uniform("leads.time")
    created = days * DAY + (clock * 3600).astype(np.int64)
    channel = choose(draws.uniform("leads.channel"), shares)
    codes = {
        "segment": accounts.segment[account], "industry": accounts.industry[account],
        "channel": channel,
    }  # fmt: skip
    rate = np.broadcast_to(world.effects.factor("leads", days, **codes), len(days))
    inbound = streams.uniform("leads.inbound", everybody)[account] < INBOUND * rate
    again = world.busy(days, draws.uniform("leads.season"), rate)
    there = np.where(slot == 0, inbound, again)
    first = Slots(streams, np.arange(everybody) * LEADS).uniform("leads.channel")
    return account[there], slot[there], created[there], channel[there], choose(first, shares)


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

    @cached_property
    def ids(self) -> Ids:
        """The campaign_id of each campaign that brings leads, by the quarter, then the channel."""
        return Ids("C", 4, 1 + np.arange(len(self.quarters) * len(self.channels)))

    def of(self, channel: Numbers, days: Numbers) -> Words:
        """The campaign of a channel on a day up to the last one known; none where there is none."""
        names = list(self.world.scenario.channels)
        place = [self.channels.index(name) if name in self.channels else -1 for name in names]
        own = np.array(place)[channel]
        month = self.world.month(days) - self.world.scenario.burn_in_months
        quarter = (month + month_number(np.array(self.world.start)) % 3) // 3
        there = (own >= 0) & (days >= self.world.start)
        return self.ids.of(np.where(there, quarter * len(self.channels) + own, -1))

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
            "campaign_id": np.r_[self.ids.words(), decoy_ids(len(decoys)).words()],
            "name": [*names, *(decoy.name for decoy in decoys)],
            "channel": [*(channels[c] for c in channel), *(decoy.channel for decoy in decoys)],
            "started_on": np.r_[np.maximum(starts, self.world.start), first],
            "ended_on": np.r_[ends, last],
        }  # fmt: skip
        order = np.argsort(values["started_on"], kind="stable")
        return arrow("campaigns", {key: np.asarray(value) for key, value in values.items()}, order)

    @property
    def decoys(self) -> list[Decoy]:
        """The decoys that have begun by the last day, in the order they did."""
        first_day = self.world.effects.first_day
        begun = [d for d in self.world.scenario.decoys if first_day(d.months[0]) < self.world.end]
        return sorted(begun, key=lambda decoy: decoy.months)


def decoy_ids(count: int) -> Ids:
    """The campaign_id of each decoy, apart from those that bring leads."""
    return Ids("C", 4, 9001 + np.arange(count))


def month_number(days: Numbers) -> Numbers:
    """Months since January 1970."""
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def shown(world: World, leads: Leads, deals: Deals, accounts: int) -> Numbers:
    """Positions of the leads that the company has seen, the first one first.

    Leads of before the first day shown are not among them, nor those of somebody who has bought.
    """
    bought = deals.bought(accounts)[leads.account]
    day = leads.created // DAY
    seen = np.flatnonzero((day >= world.start) & (day < world.end) & (day < bought))
    return seen[in_order(leads.created[seen])]


def lead_seats(world: World, accounts: Accounts, roster: Roster, leads: Leads) -> Numbers:
    """The seat that looks after each lead."""
    return roster.seat_of(
        roster.team("SDR", accounts.segment[leads.account]), accounts.region[leads.account],
        leads.created // DAY, leads.slots(world).uniform("leads.rep_id"),
    )  # fmt: skip


def lead_tables(
    world: World,
    accounts: Accounts,
    roster: Roster,
    leads: Leads,
    seat: Numbers,
    deals: Deals,
    deal: Numbers,
) -> Iterator[tuple[str, pa.Table]]:
    """leads and lead_history of the leads shown, as known on the last day.

    ``seat`` looks after each lead, and ``deal`` is the position of the deal that it became, -1 for
    none.
    """
    scenario, until = world.scenario, world.end * DAY
    ids, created = leads.ids, leads.created
    found = deal >= 0
    opened = np.where(found, leads.opportunity, NEVER)
    won = np.r_[np.where(deals.won, deals.closes_at, NEVER), NEVER][deal]
    set_aside = np.where(found, NEVER, leads.given_up)
    disqualified = np.where((leads.fate >= 0) & (set_aside < until), set_aside, NEVER)
    recycled = np.where(leads.fate < 0, set_aside, NEVER)

    rep = roster.holder(seat, created // DAY)
    first, last = names(world, "leads.name", leads.slots(world))
    mail = Joined((mailboxes(first), ".", mailboxes(last), ".", ids.number, "@example.com"))
    reason = np.where(disqualified < until, leads.fate, -1)
    yield (
        "leads",
        arrow(
            "leads",
            {
                "lead_id": ids,
                "account_id": accounts.ids.of(leads.account),
                "campaign_id": Campaigns(world).of(leads.channel, created // DAY),
                "channel": Words(leads.channel, list(scenario.channels)),
                "rep_id": roster.ids.of(rep),
                "name": Joined((first, " ", last)),
                "email": mail,
                "created_at": created,
                "opportunity_id": deals.ids.of(np.where(opened < until, deal, -1)),
                "disqualified_at": disqualified,
                "disqualified_reason": Words(reason, list(REASONS)),
            },
        ),
    )

    entered = {
        "lead": created, "MQL": leads.mql, "SQL": leads.sql, "opportunity": opened,
        "customer": won, "recycled": recycled, "disqualified": disqualified,
    }  # fmt: skip
    rows = [np.flatnonzero(moments < until) for moments in entered.values()]
    when = np.concatenate(
        [moments[row] for row, moments in zip(rows, entered.values(), strict=True)]
    )
    stage = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    order = in_order(when)
    row, stage, when = np.concatenate(rows)[order], stage[order], when[order]
    yield (
        "lead_history",
        arrow(
            "lead_history",
            {
                "lead_id": ids.of(row),
                "entered_at": when,
                "stage": Words(stage, list(entered)),
                "rep_id": roster.ids.of(roster.holder(seat[row], when // DAY)),
            },
        ),
    )


def mailboxes(names: Words) -> Words:
    """The part of an address that each name becomes."""
    assert not isinstance(names.vocabulary, Ids)
    codes, parts = _mailboxes(tuple(names.vocabulary))
    return Words(codes[names.codes], parts)


@cache
def _mailboxes(names: tuple[str, ...]) -> tuple[Numbers, tuple[str, ...]]:
    """The parts of addresses, each once, and which of them each name becomes."""
    parts = tuple(dict.fromkeys(map(mailbox, names)))
    place = {part: code for code, part in enumerate(parts)}
    return np.array([place[mailbox(name)] for name in names]), parts


def mailbox(name: str) -> str:
    """The part of an address before the @: letters of ASCII, digits and dots.

    >>> mailbox("Aarón D'Angelo")
    'aaron.dangelo'
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace(" ", ".").replace("ß", "ss"))
    return "".join(
        letter for letter in plain if letter.isascii() and (letter.isalnum() or letter in ".-")
    )
