"""The simulation of coverage: every interval has one, and it finds what is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks import coverage, worlds

ONE_OF_EACH = ["activities_per_rep", "churn_rate", "churn_rate_daily", "cost_per_opportunity",
               "deal_size", "grr", "median_deal_size", "mrr_growth_rate", "pipeline_velocity",
               "win_loss_ratio", "win_rate", "won_amount"]  # fmt: skip


def test_every_metric_with_an_interval_is_simulated():
    """Add it to benchmarks.coverage.SIMULATIONS, with the world that shows it."""
    assert sorted(coverage.intervals()) == sorted(coverage.SIMULATIONS)


def test_the_metrics_run_here_have_every_kind_of_interval_but_that_of_clv():
    """It takes a call a company; the rest of its arithmetic has tests of its own."""
    kinds = coverage.intervals()

    assert {kinds[name] for name in ONE_OF_EACH} == {*kinds.values()} - {kinds["clv"]}


@pytest.fixture(scope="session")
def few():
    """One metric of each kind of interval, on a dozen companies."""
    return list(coverage.trials(ONE_OF_EACH, sizes=(30,), replicates=12))


def test_each_kind_of_interval_holds_the_truth_as_often_as_it_says(few):
    """At 95 % so few of them hold it once in a thousand times, whatever the kind."""
    found = pd.DataFrame([vars(one) for one in few])
    found["held"] = found["intervals"] * found["covered"]
    totals = found.groupby("interval")[["intervals", "held"]].sum()

    assert len(totals) == len({*coverage.intervals().values()}) - 1
    assert (totals["intervals"] >= 24).all(), totals
    assert (totals["held"].round() >= stats.binom(totals["intervals"], 0.95).ppf(0.001)).all(), (
        totals
    )


def test_the_sample_is_as_large_as_the_table_says(few):
    names = {"win_rate", "deal_size", "churn_rate", "cost_per_opportunity"}
    sizes = [one.sample for one in few if one.metric in names]

    assert np.mean(sizes) == pytest.approx(30, rel=0.25)


def test_the_table_has_a_section_for_each_kind_and_a_line_for_each_metric(few):
    text = coverage.report(few)

    for one in few:
        assert f"\n## {one.interval}\n" in text
        assert f"\n| {one.metric} | {one.kind} |" in text


@pytest.mark.parametrize(("kind", "spread"), [("even", 1.0), ("skewed", 1.0), ("clustered", 2.0)])
def test_counts_vary_as_their_kind_says(kind, spread):
    """Variance over mean of 4,000 counts of 50 rows; its own standard error is 2 %."""
    scene = worlds.Scene(kind, 50, 4000, np.random.default_rng(5))

    counts = np.bincount(scene.rows(50).replicate, minlength=4000)

    assert counts.mean() == pytest.approx(50, rel=0.02)
    assert counts.var() / counts.mean() == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize("kind", worlds.KINDS)
def test_amounts_have_the_mean_and_the_skew_of_their_kind(kind):
    scene = worlds.Scene(kind, 50, 4000, np.random.default_rng(5))

    amounts = scene.rows(50).money(1000.0)

    assert amounts.mean() == pytest.approx(1000, rel=0.03)
    assert (amounts.std() / amounts.mean() > 2) == (kind == "skewed")


def test_a_later_run_adds_to_the_table_and_measures_again_what_is_there(few, tmp_path):
    path = tmp_path / "table.csv"
    first = {(one.metric, one.kind, one.n): one for one in few[:6]}
    coverage.write_trials(path, first)

    again = coverage.read_trials(path)
    assert again.keys() == first.keys()
    later = {(one.metric, one.kind, one.n): one for one in few[5:]}
    coverage.write_trials(path, again | later)

    assert coverage.report(list(coverage.read_trials(path).values())) == coverage.report(few)


def test_the_table_says_which_cells_fall_short_by_more_than_chance():
    def cell(metric, covered, intervals):
        return coverage.Trial(metric, "mean", "even", 100, intervals, covered, 0.1, 0.0, 100.0)

    text = coverage.report([cell("low", 0.85, 1000), cell("luck", 0.92, 50), cell("fair", 0.95, 9)])

    assert "1 lie between 93 and 97 %, 0 above and 2 below. In 1 of those" in text
    assert "`low` (even, 100)" in text
    assert "`luck`" not in text
