"""Mappings that choose, join and turn rows, each on a file as a vendor would write it."""

import re
from datetime import date, datetime

import duckdb
import pytest

import revkit as rk
from revkit.errors import ColumnError, DataError, MappingError, SourceError
from revkit.sources import load


@pytest.fixture
def crm(tmp_path):
    """Load files, given as texts, by a mapping; as a DuckDB file where asked."""

    def follow(mapping, *, engine=False, **files):
        place = tmp_path / "export"
        place.mkdir(exist_ok=True)
        for name, text in files.items():
            (place / f"{name}.csv").write_text(text.strip() + "\n")
        (tmp_path / "our.yaml").write_text(mapping)
        if engine:
            base = tmp_path / "company.duckdb"
            with duckdb.connect(str(base)) as connection:
                for name in files:
                    connection.execute(
                        f'create or replace table "{name}" as '
                        f"from read_csv('{place}/{name}.csv', all_varchar=true)"
                    )
            place = base
        return load(place, mapping=tmp_path / "our.yaml")

    return follow


def rows(data, table, *columns):
    """The values of some columns, in order."""
    expr = data.table(table)
    found = expr.select(*columns).order_by(list(columns)).to_pyarrow().to_pylist()
    return [tuple(row.values()) for row in found]


# coalesce, default


def test_the_first_column_that_is_not_empty(crm):
    deals = "id,ConvertedAmount,Amount\n1,10,99\n2,,20\n3,,\n4,  ,5"
    mapping = """
tables:
  opportunities:
    source: deals
    columns: {opportunity_id: id, amount: {coalesce: [ConvertedAmount, Amount]}}
    keep: []
"""
    assert rows(crm(mapping, deals=deals), "opportunities", "opportunity_id", "amount") == [
        ("1", 10.0), ("2", 20.0), ("3", None), ("4", 5.0),
    ]  # fmt: skip
    with pytest.raises(DataError, match=r"amount is not a number in 1 row.*Amount=many"):
        crm(mapping, deals=deals + "\n5,,many")


def test_names_are_read_by_the_settings_around_them_and_mappings_by_their_own(crm):
    deals = "id,closed,CloseDate\n1,1738713600000,31/12/2025\n2,,31/01/2025\n3,,"
    mapping = """
date_format: "%d/%m/%Y"
tables:
  opportunities:
    source: deals
    columns:
      opportunity_id: id
      created_on: {coalesce: [{from: closed, epoch: ms}, CloseDate], default: 2020-01-01}
      kind: {coalesce: [closed, CloseDate], words: {"1738713600000": renewal, 31/01/2025: new},
             default: expansion}
    keep: []
"""
    deals = deals.replace("1738713600000,31/12/2025", "1738713600000,")

    data = crm(mapping.replace("31/01/2025: new}", '31/01/2025: new, "": null}'), deals=deals)

    assert rows(data, "opportunities", "opportunity_id", "created_on", "kind") == [
        ("1", date(2025, 2, 5), "renewal"),
        ("2", date(2025, 1, 31), "new"),
        ("3", date(2020, 1, 1), "expansion"),
    ]


def test_a_default_stands_for_empty_cells_of_its_column(crm):
    deals = "id,p,cur,n\n1,,,\n2,0.5,USD,3"
    mapping = """
tables:
  opportunities:
    source: deals
    columns:
      opportunity_id: id
      probability: {from: p, default: 0.1}
      currency: {from: cur, default: EUR}
    keep: []
"""
    table = crm(mapping, deals=deals)._store.raw["opportunities"].order_by("opportunity_id")
    assert table.to_pyarrow()["probability"].to_pylist() == [0.1, 0.5]
    assert table.to_pyarrow()["currency"].to_pylist() == ["EUR", "USD"]
    with pytest.raises(MappingError, match="'lots' cannot be a share"):
        crm(mapping.replace("0.1", "lots"), deals=deals)


# join, split


