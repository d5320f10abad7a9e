"""Intervals against closed forms and known truth."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

import revkit as rk
from revkit.statistics import dispersion, intervals
from tests.support.companies import common as companies


def arrays(*values):
    return [np.array([float(value)]) for value in values]


@pytest.mark.parametrize(
    ("wins", "n", "low", "high"),
    [
        # Newcombe 1998, table I, method 3 (score without continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_what_newcombe_printed(wins, n, low, high):
    share, size = arrays(wins / n, n)

    least, most = intervals.wilson(share, size, 0.95)

    assert least[0] == pytest.approx(low, abs=5e-5)
    assert most[0] == pytest.approx(high, abs=5e-5)


def test_wilson_solves_its_quadratic_and_ends_where_shares_end():
    """Its ends are the p at which (share - p)² = z² p (1 - p) / n."""
    share, n = np.array([0.0, 0.2, 1.0]), np.array([7.0, 45.0, 3.0])

    low, high = intervals.wilson(share, n, 0.9)

    z = stats.norm.ppf(0.95)
    for end in (low, high):
        inside = (end > 0) & (end < 1)
        solved = (share - end) ** 2 - z * z * end * (1 - end) / n
        assert solved[inside] == pytest.approx(0, abs=1e-12)
    assert (low[0], high[2]) == (0, 1)
    assert (high[0], low[2]) == pytest.approx((z * z / (7 + z * z), 3 / (3 + z * z)))


def test_what_is_no_share_of_anything_has_no_interval():
    ends = intervals.wilson(np.array([0.5, -0.1, 1.1, 0.5]), np.array([0.0, 9.0, 9.0, -2.0]), 0.95)

    assert np.isnan(ends).all()
    assert not np.isnan(intervals.wilson(np.array([0.0, 1.0]), np.array([0.5, 0.5]), 0.95)).any()


def test_students_quantile_needs_a_degree_of_freedom_and_ends_at_the_normal_one():
    found = intervals.student(np.array([-1.0, 0.0, 0.5, 1.0, 7.0, np.inf]), 0.9)

    expected = [np.nan, np.nan, *stats.t.ppf(0.95, [0.5, 1, 7]), stats.norm.ppf(0.95)]
    assert found == pytest.approx(expected, nan_ok=True)


def test_there_are_no_odds_without_a_loss():
    assert np.isnan(intervals.odds(*arrays(30, 0), 0.95)).all()
    low, high = intervals.odds(*arrays(0, 4), 0.95)
    assert low[0] == 0
    assert high[0] == pytest.approx(stats.norm.ppf(0.975) ** 2 / 4)


def test_odds_are_the_mapped_share():
    low, high = intervals.odds(*arrays(30, 10), 0.95)
    share_low, share_high = intervals.wilson(*arrays(0.75, 40), 0.95)

    assert low[0] == pytest.approx(share_low[0] / (1 - share_low[0]))
    assert high[0] == pytest.approx(share_high[0] / (1 - share_high[0]))


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.689), (1, 0.025, 5.572), (10, 4.795, 18.390)]
)
def test_counts_are_garwoods(events, low, high):
    """Garwood 1936, as tabulated for a Poisson mean at 95 %."""
    least, most = intervals.count(*arrays(events, 1), 0.95)

    assert least[0] == pytest.approx(low, abs=1e-3)
    assert most[0] == pytest.approx(high, abs=1e-3)


def test_counts_widen_by_the_root_of_the_dispersion():
    narrow = intervals.count(*arrays(40, 1), 0.95)
    wide = intervals.count(*arrays(40, 4), 0.95)

    assert wide[1][0] - 40 == pytest.approx(2 * (narrow[1][0] - 40))
    assert 40 - wide[0][0] == pytest.approx(2 * (40 - narrow[0][0]))
    assert intervals.count(*arrays(3, 100), 0.95)[0][0] == 0


def test_a_mean_has_students_interval_on_the_log_scale():
    values = np.array([10.0, 20.0, 40.0, 50.0])
    error = values.std(ddof=1) / np.sqrt(4)
    reach = np.exp(stats.t.ppf(0.975, 3) * error / 30)

    low, high = intervals.mean(*arrays(values.sum(), (values**2).sum(), 4, np.inf), 0.95)

    assert low[0] == pytest.approx(30 / reach)
    assert high[0] == pytest.approx(30 * reach)


def log_scale(value, error, degrees, level=0.95):
    reach = np.exp(stats.t.ppf(0.5 + level / 2, degrees) * error / value)
    return pytest.approx((value / reach, value * reach))


def ends(bounds):
    return tuple(float(end[0]) for end in bounds)


@pytest.mark.parametrize(("deciding", "degrees"), [(np.inf, 8), (9.5, 8), (4.5, 3.5), (1.2, 1)])
def test_a_mean_is_as_sure_as_the_values_that_decide_it(deciding, degrees):
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 20])

    found = intervals.mean(*arrays(values.sum(), (values**2).sum(), 9, deciding), 0.9)

    error = values.std(ddof=1) / 3
    assert ends(found) == log_scale(values.mean(), error, degrees, 0.9)


@pytest.mark.parametrize(("deciding", "degrees"), [(12.0, 12), (0.3, 1)])
def test_sums_and_deltas_have_as_many_degrees_as_rows_decide_them(deciding, degrees):
    by_events = intervals.sum_of_events(*arrays(50, 36, deciding), 0.9)
    by_delta = intervals.delta(*arrays(50, 36), 0.9, deciding)

    assert ends(by_events) == log_scale(50, 6, degrees, 0.9)
    assert ends(by_delta) == log_scale(50, 6, degrees, 0.9)


def test_a_delta_that_many_rows_decide_is_normal():
    z = stats.norm.ppf(0.975)

    low, high = ends(intervals.delta(*arrays(50, 36), 0.95))

    assert (low, high) == pytest.approx((50 / np.exp(z * 6 / 50), 50 * np.exp(z * 6 / 50)))


@pytest.mark.parametrize(("effective", "degrees"), [(9.0, 8), (2.0, 1), (1.5, 1), (0.03, 1)])
def test_a_ratio_has_students_interval_with_a_degree_at_least(effective, degrees):
    low, high = ends(intervals.ratio(*arrays(0.9, 0.04, 11, effective), 0.9))

    reach = stats.t.ppf(0.95, degrees) * 0.2 * np.sqrt(11 / 10)
    assert (low, high) == pytest.approx((0.9 - reach, 0.9 + reach))


def test_a_ratio_that_nothing_moved_has_no_interval():
    assert np.isnan(intervals.ratio(*arrays(1, 0, 11, 0), 0.95)).all()
    assert np.isnan(intervals.ratio(*arrays(1, 0.04, 1, 3), 0.95)).all()
    # rounding may leave a variance below nothing
    assert ends(intervals.ratio(*arrays(1, -1e-18, 11, 3), 0.95)) == (1, 1)


def test_growth_has_students_interval_on_the_log_scale_from_two_accounts_on():
    error = 0.2 * np.sqrt(11 / 10)

    assert ends(intervals.growth(*arrays(0.9, 0.04, 11, 9), 0.9)) == log_scale(0.9, error, 8, 0.9)
    assert ends(intervals.growth(*arrays(0.9, 0.04, 11, 2), 0.9)) == log_scale(0.9, error, 1, 0.9)
    assert np.isnan(intervals.growth(*arrays(0.9, 0.04, 11, 1.99), 0.9)).all()


@pytest.mark.parametrize("interval", [intervals.sum_of_events, intervals.mean])
def test_what_rounding_leaves_below_nothing_is_no_spread(interval):
    """Five times 3 has squares of 45."""
    given = arrays(15, 45 - 1e-13, 5, 5) if interval is intervals.mean else arrays(3, -1e-18, 5)

    assert ends(interval(*given, 0.95)) == pytest.approx((3, 3))


def test_a_mean_of_one_or_of_nothing_positive_has_no_interval():
    alone = intervals.mean(*arrays(10, 100, 1, 1), 0.95)
    negative = intervals.mean(*arrays(-10, 100, 5, 5), 0.95)

    assert np.isnan([alone[0][0], alone[1][0], negative[0][0]]).all()


@pytest.mark.parametrize("n", [6, 9, 20, 50, 399, 400])
@pytest.mark.parametrize("q", [0.25, 0.5])
def test_ranks_hold_their_level_and_no_narrower_pair_of_tails_does(n, q):
    ranks = intervals.ranks(n, q, 0.95)

    # even the smallest and the largest value leave out more than a tail may hold
    assert (ranks is None) == (max(q**n, (1 - q) ** n) > 0.025)
    if ranks is None:
        return
    low, high = ranks
    below = stats.binom(n, q)
    assert below.cdf(low - 1) <= 0.025 < below.cdf(low)
    assert below.sf(high - 1) <= 0.025 < below.sf(high - 2)


@pytest.mark.parametrize("q", [0.25, 0.5])
def test_the_normal_ranks_of_large_samples_are_near_the_exact_ones(q):
    exact = stats.binom(401, q).ppf([0.025, 0.975])

    low, high = intervals.ranks(401, q, 0.95)

    assert abs(low - exact[0]) <= 1
    assert abs(high - 1 - exact[1]) <= 1
    reach = stats.norm.ppf(0.975) * np.sqrt(401 * q * (1 - q))
    assert low <= 401 * q - reach < low + 1
    assert high - 2 < 401 * q + reach <= high - 1


def test_a_ratio_of_sums_covers_its_truth_when_few_accounts_move():
    """2,000 months of 100 lognormal accounts, 2 % leave and 10 % grow: NRR's truth is known."""
    random = np.random.default_rng(7)
    opening = random.lognormal(6, 1, (2000, 100))
    grown = np.where(random.random((2000, 100)) < 0.1, random.uniform(0, 0.2, (2000, 100)), 0)
    change = np.where(random.random((2000, 100)) < 0.02, -1.0, grown)
    moved = opening * change
    value = 1 + moved.sum(axis=1) / opening.sum(axis=1)
    residuals = moved + opening - value[:, None] * opening
    variance = (residuals**2).sum(axis=1) / opening.sum(axis=1) ** 2
    held = opening.sum(axis=1) ** 2 / (opening**2).sum(axis=1)
    movers = (moved**2).sum(axis=1) ** 2 / (moved**4).sum(axis=1)
    truth = 1 + 0.98 * 0.1 * 0.1 - 0.02

    def wrong(effective):
        low, high = intervals.ratio(value, variance, np.full(2000, 100.0), effective, 0.95)
        return np.mean((truth < low) | (high < truth))

    assert wrong(np.fmin(held, movers)) < 0.1
    assert wrong(held) > 0.2


