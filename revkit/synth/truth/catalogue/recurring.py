"""Recurring revenue and retention: what each account pays at a month's two ends."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.customers.contracts import MAIN, PAYMENT_FAILED, TRIALING
from revkit.synth.truth.catalogue.months import (
    DAY_SPAN,
    Values,
    month_edges,
    over,
    sum_at_ends,
)
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month


def recurring_figures(part: Part) -> Figures:
    """Sum what accounts pay at each month's ends by how they moved, money in cents."""
    world, rows, size = part.world, part.made.ledger.rows, len(part.made.accounts)
    monthly, edges = rows["seats"] * rows["price"], month_edges(world)
    names = ("opening", "opening_accounts", "closing", "closing_accounts", "new", "returned",
             "joined", "grown", "grown_accounts", "shrunk", "gone", "gone_accounts",
             "gone_unpaid")  # fmt: skip
    found: Figures = {name: np.zeros(world.months, np.int64) for name in names}
    since = first_paid(part)
    before = paid_at(part, monthly, int(edges[0]))
    for month in range(world.months):
        first, after = int(edges[month]), paid_at(part, monthly, int(edges[month + 1]))
        change, stays = after - before, (before > 0) & (after > 0)
        joins, gone = (before == 0) & (after > 0), (before > 0) & (after == 0)
        fresh, grows, shrinks = since >= first, stays & (change > 0), stays & (change < 0)
        unpaid = gone & failed_last(part, first, int(edges[month + 1]), size)
        sums = (
            before, before > 0, after, after > 0, after[joins & fresh], after[joins & ~fresh],
            joins, change[grows], grows, -change[shrinks], before[gone], gone, before[unpaid],
        )  # fmt: skip
        for name, value in zip(names, sums, strict=True):
            found[name][month] = value.sum()
        before = after
    runs = (rows["started"], rows["ended"])
    listed = rows["seats"] * rows["listed"]
    found["listed"] = sum_at_ends(world, *runs, listed)[1:]
    known = since < NEVER
    found["first_paid"] = by_month(world, since[known])
    opens = rows["started"] == since[rows["account"]]
    found["first_paid_mrr"] = by_month(world, rows["started"][opens], monthly[opens])
    return found | daily_figures(part) | trial_figures(part, since)


def trial_figures(part: Part, since: Numbers) -> Figures:
    """Count the accounts by the month of their first trial, and those of them that have paid."""
    rows, tried = part.made.ledger.unpaid, np.full(len(since), NEVER)
    trials = (rows["status"] == TRIALING) & (rows["started"] < part.world.end)
    np.minimum.at(tried, rows["account"][trials], rows["started"][trials])
    begun = np.flatnonzero(tried < NEVER)
    paid = begun[since[begun] < part.world.end]
    return {
        "trials": by_month(part.world, tried[begun]),
        "trials_converted": by_month(part.world, tried[paid]),
    }


def first_paid(part: Part) -> Numbers:
    """Return the first day each account paid, ``NEVER`` if it never did."""
    rows, since = part.made.ledger.rows, np.full(len(part.made.accounts), NEVER)
    np.minimum.at(since, rows["account"], rows["started"])
    return since


def paid_at(part: Part, monthly: Numbers, edge: int) -> Numbers:
    """Return what each account pays a month on the day before another, in cents."""
    rows = part.made.ledger.rows
    runs = (rows["started"] < edge) & (rows["ended"] >= edge)
    paid = np.zeros(len(part.made.accounts), np.int64)
    np.add.at(paid, rows["account"][runs], monthly[runs])
    return paid


def failed_last(part: Part, first: int, edge: int, size: int) -> Numbers:
    """Report the accounts whose last line to end in some days ended for a failed payment."""
    rows = part.made.ledger.rows
    ended = np.flatnonzero((rows["ended"] >= first) & (rows["ended"] < edge))
    account, day = rows["account"][ended], rows["ended"][ended]
    last = np.full(size, -1)
    np.maximum.at(last, account, day)
    failed = np.zeros(size, bool)
    failed[account[(day == last[account]) & (rows["reason"][ended] == PAYMENT_FAILED)]] = True
    return failed


def daily_figures(part: Part) -> Figures:
    """Count customers each morning, and those who left on each day shown."""
    world, rows = part.world, part.made.ledger.rows
    main = rows["line"] == MAIN
    account, started, ended = (rows[name][main] for name in ("account", "started", "ended"))
    goes_on = np.isin(account * DAY_SPAN + ended, account * DAY_SPAN + started)
    days = np.arange(world.start, world.end)
    morning = np.searchsorted(np.sort(started), days) - np.searchsorted(np.sort(ended), days)
    gone = ended[~goes_on]
    here = gone[(gone >= world.start) & (gone < world.end)] - world.start
    return {"each_morning": morning, "gone_each_day": np.bincount(here, minlength=len(days))}


def recurring_values(f: Figures, edges: Numbers) -> Values:
    """Form the metrics of recurring revenue; ``edges`` are the first days of the months."""
    mrr, opening = f["closing"] / 100, f["opening"] / 100
    lost, kept = f["shrunk"] + f["gone"], f["opening"] - f["shrunk"] - f["gone"]
    gained = f["new"] + f["grown"]
    days = over(f["gone_each_day"], f["each_morning"])
    return {
        "mrr": mrr,
        "arr": 12 * mrr,
        "arpa": over(mrr, f["closing_accounts"]),
        "customers": f["closing_accounts"],
        "new_customers": f["first_paid"],
        "new_mrr": f["new"] / 100,
        "reactivation_mrr": f["returned"] / 100,
        "expansion_mrr": f["grown"] / 100,
        "contraction_mrr": f["shrunk"] / 100,
        "churned_mrr": f["gone"] / 100,
        "net_new_mrr": (f["closing"] - f["opening"]) / 100,
        "mrr_growth_rate": over(mrr - opening, opening),
        "nrr": over(kept + f["grown"], f["opening"]),
        "nrr_with_reactivation": over(kept + f["grown"] + f["returned"], f["opening"]),
        "grr": over(kept, f["opening"]),
        "gross_mrr_churn_rate": over(lost, f["opening"]),
        "net_mrr_churn_rate": over(lost - f["grown"], f["opening"]),
        "expansion_rate": over(f["grown"], f["opening"]),
        "upsell_rate": over(f["grown_accounts"], f["opening_accounts"]),
        "churn_rate": over(f["gone_accounts"], f["opening_accounts"]),
        "logo_retention": over(f["opening_accounts"] - f["gone_accounts"], f["opening_accounts"]),
        "churn_rate_joined": over(f["gone_accounts"], f["opening_accounts"] + f["joined"]),
        "churn_rate_daily": np.add.reduceat(days, edges[:-1] - edges[0]),
        "trial_conversion_rate": over(f["trials_converted"], f["trials"]),
        "involuntary_churn_share": over(f["gone_unpaid"], f["gone"]),
        "quick_ratio": over(gained, lost),
        "quick_ratio_with_reactivation": over(gained + f["returned"], lost),
        "price_realisation": over(f["closing"], f["listed"]),
        "fx_movement_mrr": np.zeros(len(mrr)),  # everybody pays in one currency
    }
