"""What differs from export to export of a vendor, each figure against one by hand."""

import pytest

import revkit as rk
from revkit.sources import load


def folder(tmp_path, **files):
    """A folder of small CSV files."""
    place = tmp_path / "export"
    place.mkdir(exist_ok=True)
    for name, text in files.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def yearly(data, name="billings", year=2025):
    frame = getattr(rk.metrics, name)(data, period="year", start=f"{year}-01-01")
    return frame.value.tolist()


API_INVOICES = "id,customer_id,status,currency,{},created,due_date\n"
DASHBOARD_INVOICES = "id,Number,Currency,Customer,Date (UTC),Due Date (UTC),{},Status\n"


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        ("total,amount_paid", "98000,98000", 980.0),
        ("subtotal,tax,total", "90000,17600,97600", 800.0),  # a discount of 100.00, then tax
        ("total,total_excluding_tax", "98000,80000", 800.0),
        ("TOTAL", "98000", 980.0),
        ("total", "98000.0", 980.0),  # as a spreadsheet writes a whole number
    ],
)
def test_invoices_of_the_stripe_api_are_in_minor_units(tmp_path, head, row, expected):
    first = API_INVOICES.format(head)
    first = first.upper() if head.isupper() else first
    place = folder(tmp_path, invoices=f"{first}in_1,c1,paid,eur,{row},1739905987,1741115587\n")
    data = load(place, mapping="stripe", currency="EUR", as_of="2025-12-31")
    assert yearly(data) == [expected]
    assert any("in minor units, as the API of Stripe" in str(note) for note in data.notes)


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [("Total", "980.00", 980.0), ("Amount Due,Subtotal,Total", "98000,98000,98000", 98000.0)],
)
def test_invoices_of_the_stripe_dashboard_are_in_whole_units(tmp_path, head, row, expected):
    text = DASHBOARD_INVOICES.format(head) + (
        f"in_1,N1,eur,c1,2025-02-18 10:00,2025-03-18 10:00,{row},paid\n"
    )
    data = load(
        folder(tmp_path, invoices=text), mapping="stripe", currency="EUR", as_of="2025-12-31"
    )
    assert yearly(data) == [expected]
    assert any("in whole units, as the pages of Stripe" in str(note) for note in data.notes)


def test_subscriptions_of_stripe_with_the_amount_of_the_api_are_in_minor_units(tmp_path):
    text = (
        "id,customer_id,status,start_date,quantity,currency,plan_amount,plan_interval,"
        "plan_interval_count\n"
        "s1,c1,active,2025-01-01,2,eur,4900,month,1\ns2,c2,active,2025-01-01,1,eur,9000,month,3\n"
    )
    data = load(folder(tmp_path, subscriptions=text), mapping="stripe", as_of="2025-01-31")
    # 2 × 49.00, and a third of 90.00
    assert rk.metrics.mrr(data, period="month", start="2025-01-01").value.tolist() == [128.0]


CHARGEBEE_PAGES = (
    "Subscription Id,Customer Id,Status,MRR,Currency Code,Started At,Activated At\n"
    "A,C1,Active,{},EUR,2025-02-22 09:10,2025-02-22 09:10\n"
    "B,C2,Active,{},EUR,2025-03-13 09:10,2025-03-13 09:10\n"
)


@pytest.mark.parametrize("amounts", [("2500.00", "99.00"), ("2500", "99"), ("2500.5", "98.5")])
def test_chargebee_pages_write_whole_units(tmp_path, amounts):
    place = folder(tmp_path, Subscriptions=CHARGEBEE_PAGES.format(*amounts))
    data = load(place, mapping="chargebee", as_of="2025-03-31")
    months = rk.metrics.mrr(data, period="month", start="2025-03-01")
    assert months.value.tolist() == [2599.0]
    assert any("in whole units, as the pages of Chargebee" in str(note) for note in data.notes)


def test_invoices_of_chargebee_by_the_shape_of_their_file(tmp_path):
    pages = "Invoice Number,Customer ID,Invoice Date,Amount,Tax Total,Currency,Status\n"
    api = "id,customer_id,date,total,tax,currency_code,status\n"
    for head, row in ((pages, "122.00,22.00"), (api, "12200,2200")):
        text = f"{head}i1,c1,2025-02-01,{row},EUR,Paid\n"
        data = load(folder(tmp_path, invoices=text), mapping="chargebee", as_of="2025-12-31")
        assert yearly(data) == [100.0]


