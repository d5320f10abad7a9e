"""A company from a scenario and a seed: all its tables, as known on its last day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from revkit.errors import ParameterError
from revkit.synth.arrow import COLUMNS, arrow, words
from revkit.synth.billing import invoice_table
from revkit.synth.books import Totals, finance, spend, targets, totals
from revkit.synth.contacts import contact_tables
from revkit.synth.day_first import mapping, with_days
from revkit.synth.dirt import LEVELS, soiled
from revkit.synth.files import beside, whole
from revkit.synth.ledger import subscription_table
from revkit.synth.lives import lives
from revkit.synth.marketing import Campaigns, lead_tables
from revkit.synth.people import Roster
from revkit.synth.pipeline import deal_tables, product_ids, stages
from revkit.synth.population import Accounts
from revkit.synth.prices import survey_table, visitor_table
from revkit.synth.rates import rate_table
from revkit.synth.sales import Deals, list_price
from revkit.synth.scenario import scenario as scenario_named
from revkit.synth.simulation import simulate
from revkit.synth.streams import Numbers
from revkit.synth.subscriptions import Ledger
from revkit.synth.support import ticket_table
from revkit.synth.truth import Truth
from revkit.synth.usage import usage_table
from revkit.synth.vocabulary import COUNTRIES, INDUSTRIES, REGIONS
from revkit.synth.world import World

if TYPE_CHECKING:
    import datetime

    import pyarrow as pa

    from revkit.dataset import Dataset

Format = Literal["parquet", "csv"]

FORMATS: tuple[Format, ...] = ("parquet", "csv")


@dataclass(frozen=True)
class Company:
    """A made-up company whose causes are known.

    Attributes
    ----------
    tables
        Arrow tables by name: accounts, reps, campaigns, leads, lead_history, touches,
        opportunities, opportunity_history, activities, stages, products, subscriptions, spend,
        targets, finance, usage, tickets, invoices, exchange_rates, price_survey, price_tests.
        Everything begins with the scenario's start (deals, when they were still open then), but
        for the ledger of subscriptions, which goes back to the first customer, and for
        exchange_rates, which go back as far as it may.
    key
        What dirt changed, cell by cell (:mod:`revkit.synth.dirt`); None where there is none.
    """

    world: World
    tables: dict[str, pa.Table]
    key: pa.Table | None = None

    @property
    def as_of(self) -> datetime.date:
        """The last day: nothing that happened later is in the tables."""
        day: datetime.date = np.datetime64(self.world.end - 1, "D").astype(object)
        return day

    @cached_property
    def data(self) -> Dataset:
        """The tables as a Dataset, ready for metrics; what dirt wrote otherwise are days again."""
        from revkit.dataset import Dataset

        currency = None if self.key is None else self.world.scenario.currency
        return Dataset(as_of=self.as_of, currency=currency, **with_days(self.tables))

    @cached_property
    def truth(self) -> Truth:
        """What was planted and what it caused, worked out when it is first asked for."""
        return Truth(self.world)

    def write(self, folder: str | Path, format: Format = "parquet") -> dict[str, Path]:
        """Write one file a table, whole or not at all, and say where each one is.

        Files of the other format by the same name are removed: a folder holds one company. The
        key of a dirty one stands beside it, in ``<folder>-truth``, with the mapping that reads it.
        """
        if format not in FORMATS:
            raise ParameterError(f"format={format!r} is not one of {', '.join(FORMATS)}.")
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        written = {}
        for name, table in self.tables.items():
            path = folder / f"{name}.{format}"
            written[name] = whole(path, partial(WRITERS[format], table))
            for other in FORMATS:
                if other != format:
                    (folder / f"{name}.{other}").unlink(missing_ok=True)
        if self.key is not None:
            truth, currency = beside(folder), self.world.scenario.currency
            whole(truth / "dirt_key.parquet", partial(write_parquet, self.key))
            reads = mapping(self.tables, currency)
            whole(truth / "mapping.yaml", lambda path: path.write_text(reads, "utf-8"))
        return written


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a Parquet file whose bytes depend on the table and the Arrow release alone."""
    import pyarrow.parquet as pq

    pq.write_table(
        table, path, version="2.6", compression="zstd", compression_level=9,
        use_dictionary=True, write_statistics=False, store_schema=False,
    )  # fmt: skip


def write_csv(table: pa.Table, path: Path) -> None:
    """Write a CSV file, text in quotes."""
    import pyarrow.csv

    pyarrow.csv.write_csv(table, path)


WRITERS: dict[Format, Callable[[pa.Table, Path], None]] = {
    "parquet": write_parquet, "csv": write_csv
}  # fmt: skip


