"""One company, several numbers: the golden fixture, what each rule changes, the bridge between."""

from dataclasses import fields
from datetime import date, datetime

import pytest

import revkit as rk
from revkit.errors import FormulaError, ParameterError
from revkit.policy import Policy
from tests.support.companies import common as companies

MARCH = date(2024, 3, 1)
AS_OF = date(2024, 3, 31)


@pytest.fixture(scope="module")
def data():
    """March 2024 of eight customers; each house's reading of it is worked out by hand."""
    since = date(2023, 6, 1)
    return companies.ledger(
        ("A stays", since, None, 100),
        ("B leaves", since, date(2024, 3, 10), 50),
        ("C grows", since, date(2024, 3, 12), 40),
        ("C grows", date(2024, 3, 12), None, 60),
        ("D pauses", since, date(2024, 3, 10), 30),
        ("D pauses", date(2024, 3, 15), None, 30),
        ("E joins", date(2024, 3, 5), None, 80),
        ("F joins and leaves", date(2024, 3, 6), date(2024, 3, 28), 20),
        ("G returns", date(2023, 1, 1), date(2023, 10, 10), 70),
        ("G returns", date(2024, 3, 10), None, 70),
        ("H shrinks", since, date(2024, 3, 12), 90),
        ("H shrinks", date(2024, 3, 12), None, 60),
        as_of=AS_OF,
    )


def in_march(metric, data, policy="default"):
    (value,) = getattr(rk.metrics, metric)(data.with_policy(policy), start=MARCH)["value"]
    return value


GOLDEN = [
    ("nrr", "default", "nrr", 250 / 310),
    ("nrr", "chartmogul", "nrr_with_reactivation", 320 / 310),
    ("grr", "default", "grr", 230 / 310),
    ("churn_rate", "default", "churn_rate", 1 / 5),
    ("churn_rate", "chartmogul", "churn_rate", 1 / 5),
    ("churn_rate", "stripe", "churn_rate_joined", 3 / 8),
    ("churn_rate", Policy.of("stripe").but(gap_days=5), "churn_rate_joined", 2 / 8),
    ("churn_rate", "baremetrics", "churn_rate", 2 / 5),
    ("quick_ratio", "default", "quick_ratio", 100 / 80),
    ("quick_ratio", "chartmogul", "quick_ratio_with_reactivation", 170 / 80),
]


@pytest.mark.parametrize(("metric", "policy", "published", "value"), GOLDEN)
def test_the_same_month_by_the_rules_of_each_house(data, metric, policy, published, value):
    """80.6 / 103.2 %, 74.2 %, 20 / 37.5 / 25 / 40 %, 1.25 / 2.13: vendors' own help pages."""
    assert Policy.of(policy).variants.get(metric, metric) == published
    assert in_march(published, data, policy) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("policy", ["stripe", "baremetrics", "maxio"])
def test_what_was_kept_of_the_month_s_opening_is_the_same_by_all_rules(data, policy):
    """Between the two ends of the month, and as sure, however the days between are counted."""
    for metric in ("nrr", "grr", "net_mrr_churn_rate", "gross_mrr_churn_rate"):
        of = getattr(rk.metrics, metric)
        told, plain = (
            of(one, start=MARCH).iloc[0, 1:4] for one in (data.with_policy(policy), data)
        )

        assert told.tolist() == pytest.approx(plain.tolist(), rel=1e-12, nan_ok=True)


def test_a_gap_is_bridged_from_as_many_days_as_it_has(data):
    churned = [in_march("churned_mrr", data, Policy(netting="event", gap_days=n)) for n in (4, 5)]

    assert churned == [100, 70]


# Every rule changes a number


def line(start, end, mrr, account="a", **columns):
    """A price regime of one subscription of an account."""
    return account, start, end, mrr, {"subscription_id": account, **columns}


