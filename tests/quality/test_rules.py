"""Each kind of rule on rows of which it is known which are wrong."""

import pandas as pd
import pytest

import revkit as rk
from revkit.quality.rules.words.likeness import likely
from revkit.quality.rules.words.spelling import proposed


def flagged(rule, table=None, **tables):
    """Return key, found and proposed of the rows that break a rule."""
    data = rk.Dataset(as_of="2026-03-31", currency="EUR", **tables)
    rows = data.check().rows(rule, table)
    return (
        rows[["key", "found", "proposed"]]
        .astype(object)
        .where(rows.notna(), None)
        .to_numpy()
        .tolist()
    )


def has(rule, **tables):
    """Report whether a rule is broken."""
    data = rk.Dataset(as_of="2026-03-31", currency="EUR", **tables)
    return rule in data.check().frame["rule"].tolist()


def accounts(**columns):
    ids = [f"A{n}" for n in range(len(next(iter(columns.values()))))]
    return pd.DataFrame({"account_id": ids, **columns})


def test_categories_that_differ_by_case_or_only_resemble():
    country = ["Germany"] * 20 + ["France"] * 20 + ["germany ", "Frnace", "Deutschland", "Chad"]
    table = accounts(country=country)

    assert flagged("spelling", accounts=table) == [["A40", "germany ", "Germany"]]
    assert flagged("spelling_likely", accounts=table) == [
        ["A41", "Frnace", "France"],
        ["A42", "Deutschland", "Germany"],
    ]


@pytest.mark.parametrize(
    ("word", "usual"),
    [
        ("USA", "United States"), ("U.K.", "United Kingdom"), ("Italia", "Italy"),
        ("Niger", None), ("Prof. Services", "Professional Services"), ("pricing", "price"),
        ("no budget", "budget"), ("Plan 12", None), ("Region 2", None), ("Retailers", "Retail"),
    ],
)  # fmt: skip
def test_a_rare_word_is_a_usual_one_only_if_it_resembles(word, usual):
    known = dict.fromkeys(
        ["United States", "United Kingdom", "Italy", "Nigeria", "Professional Services", "price",
         "budget", "Plan 13", "Region 1", "Retail"], 100,
    )  # fmt: skip

    assert likely(word, known, 1) == usual


def test_two_usual_words_stay_two_however_alike():
    assert proposed({"Retail": 50, "Retail Banking": 40}) == ({}, {})


def test_accounts_under_one_name_are_twins_unless_something_tells_them_apart():
    table = accounts(
        name=["Rossi S.r.l.", "ROSSI SRL", "Rossi", "Rossi Ltd", "Rossi", "Bianchi", "Bianchi Inc"],
        country=["Italy", "Italy", "Italy", "Italy", "France", "Italy", None],
        created_on=[f"2026-01-0{day}" for day in range(1, 8)],
    )

    # a Ltd is another company than an S.r.l.; without a form it may be either
    assert flagged("twin", accounts=table) == [
        ["A1", "ROSSI SRL", "A0"],
        ["A2", "Rossi", "A0"],
        ["A3", "Rossi Ltd", "A2"],
        ["A6", "Bianchi Inc", "A5"],
    ]


def test_people_of_one_address_are_twins():
    leads = pd.DataFrame(
        {
            "lead_id": ["L1", "L2", "L3", "L4", "L5"],
            "email": ["a@x.it", " A@X.it", "b@x.it", None, None],
            "name": ["Ann", "A.", "Bob", "Cy", "Cy"],
            "created_at": pd.to_datetime(["2026-01-02", "2026-01-01", *["2026-01-03"] * 3]),
        }
    )

    assert flagged("twin", leads=leads) == [["L1", "Ann", "L2"]]


def deals(**columns):
    frame = {
        "opportunity_id": ["D1", "D2", "D3"],
        "account_id": ["A1", "A1", "A2"],
        "created_on": ["2026-01-05"] * 3,
        "closed_on": ["2026-03-01"] * 3,
        "is_won": [True, True, True],
        "amount": [1000.0, 1000.0, 1000.0],
    }
    return pd.DataFrame(frame | columns)


def test_a_deal_entered_twice():
    assert flagged("twin", opportunities=deals()) == [["D2", "D2", "D1"]]
    found = rk.Dataset(as_of="2026-03-31", currency="EUR", opportunities=deals()).check()
    (twin,) = (one for one in found.findings if one.rule == "twin")
    assert "entered twice: of the same account, day and amount as an earlier one" in twin.what
    assert "`" not in twin.mend
    assert not has("twin", opportunities=deals(amount=[1000.0, 1001.0, None]))


