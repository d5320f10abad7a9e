"""Contracts: the terms that begin, those that end and are renewed, and what is left of them."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.tables.per_chunk.invoices import contract_number
from revkit.synth.truth.catalogue.months import (
    DAY_SPAN,
    Values,
    months_of,
    over,
    sum_at_ends,
)
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month

GRACE = 30
"""Days past its term on which a contract that was renewed is in force."""


def contract_figures(part: Part) -> Figures:
    """Sum the contract terms that begin and end in each month, and what is left of those in force.

    Money is in cents; ``begun_value`` and ``left_value`` are cents times months.
    """
    world, every = part.world, part.made.ledger.rows
    known = (every["started"] < world.end) & (every["term"] < NEVER)
    rows = {name: values[known] for name, values in every.items()}
    monthly = rows["seats"] * rows["price"]
    terms, term = np.unique(contract_number(rows) * DAY_SPAN + rows["term"], return_inverse=True)
    due, count = terms % DAY_SPAN, len(terms)
    begun, stopped = np.full(count, NEVER), np.zeros(count, np.int64)
    end = np.minimum(rows["ended"], rows["term"])
    np.minimum.at(begun, term, rows["started"])
    np.maximum.at(stopped, term, end)

    def mrr_of(chosen: Numbers) -> Numbers:
        found = np.zeros(count, np.int64)
        np.add.at(found, term[chosen], monthly[chosen])
        return found

    first, before = mrr_of(rows["started"] == begun[term]), mrr_of(end == stopped[term])
    months = months_of(due) - months_of(begun)
    # A term is judged when its days of grace are over.
    judged = np.flatnonzero(due + GRACE < world.end)
    due, before = due[judged], before[judged]
    after = kept_on(every, terms[judged] // DAY_SPAN, due + GRACE)
    left = months_of(rows["term"]) - months_of(np.array([world.start]))
    spans = rows["started"], end
    return {
        "terms_begun": by_month(world, begun),
        "begun_mrr": by_month(world, begun, first),
        "begun_months": by_month(world, begun, months),
        "begun_value": by_month(world, begun, first * months),
        "terms_due": by_month(world, due),
        "terms_renewed": by_month(world, due[after > 0]),
        "due_mrr": by_month(world, due, before),
        "renewed_mrr": by_month(world, due, after),
        "renewed_mrr_without_growth": by_month(world, due, np.minimum(before, after)),
        "bound_mrr": sum_at_ends(world, *spans, monthly)[1:],
        "left_value": sum_at_ends(world, *spans, monthly * left)[1:],
    }


def kept_on(rows: dict[str, Numbers], contract: Numbers, day: Numbers) -> Numbers:
    """Return the MRR on a day of each contract's stay: it, and the contracts that renew it."""
    numbers, place = np.unique(contract_number(rows), return_index=True)
    # A contract that renews none begins another stay.
    stays = np.cumsum(rows["renewed"][place] == 0)
    stay = stays[np.searchsorted(numbers, contract_number(rows))]
    monthly = rows["seats"] * rows["price"]
    when = np.r_[rows["started"], np.minimum(rows["ended"], DAY_SPAN - 1)]
    key, change = np.r_[stay, stay] * DAY_SPAN + when, np.r_[monthly, -monthly]
    order = np.argsort(key, kind="stable")
    key, running = key[order], np.r_[0, np.cumsum(change[order])]
    own = stays[np.searchsorted(numbers, contract)] * DAY_SPAN
    return np.asarray(
        running[np.searchsorted(key, own + day, "right")] - running[np.searchsorted(key, own)]
    )


def contract_values(f: Figures, passed: Numbers) -> Values:
    """Form the metrics of contracts; ``passed`` are the months from the start to each end."""
    return {
        "renewal_rate": over(f["terms_renewed"], f["terms_due"]),
        "renewal_rate_mrr": over(f["renewed_mrr_without_growth"], f["due_mrr"]),
        "net_renewal_rate_mrr": over(f["renewed_mrr"], f["due_mrr"]),
        "acv": over(12 * f["begun_mrr"] / 100, f["terms_begun"]),
        "tcv": over(f["begun_value"] / 100, f["terms_begun"]),
        "contract_length": over(f["begun_months"], f["terms_begun"]),
        "remaining_performance_obligation": (f["left_value"] - passed * f["bound_mrr"]) / 100,
    }
