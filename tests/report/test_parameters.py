"""What a notebook's parameters cell says, and what --set may say against it."""

from dataclasses import replace

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from revkit.errors import CurrencyError, DataError, ParameterError, PeriodError
from revkit.report.parameters import check, filters, parameters_of, settings
from revkit.report.request import Order, plan
from revkit.sources import load
from revkit.sources.aliases import known

CELL = """\
data: str = "../data/sample"  # where the company's tables are
period: str | None = "month"  # day, week, month, quarter or year
start: str | None = None  # first day
by: str | list[str] = "segment"  # one dimension or several
horizon: int = 6  # months ahead
target: float = 1e6
flags: dict[str, str] = {}
strict: bool = False
"""


@pytest.fixture
def takes():
    cells = [
        new_markdown_cell("# Forecast"),
        new_code_cell(CELL, metadata={"tags": ["parameters"]}),
        new_code_cell("x: int = 1"),
    ]
    return parameters_of(new_notebook(cells=cells), "04_forecast")


def values(takes, **given):
    return check(given, {"04_forecast": takes})["04_forecast"]


def test_cell_is_read_with_types_defaults_and_help(takes):
    assert list(takes) == [line.split(":")[0] for line in CELL.splitlines()]
    assert takes["horizon"].default == 6
    assert takes["horizon"].help == "months ahead"
    assert takes["target"].help == ""


def test_notebook_without_the_cell_takes_nothing():
    assert parameters_of(new_notebook(cells=[new_code_cell("x: int = 1")]), "x") == {}


@pytest.mark.parametrize("line", ["horizon = 6", "today: str = date()", "x: Decimal = 1"])
def test_line_that_is_no_declared_literal_is_refused(line):
    cell = new_code_cell(line, metadata={"tags": ["parameters"]})

    with pytest.raises(ParameterError, match="parameters cell of 09_plan holds"):
        parameters_of(new_notebook(cells=[cell]), "09_plan")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"horizon": "12"}, 12),
        ({"target": "1e3"}, 1000.0),
        ({"by": "007"}, "007"),
        ({"by": "[segment, rep.team]"}, ["segment", "rep.team"]),
        ({"start": "2026-01-01"}, "2026-01-01"),
        ({"start": "null"}, None),
        ({"period": "quarter"}, "quarter"),
        ({"flags": "{a: 1}"}, {"a": "1"}),
        ({"strict": "true"}, True),
    ],
)
def test_texts_become_values_of_the_declared_type(takes, given, expected):
    (value,) = values(takes, **given).values()

    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("text", ["{period}", "{a: 1}", "{", "}{", "[1", "[a", "$10M+ ($$$)"])
def test_braces_are_text_where_no_mapping_is_taken(takes, text):
    assert values(takes, by=text) == {"by": text}


def test_misspelt_parameter_names_the_nearest(takes):
    with pytest.raises(
        ParameterError, match=r"no parameter 'perod' in 04_forecast; did you mean 'period'\?"
    ):
        values(takes, perod="month")


@pytest.mark.parametrize("text", ["six", "6.5", ""])
def test_wrong_type_says_what_was_needed(takes, text):
    with pytest.raises(ParameterError, match=r"horizon \(months ahead\) must be a whole number"):
        values(takes, horizon=text)


@pytest.mark.parametrize("text", ["2026-02-30", "31/12/2025", "soon"])
def test_impossible_date_is_refused(takes, text):
    with pytest.raises(PeriodError, match="not a day of the calendar"):
        values(takes, start=text)


def test_unknown_period_names_the_nearest(takes):
    with pytest.raises(PeriodError, match="'quarter'"):
        values(takes, period="quater")


def test_what_has_its_own_option_is_not_set(takes):
    with pytest.raises(ParameterError, match="use --data"):
        values(takes, data="elsewhere")


def test_parameter_reaches_only_the_notebooks_that_take_it(takes):
    found = check({"horizon": "3"}, {"01_funnel": {}, "04_forecast": takes})

    assert found == {"01_funnel": {}, "04_forecast": {"horizon": 3}}


@pytest.mark.parametrize("text", ["period", "=month"])
def test_setting_without_name_and_value_is_refused(text):
    with pytest.raises(ParameterError, match="--set"):
        settings([text])


def test_filter_values_keep_their_equals_signs():
    assert filters(["reason=a=b", "country=IT", "country=DE"]) == {
        "reason": "a=b",
        "country": ["IT", "DE"],
    }


def test_filter_without_value_is_refused():
    with pytest.raises(ParameterError, match="--where"):
        filters(["segment"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{a: &x 1, b: *x}", "by an alias"),
        ("{a: 1, a: 2}", "the key 'a' is there twice"),
        ("{a: " * 30 + "1" + "}" * 30, "more than 20 levels deep"),
        ("{a: " + "x" * 1_000_001 + "}", "larger than 1 MB"),
        ("{a: 1", "expected"),
    ],
    ids=["alias", "twice", "deep", "large", "open"],
)
def test_a_setting_is_read_as_strictly_as_a_file(takes, text, problem):
    with pytest.raises(ParameterError, match=rf"--set flags: .*{problem}"):
        values(takes, flags=text)
    assert values(takes, by="[" + text)["by"] == "[" + text  # a text may hold brackets


def test_a_day_that_cannot_be_is_refused(takes):
    with pytest.raises(PeriodError, match="start=9999-12-31 is a day that cannot be"):
        values(takes, start="9999-12-31")


def test_rules_of_the_order_are_set_aside_in_its_data(tmp_path):
    (tmp_path / "opportunities.csv").write_text(
        "opportunity_id,created_on,closed_on,is_won,amount\n"
        "O1,2025-01-01,2025-02-01,true,1\nO2,2025-03-01,2025-02-01,true,5\n"
    )
    rule = "opportunities.closed_before_created"

    with pytest.raises(DataError, match=rule):
        plan(Order(str(tmp_path), notebooks=["01_funnel"]))

    assert (
        "set aside" in plan(Order(str(tmp_path), notebooks=["01_funnel"], set_aside=[rule])).shown
    )


def test_the_currency_of_the_order_is_that_of_its_data_and_of_its_notebooks(tmp_path):
    pd.DataFrame(
        {"opportunity_id": ["a", "b"], "created_on": ["2026-01-05"] * 2, "amount": [1.0, 2.0],
         "closed_on": ["2026-02-05"] * 2, "is_won": [True, True], "currency": ["EUR", "CHF"]}
    ).to_csv(tmp_path / "opportunities.csv", index=False)  # fmt: skip
    pd.DataFrame(
        {"on": ["2026-01-01"], "from_currency": ["CHF"], "to_currency": ["EUR"], "rate": [1.1]}
    ).to_csv(tmp_path / "exchange_rates.csv", index=False)
    order = Order(str(tmp_path), notebooks=["01_funnel"], currency="EUR")

    with pytest.raises(CurrencyError):
        plan(replace(order, currency=None))
    planned = plan(order)
    assert planned.data.currency == "EUR"
    with known(planned.places):
        assert load(tmp_path.name).currency == "EUR"
