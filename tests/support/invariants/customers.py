"""What is so of every company: usage, tickets, invoices, exchange rates, prices asked and tried.

Each rule has a query that finds what breaks it, over the tables and ``VIEWS`` of them.
"""

VIEWS = """
    CREATE VIEW regimes AS
        SELECT * REPLACE (coalesce(ended_on, DATE '9999-01-01') AS ended_on) FROM subscriptions
        WHERE status NOT IN ('paused', 'trialing');
    CREATE VIEW pauses AS
        SELECT * REPLACE (coalesce(ended_on, DATE '9999-01-01') AS ended_on) FROM subscriptions
        WHERE status = 'paused';
    CREATE VIEW trials AS
        SELECT * REPLACE (coalesce(ended_on, DATE '9999-01-01') AS ended_on) FROM subscriptions
        WHERE status = 'trialing';
    CREATE VIEW months AS
        SELECT unnest(generate_series(start, day, INTERVAL 1 MONTH))::DATE AS month,
            last_day(month) + 1 AS next FROM shown;
    CREATE VIEW monthly AS
        SELECT account_id, subscription_id, min(started_on) AS begun, max(ended_on) AS over
        FROM (SELECT * FROM regimes UNION ALL SELECT * FROM pauses)
        WHERE interval = 'month' GROUP BY ALL;
    CREATE VIEW billing_days AS
        SELECT account_id, month + (day(begun) - 1)::INT AS due_day FROM monthly, months, shown
        WHERE due_day >= begun AND due_day < over AND due_day <= day;
    CREATE VIEW years AS
        SELECT *, datesub('year', started_on, term_ends_on - 1) AS ahead,
            (term_ends_on - to_years(ahead::INT + 1))::DATE AS year_began,
            (year_began + INTERVAL 1 YEAR)::DATE AS year_ends, started_on = year_began AS whole,
            CASE WHEN lag(ended_on) OVER w = started_on AND NOT whole
                THEN lag(mrr) OVER w ELSE 0 END AS before
        FROM regimes WHERE interval = 'year'
        WINDOW w AS (PARTITION BY account_id, line ORDER BY started_on);
    CREATE VIEW recurring AS
        SELECT account_id, issued_on, sum(round(amount * 100)) AS cents FROM invoices
        WHERE is_recurring GROUP BY ALL;
"""

