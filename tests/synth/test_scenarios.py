"""Scenarios: what they may say, and that what they plant is there, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from revkit.errors import ParameterError
from revkit.synth import Company, generate, scenarios
from revkit.synth.calibrate.calibration import calibrated_world
from revkit.synth.scenario.effects import COHORT, TARGETS, Effects, start_of, without
from revkit.synth.scenario.load import scenario
from revkit.synth.scenario.model import Effect
from revkit.synth.truth.auc_limits import area
from revkit.synth.write.checksums import of_folder

PLANTED = [name for name in scenarios() if scenario(name).effects]

UNTOUCHED = {
    "accounts": "SELECT * EXCLUDE (channel, rep_id) FROM accounts WHERE created_on < day",
    "reps": "SELECT * EXCLUDE left_on FROM reps WHERE hired_on < day",
    "campaigns": "FROM campaigns",
    "leads": """SELECT * EXCLUDE (opportunity_id, disqualified_at, disqualified_reason)
        FROM leads WHERE created_at < day""",
    "lead_history": "FROM lead_history WHERE entered_at < day",
    "touches": "FROM touches WHERE touched_at < day",
    "activities": """SELECT * EXCLUDE activity_id FROM activities WHERE occurred_at < day
        AND (opportunity_id IS NULL OR opportunity_id IN (SELECT opportunity_id FROM settled))""",
    "deals closed": """FROM opportunities WHERE closed_on < day
        AND opportunity_id IN (SELECT opportunity_id FROM settled)""",
    "deals opened": """SELECT opportunity_id, account_id, lead_id, product_id, campaign_id,
        created_on, discount FROM opportunities WHERE created_on < day AND kind = 'new'
        AND opportunity_id IN (SELECT opportunity_id FROM settled)""",
    "opportunity_history": """SELECT * FROM opportunity_history WHERE changed_at < day
        AND opportunity_id IN (SELECT opportunity_id FROM settled)""",
    "regimes begun": """SELECT subscription_id, line, started_on, account_id, product_id, mrr,
        discount, interval, status, renewed_from FROM subscriptions
        WHERE started_on < day AND status = 'active'""",
    "regimes over": "FROM subscriptions WHERE ended_on < agreed",
    "customers lost": """SELECT account_id, ended_on, churn_reason FROM subscriptions
        WHERE ended_on < day AND churn_reason IS NOT NULL""",
    "spend": "FROM spend WHERE spent_on < day AND category IS DISTINCT FROM 'commission'",
    "targets": """SELECT * EXCLUDE target_id FROM targets
        WHERE starts_on < day AND submitted_on < day""",
    "finance": "FROM finance WHERE month < agreed",
}  # fmt: skip
"""What is known before an effect starts.

