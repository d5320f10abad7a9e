"""Situations of public bug reports, rebuilt with made-up data: each right, or refused with a way.

``pytest -s tests/trust`` prints the table of what each gave.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import RevkitError
from tests.trust.situations import (
    DEAL,
    DEALS,
    FIRST,
    QUOTA,
    SUBSCRIPTIONS,
    by,
    company,
    last,
    rows,
)

M = rk.metrics
CASES: dict[str, "Case"] = {}


@dataclass(frozen=True)
class Case:
    """A situation: the input, and what must come of it.

    ``refused`` are words of the message it must be refused with, ``right`` the values it must give.
    """

    build: Callable[..., object]
    refused: tuple[str, ...] = ()
    right: object = None


def case(name: str, *refused: str, right: object = None) -> Callable[..., object]:
    """Record a function that returns what was asked of a situation."""

    def record(build: Callable[..., object]) -> Callable[..., object]:
        CASES[name] = Case(build, refused, right)
        return build

    return record


# Rows ---------------------------------------------------------------------------------------------


def copies() -> pd.DataFrame:
    return rows(
        SUBSCRIPTIONS,
        ("S1", "A1", "2025-01-01", None, 100.0),
        ("S1", "A1", "2025-01-01", None, 100.0),
        ("S2", "A2", "2025-01-01", None, 50.0),
    )


@case("1 rows twice", "subscriptions", "identical_rows")
def _():
    return last(M.mrr, company(subscriptions=copies()))


@case("1 rows twice, set aside", right=150)
def _():
    data = company(subscriptions=copies(), set_aside=["subscriptions.identical_rows"])
    assert any("set aside" in str(note) for note in data.notes)
    return last(M.mrr, data)


@case("2 one deal of two accounts", "opportunity_id", "O1")
def _():
    deals = rows(
        f"{DEALS} account_id",
        ("O1", *DEAL, True, 100.0, "A1"),
        ("O1", *DEAL, True, 100.0, "A2"),
        ("O3", *DEAL, False, 300.0, "A3"),
    )
    return last(M.win_rate, company(opportunities=deals))


@case("3 spend twice", "spend", "identical_rows")
def _():
    spend = rows("spend_id spent_on function amount", *[("X1", "2025-12-05", "sales", 100.0)] * 2)
    paid = rows(SUBSCRIPTIONS, ("S1", "A1", "2025-12-09", None, 10.0))
    return last(M.cac, company(spend=spend, subscriptions=paid))


@case("4 overlapping prices", "S1", "overlap")
def _():
    paid = rows(
        SUBSCRIPTIONS,
        ("S1", "A1", "2025-01-01", None, 100.0),
        ("S1", "A1", "2025-03-01", None, 150.0),
    )
    return last(M.mrr, company(subscriptions=paid))


def likely() -> pd.DataFrame:
    return rows(
        "opportunity_id created_on closed_on is_won amount probability",
        ("O1", "2025-12-01", None, None, 100.0, 50.0),
        ("O2", "2025-12-01", None, None, 90.0, 100.0),
    )


@case("5 probability in percent", "probability", "percent: true")
def _():
    return last(M.weighted_pipeline, company(opportunities=likely()))


@case("5 probability in percent, said so", right=140)
def _(load):
    columns = "probability: {from: probability, percent: true}"
    return last(M.weighted_pipeline, load(opportunities=likely(), columns=columns))


@case("6 discount in percent", "discount", "percent: true")
def _():
    deals = rows(f"{DEALS} discount", ("O1", *DEAL, True, 80.0, 20), ("O2", *DEAL, True, 100.0, 0))
    return last(M.discount_rate, company(opportunities=deals))


@case("7 discount of a subscription in percent", "discount", "percent: true")
def _():
    paid = rows(f"{SUBSCRIPTIONS} discount", ("S1", "A1", "2025-01-01", None, 50.0, 50))
    return last(M.mrr, rk.Dataset(as_of="2025-12-31", subscriptions=paid, policy="stripe"))


def team(*targets: tuple[object, ...], won=(("R1", 100.0), ("R2", 80.0))) -> rk.Dataset:
    deals = rows(
        f"{DEALS} rep_id",
        *[(f"O{n}", *DEAL, True, amount, rep) for n, (rep, amount) in enumerate(won)],
    )
    reps = rows(
        "rep_id team manager_id hired_on left_on",
        ("M", "T", None, "2020-01-01", None),
        ("R1", "T", "M", "2020-01-01", None),
        ("R2", "T", "M", "2020-01-01", None),
    )
    return company("2025-03-31", opportunities=deals, reps=reps, targets=rows(QUOTA, *targets))


def quota(name, rep, amount, span=FIRST, submitted=None):
    return (name, "quota", rep, *span, submitted, "bookings", amount)


@case("8 a manager's quota", right=[0.9, 0.9])
def _():
    data = team(quota("1", "R1", 100.0), quota("2", "R2", 100.0), quota("3", "M", 200.0))
    whole = last(M.quota_attainment, data, period="quarter")
    return [round(whole, 6), by(M.quota_attainment, data, "rep.team", period="quarter")["T"]]


@case("9 a quota submitted again", right=0.666667)
def _():
    data = team(
        quota("1", "R1", 100.0, submitted="2024-12-15"),
        quota("2", "R1", 150.0, submitted="2025-02-15"),
        won=[("R1", 100.0)],
    )
    return round(last(M.quota_attainment, data, period="quarter"), 6)


@case("10 quotas of a quarter and of its year", "targets", "R1")
def _():
    year = ("2025-01-01", "2026-01-01")
    data = team(quota("1", "R1", 100.0), quota("2", "R1", 400.0, year), won=[("R1", 100.0)])
    return last(M.quota_attainment, data, period="quarter")


@case("12 contracts that end on their last day", right="1 account pays again the day after")
def _():
    paid = rows(
        f"{SUBSCRIPTIONS} renewed_from",
        ("C1", "A1", "2024-01-01", "2024-12-31", 100.0, None),
        ("C2", "A1", "2025-01-01", "2025-12-31", 100.0, "C1"),
        ("C3", "A2", "2024-01-01", None, 50.0, None),
    )
    data = company("2025-06-30", subscriptions=paid)
    last(M.mrr, data)
    return " ".join(str(note) for note in data.notes)


@case("12 contracts that end on their last day, said so", right=[0, 1])
def _(load):
    paid = rows(
        f"{SUBSCRIPTIONS} renewed_from",
        ("C1", "A1", "2024-01-01", "2024-12-31", 100.0, None),
        ("C2", "A1", "2025-01-01", "2025-12-31", 100.0, "C1"),
        ("C3", "A2", "2024-01-01", None, 50.0, None),
    )
    data = load(subscriptions=paid, table="ends: inclusive", as_of="2025-06-30")
    at = {"start": "2024-12-01", "end": "2025-01-01"}
    return [last(M.churn_rate, data, **at), last(M.grr, data, trailing=1, **at)]


@case("13 an owner who changed", right=[{"R1": 100.0}, {"R1": 100.0}])
def _():
    deals = rows(f"{DEALS} rep_id", ("O1", "2025-01-05", None, None, 100.0, "R2"))
    history = rows(
        "opportunity_id changed_at stage rep_id",
        ("O1", "2025-01-05", "Open", "R1"),
        ("O1", "2025-02-03", "Open", "R2"),
    )
    stages = rows(
        "object stage position is_closed is_won", ("opportunity", "Open", 1, False, False)
    )
    data = company("2025-02-28", opportunities=deals, opportunity_history=history, stages=stages)
    found = M.pipeline_open(data, by="rep_id")
    january = found[(found["period"] == "2025-01-01") & (found["value"] > 0)]
    now = dict(zip(january["rep_id"], january["value"], strict=True))
    then = M.pipeline_open(data.replay("2025-01-31"), by="rep_id").query("value > 0")
    return [now, dict(zip(then["rep_id"], then["value"], strict=True))]


@case("14 an add-on that was not renewed", right=0.666667)
def _():
    paid = rows(
        f"{SUBSCRIPTIONS} term_ends_on renewed_from",
        ("C1", "A1", "2024-01-01", "2025-01-01", 100.0, "2025-01-01", None),
        ("X1", "A1", "2024-09-01", "2025-01-01", 50.0, "2025-01-01", None),
        ("C2", "A1", "2025-01-01", None, 100.0, "2026-01-01", "C1"),
    )
    found = M.renewal_rate_mrr(company("2025-03-31", subscriptions=paid))
    return round(float(found.set_index("period")["value"]["2025-01-01"]), 6)


def staged(*more: tuple[object, ...]) -> rk.Dataset:
    names = ["Proposal sent"] * 2 + ["Proposal"] * 2
    deals = rows(DEALS, *[(f"O{n}", "2025-01-05", None, None, 100.0) for n in range(4)])
    history = rows(
        "opportunity_id changed_at stage",
        *[(f"O{n}", "2025-02-05", name) for n, name in enumerate(names)],
    )
    stages = rows(
        "object stage position probability is_closed is_won",
        ("opportunity", "Proposal", 1, 0.5, False, False),
        *more,
    )
    return company("2025-02-28", opportunities=deals, opportunity_history=history, stages=stages)


@case("15 a stage that is not listed", "Proposal sent", "stages")
def _():
    return last(M.weighted_pipeline, staged())


@case("15 a stage that is listed", right=200)
def _():
    listed = ("opportunity", "Proposal sent", 2, 0.5, False, False)
    return last(M.weighted_pipeline, staged(listed))


@case("16 ids of 15 and of 18 characters", right=["15", "18"])
def _():
    return notes_on_ids("0013000001AbCdEAAV", "0013000001AbCdE")


@case("17 ids that were read as numbers", right=["1001.0", "1001"])
def _():
    return notes_on_ids("1001", "1001.0")


@case("17 ids with a space", right=["A1 "])
def _():
    return notes_on_ids("A1", "A1 ")


def notes_on_ids(account: str, referred: str) -> str:
    """The notes of a company, or its refusal, where a reference is not quite the key."""
    accounts = rows("account_id segment", (account, "Ent"), ("Z1", "SMB"), ("Z2", "SMB"))
    paid = rows(
        SUBSCRIPTIONS,
        ("S1", referred, "2025-01-01", None, 100.0),
        ("S2", "Z1", "2025-01-01", None, 10.0),
        ("S3", "Z2", "2025-01-01", None, 10.0),
    )
    data = company(accounts=accounts, subscriptions=paid)
    last(M.mrr, data, by="segment")
    return " ".join(str(note) for note in data.notes)


@case("18 a vendor's word for a stage", "marketingqualifiedlead", "words")
def _():
    history = rows(
        "lead_id entered_at stage",
        *[(f"L{n}", "2025-01-05", "marketingqualifiedlead") for n in range(3)],
    )
    people = rows("lead_id created_at", *[(f"L{n}", "2025-01-05") for n in range(3)])
    return last(M.mqls, company(leads=people, lead_history=history), start="2025-01-01")


@case("19 words in capitals", right=300)
def _():
    spend = rows(
        "spend_id spent_on function amount",
        ("1", "2025-12-05", "Sales", 100.0),
        ("2", "2025-12-05", "Marketing", 200.0),
    )
    paid = rows(SUBSCRIPTIONS, ("S1", "A1", "2025-12-09", None, 10.0))
    data = company(spend=spend, subscriptions=paid)
    found = last(M.cac, data)
    assert any("Sales" in str(note) for note in data.notes)
    return found


def backwards() -> pd.DataFrame:
    return rows(
        DEALS,
        ("O1", "2025-03-01", "2025-02-20", True, 100.0),
        ("O2", "2025-02-01", "2025-03-01", True, 100.0),
    )


@case("20 closed before created", "closed_before_created")
def _():
    return last(M.sales_cycle, company(opportunities=backwards()))


@case("20 closed before created, set aside", right=28)
def _():
    aside = ["opportunities.closed_before_created"]
    data = company("2025-03-31", opportunities=backwards(), set_aside=aside)
    return last(M.sales_cycle, data)


@case("21 won, on no day", "closed_on")
def _():
    deals = rows(DEALS, ("O1", "2025-01-05", None, True, 100.0))
    return last(M.pipeline_open, company(opportunities=deals))


@case("22 subscriptions without an end", "ended_on: {constant: null}")
def _():
    paid = rows("subscription_id account_id started_on mrr", ("S1", "A1", "2025-01-01", 9.0))
    return last(M.mrr, company(subscriptions=paid))


@case("22 deals without an end", "closed_on: {constant: null}")
def _():
    deals = rows("opportunity_id created_on is_won amount", ("O1", "2025-01-05", None, 9.0))
    return last(M.win_rate, company(opportunities=deals))


@case("23 a column twice", "amount")
def _():
    deals = rows(f"{DEALS} amount", ("O1", *DEAL, True, 1.0, 2.0))
    return last(M.won_amount, company(opportunities=deals))


@case("26 a deal of two reps", right=[{"R1": 60.0, "R2": 40.0}, 0.5, 100])
def _():
    deals = rows(
        f"{DEALS} rep_id", ("O1", *DEAL, True, 100.0, "R1"), ("O2", *DEAL, False, 9.0, "R2")
    )
    splits = rows("opportunity_id rep_id share", ("O1", "R1", 0.6), ("O1", "R2", 0.4))
    data = company("2025-01-31", opportunities=deals, opportunity_splits=splits)
    return [by(M.won_amount, data, "rep_id"), last(M.win_rate, data), last(M.deal_size, data)]


@case("30 columns in other letters", right=100)
def _():
    paid = rows(
        f"{SUBSCRIPTIONS} Status",
        ("S1", "A1", "2025-01-01", None, 100.0, "active"),
        ("S2", "A2", "2025-01-01", None, 100.0, "trialing"),
    )
    return last(M.mrr, company(subscriptions=paid))


@case("30 a test account in other letters", right=100)
def _():
    accounts = rows("account_id", ("A1",), ("A2",)).assign(IS_TEST=[False, True])
    paid = rows(
        SUBSCRIPTIONS,
        ("S1", "A1", "2025-01-01", None, 100.0),
        ("S2", "A2", "2025-01-01", None, 100.0),
    )
    return last(M.mrr, company(accounts=accounts, subscriptions=paid))


@case("30 a column that resembles one", "currency_code", "ignore")
def _():
    paid = rows(f"{SUBSCRIPTIONS} currency_code", ("S1", "A1", "2025-01-01", None, 1.0, "EUR"))
    return last(M.mrr, company(subscriptions=paid))


@case("33 a date that cannot be", "2205")
def _():
    deals = rows(DEALS, ("O1", *DEAL, True, 1.0), ("O2", "2025-01-05", "2205-03-01", True, 1.0))
    return last(M.win_rate, company(None, opportunities=deals))


@case("34 a date for never", "2099-12-31", "open_ended")
def _():
    paid = rows(SUBSCRIPTIONS, ("S1", "A1", "2025-01-01", "2099-12-31", 100.0))
    return last(M.churn_rate, company(None, subscriptions=paid))


@case("35 an amount beyond all bounds", "amount")
def _():
    deals = rows(DEALS, ("O1", *DEAL, True, 1e300))
    return last(M.won_amount, company(opportunities=deals))


@case("35 an infinite amount", "amount")
def _():
    deals = rows(DEALS, ("O1", *DEAL, True, np.inf))
    return last(M.won_amount, company(opportunities=deals))


@case("36 a column named as a result", "n", "mapping")
def _():
    deals = rows(f"{DEALS} n", ("O1", *DEAL, True, 1.0, "x"))
    return by(M.win_rate, company(opportunities=deals), "n")


@case("37 no currency among several", "currency")
def _():
    deals = rows(
        f"{DEALS} currency",
        ("O1", *DEAL, True, 1.0, "EUR"),
        ("O2", *DEAL, True, 1.0, "USD"),
        ("O3", *DEAL, True, 1.0, None),
    )
    rates = rows("on_on from_currency to_currency rate", ("2025-01-01", "USD", "EUR", 0.9))
    rates = rates.rename(columns={"on_on": "on"})
    data = rk.Dataset(as_of="2025-01-31", opportunities=deals, exchange_rates=rates, currency="EUR")
    return last(M.won_amount, data)


@case("38 spend begins later than customers", right=[True, 100.0])
def _():
    paid = rows(
        SUBSCRIPTIONS,
        *[(f"S{n}", f"A{n}", f"{2021 + n // 12}-{n % 12 + 1:02}-03", None, 9.0) for n in range(36)],
    )
    spend = rows(
        "spend_id spent_on function amount",
        *[(f"X{n}", f"2023-{n + 1:02}-05", "sales", 100.0) for n in range(12)],
    )
    found = M.cac(company("2023-12-31", spend=spend, subscriptions=paid)).set_index("period")
    return [bool(found["value"][:"2022-12-01"].isna().all()), float(found["value"].iloc[-1])]


@case("41 against the rest", right=[[0.977778, 1.5], [1.5, 0.977778]])
def _():
    accounts = rows("account_id segment", ("A1", "A"), ("B1", "B"))
    paid = rows(
        SUBSCRIPTIONS,
        ("S1", "A1", "2024-06-01", "2025-03-12", 900.0),
        ("S2", "A1", "2025-03-12", None, 880.0),
        ("S3", "B1", "2024-06-01", "2025-03-12", 100.0),
        ("S4", "B1", "2025-03-12", None, 150.0),
    )
    data = company("2025-03-31", accounts=accounts, subscriptions=paid)
    found = M.nrr(data, by="segment", trailing=1, compare="rest", start="2025-03-01")
    return (
        found.assign(rest=found["value"] - found["change"])[["value", "rest"]]
        .round(6)
        .to_numpy()
        .tolist()
    )


SALESFORCE = "Id CreatedDate CloseDate IsWon IsClosed Amount"


def salesforce() -> pd.DataFrame:
    done = [("2025-01-05", "2025-02-10", n < 5, True) for n in range(15)]
    planned = [("2025-02-05", "2025-05-20", False, False)] * 12
    overdue = [("2025-01-05", "2025-02-20", False, False)] * 3
    frame = pd.DataFrame(
        [(f"O{n}", *row, 10.0) for n, row in enumerate([*done, *planned, *overdue])],
        columns=SALESFORCE.split(),
    )
    return frame


RENAMED = """opportunity_id: Id
      created_on: CreatedDate
      is_won: IsWon
      amount: Amount
      closed_on: """


@case("45 open deals with a close date", "where: IsClosed")
def _(load):
    columns = f"{RENAMED}CloseDate"
    data = load(opportunities=salesforce(), columns=columns, as_of="2025-03-31")
    return last(M.win_rate, data, period=None)


@case("45 open deals with a close date, said so", right=[0.333333, 15])
def _(load):
    columns = f"{RENAMED}{{from: CloseDate, where: IsClosed}}"
    data = load(opportunities=salesforce(), columns=columns, as_of="2025-03-31")
    still = M.pipeline_open(data)["value"].iloc[-1] / 10
    return [round(last(M.win_rate, data, period=None), 6), float(still)]


@case("46 no probability", right="nan")
def _():
    deals = rows(DEALS, *[(f"O{n}", "2025-12-05", None, None, 100.0) for n in range(3)])
    return str(last(M.weighted_pipeline, company(opportunities=deals)))


@case("51 a blank word", right=0.5)
def _(load):
    deals = rows(
        f"{DEALS} type", ("O1", *DEAL, True, 1.0, None), ("O2", *DEAL, False, 1.0, "New Business")
    )
    columns = 'kind: {from: type, words: {"": new, "New Business": new}}'
    return last(M.win_rate, load(opportunities=deals, columns=columns), period=None)


@case("28 booleans in words", right=0.25)
def _(load):
    words = ["yes", "no", "n", "N"]
    deals = rows(
        "opportunity_id created_on closed_on is_won amount",
        *[(f"O{n}", *DEAL, word, 1.0) for n, word in enumerate(words)],
    )
    return last(M.win_rate, load(opportunities=deals), period=None)


@case("29 a constant that is false", right=0)
def _(load):
    deals = rows(DEALS, ("O1", *DEAL, True, 1.0)).drop(columns="is_won")
    columns = 'is_won: {constant: "false"}'
    return last(M.win_rate, load(opportunities=deals, columns=columns), period=None)


@case("29 a constant that is no date", "created_on", "2025")
def _(load):
    deals = rows(DEALS, ("O1", *DEAL, True, 1.0)).drop(columns="created_on")
    return last(M.won_amount, load(opportunities=deals, columns="created_on: {constant: 2025}"))


@case("24 milliseconds since 1970", right=24)
def _(load):
    deals = rows(DEALS, ("O1", 1738713600000, 1740787200000, True, 1.0)).assign(
        created_on=["1738713600000"], closed_on=["1740787200000"]
    )
    columns = """created_on: {from: created_on, epoch: ms}
      closed_on: {from: closed_on, epoch: ms}"""
    return last(M.sales_cycle, load(opportunities=deals, columns=columns), period=None)


@case("50 a moment in a column of days", right=15)
def _(load):
    deals = rows(DEALS, ("O1", *DEAL, True, 1.0)).assign(
        created_on=["05/01/2025 10:30"], closed_on=["2025-01-20T09:15:00.000Z"]
    )
    columns = """created_on: {from: created_on, date_format: "%d/%m/%Y %H:%M", zone: UTC}
      closed_on: {from: closed_on, zone: UTC}"""
    return last(M.sales_cycle, load(opportunities=deals, columns=columns), period=None)


@case("54 a level in percent", "level")
def _():
    return M.win_rate(company(opportunities=rows(DEALS, ("O1", *DEAL, True, 1.0))), level=95)


@case("54 a rate by what only one outcome has", "lost_reason")
def _():
    deals = rows(
        f"{DEALS} lost_reason", ("O1", *DEAL, True, 1.0, None), ("O2", *DEAL, False, 1.0, "price")
    )
    return M.win_rate(company(opportunities=deals), by="lost_reason")


@case("47 activities end before the deals", right="nan")
def _():
    reps = rows("rep_id hired_on left_on", ("R1", "2020-01-01", None))
    days = pd.date_range("2025-01-02", "2025-08-25", freq="3D")
    done = pd.DataFrame(
        {"activity_id": [f"a{n}" for n in range(len(days))], "rep_id": "R1", "kind": "call",
         "occurred_at": days, "is_selling": True}
    )  # fmt: skip
    closes = pd.date_range("2025-01-10", "2025-12-30", freq="5D")
    deals = pd.DataFrame(
        {"opportunity_id": [f"o{n}" for n in range(len(closes))], "created_on": closes,
         "closed_on": closes, "is_won": True, "amount": 1.0}
    )  # fmt: skip
    data = company(activities=done, opportunities=deals, reps=reps)
    return str(last(M.activities_per_rep, data, period="quarter"))


@case("49 a quarter that lacks a day", right=["2025-10-01", False])
def _():
    deals = rows(DEALS, ("O1", "2025-01-05", "2025-09-20", True, 1.0),
                 ("O2", "2025-01-05", "2025-12-30", True, 1.0))  # fmt: skip
    found = M.win_rate(company(None, opportunities=deals), period="quarter").iloc[-1]
    return [str(found["period"].date()), bool(found["complete"])]


# What comes of them -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_right_or_refused_with_a_way(name, load):
    asked = CASES[name]
    takes = asked.build.__code__.co_argcount
    if asked.refused:
        with pytest.raises(RevkitError) as refused:
            asked.build(*[load] * takes)
        message = str(refused.value)
        print(f"{name:50} refused: {message.splitlines()[0]}")
        for words in asked.refused:
            assert words in message
        return
    found = asked.build(*[load] * takes)
    print(f"{name:50} gives {found}")
    if isinstance(asked.right, str) and asked.right != "nan":
        assert asked.right in str(found)
    elif isinstance(found, str) and isinstance(asked.right, list):
        assert all(words in found for words in asked.right)
    else:
        assert found == (asked.right if isinstance(asked.right, str | dict | list) else
                         pytest.approx(asked.right))  # fmt: skip


def test_each_case_is_of_the_list():
    assert len({name.split()[0] for name in CASES}) >= 38
