"""The interval of each method, and where it is called small, by closed forms on small companies."""

from datetime import date, timedelta

import numpy as np
import pytest
from ibis import _
from scipy import stats

import revkit as rk
from revkit.algebra import METRICS
from revkit.statistics import quantiles
from tests.support.companies import common as companies

M = rk.metrics
MARCH = companies.MARCH


def sold(amounts, day=date(2026, 3, 20), lost=0):
    """Deals won on a day, one for each amount, and deals lost."""
    keys = {"created_on": day - timedelta(10), "closed_on": day}
    rows = [keys | {"is_won": True, "amount": float(amount)} for amount in amounts]
    rows += [keys | {"is_won": False, "amount": 1.0}] * lost
    return [row | {"opportunity_id": f"{day}-{n}"} for n, row in enumerate(rows)]


def march(metric, data, **how):
    return metric(data, start=MARCH, **how).iloc[-1]


def log_scale(value, variance, degrees, level=0.95):
    reach = np.exp(stats.t.ppf(0.5 + level / 2, degrees) * np.sqrt(variance) / value)
    return pytest.approx((value / reach, value * reach))


def ends(row):
    return row["low"], row["high"]


def moving(stays=(), n=10):
    """Accounts that pay 100 when March opens, and what the first of them pay when it closes."""
    return companies.accounts([100.0] * n, [*stays, *[100.0] * (n - len(stays))])


def unequal(n):
    """Won deals of amounts that differ a little."""
    return companies.of(opportunities=sold([100.0 + at for at in range(n)]))


# The ends


