"""Exports of billing as they come: without the day of the end, in cents, with blank rows."""

import json

import pytest

import revkit as rk
from revkit import load
from revkit.errors import DataError, MappingError, SourceError

AUGUST = {"period": "month", "start": "2026-08-01", "end": "2026-09-01"}


def folder(place, **files):
    place.mkdir(exist_ok=True)
    for name, text in files.items():
        if isinstance(text, str):
            (place / f"{name}.csv").write_text(text, encoding="utf-8")
        else:
            (place / f"{name}.json").write_text(json.dumps(text), encoding="utf-8")
    return place


def ours(place, text):
    path = place / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def noted(data):
    return " ".join(str(note) for note in data.notes)


def test_a_cancelled_subscription_of_stripe_without_a_day_ends_with_its_request(tmp_path):
    text = (
        "id,Customer ID,Quantity,Currency,Interval,Amount,Status,Start (UTC),Trial End (UTC),"
        "Canceled At (UTC),Current Period End (UTC),Cancel At Period End\n"
        "s1,c1,1,eur,month,49.00,active,2026-01-01,,,2026-09-01,false\n"
        "s2,c2,1,eur,month,30.00,canceled,2026-01-01,,2026-08-05,,false\n"
        "s3,c3,1,eur,month,20.00,canceled,2026-01-01,,2026-07-05,2026-08-20,true\n"
        # gone before the end of its trial, and never paid
        "s4,c4,1,eur,month,99.00,canceled,2026-06-01,2026-07-01,2026-06-10,,false\n"
        # asked to end, and goes on until then
        "s5,c5,1,eur,month,10.00,active,2026-01-01,,2026-08-05,2026-12-01,true\n"
    )
    place = folder(tmp_path, subscriptions=text)
    data = load(place, mapping="stripe", as_of="2026-08-31", currency="EUR")
    assert rk.metrics.mrr(data, start="2026-07-01").value.tolist() == [109.0, 59.0]
    assert rk.metrics.churned_mrr(data, **AUGUST).value.tolist() == [50.0]
    assert "ended_at is empty, and canceled_at counts as the end, in 2 rows" in noted(data)


@pytest.mark.parametrize(("more", "day"), [("", ""), (",Canceled At (UTC)", ",2026-08-05")])
def test_a_cancelled_subscription_of_stripe_without_any_day_is_refused(tmp_path, more, day):
    text = (
        f"id,Customer ID,Quantity,Currency,Interval,Amount,Status,Start (UTC){more}\n"
        f"s1,c1,1,eur,month,49.00,active,2026-01-01{day[:1]}\n"
        f"s2,c2,1,eur,month,30.00,canceled,2026-01-01{day}\n"
    )
    place = folder(tmp_path, subscriptions=text)
    # when it was asked to end is known, whether at once is not
    with pytest.raises(DataError, match=r"is over, and ended_on is empty in 1 row.* canceled_at"):
        load(place, mapping="stripe", as_of="2026-08-31", currency="EUR").table("subscriptions")


ITEMS = {
    "prices": "id,currency,unit_amount,recurring_interval\np,eur,4900,month\n",
    "subscription_items": "id,subscription_id,price_id,quantity\ni1,s1,p,1\ni2,s2,p,2\ni3,s3,p,9\n",
}


def test_items_of_stripe_end_with_the_request_of_their_subscription(tmp_path):
    text = (
        "id,customer_id,status,start_date,trial_end,canceled_at,cancel_at_period_end\n"
        "s1,c1,active,2026-01-01,,,false\ns2,c2,canceled,2026-01-01,,2026-08-05,false\n"
        "s3,c3,canceled,2026-06-01,2026-07-01,2026-06-10,false\n"
    )
    place = folder(tmp_path, subscriptions=text, **ITEMS)
    data = load(place, mapping="stripe", as_of="2026-08-31", currency="EUR")
    assert rk.metrics.mrr(data, start="2026-06-01").value.tolist() == [147.0, 147.0, 49.0]
    assert "canceled_at counts as the end, in 2 rows" in noted(data)


def test_a_cancelled_subscription_of_chargebee_without_a_day_is_refused(tmp_path):
    text = (
        "Subscription Id,Customer Id,Status,MRR,Currency,Activated At\n"
        "A,C1,Active,49.50,EUR,2026-01-01\nB,C2,Cancelled,20.50,EUR,2026-01-01\n"
    )
    place = folder(tmp_path, Subscriptions=text)
    with pytest.raises(DataError, match="is over, and ended_on is empty in 1 row"):
        load(place, mapping="chargebee", as_of="2026-08-31").table("subscriptions")


