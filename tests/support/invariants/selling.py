"""What is so of every company: leads, deals and the people who have them.

Each rule has a query that finds what breaks it. ``shown`` holds the first and the last day.
"""

VIEWS = """
    CREATE VIEW steps AS
        SELECT h.*, pipeline, position, stages.probability, is_closed, stages.is_won
        FROM opportunity_history h JOIN opportunities USING (opportunity_id)
        LEFT JOIN (SELECT * FROM stages WHERE object = 'opportunity') stages
            USING (pipeline, stage);
"""

INVARIANTS = {
    "a deal's stages are those of its pipeline": "SELECT * FROM steps WHERE position IS NULL",
    "a deal is in the pipeline of its kind": """
        SELECT kind = 'new' FROM opportunities GROUP BY ALL HAVING count(DISTINCT pipeline) > 1
        UNION ALL SELECT true FROM opportunities
        HAVING count(DISTINCT kind = 'new') > 1 AND count(DISTINCT pipeline) <> (
            SELECT count(DISTINCT pipeline) FROM stages WHERE object = 'opportunity')""",
    "a deal ends after it began": "SELECT * FROM opportunities WHERE closed_on <= created_on",
    "a deal is closed exactly when it is won or lost": """
        SELECT * FROM opportunities WHERE (closed_on IS NULL) <> (is_won IS NULL)""",
    "only a lost deal has a reason": """
        SELECT * FROM opportunities
        WHERE (lost_reason IS NOT NULL) <> coalesce(NOT is_won, false)""",
    "an open deal names no competitor": """
        SELECT * FROM opportunities WHERE closed_on IS NULL AND competitor IS NOT NULL""",
    "every deal has an amount, from its quote on": """
        SELECT opportunity_id FROM steps
        WHERE amount <= 0 OR (amount IS NULL AND stage IN ('Proposal', 'Negotiation'))
        UNION ALL SELECT opportunity_id FROM opportunities WHERE amount IS NULL AND is_won""",
    "a closed deal ended when it was expected to end, at last": """
        SELECT * FROM opportunities
        WHERE closed_on IS NOT NULL AND expected_close_on IS DISTINCT FROM closed_on""",
    "no open deal is past its date for more than a quarter and a month": """
        SELECT * FROM opportunities
        WHERE closed_on IS NULL AND expected_close_on < (SELECT day FROM shown) - 130""",
    "a reopened deal had been lost, and goes on where it was": """
        SELECT * FROM (
            SELECT position, is_closed, lag(is_closed) OVER w AS shut,
                lag(is_won) OVER w AS won, lag(position, 2) OVER w AS before
            FROM steps WINDOW w AS (PARTITION BY opportunity_id ORDER BY seq))
        WHERE shut AND (won OR is_closed OR position <> before)""",
    "the shares of a deal add up, among different reps": """
        SELECT opportunity_id FROM opportunity_splits GROUP BY opportunity_id
        HAVING round(sum(share), 9) <> 1 OR count(DISTINCT rep_id) <> 2""",
    "only a meeting has an outcome, and only an e-mail is automated": """
        SELECT * FROM activities WHERE (outcome IS NOT NULL) <> (kind IN ('meeting', 'demo'))
        OR (is_automated AND kind <> 'email')""",
    "an account belongs to one that belongs to none": """
        SELECT a.* FROM accounts a LEFT JOIN accounts p ON p.account_id = a.parent_account_id
        WHERE a.parent_account_id IS NOT NULL
        AND (p.account_id IS NULL OR p.parent_account_id IS NOT NULL)""",
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
            FROM steps WHERE NOT is_closed)
        WHERE position < before""",
    "a deal's last change is how it stands": """
        SELECT * FROM opportunities o LEFT JOIN (
            SELECT * FROM steps
            QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY seq DESC) = 1) h
        USING (opportunity_id)
        WHERE o.amount IS DISTINCT FROM h.amount OR o.rep_id IS DISTINCT FROM h.rep_id
        OR o.expected_close_on IS DISTINCT FROM h.expected_close_on
        OR o.forecast_category IS DISTINCT FROM h.forecast_category
        OR o.probability IS DISTINCT FROM h.probability
        OR coalesce(o.is_won, false) IS DISTINCT FROM h.is_won
        OR (o.closed_on IS NOT NULL) IS DISTINCT FROM h.is_closed
        OR h.changed_at::DATE NOT BETWEEN o.closed_on AND o.closed_on + 8""",
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
    "a rep's places begin with the first day, and the last is how it stands": """
        SELECT * FROM reps r LEFT JOIN (
            SELECT rep_id, min(from_on) AS first, arg_max(team, from_on) AS team,
                arg_max(role, from_on) AS role, arg_max(manager_id, from_on) AS manager_id
            FROM rep_history GROUP BY ALL) h USING (rep_id)
        WHERE r.hired_on IS DISTINCT FROM h.first OR r.team IS DISTINCT FROM h.team
        OR r.role IS DISTINCT FROM h.role OR r.manager_id IS DISTINCT FROM h.manager_id""",
    "who changes places goes to another team, as a quarter begins": """
        SELECT * FROM (SELECT *, lag(team) OVER (PARTITION BY rep_id ORDER BY from_on) AS before
            FROM rep_history)
        WHERE team = before OR (before IS NOT NULL AND from_on <> date_trunc('quarter', from_on))
        OR (role = 'manager' AND before IS NOT NULL)""",
    "nobody changes places after leaving": """
        SELECT * FROM rep_history JOIN reps USING (rep_id) WHERE from_on >= left_on""",
    "a deal stays with its team, whoever has it": """
        SELECT opportunity_id FROM opportunity_history h ASOF JOIN rep_history r
        ON h.rep_id = r.rep_id AND h.changed_at::DATE >= r.from_on
        WHERE h.changed_at::DATE > r.from_on GROUP BY ALL HAVING count(DISTINCT team) > 1""",
    "only who sells has a deal, on the day": """
        SELECT h.* FROM opportunity_history h ASOF JOIN rep_history r
        ON h.rep_id = r.rep_id AND h.changed_at::DATE >= r.from_on
        WHERE h.changed_at::DATE > r.from_on AND role NOT IN ('AE', 'AM')""",
    "a rep stays a while": "SELECT * FROM reps WHERE left_on <= hired_on",
    "who is given a lead works here on that day": """
        SELECT * FROM lead_history h JOIN reps r USING (rep_id)
        WHERE h.entered_at < r.hired_on OR h.entered_at::DATE > r.left_on""",
    "a first deal is won at the list price of the day it was opened, less its discount": """
        WITH firsts AS (
            SELECT account_id, min(started_on) AS begun FROM subscriptions GROUP BY ALL),
        quoted AS (
            SELECT o.*, price AS listed, round_even(price * (1 - discount), 0) AS net,
                round(amount * 100) AS cents
            FROM opportunities o LEFT JOIN firsts USING (account_id) LEFT JOIN prices p
            ON p.product_id = o.product_id AND p.month = date_trunc('month', created_on)
            WHERE kind = 'new' AND is_won AND (begun IS NULL OR closed_on <= begun))
        SELECT * FROM quoted
        WHERE listed IS NULL OR discount NOT BETWEEN 0 AND 0.3
        OR (cents % (12 * net) <> 0 AND cents % 10000 <> 0)""",
    "what is not won is worth a guess, in full tens": """
        SELECT * FROM opportunities WHERE NOT coalesce(is_won, false)
        AND round(amount * 100) % 1000 <> 0""",
}  # fmt: skip
