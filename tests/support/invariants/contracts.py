"""What is so of every company: contracts, what is planned and spent, and what is booked.

Each rule has a query that finds what breaks it. ``shown`` holds the first and the last day,
``months`` those between, ``prices`` the list price of each product and month, in cents.
"""

VIEWS = """
    CREATE VIEW quotas AS
        SELECT t.*, h.team, h.role, left_on, row_number() OVER (
            PARTITION BY t.rep_id, measure, starts_on ORDER BY submitted_on) AS version
        FROM (FROM targets WHERE kind = 'quota') t ASOF LEFT JOIN rep_history h
        ON t.rep_id = h.rep_id AND t.starts_on >= h.from_on
        LEFT JOIN reps r ON t.rep_id = r.rep_id;
"""
"""What the rules need: quotas with the role of the rep when they start."""

INVARIANTS = {
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
        WHERE next IS NOT NULL AND next IS DISTINCT FROM ended_on
        AND NOT (line = '3' AND ended_on = term_ends_on AND next > ended_on)""",
    "seats sold within a term end with it, and with the line that they join": """
        SELECT * FROM subscriptions a WHERE line = '3' AND (interval <> 'year' OR NOT EXISTS (
            SELECT 1 FROM subscriptions m WHERE m.subscription_id = a.subscription_id
            AND m.line = '1' AND m.term_ends_on = a.term_ends_on
            AND m.ended_on IS NOT DISTINCT FROM a.ended_on))""",
    "a year of a contract is at one discount, the next of the same term at a step less": """
        SELECT * FROM (
            SELECT *, lag(discount) OVER w AS agreed, lag(list_unit_price) OVER w AS listed,
                lag(quantity) OVER w AS seats, row_number() OVER w AS place
            FROM years WINDOW w AS (
                PARTITION BY subscription_id, line, term_ends_on ORDER BY started_on)), shown
        WHERE least(ended_on, day) > year_ends OR (place > 1 AND abs(discount
            - greatest(agreed - CASE WHEN whole THEN step ELSE 0 END, 0)) > 1e-9)
        OR (place > 1 AND whole AND (listed <> list_unit_price OR seats <> quantity))""",
    "a trial comes before everything that is paid for, or to nothing": """
        SELECT t.* FROM trials t LEFT JOIN regimes r USING (account_id)
        WHERE r.started_on < t.ended_on OR t.interval = 'year' OR t.churn_reason IS NOT NULL
        OR (t.subscription_id = r.subscription_id AND r.line = '1' AND NOT EXISTS (
            SELECT 1 FROM regimes n WHERE n.subscription_id = t.subscription_id
            AND n.started_on = t.ended_on))""",
    "a trial has a deal, opened by its first day": """
        SELECT * FROM trials t WHERE NOT EXISTS (
            SELECT 1 FROM opportunities o, shown WHERE o.account_id = t.account_id
            AND kind = 'new' AND created_on <= t.started_on
            AND coalesce(closed_on, DATE '9999-01-01') >= t.started_on - 40)
        AND started_on >= (SELECT start FROM shown) + 200""",
    "who pauses has a monthly contract, and does so for whole months with all its lines": """
        SELECT * FROM pauses p WHERE interval <> 'month' OR cancel_requested_on IS NOT NULL
        OR (ended_on < DATE '9999-01-01' AND day(ended_on) <> day(started_on))
        OR churn_reason IS NOT NULL OR EXISTS (
            SELECT 1 FROM regimes r WHERE r.account_id = p.account_id
            AND r.started_on < p.ended_on AND r.ended_on > p.started_on)""",
    "one contract at a time": """
        SELECT * FROM subscriptions a JOIN subscriptions b USING (account_id)
        WHERE a.subscription_id <> b.subscription_id AND a.started_on < b.started_on
        AND coalesce(a.ended_on, DATE '9999-01-01') > b.started_on""",
    "an end that lies ahead was asked for": """
        SELECT * FROM subscriptions WHERE ended_on > (SELECT day FROM shown)
        AND (cancel_requested_on IS NULL OR churn_reason IS NOT NULL)""",
    "a cancellation is asked for within the regime": """
        SELECT * FROM subscriptions WHERE cancel_requested_on > ended_on
        OR cancel_requested_on <= started_on
        OR (cancel_requested_on IS NOT NULL AND ended_on IS NULL)""",
    "who leaves has a reason, who stays has none": """
        SELECT * FROM (
            SELECT *, max(coalesce(ended_on, DATE '9999-01-01')) OVER
                (PARTITION BY account_id) AS last FROM subscriptions
                WHERE line = '1' AND status <> 'trialing')
        WHERE (last = ended_on AND ended_on <= (SELECT day FROM shown) AND churn_reason IS NULL)
        OR (churn_reason IS NOT NULL AND ended_on IS NULL)""",
    "a line added stays no longer than the contract": """
        SELECT * FROM subscriptions e WHERE line <> '1' AND ended_on IS NULL AND NOT EXISTS (
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
    "every new contract comes from a deal won shortly before": """
        SELECT * FROM (
            SELECT account_id, subscription_id,
                min(started_on) AS begun, any_value(renewed_from) AS r
            FROM subscriptions WHERE status <> 'trialing' GROUP BY ALL) s
        WHERE r IS NULL AND begun >= (SELECT start FROM shown) + 40 AND NOT EXISTS (
            SELECT 1 FROM opportunities o
            WHERE o.account_id = s.account_id AND kind = 'new' AND is_won
            AND closed_on BETWEEN begun - 40 AND begun)""",
    "a new deal is worth twelve months of what it starts": """
        SELECT * FROM opportunities o JOIN subscriptions s USING (account_id)
        WHERE o.kind = 'new' AND o.is_won AND s.started_on = (
            SELECT min(started_on) FROM subscriptions t WHERE t.status <> 'trialing'
            AND t.account_id = o.account_id AND t.started_on >= o.closed_on)
        AND s.started_on <= o.closed_on + 40 AND abs(o.amount - 12 * s.mrr)
            > CASE WHEN o.amount % 100 = 0 THEN 50.001 ELSE 0.001 END""",
    "a discount is agreed in twentieths, and kept": """
        SELECT account_id, discount FROM subscriptions
            WHERE abs(discount * 20 - round(discount * 20)) > 1e-9
        UNION ALL SELECT account_id, discount FROM opportunities
            WHERE abs(discount * 20 - round(discount * 20)) > 1e-9""",
    "a renewal is won up to a month before its term ends, or up to three weeks after": """
        SELECT * FROM opportunities o WHERE kind = 'renewal' AND is_won AND NOT EXISTS (
            SELECT 1 FROM subscriptions s WHERE s.account_id = o.account_id
            AND o.closed_on BETWEEN term_ends_on - 34 AND term_ends_on + 20)""",
    "a contract that is renewed late runs on": """
        SELECT o.opportunity_id FROM opportunities o JOIN subscriptions s USING (account_id)
        WHERE kind = 'renewal' AND is_won AND closed_on BETWEEN term_ends_on AND term_ends_on + 20
        AND s.ended_on = term_ends_on AND s.line = '1' AND NOT EXISTS (
            SELECT 1 FROM subscriptions n WHERE n.account_id = s.account_id
            AND n.line = '1' AND n.started_on = s.term_ends_on)""",
    "an expansion or a renewal is of a customer": """
        SELECT * FROM opportunities o WHERE kind <> 'new' AND NOT EXISTS (
            SELECT 1 FROM subscriptions s
            WHERE s.account_id = o.account_id AND s.started_on < o.created_on)""",
    "one deal for new business at a time": """
        SELECT * FROM opportunities a JOIN opportunities b USING (account_id)
        WHERE a.kind = 'new' AND b.kind = 'new' AND a.opportunity_id <> b.opportunity_id
        AND a.created_on <= b.created_on
        AND coalesce(a.closed_on, DATE '9999-01-01') > b.created_on""",
    "a regime is at the list price of its day or of its quote, or at that of the one before": """
        WITH begun AS (
            SELECT *, lag(product_id) OVER w AS former, lag(list_unit_price) OVER w AS before
            FROM subscriptions WINDOW w AS (PARTITION BY account_id, line ORDER BY started_on))
        SELECT s.* FROM begun s, shown WHERE started_on >= start + 40 AND status <> 'trialing'
        AND (former, before) IS DISTINCT FROM (product_id, list_unit_price)
        AND NOT EXISTS (
            SELECT 1 FROM prices p WHERE p.product_id = s.product_id
            AND p.month = date_trunc('month', started_on)
            AND p.price = round(list_unit_price * 100))
        AND NOT EXISTS (
            SELECT 1 FROM opportunities o JOIN prices p ON p.product_id = o.product_id
            AND p.month = date_trunc('month', o.created_on)
            WHERE o.account_id = s.account_id AND o.kind = 'new' AND o.is_won
            AND s.line = '1' AND closed_on BETWEEN started_on - 40 AND started_on
            AND p.product_id = s.product_id AND p.price = round(list_unit_price * 100))""",
    "opening MRR and what starts, less what ends, is closing MRR in every segment": """
        WITH regimes AS (
            SELECT segment, started_on, ended_on, round(mrr * 100) AS cents
            FROM subscriptions JOIN accounts USING (account_id)),
        books AS (
            SELECT month, segment,
                sum(cents) FILTER (started_on < month
                    AND coalesce(ended_on >= month, true)) AS opening,
                sum(cents) FILTER (started_on < next
                    AND coalesce(ended_on >= next, true)) AS closing,
                sum(cents) FILTER (date_trunc('month', started_on) = month) AS started,
                sum(cents) FILTER (date_trunc('month', ended_on) = month) AS ended
            FROM months, regimes GROUP BY ALL)
        SELECT * FROM books
        WHERE coalesce(opening, 0) + coalesce(started, 0) - coalesce(ended, 0)
            <> coalesce(closing, 0)""",
    "what moves the MRR of accounts leads from one month's to the next, in every segment": """
        WITH steps AS (
            SELECT account_id, day, sum(cents) AS cents FROM (
                SELECT account_id, started_on AS day, round(mrr * 100) AS cents FROM subscriptions
                UNION ALL
                SELECT account_id, ended_on, -round(mrr * 100) FROM subscriptions, shown
                WHERE ended_on <= day)
            GROUP BY ALL),
        after AS (
            SELECT *, sum(cents) OVER (PARTITION BY account_id ORDER BY day) AS left_over
            FROM steps),
        moved AS (
            SELECT segment, date_trunc('month', day)::DATE AS month, sum(cents) AS cents,
                min(left_over) AS least
            FROM after JOIN accounts USING (account_id) GROUP BY ALL),
        known AS (
            SELECT *, sum(cents) OVER (PARTITION BY segment ORDER BY month) AS closing FROM moved),
        held AS (
            SELECT segment, month, sum(round(mrr * 100)) AS mrr
            FROM months JOIN subscriptions
            ON started_on < next AND coalesce(ended_on >= next, true)
            JOIN accounts USING (account_id) GROUP BY ALL)
        SELECT * FROM held ASOF LEFT JOIN known
        ON held.segment = known.segment AND held.month >= known.month
        WHERE closing IS DISTINCT FROM mrr OR least < 0""",
    "finance books each regime's days of each month, to the cent": """
        SELECT month, amount, earned FROM (
            SELECT month, any_value(amount) AS amount, coalesce(sum(mrr * greatest(0,
                date_diff('day', greatest(started_on, month), least(ended_on, next))))
                / any_value(next - month), 0) AS earned
            FROM months JOIN finance USING (month) LEFT JOIN regimes
            ON started_on < next AND ended_on > month
            WHERE finance.line = 'revenue' GROUP BY month)
        WHERE abs(amount - earned) > 0.011 * (SELECT chunks FROM shown)""",
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
    "a quota is of somebody who sells when it starts, and is here when it is set once more": """
        SELECT * FROM quotas WHERE coalesce(role, '') NOT IN ('AE', 'AM')
        OR left_on < starts_on OR (version > 1 AND left_on <= submitted_on)""",
    "a quota is set before its quarter, and once more within it at most": """
        SELECT * FROM quotas WHERE version > 2 OR (version = 1) <> (submitted_on < starts_on)
        OR (version = 2 AND submitted_on NOT BETWEEN starts_on + 30 AND starts_on + 60)""",
    "no account manager has a quota of a few euro at first": """
        SELECT * FROM quotas WHERE role = 'AM' AND amount < 120000 AND version = 1""",
    "what a channel with campaigns costs is what its campaigns cost": """
        SELECT * FROM spend s WHERE category = 'programs' AND campaign_id IS NULL AND EXISTS (
            SELECT 1 FROM campaigns c WHERE c.channel = s.channel
            AND spent_on BETWEEN started_on AND ended_on
            AND campaign_id NOT IN (SELECT campaign_id FROM decoys))""",
    "a decoy costs in its months what it is said to cost in all": """
        SELECT campaign_id, any_value(cost) AS asked, sum(amount) AS spent
        FROM decoys JOIN campaigns USING (campaign_id) JOIN spend USING (campaign_id), shown
        WHERE ended_on <= day GROUP BY ALL HAVING abs(sum(amount) - any_value(cost)) > 0.02""",
    "who spends on programs is marketing": """
        SELECT * FROM spend WHERE (category = 'programs' AND function <> 'marketing')
        OR (channel IS NOT NULL AND coalesce(category, '') <> 'programs')""",
}  # fmt: skip
