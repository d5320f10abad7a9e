"""What makes a real billing system hard to read: each there, consistent, and known to the truth."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from revkit.synth import Company, generate
from revkit.synth.calibrate.calibration import calibrated_world
from revkit.synth.scenario.load import scenario
from revkit.synth.scenario.model import Scenario
from tests.support.invariants.rules import RULES
from tests.support.queries import must_be_empty, number, opened

MONTHS = 30


def with_shares(multi_year: float, co_termed: float, pause: float, refunds: float) -> Scenario:
    """The baseline with other shares of contracts that pause, step and so on."""
    like = scenario("baseline")
    return replace(
        like,
        segments={
            name: replace(spec, multi_year=multi_year) for name, spec in like.segments.items()
        },
        customers=replace(like.customers, co_termed=co_termed, pause=pause),
        billing=replace(like.billing, refunds=refunds),
    )


def made(spec: Scenario) -> Company:
    """A company whose rates are not solved for anew: what a contract does is not what churns."""
    world = calibrated_world(scenario("baseline"), seed=8, months=MONTHS, accounts=1500)
    return Company(replace(world, scenario=spec))


@pytest.fixture(scope="module")
def messy() -> Company:
    return made(with_shares(multi_year=0.5, co_termed=0.5, pause=0.02, refunds=0.05))


@pytest.fixture(scope="module")
def tidy() -> Company:
    return made(with_shares(multi_year=0.0, co_termed=0.0, pause=0.0, refunds=0.0))


@pytest.fixture(scope="module")
def engine(messy: Company) -> duckdb.DuckDBPyConnection:
    return opened(messy)


@pytest.mark.parametrize("rule", RULES)
def test_a_company_full_of_it_breaks_no_rule(engine: duckdb.DuckDBPyConnection, rule: str) -> None:
    must_be_empty(engine, rule, RULES[rule])


def truth_of(company: Company) -> pd.DataFrame:
    rows = pd.DataFrame(company.truth.contracts).T
    rows.index = pd.to_datetime(rows.index)
    return rows


COUNTED = {
    "refunded": "SELECT sum(round(refunded * 100)) FROM invoices"
    " WHERE date_trunc('month', paid_on) = month",
    "pauses": "SELECT count(*) FROM pauses WHERE line = '1'"
    " AND date_trunc('month', started_on) = month",
    "paused_customers": "SELECT count(DISTINCT account_id) FROM pauses"
    " WHERE started_on < next AND ended_on >= next",
    "paused_mrr": "SELECT sum(round(mrr * 100)) FROM pauses"
    " WHERE started_on < next AND ended_on >= next",
    "lines_apart": "SELECT count(*) FROM regimes WHERE line = '3'"
    " AND date_trunc('month', started_on) = month",
    "price_steps": "SELECT count(*) FROM years y WHERE line = '1' AND whole"
    " AND date_trunc('month', started_on) = month AND EXISTS ("
    " SELECT 1 FROM years b WHERE b.subscription_id = y.subscription_id"
    " AND b.term_ends_on = y.term_ends_on AND b.started_on < y.started_on)",
}


@pytest.mark.parametrize("figure", COUNTED)
def test_the_truth_counts_what_the_tables_hold(
    messy: Company, engine: duckdb.DuckDBPyConnection, figure: str
) -> None:
    query = f"SELECT month, coalesce(({COUNTED[figure]}), 0) FROM months ORDER BY month"
    found = [row[1] for row in engine.execute(query).fetchall()]

    assert truth_of(messy)[figure].tolist() == found
    assert sum(found) > 0


def test_what_is_contracted_counts_the_steps_to_come(messy: Company, tidy: Company) -> None:
    """Beyond what the prices of today come to, by what terms of several years step up later."""
    for company, more in ((tidy, False), (messy, True)):
        contracted = truth_of(company)["contracted"] / 100
        today = pd.DataFrame(company.truth.catalogue).T["remaining_performance_obligation"]

        assert (contracted.to_numpy() > today.to_numpy() + 0.01).all() == more
        if not more:
            assert contracted.tolist() == pytest.approx(today.tolist(), abs=0.0051)


def test_what_is_left_of_a_contract_is_what_will_be_billed_for_it(messy: Company) -> None:
    """Worked out from the lines on record alone: each year to come at a step less discount."""
    lines = messy.tables["subscriptions"].to_pandas()
    runs = lines["ended_on"].isna() | (lines["ended_on"] > messy.as_of)
    lines = lines[(lines["interval"] == "year") & runs]
    edge, cents = pd.Timestamp(messy.as_of) + pd.Timedelta(days=1), 0.0
    for row in lines.itertuples():
        term, discount = pd.Timestamp(row.term_ends_on), row.discount
        ends = [term - pd.DateOffset(years=back) for back in range(9, -1, -1)]
        for end in (day for day in ends if day > pd.Timestamp(row.started_on)):
            price = round(row.list_unit_price * 100 * (1 - discount))
            begins = max(end - pd.DateOffset(years=1), edge)
            cents += row.quantity * price * max(months(end) - months(begins), 0)
            discount = max(round(discount - 0.05, 4), 0.0)

    assert truth_of(messy)["contracted"].iloc[-1] == pytest.approx(cents, rel=1e-8)


def months(day: pd.Timestamp) -> float:
    return day.year * 12 + day.month + (day.day - 1) / (365.25 / 12)


def test_who_pauses_stops_paying_and_comes_back(engine: duckdb.DuckDBPyConnection) -> None:
    """For one to three months; to the metrics they leave and come back, to the truth they stay."""
    lengths = {
        row[0] for row in engine.execute(
            "SELECT date_diff('month', started_on, ended_on) FROM pauses"
            " WHERE ended_on < '9999-01-01'"
        ).fetchall()
    }  # fmt: skip
    back = number(engine, """
        SELECT avg(EXISTS (SELECT 1 FROM regimes r WHERE r.subscription_id = p.subscription_id
            AND r.line = p.line AND r.started_on = p.ended_on)::INT)
        FROM pauses p WHERE ended_on < '9999-01-01'""")  # fmt: skip

    assert lengths == {1, 2, 3}
    assert back == 1.0


def test_seats_sold_within_a_term_are_billed_for_what_is_left_of_the_year(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    """At once, by the day, on an invoice of their own or beside another line."""
    unbilled = number(engine, """
        SELECT count(*) FROM years, shown WHERE line = '3' AND started_on >= start
        AND started_on < year_ends AND NOT EXISTS (
            SELECT 1 FROM invoices i WHERE i.account_id = years.account_id
            AND i.issued_on = years.started_on AND is_recurring
            AND abs(amount - 12 * mrr * (year_ends - started_on) / (year_ends - year_began))
                < 0.011)""")  # fmt: skip
    renewed = number(engine, """
        SELECT avg(EXISTS (SELECT 1 FROM regimes r WHERE r.account_id = a.account_id
            AND r.line = '1' AND r.started_on = a.ended_on)::INT)
        FROM regimes a WHERE line = '3' AND ended_on < '9999-01-01'""")  # fmt: skip

    assert unbilled == 0
    assert renewed > 0.5


def test_without_any_of_it_what_is_decided_before_stays(messy: Company, tidy: Company) -> None:
    """Who turns up and who buys."""
    for name in ("leads", "lead_history", "touches"):
        assert messy.tables[name].equals(tidy.tables[name]), name
    deals = [company.tables["opportunities"].to_pandas() for company in (messy, tidy)]
    new = [
        d[(d["kind"] == "new") & d["lead_id"].notna()].set_index("opportunity_id") for d in deals
    ]
    pd.testing.assert_frame_equal(*new)


def test_refunds_are_known_by_the_day_of_payment(messy: Company) -> None:
    """Before an invoice is paid nothing of it is known to be given back."""
    bills = messy.tables["invoices"].to_pandas()
    days = sorted(bills[bills["refunded"] > 0]["paid_on"])
    day = days[len(days) // 2]
    known = messy.data.replay(day).table("invoices").execute()

    assert known["refunded"].sum() == pytest.approx(
        bills[bills["paid_on"].notna() & (bills["paid_on"] <= day)]["refunded"].sum()
    )
    assert 0 < known["refunded"].sum() < bills["refunded"].sum()


def test_the_smallest_company_has_a_truth_of_its_contracts() -> None:
    rows = generate(accounts=1, months=2, seed=1).truth.contracts

    assert list(rows) == ["2023-01", "2023-02"]


@pytest.fixture(scope="module")
def tried() -> Company:
    return generate("self-serve", accounts=3000, months=24, seed=4)


@pytest.mark.parametrize("rule", RULES)
def test_trials_break_no_rule(tried: Company, rule: str) -> None:
    with opened(tried) as engine:
        must_be_empty(engine, rule, RULES[rule])


def test_trials_last_as_long_as_they_may_and_some_are_paid_for(tried: Company) -> None:
    """As many as the settings say begin with one; none is money."""
    spec = tried.world.scenario.contracts
    with opened(tried) as engine:
        longest = number(engine, "SELECT max(ended_on - started_on) FROM trials, shown"
                                 " WHERE ended_on <= day")  # fmt: skip
        begun = number(engine, """
            SELECT avg(EXISTS (SELECT 1 FROM trials t WHERE t.account_id = r.account_id
                AND t.ended_on = r.begun)::INT)
            FROM (SELECT account_id, min(started_on) AS begun FROM regimes
                WHERE interval = 'month' GROUP BY ALL) r, shown
            WHERE begun >= start""")  # fmt: skip

    assert longest == spec.trial_days
    assert begun == pytest.approx(spec.trials, abs=0.08)
    assert 0.1 < tried.truth.catalogue["2024-06"]["trial_conversion_rate"] < 0.4


def test_trials_change_nothing_else(tried: Company) -> None:
    spec = tried.world.scenario
    without = Company(
        replace(tried.world, scenario=replace(spec, contracts=replace(spec.contracts, trials=0.0)))
    )

    for name in without.tables:
        if name != "subscriptions":
            assert tried.tables[name].equals(without.tables[name]), name
    kept = tried.tables["subscriptions"].to_pandas().query("status != 'trialing'")
    pd.testing.assert_frame_equal(
        kept.reset_index(drop=True), without.tables["subscriptions"].to_pandas()
    )
