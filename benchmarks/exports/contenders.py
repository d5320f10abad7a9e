"""Contenders of the exports benchmark: revkit, DuckDB and Polars on the same files.

Each has three steps: ``load`` reads the files into memory, ``check`` looks for what would make a
number wrong, ``scorecard`` computes ten figures of deals by segment and month. DuckDB and Polars do
by hand what an analyst would write: thirteen rules on deals, the keys of all tables and both
references, and figures without intervals. revkit checks some eighty more, reads no spelling of a
number or a date that is not plain, and gives every figure its interval.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import duckdb

import revkit as rk
from benchmarks.exports.files import AS_OF, TYPES

START, END = "2022-01-01", "2024-12-31"
METRICS = ["win_rate", "win_loss_ratio", "won_amount", "deal_size", "median_deal_size",
           "sales_cycle", "median_sales_cycle", "pipeline_created", "close_rate",
           "opportunities_created"]  # fmt: skip


class Contender(Protocol):
    """One way of doing the three steps, in this order."""

    def load(self) -> None:
        """Read the files into memory."""

    def check(self) -> None:
        """Look for rows that are wrong."""

    def scorecard(self) -> int:
        """Compute the figures, and return how many there are."""


class Revkit:
    """revkit, as a user calls it; ``limit`` is the memory that DuckDB may take, as ``4GB``."""

    def __init__(self, folder: Path, kind: str, limit: str) -> None:
        self.data = rk.load(folder, as_of=AS_OF)
        self.data.backend.raw_sql(f"set memory_limit = '{limit}'")

    def load(self) -> None:
        for name in self.data.tables:
            self.data._store.read(name)

    def check(self) -> None:
        for name in self.data.tables:
            self.data.table(name)

    def scorecard(self) -> int:
        return len(rk.measure(self.data, METRICS, by="segment", start=START, end=END))


RULES = """
select count(*) filter (where opportunity_id is null or trim(opportunity_id) = '')
    + count(*) filter (where closed_on < created_on)
    + count(*) filter (where is_won and closed_on is null)
    + count(*) filter (where not isfinite(amount) or amount < 0 or amount > 1e15)
    + count(*) filter (where probability < 0 or probability > 1)
    + count(*) filter (where kind not in ('new', 'expansion', 'renewal') or kind is null)
    + count(*) filter (where not regexp_full_match(currency, '[A-Z]{3}') or currency is null)
    + count(*) filter (where created_on not between date '1970-01-03' and date '2099-12-31')
    + count(*) filter (where closed_on not between date '1970-01-03' and date '2099-12-31')
    + count(*) filter (where expected_close_on not between date '1970-01-03' and date '2099-12-31')
    + count(*) filter (where opportunity_id <> trim(opportunity_id))
    + count(*) filter (where account_id <> trim(account_id))
    + count(*) filter (where rep_id <> trim(rep_id))
