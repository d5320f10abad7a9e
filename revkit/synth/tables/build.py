"""Build a company's tables, by chunk of accounts or once per company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from revkit.synth.kernel.arrow import plain
from revkit.synth.simulate.customers.active_months import active_months
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, simulate, visible_leads
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_chunk.accounts import account_table
from revkit.synth.tables.per_chunk.activities import activity_table
from revkit.synth.tables.per_chunk.invoices import invoice_table
from revkit.synth.tables.per_chunk.leads import assign_lead_seats, lead_tables
from revkit.synth.tables.per_chunk.opportunities import opportunity_tables
from revkit.synth.tables.per_chunk.price_tests import price_test_table
from revkit.synth.tables.per_chunk.subscriptions import subscription_table
from revkit.synth.tables.per_chunk.tickets import ticket_table
from revkit.synth.tables.per_chunk.touches import touch_table
from revkit.synth.tables.per_chunk.usage import usage_table
from revkit.synth.tables.per_company.campaigns import campaign_table
from revkit.synth.tables.per_company.exchange_rates import exchange_rate_table
from revkit.synth.tables.per_company.finance import finance_table
from revkit.synth.tables.per_company.price_survey import price_survey_table
from revkit.synth.tables.per_company.products import product_table, stage_table
from revkit.synth.tables.per_company.reps import rep_history_table, rep_table
from revkit.synth.tables.per_company.spend import spend_table
from revkit.synth.tables.per_company.targets import target_table
from revkit.synth.tables.per_company.totals import Totals, chunk_totals

if TYPE_CHECKING:
    import pyarrow as pa

    Tables = Iterator[tuple[str, pa.Table]]


@dataclass(frozen=True)
class ChunkTables:
    """Tables of one chunk of accounts, and its part of the company's totals.

    ``key`` names what dirt changed in them; None where there is none.
    """

    tables: dict[str, pa.Table]
    sums: Totals
    key: pa.Table | None = None

    def plain(self) -> ChunkTables:
        """Cast the tables to their declared types; those with errors have them already."""
        if self.key is not None:
            return self
        tables = {name: plain(table, name) for name, table in self.tables.items()}
        return replace(self, tables=tables)


def build_chunk(world: World, roster: Roster, chunk: int) -> ChunkTables:
    """Build one chunk, which depends on the world and the chunk's number alone."""
    sums, tables = stream_chunk(world, roster, chunk)
    return ChunkTables(dict(tables), sums)


def stream_chunk(world: World, roster: Roster, chunk: int) -> tuple[Totals, Tables]:
    """Build one chunk table by table, so that each can be freed once it is written."""
    made = simulate(world, roster, chunk)
    return chunk_totals(world, roster, made), chunk_tables(world, roster, chunk, made)


def chunk_tables(world: World, roster: Roster, chunk: int, made: Simulated) -> Tables:
    """Build the tables of a simulated chunk, one after another."""
    accounts, leads, first, ledger = made.accounts, made.leads, made.first, made.ledger
    seen = visible_leads(world, leads, first, len(accounts))
    deal, seen_leads = first.of_lead(len(leads))[seen], leads.take(seen)
    seats = assign_lead_seats(world, accounts, roster, seen_leads)
    yield "accounts", account_table(world, chunk, made, roster)
    yield from lead_tables(world, accounts, roster, seen_leads, seats, first, deal)
    yield from opportunity_tables(world, accounts, leads, ledger.deals, roster)
    yield "touches", touch_table(world, chunk, seen_leads)
    yield (
        "activities",
        activity_table(world, chunk, accounts, roster, seen_leads, seats, ledger.deals),
    )
    yield "subscriptions", subscription_table(world, chunk, accounts, ledger)
    customers = active_months(world, ledger)
    yield "usage", usage_table(world, chunk, accounts, customers)
    yield "tickets", ticket_table(world, chunk, accounts, customers)
    yield "invoices", invoice_table(world, chunk, accounts, ledger, customers)
    yield "price_tests", price_test_table(world, chunk)


def build_company_tables(world: World, roster: Roster, sums: Totals) -> dict[str, pa.Table]:
    """Build the tables that exist once per company."""
    spent = spend_table(world, roster, sums)
    return {
        "reps": rep_table(world, roster),
        "rep_history": rep_history_table(world, roster),
        "campaigns": campaign_table(world),
        "stages": stage_table(world),
        "products": product_table(world),
        "spend": spent,
        "targets": target_table(world, roster, sums),
        "finance": finance_table(world, sums, spent),
        "exchange_rates": exchange_rate_table(world),
        "price_survey": price_survey_table(world),
    }
