"""Companies for pipeline, funnel and marketing: what happens to deals and leads up to March."""

from datetime import date, datetime, timedelta

from tests.support.companies.common import AS_OF, MARCH, of

FEBRUARY = date(2026, 2, 2)
LATER = date(2026, 4, 20)
DUE = date(2026, 3, 25)
PROCESS = ("Discovery", "Demo", "Proposal", "Won", "Lost")


def stages(probability=None):
    """A sales process of three open stages, what is won and what is lost."""
    return [
        {"object": "opportunity", "stage": stage, "position": place, "probability": probability,
         "is_closed": stage in ("Won", "Lost"), "is_won": stage == "Won"}
        for place, stage in enumerate(PROCESS)
    ]  # fmt: skip


def deal(name, created, closed=None, won=None, amount=1000.0, **more):
    row = {"opportunity_id": name, "created_on": created, "closed_on": closed, "is_won": won}
    return row | {"amount": amount} | more


def change(name, on, stage="Discovery", amount=1000.0, due=DUE, hour=9):
    at = datetime(on.year, on.month, on.day, hour)
    row = {"opportunity_id": name, "changed_at": at, "stage": stage}
    return row | {"amount": amount, "expected_close_on": due, "seq": hour}


def due(won=0, lost=0, closed_late=0, still_open=0, amount=1000.0, quota=0.0, probability=None):
    """Deals due in March when March begins, by what becomes of them; ``closed_late`` are pushed."""
    fates = ["won"] * won + ["lost"] * lost + ["late"] * closed_late + ["open"] * still_open
    deals, history = [], []
    for number, fate in enumerate(fates):
        name, closed = f"o{number}", date(2026, 3, 20) if fate in ("won", "lost") else None
        is_won = None if closed is None else fate == "won"
        deals.append(deal(name, FEBRUARY, closed, is_won, amount))
        history.append(change(name, FEBRUARY, amount=amount))
        if fate == "late":
            history.append(change(name, date(2026, 3, 24), amount=amount, due=LATER))
    target = {"target_id": "t1", "kind": "quota", "measure": "bookings", "amount": float(quota)}
    target |= {"starts_on": MARCH, "ends_on": date(2026, 4, 1)}
    return of(
        opportunities=deals,
        opportunity_history=history,
        stages=stages(probability),
        targets=[target] if quota else [],
    )


def created(amounts=()):
    """Deals created in March, whose amounts have doubled since."""
    return of(
        opportunities=[deal(f"o{n}", MARCH, amount=2.0 * a) for n, a in enumerate(amounts)],
        opportunity_history=[
            change(f"o{n}", MARCH + timedelta(days), amount=a * (1.0 + (days > 0)))
            for n, a in enumerate(amounts)
            for days in (0, 5)
        ],
    )


