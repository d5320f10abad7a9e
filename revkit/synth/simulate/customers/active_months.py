"""Months in which accounts are customers, which usage, support and billing build on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers, Slots, in_order
from revkit.synth.simulate.customers.contracts import ADDED, MAIN
from revkit.synth.simulate.customers.customer_months import Ledger
from revkit.synth.simulate.world import MONTH_SPAN, World


@dataclass(frozen=True)
class ActiveMonths:
    """Months shown in which accounts of a chunk are customers, one per position.

    ``account`` is the account's position and ``month`` the month's, from the burn-in on.
    ``first`` and ``last`` are the days of the month between which the account is a customer,
    half-open; ``begins`` and ``ends`` those of the whole stay, ``ends`` being ``NEVER`` while it
    lasts. ``stay`` counts an account's stays from 0, ``reason`` is the code of why the stay ends
    and -1 while it lasts, ``seats`` are those of the last day.
    """

    account: Numbers
    month: Numbers
    first: Numbers
    last: Numbers
    begins: Numbers
    ends: Numbers
    stay: Numbers
    reason: Numbers
    seats: Numbers

    def slots(self, world: World, chunk: int, back: int = 0) -> Slots:
        """Return the draws of each account and month, or of some months before."""
        return Slots(world.streams(chunk), self.account * MONTH_SPAN + self.month - back)

    def stays(self, world: World, chunk: int) -> Slots:
        """Return the draws of each account's first, second or third stay."""
        return Slots(world.streams(chunk), self.account * MONTH_SPAN + self.stay)


def active_months(world: World, ledger: Ledger) -> ActiveMonths:
    """List the months of each customer, by account and month, from their main lines."""
    main = np.flatnonzero(ledger.rows["line"] == MAIN)
    main = main[in_order(ledger.rows["account"][main], ledger.rows["started"][main])]
    rows = {name: values[main] for name, values in ledger.rows.items()}
    account, started, ended = rows["account"], rows["started"], rows["ended"]
    other = account[1:] != account[:-1]
    heads = np.flatnonzero(np.append(True, other | (started[1:] != ended[:-1]))[: len(main)])
    tails = np.append(heads[1:], len(main))[: len(heads)] - 1
    stay = np.repeat(np.arange(len(heads)), tails - heads + 1)
    order = np.arange(len(heads)) - np.searchsorted(account[heads], account[heads])

    earliest = world.scenario.burn_in_months
    row, month = expand_ranges(
        np.maximum(world.month(started), earliest),
        np.minimum(world.month(ended - 1), earliest + world.months - 1),
    )
    key = account[row] * MONTH_SPAN + month
    final = np.append(key[1:] != key[:-1], True)[: len(key)]
    row, month = row[final], month[final]
    begins, ends = started[heads][stay[row]], ended[tails][stay[row]]
    last = np.minimum(ends, world.month_starts[month + 1])
    return ActiveMonths(
        account=account[row], month=month,
        first=np.maximum(begins, world.month_starts[month]),
        last=last,
        begins=begins, ends=ends, stay=order[stay[row]],
        reason=np.where(ends < NEVER, rows["reason"][tails][stay[row]], -1),
        seats=rows["seats"][row] + seats_apart(world, ledger, account[row], month, last),
    )  # fmt: skip


def seats_apart(
    world: World, ledger: Ledger, account: Numbers, month: Numbers, last: Numbers
) -> Numbers:
    """Return the seats sold as a line of their own that each account has at last in a month."""
    rows = ledger.rows
    apart = np.flatnonzero(rows["line"] == ADDED)
    who, started, ended = (rows[name][apart] for name in ("account", "started", "ended"))
    latest = np.minimum(world.month(ended - 1), world.scenario.burn_in_months + world.months - 1)
    row, when = expand_ranges(
        np.maximum(world.month(started), world.scenario.burn_in_months), latest
    )
    place = np.searchsorted(account * MONTH_SPAN + month, who[row] * MONTH_SPAN + when)
    runs = (started[row] < last[place]) & (ended[row] >= last[place])
    seats = np.zeros(len(account), np.int64)
    np.add.at(seats, place[runs], rows["seats"][apart][row[runs]])
    return seats


def expand_ranges(first: Numbers, last: Numbers) -> tuple[Numbers, Numbers]:
    """List every whole number from ``first`` to ``last`` of each row, with the row.

    Examples
    --------
    >>> row, number = expand_ranges(np.array([3, 9, 5]), np.array([4, 8, 5]))
    >>> row.tolist(), number.tolist()
    ([0, 0, 2], [3, 4, 5])
    """
    count = np.maximum(last - first + 1, 0)
    row = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, first[row] + within
