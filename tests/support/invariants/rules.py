"""What is so of every company, whatever its scenario, seed and size.

``RULES`` holds for each rule the query that finds what breaks it, and so nothing at all; they run
on a connection that :func:`seen` has prepared. A company of tests has thousands of rows,
``python -m benchmarks.invariants`` asks the same of millions.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa

from revkit.schema import TABLES
from revkit.synth import Company
from revkit.synth.kernel.arrow import COLUMNS
from revkit.synth.kernel.ids import product_ids
from revkit.synth.simulate.campaigns import Campaigns, decoy_ids
from revkit.synth.simulate.world import AHEAD, World
from tests.support.invariants import contracts, customers, selling

PLANNED = {("subscriptions", "ended_on"): "cancel_requested_on IS NULL"}
"""Days that may lie ahead, and where they may not."""


def seen(engine: duckdb.DuckDBPyConnection, company: Company) -> duckdb.DuckDBPyConnection:
    """Put beside a company's tables what the rules ask for, known from the scenario alone."""
    world = company.world
    start = np.datetime64(world.start, "D")
    engine.execute(
        f"CREATE TABLE shown AS SELECT DATE '{start}' AS start, DATE '{company.as_of}' AS day,"
        f" {len(world.chunks)} AS chunks, {world.scenario.contracts.discount_step} AS step"
    )
    engine.register("prices", list_prices(world))
    engine.register("decoys", decoys(world))
    engine.execute(customers.VIEWS)
    engine.execute(selling.VIEWS)
    engine.execute(contracts.VIEWS)
    return engine


def list_prices(world: World) -> pa.Table:
    """The price of a seat of each product in each month simulated, in whole cents.

    It rises in January, and by what the scenario plants; worked out here once more, in words of
    its own, and not by the function under test.
    """
    rows = []
    months = world.month_starts.astype("M8[D]").astype("M8[M]").astype(object)[: -1 - AHEAD]
    begun = np.datetime64(world.scenario.start, "M").astype(object)
    for number, (name, spec) in zip(
        product_ids(len(world.scenario.products)), world.scenario.products.items(), strict=True
    ):
        for month in months:
            ahead = 12 * (month.year - begun.year) + month.month - begun.month
            price = (1 + world.scenario.customers.price_rise_year) ** (month.year - months[0].year)
            for effect in world.scenario.effects:
                first, *last = effect.months
                wanted = effect.where.get("product", name)
                if effect.target == "price" and first <= ahead < (last or [ahead + 1])[0]:
                    price *= effect.factor if name in np.atleast_1d(wanted) else 1.0
            rows.append((number, month, np.rint(spec.price * 100 * price)))
    product, month, cents = zip(*rows, strict=True)
    return pa.table({"product_id": product, "month": month, "price": cents})


def decoys(world: World) -> pa.Table:
    """The campaigns that cause nothing, and what each costs in all."""
    planted = Campaigns(world).decoys
    wanted = pa.schema([("campaign_id", pa.string()), ("cost", pa.float64())])
    costs = {"campaign_id": list(decoy_ids(len(planted)).words()),
             "cost": [float(decoy.cost) for decoy in planted]}  # fmt: skip
    return pa.table(costs, wanted)


def declared() -> Iterator[tuple[str, str]]:
    """What the schema says of each table: keys, references, what must be there, and when."""
    for name, columns in COLUMNS.items():
        table = TABLES[name]
        here = [table.columns[column] for column in columns.split()]
        key = ", ".join(f'"{column}"' for column in table.key if column in columns.split())
        yield (
            f"{name}: a key is there once",
            f"SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1",
        )
        for column in here:
            quoted = f'"{column.name}"'
            if not (column.optional or column.nullable):
                yield (
                    f"{name}: {column.name} is there",
                    f"SELECT * FROM {name} WHERE {quoted} IS NULL",
                )
            if column.references:
                other = TABLES[column.references].key[0]
                yield (
                    f"{name}: {column.name} refers to one of {column.references}",
                    f"SELECT * FROM {name} t ANTI JOIN {column.references} r"
                    f" ON t.{quoted} = r.{other} WHERE t.{quoted} IS NOT NULL",
                )
            if column.actual:
                where = PLANNED.get((name, column.name), "true")
                yield (
                    f"{name}: {column.name} is not after the last day",
                    f"SELECT * FROM {name}, shown WHERE {quoted} >= day + 1 AND {where}",
                )


RULES: dict[str, str] = {
    **dict(declared()),
    **selling.INVARIANTS,
    **contracts.INVARIANTS,
    **customers.INVARIANTS,
}
