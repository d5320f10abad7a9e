"""What a call returns: its groups, periods, windows and what is said beside the numbers."""

import numpy as np
import pandas as pd
import pytest
from ibis import _
from scipy import stats

import revkit as rk
from revkit.algebra import METRICS
from revkit.errors import ColumnError, DimensionError, FormulaError


@pytest.fixture
def define():
    """Define metrics that are forgotten after the test."""
    names = []

    def named(formula, *, unit="ratio", **about):
        about = {"title": "t", "title_it": "t", "owner": "both", "better": "higher", **about}
        metric = rk.metric(unit=unit, **about)(formula)
        names.append(metric.name)
        return metric

    yield named
    for name in names:
        METRICS.pop(name, None)


def deals(rows, **how):
    """Opportunities of (created, closed, won, amount, segment)."""
    columns = ["created_on", "closed_on", "is_won", "amount", "tier"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "opportunity_id", [f"o{n}" for n in range(len(frame))])
    for column in ("created_on", "closed_on"):
        frame[column] = pd.to_datetime(frame[column])
    frame["is_won"] = frame["is_won"].astype("boolean")
    return rk.Dataset(opportunities=frame, **how)


TWO = [
    ("2026-01-05", "2026-01-20", True, 100.0, "a"),
    ("2026-01-05", "2026-03-20", False, 100.0, "a"),
    ("2026-03-01", "2026-03-31", True, 50.0, None),
    ("2026-03-02", None, None, 70.0, "b"),
]


def test_periods_without_rows_are_filled_for_every_group():
    lost = ("2026-03-01", "2026-03-31", False, 9.0, "b")
    result = rk.metrics.won_amount(deals([*TWO, lost]), by="tier")

    table = result.pivot(index="tier", columns="period", values="value")
    assert sorted(table.index) == ["(missing)", "a", "b"]
    assert table.loc["a"].tolist() == [100.0, 0.0, 0.0]
    assert table.loc["b"].tolist() == [0.0, 0.0, 0.0]


def test_missing_sorts_last_and_is_never_merged_with_a_value():
    rows = [*TWO, ("2026-03-01", "2026-03-31", True, 7.0, "(missing)")]

    result = rk.metrics.won_amount(deals(rows), by="tier", period="quarter")

    assert result["tier"].tolist() == ["(missing)", "a", "(missing)"]
    assert result["value"].tolist() == [7.0, 100.0, 50.0]


def test_rates_are_nan_where_nothing_happened_and_counts_are_zero():
    result = rk.metrics.win_rate(deals(TWO))

    assert result["n"].tolist() == [1, 0, 2]
    assert result["value"].isna().tolist() == [False, True, False]
    assert result["small"].all()


def test_start_and_end_snap_outward_and_choose_what_is_returned():
    result = rk.metrics.won_amount(deals(TWO), start="2026-02-10", end="2026-03-02")

    assert result["period"].dt.strftime("%Y-%m").tolist() == ["2026-02", "2026-03"]
    assert result["value"].tolist() == [0.0, 50.0]


def test_a_start_before_the_data_begins_the_calendar_there():
    result = rk.metrics.won_amount(deals(TWO), start="2025-12-01")

    assert len(result) == 4


def test_the_calendar_ends_with_the_period_of_the_companys_date():
    result = rk.metrics.won_amount(deals(TWO, as_of="2026-05-10"))

    assert result["period"].iloc[-1] == pd.Timestamp("2026-05-01")
    assert result["complete"].tolist() == [True, True, True, True, False]


def test_no_period_is_one_row_a_group_from_start():
    result = rk.metrics.won_amount(deals(TWO), period=None, start="2026-02-01")

    assert "period" not in result
    assert result["value"].tolist() == [50.0]


def test_opening_without_a_period_is_what_stood_at_start():
    result = rk.metrics.nrr(rk.example("retention"), period=None, start="2026-03-01")

    assert result["value"].tolist() == [pytest.approx(1.03)]
    assert result["n"].tolist() == [3]


@pytest.mark.parametrize(
    ("period", "starts"),
    [
        ("day", "2026-01-20"),
        ("week", "2026-01-19"),
        ("month", "2026-01-01"),
        ("quarter", "2026-01-01"),
        ("year", "2026-01-01"),
    ],
)
def test_a_row_falls_in_the_period_of_its_day(period, starts):
    result = rk.metrics.won_amount(deals(TWO), period=period).query("value >= 100")

    assert result["period"].min() == pd.Timestamp(starts)


