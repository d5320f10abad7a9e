"""spend: one row for each month, function, category and channel or campaign."""

from __future__ import annotations

from itertools import accumulate
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.kernel.text import Ids
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.campaigns import Campaigns, decoy_ids
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import AHEAD, World
from revkit.synth.tables.per_company.planning import expected_leads
from revkit.synth.tables.per_company.totals import Totals

if TYPE_CHECKING:
    import pyarrow as pa

FUNCTIONS = {"sales": ("AE", "AM", "SDR"), "success": ("CSM",)}
"""Roles of each function that has people."""


def spend_table(world: World, roster: Roster, sums: Totals) -> pa.Table:
    """Build spend: one row for each month, function, category and channel or campaign."""
    rows = spend_rows(world, roster, sums)
    order = np.argsort(rows["spent_on"], kind="stable")
    return arrow(
        "spend",
        {
            **{name: values[order] for name, values in rows.items()},
            "spend_id": Ids("X", 5, 1 + np.arange(len(order))),
            "currency": np.full(len(order), world.scenario.currency, dtype=object),
        },
    )


def spend_rows(world: World, roster: Roster, sums: Totals) -> dict[str, Numbers]:
    """Compute what is spent: by month, function, category and channel or campaign, in cents."""
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
        return np.asarray(
            np.exp(costs.spend_spread * world.streams().normal(f"spend.{name}", world.months))
        )

    for function, roles in FUNCTIONS.items():
        people, pay = staff(world, roster, ends, roles)
        add(function, "people", pay * (1 + costs.overhead))
        add(function, "tools", people * costs.tools * 100 * wobble(f"{function}.tools"))
    add("sales", "commission", sums.commission)
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
    for function, category, name in (
        ("marketing", "people", "marketing"),
        ("marketing", "tools", "marketing_tools"),
        ("support", "people", "support"),
        ("product", "people", "product"),
        ("admin", "people", "admin"),
        ("cogs", "tools", "hosting"),
    ):
        share = getattr(costs, name) * wobble(name) * drift(world, f"spend.{name}.drift")
        add(function, category, sums.revenue * share)
    add("cogs", None, sums.revenue * costs.payments)

    names = ("spent_on", "function", "category", "channel", "campaign_id", "amount")
    return {
        name: np.concatenate([np.full(len(row[0]), row[place]) for row in rows])
        for place, name in enumerate(names)
    }


def drift(world: World, stream: str) -> Numbers:
    """Draw the factor of a cost in each month, which strays slowly from 1 and comes back."""
    costs = world.scenario.costs
    kept, fresh = costs.drift_kept, sqrt(1 - costs.drift_kept**2)
    steps = world.streams().normal(stream, world.months)
    logs = accumulate(steps[1:] * fresh, lambda last, step: kept * last + step, initial=steps[0])
    return np.exp(costs.drift_spread * np.array([*logs]))


def staff(
    world: World, roster: Roster, days: Numbers, roles: tuple[str, ...]
) -> tuple[Numbers, Numbers]:
    """Return people in the given roles on each day, with managers, and a month's pay in cents."""
    team = roster.seats[0][roster.seat] // len(REGIONS)
    here = (roster.hired <= days[:, None]) & (days[:, None] < roster.leaves)
    people, pay = np.zeros((2, len(days)))
    for place, spec in enumerate(world.scenario.teams.values()):
        if spec.role in roles:
            count = here[:, team == place].sum(axis=1)
            people += count + 1
            monthly = spec.pay * roster.sizes[1][place] * 100 / 12
            pay += (count + world.scenario.costs.manager_pay) * monthly
    return people, pay
