"""The drop-downs of a notebook change code and output; without a front end there is a table."""

import pytest

import revkit as rk
from revkit.errors import DimensionError, FormulaError, ParameterError, TableError
from revkit.language import in_language

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def company(pytestconfig):
    return rk.load(pytestconfig.rootpath / "data" / "sample")


def values(dropdown):
    return [value for _, value in dropdown.options]


def kinds(shown):
    return [set(output["data"]) for output in shown.output.outputs]


def test_it_begins_with_the_chart_the_table_and_the_code_of_its_arguments(company):
    shown = rk.explore(company, period="quarter")

    chart, table = (output["data"] for output in shown.output.outputs)
    assert chart["image/png"].startswith("iVBOR")
    assert table["text/plain"] == str(rk.table(rk.metrics.win_rate(company, period="quarter")))
    assert shown.code.value == 'rk.metrics.win_rate(data, period="quarter")'
    assert [shown.metric.value, shown.by.value, shown.period.value] == ["win_rate", None, "quarter"]


def test_none_is_shown_as_the_choice_that_it_is(company):
    assert rk.notebook.explore(company, period="year").by.index == 0
    assert rk.notebook.explore(company, by="segment", period="year").by.label == "segment"


def test_without_deals_it_begins_with_revenue():
    assert rk.notebook.explore(rk.example("retention")).metric.value == "mrr"


def test_a_choice_changes_code_and_output(company):
    shown = rk.explore(company, period="year")
    seen = [shown.output.outputs]
    for dropdown, value, code in [
        (shown.by, "segment", 'rk.metrics.win_rate(data, by="segment", period="year")'),
        (shown.period, "quarter", 'rk.metrics.win_rate(data, by="segment", period="quarter")'),
        (shown.metric, "churn_rate", 'rk.metrics.churn_rate(data, by="segment", period="quarter")'),
    ]:
        dropdown.value = value

        assert shown.code.value == code
        assert shown.output.outputs not in seen
        result = eval(code, {"rk": rk, "data": company})  # the line runs as it stands
        assert shown.output.outputs[-1]["data"]["text/plain"] == str(rk.table(result))
        seen.append(shown.output.outputs)


def test_dimensions_are_those_the_metric_reaches_and_one_that_is_lost_is_none(company):
    shown = rk.explore(company, by="rep.team", period="year")
    assert values(shown.by) == [
        None, "segment", "product", "industry", "rep.team", "country", "rep",
    ]  # fmt: skip

    shown.metric.value = "cost_per_lead"

    assert values(shown.by) == [None, "channel"]
    assert shown.code.value == 'rk.metrics.cost_per_lead(data, period="year")'
    shown.by.value = "channel"
    assert shown.code.value == 'rk.metrics.cost_per_lead(data, by="channel", period="year")'


def test_a_dimension_that_is_not_usual_is_offered_when_asked_for(company):
    assert values(rk.explore(company, "mrr", by="tenure", period="year").by)[-1] == "tenure"


def test_metrics_are_those_of_the_companys_tables_by_title():
    company = rk.example("deals")
    shown = rk.explore(company)

    assert ("Win rate", "win_rate") in shown.metric.options
    assert "mrr" not in values(shown.metric)
    assert list(shown.metric.options) == sorted(shown.metric.options)


def test_many_groups_and_groups_in_two_ways_have_their_table(company):
    many = rk.explore(company, by="rep", period="year")
    both = rk.explore(company, "stage_conversion", by="segment", period="year")

    assert "image/png" in kinds(many)[0]
    assert kinds(both) == [{"text/plain", "text/html"}]


def test_a_metric_with_nothing_to_count_yet_has_a_dash_for_its_rows(company):
    shown = rk.explore(company, "cltv", period="month")

    first = rk.metrics.cltv(company, period="month")["n"].isna()
    lines = shown.output.outputs[-1]["data"]["text/plain"].splitlines()[1:]
    assert first.any()
    assert [line.endswith("–") for line in lines[: len(first)]] == [*first]


def test_a_result_without_a_value_is_a_sentence_and_no_empty_chart(company):
    shown = rk.explore(company, "trial_conversion_rate", period="year")

    assert kinds(shown) == [{"text/plain", "text/html"}]
    assert "Nothing to show yet." in shown.output.outputs[0]["data"]["text/html"]


def test_an_error_of_the_kit_is_shown_as_its_sentence(company):
    shown = rk.explore(company, "ramp_months", by="segment", period="year")

    (output,) = shown.output.outputs
    assert "segment" in output["data"]["text/plain"]
    assert output["data"]["text/html"].startswith("<p>")


def test_without_a_front_end_the_table_is_shown(company):
    shown = rk.explore(company, by="segment", period="year")

    bundle = shown._repr_mimebundle_(include=None, exclude=None)
    written = rk.table(rk.metrics.win_rate(company, by="segment", period="year"))
    assert bundle["text/plain"] == str(written)
    assert bundle["text/html"] == written._repr_html_()
    assert WIDGET in bundle


def test_it_is_in_italian_whatever_is_spoken_when_a_choice_is_made(company):
    with in_language("it"):
        shown = rk.explore(company, period="year")
    shown.by.value = "segment"

    assert [one.description for one in (shown.metric, shown.by, shown.period, shown.code)] == [
        "Metrica", "Dimensione", "Periodo", "Codice",
    ]  # fmt: skip
    assert ("Tasso di vincita", "win_rate") in shown.metric.options
    assert shown.by.options[0] == ("nessuna", None)
    assert "Tasso di vincita" in shown.output.outputs[-1]["data"]["text/plain"]


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"metric": "winrate"}, FormulaError, "win_rate"),
        ({"metric": "mrr"}, TableError, "subscriptions"),
        ({"by": "segmnt"}, DimensionError, "segment"),
        ({"period": "week"}, ParameterError, "one of 'month', 'quarter', 'year'"),
    ],
)
def test_a_wrong_argument_is_refused_with_what_would_do(wrong, error, said):
    with pytest.raises(error, match=said):
        rk.explore(rk.example("deals"), **wrong)


@pytest.fixture(scope="module")
def planned():
    return rk.plan(rk.generate("baseline", accounts=300, seed=3).data, draws=200)


def test_sliders_change_the_plan_and_its_code(planned):
    shown = rk.what_if(planned)
    before = shown.output.outputs

    shown.levers["win_rate"].value = 1.2
    shown.levers["hires"].value = 2

    assert shown.code.value == "plan.scenario(win_rate=1.2, hires=2)"
    assert shown.output.outputs != before
    said = planned.scenario(win_rate=1.2, hires=2).findings[0]
    assert "in this scenario it will be" in said
    assert shown.output.outputs[0]["data"]["text/plain"] == said


def test_sliders_are_a_picture_and_a_table_without_a_front_end(planned):
    shown = rk.what_if(planned)._repr_mimebundle_()

    assert "data:image/png;base64,iVBOR" in shown["text/html"]
    assert "<table>" in shown["text/html"]
    assert WIDGET in shown
