"""tickets: requests to support, their severity, duration and satisfaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, Slots, choose, in_order
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.customers.active_months import ActiveMonths
from revkit.synth.simulate.world import DAY, World

if TYPE_CHECKING:
    import pyarrow as pa

MOST_TICKETS = 1024
"""Tickets an account can open in a month."""

CHUNK_ROWS = 1 << 24
"""Tickets that a chunk can have."""


def ticket_table(world: World, chunk: int, accounts: Accounts, customers: ActiveMonths) -> pa.Table:
    """Build tickets as known on the last day, by the moment they were opened."""
    rows = draw_tickets(world, chunk, accounts, customers)
    order = in_order(rows["opened_at"])
    rows = {name: values[order] for name, values in rows.items()}
    return arrow(
        "tickets",
        rows
        | {
            "ticket_id": Ids("K", 7, 1 + chunk * CHUNK_ROWS + np.arange(len(order))),
            "account_id": accounts.ids.of(rows.pop("account")),
            "severity": CodedText(rows["severity"], list(world.scenario.tickets.severities)),
        },
    )


def draw_tickets(
    world: World, chunk: int, accounts: Accounts, customers: ActiveMonths
) -> dict[str, Numbers]:
    """Draw tickets as known on the last day: fewer from healthy accounts and at weekends."""
    spec = world.scenario.tickets
    health = accounts.health[customers.account]
    rate = spec.seat_month * np.exp(spec.health * health) * customers.seats
    busiest = world.pace.max() / world.pace.mean()
    count = poisson_counts(rate * busiest, customers.slots(world, chunk).uniform("tickets.count"))
    row = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    number = customers.slots(world, chunk).numbers[row] * MOST_TICKETS + place
    draws = Slots(world.streams(chunk), number)

    starts, ends = (world.month_starts[(customers.month + more)[row]] for more in (0, 1))
    day = starts + (draws.uniform("tickets.day") * (ends - starts)).astype(np.int64)
    kept = (customers.first[row] <= day) & (day < customers.last[row])
    kept &= world.thin(day, draws.uniform("tickets.opened_at"))
    row, day, draws = row[kept], day[kept], Slots(draws.streams, number[kept])

    minute = 7 * 60 + (12 * 60 * draws.uniform("tickets.minute")).astype(np.int64)
    opened = day * DAY + minute * 60
    severities = spec.severities
    shares, hours = np.array([(each.share, each.hours) for each in severities.values()]).T
    severity = choose(draws.uniform("tickets.severity"), shares)
    slow = spec.spread * draws.normal("tickets.closed_at")
    minutes = np.rint(60 * hours[severity] * spec.pace * np.exp(slow)).astype(np.int64)
    closed = opened + 60 * np.maximum(minutes, 5)
    closed = np.where(closed < world.end * DAY, closed, NEVER)
    mood = spec.rating + spec.rating_health * health[row] + spec.rating_slow * slow
    mood = mood + spec.rating_spread * draws.normal("tickets.satisfaction")
    answers = (draws.uniform("tickets.answers") < spec.answered) & (closed < NEVER)
    return {
        "account": customers.account[row],
        "opened_at": opened,
        "closed_at": closed,
        "severity": severity,
        "satisfaction": np.where(answers, np.clip(np.rint(mood), 1, 5), np.nan),
    }


def poisson_counts(rates: Numbers, draws: Numbers) -> Numbers:
    """Convert uniform draws to Poisson counts, monotonic in the rate.

    Examples
    --------
    >>> poisson_counts(np.array([0.1, 0.1, 2.0]), np.array([0.5, 0.95, 0.5])).tolist()
    [0, 1, 2]
    """
    count = np.zeros(len(rates), np.int64)
    left = np.arange(len(rates))
    term = np.exp(-np.minimum(rates, 500.0))
    total = term.copy()
    for k in range(1, MOST_TICKETS):
        left = left[draws[left] >= total[left]]
        if not len(left):
            break
        count[left] = k
        term[left] *= np.minimum(rates[left], 500.0) / k
        total[left] += term[left]
    return count
