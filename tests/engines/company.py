"""One small company with every table of the schema: what the generator makes, and the rest."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

import revkit as rk
from revkit.schema import TABLES

SEED = 7


def tables(accounts=240, months=18, seed=SEED):
    """Arrow tables by name, and the day as of which they are known."""
    made = rk.generate(accounts=accounts, months=months, seed=seed)
    frames = {name: table.to_pandas() for name, table in made.tables.items()}
    rng = np.random.default_rng(seed)
    end = pd.Timestamp(made.as_of)
    frames = _edges(frames, end) | _states(frames, end) | _written(frames, end, rng, months)
    found = {name: _arrow(name, frame) for name, frame in frames.items()}
    found |= {name: table for name, table in made.tables.items() if name not in found}
    return found, made.as_of


def abroad(tables):
    """The same company, of which one account in seven buys in dollars."""
    frames = {name: tables[name].to_pandas() for name in ("subscriptions", "opportunities")}
    for frame in frames.values():
        foreign = frame["account_id"].map(lambda account: sum(account.encode()) % 7 == 3)
        frame["currency"] = np.where(foreign, "USD", "EUR")
    first = min(
        frames["subscriptions"]["started_on"].min(), frames["opportunities"]["created_on"].min()
    )
    rates = tables["exchange_rates"].to_pylist()
    rates.insert(0, {**rates[0], "on": first, "rate": 0.85})
    frames["exchange_rates"] = pd.DataFrame(rates)
    return tables | {name: _arrow(name, frame) for name, frame in frames.items()}


def _edges(frames, end):
    """What a generated company lacks: a test account, nulls, regimes that meet and that pause."""
    accounts = frames["accounts"].assign(is_test=False)
    accounts.loc[accounts.index[-1], "is_test"] = True
    accounts.loc[accounts.index[3::17], "segment"] = None
    regimes = frames["subscriptions"]
    regimes["pricing"] = np.where(regimes.index % 11 == 5, "usage", "per_unit")
    regimes.loc[regimes.index[7::19], "status"] = "paused"
    regimes.loc[regimes.index[4::23], "status"] = "past_due"
    first = regimes[regimes["ended_on"].notna()].head(6)
    back = first.assign(
        subscription_id=[f"again-{n}" for n in range(len(first))],
        started_on=[day + timedelta(days=40) for day in first["ended_on"]],
        ended_on=None,
        renewed_from=None,
        churn_reason=None,
        cancel_requested_on=None,
    )
    back = back[[day <= end.date() for day in back["started_on"]]]
    regimes = pd.concat([regimes, back], ignore_index=True)
    leads = frames["leads"]
    leads.loc[leads.index[:2], "email"] = [" \tVera@Example.com", "vera@example.com\n"]
    spend = frames["spend"]
    motions = np.array(["new", "expansion", None], dtype=object)
    spend["motion"] = np.resize(motions, len(spend))
    return {"accounts": accounts, "subscriptions": regimes, "leads": leads, "spend": spend}


def _states(frames, end):
    """Reopened deals, deals of two reps, reps who change teams."""
    deals, history, reps = (frames[n] for n in ("opportunities", "opportunity_history", "reps"))
    early = pd.Series([day is not None and day < (end - timedelta(days=40)).date()
                       for day in deals["closed_on"]], index=deals.index)  # fmt: skip
    again = deals[early & deals["is_won"].eq(False)].iloc[::5]
    last = history[history["opportunity_id"].isin(again["opportunity_id"])]
    last = last.sort_values("seq").groupby("opportunity_id").tail(1)
    reopened = last.assign(
        changed_at=last["changed_at"] + timedelta(days=25), seq=last["seq"] + 1, stage="Proposal"
    )
    history = pd.concat([history, reopened], ignore_index=True)
    for column in ("closed_on", "is_won", "lost_reason", "competitor"):
        deals[column] = deals[column].astype(object)
        deals.loc[again.index, column] = None
    owned = deals[deals["rep_id"].notna()].iloc[::6]
    others = reps["rep_id"].to_numpy()
    second = [others[n % len(others)] for n in range(len(owned))]
    splits = [
        (deal, rep, share)
        for deal, rep, other in zip(owned["opportunity_id"], owned["rep_id"], second, strict=True)
        for rep, share in ((rep, 0.625), (other, 0.375))
        if rep != other or share == 0.625
    ]
    splits = pd.DataFrame(splits, columns=["opportunity_id", "rep_id", "share"])
    alone = splits.groupby("opportunity_id")["rep_id"].transform("nunique") == 1
    splits = splits[~alone]
    moved = reps[reps.index % 2 == 0]
    first = (end - timedelta(days=400)).date()
    moves = pd.concat(
        [
            pd.DataFrame({"rep_id": moved["rep_id"], "from_on": first, "team": "Before"}),
            pd.DataFrame(
                {"rep_id": moved["rep_id"], "from_on": first + timedelta(days=211),
                 "team": moved["team"]}
            ),
        ]
    )  # fmt: skip
    return {"opportunities": deals, "opportunity_history": history, "opportunity_splits": splits,
            "rep_history": moves}  # fmt: skip


def _written(frames, end, rng, months):
    accounts = frames["accounts"]["account_id"].to_numpy()
    deals, leads = frames["opportunities"], frames["leads"]
    reps, campaigns = frames["reps"]["rep_id"].to_numpy(), frames["campaigns"]["campaign_id"]
    start = end - pd.DateOffset(months=months - 1)
    days = (end - start).days

    def moments(n):
        return [
            (start + timedelta(minutes=int(minute))).to_pydatetime()
            for minute in np.sort(rng.integers(0, days * 1440, n))
        ]

    def some(values, n, missing=0.0):
        drawn = rng.choice(np.asarray(values, dtype=object), n)
        return np.where(rng.random(n) < missing, None, drawn)

    n = 900
    kinds = ["call", "email", "meeting", "demo", "admin", "crm", "training", "travel"]
    activities = pd.DataFrame(
        {
            "activity_id": [f"act{k}" for k in range(n)],
            "rep_id": some(reps, n),
            "kind": some(kinds, n),
            "direction": some(["in", "out"], n, 0.3),
            "occurred_at": moments(n),
            "minutes": np.where(rng.random(n) < 0.1, np.nan, rng.integers(5, 120, n)),
            "is_automated": rng.random(n) < 0.1,
            "lead_id": some(leads["lead_id"], n, 0.4),
            "opportunity_id": some(deals["opportunity_id"], n, 0.5),
            "account_id": some(accounts, n, 0.3),
        }
    )
    activities["is_selling"] = activities["kind"].isin(["call", "email", "meeting", "demo"])
    said = np.resize(np.array(["held", "held", "no_show", "cancelled", None], dtype=object), n)
    met = activities["kind"].isin(["meeting", "demo"])
    activities["outcome"] = np.where(met, said, None)
    answered = leads[leads.index % 4 > 0]
    first = activities.head(len(answered)).assign(
        activity_id=[f"first{k}" for k in range(len(answered))],
        direction="out",
        is_automated=False,
        outcome=None,
        lead_id=answered["lead_id"].to_numpy(),
        occurred_at=[
            at + timedelta(minutes=int(wait))
            for at, wait in zip(
                answered["created_at"], rng.geometric(0.02, len(answered)), strict=True
            )
        ],
    )
    activities = pd.concat([activities, first], ignore_index=True)
    activities = activities[activities["occurred_at"] < end + timedelta(days=1)]
    touches = pd.DataFrame(
        {
            "touch_id": [f"t{k}" for k in range(n)],
            "lead_id": some(leads["lead_id"], n, 0.2),
            "opportunity_id": some(deals["opportunity_id"], n, 0.5),
            "campaign_id": some(campaigns, n),
            "touched_at": moments(n),
        }
    )
    months = [month.date() for month in pd.date_range(start.replace(day=1), end, freq="MS")]
    payers = frames["subscriptions"]["account_id"].unique()
    pairs = [(account, month) for account in payers for month in months]
    usage = pd.DataFrame(pairs, columns=["account_id", "month"])
    usage["active_users"] = rng.integers(0, 40, len(usage))
    usage["seats"] = usage["active_users"] + rng.integers(0, 10, len(usage))
    usage["events"] = usage["active_users"] * rng.integers(1, 60, len(usage))
    usage["features_used"] = rng.integers(0, 12, len(usage))
    usage["daily_active_users"] = usage["active_users"] / 4
    opened = moments(300)
    tickets = pd.DataFrame(
        {
            "ticket_id": [f"k{k}" for k in range(300)],
            "account_id": some(payers, 300),
            "opened_at": opened,
            "closed_at": [at + timedelta(hours=int(h)) for at, h in
                          zip(opened, rng.integers(1, 200, 300), strict=True)],
            "first_response_at": [
                at + timedelta(minutes=20 + 7 * n % 1500) if n % 6 else None
                for n, at in enumerate(opened)
            ],
            "severity": some(["low", "high"], 300),
            "satisfaction": np.where(rng.random(300) < 0.4, np.nan, rng.integers(1, 6, 300)),
        }
    )  # fmt: skip
    lines = [
        (account, month.replace(day=3), amount)
        for account in payers
        for month, amount in zip(months, rng.normal(400, 150, len(months)).round(2), strict=True)
    ]
    invoices = pd.DataFrame(lines, columns=["account_id", "issued_on", "amount"])
    number = np.arange(len(invoices))
    invoices["invoice_line_id"] = [f"line{k}" for k in number]
    invoices["invoice_id"] = [f"invoice{k}" for k in number]
    invoices["due_on"] = [day + timedelta(days=30) for day in invoices["issued_on"]]
    invoices["paid_on"] = [
        None if k % 9 == 0 else day + timedelta(days=int(20 + k % 25))
        for k, day in zip(number, invoices["issued_on"], strict=True)
    ]
    late = [day is not None and day > end.date() for day in invoices["paid_on"]]
    invoices.loc[late, "paid_on"] = None
    invoices["service_starts_on"] = invoices["issued_on"]
    invoices["service_ends_on"] = [
        None if k % 13 == 0 else day + timedelta(days=(30, 90, 365)[k % 3])
        for k, day in zip(number, invoices["issued_on"], strict=True)
    ]
    invoices["is_recurring"] = number % 5 != 0
    invoices["refunded"] = np.where(number % 41 == 0, 25.0, 0.0)
    rates = pd.DataFrame(
        [(month, "USD", "EUR", 0.9 + 0.01 * place) for place, month in enumerate(months)],
        columns=["on", "from_currency", "to_currency", "rate"],
    )
    cheap = rng.integers(10, 30, 120).astype(float)
    survey = pd.DataFrame(
        {
            "response_id": [f"r{k}" for k in range(120)],
            "segment": some(["SMB", "Mid-Market"], 120),
            "too_cheap": cheap - 5,
            "cheap": cheap,
            "expensive": cheap + 20,
            "too_expensive": cheap + 45,
        }
    )
    visits = pd.DataFrame(
        {
            "visitor_id": [f"v{k}" for k in range(200)],
            "test": "page",
            "variant": some(["a", "b"], 200),
            "price": some([29.0, 39.0], 200).astype(float),
            "seen_at": moments(200),
            "bought": rng.random(200) < 0.2,
        }
    )
    visits["amount"] = np.where(visits["bought"], visits["price"], np.nan)
    return {
        "activities": activities, "touches": touches, "usage": usage, "tickets": tickets,
        "invoices": invoices, "exchange_rates": rates, "price_survey": survey,
        "price_tests": visits,
    }  # fmt: skip


def _arrow(name, frame):
    """A frame as a table of the declared types."""
    kinds = {
        "date": pa.date32(), "timestamp": pa.timestamp("us"), "count": pa.int64(),
        "bool": pa.bool_(), "money": pa.float64(), "rate": pa.float64(), "number": pa.float64(),
        "share": pa.float64(),
    }  # fmt: skip
    columns = TABLES[name].columns
    arrays = {
        column: pa.array(
            [None if pd.isna(value) else value for value in frame[column].astype(object)],
            kinds.get(columns[column].type, pa.string()),
        )
        for column in frame.columns
    }
    return pa.table(arrays)