def test_growth_never_reaches_below_nothing_and_covers_its_truth():
    """2,000 months of 100 lognormal accounts, 30 % grow by up to 30 %."""
    random = np.random.default_rng(11)
    opening = random.lognormal(6, 1.5, (2000, 100))
    grown = opening * np.where(
        random.random((2000, 100)) < 0.3, random.uniform(0, 0.3, (2000, 100)), 0
    )
    value = grown.sum(axis=1) / opening.sum(axis=1)
    residuals = grown - value[:, None] * opening
    variance = (residuals**2).sum(axis=1) / opening.sum(axis=1) ** 2
    held = opening.sum(axis=1) ** 2 / (opening**2).sum(axis=1)
    movers = (grown**2).sum(axis=1) ** 2 / (grown**4).sum(axis=1)

    low, high = intervals.growth(value, variance, np.full(2000, 100.0), np.fmin(held, movers), 0.95)

    known = ~np.isnan(low)
    assert (low[known] > 0).all()
    assert np.mean((low <= 0.045) & (0.045 <= high), where=known) > 0.94


@pytest.mark.parametrize("n", [30, 300])
@pytest.mark.parametrize("spread", [0.5, 1.0, 1.5])
def test_sums_of_events_cover_their_truth_however_few_are_large(n, spread):
    """3,000 sums of Poisson many lognormal amounts; the normal quantile covers 86 to 95 %."""
    random = np.random.default_rng(5)
    many = random.poisson(n, 3000)
    amounts, month = random.lognormal(0, spread, many.sum()), np.repeat(np.arange(3000), many)
    total, squares, fourths = (np.bincount(month, amounts**power) for power in (1, 2, 4))
    truth = n * np.exp(spread**2 / 2)

    low, high = intervals.sum_of_events(total, squares, squares**2 / fourths, 0.95)

    assert 0.935 < np.mean((low <= truth) & (truth <= high)) < 0.98


