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


def yearly(data):
    return rk.metrics.billings(data, period="year", start="2025-01-01").value.tolist()


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


ENDED = "id,customer_id,status,mrr,currency_code,started_at,activated_at,cancelled_at{}\n"
ACTIVE = "A,C1,active,9900,EUR,2025-01-01,2025-01-01,{}\n"
GONE = "B,C2,cancelled,0,EUR,2025-01-01,2025-01-01,2025-06-15{}\n"


def test_an_mrr_of_0_of_a_cancelled_subscription_is_refused_with_the_lines(tmp_path):
    text = ENDED.format("") + ACTIVE.format("") + GONE.format("")
    place = folder(tmp_path, subscriptions=text)
    with pytest.raises(rk.errors.DataError, match=r"an mrr of 0 .* in 1 row, .* mrr: <your column"):
        load(place, mapping="chargebee", as_of="2025-12-31")
    ours = tmp_path / "ours.yaml"
    ours.write_text("vendor: chargebee\ntables: {subscriptions: {columns: {mrr: {from: mrr}}}}\n")
    assert load(place, mapping=ours, as_of="2025-12-31").table("subscriptions").count().execute()


def test_a_cancelled_subscription_of_chargebee_paid_its_price(tmp_path):
    more = ",plan_unit_price,plan_quantity,billing_period,billing_period_unit"
    text = ENDED.format(more) + ACTIVE.format(",9900,1,1,month") + GONE.format(",120000,2,1,year")
    data = load(folder(tmp_path, subscriptions=text), mapping="chargebee", as_of="2025-12-31")
    # 2 × 1,200.00 a year is 200.00 a month
    june = {"period": "month", "start": "2025-06-01", "end": "2025-07-01"}
    assert rk.metrics.churned_mrr(data, **june).value.tolist() == [200.0]


def test_chargebee_without_activated_at_counts_from_the_end_of_the_trial(tmp_path):
    text = (
        "id,customer_id,status,mrr,currency_code,started_at,trial_end,cancelled_at\n"
        "A,C1,active,9900,EUR,2025-01-01,2025-02-01,\nB,C2,active,5000,EUR,2025-01-01,,\n"
        "C,C3,cancelled,700,EUR,2025-01-01,2025-02-01,2025-01-20\nD,C4,future,800,EUR,,,\n"
    )
    data = load(folder(tmp_path, subscriptions=text), mapping="chargebee", as_of="2025-02-28")
    # B from January, A from the end of its trial; C ended within its own
    months = rk.metrics.mrr(data, period="month", start="2025-01-01").value.tolist()
    assert months == [50.0, 149.0]
    assert "activated_at is not in the export" in noted(data)
    assert "leaves out 2 of 4 rows in subscriptions" in noted(data)


def test_rows_that_go_to_no_part_are_told_even_where_they_are_all(tmp_path):
    text = ENDED.format("") + ACTIVE.format("").replace("2025-01-01,2025-01-01", "2025-01-01,")
    data = load(folder(tmp_path, subscriptions=text), mapping="chargebee", as_of="2025-12-31")
    assert "the mapping leaves out all 1 rows in subscriptions" in noted(data)


def test_what_is_archived_in_hubspot_is_left_out_and_an_empty_type_told(tmp_path):
    deals = (
        "hs_object_id,pipeline,dealstage,dealtype,amount,createdate,closedate,archived\n"
        "1,default,won1,newbusiness,800,2025-01-01,2025-02-01,true\n"
        "2,default,won1,,500,2025-01-01,2025-02-01,false\n"
        "3,default,lost1,newbusiness,500,2025-01-01,2025-02-01,false\n"
        "4,default,talks,,700,2025-01-01,2025-04-01,false\n"
    )
    stages = (
        "stageId,pipelineId,label,displayOrder,probability,isClosed,archived\n"
        "talks,default,Talks,0,0.4,false,false\nwon1,default,Signed,1,1.0,true,true\n"
        "lost1,default,Gone,2,0.0,true,false\n"
    )
    place = folder(tmp_path, deals=deals, deal_pipeline_stages=stages)
    data = load(place, mapping="hubspot", as_of="2025-03-31", currency="EUR")
    quarter = {"period": "quarter", "start": "2025-01-01"}
    # one won at 500, told by its stage at a probability of 1; one lost
    assert rk.metrics.won_amount(data, **quarter).value.tolist() == [500.0]
    assert rk.metrics.win_rate(data, **quarter).value.tolist() == [0.5]
    rows = data.table("stages").order_by("position").to_pyarrow().to_pylist()
    assert [row["is_won"] for row in rows] == [False, True, False]
    assert "the mapping leaves out 1 of 4 rows in deals" in noted(data)
    assert "the deal type is empty and counts as new business, in 2 rows of deals" in noted(data)


@pytest.mark.parametrize(
    ("vendor", "file", "head", "row"),
    [
        ("hubspot", "companies", "id,name", "1,A"),
        ("hubspot", "contacts", "id,email,createdate", "1,a@x.it,2025-01-01"),
        ("pipedrive", "organizations", "id,name", "1,A"),
        ("pipedrive", "deals", "id,status,value,add_time", "1,open,5,2025-01-01"),
        ("salesforce", "Account", "Id,Name", "1,A"),
        ("stripe", "customers", "id,name", "1,A"),
        ("chargebee", "customers", "id,company", "1,A"),
    ],
)
def test_rows_that_a_vendor_says_are_deleted_are_left_out(tmp_path, vendor, file, head, row):
    for flag in rk.sources.vendors.Vendor.of(vendor).deleted:
        text = f"{head},{flag}\n{row},true\n{row.replace('1', '2', 1)},false\n"
        data = load(folder(tmp_path, **{file: text}), mapping=vendor, as_of="2025-12-31")
        assert data.table(data.tables[0]).count().execute() == 1


def test_archived_deals_of_pipedrive_and_empty_types_of_salesforce_are_told(tmp_path):
    deals = "id,status,value,add_time,is_archived\n1,open,5,2025-01-01,true\n2,open,5,2025-01-01,\n"
    data = load(folder(tmp_path, deals=deals), mapping="pipedrive", as_of="2025-01-31")
    assert "an archived deal counts as any other, in 1 row of deals" in noted(data)
    text = (
        "Id,Type,StageName,Amount,CloseDate,CreatedDate,IsClosed\n"
        "1,,Talks,5,2025-06-01,2025-01-01,no\n"
    )
    data = load(folder(tmp_path, Opportunity=text), mapping="salesforce", as_of="2025-01-31")
    assert "Type is empty and counts as new business, in 1 row of Opportunity" in noted(data)


def test_the_outcome_of_a_deal_is_not_its_probability_while_it_was_open(tmp_path):
    text = (
        "id,status,value,add_time,won_time,lost_time,probability\n"
        "1,won,1000,2025-01-01,2025-02-10,,100\n2,lost,500,2025-01-01,,2025-02-20,0\n"
        "3,open,700,2025-01-01,,,60\n4,won,300,2025-01-01,2025-02-10,,50\n"
    )
    data = load(
        folder(tmp_path, deals=text), mapping="pipedrive", as_of="2025-02-28", currency="EUR"
    )
    frame = rk.metrics.weighted_pipeline(data, period="month", start="2025-01-01")
    # 60 % of 700, and in January half of 300; what 1 and 2 had then is not known
    assert frame.value.tolist() == [570.0, 420.0]
    assert "2 of" in " ".join(map(str, frame.attrs["notes"]))
