"""True figures of a company by month, counted from the simulation.

Nothing here reads a table or asks a metric, so that tests can compare the two paths to the same
numbers.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.deal_history import WON, history
from revkit.synth.simulate.deals import NEW
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, shown_deals, visible_leads
from revkit.synth.simulate.world import DAY, World, month_number

COMMIT = 2
YEAR = ("mrr_a_year_ago", "mrr_kept_and_grown", "mrr_kept", "customers_a_year_ago",
        "customers_lost_since")  # fmt: skip
"""Figures of the customers of a year before: their MRR then, now, and now up to that of then."""

Figures = dict[str, Numbers]


def figures(world: World, roster: Roster, made: Simulated) -> Figures:
    """Compute the figures of a chunk: whole numbers by month shown; money in cents."""
    return {**recurring(world, made), **funnel(world, made), **pipeline(world, roster, made)}


def sum_figures(parts: list[Figures]) -> Figures:
    """Sum the figures of all chunks."""
    return {name: np.sum([part[name] for part in parts], axis=0) for name in parts[0]}


def by_month(world: World, days: Numbers, amounts: Numbers | None = None) -> Numbers:
    """Count days, or sum amounts, by month shown."""
    month = world.month(days) - world.scenario.burn_in_months
    here = (month >= 0) & (month < world.months)
    totals = np.zeros(world.months, np.int64 if amounts is None else amounts.dtype)
    np.add.at(totals, month[here], 1 if amounts is None else amounts[here])
    return totals


def recurring(world: World, made: Simulated) -> Figures:
    """Compute MRR and customers at each month's end, and their changes over a month and a year.

    What an account pays at a month's two ends says how it moved; one that pays again was a
    customer before.
    """
    rows, size = made.ledger.rows, len(made.accounts)
    monthly = rows["seats"] * rows["price"]
    since = np.full(size, NEVER)
    np.minimum.at(since, rows["account"], rows["started"])
    first = world.scenario.burn_in_months
    edges = world.month_starts[first : first + world.months + 1]
    names = ("mrr", "customers", "new_mrr", "new_customers", "reactivated_mrr", "expansion_mrr",
             "contraction_mrr", "churned_mrr", "churned_customers")  # fmt: skip
    made_of: Figures = {name: np.zeros(world.months, np.int64) for name in (*names, *YEAR)}
    before, ends = np.zeros(size, np.int64), deque[Numbers](maxlen=13)
    for place, edge in enumerate(edges.tolist()):
        runs = (rows["started"] < edge) & (rows["ended"] >= edge)
        after = np.zeros(size, np.int64)
        np.add.at(after, rows["account"][runs], monthly[runs])
        ends.append(after)
        if place >= 12:
            then = ends[0]
            stood = then > 0
            kept = (then, after[stood], np.minimum(then, after), stood, stood & (after == 0))
            for name, value in zip(YEAR, kept, strict=True):
                made_of[name][place - 1] = value.sum()
        if place:
            change, joins = after - before, (before == 0) & (after > 0)
            new, stays = joins & (since >= edges[place - 1]), (before > 0) & (after > 0)
            gone, grows, shrinks = (before > 0) & (after == 0), stays & (change > 0), change < 0
            values = (
                after, after > 0, change[new], new, change[joins & ~new], change[grows],
                -change[stays & shrinks], before[gone], gone,
            )  # fmt: skip
            for name, value in zip(names, values, strict=True):
                made_of[name][place - 1] = value.sum()
        before = after
    return made_of


def funnel(world: World, made: Simulated) -> Figures:
    """Count leads, MQLs and SQLs by the month they became one."""
    leads = made.leads
    rows = visible_leads(world, leads, made.first, len(made.accounts))
    moments = {"leads": leads.created, "mqls": leads.mql, "sqls": leads.sql}
    return {name: by_month(world, when[rows] // DAY) for name, when in moments.items()}


def pipeline(world: World, roster: Roster, made: Simulated) -> Figures:
    """Count new-business deals and their bookings, and pushes and wins of all deals, by month."""
    deals = made.ledger.deals
    deals = deals.take(shown_deals(world, deals))
    new = deals.kind == NEW
    won = new & deals.won
    rows = history(world, deals, roster, made.accounts)
    deal, stage = rows["deal"], rows["stage"]
    again = rows["seq"] > 1
    going = np.flatnonzero(stage < WON)
    same = np.diff(deal[going], prepend=-1) == 0
    expected = month_number(rows["expected"][going])
    moved = going[same & (np.diff(expected, prepend=0) > 0)]
    last = np.r_[deal[1:] != deal[:-1], True] if len(deal) else again
    forecast = np.r_[-1, rows["forecast"][:-1]] if len(deal) else rows["forecast"]
    commit = last & again & (stage == WON) & (forecast == COMMIT)
    return {
        "new_deals_opened": by_month(world, deals.opened[new]),
        "new_deals_closed": by_month(world, deals.closes[new]),
        "new_deals_won": by_month(world, deals.closes[won]),
        "new_bookings": by_month(world, deals.closes[won], deals.amount[won]),
        "pushes": by_month(world, np.floor(rows["when"][moved]).astype(np.int64)),
        "deals_won": by_month(world, deals.closes[deals.won]),
        "deals_won_as_commit": by_month(world, deals.closes[deal[commit]]),
    }
