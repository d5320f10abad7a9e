"""What became of a deal, told by the flags, stages and statuses that an export happens to have."""

import pytest

from revkit.errors import DataError, MappingError
from revkit.sources import load

SF = "Opportunity ID,Created Date,Close Date,Stage"
HS = "Record ID,Create Date,Close Date,Deal Stage"
WON, LOST, OPEN = (True, "2024-02-01"), (False, "2024-02-02"), (None, "None")


def export(tmp_path, vendor, head, *rows, file="deals", mapping=""):
    """The folder of an export and the mapping to read it by: the vendor's, or lines of its own."""
    place = tmp_path / "export"
    place.mkdir(exist_ok=True)
    name = "Opportunity" if vendor == "salesforce" and file == "deals" else file
    (place / f"{name}.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    if not mapping:
        return place, vendor
    own = tmp_path / "own.yaml"
    own.write_text(f"vendor: {vendor}\n{mapping}", encoding="utf-8")
    return place, own


def read(place, mapping):
    return load(place, mapping=mapping, as_of="2024-03-31", currency="EUR")


def outcomes(tmp_path, vendor, head, *rows, **given):
    """The outcome and the day of closing of each deal of an export."""
    data = read(*export(tmp_path, vendor, head, *rows, **given))
    table = data.table("opportunities").order_by("opportunity_id")
    return [(row["is_won"], str(row["closed_on"])) for row in table.to_pyarrow().to_pylist()]


def rows(*words):
    """Rows of deals with some words, the last of which is of an open deal."""
    closed = [f"{n},2024-01-02,2024-02-0{n},{word}" for n, word in enumerate(words[:-1], 1)]
    return [*closed, f"9,2024-01-02,2024-06-30,{words[-1]}"]


def line(vendor_column, **words):
    pairs = ", ".join(f"{word}: {value}" for word, value in words.items())
    return f"is_won: {{from: {vendor_column}, words: {{{pairs}}}}}"


def in_tables(columns):
    return f"tables: {{opportunities: {{columns: {{{columns}}}}}}}"


@pytest.mark.parametrize(
    ("vendor", "head", "words"),
    [
        ("salesforce", SF, ("Closed Won", "Closed Lost", "Needs Analysis")),
        ("salesforce", SF, ("closed won", "CLOSED LOST", "Id. Decision Makers")),
        ("salesforce", SF, ("Chiusa/Acquisita", "Chiusa - Persa", "Proposta di valore")),
        ("hubspot", HS, ("closedwon", "closedlost", "appointmentscheduled")),
        ("hubspot", HS, ("Closed Won", "Closed lost", "Decision Maker Bought-In")),
        ("hubspot", HS, ("Closed Won (Sales)", "Closed Lost (Sales)", "Contract Sent (More)")),
        ("hubspot", HS, ("Abgeschlossen - gewonnen", "Abgeschlossen - verloren", "Termin geplant")),
    ],
)  # fmt: skip
def test_the_stages_of_a_vendor_need_no_question(tmp_path, vendor, head, words):
    assert outcomes(tmp_path, vendor, head, *rows(*words)) == [WON, LOST, OPEN]


@pytest.mark.parametrize(
    ("vendor", "column", "head"), [("salesforce", "Stage", SF), ("hubspot", "Deal Stage", HS)]
)
def test_a_stage_of_ones_own_is_asked_for_and_the_line_suffices(tmp_path, vendor, column, head):
    deals = rows("Closed Won", "No decision", "Legal, 2")
    deals[-1] = deals[-1].replace("Legal, 2", '"Legal, 2"')
    with pytest.raises(DataError, match="in 2 rows, such as") as refused:
        outcomes(tmp_path, vendor, head, *deals)
    asked = (
        f'is_won: {{from: {column}, words: {{Closed Won: true, "Legal, 2": …, No decision: …}}}}'
    )
    assert asked in str(refused.value)
    told = asked.replace('2": …', '2": null').replace("decision: …", "decision: false")
    # the close date then counts of the deals that the line calls closed
    own = outcomes(tmp_path, vendor, head, *deals, mapping=in_tables(told))
    assert own == [WON, LOST, OPEN]


def test_a_user_may_call_a_closed_stage_open(tmp_path):
    told = line("Stage", **{"Closed Won": "null", "Signed": "true", "Gone": "false"})
    deals = rows("Signed", "Gone", "Closed Won")
    assert outcomes(tmp_path, "salesforce", SF, *deals, mapping=in_tables(told)) == [
        WON,
        LOST,
        OPEN,
    ]


def test_ids_of_stages_without_the_pipelines_are_asked_for(tmp_path):
    head = "hs_object_id,createdate,closedate,dealstage"
    with pytest.raises(DataError, match=r'words: \{"111": …, "222": …, "333": …\}'):
        outcomes(tmp_path, "hubspot", head, *rows("111", "222", "333"))


def test_a_stage_that_the_pipelines_lack_is_asked_for(tmp_path):
    stages = "stage_id,label,is_closed,closed_won\n111,Yes,true,true\n222,No,true,false\n"
    export(tmp_path, "hubspot", stages.strip(), file="deal_pipeline_stages")
    head = "hs_object_id,createdate,closedate,dealstage"
    with pytest.raises(DataError, match="in 1 row, such as hs_object_id=9, dealstage=333"):
        outcomes(tmp_path, "hubspot", head, *rows("111", "222", "333"))
    deals = rows("111", "222", "contractsent")
    assert outcomes(tmp_path, "hubspot", head, *deals) == [WON, LOST, OPEN]


@pytest.mark.parametrize("no", ["false", "0", "Falso"])
def test_a_flag_of_won_deals_alone_asks_for_stages_that_explain_no_other(tmp_path, no):
    head = SF + ",Won"
    deals = [f"{row},{no}" for row in rows("Signed", "Gone", "Prospecting")]
    deals[0] = deals[0].replace(f",{no}", ",true")
    asked = r"in 1 row, .*words: \{Prospecting: null, Gone: …, Signed: …\}"
    with pytest.raises(DataError, match=asked):
        outcomes(tmp_path, "salesforce", head, *deals)
    known = [row.replace("Gone", "Closed Lost") for row in deals]
    assert outcomes(tmp_path, "salesforce", head, *known) == [WON, LOST, OPEN]


def test_a_flag_of_won_deals_without_stages_is_refused(tmp_path):
    head = "Opportunity ID,Created Date,Close Date,Won"
    with pytest.raises(
        DataError, match=r"nothing says whether it is lost or open in 2 rows.*Stage"
    ):
        outcomes(tmp_path, "salesforce", head, *rows("true", "false", "false"))
    head = "Record ID,Create Date,Close Date,Is Closed Won"
    with pytest.raises(
        DataError, match=r"nothing says whether it is lost or open in 2 rows.*Stage"
    ):
        outcomes(tmp_path, "hubspot", head, *rows("true", "false", "false"))


@pytest.mark.parametrize(
    ("vendor", "head"), [("salesforce", SF + ",Closed,Won"), ("hubspot", f"{HS},Is Closed,Is Won")]
)
def test_where_a_flag_is_empty_the_stage_tells(tmp_path, vendor, head):
    flags = (",,", ",true,false", ",,")
    shipped = rows(
        "Closed Won", "Gone", "Qualification" if vendor == "salesforce" else "closedlost"
    )
    deals = [row + flag for row, flag in zip(shipped, flags, strict=True)]
    deals[2] = deals[2].replace("06-30", "02-29")
    last = OPEN if vendor == "salesforce" else (False, "2024-02-29")
    assert outcomes(tmp_path, vendor, head, *deals) == [WON, LOST, last]
    unclear = [deals[0].replace("Closed Won", "Signed"), *deals[1:]]
    with pytest.raises(DataError, match=r"Stage has words .* in 1 row"):
        outcomes(tmp_path, vendor, head, *unclear)


@pytest.mark.parametrize("zero", ["0.0", "0"])
def test_hubspot_calls_lost_what_is_not_won_at_a_probability_of_0(tmp_path, zero):
    head = HS + ",Is Closed Won,Deal probability"
    deals = [
        f"{row},{won},{chance}"
        for row, won, chance in zip(
            rows("Signed (A)", "Gone (A)", "Talks (A)"), ("true", "false", "false"),
            ("1.0", zero, "0.4"), strict=True,
        )
    ]  # fmt: skip
    data = read(*export(tmp_path, "hubspot", head, *deals))
    assert any("not won and its probability is 0, in 1 row" in str(note) for note in data.notes)
    assert outcomes(tmp_path, "hubspot", head, *deals) == [WON, LOST, OPEN]
    # without a probability the stage is asked for
    unclear = [*deals[:2], deals[2].replace("0.4", "")]
    with pytest.raises(DataError, match=r"Deal Stage has words .* in 1 row"):
        outcomes(tmp_path, "hubspot", head, *unclear)
    # a deal at 40 % in a lost stage is lost
    late = [deals[0], "2,2024-01-02,2024-02-02,Closed Lost,false,0.4"]
    assert outcomes(tmp_path, "hubspot", head, *late) == [WON, LOST]


def test_flags_of_salesforce_in_german(tmp_path):
    head = "Opportunity-ID,Erstelldatum,Schlusstermin,Phase,Geschlossen,Gewonnen"
    flags = ("wahr,wahr", "wahr,falsch", "falsch,falsch")
    deals = [f"{row},{flag}" for row, flag in zip(rows("A", "B", "C"), flags, strict=True)]
    assert outcomes(tmp_path, "salesforce", head, *deals) == [WON, LOST, OPEN]


@pytest.mark.parametrize(
    "head",
    [
        "ID record,Data di creazione,Data di chiusura,Fase trattativa,È chiusa,È chiusa e vinta",
        "Datensatz-ID,Erstellungsdatum,Abschlussdatum,Deal-Phase,Ist abgeschlossen,"
        "Ist abgeschlossen und gewonnen",
    ],
)
def test_flags_of_hubspot_in_italian_and_german(tmp_path, head):
    yes, no = ("Vero", "Falso") if "vinta" in head else ("WAHR", "FALSCH")
    deals = [
        f"{row},{flags}"
        for row, flags in zip(
            rows("A", "B", "C"), (f"{yes},{yes}", f"{yes},{no}", f"{no},{no}"), strict=True
        )
    ]
    assert outcomes(tmp_path, "hubspot", head, *deals) == [WON, LOST, OPEN]


@pytest.mark.parametrize(
    ("vendor", "head", "looked_for"),
    [
        ("salesforce", "Opportunity ID,Created Date,Close Date,Etapa", "IsWon, Won, Vinta"),
        ("hubspot", "Record ID,Create Date,Close Date,Etapa", "hs_is_closed_won, Is Closed Won"),
        ("pipedrive", "ID,Deal created,Won time,Etat", "status, Stato"),
    ],
)
def test_an_export_that_tells_no_outcome_is_refused(tmp_path, vendor, head, looked_for):
    deals = rows("Won", "Lost", "Open")
    with pytest.raises(MappingError, match=rf"says is_won.*{looked_for}.*the file has: .*Eta"):
        outcomes(tmp_path, vendor, head, *deals)
    own = f"is_won: {{from: {head.split(',')[-1]}, words: {{Won: true, Lost: false, Open: null}}}}"
    closed = (
        f"closed_on: {{from: {head.split(',')[2]}, where: {{{head.split(',')[-1]}: [Won, Lost]}}}}"
    )
    told = outcomes(tmp_path, vendor, head, *deals, mapping=in_tables(f"{own}, {closed}"))
    assert told == [WON, LOST, OPEN]


PD = "ID,Deal created,Deal closed on,Status"


@pytest.mark.parametrize(
    ("words", "deleted"),
    [
        (("Won", "Lost", "Open"), "Deleted"),
        (("Vinto", "Perso", "Aperto"), "Eliminato"),
        (("Vinta", "Persa", "Aperta"), "Eliminata"),
        (("Gewonnen", "verloren", "Offen"), "Gelöscht"),
        (("Gagné", "Perdu", "Ouvert"), "Supprimé"),
        (("Ganado", "Perdido", "Abierto"), "Eliminado"),
    ],
)
def test_statuses_of_pipedrive_in_five_languages(tmp_path, words, deleted):
    deals = [*rows(*words)[:2], f"9,2024-01-02,,{words[2]}", f"8,2024-01-02,,{deleted}"]
    assert outcomes(tmp_path, "pipedrive", PD, *deals) == [WON, LOST, OPEN]
    # deleted is deleted, whatever a mapping of the outcome calls it
    told = line("Status", **dict(zip(words, ("true", "false", "null"), strict=True)))
    own = told.replace("}}", f", {deleted}: null}}}}")
    assert outcomes(tmp_path, "pipedrive", PD, *deals, mapping=in_tables(own)) == [WON, LOST, OPEN]


def test_a_status_of_pipedrive_that_is_not_known_is_asked_for(tmp_path):
    with pytest.raises(DataError, match=r"words: \{won: true, lost: false, Hold: …\}"):
        outcomes(tmp_path, "pipedrive", PD, *rows("won", "lost", "Hold"))


def test_lost_deals_of_pipedrive_without_a_day_are_refused(tmp_path):
    head = "ID,Deal created,Won time,Status"
    deals = ["1,2024-01-02,2024-02-01,Won", "2,2024-01-02,,Lost"]
    with pytest.raises(
        DataError, match=r"a deal is lost, and nothing says when in 1 row.*Lost time"
    ):
        outcomes(tmp_path, "pipedrive", head, *deals)


def test_the_close_date_counts_where_a_mapping_of_the_outcome_has_one(tmp_path):
    own = "is_won: {from: Etapa, words: {W: true, L: false, O: null}}"
    head, deals = "Opportunity ID,Created Date,Close Date,Etapa", rows("W", "L", "O")
    told = outcomes(tmp_path, "salesforce", head, *deals, mapping=in_tables(own))
    assert told == [WON, LOST, OPEN]
    own = in_tables('is_won: {from: "Won?", where: Done}')
    flags = zip(deals, ("yes,yes", "no,yes", "no,no"), strict=True)
    deals = [f"{row},{flag}" for row, flag in flags]
    told = outcomes(tmp_path, "salesforce", f"{head},Won?,Done", *deals, mapping=own)
    assert told == [WON, LOST, OPEN]


def test_an_outcome_without_a_day_is_refused_with_the_line(tmp_path):
    head, deals = "Opportunity ID,Created Date,Close Date,Win?", rows("true", "false", "")
    with pytest.raises(MappingError, match=r"closed_on: \{from: <your column>, where: …\}"):
        outcomes(tmp_path, "salesforce", head, *deals, mapping=in_tables('is_won: "Win?"'))
    head, deals = "ID,Deal created,Closing,Status", rows("Won", "Lost", "Open")
    with pytest.raises(DataError, match=r"closed_on: \{from: <your close date>, where: "):
        outcomes(tmp_path, "pipedrive", head, *deals)


def test_words_that_are_kept_beside_others_are_asked_for_by_their_column(tmp_path):
    own = line("Stage", **{"Closed Won": "true", "Closed Lost": "false"})
    own = own[:-1] + ", others: keep}"
    deals = rows("Closed Won", "Closed Lost", "Talks")
    asked = r"is_won: \{from: Stage, words: \{Closed Won: true, Closed Lost: false, Talks: …\}\}"
    with pytest.raises(DataError, match=asked):
        outcomes(tmp_path, "salesforce", SF, *deals, mapping=in_tables(own))
