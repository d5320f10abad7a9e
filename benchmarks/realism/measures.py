"""Measures of realism: what an expert would look at first, by query over a company's tables.

Each query returns one row with one number. ``days`` holds the last day of each of the last twelve
months shown, ``known`` each deal as its history had it on those days.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

VIEWS = """
CREATE VIEW span AS SELECT month AS first, month + INTERVAL 1 MONTH - INTERVAL 1 DAY AS last
    FROM (SELECT DISTINCT month FROM finance);
CREATE VIEW days AS SELECT last::DATE AS day FROM span ORDER BY last DESC LIMIT 12;
CREATE TABLE known AS
    SELECT day, created_on, h.* FROM days
    JOIN opportunities o ON created_on <= day AND (closed_on IS NULL OR closed_on > day)
    JOIN opportunity_history h ON h.opportunity_id = o.opportunity_id
        AND h.changed_at < day + INTERVAL 1 DAY
    QUALIFY row_number() OVER (PARTITION BY day, o.opportunity_id ORDER BY seq DESC) = 1;
CREATE TABLE won AS
    SELECT o.*, h.expected_close_on AS promised,
        date_trunc('quarter', closed_on) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS quarter_end
    FROM opportunities o JOIN opportunity_history h USING (opportunity_id)
    WHERE is_won AND seq = 1 AND closed_on >= (SELECT min(first) FROM span);
CREATE TABLE pushes AS
    SELECT changed_at, expected_close_on,
        lag(expected_close_on) OVER (PARTITION BY opportunity_id ORDER BY seq) AS before
    FROM opportunity_history;
CREATE TABLE paid AS
    SELECT last::DATE AS month, account_id, segment, sum(mrr) AS mrr
    FROM span JOIN subscriptions ON started_on <= last AND coalesce(ended_on, '9999-01-01') > last
        AND status NOT IN ('paused', 'trialing')
    JOIN accounts USING (account_id) GROUP BY ALL;
CREATE TABLE moves AS
    SELECT coalesce(b.mrr, 0) AS before, coalesce(a.mrr, 0) AS after,
        min(a.month) OVER (PARTITION BY a.account_id) = a.month AS fresh
    FROM (SELECT *, last_day(month + INTERVAL 1 DAY) AS next FROM paid) b
    FULL JOIN paid a ON a.account_id = b.account_id AND a.month = b.next
    WHERE coalesce(a.month, b.next) BETWEEN (SELECT min(month) + INTERVAL 1 DAY FROM paid)
        AND (SELECT max(month) FROM paid);
CREATE TABLE years AS
    SELECT b.segment, b.mrr AS before, coalesce(a.mrr, 0) AS after
    FROM paid b LEFT JOIN paid a
        ON a.account_id = b.account_id AND a.month = last_day(b.month + INTERVAL 12 MONTH)
    WHERE last_day(b.month + INTERVAL 12 MONTH) IN (SELECT day FROM days);
CREATE TABLE money AS
    SELECT month, row_number() OVER (ORDER BY month DESC) AS back,
        sum(amount) FILTER (line = 'revenue') AS revenue,
        sum(amount) FILTER (line = 'cogs') AS cogs,
        sum(amount) FILTER (line = 'cash_burn') AS burn,
        (SELECT sum(s.amount) FROM spend s WHERE function = 'product'
            AND date_trunc('month', spent_on) = f.month) AS product,
        (SELECT sum(s.amount) FROM spend s WHERE function IN ('sales', 'marketing')
            AND date_trunc('month', spent_on) = f.month) AS selling
    FROM finance f GROUP BY month;
CREATE TABLE attained AS
    SELECT rep_id, role, starts_on, ends_on, amount AS quota,
        coalesce((SELECT sum(o.amount) FROM opportunities o WHERE o.rep_id = t.rep_id AND is_won
            AND closed_on >= starts_on AND closed_on < ends_on), 0) AS sold
    FROM (SELECT * FROM targets QUALIFY row_number() OVER (
        PARTITION BY kind, rep_id, segment, measure, starts_on ORDER BY submitted_on DESC) = 1) t
    JOIN reps USING (rep_id)
    WHERE kind = 'quota' AND starts_on >= (SELECT min(first) FROM span)
        AND ends_on <= (SELECT max(last) + INTERVAL 1 DAY FROM span);
CREATE TABLE workdays AS
    SELECT role, sum((SELECT count(*) FROM generate_series(
        greatest(hired_on, (SELECT min(first) FROM span)::DATE)::TIMESTAMP,
        (least(coalesce(left_on, '9999-01-01'), (SELECT max(last) FROM span)::DATE)
            - INTERVAL 1 DAY)::TIMESTAMP, INTERVAL 1 DAY) AS g(d) WHERE isodow(d) < 6)) AS days
    FROM reps GROUP BY role;
