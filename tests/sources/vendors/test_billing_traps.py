"""Amounts of billing exports that a first reading gets wrong: each is right, refused or noted."""

import pytest

import revkit as rk
from revkit import load
from revkit.errors import ColumnError, MappingError

JUNE = {"period": "month", "start": "2026-06-01", "end": "2026-07-01"}


def opened(place, vendor, **files):
    for name, text in files.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return load(place, mapping=vendor, as_of="2026-08-31", currency="EUR")


def noted(data):
    return " ".join(str(note) for note in data.notes)


BILLS = (
    "id,customer,currency,total,tax,status,created,due_date{0}\n"
    "i1,c1,eur,10000,0,paid,2026-06-05,2026-06-20{1}\n"
    "i2,c2,eur,20000,0,{2},2026-06-05,2026-06-20{3}\n"
)
PAID_AT = ",status_transitions.paid_at"


def test_invoices_paid_on_no_known_day_are_no_debts(tmp_path):
    data = opened(tmp_path, "stripe", invoices=BILLS.format("", "", "paid", ""))
    with pytest.raises(ColumnError, match="no column 'paid_on'"):
        rk.metrics.days_sales_outstanding(data, **JUNE)
    assert rk.metrics.billings(data, **JUNE).value.tolist() == [300.0]
    assert "on which day; nothing is known of what is owed, in 2 rows" in noted(data)


@pytest.mark.parametrize(
    ("status", "owed", "said"),
    [
        ("paid", 0.0, "it is owed on none, in 1 row"),
        ("uncollectible", 0.0, "it is owed on no day, in 1 row"),
        ("open", 1.0, ""),
    ],
)
def test_invoices_without_a_day_of_payment_are_owed_by_their_status(tmp_path, status, owed, said):
    text = BILLS.format(PAID_AT, ",2026-07-01", status, ",")
    data = opened(tmp_path, "stripe", invoices=text)
    found = rk.metrics.overdue_share(data, period="month", start="2026-07-01").value
    assert found.fillna(0.0).tolist() == [owed, owed]
    assert said in noted(data)


def test_an_uncollectible_invoice_is_owed_until_it_is_marked(tmp_path):
    more = f"{PAID_AT},status_transitions.marked_uncollectible_at"
    text = BILLS.format(more, ",2026-06-10,", "uncollectible", ",,2026-08-10")
    data = opened(tmp_path, "stripe", invoices=text)
    found = rk.metrics.overdue_share(data, period="month", start="2026-07-01").value
    assert found.fillna(0.0).tolist() == [1.0, 0.0]
    assert "uncollectible" not in noted(data)


def test_lines_of_invoices_are_owed_as_their_invoice(tmp_path):
    lines = "id,invoice,currency,amount\nl1,i1,eur,10000\nl2,i2,eur,20000\n"
    text = BILLS.format(PAID_AT, ",2026-07-01", "uncollectible", ",")
    data = opened(tmp_path, "stripe", invoices=text, invoice_line_items=lines)
    found = rk.metrics.overdue_share(data, period="month", start="2026-07-01").value
    assert found.fillna(0.0).tolist() == [0.0, 0.0]
    data = opened(tmp_path, "stripe", invoices=BILLS.format("", "", "paid", ""))
    with pytest.raises(ColumnError, match="no column 'paid_on'"):
        rk.metrics.overdue_share(data, **JUNE)


def test_nothing_is_owed_of_a_chargebee_invoice_of_which_nothing_is_due(tmp_path):
    text = (
        "id,customer_id,status,date,due_date,currency_code,total,tax,amount_due{}\n"
        "1,c1,paid,2026-06-05,2026-06-20,EUR,10000,0,0{}\n"
        "2,c2,not_paid,2026-06-05,2026-06-20,EUR,20000,0,0{}\n"
    )
    data = opened(tmp_path, "chargebee", invoices=text.format("", "", ""))
    with pytest.raises(ColumnError, match="no column 'paid_on'"):
        rk.metrics.overdue_share(data, **JUNE)
    data = opened(tmp_path, "chargebee", invoices=text.format(",paid_at", ",2026-07-01", ","))
    found = rk.metrics.overdue_share(data, period="month", start="2026-07-01").value
    assert found.fillna(0.0).tolist() == [0.0, 0.0]
    assert "nothing of an invoice is due any more" in noted(data)


def test_a_total_and_credit_notes_are_told_with_billings(tmp_path):
    text = (
        "id,customer,currency,total,status,created,post_payment_credit_notes_amount\n"
        "i1,c1,eur,11900,paid,2026-06-05,11900\ni2,c2,eur,11900,paid,2026-06-05,0\n"
    )
    said = noted(opened(tmp_path, "stripe", invoices=text))
    assert "only the total is in the export; any tax is in billings, in 2 rows" in said
    assert "a credit note takes off some of an invoice; billings are before it, in 1 row" in said
    text = "id,customer_id,status,date,currency_code,total\n1,c1,paid,2026-06-05,EUR,12200\n"
    said = noted(opened(tmp_path, "chargebee", invoices=text))
    assert "any tax is in billings, in 1 row" in said


