"""Metrics benchmark: revkit against hand-written SQL and pandas, side by side in one run.

Each round times every contender once, in turn, so that a busy machine slows all of them alike.
Printed is the median over the rounds of revkit's time over each contender's. pandas is timed in
the first two rounds only.

    python benchmarks/metrics.py [--opportunities 10000000] [--subscriptions 1000000]
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable

import duckdb
import ibis
import numpy as np
import pandas as pd

import revkit as rk

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

COMPANY = """
create table accounts as
select 'A' || i as account_id,
    ['SMB', 'Mid-Market', 'Enterprise'][1 + (hash(i) % 3)::int] as segment
from range({accounts}) t(i);
create table opportunities as
select 'O' || i as opportunity_id, 'A' || (hash(i) % {accounts}) as account_id,
    date '2021-01-01' + (hash(i * 7) % 1700)::int as created_on,
    case when hash(i * 3) % 10 < 8
        then date '2021-01-01' + (hash(i * 7) % 1700)::int + (hash(i * 11) % 120)::int
        end as closed_on,
    case when hash(i * 3) % 10 < 8 then hash(i * 13) % 100 < 25 end as is_won,
    (hash(i * 17) % 10000000)::double / 100 as amount
from range({opportunities}) t(i);
create table subscriptions as
select 'S' || i as subscription_id, 'A' || (hash(i) % {payers}) as account_id,
    date '2022-01-01' + (hash(i * 5) % 1000)::int as started_on,
    case when hash(i * 3) % 10 < 5
        then date '2022-01-01' + (hash(i * 5) % 1000)::int + 30 + (hash(i * 11) % 400)::int
        end as ended_on,
    (1000 + hash(i * 17) % 500000)::double / 100 as mrr
from range({subscriptions}) t(i);
"""

WIN_RATE = """
select segment, year(closed_on) * 12 + month(closed_on) as period,
    count(*) as closed, count(*) filter (where is_won) as won
from opportunities left join accounts using (account_id) group by all
"""
CLUSTERED = """
select segment, period, sum(closed * closed) as closed_closed, sum(closed * won) as closed_won,
    sum(won * won) as won_won, sum(rows) as rows, sum(won_rows) as won_rows
from (
    select segment, year(closed_on) * 12 + month(closed_on) as period, account_id,
        sum((is_won is not null)::int::double) as closed,
        sum(coalesce(is_won, false)::int::double) as won,
        sum((is_won is not null)::int::double * (is_won is not null)::int::double) as rows,
        sum(coalesce(is_won, false)::int::double * coalesce(is_won, false)::int::double) as won_rows
    from opportunities left join accounts using (account_id)
    where account_id is not null group by all
) group by all
"""
CLOSED = """
select segment, year(closed_on) * 12 + month(closed_on) as period,
    count(*) as closed, count(*) filter (where is_won) as won,
    sum(amount::decimal(18, 2)) filter (where is_won)::double as amount,
    sum(date_diff('day', created_on, closed_on)) filter (where is_won)::double as days {squares}
from opportunities left join accounts using (account_id) group by all
"""
MOMENTS = """,
    sum(amount * amount) filter (where is_won) as amount_amount,
    sum(amount * date_diff('day', created_on, closed_on)) filter (where is_won) as amount_days,
    sum(amount::decimal(18, 2)) filter (where is_won and created_on is not null)::double
        as dated_amount,
    count(*) filter (where is_won is not null) as decided,
    count(*) filter (where is_won and amount is null) as no_amount,
    count(*) filter (where is_won and amount is not null) as with_amount,
    count(*) filter (where is_won and created_on is not null) as won_dated,
    count(*) filter (where date_diff('day', created_on, closed_on) is null
        and created_on is not null and is_won is not null) as no_days,
    sum(date_diff('day', created_on, closed_on)) as all_days,
    count(*) filter (where date_diff('day', created_on, closed_on) is not null) as dated,
    sum(date_diff('day', created_on, closed_on)::double
        * date_diff('day', created_on, closed_on)::double) as all_days_days,
    sum(amount * amount * amount * amount) filter (where is_won) as amount_fourth,
    sum(date_diff('day', created_on, closed_on)::double ** 4) as days_fourth,
    {amounts}, {days}
"""


def log_moments(value: str, where: str) -> str:
    """Write the sums of the first four powers of a value's logarithm, and their number."""
    logs = f"ln(case when {value} > 0 then {value} else 1 end)"
    powers = [" * ".join([logs] * power) for power in range(1, 5)]
    sums = [f"sum({power}) filter (where {value} > 0 and {where})" for power in powers]
    return ", ".join([f"count(*) filter (where {value} > 0 and {where})", *sums])