def history(*stages):
    """Return deals, each with its stages in order, one change a day."""
    rows = [
        (f"D{deal}", pd.Timestamp("2026-01-01") + pd.Timedelta(days=n), n, stage, 100.0)
        for deal, steps in enumerate(stages)
        for n, stage in enumerate(steps)
    ]
    columns = ["opportunity_id", "changed_at", "seq", "stage", "amount"]
    return pd.DataFrame(rows, columns=columns)


STAGES = pd.DataFrame(
    {
        "object": ["opportunity"] * 4,
        "stage": ["New", "Offer", "Talk", "Won"],
        "position": [0, 1, 2, 3],
        "is_closed": [False, False, False, True],
        "is_won": [False, False, False, True],
    }
)


def test_a_stage_set_back_is_found_and_a_closed_one_reopened_is_not():
    rows = history(["New", "Offer", "New", "Talk"], ["New", "Won", "Talk"], ["New", "Offer"])
    found = flagged("stage_back", opportunity_history=rows, stages=STAGES)

    assert found == [["D0|2026-01-03 00:00:00|2", "New", None]]


def test_a_stage_is_set_back_by_the_order_of_its_own_pipeline():
    deals = pd.DataFrame(
        {"opportunity_id": ["D0", "D1"], "pipeline": ["Sales", "Renewals"],
         "created_on": "2026-01-01", "closed_on": None, "is_won": None, "amount": 1.0}
    )  # fmt: skip
    other = pd.DataFrame(
        {"object": "opportunity", "stage": ["Talk", "Offer"], "position": [0, 1],
         "is_closed": False, "is_won": False, "pipeline": "Renewals"}
    )  # fmt: skip
    stages = pd.concat([STAGES.assign(pipeline="Sales"), other])
    rows = history(["New", "Talk", "Offer"], ["Talk", "Offer"])
    found = flagged("stage_back", opportunities=deals, opportunity_history=rows, stages=stages)

    assert found == [["D0|2026-01-03 00:00:00|2", "Offer", None]]


def test_a_row_of_history_in_which_nothing_changes():
    rows = history(["New", "New", "Offer"], ["New", "Offer"])
    found = flagged("nothing_changed", opportunity_history=rows, stages=STAGES)

    assert found == [["D0|2026-01-02 00:00:00|1", "New", None]]


def rates():
    return pd.DataFrame(
        {"on": ["2020-01-01"], "from_currency": ["USD"], "to_currency": ["EUR"], "rate": [0.9]}
    )


def test_a_currency_unlike_the_others_of_the_account():
    money = ["EUR", "EUR", "USD"]
    one = deals(account_id=["A1", "A1", "A1"], amount=[1.0, 2.0, 3.0], currency=money)
    rule = "currency_unlike_others"

    assert flagged(rule, opportunities=one, exchange_rates=rates()) == [["D3", "USD", "EUR"]]
    two = deals(account_id=["A1", "A1", "A2"], amount=[1.0, 2.0, 3.0], currency=money)
    assert not has(rule, opportunities=two, exchange_rates=rates())


def test_a_currency_that_may_be_right_is_small_and_measured_nowhere():
    deal = {"amount": [1.0, 2.0, 43000.0], "currency": ["EUR", "EUR", "USD"]}
    one = deals(account_id=["A1"] * 3, **deal)
    data = rk.Dataset(opportunities=one, exchange_rates=rates(), as_of="2026-03-31", currency="EUR")
    found = data.check().frame.set_index("rule").loc["currency_unlike_others"]

    assert (found["severity"], found["effect"], found["metric"]) == ("minor", "", "")
    assert found["mend"].startswith("It may be right.")


def periods(**columns):
    frame = {
        "subscription_id": ["S1", "S1", "S2"],
        "started_on": ["2026-01-01", "2026-02-01", "2026-01-01"],
        "ended_on": ["2026-02-01", None, None],
        "account_id": ["A1", "A1", "A2"],
        "mrr": [10.0, 101.0, 10.0],
    }
    return pd.DataFrame(frame | columns)


def test_mrr_that_jumps_over_ten_times():
    assert flagged("mrr_jump", subscriptions=periods()) == [["S1|1|2026-02-01", "101.0", "10.0"]]
    assert flagged("mrr_jump", subscriptions=periods(mrr=[101.0, 10.0, 10.0]))
    assert not has("mrr_jump", subscriptions=periods(mrr=[10.0, 100.0, 10.0]))


def test_ends_that_crowd_on_the_last_day():
    many = [f"S{n}" for n in range(30)]
    ended = ["2026-03-30"] * 20 + [f"2026-02-{n + 1:02}" for n in range(10)]
    table = pd.DataFrame(
        {
            "subscription_id": many,
            "started_on": ["2026-01-01"] * 30,
            "ended_on": ended,
            "account_id": many,
            "mrr": [10.0] * 30,
        }
    )

    assert len(flagged("crowded_end", subscriptions=table)) == 20
    assert not has("crowded_end", subscriptions=table.assign(ended_on=ended[20:] * 3))


