"""rk.assess on generated companies: what a scenario is about flips its criterion."""

import pytest

import revkit as rk


@pytest.fixture(scope="module")
def usual(pytestconfig):
    """The sample company, in which nothing happens."""
    found = rk.assess(rk.load(pytestconfig.rootpath / "data" / "sample"))
    return found.set_index("id")["verdict"]


@pytest.mark.parametrize(
    ("scenario", "criterion"),
    [("enterprise-only", "S4"), ("broken-handoff", "R2")],
)
def test_a_scenario_meets_the_criterion_that_it_is_about(usual, scenario, criterion):
    found = rk.assess(rk.generate(scenario, accounts=1_000, seed=5).data)

    assert usual[criterion] == "not met"
    assert found.set_index("id").loc[criterion, "verdict"] == "met"