def test_text_is_joined_and_split(crm):
    users = "Id,FirstName,LastName,Mail\n1,Ada,Rossi,ada@crm.example\n2,,Bo,bo@x\n3,,,none"
    data = crm(
        """
tables:
  reps:
    source: users
    columns:
      rep_id: Id
      name: {join: [FirstName, LastName], with: " "}
      team: {from: Mail, split: {by: "@", part: 2}}
      region: {from: Mail, split: {by: "@", part: -1}}
    keep: []
""",
        users=users,
    )
    assert rows(data, "reps", "rep_id", "name", "team", "region") == [
        ("1", "Ada Rossi", "crm.example", "crm.example"),
        ("2", "Bo", "x", "x"),
        ("3", "3", None, "none"),  # who has no name is shown by the id
    ]


def test_parts_are_read_by_the_settings_of_the_column(crm):
    data = crm(
        """
tables:
  subscriptions:
    source: contracts
    columns:
      subscription_id: {join: [contract, item], with: "-"}
      account_id: account
      started_on: {from: term, split: {by: " - ", part: 1}, date_format: "%d/%m/%Y"}
      ended_on: {from: term, split: {by: " - ", part: 2}, date_format: "%d/%m/%Y"}
      mrr: {join: [units, cents], with: ".", decimal: "."}
    keep: []
""",
        contracts="contract,item,account,term,units,cents\n"
        'C1,01,a,01/02/2025 - 01/08/2025,"1,200",50\nC1,02,a,01/02/2025,7,05',
    )
    assert rows(
        data, "subscriptions", "subscription_id", "started_on", "ended_on", "mrr"
    ) == [
        ("C1-01", date(2025, 2, 1), date(2025, 8, 1), 1200.5),
        ("C1-02", date(2025, 2, 1), None, 7.05),
    ]  # fmt: skip


# lookup

PRIMARY = """
tables:
  opportunities:
    source: deal
    columns:
      opportunity_id: id
      account_id: {from: id, lookup: {source: deal_company, key: deal_id, take: company_id%s}}
    keep: []
"""
LINKS = "deal_id,company_id,type_id\n1,c1,5\n1,c2,341\n2,c3,5\n9,c9,5"


@pytest.mark.parametrize("engine", [False, True])
def test_an_account_is_found_through_the_primary_company(crm, engine):
    """HubSpot keeps the companies of a deal in a table of their own; 5 is the primary one."""
    data = crm(
        PRIMARY % ", where: {type_id: 5}", deal="id\n1\n2\n3", deal_company=LINKS, engine=engine
    )

    assert rows(data, "opportunities", "opportunity_id", "account_id") == [
        ("1", "c1"), ("2", "c3"), ("3", None),
    ]  # fmt: skip
    assert "deal_company" not in repr(data)


def test_a_key_of_several_rows_is_refused_with_the_line_to_write(crm):
    with pytest.raises(
        DataError,
        match=r"deal_company: deal_id names several rows, where company_id is looked up in 1 row, "
        r"such as deal_id=1, rows=2\. Say in lookup: of opportunities\.account_id which row counts",
    ):
        crm(PRIMARY % "", deal="id\n1\n2", deal_company=LINKS)
    with pytest.raises(ColumnError, match=r"has no column 'type'.*looks it up"):
        crm(PRIMARY % ", where: {type: 5}", deal="id\n1", deal_company=LINKS)
    with pytest.raises(SourceError, match="deal_compny"):
        crm((PRIMARY % "").replace("deal_company", "deal_compny"), deal="id\n1", deal_company=LINKS)


KINDS = """
tables:
  opportunities:
    source: deal
    columns:
      opportunity_id: id
      kind: {from: %s, lookup: {source: kinds, key: key, take: kind}%s}
    keep: []
"""


@pytest.mark.parametrize("engine", [False, True])
def test_keys_that_a_lookup_does_not_find_are_counted(crm, engine):
    told = "t, looked up for kind, names no row of kinds in 1 of 3 rows, such as '9'"
    deals, kinds = "id,t\n1,a\n2,a\n3,9\n4,", "key,kind\na,renewal\nb,new"
    data = crm(KINDS % ("t", ", default: new"), deal=deals, kinds=kinds, engine=engine)

    assert rows(data, "opportunities", "kind") == [("new",), ("new",), ("renewal",), ("renewal",)]
    assert [(note.rule, note.text) for note in data.notes] == [("kind_not_found", told)]