What is sold to customers is agreed on, and a renewal is lost by notice, up to 75 days before the
day it is for, so such deals count once that day is over (and the commissions on them not at all);
who does not pay is past due for 28 days before that is called churn.
"""


def opened(company: Company) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    for name, table in company.tables.items():
        engine.register(name, table)
    return engine


def known(company: Company, month: int) -> dict[str, list[tuple[object, ...]]]:
    """The rows of before a month counted from the start."""
    day = np.datetime64("2023-01") + month
    engine = opened(company)
    engine.execute(f"""
        CREATE TABLE t AS SELECT DATE '{day}-01' AS day, DATE '{day}-01' - 80 AS agreed;
        CREATE VIEW settled AS FROM opportunities o ASOF JOIN rep_history h
            ON o.rep_id = h.rep_id AND coalesce(closed_on, DATE '9999-01-01') >= from_on, t
        WHERE role = 'AE' OR closed_on < agreed""")
    found = {}
    for name, query in UNTOUCHED.items():
        query = query.replace("< day", "< (SELECT day FROM t)")
        query = query.replace("< agreed", "< (SELECT agreed FROM t)")
        found[name] = engine.execute(f"{query} ORDER BY ALL").fetchall()
    return found


def stronger(effect: Effect) -> Effect:
    """The same cause, four times over and wherever it can be: no leak can hide."""
    factor = float(np.clip(effect.factor**4, 0.05, min(12, TARGETS[effect.target].largest)))
    kept = {key: word for key, word in effect.where.items() if key in ("team", *COHORT)}
    kept = effect.where if effect.target == "mix" else kept
    return replace(effect, factor=factor, where=kept)


@pytest.mark.parametrize("name", PLANTED)
def test_an_effect_changes_nothing_before_it_starts(name: str) -> None:
    """However strong it is; and after that the company without it is another."""
    spec = scenario(name)
    strong = tuple(stronger(effect) for effect in spec.effects)
    starts = {start_of(effect) for effect in strong}
    world = calibrated_world(
        replace(spec, effects=strong), seed=11, months=max(starts) + 4, accounts=2500
    )
    with_all = Company(world)
    before = {start: known(with_all, start) for start in starts}

    for effect in world.scenario.effects:
        off = replace(world, scenario=without(world.scenario, effect.id))
        less = Company(off)

        rows = before[start_of(effect)]
        others = known(less, start_of(effect))
        assert {what for what in rows if rows[what] != others[what]} == set(), effect.id
        assert all(rows[what] for what in rows) or start_of(effect) == 0
        assert any(not with_all.tables[t].equals(less.tables[t]) for t in less.tables), effect.id


@pytest.mark.parametrize("name", scenarios())
def test_every_scenario_makes_a_company_with_a_story(name: str) -> None:
    company = generate(name, accounts=40, months=25)
    spec = scenario(name)

    assert spec.name == name
    assert (spec.story == scenario("baseline").story) == (name == "baseline")
    assert spec.questions
    assert company.tables["accounts"].num_rows == 40
    assert {c for e in spec.effects for c in e.where} <= {
        c for t in TARGETS.values() for c in t.where
    }
    names = company.tables["campaigns"]["name"].to_pylist()
    assert {decoy.name for decoy in spec.decoys} <= set(names)


def mine(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(f"like: baseline\nname: mine\n{text}\n")
    return str(path)


EFFECT = "{{id: e, target: {0}, op: {1}, factor: {2}, months: {3}, where: {4}}}"


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (
            ("mql_sqll", "odds_x", 2, [3], {}),
            "target must be .*; it is 'mql_sqll'. Did you mean 'mql_sql'",
        ),
        (("churn", "odds_x", 2, [3], {}), "op must be hazard_x"),
        (("win", "odds_x", 0, [3], {}), "effects: 1: factor should be greater than 0; it is 0"),
        (("win", "odds_x", "much", [3], {}), "factor should be a valid number; it is 'much'"),
        (("win", "odds_x", ".inf", [3], {}), "factor should be a finite number"),
        (("price", "price_x", 0.01, [3], {}), "factor must be from 0.1 to 1e\\+09; it is 0.01"),
        (("win", "odds_x", "1.0e-10", [3], {}), "factor must be from 1e-09 to"),
        (("leave", "odds_x", 1.5, [3], {}), "from 1e-09 to 1; it is 1.5"),
        (("win", "odds_x", 2, [5, 5], {}), r"months must be \[first\]"),
        (("win", "odds_x", 2, [4, -1], {}), "months, number 2, should be greater than or equal"),
        (("win", "odds_x", 2, [3], "SMB"), "where should be a valid dictionary; it is 'SMB'"),
        (("seats", "rate_x", 2, [3, 4], {}), "happens once and lasts"),
        (("win", "odds_x", 2, [3], "{segmnt: SMB}"), "Did you mean 'segment'"),
        (("win", "odds_x", 2, [3], "{segment: SBM}"), "Did you mean 'SMB'"),
        (("win", "odds_x", 2, [3], "{industry: [Retail, Retial]}"), "Did you mean 'Retail'"),
        (("win", "odds_x", 2, [3], "{team: SMB Sales}"), "no parameter 'team'"),
        (("churn", "hazard_x", 2, [3], "{cohort_from: July}"), "must be a month from 0"),
    ],
)
def test_an_effect_that_cannot_be_is_refused(
    tmp_path: Path, said: tuple[object, ...], refused: str
) -> None:
    with pytest.raises(ParameterError, match=refused):
        generate(mine(tmp_path, f"effects: [{EFFECT.format(*said)}]"), accounts=5)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("efects: []", "Did you mean 'effects'"),
        ("funnel: {lead_mlq: 0.3}", "Did you mean 'lead_mql'"),
        ("effects: [{id: e, target: win, op: odds_x, factor: 2, month: [1]}]", "mean 'months'"),
        ("effects: [{id: e, target: win, op: odds_x, factor: 2}]", "needs 'months'"),
        ("questions: [{ask: why, effects: [x], score: []}]", "effects must be left out; it is 'x'"),
        ("questions: [{ask: why, effects: [], score: [facter]}]", "Did you mean 'factor'"),
        ("decoys: [{id: d, name: D, channel: Radio, months: [1, 2], cost: 1, note: n}]", "'Radio'"),
        ("decoys: [{id: d, name: D, channel: Events, months: [2], cost: 1, note: n}]",
         r"months, number 2, .* required"),
        ("decoys: [{id: d, name: D, channel: Events, months: [2, 1], cost: 1, note: n}]",
         r"must be \[first, after the last\]"),
        ("effects: [{id: e, on: win, op: odds_x, factor: 2, months: [1]}]", "YAML reads as True"),
    ],
)  # fmt: skip
def test_a_word_no_scenario_knows_is_refused(tmp_path: Path, said: str, refused: str) -> None:
    with pytest.raises(ParameterError, match=refused):
        generate(mine(tmp_path, said), accounts=5)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("funnel: {lead_mql: high}", "funnel: lead_mql should be a valid number; it is 'high'"),
        ("funnel: {lead_mql: 1.3}", "lead_mql should be less than 1; it is 1.3"),
        ("usage: {warned: 1.5}", "usage: warned should be less than or equal to 1; it is 1.5"),
        ("funnel: 3", "funnel must be keys with values, a line each; it is 3"),
        ("segments: {SMB: {cycle_days: -3}}", "SMB: cycle_days should be greater than 0"),
        ("segments: {SMB: {employees: [5, 4, 9]}}", r"from 1; it is \[5, 4, 9\]"),
        ("segments: {SMB: {products: [0.5, 0.4, 0, 0]}}", "4 that add up to 1"),
        ("segments: {Micro: {win: 0.3}}", "segments: Micro needs 'share'; it has: win"),
        ("teams: {SMB Sales: {accounts: SBM}}", "no team of role AE"),
        ("teams: {Sales Development: {accounts: SBM}}", "no team of role SDR"),
        ("teams: {Customer Success: {accounts: SBM}}", r"accounts must be .*; it is 'SBM'\."),
        ("teams: {Customer Success: {role: CMS}}", "role should be 'AE', 'AM', 'SDR' or 'CSM'"),
        ("price_tests: {product: Taem}", "Did you mean 'Team'"),
        ("season: [1, 1, 1]", "a weight for each of the twelve months"),
        ("season: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, x]", "season, number 12, should be a valid"),
        ("start: 2024-02-15", "the first day of a month, such as 2023-01-01; it is 2024-02-15"),
        ('start: "20240101"', "such as 2023-01-01; it is 20240101"),
        ("start: spring", "the first day of a month, such as 2023-01-01; it is spring"),
        ("currency: USD", "USD is the company's own currency"),
        ("currency: euro", "three capital letters, such as EUR; it is 'euro'"),
        ("growth: 0.9", "growth should be less than 0.5"),
        ("min_accounts: many", "min_accounts should be a valid integer"),
        ("channels: {" + ", ".join(f"{name}: {{share: 0}}" for name in (
            "Organic", "Paid Search", "Paid Social", "Events", "Webinars", "Partners")) + "}",
         "channels must have a share above 0"),
        ("effects: {id: a}", "effects must be a list, a dash for each"),
        ("a: [1,", "is not written as YAML"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused(tmp_path: Path, said: str, refused: str) -> None:
    with pytest.raises(ParameterError, match=refused):
        generate(mine(tmp_path, said), accounts=5)


@pytest.mark.parametrize("text", ["", "- baseline\n", "baseline"])
def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "none.yaml"
    path.write_text(text)

    with pytest.raises(ParameterError, match="must be keys with values"):
        scenario(str(path))


def test_a_scenario_is_like_one_beside_it_and_never_like_itself(tmp_path: Path) -> None:
    mine(tmp_path, "min_accounts: 9")
    (tmp_path / "other.yaml").write_text("like: mine.yaml\nname: other\n")
    (tmp_path / "round.yaml").write_text("like: again.yaml\n")
    (tmp_path / "again.yaml").write_text("like: round.yaml\n")

    assert scenario(str(tmp_path / "other.yaml")).min_accounts == 9
    with pytest.raises(ParameterError, match=r"round\.yaml is like itself"):
        scenario(str(tmp_path / "round.yaml"))


def test_a_file_that_is_changed_is_read_again(tmp_path: Path) -> None:
    path = mine(tmp_path, "min_accounts: 7")
    before = scenario(path).min_accounts
    mine(tmp_path, "min_accounts: 8")

    assert (before, scenario(path).min_accounts) == (7, 8)
    assert generate(Path(path)).world.accounts == 8


def test_a_day_needs_no_quotes(tmp_path: Path) -> None:
    assert scenario(mine(tmp_path, "start: 2024-02-01")).start == "2024-02-01"


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    one = EFFECT.format("win", "odds_x", 2, [3], {})

    with pytest.raises(ParameterError, match="an id is there twice: e, e"):
        generate(mine(tmp_path, f"effects: [{one}, {one}]"), accounts=5)


def test_a_scenario_says_only_what_differs(tmp_path: Path) -> None:
    path = mine(tmp_path, "min_accounts: 7\nsegments: {SMB: {discount: 0.5}}")
    base, other = scenario("baseline"), scenario(path)

    assert generate(path, months=1).tables["accounts"].num_rows == 7
    smb = base.segments["SMB"]
    assert other.segments["SMB"] == replace(smb, discount=0.5)
    assert list(other.segments) == list(base.segments)
    assert (other.channels, other.teams) == (base.channels, base.teams)


def test_factors_multiply_where_and_while_they_hold() -> None:
    first = Effect("a", "win", "odds_x", 2.0, (1, 3), {"segment": ["SMB", "Enterprise"]})
    second = Effect("b", "win", "odds_x", 5.0, (2,), {"industry": "Retail"})
    effects = Effects(replace(scenario("baseline"), effects=(first, second)))
    days = np.array([effects.first_day(month) for month in (0, 1, 2, 3)])
    retail, smb = np.array(2), np.array(0)

    def factor(segment: int, industry: int) -> list[float]:
        codes = {"segment": np.array(segment), "industry": np.array(industry)}
        return effects.factor("win", days, **codes).tolist()

    assert factor(int(smb), int(retail)) == [1, 2, 10, 5]
    assert factor(1, int(retail)) == [1, 1, 5, 5]
    assert factor(2, -1) == [1, 2, 2, 1]
    assert effects.factor("churn", days).tolist() == 1


def passed(company: Company, before: str, after: str, channel: str = "%") -> list[float]:
    """The share of leads that pass a gate, before July 2024 (or March) and since."""
    day = {"MQL": "2024-03-01", "lead": "2024-07-01"}[before]
    rows = opened(company).execute(f"""SELECT avg((b.lead_id IS NOT NULL)::INT)
        FROM lead_history a JOIN leads l USING (lead_id) LEFT JOIN lead_history b
        ON b.lead_id = a.lead_id AND b.stage = '{after}'
        WHERE a.stage = '{before}' AND l.channel LIKE '{channel}'
        AND a.entered_at < DATE '2025-12-01'
        GROUP BY a.entered_at >= DATE '{day}' ORDER BY min(a.entered_at)""")
    return [share for (share,) in rows.fetchall()]


def odds(share: float) -> float:
    return share / (1 - share)


def test_the_broken_handoff_shows_at_its_gate() -> None:
    company = generate("broken-handoff")

    before, since = passed(company, "MQL", "SQL")

    assert odds(since) / odds(before) == pytest.approx(0.45, rel=0.25)


def test_the_rotten_channel_shows_and_the_others_do_not() -> None:
    company = generate("channel-rot")

    (paid, now), (webinar, later) = (
        passed(company, "lead", "MQL", name) for name in ("Paid Search", "Webinars")
    )

    assert odds(now) / odds(paid) == pytest.approx(0.4, rel=0.25)
    assert odds(later) / odds(webinar) == pytest.approx(1.0, rel=0.25)


@pytest.fixture(scope="module")
def company() -> Company:
    return generate("broken-handoff", accounts=600, months=30)


def test_the_truth_is_what_the_tables_add_up_to(company: Company) -> None:
    """To the cent and the row, each month, though the two share no code."""
    engine = opened(company)
    rows = engine.execute("""
        WITH months AS (SELECT unnest(range(DATE '2023-01-01', DATE '2025-07-01',
                                            INTERVAL 1 MONTH))::DATE AS month),
        ends AS (SELECT month, (month + INTERVAL 1 MONTH)::DATE AS later FROM months)
        SELECT strftime(month, '%Y-%m'),
        (SELECT sum(round(mrr * 100))::BIGINT FROM subscriptions
         WHERE status <> 'paused'
         AND started_on < later AND (ended_on IS NULL OR ended_on >= later)),
        (SELECT count(DISTINCT account_id) FROM subscriptions
         WHERE status <> 'paused'
         AND started_on < later AND (ended_on IS NULL OR ended_on >= later)),
        (SELECT count(*) FROM lead_history WHERE stage = 'MQL' AND entered_at >= month
         AND entered_at < later),
        (SELECT count(*) FROM leads WHERE created_at >= month AND created_at < later),
        (SELECT count(*) FROM opportunities WHERE kind = 'new' AND closed_on >= month
         AND closed_on < later),
        (SELECT sum(round(amount * 100))::BIGINT FROM opportunities
         WHERE kind = 'new' AND is_won AND closed_on >= month AND closed_on < later)
        FROM ends ORDER BY month""").fetchall()
    metrics = company.truth.metrics
    names = ("mrr_cents", "customers", "mqls", "leads", "new_deals_closed", "new_bookings_cents")

    told = [(month, *(row[name] for name in names)) for month, row in metrics.items()]

    assert [(*row[:-1], row[-1] or 0) for row in rows] == told


def test_movements_lead_from_one_month_to_the_next(company: Company) -> None:
    figures = company.truth.figures
    gains = ("new_mrr", "reactivated_mrr", "expansion_mrr")
    losses = ("contraction_mrr", "churned_mrr")

    change = sum(figures[name] for name in gains) - sum(figures[name] for name in losses)

    assert (np.diff(figures["mrr"]) == change[1:]).all()
    assert figures["churned_mrr"].sum() > 0


def test_the_truth_says_what_an_effect_caused(company: Company) -> None:
    truth = company.truth
    (handoff,) = truth.effects

    assert (handoff["from"], handoff["to"]) == ("2024-03", None)
    assert handoff["caused"] == truth.together
    assert handoff["caused"]["sqls"] < -40
    assert handoff["caused"]["new_deals_opened"] < 0
    assert truth.questions[0]["answer"][0]["month"] == "2024-03"
    off = replace(truth.world, scenario=without(truth.world.scenario, "handoff"))
    sqls = truth.of(off)["sqls"] - truth.figures["sqls"]
    assert (sqls[:14] == 0).all()
    assert sqls.sum() == -handoff["caused"]["sqls"]


def test_nobody_can_tell_for_sure(company: Company) -> None:
    limits = company.truth.oracle

    assert 0.55 < limits["win_auc"] < 0.8
    assert 0.7 < limits["churn_auc"] < 0.95
    assert area(np.array([1.0, 2.0]), np.array([True, True])) is None
    assert area(np.array([1.0, 1.0, 0.0]), np.array([True, False, False])) == 0.75


def test_the_truth_is_kept_away_from_the_tables(company: Company, tmp_path: Path) -> None:
    company.write(tmp_path / "shop")

    path = company.truth.write(tmp_path / "shop")

    assert path == tmp_path / "shop-truth" / "truth.json"
    assert not list((tmp_path / "shop").glob("*truth*"))
    told = json.loads(path.read_text())
    assert told == json.loads(json.dumps(company.truth.as_dict()))
    assert told["effects"][0]["factor"] == 0.45
    assert told["metrics"]["2024-01"]["win_rate"] == pytest.approx(0.25, abs=0.2)
    assert told["tables"]["accounts"] == {
        "rows": 600, "content": of_folder(tmp_path / "shop")["accounts"].digest
    }  # fmt: skip


def test_what_no_table_shows_is_kept_beside_the_truth(company: Company, tmp_path: Path) -> None:
    """Every account's health, every deal's end, every customer's month; as the tables have them."""
    company.write(tmp_path / "shop")
    place = company.truth.write(tmp_path / "shop").parent
    engine = opened(company)
    for name in ("truth_accounts", "truth_opportunities", "truth_churn"):
        engine.register(name, pq.read_table(place / f"{name}.parquet"))

    def rows(query: str) -> list[tuple[object, ...]]:
        return engine.execute(query).fetchall()

    assert rows("SELECT count(*) FROM accounts JOIN truth_accounts USING (account_id)") == [(600,)]
    assert rows("""SELECT count(*) FROM opportunities o JOIN truth_opportunities t
        USING (opportunity_id) WHERE o.closed_on IS NOT NULL
        AND (o.closed_on <> t.closed_on OR o.is_won <> t.is_won)""") == [(0,)]
    assert rows("""SELECT count(*) > 20, bool_and(t.closed_on > (SELECT max(closed_on)
        FROM opportunities)) FROM opportunities o JOIN truth_opportunities t
        USING (opportunity_id) WHERE o.closed_on IS NULL""") == [(True, True)]
    assert rows("""SELECT count(*) FROM truth_churn WHERE "left" """) == rows("""
        SELECT count(*) FROM subscriptions WHERE line = '1' AND churn_reason IS NOT NULL
        AND ended_on >= DATE '2023-01-01'""")
    hit, missed = rows("""SELECT avg(chance) FILTER ("left"), avg(chance) FILTER (NOT "left")
        FROM truth_churn""")[0]
    assert hit > 2 * missed


