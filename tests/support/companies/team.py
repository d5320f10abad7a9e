"""Companies for the metrics of a team: reps, quotas, what they sold and did, to March 2026."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from tests.support.companies import common as companies

MARCH = companies.MARCH
QUARTER = date(2026, 1, 1)
AFTER = date(2026, 4, 1)


def quotas(quota, won, starts="2026-01-01"):
    """One rep for each quota from a day to the end of March, and what each won in March."""
    return team(
        [
            {
                "quota": each,
                "starts": date.fromisoformat(starts),
                "won": [(date(2026, 3, 20), sold)],
            }
            for each, sold in zip(quota, won, strict=True)
        ]
    )


def months(quota, won):
    """One rep with a quota of the same amount every month of the quarter, and the sales of each."""
    starts = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    rows = [
        {"target_id": f"t{start}", "kind": "quota", "rep_id": "r0", "measure": "bookings",
         "starts_on": start, "ends_on": end, "amount": float(quota)}
        for start, end in pairwise(starts)
    ]  # fmt: skip
    sales = [(start, sold) for start, sold in zip(starts[:-1], won, strict=True)]
    return companies.of(targets=rows, opportunities=deals([sales]), reps=people(1))


def carrying(reps, won):
    """So many reps with a quota throughout the quarter and before it, and what they won."""
    year = date(2025, 10, 1)
    each = [(date(2026, 3, 20), won / reps)]
    return team([{"quota": 1.0, "starts": year, "won": each} for _ in range(reps)])


def hired(months, of_quota, monthly=10_000.0, first=None):
    """One rep hired ``months`` months before April, by the share of the quota sold each month."""
    start = date(2026 - (months > 3), (3 - months) % 12 + 1, 1)
    sold = [(start + timedelta(30 * n + 4), share * monthly) for n, share in enumerate(of_quota)]
    return team([{"hired": start, "quota": monthly * months, "starts": start, "won": sold}])


def team(reps):
    """Reps, each with a hire day, a quota until the end of March and deals won by day."""
    rows = [
        {"target_id": f"t{n}", "kind": "quota", "rep_id": f"r{n}", "measure": "bookings",
         "starts_on": rep.get("starts", QUARTER), "ends_on": AFTER, "amount": float(rep["quota"])}
        for n, rep in enumerate(reps)
    ]  # fmt: skip
    return companies.of(
        targets=rows,
        opportunities=deals([rep["won"] for rep in reps]),
        reps=people(len(reps), [rep.get("hired") for rep in reps]),
    )


def people(many, hired=()):
    days = [day or date(2024, 1, 8) for day in hired] or [date(2024, 1, 8)] * many
    return [
        {"rep_id": f"r{n}", "name": f"Rep {n}", "role": "AE", "hired_on": days[n]}
        for n in range(many)
    ]


def deals(won):
    """Won deals, a list of (day, amount) for each rep."""
    return [
        {"opportunity_id": f"o{rep}.{n}", "rep_id": f"r{rep}", "created_on": date(2024, 1, 9),
         "closed_on": day, "is_won": True, "amount": float(amount)}
        for rep, sold in enumerate(won)
        for n, (day, amount) in enumerate(sold)
    ]  # fmt: skip


def week(reps=1, selling=0.0, other=0.0, calls=0, automated=0, unsaid=0):
    """What reps did on one day of March: hours spent selling and not, calls, mails of a sequence.

    ``unsaid`` activities of selling have no minutes.
    """
    kinds = [
        *[("meeting", hours * 60, True, False) for hours in [selling] if hours],
        *[("admin", hours * 60, False, False) for hours in [other] if hours],
        *[("call", 0.0, True, False)] * calls,
        *[("email", 0.0, True, True)] * automated,
        *[("demo", None, True, False)] * unsaid,
    ]
    rows = [
        {"activity_id": f"x{n}", "rep_id": "r0", "kind": kind, "minutes": minutes,
         "occurred_at": datetime(2026, 3, 5, 9), "is_selling": sells, "is_automated": sent}
        for n, (kind, minutes, sells, sent) in enumerate(kinds)
    ]  # fmt: skip
    return companies.of(activities=rows, reps=people(reps))


def territories(mrr):
    """Accounts that pay so much a month, each in a region of its own."""
    reps = [row | {"region": f"region {n}"} for n, row in enumerate(people(len(mrr)))]
    accounts = [{"account_id": f"a{n}", "rep_id": f"r{n}"} for n in range(len(mrr))]
    regimes = [(f"a{n}", date(2026, 1, 5), None, pays) for n, pays in enumerate(mrr)]
    return companies.ledger(*regimes, accounts=accounts, reps=reps)


def meetings(held=0, missed=0, cancelled=0, unsaid=0):
    """Meetings of one day of March by what became of them; of ``unsaid`` ones nobody wrote it."""
    said = {"held": held, "no_show": missed, "cancelled": cancelled, None: unsaid}
    outcomes = [outcome for outcome, many in said.items() for _ in range(many)]
    rows = [
        {"activity_id": f"x{n}", "rep_id": "r0", "kind": ("meeting", "demo")[n % 2],
         "occurred_at": datetime(2026, 3, 5, 9), "is_selling": True, "outcome": outcome}
        for n, outcome in enumerate(outcomes)
    ]  # fmt: skip
    return companies.of(activities=rows, reps=people(1))


def reached(shares, manager=False):
    """Reps with a quota of 100 each for the quarter, by the share of it that they won.

    With ``manager`` somebody has the sum of these quotas, too.
    """
    data = [{"quota": 100.0, "won": [(date(2026, 3, 20), 100.0 * share)]} for share in shares]
    rows = [
        {"target_id": f"t{n}", "kind": "quota", "rep_id": f"r{n}", "measure": "bookings",
         "starts_on": QUARTER, "ends_on": AFTER, "amount": rep["quota"]}
        for n, rep in enumerate(data)
    ]  # fmt: skip
    staff = people(len(data))
    if manager:
        staff = [row | {"manager_id": "m"} for row in staff] + [staff[0] | {"rep_id": "m"}]
        rows.append(rows[0] | {"target_id": "tm", "rep_id": "m", "amount": 100.0 * len(data)})
    return companies.of(targets=rows, opportunities=deals([rep["won"] for rep in data]), reps=staff)


def leaving(stay, left, days=365):
    """Reps hired two years ago who stay, and others who leave after so many days of the year."""
    hired, leaves = date(2024, 1, 1), date(2025, 1, 1) + timedelta(days=days)
    staff = [
        row | {"hired_on": hired, "left_on": leaves if n < left else None}
        for n, row in enumerate(people(stay + left))
    ]
    return companies.of(reps=staff)


def called(forecasts, won, kind="commit", said=date(2026, 2, 1)):
    """Reps by what each committed to for the quarter, on a day, and what each won in it."""
    rows = [
        {"target_id": f"t{n}", "kind": kind, "rep_id": f"r{n}", "measure": "bookings",
         "starts_on": QUARTER, "ends_on": AFTER, "submitted_on": said, "amount": float(amount)}
        for n, amount in enumerate(forecasts)
    ]  # fmt: skip
    sales = deals([[(date(2026, 3, 20), amount)] for amount in won])
    return companies.of(targets=rows, opportunities=sales, reps=people(len(won)))