def test_lines_of_invoices_are_after_their_discounts(tmp_path):
    lines = (
        "id,invoice,currency,amount,discount_amounts.0.amount,discount_amounts.1.amount\n"
        "l1,i1,eur,10000,2000,500\nl2,i2,eur,20000,,\n"
    )
    bills = BILLS.format("", "", "open", "")
    data = opened(tmp_path, "stripe", invoices=bills, invoice_line_items=lines)
    assert rk.metrics.billings(data, **JUNE).value.tolist() == [275.0]


SUBSCRIPTIONS = (
    "id,customer,status,currency,plan.amount,plan.interval,quantity,start_date,{}\n"
    "s1,c1,active,{cur},1000,month,1,2026-01-05,{}\n"
    "s2,c2,active,{cur},9000,month,,2026-01-05,{}\n"
)


@pytest.mark.parametrize(
    ("column", "plain", "odd", "said"),
    [
        ("plan.usage_type", "licensed", "metered", "no fixed mrr; it is left out, in 1 row"),
        ("livemode", "True", "False", "test mode is left out, in 1 row"),
    ],
)
def test_metered_prices_and_the_test_mode_are_left_out(tmp_path, column, plain, odd, said):
    text = SUBSCRIPTIONS.format(column, plain, odd, cur="eur")
    data = opened(tmp_path, "stripe", subscriptions=text)
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [10.0]
    assert said in noted(data)


def test_items_of_metered_prices_and_of_the_test_mode_are_left_out(tmp_path):
    data = opened(
        tmp_path,
        "stripe",
        subscriptions="id,customer_id,status,start_date,livemode\n"
        "s1,c1,active,2026-01-05,true\ns2,c2,active,2026-01-05,false\n",
        prices="id,currency,unit_amount,recurring_interval,recurring_usage_type\n"
        "p,eur,1000,month,licensed\nm,eur,9000,month,metered\n",
        subscription_items="id,subscription_id,price_id,quantity\ni1,s1,p,1\ni2,s1,m,\ni3,s2,p,7\n",
    )
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [10.0]
    assert "no fixed mrr; it is left out, in 1 row" in noted(data)
    assert "of the test mode is left out, in 1 row" in noted(data)


@pytest.mark.parametrize(
    ("code", "value"),
    [("isk", 10.0), ("ugx", 10.0), ("huf", 10.0), ("twd", 10.0), ("rsd", 10.0), ("jpy", 1000.0),
     ("mga", 1000.0), ("clp", 1000.0), ("kwd", 1.0), ("tnd", 1.0)],
)  # fmt: skip
def test_minor_units_are_those_of_stripe(tmp_path, code, value):
    rows = SUBSCRIPTIONS.format("livemode", "true", "false", cur=code)
    (tmp_path / "subscriptions.csv").write_text(rows, encoding="utf-8")
    data = load(tmp_path, mapping="stripe", as_of="2026-08-31")
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [value]


CHARGEBEE = (
    "id,customer_id,status,currency_code,plan_quantity,plan_unit_price,billing_period,"
    "billing_period_unit,activated_at,cancelled_at,mrr{0}\n"
    "s1,c1,active,EUR,1,1000,1,month,2026-01-05,,1000{1}\n"
    "s2,c2,{2},EUR,5,1000,1,month,2026-01-05,{3},0{4}\n"
)


@pytest.mark.parametrize(
    ("more", "none", "filled", "before"),
    [
        ("addons_0_id,addons_0_quantity,addons_0_unit_price", ",,", "a,2,2500", 110.0),
        ("addons_0_unit_price,addons_1_amount", ",", "2500,1200", 97.0),
        ("plan_free_quantity", "", "2", 40.0),
        ("plan_amount", "1000", "3000", 40.0),
        ("plan_amount,addons_0_unit_price", "1000,", "3000,500", 45.0),
    ],
)
def test_a_price_that_stands_for_mrr_is_all_that_is_paid(tmp_path, more, none, filled, before):
    text = CHARGEBEE.format(f",{more}", f",{none}", "cancelled", "2026-07-05", f",{filled}")
    data = opened(tmp_path, "chargebee", subscriptions=text)
    found = rk.metrics.mrr(data, period="month", start="2026-06-01").value
    assert found.tolist() == [before, 10.0, 10.0]


@pytest.mark.parametrize(
    ("more", "filled", "said"),
    [
        ("addons", '"[{""id"":""a""}]"', "addons are in a list that is not read"),
        ("coupon", "HALF", "a coupon is named whose discount is not in the export"),
    ],
)
def test_what_is_not_in_a_price_that_stands_for_mrr_is_told(tmp_path, more, filled, said):
    text = CHARGEBEE.format(f",{more}", ",", "cancelled", "2026-07-05", f",{filled}")
    assert f"{said}; mrr is" in noted(opened(tmp_path, "chargebee", subscriptions=text))
    # an mrr is after recurring discounts and with addons
    text = CHARGEBEE.format(f",{more}", f",{filled}", "cancelled", "2026-07-05", ",")
    assert said not in noted(opened(tmp_path, "chargebee", subscriptions=text))


