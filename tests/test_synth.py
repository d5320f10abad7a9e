"""The made-up company: its tables are right, believable, and the same every time."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from queries import must_be_empty, number, opened

from revkit.errors import ParameterError
from revkit.schema import TABLES
from revkit.synth import Company, generate, scenarios
from revkit.synth.arrow import COLUMNS, schema

AS_OF = "DATE '2025-12-31'"
START = "DATE '2023-01-01'"

INVARIANTS = {
    "a deal ends after it began": "SELECT * FROM opportunities WHERE closed_on <= created_on",
    "a deal is closed exactly when it is won or lost": """
        SELECT * FROM opportunities WHERE (closed_on IS NULL) <> (is_won IS NULL)""",
    "only a lost deal has a reason": """
        SELECT * FROM opportunities
        WHERE (lost_reason IS NOT NULL) <> coalesce(NOT is_won, false)""",
    "an open deal names no competitor": """
        SELECT * FROM opportunities WHERE closed_on IS NULL AND competitor IS NOT NULL""",
    "every deal has an amount": "SELECT * FROM opportunities WHERE amount IS NULL OR amount <= 0",
    "a closed deal ended when it was expected to end, at last": """
        SELECT * FROM opportunities
        WHERE closed_on IS NOT NULL AND expected_close_on IS DISTINCT FROM closed_on""",
    "no open deal is past its date": f"""
        SELECT * FROM opportunities
        WHERE closed_on IS NULL AND expected_close_on < {AS_OF} - 3""",
    "a lead comes after its account": """
        SELECT * FROM leads JOIN accounts USING (account_id) WHERE created_at < created_on""",
    "a deal comes after its account": """
        SELECT * FROM opportunities o JOIN accounts a USING (account_id)
        WHERE o.created_on < a.created_on""",
    "a deal comes after its lead": """
        SELECT * FROM opportunities o JOIN leads l USING (lead_id)
        WHERE o.created_on < l.created_at::DATE OR o.account_id <> l.account_id""",
    "lead and deal name each other": """
        SELECT * FROM leads l FULL JOIN (SELECT * FROM opportunities WHERE lead_id IS NOT NULL) o
        ON l.lead_id = o.lead_id
        WHERE l.opportunity_id IS DISTINCT FROM o.opportunity_id""",
    "no lead comes from somebody who has bought": """
        SELECT * FROM leads l JOIN opportunities o USING (account_id)
        WHERE o.kind = 'new' AND o.is_won AND l.created_at::DATE >= o.closed_on
        AND o.closed_on = (SELECT min(closed_on) FROM opportunities p
                           WHERE p.account_id = o.account_id AND p.kind = 'new' AND p.is_won)""",
    "a lead's history begins when it turned up": """
        SELECT * FROM leads l WHERE created_at <> (
            SELECT min(entered_at) FROM lead_history h WHERE h.lead_id = l.lead_id)""",
    "leads climb the stages in order": """
        SELECT * FROM (
            SELECT position, lag(position) OVER (PARTITION BY lead_id ORDER BY entered_at) AS before
            FROM lead_history JOIN stages USING (stage) WHERE object = 'lead')
        WHERE position <> coalesce(before + 1, 0)""",
    "nothing happens to a lead after it is set aside": """
        SELECT * FROM lead_history a JOIN lead_history b USING (lead_id)
        WHERE a.stage IN ('disqualified', 'recycled') AND b.entered_at > a.entered_at""",
    "a lead is an opportunity in its history when it has one": """
        SELECT * FROM leads l FULL JOIN (SELECT * FROM lead_history WHERE stage = 'opportunity') h
        ON l.lead_id = h.lead_id WHERE (opportunity_id IS NULL) <> (h.lead_id IS NULL)""",
    "a lead is a customer when its deal is won": """
        SELECT * FROM leads l JOIN opportunities o USING (opportunity_id)
        LEFT JOIN lead_history h ON h.lead_id = l.lead_id AND h.stage = 'customer'
        WHERE coalesce(o.is_won, false) <> (h.lead_id IS NOT NULL)
        OR h.entered_at::DATE <> o.closed_on""",
    "a disqualified lead says why, and so does its history": """
        SELECT * FROM leads l
        LEFT JOIN lead_history h ON h.lead_id = l.lead_id AND h.stage = 'disqualified'
        WHERE (disqualified_at IS NULL) <> (disqualified_reason IS NULL)
        OR disqualified_at IS DISTINCT FROM h.entered_at""",
    "mail goes nowhere": "SELECT * FROM leads WHERE email NOT LIKE '%@example.com'",
    "a touch is by a campaign that runs, after the lead turned up": """
        SELECT * FROM touches t JOIN campaigns c USING (campaign_id) JOIN leads USING (lead_id)
        WHERE touched_at < created_at OR touched_at NOT BETWEEN started_on AND ended_on""",
    "a lead's own campaign touched it first": """
        SELECT * FROM leads l WHERE campaign_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM touches t WHERE t.lead_id = l.lead_id
            AND t.campaign_id = l.campaign_id AND touched_at = created_at)""",
    "who calls works here on that day": """
        SELECT * FROM activities a JOIN reps r USING (rep_id)
        WHERE occurred_at < hired_on OR occurred_at::DATE > left_on""",
    "nobody calls a lead before it turned up, or a deal that is not open": """
        SELECT * FROM activities a LEFT JOIN leads l USING (lead_id)
        LEFT JOIN opportunities o ON o.opportunity_id = a.opportunity_id
        WHERE occurred_at < created_at OR occurred_at::DATE < o.created_on
        OR occurred_at::DATE > o.closed_on""",
    "what has a customer at the other end is selling": """
        SELECT * FROM activities
        WHERE is_selling <> (lead_id IS NOT NULL OR opportunity_id IS NOT NULL)
        OR is_selling <> (direction IS NOT NULL) OR is_selling <> (account_id IS NOT NULL)
        OR minutes <= 0""",
    "a deal's history runs forward, from its creation": """
        SELECT * FROM (
            SELECT *, lag(changed_at) OVER w AS before, lag(seq, 1, 0) OVER w AS former
            FROM opportunity_history JOIN opportunities USING (opportunity_id)
            WINDOW w AS (PARTITION BY opportunity_id ORDER BY seq))
        WHERE seq <> former + 1 OR changed_at < before
        OR (former = 0 AND changed_at::DATE <> created_on)""",
    "a deal's stage never goes back": """
        SELECT * FROM (
            SELECT position, lag(position) OVER
                (PARTITION BY opportunity_id ORDER BY seq) AS before
            FROM opportunity_history JOIN stages USING (stage) WHERE object = 'opportunity')
        WHERE position < before""",
    "a deal's last change is how it stands": """
        SELECT * FROM opportunities o LEFT JOIN (
            SELECT * FROM opportunity_history
            QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY seq DESC) = 1) h
        USING (opportunity_id)
        LEFT JOIN stages s ON s.object = 'opportunity' AND s.stage = h.stage
        WHERE o.amount IS DISTINCT FROM h.amount OR o.rep_id IS DISTINCT FROM h.rep_id
        OR o.expected_close_on IS DISTINCT FROM h.expected_close_on
        OR o.forecast_category IS DISTINCT FROM h.forecast_category
        OR o.probability IS DISTINCT FROM s.probability
        OR coalesce(o.is_won, false) IS DISTINCT FROM s.is_won
        OR (o.closed_on IS NOT NULL) IS DISTINCT FROM s.is_closed
        OR (o.closed_on IS NOT NULL AND h.changed_at::DATE <> o.closed_on)""",
    "who has a deal works here on that day": """
        SELECT * FROM opportunity_history h JOIN reps r USING (rep_id)
        WHERE h.changed_at < r.hired_on OR h.changed_at::DATE > r.left_on""",
    "who has an account or an open deal works here": """
        SELECT r.* FROM reps r JOIN accounts USING (rep_id) WHERE left_on IS NOT NULL
        UNION ALL
        SELECT r.* FROM reps r JOIN opportunities USING (rep_id)
        WHERE left_on IS NOT NULL AND closed_on IS NULL""",
    "a rep's manager is one": """
        SELECT * FROM reps r LEFT JOIN reps m ON r.manager_id = m.rep_id
        WHERE r.role <> 'manager'
        AND (m.role IS DISTINCT FROM 'manager' OR m.team IS DISTINCT FROM r.team)""",
    "a regime lasts": "SELECT * FROM subscriptions WHERE ended_on <= started_on",
    "a regime pays what it says": """
        SELECT * FROM subscriptions
        WHERE mrr <= 0 OR abs(mrr - quantity * unit_price) > 0.001
        OR abs(unit_price - list_unit_price * (1 - discount)) > 0.011
        OR unit_price > list_unit_price""",
    "regimes of a line follow each other without gap or overlap": """
        SELECT * FROM (
            SELECT *, lead(started_on) OVER
                (PARTITION BY subscription_id, line ORDER BY started_on) AS next
            FROM subscriptions)
        WHERE next IS NOT NULL AND next IS DISTINCT FROM ended_on""",
    "one contract at a time": """
        SELECT * FROM subscriptions a JOIN subscriptions b USING (account_id)
        WHERE a.subscription_id <> b.subscription_id AND a.started_on < b.started_on
        AND coalesce(a.ended_on, DATE '9999-01-01') > b.started_on""",
    "an end that lies ahead was asked for": f"""
        SELECT * FROM subscriptions WHERE ended_on > {AS_OF}
        AND (cancel_requested_on IS NULL OR churn_reason IS NOT NULL)""",
    "a cancellation is asked for within the regime": """
        SELECT * FROM subscriptions WHERE cancel_requested_on > ended_on
        OR cancel_requested_on <= started_on
        OR (cancel_requested_on IS NOT NULL AND ended_on IS NULL)""",
    "who leaves has a reason, who stays has none": f"""
        SELECT * FROM (
            SELECT *, max(coalesce(ended_on, DATE '9999-01-01')) OVER
                (PARTITION BY account_id) AS last FROM subscriptions WHERE line = '1')
        WHERE (last = ended_on AND ended_on <= {AS_OF} AND churn_reason IS NULL)
        OR (churn_reason IS NOT NULL AND ended_on IS NULL)""",
    "a line added stays no longer than the contract": """
        SELECT * FROM subscriptions e WHERE line = '2' AND ended_on IS NULL AND NOT EXISTS (
            SELECT 1 FROM subscriptions m WHERE m.subscription_id = e.subscription_id
            AND m.line = '1' AND m.ended_on IS NULL)""",
    "a renewed contract follows the one it renews": """
        SELECT * FROM subscriptions n JOIN accounts USING (account_id)
        WHERE renewed_from IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM subscriptions o WHERE o.subscription_id = n.renewed_from
            AND o.account_id = n.account_id AND o.ended_on <= n.started_on)""",
    "a yearly contract has a term": """
        SELECT * FROM subscriptions WHERE (interval = 'year') <> (term_ends_on IS NOT NULL)
        OR started_on >= term_ends_on""",
    "payments fail before they end a contract": """
        SELECT * FROM subscriptions WHERE (status = 'past_due' AND cancel_requested_on IS NOT NULL)
        OR (churn_reason = 'payment failed' AND cancel_requested_on IS NOT NULL)""",
    "every new contract comes from a deal won shortly before": f"""
        SELECT * FROM (
            SELECT account_id, subscription_id,
                min(started_on) AS begun, any_value(renewed_from) AS r
            FROM subscriptions GROUP BY ALL) s
        WHERE r IS NULL AND begun >= {START} + 40 AND NOT EXISTS (
            SELECT 1 FROM opportunities o
            WHERE o.account_id = s.account_id AND kind = 'new' AND is_won
            AND closed_on BETWEEN begun - 40 AND begun)""",
    "a new deal is worth twelve months of what it starts": """
        SELECT * FROM opportunities o JOIN subscriptions s USING (account_id)
        WHERE o.kind = 'new' AND o.is_won AND s.started_on = (
            SELECT min(started_on) FROM subscriptions t
            WHERE t.account_id = o.account_id AND t.started_on >= o.closed_on)
        AND s.started_on <= o.closed_on + 40 AND abs(o.amount - 12 * s.mrr) > 0.001""",
    "an expansion or a renewal is of a customer": """
        SELECT * FROM opportunities o WHERE kind <> 'new' AND NOT EXISTS (
            SELECT 1 FROM subscriptions s
            WHERE s.account_id = o.account_id AND s.started_on < o.created_on)""",
    "one deal for new business at a time": """
        SELECT * FROM opportunities a JOIN opportunities b USING (account_id)
        WHERE a.kind = 'new' AND b.kind = 'new' AND a.opportunity_id <> b.opportunity_id
        AND a.created_on <= b.created_on
        AND coalesce(a.closed_on, DATE '9999-01-01') > b.created_on""",
    "money is spent, never earned": "SELECT * FROM spend WHERE amount < 0",
    "a campaign's money goes to its channel, while it runs": """
        SELECT * FROM spend s JOIN campaigns c USING (campaign_id)
        WHERE s.channel <> c.channel OR NOT spent_on BETWEEN started_on AND ended_on""",
    "a lead comes from a campaign of its channel, while it runs": """
        SELECT * FROM leads l JOIN campaigns c USING (campaign_id)
        WHERE l.channel <> c.channel OR created_at NOT BETWEEN started_on AND ended_on""",
    "cost of sales and the rest are what was spent": """
        SELECT * FROM (
            SELECT month, sum(amount) AS booked FROM finance
            WHERE line IN ('cogs', 'opex') GROUP BY ALL)
        FULL JOIN (SELECT date_trunc('month', spent_on)::DATE AS month, sum(amount) AS spent
                   FROM spend GROUP BY ALL) USING (month)
        WHERE abs(booked - spent) > 0.01 OR booked IS NULL OR spent IS NULL""",
    "a target has a length": "SELECT * FROM targets WHERE starts_on >= ends_on OR amount < 0",
    "a quota is somebody's, submitted before it starts": """
        SELECT * FROM targets LEFT JOIN reps USING (rep_id) WHERE kind = 'quota'
        AND (coalesce(role, '') NOT IN ('AE', 'AM') OR submitted_on >= starts_on
             OR hired_on > starts_on OR left_on < starts_on)""",
}  # fmt: skip


@pytest.fixture(scope="module")
def company() -> Company:
    return generate()


@pytest.fixture(scope="module")
def engine(company: Company) -> duckdb.DuckDBPyConnection:
    return opened(company)


@pytest.mark.parametrize("rule", INVARIANTS)
def test_invariants(engine: duckdb.DuckDBPyConnection, rule: str) -> None:
    must_be_empty(engine, rule, INVARIANTS[rule])


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_are_as_declared(
    company: Company, engine: duckdb.DuckDBPyConnection, name: str
) -> None:
    declared, table = TABLES[name], company.tables[name]

    assert table.schema.equals(schema(name))
    assert set(declared.required) <= set(table.column_names) <= set(declared.columns)
    keys = [f'"{column}"' for column in declared.key if column in table.column_names]
    assert number(engine, f"SELECT count(*) FROM {name}") == number(
        engine, f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(keys)} FROM {name})"
    )
    for column in declared.columns.values():
        if column.name not in table.column_names:
            continue
        values = table[column.name]
        if not (column.optional or column.nullable):
            assert values.null_count == 0, column.name
        if column.references:
            key = TABLES[column.references].key[0]
            assert number(
                engine,
                f"SELECT count(*) FROM {name} t ANTI JOIN {column.references} r "
                f"ON t.{column.name} = r.{key} WHERE t.{column.name} IS NOT NULL",
            ) == 0, column.name  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_nothing_happens_after_the_last_day(company: Company, name: str) -> None:
    last = datetime.datetime(2026, 1, 1)
    table = company.tables[name].to_pandas()

    for column in TABLES[name].columns.values():
        if column.name in table and column.actual:
            days = table[column.name]
            if name == "subscriptions" and column.name == "ended_on":
                days = days[table["cancel_requested_on"].isna()]
            days = days.dropna()
            assert not len(days) or days.astype("datetime64[us]").max() < last, column.name


def test_movements_close_the_bridge(engine: duckdb.DuckDBPyConnection) -> None:
    """Opening MRR and what starts, less what ends, is closing MRR: every month, every segment."""
    gaps = engine.execute("""
        WITH months AS (
            SELECT unnest(generate_series(DATE '2023-01-01', DATE '2025-12-01', INTERVAL 1 MONTH))
                ::DATE AS m),
        regimes AS (SELECT * FROM subscriptions JOIN accounts USING (account_id)),
        books AS (
            SELECT m, segment,
                sum(round(mrr * 100)) FILTER (started_on < m
                    AND coalesce(ended_on >= m, true)) AS opening,
                sum(round(mrr * 100)) FILTER (started_on < m + INTERVAL 1 MONTH
                    AND coalesce(ended_on >= m + INTERVAL 1 MONTH, true)) AS closing,
                sum(round(mrr * 100)) FILTER (date_trunc('month', started_on) = m) AS started,
                sum(round(mrr * 100)) FILTER (date_trunc('month', ended_on) = m) AS ended
            FROM months, regimes GROUP BY ALL)
        SELECT * FROM books
        WHERE coalesce(opening, 0) + coalesce(started, 0) - coalesce(ended, 0)
            <> coalesce(closing, 0)
    """).fetchdf()

    assert gaps.empty


def test_revenue_is_earned_by_the_day(engine: duckdb.DuckDBPyConnection) -> None:
    """Finance books, to the cent, each regime's days of each month."""
    gap = number(engine, """
        SELECT max(abs(amount - earned)) FROM (
            SELECT month, any_value(amount) AS amount, sum(mrr * greatest(0, date_diff('day',
                greatest(started_on, month),
                least(coalesce(ended_on, DATE '9999-01-01'), (month + INTERVAL 1 MONTH)::DATE))))
                / any_value(date_diff('day', month, (month + INTERVAL 1 MONTH)::DATE)) AS earned
            FROM finance, subscriptions
            WHERE finance.line = 'revenue' GROUP BY month)""")  # fmt: skip

    assert gap < 0.011


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
    assert all(0.6 < attained < 1.1 for _, attained in rows), rows
    assert planned == [("Enterprise",), ("Mid-Market",), ("SMB",)]


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

    assert entered["MQL"] / entered["lead"] == pytest.approx(0.31, abs=0.03)
    assert entered["SQL"] / entered["MQL"] == pytest.approx(0.38, abs=0.04)
    assert number(engine, won + START) == pytest.approx(0.25, abs=0.03)
    assert 500 < paying < 800
    assert 350 < now < 600
    cycles = engine.execute(f"""
        SELECT segment, avg(closed_on - o.created_on), median(closed_on - o.created_on)
        FROM opportunities o JOIN accounts USING (account_id)
        WHERE kind = 'new' AND closed_on >= {START} GROUP BY ALL""").fetchall()
    for segment, mean, median in cycles:
        asked = {"SMB": 30, "Mid-Market": 70, "Enterprise": 140}[segment]
        assert mean == pytest.approx(asked, rel=0.2)
        assert mean > median


def test_leads_are_called_within_hours_and_reps_sell_less_than_half_their_time(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    waited = number(engine, """
        SELECT median(date_diff('minute', created_at, occurred_at))
        FROM activities JOIN leads USING (lead_id)""")  # fmt: skip
    called = number(engine, """
        SELECT count(DISTINCT a.lead_id) / count(DISTINCT l.lead_id)
        FROM leads l LEFT JOIN activities a USING (lead_id)""")  # fmt: skip
    selling = number(engine, "SELECT sum(minutes * is_selling::INT) / sum(minutes) FROM activities")

    assert 120 < waited < 1500
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
    with pytest.raises(ParameterError, match="accounts must be 1 or more"):
        generate(accounts=0)
    assert "baseline" in scenarios()


def test_a_wrong_key_is_refused(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[1] / "revkit/synth/scenarios/baseline.yaml"
    wrong = tmp_path / "mine.yaml"
    wrong.write_text(shipped.read_text().replace("lead_mql:", "lead_mlq:"))

    with pytest.raises(ParameterError, match=r"no parameter 'lead_mlq'. Did you mean 'lead_mql'"):
        generate(str(wrong))
