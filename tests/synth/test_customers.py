"""What customers do once they have bought: usage, tickets, invoices; and what prices are asked."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import rankdata

from revkit.synth import Company, generate
from revkit.synth.calibrate.calibration import calibrated_world
from revkit.synth.kernel.arrow import COLUMNS, NEVER, plain, schema
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.load import scenario
from revkit.synth.simulate.accounts import draw_accounts
from revkit.synth.simulate.customers.active_months import ActiveMonths, active_months
from revkit.synth.simulate.customers.customer_months import CustomerSimulation, Ledger
from revkit.synth.simulate.deals import new_deals
from revkit.synth.simulate.lead_funnel import draw_leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_chunk.invoices import invoice_table
from revkit.synth.tables.per_chunk.tickets import poisson_counts, ticket_table
from revkit.synth.tables.per_chunk.usage import (
    LOW_USAGE,
    decline,
    false_drops,
    usage_noise,
    usage_table,
)
from tests.support.invariants.customers import INVARIANTS
from tests.support.invariants.rules import RULES
from tests.support.queries import must_be_empty, number, opened

NEW = ("usage", "tickets", "invoices", "exchange_rates", "price_survey", "price_tests")


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(accounts=3000)


@pytest.fixture(scope="module")
def engine(company: Company) -> duckdb.DuckDBPyConnection:
    return opened(company)


@pytest.mark.parametrize("rule", INVARIANTS)
def test_invariants(engine: duckdb.DuckDBPyConnection, rule: str) -> None:
    must_be_empty(engine, rule, INVARIANTS[rule])


@pytest.mark.parametrize(("accounts", "months"), [(1, 1), (2, 2), (40, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_small_worlds(accounts: int, months: int, seed: int) -> None:
    company = generate(accounts=accounts, months=months, seed=seed)
    engine = opened(company)

    for name in COLUMNS:
        assert company.tables[name].schema.equals(schema(name)), name
        assert not any(pa.types.is_null(field.type) for field in company.tables[name].schema)
    for rule, query in RULES.items():
        assert engine.execute(query).fetchdf().empty, rule


def test_usage_warns_of_some_who_leave(company: Company) -> None:
    """Better than chance, far from certain: the next three months from this month and three ago."""
    rows = company.tables["usage"].to_pandas()
    ends = company.tables["subscriptions"].to_pandas().dropna(subset=["churn_reason"])
    month, ended = (
        days.to_numpy().astype("M8[M]").astype(np.int64)
        for days in (rows["month"], ends["ended_on"])
    )
    left = pd.MultiIndex.from_arrays([ends["account_id"], ended])

    def leaves(ahead: int) -> Numbers:
        return pd.MultiIndex.from_arrays([rows["account_id"], month + ahead]).isin(left)

    share = rows["active_users"] / rows["seats"]
    known = pd.Series(share.to_numpy(), [rows["account_id"], month])
    before = known.reindex(pd.MultiIndex.from_arrays([rows["account_id"], month - 3])).to_numpy()
    risk = (before - 2 * share).to_numpy()
    asked = ~leaves(0) & ~np.isnan(risk) & (month <= month.max() - 3)
    gone = leaves(1) | leaves(2) | leaves(3)

    assert 0.62 < auc(gone[asked], risk[asked]) < 0.80


def auc(yes: Numbers, score: Numbers) -> float:
    """The chance that one of those scores higher than one of the others."""
    count = yes.sum()
    over = rankdata(score)[yes].sum() - count * (count + 1) / 2
    return float(over / (count * (len(yes) - count)))


def test_the_healthy_use_more_and_ask_less(company: Company) -> None:
    accounts = draw_accounts(company.world, 0)
    health = pd.Series(accounts.health, index=accounts.ids.words())
    usage = company.tables["usage"].to_pandas().groupby("account_id")[["active_users", "seats"]]
    sums = usage.sum()
    tickets = company.tables["tickets"].to_pandas().groupby("account_id").size()
    strong = health.reindex(sums.index) > 0
    asked = tickets.reindex(sums.index).fillna(0)

    def share(amounts: pd.Series, where: pd.Series) -> float:
        return float(amounts[where].sum() / sums["seats"][where].sum())

    users = sums["active_users"]
    assert 1.1 < share(users, strong) / share(users, ~strong) < 1.6
    assert 0.45 < share(asked, strong) / share(asked, ~strong) < 0.85


def test_bills_are_believable(engine: duckdb.DuckDBPyConnection) -> None:
    extras = number(engine, "SELECT avg((NOT is_recurring)::INT) FROM invoices")
    late = number(engine, "SELECT avg((paid_on > due_on)::INT) FROM invoices WHERE due_on < "
                          "(SELECT day - 120 FROM shown) AND paid_on IS NOT NULL")  # fmt: skip
    refunded = number(engine, "SELECT avg((refunded > 0)::INT) FROM invoices")
    owed = number(engine, "SELECT avg((paid_on IS NULL)::INT) FROM invoices WHERE due_on < "
                          "(SELECT day - 120 FROM shown)")  # fmt: skip

    assert 0.005 < extras < 0.08
    assert 0.10 < late < 0.22
    assert 0.002 < refunded < 0.02
    assert 0.001 < owed < 0.05


def test_a_higher_price_sells_less_and_lies_among_the_answers(
    company: Company, engine: duckdb.DuckDBPyConnection
) -> None:
    rates = dict(engine.execute("SELECT variant, avg(bought::INT) FROM price_tests GROUP BY ALL")
                 .fetchall())  # fmt: skip
    asked = company.world.scenario.price_survey.answers

    assert company.tables["price_tests"].num_rows == 4500
    assert 0.03 < rates["B"] < rates["A"] < 0.09
    assert company.tables["price_survey"].num_rows == 3 * asked
    middles = engine.execute("""
        SELECT segment, median(too_cheap), median(too_expensive) FROM price_survey GROUP BY ALL
    """).fetchall()
    for segment, low, high in middles:
        paid = number(engine, f"""
            SELECT median(list_unit_price) FROM subscriptions JOIN accounts USING (account_id)
            WHERE line = '1' AND segment = '{segment}'
            AND started_on >= (SELECT day - 365 FROM shown)""")  # fmt: skip
        assert low < paid < high


def test_counts_are_poisson_and_grow_with_the_rate() -> None:
    draws = (np.arange(50_000) + 0.5) / 50_000

    few, many = (
        poisson_counts(np.full(50_000, 1.5), draws),
        poisson_counts(np.full(50_000, 40.0), draws),
    )

    assert few.mean() == pytest.approx(1.5, rel=0.001)
    assert few.var() == pytest.approx(1.5, rel=0.01)
    assert many.mean() == pytest.approx(40, rel=0.001)
    assert (poisson_counts(np.full(50_000, 1.6), draws) >= few).all()
    assert poisson_counts(np.zeros(3), np.array([0.0, 0.5, 0.999])).tolist() == [0, 0, 0]


@pytest.fixture(scope="module")
def book() -> tuple[World, Ledger]:
    world = calibrated_world(scenario("baseline"), seed=11, months=12, accounts=8000)
    accounts, roster = draw_accounts(world, 0), Roster(world)
    deals = new_deals(world, 0, accounts, draw_leads(world, accounts, 0), roster)
    return world, CustomerSimulation(
        world, 0, accounts, deals, np.zeros(len(accounts), np.int64)
    ).run()


def test_what_one_account_does_leaves_the_others_alone(book: tuple[World, Ledger]) -> None:
    """One is no customer after all and one leaves in the middle: nobody else's rows change."""
    world, ledger = book
    rows, middle = ledger.rows, int(world.month_starts[-10])
    staying = rows["account"][(rows["ended"] == NEVER) & (rows["started"] < middle)]
    gone, leaver = staying[0], staying[-1]
    kept = (rows["account"] != gone) & ((rows["account"] != leaver) | (rows["started"] < middle))
    fewer = {name: values[kept] for name, values in rows.items()}
    ends = np.minimum(fewer["ended"], middle)
    fewer["ended"] = np.where(fewer["account"] == leaver, ends, fewer["ended"])
    accounts = draw_accounts(world, 0)

    def others(ledger: Ledger) -> list[pd.DataFrame]:
        customers = active_months(world, ledger)
        made = (
            usage_table(world, 0, accounts, customers),
            ticket_table(world, 0, accounts, customers),
            invoice_table(world, 0, accounts, ledger, customers),
        )
        names = ("usage", "tickets", "invoices")
        ours = ["ticket_id", "invoice_id", "invoice_line_id"]
        frames = [
            plain(table, name).to_pandas().drop(columns=ours, errors="ignore")
            for name, table in zip(names, made, strict=True)
        ]
        changed = accounts.ids[np.array([gone, leaver])].words()
        return [f[~f["account_id"].isin(changed)].reset_index(drop=True) for f in frames]

    before, after = others(ledger), others(replace(ledger, rows=fewer))

    for one, other in zip(before, after, strict=True):
        assert len(one) > 100
        pd.testing.assert_frame_equal(one, other)