def test_quarters_and_years_follow_the_fiscal_year():
    data = deals(TWO, policy=rk.Policy(fiscal_year_start=2))

    quarters = rk.metrics.won_amount(data, period="quarter")
    years = rk.metrics.won_amount(data, period="year")

    assert quarters["period"].dt.strftime("%Y-%m").tolist() == ["2025-11", "2026-02"]
    assert years["period"].dt.strftime("%Y-%m").tolist() == ["2025-02", "2026-02"]


def test_a_trailing_window_is_derived_and_its_first_periods_are_nan():
    result = rk.metrics.win_rate(deals(TWO), trailing=3)

    assert result["value"].isna().tolist() == [True, True, False]
    assert result["value"].iloc[-1] == pytest.approx(2 / 3)
    assert result["n"].iloc[-1] == 3


def test_a_trailing_median_is_that_of_the_window():
    result = rk.metrics.median_deal_size(deals(TWO), trailing=3)

    assert result["value"].iloc[-1] == 75.0
    assert result["value"].iloc[:2].isna().all()


def test_rows_without_a_date_are_counted_beside_the_numbers():
    result = rk.metrics.win_rate(deals(TWO))

    assert result.attrs["undated"] == {"opportunities.closed_on": 1}


def test_rows_that_begin_on_no_day_stand_nowhere_and_are_counted():
    result = rk.metrics.pipeline_open(deals([*TWO, (None, None, None, 500.0, "b")]))

    assert result["value"].tolist() == [100.0, 100.0, 70.0]
    assert result.attrs["undated"] == {"pipeline_changes.since": 1}


def test_values_that_are_null_are_counted_beside_the_sum():
    rows = [*TWO, ("2026-03-01", "2026-03-31", True, None, "a")]

    result = rk.metrics.won_amount(deals(rows))

    assert list(result.attrs["unvalued"].values()) == [1]
    assert result["value"].sum() == 150.0


def test_a_cohort_is_complete_when_none_of_its_rows_is_open():
    result = rk.metrics.close_rate(deals(TWO, as_of="2026-04-30"))

    assert result["value"].dropna().tolist() == [0.5, 0.5]
    assert result["complete"].tolist() == [True, True, False, True]


@pytest.mark.parametrize(("watched", "complete"), [(10, True), (9, False)])
def test_a_wait_as_long_as_the_median_cannot_move_it(watched, complete):
    """Three deals are lost from a stage after 5, 10 and 15 days; one has waited there so many."""
    last = pd.Timestamp("2025-12-31")
    entered = [last - pd.Timedelta(days=days) for days in (25, 25, 25, watched)]
    left = [*(entered[n] + pd.Timedelta(days=days) for n, days in enumerate((5, 10, 15))), None]
    history = pd.DataFrame(
        {
            "opportunity_id": [f"o{n}" for n in range(4)],
            "changed_at": entered,
            "stage": ["First"] * 4,
        }
    )
    stages = pd.DataFrame(
        [("opportunity", "First", 1, False, False)],
        columns=["object", "stage", "position", "is_closed", "is_won"],
    )
    rows = [
        (opened, closed, None if closed is None else False, 10.0, "a")
        for opened, closed in zip(entered, left, strict=True)
    ]
    data = deals(rows, opportunity_history=history, stages=stages, as_of=last.date())

    of_first = rk.metrics.stage_duration(data, period="month").query("stage == 'First'").iloc[-1]

    assert of_first["value"] == 10
    assert of_first["complete"] == complete


def test_within_counts_rows_old_enough_and_outcomes_in_time():
    result = rk.metrics.close_rate(deals(TWO, as_of="2026-04-05"), within=20)
    late = rk.metrics.close_rate(deals(TWO, as_of="2026-04-05"), within=30)

    assert result["value"].dropna().tolist() == [0.5, 0.0]
    assert late["value"].dropna().tolist() == [0.5, 0.5]
    assert late["complete"].tolist() == [True, True, False, False]


