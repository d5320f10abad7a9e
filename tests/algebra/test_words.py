"""The words of the algebra beyond sums: spread, distinct, censored, daily, lengths, over groups."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from ibis import _
from scipy import stats

import revkit as rk
from revkit.algebra import METRICS, Cohort, Length, Median, Stock, Total
from revkit.errors import DimensionError, FormulaError, PeriodError, TableError
from tests.support.companies.common import ledger, of

ABOUT = {"title": "t", "title_it": "t", "owner": "both", "better": "higher"}


@pytest.fixture
def define():
    """Define metrics that are forgotten after the test."""
    names = []

    def named(definition, /, *, unit="ratio", **about):
        metric = rk.metric(unit=unit, **(ABOUT | about))(definition)
        names.append(metric.name)
        return metric

    yield named
    for name in names:
        METRICS.pop(name, None)


# spread: a row over an interval is divided over its days


@pytest.fixture
def quota(define):
    def quota(targets):
        return Total(targets, spread=("starts_on", "ends_on")).of(_.amount)

    return define(quota, unit="money")


def targets(*rows, **how):
    columns = ["target_id", "starts_on", "ends_on", "amount", "segment"]
    frame = [
        dict(zip(columns, (f"t{n}", *row), strict=True)) | {"kind": "quota", "measure": "bookings"}
        for n, row in enumerate(rows)
    ]
    return of(targets=frame, **how)


QUARTER = (date(2026, 1, 1), date(2026, 4, 1), 9000.0, "SMB")


def test_a_quarters_quota_is_read_by_month_by_its_days(quota):
    values = quota(targets(QUARTER))["value"]

    assert values.tolist() == pytest.approx([3100.0, 2800.0, 3100.0])


def test_a_quota_of_a_part_of_a_month_counts_in_that_month(quota):
    row = (date(2026, 1, 10), date(2026, 1, 20), 500.0, "SMB")

    assert quota(targets(row, QUARTER))["value"].tolist() == pytest.approx([3600.0, 2800.0, 3100.0])


def test_spread_adds_up_over_groups_and_windows(quota):
    data = targets(QUARTER, (date(2025, 12, 1), date(2026, 3, 1), 900.0, "Enterprise"))

    months, quarters = quota(data)["value"], quota(data, trailing=3)["value"]
    groups = quota(data, by="segment").groupby("period")["value"].sum()

    assert groups.tolist() == pytest.approx(months.tolist())
    assert quarters.iloc[-1] == pytest.approx(months.iloc[-3:].sum())
    assert quarters.iloc[:2].isna().all()


def test_the_whole_range_of_a_spread_is_the_whole_amount(quota):
    row = quota(targets(QUARTER), period=None)

    assert row["value"].tolist() == pytest.approx([9000.0])


# distinct: different values are counted once in each period, each window, each group


@pytest.fixture
def buyers(define):
    def buyers(opportunities):
        return Total(opportunities, at="closed_on").distinct(_.account_id)

    return define(buyers, unit="count")


def closed(*rows):
    frame = [
        {"opportunity_id": f"o{n}", "account_id": account, "closed_on": on, "is_won": True,
         "created_on": date(2026, 1, 1), "amount": 1.0, "kind": kind}
        for n, (account, on, kind) in enumerate(rows)
    ]  # fmt: skip
    return of(opportunities=frame)


FEBRUARY, MARCH = date(2026, 2, 10), date(2026, 3, 10)


def test_different_values_are_counted_once(buyers):
    data = closed(("a", FEBRUARY, "new"), ("a", FEBRUARY, "new"), ("a", MARCH, "new"),
                  ("b", MARCH, "renewal"))  # fmt: skip

    assert buyers(data, start=FEBRUARY)["value"].tolist() == [1, 2]
    assert buyers(data, trailing=2, start=MARCH)["value"].tolist() == [2]
    assert buyers(data, period=None)["value"].tolist() == [2]
    assert buyers(data, by="kind", start=MARCH)["value"].tolist() == [1, 1]


def test_different_values_do_not_add_up_and_say_so(buyers):
    catalogue = rk.catalog().set_index("name")

    assert not catalogue.loc["buyers", "additive"]


def test_a_stock_of_changes_has_no_different_values(define):
    def heads(reps):
        return Stock(reps, start="hired_on", end="left_on").distinct(_.team)

    with pytest.raises(FormulaError, match="Stock\\(movements\\) counts each account once"):
        define(heads, unit="count")(of(reps=[{"rep_id": "r", "hired_on": MARCH, "team": "x"}]))


# until: what is not over has lasted at least as long as it was watched


@pytest.fixture
def waiting(define):
    def waiting(opportunities):
        created = Total(opportunities, at="created_on")
        return Median(created.of(_.probability * DAYS), until=_.discount * DAYS)

    return define(waiting, unit="days")


DAYS = 1024  # shares hold days as parts of it: between 0 and 1, and exact


def spells(lasted, watched):
    frame = pd.DataFrame({"probability": lasted, "discount": watched}, dtype=float) / DAYS
    frame["opportunity_id"] = [f"o{n}" for n in range(len(frame))]
    return rk.Dataset(
        opportunities=frame.assign(created_on=MARCH, closed_on=None, is_won=None),
        as_of="2026-03-31",
    )


def test_a_censored_median_by_hand(waiting):
    """Deaths at 1, 3 and 5 of 6, two censored: S = 5/6, 5/6·3/4 = .625, .625·1/2 = .3125."""
    data = spells([1, None, 3, None, 5, None], [None, 2, None, 4, None, 6])

    row = waiting(data, start=MARCH).loc[0]

    assert (row["value"], row["n"]) == (5, 6)


def test_a_censored_median_not_reached_is_not_known(waiting):
    row = waiting(spells([1, None, None, None], [None, 9, 9, 9]), start=MARCH).loc[0]

    assert np.isnan(row["value"])
    assert row["n"] == 4


def test_a_censored_median_is_that_of_another_library(waiting):
    rng = np.random.default_rng(5)
    lasts, watched = rng.exponential(20, 700).round(1) + 0.1, rng.exponential(30, 700).round(1) + 1
    over = lasts <= watched
    data = spells(np.where(over, lasts, np.nan), np.where(over, np.nan, watched))
    curve = stats.ecdf(
        stats.CensoredData(uncensored=lasts[over], right=watched[~over])
    ).sf  # scipy's Kaplan-Meier
    band = curve.confidence_interval(0.95, method="log-log")

    row = waiting(data, start=MARCH).loc[0]

    def crossing(probabilities):
        return curve.quantiles[np.flatnonzero(probabilities <= 0.5)[0]]

    assert row["value"] == crossing(curve.probabilities)
    assert row["low"] == crossing(band.low.probabilities)
    assert row["high"] == crossing(band.high.probabilities)


def test_a_censored_median_over_a_window_holds_all_its_rows(waiting):
    data = spells([1, 2, 3, 4], [None] * 4)
    later = pd.concat([data.opportunities.to_pandas()] * 2, ignore_index=True)
    later["opportunity_id"] = [f"o{n}" for n in range(8)]
    later["created_on"] = [FEBRUARY] * 4 + [MARCH] * 4
    later["closed_on"], later["is_won"] = None, None

    row = waiting(rk.Dataset(opportunities=later, as_of="2026-03-31"), trailing=2).iloc[-1]

    assert (row["value"], row["n"]) == (2, 8)


# Length: the window, in months or working days


@pytest.fixture
def pace(define):
    def pace(opportunities):
        return Total(opportunities, at="closed_on") / Length("working day")

    return define(pace, unit="count")


def test_working_days_are_those_of_the_period_so_far(pace):
    data = closed(("a", FEBRUARY, "new"), ("b", MARCH, "new"))

    assert pace(data, start=FEBRUARY)["value"].tolist() == pytest.approx([1 / 20, 1 / 22])
    half = data.replay("2026-03-13")
    assert pace(half, start=MARCH)["value"].tolist() == pytest.approx([1 / 10])
    assert pace(data, trailing=2, start=MARCH)["value"].tolist() == pytest.approx([2 / 42])


def test_what_is_known_scales_the_interval_of_what_is_sampled(pace, define):
    def closings(opportunities):
        return Total(opportunities, at="closed_on")

    data = closed(*[("a", MARCH, "new")] * 9)
    counted = define(closings, unit="count")(data, start=MARCH).loc[0]
    row = pace(data, start=MARCH).loc[0]

    assert [row["low"] * 22, row["high"] * 22] == pytest.approx([counted["low"], counted["high"]])


def test_months_of_a_quarter_of_a_year_and_of_a_range(define):
    def months(opportunities):
        return Total(opportunities, at="closed_on") / Length("month")

    metric = define(months, unit="count")
    data = closed(("a", date(2026, 1, 2), "new"), ("b", MARCH, "new"))

    assert metric(data, period="quarter")["value"].tolist() == pytest.approx([2 / 3])
    # created on 1 January, as of 31 March: three months
    assert metric(data, period=None)["value"].tolist() == pytest.approx([2 / 3])
    begun = metric(data, period=None, start="2026-01-17")["value"].tolist()
    assert begun == pytest.approx([1 / (2 + 15 / 31)])


def test_a_length_in_something_else_is_refused():
    with pytest.raises(FormulaError, match="write Length\\('month'\\)"):
        Length("fortnight")


# daily: the values of the days add up


def test_daily_rates_add_up_over_the_period(define):
    def daily(opportunities):
        closed = Total(opportunities, at="closed_on")
        return (closed.where(_.is_won) / closed).daily()

    data = closed(("a", FEBRUARY, "new"), ("b", MARCH, "new"), ("c", MARCH + timedelta(1), "new"))
    metric = define(daily, unit="ratio")

    assert metric(data, start=FEBRUARY)["value"].tolist() == [1.0, 2.0]
    assert metric(data, trailing=2, start=MARCH)["value"].tolist() == [3.0]
    assert metric(data, by="account", start=MARCH)["value"].tolist()[1:] == [1.0, 1.0]


# overall: what is the same in every group of some dimensions


def test_accounts_are_counted_once_over_every_product(define):
    def attached(movements):
        return Stock(movements) / Stock(movements).overall("product_id")

    def line(number, account, product, segment):
        return {"subscription_id": f"s{number}", "account_id": account, "product_id": product,
                "started_on": FEBRUARY, "ended_on": None, "mrr": 10.0, "tier": segment}  # fmt: skip

    data = of(
        subscriptions=[
            line(1, "a", "p", "x"),
            line(2, "a", "q", "x"),
            line(3, "b", "p", "y"),
            line(4, "c", "q", "y"),
            line(5, "d", "q", "y"),
        ],
        accounts=[{"account_id": a, "segment": s} for a, s in zip("abcd", "xyyy", strict=True)],
    )
    metric = define(attached, unit="share")

    alone = metric(data, by="product_id", start=MARCH)
    crossed = metric(data, by=["product_id", "segment"], start=MARCH)

    assert alone["value"].tolist() == [2 / 4, 3 / 4]
    assert crossed["value"].tolist() == [1, 1 / 3, 1, 2 / 3]


# kind="table": what no formula can say


def test_a_metric_of_tables_keeps_the_contract_of_all(define):
    def latest(call, opportunities):
        rows = [("new", 2.0, 1.0, 4.0), (None, 3.0, 1.0, 5.0)]
        found = pd.DataFrame(rows, columns=["by_0", "value", "low", "high"])
        return found.assign(period=call.numbers[-1])

    metric = define(latest, unit="count", kind="table", formula="two and three")
    frame = metric(closed(("a", FEBRUARY, "new")), by="kind", start=FEBRUARY, compare="previous")

    assert frame["kind"].tolist() == ["new", "new", "(missing)", "(missing)"]
    assert frame["value"].fillna(-1).tolist() == [-1, 2, -1, 3]
    assert frame["complete"].tolist() == [True] * 4
    assert rk.catalog().set_index("name").loc["latest", "formula"] == "two and three"
    with pytest.raises(FormulaError, match="can't be part of a formula"):
        metric.formula()
    with pytest.raises(TableError, match="needs the table 'opportunities'"):
        metric(of(reps=[{"rep_id": "r"}]))


def test_a_metric_of_tables_of_which_no_row_has_a_group_has_one_of_the_missing(define):
    def unknown(call, opportunities):
        return pd.DataFrame({"by_0": [np.nan], "value": [2.0], "period": call.numbers[-1]})

    metric = define(unknown, unit="count", kind="table", formula="two")
    frame = metric(closed(("a", FEBRUARY, "new")), by="kind", period=None)

    assert frame[["kind", "value"]].to_numpy().tolist() == [["(missing)", 2.0]]


# compare: the change, and whether it is more than noise


def test_a_change_is_certain_where_its_interval_leaves_out_zero():
    """Newcombe (1998), method 10: 56/70 against 48/80 differ by .20, .0524 to .3339."""
    rows = [(n < 48, date(2026, 2, 5)) for n in range(80)] + [(n < 56, MARCH) for n in range(70)]
    frame = pd.DataFrame(rows, columns=["is_won", "closed_on"])
    frame = frame.assign(opportunity_id=[f"o{n}" for n in range(150)], created_on=date(2026, 2, 1))
    data = rk.Dataset(opportunities=frame, as_of="2026-03-31")

    first, second = rk.metrics.win_rate(data, compare="previous").to_dict("records")

    assert [second[k] for k in ("change", "change_low", "change_high")] == pytest.approx(
        [0.2, 0.0524, 0.3339], abs=5e-5
    )
    assert second["certain"]
    assert np.isnan(first["change"])
    assert not first["certain"]


def test_a_balance_changes_without_an_interval():
    frame = rk.metrics.mrr(rk.example("retention"), start="2026-03-01", compare="previous")

    assert frame["change"].tolist() == [1300.0]
    assert frame["change_low"].isna().all()
    assert not frame["certain"].any()


def test_a_window_is_compared_with_the_window_before():
    data = rk.example("retention")

    now = rk.metrics.net_new_mrr(data, trailing=2, compare="previous").iloc[-1]
    months = rk.metrics.net_new_mrr(data)["value"].to_numpy()

    assert now["change"] == pytest.approx(months[-2:].sum() - months[-4:-2].sum())


def test_a_year_before_and_no_period_to_compare_with():
    data = rk.example("deals")

    with pytest.raises(PeriodError, match="compare='previous'"):
        rk.metrics.win_rate(data, period=None, compare="previous")
    assert rk.metrics.win_rate(data, compare="year")["change"].isna().all()


# measure: the same numbers, asked together


def test_measured_together_each_metric_is_what_it_is_alone():
    data = rk.example("retention")

    together = rk.measure(data, ["nrr", "churn_rate", "mrr"], by="segment", period="quarter")

    for name in ("nrr", "churn_rate", "mrr"):
        alone = getattr(rk.metrics, name)(data, by="segment", period="quarter")
        here = together[together["metric"] == name].drop(columns="metric").reset_index(drop=True)
        pd.testing.assert_frame_equal(here, alone)
    assert together.attrs["queries"] == 1


def test_what_a_company_cannot_answer_is_said_with_its_reason():
    everything = rk.measure(rk.example("deals"), period="quarter")

    assert "needs the table 'subscriptions'" in everything.attrs["unavailable"]["nrr"]
    assert "win_rate" in set(everything["metric"])
    with pytest.raises(TableError):
        rk.measure(rk.example("deals"), ["nrr"])
    with pytest.raises(FormulaError, match="Did you mean 'win_rate'"):
        rk.measure(rk.example("deals"), "winrate")
    with pytest.raises(DimensionError):
        rk.measure(rk.example("deals"), "win_rate", by="segmnt")


# by="size": what an account paid when the period opened


def sizes(metric, data, **how):
    frame = metric(data, by="size", **how)
    return {(row.size, str(row.period)[:7]): row.value for row in frame.itertuples() if row.value}


def test_an_account_is_in_the_group_of_what_it_paid_when_the_period_opened():
    """A pays 50 from January, 600 from February on; B 50 from January until March."""
    data = ledger(
        ("a", date(2026, 1, 5), date(2026, 2, 5), 50),
        ("a", date(2026, 2, 5), None, 600),
        ("b", date(2026, 1, 5), date(2026, 3, 5), 50),
    )

    assert sizes(rk.metrics.mrr, data) == {
        ("under 100", "2026-01"): 100, ("under 100", "2026-02"): 50,
        ("500–1,999", "2026-02"): 600, ("500–1,999", "2026-03"): 600,
    }  # fmt: skip
    assert sizes(rk.metrics.expansion_mrr, data) == {("under 100", "2026-02"): 550}
    assert sizes(rk.metrics.churned_mrr, data) == {("under 100", "2026-03"): 50}


def test_opening_and_retention_by_size_are_those_of_all_accounts():
    data = rk.generate(accounts=80, months=12, seed=5).data

    parts = rk.metrics.nrr.parts(data, by="size")
    whole = rk.metrics.nrr.parts(data)
    opening = next(name for name in parts if "at the period's start" in name)

    summed = parts.groupby("period")[opening].sum().round(2).tolist()
    assert summed == whole[opening].round(2).tolist()
    assert set(parts.loc[parts["size"] == "0", opening]) == {0.0}


def test_a_size_beside_a_product_is_refused():
    with pytest.raises(DimensionError, match="Ask for each by itself"):
        rk.metrics.mrr(rk.example("retention"), by=["size", "subscription_id"])


# cohorts: their words


@pytest.mark.parametrize(("within", "words"), [(None, "by created_at"), (30, "within 30 days")])
def test_a_cohort_says_the_time_it_allows(within, words):
    cohort = Cohort("leads", at="created_at", within=within)

    assert words in str(cohort)
    assert ("within" in str(cohort)) == (within is not None)