def test_usage_falls_in_the_last_months_and_not_before(book: tuple[World, Ledger]) -> None:
    """Who leaves for low usage uses less at last than if it stayed, and as much until then."""
    world, ledger = book
    rows = dict(ledger.rows)
    late = (rows["reason"] == LOW_USAGE) & (rows["ended"] < world.end)
    late &= rows["ended"] > int(world.month_starts[-8])
    who = rows["account"][late][0]
    of = rows["account"] == who
    last = int(rows["ended"][of & late].max())
    stays = dict(rows)
    stays["ended"] = np.where(of & (rows["ended"] == last), NEVER, rows["ended"])
    accounts = draw_accounts(world, 0)

    def events(rows: dict[str, Numbers]) -> pd.Series:
        table = usage_table(world, 0, accounts, active_months(world, replace(ledger, rows=rows)))
        frame = table.to_pandas()
        mine = frame[frame["account_id"] == accounts.ids.words()[who]]
        return pd.Series(mine["events"].to_numpy(), mine["month"].to_numpy().astype("M8[M]"))

    left, stayed = events(rows), events(stays)
    gone = np.datetime64(last, "D").astype("M8[M]")
    early, final = left.index < gone - 3, (left.index >= gone - 2) & (left.index < gone)

    assert left[early].equals(stayed[: len(left)][early])
    assert left[final].sum() < 0.9 * stayed[: len(left)][final].sum()