def test_a_shift_reads_earlier_periods_and_is_nan_before_the_first(define):
    def earlier(opportunities):
        return rk.Total(opportunities, at="closed_on").shift(2)

    result = define(earlier)(deals(TWO))

    assert result["value"].tolist()[2] == 1.0
    assert np.isnan(result["value"].tolist()[:2]).all()


def test_a_share_sums_to_one_and_overall_is_the_whole_company(define):
    def portion(opportunities):
        return rk.Total(opportunities, at="created_on").share("tier")

    def against_all(opportunities):
        opened = rk.Total(opportunities, at="created_on")
        return opened / opened.overall()

    portions = define(portion, unit="share")(deals(TWO), by="tier", period="quarter")
    shares = define(against_all, unit="share")(deals(TWO), by="tier", period="quarter")

    assert portions["value"].tolist() == [0.5, 0.25, 0.25]
    assert shares["value"].tolist() == portions["value"].tolist()
    assert portions["n"].tolist() == [4, 4, 4]


def test_a_column_that_is_not_there_is_named_with_the_nearest(define):
    def misspelt(opportunities):
        return rk.Total(opportunities, at="closed_on").of(_.amuont)

    with pytest.raises(ColumnError, match=r"no column 'amuont'.*Did you mean 'amount'"):
        define(misspelt)(deals(TWO))


def test_a_condition_must_be_one(define):
    def wrong(opportunities):
        return rk.Total(opportunities, at="closed_on").where(_.amount)

    with pytest.raises(FormulaError, match=r"gives float64"):
        define(wrong)(deals(TWO))


def test_an_unknown_dimension_lists_those_there_are():
    with pytest.raises(DimensionError, match=r"no dimension 'teir'. Did you mean 'tier'"):
        rk.metrics.win_rate(deals(TWO), by="teir")


def test_a_table_that_a_filter_could_not_narrow_is_refused():
    leads = rk.example("leads").where(channel="search")
    deals = rk.example("deals").where(segment="SMB")

    assert rk.metrics.cost_per_lead(leads, period="quarter")["value"].tolist() == [10.0]
    assert rk.metrics.win_rate(deals, period="quarter")["n"].tolist() == [3]
    with pytest.raises(DimensionError, match=r"lead_history"):
        rk.metrics.mqls(_unreached())


def _unreached():
    data = rk.example("retention")
    subscriptions = data.subscriptions.to_pandas()
    spend = data.spend.to_pandas().assign(channel=["web", "fair", "web"])
    history = rk.example("leads").lead_history.to_pandas()
    data = rk.Dataset(subscriptions=subscriptions, spend=spend, lead_history=history)
    return data.where(channel="web")


def test_stocks_stand_at_the_end_and_open_at_the_start(define):
    def open_deals(opportunities):
        return rk.Stock(opportunities, start="created_on", end="closed_on")

    def opening(opportunities):
        return rk.Stock(opportunities, start="created_on", end="closed_on").opening

    data = deals(TWO)

    assert define(open_deals)(data)["value"].tolist() == [1.0, 1.0, 1.0]
    assert define(opening)(data)["value"].tolist() == [0.0, 1.0, 1.0]


def test_pipeline_without_history_says_so_and_knows_no_stage():
    result = rk.metrics.pipeline_open(deals(TWO))

    assert result["value"].tolist() == [100.0, 100.0, 70.0]
    assert result.attrs["from_history"] is False
    with pytest.raises(LookupError, match="opportunity_history"):
        rk.metrics.pipeline_open(deals(TWO), by="stage")


@pytest.mark.parametrize("dimension", ["cohort", "tenure"])
@pytest.mark.parametrize("name", ["won_amount", "pipeline_open", "mqls", "renewal_win_rate"])
def test_cohort_and_tenure_part_the_rows_of_any_table_that_reaches_accounts(
    sample, name, dimension
):
    if name == "renewal_win_rate":  # a prospect has no age, whoever renews has one
        metric, sample = rk.metrics.win_rate, sample.where(kind="renewal")
    else:
        metric = getattr(rk.metrics, name)

    parted = metric(sample, by=dimension, period="year")

    whole = metric(sample, period="year").set_index("period")
    assert parted.groupby("period")["n"].sum().equals(whole["n"])


@pytest.fixture(scope="module")
def sample(pytestconfig):
    return rk.load(pytestconfig.rootpath / "data" / "sample")


