"""Forecasts as they stood some days before a quarter's end, against what was won in it."""

from datetime import date, datetime

import pytest

import revkit as rk
from tests.support.companies import common as companies
from tests.support.companies.team import AFTER, QUARTER, called, deals, people

IN_QUARTER = {"period": "quarter", "start": QUARTER}


def bias(data, **how):
    return rk.metrics.forecast_bias(data, **IN_QUARTER | how)["value"].item()


def said(n, amount, on, rep="r0", kind="commit", **more):
    row = {"target_id": f"t{n}", "kind": kind, "rep_id": rep, "measure": "bookings"}
    return (
        row | {"starts_on": QUARTER, "ends_on": AFTER, "submitted_on": on, "amount": amount} | more
    )


def of(calls, won=((("2026-03-20", 100.0),),), reps=None):
    sold = deals([[(date.fromisoformat(day), amount) for day, amount in each] for each in won])
    return companies.of(targets=calls, opportunities=sold, reps=reps or people(len(won)))


def test_the_last_one_submitted_by_the_day_counts():
    data = of([said(0, 50.0, date(2025, 12, 20)), said(1, 150.0, date(2026, 2, 10)),
               said(2, 100.0, date(2026, 3, 28))])  # fmt: skip

    found = {days: bias(data, days=days) for days in (90, 60, 30)}

    assert found == {90: -0.5, 60: -0.5, 30: 0.5}


def test_none_is_known_before_the_first_was_submitted():
    assert bias(called([120], [100], said=date(2026, 3, 1)), days=60) != bias(
        called([120], [100]), days=60
    )


def test_a_manager_repeats_the_reports_and_is_shown_alone():
    staff = [row | {"manager_id": "m"} for row in people(2)] + [people(1)[0] | {"rep_id": "m"}]
    calls = [said(0, 120.0, date(2026, 2, 1)), said(1, 80.0, date(2026, 2, 1), rep="r1"),
             said(2, 500.0, date(2026, 2, 1), rep="m")]  # fmt: skip
    data = of(calls, won=[[("2026-03-20", 100.0)], [("2026-03-21", 100.0)]], reps=staff)

    assert bias(data) == 0
    assert rk.metrics.forecast_accuracy(data, **IN_QUARTER)["value"].item() == pytest.approx(0.8)


def test_the_company_s_own_forecast_is_held_against_all_that_was_won():
    won = [[("2026-03-20", 100.0)], [("2026-01-21", 100.0)]]
    alone = [said(0, 250.0, date(2026, 2, 1), rep=None)]

    assert bias(of(alone, won=won)) == 0.25
    assert bias(of([*alone, said(1, 90.0, date(2026, 2, 1))], won=won)) == pytest.approx(-0.1)


def pipeline(probability=0.5, **more):
    """Two deals due in the quarter: one won in March, one committed and lost; one due in April."""
    at = datetime(2026, 1, 10, 9)
    row = {"created_on": date(2026, 1, 10), "closed_on": None, "is_won": None, "amount": 100.0}
    opened = [
        row | {"opportunity_id": "o1", "closed_on": date(2026, 3, 20), "is_won": True},
        row | {"opportunity_id": "o2", "closed_on": date(2026, 3, 25), "is_won": False},
        row | {"opportunity_id": "o3"},
        row | {"opportunity_id": "o0", "created_on": date(2025, 6, 1)}
        | {"closed_on": date(2026, 1, 20), "is_won": True},
    ]  # fmt: skip
    change = {"changed_at": at, "stage": "Demo", "amount": 100.0, "seq": 0}
    categories = {"o1": "best_case", "o2": "commit", "o3": "commit"}
    history = [
        change | {"opportunity_id": deal, "expected_close_on": due} | {"forecast_category": said}
        for (deal, said), due in zip(
            categories.items(),
            (date(2026, 3, 15), date(2026, 2, 15), date(2026, 4, 15)),
            strict=True,
        )
    ]
    history.append(
        change | {"opportunity_id": "o0", "changed_at": datetime(2025, 6, 1, 9)}
        | {"expected_close_on": date(2026, 1, 31), "forecast_category": "commit"}
    )  # fmt: skip
    opened = [each | {"forecast_category": categories.get(each["opportunity_id"], "commit")}
              for each in opened]  # fmt: skip
    history += [
        change
        | {"opportunity_id": each["opportunity_id"], "seq": 1}
        | {"changed_at": datetime.combine(each["closed_on"], datetime.min.time())}
        | {"stage": "Won" if each["is_won"] else "Lost", "expected_close_on": each["closed_on"]}
        for each in opened
        if each["closed_on"]
    ]
    process = {"Demo": (False, False, probability), "Won": (True, True, 1.0)}
    process |= {"Lost": (True, False, 0.0)}
    stages = [
        {"object": "opportunity", "stage": name, "position": place, "is_closed": closed}
        | {"is_won": won, "probability": chance}
        for place, (name, (closed, won, chance)) in enumerate(process.items())
    ]
    return companies.of(opportunities=opened, opportunity_history=history, stages=stages, **more)


@pytest.mark.parametrize(
    ("forecast", "expected"), [("commit", 200.0), ("best_case", 300.0), ("weighted", 200.0)]
)
def test_where_nobody_submits_deals_of_the_quarter_are_added_up(forecast, expected):
    """Won so far 100; open and due by March 100 committed and 100 best case, each at 50 %."""
    assert bias(pipeline(), forecast=forecast) == pytest.approx((expected - 200.0) / 200.0)


def test_ninety_days_before_nothing_of_the_quarter_was_won():
    assert bias(pipeline(), forecast="commit", days=90) == pytest.approx((100.0 - 200.0) / 200.0)


def test_an_unknown_probability_makes_the_weighted_forecast_unknown():
    frame = rk.metrics.forecast_bias(pipeline(None), forecast="weighted", **IN_QUARTER)

    assert frame["value"].isna().all()


def test_a_quarter_that_runs_has_no_accuracy_yet():
    data = pipeline().replay("2026-03-30")

    assert rk.metrics.forecast_bias(data, **IN_QUARTER)["value"].isna().all()


def test_neither_history_nor_submitted_forecasts_is_refused():
    with pytest.raises(rk.errors.TableError, match="opportunity_history"):
        rk.metrics.forecast_accuracy(companies.deals(won=2), **IN_QUARTER)


@pytest.mark.parametrize("how", [{"forecast": "commited"}, {"days": 45}, {"forecast": None}])
def test_another_forecast_or_day_is_refused(how):
    with pytest.raises(rk.errors.ParameterError):
        rk.metrics.forecast_accuracy(called([100], [100]), **how)
