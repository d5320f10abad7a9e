"""Exports in the shapes of vendors, each figure against one worked out by hand."""

import os
import shutil
from pathlib import Path

import pytest

import revkit as rk
from revkit.errors import MappingError, SourceError
from revkit.sources import load
from revkit.sources.vendors import VENDORS, Vendor

SALESFORCE = {
    "Account": "Id,Name,Industry,OwnerId,CreatedDate,IsDeleted,Tier__c\n"
    "001A,Rossi,Food,005A,2024-01-02T08:00:00.000Z,false,SMB\n"
    "001B,Bianchi,Toys,005B,2024-01-03T08:00:00.000Z,false,Enterprise\n"
    "001C,Gone,Toys,005B,2024-01-03T08:00:00.000Z,true,SMB\n",
    "User": "Id,Name,ManagerId,CreatedDate\n005A,Ann,,2023-01-01T00:00:00.000Z\n"
    "005B,Bob,005A,2023-01-01T00:00:00.000Z\n",
    "Opportunity": "Id,AccountId,OwnerId,Type,StageName,Amount,Probability,CloseDate,CreatedDate,"
    "IsClosed,IsWon,IsDeleted,ForecastCategoryName\n"
    "006A,001A,005A,New Business,Closed Won,1000,100,2024-03-31,2024-02-01T09:00:00.000Z,true,true,"
    "false,Closed\n"
    "006B,001B,005B,Existing Business,Closed Lost,500,0,2024-03-20,2024-02-05T09:00:00.000Z,true,"
    "false,false,Omitted\n"
    "006C,001B,005B,,Negotiation,700,60,2024-06-30,2024-03-01T09:00:00.000Z,false,false,false,"
    "Commit\n"
    "006D,001A,005A,,Closed Won,9999,100,2024-03-31,2024-02-01T09:00:00.000Z,true,true,true,"
    "Closed\n",
    "OpportunityHistory": "Id,OpportunityId,StageName,Amount,CloseDate,CreatedDate\n"
    "h1,006A,Prospecting,1000,2024-03-01,2024-02-01T09:00:00.000Z\n"
    "h2,006A,Closed Won,1000,2024-03-31,2024-03-28T16:00:00.000Z\n"
    "h3,006B,Prospecting,500,2024-03-20,2024-02-05T09:00:00.000Z\n"
    "h4,006B,Closed Lost,500,2024-03-20,2024-03-21T10:00:00.000Z\n"
    "h5,006C,Negotiation,700,2024-06-30,2024-03-01T09:00:00.000Z\n",
    "OpportunityStage": "Id,MasterLabel,SortOrder,DefaultProbability,IsClosed,IsWon\n"
    "s1,Prospecting,1,10,false,false\ns2,Negotiation,2,60,false,false\n"
    "s3,Closed Won,3,100,true,true\ns4,Closed Lost,4,0,true,false\n",
}  # fmt: skip


def written(folder, files, *, rename=str, head=str, separator=","):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        first, _, rest = text.partition("\n")
        names = [head(column) for column in first.split(",")]
        whole = "\n".join([separator.join(names), rest.replace(",", separator)])
        (folder / f"{rename(name)}.csv").write_text(whole, encoding="utf-8")
    return folder


def snake(name):
    """The name as common connectors land it."""
    out = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return out.lstrip("_").replace("__", "_")


def deals(data):
    return data.table("opportunities").order_by("opportunity_id").to_pyarrow().to_pylist()


@pytest.mark.parametrize(
    ("rename", "head"),
    [(str, str), (lambda name: f"sf_{snake(name)}_data", snake)],
    ids=["API", "connector"],
)
def test_salesforce_by_its_names_and_those_of_connectors(tmp_path, rename, head):
    place = written(tmp_path / "sf", SALESFORCE, rename=rename, head=head)
    data = load(place, mapping="salesforce", as_of="2024-03-31", currency="EUR")
    rows = deals(data)
    assert [row["opportunity_id"] for row in rows] == ["006A", "006B", "006C"]  # none deleted
    assert [row["kind"] for row in rows] == ["new", "expansion", "new"]
    # the row of history that entered a closed stage, not the day that was typed
    assert [str(row["closed_on"]) for row in rows] == ["2024-03-28", "2024-03-21", "None"]
    assert [row["is_won"] for row in rows] == [True, False, None]
    assert rows[2]["probability"] == 0.6
    assert rows[2]["forecast_category"] == "commit"
    quarter = {"period": "quarter", "start": "2024-01-01"}
    assert rk.metrics.win_rate(data, **quarter).value.tolist() == [0.5]
    assert rk.metrics.won_amount(data, **quarter).value.tolist() == [1000.0]
    assert rk.metrics.pipeline_open(data, **quarter).value.tolist() == [700.0]
    assert rk.metrics.weighted_pipeline(data, **quarter).value.tolist() == [420.0]
    # 1 February to 28 March
    assert rk.metrics.sales_cycle(data, **quarter).value.tolist() == [56.0]


