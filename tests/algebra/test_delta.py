"""The variance of formulas over accounts, beside the effect that each account has on the value.

Taking accounts for a Poisson sample, the variance of a value is the sum of the squares of its
derivatives by each account's weight. Where every sum is of MRR, the weight of an account is what
its MRR is multiplied by, so the derivative is measured by asking twice.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from ibis import _

import revkit as rk
from revkit.algebra import METRICS
from revkit.algebra.evaluate.products import vary_together
from revkit.algebra.intervals import delta

# by account: segment, MRR from January, from 10 February, from 12 March (0: does not pay)
PAID = {
    "a1": ("SMB", 100.0, 100.0, 140.0),
    "a2": ("SMB", 80.0, 0.0, 0.0),
    "a3": ("SMB", 120.0, 150.0, 90.0),
    "a4": ("Ent", 300.0, 300.0, 0.0),
    "a5": ("Ent", 0.0, 250.0, 400.0),
    "a6": ("Ent", 500.0, 450.0, 450.0),
    "a7": ("Ent", 0.0, 0.0, 70.0),
}
DAYS = [date(2026, 1, 5), date(2026, 2, 10), date(2026, 3, 12), None]


def company(weights=None):
    """The accounts of PAID, the MRR of some multiplied by their weight."""
    rows = [
        {"subscription_id": f"{name}-{n}", "account_id": name, "started_on": DAYS[n],
         "ended_on": DAYS[n + 1], "mrr": mrr * (weights or {}).get(name, 1.0),
         "churn_reason": "price" if name in ("a2", "a4") else None}
        for name, (_segment, *levels) in PAID.items()
        for n, mrr in enumerate(levels)
        if mrr
    ]  # fmt: skip
    accounts = [{"account_id": name, "segment": paid[0]} for name, paid in PAID.items()]
    return rk.Dataset(
        as_of=date(2026, 3, 31),
        subscriptions=pd.DataFrame(rows),
        accounts=pd.DataFrame(accounts),
    )


def end(movements):
    return rk.Stock(movements).of(_.mrr)


def lost(movements):
    return rk.Total(movements).where(_.before > 0).where(_.after == 0).of(_.before)


def gained(movements):
    return rk.Total(movements).where(_.after > _.before).of(_.after - _.before)


def lost_for_a_price(movements):
    return lost(movements).where(_.churn_reason == "price")


FORMULAS = {
    # movements with their reason are another query than the stocks beside them
    "what is lost for a price": lambda m: lost_for_a_price(m) / end(m).opening,
    "what is lost of what stood": lambda m: lost(m) / end(m).opening,
    "what is lost of what stands": lambda m: lost(m) / end(m),
    "growth": lambda m: end(m) / end(m).opening,
    "what is won for what is lost": lambda m: gained(m) / lost(m),
    "what is won less what is lost": lambda m: (gained(m) - lost(m)) / end(m),
    "opening less closing": lambda m: (end(m).opening - end(m)) / gained(m),
    "a product": lambda m: lost(m) * end(m) / end(m).opening,
    "of the company's": lambda m: gained(m) / end(m).overall(),
}


@pytest.fixture
def plan():
    """Plan a formula as a metric that is forgotten after the test, by month."""
    names = []

    def planned(name, weights=None, **how):
        def asked(movements):
            return FORMULAS[name](movements)

        about = {"title": "t", "owner": "both", "better": "higher", "unit": "ratio"}
        names.append(rk.metric(**about)(asked).name)
        made = METRICS[names[-1]].plan(company(weights), how)
        made.prepare()
        del METRICS[names.pop()]
        return made

    yield planned
    for name in names:
        METRICS.pop(name, None)


# a group and the whole company are taken for independent, so their quotient is asked by nothing
CASES = [(name, None) for name in FORMULAS]
CASES += [(name, "segment") for name in FORMULAS if "company" not in name]


@pytest.mark.parametrize(("name", "by"), CASES)
def test_the_variance_is_what_the_accounts_add_to_the_value(plan, name, by):
    made = plan(name, by=by)
    evaluation = made.evaluation
    every = evaluation.sums.all
    pairs = [(one, other) for one in every for other in every if vary_together(one, other)]
    evaluation.products.plan(pairs, [])
    value, step = evaluation.value(), 1e-4

    derivatives = [
        (plan(name, {account: 1 + step}, by=by).evaluation.value() - value) / step
        for account in PAID
    ]

    expected = np.sum(np.square(derivatives), axis=0)
    found = delta.variance(evaluation, evaluation.formula)
    # from the second month on: in the first nothing stood before
    assert found[:, 1:] == pytest.approx(expected[:, 1:], rel=1e-3, nan_ok=True)
    assert np.nanmax(found) > 0
