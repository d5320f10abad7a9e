"""Periods of which some days are not on record: what is counted, what is unknown, what is said.

The expected values are counted here day by day, without the algebra.
"""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import revkit as rk

FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
FREQUENCY = {"month": "M", "quarter": "Q", "year": "Y"}
PERIODS = tuple(FREQUENCY)


def every(first, last, step=1):
    return [first + timedelta(n) for n in range(0, (last - first).days + 1, step)]


def customers(days):
    """A customer a day at 10, and on the first of a month three."""
    joined = [day for day in days for _ in range(3 if day.day == 1 else 1)]
    names = [f"a{n}" for n in range(len(joined))]
    rows = {"subscription_id": names, "account_id": names, "started_on": joined}
    return pd.DataFrame({**rows, "ended_on": [None] * len(joined), "mrr": 10.0})


def costs(days):
    """A row of spend a day, of as much as the number of its month in hundreds."""
    amounts = [100.0 * day.month for day in days]
    rows = {"spend_id": [f"s{n}" for n in range(len(days))], "spent_on": days}
    return pd.DataFrame({**rows, "function": "sales", "amount": amounts})


def deals(days):
    """A deal a day, won on odd days, of 10."""
    rows = {"opportunity_id": [f"o{n}" for n in range(len(days))], "created_on": days}
    won = [day.day % 2 == 1 for day in days]
    return pd.DataFrame({**rows, "closed_on": days, "is_won": won, "amount": 10.0})


def quotas(spans, amount=30.0):
    """A quota of one rep for each span, from its first day to the day after its last."""
    rows = [
        {"target_id": f"t{n}", "kind": "quota", "rep_id": "R1", "starts_on": starts,
         "ends_on": ends, "measure": "bookings", "amount": amount}
        for n, (starts, ends) in enumerate(spans)
    ]  # fmt: skip
    return pd.DataFrame(rows)


REPS = pd.DataFrame({"rep_id": ["R1"], "hired_on": [date(2022, 1, 1)]})


def windows(frame, period, trailing=1):
    """The first and the last day of the window of each row."""
    if period is None:
        return [(FIRST, LAST)] * len(frame)
    spans = frame["period"].dt.to_period(FREQUENCY[period])
    return [((span - trailing + 1).start_time.date(), span.end_time.date()) for span in spans]


def cost_of_a_customer(window, kept, spent, joined, trailing):
    """Spend over customers of the days of a window that both tables have."""
    first, last = max(window[0], kept[0]), min(window[1], kept[1])
    if first > last or (trailing > 1 and window[0] < kept[0]):
        return np.nan
    money = sum(spent.amount[(spent.spent_on >= first) & (spent.spent_on <= last)])
    many = sum((joined.started_on >= first) & (joined.started_on <= last))
    return money / many


def same(found, expected):
    np.testing.assert_allclose(np.array(found, dtype=float), np.array(expected), rtol=1e-6)


CUTS = (date(2023, 3, 1), date(2023, 6, 14), date(2023, 12, 20))


@pytest.mark.parametrize("trailing", [1, 3])
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("later", ["spend", "customers"])
@pytest.mark.parametrize("cut", CUTS, ids=str)
def test_a_ratio_counts_the_days_that_both_tables_have(cut, later, period, trailing):
    begins = {"spend": (cut, FIRST), "customers": (FIRST, cut)}[later]
    spent, joined = costs(every(begins[0], LAST)), customers(every(begins[1], LAST))
    data = rk.Dataset(spend=spent, subscriptions=joined, as_of=LAST)

    frame = rk.metrics.cac(data, period=period, trailing=trailing)
    spans = windows(frame, period, trailing)
    kept = cut, LAST
    same(frame["value"], [cost_of_a_customer(s, kept, spent, joined, trailing) for s in spans])
    assert frame["complete"].tolist() == [begin >= cut for begin, _ in spans]
    known = frame["value"].notna()
    assert not frame.loc[~known, ["low", "high"]].notna().any(axis=None)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    begin=some.dates(date(2023, 2, 1), date(2023, 11, 30)),
    end=some.dates(date(2024, 2, 1), date(2024, 10, 31)),
    period=some.sampled_from(PERIODS),
)
def test_so_it_does_at_both_ends(begin, end, period):
    spent, joined = costs(every(begin, end)), customers(every(FIRST, LAST))
    data = rk.Dataset(spend=spent, subscriptions=joined, as_of=LAST)
    kept = data.recorded(["spend"])["spend"]

    frame = rk.metrics.cac(data, period=period, trailing=1)
    spans = windows(frame, period)
    days = kept.first, kept.last
    same(frame["value"], [cost_of_a_customer(s, days, spent, joined, 1) for s in spans])
    whole = [first >= kept.first and last <= kept.settled for first, last in spans]
    assert frame["complete"].tolist() == whole