def test_nobody_waits_for_a_truth_they_do_not_ask_for() -> None:
    company = generate(accounts=20, months=2)

    assert "truth" not in vars(company)
    assert pa.types.is_date(company.tables["accounts"].schema.field("created_on").type)


def test_a_decoy_costs_money_and_brings_nothing() -> None:
    with_decoy = generate("decoy-only", accounts=300)
    base = generate(accounts=300)

    same = set(base.tables) - {"campaigns", "spend", "finance"}
    assert all(with_decoy.tables[name].equals(base.tables[name]) for name in same)
    spent = opened(with_decoy).execute("""SELECT sum(amount), min(spent_on)::TEXT, count(*)
        FROM spend JOIN campaigns USING (campaign_id) WHERE name = 'Website Redesign'""")
    assert spent.fetchone() == (90_000, "2024-09-15", 2)


def test_a_company_too_small_or_too_young_says_so() -> None:
    """In its repr and its truth; one in which nothing happens has nothing to be found."""
    small = generate("price-rise-smb", accounts=500)
    young = generate("price-rise-smb", months=12)

    assert repr(small) == (
        "Company('price-rise-smb', seed=42, months=36, accounts=500, dirt='clean'), as of "
        "2025-12-31; what price-rise-smb plants is found from 12,000 accounts on, and not among 500"
    )
    assert repr(young).endswith("has begun after 18 months, and not after 12")
    assert repr(generate(accounts=20)) == (
        "Company('baseline', seed=42, months=36, accounts=20, dirt='clean'), as of 2025-12-31"
    )
    assert not any(generate(name).detectability for name in scenarios())
    assert generate("broken-handoff", accounts=60).truth.as_dict()["findable"] is False