SQUARES = MOMENTS.format(
    amounts=log_moments("amount::decimal(18, 2)::double", "is_won"),
    days=log_moments("date_diff('day', created_on, closed_on)::double", "is_won is not null"),
)
OPEN = """
select segment, period, sum(deals)::double as deals, sum(counted)::double as counted
from (
    select segment, year(created_on) * 12 + month(created_on) as period, 1 as deals,
        (closed_on is null or is_won is not null)::int as counted
    from opportunities left join accounts using (account_id)
    where created_on < closed_on or closed_on is null
    union all
    select segment, year(closed_on) * 12 + month(closed_on), -1, -(is_won is not null)::int
    from opportunities left join accounts using (account_id)
    where created_on < closed_on and closed_on <= date '{as_of}'
) group by all
"""
MOVED = """
with changes as (
    select account_id, year(day) * 12 + month(day) as period,
        sum(amount)::decimal(38, 6) as amount
    from (
        select account_id, started_on as day, mrr::decimal(18, 6) as amount from subscriptions
        union all
        select account_id, ended_on, (-mrr)::decimal(18, 6) from subscriptions
        where ended_on <= date '{as_of}'
    ) group by all
), states as (
    select *, sum(amount) over (partition by account_id order by period) as after,
        min(period) over (partition by account_id) as first
    from changes
), moved as (
    select account_id, period, amount, after, after - amount as before, case
        when after - amount = 0 and after > 0 and first = period then 'new'
        when after - amount = 0 and after > 0 then 'reactivation'
        when after - amount > 0 and after = 0 then 'churn'
        when amount > 0 then 'expansion' else 'contraction' end as movement
    from states where amount <> 0
)
select segment, period,
    sum(before) filter (where before > 0)::double as before,
    sum(after) filter (where after > 0)::double as after,
    count(*) filter (where before > 0) as open_before,
    count(*) filter (where after > 0) as open_after,
    sum(amount) filter (where movement in ('expansion', 'contraction', 'churn'))::double as kept
    {squares}
from moved left join accounts using (account_id) group by all
"""
MOVED_SQUARES = """,
    sum(before::double * before::double) filter (where before > 0) as before_before,
    sum(after::double * after::double) filter (where after > 0) as after_after,
    sum(before::double * amount::double)
        filter (where before > 0 and movement in ('expansion', 'contraction', 'churn')) as both,
    sum(amount::double * amount::double)
        filter (where movement in ('expansion', 'contraction', 'churn')) as kept_kept,
    sum(amount::double * amount::double * amount::double * amount::double)
        filter (where movement in ('expansion', 'contraction', 'churn')) as kept_fourth
"""


def pandas_win_rate(deals: pd.DataFrame, accounts: pd.DataFrame) -> pd.Series:
    """Return the win rate by segment and month, as an analyst would in pandas."""
    closed = deals[deals["closed_on"].notna()].merge(accounts, on="account_id", how="left")
    period = closed["closed_on"].dt.to_period("M")
    won = closed["is_won"].astype("boolean").fillna(False)
    return won.groupby([closed["segment"], period]).mean()


def pandas_velocity(deals: pd.DataFrame, accounts: pd.DataFrame) -> pd.Series:
    """Return the pipeline velocity by segment and month in pandas."""
    joined = deals.merge(accounts, on="account_id", how="left")
    created = joined["created_on"].dt.to_period("M")
    lasting = joined[(joined["created_on"] < joined["closed_on"]) | joined["closed_on"].isna()]
    closed = joined[joined["closed_on"].notna()]
    period = closed["closed_on"].dt.to_period("M")
    left = closed[closed["created_on"] < closed["closed_on"]]
    moves = (
        lasting.groupby([lasting["segment"], created.rename("period")]).size(),
        -left.groupby([left["segment"], period.rename("period")]).size(),
    )
    open_at_end = pd.concat(moves).groupby(level=[0, 1]).sum().groupby(level=0).cumsum()
    opened = (open_at_end + open_at_end.groupby(level=0).shift(fill_value=0)) / 2
    won = closed[closed["is_won"].astype("boolean").fillna(False)]
    count = closed.groupby(["segment", period]).size()
    amount = won.groupby(["segment", won["closed_on"].dt.to_period("M")])["amount"]
    amount = amount.agg(["size", "mean"])
    days = (closed["closed_on"] - closed["created_on"]).dt.days.groupby([closed["segment"], period])
    return opened * (amount["size"] / count) * amount["mean"] / days.mean()


def pandas_nrr(
    subscriptions: pd.DataFrame, accounts: pd.DataFrame, year: int | None = None
) -> pd.DataFrame:
    """Return NRR by segment and month in pandas, from the accounts paying at each month's ends."""
    months = pd.period_range(f"{year or 2022}-01", f"{year or 2025}-12", freq="M")
    ended = subscriptions["ended_on"].where(subscriptions["ended_on"].notna(), pd.Timestamp("2200"))
    rates = {}
    for month in months:
        opens, closes = month.start_time, (month + 1).start_time
        before = subscriptions[(subscriptions["started_on"] < opens) & (ended >= opens)]
        after = subscriptions[(subscriptions["started_on"] < closes) & (ended >= closes)]
        opening = before.groupby("account_id")["mrr"].sum()
        closing = after.groupby("account_id")["mrr"].sum().reindex(opening.index).fillna(0.0)
        both = pd.DataFrame({"opening": opening, "closing": closing}).reset_index()
        sums = (
            both.merge(accounts, on="account_id").groupby("segment")[["opening", "closing"]].sum()
        )
        rates[month] = sums["closing"] / sums["opening"]
    return pd.DataFrame(rates)


