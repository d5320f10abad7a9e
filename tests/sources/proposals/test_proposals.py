"""Proposed mappings: each file loads by its proposal, and what is not sure is said."""

import pytest

import revkit as rk
from revkit.errors import FolderError, MappingError, SourceError
from revkit.sources.proposals.concepts import likeness_of_table, meaning
from revkit.sources.proposals.values import Values

ITALIAN = {
    "Clienti": "Codice cliente;Ragione sociale;Settore;Dipendenti;Commerciale\n"
    "C1;Rossi S.p.A.;Alimentare;120;Ann\nC2;Bianchi srl;Giocattoli;15;Bob\n",
    "Trattative": "ID trattativa;Codice cliente;Commerciale;Importo;Data creazione;"
    "Data chiusura;Stato;Probabilità;Note\n"
    "1;C1;Ann;1.234,50 €;03/02/2024;28/03/2024;Vinta;100;a\n"
    "2;C2;Bob;500,00 €;05/02/2024;21/03/2024;Persa;0;b\n"
    "3;C2;Bob;2.000,00 €;01/03/2024;;Aperta;60;c\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    def written(files):
        place = tmp_path / "export"
        place.mkdir()
        for name, text in files.items():
            (place / f"{name}.csv").write_text(text, encoding="utf-8")
        return place

    return written


def test_an_italian_export_loads_by_its_proposal(folder, tmp_path):
    place = folder(ITALIAN)
    proposal = rk.propose_mapping(place)
    mapping = proposal.save(tmp_path / "crm.yaml")
    data = rk.load(place, mapping=mapping, as_of="2024-03-31", currency="EUR")
    quarter = {"period": "quarter", "start": "2024-01-01"}
    assert rk.metrics.won_amount(data, **quarter).value.tolist() == [1234.5]
    assert rk.metrics.win_rate(data, **quarter).value.tolist() == [0.5]
    assert rk.metrics.weighted_pipeline(data, **quarter).value.tolist() == [1200.0]
    accounts = data.table("accounts").order_by("account_id").to_pyarrow().to_pylist()
    assert [(row["name"], row["employees"]) for row in accounts] == [
        ("Rossi S.p.A.", 120),
        ("Bianchi srl", 15),
    ]
    assert proposal.unused == ("Trattative.Note",)


def test_days_that_two_formats_read_are_to_be_checked(folder):
    one = "Deal ID,Close Date,Amount,Stage\n1,03/02/2024,5,Won\n2,04/02/2024,6,Lost\n"
    (line,) = [
        line for line in rk.propose_mapping(folder({"deals": one})).lines
        if line.column == "closed_on"
    ]  # fmt: skip
    assert (line.sure, line.why) == ("check", "written %d/%m/%Y or %m/%d/%Y: which is it?")


def test_a_day_that_one_format_reads_decides_for_the_whole_export(folder):
    rows = "Deal ID,Create Date,Close Date,Stage\n1,01/13/2024,03/02/2024,Won\n"
    specs = {line.column: line.spec for line in rk.propose_mapping(folder({"deals": rows})).lines}
    assert specs["closed_on"] == {"from": "Close Date", "date_format": "%m/%d/%Y"}


def test_words_that_mean_nothing_known_are_asked_for(folder):
    rows = "ID,Type,Amount,Close Date,Won\n1,Neukunde,5,2024-01-05,yes\n2,Wartung,5,2024-01-06,no\n"
    (line,) = [
        line for line in rk.propose_mapping(folder({"deals": rows})).lines if line.column == "kind"
    ]
    assert line.spec["words"] == {"Neukunde": "new", "Wartung": "?"}
    assert (line.sure, line.why) == (
        "check",
        "what is Wartung? one of new, expansion, renewal",
    )


@pytest.mark.parametrize("odd", ["160455013", "Chiusa altrimenti", "Closed - other"])
def test_a_word_that_may_be_won_is_asked_for_and_an_open_stage_is_not(folder, odd):
    rows = "Deal ID,Close Date,Stage\n1,2024-01-05,Chiusa/Acquisita\n2,2024-01-06,Chiusa/Persa\n"
    (line,) = [
        line
        for line in rk.propose_mapping(folder({"deals": f"{rows}3,,Talks\n4,,{odd}\n"})).lines
        if line.column == "is_won"
    ]
    assert line.spec["words"] == {
        "Chiusa/Acquisita": True, "Chiusa/Persa": False, "Talks": None, odd: None,
    }  # fmt: skip
    assert (line.sure, line.why) == (
        "check",
        f"is {odd} true (won), false (lost) or null (open)?",
    )


def specs(place):
    return {line.column: (line.spec, line.sure) for line in rk.propose_mapping(place).lines}


def test_the_day_of_lost_deals_is_proposed_too(folder):
    """A day of closing before one of winning; both days; or a question."""
    head, rows = "Deal ID,Status,Won time", ["1,Won,2024-01-05", "2,Lost,", "3,Open,"]

    def text(more, *days):
        lines = [",".join(line) for line in zip(rows, days, strict=True)]
        return "\n".join([f"{head},{more}", *lines, ""])

    place = folder({"deals": text("Deal closed on", "2024-01-05", "2024-01-06", "")})
    assert specs(place)["closed_on"][0] == "Deal closed on"
    (place / "deals.csv").write_text(text("Lost time", "", "2024-01-06", ""))
    assert specs(place)["closed_on"][0] == {"coalesce": ["Won time", "Lost time"]}
    (place / "deals.csv").write_text(text("Note", "", "a", ""))
    assert specs(place)["closed_on"] == ("Won time", "check")


def test_yes_and_no_go_before_stages_and_names_a_day_of_open_deals(folder):
    rows = (
        "Deal No,Phase,End Date,Is Closed,Is Closed Won\n1,160455013,2024-01-05,"
        "true,true\n2,closedlost,2024-01-06,true,false\n3,160455012,2024-06-30,false,false\n"
    )
    place = folder({"deals": rows})
    found = specs(place)
    assert found["is_won"][0] == {"from": "Is Closed Won", "where": "Is Closed"}
    assert found["closed_on"][0] == {"from": "End Date", "where": "Is Closed"}
    mapping = rk.propose_mapping(place).save(place.parent / "m.yaml")
    data = rk.load(place, mapping=mapping, as_of="2024-03-31")
    assert rk.metrics.win_rate(data, period=None).value.tolist() == [0.5]


def test_a_reference_is_the_column_of_keys_and_not_of_names(folder):
    rows = "Deal ID,Organization,Org number,Close Date,Won\n1,{},{},2024-01-05,yes\n"
    firms = {"Organizations": "Organization ID,Organization\n7,Rossi\n8,Neri\n"}
    place = folder(firms | {"deals": rows.format("Rossi", "7")})
    keyed = {(line.table, line.column): line for line in rk.propose_mapping(place).lines}
    assert keyed["opportunities", "account_id"].theirs == "Org number"
    (place / "deals.csv").write_text(rows.format("Rossi", "70"))
    line = {(one.table, one.column): one for one in rk.propose_mapping(place).lines}[
        "opportunities", "account_id"
    ]
    assert (line.sure, line.why) == (
        "check", "most are no Organization ID of Organizations: which column is?",
    )  # fmt: skip


def test_an_encoding_is_told_and_written(folder):
    place = folder({})
    (place / "Clienti.csv").write_bytes("Codice cliente,Settore\nC1,Università\n".encode("cp1252"))
    with pytest.raises(SourceError, match="--encoding cp1252"):
        rk.propose_mapping(place)
    assert '\nencoding: "cp1252"\n' in rk.propose_mapping(place, encoding="cp1252").yaml


SALESFORCE = (
    "Opportunity ID,Account ID,Type,Amount,Created Date,Close Date,Closed,Won,Stage,Region__c,Note"
)


def test_the_mapping_of_a_vendor_goes_before_a_guess(folder, tmp_path):
    rows = (
        '1,A,New Business,"1.234,50",13/01/2024,14/02/2024,true,true,Closed Won,North,x\n'
        '2,A,Existing Business,"7,50",14/01/2024,15/02/2024,true,false,Closed Lost,South,y\n'
    )
    place = folder({"Opportunity": f"{SALESFORCE}\n{rows}"})
    proposal = rk.propose_mapping(place)
    assert proposal.vendor == "salesforce"
    assert {line.sure for line in proposal.lines if line.shipped} == {"sure"}
    own = proposal.yaml.split("vendor: salesforce")[1]
    assert own.startswith('\ndecimal: ","\ndate_format: "%d/%m/%Y"\n')
    # as it is proposed, it reads the files
    data = rk.load(place, mapping=proposal.save(tmp_path / "m.yaml"), as_of="2024-03-31",
                   currency="EUR")  # fmt: skip
    assert rk.metrics.won_amount(data, period=None).value.tolist() == [1234.5]
    assert rk.metrics.win_rate(data, period=None).value.tolist() == [0.5]


def test_a_few_columns_of_a_vendor_are_no_export_of_it(folder):
    place = folder({"Opportunity": "ID,Was,Betrag\n1,x,5\n"})
    assert rk.propose_mapping(place).vendor == ""


def test_a_connector_s_many_other_columns_hide_no_vendor(folder):
    others = ",".join(f"stripe_detail_{number}" for number in range(60))
    heads = {
        "invoices": "id,customer_id,subscription_id,status,currency,total,amount_due,created,"
        "due_date,status_transitions_paid_at",
        "customers": "id,object,name,email,created,address_country",
    }
    files = {
        name: f"{head},{others}\n{'1,' * head.count(',')}1{',x' * 60}\n"
        for name, head in heads.items()
    }
    assert rk.propose_mapping(folder(files)).vendor == "stripe"


def test_units_of_a_vendor_are_those_of_its_mapping(folder):
    customers = "id,object,name,created\ncus_1,customer,Rossi,1704067200\n"
    invoices = (
        "id,customer_id,subscription_id,status,currency,total,amount_due,created,due_date\n"
        "in_1,cus_1,sub_1,paid,jpy,60000,0,1704067200,1706745600\n"
    )
    proposal = rk.propose_mapping(folder({"customers": customers, "invoices": invoices}))
    assert proposal.vendor == "stripe"
    (line,) = [one for one in proposal.lines if (one.table, one.column) == ("invoices", "amount")]
    assert line.spec["minor_units"] is True


GERMAN = {
    "Kunden": "Kundennr.;Firma;Branche\nK1;Rossi Spa;Food\nK2;Neri Srl;Toys\n",
    "Verträge": "Vertragsnr.;Kundennr.;Beginn;Gekündigt zum;Monatsbetrag\n"
    "V1;K1;01.02.2024;;1.250,00\u00a0€\nV2;K2;14.02.2024;31.03.2024;99,90\u00a0€\n",
    "Wetter": "Station;Regen\nA;5\nB;7\n",
}


def test_abbreviated_names_and_unbroken_blanks_are_read(folder, tmp_path):
    place = folder(GERMAN)
    proposal = rk.propose_mapping(place)
    found = {(line.table, line.column): line.theirs for line in proposal.lines}
    assert found["accounts", "account_id"] == "Kundennr."
    assert found["accounts", "name"] == "Firma"
    assert found["subscriptions", "subscription_id"] == "Vertragsnr."
    assert found["subscriptions", "ended_on"] == "Gekündigt zum"
    assert proposal.left_out == ("Wetter.csv",)
    assert "files without a place: Wetter.csv" in proposal.summary
    mapping = proposal.save(tmp_path / "m.yaml")
    data = rk.load(place, mapping=mapping, as_of="2024-04-30", currency="EUR")
    months = rk.metrics.mrr(data, period="month", start="2024-02-01", end="2024-05-01")
    assert months.value.tolist() == [1349.9, 1250.0, 1250.0]


def test_a_name_is_a_key_where_there_is_no_other_but_not_surely(folder):
    place = folder({"empresas": "Nombre,Sector\nRossi,Food\nNeri,Toys\n"})
    found = {line.column: (line.theirs, line.sure) for line in rk.propose_mapping(place).lines}
    assert found["account_id"] == ("Nombre", "check")
    assert found["name"] == ("Nombre", "sure")
    (place / "empresas.csv").write_text("Empresa,Sector\nRossi,Food\nNeri,Toys\n")
    assert specs(place)["account_id"] == ("Empresa", "likely")


@pytest.mark.parametrize("key", ["hs_object_id", "Record ID", "deal_no"])
def test_a_name_is_no_key_beside_a_number(folder, key):
    place = folder(
        {"deals": f"dealname,amount,createdate,{key}\nAcme,10,2026-01-02,1\nZeta,20,2026-01-03,2\n"}
    )
    found = {line.column: line.theirs for line in rk.propose_mapping(place).lines}
    assert found["opportunity_id"] == key


def test_days_of_open_deals_are_planned_ones(folder, tmp_path):
    rows = (
        "1,2024-01-02,2024-02-05,Ganada\n2,2024-01-02,2024-02-06,Perdida\n"
        "3,2024-01-02,2024-09-01,Propuesta\n"
    )
    place = folder({"oportunidades": f"Código,Fecha de alta,Fecha de cierre,Etapa\n{rows}"})
    assert specs(place)["closed_on"][0] == {
        "from": "Fecha de cierre", "where": {"Etapa": ["Ganada", "Perdida"]},
    }  # fmt: skip
    data = rk.load(place, mapping=rk.propose_mapping(place).save(tmp_path / "m.yaml"),
                   as_of="2024-03-31")  # fmt: skip
    assert rk.metrics.win_rate(data, period=None).value.tolist() == [0.5]


def test_what_no_file_has_is_counted(folder):
    proposal = rk.propose_mapping(folder({"deals": "Deal ID,Close Date,Won\n1,2024-01-05,yes\n"}))
    assert "not found: opportunities.created_on, opportunities.amount" in proposal.summary


def test_moments_as_numbers_get_their_unit(folder):
    rows = "id,customer,start,end,mrr\ns1,c1,1704067200,,10\ns2,c2,1706745600,1709251200,20\n"
    specs = {
        line.column: line.spec
        for line in rk.propose_mapping(folder({"subscriptions_export": rows})).lines
    }
    assert specs["started_on"] == {"from": "start", "epoch": "s"}


def test_a_folder_of_something_else_is_refused(folder):
    with pytest.raises(SourceError, match=r"looks like a table that revkit knows.*weather\.csv"):
        rk.propose_mapping(folder({"weather": "station,rain\nA,5\nB,7\n"}))


def test_answers_keep_move_and_leave_out(folder):
    proposal = rk.propose_mapping(folder(ITALIAN))
    unsure = [line for line in proposal.lines if line.sure != "sure"]
    assert unsure
    answers = iter(["oops", *["n"] * len(unsure)])
    asked = []

    def ask(text):
        asked.append(text)
        return next(answers)

    after = proposal.answered(ask)
    assert "has no column 'oops'" in asked[1]
    assert len(after.lines) == len(proposal.lines) - len(unsure)
    assert all(line.sure == "sure" for line in after.lines)


def test_a_file_that_is_there_is_not_replaced_unasked(folder, tmp_path):
    proposal = rk.propose_mapping(folder(ITALIAN))
    mapping = tmp_path / "crm.yaml"
    mapping.write_text("mine")
    with pytest.raises(FolderError, match="is there already"):
        proposal.save(mapping)
    assert mapping.read_text() == "mine"
    proposal.save(mapping, replace=True)
    assert mapping.read_text() == proposal.yaml


@pytest.mark.parametrize(
    ("name", "concepts"),
    [
        ("Abschlussdatum", ["close", "date"]), ("customerID", ["account", "id"]),
        ("Fecha de cierre", ["date", "close"]), ("voraussichtliches Abschlussdatum",
        ["expected", "close", "date"]), ("Kundennummer", ["account", "id"]),
        ("montant", ["amount"]), ("gruffalo", []),
    ],
)  # fmt: skip
def test_names_in_five_languages(name, concepts):
    assert [min(word) for word in meaning(name).words if word] == concepts


def test_files_are_known_by_their_names():
    assert likeness_of_table("Rechnungen 2024", "invoices") == 1.0
    assert likeness_of_table("Rechnungen 2024", "opportunities") == 0.0


@pytest.mark.parametrize(
    ("values", "decimal", "numbers"),
    [
        (("1.234,50 €", "7,5"), ",", (1234.5, 7.5)),
        (("$1,234.50", "(5.00)"), ".", (1234.5, 5.0)),
        (("12", "3.5"), "plain", (12.0, 3.5)),
        (("12", "abc"), None, ()),
    ],
)
def test_numbers_as_they_are_written(values, decimal, numbers):
    found = Values(values, len(values))
    assert (found.decimal, found.numbers) == (decimal, numbers)


def test_columns_of_exports_in_five_languages_are_found():
    # python -m benchmarks.proposals says what is found in each
    from benchmarks.proposals import scores

    found = list(scores())
    right = sum(one.right for one in found)
    assert right >= 0.95 * sum(one.proposed for one in found)
    assert right >= 0.8 * sum(one.known for one in found)
    assert sum(one.sure_right for one in found) >= 0.98 * sum(one.sure for one in found)


def test_another_table_stands_beside_a_vendor_s_where_nothing_is_lacking(folder):
    rows = "1,A,New Business,5,2024-01-13,2024-02-14,true,true,Closed Won,North,x\n"
    place = folder({
        "Opportunity": f"{SALESFORCE}\n{rows}",
        "Ausgaben": "Ausgabe Nr,Datum,Betrag,Währung,Kategorie,Abteilung\n"
        "1,2024-01-31,50,EUR,Gehälter,Vertrieb\n",
        "Aufgaben": "Nr,Text\n1,x\n",
    })  # fmt: skip
    proposal = rk.propose_mapping(place)
    assert {line.file for line in proposal.lines} >= {"Opportunity", "Ausgaben"}
    assert proposal.left_out == ("Aufgaben.csv",)
    (place / "Ausgaben.csv").write_text("Nr,Datum\n1,2024-01-31\n")
    assert "Ausgaben.csv" in rk.propose_mapping(place).left_out


def test_a_column_of_keys_is_a_reference_though_no_name_says_so(folder):
    lines = rk.propose_mapping(folder({
        "Clienti": "Codice cliente;Ragione sociale\nC01;Rossi\nC02;Neri\n",
        "Offerte": "N. offerta;Codice;Esito;Data esito;Quantità\n"
        "1;C01;Vinta;2024-03-01;1\n2;C02;Persa;2024-03-05;2\n3;C02;Vinta;2024-03-06;2\n",
    })).lines  # fmt: skip
    found = {line.column: line.theirs for line in lines if line.table == "opportunities"}
    assert found["account_id"] == "Codice"


def test_numbers_alone_are_no_reference(folder):
    lines = rk.propose_mapping(folder({
        "Clienti": "Codice cliente;Ragione sociale\n1;Rossi\n2;Neri\n",
        "Offerte": "N. offerta;Pezzi;Esito;Data esito\n"
        "7;1;Vinta;2024-03-01\n8;2;Persa;2024-03-05\n",
    })).lines  # fmt: skip
    found = {line.column for line in lines if line.table == "opportunities"}
    assert "account_id" not in found


CONTRACTS = (
    "Contratto;Cliente;{};Periodicità;Data inizio;Data fine\n"
    "K1;C1;1200,00;annuale;01/02/2024;\nK2;C2;100,00;mensile;13/03/2024;\n"
    "K3;C3;300,00;trimestrale;15/05/2024;31/05/2024\n"
)


@pytest.mark.parametrize("price", ["Importo", "Canone"])
def test_a_price_beside_its_interval_is_for_that_interval(folder, tmp_path, price):
    place = folder({"Abbonamenti": CONTRACTS.format(price)})
    proposal = rk.propose_mapping(place)
    (line,) = [line for line in proposal.lines if line.column == "mrr"]
    assert (line.sure, line.why) == ("check", "read as the price of one Periodicità: is it?")
    mapping = proposal.save(tmp_path / "billing.yaml")
    data = rk.load(place, mapping=mapping, as_of="2024-05-31")
    month = {"start": "2024-04-01", "end": "2024-05-01"}
    assert rk.metrics.mrr(data, period="month", **month).value.tolist() == [200.0]


def test_the_price_of_a_month_is_left_as_it_is_and_that_of_a_year_is_not(folder):
    text = CONTRACTS.format("Canone mensile") + "K4;C4;5,00;mensile;16/05/2024;\n"
    place = folder({"Abbonamenti": text})
    (line,) = [one for one in rk.propose_mapping(place).lines if one.column == "mrr"]
    assert line.spec == "Canone mensile"
    (place / "Abbonamenti.csv").write_text(text.replace("Canone mensile", "Canone annuo"))
    (line,) = [one for one in rk.propose_mapping(place).lines if one.column == "mrr"]
    assert line.spec == {"from": "Canone annuo", "per": "year"}


def test_a_column_that_another_line_reads_has_a_place(folder):
    rows = "1;Won;2024-02-01;\n2;Lost;;2024-02-03\n3;Open;;\n4;Won;2024-02-04;\n"
    proposal = rk.propose_mapping(folder({"deals": "ID;Status;Won time;Lost time\n" + rows}))
    assert proposal.unused == ()


def test_a_question_that_is_left_open_is_asked_again(folder, tmp_path):
    place = folder({"Abbonamenti": CONTRACTS.format("Canone").replace("mensile", "a rate")})
    mapping = rk.propose_mapping(place).save(tmp_path / "billing.yaml")
    with pytest.raises(MappingError) as caught:
        rk.load(place, mapping=mapping)
    assert str(caught.value) == (
        "billing.yaml: term of mrr: a ? stands where the meaning of a rate belongs, one of day, "
        "week, month, quarter, year."
    )


def test_stages_that_a_vendor_s_mapping_does_not_know_are_asked_for(folder, tmp_path):
    rows = "1,A,Upsell Q3,5,2024-01-13,2024-02-14,Signed,North,x\n"
    rows += "2,A,Renewal,5,2024-01-13,2024-02-14,Closed Won,North,x\n"
    rows += "3,A,Renewal,5,2024-01-13,2024-02-14,Closed Lost,North,x\n"
    heads = SALESFORCE.replace("Closed,Won,", "")
    place = folder({"Opportunity": f"{heads}\n{rows}"})
    proposal = rk.propose_mapping(place)
    (line,) = [one for one in proposal.lines if one.column == "is_won"]
    assert line.spec["words"] == {"Signed": "?", "Closed Won": True, "Closed Lost": False}
    assert (line.sure, line.why) == ("check", "what is each ?: true, false or null")
    mapping = proposal.save(tmp_path / "crm.yaml")
    with pytest.raises(MappingError, match="Upsell Q3"):
        rk.load(place, mapping=mapping)
    mapping.write_text(
        mapping.read_text().replace('"Upsell Q3": "?"', '"Upsell Q3": expansion')
        .replace('Signed: "?"', "Signed: true")
    )  # fmt: skip
    data = rk.load(place, mapping=mapping)
    assert rk.metrics.win_rate(data, period=None).value.tolist() == [pytest.approx(2 / 3)]


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("Trattativa chiusa vinta", True), ("Deal lost", False), ("Rinnovato", None)],
)
def test_a_stage_is_won_or_lost_where_it_says_nothing_else(folder, stage, outcome):
    rows = f"1,Won,2024-02-01\n2,Lost,2024-02-03\n3,{stage},2024-02-03\n4,Talks,\n"
    lines = rk.propose_mapping(folder({"deals": "ID,Stage,Close date\n" + rows})).lines
    (line,) = [one for one in lines if one.column == "is_won"]
    assert line.spec["words"] == {"Won": True, "Lost": False, stage: outcome, "Talks": None}
    assert (line.sure == "check") == (outcome is None)
