"""Unit economics and growth: what follows from what, and where nothing can be said."""

import itertools
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import revkit as rk
from revkit.errors import DimensionError, TableError
from revkit.statistics.lifetimes import ChurnLaw, fit
from tests.support.companies import common as companies
from tests.support.companies import economics as made
from tests.support.results import values

M = rk.metrics
QUARTER = {"period": "quarter", "start": "2026-01-01"}


@pytest.fixture(scope="module")
def generated():
    return rk.generate(accounts=200, months=18, seed=2)


@pytest.fixture(scope="module")
def data(generated):
    return generated.data


def same(one, other, **how):
    pd.testing.assert_series_equal(one, other, check_names=False, **{"rtol": 1e-9} | how)


# What follows from what


@pytest.mark.parametrize("trailing", [1, 3])
def test_a_customer_is_worth_so_many_times_what_it_cost(data, trailing):
    how = {"trailing": trailing}

    ratio = values(M.cltv, data, **how) / values(M.cac, data, **how)

    same(values(M.ltv_cac, data, **how), ratio)
    assert ratio.notna().sum() > 1


def test_lifetime_value_by_segment_takes_the_margin_of_the_company(data):
    arpa = values(M.arpa, data, by="segment")
    months = M.churn_rate.parts(data, by="segment").set_index(["segment", "period"])
    months = months.groupby(level="segment").rolling(3).sum().droplevel(0)
    left, there = (months.iloc[:, place] for place in (0, 1))
    churn = left / there.where(there > 0)
    margin = values(M.gross_margin, data, trailing=3)

    expected = (arpa * margin.reindex(arpa.index, level="period") / churn.where(churn > 0)).dropna()

    found = values(M.cltv, data, by="segment").dropna()
    same(found, expected.loc[found.index])
    assert len(found) > 5
    assert set(found.index) == set(expected.index)


def test_lifetime_value_of_a_smaller_company_is_that_of_the_segment(data):
    smb = values(M.cltv, data.where(segment="SMB")).dropna()

    same(smb, values(M.cltv, data, by="segment").xs("SMB").loc[smb.index])
    assert len(smb) > 3


def test_payback_is_cost_over_what_new_customers_bring(data):
    how = {"trailing": 3}
    parts = M.cac.parts(data, **how).set_index("period")
    spent, customers = parts.iloc[:, 0], parts.iloc[:, 1]
    # month by month: within three months some have grown already
    new = values(M.new_mrr, data).rolling(3).sum()
    margin = values(M.gross_margin, data, **how).dropna()

    expected = spent / (new * margin).where(customers > 0)

    found = values(M.cac_payback, data).loc[margin.index].dropna()
    same(found, expected.loc[found.index])
    assert len(found) > 10


def test_months_and_quarters_agree_on_a_lifetime():
    """5 of 100 leave in a quarter, whether it is asked for as one or as three months."""
    data = made.unit(accounts=100, churn_rate=0.05, arpa=100.0, margin=0.5)

    quarter = values(M.cltv, data, trailing=1, **QUARTER).item()
    months = values(M.cltv, data, start="2026-03-01").item()

    assert quarter == pytest.approx(100 * 0.5 / (0.05 / 3))
    assert months == pytest.approx(quarter)


def test_efficiency_and_the_magic_number_differ_by_losses_and_a_quarter():
    data = made.won(new=9e5, expansion=3e5, churned=2e5, spent=1e6)

    assert values(M.sales_efficiency, data, **QUARTER).item() == pytest.approx(1.2)
    assert values(M.magic_number, data, lag=0, **QUARTER).item() == pytest.approx(1.0)


def test_deflating_divides_growth_by_that_of_prices():
    books = rk.example("economics")

    nominal = values(M.real_revenue_growth, books, **QUARTER)
    real = values(M.real_revenue_growth_deflated, books, **QUARTER)

    assert real.item() == pytest.approx((1 + nominal.item()) / 1.04 - 1)


