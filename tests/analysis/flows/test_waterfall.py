"""The pipeline's waterfall: each kind of step once, and the two ends by another way."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import revkit as rk
from benchmarks.cleaning import KINDS
from revkit.errors import DimensionError, ParameterError
from tests.support.companies.common import of
from tests.support.companies.pipeline import change, deal, stages

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
SOON, LATE = date(2026, 3, 20), date(2026, 5, 20)
STEPS = ["opening", "created", "reopened", "pulled_in", "amount_up", "amount_down",
         "pushed_out", "won", "lost", "closing"]  # fmt: skip


def quarter(deals, history, **how):
    """The first quarter's row, without what is 0."""
    company = of(opportunities=deals, opportunity_history=history, stages=stages())
    rows = rk.waterfall(company, start=FIRST, **how)
    row = rows.iloc[0]
    return {step: row[step] for step in STEPS if row[step] != 0}


def known(day=date(2025, 12, 10), **how):
    return change("o", day, **{"due": SOON, "hour": 1} | how)


@pytest.mark.parametrize(
    ("closed", "won", "steps", "expected"),
    [
        (None, None, [known()], {"opening": 1000, "closing": 1000}),
        (None, None, [known(date(2026, 2, 1))], {"created": 1000, "closing": 1000}),
        (None, None, [known(), known(date(2026, 2, 1), due=LATE)],
         {"opening": 1000, "pushed_out": 1000}),
        (None, None, [known(due=LATE), known(date(2026, 2, 1))],
         {"pulled_in": 1000, "closing": 1000}),
        (None, None, [known(), known(date(2026, 2, 1), amount=1500.0)],
         {"opening": 1000, "amount_up": 500, "closing": 1500}),
        (None, None, [known(), known(date(2026, 2, 1), amount=400.0)],
         {"opening": 1000, "amount_down": 600, "closing": 400}),
        (date(2026, 3, 2), True, [known(), known(date(2026, 3, 2), stage="Won")],
         {"opening": 1000, "won": 1000}),
        (date(2026, 3, 2), False, [known(), known(date(2026, 3, 2), stage="Lost")],
         {"opening": 1000, "lost": 1000}),
        (date(2026, 3, 2), True, [known(due=LATE), known(date(2026, 3, 2), stage="Won", due=LATE)],
         {"pulled_in": 1000, "won": 1000}),
        (None, None,
         [known(), known(date(2026, 2, 1), stage="Lost"), known(date(2026, 2, 20))],
         {"opening": 1000, "lost": 1000, "reopened": 1000, "closing": 1000}),
        # moved on and lost on one day
        (date(2026, 2, 1), False,
         [known(), known(date(2026, 2, 1), stage="Demo", hour=2),
          known(date(2026, 2, 1), stage="Lost", hour=3)],
         {"opening": 1000, "lost": 1000}),
    ],
)  # fmt: skip
def test_each_step_of_a_deal_is_one_movement(closed, won, steps, expected):
    begun = steps[0]["changed_at"].date()

    assert quarter([deal("o", begun, closed, won)], steps) == expected


def test_a_deal_is_won_at_what_it_was_sold_for():
    history = [known(), known(date(2026, 3, 2), stage="Won", amount=900.0)]
    deals = [deal("o", date(2025, 12, 10), date(2026, 3, 2), True, 900.0)]

    assert quarter(deals, history) == {"opening": 1000, "amount_down": 100, "won": 900}


def test_a_deal_that_changes_hands_is_transferred():
    history = [known() | {"rep_id": "r1"}, known(date(2026, 2, 1)) | {"rep_id": "r2"}]
    deals = [deal("o", date(2025, 12, 10), rep_id="r2")]
    reps = [{"rep_id": name, "name": name, "hired_on": date(2024, 1, 1)} for name in ("r1", "r2")]
    company = of(opportunities=deals, opportunity_history=history, stages=stages(), reps=reps)

    rows = rk.waterfall(company, by="rep", start=FIRST).set_index("rep")

    assert rows["opening"].to_dict() == {"r1": 1000, "r2": 0}
    assert rows["transferred"].to_dict() == {"r1": -1000, "r2": 1000}
    assert rows["closing"].to_dict() == {"r1": 0, "r2": 1000}


@st.composite
def walks(draw):
    """The steps of one deal: days apart, with due day, amount and whether it was lost then."""
    day, steps = date(2025, 11, 1) + timedelta(draw(st.integers(0, 60))), []
    for _ in range(draw(st.integers(1, 6))):
        due = date(2025, 12, 1) + timedelta(draw(st.integers(0, 150)))
        amount = float(draw(st.integers(0, 9)) * 100)
        stage = draw(st.sampled_from(["Discovery", "Demo", "Proposal", "Lost"]))
        steps.append((day, due, amount, stage))
        day += timedelta(draw(st.integers(0, 40)))
    return steps