WORDS = """
tables:
  subscriptions:
    source: abos
    columns: {{subscription_id: Nr, account_id: Kunde, started_on: Start, ended_on: {end},
              mrr: Preis, status: {{from: Lage, words: {{laufend: active, gekündigt: {word}}}}}}}
"""
ABOS = (
    "Nr,Kunde,Start,Ende,Lage,Preis\n1,A,2026-01-01,,laufend,50\n2,B,2026-01-01,{},gekündigt,30\n"
)


@pytest.mark.parametrize("word", ["active", "ended", "null"])
def test_words_of_a_mapping_for_the_end_ask_for_the_day(tmp_path, word):
    path = ours(tmp_path, WORDS.format(end="Ende", word=word))
    place = folder(tmp_path / "data", abos=ABOS.format("2026-08-05"))
    data = load(place, mapping=path, as_of="2026-08-31")
    assert rk.metrics.churned_mrr(data, **AUGUST).value.tolist() == [30.0]
    assert set(data.table("subscriptions").to_pyarrow()["status"].to_pylist()) == {"active"}
    folder(tmp_path / "data", abos=ABOS.format(""))
    with pytest.raises(DataError, match="is over, and ended_on is empty in 1 row"):
        load(place, mapping=path, as_of="2026-08-31").table("subscriptions")
    path = ours(tmp_path, WORDS.format(end="{constant: null}", word=word))
    with pytest.raises(DataError, match="is over, and ended_on is empty in 1 row"):
        load(place, mapping=path, as_of="2026-08-31").table("subscriptions")


CB = (
    "Subscription Id,Customer Id,Status,Plan Quantity,Plan Unit Price,MRR,Currency,"
    "Billing Period,Billing Period Unit,Activated At,Cancelled At\n"
    "A,C1,Active,2,{0},{1},EUR,1,Month,2026-01-01,\n"
    "B,C2,Cancelled,1,{2},0,EUR,1,Month,2026-01-01,2026-08-05\n"
    "C,C3,Active,1,{3},{3},EUR,1,Month,2026-01-01,\n"
    "D,C4,Active,1,{3},{3},EUR,1,Month,2026-01-01,\n"
)
BILLS = "Invoice Number,Subscription Id,Customer Id,Status,Invoice Date,Currency,Amount,Tax\n{}"
UNIT = "vendor: chargebee\ntables: {{subscriptions: {{columns: {{mrr: {}}}}}}}\n"


def test_whole_amounts_of_a_page_are_asked_about(tmp_path):
    place = folder(tmp_path, Subscriptions=CB.format(2500, 5000, 1200, 900))
    with pytest.raises(DataError) as refusal:
        load(place, mapping="chargebee", as_of="2026-08-31")
    said = str(refusal.value)
    assert "MRR, read as mrr, has no decimals" in said
    assert "mrr: {from: MRR, minor_units: true}" in said
    assert "mrr: {from: MRR, scale: 1}" in said


@pytest.mark.parametrize(
    ("unit", "of_one"),
    [
        ("{from: MRR, minor_units: true}", 0.01),
        ("{from: MRR, scale: 1}", 1),
        ("{scale: 0.01}", 0.01),
        ("{from: MRR, decimal: '.'}", 1),
    ],
)
def test_the_unit_that_is_said_keeps_what_the_vendor_reads(tmp_path, unit, of_one):
    place = folder(tmp_path, Subscriptions=CB.format(2500, 5000, 1200, 900))
    data = load(place, mapping=ours(tmp_path, UNIT.format(unit)), as_of="2026-08-31")
    # the price of the cancelled one, whose mrr is written as 0
    assert rk.metrics.churned_mrr(data, **AUGUST).value.tolist() == [1200 * of_one]
    assert rk.metrics.mrr(data, **AUGUST).value.tolist() == [6800 * of_one]
    assert "mrr is read from" not in noted(data)