def test_the_rule_of_40_adds_growth_and_margin_in_points(generated, data):
    finance = generated.tables["finance"].to_pandas()
    lines = finance.pivot_table(index="month", columns="line", values="amount", aggfunc="sum")
    margin = 1 - (lines["cogs"] + lines["opex"]) / lines["revenue"]

    growth = values(M.real_revenue_growth, data)

    points = values(M.rule_of_40, data).dropna()
    expected = 100 * (growth + margin.set_axis(pd.to_datetime(margin.index))).dropna()
    same(points, expected, check_freq=False, check_index_type=False)
    assert len(points) == 6


def test_burn_is_spread_over_what_arr_gained(generated, data):
    finance = generated.tables["finance"].to_pandas()
    burned = finance[finance["line"] == "cash_burn"].set_index("month")["amount"]
    gained = 12 * values(M.net_new_mrr, data)

    found = values(M.burn_multiple, data).dropna()

    burned = burned.set_axis(pd.to_datetime(burned.index))
    expected = (burned / gained.where(gained > 0)).dropna()
    same(found, expected, check_freq=False, check_index_type=False)
    assert len(found) > 10


# Where nothing can be said


@pytest.mark.parametrize(
    ("after", "burn", "expected"), [(90.0, 50.0, None), (100.0, 50.0, None), (125.0, -50.0, -2.0)]
)
def test_burn_has_no_multiple_where_nothing_was_gained(after, burn, expected):
    """A loss of ARR is not cash earned; cash earned while ARR grew is below nothing."""
    data = made.quarters(arr_before=100.0, arr_after=after, burn=burn)

    found = values(M.burn_multiple, data, start=companies.MARCH).item()

    assert found == pytest.approx(np.nan if expected is None else expected, nan_ok=True)


def test_growth_from_less_than_nothing_is_none():
    data = made.books(revenue=[-10.0, 30.0], cogs=3.0, opex=3.0)

    for metric in (M.real_revenue_growth, M.rule_of_40):
        assert np.isnan(values(metric, data, start=companies.MARCH).item())


def test_nobody_left_and_nobody_came():
    data = made.unit(accounts=10, margin=0.5, spend=100.0)

    for metric in (M.cltv, M.ltv_cac, M.cac_payback, M.clv):
        assert np.isnan(values(metric, data, start=companies.MARCH, trailing=1).item()), metric


def test_a_month_whose_books_are_open_is_unknown():
    """March without its lines is no month without revenue."""
    data = companies.of(
        finance=[
            {"month": date(year, 2, 1), "line": line, "amount": amount}
            for year in (2025, 2026)
            for line, amount in (("revenue", 100.0), ("cogs", 25.0), ("opex", 60.0))
        ]
    )

    growth, rule, margin = (
        values(metric, data, start="2026-02-01").tolist()
        for metric in (M.real_revenue_growth, M.rule_of_40, M.gross_margin)
    )
    quarter = values(M.gross_margin, data, **QUARTER).tolist()

    assert [growth[0], rule[0], margin[0], *quarter] == pytest.approx([0, 15, 0.75, 0.75])
    assert np.isnan([growth[1], rule[1], margin[1]]).all()


def test_without_a_line_the_others_say_nothing():
    data = made.books(revenue=[100.0, 130.0])

    for metric in (M.gross_margin, M.rule_of_40, M.real_revenue_growth_deflated):
        assert np.isnan(values(metric, data, start=companies.MARCH).item()), metric
    assert values(M.real_revenue_growth, data, start=companies.MARCH).item() == pytest.approx(0.3)


def test_the_first_year_has_no_growth(data):
    growth = values(M.real_revenue_growth, data)

    assert growth.iloc[:12].isna().all()
    assert growth.iloc[12:].notna().all()


def test_margins_have_no_segments_and_lifetime_value_needs_a_margin():
    with pytest.raises(DimensionError, match="finance has no dimension 'segment'"):
        M.gross_margin(rk.example("economics"), by="segment")
    with pytest.raises(TableError, match=r"metrics.cltv needs the table 'finance'"):
        M.cltv(companies.accounts([10], [0]))


# The worth of those who are customers


