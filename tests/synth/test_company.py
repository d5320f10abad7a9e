"""The made-up company: its tables are right, believable, and the same every time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from revkit.errors import ParameterError
from revkit.schema import TABLES
from revkit.synth import Company, generate, scenarios
from revkit.synth.kernel.arrow import COLUMNS, schema
from revkit.synth.scenario.load import scenario
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_company.spend import drift
from tests.support.invariants.rules import RULES
from tests.support.queries import must_be_empty, number, opened

AS_OF = "DATE '2025-12-31'"
START = "DATE '2023-01-01'"


@pytest.fixture(scope="module")
def company() -> Company:
    return generate()


@pytest.fixture(scope="module")
def engine(company: Company) -> duckdb.DuckDBPyConnection:
    return opened(company)


@pytest.mark.parametrize("rule", RULES)
def test_invariants(engine: duckdb.DuckDBPyConnection, rule: str) -> None:
    must_be_empty(engine, rule, RULES[rule])


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_are_as_declared(company: Company, name: str) -> None:
    declared, table = TABLES[name], company.tables[name]

    assert table.schema.equals(schema(name))
    assert set(declared.required) <= set(table.column_names) <= set(declared.columns)


def test_quotas_are_believable(engine: duckdb.DuckDBPyConnection) -> None:
    """Everybody who sells has some, which a team about reaches; only new business is planned."""
    rows = engine.execute(f"""
        WITH won AS (SELECT team, sum(amount) AS amount FROM opportunities JOIN reps USING (rep_id)
                     WHERE is_won AND closed_on >= {START} GROUP BY ALL),
        asked AS (SELECT team, sum(amount) AS quota FROM targets JOIN reps USING (rep_id)
                  WHERE kind = 'quota' AND starts_on BETWEEN {START} AND {AS_OF} GROUP BY ALL)
        SELECT team, amount / quota FROM won JOIN asked USING (team) ORDER BY team""").fetchall()
    planned = engine.execute(
        "SELECT DISTINCT segment FROM targets WHERE measure = 'new_mrr' ORDER BY segment"
    ).fetchall()

    assert [team for team, _ in rows] == [
        "Account Management", "Enterprise Sales", "Mid-Market Sales", "SMB Sales"
    ]  # fmt: skip
    assert all(0.3 < attained < 1.2 for _, attained in rows), rows
    assert planned == [("Enterprise",), ("Mid-Market",), ("SMB",)]


def test_some_renewals_are_signed_late(engine: duckdb.DuckDBPyConnection) -> None:
    """A fifth of them after the term has ended, while the contract runs on."""
    late = number(engine, """
        SELECT avg((EXISTS (FROM subscriptions s WHERE s.account_id = o.account_id
            AND closed_on BETWEEN term_ends_on AND term_ends_on + 20))::INT)
        FROM opportunities o WHERE kind = 'renewal' AND is_won""")  # fmt: skip

    assert late == pytest.approx(0.2, abs=0.06)


@pytest.mark.parametrize("accounts", [60, 2000, 12_000])
def test_quotas_and_pay_grow_with_the_company(accounts: int) -> None:
    """Whatever seats are rounded to: those of a small company are a part of a whole one."""
    world = World(scenario("baseline"), seed=1, months=36, accounts=accounts, intercepts={})

    count, part = Roster(world).sizes

    asked = [team.seats * accounts / 1000 for team in world.scenario.teams.values()]
    assert (count >= 1).all()
    assert (count * part * len(REGIONS)).tolist() == pytest.approx(asked)


def test_a_cost_strays_slowly_and_comes_back() -> None:
    """And a longer company begins as a shorter one does."""
    world = World(scenario("baseline"), seed=1, months=3000, accounts=1, intercepts={})
    costs = world.scenario.costs

    logs = np.log(drift(world, "spend.product.drift"))

    assert logs.std() == pytest.approx(costs.drift_spread, rel=0.15)
    assert np.corrcoef(logs[1:], logs[:-1])[0, 1] == pytest.approx(costs.drift_kept, abs=0.03)
    shorter = drift(replace(world, months=7), "spend.product.drift")
    assert np.log(shorter).tolist() == pytest.approx(logs[:7].tolist())


def test_rates_are_believable(engine: duckdb.DuckDBPyConnection) -> None:
    """What the scenario asks for, and what a company of this kind looks like."""
    entered = {
        stage: number(engine, f"SELECT count(*) FROM lead_history WHERE stage = '{stage}'")
        for stage in ("lead", "MQL", "SQL")
    }
    won = "SELECT avg(is_won::INT) FROM opportunities WHERE kind = 'new' AND closed_on >= "
    active = "ended_on IS NULL OR ended_on > "
    paying = number(engine, "SELECT count(DISTINCT account_id) FROM subscriptions")
    now = number(
        engine, f"SELECT count(DISTINCT account_id) FROM subscriptions WHERE {active} {AS_OF}"
    )

    assert entered["MQL"] / entered["lead"] == pytest.approx(0.40, abs=0.03)
    assert entered["SQL"] / entered["MQL"] == pytest.approx(0.23, abs=0.04)
    assert number(engine, won + START) == pytest.approx(0.21, abs=0.04)
    assert 400 < paying < 650
    assert 250 < now < 450
    cycles = engine.execute(f"""
        SELECT segment, avg(closed_on - o.created_on), median(closed_on - o.created_on)
        FROM opportunities o JOIN accounts USING (account_id)
        WHERE kind = 'new' AND closed_on >= {START} GROUP BY ALL""").fetchall()
    for segment, mean, median in cycles:
        asked = {"SMB": 55, "Mid-Market": 105, "Enterprise": 180}[segment]
        assert mean == pytest.approx(asked, rel=0.2)
        assert mean > median


def test_leads_are_called_within_hours_and_reps_sell_less_than_half_their_time(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    waited = number(engine, """
        SELECT median(waited) FROM (
            SELECT min(date_diff('minute', created_at, occurred_at)) AS waited
            FROM activities JOIN leads USING (lead_id) GROUP BY lead_id)""")  # fmt: skip
    called = number(engine, """
        SELECT count(DISTINCT a.lead_id) / count(DISTINCT l.lead_id)
        FROM leads l LEFT JOIN activities a USING (lead_id)""")  # fmt: skip
    selling = number(engine, "SELECT sum(minutes * is_selling::INT) / sum(minutes) FROM activities")

    assert 30 < waited < 300
    assert 0.75 < called < 0.85
    assert 0.15 < selling < 0.5


@pytest.mark.parametrize("accounts", [1, 2, 60])
@pytest.mark.parametrize("months", [1, 2, 13])
@pytest.mark.parametrize("seed", [0, 7])
def test_small_worlds(accounts: int, months: int, seed: int) -> None:
    company = generate(accounts=accounts, months=months, seed=seed)

    assert company.tables["accounts"].num_rows == accounts
    assert all(table.schema.equals(schema(name)) for name, table in company.tables.items())
    assert not any(pa.types.is_null(f.type) for t in company.tables.values() for f in t.schema)


def test_a_wrong_scenario_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="Did you mean 'baseline'"):
        generate("base_line")
    with pytest.raises(ParameterError, match="accounts must be a whole number, 1 or more; it is 0"):
        generate(accounts=0)
    with pytest.raises(ParameterError, match=r"seed must be a whole number, 0 or more; it is 1\.5"):
        generate(seed=1.5)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="months must be 4,045 or fewer; it is 5,000"):
        generate(months=5000)
    assert "baseline" in scenarios()


def test_a_wrong_key_is_refused(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "revkit/synth/scenario/shipped/baseline.yaml"
    wrong = tmp_path / "mine.yaml"
    wrong.write_text(shipped.read_text().replace("lead_mql:", "lead_mlq:"))

    with pytest.raises(ParameterError, match=r"no parameter 'lead_mlq'. Did you mean 'lead_mql'"):
        generate(str(wrong))