def outcomes(place, *lines):
    """Return the outcomes of deals in a report of Salesforce, by its lines."""
    place.mkdir()
    (place / "Opportunity.csv").write_text("\n".join(lines), encoding="utf-8")
    data = load(place, mapping="salesforce", as_of="2024-03-31", currency="EUR")
    return [(row["is_won"], str(row["closed_on"])) for row in deals(data)]


def test_a_stage_of_salesforce_that_explains_no_outcome_is_refused(tmp_path):
    head = "Opportunity ID,Created Date,Close Date,Closed,Stage"
    rows = ["1,2024-01-02,2024-02-01,true,{}", "2,2024-01-02,2024-06-30,false,Talks"]
    line = r"is_won: \{from: Stage, words: \{Signed: …\}, where: Closed\}"
    with pytest.raises(rk.errors.DataError, match=f"in 1 row, such as .*Stage=Signed.*{line}"):
        outcomes(tmp_path / "own", head, rows[0].format("Signed"), rows[1])
    known = outcomes(tmp_path / "known", head, rows[0].format("Chiusa/Acquisita"), rows[1])
    assert known == [(True, "2024-02-01"), (None, "None")]


@pytest.mark.parametrize("closed", ["Closed", "Chiusa"])
def test_an_outcome_of_salesforce_explains_any_stage(tmp_path, closed):
    head = f"Opportunity ID,Created Date,Close Date,{closed},Acquisita,Stage"
    won, lost = "1,2024-01-02,2024-02-01,Sì,Sì,Signed", "2,2024-01-02,2024-02-02,Sì,No,Gone"
    still = "3,2024-01-02,2024-06-30,No,No,Talks"
    assert outcomes(tmp_path / "own", head, won, lost, still) == [
        (True, "2024-02-01"), (False, "2024-02-02"), (None, "None"),
    ]  # fmt: skip


def test_an_italian_report_of_salesforce(tmp_path):
    place = tmp_path / "report"
    place.mkdir()
    (place / "Opportunità.csv").write_bytes(
        "ID opportunità;Nome opportunità;Nome account;ID account;Titolare opportunità;Fase;"
        "Importo;Probabilità (%);Data di chiusura;Data creazione;Tipo\n"
        '1;"A";Rossi;R1;Ann;Chiusa - Vinta;"1.234,50";100;31/03/2024;01/02/2024;Nuovo cliente\n'
        '2;"B";Neri;R2;Bob;Trattativa;"2.000,00";60;30/06/2024;15/02/2024;Rinnovo\n'.encode(
            "cp1252"
        )
    )
    mapping = tmp_path / "crm.yaml"
    mapping.write_text(
        'vendor: salesforce\nseparator: ";"\nencoding: cp1252\ndecimal: ","\n'
        'date_format: "%d/%m/%Y"\ncurrency: EUR\nas_of: 2024-03-31\n'
    )
    rows = deals(load(place, mapping=mapping))
    assert [(row["amount"], row["is_won"], row["kind"]) for row in rows] == [
        (1234.5, True, "new"),
        (2000.0, None, "renewal"),
    ]
    assert [str(row["closed_on"]) for row in rows] == ["2024-03-31", "None"]
    assert [row["rep_id"] for row in rows] == ["Ann", "Bob"]


