"""Situations in which a number is right, is refused, or says what is doubtful about it.

Each is a company of a few rows. What is noted must stand in the frame of the metric itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
SITUATIONS: dict[str, "Situation"] = {}


@dataclass(frozen=True)
class Situation:
    """What is asked, and what must come of it: words of a note or of a refusal, or the value."""

    ask: Callable[..., object]
    noted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    right: object = None


def situation(name: str, **comes: object) -> Callable[..., object]:
    """Record a function that returns a frame, or a value where one is right."""

    def record(ask: Callable[..., object]) -> Callable[..., object]:
        words = {k: (v,) if k != "right" and isinstance(v, str) else v for k, v in comes.items()}
        SITUATIONS[name] = Situation(ask, **words)
        return ask

    return record


# What history says --------------------------------------------------------------------------------

STAGES = rows(
    "object stage position is_closed is_won",
    ("opportunity", "Open", 1, False, False),
    ("opportunity", "Won", 2, True, True),
    ("opportunity", "Lost", 3, True, False),
)
LATER = ("O9", "2025-01-05", None, None, 50.0)


def told(
    deals: list[tuple[object, ...]], *changes: tuple[object, ...], more: str = ""
) -> rk.Dataset:
    return company(
        "2025-04-30",
        opportunities=rows(DEALS, *deals),
        opportunity_history=rows(f"opportunity_id changed_at stage {more}", *changes),
        stages=STAGES,
    )


def entered_late() -> rk.Dataset:
    deals = [("O1", "2025-01-05", "2025-02-10", True, 100.0), LATER]
    changes = [("O1", "2025-01-05", "Open"), ("O1", "2025-03-01", "Won")]
    return told(deals, *changes, ("O9", "2025-01-05", "Open"))


@situation("a closing entered later is not known before", right=[0, 150.0, 1])
def _():
    data = entered_late()
    then = data.replay("2025-02-15")
    now = data.opportunities.is_won.count().to_pyarrow().as_py()
    return [
        then.opportunities.closed_on.count().to_pyarrow().as_py(),
        last(M.pipeline_open, then),
        now,
    ]


@situation("a loss entered later leaves no reason before", right=[None, "price"])
def _():
    deals = rows(f"{DEALS} lost_reason", ("O1", "2025-01-05", "2025-02-10", False, 1.0, "price"))
    history = rows(
        "opportunity_id changed_at stage",
        ("O1", "2025-01-05", "Open"),
        ("O1", "2025-03-01", "Lost"),
    )
    data = company("2025-04-30", opportunities=deals, opportunity_history=history, stages=STAGES)
    days = ("2025-02-15", "2025-03-15")
    return [data.replay(day).opportunities.lost_reason.max().to_pyarrow().as_py() for day in days]


@situation("a closing entered later", noted=("closed_on", "1 of 2 deals", "'O1'", "2025-03-01"))
def _():
    return M.win_rate(entered_late())


@situation("a won stage of a lost deal", noted=("is_won", "1 of 2 deals", "'O1'", "Won"))
def _():
    changes = [
        ("O1", "2025-01-05", "Open"),
        ("O1", "2025-02-10", "Won"),
        ("O9", "2025-01-05", "Open"),
    ]
    return M.win_rate(told([("O1", "2025-01-05", "2025-02-10", False, 1.0), LATER], *changes))


@situation("a lost stage of a won deal", noted=("is_won", "1 of 2 deals", "'O1'", "Lost"))
def _():
    changes = [
        ("O1", "2025-01-05", "Open"),
        ("O1", "2025-02-10", "Lost"),
        ("O9", "2025-01-05", "Open"),
    ]
    return M.won_amount(told([("O1", "2025-01-05", "2025-02-10", True, 1.0), LATER], *changes))


@situation("an amount of another time", noted=("amount", "'O9'", "50.00 against 500.00"))
def _():
    return M.pipeline_open(told([LATER], ("O9", "2025-01-05", "Open", 500.0), more="amount"))


@situation("a stage of another time", noted=("stage", "'O1'", "Open against Lost"))
def _():
    deals = rows(f"{DEALS} stage", ("O1", "2025-01-05", None, None, 1.0, "Open"))
    history = rows(
        "opportunity_id changed_at stage",
        ("O1", "2025-01-05", "Open"),
        ("O1", "2025-03-01", "Lost"),
    )
    return M.win_rate(
        company("2025-04-30", opportunities=deals, opportunity_history=history, stages=STAGES)
    )


WON_THEN_OPEN = [
    ("O1", "2025-01-05", "Open"),
    ("O1", "2025-02-10", "Won"),
    ("O1", "2025-03-05", "Open"),
    ("O9", "2025-01-05", "Open"),
]


@situation("a deal that was won and reopened", noted=("reopened", "O1", "2025-03-05", "history"))
def _():
    return M.won_amount(
        told([("O1", "2025-01-05", "2025-02-10", True, 100.0), LATER], *WON_THEN_OPEN)
    )


@situation("a deal that was won and reopened is open", right=[150.0, False])
def _():
    data = told([("O1", "2025-01-05", "2025-02-10", True, 100.0), LATER], *WON_THEN_OPEN)
    notes = " ".join(str(note) for note in data.notes)
    return [last(M.pipeline_open, data), "is_won counts" in notes]


@situation("a deal reopened and lost", noted=("reopened", "now 'Lost'", "the history counts"))
def _():
    changes = [*WON_THEN_OPEN, ("O1", "2025-04-05", "Lost")]
    return M.win_rate(told([("O1", "2025-01-05", "2025-02-10", True, 100.0), LATER], *changes))


@situation("a deal closed by its history alone", noted=("closed_on is empty", "'O1'", "2025-02-10"))
def _():
    changes = [("O1", "2025-01-05", "Open"), ("O1", "2025-02-10", "Won")]
    deals = [("O1", "2025-01-05", None, None, 100.0), LATER]
    return M.won_amount(told(deals, *changes, ("O9", "2025-01-05", "Open")))


@situation("a history that agrees says nothing", right=[])
def _():
    changes = [
        ("O1", "2025-01-05", "Open", 90.0),
        ("O1", "2025-02-10", "Won", 100.0),
        ("O9", "2025-04-05", "Open", 50.0),
    ]
    data = told([("O1", "2025-01-05", "2025-02-10", True, 100.0), LATER], *changes, more="amount")
    return [note.rule for note in data.notes if "history" in note.rule]


# Who led whom -------------------------------------------------------------------------------------

REPS = rows(
    "rep_id team manager_id hired_on left_on",
    ("M1", "A", None, "2020-01-01", None),
    ("M2", "B", None, "2020-01-01", None),
    ("R1", "B", "M2", "2020-01-01", None),
)


def moved(day: str, *quotas: tuple[object, ...]) -> rk.Dataset:
    """R1 goes from team A and M1 to team B and M2 on a day, and wins 100 in February and June."""
    won = [("O1", "2025-01-05", "2025-02-10"), ("O2", "2025-05-05", "2025-06-10")]
    history = [("R1", "2020-01-01", "A", "M1"), ("R1", day, "B", "M2")]
    return company(
        "2025-06-30",
        opportunities=rows(f"{DEALS} rep_id", *[(*dates, True, 100.0, "R1") for dates in won]),
        reps=REPS,
        rep_history=rows("rep_id from_on team manager_id", *history),
        targets=rows(QUOTA, *quotas),
    )


def quota(rep: str, amount: float, span: tuple[str, str]) -> tuple[object, ...]:
    return (f"{rep} {span}", "quota", rep, *span, None, "bookings", amount)


SECOND = ("2025-04-01", "2025-07-01")


@situation(
    "a quota follows the team of the day", right={"A": [100 / 90, "nan"], "B": ["nan", 100 / 91]}
)
def _():
    data = moved("2025-04-01", quota("R1", 181.0, ("2025-01-01", "2025-07-01")))
    return of_each(data, "rep.team")


@situation("a quota is divided on the day of a move", right=[30.0, 61.0])
def _():
    data = moved("2025-05-01", quota("R1", 91.0, SECOND))
    found = M.quota_attainment.parts(data, by="rep.team", period="quarter", start="2025-04-01")
    return found.iloc[:, 3].tolist()


def of_each(data: rk.Dataset, column: str) -> dict[str, list[object]]:
    found = M.quota_attainment(data, by=column, period="quarter").sort_values("period")
    known = found.assign(value=found["value"].astype(object).where(found["value"].notna(), "nan"))
    return {name: group["value"].tolist() for name, group in known.groupby(column)}


@situation(
    "a team's deals are those of the manager of the day",
    right={"M1": [1.0, 0.0], "M2": [0.0, 1.0], "R1": [1.0, 1.0]},
)
def _():
    both = [quota(rep, 100.0, span) for rep in ("M1", "M2", "R1") for span in (FIRST, SECOND)]
    return of_each(moved("2025-04-01", *both), "rep_id")


CIRCLE = [("M1", "A", "R1"), ("R1", "B", "M1"), ("M2", "B", None)]


@situation("managers in a circle", refused=("M1 → R1 → M1", "manager_id"))
def _():
    reps = rows("rep_id team manager_id", *CIRCLE).assign(hired_on=pd.Timestamp("2020-01-01"))
    deals = rows(f"{DEALS} rep_id", ("O1", *DEAL, True, 1.0, "R1"))
    data = company(opportunities=deals, reps=reps, targets=rows(QUOTA, quota("R1", 9.0, FIRST)))
    return M.quota_attainment(data, by="rep_id")


@situation("managers in a circle on a day", refused=("rep_history", "2025-03-01", "M1 → R1 → M1"))
def _():
    history = rows(
        "rep_id from_on manager_id", ("R1", "2020-01-01", "M1"), ("M1", "2025-03-01", "R1")
    )
    return company(reps=REPS, rep_history=history).rep_history


@situation("managers who change places on a day are in no circle", right=2)
def _():
    history = rows("rep_id from_on manager_id", ("R1", "2020-01-01", "M1"),
                   ("M1", "2025-03-01", "R1"), ("R1", "2025-03-01", None))  # fmt: skip
    return len(company(reps=REPS, rep_history=history).rep_history.to_pandas()) - 1


# Names and ids ------------------------------------------------------------------------------------


def sold() -> rk.Dataset:
    """R1 and R2 are called Ann, R4 has no name; A1 and A2 are Acme."""
    who = [("R1", "A1", 100.0), ("R2", "A2", 50.0), ("R3", "A3", 7.0), ("R4", "A3", 9.0)]
    names = zip(["R1", "R2", "R3", "R4"], ["Ann", "Ann", "Bob", None], strict=True)
    return company(
        "2025-01-31",
        opportunities=rows(
            f"{DEALS} rep_id account_id",
            *[(f"O{rep}", *DEAL, True, amount, rep, account) for rep, account, amount in who],
        ),
        reps=rows("rep_id name team hired_on", *[(*one, "T", "2020-01-01") for one in names]),
        accounts=rows("account_id name", ("A1", "Acme"), ("A2", "Acme"), ("A3", "Beta")),
    )


@situation("reps of one name", right={"Ann (R1)": 100.0, "Ann (R2)": 50.0, "Bob": 7.0, "R4": 9.0})
def _():
    return by(M.won_amount, sold(), "rep")


@situation("accounts of one name", right={"Acme (A1)": 100.0, "Acme (A2)": 50.0, "Beta": 16.0})
def _():
    return by(M.won_amount, sold(), "account")


@situation("a filter by one of two names", right=50.0)
def _():
    return last(M.won_amount, sold().where(rep="Ann (R2)"))


@situation("a filter by both of two names", refused=("Ann (R1)", "Ann (R2)"))
def _():
    return last(M.won_amount, sold().where(rep="Ann"))


@situation("keys in two Unicode forms", refused=("opportunity_id", "Unicode", "u0301"))
def _():
    deals = rows(DEALS, ("Caf\u00e9", *DEAL, True, 1.0), ("Cafe\u0301", *DEAL, True, 1.0))
    return M.won_amount(company(opportunities=deals))


@situation("keys as whole and as decimal numbers", refused=("opportunity_id", "'1' and '1.0'"))
def _():
    deals = rows(DEALS, ("1", *DEAL, True, 1.0), ("1.0", *DEAL, True, 1.0))
    return M.won_amount(company(opportunities=deals))


@situation("references in another Unicode form", noted=("accounts", "Unicode"))
def _():
    deals = rows(f"{DEALS} account_id", ("O1", *DEAL, True, 1.0, "Cafe\u0301"))
    accounts = rows("account_id segment", ("Caf\u00e9", "SMB"))
    return M.won_amount(company(opportunities=deals, accounts=accounts), by="segment")


@situation("a row of totals", refused=("total", "set_aside: [spend.total_row]", "Grand Total"))
def _():
    spend = rows("spend_id spent_on function amount", ("1", "2025-12-05", "sales", 1.0),
                 ("Grand Total", "2025-12-31", "sales", 1.0))  # fmt: skip
    return company(spend=spend).spend


@situation("a row of totals without a key", refused=("opportunity_id is empty", "totals"))
def _():
    deals = rows(DEALS, ("O1", *DEAL, True, 1.0), (None, None, None, None, 1.0))
    return M.won_amount(company(opportunities=deals))


@situation("segments of near spelling", noted=("'Mid Market' (1)", "'mid-market' (1)", "words"))
def _():
    deals = rows(f"{DEALS} account_id", *[(f"O{n}", *DEAL, True, 1.0, f"A{n}") for n in (1, 2)])
    accounts = rows("account_id segment", ("A1", "mid-market"), ("A2", "Mid Market"))
    return M.won_amount(company(opportunities=deals, accounts=accounts), by="segment")


# Rows that fit nothing ----------------------------------------------------------------------------


@situation("open deals without a day of creation", noted=("created_on is empty", "2 rows"))
def _():
    deals = [("O1", None, None, None, 1.0), ("O2", None, None, None, 1.0), LATER]
    return M.pipeline_open(company("2025-03-31", opportunities=rows(DEALS, *deals)))


@situation("a lead's stage before the lead", noted=("entered_at", "1 of 2 rows", "'L1'"))
def _():
    leads = rows("lead_id created_at", ("L1", "2025-03-01"), ("L2", "2025-03-01"))
    history = rows(
        "lead_id entered_at stage", ("L1", "2025-02-01", "MQL"), ("L2", "2025-03-02", "MQL")
    )
    return M.mqls(company("2025-03-31", leads=leads, lead_history=history))


@situation("a deal's stage before the deal", noted=("changed_at", "1 of 2 rows", "'O1'"))
def _():
    changes = [("O1", "2024-12-05", "Open"), ("O9", "2025-01-05", "Open")]
    return M.pipeline_open(told([("O1", "2025-01-05", None, None, 1.0), LATER], *changes))


@situation("a quota of an unknown rep", noted=("rep_id", "'R77'"))
def _():
    return M.quota_attainment(
        moved("2025-04-01", quota("R77", 9.0, SECOND), quota("R1", 9.0, FIRST))
    )


@situation("a quota of an unknown segment", noted=("segment", "'SMBs'", "Did you mean 'SMB'"))
def _():
    deals = rows(f"{DEALS} account_id", ("O1", *DEAL, True, 1.0, "A1"))
    targets = rows(QUOTA, ("Q", "quota", None, *FIRST, None, "bookings", 9.0)).assign(
        segment="SMBs"
    )
    data = company(
        opportunities=deals, targets=targets, accounts=rows("account_id segment", ("A1", "SMB"))
    )
    return M.quota_attainment(data, by="segment", period="quarter")


@situation("a split to an unknown rep", noted=("opportunity_splits", "'R9'"))
def _():
    data = sold()
    splits = rows("opportunity_id rep_id share", ("OR1", "R1", 0.6), ("OR1", "R9", 0.4))
    tables = {name: data.table(name).to_pyarrow() for name in data.tables}
    return M.won_amount(company("2025-01-31", opportunity_splits=splits, **tables), by="rep")


# The as-of date -----------------------------------------------------------------------------------

YEAR = [f"2025-{month:02}" for month in range(1, 13)]
MONTHLY = [(f"O{n}", f"{month}-05", f"{month}-20", True, 100.0) for n, month in enumerate(YEAR)]
PAID = [(f"S{n}", f"A{n}", f"{month}-05", None, 10.0) for n, month in enumerate(YEAR)]
SIGNED = ("SX", "AX", "2026-09-01", None, 10.0)


@situation("one subscription signed ahead", right=["2025-12-20", 120.0])
def _():
    tables = {
        "opportunities": rows(DEALS, *MONTHLY),
        "subscriptions": rows(SUBSCRIPTIONS, *PAID, SIGNED),
    }
    data = company(None, **tables)
    return [str(data.as_of), last(M.mrr, data)]


@situation("one subscription signed ahead, alone", noted=("2026-09-01", "planned", "2025-12-05"))
def _():
    return M.mrr(company(None, subscriptions=rows(SUBSCRIPTIONS, *PAID, SIGNED)))


@situation("a rep who will be hired", right="2025-12-20")
def _():
    reps = rows(
        "rep_id hired_on",
        *[(f"R{n}", f"{month}-01") for n, month in enumerate(YEAR)],
        ("RX", "2026-06-01"),
    )
    return str(company(None, opportunities=rows(DEALS, *MONTHLY), reps=reps).as_of)


@situation("starts that go on after the deals are no plans", right="2025-12-05")
def _():
    return str(
        company(
            None, opportunities=rows(DEALS, *MONTHLY[:4]), subscriptions=rows(SUBSCRIPTIONS, *PAID)
        ).as_of
    )


@situation("one lost deal after everything", noted=("2026-03-20", "90 days", "where: IsClosed"))
def _():
    lost = ("OX", "2025-12-05", "2026-03-20", False, 1.0)
    return M.win_rate(company(None, opportunities=rows(DEALS, *MONTHLY, lost)))


@situation("an end after the data", noted=("end=2026-03-01", "2025-12-31"))
def _():
    return M.won_amount(company(opportunities=rows(DEALS, *MONTHLY)), end="2026-03-01")


@situation("an end within the running period", right=())
def _():
    data = company("2025-12-30", opportunities=rows(DEALS, *MONTHLY))
    return M.won_amount(data, end="2026-01-01").attrs["notes"]


# Exchange rates -----------------------------------------------------------------------------------


def dollars(*rates: tuple[object, ...]) -> rk.Dataset:
    deals = rows(f"{DEALS} currency", ("O1", "2025-01-05", "2025-12-10", True, 1.0, "USD"))
    given = rows("on from_currency to_currency rate", *rates)
    return rk.Dataset(as_of="2025-12-31", opportunities=deals, exchange_rates=given, currency="EUR")


@situation("a rate of months ago", noted=("USD", "2025-01-01", "343 days"))
def _():
    return M.won_amount(dollars(("2025-01-01", "USD", "EUR", 0.9)))


@situation("rates of each year are not old within one", right=0)
def _():
    data = dollars(*[(f"{year}-01-01", "USD", "EUR", 0.9) for year in (2023, 2024, 2025)])
    return sum(note.rule == "rate_old" for note in data.notes)


@situation("rates there and back apart", refused=("contradict", "2025-12-01"))
def _():
    return M.won_amount(
        dollars(("2025-12-01", "USD", "EUR", 0.9), ("2025-12-01", "EUR", "USD", 2.0))
    )


# How numbers and days are written -----------------------------------------------------------------

TERMS = [("C1", "A1", "2024-01-01", "2025-01-01", 9.0), ("C2", "A1", "2025-01-01", None, 9.0)]


@situation("ends that meet, said to be inclusive", noted=("twice that day", "ends: inclusive"))
def _(load):
    data = load(subscriptions=rows(SUBSCRIPTIONS, *TERMS), table="ends: inclusive")
    return M.mrr(data, start="2024-12-01")


@situation(
    "ends of one line that meet, said to be inclusive", refused=("overlap", "ends: inclusive")
)
def _(load):
    paid = rows(SUBSCRIPTIONS, *TERMS).assign(subscription_id="C1")
    return M.mrr(load(subscriptions=paid, table="ends: inclusive"))


@situation("ends that meet say nothing", right=[])
def _():
    return [
        note.rule for note in company("2025-01-31", subscriptions=rows(SUBSCRIPTIONS, *TERMS)).notes
    ]


def spent(*days: object) -> pd.DataFrame:
    columns = {"spend_id": [f"X{n}" for n in range(len(days))], "spent_on": list(days)}
    return pd.DataFrame(columns).assign(function="sales", amount=1.0)


@situation("Excel's days as whole numbers", refused=("spent_on", "epoch: excel"))
def _():
    return company(spend=spent(45123, 45124)).spend


@situation("Excel's days as decimal numbers", refused=("spent_on", "epoch: excel"))
def _():
    return company(spend=spent(45123.0, 45124.0)).spend


@situation("Excel's days in a file", refused=("spent_on", "epoch: excel"))
def _(load):
    return load(spend=spent(45123, 45124)).spend


@situation("Excel's days read as seconds", refused=("February 1970", "epoch: excel"))
def _(load):
    return load(spend=spent(45123, 45124), columns="spent_on: {from: spent_on, epoch: s}").spend


@situation("Excel's days read by pandas", refused=("1970-01-01", "epoch: excel"))
def _():
    calls = pd.DataFrame(
        {"activity_id": ["1"], "rep_id": ["R"], "kind": ["call"], "is_selling": [True]}
    )
    return company(activities=calls.assign(occurred_at=pd.to_datetime([45123]))).activities


def chances(*values: object) -> pd.DataFrame:
    deals = [(f"O{n}", "2025-12-01", None, None, 100.0) for n in range(len(values))]
    return rows(DEALS, *deals).assign(probability=list(values))


PERCENT = "probability: {from: probability, percent: true}"


@situation("shares said to be in percent", refused=("probability", "share already", "scale: 0.01"))
def _(load):
    return M.weighted_pipeline(load(opportunities=chances(0.5, 0.9, 0), columns=PERCENT))


@situation("small shares with a sign of percent", right=1.0)
def _(load):
    return last(M.weighted_pipeline, load(opportunities=chances("0.5%", "0.5 %"), columns=PERCENT))


@situation("thousands with a point", refused=("amount", "thousands", 'decimal: ","'))
def _(load):
    deals = rows(DEALS, *[(f"O{n}", *DEAL, True, one) for n, one in enumerate(["1.234", "900"])])
    return M.won_amount(load(opportunities=deals))


@situation("thousands with a point, said so", right=2134.0)
def _(load):
    deals = rows(DEALS, *[(f"O{n}", *DEAL, True, one) for n, one in enumerate(["1.234", "900"])])
    data = load(opportunities=deals, columns='amount: {from: amount, decimal: ","}')
    return last(M.won_amount, data, period=None)


@situation("three decimals among others", right=13.73)
def _(load):
    deals = rows(DEALS, *[(f"O{n}", *DEAL, True, one) for n, one in enumerate(["1.234", "12.5"])])
    return last(M.won_amount, load(opportunities=deals), period=None)


@situation("a gap that may still close", right=[True, False])
def _():
    paid = rows(
        SUBSCRIPTIONS,
        ("S1", "A1", "2024-06-01", "2025-03-20", 9.0),
        ("S2", "A2", "2024-06-01", None, 9.0),
    )
    data = company("2025-04-10", subscriptions=paid).with_policy(rk.Policy(gap_days=30))
    return M.churn_rate(data, start="2025-02-01")["complete"].tolist()[:2]


# Words of messages --------------------------------------------------------------------------------


@situation(
    "a frame is told what to do without a mapping",
    refused=("percent: true", "frames", "before you load it"),
)
def _():
    return company(opportunities=chances("50%")).opportunities


@situation("a share in per cent in a file", refused=("percent: true} reads 50 and 50 %",))
def _(load):
    return load(opportunities=chances("50%")).opportunities


def valued(word: str, column: str = "amount") -> pd.DataFrame:
    return rows(DEALS, ("O1", *DEAL, True, 1.0), ("O2", *DEAL, True, 2.0)).assign(
        **{column: ["1", word]}
    )


@pytest.mark.parametrize("word", ["N/A", "#N/A", "NULL", "-", "n/a", "None"])
@pytest.mark.parametrize("column", ["amount", "probability", "expected_close_on"])
def test_a_word_for_none_is_told_with_its_line(word, column):
    line = f'{column}: {{from: {column}, words: {{"{word}": null}}, others: keep}}'
    frame = valued(word, column).iloc[1:]

    with pytest.raises(RevkitError) as refused:
        company(opportunities=frame).opportunities.count()

    assert line in str(refused.value)


def test_another_word_is_not_told_as_one_for_none():
    with pytest.raises(RevkitError) as refused:
        company(opportunities=valued("many")).opportunities.count()

    assert "null" not in str(refused.value)


@situation("a word for none, said so", right=1.0)
def _(load):
    columns = 'amount: {from: amount, words: {"#N/A": null}, others: keep}'
    return last(M.won_amount, load(opportunities=valued("#N/A"), columns=columns), period=None)


@pytest.mark.parametrize(("word", "code"), [("Euro", "EUR"), ("\u20ac", "EUR"), ("Dollars", "USD")])
def test_a_currency_in_words_is_refused_with_its_code(word, code):
    deals = rows(DEALS, ("O1", *DEAL, True, 1.0))

    with pytest.raises(RevkitError, match=f'words: {{"{word}": {code}}}'):
        company(opportunities=deals.assign(currency=word)).opportunities.count()
    with pytest.raises(RevkitError, match=code):
        rk.Dataset(opportunities=deals, currency=word)


@situation("a table by another tool's name", refused="Did you mean 'opportunities'")
def _():
    return rk.Dataset(deals=rows(DEALS, ("O1", *DEAL, True, 1.0)))


def test_a_rule_that_is_none_is_told_without_a_function():
    with pytest.raises(RevkitError) as refused:
        company(opportunities=rows(DEALS, LATER), set_aside=["opportunities.closed_befor_created"])

    assert "rk.load" not in str(refused.value)
    assert "Did you mean 'opportunities.closed_before_created'" in str(refused.value)


@situation("an empty table", noted=("opportunities", "no row"))
def _():
    return M.win_rate(company(opportunities=rows(DEALS, LATER).iloc[:0]))


MONTHLY_COSTS = pd.DataFrame(
    {"month": pd.date_range("2025-01-01", periods=12, freq="MS"), "line": "opex", "amount": 1.0}
)
WON = rows(f"{DEALS} rep_id", *[(*deal, "R1") for deal in MONTHLY])
UNVALUED = rows(f"{DEALS} rep_id", *[(*deal[:4], None, "R1") for deal in MONTHLY])
NOTHING = {
    "gross_margin": ("revenue", {"finance": MONTHLY_COSTS}),
    "rule_of_40": ("revenue", {"finance": MONTHLY_COSTS}),
    "cltv": ("churn", {"subscriptions": rows(SUBSCRIPTIONS, *PAID), "finance": MONTHLY_COSTS}),
    "quick_ratio": ("churn", {"subscriptions": rows(SUBSCRIPTIONS, *PAID)}),
    "quota_attainment": (
        "measure",
        {
            "opportunities": WON,
            "targets": rows(QUOTA, ("Q", "quota", "R1", *FIRST, None, "won", 1.0)),
        },
    ),
    "won_amount": ("amount", {"opportunities": UNVALUED}),
    "median_deal_size": ("none of", {"opportunities": UNVALUED}),
    "slippage_rate": ("no row", {"opportunities": WON}),
    "win_loss_ratio": ("~is_won", {"opportunities": WON}),
}


@pytest.mark.parametrize("metric", NOTHING)
def test_a_result_without_any_value_says_why(metric):
    words, tables = NOTHING[metric]

    found = getattr(M, metric)(company(**tables))

    assert found["value"].isna().all()
    assert words in " ".join(found.attrs["notes"])


# What is on record --------------------------------------------------------------------------------

JOINED = rows(
    SUBSCRIPTIONS,
    ("S0", "A0", "2024-06-10", None, 50.0),
    ("S1", "A1", "2025-02-10", None, 100.0),
)


def burnt(*months: tuple[object, ...]) -> rk.Dataset:
    finance = pd.DataFrame(list(months), columns=["month", "amount"])
    finance = finance.assign(line="cash_burn", month=pd.to_datetime(finance["month"]))
    return company("2025-03-31", subscriptions=JOINED, finance=finance)


@situation("a stock that is on record from before needs no day", right=0.841667)
def _():
    data = burnt(("2025-02-01", 1000.0), ("2025-03-01", 10.0))
    return round(last(M.burn_multiple, data, period=None), 6)


@situation("a range of one month is what the month is", right=[0.833333, 0.833333])
def _():
    data = burnt(("2025-02-01", 1000.0))
    by_month = M.burn_multiple(data, start="2025-02-01")["value"].iloc[0]
    return [round(float(x), 6) for x in (by_month, last(M.burn_multiple, data, period=None))]


@situation("a table of months begins with a whole one", right=[True, 0.0833])
def _():
    finance = pd.DataFrame({"month": ["2024-06-01", "2024-07-01"], "amount": [500.0, 50.0]})
    finance = finance.assign(line="cash_burn", month=pd.to_datetime(finance["month"]))
    more = rows(SUBSCRIPTIONS, ("S1", "A1", "2024-06-01", None, 100.0),
                ("S2", "A2", "2024-07-10", None, 50.0))  # fmt: skip
    found = M.burn_multiple(company("2024-07-31", subscriptions=more, finance=finance), period=None)
    return [bool(found["complete"].iloc[0]), round(float(found["value"].iloc[0]), 4)]


@situation("a window reaches back to the first day on record", right=[130.0, 130.0])
def _():
    deals = rows(DEALS, ("O1", "2025-01-05", "2025-02-10", True, 100.0),
                 ("O2", "2025-01-10", "2025-03-02", True, 30.0))  # fmt: skip
    data = company("2025-03-31", opportunities=deals)
    return [last(M.won_amount, data, trailing=3, start=start) for start in (None, "2025-03-01")]


@situation("a range of one month has the length of the month", right=[0.5, 0.5])
def _():
    spend = rows("spend_id spent_on function amount", ("P1", "2025-02-10", "sales", 50.0))
    finance = pd.DataFrame(
        {"month": [pd.Timestamp("2025-02-01")], "line": "revenue", "amount": 100.0}
    )
    data = company("2025-02-28", spend=spend, finance=finance)
    return [round(last(M.sales_and_marketing_share, data, period=p), 6) for p in ("month", None)]


FEW_PRICED = rows(
    DEALS,
    ("O1", *DEAL, True, 120.0),
    ("O2", *DEAL, True, 0.0),
    *((f"O{n}", *DEAL, True, None) for n in range(3, 43)),
)


@situation("a median counts the rows that have a value", right=[60.0, 2, True])
def _():
    found = M.median_deal_size(company("2025-01-31", opportunities=FEW_PRICED)).iloc[0]
    return [float(found["value"]), int(found["n"]), bool(found["small"])]


@situation("a median of deals of which most have no amount", noted=("40 of 42", "without amount"))
def _():
    return M.median_deal_size(company("2025-01-31", opportunities=FEW_PRICED))


# What comes of them -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SITUATIONS)
def test_right_or_refused_or_noted(name, load):
    asked = SITUATIONS[name]
    files = [load] * asked.ask.__code__.co_argcount
    if asked.refused:
        with pytest.raises(RevkitError) as refused:
            asked.ask(*files)
        assert [words for words in asked.refused if words not in str(refused.value)] == []
        return
    found = asked.ask(*files)
    if not asked.noted:
        assert found == asked.right
        return
    notes = " ".join(map(str, found.attrs["notes"]))
    assert [words for words in asked.noted if words not in notes] == []