def test_a_sum_of_events_varies_by_its_squares_and_by_its_months():
    """Of dispersion φ, n events that add S vary by Σx² + (φ − 1) S²/n."""
    counts = [4, 16, 7, 13, 2, 18, 5, 15, 9, 11, 3, 17]
    months = [date(2025 + (n + 3) // 12, (n + 3) % 12 + 1, 5) for n in range(12)]
    rows = [
        row
        for day, many in zip(months, counts, strict=True)
        for row in sold([100.0] * (many - 1) + [250.0], day)
    ]
    (around,) = np.polyfit(range(12), counts, 1, full=True)[1]
    dispersion = around / 10 / np.mean(counts)
    amounts = np.array([100.0] * 16 + [250.0])

    last = march(M.won_amount, companies.of(opportunities=rows))

    squares = (amounts**2).sum()
    variance = squares + (dispersion - 1) * amounts.sum() ** 2 / 17
    assert dispersion > 2
    assert ends(last) == log_scale(amounts.sum(), variance, squares**2 / (amounts**4).sum())


def test_twelve_times_a_sum_is_bounded_by_twelve_times_its_ends():
    data = companies.of(opportunities=sold([100.0, 150, 130, 90, 250, 60]))

    def a_year_of_it(opportunities):
        won = rk.Total(opportunities, at="closed_on").where(_.is_won)
        return 12 * won.of(_.amount)

    try:
        about = {"title": "t", "owner": "both", "better": "higher", "unit": "money"}
        last = march(rk.metric(**about)(a_year_of_it), data)
    finally:
        METRICS.pop("a_year_of_it", None)

    assert ends(last) == pytest.approx([12 * end for end in ends(march(M.won_amount, data))])


def test_a_mean_of_amounts_has_students_interval():
    amounts = np.array([10.0, 20, 30, 40, 50, 60, 70, 80, 90, 150])

    last = march(M.deal_size, companies.of(opportunities=sold(amounts)))

    decide = (amounts**2).sum() ** 2 / (amounts**4).sum()
    assert 2 < decide < 9
    assert ends(last) == log_scale(60, amounts.var(ddof=1) / 10, decide - 1)


def test_expansion_of_accounts_is_bounded_on_the_log_scale():
    """Of ten accounts of 100 three grow: by 20, 40 and 60."""
    last = march(M.expansion_rate, moving([120.0, 140.0, 160.0]))

    gains = np.array([20.0, 40, 60] + [0] * 7)
    residuals = gains - gains.sum() / 1000 * 100
    variance = (residuals**2).sum() / 1000**2 * 10 / 9
    decide = (gains**2).sum() ** 2 / (gains**4).sum()
    low, high = log_scale(0.12, variance, decide - 1).expected
    assert last["value"] == pytest.approx(0.12)
    assert high > 100 * low
    assert np.isnan(ends(last)).all()
    assert last["small"]


def test_net_retention_is_bounded_on_the_plain_scale():
    """Of ten accounts of 100 three grow by 30, 40 and 50, and one shrinks by 40."""
    last = march(M.nrr, moving([130.0, 140.0, 150.0, 60.0]))

    moves = np.array([30.0, 40, 50, -40] + [0] * 6)
    residuals = moves - moves.sum() / 10
    error = np.sqrt((residuals**2).sum() / 1000**2 * 10 / 9)
    decide = (moves**2).sum() ** 2 / (moves**4).sum()
    reach = stats.t.ppf(0.975, decide - 1) * error
    assert last["value"] == pytest.approx(1.08)
    assert ends(last) == pytest.approx((1.08 - reach, 1.08 + reach))


def test_nothing_less_than_nothing_is_kept():
    last = march(M.nrr, moving([0.0, 0.0, 0.0, 0.0], n=5))

    assert last["low"] == 0
    assert 0.2 < last["high"] < 3


def test_what_is_kept_of_money_is_a_share_of_as_many_accounts_as_weigh_alike():
    """Wilson's interval of 900/1,100 of (Σo)²/Σo² accounts."""
    data = companies.accounts([200.0, *[100.0] * 9], [0.0, *[100.0] * 9])

    last = march(M.grr, data)

    n, z = 1100**2 / (200**2 + 9 * 100**2), stats.norm.ppf(0.975)
    for end in ends(last):
        assert (900 / 1100 - end) ** 2 == pytest.approx(z * z * end * (1 - end) / n)
    assert last["low"] < 900 / 1100 < last["high"]


def test_cost_of_customers_is_known_over_how_many_they_might_have_been():
    last = march(M.cac, companies.spending(sales=1000.0, customers=10))

    low, high = stats.chi2.ppf(0.025, 20) / 2, stats.chi2.ppf(0.975, 22) / 2
    assert ends(last) == pytest.approx((1000 / high, 1000 / low))


def test_odds_are_of_wins_over_losses():
    last = march(M.win_loss_ratio, companies.deals(won=12, lost=8))

    z = stats.norm.ppf(0.975)
    for end in ends(last):
        share = end / (1 + end)
        assert (0.6 - share) ** 2 == pytest.approx(z * z * share * (1 - share) / 20)


@pytest.mark.parametrize("n", [401, 403, 1000])
def test_the_median_of_many_is_read_at_its_ranks(n):
    """Only four values leave the engine where there are more than 400: they must be the right."""
    assert n > quantiles.ALL_TRAVEL
    amounts = np.random.default_rng(n).lognormal(8, 1, n).round(2)
    data = companies.of(opportunities=sold(amounts) + sold([5.0], date(2026, 2, 20)))

    february, last = M.median_deal_size(data).to_dict("records")

    reach = stats.norm.ppf(0.975) * np.sqrt(n / 4)
    ranked = np.sort(amounts)
    assert last["value"] == pytest.approx(np.median(amounts))
    assert last["low"] == ranked[int(np.floor(n / 2 - reach)) - 1]
    assert last["high"] == ranked[int(np.ceil(n / 2 + reach))]
    assert last["n"] == n
    assert february["value"] == 5


def test_a_quotient_of_sums_varies_by_the_squares_of_each():
    """Of four accounts one is new, one back to more, one down by half and one gone."""
    start, day = date(2025, 12, 1), date(2026, 3, 12)
    data = companies.ledger(
        ("new", day, None, 100.0), ("new too", day, None, 300.0),
        ("more", start, day, 60.0), ("more", day, None, 100.0),
        ("less", start, day, 120.0), ("less", day, None, 70.0),
        ("gone", start, day, 100.0),
    )  # fmt: skip

    last = march(M.quick_ratio, data)

    gained, lost = np.array([100.0, 300, 40]), np.array([50.0, 100])
    a, b = gained.sum(), lost.sum()
    variance = (gained**2).sum() / b**2 + a**2 / b**4 * (lost**2).sum()
    low, high = log_scale(a / b, variance, 1).expected  # one account alone made it grow
    assert last["value"] == pytest.approx(a / b)
    assert high > 100 * low
    assert np.isnan(ends(last)).all()
    assert last["small"]


def test_a_discount_is_one_less_the_quotient_of_two_sums_of_the_same_deals():
    amounts = np.array([90.0, 80, 100, 50, 60, 95, 85, 70, 75, 88])
    discounts = np.array([0.1, 0.2, 0, 0.5, 0.4, 0.05, 0.15, 0.3, 0.25, 0.12])
    rows = [
        row | {"discount": discount} for row, discount in zip(sold(amounts), discounts, strict=True)
    ]

    last = march(M.discount_rate, companies.of(opportunities=rows))

    listed = amounts / (1 - discounts)
    kept = amounts.sum() / listed.sum()
    variance = ((amounts - kept * listed) ** 2).sum() / listed.sum() ** 2
    decide = min((x**2).sum() ** 2 / (x**4).sum() for x in (amounts, listed))
    assert last["value"] == pytest.approx(1 - kept)
    assert (1 - last["high"], 1 - last["low"]) == log_scale(kept, variance, decide)


def test_the_median_of_four_hundred_is_read_from_all_of_them():
    """The last number of which every value travels: the ranks are those of the binomial."""
    amounts = np.random.default_rng(400).lognormal(8, 1, quantiles.ALL_TRAVEL).round(2)

    last = march(M.median_deal_size, companies.of(opportunities=sold(amounts)))

    ranked, chance = np.sort(amounts), stats.binom(400, 0.5)
    assert last["value"] == pytest.approx(np.median(amounts))
    assert last["low"] == ranked[int(chance.ppf(0.025)) - 1]
    assert last["high"] == ranked[int(chance.ppf(0.975))]


# Small samples


@pytest.mark.parametrize(
    ("metric", "company", "enough"),
    [
        (M.win_rate, lambda n: companies.deals(won=n - 5, lost=5), 20),
        (M.win_loss_ratio, lambda n: companies.deals(won=5, lost=n - 5), 20),
        (M.deal_size, lambda n: unequal(n), 20),
        (M.won_amount, lambda n: companies.deals(won=n), 20),
        (M.median_deal_size, lambda n: companies.deals(won=n), 20),
        (M.mqls, lambda n: companies.leads(n + 5, mql=n), 6),
        (M.cac, lambda n: companies.spending(sales=100.0, customers=n), 6),
        (M.cost_per_lead, lambda n: companies.spending(programmes=100.0, leads=n), 6),
        (M.grr, lambda n: moving([50.0], n), 20),
        (M.churn_rate, lambda n: moving([0.0], n), 20),
        (M.nrr, lambda n: moving([130.0] * n, 30), 5),
        (M.expansion_rate, lambda n: moving([130.0] * n, 30), 5),
        (M.nrr, lambda n: moving([130.0] * n, n + 1), 5),
    ],
    ids=lambda one: getattr(one, "name", None),
)
def test_an_interval_is_called_small_below_the_size_from_which_it_holds(metric, company, enough):
    assert march(metric, company(enough - 1))["small"]
    assert not march(metric, company(enough))["small"]


@pytest.mark.parametrize(("metric", "many"), [(M.won_amount, 99), (M.deal_size, 99)])
def test_two_deals_decide_too_little_until_there_are_a_hundred(metric, many):
    """Two of 60 among deals of 1: 2.05 of equal weight; two of 1,000 decide too little anyway."""
    few = companies.of(opportunities=sold([60.0, 60.0, *[1.0] * (many - 2)]))
    enough = companies.of(opportunities=sold([60.0, 60.0, *[1.0] * (many + 200)]))
    alone = companies.of(opportunities=sold([1000.0, 1000.0, *[1.0] * many]))

    assert march(metric, few)["small"]
    assert not march(metric, enough)["small"]
    assert march(metric, alone)["small"]
    assert np.isnan(ends(march(metric, alone))).all()
