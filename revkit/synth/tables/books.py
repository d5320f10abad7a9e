"""What the company spends, plans and reports: spend, targets, finance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import exp, factorial
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.kernel.text import Ids
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.campaigns import Campaigns, decoy_ids
from revkit.synth.simulate.deals import RENEWAL
from revkit.synth.simulate.leads import INBOUND, LEADS
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated
from revkit.synth.simulate.world import AHEAD, World, month_number, working

if TYPE_CHECKING:
    import pyarrow as pa

PLAN = 0.85
"""What the plan counts on, of the quotas it hands out."""

NOT_YET_CUSTOMERS = 0.86
"""Leads stop once an account has bought; the share that comes before."""

COGS = ("cogs", "support")

FUNCTIONS = {"sales": ("AE", "AM", "SDR"), "success": ("CSM",)}
"""The roles of each function that has people of its own."""

MANAGER_PAY = 1.2
"""What a manager earns, in pays of the team."""


@dataclass(frozen=True)
class Totals:
    """What a chunk adds to the books, in cents for each month shown.

    ``due`` is for each quarter planned and each seat that looks after customers: see `due`.
    """

    revenue: Numbers
    commission: Numbers
    due: Numbers

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.revenue + other.revenue, self.commission + other.commission, self.due + other.due
        )


def totals(world: World, roster: Roster, made: Simulated) -> Totals:
    """Revenue earned by the day, commission on what was won, and what is up for renewal."""
    ledger, costs = made.ledger, world.scenario.costs
    rows = ledger.rows
    monthly = rows["seats"] * rows["price"]
    edges = world.month_starts[world.scenario.burn_in_months : -AHEAD]
    revenue = []
    for first, last in pairwise(edges):
        days = np.minimum(rows["ended"], last) - np.maximum(rows["started"], first)
        revenue.append(int((monthly * np.maximum(days, 0)).sum()) // int(last - first))
    deals = ledger.deals
    rate = np.where(deals.kind == RENEWAL, costs.commission_renewal, costs.commission)
    earned = np.rint(np.where(deals.won, deals.amount * rate, 0)).astype(np.int64)
    month = world.month(deals.closes) - world.scenario.burn_in_months
    shown = (month >= 0) & (month < world.months)
    commission = np.zeros(world.months, np.int64)
    np.add.at(commission, month[shown], earned[shown])
    return Totals(np.array(revenue), commission, due(world, roster, made))


def due(world: World, roster: Roster, made: Simulated) -> Numbers:
    """A year of the contracts that are up for renewal, as known when quotas are handed out.

    A quarter a row and a seat a column; a renewal closes on the working day before its term ends.
    """
    rows, size = made.ledger.rows, len(roster.seats[0])
    seat, worth = made.keepers[rows["account"]], 12 * rows["seats"] * rows["price"]
    closes = working(rows["term"] - 1)
    found = []
    for start, end, submitted in quarters(world):
        runs = (rows["started"] <= submitted) & (rows["ended"] > submitted)
        runs &= (closes >= start) & (closes < end)
        found.append(np.bincount(seat[runs], worth[runs], size).astype(np.int64))
    return np.array(found).reshape(-1, size)


def expected_leads(world: World) -> Numbers:
    """The leads to be expected in each month simulated up to the last one known."""
    funnel = world.scenario.funnel
    arrivals = world.arrivals()
    month = world.month(world.first + np.arange(len(arrivals)))
    fresh = np.bincount(month, arrivals) * world.accounts
    mean, more = funnel.leads_per_account - 1, []
    for later in range(len(fresh)):
        so_far = int(later * 30 / funnel.days_between_leads) + 1
        left = 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(min(so_far, LEADS)))
        more.append(left * 30 / funnel.days_between_leads)
    days = np.bincount(world.month(world.first + np.arange(len(world.pace))), world.pace)
    busy = days[: len(fresh)] / (30.4 * world.pace.max())
    expected = INBOUND * fresh + busy * np.convolve(fresh, more)[: len(fresh)]
    return np.asarray(NOT_YET_CUSTOMERS * expected)


def plan_months(world: World) -> Numbers:
    """The months of every year planned by the last day; a year is planned in December before."""
    first = np.datetime64(world.start, "D").astype("M8[Y]").astype(np.int64)
    last = np.datetime64(world.end + 16, "D").astype("M8[Y]").astype(np.int64)
    return np.arange(first * 12, (last + 1) * 12)


def days_of(months: Numbers) -> Numbers:
    """The first day of months numbered from 1970."""
    return months.astype("M8[M]").astype("M8[D]").astype(np.int64)


def spend(world: World, roster: Roster, sums: Totals) -> pa.Table:
    """spend: one row for each month, function, category and channel or campaign."""
    scenario, costs = world.scenario, world.scenario.costs
    edges = world.month_starts[world.scenario.burn_in_months : -AHEAD]
    starts, ends = edges[:-1], edges[1:] - 1
    rows: list[tuple[Numbers, str, str | None, str | None, Numbers, Numbers]] = []

    def add(function: str, category: str | None, amount: Numbers, *, days: Numbers = ends,
            channel: str | None = None, campaign: Any = None) -> None:  # fmt: skip
        campaign = np.full(len(days), None) if campaign is None else campaign
        cents = np.rint(amount).astype(np.int64)
        rows.append((days, function, category, channel, campaign, cents))

    def wobble(name: str) -> Numbers:
        return np.asarray(np.exp(0.04 * world.streams().normal(f"spend.{name}", world.months)))

    for function, roles in FUNCTIONS.items():
        people, pay = staff(world, roster, ends, roles)
        add(function, "people", pay * (1 + costs.overhead))
        add(function, "tools", people * costs.tools * 100 * wobble(f"{function}.tools"))
    add("sales", "commission", sums.commission)
    marketers = np.full(world.months, max(1, round(costs.marketers * world.accounts / 1000)))
    add("marketing", "people", marketers * costs.marketer_pay * 100 / 12 * (1 + costs.overhead))
    add("marketing", "tools", marketers * 2 * costs.tools * 100 * wobble("marketing.tools"))
    leads = expected_leads(world)[scenario.burn_in_months :]
    campaigns = Campaigns(world)
    for place, (name, channel) in enumerate(scenario.channels.items()):
        budget = leads * channel.share * channel.cost * 100 * wobble(name) * wobble(f"{name}.more")
        add("marketing", "programs", budget, days=starts + 14, channel=name,
            campaign=campaigns.of(np.full(len(starts), place), starts + 14).words())  # fmt: skip
    for id_, decoy in zip(decoy_ids(len(campaigns.decoys)).words(), campaigns.decoys, strict=True):
        days = np.array([world.effects.first_day(m) + 14 for m in range(*decoy.months)])
        days = days[days < world.end]
        amount = np.full(len(days), 100 * decoy.cost / (decoy.months[1] - decoy.months[0]))
        add("marketing", "programs", amount, days=days, channel=decoy.channel,
            campaign=np.full(len(days), id_))  # fmt: skip
    add("support", "people", sums.revenue * costs.support * wobble("support"))
    add("product", "people", sums.revenue * costs.product * wobble("product"))
    add("admin", "people", sums.revenue * costs.admin * wobble("admin"))
    add("cogs", "tools", sums.revenue * costs.hosting * wobble("hosting"))
    add("cogs", None, sums.revenue * costs.payments)

    days = np.concatenate([row[0] for row in rows])
    order = np.argsort(days, kind="stable")
    text = [np.concatenate([np.full(len(row[0]), row[i]) for row in rows]) for i in (1, 2, 3)]
    return arrow(
        "spend",
        {
            "spend_id": Ids("X", 5, 1 + np.arange(len(order))),
            "spent_on": days[order],
            "function": text[0][order],
            "category": text[1][order],
            "channel": text[2][order],
            "campaign_id": np.concatenate([row[4] for row in rows])[order],
            "amount": np.concatenate([row[5] for row in rows])[order],
            "currency": np.full(len(order), scenario.currency, dtype=object),
        },
    )


def staff(
    world: World, roster: Roster, days: Numbers, roles: tuple[str, ...]
) -> tuple[Numbers, Numbers]:
    """People in some roles on some days, managers with their teams, and a month's pay in cents."""
    team = roster.seats[0][roster.seat] // len(REGIONS)
    here = (roster.hired <= days[:, None]) & (days[:, None] < roster.leaves)
    people, pay = np.zeros((2, len(days)))
    for place, spec in enumerate(world.scenario.teams.values()):
        if spec.role in roles:
            count = here[:, team == place].sum(axis=1)
            people += count + 1
            pay += (count + MANAGER_PAY) * spec.pay * 100 / 12
    return people, pay


