"""A user's own metric, defined as in a notebook, joins the catalogue and all that reads it."""

from types import ModuleType

import pytest

import revkit as rk
from revkit.catalogue.catalogue import METRICS, known
from tests.support.laws.laws import LAWS, broken

NOTEBOOK = '''
from ibis import _
import revkit as rk

@rk.metric(title="Share sold at list price", title_it="Quota venduta a listino",
           owner="SalesOps", unit="share", better="higher")
def {name}(opportunities):
    """Won opportunities without a discount, of those whose discount is known.

    References
    ----------
    .. [1] Our sales handbook.
    """
    won = rk.Total(opportunities, at="closed_on").where(_.is_won).where(_.discount.notnull())
    return {formula}
'''
RIGHT = "won.where(_.discount == 0) / won"


def run(name, formula):
    """Run a notebook's cell in a module of its own, as a kernel does."""
    cell = compile(NOTEBOOK.format(name=name, formula=formula), "cell", "exec")
    exec(cell, ModuleType("__main__").__dict__)
    return METRICS[name]


@pytest.fixture
def define():
    before = known()
    yield run
    METRICS.clear()
    METRICS.update(before)


@pytest.fixture
def company():
    return rk.example("pipeline")


def test_it_is_in_the_catalogue(define):
    define("at_list_price", RIGHT)

    row = rk.catalog().set_index("name").loc["at_list_price"]

    assert row["title_it"] == "Quota venduta a listino"
    assert row["formula"].startswith("opportunities where is_won and discount")
    assert (row["interval"], row["reference"]) == ("proportion", "Our sales handbook.")
    assert row["module"] == "__main__"


def test_it_is_measured_beside_the_others(define, company):
    ours = define("at_list_price", RIGHT)

    together = rk.measure(company, ["win_rate", "at_list_price"], period="quarter")

    alone = ours(company, period="quarter")
    assert together.loc[together["metric"] == "at_list_price", "value"].tolist() == [0.5]
    assert alone[["value", "n"]].to_numpy().tolist() == [[0.5, 2]]
    assert "at_list_price" in set(rk.measure(company, period="quarter")["metric"])


def test_it_is_on_the_scorecard(define, company):
    define("at_list_price", RIGHT)

    deals = rk.Dataset(
        as_of=company.as_of, opportunities=company.table("opportunities").to_pyarrow()
    )
    card = rk.scorecard(deals, owner="SalesOps", period="quarter")

    row = card[card["metric"] == "at_list_price"].iloc[0]
    assert (row["title"], row["value"]) == ("Share sold at list price", 0.5)


def small(law):
    """The companies of a law that are written by hand; the kit's own metrics are held to all."""
    on = LAWS[law][1]
    return [company for company in on if company != "made"] or on


@pytest.mark.parametrize("law", LAWS)
def test_it_is_held_to_the_laws(define, law):
    define("at_list_price", RIGHT)

    wrong = [broken(law, company, ("at_list_price",)) for company in small(law)]

    assert wrong == [{}] * len(wrong)


@pytest.mark.parametrize(
    ("name", "formula", "law"),
    [
        ("a_percent", f"100 * ({RIGHT})", "values lie where their unit allows"),
        (
            "of_a_fixed_amount",
            "won.where(_.amount > 20000) / won",
            "money scales with the currency and nothing else does",
        ),
        (
            "of_ids_after_o5",
            "won.where(_.opportunity_id > 'o5') / won",
            "the names of ids mean nothing",
        ),
        ("more_than_all", "won / won.where(_.discount == 0)", "values lie where their unit allows"),
    ],
)
def test_a_wrong_formula_is_caught_by_a_law(define, name, formula, law):
    define(name, formula)

    wrong = [broken(law, company, (name,)) for company in small(law)]

    assert {name} in [found.keys() for found in wrong]
