"""The tables of a company: those of each chunk of accounts, and those there are once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow, plain
from revkit.synth.kernel.random_streams import in_order
from revkit.synth.kernel.text import Words
from revkit.synth.scenario.vocabulary import COUNTRIES, INDUSTRIES, REGIONS
from revkit.synth.simulate.active_months import lives
from revkit.synth.simulate.campaigns import Campaigns
from revkit.synth.simulate.deal_history import deal_tables, product_ids, stages
from revkit.synth.simulate.deals import list_price
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, shown, simulate
from revkit.synth.simulate.world import World
from revkit.synth.tables.books import Totals, finance, spend, targets, totals
from revkit.synth.tables.contacts import activity_table, touch_table
from revkit.synth.tables.exchange_rates import rate_table
from revkit.synth.tables.invoices import invoice_table
from revkit.synth.tables.leads import lead_seats, lead_tables
from revkit.synth.tables.prices import survey_table, visitor_table
from revkit.synth.tables.subscriptions import subscription_table
from revkit.synth.tables.tickets import ticket_table
from revkit.synth.tables.usage import usage_table

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
        "reps": roster.table(),
        "campaigns": Campaigns(world).table(),
        "stages": stages(),
        "products": products(world),
        "spend": spent,
        "targets": targets(world, roster, sums),
        "finance": finance(world, sums, spent),
        "exchange_rates": rate_table(world),
        "price_survey": survey_table(world),
    }


def account_table(world: World, chunk: int, made: Simulated, roster: Roster) -> pa.Table:
    """accounts, by the day they turned up; the rep is who looks after them on the last day."""
    accounts, rows, deals = made.accounts, made.ledger.rows, made.ledger.deals
    last = np.full(len(accounts), world.end - 1)
    active = np.zeros(len(accounts), bool)
    active[rows["account"][(rows["started"] < world.end) & (rows["ended"] >= world.end)]] = True
    sellers = roster.seat_of(
        roster.team("AE", accounts.segment), accounts.region, last, accounts.territory
    )
    rep = roster.holder(np.where(active, made.keepers, sellers), last)
    how = made.leads.came_by.copy()
    won = np.flatnonzero(deals.won & (deals.kind == 0) & (deals.lead < 0))
    how[deals.account[won]] = len(world.scenario.channels)
    unknown = world.streams(chunk).uniform("accounts.channel.unknown", len(accounts)) < 0.02
    values = {
        "account_id": accounts.ids,
        "name": accounts.names,
        "segment": Words(accounts.segment, list(world.scenario.segments)),
        "industry": Words(accounts.industry, list(INDUSTRIES)),
        "country": Words(accounts.country, list(COUNTRIES)),
        "region": Words(accounts.region, sorted(REGIONS)),
        "employees": accounts.employees,
        "channel": Words(np.where(unknown, -1, how), [*world.scenario.channels, "Outbound"]),
        "rep_id": roster.ids.of(rep),
        "created_on": accounts.arrival,
    }
    return arrow("accounts", values, in_order(accounts.arrival, accounts.ids.number))


def products(world: World) -> pa.Table:
    """products, at the list prices of the last day."""
    specs = world.scenario.products
    count = np.arange(len(specs))
    return arrow(
        "products",
        {
            "product_id": product_ids(world),
            "name": list(specs),
            "family": [spec.family for spec in specs.values()],
            "list_price": list_price(world, count, np.full(len(specs), world.end - 1)),
        },
    )
