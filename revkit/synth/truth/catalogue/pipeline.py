"""Pipeline: what is open at each month's end, due in it, pushed in it, or left alone."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.scenario.pipelines import chances, pipeline_of
from revkit.synth.simulate.deal_history import WON
from revkit.synth.simulate.world import DAY, month_number
from revkit.synth.truth.catalogue.months import (
    DAY_SPAN,
    Values,
    month_edges,
    month_shown,
    over,
    sum_at_ends,
)
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month

QUIET = 30
"""Days without activity after which an open deal is stale."""


def pipeline_figures(part: Part) -> Figures:
    """Sum the open deals as their history has them, amounts in cents."""
    world, rows = part.world, part.changes
    lasts = (rows["stage"] < WON) & (rows["day"] < rows["next"])  # at the end of a day
    deal, day, until, amount, expected, stage = (
        rows[name][lasts] for name in ("deal", "day", "next", "amount", "expected", "stage")
    )
    due, process = month_shown(world, expected), pipeline_of(world.scenario, part.deals.kind)
    chance = chances()[process[deal], stage]
    # Due in a month is what is so as it begins.
    stands = (month_shown(world, day) < due) & (due <= month_shown(world, until))
    ends = month_edges(world)[np.clip(due, 0, world.months - 1) + 1]
    late = stands & still_open(part, deal, ends)
    later = np.diff(month_number(expected), prepend=0) > 0
    later &= np.diff(deal, prepend=-1) == 0
    return {
        "open_amount": sum_at_ends(world, day, until, amount)[1:],
        "weighted_amount": sum_at_ends(world, day, until, amount * chance)[1:],
        "due_amount": by_month(world, expected[stands], amount[stands]),
        "slipped_amount": by_month(world, expected[late], amount[late]),
        "pushed": by_month(world, day[later]),
        "stale": stale_figure(part),
    }


def change_before(part: Part, deal: Numbers, day: Numbers) -> Numbers:
    """Return the position of the last change of each deal before a day."""
    rows = part.changes
    keys = rows["deal"] * DAY_SPAN + rows["day"]
    return np.asarray(np.searchsorted(keys, deal * DAY_SPAN + day) - 1)


def still_open(part: Part, deal: Numbers, day: Numbers) -> Numbers:
    """Report the deals that are open as a day begins; one that was lost may be reopened."""
    last = change_before(part, deal, day)
    return np.asarray((part.changes["deal"][last] == deal) & (part.changes["stage"][last] < WON))


def stale_figure(part: Part) -> Numbers:
    """Count the open deals at each month's end without activity for more than 30 days."""
    world, rows, changes = part.world, part.activities, part.changes
    place = np.full(len(part.made.ledger.deals) + 1, -1)  # the last one for those without a deal
    place[part.shown] = np.arange(len(part.shown))
    worked = np.flatnonzero(place[rows["deal"]] >= 0)
    deal = np.r_[changes["deal"], place[rows["deal"][worked]]]
    day = np.r_[changes["day"], rows["when"][worked] // DAY]
    inside = still_open(part, deal, day + 1)
    deal, day = deal[inside], day[inside]
    order = in_order(deal, day)
    deal, day = deal[order], day[order]
    following = np.full(len(day), NEVER)
    following[:-1] = np.where(deal[1:] == deal[:-1], day[1:], NEVER)
    # The next close ends what is left alone: backwards, the last one seen.
    closes = np.where(changes["stage"] >= WON, np.arange(len(changes["day"])), len(changes["day"]))
    ahead = np.minimum.accumulate(closes[::-1])[::-1][change_before(part, deal, day + 1)]
    same = np.append(changes["deal"], -1)[ahead] == deal
    closed = np.where(same, np.append(changes["day"], NEVER)[ahead], NEVER)
    return sum_at_ends(world, day + QUIET + 1, np.minimum(following, closed))[1:]


def pipeline_values(f: Figures) -> Values:
    """Form the metrics of the pipeline; money in the company's currency."""
    return {
        "pipeline_open": f["open_amount"] / 100,
        "weighted_pipeline": f["weighted_amount"] / 100,
        "slippage_rate": over(f["slipped_amount"], f["due_amount"]),
        "push_count": f["pushed"],
        "stale_deals": f["stale"],
    }
