"""Sentences about how long customers stay and deals take say what was followed, and no more."""

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.survival import Survival
from revkit.errors import DimensionError, ParameterError


def result(times, causes, event="churn", **columns) -> Survival:
    rows = pd.DataFrame({**columns, "time": times, "cause": causes, "entered": 0.0})
    return Survival(rows, tuple(columns), event, 12.0, 0.95)


HALF = [3.0] * 10 + [24.0] * 10, [1] * 10 + [0] * 10


def test_the_share_that_stays_has_its_interval_and_the_median():
    assert rk.say.lasted(result(*HALF)).replace("\u00a0", " ") == (
        "After 12 months 50.0 % of the customers still pay (95 % interval 27.1–69.2 %); half have "
        "left after 3.0 months."
    )
    assert rk.say.lasted(result(*HALF), language="it").startswith(
        "Dopo 12\u00a0mesi il 50,0\u00a0%"
    )


def test_few_events_are_told_and_no_median_that_was_not_seen():
    said = rk.say.lasted(result([3.0] * 2 + [24.0] * 18, [1] * 2 + [0] * 18))

    assert "few events so far, so read it with care" in said
    assert "half" not in said


def test_beyond_what_was_followed_nothing_is_told():
    said = rk.say.lasted(result([3.0] * 5, [0] * 5))

    assert said == "Nobody has been followed for 12\u00a0months."
    assert said.quiet
    assert rk.say.lasted(result([], [])).quiet


def test_of_deals_the_share_won_is_told():
    deals = result([3.0] * 10 + [5.0] * 5 + [24.0] * 5, [1] * 10 + [2] * 5 + [0] * 5, "close")

    assert "50.0\u00a0% of the deals are won and 25.0\u00a0% still open" in rk.say.lasted(deals)


def test_those_that_ended_are_not_all():
    assert rk.say.ended(result(*HALF)) == (
        "Those that left had stayed for 3.0\u00a0months on average. That is not how long customers "
        "stay: 10 of 20 still do."
    )
    assert rk.say.ended(result([3.0], [0])).quiet


def grouped(early, late) -> Survival:
    """Two groups of forty: who left at month 1 to 10, who at 3 to 12; the others stay."""
    times = [*[1.0 + number % 10 for number in range(early)], *[24.0] * (40 - early)]
    times += [*[3.0 + number % 10 for number in range(late)], *[24.0] * (40 - late)]
    causes = [1] * early + [0] * (40 - early) + [1] * late + [0] * (40 - late)
    return result(times, causes, segment=["A"] * 40 + ["B"] * 40)


def test_groups_that_clearly_differ_are_named_the_longest_first():
    assert rk.say.unequal(grouped(36, 12)) == (
        "Customers do not stay equally long in each segment: after 12\u00a0months 70.0\u00a0% (B) "
        "and 10.0\u00a0% (A) pay."
    )


def test_a_group_of_few_ends_is_named_as_such_where_it_is_the_extreme_one():
    said = rk.say.unequal(grouped(36, 4)).replace("\u00a0", " ")

    assert "after 12 months 90.0 % (B, few have ended) and 10.0 % (A) pay" in said


def test_a_summary_names_its_limit():
    assert "Still pay after 12\u00a0months" in rk.table(grouped(36, 12).summary()).headings


def test_what_may_be_noise_is_not_claimed():
    """A log-rank test of p = .04 would be a claim if it were the only one of a report."""
    groups = grouped(22, 14)
    said = rk.say.unequal(groups)

    assert 0.01 < groups.difference()["p"] < 0.1
    assert said.quiet
    assert said == "In no segment do customers stay longer than elsewhere by more than noise."
    assert rk.say.unequal(result([], [], segment=[])).quiet


def test_each_sentence_takes_its_own_kind_of_result():
    with pytest.raises(DimensionError, match="by segment"):
        rk.say.lasted(grouped(20, 20))
    with pytest.raises(DimensionError, match="by segment"):
        rk.say.ended(grouped(20, 20))
    with pytest.raises(ParameterError, match="groups"):
        rk.say.unequal(result(*HALF))
    with pytest.raises(ParameterError, match=r"rk\.survival"):
        rk.say.lasted(pd.DataFrame())


def test_a_summary_is_written_with_both_intervals():
    table = rk.table(grouped(36, 4).summary())

    assert "Mean of the first 12\u00a0months: 95\u00a0% interval" in table.headings
    assert "Small" not in table.headings
    marks = [row[table.headings.index("Mean of the first 12\u00a0months")] for row in table.rows]
    assert [mark.endswith("†") for mark in marks] == [False, True]
