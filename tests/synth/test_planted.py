"""At its smallest size every scenario's cause can be found in its tables, and its decoy cannot."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import duckdb
import numpy as np
import pytest

from revkit.synth import generate, scenarios
from revkit.synth.scenario.load import scenario
from tests.support.queries import opened

VIEWS = """
    CREATE VIEW came AS
        SELECT l.channel, l.created_at::DATE AS day, m.entered_at::DATE AS mql_on,
            m.entered_at IS NOT NULL AS mql, s.entered_at IS NOT NULL AS sql,
            opportunity_id IS NOT NULL AS opened
        FROM leads l
        LEFT JOIN lead_history m ON m.lead_id = l.lead_id AND m.stage = 'MQL'
        LEFT JOIN lead_history s ON s.lead_id = l.lead_id AND s.stage = 'SQL'
        WHERE l.created_at < DATE '2025-11-01';
    CREATE VIEW places AS
        SELECT h.*, region AS place, coalesce(lead(from_on) OVER w, left_on) AS until_on
        FROM rep_history h JOIN reps USING (rep_id)
        WINDOW w AS (PARTITION BY rep_id ORDER BY from_on);
    CREATE VIEW openers AS
        SELECT opportunity_id, from_on, team, place FROM opportunity_history o JOIN places p
        ON o.rep_id = p.rep_id AND changed_at >= from_on
            AND coalesce(changed_at < until_on + 1, true)
        WHERE seq = 1 QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY from_on) = 1;
    CREATE VIEW deals AS
        SELECT o.* EXCLUDE rep_id, segment, industry, openers.* EXCLUDE opportunity_id
        FROM opportunities o JOIN accounts USING (account_id) JOIN openers USING (opportunity_id)
        WHERE kind = 'new' AND closed_on IS NOT NULL AND team LIKE '%Sales';
    CREATE VIEW fresh AS
        FROM deals WHERE created_on BETWEEN DATE '2023-01-01' AND DATE '2025-08-31';
    CREATE VIEW stays AS
        SELECT account_id, date_trunc('month', min(started_on))::DATE AS since,
            CASE WHEN bool_or(churn_reason IS NOT NULL) THEN max(ended_on) END AS gone
        FROM (SELECT *, count(*) FILTER (churn_reason IS NOT NULL) OVER (
                PARTITION BY account_id ORDER BY started_on, line DESC
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS stay
            FROM subscriptions WHERE line = '1') GROUP BY account_id, stay;
    CREATE VIEW paying AS
        SELECT account_id, since, month, segment, date_diff('month', since, month) AS age,
            coalesce(gone < month + INTERVAL 1 MONTH, false) AS lost,
            EXISTS (SELECT 1 FROM opportunities o WHERE o.account_id = stays.account_id
                AND kind = 'expansion' AND is_won
                AND date_trunc('month', o.closed_on) = month) AS grew
        FROM stays JOIN accounts USING (account_id),
            (SELECT unnest(range(DATE '2023-01-01', DATE '2026-01-01', INTERVAL 1 MONTH))::DATE
                AS month)
        WHERE month > since AND coalesce(gone >= month, true);
    CREATE VIEW pushed AS
        SELECT opportunity_id, bool_or(expected_close_on > before AND stage NOT LIKE 'Closed%')
            AS pushed, arg_max(said, seq) = 'commit' AS commit
        FROM (SELECT *, lag(expected_close_on) OVER w AS before,
                lag(forecast_category) OVER w AS said
            FROM opportunity_history WINDOW w AS (PARTITION BY opportunity_id ORDER BY seq))
        GROUP BY opportunity_id;
    CREATE VIEW selling AS
        SELECT r.rep_id, team, month, count(opportunity_id) > 0 AS won
        FROM places r JOIN (SELECT unnest(range(DATE '2023-01-01', DATE '2026-01-01',
                INTERVAL 1 MONTH))::DATE AS month) m
            ON from_on <= month AND coalesce(until_on >= month + INTERVAL 1 MONTH, true)
        LEFT JOIN opportunities o ON o.rep_id = r.rep_id AND kind = 'new' AND is_won
            AND date_trunc('month', closed_on) = month
        WHERE role = 'AE' GROUP BY ALL;
    CREATE VIEW eves AS
        SELECT unnest([DATE '2023-03-31', DATE '2023-06-30', DATE '2023-09-29',
            DATE '2023-12-29', DATE '2024-03-29', DATE '2024-06-28', DATE '2024-09-30']) AS eve;
"""


@dataclass(frozen=True)
class Sign:
    """Where to look for a cause: odds of ``hit`` among some rows, ``after`` against before.

    ``rows`` are a view with its filter; the contrast is that within each ``stratum``.
    """

    effect: str
    rises: bool
    rows: str
    hit: str
    after: str
    stratum: str = "1"

    def sigmas(self, engine: duckdb.DuckDBPyConnection) -> float:
        """How far the hits after are from those to be expected: Cochran, Mantel and Haenszel."""
        cells = engine.execute(f"""
            SELECT {self.stratum} AS stratum, count(*), count(*) FILTER (a), count(*) FILTER (h),
                count(*) FILTER (a AND h)
            FROM (SELECT *, {self.after} AS a, {self.hit} AS h FROM {self.rows})
            GROUP BY ALL HAVING count(*) > 1""").fetchall()
        more = sum(both - after * hits / n for _, n, after, hits, both in cells)
        spread = sum(
            after * (n - after) * hits * (n - hits) / (n * n * (n - 1))
            for _, n, after, hits, _ in cells
        )
        return float(more / sqrt(spread)) if spread else 0.0


SIGNS = {
    "broken-handoff": [
        Sign("handoff", False, "came WHERE mql", "sql", "mql_on >= DATE '2024-03-01'"),
    ],
    "channel-rot": [
        Sign("rot_mql", False, "came WHERE channel = 'Paid Search'", "mql",
             "day >= DATE '2024-07-01'"),
        Sign("rot_sql", False, "came WHERE channel = 'Paid Search' AND mql", "sql",
             "mql_on >= DATE '2024-07-01'"),
    ],
    "competitor-in-retail": [
        Sign("competitor", False, "fresh WHERE industry = 'Retail'", "is_won",
             "created_on >= DATE '2024-03-01'", "segment"),
    ],
    "discounting": [
        Sign("discounts", True, "fresh", "discount > 0.1", "created_on >= DATE '2024-01-01'",
             "segment"),
        Sign("cheaper_wins", True, "fresh", "is_won", "created_on >= DATE '2024-01-01'",
             "segment"),
        Sign("bargain_churn", True, "paying WHERE age < 24", "lost",
             "since >= DATE '2024-01-01'", "(segment, age)"),
        Sign("bargain_growth", False, "paying WHERE age < 24", "grew",
             "since >= DATE '2024-01-01'", "segment"),
    ],
    "broken-integration": [
        Sign("connector", True, "came", "channel IS NULL", "day >= DATE '2024-09-01'"),
    ],
    "inflated-pipeline": [
        Sign("accepted", True, "came WHERE mql", "sql",
             "mql_on BETWEEN DATE '2024-09-01' AND DATE '2024-10-31'"),
        Sign("opened", True, "came WHERE sql", "opened",
             "mql_on BETWEEN DATE '2024-09-01' AND DATE '2024-10-31'"),
        Sign("hopeless", False, "fresh", "is_won",
             "created_on BETWEEN DATE '2024-09-01' AND DATE '2024-10-31'", "segment"),
    ],
    "onboarding-overload": [
        Sign("overload", True, "paying WHERE age < 15", "lost",
             "since BETWEEN DATE '2024-04-01' AND DATE '2024-09-30'", "(segment, age)"),
    ],
    "pricing-page-test": [
        Sign("dearer_page", False, "price_tests", "bought", "variant = 'B'"),
    ],
    "onboarding-fix": [
        Sign("onboarding", False, "paying WHERE age < 18", "lost",
             "since >= DATE '2024-07-01'", "(segment, age)"),
    ],
    "price-rise-smb": [
        Sign("price_rise", True, "paying WHERE segment = 'SMB' AND month < DATE '2024-12-01'",
             "lost", "month >= DATE '2024-06-01'"),
    ],
    "rep-leaves": [
        Sign("team_leaves", False,
             "deals, eves WHERE team <> 'SMB Sales' AND place = 'EMEA'"
             " AND created_on < eve AND closed_on >= eve",
             "is_won", "eve = DATE '2024-09-30'", "team"),
    ],
    "rep-ramp": [
        Sign("hires", False, "selling WHERE team = 'SMB Sales'", "won",
             "month >= DATE '2024-03-01'"),
        Sign("slow_start", False, "fresh WHERE segment = 'SMB'", "is_won",
             "created_on < DATE '2025-01-01'"
             " AND date_trunc('month', from_on) = DATE '2024-01-01'"),
    ],
    "sandbagging": [
        Sign("promised", False, "fresh JOIN pushed USING (opportunity_id)", "pushed",
             "created_on >= DATE '2025-01-01'"),
        Sign("held_back", False, "fresh JOIN pushed USING (opportunity_id) WHERE is_won",
             "commit", "created_on >= DATE '2025-01-01'"),
    ],
    "simpson-mix": [
        Sign("better_sales", True, "fresh", "is_won", "created_on >= DATE '2024-01-01'",
             "segment"),
        Sign("upmarket", False, "fresh", "is_won", "created_on >= DATE '2024-01-01'"),
    ],
}  # fmt: skip
SIGNS["price-rise-and-competitor"] = SIGNS["price-rise-smb"] + SIGNS["competitor-in-retail"]


def known(name: str, seed: int = 101, accounts: int | None = None) -> duckdb.DuckDBPyConnection:
    """A company of a scenario as DuckDB sees it, of the scenario's own size unless named."""
    engine = opened(generate(name, seed=seed, accounts=accounts))
    engine.execute(VIEWS)
    return engine


def decoys(name: str) -> list[Sign]:
    """What a decoy would do if it worked: bring more of its channel's leads, or better ones."""
    first = np.datetime64(scenario(name).start, "M")
    found = []
    for decoy in scenario(name).decoys:
        start, end = (first + month for month in decoy.months)
        months = f"day >= DATE '{start}-01' AND day < DATE '{end}-01'"
        channel = f"channel = '{decoy.channel}'"
        found += [
            Sign(decoy.id, True, "came", channel, months),
            Sign(decoy.id, True, f"came WHERE {channel}", "mql", months),
        ]
    return found


@pytest.mark.parametrize("name", sorted(SIGNS))
def test_what_is_planted_can_be_found_and_its_decoy_cannot(name: str) -> None:
    engine = known(name)

    assert SIGNS[name]
    for sign in SIGNS[name]:
        assert sign.sigmas(engine) * (1 if sign.rises else -1) > 3, sign
    for sign in decoys(name):
        assert abs(sign.sigmas(engine)) < 3, sign


def test_every_cause_that_is_asked_for_has_its_sign() -> None:
    for name in scenarios():
        asked = {effect for question in scenario(name).questions for effect in question.effects}

        assert asked == {sign.effect for sign in SIGNS.get(name, [])}, name


@pytest.mark.parametrize("name", ["baseline", "decoy-only"])
def test_where_nothing_is_planted_nothing_is_found(name: str) -> None:
    """Not even in as large a company as any cause needs."""
    engine = known(name, accounts=12_000)

    for sign in [sign for signs in SIGNS.values() for sign in signs] + decoys(name):
        assert abs(sign.sigmas(engine)) < 3.5, sign