@pytest.mark.parametrize("start", [None, "2023-01-01", "2023-02-10"])
def test_a_whole_range_is_of_the_days_that_both_have(start):
    cut = date(2023, 6, 14)
    spent, joined = costs(every(cut, LAST)), customers(every(FIRST, LAST))
    data = rk.Dataset(spend=spent, subscriptions=joined, as_of=LAST)

    (row,) = rk.metrics.cac(data, period=None, start=start).itertuples()
    assert row.value == pytest.approx(
        cost_of_a_customer((FIRST, LAST), (cut, LAST), spent, joined, 1)
    )
    assert row.complete is (start is None)


@pytest.mark.parametrize("period", PERIODS)
def test_a_flow_or_a_rate_of_one_table_counts_what_is_there_and_is_not_complete(period):
    cut = date(2023, 5, 14)
    data = rk.Dataset(opportunities=deals(every(cut, LAST)), as_of=LAST)
    for metric, expected in (
        (rk.metrics.won_amount, lambda days: 10 * sum(day.day % 2 for day in days)),
        (rk.metrics.win_rate, lambda days: np.mean([day.day % 2 for day in days])),
        (rk.metrics.opportunities_created, len),
    ):
        frame = metric(data, period=period, compare="previous")
        spans = windows(frame, period)
        same(frame["value"], [expected(every(max(a, cut), b)) for a, b in spans])
        assert frame["complete"].tolist() == [False] + [True] * (len(frame) - 1)
        assert frame["change"].isna().tolist()[:2] == [True, True]
        assert frame["change"][2:].notna().all()
        first = spans[0][0]
        assert frame.attrs["begun_late"] == {str(first): (cut - first).days}


@pytest.mark.parametrize("period", PERIODS)
def test_a_stock_is_known_at_the_end_of_its_first_period_and_not_at_the_start(period):
    cut = date(2023, 5, 14)
    data = rk.Dataset(subscriptions=customers(every(cut, LAST)), as_of=LAST)

    mrr = rk.metrics.mrr(data, period=period)
    ends = [last for _, last in windows(mrr, period)]
    same(mrr["value"], [10.0 * len(customers(every(cut, end))) for end in ends])
    assert mrr["complete"].all()
    assert mrr.attrs["begun_late"] == {}
    new = rk.metrics.new_mrr(data, period=period)
    assert new["complete"].tolist() == [False] + [True] * (len(new) - 1)
    grown = rk.metrics.mrr_growth_rate(data, period=period)
    assert grown["value"].isna().tolist() == [True] + [False] * (len(grown) - 1)
    moved = rk.bridge(data, period=period)
    assert moved["complete"].tolist() == new["complete"].tolist()
    assert moved.attrs["begun_late"] == new.attrs["begun_late"]


def test_movements_beside_spend_of_other_days_are_unknown():
    """MRR gained within a quarter can't be told for a part of it; month by month it can."""
    joined = customers(every(FIRST, LAST))
    cut = rk.Dataset(spend=costs(every(date(2023, 6, 14), LAST)), subscriptions=joined, as_of=LAST)
    month = rk.Dataset(spend=costs(every(date(2023, 5, 1), LAST)), subscriptions=joined, as_of=LAST)
    quarter = {"period": "quarter", "start": "2023-04-01", "end": "2023-10-01"}

    for metric in (rk.metrics.magic_number, rk.metrics.sales_efficiency):
        lag = {"lag": 0} if metric is rk.metrics.magic_number else {}
        assert metric(cut, **quarter, **lag)["value"].isna().tolist() == [True, False]
    assert np.isnan(rk.metrics.magic_number(month, lag=0, **quarter)["value"][0])
    gained = 120.0 * len(customers(every(date(2023, 5, 1), date(2023, 6, 30))))
    spent = costs(every(date(2023, 5, 1), date(2023, 6, 30)))["amount"].sum()
    efficiency = rk.metrics.sales_efficiency(month, **quarter)
    assert efficiency["value"][0] == pytest.approx(gained / spent)
    assert efficiency["complete"].tolist() == [False, True]


