"""Numbers as exports write them, each against values by hand."""

import duckdb
import ibis
import pytest

import revkit as rk
from revkit.errors import DataError, MappingError
from revkit.sources import load


@pytest.fixture
def amounts(tmp_path):
    """The amounts of a semicolon file by a setting of the column."""

    def read(*values, how="x", above="", name="amount", currencies=()):
        place = tmp_path / "export"
        place.mkdir(exist_ok=True)
        money = [*currencies, *[""] * len(values)]
        (place / "deals.csv").write_text(
            "id;x;cur\n" + "".join(f"{n};{v};{money[n]}\n" for n, v in enumerate(values))
        )
        mapping = tmp_path / "our.yaml"
        currency = ", currency: cur" if currencies else ""
        mapping.write_text(
            f'separator: ";"\n{above}\ntables:\n  opportunities:\n    source: deals\n'
            f"    columns: {{opportunity_id: id, {name}: {how}{currency}}}\n    keep: []\n"
        )
        data = load(place, mapping=mapping)
        # as the mapping gives it: the rules for amounts come after, but for text that is no number
        table = data._store.raw["opportunities"]
        if table[name].type().is_string():
            table = data.table("opportunities")
        return table.order_by("opportunity_id").to_pyarrow()[name].to_pylist()

    return read


COMMA, POINT = '{from: x, decimal: ","}', '{from: x, decimal: "."}'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1.234,50 €", 1234.5), ("€ 1.234,50", 1234.5), ("-12,5", -12.5), ("− 4", -4.0),
        ("(1.234,50)", -1234.5), ("1.234,50-", -1234.5), ("1.234.567", 1234567.0), ("12", 12.0),
        ("1.234", 1234.0), ("EUR 3", 3.0), ("3,10 EUR", 3.1), ("1\u202f234,5", 1234.5),
        ("1\u00a0234,5 €", 1234.5), ("1'234,5", 1234.5), (",5", 0.5), ("+7", 7.0), ("€ -5", -5.0),
        (" 8 ", 8.0), ("", None), ("  ", None), ("1,5E+3", 1500.0), ("(€ 5)", -5.0),
    ],
)  # fmt: skip
def test_a_decimal_comma_reads_what_it_can_mean_alone(amounts, written, expected):
    assert amounts(written, how=COMMA) == [expected]
    assert amounts(written, above='decimal: ","') == [expected]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1,234.50", 1234.5), ("$1,234", 1234.0), ("(1,234.50)", -1234.5), ("-$5.00", -5.0),
        ("$-5.00", -5.0), ("US$ 5", 5.0), ("1,234,567.8", 1234567.8), (".5", 0.5),
        ("1e-2", 0.01), ("-1.5e2", -150.0), ("£ 12.30", 12.3), ("12.", 12.0),
    ],
)  # fmt: skip
def test_a_decimal_point_reads_what_it_can_mean_alone(amounts, written, expected):
    assert amounts(written, how=POINT) == [expected]


@pytest.mark.parametrize(
    ("how", "written"),
    [
        (COMMA, w)
        for w in ("1,234.50", "12.34", "1.23.456", "(5", "--5", "-5-", "5 €€", "-(5)", "n/a")
    ]
    + [(POINT, w) for w in ("1.234,50", "12,50", "1,23", "1,2345", "9" * 41, "5%", "1 000.0.0")],
)  # fmt: skip
def test_other_text_is_refused_with_the_line_to_write(amounts, how, written):
    other = r'decimal: "\."' if how == COMMA else 'decimal: ","'

    with pytest.raises(DataError, match=rf"x is not a number written as .*, {other}}}"):
        amounts("1", written, how=how)


@pytest.mark.parametrize("written", ["1,234", "1.234,50", "1,234.50", "$5", "(5)"])
def test_signs_are_never_guessed(amounts, written):
    line = r'decimal: "\." reads 1,234\.50 .*decimal: "," reads 1\.234,50'

    with pytest.raises(DataError, match=line):
        amounts("1", written)


def test_a_sign_must_be_that_of_the_currency(amounts):
    assert amounts("$5", "CA$6", how=POINT, currencies=["USD", "cad"]) == [5, 6]
    assert amounts("5 €", "7 EUR", how=COMMA, above="currency: EUR") == [5, 7]
    with pytest.raises(DataError, match=r"sign of another currency.*x=\$5"):
        amounts("$5", how=POINT, above="currency: EUR")
    with pytest.raises(DataError, match=r"sign of another currency.*x=5 GBP"):
        amounts("5 GBP", how=POINT, currencies=["EUR"])
    with pytest.raises(DataError, match="signs of several currencies in 1 row"):
        amounts("$5", "€6", "$7", how=POINT)