def test_what_no_account_stands_behind_has_no_tenure(sample):
    with pytest.raises(DimensionError, match="spend has no dimension 'tenure'"):
        rk.metrics.cac(sample, by="tenure", period="year")


def test_of_a_table_without_rows_there_is_no_period_but_from_a_start_on():
    nothing = deals([], as_of="2026-03-31")

    assert len(rk.metrics.won_amount(nothing)) == 0
    assert len(rk.metrics.win_rate(nothing)) == 0
    assert rk.metrics.won_amount(nothing, start="2026-02-01")["value"].tolist() == [0, 0]


def test_a_company_whose_rows_are_all_later_than_its_date_has_no_period():
    assert len(rk.metrics.won_amount(deals(TWO, as_of="2026-01-01"))) == 0


def test_a_range_ends_before_its_end():
    rows = [(day, day, True, amount, "a") for day, amount in
            [("2026-01-31", 1.0), ("2026-02-01", 2.0), ("2026-02-28", 4.0), ("2026-03-01", 8.0),
             ("2026-03-02", 16.0)]]  # fmt: skip

    found = rk.metrics.won_amount(deals(rows), period=None, start="2026-02-01", end="2026-03-01")

    assert found["value"].tolist() == [6.0]


def test_bands_of_tenure_and_size_stand_in_their_order():
    """0–2 months, 6–11, 12–23 and 24 and more; none, 100, 500 and 10,000 a month."""
    starts = ["2026-03-03", "2025-08-01", "2025-01-01", "2023-01-01", "2025-12-01"]
    ledger = pd.DataFrame(
        {
            "subscription_id": list("abcde"), "account_id": list("abcde"), "started_on": starts,
            "ended_on": None, "mrr": [50.0, 700.0, 120.0, 20_000.0, 90.0],
        }
    )  # fmt: skip
    data = rk.Dataset(subscriptions=ledger, as_of="2026-03-31")

    tenure = rk.metrics.mrr(data, by="tenure", start="2026-03-01")
    size = rk.metrics.mrr(data, by="size", start="2026-03-01")

    ages = tenure[tenure["value"] > 0]
    assert ages["tenure"].tolist() == ["0–2", "3–5", "6–11", "12–23", "24+"]
    assert ages["value"].tolist() == [50.0, 90.0, 700.0, 120.0, 20_000.0]
    paid = size[size["value"] > 0]
    assert paid["size"].tolist() == ["under 100", "100–499", "500–1,999", "10,000+"]
    assert paid["value"].tolist() == [140.0, 120.0, 700.0, 20_000.0]


def test_rows_are_grouped_by_how_long_their_account_has_paid():
    """Deals closed on 20 March of accounts that paid since January, since that day, never."""
    ledger = pd.DataFrame(
        {
            "subscription_id": ["s1", "s2"], "account_id": ["a", "b"], "ended_on": None,
            "started_on": ["2025-11-03", "2026-03-20"], "mrr": [10.0, 10.0],
        }
    )  # fmt: skip
    frame = pd.DataFrame(
        {
            "opportunity_id": list("123"), "account_id": list("abc"), "created_on": "2026-03-01",
            "closed_on": "2026-03-20", "is_won": True, "amount": [1.0, 2.0, 4.0],
        }
    )  # fmt: skip
    data = rk.Dataset(subscriptions=ledger, opportunities=frame, as_of="2026-03-31")

    tenure, cohort = (rk.metrics.won_amount(data, by=by) for by in ("tenure", "cohort"))

    assert dict(zip(tenure["tenure"], tenure["value"], strict=True)) == {
        "0–2": 2.0, "3–5": 1.0, "(missing)": 4.0,
    }  # fmt: skip
    assert dict(zip(cohort["cohort"], cohort["value"], strict=True)) == {
        "2025-11": 1.0, "2026-03": 2.0, "(missing)": 4.0,
    }  # fmt: skip
    assert tenure["tenure"].tolist() == ["0–2", "3–5", "(missing)"]


def test_of_a_table_without_rows_the_whole_range_is_one_row_all_the_same():
    nothing = deals([], as_of="2026-03-31")

    found = rk.metrics.won_amount(nothing, period=None, start="2026-02-01")

    assert found["value"].tolist() == [0]
    assert found["n"].tolist() == [0]