HUBSPOT = {
    "company": "id,property_name,property_createdate,property_hubspot_owner_id,is_deleted\n"
    "11,Rossi,2024-01-02 1:08:00,7,false\n12,Bianchi,2024-01-03 10:00:00,8,false\n",
    "owner": "owner_id,first_name,last_name,created_at\n7,Ann,A,2023-01-01 00:00:00\n"
    "8,Bob,B,2023-01-01 00:00:00\n",
    "deal": "deal_id,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_dealname,"
    "property_amount,property_closedate,property_createdate,is_deleted,property_dealtype\n"
    "1,p1,s3,7,A,1000,2024-03-28 12:00:00,2024-02-01 09:00:00,false,newbusiness\n"
    "2,p1,s4,8,B,500,2024-03-21 12:00:00,2024-02-05 09:00:00,false,existingbusiness\n"
    "3,p1,s2,8,C,700,2024-06-30 12:00:00,2024-03-01 09:00:00,false,\n"
    "4,p1,s3,7,copy of A,1000,2024-03-28 12:00:00,2024-02-01 09:00:00,false,newbusiness\n"
    "5,p1,s3,7,deleted,9,2024-03-28 12:00:00,2024-02-01 09:00:00,true,newbusiness\n",
    "merged_deal": "deal_id,merged_deal_id\n1,4\n",
    "deal_company": "deal_id,company_id,type_id\n1,11,5\n1,12,341\n2,12,5\n3,12,5\n",
    "deal_pipeline": "pipeline_id,label\np1,Sales\n",
    "deal_pipeline_stage": "stage_id,pipeline_id,label,display_order,probability,is_closed,"
    "closed_won\ns1,p1,First,0,0.1,false,false\ns2,p1,Talks,1,0.6,false,false\n"
    "s3,p1,Won,2,1.0,true,true\ns4,p1,Lost,3,0.0,true,false\n",
    "deal_stage": "deal_id,value,date_entered\n1,s1,2024-02-01 09:00:00\n"
    "1,s3,2024-03-28 12:00:00\n2,s1,2024-02-05 09:00:00\n2,s4,2024-03-21 12:00:00\n"
    "3,s2,2024-03-01 09:00:00\n4,s1,2024-02-01 09:00:00\n",
    "contact": "id,property_email,property_createdate,property_associatedcompanyid,"
    "property_hs_lifecyclestage_lead_date,property_hs_lifecyclestage_marketingqualifiedlead_date\n"
    "21,a@x.it,2024-01-05 10:00:00,11,2024-01-05 10:00:00,2024-01-09 10:00:00\n"
    "22,b@x.it,2024-02-05 10:00:00,12,2024-02-05 10:00:00,\n",
}  # fmt: skip
QUARTER = {"period": "quarter", "start": "2024-01-01"}


def test_hubspot_by_the_names_of_connectors(tmp_path):
    place = written(tmp_path / "hub", HUBSPOT, rename=lambda name: f"{name}_data")
    data = load(place, mapping="hubspot", as_of="2024-03-31", currency="EUR")
    rows = deals(data)
    assert [row["opportunity_id"] for row in rows] == ["1", "2", "3"]  # no merged, no deleted
    assert [row["account_id"] for row in rows] == ["11", "12", "12"]  # the primary company
    assert [str(row["closed_on"]) for row in rows] == ["2024-03-28", "2024-03-21", "None"]
    assert {row["pipeline"] for row in rows} == {"Sales"}
    assert rk.metrics.win_rate(data, **QUARTER).value.tolist() == [0.5]
    assert rk.metrics.weighted_pipeline(data, **QUARTER).value.tolist() == [420.0]
    assert rk.metrics.mqls(data, **QUARTER).value.tolist() == [1.0]
    assert rk.metrics.leads(data, **QUARTER).value.tolist() == [2.0]
    history = data.table("opportunity_history").order_by("changed_at").to_pyarrow().to_pylist()
    assert [row["stage"] for row in history] == ["First", "First", "Talks", "Lost", "Won"]


def test_hubspot_reads_milliseconds_and_the_columns_of_stages(tmp_path):
    moments = {"created": 1706778000000, "first": 1706778000000, "won": 1711627200000}
    place = tmp_path / "hub"
    place.mkdir()
    (place / "deals.csv").write_text(
        "hs_object_id,dealname,amount,dealstage,createdate,closedate,hs_is_closed,"
        "hs_is_closed_won,hs_date_entered_first,hs_date_entered_closedwon\n"
        "1,A,1000,closedwon,{created},{won},true,true,{first},{won}\n".format(**moments)
    )
    data = load(place, mapping="hubspot", currency="EUR", as_of="2024-03-31")
    (row,) = deals(data)
    assert (str(row["created_on"]), str(row["closed_on"])) == ("2024-02-01", "2024-03-28")
    history = data.table("opportunity_history").order_by("changed_at").to_pyarrow().to_pylist()
    assert [row["stage"] for row in history] == ["first", "closedwon"]


