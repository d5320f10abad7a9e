"""A company that meets none of the criteria of rk.assess, and the change that meets each.

Day of the data: 31 March 2026. Its year has 100 leads a month, four reps with 10 decided deals a
quarter each, half of them won, 674 accounts that pay 5,000 a month, and a list of 2,000 accounts.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pandas as pd

import revkit as rk

AS_OF = date(2026, 3, 31)
REPS = ["r0", "r1", "r2", "r3"]
CHANNELS = ["Organic", "Search", "Events", "Partners", "Webinars"]
QUARTERS = [date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1),
            date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 1),
            date(2027, 4, 1)]  # fmt: skip
SPANS = [*pairwise(QUARTERS)]
MONTHS = [date(2024 + (2 + n) // 12, (2 + n) % 12 + 1, 1) for n in range(25)]  # from March 2024


def settled():
    """The tables of the company, as frames by name."""
    reps = [{"rep_id": rep, "name": rep, "hired_on": date(2022, 1, 1)} for rep in REPS]
    deals = opportunities()
    return {
        "accounts": pd.DataFrame(
            [{"account_id": f"a{n}", "created_on": date(2020, 1, 1)} for n in range(2000)]
        ),
        "reps": pd.DataFrame(reps),
        "leads": leads(),
        "lead_history": lead_history(),
        "opportunities": deals,
        "opportunity_history": history(deals),
        "activities": activities(deals),
        "subscriptions": subscriptions(),
        "targets": targets(),
        "spend": spend(),
    }


def company(frames):
    """A company of frames."""
    return rk.Dataset(as_of=AS_OF, currency="EUR", **frames)


def leads():
    """100 leads a month, twenty of each channel."""
    return pd.DataFrame(
        [
            {"lead_id": f"l{month:%y%m}-{n}", "channel": CHANNELS[n % 5],
             "created_at": datetime(month.year, month.month, 1 + n % 28, 9)}
            for month in MONTHS
            for n in range(100)
        ]
    )  # fmt: skip


def lead_history():
    """Half of the leads become MQLs on the next day, half of these SQLs a week later."""
    rows = []
    for lead in leads().to_dict("records"):
        at = lead["created_at"]
        n = int(lead["lead_id"].partition("-")[2])
        days = {"lead": 0} | ({"MQL": 1} if n % 2 else {}) | ({"SQL": 8} if n % 4 == 1 else {})
        rows += [
            {"lead_id": lead["lead_id"], "stage": stage, "entered_at": at + timedelta(after)}
            for stage, after in days.items()
        ]
    frame = pd.DataFrame(rows)
    return frame[frame["entered_at"] < datetime(2026, 4, 1)].reset_index(drop=True)


def opportunities():
    """Ten decided deals a rep and quarter, of which five are won; one in four without a lead."""
    rows = []
    for at, quarter in enumerate(QUARTERS[:4]):
        for rep in REPS:
            for n in range(10):
                number = len(rows)
                rows.append(
                    {"opportunity_id": f"o{number}", "account_id": f"a{600 + number}",
                     "rep_id": rep, "kind": "new", "amount": 5000.0, "is_won": n < 5,
                     "created_on": quarter + timedelta(1 + n),
                     "closed_on": quarter + timedelta(31 + n),
                     "lost_reason": None if n < 5 else "price",
                     "lead_id": None if number % 4 == 0 else f"l{MONTHS[14 + 3 * at]:%y%m}-{n}"}
                )  # fmt: skip
    open_deals = [
        {"opportunity_id": f"p{n}", "account_id": f"a{760 + n}", "rep_id": REPS[n % 4],
         "kind": "new", "amount": 5000.0, "created_on": date(2026, 3, 2), "lead_id": None}
        for n in range(40)
    ]  # fmt: skip
    return pd.DataFrame([*rows, *open_deals])


def history(deals):
    """One stage a deal, from the day it is created."""
    return pd.DataFrame(
        {
            "opportunity_id": deals["opportunity_id"],
            "changed_at": pd.to_datetime(deals["created_on"]),
            "stage": "Talks",
        }
    )


def activities(deals):
    """Four hours of demos and two of administration a working day, a call to each lead and deal."""
    days = pd.bdate_range("2024-03-01", AS_OF)
    work = [
        {"rep_id": rep, "kind": kind, "direction": way, "minutes": minutes,
         "is_selling": kind == "demo", "occurred_at": day + timedelta(hours=10)}
        for day in days
        for rep in REPS
        for kind, way, minutes in (("demo", "out", 240.0), ("admin", None, 120.0))
    ]  # fmt: skip
    call = {"kind": "call", "direction": "out", "minutes": 1.0, "is_selling": True}
    calls = [
        call | {"rep_id": REPS[n % 4], "lead_id": lead["lead_id"],
                "occurred_at": lead["created_at"] + timedelta(2)}
        for n, lead in enumerate(leads().to_dict("records"))
    ]  # fmt: skip
    checks = [
        call | {"rep_id": deal["rep_id"], "opportunity_id": deal["opportunity_id"],
                "occurred_at": datetime(2026, 3, 20, 9)}
        for deal in deals[deals["closed_on"].isna()].to_dict("records")
    ]  # fmt: skip
    frame = pd.DataFrame([*work, *calls, *checks])
    frame = frame[frame["occurred_at"] < "2026-04-01"].reset_index(drop=True)
    return frame.assign(activity_id=[f"v{n}" for n in range(len(frame))])


def subscriptions():
    """600 accounts from before; in the year 80 come, each with a deal won, and six leave."""
    old = [
        {"account_id": f"a{n}", "started_on": date(2023, 1, 1), "mrr": 5000.0,
         "ended_on": date(2025, 9, 10 + n) if n < 6 else None}
        for n in range(600)
    ]  # fmt: skip
    new = [
        {"account_id": f"a{600 + n}", "started_on": date(2025, 6, 1 + n % 28), "mrr": 5000.0}
        for n in range(160)
        if n % 10 < 5
    ]
    rows = pd.DataFrame([*old, *new])
    return rows.assign(subscription_id=[f"s{n}" for n in range(len(rows))])


def targets():
    """Quotas twice what reps win, commits of what they win, and a plan for the next year."""
    rows = [
        {"kind": kind, "rep_id": rep, "starts_on": start, "ends_on": end, "measure": "bookings",
         "amount": amount, "submitted_on": start}
        for start, end in SPANS[:4]
        for rep in REPS
        for kind, amount in (("quota", 50_000.0), ("commit", 25_000.0))
    ]  # fmt: skip
    plans = [
        {"kind": "plan", "starts_on": start, "ends_on": end, "measure": "new_mrr",
         "amount": 50_000.0, "submitted_on": date(2026, 2, 1)}
        for start, end in SPANS[4:]
    ]  # fmt: skip
    frame = pd.DataFrame([*rows, *plans])
    return frame.assign(target_id=[f"t{n}" for n in range(len(frame))])


def spend():
    """25,000 a month for sales, and as much for marketing."""
    lines = [("sales", "people", None, 25_000.0), ("marketing", "people", None, 10_000.0)]
    lines += [("marketing", "programs", channel, 3_000.0) for channel in CHANNELS]
    rows = [
        {"spent_on": month.replace(day=15), "function": function, "category": category,
         "channel": channel, "amount": amount}
        for month in MONTHS
        for function, category, channel, amount in lines
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(spend_id=[f"x{n}" for n in range(len(rows))])


def early(frames):
    """S1: a tenth of the size, and leads that outbound brings."""
    frames["subscriptions"]["mrr"] /= 10
    inbound = frames["leads"]["channel"] == "Organic"
    frames["leads"]["channel"] = frames["leads"]["channel"].where(inbound, "Outbound calls")
    return frames


def direct(frames):
    """S2: nine deals in ten come without a lead."""
    deals = frames["opportunities"]
    frames["opportunities"]["lead_id"] = deals["lead_id"].where(deals.index % 10 == 1, None)
    return frames


def successful(frames):
    """S3: quotas that reps reach."""
    quota = frames["targets"]["kind"] == "quota"
    frames["targets"].loc[quota, "amount"] = 20_000.0
    return frames


def complex_product(frames):
    """S4: deals that take four months."""
    deals = frames["opportunities"]
    closed = deals["closed_on"].notna()
    deals.loc[closed, "created_on"] = deals.loc[closed, "created_on"] - timedelta(90)
    frames["opportunity_history"] = history(deals)
    return frames


def dear_product(frames):
    """S4: deals of ten times the amount, with targets to match."""
    frames["opportunities"]["amount"] *= 10
    sold = frames["targets"]["measure"] == "bookings"
    frames["targets"].loc[sold, "amount"] *= 10
    return frames


def busy(frames):
    """S5: one hour of demos a day, and six of administration."""
    minutes = {"demo": 60.0, "admin": 360.0}
    work = frames["activities"]
    work["minutes"] = work["kind"].map(minutes).fillna(work["minutes"])
    return frames


def untrained(frames):
    """S6: a rep who loses twice as many deals more as others decide."""
    deals = frames["opportunities"]
    lost = deals[(deals["rep_id"] == "r0") & deals["is_won"].eq(False)]
    more = [lost.assign(opportunity_id=lost["opportunity_id"] + f"-{n}") for n in range(3)]
    frames["opportunities"] = pd.concat([deals, *more], ignore_index=True)
    frames["opportunity_history"] = history(frames["opportunities"])
    return frames


def reactive(frames):
    """S7: four messages from customers for each contact that reps begin."""
    work = frames["activities"]
    begun = work[work["direction"] == "out"]
    asked = begun.assign(
        kind="email", direction="in", minutes=None, lead_id=None, opportunity_id=None
    )
    asked = pd.concat([asked] * 4, ignore_index=True)
    both = pd.concat([work, asked.astype({"minutes": float})], ignore_index=True)
    frames["activities"] = both.assign(activity_id=[f"v{n}" for n in range(len(both))])
    return frames


def leaking(frames):
    """R1: twice as many accounts leave in the year as come."""
    contracts = frames["subscriptions"]
    leaving = contracts.index < 200
    contracts.loc[leaving, "ended_on"] = date(2025, 9, 10)
    return frames


def unspoken(frames):
    """R2: hardly an MQL is taken on."""
    history = frames["lead_history"]
    frames["lead_history"] = history[history["stage"] != "SQL"].reset_index(drop=True)
    return frames


def unforeseen(frames):
    """R3: commits of twice what is won."""
    commit = frames["targets"]["kind"] == "commit"
    frames["targets"].loc[commit, "amount"] *= 2
    return frames


def exhausted(frames):
    """R4: a list of accounts of which thirty have not been contacted."""
    frames["accounts"] = frames["accounts"].head(830)
    return frames


def planless(frames):
    """R5: a plan for two quarters to come."""
    late = frames["targets"]["starts_on"] > date(2026, 7, 1)
    frames["targets"] = frames["targets"][~late].reset_index(drop=True)
    return frames


def unexplained(frames):
    """R6: lost deals without a reason."""
    frames["opportunities"]["lost_reason"] = pd.Series(
        None, index=frames["opportunities"].index, dtype="str"
    )
    return frames


def funded(frames):
    """B: three times the spend."""
    frames["spend"]["amount"] *= 3
    return frames


CHANGES = {
    early: "S1", direct: "S2", successful: "S3", complex_product: "S4", dear_product: "S4",
    busy: "S5", untrained: "S6", reactive: "S7", leaking: "R1", unspoken: "R2",
    unforeseen: "R3", exhausted: "R4", planless: "R5", unexplained: "R6", funded: "B",
}  # fmt: skip
"""By the change: the criterion that it meets, and no other."""
