"""Account health: points by weights in YAML, which a company may write itself."""

import pytest

import revkit as rk
from tests.support.companies.common import MARCH
from tests.support.companies.service import healthy


def health(data, **how):
    return rk.metrics.account_health(data, start=MARCH, **how)["value"].item()


def weighed(tmp_path, text):
    path = tmp_path / "weights.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_company_weighs_the_parts_its_own_way(tmp_path):
    usage = weighed(tmp_path, "seats_used: {points: 100, none: 0, full: 1}")

    assert health(healthy(0.3, overdue=90), weights=usage) == pytest.approx(30)


def test_a_part_may_weigh_nothing_and_all_parts_may_be_named(tmp_path):
    none = "usage_trend: {points: 0, none: 0, full: 1}\n"
    usage = "seats_used: {points: 100, none: 0, full: 1}\n"
    rest = (
        "satisfaction: {points: 0, none: 1, full: 5}\ndays_overdue: {points: 0, none: 90, full: 0}"
    )

    for text in (usage + none, usage + none + rest):
        assert health(healthy(0.3), weights=weighed(tmp_path, text)) == pytest.approx(30)


def test_more_than_full_and_less_than_none_earn_no_more_and_no_less():
    assert health(healthy(1.2, before=10, answers=[5], overdue=0)) == 100
    assert health(healthy(0.1, before=100, answers=[1], overdue=400)) == 0


def test_the_parts_of_each_account_are_shown_and_add_up():
    parts = rk.metrics.account_health.parts(healthy(0.5, before=100, answers=[4, 2.5], overdue=30))

    row = parts.iloc[-1]
    points = row[["seats_used", "usage_trend", "satisfaction", "days_overdue"]]
    assert points.astype(float).round(6).tolist() == [20, 0, 10, 10]
    assert row["score"] == pytest.approx(points.sum())


def test_what_was_paid_within_the_month_is_not_overdue_at_its_end():
    data = healthy(0.8, before=80, answers=[5], overdue=0)

    assert health(data) == 100


@pytest.mark.parametrize(
    "text",
    [
        "seats_used: {points: 50, none: 0, full: 1}",
        "seats: {points: 100, none: 0, full: 1}",
        "seats_used: {points: 100, none: 1, full: 1}",
        "seats_used: {points: 100, none: 0}",
        "seats_used: {points: many, none: 0, full: 1}",
        "seats_used: {points: .nan, none: 0, full: 1}",
        "seats_used: {points: 100, none: -.inf, full: 1}",
        "seats_used: {points: 100, none: 0, full: .inf}",
        "seats_used: 100",
        "- seats_used",
        "seats_used: {points: 100, none: 0, full: 1",
        "",
    ],
)
def test_weights_that_do_not_fit_are_refused(tmp_path, text):
    with pytest.raises(rk.errors.ParameterError, match="weights"):
        health(healthy(), weights=weighed(tmp_path, text))


@pytest.mark.parametrize("path", ["/nowhere/weights.yaml", "~nobody-here/weights.yaml", 5, ""])
def test_a_file_that_is_not_there_is_refused(path):
    with pytest.raises(rk.errors.RevkitError):
        health(healthy(), weights=path)