def regimes(generated, end):
    """What was paid, from when to when, as of a day."""
    rows = generated.tables["subscriptions"].to_pandas()
    rows = rows.assign(
        started_on=pd.to_datetime(rows["started_on"]),
        ended_on=pd.to_datetime(rows["ended_on"]).fillna(end).clip(upper=end),
    )
    return rows[(rows["started_on"] < end) & (rows["mrr"] > 0)]


def chance_to_leave(rows, end):
    """Accounts that paid at the end of a month and not at that of the next, over all that did."""
    months = pd.date_range(rows["started_on"].min(), end, freq="ME")
    paying = [
        set(rows[(rows["started_on"] <= day) & (rows["ended_on"] > day)]["account_id"])
        for day in months
    ]
    pairs = list(itertools.pairwise(paying))
    return sum(len(one - other) for one, other in pairs) / sum(len(one) for one, _ in pairs)


def by_hand(rows, end, lives, margin):
    """Realised and expected, account by account, from the subscriptions alone."""
    days = (rows["ended_on"] - rows["started_on"]).dt.days
    paid = (rows["mrr"] * days / (365.25 / 12)).groupby(rows["account_id"]).sum()
    mrr = rows["mrr"].where(rows["ended_on"] == end, 0.0).groupby(rows["account_id"]).sum()
    first = rows.groupby("account_id")["started_on"].min().dt.to_period("M")
    age = (end.to_period("M") - first).map(lambda months: months.n).to_numpy(dtype=float)
    expected = mrr * lives.residual(age, 1.1 ** (1 / 12) - 1)
    return pd.DataFrame({"realised": margin * paid, "expected": margin * expected, "mrr": mrr})


@pytest.fixture(scope="module")
def booked(generated):
    finance = generated.tables["finance"].to_pandas()
    lines = finance.groupby("line")["amount"].sum()
    return 1 - lines["cogs"] / lines["revenue"]


def test_each_account_is_worth_what_it_paid_and_is_to_pay(generated, data, booked):
    end = pd.Timestamp(generated.as_of) + pd.Timedelta(days=1)
    rows = regimes(generated, end)
    lives = ChurnLaw(chance_to_leave(rows, end), np.inf)
    expected = by_hand(rows, end, lives, booked).sort_index()

    parts = M.clv.parts(data).set_index("account_id").sort_index()

    for column in ("realised", "expected", "mrr"):
        same(parts[column], expected[column], rtol=1e-8, atol=1e-6)


def test_the_mean_worth_is_that_of_the_accounts_that_pay(data):
    parts = M.clv.parts(data)
    last = M.clv(data).iloc[-1]

    paying = parts[parts["mrr"] > 0]
    assert last["value"] == pytest.approx(paying["value"].mean())
    assert last["n"] == len(paying)
    gone = parts[parts["mrr"] == 0]
    assert len(gone) > 5
    assert (gone["expected"] == 0).all()
    assert (gone["realised"] > 0).all()
    assert last["low"] < last["value"] < last["high"]


def test_groups_are_parts_of_the_whole(data):
    whole = M.clv(data, period="quarter").set_index("period")

    for by in ("segment", "cohort", "tenure"):
        groups = M.clv(data, by=by, period="quarter").dropna(subset="value")
        total = (groups["value"] * groups["n"].astype(float)).groupby(groups["period"]).sum()
        accounts = groups["n"].groupby(groups["period"]).sum()
        known = whole.loc[total.index]
        same(total / accounts.astype(float), known["value"])
        assert accounts.tolist() == known["n"].tolist()


def test_worth_does_not_look_ahead(data):
    """A past value is what the company knew then."""
    whole = values(M.clv, data)

    then = values(M.clv, data.replay("2024-03-31"))

    same(whole.loc[then.index].dropna(), then.dropna())
    assert then.notna().sum() > 5


def test_worth_of_a_part_of_the_company_takes_the_margin_of_all(data):
    parts = M.clv.parts(data.where(segment="SMB"))
    whole = M.clv.parts(data).set_index("account_id")["realised"]

    same(parts.set_index("account_id")["realised"], whole.loc[parts["account_id"]], rtol=1e-8)


