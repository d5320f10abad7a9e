"""Customers as they are billed, served, and use what they bought."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.world import DAY
from revkit.synth.tables.per_chunk.invoices import issued_lines, payments
from revkit.synth.tables.per_chunk.tickets import draw_tickets
from revkit.synth.tables.per_chunk.usage import draw_usage
from revkit.synth.truth.catalogue.months import Values, over, sum_at_ends
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month

SATISFIED = 4
"""Lowest answer of who is satisfied."""


def customer_figures(part: Part) -> Figures:
    """Sum what is billed and owed in cents, users and seats, and the answers on tickets."""
    world, chunk, made, customers = part.world, part.chunk, part.made, part.customers
    bill = issued_lines(world, chunk, made.ledger, customers)
    paid = payments(world, chunk, bill, customers)
    tickets = draw_tickets(world, chunk, made.accounts, customers)
    rated = (tickets["closed_at"] < NEVER) & ~np.isnan(tickets["satisfaction"])
    closed, mood = tickets["closed_at"][rated] // DAY, tickets["satisfaction"][rated]
    month = world.month_starts[customers.month]
    active = draw_usage(world, chunk, made.accounts, customers)["active_users"]
    return {
        "billed": by_month(world, bill.issued, bill.cents),
        "owed": sum_at_ends(world, bill.issued, paid["paid_on"], bill.cents)[1:],
        "overdue": sum_at_ends(world, paid["due_on"] + 1, paid["paid_on"], bill.cents)[1:],
        "active": by_month(world, month, active),
        "seats": by_month(world, month, customers.seats),
        "used": by_month(world, month),
        "answers": by_month(world, closed),
        "satisfied": by_month(world, closed[mood >= SATISFIED]),
    }


def customer_values(f: Figures, days: Numbers) -> Values:
    """Form the metrics of billing, usage and support; ``days`` are those of each month."""
    return {
        "billings": f["billed"] / 100,
        "days_sales_outstanding": over(f["owed"], over(f["billed"], days)),
        "overdue_share": over(f["overdue"], f["owed"]),
        "active_users": np.where(f["used"] > 0, f["active"], np.nan),
        "seat_utilisation": over(f["active"], f["seats"]),
        "csat": over(f["satisfied"], f["answers"]),
    }
