"""Deals: those created and closed in each month, what they are worth and how long they took."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.deals import NEW
from revkit.synth.simulate.world import DAY
from revkit.synth.truth.catalogue.months import Values, over, sum_at_ends
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month

DISCOUNT_DIGITS = 4
"""Digits to which a discount is written down."""


def deal_figures(part: Part) -> Figures:
    """Sum the deals created and closed in each month; money in cents, cycles in days."""
    world, deals, changes = part.world, part.deals, part.changes
    first, last = np.zeros((2, len(deals)), np.int64)
    begins = changes["seq"] == 1
    first[changes["deal"][begins]] = changes["amount"][begins]
    last[changes["deal"]] = changes["amount"]  # of the last change: rows come in order
    closed = deals.closes < world.end
    won = closed & deals.won
    new, days = deals.kind == NEW, deals.closes - deals.opened
    listed = last / (1 - np.round(deals.discount, DISCOUNT_DIGITS))
    created = np.append(part.made.leads.created, 0)[deals.lead]
    sourced = won & new & (deals.lead >= 0) & (created >= world.start * DAY)

    def closing(which: Numbers, amounts: Numbers | None = None) -> Numbers:
        return by_month(world, deals.closes[which], None if amounts is None else amounts[which])

    return {
        "created": by_month(world, deals.opened),
        "created_new": by_month(world, deals.opened[new]),
        "created_won": by_month(world, deals.opened[won]),
        "created_amount": by_month(world, deals.opened, first),
        "closed": closing(closed),
        "closed_amount": closing(closed, last),
        "closed_days": closing(closed, days),
        "won": closing(won),
        "won_amount": closing(won, last),
        "won_days": closing(won, days),
        "won_listed": closing(won, listed),
        "won_new_amount": closing(won & new, last),
        "won_sourced_amount": closing(sourced, last),
        "open_deals": sum_at_ends(world, deals.opened, part.closed_on),
        "open_since": sum_at_ends(world, deals.opened, part.closed_on, deals.opened - world.start),
    }


def deal_values(f: Figures, ends: Numbers) -> Values:
    """Form the metrics of deals; ``ends`` are the months' last days from the first day shown."""
    won, closed, amount = f["won"], f["closed"], f["won_amount"] / 100
    opened = (f["open_deals"][1:] + f["open_deals"][:-1]) / 2
    each, cycle = over(amount, won), over(f["closed_days"], closed)
    ages = ends * f["open_deals"][1:] - f["open_since"][1:]
    return {
        "opportunities_created": f["created"],
        "pipeline_created": f["created_amount"] / 100,
        "attributed_pipeline": f["created_amount"] / 100,
        "won_deals": won,
        "won_amount": amount,
        "win_rate": over(won, closed),
        "win_rate_value": over(f["won_amount"], f["closed_amount"]),
        "win_loss_ratio": over(won, closed - won),
        "close_rate": over(f["created_won"], f["created"]),
        "deal_size": each,
        "sales_cycle": over(f["won_days"], won),
        "discount_rate": 1 - over(f["won_amount"], f["won_listed"]),
        "marketing_sourced_share": over(f["won_sourced_amount"], f["won_new_amount"]),
        "pipeline_velocity": over(opened * over(won, closed) * each, cycle),
        "pipeline_age": over(ages, f["open_deals"][1:]),
    }