JANUARY = date(2026, 1, 1)
TRIED = {"status": "trialing"}
NO_RULES = ("variants", "name")
MOMENT = {"lead_id": "l", "stage": "MQL", "entered_at": datetime(2026, 2, 28, 23, 30)}
RULES = {
    # rule: another value of it, a metric, March under the default, March by the rule, a company
    "trials": ("include", "mrr", 0, 50, [line(JANUARY, None, 50, **TRIED)]),
    "paused": ("include", "mrr", 0, 50, [line(JANUARY, None, 50, status="paused")]),
    "usage": ("include", "mrr", 0, 50, [line(JANUARY, None, 50, pricing="usage")]),
    "past_due_days": (
        30, "churned_mrr", 0, 50,
        [  # owed since 10 February, so for 30 days on 12 March
            line(JANUARY, date(2026, 2, 10), 50, status="active"),
            line(date(2026, 2, 10), date(2026, 2, 25), 50, status="past_due"),
            line(date(2026, 2, 25), None, 50, status="unpaid"),
        ],
    ),
    "churn_at": (
        "request", "churned_mrr", 0, 60,
        [  # what was asked for in January led to another price, and ended nothing
            line(JANUARY, date(2026, 2, 1), 50, cancel_requested_on=date(2026, 1, 5)),
            line(date(2026, 2, 1), date(2026, 4, 20), 60, cancel_requested_on=date(2026, 3, 10)),
        ],
    ),
    "gap_days": (
        10, "reactivation_mrr", 50, 0,
        [line(JANUARY, date(2026, 2, 26), 50), line(date(2026, 3, 5), None, 50)],
    ),
    "discounts": ("none", "mrr", 80, 100, [line(JANUARY, None, 80, discount=0.2)]),
    "reactivation_days": (
        30, "new_mrr", 0, 50,
        [line(JANUARY, date(2026, 2, 1), 50), line(date(2026, 3, 5), None, 50)],
    ),
    "netting": ("event", "new_mrr", 0, 50, [line(date(2026, 3, 3), date(2026, 3, 20), 50)]),
    "fiscal_year_start": (3, "new_mrr", 50, 0, [line(date(2026, 2, 3), None, 50)]),
    "fx": ("spot", "net_new_mrr", -45, -30, []),  # a dollar is 0.90 euros now, and was 0.80
    "week_start": ("sunday", "new_mrr", 50, 0, [line(date(2026, 2, 26), None, 50)]),
    "calendar": ("5-4-4", "new_mrr", 50, 0, [line(date(2026, 3, 10), None, 50)]),
    "timezone": ("Europe/Rome", "mqls", 0, 1, [line(JANUARY, None, 50)]),
}  # fmt: skip


PERIOD = {"fiscal_year_start": "quarter", "week_start": "week"}
WITH = {"calendar": {"year_ends": "saturday nearest january 31"}}  # neither holds alone


@pytest.mark.parametrize(
    "rule", [rule.name for rule in fields(Policy) if rule.name not in ("year_ends", *NO_RULES)]
)
def test_every_rule_changes_a_number(rule):
    value, metric, before, after, rows = RULES[rule]
    data = companies.ledger(*rows, lead_history=[MOMENT]) if rows else rk.example("currencies")
    how = {"period": PERIOD.get(rule, "month")}
    of = getattr(rk.metrics, metric)

    found = [
        of(data.with_policy(policy), start="2026-03-01", **how)["value"].iloc[0]
        for policy in (Policy(), Policy(**{rule: value}, **WITH.get(rule, {})))
    ]

    assert found == pytest.approx([before, after])


@pytest.mark.parametrize(
    ("kept", "kind", "value"),
    [("forever", "once", 100), ("forever", "repeating", 100), ("forever", "forever", 80),
     ("forever", None, 80), ("none", "forever", 100), ("none", None, 100)],
)  # fmt: skip
def test_the_discounts_that_are_not_subtracted_are_added_back(kept, kind, value):
    taken = {"discount": 0.2, "discount_kind": kind}
    data = companies.ledger(
        line(JANUARY, None, 80, **taken),
        line(JANUARY, None, 10, "b", discount=0.0, discount_kind="once"),
    )

    assert rk.metrics.mrr(data.with_policy(Policy(discounts=kept)))["value"].iloc[-1] == value + 10