@pytest.mark.parametrize("how", [("id", ", default: new"), ("id", ""), ("t", "")])
def test_keys_that_a_lookup_finds_by_another_spelling_are_told(crm, how):
    mapping = (KINDS % how).replace("kind: {", "competitor: {")
    data = crm(mapping, deal="id,t\n1,1\n2,2", kinds="key,kind\n1.0,X\n2.0,Y")
    (note,) = [note for note in data.notes if note.rule == "competitor_not_found"]

    assert "in 2 of 2 rows" in note.text
    assert "'1' against '1.0': they agree with '.0' at the end left out" in note.text


def test_a_lookup_that_finds_next_to_nothing_is_refused_unless_it_may(crm):
    tables = {"deal": "id,t\n1,a\n2,x\n3,y", "kinds": "key,kind\na,renewal"}

    mapping = (KINDS % ("t", "")).replace("kind: {", "competitor: {")

    with pytest.raises(DataError, match=r"in 2 of 3 rows.*ignore: \[opportunities\.competitor\]"):
        crm(mapping, **tables)
    for may in (
        "ignore: [opportunities.competitor]" + mapping,
        mapping.replace("}}", "}, default: none}"),
        mapping.replace("competitor: {", "competitor: {where: {t: [a, x]}, "),
    ):
        assert [note.rule for note in crm(may, **tables).notes] == ["competitor_not_found"]


def test_a_lookup_that_another_column_stands_in_for_misses_nothing(crm):
    either = "kind: {coalesce: [{from: t, lookup: {source: kinds, key: key, take: kind}}, u]}"
    mapping = re.sub("kind: .*", either, KINDS)
    data = crm(mapping, deal="id,t,u\n1,a,new\n2,x,new\n3,x,new", kinds="key,kind\na,renewal")

    assert rows(data, "opportunities", "kind") == [("new",), ("new",), ("renewal",)]
    assert data.notes == ()


HISTORY = """Id,OpportunityId,StageName,CreatedDate
h1,o1,Prospecting,2025-01-02T09:00:00.000Z
h2,o1,Closed Lost,2025-02-10T09:00:00.000Z
h3,o1,Prospecting,2025-03-01T09:00:00.000Z
h4,o1,Closed Won,2025-04-30T23:30:00.000Z
h5,o2,Prospecting,2025-01-05T09:00:00.000Z"""


def test_a_close_date_is_the_day_a_closed_stage_was_entered(crm):
    """CloseDate is typed by hand in Salesforce, the history is not."""
    mapping = """
zone: Europe/Rome
tables:
  opportunities:
    source: Opportunity
    columns:
      opportunity_id: Id
      is_won: {from: IsWon, where: IsClosed}
      closed_on:
        where: IsClosed
        coalesce:
          - from: Id
            lookup:
              source: OpportunityHistory
              key: OpportunityId
              take: CreatedDate
              where: {StageName: [Closed Won, Closed Lost]}
              last_by: CreatedDate
          - CloseDate
    keep: []
"""
    deals = (
        "Id,IsClosed,IsWon,CloseDate\no1,true,true,2025-12-31\no2,false,false,2025-12-31\n"
        "o3,true,false,2025-03-31"
    )
    data = crm(mapping, Opportunity=deals, OpportunityHistory=HISTORY)

    assert rows(data, "opportunities", "opportunity_id", "closed_on") == [
        ("o1", date(2025, 5, 1)), ("o2", None), ("o3", date(2025, 3, 31)),
    ]  # fmt: skip
    first = crm(
        mapping.replace("last_by", "first_by"), Opportunity=deals, OpportunityHistory=HISTORY
    )
    assert rows(first, "opportunities", "closed_on")[1] == (date(2025, 3, 31),)
    twice = HISTORY + "\nh6,o1,Closed Won,2025-04-30T23:30:00.000Z"
    with pytest.raises(DataError, match="OpportunityId names several rows"):
        crm(mapping, Opportunity=deals, OpportunityHistory=twice)


# rows