CREATE TABLE contacts AS
    SELECT role, count(*) AS rows FROM activities JOIN reps USING (rep_id)
    WHERE kind NOT IN ('crm', 'admin') GROUP BY role;
CREATE TABLE first_contact AS
    SELECT l.created_at, min(a.occurred_at) AS contacted_at FROM leads l
    LEFT JOIN activities a ON a.lead_id = l.lead_id AND direction = 'out'
    WHERE l.created_at < (SELECT max(last) - INTERVAL 30 DAY FROM span)
    GROUP BY l.lead_id, l.created_at;
CREATE TABLE openings AS
    SELECT starts_on, sum(quota) AS quota,
        (SELECT sum(k.amount) FROM (SELECT o.opportunity_id, h.amount, h.expected_close_on
            FROM opportunities o JOIN opportunity_history h USING (opportunity_id)
            WHERE created_on < week AND (closed_on IS NULL OR closed_on >= week)
                AND h.changed_at < week AND kind = 'new'
            QUALIFY row_number() OVER (PARTITION BY o.opportunity_id ORDER BY seq DESC) = 1) k
            WHERE k.expected_close_on >= week AND k.expected_close_on < ends_on
        ) AS open
    FROM (SELECT *, starts_on + 7 AS week FROM attained) WHERE role = 'AE'
    GROUP BY starts_on, ends_on, week;