# Fader and Hardie's customers


@pytest.mark.parametrize(
    ("survived", "alpha", "beta"),
    [
        ([0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491], 0.6681, 3.8061),
        ([0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241], 0.7041, 1.1820),
    ],
    ids=["high end", "regular"],
)
def test_the_law_of_lives_is_theirs(survived, alpha, beta):
    left = np.array([1, *survived]) * 1000

    lives = fit(left[:-1] - left[1:], left[:-1])

    assert (lives.alpha, lives.beta) == pytest.approx((alpha, beta), abs=1e-4)


@pytest.mark.parametrize(
    ("lives", "lifetime", "residual"),
    [(ChurnLaw(0.6681, 3.8061), 5.922, 7.345), (ChurnLaw(0.7041, 1.1820), 3.695, 6.576)],
    ids=["high end", "regular"],
)
def test_what_is_left_of_a_life_is_theirs(lives, lifetime, residual):
    """At 10 %: of a new customer, whose first payment counts, and of one in its seventh year."""
    new, seventh = lives.residual(np.array([1.0, 7.0]), 0.1)

    assert 1 + new / 1.1 == pytest.approx(lifetime, abs=1e-3)
    assert seventh == pytest.approx(residual, abs=1e-3)


def test_few_accounts_leave_at_one_rate_at_any_age():
    lives = fit(np.array([3.0, 1.0]), np.array([30.0, 10.0]))

    assert lives.alpha == pytest.approx(0.1)
    # 0.9 + 0.9² v + 0.9³ v² + … with v = 1 / 1.25
    expected = 0.9 / (1 - 0.9 / 1.25)
    assert lives.residual(np.array([1.0, 50.0]), 0.25) == pytest.approx([expected] * 2)


def test_nobody_having_left_there_is_no_law():
    assert fit(np.zeros(3), np.array([300.0, 300.0, 300.0])) is None


@pytest.mark.parametrize(
    "law", [ChurnLaw(1.0, 20.0), ChurnLaw(1 / 21, np.inf)], ids=["some leave early", "all alike"]
)
def test_a_lifetime_is_within_what_the_laws_that_fit_almost_as_well_make_of_it(law):
    """100 samples of 500 accounts over 24 months, 1 in 21 of which leaves at its first renewal.

    Two errors hold the truth in 93 % and more; the number of losses alone gives 60 to 75 %.
    """
    random = np.random.default_rng(8)
    truth = np.log(law.residual(np.array([12.0]), 0.01)[0])
    held, counted = 0, 0
    for _ in range(100):
        chance = np.full(500, law.alpha)
        if np.isfinite(law.beta):
            chance = random.beta(law.alpha, law.beta, 500)
        stays, seen = random.geometric(chance), random.integers(1, 25, 500)
        ages = np.arange(1, 25)
        came = ((stays >= ages[:, None]) & (seen >= ages[:, None])).sum(axis=1).astype(float)
        lost = ((stays == ages[:, None]) & (seen >= ages[:, None])).sum(axis=1).astype(float)

        found = fit(lost, came)

        most = found.residual(np.array([12.0]), 0.01)[0]
        apart = [
            max(abs(other.residual(np.array([12.0]), 0.01)[0] - most) for other in pair)
            for pair in found.neighbours
        ]
        off = abs(np.log(most) - truth)
        held += off <= 1.96 * np.sqrt(np.square(apart).sum()) / most
        counted += off <= 1.96 / np.sqrt(lost.sum())
    assert held / 100 >= 0.93
    assert counted / 100 < 0.8


@pytest.mark.parametrize("accounts", [180, 220])
def test_a_lifetime_of_few_losses_is_called_small(accounts):
    """Of 180, too few came to a renewal to tell its age from any other; 120 and more pay."""
    last = M.clv(made.cohort([0.9, 0.85, 0.8], accounts=accounts)).iloc[-1]

    assert last["n"] > 100
    assert last["small"] == (accounts < 200)