def test_rows_that_are_left_out_are_counted_in_a_note(crm):
    data = crm(
        """
tables:
  accounts:
    source: Account
    rows: {where: {IsDeleted: false, MasterRecordId: null, Type: {not: [Partner, Vendor]}}}
    columns: {account_id: Id}
    keep: []
""",
        Account="Id,IsDeleted,MasterRecordId,Type\na,false,,Customer\nb,True,,Customer\n"
        "c,false,a,Customer\nd,false,,Partner\ne,FALSE,,",
    )

    assert rows(data, "accounts", "account_id") == [("a",), ("e",)]
    assert "accounts: the mapping leaves out 3 of 5 rows in Account." in repr(data)


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("open", "ac"), ("{n: 5}", "a"), ("{n: [5, 7]}", "ac"), ("{n: {not: 5}}", "bc"),
        ('{t: ""}', "c"), ("{t: [x, null]}", "ac"), ("{t: {not: null}}", "ab"),
        ("{open: true}", "ac"), ("{open: false}", "b"), ("{t: x, n: 7}", ""), ("{t: X}", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine", [False, True])
def test_a_condition_compares_values(crm, where, kept, engine):
    data = crm(
        f"tables: {{accounts: {{source: theirs, rows: {{where: {where}}}, "
        "columns: {account_id: id}, keep: []}}",
        theirs="id,n,t,open\na,5,x,yes\nb,6,y,no\nc,7,,1",
        engine=engine,
    )
    assert rows(data, "accounts", "account_id") == [(one,) for one in kept]


def test_a_condition_on_a_word_that_is_no_yes_or_no_is_refused(crm):
    mapping = (
        "tables: {accounts: {source: theirs, rows: {where: {gone: false}}, "
        "columns: {account_id: id}}}"
    )
    with pytest.raises(DataError, match=r"gone is neither true nor false.*gone=perhaps"):
        crm(mapping, theirs="id,gone\na,perhaps")
    with pytest.raises(ColumnError, match=r"asks for it as accounts\.rows"):
        crm(mapping.replace("gone", "left"), theirs="id,gone\na,no")


@pytest.mark.parametrize("engine", [False, True])
def test_closed_stages_are_those_of_the_portal(crm, engine):
    """HubSpot's stages are named by each company; which of them close a deal is in a table."""
    mapping = """
tables:
  opportunities:
    source: deal
    columns:
      opportunity_id: id
      is_won: {from: stage, lookup: {source: deal_stage, key: id, take: won},
               where: {stage: {in: {source: deal_stage, key: id, where: closed}}}}
      closed_on:
        from: id
        zone: UTC
        lookup:
          source: history
          key: deal
          take: entered
          where: {stage: {in: {source: deal_stage, key: id, where: {closed: true}}}}
          last_by: entered
    keep: []
"""
    files = {
        "deal": "id,stage\n1,77\n2,42\n3,\n4,99",
        "deal_stage": "id,label,closed,won\n77,Chiuso vinto,true,true\n99,Perso,true,false\n"
        "42,Demo,false,false",
        "history": "deal,stage,entered\n1,42,2025-01-02T10:00:00Z\n1,99,2025-01-20T10:00:00Z\n"
        "1,77,2025-02-01T10:00:00Z\n2,42,2025-01-05T10:00:00Z\n4,99,2025-03-01T10:00:00Z",
    }
    data = crm(mapping, engine=engine, **files)

    assert rows(data, "opportunities", "opportunity_id", "is_won", "closed_on") == [
        ("1", True, date(2025, 2, 1)), ("2", None, None), ("3", None, None),
        ("4", False, date(2025, 3, 1)),
    ]  # fmt: skip
    assert "Not read" not in repr(data)
    if engine:
        return
    with pytest.raises(ColumnError, match=r"has no column 'shut'.* asks for it in a condition"):
        crm(mapping.replace("where: closed}", "where: shut}"), engine=engine, **files)
    with pytest.raises(MappingError, match=r"has no 'keys'\. Did you mean 'key'"):
        crm(mapping.replace("key: id, where: closed}", "keys: id}"), engine=engine, **files)


def test_the_first_time_that_a_lead_entered_each_stage(crm):
    """Salesforce's field history tells every change of the status, also back and forth."""
    history = """LeadId,Field,NewValue,CreatedDate
l1,Status,MQL,03/01/2025 09:00
l1,Status,lead,04/01/2025 09:00
l1,Status,MQL,10/02/2025 09:00
l1,Owner,Ada,01/01/2025 09:00
l2,Status,MQL,2025-01-05T08:00:00Z"""
    mapping = """
date_format: "%d/%m/%Y %H:%M"
tables:
  lead_history:
    source: LeadHistory
    rows: {where: {Field: Status}, one_per: [LeadId, NewValue], first_by: CreatedDate}
    columns: {lead_id: LeadId, stage: NewValue, entered_at: CreatedDate}
    keep: []
"""
    data = crm(mapping, LeadHistory=history)

    assert rows(data, "lead_history", "lead_id", "stage", "entered_at") == [
        ("l1", "MQL", datetime(2025, 1, 3, 9)),
        ("l1", "lead", datetime(2025, 1, 4, 9)),
        ("l2", "MQL", datetime(2025, 1, 5, 8)),
    ]
    with pytest.raises(DataError, match="CreatedDate is empty, but it says which row is the first"):
        crm(mapping, LeadHistory=history + "\nl3,Status,MQL,")
    with pytest.raises(DataError, match=r"CreatedDate is not a day.*CreatedDate=soon"):
        crm(mapping, LeadHistory=history + "\nl3,Status,MQL,soon")


def test_the_last_of_daily_snapshots_by_a_number(crm):
    data = crm(
        """
tables:
  accounts:
    source: snapshots
    rows: {one_per: id, last_by: version}
    columns: {account_id: id, segment: size}
    keep: []
""",
        snapshots="id,version,size\na,9,SMB\na,10,Enterprise\nb,1,SMB",
    )
    assert rows(data, "accounts", "account_id", "segment") == [("a", "Enterprise"), ("b", "SMB")]


# several sources


def test_two_files_are_one_table(crm):
    """Salesforce keeps what reps do in Task and in Event."""
    mapping = """
tables:
  activities:
    - source: Task
      rows: {where: {Status: Completed}}
      columns:
        activity_id: Id
        rep_id: OwnerId
        kind: {from: TaskSubtype, words: {Call: call, Email: email}}
        occurred_at: CompletedDateTime
        is_selling: {constant: true}
    - source: Event
      columns:
        activity_id: Id
        rep_id: OwnerId
        kind: {constant: meeting}
        occurred_at: StartDateTime
        minutes: DurationInMinutes
        is_selling: {constant: true}
"""
    data = crm(
        mapping,
        Task="Id,OwnerId,TaskSubtype,Status,CompletedDateTime\nt1,r1,Call,Completed,2025-01-05\n"
        "t2,r1,Email,Open,",
        Event="Id,OwnerId,StartDateTime,DurationInMinutes,Location\ne1,r1,2025-01-06 10:00,45,Rome",
    )
    assert rows(data, "activities", "activity_id", "kind", "occurred_at", "minutes") == [
        ("e1", "meeting", datetime(2025, 1, 6, 10), 45.0),
        ("t1", "call", datetime(2025, 1, 5), None),
    ]
    assert "activities: the mapping leaves out 1 of 2 rows in Task." in repr(data)
    with pytest.raises(DataError, match=r"occurred_at is not a date.*such as Id=e1"):
        crm(
            mapping,
            Task="Id,OwnerId,TaskSubtype,Status,CompletedDateTime\nt1,r1,Call,Completed,2025-01-05",
            Event="Id,OwnerId,StartDateTime,DurationInMinutes\ne1,r1,soon,45",
        )


def test_files_of_one_shape_are_named_in_a_list(crm):
    data = crm(
        """
tables:
  opportunities:
    source: [deals_2024, deals_2025]
    columns: {opportunity_id: id, amount: value}
""",
        deals_2024="id,value,note\n1,5,a",
        deals_2025="id,value\n2,6",
    )
    assert rows(data, "opportunities", "opportunity_id", "amount", "note") == [
        ("1", 5.0, "a"), ("2", 6.0, None),
    ]  # fmt: skip
    assert "Not read" not in repr(data)


# pivot


@pytest.mark.parametrize("engine", [False, True])
def test_columns_of_dates_become_a_history(crm, engine):
    """HubSpot has a column for each stage, the moment at which a deal entered it."""
    data = crm(
        """
tables:
  opportunity_history:
    source: deal
    pivot: {columns: "hs_date_entered_*", names: stage, values: entered}
    columns:
      opportunity_id: id
      stage: {from: stage, words: {appointmentscheduled: Appointment, closedwon: Won}}
      changed_at: {from: entered, epoch: ms}
    keep: []
""",
        deal="id,hs_date_entered_appointmentscheduled,hs_date_entered_closedwon,hs_date_entered_\n"
        "1,1738713600000,1740787200000,\n2,1738713600001,,",
        engine=engine,
    )
    assert rows(data, "opportunity_history", "opportunity_id", "stage", "changed_at") == [
        ("1", "Appointment", datetime(2025, 2, 5)),
        ("1", "Won", datetime(2025, 3, 1)),
        ("2", "Appointment", datetime(2025, 2, 5, 0, 0, 0, 1000)),
    ]


WIDE = 'Month plan,Jan 2025,Feb 2025\nEMEA,"1.000,50",\nUS,7,8'


@pytest.mark.parametrize("columns", ["[Jan 2025, Feb 2025]", '"*"'])
def test_months_that_are_columns_become_rows(crm, columns):
    mapping = f"""
decimal: ","
tables:
  targets:
    source: plan
    pivot: {{columns: {columns}, names: month, values: amount}}
    columns:
      target_id: {{join: [Month plan, month], with: " "}}
      segment: Month plan
      kind: {{constant: plan}}
      measure: {{constant: bookings}}
      starts_on: {{from: month, date_format: "%b %Y"}}
      ends_on: {{from: month, date_format: "%b %Y"}}
      amount: amount
    keep: []
"""
    data = crm(mapping, plan=WIDE)

    raw = data._store.raw["targets"].order_by("target_id")
    found = raw.select("target_id", "starts_on", "amount").to_pyarrow().to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("EMEA Jan 2025", date(2025, 1, 1), 1000.5),
        ("US Feb 2025", date(2025, 2, 1), 8.0),
        ("US Jan 2025", date(2025, 1, 1), 7.0),
    ]
    if columns == '"*"':
        return
    with pytest.raises(ColumnError, match=r"'Mar 2025'.*targets\.pivot"):
        crm(mapping.replace("Feb 2025]", "Mar 2025]"), plan=WIDE)