STRIPE = {
    "customer": "id,name,created,livemode,is_deleted\nc1,Rossi,1704067200,true,false\n"
    "c2,Bianchi,1704067200,true,false\nc3,Test,1704067200,false,false\n",
    "product": "id,name\np,Plan\n",
    "price": "id,product_id,unit_amount,currency,recurring_interval,recurring_interval_count\n"
    "m,p,4900,eur,month,1\ny,p,120000,eur,year,1\nq,p,9000,eur,month,3\nj,p,5000,jpy,month,1\n",
    "subscription": "id,customer_id,status,start_date,trial_end,ended_at,canceled_at,"
    "current_period_end,cancel_at_period_end\n"
    "s1,c1,active,2024-01-01 00:00:00,2024-01-15 00:00:00,,,2024-04-15 00:00:00,false\n"
    "s2,c2,canceled,2024-01-01 00:00:00,,2024-03-01 00:00:00,2024-02-20 00:00:00,,false\n"
    "s3,c2,trialing,2024-03-20 00:00:00,2024-04-20 00:00:00,,,2024-04-20 00:00:00,false\n"
    "s4,c1,canceled,2024-02-01 00:00:00,2024-02-15 00:00:00,2024-02-10 00:00:00,"
    "2024-02-10 00:00:00,,false\n"
    "s5,c1,incomplete_expired,2024-02-01 00:00:00,,,,,false\n",
    "subscription_item": "id,subscription_id,price_id,quantity,created\n"
    "i1,s1,m,3,2024-01-01 00:00:00\ni2,s2,y,1,2024-01-01 00:00:00\n"
    "i3,s3,m,1,2024-03-20 00:00:00\ni4,s4,m,9,2024-02-01 00:00:00\n"
    "i5,s5,m,9,2024-02-01 00:00:00\n",
    "subscription_discount": "id,subscription_id,coupon_id,start,end\nd1,s1,k,2024-01-01,\n",
    "coupon": "id,percent_off,duration\nk,20,forever\n",
    "invoice": "id,customer_id,created,status,due_date\nv1,c1,2024-02-15 00:00:00,paid,\n"
    "v2,c2,2024-02-01 00:00:00,void,\n",
    "invoice_line_item": "id,invoice_id,amount,currency,subscription_id,price_id,proration,"
    "period_start,period_end,type,quantity\n"
    "l1,v1,14700,eur,s1,m,false,2024-02-15 00:00:00,2024-03-15 00:00:00,subscription,3\n"
    "l2,v2,99900,eur,s2,y,false,2024-02-01 00:00:00,2024-03-01 00:00:00,subscription,1\n",
}  # fmt: skip


def test_stripe_in_minor_units_without_trials(tmp_path):
    place = written(tmp_path / "stripe", STRIPE)
    data = load(place, mapping="stripe", as_of="2024-03-31", currency="EUR")
    months = rk.metrics.mrr(data, period="month", start="2024-01-01")
    # 3 × 49.00 less 20 %, from the end of its trial; 1,200.00 a year, to the end of February
    assert months.value.round(6).tolist() == [117.6 + 100, 117.6 + 100, 117.6]
    regimes = data.table("subscriptions").order_by(["subscription_id", "started_on"])
    told = [
        (row["subscription_id"], row["status"], str(row["started_on"]), str(row["ended_on"]))
        for row in regimes.to_pyarrow().to_pylist()
    ]
    assert told == [
        ("s1", "trialing", "2024-01-01", "2024-01-15"),
        ("s1", "active", "2024-01-15", "None"),
        ("s2", "active", "2024-01-01", "2024-03-01"),
        ("s3", "trialing", "2024-03-20", "None"),
        ("s4", "trialing", "2024-02-01", "2024-02-10"),
    ]
    assert rk.metrics.billings(data, period="month", start="2024-02-01").value.tolist()[0] == 147.0
    assert any("stripe_invoices" in str(note) for note in data.notes)
    accounts = data.table("accounts").to_pyarrow()["account_id"].to_pylist()
    assert sorted(accounts) == ["c1", "c2"]  # c3 is of test mode