def test_the_unit_of_invoices_keeps_the_tax_that_is_taken_off(tmp_path):
    rows = "I1,S,C1,Paid,2026-08-02,EUR,12200,2200\nI2,S,C1,Paid,2026-08-03,EUR,6100,1100\n"
    place = folder(tmp_path, Invoices=BILLS.format(rows))
    text = "vendor: chargebee\ntables: {{invoices: {{columns: {{amount: {}}}}}}}\n"
    for unit in ("{from: Amount, minor_units: true}", "{from: Amount, scale: 0.01}"):
        data = load(place, mapping=ours(tmp_path, text.format(unit)), as_of="2026-08-31")
        assert rk.metrics.billings(data, **AUGUST).value.tolist() == [150.0]
        # one of the same name as the line, not the subscription
        lines = data.table("invoices").order_by("invoice_id").to_pyarrow().to_pylist()
        assert [row["invoice_line_id"] for row in lines] == ["I1", "I2"]


@pytest.mark.parametrize(
    "files",
    [
        {"Subscriptions": CB.format("25.00", "50.00", 12, 9)},
        {"Subscriptions": CB.format(2500, 5000, 1200, 90)},  # 0.90 a month is no price
        {"Subscriptions": CB.format("2500.50", 5000, 1200, 900)},
        {
            "Subscriptions": CB.format(2500, 5000, 1200, 900),
            "Invoices": BILLS.format("I1,A,C1,Paid,2026-08-02,EUR,5000.00,0.00\n"),
        },
        {"Subscriptions": CB.format(2500, 5000, 1200, 900).replace("EUR", "JPY")},
    ],
    ids=["decimals", "small", "price", "invoices", "yen"],
)
def test_amounts_of_a_page_whose_unit_is_told_are_read(tmp_path, files):
    data = load(folder(tmp_path, **files), mapping="chargebee", as_of="2026-08-31")
    assert data.table("subscriptions").count().execute() == 4
    assert noted(data).count("mrr is read from Subscriptions.MRR, Subscriptions.Plan") == 1


def test_amounts_of_an_api_below_one_unit_are_asked_about(tmp_path):
    text = "id,customer_id,status,mrr,currency_code,activated_at,cancelled_at\n" + "".join(
        f"S{n},C{n},active,{mrr},EUR,2026-01-01,\n" for n, mrr in enumerate((49, 99, 29, 120))
    )
    place = folder(tmp_path, subscriptions=text)
    with pytest.raises(DataError, match=r"mrr, read as mrr, would be below one .* in 3 rows"):
        load(place, mapping="chargebee", as_of="2026-08-31")
    for unit, expected in (("{from: mrr, scale: 1}", 297.0), ("{minor_units: true}", 2.97)):
        data = load(place, mapping=ours(tmp_path, UNIT.format(unit)), as_of="2026-08-31")
        assert rk.metrics.mrr(data, **AUGUST).value.round(6).tolist() == [expected]


def test_the_amounts_of_stripe_are_asked_about_too(tmp_path):
    text = "id,Customer ID,Quantity,Currency,Interval,Amount,Status,Start (UTC)\n" + "".join(
        f"s{n},c{n},1,eur,month,{amount},active,2026-01-01\n"
        for n, amount in enumerate((4900, 9900, 2900))
    )
    place = folder(tmp_path, subscriptions=text)
    with pytest.raises(DataError, match=r"mrr: {from: Amount, minor_units: true} where 4900"):
        load(place, mapping="stripe", as_of="2026-08-31", currency="EUR")
    prices = "id,currency,unit_amount,recurring_interval\n" + "".join(
        f"p{n},eur,{amount},month\n" for n, amount in enumerate((49, 99, 29))
    )
    items = "id,subscription_id,price_id,quantity\n" + "".join(
        f"i{n},s{n},p{n},1\n" for n in range(3)
    )
    text = "id,customer_id,status,start_date\n" + "".join(
        f"s{n},c{n},active,2026-01-01\n" for n in range(3)
    )
    other = folder(tmp_path / "api", subscriptions=text, prices=prices, subscription_items=items)
    with pytest.raises(DataError, match=r"prices.unit_amount, .* mrr: {scale: 1} where"):
        load(other, mapping="stripe", as_of="2026-08-31", currency="EUR")
    unit = "vendor: stripe\ntables: {subscriptions: {columns: {mrr: {minor_units: false}}}}\n"
    data = load(other, mapping=ours(tmp_path, unit), as_of="2026-08-31", currency="EUR")
    assert rk.metrics.mrr(data, **AUGUST).value.tolist() == [177.0]