def test_a_pivot_of_nothing_is_refused(crm):
    mapping = (
        "tables: {opportunity_history: {source: deal, pivot: {columns: 'entered_*', "
        "names: stage, values: %s}, columns: {opportunity_id: id}}}"
    )
    with pytest.raises(MappingError, match=r"pivot: no column of id, x fits 'entered_\*'"):
        crm(mapping % "entered", deal="id,x\n1,2")
    with pytest.raises(MappingError, match="pivot: 'x' is a column of the file already"):
        crm(mapping % "x", deal="id,x,entered_a\n1,2,3")


# Excel


def test_excel_numbers_are_days_and_moments(crm):
    mapping = """
tables:
  opportunities:
    source: deals
    columns: {opportunity_id: id, created_on: {from: x, epoch: excel}}
    keep: []
  leads:
    source: people
    columns: {lead_id: id, created_at: {from: x, epoch: excel, zone: Europe/Rome}}
"""
    people = "id,x\nl,45658.4375"
    data = crm(mapping, deals="id,x\n1,45658\n2,45657.99\n3,\n4,45292.0", people=people)

    assert rows(data, "opportunities", "opportunity_id", "created_on") == [
        ("1", date(2025, 1, 1)), ("2", date(2024, 12, 31)), ("3", None), ("4", date(2024, 1, 1)),
    ]  # fmt: skip
    assert rows(data, "leads", "created_at") == [(datetime(2025, 1, 1, 9, 30),)]
    for wrong in ("60", "2025-01-01", "-5", "9999999"):
        with pytest.raises(DataError, match="x is not the number of a day in Excel, such as 45657"):
            crm(mapping, deals=f"id,x\n1,{wrong}", people=people)