def test_stripe_from_invoice_lines_knows_what_was_before(tmp_path):
    lines = (
        "id,invoice_id,amount,currency,subscription_id,price_id,proration,period_start,period_end,"
        "type,quantity\n"
        "l1,v1,4900,eur,s1,m,false,2024-01-15,2024-02-15,subscription,1\n"
        "l2,v1,2000,eur,s1,m,true,2024-02-01,2024-02-15,subscription,1\n"
        "l3,v1,14700,eur,s1,m,false,2024-02-15,2024-03-15,subscription,3\n"
    )
    few = {**STRIPE, "invoice_line_item": lines, "subscription_discount": "id\n"}
    data = load(
        written(tmp_path / "s", few), mapping="stripe_invoices", as_of="2024-03-10", currency="EUR"
    )
    months = rk.metrics.mrr(data, period="month", start="2024-01-01")
    assert months.value.tolist() == [49.0, 147.0, 147.0]


def test_a_dashboard_export_of_stripe(tmp_path):
    place = tmp_path / "stripe"
    place.mkdir()
    (place / "subscriptions.csv").write_text(
        "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Created (UTC),Start (UTC),"
        "Current Period End (UTC),Trial End (UTC),Canceled At (UTC),Ended At (UTC)\n"
        "s1,c1,Pro,2,eur,month,49.00,active,2024-01-01 08:00,2024-01-01 08:00,2024-04-01 08:00,,,\n"
        "s2,c2,Pro,1,eur,year,1200.00,canceled,2024-01-01 08:00,2024-01-01 08:00,,,"
        "2024-02-01 08:00,2024-03-01 08:00\n"
    )
    data = load(place, mapping="stripe", as_of="2024-03-31", currency="EUR")
    months = rk.metrics.mrr(data, period="month", start="2024-01-01")
    assert months.value.tolist() == [198.0, 198.0, 98.0]


def test_chargebee_reads_mrr_in_minor_units(tmp_path):
    place = tmp_path / "cb"
    place.mkdir()
    (place / "customers.csv").write_text("id,company,created_at\nc1,Rossi,1704067200\n")
    (place / "subscriptions.csv").write_text(
        "id,customer_id,plan_id,status,started_at,activated_at,cancelled_at,current_term_end,"
        "currency_code,plan_quantity,mrr,deleted\n"
        "s1,c1,pro,active,1704067200,1704067200,,1712000000,EUR,1,4900,false\n"
        "s2,c1,pro,non_renewing,1704067200,1704067200,,1713000000,EUR,1,1000,false\n"
        "s3,c1,pro,cancelled,1704067200,1704067200,1709251200,,EUR,1,2000,false\n"
        "s4,c1,pro,in_trial,1709251200,,,1713000000,EUR,1,700,false\n"
        "s5,c1,pro,future,,,,,EUR,1,700,false\n"
    )
    data = load(place, mapping="chargebee", as_of="2024-03-31")
    months = rk.metrics.mrr(data, period="month", start="2024-01-01")
    assert months.value.tolist() == [79.0, 79.0, 59.0]


PIPEDRIVE = {
    "deals": "ID,Title,Value,Currency,Stage,Pipeline,Status,Owner,Organization,Deal created,"
    "Won time,Lost time,Lost reason,Expected close date,Probability\n"
    "1,A,1000,EUR,Talks,Main,Won,Ann,Rossi,2024-02-01 09:00:00,2024-03-28 12:00:00,,,,\n"
    "2,B,500,EUR,Talks,Main,Lost,Bob,Neri,2024-02-05 09:00:00,,2024-03-21 12:00:00,price,,\n"
    "3,C,700,EUR,Talks,Main,Open,Bob,Neri,2024-03-01 09:00:00,,,,2024-06-30,60\n",
}  # fmt: skip


def test_pipedrive_by_the_names_of_its_list_view(tmp_path):
    place = written(tmp_path / "pd", PIPEDRIVE, head=lambda name: f"Deal - {name}")
    data = load(place, mapping="pipedrive", as_of="2024-03-31", currency="EUR")
    rows = deals(data)
    assert [row["is_won"] for row in rows] == [True, False, None]
    assert rows[1]["lost_reason"] == "price"
    assert rk.metrics.win_rate(data, **QUARTER).value.tolist() == [0.5]
    assert rk.metrics.weighted_pipeline(data, **QUARTER).value.tolist() == [420.0]


def test_what_is_special_is_said_column_by_column(tmp_path):
    place = written(tmp_path / "sf", SALESFORCE)
    mapping = tmp_path / "ours.yaml"
    mapping.write_text(
        "vendor: salesforce\ntables:\n  accounts:\n    columns: {segment: Tier__c}\n"
        "  opportunities:\n    columns:\n      kind: {constant: new}\n"
    )
    data = load(place, mapping=mapping, as_of="2024-03-31", currency="EUR")
    assert {row["kind"] for row in deals(data)} == {"new"}
    frame = rk.metrics.won_amount(data, by="segment", **QUARTER)
    assert dict(zip(frame.segment, frame.value, strict=True)) == {"SMB": 1000.0, "Enterprise": 0.0}