def compare(title: str, contenders: dict[str, Callable[[], object]], rounds: int) -> None:
    """Print each contender's median time, and the first one's time over it."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for name, call in contenders.items():
        if name != "pandas":
            call()
    for number in range(rounds):
        for name, call in contenders.items():
            if name == "pandas" and number > 1:
                continue
            begun = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - begun)
    print(f"\n{title}")
    ours, *others = contenders
    print(f"  {ours:<28} {statistics.median(times[ours]):6.2f} s")
    for name in others:
        pairs = zip(times[ours], times[name], strict=False)
        ratio = statistics.median(mine / theirs for mine, theirs in pairs)
        print(f"  {name:<28} {statistics.median(times[name]):6.2f} s   revkit takes {ratio:5.2f} x")


def main() -> None:
    """Build one company and time three metrics on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, default=10_000_000)
    parser.add_argument("--subscriptions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()

    engine = ibis.duckdb.connect()
    con: duckdb.DuckDBPyConnection = engine.con
    con.execute(
        COMPANY.format(
            accounts=max(asked.opportunities // 5, asked.subscriptions // 2),
            payers=asked.subscriptions // 2,
            opportunities=asked.opportunities,
            subscriptions=asked.subscriptions,
        )
    )
    tables = ("accounts", "opportunities", "subscriptions")
    data = rk.Dataset(**{name: engine.table(name) for name in tables})
    begun = time.perf_counter()
    rk.metrics.win_rate(data, by="segment")
    rk.metrics.nrr(data, by="segment")
    print(f"first calls, validation included: {time.perf_counter() - begun:.2f} s")
    frames = {name: con.table(name).df() for name in tables}

    def sql(*queries: str) -> Callable[[], object]:
        return lambda: [con.execute(query).df() for query in queries]

    month = {"by": "segment", "period": "month"}
    plain = {"as_of": data.as_of.isoformat()}
    compare(
        f"win_rate by segment and month, {asked.opportunities:,} opportunities",
        {
            "revkit": lambda: rk.metrics.win_rate(data, **month),
            "SQL, the same sums": sql(WIN_RATE, CLUSTERED),
            "SQL, no intervals": sql(WIN_RATE),
            "pandas": lambda: pandas_win_rate(frames["opportunities"], frames["accounts"]),
        },
        asked.rounds,
    )
    compare(
        f"pipeline_velocity by segment and month, {asked.opportunities:,} opportunities",
        {
            "revkit": lambda: rk.metrics.pipeline_velocity(data, **month),
            "SQL, the same sums": sql(CLOSED.format(squares=SQUARES), OPEN.format(**plain)),
            "SQL, no intervals": sql(CLOSED.format(squares=""), OPEN.format(**plain)),
            "pandas": lambda: pandas_velocity(frames["opportunities"], frames["accounts"]),
        },
        asked.rounds,
    )
    compare(
        f"nrr by segment and month, {asked.subscriptions:,} subscriptions",
        {
            "revkit": lambda: rk.metrics.nrr(data, **month),
            "SQL, the same sums": sql(MOVED.format(squares=MOVED_SQUARES, **plain)),
            "SQL, no intervals": sql(MOVED.format(squares="", **plain)),
            "pandas": lambda: pandas_nrr(frames["subscriptions"], frames["accounts"]),
        },
        asked.rounds,
    )
    check(data, frames, con)


def check(
    data: rk.Dataset, frames: dict[str, pd.DataFrame], con: duckdb.DuckDBPyConnection
) -> None:
    """Check that revkit and pandas agree on NRR and velocity."""
    ours = rk.metrics.nrr(data, by="segment", start="2023-01-01", end="2024-01-01")
    theirs = pandas_nrr(frames["subscriptions"], frames["accounts"], year=2023)
    for _, row in ours.iterrows():
        expected = theirs.loc[row["segment"], pd.Period(row["period"], "M")]
        assert np.isclose(row["value"], expected, rtol=1e-9), row
    ours = rk.metrics.pipeline_velocity(data, by="segment", start="2023-01-01", end="2024-01-01")
    velocity = pandas_velocity(frames["opportunities"], frames["accounts"])
    for _, row in ours.iterrows():
        expected = velocity.loc[row["segment"], pd.Period(row["period"], "M")]
        assert np.isclose(row["value"], expected, rtol=1e-9), row
    print("\nrevkit and pandas agree on nrr and pipeline_velocity to 1e-9")


if __name__ == "__main__":
    main()
