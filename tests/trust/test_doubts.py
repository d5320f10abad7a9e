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
    company,
    last,
    rows,
)

M = rk.metrics
SITUATIONS: dict[str, "Situation"] = {}


@dataclass(frozen=True)
class Situation:
    """What is asked, and what must come of it: words of a note or of a refusal, or the value."""

    ask: Callable[[], object]
    noted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    right: object = None


def situation(name: str, **comes: object) -> Callable[..., object]:
    """Record a function that returns a frame, or a value where one is right."""

    def record(ask: Callable[[], object]) -> Callable[[], object]:
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


# What comes of them -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SITUATIONS)
def test_right_or_refused_or_noted(name):
    asked = SITUATIONS[name]
    if asked.refused:
        with pytest.raises(RevkitError) as refused:
            asked.ask()
        assert [words for words in asked.refused if words not in str(refused.value)] == []
        return
    found = asked.ask()
    if not asked.noted:
        assert found == asked.right
        return
    notes = " ".join(map(str, found.attrs["notes"]))
    assert [words for words in asked.noted if words not in notes] == []