@pytest.mark.parametrize("window", [1, 3])
def test_counts_of_overlapping_windows_are_as_dispersed_as_those_of_months(window):
    """20,000 companies whose months vary twice as much as chance."""
    random = np.random.default_rng(3)
    months = random.poisson(random.gamma(100.0, 1.0, (20_000, 11 + window))).astype(float)
    windows = sum(months[:, start : start + 12] for start in range(window))

    found = dispersion.around_line(windows, window)

    assert 1.9 < found.mean() < 2.3  # the floor adds to the mean, the more the rougher it is
    assert (dispersion.around_line(windows[:, :5], window) == 1).all()


def test_windows_of_a_year_tell_nothing_of_how_its_months_vary():
    erratic = np.array([[0.0, 20.0] * 6])

    assert dispersion.around_line(erratic, 12).tolist() == [1.0]


EVEN, UNEVEN = [10] * 15, [4, 16, 7, 13, 2, 18, 5, 15, 9, 11, 3, 17, 10, 10, 10]


def arriving(counts, mrr=100.0):
    """So many accounts come in each month up to March, after spend of 1,000 in each."""
    first = [date(2026 + (2 - back) // 12, (2 - back) % 12 + 1, 1) for back in range(len(counts))]
    regimes = [
        (f"a{place}.{number}", day, None, mrr)
        for place, (day, many) in enumerate(zip(first[::-1], counts, strict=True))
        for number in range(many)
    ]
    spend = [
        {"spend_id": f"x{day}", "spent_on": day, "function": "sales", "amount": 1000.0}
        for day in first
    ]
    lines = [("revenue", 100.0), ("cogs", 20.0)]
    finance = [{"month": date(2026, 3, 1), "line": line, "amount": much} for line, much in lines]
    return companies.ledger(*regimes, spend=spend, finance=finance)


def reach(metric, data, **how):
    last = metric(data, start="2026-03-01", **how).iloc[-1]
    return np.log(last["high"] / last["value"])


def test_a_quotient_is_as_unsure_as_the_counts_it_hangs_on():
    """New MRR of n equal accounts varies by φ/n: φ = 1 in even months, the variance over mean."""
    even = reach(rk.metrics.cac_payback, arriving(EVEN), trailing=1)
    uneven = reach(rk.metrics.cac_payback, arriving(UNEVEN), trailing=1)
    spread = dispersion.around_line(np.array([UNEVEN[-12:]], dtype=float))[0]

    assert spread > 2
    assert (uneven / even) ** 2 == pytest.approx(spread)


def test_what_its_months_have_in_common_leaves_a_quotient_of_one_stream_alone():
    """The discount of ten deals is as sure after even months as after uneven ones."""

    def sold(counts):
        days = [date(2026 + (2 - back) // 12, (2 - back) % 12 + 1, 5)
                for back in range(len(counts))][::-1]  # fmt: skip
        return companies.of(
            opportunities=[
                {
                    "opportunity_id": f"o{place}.{number}", "created_on": day, "closed_on": day,
                    "is_won": True, "amount": 100.0 + 10 * number, "discount": 0.1 * (number % 3),
                }
                for place, (day, many) in enumerate(zip(days, counts, strict=True))
                for number in range(many)
            ]
        )  # fmt: skip

    even = reach(rk.metrics.discount_rate, sold(EVEN))

    assert even > 0
    assert reach(rk.metrics.discount_rate, sold(UNEVEN)) == pytest.approx(even)


@pytest.mark.parametrize("many", [60, 100])
def test_a_sum_that_few_events_decide_is_small_until_there_are_a_hundred(many):
    """Three large deals decide it, 2.8 of equal weight; with ten of them none is small."""

    def sold(*large):
        amounts = [*large, *[1.0] * (many - len(large))]
        day = date(2026, 3, 5)
        keys = {"created_on": day, "closed_on": day, "is_won": True}
        rows = [
            {"opportunity_id": f"o{number}", "amount": amount} | keys
            for number, amount in enumerate(amounts)
        ]
        return rk.metrics.won_amount(companies.of(opportunities=rows)).iloc[-1]

    assert sold(100.0, 100.0, 70.0)["small"] == (many < 100)
    assert sold(100.0)["small"]
    assert not sold(*[100.0] * 10)["small"]


def test_windows_that_open_before_the_books_say_nothing_of_months():
    """As many came in each of thirteen months; the first two windows of three are not whole."""
    last = rk.metrics.cac(arriving([60] * 13), trailing=3).iloc[-1]
    least, most = intervals.count(*arrays(180, 1), 0.95)

    assert last["low"] == pytest.approx(3000 / most[0])
    assert last["high"] == pytest.approx(3000 / least[0])


def test_an_interval_beyond_all_bounds_is_wide_and_no_overflow():
    low, high = intervals.sum_of_events(*arrays(1e-3, 1.0, 2.0), 0.95)

    assert low[0] < 1e-9
    assert 1e9 < high[0] < np.inf
