"""Figures of contracts by month that no metric tells: refunds, pauses, seats apart, price steps."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.customers.contracts import (
    ADDED,
    MAIN,
    PAUSED,
    contract_year,
    discount_after,
    years_after,
)
from revkit.synth.simulate.deals import net_price
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_chunk.invoices import contract_number, issued_lines, payments
from revkit.synth.truth.catalogue.months import DAY_SPAN, month_edges, months_of, sum_at_ends
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month


def contract_figures(part: Part) -> Figures:
    """Count what happens to contracts in each month, and what they stand at by its end.

    ``refunded`` is by the day that an invoice was paid; ``pauses``, ``lines_apart`` and
    ``price_steps`` by the day they begin. ``paused_customers``, ``paused_mrr`` and ``contracted``,
    what is left of all terms at the prices agreed on, are of the month's end; money in cents.
    """
    world, ledger = part.world, part.made.ledger
    bill = issued_lines(world, part.chunk, ledger, part.customers)
    paid = payments(world, part.chunk, bill, part.customers)
    rows, paused = ledger.rows, ledger.unpaid["status"] == PAUSED
    pauses = {name: values[paused] for name, values in ledger.unpaid.items()}
    whole = pauses["line"] == MAIN
    spans = pauses["started"], pauses["ended"]
    return {
        "refunded": by_month(world, paid["paid_on"], paid["refunded"].astype(np.int64)),
        "pauses": by_month(world, pauses["started"][whole]),
        "paused_customers": sum_at_ends(world, *(days[whole] for days in spans))[1:],
        "paused_mrr": sum_at_ends(world, *spans, pauses["seats"] * pauses["price"])[1:],
        "lines_apart": by_month(world, rows["started"][rows["line"] == ADDED]),
        "price_steps": by_month(world, rows["started"][price_steps(rows)]),
        "contracted": contracted(world, rows),
    }


def price_steps(rows: dict[str, Numbers]) -> Numbers:
    """Report the regimes of main lines with which a further year of a term begins."""
    main = (rows["line"] == MAIN) & (rows["term"] < NEVER)
    term = np.where(main, rows["term"], 0)
    terms, of = np.unique(contract_number(rows) * DAY_SPAN + term, return_inverse=True)
    begun = np.full(len(terms), NEVER)
    np.minimum.at(begun, of, rows["started"])
    steps = main & (rows["started"] > begun[of])
    steps[steps] = rows["started"][steps] == contract_year(rows["started"][steps], term[steps])
    return np.asarray(steps)


def contracted(world: World, rows: dict[str, Numbers]) -> Numbers:
    """Sum what is left of the terms in force at each month's end, year by year, in cents."""
    spec = world.scenario.contracts
    bound = np.flatnonzero((rows["term"] < NEVER) & (rows["started"] < world.end))
    rows = {name: values[bound] for name, values in rows.items()}
    began, found = contract_year(rows["started"], rows["term"]), np.zeros(world.months)
    for month, edge in enumerate(month_edges(world)[1:].tolist()):
        runs = (rows["started"] < edge) & (rows["ended"] >= edge)
        for year in range(spec.multi_years):
            first = np.maximum(years_after(began, year), edge)
            last = np.minimum(years_after(began, year + 1), rows["term"])
            here = np.flatnonzero(runs & (first < last))
            off = discount_after(rows["discount"][here], spec.discount_step, year)
            monthly = rows["seats"][here] * net_price(rows["listed"][here], off)
            months = months_of(last[here]) - months_of(first[here])
            found[month] += (monthly * months).sum()
    return found