def test_references_that_find_nothing_and_how_they_are_spelled():
    table = accounts(rep_id=["R1", "R1", "R1 ", "R9"])
    reps = pd.DataFrame({"rep_id": ["R1", "R2"], "hired_on": ["2020-01-01"] * 2})

    assert [row[0] for row in flagged("rep_id_not_found", accounts=table, reps=reps)] == [
        "A2",
        "A3",
    ]


def test_what_keys_and_periods_refuse_is_a_finding():
    assert has("not_unique", opportunities=deals(opportunity_id=["D1", "D1", "D2"]))
    assert has("overlapping", subscriptions=periods(ended_on=["2026-02-15", None, None]))


def test_a_table_cut_off_at_a_round_number():
    days = pd.date_range("2025-01-01", periods=250, freq="D")
    touches = pd.DataFrame(
        {"touch_id": range(1000), "campaign_id": "C", "touched_at": sorted([*days] * 4)}
    )
    invoices = pd.DataFrame(
        {
            "invoice_line_id": range(400),
            "invoice_id": range(400),
            "account_id": [f"A{n}" for n in range(400)],
            "issued_on": pd.date_range("2025-01-01", periods=400, freq="D").date,
            "amount": 1.0,
            "is_recurring": True,
        }
    )

    assert has("cut_off", touches=touches, invoices=invoices)
    assert has("old", touches=touches[:-1], invoices=invoices)
    assert not has("cut_off", touches=touches[:-1], invoices=invoices)


def test_what_history_tells_otherwise_is_a_note():
    rows = history(["New", "Offer"])
    own = deals()[:1].assign(opportunity_id="D0", amount=70.0, closed_on=None, is_won=None)

    assert has("amount_unlike_history", opportunities=own, opportunity_history=rows, stages=STAGES)


@pytest.mark.parametrize(
    ("hours", "order", "told"),
    [
        (2, 1, lambda hour: True),
        (-2, 1, lambda hour: True),
        # numbers that are no order of time: a quarter of them shows, by its hour
        (2, 7, lambda hour: hour >= 15),
    ],
)
def test_moments_by_another_clock_and_how_many_there_are_in_all(hours, order, told):
    """Some calls of an eight-hour day are by a clock two hours ahead or behind."""
    days = pd.date_range("2025-09-01", periods=100, freq="D")
    rows = [day + pd.Timedelta(hours=9 + n % 8, minutes=n) for day in days for n in range(8)]
    late = [n for n in range(len(rows)) if n % 11 == 0]
    moments = [at + pd.Timedelta(hours=hours * (n in late)) for n, at in enumerate(rows)]
    names = [f"V{n * order % 800:03}" for n in range(len(rows))]
    calls = pd.DataFrame(
        {
            "activity_id": [names[n] for n in range(len(rows))],
            "rep_id": "R1",
            "kind": "call",
            "occurred_at": moments,
            "is_selling": True,
        }
    )
    check = rk.Dataset(activities=calls, as_of="2026-03-31").check()
    found = check.rows("odd_hour")
    (one,) = [one for one in check.findings if one.rule == "odd_hour"]

    assert {*found["key"]} == {names[n] for n in late if told(rows[n].hour)}
    assert found["proposed"].tolist() == [f"{rows[names.index(key)]}" for key in found["key"]]
    assert one.effect.text.startswith(f"As by a clock {hours:+d} hours off: about ")
    assert int(one.effect.text.split()[8]) == pytest.approx(len(late), rel=0.1)


def test_days_and_months_swapped_are_told_by_the_order_of_dates():
    table = deals(
        created_on=["2026-02-03", "2026-02-03", "2026-02-20"],
        closed_on=["2026-01-03", "2026-01-13", "2026-02-21"],
    )

    assert flagged("day_month_swapped", opportunities=table) == [["D1", "2026-01-03", "2026-03-01"]]


def test_dates_none_of_which_is_after_the_twelfth():
    days = [f"2025-{1 + n % 12:02}-{1 + n % 11:02}" for n in range(132)]
    table = accounts(name=[f"{n}" for n in range(132)], created_on=days)

    assert has("no_day_after_twelve", accounts=table)
    assert not has(
        "no_day_after_twelve", accounts=table.assign(created_on=["2025-03-13", *days[1:]])
    )
    assert not has("no_day_after_twelve", accounts=table.assign(created_on="2025-03-01"))


def test_names_that_are_almost_alike_are_apart_from_twins():
    table = accounts(name=["Bergmann Systems", "Bergman Systems", "Plant 11 Ltd", "Plant 12 Ltd"])

    assert flagged("near_twin", accounts=table) == [["A0", "Bergmann Systems", "A1"]]
    assert not has("twin", accounts=table)
