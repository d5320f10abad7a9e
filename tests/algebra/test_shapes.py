"""What the shape of a formula says: its sum of leaves, what is sampled of it, its method."""

import pytest
from ibis import _

from revkit.algebra import Formula, Stock, Total
from revkit.algebra.formula.linear import linear, sampled_part
from revkit.algebra.intervals.method import interval_method

DEALS = Total("opportunities", at="closed_on")
WON = DEALS.where(_.is_won)
AMOUNT = WON.of(_.amount)
COST = Total("spend", at="spent_on").of(_.amount)
PAYS = Stock("movements")


@pytest.mark.parametrize(
    ("formula", "factors"),
    [
        (AMOUNT, [1]),
        (WON - 4 * DEALS, [1, -4]),
        (4 * WON - DEALS / 4, [4, -0.25]),
        (WON - (DEALS - 2 * AMOUNT), [1, -1, 2]),
        (WON + DEALS * 0.5, [1, 0.5]),
    ],
    ids=str,
)
def test_a_sum_of_leaves_has_their_factors(formula: Formula, factors: list[float]) -> None:
    assert [factor for factor, _leaf in linear(formula) or []] == factors


@pytest.mark.parametrize("formula", [WON * DEALS, WON / DEALS, 1 / WON, WON + 1], ids=str)
def test_what_is_no_sum_of_leaves_has_none(formula: Formula) -> None:
    assert linear(formula) is None


@pytest.mark.parametrize(
    ("formula", "unit", "method"),
    [
        (WON / DEALS, "share", "proportion"),
        (AMOUNT / DEALS.of(_.amount), "share", "proportion of money"),
        (WON / DEALS.of(_.amount), "share", "proportion of money"),
        (AMOUNT / DEALS, "share", "proportion of money"),
        (WON / DEALS, "ratio", "odds"),
        (AMOUNT / WON, "money", "mean"),
        (AMOUNT / DEALS, "money", "delta"),
        (COST / WON, "money", "known over count"),
        (COST / AMOUNT, "ratio", "delta"),
        ((COST + AMOUNT) / WON, "money", "delta"),
        (AMOUNT, "money", "sum of events"),
        (WON, "count", "count"),
        (WON + DEALS, "count", "none"),
        (PAYS.of(_.mrr), "money", "none"),
        (COST, "money", "none"),
        (COST / PAYS, "money", "none"),
        (AMOUNT / PAYS.opening, "ratio", "ratio per account"),
        (AMOUNT / PAYS, "ratio", "delta"),
        (AMOUNT - COST, "money", "sum of events"),
        (1 - WON / DEALS, "share", "proportion"),
        (WON / DEALS * AMOUNT, "money", "delta"),
    ],
    ids=str,
)
def test_the_method_follows_from_shape_and_unit(formula: Formula, unit: str, method: str) -> None:
    assert interval_method(formula, unit) == method


@pytest.mark.parametrize(
    ("formula", "sampled", "scale", "shift"),
    [
        (AMOUNT, AMOUNT, None, None),
        (AMOUNT - COST, AMOUNT, None, -1 * COST),
        (COST - AMOUNT, AMOUNT, -1, COST),
        (COST * AMOUNT, AMOUNT, COST, None),
        (AMOUNT / COST, AMOUNT, 1.0 / COST, None),
        (2 * AMOUNT, 2 * AMOUNT, None, None),
        (COST / AMOUNT, COST / AMOUNT, None, None),
        (1 + (AMOUNT - COST), AMOUNT, None, -1 * COST + 1),
    ],
    ids=str,
)
def test_what_is_known_scales_and_shifts_what_is_sampled(
    formula: Formula, sampled: Formula, scale: object, shift: object
) -> None:
    found = sampled_part(formula)

    assert str(found.sampled) == str(sampled)
    assert str(found.scale) == str(scale)
    assert str(found.shift) == str(shift)