def targets(world: World, roster: Roster, sums: Totals) -> pa.Table:
    """targets: quotas by rep and quarter, the plan of new MRR by segment and of leads by month."""
    rows = [*quotas(world, roster, sums), *plans(world, roster)]
    rows.sort(key=lambda row: (row["submitted_on"], row["starts_on"]))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return arrow("targets", columns | {"target_id": Ids("T", 5, 1 + np.arange(len(rows)))})


def quarters(world: World) -> list[tuple[int, int, int]]:
    """The first day of each quarter with quotas, the day after it, and when they are submitted."""
    months = plan_months(world)[::3]
    ends = days_of(months + 3).tolist()
    each = [
        (day, end, int(working(day - 12))) for day, end in zip(days_of(months), ends, strict=True)
    ]
    return [q for q in each if q[2] < world.end and q[1] > world.start]


def quotas(world: World, roster: Roster, sums: Totals) -> Iterator[dict[str, Any]]:
    """A quarter's bookings for each rep with a quota; half in the first quarter.

    Who looks after customers has a quota of what is up for renewal, and none where nothing is.
    """
    queue, opened = roster.seats
    reps = roster.ids.words()
    for (start, end, submitted), up in zip(quarters(world), sums.due, strict=True):
        for place, team in enumerate(world.scenario.teams.values()):
            seats = np.flatnonzero((queue // len(REGIONS) == place) & (opened <= start))
            for seat, person in zip(seats, roster.holder(seats, np.array(start)), strict=True):
                share = 0.5 if start - roster.hired[person] < 90 else 1.0
                amount = int(team.quota * 100 * share + team.quota_of_due * up[seat])
                if amount:
                    yield {
                        "kind": "quota", "rep_id": reps[person], "segment": team.accounts or None,
                        "starts_on": start, "ends_on": end, "submitted_on": submitted,
                        "measure": "bookings", "amount": amount,
                    }  # fmt: skip


def plans(world: World, roster: Roster) -> Iterator[dict[str, Any]]:
    """A month's new MRR for each segment with quotas, and its leads."""
    queue, opened = roster.seats
    months, season = plan_months(world), np.asarray(world.scenario.season)
    leads = expected_leads(world)
    for month, start, end in zip(months, days_of(months), days_of(months + 1), strict=True):
        submitted = int(working(days_of(month // 12 * 12) - 17))
        if submitted >= world.end or end <= world.start:
            continue
        row = {"kind": "plan", "rep_id": None, "starts_on": start, "ends_on": end}
        row |= {"submitted_on": submitted}
        for place, team in enumerate(world.scenario.teams.values()):
            if team.quota:
                seats = ((queue // len(REGIONS) == place) & (opened <= start)).sum()
                yearly = PLAN * 4 * team.quota * seats * season[month % 12] / season.sum()
                yield row | {"segment": team.accounts, "measure": "new_mrr",
                             "amount": round(yearly / 12 / 100) * 10_000}  # fmt: skip
        ahead = month - month_number(np.array(world.first))
        while ahead >= len(leads):
            ahead -= 12
        yield row | {"segment": None, "measure": "leads", "amount": int(leads[ahead]) * 100}


def finance(world: World, sums: Totals, spent: pa.Table) -> pa.Table:
    """finance: revenue, cogs (with support), opex (the rest), cash burned, the price index.

    The cash burned is what the costs are above revenue, as if it were paid when it is earned.
    """
    starts = world.month_starts[world.scenario.burn_in_months : -AHEAD][:-1]
    cents = np.rint(spent["amount"].to_numpy() * 100).astype(np.int64)
    days = spent["spent_on"].to_numpy().astype("M8[D]").astype(np.int64)
    month = np.searchsorted(starts, days, side="right") - 1
    direct = np.isin(spent["function"].to_numpy(zero_copy_only=False).astype(str), COGS)
    since = np.arange(world.months) / 12
    index = 100 * (1 + world.scenario.costs.price_index_year) ** since
    cogs, opex = (np.bincount(month[of], cents[of], world.months) for of in (direct, ~direct))
    lines = {
        "revenue": sums.revenue,
        "cogs": cogs,
        "opex": opex,
        "cash_burn": cogs + opex - sums.revenue,
        "price_index": np.rint(index * 10) * 10,
    }
    return arrow(
        "finance",
        {
            "month": np.repeat(starts, len(lines)),
            "line": list(lines) * world.months,
            "amount": np.stack([*lines.values()], axis=1).ravel(),
        },
    )