def test_a_lag_needs_the_whole_period_before():
    spent, joined = costs(every(date(2023, 6, 14), LAST)), customers(every(FIRST, LAST))
    data = rk.Dataset(spend=spent, subscriptions=joined, as_of=LAST)

    cac = rk.metrics.cac(data, lag=1, trailing=1, start="2023-05-01", end="2023-10-01")
    assert cac["value"].isna().tolist() == [True, True, True, False, False]
    joined_in_august = len(customers(every(date(2023, 8, 1), date(2023, 8, 31))))
    assert cac["value"][3] == pytest.approx(31 * 700 / joined_in_august)


@pytest.mark.parametrize("period", PERIODS)
def test_quotas_are_of_the_months_that_they_span(period):
    """30 for each month from May 2023 to August 2024."""
    months = [day.date() for day in pd.date_range("2023-05-01", "2024-09-01", freq="MS")]
    data = rk.Dataset(
        opportunities=deals(every(FIRST, LAST)).assign(rep_id="R1"), reps=REPS, as_of=LAST,
        targets=quotas(pairwise(months)),
    )  # fmt: skip
    first, last = date(2023, 5, 1), date(2024, 8, 31)

    frame = rk.metrics.quota_attainment(data, period=period)
    expected = []
    for begin, end in windows(frame, period):
        days = every(max(begin, first), min(end, last))
        won, quota = 10 * sum(day.day % 2 for day in days), 30 * len({d.month for d in days})
        expected.append(won / quota if days else np.nan)
    same(frame["value"], expected)
    whole = [begin >= first and end <= last for begin, end in windows(frame, period)]
    assert frame["complete"].tolist() == whole
    assert frame.attrs["recorded"] == ("2023-05-01", "2024-08-31")
    assert "targets: ends on 31 August 2024; later periods are unknown." in frame.attrs["notes"]
    begins = "targets: begins on 1 May 2023; earlier periods are unknown."
    assert (begins in frame.attrs["notes"]) == frame["value"].isna()[0]


def test_deals_that_begin_within_a_quota_are_held_against_its_days():
    cut = date(2023, 2, 14)
    data = rk.Dataset(
        opportunities=deals(every(cut, LAST)).assign(rep_id="R1"), reps=REPS, as_of=LAST,
        targets=quotas([(FIRST, date(2023, 4, 1)), (date(2023, 4, 1), date(2023, 7, 1))], 90.0),
    )  # fmt: skip
    frame = rk.metrics.quota_attainment(data, period="quarter", end="2023-07-01")
    days = every(cut, date(2023, 3, 31))
    assert frame["value"][0] == pytest.approx(10 * sum(d.day % 2 for d in days) / len(days))
    assert frame["complete"].tolist() == [False, True]


