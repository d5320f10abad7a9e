"""How a company counts: rules refused, presets with their sources, views of one company."""

from dataclasses import fields
from datetime import date

import pytest

import revkit as rk
from revkit.errors import ParameterError, PeriodError
from revkit.policy import PRESETS, Policy
from tests.support.companies import common as companies


@pytest.mark.parametrize(
    ("rule", "value", "says"),
    [
        ("churn_at", "ends", r"Policy\(churn_at='ends'\).*Did you mean 'end'.*'end', 'request'"),
        ("discounts", "some", "'all', 'forever', 'none'"),
        ("netting", "events", "Did you mean 'event'"),
        ("trials", True, "'exclude', 'include'"),
        ("fx", "daily", "'constant', 'spot'"),
        ("gap_days", None, "gap_days=None must be a number of days, 0 or more"),
        ("gap_days", True, "gap_days=True must be a number of days"),
        ("past_due_days", -1, "past_due_days=-1 must be a number of days, 0 or more, or None"),
        ("reactivation_days", 1.5, "reactivation_days=1.5"),
    ],
)
def test_a_rule_that_there_is_not_is_refused(rule, value, says):
    with pytest.raises(ParameterError, match=says):
        Policy(**{rule: value})


@pytest.mark.parametrize("month", [0, 13, True, 1.0])
def test_a_fiscal_year_begins_in_a_month(month):
    with pytest.raises(PeriodError, match="is not a month"):
        Policy(fiscal_year_start=month)


def test_a_preset_is_named_and_another_name_refused():
    assert Policy.of("stripe").netting == "event"
    assert str(Policy.of("stripe")) == "stripe"
    with pytest.raises(ParameterError, match=r"no policy 'strip'. Did you mean 'stripe'"):
        rk.Dataset(policy="strip")


def test_a_policy_is_a_value():
    """Equal rules are one key, whatever they are called; other rules are another."""
    variants = {"nrr": "nrr_with_reactivation"}

    assert Policy() == Policy.of("default")
    assert len({Policy(variants=variants), Policy(variants=dict(variants), name="ours")}) == 1
    assert Policy(gap_days=1) != Policy()
    with pytest.raises(TypeError):
        Policy(variants=variants).variants["nrr"] = "grr"


def test_other_rules_of_a_preset_are_said_in_its_name():
    policy = Policy.of("stripe").but(gap_days=5, discounts="all")

    assert str(policy) == "stripe, gap_days=5, discounts='all'"
    assert policy.differs(Policy.of("stripe")) == ("gap_days", "discounts")
    assert str(Policy(gap_days=5)) == "gap_days=5"
    assert str(Policy()) == "default"
    with pytest.raises(ParameterError, match="Did you mean 'gap_days'"):
        policy.but(gapdays=3)


@pytest.mark.parametrize("preset", PRESETS)
def test_each_rule_of_a_preset_has_its_source(preset):
    rules = {rule.name: rule for rule in fields(Policy)}

    for rule, (value, source) in PRESETS[preset].items():
        assert rule in rules
        assert value == getattr(Policy.of(preset), rule)
        assert len(source) > 10


def test_the_default_preset_says_where_every_rule_comes_from():
    assert {*PRESETS["default"]} == {rule.name for rule in fields(Policy)} - {"variants", "name"}
    assert Policy.of("default") == Policy()


def test_variants_name_metrics():
    names = {*rk.catalog()["name"]}

    for preset in PRESETS:
        for metric, variant in Policy.of(preset).variants.items():
            assert {metric, variant} <= names


def test_policies_lists_every_rule_of_every_preset():
    table = rk.policies()

    assert len(table) == len(PRESETS) * (len(fields(Policy)) - 1)
    assert table["source"].str.len().min() > 10
    rows = table.set_index(["preset", "field"])
    assert rows.loc[("maxio", "reactivation_days"), "value"] == 90
    assert rows.loc[("chartmogul", "gap_days"), "source"].startswith("as default")


def test_one_company_is_seen_under_several_policies():
    trial = {"status": "trialing"}
    data = companies.ledger(
        ("pays", date(2026, 1, 1), None, 100, {"status": "active"}),
        ("tries", date(2026, 1, 1), None, 50, trial),
        accounts=[{"account_id": "pays", "segment": "SMB"}, {"account_id": "tries"}],
    )
    trials = data.with_policy(Policy(trials="include"))

    assert rk.metrics.mrr(data)["value"].iloc[-1] == 100
    assert rk.metrics.mrr(trials)["value"].iloc[-1] == 150
    assert trials.where(segment="SMB").policy is trials.policy
    assert data.where(segment="SMB").with_policy(trials.policy).narrowed == ("segment = SMB",)
    assert trials.with_policy("default").policy == data.policy
    assert trials.backend is data.backend
    assert "Counted by the policy trials='include'." in repr(trials)
    assert "policy" not in repr(data)


def test_a_source_is_opened_under_a_preset(tmp_path):
    (tmp_path / "products.csv").write_text("product_id,name\ncore,Core\n", encoding="utf-8")

    assert rk.load(tmp_path, policy="maxio").policy == Policy.of("maxio")
