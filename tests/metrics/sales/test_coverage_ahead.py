"""Pipeline coverage of the running period and of those to come, by hand."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import PeriodError

AS_OF = date(2026, 11, 28)


def deal(name, rep, amount, due, closed=None, won=None, created=date(2026, 7, 1)):
    return {
        "opportunity_id": name, "account_id": "A" if rep == "R1" else "B", "rep_id": rep,
        "amount": float(amount), "expected_close_on": due, "closed_on": closed, "is_won": won,
        "created_on": created,
    }  # fmt: skip


DEALS = [
    deal("won in October", "R1", 120, date(2026, 10, 9), date(2026, 10, 10), True),
    deal("won in September", "R1", 70, date(2026, 9, 9), date(2026, 9, 10), True),
    deal("lost in October", "R2", 40, date(2026, 10, 9), date(2026, 10, 10), False),
    deal("due in December", "R1", 100, date(2026, 12, 10)),
    deal("due a week ago", "R2", 50, date(2026, 11, 21)),
    deal("overdue since September", "R2", 30, date(2026, 9, 1)),
    deal("due in February", "R1", 400, date(2027, 2, 1)),
    deal("due in April", "R2", 900, date(2027, 4, 1)),
]


def quota(name, rep, amount, first, end, submitted=None):
    return {"target_id": name, "kind": "quota", "rep_id": rep, "measure": "bookings",
            "amount": float(amount), "starts_on": first, "ends_on": end,
            "submitted_on": submitted}  # fmt: skip


Q4, Q1, Q2 = date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)
QUOTAS = [
    quota("a", "R1", 300, Q4, Q1), quota("b", "R2", 200, Q4, Q1),
    quota("c", "R1", 500, Q1, Q2), quota("d", "R2", 300, Q1, Q2),
    quota("e", "R1", 500, date(2026, 7, 1), Q4),
]  # fmt: skip


def company(deals=DEALS, quotas=QUOTAS, **tables):
    accounts = pd.DataFrame({"account_id": ["A", "B"], "segment": ["large", "small"]})
    reps = pd.DataFrame({"rep_id": ["R1", "R2"], "hired_on": [date(2020, 1, 1)] * 2})
    return rk.Dataset(
        as_of=AS_OF, opportunities=pd.DataFrame(deals), targets=pd.DataFrame(quotas), reps=reps,
        accounts=accounts, **tables,
    )  # fmt: skip


def covered(data=None, **how):
    frame = rk.metrics.pipeline_coverage(company() if data is None else data, **how)
    keys = [name for name in ("rep", "period") if name in frame]
    found = frame.assign(period=frame["period"].astype(str)) if "period" in frame else frame
    return {tuple(row[keys]): round(row["value"], 4) for _, row in found.iterrows()}


def test_the_running_and_the_coming_quarter_are_measured_today():
    """Q4: 100 and 50 are due, 120 of 500 are won. Q1: 400 are due of 800."""
    assert covered(period="quarter", start="2026-10-01", end="2027-03-31") == {
        ("2026-10-01",): round(150 / 380, 4),
        ("2027-01-01",): 0.5,
    }


def test_a_quarter_that_is_over_is_measured_at_its_start():
    """On 1 July nothing was open; without history nothing is known to have been due elsewhere."""
    early = [row | {"created_on": date(2026, 6, 1)} for row in DEALS]

    assert covered(company(early), period="quarter", start="2026-07-01", end="2026-10-01") == {
        ("2026-07-01",): (70 + 30) / 500
    }


def test_the_end_asked_for_changes_no_value():
    near, far = (
        covered(period="quarter", start="2026-07-01", end=end) for end in (None, "2027-07-01")
    )

    assert list(far)[: len(near)] == list(near)
    assert [far[key] for key in near] == pytest.approx(list(near.values()), nan_ok=True)
    assert list(near) == [("2026-07-01",), ("2026-10-01",)]


def test_months_share_the_quota_by_their_days():
    """November and December of 92 days; the win of October is not theirs."""
    found = covered(start="2026-11-01", end="2027-01-01")

    assert found == {
        ("2026-11-01",): round(50 / (500 * 30 / 92), 4),
        ("2026-12-01",): round(100 / (500 * 31 / 92), 4),
    }


def test_by_rep_each_has_what_is_left_of_the_own_quota():
    assert covered(by="rep", period="quarter", start="2026-10-01", end="2027-04-01") == {
        ("R1", "2026-10-01"): round(100 / 180, 4), ("R1", "2027-01-01"): 0.8,
        ("R2", "2026-10-01"): 0.25, ("R2", "2027-01-01"): 0.0,
    }  # fmt: skip


def test_shared_deals_go_by_share():
    """R2 has a quarter of what R1 won: R1 lacks 210 of 300, R2 170 of 200."""
    splits = pd.DataFrame(
        {"opportunity_id": ["won in October"] * 2, "rep_id": ["R1", "R2"], "share": [0.75, 0.25]}
    )
    found = covered(
        company(opportunity_splits=splits), by="rep", period="quarter", start="2026-10-01"
    )

    assert found == {
        ("R1", "2026-10-01"): round(100 / 210, 4),
        ("R2", "2026-10-01"): round(50 / 170, 4),
    }


def test_nothing_is_left_of_a_quota_that_is_met():
    won = deal("more", "R2", 380, date(2026, 11, 2), date(2026, 11, 2), True)
    value = covered(company([*DEALS, won]), period="quarter", start="2026-10-01", end="2027-04-01")

    assert list(value) == [("2026-10-01",), ("2027-01-01",)]
    assert pd.isna(value["2026-10-01",])
    assert value["2027-01-01",] == 0.5


def test_without_a_quota_of_the_coming_period_its_coverage_is_not_known():
    value = covered(
        company(quotas=QUOTAS[:2]), period="quarter", start="2026-10-01", end="2027-04-01"
    )

    assert pd.isna(value["2027-01-01",])


def test_a_quota_submitted_after_the_day_is_not_known_on_it():
    quotas = [*QUOTAS[:2], quota("c", "R1", 800, Q1, Q2, submitted=date(2026, 11, 10))]
    data = company(quotas=quotas)
    how = {"period": "quarter", "start": "2027-01-01", "end": "2027-04-01"}

    assert covered(data, **how) == {("2027-01-01",): 0.5}
    assert pd.isna(covered(data.replay("2026-11-09"), **how)["2027-01-01",])


def test_one_range_may_lie_ahead():
    how = {"period": None, "start": "2027-01-01", "end": "2027-07-01"}

    assert covered(**how) == {(): (400 + 900) / 800}


def test_windows_add_up_what_is_due_and_what_is_left():
    found = covered(period="quarter", start="2027-01-01", end="2027-04-01", trailing=2)

    assert found == {("2027-01-01",): round((150 + 400) / (380 + 800), 4)}


def test_periods_to_come_are_not_over():
    frame = rk.metrics.pipeline_coverage(
        company(), period="quarter", start="2026-10-01", end="2027-04-01"
    )

    assert frame["complete"].tolist() == [False, False]
    assert frame.attrs["unfinished"] == {"2026-10-01": 33}


def test_parts_show_the_pipeline_the_quota_and_what_is_won():
    parts = rk.metrics.pipeline_coverage.parts(company(), period="quarter", start="2026-10-01")

    assert parts.iloc[0, 1:].tolist() == pytest.approx([150, 500, 120, 150 / 380])


def test_other_metrics_have_no_values_after_the_date():
    data = company()

    for name in ("slippage_rate", "quota_attainment", "pipeline_open"):
        frame = getattr(rk.metrics, name)(data, period="quarter", end="2027-04-01")
        assert str(frame["period"].max().date()) == "2026-10-01"
        with pytest.raises(PeriodError):
            getattr(rk.metrics, name)(data, period="quarter", start="2027-01-01", end="2027-04-01")


def test_history_says_what_is_due_now():
    """A deal of 100 was moved from December to February, and is of 160 now: it is due there."""
    rows = [row for row in DEALS if row["opportunity_id"] in ("due in December", "won in October")]
    history = pd.DataFrame(
        [("due in December", pd.Timestamp("2026-07-01"), date(2026, 12, 10), 100.0),
         ("due in December", pd.Timestamp("2026-11-20"), date(2027, 2, 10), 160.0),
         ("won in October", pd.Timestamp("2026-07-01"), date(2026, 10, 9), 120.0)],
        columns=["opportunity_id", "changed_at", "expected_close_on", "amount"],
    ).assign(stage="Open")  # fmt: skip
    data = company(rows, opportunity_history=history)

    assert covered(data, period="quarter", start="2026-10-01", end="2027-04-01") == {
        ("2026-10-01",): 0.0, ("2027-01-01",): 0.2,
    }  # fmt: skip
    before = data.replay("2026-11-15")
    assert covered(before, period="quarter", start="2026-10-01", end="2027-04-01") == {
        ("2026-10-01",): round(100 / 380, 4), ("2027-01-01",): 0.0,
    }  # fmt: skip