from opportunities
"""
KEYS = "select count(*) from (from {table} select {key} group by all having count(*) > 1)"
REFERENCES = """
select count(*) from opportunities anti join {table} using ({key}) where {key} is not null
"""
FIGURES = """
with closed as (
    select segment, date_trunc('month', closed_on) as period,
        count(*) filter (where is_won) / count(*) as win_rate,
        count(*) filter (where is_won) / count(*) filter (where not is_won) as win_loss_ratio,
        sum(amount) filter (where is_won) as won_amount,
        avg(amount) filter (where is_won) as deal_size,
        median(amount) filter (where is_won) as median_deal_size,
        avg(closed_on - created_on) filter (where is_won) as sales_cycle,
        median(closed_on - created_on) filter (where is_won) as median_sales_cycle
    from opportunities left join accounts using (account_id)
    where closed_on between date '{start}' and date '{end}' group by all
), created as (
    select segment, date_trunc('month', created_on) as period, sum(amount) as pipeline_created,
        count(*) filter (where is_won) / count(*) as close_rate, count(*) as created
    from opportunities left join accounts using (account_id)
    where created_on between date '{start}' and date '{end}' group by all
)
select * from closed full join created using (segment, period) order by all
"""


class DuckDB:
    """DuckDB by hand, which reads with the types that revkit reads."""

    def __init__(self, folder: Path, kind: str, limit: str) -> None:
        self.folder, self.kind = folder, kind
        self.con = duckdb.connect()
        self.con.execute(f"set memory_limit = '{limit}'")

    def load(self) -> None:
        for table, types in TYPES.items():
            file = self.folder / f"{table}.{self.kind}"
            how = f"read_csv('{file}', types = {types})" if self.kind == "csv" else f"'{file}'"
            self.con.execute(f"create table {table} as from {how}")

    def check(self) -> None:
        wrong = [self._count(RULES)]
        for table, types in TYPES.items():
            key = next(iter(types))
            wrong.append(self._count(KEYS.format(table=table, key=key)))
            if table != "opportunities":
                wrong.append(self._count(REFERENCES.format(table=table, key=key)))
        assert not any(wrong), wrong

    def scorecard(self) -> int:
        found = self.con.execute(FIGURES.format(start=START, end=END)).df()
        return len(found) * (len(found.columns) - 2)

    def _count(self, query: str) -> int:
        return int(self.con.execute(query).fetchall()[0][0])


class Polars:
    """Polars by hand, with the same types."""

    def __init__(self, folder: Path, kind: str, limit: str) -> None:
        try:
            import polars
        except ImportError:
            raise SystemExit(
                "Polars is not installed, and revkit does not need it: pip install polars, or "
                "leave it out by --engines revkit duckdb"
            ) from None
        self.pl: Any = polars
        self.folder, self.kind = folder, kind
        self.tables: dict[str, Any] = {}

    def load(self) -> None:
        pl = self.pl
        kinds = {"VARCHAR": pl.String, "DATE": pl.Date, "BOOLEAN": pl.Boolean, "DOUBLE": pl.Float64}
        for table, types in TYPES.items():
            file = self.folder / f"{table}.{self.kind}"
            if self.kind == "csv":
                schema = {name: kinds[kind] for name, kind in types.items()}
                self.tables[table] = pl.read_csv(file, schema=schema)
            else:
                self.tables[table] = pl.read_parquet(file)

    def check(self) -> None:
        pl, deals = self.pl, self.tables["opportunities"].lazy()
        first, last = pl.date(1970, 1, 3), pl.date(2099, 12, 31)
        col = pl.col
        ids = [col(name) for name in ("opportunity_id", "account_id", "rep_id")]
        days = [col(name) for name in ("created_on", "closed_on", "expected_close_on")]
        rules = [
            col("opportunity_id").is_null() | (col("opportunity_id").str.strip_chars() == ""),
            col("closed_on") < col("created_on"),
            col("is_won") & col("closed_on").is_null(),
            ~col("amount").is_finite() | (col("amount") < 0) | (col("amount") > 1e15),
            (col("probability") < 0) | (col("probability") > 1),
            ~col("kind").is_in(["new", "expansion", "renewal"]) | col("kind").is_null(),
            ~col("currency").str.contains("^[A-Z]{3}$") | col("currency").is_null(),
            *(~day.is_between(first, last) for day in days),
            *(one != one.str.strip_chars() for one in ids),
        ]
        sums = [rule.sum().alias(str(n)) for n, rule in enumerate(rules)]
        wrong = sum(deals.select(sums).collect().row(0))
        for table, types in TYPES.items():
            key, frame = next(iter(types)), self.tables[table]
            wrong += frame.height - frame[key].n_unique()
            if table != "opportunities":
                asked = deals.filter(col(key).is_not_null())
                wrong += (
                    asked.join(frame.lazy(), on=key, how="anti").select(pl.len()).collect()[0, 0]
                )
        assert not wrong, wrong

    def scorecard(self) -> int:
        pl, col = self.pl, self.pl.col
        named = self.tables["accounts"].lazy().select("account_id", "segment")
        deals = self.tables["opportunities"].lazy().join(named, on="account_id", how="left")
        spans = [pl.lit(day).str.to_date() for day in (START, END)]
        won, days = col("is_won"), (col("closed_on") - col("created_on")).dt.total_days()
        money = col("amount").filter(won)
        closed = (
            deals.filter(col("closed_on").is_between(*spans))
            .group_by("segment", period=col("closed_on").dt.truncate("1mo"))
            .agg(
                win_rate=won.sum() / pl.len(),
                win_loss_ratio=won.sum() / (~won).sum(),
                won_amount=money.sum(),
                deal_size=money.mean(),
                median_deal_size=money.median(),
                sales_cycle=days.filter(won).mean(),
                median_sales_cycle=days.filter(won).median(),
            )
        )
        created = (
            deals.filter(col("created_on").is_between(*spans))
            .group_by("segment", period=col("created_on").dt.truncate("1mo"))
            .agg(
                pipeline_created=col("amount").sum(),
                close_rate=won.sum() / pl.len(),
                created=pl.len(),
            )
        )
        found = closed.join(created, on=["segment", "period"], how="full", coalesce=True).collect()
        return int(found.height * (found.width - 2))


CONTENDERS = {"revkit": Revkit, "duckdb": DuckDB, "polars": Polars}