def pushed(times=0, corrected=0, pulled=0):
    """One deal whose expected close moves to the next month, is mistyped, or comes nearer."""
    moves = [1] * times + [0] * corrected + [-1] * pulled
    month, rows = 24320, [change("o1", date(2025, 9, 1), due=date(2026, 9, 15))]
    for number, step in enumerate(moves, 1):
        day = date(2025, 9, 1) + timedelta(number * 14)
        if step == 0:
            rows.append(change("o1", day, due=date(2036, 1, 15), hour=9))
        month += step
        rows.append(change("o1", day, due=date(month // 12, month % 12 + 1, 15), hour=10))
    return of(opportunities=[deal("o1", date(2025, 9, 1))], opportunity_history=rows)


def quiet(days=(), automated=()):
    """Open deals by the days since something happened on them, or only a machine did."""
    created_on = date(2025, 12, 1)
    spells = [*[(day, False) for day in days], *[(day, True) for day in automated]]
    doings = [
        {"activity_id": f"x{n}", "rep_id": "r1", "kind": "email", "is_selling": True,
         "occurred_at": datetime.combine(AS_OF - timedelta(day), datetime.min.time()),
         "is_automated": machine, "opportunity_id": f"o{n}"}
        for n, (day, machine) in enumerate(spells)
    ]  # fmt: skip
    names = [f"o{n}" for n in range(len(spells))]
    return of(
        opportunities=[deal(name, created_on) for name in names],
        opportunity_history=[change(name, created_on) for name in names],
        activities=doings,
    )


def discounted(deals=()):
    """Deals won in March, each (price paid, discount)."""
    return of(
        opportunities=[
            deal(f"o{n}", FEBRUARY, date(2026, 3, 20), True, float(paid), discount=discount)
            for n, (paid, discount) in enumerate(deals)
        ]
    )


def moving(entered, moved_on=0, skipped_to=0):
    """Deals that enter a stage in March, of which some move on, some jump over the next."""
    names = [f"o{n}" for n in range(entered + skipped_to)]
    history = [change(name, date(2026, 3, 3), "Demo") for name in names[:entered]]
    history += [change(name, date(2026, 3, 9), "Proposal") for name in names[:moved_on]]
    history += [change(name, date(2026, 3, 9), "Proposal") for name in names[entered:]]
    return of(
        opportunities=[deal(name, MARCH) for name in names],
        opportunity_history=history,
        stages=stages(),
    )


def staying(left=(), there=()):
    """Deals by the days they spent in a stage they left, or have spent in one they are still in."""
    begun = AS_OF - timedelta(60)
    gone = [(f"o{n}", begun, begun + timedelta(days)) for n, days in enumerate(left)]
    stay = [(f"p{n}", AS_OF - timedelta(days), None) for n, days in enumerate(there)]
    history = [change(name, entered, "Demo") for name, entered, _ in (*gone, *stay)]
    history += [change(name, over, "Proposal") for name, _, over in gone]
    return of(
        opportunities=[deal(name, entered) for name, entered, _ in (*gone, *stay)],
        opportunity_history=history,
        stages=stages(),
    )


def answered(minutes=(), never=0, automatic=()):
    """Leads by the minutes until somebody calls; to the last ones only a machine writes."""
    born = datetime(2026, 3, 3, 9)
    waits = [(m, False) for m in minutes] + [(m, True) for m in automatic] + [(None, False)] * never
    leads = [{"lead_id": f"l{n}", "created_at": born} for n in range(len(waits))]
    doings = [
        {"activity_id": f"x{n}", "rep_id": "r1", "kind": "call", "direction": "out",
         "is_selling": True, "occurred_at": born + timedelta(minutes=wait),
         "is_automated": machine, "lead_id": f"l{n}"}
        for n, (wait, machine) in enumerate(waits)
        if wait is not None
    ]  # fmt: skip
    return of(leads=leads, activities=doings)


def closing(days=()):
    """Leads created on 1 March by the days until their first deal is won; each wins another."""
    leads = [{"lead_id": f"l{n}", "created_at": datetime(2026, 3, 1, 9)} for n in range(len(days))]
    deals = [
        deal(f"o{n}-{later}", MARCH, MARCH + timedelta(day + later), True, lead_id=f"l{n}")
        for n, day in enumerate(days)
        for later in (0, 3)
    ]
    return of(leads=leads, opportunities=deals)


def accepted(mql, sal=0, sql=0):
    """Leads that become MQL in March; some are accepted, some qualified without being."""
    reached = {"MQL": mql, "SAL": sal, "SQL": sql}
    days = {"MQL": 3, "SAL": 6, "SQL": 9}
    return of(
        lead_history=[
            {"lead_id": f"l{n}", "stage": stage, "entered_at": datetime(2026, 3, days[stage], 9)}
            for stage, many in reached.items()
            for n in range(many)
        ]
    )


def bought(programmes=0.0, people=0.0, opportunities=0, renewals=0):
    """What marketing spent in March, and the deals created in it."""
    kinds = ["new"] * opportunities + ["renewal"] * renewals
    spent = {"programs": programmes, "people": people}
    return of(
        opportunities=[deal(f"o{n}", MARCH, kind=kind) for n, kind in enumerate(kinds)],
        spend=[
            {"spend_id": category, "spent_on": MARCH, "function": "marketing",
             "category": category, "amount": float(amount)}
            for category, amount in spent.items()
        ],
    )  # fmt: skip


def touched(amount=0.0, campaigns=(), untouched=0.0, won=False, spend=0.0, margin=1.0, cycle=10):
    """A deal of one touch per campaign on the day before it is created, and one of none."""
    opened = MARCH + timedelta(1)
    closed = opened + timedelta(cycle) if won else None
    is_won = True if won else None
    finance = {"revenue": 100.0, "cogs": 100.0 * (1 - margin)}
    return of(
        opportunities=[
            deal("o1", opened, closed, is_won, float(amount)),
            *([deal("o2", opened, closed, is_won, float(untouched))] if untouched else []),
        ],
        campaigns=[{"campaign_id": name, "name": name, "channel": name} for name in campaigns],
        touches=[
            {"touch_id": name, "opportunity_id": "o1", "campaign_id": name,
             "touched_at": datetime(2026, 3, 1, 9)}
            for name in campaigns
        ],
        spend=[
            {"spend_id": "s1", "spent_on": MARCH, "function": "marketing", "category": "programs",
             "amount": float(spend)}
        ],
        finance=[
            {"month": MARCH, "line": line, "amount": amount} for line, amount in finance.items()
        ],
    )  # fmt: skip


def lost(reasons):
    """Deals lost in March, as many as said for each reason; "" is none."""
    named = [reason or None for reason, many in reasons.items() for _ in range(many)]
    return of(
        opportunities=[
            deal(f"o{n}", FEBRUARY, date(2026, 3, 20), False, lost_reason=reason)
            for n, reason in enumerate(named)
        ]
    )


def contested(won=0, lost=0, alone=0, against="X"):
    """Deals closed in March against a competitor, and won ones without any."""
    rows = [(True, against)] * won + [(False, against)] * lost + [(True, None)] * alone
    return of(
        opportunities=[
            deal(f"o{n}", FEBRUARY, date(2026, 3, 20), outcome, competitor=rival)
            for n, (outcome, rival) in enumerate(rows)
        ]
    )


def discounts(shares):
    """Deals won in March by their discount; one may be unknown."""
    return of(
        opportunities=[
            deal(f"o{n}", FEBRUARY, date(2026, 3, 20), True, discount=share)
            for n, share in enumerate(shares)
        ]
    )


def by_month(amounts):
    """Deals won in January, February and March, by amount."""
    return of(
        opportunities=[
            deal(f"o{n}", date(2025, 12, 1), date(2026, n, 20), True, amount)
            for n, amount in enumerate(amounts, 1)
        ]
    )


def aged(days):
    """Open deals by their age at the end of March, and one closed before."""
    rows = [deal(f"o{n}", AS_OF - timedelta(age)) for n, age in enumerate(days)]
    return of(opportunities=[*rows, deal("x", FEBRUARY, MARCH, False)])