def subscription(id_, amount, *, top, status="active", interval="month", off=None, **more):
    """A subscription as the API of Stripe answers: newer ones have the price in items alone."""
    price = {
        "id": "p", "currency": "eur", "unit_amount": amount, "product": "suite",
        "recurring": {"interval": interval, "interval_count": 1},
    }  # fmt: skip
    coupon = {"id": "K", "percent_off": off, "duration": "forever"}
    plan = {
        "id": "p",
        "amount": amount,
        "currency": "eur",
        "interval": interval,
        "product": "suite",
    }
    return {
        "id": id_, "customer": id_.replace("s", "c"), "status": status, "start_date": 1767225600,
        "trial_end": None, "ended_at": None, "canceled_at": None, "cancel_at_period_end": False,
        "discount": None if off is None else {"coupon": coupon},
        "items": {"object": "list", "data": [{"id": f"i{id_}", "price": price, "quantity": 2}]},
        **({"plan": plan, "quantity": 2} if top else {}), **more,
    }  # fmt: skip


@pytest.mark.parametrize("top", [True, False])
def test_subscriptions_of_the_api_of_stripe_are_read_with_what_is_nested(tmp_path, top):
    rows = [
        subscription("s1", 4900, top=top, off=50.0),
        subscription("s2", 120000, top=top, interval="year", trial_end=1769904000),  # February
        subscription("s3", 3000, top=top, status="canceled", ended_at=1785888000),  # 5 August
    ]
    data = load(folder(tmp_path, subscriptions=rows), mapping="stripe", as_of="2026-08-31",
                currency="EUR")  # fmt: skip
    assert rk.metrics.mrr(data, start="2026-01-01").value.tolist()[:2] == [109.0, 309.0]
    assert rk.metrics.churned_mrr(data, **AUGUST).value.tolist() == [60.0]
    products = data.table("subscriptions").to_pyarrow()["product_id"].to_pylist()
    assert products == ["suite"] * 3


AMOUNTS = """
tables:
  subscriptions:
    source: abos
    columns: {subscription_id: Nr, account_id: Kunde, started_on: Start,
              ended_on: {constant: null}, mrr: {from: Preis, times: Menge}}
"""


def test_an_amount_to_reckon_with_that_is_no_number_is_told_with_the_line(tmp_path):
    text = "Nr;Kunde;Start;Preis;Menge\n1;A;2026-01-02;1.234,50;2\n2;B;2026-01-03;99,00;1\n"
    place, path = folder(tmp_path / "data", abos=text), ours(tmp_path, AMOUNTS)
    with pytest.raises(DataError, match=r"in 2 rows, such as .*Preis=1.234,50.* decimal: \",\""):
        load(place, mapping=path, as_of="2026-08-31")
    data = load(place, mapping=ours(tmp_path, AMOUNTS + 'decimal: ","\n'), as_of="2026-08-31")
    assert rk.metrics.mrr(data, **AUGUST).value.tolist() == [2568.0]


@pytest.mark.parametrize("blank", [";;;", '"";"";"";""', " ; ;;", ";;;\n;;;"])
def test_rows_of_a_file_without_any_value_are_left_out_and_told(tmp_path, blank):
    text = f"account_id;name;x;y\n1;A;;\n{blank}\n2;;;\n{blank}\n3;C;1;2\n"
    data = load(folder(tmp_path, accounts=text), as_of="2026-08-31")
    assert data.table("accounts").count().execute() == 3
    many = 2 * (blank.count("\n") + 1)
    assert f"accounts.csv: {many} rows without any value are left out" in noted(data)
    assert [note.rows for note in data.notes if note.rule == "blank_rows"] == [many]
    # in another encoding it is copied first
    (tmp_path / "accounts.csv").write_text(text.replace("C", "\u00c9"), encoding="utf-16")
    assert load(tmp_path, as_of="2026-08-31").table("accounts").count().execute() == 3


def test_a_blank_row_is_told_once_by_a_mapping_and_a_row_without_a_key_is_refused(tmp_path):
    text = "Nr;Kunde;Start;Preis;Menge\n1;A;2026-01-02;1;2\n;;;;\n"
    place, path = folder(tmp_path / "data", abos=text), ours(tmp_path, AMOUNTS)
    data = load(place, mapping=path, as_of="2026-08-31")
    assert noted(data).count("abos.csv: 1 row without any value is left out.") == 1
    folder(tmp_path / "data", abos=text + ";B;2026-01-03;1;1\n")
    with pytest.raises(DataError, match="subscription_id is empty in 1 row"):
        load(place, mapping=path, as_of="2026-08-31").table("subscriptions")


