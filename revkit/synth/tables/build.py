"""The tables of a company: those of each chunk of accounts, and those there are once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from revkit.synth.kernel.arrow import plain
from revkit.synth.simulate.active_months import lives
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, shown, simulate
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_chunk.accounts import account_table
from revkit.synth.tables.per_chunk.activities import activity_table
from revkit.synth.tables.per_chunk.invoices import invoice_table
from revkit.synth.tables.per_chunk.leads import lead_seats, lead_tables
from revkit.synth.tables.per_chunk.opportunities import deal_tables
from revkit.synth.tables.per_chunk.price_tests import visitor_table
from revkit.synth.tables.per_chunk.subscriptions import subscription_table
from revkit.synth.tables.per_chunk.tickets import ticket_table
from revkit.synth.tables.per_chunk.touches import touch_table
from revkit.synth.tables.per_chunk.usage import usage_table
from revkit.synth.tables.per_company.campaigns import campaign_table
from revkit.synth.tables.per_company.exchange_rates import rate_table
from revkit.synth.tables.per_company.finance import finance
from revkit.synth.tables.per_company.price_survey import survey_table
from revkit.synth.tables.per_company.products import products, stages
from revkit.synth.tables.per_company.reps import rep_table
from revkit.synth.tables.per_company.spend import spend
from revkit.synth.tables.per_company.targets import targets
from revkit.synth.tables.per_company.totals import Totals, totals

if TYPE_CHECKING:
    import pyarrow as pa

    Tables = Iterator[tuple[str, pa.Table]]


@dataclass(frozen=True)
class Part:
    """The tables of one chunk of accounts, and what it adds to the company's books.

    ``key`` names what dirt changed in them; None where there is none.
    """

    tables: dict[str, pa.Table]
    sums: Totals
    key: pa.Table | None = None

    def plain(self) -> Part:
        """The same with text as strings, as declared; what is soiled is so already."""
        if self.key is not None:
            return self
        tables = {name: plain(table, name) for name, table in self.tables.items()}
        return replace(self, tables=tables)


def part(world: World, roster: Roster, chunk: int) -> Part:
    """One chunk; it depends on the world and the chunk's number alone."""
    sums, tables = streamed(world, roster, chunk)
    return Part(dict(tables), sums)


def streamed(world: World, roster: Roster, chunk: int) -> tuple[Totals, Tables]:
    """The same, table by table, so that each can be let go once it is written."""
    made = simulate(world, roster, chunk)
    return totals(world, roster, made), tables_of(world, roster, chunk, made)


def tables_of(world: World, roster: Roster, chunk: int, made: Simulated) -> Tables:
    """The tables of what happened in a chunk, one after another."""
    accounts, leads, first, ledger = made.accounts, made.leads, made.first, made.ledger
    seen = shown(world, leads, first, len(accounts))
    deal, seen_leads = first.of_lead(len(leads))[seen], leads.take(seen)
    seats = lead_seats(world, accounts, roster, seen_leads)
    yield "accounts", account_table(world, chunk, made, roster)
    yield from lead_tables(world, accounts, roster, seen_leads, seats, first, deal)
    yield from deal_tables(world, accounts, leads, ledger.deals, roster)
    yield "touches", touch_table(world, chunk, seen_leads)
    yield (
        "activities",
        activity_table(world, chunk, accounts, roster, seen_leads, seats, ledger.deals),
    )
    yield "subscriptions", subscription_table(world, chunk, accounts, ledger)
    customers = lives(world, ledger)
    yield "usage", usage_table(world, chunk, accounts, customers)
    yield "tickets", ticket_table(world, chunk, accounts, customers)
    yield "invoices", invoice_table(world, chunk, accounts, ledger, customers)
    yield "price_tests", visitor_table(world, chunk)


def once(world: World, roster: Roster, sums: Totals) -> dict[str, pa.Table]:
    """The tables that a company has once, however many chunks there are."""
    spent = spend(world, roster, sums)
    return {
        "reps": rep_table(world, roster),
        "campaigns": campaign_table(world),
        "stages": stages(),
        "products": products(world),
        "spend": spent,
        "targets": targets(world, roster, sums),
        "finance": finance(world, sums, spent),
        "exchange_rates": rate_table(world),
        "price_survey": survey_table(world),
    }