@settings(max_examples=6, deadline=None)
@given(st.lists(walks(), min_size=1, max_size=4))
def test_both_ends_are_what_was_open_and_due_on_those_days(deals):
    """By hand: the last step before a day says what a deal was on it."""
    rows, history = [], []
    for number, steps in enumerate(deals):
        name, last = f"o{number}", steps[-1]
        lost = last[3] == "Lost"
        rows.append(deal(name, steps[0][0], last[0] if lost else None, False if lost else None,
                         last[2], expected_close_on=last[1]))  # fmt: skip
        history += [
            change(name, day, stage, amount, due, hour=at + 1)
            for at, (day, due, amount, stage) in enumerate(steps)
        ]
    company = of(opportunities=rows, opportunity_history=history, stages=stages())
    made = rk.waterfall(company, start=FIRST, end=LAST + timedelta(1))

    def due_on(day):
        total = 0.0
        for steps in deals:
            before = [step for step in steps if step[0] < day]
            if before and before[-1][3] != "Lost" and FIRST <= before[-1][1] <= LAST:
                total += before[-1][2]
        return total

    ends = made[["opening", "closing"]].sum()
    assert ends["opening"] == pytest.approx(due_on(FIRST))
    assert ends["closing"] == pytest.approx(due_on(min(LAST, company.as_of) + timedelta(1)))


@pytest.mark.parametrize(("dirt", "quarters"), [("clean", 3), ("light", 1)])
def test_ends_are_those_of_the_replayed_company_and_won_is_what_was_won(dirt, quarters):
    made = rk.generate("rep-leaves", seed=3, accounts=150, dirt=dirt)
    tables = {name: table for name, table in made.tables.items() if name != "invoices"}
    data = rk.Dataset(currency=made.world.scenario.currency, **tables)
    if dirt != "clean":
        data, _ = data.clean(*KINDS)
    made = rk.waterfall(data).set_index("period")
    won = rk.metrics.won_amount(data, period="quarter").set_index("period")["value"]
    closed = data.table("opportunities").execute().set_index("opportunity_id")["closed_on"]

    assert made["won"].reindex(won.index).tolist() == pytest.approx(won.tolist(), abs=0.01)
    for period in made.index[-1 - quarters : -1]:
        last = (pd.Timestamp(period) + pd.DateOffset(months=3) - pd.DateOffset(days=1)).date()
        then = data.replay(last).table("opportunities").execute()
        due = pd.to_datetime(then["expected_close_on"])
        # what was closed on its day and entered later is open in the replay alone
        later = pd.to_datetime(then["opportunity_id"].map(closed)) > pd.Timestamp(last)
        later |= then["opportunity_id"].map(closed).isna()
        standing = then["closed_on"].isna() & later & (due >= pd.Timestamp(period))
        left = then.loc[standing & (due <= pd.Timestamp(last)), "amount"].astype(float).sum()
        assert made.loc[period, "closing"] == pytest.approx(left, abs=0.01)


def test_groups_add_up_to_the_whole():
    data = rk.generate("baseline", seed=4, accounts=150).data
    whole = rk.waterfall(data).set_index("period")[STEPS]
    parts = rk.waterfall(data, by="segment").groupby("period")[STEPS].sum()

    pd.testing.assert_frame_equal(parts, whole, check_exact=False, atol=0.01)


def test_a_waterfall_needs_periods():
    with pytest.raises(ParameterError, match="period"):
        rk.waterfall(rk.example("pipeline"), period=None)


def test_hours_are_cut_to_days():
    """A history of the same moments in another order of rows says the same."""
    steps = [known(), known(date(2026, 2, 1), due=LATE), known(date(2026, 2, 2))]
    assert isinstance(steps[0]["changed_at"], datetime)

    one = quarter([deal("o", date(2025, 12, 10))], steps)
    other = quarter([deal("o", date(2025, 12, 10))], steps[::-1])

    assert one == other == {"opening": 1000, "pushed_out": 1000, "pulled_in": 1000, "closing": 1000}


def test_the_outcome_is_that_of_the_last_complete_quarter():
    rows = rk.waterfall(rk.example("pipeline"), start=FIRST)

    assert rk.say.outcome(rows) == (
        "Of 30.0\u00a0k due in Q1 2026 (9,500 at its start), 19.0\u00a0k was won (63\u00a0%), 0 "
        "lost and 4,000 pushed out; 6,500 was still open at its end."
    )
    assert rk.say.outcome(rows, language="it").startswith("Di 30.000 in scadenza in T1 2026")
    assert rk.say.outcome(rows.iloc[:0]).quiet
    assert rk.say.outcome(rows.assign(complete=False)).quiet


def test_the_outcome_of_groups_is_refused():
    data = rk.generate("baseline", seed=4, accounts=60, months=12).data

    with pytest.raises(DimensionError, match="by segment"):
        rk.say.outcome(rk.waterfall(data, by="segment"))