def test_what_is_free_is_worth_its_list_price_where_no_discount_counts():
    free = line(JANUARY, None, 0, discount=1.0, quantity=5.0, list_unit_price=9.0)
    data = companies.ledger(free, line(JANUARY, None, 10, "b", discount=0.0))

    assert rk.metrics.mrr(data)["value"].iloc[-1] == 10
    assert rk.metrics.mrr(data.with_policy(Policy(discounts="none")))["value"].iloc[-1] == 55


def test_an_end_that_is_only_asked_for_is_one_where_requests_count():
    data = companies.ledger(
        line(JANUARY, None, 50, cancel_requested_on=date(2026, 3, 10)),
        line(JANUARY, date(2026, 3, 5), 30, "b", cancel_requested_on=date(2026, 3, 20)),
        line(date(2026, 3, 1), None, 20, "c", cancel_requested_on=date(2026, 2, 1)),
    )

    churned = [
        rk.metrics.churned_mrr(data.with_policy(policy), start="2026-03-01")["value"].iloc[0]
        for policy in (Policy(), Policy(churn_at="request"))
    ]

    assert churned == [30, 80]
    assert rk.metrics.mrr(data.with_policy(Policy(churn_at="request")))["value"].iloc[-1] == 0


def test_an_account_returns_as_new_only_after_long_enough():
    """Away 28 days, then 60: back once, new twice, in whichever period is asked for."""
    rows = [
        line(date(2025, 9, 1), date(2025, 10, 4), 50),
        line(date(2025, 11, 1), date(2026, 1, 4), 50),
        line(date(2026, 3, 5), None, 50),
    ]
    data = companies.ledger(*rows).with_policy(Policy(reactivation_days=30))

    for how in ({}, {"period": "day", "start": "2025-08-01"}):
        assert rk.metrics.new_mrr(data, **how)["value"].sum() == 100
        assert rk.metrics.reactivation_mrr(data, **how)["value"].sum() == 50
    window = rk.metrics.new_mrr(data, trailing=2)["value"].iloc[1:]
    assert window.tolist() == [0, 0, 0, 0, 0, 50]


# The bridge

BRIDGES = [
    ("churn_rate", ["default", "stripe"]),
    ("churn_rate", ["default", "stripe", "baremetrics"]),
    ("nrr", ["default", "chartmogul"]),
    ("quick_ratio", ["baremetrics", "chartmogul"]),
    ("churned_mrr", ["maxio", Policy(gap_days=5, netting="event")]),
    ("mrr", ["default", "maxio"]),
]


@pytest.mark.parametrize(("metric", "policies"), BRIDGES)
def test_a_bridge_closes_to_the_last_digit(data, metric, policies):
    ends = [
        in_march(Policy.of(policy).variants.get(metric, metric), data, policy)
        for policy in policies
    ]

    found = rk.reconcile(data, metric, policies)

    assert [value for _, value in found.ends] == ends
    table = found.table
    assert table["from"].iloc[0] == ends[0]
    assert table["to"].iloc[-1] == ends[-1]
    assert table["from"].tolist()[1:] == table["to"].tolist()[:-1]
    assert (table["difference"] == table["to"] - table["from"]).all()
    assert table["difference"].sum() == pytest.approx(ends[-1] - ends[0], abs=1e-12)


def test_each_line_of_a_bridge_has_the_movements_behind_it(data):
    found = rk.reconcile(data, "churn_rate", ["default", "stripe"])

    lines = found.table.set_index("cause")
    assert lines.loc["netting: event, not period", ["to", "accounts"]].tolist() == [3 / 5, 2]
    assert lines.loc["discounts: forever, not all", ["difference", "accounts"]].tolist() == [0, 0]
    rows = found.rows.groupby("cause")[["account_id", "movement"]].agg(list)
    netted, joined = (
        rows.loc[cause]
        for cause in ("netting: event, not period", "churn_rate_joined, not churn_rate")
    )
    assert [who[0] for who in netted["account_id"]] == ["D", "D", "F", "F"]
    assert netted["movement"] == ["churn", "reactivation", "churn", "new"]
    assert sorted(who[0] for who in joined["account_id"]) == ["E", "F", "G"]


