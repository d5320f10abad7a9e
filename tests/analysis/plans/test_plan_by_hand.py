"""Plans worked by hand: from a target to deals, opportunities, SQLs, MQLs and leads."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from revkit.analysis.plans.basis import Basis
from revkit.analysis.plans.engine import FLOWS, MONTH, Course, lags, wobble
from revkit.analysis.plans.rates import Rate
from revkit.analysis.plans.result import Plan
from revkit.analysis.plans.team import Team
from revkit.language import language
from revkit.periods import Calendar

NOW = np.zeros(1)
NOTHING = dict.fromkeys(("expansion", "reactivation", "contraction", "churn"), 0.0)
RATES = {
    name: Rate(name, name, "share", value)
    for name, value in {
        "lead_to_mql": 0.4, "mql_to_sql": 0.4, "sql_to_opportunity": 0.5, "win_rate": 0.25,
        "opportunities": 20.0, "cost_per_lead": 50.0, **NOTHING,
    }.items()
}  # fmt: skip
COURSE = Course(
    mrr=100_000.0, leads=100.0, per_lead=0.08, other=12.0, delay=NOW, created=np.zeros(24),
    win_rate=0.25, cycle=NOW, deal=1000.0, rates=NOTHING,
)  # fmt: skip
NOISE = {"spread": dict.fromkeys(FLOWS, 0.3), "drift": dict.fromkeys(FLOWS, 0.3)}
TEAM = Team((24.0,) * 6, full=5.0, ramp=4.0, leave=0.0, backfill=3.0)


def plan(course=COURSE, target=2_280_000.0, draws=2000, size=12):
    calendars = {period: Calendar(period) for period in ("month", "quarter")}
    return Plan(
        Basis(course, RATES, pd.DataFrame()), target, date(2025, 12, 31), date(2026, 12, 31), size,
        calendars, 0.8, draws, 0, "EUR", language("en"),
    )  # fmt: skip


def test_a_target_is_worked_back_to_leads():
    """100 leads · .4 · .4 · .5 + 12 others = 20 deals created, 5 won, 5,000 of new MRR a month.

    In twelve months 160,000 of MRR, so 1.92 M of ARR. 2.28 M is 190,000: 90,000 in twelve months,
    7,500 a month, 7.5 deals, 30 created: half as many again of all. So 150 leads, 60 MQLs, 24 SQLs,
    12 deals from them and 18 others; at 50 a lead 7,500 of spend a month.
    """
    made = plan()

    month = made.needed.iloc[0]

    assert made.expected == pytest.approx(1_920_000)
    assert made.scale == pytest.approx(1.5)
    assert month[["leads", "mqls", "sqls", "opportunities", "deals", "new", "spend"]].tolist() == (
        pytest.approx([150, 60, 24, 30, 7.5, 7500, 7500])
    )
    assert made.needed["arr"].iloc[-1] == pytest.approx(2_280_000)


def test_quarters_add_up_the_months():
    goals = plan().goals

    assert goals["leads"].tolist() == pytest.approx([450] * 4)
    assert goals["arr"].tolist() == pytest.approx([1_470_000, 1_740_000, 2_010_000, 2_280_000])
    assert goals["period"].dt.strftime("%Y-%m").tolist() == [
        "2026-01", "2026-04", "2026-07", "2026-10",
    ]  # fmt: skip


def test_churn_and_expansion_compound():
    """MRR after n months: m·gⁿ + new·(gⁿ - 1)/(g - 1), with g = 1 + 2 % - 1 %."""
    rates = NOTHING | {"expansion": 0.02, "churn": 0.01}
    made = plan(replace(COURSE, rates=rates))

    grown = 1.01**12

    assert made.expected / 12 == pytest.approx(100_000 * grown + 5000 * (grown - 1) / 0.01)


def test_a_month_of_cycle_costs_a_month_of_deals_and_those_open_now_count():
    late = replace(COURSE, cycle=np.array([MONTH]))
    opened = replace(late, created=np.array([20.0] + [0.0] * 23))

    assert plan(late).expected_path.deals[0].tolist() == pytest.approx([0] + [5] * 11)
    assert plan(opened).expected_path.deals[0].tolist() == pytest.approx([5] * 12)


def test_leads_that_come_from_now_on_tell_when_they_become_deals():
    late = replace(COURSE, delay=np.array([MONTH * 2]))

    opportunities = plan(late).needed["opportunities"]

    times = plan(late).scale
    assert opportunities.iloc[0] == pytest.approx(8 + 12 * times)
    assert opportunities.iloc[2] == pytest.approx(20 * times)


def test_reps_limit_what_is_taken_on():
    """Three ramped reps take on 15 of 20 deals; with one more, who ramps in four months, all."""
    short = replace(COURSE, team=replace(TEAM, tenures=(24.0,) * 3))
    made = plan(short)

    assert made.expected_path.opportunities[0].tolist() == [15.0] * 12
    assert made.needed["reps_needed"].iloc[-1] == pytest.approx(6)
    assert made.hires_needed == 3
    ramping = made.scenario(hires=1).expected_path.opportunities[0]
    assert ramping.tolist() == pytest.approx([15 + 5 / 8 * at for at in (1, 3, 5, 7)] + [20] * 8)
    assert made.scenario(hires={3: 1}).expected_path.opportunities[0][:3].tolist() == [15.0] * 3


def test_a_lever_that_would_do_alone_does():
    made = plan()

    for row in made.levers.itertuples():
        if not np.isnan(row.alone):
            alone = made.scenario(**{row.lever: 1 + row.alone})
            assert alone.expected == pytest.approx(made.target, rel=1e-4)
    assert made.levers.set_index("lever").loc["deal_size", "alone"] == pytest.approx(0.5, abs=1e-3)


def test_without_noise_every_future_is_the_expected_one():
    made = plan(replace(COURSE, team=TEAM), target=1_920_001.0)

    assert np.ptp(made.futures[:, -1]) == 0
    assert made.futures[0, -1] == pytest.approx(made.expected)
    assert made.probability == 0
    assert plan(target=1_919_999.0).probability == 1


def test_the_probability_falls_in_the_target():
    course = replace(COURSE, **NOISE)

    chances = [plan(course, target).probability for target in (1.5e6, 1.8e6, 1.92e6, 2.2e6, 3e6)]

    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.9
    assert 0.35 < chances[2] < 0.6
    assert chances[-1] < 0.05


def test_every_lever_helps_and_never_hurts():
    rates = {"expansion": 0.01, "reactivation": 0.001, "contraction": 0.005, "churn": 0.01}
    known = RATES | {name: Rate(name, name, "share", value) for name, value in rates.items()}
    team = replace(TEAM, tenures=(24.0,) * 3, leave=0.02, skill=0.3)
    course = replace(COURSE, rates=rates, team=team, cycle=np.array([45.0]), **NOISE)
    made = plan(course)
    made = replace(made, basis=replace(made.basis, rates=known))

    levers = made.levers

    assert (levers["arr"] >= -1e-6).all()
    assert (levers["probability"] >= made.probability).all()
    assert levers.set_index("lever").loc["reps", "arr"] > 0


def test_a_factor_that_all_flows_share_makes_the_range_wider():
    course = replace(COURSE, rates=NOTHING | {"churn": 0.02, "expansion": 0.02}, **NOISE)
    steady = replace(course, drift=dict.fromkeys(FLOWS, 0.0))

    def width(made):
        return made.range[1] - made.range[0]

    assert width(plan(course)) > 1.5 * width(plan(steady))


def test_the_same_seed_draws_the_same_futures():
    course = replace(COURSE, team=replace(TEAM, leave=0.03, skill=0.4), **NOISE)

    one, two = plan(course), plan(course)

    np.testing.assert_array_equal(one.futures, two.futures)
    assert (replace(one, seed=1).futures != one.futures).any()


@pytest.mark.parametrize("squared", [0.01, 0.3, 1.0, 4.0])
def test_luck_has_mean_one_and_nearly_its_variance(squared):
    """Wilson–Hilferty is exact in the mean here; a gamma's variance to a fifth up to 1."""
    luck = np.random.default_rng(0).standard_normal(400_000)

    found = wobble(squared, luck)

    assert found.mean() == pytest.approx(1, abs=0.02)
    assert found.var() == pytest.approx(squared, rel=0.05 if squared <= 1 else 0.5)


def test_lags_of_events_begun_through_a_month():
    """15.22 days after a day within a month, half are in the same month, half in the next."""
    assert lags(np.array([MONTH / 2]), 3).tolist() == pytest.approx([0.5, 0.5, 0])


def test_the_expected_team_is_the_mean_of_those_drawn():
    team = Team((30.0, 12.0, 2.0, -3.0), 5.0, 6.0, 0.05, 3.0, skill=0.5)

    drawn = team.drawn(12, 20_000, np.random.default_rng(1)).mean(axis=0)

    assert drawn == pytest.approx(team.expected(12), rel=0.02)