"""

MEASURES = {
    "idle_deals": "SELECT avg((greatest(created_on, coalesce((SELECT max(occurred_at)::DATE FROM"
    " activities a WHERE a.opportunity_id = k.opportunity_id"
    " AND occurred_at < day + INTERVAL 1 DAY), created_on)) < day - 30)::INT) FROM known k",
    "overdue_deals": "SELECT avg((expected_close_on < day)::INT) FROM known",
    "early_without_amount": "SELECT avg((amount IS NULL)::INT) FROM known"
    " WHERE stage IN ('Qualification', 'Discovery', 'Account Review')",
    "days_late": "SELECT median(closed_on - promised) FROM won WHERE kind = 'new'",
    "slipped_a_quarter": "SELECT avg((date_trunc('quarter', closed_on)"
    " > date_trunc('quarter', promised))::INT) FROM won WHERE kind = 'new'",
    "pushes_at_quarter_end": "SELECT avg((least(changed_at::DATE"
    " - date_trunc('quarter', changed_at)::DATE, (date_trunc('quarter', changed_at)"
    " + INTERVAL 3 MONTH)::DATE - changed_at::DATE) <= 5)::INT)"
    " FROM pushes WHERE expected_close_on > before",
    "sdr_contacts": "SELECT rows / days FROM contacts JOIN workdays USING (role)"
    " WHERE role = 'SDR'",
    "ae_contacts": "SELECT rows / days FROM contacts JOIN workdays USING (role) WHERE role = 'AE'",
    "last_month": "SELECT avg((month(closed_on) % 3 = 0)::INT) FROM won WHERE kind = 'new'",
    "last_ten_days": "SELECT avg((quarter_end::DATE - closed_on < 10)::INT)"
    " FROM won WHERE kind = 'new'",
    "weekend_closes": "SELECT avg((isodow(closed_on) > 5)::INT) FROM opportunities"
    " WHERE closed_on IS NOT NULL",
    "contraction_share": "SELECT sum(before - after) FILTER (after > 0 AND after < before)"
    " / sum(before - after) FILTER (after < before) FROM moves",
    "expansion_share": "SELECT sum(after - before) FILTER (before > 0 AND after > before)"
    " / sum(after - before) FILTER (after > before AND (before > 0 OR fresh)) FROM moves",
    "nrr_enterprise": "SELECT sum(after) / sum(before) FROM years WHERE segment = 'Enterprise'",
    "nrr_smb": "SELECT sum(after) / sum(before) FROM years WHERE segment = 'SMB'",
    "product_share": "SELECT sum(product) / sum(revenue) FROM money WHERE back <= 12",
    "product_share_varies": "SELECT stddev(share) FROM (SELECT product / revenue AS share"
    " FROM money)",
    "gross_margin": "SELECT 1 - sum(cogs) / sum(revenue) FROM money WHERE back <= 12",
    "selling_share_first_year": "SELECT sum(selling) / sum(revenue) FROM money"
    " WHERE back > (SELECT max(back) - 12 FROM money)",
    "selling_share": "SELECT sum(selling) / sum(revenue) FROM money WHERE back <= 12",
    "rule_of_40": "SELECT 100 * (sum(revenue) FILTER (back <= 12)"
    " / sum(revenue) FILTER (back BETWEEN 13 AND 24) - 1"
    " - sum(burn) FILTER (back <= 12) / sum(revenue) FILTER (back <= 12)) FROM money",
    "burn_multiple": "SELECT (SELECT sum(burn) FROM money WHERE back <= 12)"
    " / (12 * ((SELECT sum(mrr) FROM paid WHERE month = (SELECT max(day) FROM days))"
    " - (SELECT sum(mrr) FROM paid"
    " WHERE month = last_day((SELECT max(day) FROM days) - INTERVAL 12 MONTH))))",
    "mql_to_sql": "SELECT (count(DISTINCT lead_id) FILTER (stage = 'SQL'))"
    " / count(DISTINCT lead_id) FILTER (stage = 'MQL') FROM lead_history",
    "within_an_hour": "SELECT avg(coalesce(contacted_at < created_at + INTERVAL 1 HOUR, false)"
    "::INT) FROM first_contact",
    "never_contacted": "SELECT avg((contacted_at IS NULL)::INT) FROM first_contact",
    "largest_attainment": "SELECT max(sold / quota) FROM attained",
    "mean_attainment": "SELECT avg(sold / quota) FROM attained",
    "reps_at_quota": "SELECT avg((sold >= quota)::INT) FROM (SELECT sum(sold) AS sold,"
    " sum(quota) AS quota FROM attained GROUP BY rep_id, year(starts_on) HAVING count(*) = 4)",
    "coverage": "SELECT median(open / quota) FROM openings",
    "odd_discounts": "SELECT avg((round(discount, 4) <> round(round(discount * 20) / 20, 4))::INT)"
    " FROM opportunities",
    "monthly_churn": "SELECT avg((after = 0)::INT) FROM moves WHERE before > 0",
    "moving_bills": "SELECT avg((before <> after)::INT) FROM moves WHERE before > 0 AND after > 0",
    "nrr": "SELECT sum(after) / sum(before) FROM years",
    "unpaid_share": "SELECT avg((churn_reason = 'payment failed')::INT) FROM subscriptions"
    " WHERE line = '1' AND churn_reason IS NOT NULL",
    "trial_conversion": "SELECT avg((paid IS NOT NULL)::INT) FROM (SELECT account_id,"
    " min(started_on) FILTER (status = 'trialing') AS tried,"
    " min(started_on) FILTER (status <> 'trialing') AS paid FROM subscriptions GROUP BY account_id)"
    " WHERE tried BETWEEN (SELECT min(first) FROM span)"
    " AND (SELECT max(last) - INTERVAL 90 DAY FROM span)",
    "terms_of_years": "SELECT avg((term_ends_on - begun > 400)::INT) FROM (SELECT term_ends_on,"
    " min(started_on) AS begun FROM subscriptions WHERE term_ends_on > (SELECT max(day) FROM days)"
    " GROUP BY subscription_id, term_ends_on)",
    "cycle_days": "SELECT median(closed_on - created_on) FROM won WHERE kind = 'new'",
    "reopened_deals": "SELECT avg(again::INT) FROM (SELECT bool_or(stage NOT LIKE 'Closed%'"
    " AND before LIKE 'Closed%') AS again FROM (SELECT opportunity_id, stage, lag(stage) OVER"
    " (PARTITION BY opportunity_id ORDER BY seq) AS before FROM opportunity_history)"
    " GROUP BY opportunity_id)",
    "owner_changes": "SELECT avg((owners > 1)::INT) FROM (SELECT count(DISTINCT rep_id) AS owners"
    " FROM opportunity_history GROUP BY opportunity_id)",
    "shared_deals": "SELECT (SELECT count(DISTINCT opportunity_id) FROM opportunity_splits)"
    " / count(*) FROM opportunities WHERE kind = 'new'",
    "accounts_of_others": "SELECT avg((parent_account_id IS NOT NULL)::INT) FROM accounts",
    "round_amounts": "SELECT avg((amount % 100 = 0)::INT) FROM won WHERE kind = 'new'",
}
"""Queries by the name of the goal they are held against."""


def measured(tables: Mapping[str, object]) -> dict[str, float]:
    """Measure a company's tables; NaN where a measure has no rows."""
    with duckdb.connect() as engine:
        for name, table in tables.items():
            engine.register(name, table)
        engine.execute(VIEWS)
        found = {name: engine.execute(query).fetchall()[0][0] for name, query in MEASURES.items()}
    return {name: float("nan") if value is None else float(value) for name, value in found.items()}