def test_a_word_that_the_vendor_does_not_know_is_refused_with_the_words(tmp_path):
    files = {**SALESFORCE, "Opportunity": SALESFORCE["Opportunity"].replace("New Business", "Neu")}
    with pytest.raises(rk.errors.DataError, match=r"Type has words that .* Id=006A, Type=Neu"):
        load(written(tmp_path / "sf", files), mapping="salesforce").table("opportunities")


def test_a_folder_that_looks_like_an_export_says_so(tmp_path):
    place = written(tmp_path / "sf", {"Account": "Id\n1\n", "OpportunityHistory": "Id\n1\n"})
    with pytest.raises(SourceError, match=r"Salesforce\. Read it with mapping='salesforce'"):
        load(place)
    with pytest.raises(SourceError, match="no table of Stripe with the columns that it needs"):
        load(place, mapping="stripe")


def test_two_files_of_one_table_are_refused(tmp_path):
    files = dict.fromkeys(("sf_account", "accounts_2024"), SALESFORCE["Account"])
    with pytest.raises(MappingError, match=r"may each be Account of Salesforce"):
        load(written(tmp_path / "sf", files), mapping="salesforce")


def test_a_vendor_that_is_not_known_is_refused(tmp_path):
    mapping = tmp_path / "ours.yaml"
    mapping.write_text("vendor: salesfroce\n")
    with pytest.raises(MappingError, match="Did you mean 'salesforce'"):
        load(written(tmp_path / "sf", SALESFORCE), mapping=mapping)


PUBLIC = os.environ.get("REVKIT_PUBLIC_DATA")
LOST = {
    # the samples are hashed column by column, so that few references find their row
    "salesforce": ["accounts.rep_id", "reps.manager_id", "leads.account_id", "leads.rep_id"],
    "hubspot": [],
    "stripe": ["subscriptions.account_id", "subscriptions.product_id", "invoices.account_id"],
}


@pytest.mark.skipif(PUBLIC is None, reason="REVKIT_PUBLIC_DATA names no folder")
@pytest.mark.parametrize("vendor", LOST)
def test_public_samples_of_connectors_load(vendor, tmp_path):
    place = tmp_path / vendor
    shutil.copytree(Path(PUBLIC) / f"fivetran_{vendor}", place)
    if vendor == "hubspot":
        # its history has stages by other hashes than its pipelines
        (place / "deal_stage_data.csv").unlink()
    data = load(place, mapping=vendor, as_of="2025-12-31", currency="USD", ignore=LOST[vendor])
    rows = {name: data.table(name).count().to_pyarrow().as_py() for name in data.tables}
    # counted with grep in the files: rows that are not deleted or merged
    expected = {
        "salesforce": {"accounts": 1, "reps": 10, "leads": 1, "opportunities": 0, "products": 2},
        "hubspot": {"accounts": 24, "reps": 100, "leads": 22, "stages": 69},
        "stripe": {"accounts": 11, "products": 10},
    }[vendor]
    assert {name: rows[name] for name in expected} == expected


@pytest.mark.parametrize("name", VENDORS)
def test_every_name_of_a_vendor_is_one_of_a_source(name):
    vendor = Vendor.of(name)
    for parts in vendor.tables.values():
        for part in parts if isinstance(parts, list) else [parts]:
            assert part["source"] in vendor.sources


def test_ids_of_15_and_of_18_characters_are_the_same(tmp_path):
    place = written(
        tmp_path / "sf",
        {
            "Account": "Id,Industry\n001A0000000AAAAQAX,Food\n001A0000000AAABQAX,Toys\n",
            "Opportunity": "Id,AccountId,IsClosed,IsWon,Amount,CloseDate,CreatedDate\n"
            "006A00000012345,001A0000000AAAA,true,true,10,2024-03-01,2024-02-01\n"
            "006A00000012346,001A0000000AAAB,true,true,20,2024-03-02,2024-02-01\n",
        },
    )
    data = load(place, mapping="salesforce", as_of="2024-03-31", currency="EUR")
    frame = rk.metrics.won_amount(data, by="industry", **QUARTER)
    assert dict(zip(frame.industry, frame.value, strict=True)) == {"Food": 10.0, "Toys": 20.0}
