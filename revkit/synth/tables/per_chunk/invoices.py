"""invoices: billed lines, and when they are paid.

A monthly contract is billed in advance on the day of the month it began, a year's contract on
the day each year begins. Each line is billed what it costs on that day, for the month or the
year: a monthly contract that changes between two such days pays the new price from the next one
on, nothing by the day, so that what it is billed over its life is the sum of its MRR on its
billing days, one for each month. What a year's contract adds is billed at once, by the day, for
the rest of the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, Slots, in_order
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.customers.active_months import ActiveMonths, expand_ranges
from revkit.synth.simulate.customers.contracts import (
    PAYMENT_FAILED,
    contract_year,
    day_of_month,
    years_after,
)
from revkit.synth.simulate.customers.customer_months import Ledger
from revkit.synth.simulate.working_days import next_working_day
from revkit.synth.simulate.world import MONTH_SPAN, World

if TYPE_CHECKING:
    import pyarrow as pa

REGULAR, ADDED, EXTRA = range(3)
"""Purpose of an invoice: a month or a year, the rest of a year, or a service of its own."""

SETUP, TRAINING = 4, 5
"""Numbers of the lines that do not recur, after the three of a contract."""

CHUNK_ROWS = 1 << 24
"""Lines that a chunk can have."""


@dataclass(frozen=True)
class Lines:
    """Invoice lines of a chunk, one per position; money is in cents."""

    account: Numbers
    issued: Numbers
    purpose: Numbers
    line: Numbers
    cents: Numbers
    yearly: Numbers


def invoice_table(
    world: World, chunk: int, accounts: Accounts, ledger: Ledger, customers: ActiveMonths
) -> pa.Table:
    """Build invoices: lines issued in the months shown, and what was paid by the last day."""
    bill = issued_lines(world, chunk, ledger, customers)
    size = len(bill.issued)
    key = np.stack([bill.issued, bill.account, bill.purpose])
    opens = np.append(True, (key[:, 1:] != key[:, :-1]).any(axis=0))[:size]
    return arrow(
        "invoices",
        {
            "invoice_line_id": Ids("N", 8, 1 + chunk * CHUNK_ROWS + np.arange(size)),
            "invoice_id": Ids("I", 8, chunk * CHUNK_ROWS + np.cumsum(opens)),
            "account_id": accounts.ids.of(bill.account),
            "issued_on": bill.issued,
            "amount": bill.cents,
            "currency": CodedText(np.zeros(size, np.int64), [world.scenario.currency]),
            "is_recurring": (bill.purpose < EXTRA) & (bill.line < SETUP),
            **payments(world, chunk, bill, customers),
        },
    )


def issued_lines(world: World, chunk: int, ledger: Ledger, customers: ActiveMonths) -> Lines:
    """List the lines issued in the months shown, by day and account."""
    parts = [
        monthly_lines(world, ledger),
        yearly(ledger),
        *service_lines(world, chunk, ledger, customers),
    ]
    names = Lines.__annotations__
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    shown = (joined["issued"] >= world.start) & (joined["issued"] < world.end)
    kept = np.flatnonzero(shown & (joined["cents"] > 0))
    order = in_order(*(joined[name][kept] for name in ("issued", "account", "purpose", "line")))
    return Lines(**{name: values[kept][order] for name, values in joined.items()})


def payments(world: World, chunk: int, bill: Lines, customers: ActiveMonths) -> dict[str, Numbers]:
    """Draw the day each line is due and paid, ``NEVER`` while it is owed, and what is refunded."""
    billing = world.scenario.billing
    number = (bill.account * MONTH_SPAN + world.month(bill.issued)) * 4 + bill.purpose
    draws = Slots(world.streams(chunk), number)
    due = bill.issued + billing.terms_days
    late = draws.uniform("invoices.late") < billing.late
    quick = np.where(bill.yearly, billing.terms_days, billing.monthly_pay_days) * draws.uniform(
        "invoices.quick"
    )
    slow = 1 - billing.days_late * np.log(1 - draws.uniform("invoices.days_late"))
    paid = np.where(late, due + slow.astype(np.int64), bill.issued + quick.astype(np.int64))
    paid = next_working_day(paid)
    owed = (paid >= world.end) | never_paid(world, bill, customers)
    back = draws.uniform("invoices.refunded")
    part = np.where(bill.yearly, billing.annual_refund, 1.0)
    refunded = np.where((back < billing.refunds) & ~owed, np.rint(bill.cents * part), 0)
    return {"due_on": due, "paid_on": np.where(owed, NEVER, paid), "refunded": refunded}


def monthly_lines(world: World, ledger: Ledger) -> Lines:
    """Bill monthly contracts: each line's MRR on each billing day."""
    rows = ledger.rows
    chosen = np.flatnonzero(~rows["annual"])
    rows = {name: values[chosen] for name, values in rows.items()}
    contracts, contract = np.unique(contract_number(rows), return_inverse=True)
    began = np.full(len(contracts), NEVER)
    np.minimum.at(began, contract, rows["started"])
    billed_on = (day_of_month(began) - 1)[contract]
    last = np.minimum(rows["ended"], world.end) - 1
    row, month = expand_ranges(world.month(rows["started"]), world.month(last))
    day = world.month_starts[month] + billed_on[row]
    inside = (rows["started"][row] <= day) & (day < rows["ended"][row])
    row, day = row[inside], day[inside]
    return Lines(
        account=rows["account"][row], issued=day, purpose=np.full(len(row), REGULAR),
        line=rows["line"][row], cents=(rows["seats"] * rows["price"])[row],
        yearly=np.zeros(len(row), bool),
    )  # fmt: skip


