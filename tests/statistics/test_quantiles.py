"""Quantiles and their intervals, from all values or from those at the ranks that matter."""

import numpy as np
import pytest
from scipy import stats

from revkit.statistics import quantiles


@pytest.mark.parametrize("n", [1, 2, 6, 17, 400])
@pytest.mark.parametrize("q", [0.25, 0.5, 0.9])
def test_a_quantile_is_numpys_and_its_interval_that_of_the_order_statistics(n, q):
    values = np.sort(np.random.default_rng(n).lognormal(size=n))

    value, low, high = quantiles.read(list(values), n, q, 0.95)

    assert value == pytest.approx(np.quantile(values, q))
    below = stats.binom(n, q)
    if max(q**n, (1 - q) ** n) > 0.025:
        assert np.isnan([low, high]).all()
    else:
        assert low == values[int(below.ppf(0.025)) - 1] or below.cdf(below.ppf(0.025)) == 0.025
        assert high == values[int(below.ppf(0.975))]


def test_of_many_values_four_travel_and_are_read_as_they_stand():
    """Of 401 the 0.25 quantile is the 101st, of 403 half way from the 101st to the 102nd."""
    four = [10.0, 20.0, 7.0, 33.0]

    assert quantiles.read(four, 401, 0.25, 0.95) == (10.0, 7.0, 33.0)
    assert quantiles.read(four, 403, 0.25, 0.95) == (15.0, 7.0, 33.0)


@pytest.mark.parametrize(("values", "n"), [(None, 3), ([], 0)])
def test_nothing_has_no_quantile(values, n):
    assert np.isnan(quantiles.read(values, n, 0.5, 0.95)).all()