def test_some_leave_without_warning_and_some_drops_mean_nothing(
    book: tuple[World, Ledger],
) -> None:
    world, ledger = book
    customers = active_months(world, ledger)
    leaves = (customers.ends <= world.month_starts[customers.month + 1]) & (customers.stay == 0)
    falls = decline(world, 0, customers) < 1
    asked = world.scenario.usage

    assert leaves.sum() > 50
    assert falls[leaves & (customers.reason == LOW_USAGE)].all()
    rest = falls[leaves & (customers.reason != LOW_USAGE)]
    assert rest.mean() == pytest.approx(asked.warned, abs=0.15)
    assert not falls[customers.ends == NEVER].any()
    assert (false_drops(world, 0, customers) < 1).mean() == pytest.approx(
        3 * asked.false_drops, rel=0.3
    )


def test_a_month_half_remembers_the_one_before_from_the_first_month_on() -> None:
    """Of the first account too, in a company that begins with what is shown."""
    world = calibrated_world(scenario("baseline"), seed=3, months=9, accounts=3)
    account, month = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 2, 8])
    nothing = np.zeros(5, np.int64)
    made = ActiveMonths(account, month, *[nothing] * 7)
    now, before = (made.slots(world, 0, back).normal("usage.wobble") for back in (0, 1))

    assert usage_noise(world, 0, made) == pytest.approx((now + before) / np.sqrt(2), rel=1e-15)