def test_decimals_under_a_heading_of_the_api_are_refused_with_the_line_to_write(tmp_path):
    text = "id,customer_id,status,mrr,currency_code,started_at,activated_at\n" + (
        "A,C1,active,2500.00,EUR,2025-02-22,2025-02-22\n"
    )
    place = folder(tmp_path, subscriptions=text)
    with pytest.raises(rk.errors.DataError, match=r"mrr is read in minor units.* mrr: mrr in a"):
        load(place, mapping="chargebee", as_of="2025-03-31").table("subscriptions")
    ours = tmp_path / "ours.yaml"
    ours.write_text("vendor: chargebee\ntables: {subscriptions: {columns: {mrr: mrr}}}\n")
    data = load(place, mapping=ours, as_of="2025-02-28")
    assert rk.metrics.mrr(data, period="month", start="2025-02-01").value.tolist() == [2500.0]
    assert not any("minor units" in str(note) for note in data.notes)


def noted(data):
    return " ".join(map(str, data.notes))


ITEMS = {
    "prices": "id,currency,unit_amount,recurring_interval,recurring_interval_count\n"
    "p,eur,10000,month,1\n",
    "subscription_items": "id,subscription_id,price_id,quantity,created\n"
    "i1,s1,p,1,1735900000\ni2,s2,p,1,1735900000\n",
    "subscriptions": "id,customer_id,status,start_date,ended_at,discount_coupon_id\n"
    "s1,c1,active,1735900000,,HALF\ns2,c2,active,1735900000,,\n",
}


@pytest.mark.parametrize(
    ("coupon", "mrr", "said"),
    [
        ("HALF,50,,forever", 150.0, ""),
        ("HALF,,1000,forever", 200.0, "a coupon takes off an amount and not a share"),
        ("HALF,50,,repeating", 200.0, "a coupon is for some time and not for ever"),
        (None, 200.0, "a coupon is named that is not in the export; mrr is before it, in 1 row"),
    ],
)
def test_coupons_of_stripe_are_read_or_told(tmp_path, coupon, mrr, said):
    files = dict(ITEMS)
    if coupon:
        files["coupons"] = f"id,percent_off,amount_off,duration\n{coupon}\n"
    data = load(folder(tmp_path, **files), mapping="stripe", as_of="2025-01-31", currency="EUR")
    assert rk.metrics.mrr(data, period="month", start="2025-01-01").value.tolist() == [mrr]
    assert said in noted(data)
    assert ("coupon" in noted(data)) == bool(said)


def test_coupons_that_no_subscription_names_are_told(tmp_path):
    files = ITEMS | {
        "subscriptions": "id,customer_id,status,created\ns1,c1,active,1735900000\n",
        "coupons": "id,percent_off,duration\nHALF,50,forever\n",
    }
    data = load(folder(tmp_path, **files), mapping="stripe", as_of="2025-01-31", currency="EUR")
    assert "coupons is not read: nothing there says which subscription has" in noted(data)


def test_a_coupon_in_the_columns_of_a_subscription_and_a_paused_collection(tmp_path):
    text = (
        "id,customer_id,status,start_date,quantity,currency,plan_amount,plan_interval,"
        "discount_coupon_percent_off,discount_coupon_duration,pause_collection_behavior,deleted\n"
        "s1,c1,active,2025-01-01,1,eur,4000,month,25,forever,,false\n"
        "s2,c2,active,2025-01-01,1,eur,1000,month,25,once,void,false\n"
        "s3,c3,active,2025-01-01,1,eur,9900,month,,,,true\n"
    )
    data = load(folder(tmp_path, subscriptions=text), mapping="stripe", as_of="2025-01-31")
    # 40.00 less a quarter; 10.00, whose coupon was for once; what is deleted is left out
    assert rk.metrics.mrr(data, period="month", start="2025-01-01").value.tolist() == [40.0]
    assert "a coupon is for some time and not for ever; mrr is before it, in 1 row" in noted(data)
    assert "collection is paused and mrr counts on, in 1 row" in noted(data)
    assert "leaves out 1 of 3 rows in subscriptions" in noted(data)


def test_rows_that_one_part_leaves_to_another_are_not_told_as_left_out(tmp_path):
    subscriptions = ITEMS["subscriptions"] + "s3,c3,incomplete,1735900000,,\n"
    items = ITEMS["subscription_items"] + "i3,s3,p,1,1735900000\n"
    files = ITEMS | {"subscriptions": subscriptions, "subscription_items": items}
    data = load(folder(tmp_path, **files), mapping="stripe", as_of="2025-01-31", currency="EUR")
    told = [str(note) for note in data.notes if note.rule == "left_out"]
    assert told == ["subscriptions: the mapping leaves out 1 of 3 rows in subscription_items."]