def test_losses_in_which_nobody_stays_have_laws_near_them_too():
    lives = fit(np.array([300.0, 0.0]), np.array([300.0, 1.0]))

    near = [law for pair in lives.neighbours for law in pair]
    assert near
    assert all(0 < law.alpha for law in near)


def test_worth_by_the_month_first_paid_is_what_was_paid_and_is_to_be():
    """One of eleven renewals was lost: each account that is left has a chance of 1/11 to leave.

    What it has paid is a month's price for every 365.25 / 12 days; what it is to pay is a
    geometric series, a month's payment each, at 10 % a year.
    """
    november, december, january = date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)
    # booked in two months: a margin of 75 % is of all that is
    booked = [(date(2026, 2, 1), "revenue", 60.0), (companies.MARCH, "revenue", 100.0),
              (companies.MARCH, "cogs", 40.0)]  # fmt: skip
    data = companies.ledger(
        ("a", november, None, 40.0),
        ("b", december, None, 100.0),
        ("c", january, None, 10.0),
        ("d", november, january, 70.0),
        finance=[{"month": month, "line": line, "amount": much} for month, line, much in booked],
    )
    stays, month = 10 / 11, 1.1 ** (1 / 12)
    payments = stays / (1 - stays / month)

    found = M.clv(data, by="cohort", start=companies.MARCH)
    parts = M.clv.parts(data).set_index("account_id")

    assert found["cohort"].tolist() == ["2025-11", "2025-12", "2026-01"]
    assert found["n"].tolist() == [1, 1, 1]
    starts = zip([40.0, 100.0, 10.0], [november, december, january], strict=True)
    expected = [
        0.75 * mrr * ((date(2026, 4, 1) - start).days * 12 / 365.25 + payments)
        for mrr, start in starts
    ]
    assert found["value"].tolist() == pytest.approx(expected)
    assert parts.loc["d", "realised"] == pytest.approx(0.75 * 70 * 61 * 12 / 365.25)

    # the variance of the mean, and that of the law: how far the laws next to it are from it
    quarter = M.clv(data, period="quarter", start=january)["value"]
    assert quarter.tolist() == pytest.approx([np.mean(expected)])
    whole = M.clv(data, start=companies.MARCH).iloc[-1]
    law = fit(np.array([0.0, 1, 0, 0]), np.array([4.0, 4, 2, 1]))
    made_so_far, mrr = np.array([5.0, 4, 3]), np.array([40.0, 100, 10])
    off = [
        max(
            abs((0.75 * mrr * (near.residual(made_so_far, month - 1) - payments)).mean())
            for near in pair
        )
        for pair in law.neighbours
    ]
    variance = np.var(expected, ddof=1) / 3 + np.square(off).sum()
    value = np.mean(expected)
    reach = np.exp(stats.norm.ppf(0.975) * np.sqrt(variance) / value)
    assert len(off) == 2
    assert whole["value"] == pytest.approx(value)
    assert (whole["low"], whole["high"]) == pytest.approx((value / reach, value * reach))
    assert parts["cohort"].tolist() == ["2025-11", "2025-12", "2026-01", "2025-11"]


def test_worth_of_a_company_without_customers_has_no_period_but_from_a_start_on():
    lines = [("revenue", 100.0), ("cogs", 25.0)]
    finance = [{"month": companies.MARCH, "line": line, "amount": much} for line, much in lines]
    data = companies.ledger(("a", date(2027, 1, 1), None, 10.0), finance=finance)

    from_march = M.clv(data, start=companies.MARCH)

    assert from_march["value"].isna().tolist() == [True]
    assert len(M.clv(data)) == 0
    assert from_march.attrs["undefined"] == {}


def test_a_worth_is_compared_with_that_of_the_month_before(data):
    whole = M.clv(data).set_index("period")["value"]
    start = whole.index[-3]

    last = M.clv(data, start=start, compare="previous").set_index("period")

    assert last.index.tolist() == whole.index[-3:].tolist()
    same(last["value"], whole.iloc[-3:])
    same(last["change"], whole.diff().iloc[-3:])
    year = M.clv(data, start=start, compare="year").set_index("period")
    same(year["change"], whole.diff(12).iloc[-3:])