def test_moments_may_be_iso_beside_days_in_the_way_of_the_country(crm):
    data = crm(
        """
date_format: "%d/%m/%Y"
tables:
  leads: {source: people, columns: {lead_id: id, created_at: at}}
""",
        people="id,at\na,31/12/2024\nb,2025-01-05T10:30:00.000+0100\nc,2025-01-05 10:30",
    )
    assert rows(data, "leads", "lead_id", "created_at") == [
        ("a", datetime(2024, 12, 31)),
        ("b", datetime(2025, 1, 5, 9, 30)),
        ("c", datetime(2025, 1, 5, 10, 30)),
    ]


# Settings that do not fit


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("amount: {from: x, coalesce: [a]}", "give one of from: a column, constant: a value"),
        ("amount: {words: {a: 1}}", "give one of from:"),
        ("amount: {coalesce: [{from: a, minor_units: true}]}", "minor_units: stands beside"),
        ("amount: {coalesce: [a], split: {by: x, part: 1}}", "split: goes with from: or join:"),
        ("amount: {constant: 5, default: 6}", "default: needs from: a column"),
        ("name: {from: x, with: a}", "with: goes with join:"),
        ("name: {from: x, split: {by: '', part: 1}}", r"split\.by: it is empty"),
        ("name: {from: x, split: {by: a, part: 0}}", "part: is 1 for the first"),
        ("name: {from: x, split: {by: a, part: 1, of: 2}}", "split has no 'of'.*by, part"),
        ("name: {from: x, lookup: {source: a, key: b, tkae: c}}", "Did you mean 'take'"),
        ("name: {from: x, lookup: {source: a, key: b}}", "lookup: it needs take:"),
        (
            "name: {from: x, where: {a: {nott: 1}}}",
            r"a has no 'nott'.* It takes: not, in, not_in, after\.",
        ),
        ("name: {from: x, where: [a]}", "where: it takes a column of yes and no, or values"),
        ("name: {from: x, where: 5}", "where: "),
        ("name: {coalesce: []}", "coalesce: it is empty"),
        (
            "name: {from: x, lookup: {source: a, key: b, take: c, first_by: d, last_by: e}}",
            "give either first_by: or last_by:",
        ),
        ("created_on: {coalesce: [{from: a, percent: true}]}", "percent: is for shares"),
    ],
)
def test_settings_that_contradict_are_refused(crm, line, message):
    with pytest.raises(MappingError, match=message) as caught:
        crm(f"tables: {{opportunities: {{source: t, columns: {{{line}}}}}}}", t="x\n1")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("rows: {one_per: x}", "one_per: goes with first_by: or last_by:"),
        ("rows: {first_by: x}", "one_per: goes with"),
        ("rows: {were: x}", "Did you mean 'where'"),
        ("pivot: {columns: x, names: a, values: b}", "a pattern with one"),
        ("pivot: {columns: [], names: a, values: b}", "names no column"),
        ("pivot: {columns: [x], names: a, values: a}", "two columns"),
        ("pivot: {columns: [x], name: a, values: b}", "Did you mean 'names'"),
        ("source: []", "source"),
    ],
)
def test_settings_of_a_table_that_contradict_are_refused(crm, line, message):
    source = "" if line.startswith("source") else "source: t, "
    with pytest.raises(MappingError, match=message):
        crm(f"tables: {{accounts: {{{source}{line}}}}}", t="x\n1")


def test_the_win_rate_of_a_split_export_is_that_of_the_whole(crm):
    half = "".join(f"\n{n},{'Won' if n % 4 == 0 else 'Lost'},2025-03-01" for n in range(20))
    rest = "".join(f"\n{n},{'Won' if n % 4 == 0 else 'Lost'},2025-03-01" for n in range(20, 40))
    data = crm(
        """
tables:
  opportunities:
    source: [a, b]
    columns:
      opportunity_id: id
      is_won: {from: result, words: {Won: true, Lost: false}}
      closed_on: closed
""",
        a="id,result,closed" + half,
        b="id,result,closed" + rest,
    )
    rate = rk.metrics.win_rate(data, period=None)

    assert (rate["value"].item(), rate["n"].item()) == (0.25, 40)