def test_a_balance_is_not_small_where_there_is_nothing():
    ledger = pd.DataFrame({"subscription_id": ["s"], "account_id": ["a"], "mrr": [10.0],
                           "started_on": ["2026-03-02"], "ended_on": [None]})  # fmt: skip
    data = rk.Dataset(subscriptions=ledger, as_of="2026-03-31")

    found = rk.metrics.mrr(data, start="2026-01-01")

    assert found["value"].isna().tolist() == [True, True, False]  # before subscriptions begin
    assert not found["small"].any()


def test_a_refused_column_is_told_with_those_of_the_table_alone(define):
    def wrong(opportunities):
        return rk.Total(opportunities, at="closed_on").of(_.amuont)

    with pytest.raises(ColumnError) as refused:
        define(wrong)(deals(TWO), by="tier")

    assert "amount" in str(refused.value)
    assert "by_" not in str(refused.value)


def test_a_quotient_over_time_varies_by_both_of_its_periods(define):
    """Deals of March over those of February, of which each month has its own."""
    february, march = np.array([100.0, 200, 120, 180]), np.array([90.0, 300, 210])
    rows = [("2026-02-02", "2026-02-20", True, amount, "a") for amount in february]
    rows += [("2026-03-02", "2026-03-20", True, amount, "a") for amount in march]

    def over_the_month_before(opportunities):
        amount = rk.Total(opportunities, at="closed_on").of(_.amount)
        return amount / amount.shift(1)

    last = define(over_the_month_before)(deals(rows)).iloc[-1]

    a, b = march.sum(), february.sum()
    variance = (march**2).sum() / b**2 + a**2 / b**4 * (february**2).sum()
    # the sum at March decides how sure it is: 3 of unequal weight
    decide = (march**2).sum() ** 2 / (march**4).sum()
    reach = np.exp(stats.t.ppf(0.975, decide) * np.sqrt(variance) / (a / b))
    assert last["value"] == pytest.approx(1)
    assert reach**2 > 100  # too wide to say anything
    assert np.isnan([last["low"], last["high"]]).all()
    assert last["small"]


def test_a_month_is_complete_on_its_last_day():
    done = [("2026-02-05", "2026-02-20", True, 100.0, "a")]

    for metric in (rk.metrics.won_amount, rk.metrics.close_rate):
        assert metric(deals(done, as_of="2026-02-28"))["complete"].tolist() == [True]
        assert metric(deals(done, as_of="2026-02-27"))["complete"].tolist() == [False]


def test_a_value_counts_once_in_its_group_on_its_first_day(define):
    """Months then add up to their quarter, as every count does."""
    days = ["01-05", "01-05", "01-20", "02-03", "02-03", "03-03"]
    frame = pd.DataFrame({"opportunity_id": [*"123456"], "account_id": [*"aaaabc"]})
    frame["created_on"] = [f"2026-{day}" for day in days]
    frame = frame.assign(closed_on=None, is_won=None, amount=1.0)
    data = rk.Dataset(opportunities=frame, as_of="2026-03-31")

    @define
    def buyers(opportunities):
        """Accounts by their first deal."""
        return rk.Total(opportunities, at="created_on").once("account_id")

    assert buyers(data, period="month")["value"].tolist() == [1, 1, 1]
    assert buyers(data, period="quarter")["value"].tolist() == [3]
    assert buyers(data, period="month", trailing=2)["value"].tolist()[1:] == [2, 2]


@pytest.mark.parametrize("stock", ["average", "exposure"])
def test_a_window_that_begins_before_its_table_is_unknown(define, stock):
    """Also of a mean, or of time spent: before the table began they would count as none."""
    rows = [(f"2026-{month:02}-{day:02}", None, None, 1.0, "a") for month in (3, 4, 5, 6)
            for day in range(1, 29)]  # fmt: skip
    data = deals(rows, as_of="2026-06-30")

    @define
    def kept(opportunities):
        """Deals open."""
        open_deals = rk.Stock(opportunities, start="created_on", end="closed_on")
        return open_deals.average if stock == "average" else open_deals.exposure("day")

    found = kept(data, start="2026-01-01", trailing=2)
    known = found["value"].notna().tolist()

    assert known == [False, False, False, True, True, True]