@pytest.mark.parametrize("day", ["2026-07-10", "1783641600.0"])
def test_a_paused_subscription_pays_until_its_pause(tmp_path, day):
    text = CHARGEBEE.format(",pause_date", ",", "paused", "", f",{day}")
    data = opened(tmp_path, "chargebee", subscriptions=text)
    found = rk.metrics.mrr(data, period="month", start="2026-06-01").value
    assert found.tolist() == [60.0, 10.0, 10.0]
    text = CHARGEBEE.format("", "", "paused", "", "")
    data = opened(tmp_path, "chargebee", subscriptions=text)
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [10.0]


@pytest.mark.parametrize(
    ("columns", "filled", "said"),
    [
        ("discounts", '"[""di_1""]"', "discounts are in a list that is not read"),
        (
            "discount.coupon.id,discount.coupon.percent_off,discount.coupon.amount_off",
            "A,,500",
            "a coupon takes off an amount and not a share",
        ),
        ("coupon", "A", "a coupon is named that is not in the export"),
    ],
)
def test_discounts_that_are_not_taken_off_are_told(tmp_path, columns, filled, said):
    none = "," * columns.count(",")
    text = SUBSCRIPTIONS.format(columns, none, filled, cur="eur").replace("month,,", "month,1,")
    data = opened(tmp_path, "stripe", subscriptions=text)
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [100.0]
    assert [part for part in noted(data).split(". ") if "mrr is before" in part] == [
        f"subscriptions: {said}; mrr is before {'them' if 'list' in said else 'it'}, "
        "in 1 row of subscriptions"
    ]


def test_columns_of_the_vendor_are_not_asked_about(tmp_path):
    text = SUBSCRIPTIONS.format("discount.end", "", "", cur="eur").replace(",,", ",1,", 1)
    data = opened(tmp_path, "stripe", subscriptions=text)
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [100.0]
    lines = (
        "id,invoice,subscription,currency,amount,plan.id,plan.interval,period.start,period.end\n"
        "l1,i1,s1,eur,10000,p,month,2026-06-05,2026-07-05\n"
    )
    bills = BILLS.format("", "", "open", "")
    data = opened(tmp_path, "stripe_invoices", invoices=bills, invoice_line_items=lines)
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [100.0]


def test_a_mapping_says_amounts_to_add_digits_and_what_is_left_out(tmp_path):
    (tmp_path / "plans.csv").write_text(
        "id,who,since,price,extra,cur,kind\n1,A,2026-01-01,5000,1000,ISK,x\n"
        "2,B,2026-01-01,5000,,ISK,x\n3,C,2026-01-01,5000,,ISK,test\n",
        encoding="utf-8",
    )
    text = """
minor_digits: {ISK: 2}
tables:
  subscriptions:
    source: plans
    rows: {where: {kind: {not: test}}}
    note: {left_out: true, where: {kind: test}, say: a test is left out%s}
    columns: {subscription_id: id, account_id: who, started_on: since, currency: cur,
              ended_on: {constant: null},
              mrr: {from: price, plus: extra, minor_units: true}}
"""
    (tmp_path / "ours.yaml").write_text(text % "", encoding="utf-8")
    data = load(tmp_path, mapping=tmp_path / "ours.yaml", as_of="2026-08-31")
    assert rk.metrics.mrr(data, **JUNE).value.tolist() == [110.0]
    assert "a test is left out, in 1 row of plans" in noted(data)
    (tmp_path / "ours.yaml").write_text(text % ", write: Drop it", encoding="utf-8")
    with pytest.raises(MappingError, match="give one of them"):
        load(tmp_path, mapping=tmp_path / "ours.yaml")


@pytest.mark.parametrize(
    ("heading", "bill", "mrr", "said"),
    [
        ("discount_amounts.0.amount", "", 80.0, "a discount is taken off mrr for as long as"),
        ("note", ",2000", 100.0, "a discount is of the whole invoice; mrr is before it"),
    ],
)
def test_a_discount_of_an_invoice_line_is_taken_off_mrr(tmp_path, heading, bill, mrr, said):
    bills = "id,customer,status,created,currency{}\ni1,c1,paid,2026-06-05,eur{}\n"
    lines = (
        f"id,invoice,subscription,amount,currency,period_start,period_end,plan_interval,{heading}\n"
        "l1,i1,s1,10000,eur,2026-06-05,2026-07-05,month,2000\n"
    )
    bills = bills.format(",total_discount_amounts.0.amount" if bill else "", bill)
    data = opened(tmp_path, "stripe_invoices", invoices=bills, invoice_line_items=lines)
    assert rk.metrics.mrr(data, **JUNE).value.tolist()[:1] == [mrr]
    assert said in noted(data)