INVARIANTS = {
    "no usage outside an account's life": """
        SELECT * FROM usage u WHERE NOT EXISTS (
            SELECT 1 FROM regimes r WHERE r.account_id = u.account_id
            AND r.started_on <= last_day(u.month) AND r.ended_on > u.month)""",
    "usage of every customer and month": """
        SELECT DISTINCT account_id, month FROM regimes, months
        WHERE started_on < next AND ended_on > month
        EXCEPT SELECT account_id, month FROM usage""",
    "no more users than seats": """
        SELECT * FROM usage WHERE active_users NOT BETWEEN 0 AND seats OR seats < 1""",
    "who does something is active": """
        SELECT * FROM usage WHERE events < active_users OR features_used > events
        OR (active_users = 0) <> (events = 0) OR (features_used = 0) <> (events = 0)""",
    "seats are those of the last day of the month, or of the stay": """
        SELECT account_id, month FROM usage u JOIN regimes r USING (account_id)
        JOIN (
            SELECT account_id, month, max(least(ended_on, next)) - 1 AS last
            FROM regimes JOIN months ON started_on < next AND ended_on > month
            WHERE line = '1' GROUP BY ALL) USING (account_id, month)
        WHERE r.line <> '2' AND r.started_on <= last AND r.ended_on > last
        GROUP BY ALL HAVING sum(r.quantity) <> any_value(u.seats)""",
    "a ticket comes from a customer": """
        SELECT * FROM tickets t WHERE NOT EXISTS (
            SELECT 1 FROM regimes r WHERE r.account_id = t.account_id
            AND t.opened_at::DATE >= r.started_on AND t.opened_at::DATE < r.ended_on)""",
    "a ticket is closed after it was opened": """
        SELECT * FROM tickets WHERE closed_at <= opened_at""",
    "a ticket is rated once it is closed, from 1 to 5": """
        SELECT * FROM tickets WHERE satisfaction IS NOT NULL
        AND (closed_at IS NULL OR satisfaction NOT IN (1, 2, 3, 4, 5))""",
    "a ticket is of a known severity": """
        SELECT * FROM tickets WHERE severity NOT IN ('low', 'normal', 'high', 'urgent')""",
    "what is billed has an amount, and is due after thirty days": """
        SELECT * FROM invoices WHERE amount <= 0 OR due_on <> issued_on + 30""",
    "an invoice is paid after it was issued": """
        SELECT * FROM invoices WHERE paid_on < issued_on""",
    "only what is paid is given back": """
        SELECT * FROM invoices WHERE refunded < 0 OR refunded > amount
        OR (refunded > 0 AND paid_on IS NULL)""",
    "an invoice is given back whole, or a tenth of it": """
        SELECT invoice_id FROM invoices GROUP BY ALL
        HAVING count(DISTINCT refunded > 0) > 1
        OR any_value(abs(refunded - amount) > 0.001 AND abs(refunded - amount / 10) > 0.0051
            AND refunded > 0)""",
    "nobody is billed for what is paused": """
        SELECT * FROM recurring JOIN pauses USING (account_id)
        WHERE issued_on >= started_on AND issued_on < ended_on""",
    "the lines of an invoice agree": """
        SELECT invoice_id FROM invoices GROUP BY ALL HAVING count(DISTINCT account_id) > 1
        OR count(DISTINCT issued_on) > 1 OR count(DISTINCT coalesce(paid_on, DATE '9999-01-01')) > 1
        OR count(*) > 3""",
    "only customers are billed": """
        SELECT * FROM invoices i, shown WHERE issued_on < start OR NOT EXISTS (
            SELECT 1 FROM regimes r WHERE r.account_id = i.account_id
            AND i.issued_on >= r.started_on AND i.issued_on < r.ended_on)""",
    "a monthly contract is billed its MRR on each of its billing days": """
        WITH wanted AS (
            SELECT account_id, due_day AS issued_on, sum(round(mrr * 100)) AS mrr
            FROM billing_days JOIN regimes USING (account_id)
            WHERE started_on <= due_day AND due_day < ended_on AND interval = 'month' GROUP BY ALL)
        SELECT * FROM wanted FULL JOIN (
            SELECT * FROM recurring WHERE account_id IN (SELECT account_id FROM monthly)) billed
        USING (account_id, issued_on) WHERE mrr IS DISTINCT FROM cents""",
    "a monthly contract that is over was billed once for every month": """
        SELECT m.account_id, begun, over, any_value(date_diff('month', begun, over) - coalesce((
            SELECT sum(date_diff('month', started_on, ended_on)) FROM pauses p
            WHERE p.subscription_id = m.subscription_id AND line = '1'), 0)) AS months
        FROM monthly m JOIN recurring USING (account_id), shown
        WHERE begun >= start AND over <= day AND issued_on >= begun AND issued_on < over
        GROUP BY ALL HAVING count(*) <> months""",
    "a year is billed twelve times its MRR when it begins, what is added for the rest": """
        WITH wanted AS (
            SELECT account_id, started_on AS issued_on, sum(1200 * (mrr - before)
                * (year_ends - started_on) / (year_ends - year_began)) AS cents
            FROM years, shown WHERE started_on >= start AND mrr > before GROUP BY ALL)
        SELECT * FROM wanted w FULL JOIN (
            SELECT * FROM recurring WHERE account_id IN (SELECT account_id FROM years)) b
        USING (account_id, issued_on)
        WHERE coalesce(abs(w.cents - b.cents) > 0.51, true)""",
    "what is long overdue was owed by those who left for want of payment": """
        SELECT * FROM invoices i, shown WHERE paid_on IS NULL AND due_on < day - 250
        AND NOT EXISTS (
            SELECT 1 FROM subscriptions s WHERE s.account_id = i.account_id
            AND churn_reason = 'payment failed'
            AND s.ended_on > i.issued_on AND s.ended_on <= i.issued_on + 31)""",
    "who leaves for want of payment does not pay the last month": """
        SELECT * FROM invoices i JOIN subscriptions s USING (account_id)
        WHERE churn_reason = 'payment failed' AND paid_on IS NOT NULL
        AND s.ended_on > i.issued_on AND s.ended_on <= i.issued_on + 31""",
    "a rate is above nothing, on the first of a month": """
        SELECT * FROM exchange_rates WHERE rate <= 0 OR day("on") <> 1
        OR from_currency = to_currency""",
    "rates for all that is shown, in each currency": """
        SELECT month, c FROM months, (SELECT DISTINCT to_currency AS c FROM exchange_rates)
        EXCEPT SELECT "on", to_currency FROM exchange_rates""",
    "rates go back as far as subscriptions": """
        SELECT * FROM subscriptions
        WHERE started_on < (SELECT min("on") FROM exchange_rates)""",
    "prices asked for are in order": """
        SELECT * FROM price_survey WHERE NOT (0 < too_cheap AND too_cheap < cheap
        AND cheap < expensive AND expensive < too_expensive)""",
    "who buys pays for whole seats, who does not pays nothing": """
        SELECT * FROM price_tests WHERE bought <> (amount IS NOT NULL)
        OR round(amount * 100) % round(price * 100) <> 0""",
    "one price a variant": """
        SELECT test, variant FROM price_tests GROUP BY ALL HAVING count(DISTINCT price) > 1""",
    "a test takes place within what is shown": """
        SELECT * FROM price_tests, shown WHERE seen_at < start OR seen_at >= day + 1""",
}  # fmt: skip