def test_a_scale_keeps_cents_exact(amounts):
    assert amounts("1999", "5", how="{from: x, scale: 0.01}") == [19.99, 0.05]
    assert amounts("1,5", how='{from: x, decimal: ",", scale: 1000}') == [1500.0]
    assert amounts("57", name="probability", how="{from: x, percent: true}") == [0.57]
    with pytest.raises(DataError, match="amount is not a number"):
        amounts("many", how="{from: x, scale: 0.01}")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("{from: x, scale: 0}", "scale: is a number over 0"),
        ("{from: x, scale: -1}", "scale: is a number over 0"),
        ("{from: x, scale: .inf}", "scale: is a number over 0"),
        ("{from: x, scale: 0.01, minor_units: true}", "give either minor_units: or scale:"),
        ("{from: x, decimal: ';'}", "decimal"),
    ],
)
def test_settings_that_contradict_are_refused(amounts, how, message):
    with pytest.raises(MappingError, match=message):
        amounts("1", how=how)
    with pytest.raises(MappingError, match="decimal: is for numbers; kind holds a text"):
        amounts("1", how=COMMA, name="kind")


def test_shares_with_signs(amounts):
    how = '{from: x, percent: true, decimal: ","}'

    assert amounts("12,5 %", "7", "100\u00a0%", name="probability", how=how) == [0.125, 0.07, 1]


def test_a_report_in_euros_is_summed(tmp_path):
    """An Italian CRM's report export, as it is."""
    (tmp_path / "Opportunità.csv").write_bytes(
        'ID;Data chiusura;Vinta;Importo, EUR\r\n'
        'a1;31/01/2025;sì;"1.234,50 €"\r\na2;31/01/2025;no;"900,00 €"\r\n'
        "a3;15/02/2025;sì;2.000 €\r\n"
        .encode("cp1252")
    )  # fmt: skip
    (tmp_path / "our.yaml").write_text(
        """
separator: ";"
encoding: cp1252
decimal: ","
date_format: "%d/%m/%Y"
currency: EUR
tables:
  opportunities:
    source: Opportunità
    columns:
      opportunity_id: ID
      closed_on: Data chiusura
      is_won: {from: Vinta, words: {sì: true, "no": false}}
      amount: Importo, EUR
""",
        encoding="utf-8",
    )

    data = load(tmp_path, mapping=tmp_path / "our.yaml")

    assert rk.metrics.won_amount(data, period=None)["value"].item() == 3234.5


@pytest.mark.parametrize("engine", ["postgres", "pyspark"])
def test_other_engines_are_asked_without_a_backslash(engine):
    """A literal with one means another thing to Spark than to PostgreSQL."""
    from revkit.sources.mapping.numbers import signs_agree, written_numbers

    table = ibis.table({"x": "string", "currency": "string"}, name="deals")
    value, problems = written_numbers(table.x, "amount", ",", "x", "our.yaml")
    problems += signs_agree(table.x, table.currency, "x", "our.yaml")

    sql = ibis.to_sql(table.select(value=value, bad=problems[0].rows), dialect=engine)

    spelt = ["\\'", "\\t", "\\n", "\\r"]  # a quote and blanks, as sqlglot writes them there
    for one in spelt:
        sql = sql.replace(one, "")
    assert "\\" not in sql


def test_a_database_reads_them_too(tmp_path):
    place = tmp_path / "company.duckdb"
    with duckdb.connect(str(place)) as engine:
        engine.execute("create table deals as select 'a' as id, '1.234,50 €' as x")
    mapping = tmp_path / "our.yaml"
    mapping.write_text(
        "tables: {opportunities: {source: deals, columns: {opportunity_id: id, "
        'amount: {from: x, decimal: ","}}}}'
    )

    table = load(place, mapping=mapping).table("opportunities")

    assert table.amount.to_pyarrow().to_pylist() == [1234.5]


@pytest.mark.parametrize("written", ["49.50", "4900.00", "4900.5", "0.001", "49.5"])
def test_a_fraction_in_minor_units_is_refused(amounts, written):
    with pytest.raises(DataError, match=r"minor units, such as cents, but .* amount: x in a map"):
        amounts("100", written, how="{from: x, minor_units: true}", above="currency: EUR")


@pytest.mark.parametrize("written", ["4900", "4900.0", "4.9e3", "4900."])
def test_a_whole_number_of_minor_units_is_read(amounts, written):
    how, above = "{from: x, minor_units: true}", "currency: EUR"
    assert amounts(written, how=how, above=above) == [49.0]


def test_a_fraction_in_minor_units_with_a_decimal_comma_is_refused(amounts):
    how, above = '{from: x, minor_units: true, decimal: ","}', "currency: EUR"
    assert amounts("4.900", how=how, above=above) == [49.0]
    with pytest.raises(DataError, match="minor units"):
        amounts("1.234,50 €", how=how, above=above)
