"""When a table began and ended, told from its own rows: true zeros stay, collapses are unknown."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import revkit as rk

JANUARY = date(2024, 1, 1)


def every(days, until, start=JANUARY):
    """A day, and every so many days after it."""
    count = (until - start).days // days + 1
    return [start + timedelta(days * n) for n in range(count)]


def monthly(until, start=JANUARY, on=1):
    return [day.date().replace(day=on) for day in pd.date_range(start, until, freq="MS")]


def calls(days):
    rows = {"activity_id": [f"x{n}" for n in range(len(days))], "rep_id": "R1", "kind": "call",
            "occurred_at": [datetime(d.year, d.month, d.day, 9) for d in days],
            "is_selling": True}  # fmt: skip
    return pd.DataFrame(rows)


def deals(days, amount=10.0):
    return pd.DataFrame(
        {"opportunity_id": [f"o{n}" for n in range(len(days))], "created_on": days,
         "closed_on": days, "is_won": True, "amount": amount}
    )  # fmt: skip


def spend(days, amount=100.0):
    return pd.DataFrame(
        {"spend_id": [f"s{n}" for n in range(len(days))], "spent_on": days, "function": "sales",
         "amount": amount}
    )  # fmt: skip


def joined(days):
    return pd.DataFrame(
        {"subscription_id": [f"s{n}" for n in range(len(days))],
         "account_id": [f"a{n}" for n in range(len(days))], "started_on": days,
         "ended_on": [None] * len(days), "mrr": 10.0}
    )  # fmt: skip


REPS = pd.DataFrame({"rep_id": ["R1"], "hired_on": [date(2023, 1, 1)]})


def ends(frame, as_of, table="activities"):
    data = rk.Dataset(as_of=as_of, **{table: frame})
    days = data.recorded([table])[table]
    return days.last if days.ended else None


@pytest.mark.parametrize(
    ("days", "as_of", "end"),
    [
        (every(1, date(2025, 8, 25)), date(2025, 12, 31), date(2025, 8, 25)),
        (every(1, date(2025, 8, 25)), date(2025, 9, 25), date(2025, 8, 25)),
        (every(1, date(2025, 8, 25)), date(2025, 9, 3), None),
        (every(7, date(2025, 8, 25)), date(2025, 9, 25), date(2025, 8, 25)),
        (every(17, date(2025, 8, 25)), date(2025, 9, 25), None),
        (every(90, date(2025, 8, 25)), date(2025, 9, 30), None),
        (every(1, date(2024, 1, 20)), date(2024, 4, 30), None),
        ([JANUARY], date(2025, 12, 31), None),
        ([*every(3, date(2024, 3, 1)), *every(3, date(2025, 6, 1), date(2024, 6, 1))],
         date(2025, 8, 15), None),
        ([*every(3, date(2024, 3, 1)), *every(3, date(2025, 6, 1), date(2024, 6, 1))],
         date(2025, 10, 31), date(2025, 5, 30)),
    ],
    ids=["daily", "a month", "a week", "weekly", "sparse, a month", "quarterly", "few weeks",
         "one row", "a pause it had before", "longer than any pause"],
)  # fmt: skip
def test_the_end_of_a_table_is_judged_by_its_own_gaps(days, as_of, end):
    assert ends(calls(days), as_of) == end


@pytest.mark.parametrize("on", [1, 15, 28])
def test_a_table_that_never_left_a_month_empty_ends_with_its_last_month(on):
    kept = spend(monthly(date(2025, 11, 30), on=on))

    assert ends(kept, date(2025, 12, 31), "spend") == date(2025, 11, 30)
    assert ends(kept, date(2025, 12, 30), "spend") is None  # December is not over
    few = spend(monthly(date(2025, 11, 30), date(2025, 8, 1)))
    assert ends(few, date(2025, 12, 31), "spend") is None


def test_figures_of_months_end_with_their_last_month():
    figures = pd.DataFrame({"month": [date(2025, 1, 1)], "line": ["revenue"], "amount": [5.0]})

    assert ends(figures, date(2025, 2, 28), "finance") == date(2025, 1, 31)
    assert ends(figures, date(2025, 2, 27), "finance") is None


def test_activities_that_end_before_the_deals_are_unknown_not_zero():
    data = rk.Dataset(
        reps=REPS, activities=calls(every(1, date(2025, 8, 25))),
        opportunities=deals(every(3, date(2025, 12, 30))),
    )  # fmt: skip
    done = rk.metrics.activities_per_rep(data, period="quarter", start="2025-01-01")

    assert done["value"].tolist() == [
        pytest.approx(90 / 64),
        pytest.approx(91 / 65),
        pytest.approx(56 / 40),  # July 1 to August 25, of which 40 are working days
        pytest.approx(np.nan, nan_ok=True),
    ]
    assert done["complete"].tolist() == [True, True, False, False]
    assert done["high"].isna().tolist() == [False, False, False, True]
    assert done.attrs["recorded"] == ("2024-01-01", "2025-08-25")
    assert done.attrs["notes"] == (
        "activities: ends on 25 August 2025; later periods are unknown.",
    )
    assert "ends on 25 August 2025" in repr(data)
    won = rk.metrics.won_amount(data, period="quarter", start="2025-01-01")
    assert won["value"].notna().all()
    assert won.attrs["notes"] == ()


def test_nothing_falls_where_the_company_is_asked_after_its_last_row():
    days = every(2, date(2025, 11, 30), date(2024, 1, 2))
    data = rk.Dataset(
        as_of="2025-12-31", subscriptions=joined(days), opportunities=deals(days),
        activities=calls(days), reps=REPS,
    )  # fmt: skip

    for metric in (rk.metrics.mrr, rk.metrics.won_amount, rk.metrics.activities_per_rep):
        frame = metric(data, start="2025-10-01")
        assert frame["value"].notna().tolist() == [True, True, False]
        assert frame["complete"].tolist() == [True, True, False]
        assert any("ends on 30 November 2025" in note for note in frame.attrs["notes"])


def test_a_quiet_month_of_a_small_table_is_zero_and_a_long_silence_is_noted():
    few = [date(2025, 1, 10), date(2025, 3, 4), date(2025, 4, 20), date(2025, 7, 2)]
    data = rk.Dataset(as_of="2025-09-30", opportunities=deals(few))

    frame = rk.metrics.won_amount(data, start="2025-06-01")
    assert frame["value"].tolist() == [0, 10, 0, 0]
    assert frame["complete"].all()
    assert frame.attrs["notes"] == (
        "opportunities: the last row is of 2 July 2025, 90 days before 2025-09-30.",
    )


def test_a_rate_is_unknown_before_one_of_its_tables_begins():
    data = rk.Dataset(
        as_of="2024-12-31", subscriptions=joined(monthly(date(2024, 12, 1), date(2022, 1, 1), 15)),
        spend=spend(monthly(date(2024, 12, 31), date(2024, 1, 1), 28)),
    )  # fmt: skip

    cac = rk.metrics.cac(data, period="year", trailing=1)
    assert cac["value"].tolist() == [
        pytest.approx(np.nan, nan_ok=True), pytest.approx(np.nan, nan_ok=True), 100
    ]  # fmt: skip
    assert cac[["low", "high"]].notna().all(axis=1).tolist() == [False, False, True]
    assert cac.attrs["recorded"] == ("2024-01-01", "2024-12-31")
    assert rk.metrics.mrr(data, period="year")["value"].tolist() == [120, 240, 360]


def test_a_lag_behind_a_window_needs_the_whole_window():
    months = monthly(date(2024, 12, 1), date(2024, 1, 1), 15)
    data = rk.Dataset(as_of="2024-12-31", subscriptions=joined(months), spend=spend(months))

    cac = rk.metrics.cac(data, lag=1, trailing=3)["value"]
    assert cac.isna().tolist() == [True] * 3 + [False] * 9
    assert cac.dropna().tolist() == [100] * 9


def test_a_company_without_any_date_is_shown_and_said_to_be_empty():
    nobody = pd.DataFrame(
        {"lead_id": pd.Series([], dtype=str), "created_at": pd.Series([], dtype="datetime64[us]")}
    )
    data = rk.Dataset(leads=nobody)

    assert repr(data).startswith("A company of 1 table, without a date")
    assert [note.rule for note in data.notes] == ["empty"]
    with pytest.raises(rk.errors.PeriodError, match="no date in any table"):
        rk.metrics.leads(data)


def begins(frame, table="opportunities", as_of="2025-12-31"):
    days = rk.Dataset(as_of=as_of, **{table: frame}).recorded([table])[table]
    return days.first, days.since


LATER = date(2025, 12, 20)


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (every(1, LATER, date(2024, 3, 14)), date(2024, 3, 14)),
        ([d for d in every(1, LATER, date(2024, 3, 14)) if d.weekday() < 5], date(2024, 3, 14)),
        (every(3, LATER, date(2024, 3, 14)), date(2024, 3, 14)),
        (every(7, LATER, date(2024, 3, 28)), date(2024, 3, 28)),
        (every(7, LATER, date(2024, 3, 9)), date(2024, 3, 1)),
        ([d for d in every(1, LATER, date(2024, 4, 2)) if d.weekday() < 5], date(2024, 4, 1)),
        (every(17, LATER, date(2024, 3, 14)), date(2024, 3, 1)),
        (monthly(LATER, date(2024, 3, 1), on=28), date(2024, 3, 1)),
        (every(1, date(2024, 4, 1), date(2024, 3, 14)), date(2024, 3, 1)),
        ([date(2024, 3, 14), date(2024, 4, 20), *every(1, LATER, date(2024, 6, 1))],
         date(2024, 3, 1)),
    ],
    ids=["daily", "working days", "every third", "weekly, no row for three weeks",
         "weekly, from the second", "after a holiday", "sparse", "monthly", "few",
         "a company that grew"],
)  # fmt: skip
def test_a_table_is_cut_at_its_first_row_where_the_days_before_would_have_had_one(days, first):
    assert begins(deals(days))[0] == first


def test_a_quarter_is_whole_where_as_many_months_are_often_empty():
    quarters = [date(y, m, 31 if m in (3, 12) else 30) for y in (2024, 2025) for m in (3, 6, 9, 12)]
    data = rk.Dataset(
        spend=spend(quarters), subscriptions=joined(every(1, date(2025, 12, 31))),
        as_of="2025-12-31",
    )  # fmt: skip

    assert begins(spend(quarters), "spend") == (date(2024, 3, 1), date(2024, 1, 1))
    cac = rk.metrics.cac(data, period="quarter", trailing=1)
    assert cac["complete"].all()
    assert cac["value"].iloc[0] == pytest.approx(100 / 91)
    each_month = spend(monthly(date(2025, 12, 31), date(2024, 2, 1), 15))
    assert begins(each_month, "spend") == (date(2024, 2, 1), date(2024, 2, 1))


@pytest.mark.parametrize(
    ("months", "as_of", "end"),
    [
        (11, date(2025, 12, 31), date(2025, 11, 30)),
        (6, date(2025, 7, 31), date(2025, 6, 30)),
        (6, date(2025, 7, 30), None),
        (5, date(2025, 6, 30), None),
        (5, date(2025, 7, 31), date(2025, 5, 31)),
        (1, date(2025, 12, 31), None),
    ],
)
def test_spend_of_every_month_ends_with_an_empty_one(months, as_of, end):
    kept = monthly(date(2025, months, 28), date(2025, 1, 1), 15)

    assert ends(spend(kept), as_of, "spend") == end
    assert ends(deals(kept), as_of, "opportunities") is None  # deals may pause


def test_a_quarter_in_which_spend_ended_is_not_complete():
    """Spend of 100 in each month to August; a customer a day."""
    data = rk.Dataset(
        spend=spend(monthly(date(2025, 8, 31), date(2025, 1, 1), 15)),
        subscriptions=joined(every(1, date(2025, 9, 30), date(2024, 6, 1))),
        as_of="2025-09-30",
    )
    cac = rk.metrics.cac(data, period="quarter", trailing=1, start="2025-01-01")

    np.testing.assert_allclose(cac["value"], [300 / 90, 300 / 91, 200 / 62])
    assert cac["complete"].tolist() == [True, True, False]
    assert cac.attrs["unfinished"] == {"2025-07-01": 30}


def outlived(until, since):
    """Ten deals a month, decided after 1 to 10 months; those decided before a day are not told."""
    rows = [
        (f"o{day:%y%m}{at}", day.date(), (day + pd.DateOffset(months=at + 1)).date())
        for day in pd.date_range("2022-01-15", until, freq=pd.DateOffset(months=1))
        for at in range(10)
    ]
    frame = pd.DataFrame(rows, columns=["opportunity_id", "created_on", "closed_on"])
    frame = frame[frame["closed_on"] >= since]
    open_still = frame["closed_on"] > until
    frame.loc[open_still, "closed_on"] = None
    return frame.assign(is_won=np.where(open_still, None, frame["closed_on"].notna()), amount=10.0)


def test_deals_that_outlived_the_beginning_of_a_file_do_not_begin_it():
    """Deals decided since 2023 go back to 2022, fewer and fewer: that is no growth."""
    until = date(2024, 12, 31)
    cut, whole = (
        rk.Dataset(opportunities=outlived(until, since), as_of=until)
        for since in (date(2023, 1, 1), date(2022, 1, 1))
    )

    assert cut.recorded(["opportunities"])["opportunities"].first == date(2023, 1, 1)
    assert whole.recorded(["opportunities"])["opportunities"].first == date(2022, 1, 1)
    made = rk.metrics.opportunities_created(cut, start="2022-10-01", end="2023-02-01")["value"]
    assert list(made.fillna(-1)) == [-1, -1, -1, 10]
