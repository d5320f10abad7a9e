"""The benchmark of realism: a figure for each goal, counted right on a company known by hand."""

from __future__ import annotations

from statistics import median

from benchmarks.realism.__main__ import table
from benchmarks.realism.measures import MEASURES, measured
from revkit.synth import generate, scenarios
from revkit.synth.scenario.blocks.goals import Goal
from revkit.synth.scenario.load import scenario

MONEY = (
    "contraction_share", "expansion_share", "product_share", "product_share_varies",
    "gross_margin", "selling_share_first_year", "selling_share", "burn_multiple",
    "largest_attainment", "mean_attainment", "coverage", "odd_discounts",
)  # fmt: skip


def test_every_goal_has_a_measure() -> None:
    """Some scenario states a range for each figure that is measured, and none for any other."""
    stated = {goal for name in scenarios() for goal in scenario(name).goals}
    assert stated == {*MEASURES}


def test_measures_agree_with_pandas() -> None:
    """Shares counted row by row are those of the queries."""
    tables = generate(accounts=300, months=12).tables
    found = measured(tables)

    leads = tables["lead_history"].to_pandas()
    reached = {stage: set(leads.lead_id[leads.stage == stage]) for stage in ("MQL", "SQL")}
    deals = tables["opportunities"].to_pandas()
    closed = deals[deals.closed_on.notna()]
    history = tables["opportunity_history"].to_pandas()
    first = history[history.seq == 1].set_index("opportunity_id").expected_close_on
    won = deals[(deals.is_won == True) & (deals.kind == "new")]  # noqa: E712 (null while open)
    late = [
        (closed_on - first[deal]).days
        for deal, closed_on in zip(won.opportunity_id, won.closed_on, strict=True)
    ]

    assert found["mql_to_sql"] == len(reached["SQL"]) / len(reached["MQL"])
    weekends = sum(day.weekday() > 4 for day in closed.closed_on)
    assert found["weekend_closes"] == weekends / len(closed)
    assert found["days_late"] == median(late)


def test_money_of_the_baseline_is_within_its_goals() -> None:
    """Also where chance has little to say, large customers grow more than small ones."""
    goals, found = scenario("baseline").goals, measured(generate(accounts=12_000, seed=1).tables)

    for name in MONEY:
        low, high = goals[name].range
        assert low <= found[name] <= high, (name, found[name])
    assert found["nrr_enterprise"] > found["nrr_smb"]
    assert found["selling_share"] < found["selling_share_first_year"]


def test_table_counts_what_lies_inside() -> None:
    """A figure at the edge of its range lies in it; one that is not known does not."""
    goals = {"share": Goal((0.1, 0.2), "a survey")}

    line = table(goals, [{"share": 0.1}, {"share": 0.3}, {"share": float("nan")}]).splitlines()[1]

    assert line.endswith("1 of 3")