def test_subscriptions_of_several_items_are_refused_with_what_is_not_read(tmp_path):
    rows = [subscription("s1", 4900, top=False), subscription("s2", 9900, top=False)]
    rows[0]["items"]["data"].append(rows[1]["items"]["data"][0])
    place = folder(tmp_path, subscriptions=rows, customers="id,name\nc1,A\n")
    with pytest.raises(MappingError) as refusal:
        load(place, mapping="stripe", as_of="2026-08-31", currency="EUR")
    said = str(refusal.value)
    assert "subscriptions is subscription by its name, but it has no column for mrr (Amount" in said
    assert "not read, since some records have several objects in them: items_data. Write" in said
    assert "items_data_price_unit_amount" in said
    with pytest.raises(SourceError, match=r"has no column for mrr .* objects in them: items_data"):
        load(folder(tmp_path / "alone", subscriptions=rows), mapping="stripe")
    # written as the line says, they are items
    items = [{**one, "subscription": row["id"]} for row in rows for one in row["items"]["data"]]
    for n, one in enumerate(items):
        one["id"] = f"i{n}"
    data = load(folder(tmp_path, subscription_items=items), mapping="stripe",
                as_of="2026-08-31", currency="EUR")  # fmt: skip
    assert rk.metrics.mrr(data, **AUGUST).value.tolist() == [494.0]


def test_a_page_without_amounts_is_refused_by_their_names_and_our_own_is_not(tmp_path):
    text = "id,Customer ID,Status,Start (UTC)\ns1,c1,active,2026-01-01\n"
    place = folder(tmp_path, subscriptions=text, customers="id,name\nc1,A\n")
    with pytest.raises(MappingError, match=r"it has no column for mrr \(Amount, plan_amount"):
        load(place, mapping="stripe", as_of="2026-08-31", currency="EUR")
    text = "subscription_id,account_id,started_on,ended_on,mrr\ns1,c1,2026-01-01,,5\n"
    folder(tmp_path, subscriptions=text)
    data = load(place, mapping="stripe", as_of="2026-08-31", currency="EUR")
    assert rk.metrics.mrr(data, **AUGUST).value.tolist() == [5.0]


def test_names_of_a_choice_are_reckoned_with_once(tmp_path):
    text = (
        "Nr,Kunde,Start,Preis,Liste,Menge,Aus\n1,A,2026-01-02,,120,3,6\n2,B,2026-01-03,60,9,1,0\n"
    )
    reckon = "{coalesce: [Preis, Liste], times: Menge, minus: Aus, per: quarter}"
    path = ours(tmp_path, AMOUNTS.replace("{from: Preis, times: Menge}", reckon))
    data = load(folder(tmp_path / "data", abos=text), mapping=path, as_of="2026-08-31")
    # (120 × 3 − 6) and 60, a quarter
    assert rk.metrics.mrr(data, **AUGUST).value.tolist() == [138.0]


CATALOGUE_ITEMS = (
    "subscription_id,item_price_id,item_type,quantity,unit_price,amount\n"
    "s1,pro-month,plan,2,5000,10000\ns1,seat,addon,3,1000,3000\n"
    "s2,pro-year,plan,1,120000,120000\ns2,setup,charge,1,50000,50000\n"
)


@pytest.mark.parametrize(
    ("column", "more", "status", "mrr"),
    [
        ("note", ",", "active", [230.0, 230.0]),
        # of a subscription with a price of its own the items are none beside it
        ("mrr", "7000,9000", "active", [160.0, 160.0]),
        ("pause_date", ",2026-07-05", "paused", [230.0, 130.0]),
        ("note", ",", "paused", [130.0, 130.0]),
    ],
)
def test_items_of_chargebee_are_lines_of_their_subscription(tmp_path, column, more, status, mrr):
    first, second = more.split(",")
    subscriptions = (
        f"id,customer_id,status,activated_at,currency_code,billing_period,billing_period_unit,{column}\n"
        f"s1,c1,active,2026-01-05,EUR,1,month,{first}\n"
        f"s2,c2,{status},2026-01-05,EUR,1,year,{second}\n"
    )
    place = folder(tmp_path, subscriptions=subscriptions, subscription_items=CATALOGUE_ITEMS)
    data = load(place, mapping="chargebee", as_of="2026-07-31")
    months = {"period": "month", "start": "2026-06-01", "end": "2026-08-01"}
    assert rk.metrics.mrr(data, **months).value.tolist() == mrr