def contract_number(rows: dict[str, Numbers]) -> Numbers:
    """Return the number of each regime's contract."""
    return np.asarray(rows["account"] * 64 + rows["contract"])


def yearly(ledger: Ledger) -> Lines:
    """Bill annual contracts: each year when it begins, additions for the rest of the year."""
    rows = ledger.rows
    chosen = np.flatnonzero(rows["annual"])
    chosen = chosen[in_order(*(rows[name][chosen] for name in ("account", "line", "started")))]
    rows = {name: values[chosen] for name, values in rows.items()}
    mrr, started, term = rows["seats"] * rows["price"], rows["started"], rows["term"]
    year_began = contract_year(started, term)
    begins = started == year_began
    same = (rows["account"][1:] == rows["account"][:-1]) & (rows["line"][1:] == rows["line"][:-1])
    same &= (rows["ended"][:-1] == started[1:]) & ~begins[1:]
    before = np.zeros(len(mrr), np.int64)
    before[1:] = np.where(same, mrr[:-1], 0)
    year_ends = years_after(year_began, 1)
    left, length = year_ends - started, year_ends - year_began
    year = 12 * (mrr - before)
    return Lines(
        account=rows["account"], issued=started, purpose=np.where(begins, REGULAR, ADDED),
        line=rows["line"], cents=(year * left + length // 2) // length,
        yearly=np.ones(len(mrr), bool),
    )  # fmt: skip


def service_lines(world: World, chunk: int, ledger: Ledger, customers: ActiveMonths) -> list[Lines]:
    """Bill services: setup of some first contracts, and occasional training."""
    billing = world.scenario.billing
    rows = ledger.rows
    annual = np.zeros(world.size(chunk), bool)
    annual[rows["account"][rows["annual"]]] = True
    fresh = customers.stay == 0
    setup = fresh & (customers.begins == customers.first)
    setup &= customers.stays(world, chunk).uniform("invoices.setup") < billing.setup
    draws = customers.slots(world, chunk)
    day = world.month_starts[customers.month]
    day = day + (28 * draws.uniform("invoices.training.day")).astype(np.int64)
    taught = (customers.first <= day) & (day < customers.last)
    taught &= draws.uniform("invoices.training") < billing.training

    def lines(where: Numbers, issued: Numbers, purpose: int, line: int, price: float) -> Lines:
        who = np.flatnonzero(where)
        size = len(who)
        steps = 1 + customers.seats[who] // billing.service_seats
        return Lines(
            account=customers.account[who], issued=issued[who], purpose=np.full(size, purpose),
            line=np.full(size, line), cents=steps * round(price * 100),
            yearly=annual[customers.account[who]],
        )  # fmt: skip

    return [
        lines(setup, customers.begins, REGULAR, SETUP, billing.setup_price),
        lines(taught, day, EXTRA, TRAINING, billing.training_price),
    ]


def never_paid(world: World, bill: Lines, customers: ActiveMonths) -> Numbers:
    """Report the lines never paid: the last ones of contracts that end for failed payment."""
    fails = np.zeros(world.size(0), bool)
    fails[customers.account[customers.reason == PAYMENT_FAILED]] = True
    asked = np.flatnonzero(fails[bill.account])
    months, issued = customers.account * MONTH_SPAN + customers.month, bill.issued[asked]
    place = np.searchsorted(months, bill.account[asked] * MONTH_SPAN + world.month(issued))
    found = np.zeros(len(bill.account), bool)
    found[asked] = (customers.reason[place] == PAYMENT_FAILED) & (
        issued >= customers.ends[place] - world.scenario.billing.unpaid_days
    )
    return found