def test_the_rows_behind_money_add_up_to_the_line():
    """What trials and lists paid for bring is what opened and what moved, to the cent."""
    data = companies.ledger(
        line(JANUARY, None, 50.55, "tries", **TRIED, discount=0.0),
        line(date(2026, 3, 3), None, 20.2, "tries later", **TRIED, discount=0.0),
        line(JANUARY, None, 80.08, "has a discount", status="active", discount=0.2),
    )

    found = rk.reconcile(data, "mrr", ["default", Policy(trials="include", discounts="none")])

    assert found.table["difference"].tolist() == pytest.approx([70.75, 20.02], abs=1e-9)
    assert found.table["accounts"].tolist() == [2, 1]
    rows = found.rows
    behind = (rows["amount_to"] - rows["amount_from"]).groupby(rows["cause"], sort=False).sum()
    assert behind.tolist() == pytest.approx(found.table["difference"].tolist(), abs=1e-9)
    assert rows["movement"].tolist() == ["opening", "new", "opening"]


def test_a_bridge_shows_itself(data):
    found = rk.reconcile(data, "churn_rate", ["default", "stripe"])

    assert repr(found).replace("\u00a0", " ").splitlines() == [
        "Churn rate, Mar 2024",
        "                                      Value    Difference  Accounts",
        "default                              20.0 %",
        "  netting: event, not period         60.0 %  +40.0 points         2",
        "  churn_rate_joined, not churn_rate  37.5 %  −22.5 points         3",
        "stripe                               37.5 %",
        "No difference here, to stripe: churn_at: request, not end; discounts: forever, not all.",
    ]
    assert "<strong>Churn rate, Mar 2024</strong>" in found._repr_html_()
    assert found._repr_html_().count("<tr>") == 5


def test_a_bridge_is_of_the_period_asked_for(data):
    by_day = rk.reconcile(data, "new_mrr", ["default", "stripe"], period="day", start="2024-03-06")
    window = rk.reconcile(data, "nrr", ["default", "chartmogul"], trailing=3)
    whole = rk.reconcile(data, "churn_rate", ["default", "stripe"], period=None, start=MARCH)

    assert by_day.ends == (("default", 20.0), ("stripe", 20.0))
    assert by_day.title == "New MRR, 6 Mar 2024"
    assert window.rows["account_id"].tolist() == ["G returns"]
    assert whole.ends[1] == ("stripe", 3 / 8)
    assert len(whole.rows) == 7


def test_rows_are_cut_and_accounts_are_not(data):
    found = rk.reconcile(data, "churn_rate", ["default", "stripe"], limit=1)

    assert found.rows["movement"].tolist() == ["churn", "new"]
    assert found.table["accounts"].tolist() == [0, 0, 2, 3]


@pytest.mark.parametrize(
    ("metric", "policies", "kind", "says"),
    [
        ("win_rate", ["default", "stripe"], FormulaError, "rests on no subscriptions"),
        ("stage_share", ["default", "stripe"], FormulaError, "one number for each stage"),
        ("churn_rat", ["default", "stripe"], FormulaError, "Did you mean 'churn_rate'"),
        ("nrr", ["stripe"], ParameterError, "two policies or more"),
        ("nrr", "stripe", ParameterError, "two policies or more"),
        ("nrr", ["default", "strip"], ParameterError, "Did you mean 'stripe'"),
    ],
)
def test_what_cannot_be_led_over_is_refused(data, metric, policies, kind, says):
    with pytest.raises(kind, match=says):
        rk.reconcile(data, metric, policies)


def test_a_group_has_no_single_number(data):
    with pytest.raises(FormulaError, match=r"it gives \d+ numbers"):
        rk.reconcile(data, "nrr", ["default", "stripe"], by="cohort")


def test_a_reconciliation_is_written_in_italian():
    data = rk.example("retention")

    found = rk.reconcile(data, "churn_rate", ["default", "stripe"], language="it")

    assert found.title.startswith("Tasso di abbandono dei clienti, ")
    assert "Differenza" in repr(found).splitlines()[1]
    assert all(", non " in cause for cause in found.table["cause"])
    assert str(found.findings[1]).endswith(" secondo le regole di stripe.")
    assert [one.split(": ")[0] for one in found.findings] == [found.title] * 2