def generate(
    scenario: str = "baseline",
    *,
    seed: int = 42,
    months: int = 36,
    accounts: int | None = None,
    locale: str | None = None,
    dirt: str = "clean",
) -> Company:
    """Make a company: the same one for the same arguments, to the byte.

    Parameters
    ----------
    scenario
        The name of a scenario that ships, or the path of a YAML file like one.
    seed
        Another seed is another company under the same rates.
    months
        Months shown, from the scenario's start.
    accounts
        Companies that may buy, of which about a third do; without it, as many as it takes for
        what the scenario planted to be found (2,000 in the baseline).
    locale
        What people, companies and cities are called: en_US, it_IT, de_DE, fr_FR, es_ES, or
        another once ``revkit pool`` has drawn it; without it, the scenario's.
    dirt
        What an export's errors do to it: clean, light or heavy; ``key`` then says what they did.

    Raises
    ------
    ParameterError
        An unknown scenario, key, locale or level of dirt, or a size below 1.

    Examples
    --------
    >>> company = generate(accounts=20, months=2)
    >>> company.as_of
    datetime.date(2023, 2, 28)
    >>> company.tables["accounts"].num_rows
    20
    """
    found = scenario_named(scenario)
    if locale is not None:
        found = replace(found, locale=locale)
    if dirt not in LEVELS:
        raise ParameterError.unknown(dirt, where="dirt", known=list(LEVELS))
    size = found.min_accounts if accounts is None else accounts
    return company(World(found, seed, months, size), dirt)


def company(world: World, dirt: str = "clean") -> Company:
    """The company of a world, with dirt of some level."""
    import pyarrow as pa

    roster = Roster(world)
    parts = [part(world, roster, chunk) for chunk in world.chunks]
    sums = parts[0][1]
    for _, more in parts[1:]:
        sums = sums + more
    chunks = [
        soiled(made, dirt, world.streams(chunk), last=chunk == world.chunks[-1])
        for chunk, (made, _) in zip(world.chunks, parts, strict=True)
    ]
    key = None if dirt == "clean" else pa.concat_tables([keys for _, keys in chunks])
    tables = {name: pa.concat_tables([made[name] for made, _ in chunks]) for name in parts[0][0]}
    tables |= {
        "reps": roster.table(),
        "campaigns": Campaigns(world).table(),
        "stages": stages(),
        "products": products(world),
        "spend": spend(world, roster, sums),
        "targets": targets(world, roster),
        "exchange_rates": rate_table(world),
        "price_survey": survey_table(world),
    }
    tables["finance"] = finance(world, sums, tables["spend"])
    return Company(world, {name: tables[name].combine_chunks() for name in COLUMNS}, key)


def part(world: World, roster: Roster, chunk: int) -> tuple[dict[str, pa.Table], Totals]:
    """The tables of one chunk of accounts, and what it adds to the books.

    It depends on the world and the chunk's number alone.
    """
    happened = simulate(world, roster, chunk)
    accounts, leads, first = happened.accounts, happened.leads, happened.first
    keepers, ledger = happened.keepers, happened.ledger
    came_by = leads.channel[:, 0]
    made = {"accounts": account_table(world, chunk, accounts, came_by, ledger, roster, keepers)}
    made |= lead_tables(world, chunk, accounts, roster, leads, first)
    made |= deal_tables(world, chunk, accounts, leads, ledger.deals, roster)
    made |= contact_tables(world, chunk, accounts, roster, leads, ledger.deals)
    made["subscriptions"] = subscription_table(world, chunk, accounts, ledger)
    customers = lives(world, ledger)
    made["usage"] = usage_table(world, chunk, accounts, customers)
    made["tickets"] = ticket_table(world, chunk, accounts, customers)
    made["invoices"] = invoice_table(world, chunk, accounts, ledger, customers)
    made["price_tests"] = visitor_table(world, chunk)
    return made, totals(world, ledger)


def account_table(
    world: World,
    chunk: int,
    accounts: Accounts,
    channel: Numbers,
    ledger: Ledger,
    roster: Roster,
    keepers: Numbers,
) -> pa.Table:
    """accounts, by the day they turned up; the rep is who looks after them on the last day."""
    last = np.full(len(accounts), world.end - 1)
    rows = ledger.rows
    active = np.zeros(len(accounts), bool)
    active[rows["account"][(rows["started"] < world.end) & (rows["ended"] >= world.end)]] = True
    sellers = roster.seat_of(
        roster.team("AE", accounts.segment), accounts.region, last, accounts.territory
    )
    rep = roster.ids[roster.holder(np.where(active, keepers, sellers), last)]
    deals: Deals = ledger.deals
    how = channel.copy()
    won = np.flatnonzero(deals.won & (deals.kind == 0) & (deals.lead < 0))
    how[deals.account[won]] = len(world.scenario.channels)
    unknown = world.streams(chunk).uniform("accounts.channel.unknown", len(accounts)) < 0.02
    names = [*world.scenario.channels, "Outbound"]
    order = np.lexsort((accounts.ids, accounts.arrival))
    regions = sorted(REGIONS)
    values = {
        "account_id": accounts.ids,
        "name": accounts.names,
        "segment": words(accounts.segment, list(world.scenario.segments)),
        "industry": words(accounts.industry, list(INDUSTRIES)),
        "country": words(accounts.country, list(COUNTRIES)),
        "region": words(accounts.region, regions),
        "employees": accounts.employees,
        "channel": words(np.where(unknown, -1, how), names),
        "rep_id": rep,
        "created_on": accounts.arrival,
    }
    return arrow("accounts", {name: value[order] for name, value in values.items()})


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