def test_what_was_due_as_a_period_began_is_unknown_where_deals_begin_within_it():
    rows = deals(every(date(2023, 2, 14), LAST)).assign(rep_id="R1")
    rows["expected_close_on"] = rows["closed_on"] = [d + timedelta(40) for d in rows.created_on]
    closed = rows["closed_on"] <= LAST
    rows = rows.assign(
        closed_on=rows["closed_on"].where(closed), is_won=rows["is_won"].where(closed)
    )
    spans = [(date(y, q, 1), date(y + q // 10, q % 12 + 3 if q < 10 else 1, 1))
             for y in (2023, 2024) for q in (1, 4, 7, 10)]  # fmt: skip
    data = rk.Dataset(opportunities=rows, reps=REPS, targets=quotas(spans, 900.0), as_of=LAST)

    frame = rk.metrics.pipeline_coverage(
        data, period="quarter", start="2023-01-01", end="2023-10-01"
    )
    assert frame["value"].isna().tolist() == [True, False, False]


def test_figures_of_months_count_by_whole_months():
    """Revenue of 100 a month and spend of 1 a day from 14 June: a share of what is of both."""
    months = pd.date_range("2023-01-01", "2024-12-01", freq="MS")
    figures = pd.DataFrame({"month": months, "line": "revenue", "amount": 100.0})
    spent = costs(every(date(2023, 6, 14), LAST)).assign(amount=1.0)
    data = rk.Dataset(finance=figures, spend=spent, as_of=LAST)

    share = rk.metrics.sales_and_marketing_share(data, period="year")
    days = (date(2023, 12, 31) - date(2023, 6, 13)).days
    same(share["value"], [days / (100 * days * 12 / 365.25), 366 / 1200])
    assert share["complete"].tolist() == [False, True]


@pytest.mark.parametrize("how", [{"by": "segment"}, {"where": "new"}])
def test_a_group_that_begins_later_is_new_and_no_table_that_begins(how):
    days = every(FIRST, LAST)
    rows = deals(days).assign(account_id=["new" if d > date(2023, 6, 14) else "old" for d in days])
    accounts = pd.DataFrame({"account_id": ["new", "old"], "segment": ["new", "old"]})
    data = rk.Dataset(opportunities=rows, accounts=accounts, as_of=LAST)
    if "where" in how:
        data, how = data.where(segment="new"), {}

    frame = rk.metrics.opportunities_created(data, period="quarter", **how)
    frame = frame[frame["segment"] == "new"] if "segment" in frame else frame
    found = frame.set_index("period")["value"]
    assert found["2023-04-01"] == 16
    assert frame["complete"].all()
    assert frame.attrs["begun_late"] == {}


def test_the_first_period_is_compared_with_nothing_and_named_where_nothing_else_is():
    days = every(date(2022, 12, 14), LAST)
    data = rk.Dataset(opportunities=deals(days), as_of=LAST)
    until_2023 = rk.metrics.won_amount(data, period="year", end="2024-01-01")

    said = rk.say.change(until_2023)
    named = "2022 is on record in part: its first 347 days are missing."
    assert "rose" not in said.main
    assert said.endswith(named)
    assert named not in rk.say.change(rk.metrics.won_amount(data, period="year"))
    assert named in str(rk.table(until_2023))
    ax = rk.charts.over_time(until_2023)
    (notes,) = [text.get_text() for text in ax.texts if text.get_gid() == "notes"]
    assert named in notes.replace("\n", " ")
    italian = rk.say.level(until_2023, language="it")
    assert italian.endswith("Periodo registrato solo in parte, 2022: mancano i primi 347 giorni.")
    card = rk.scorecard(data.replay("2023-12-31"), period="year", metrics=["won_amount"])
    assert np.isnan(card["change"].iloc[0])
    assert named in str(card)


def from_before(many, day=FIRST):
    names = [f"z{n}" for n in range(many)]
    rows = {"subscription_id": names, "account_id": names, "started_on": [day] * many}
    return pd.DataFrame({**rows, "ended_on": [None] * many, "mrr": 10.0})


@pytest.mark.parametrize("first", [FIRST, date(2023, 1, 20)], ids=["on the first", "on the 20th"])
def test_customers_from_before_the_first_day_are_not_new_on_it(first):
    joined = pd.concat([from_before(200, first), customers(every(first, LAST))])
    spent = costs(every(FIRST, LAST))
    data = rk.Dataset(subscriptions=joined, spend=spent, as_of=LAST)
    at_once = 200 + (3 if first.day == 1 else 1)
    later = customers(every(first + timedelta(1), date(2023, 1, 31)))

    new = rk.metrics.new_customers(data)
    assert new["value"].iloc[0] == len(later)
    assert new["complete"].tolist() == [False] + [True] * 23
    assert new.attrs["begun_late"] == {"2023-01-01": first.day}
    (note,) = new.attrs["notes"]
    assert note.startswith(f"subscriptions: {at_once} accounts begin on the first day on record")
    assert note == str(data.notes[0])
    over_all = rk.metrics.new_customers(data, period=None)
    assert over_all["value"].item() == len(joined) - at_once
    cac = rk.metrics.cac(data, trailing=1)["value"].iloc[0]
    assert cac == pytest.approx(100 * (31 - first.day) / len(later))
    assert rk.metrics.mrr(data)["value"].iloc[0] == 10 * (at_once + len(later))
    assert rk.metrics.mrr(data)["complete"].all()
    assert rk.metrics.new_mrr(data)["value"].isna().tolist() == [True] + [False] * 23
    assert rk.bridge(data)["new"].isna().tolist() == [True] + [False] * 23
    assert rk.metrics.nrr(data, period=None)["n"].item() == at_once


@pytest.mark.parametrize(
    "days",
    [
        every(FIRST, LAST),
        every(FIRST, LAST, 30),
        [FIRST] * 3,
        [FIRST] * 40 + [date(2023, 7, 1)] * 30,
    ],
    ids=["steady", "sparse", "few", "on firsts"],
)
def test_who_joins_on_the_first_day_is_new_where_others_join_as_many(days):
    data = rk.Dataset(subscriptions=customers(days), as_of=LAST)

    assert rk.metrics.new_customers(data)["value"].sum() == len(customers(days))
    assert not [note for note in data.notes if note.rule == "stock"]
