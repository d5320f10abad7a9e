"""Every metric of the catalogue is fully defined, and its example runs."""

import doctest

import pytest

import revkit as rk
from revkit.algebra import METRICS
from revkit.algebra.cards.card import section
from revkit.catalogue.stubs import export_stubs, metric_stubs
from revkit.errors import FormulaError, ParameterError, PeriodError, TableError

NAMES = rk.metrics.__all__


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_its_docstring_runs(name):
    metric = getattr(rk.metrics, name)
    words = {"example": rk.example, name: metric}
    example = doctest.DocTestParser().get_doctest(metric.__doc__, words, name, None, None)
    said = []

    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(
        example, out=said.append
    )

    assert result.attempted > 0
    assert result.failed == 0, "".join(said)


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_says_all_there_is_to_know(name):
    metric = getattr(rk.metrics, name)

    assert metric.title
    assert metric.title_it
    assert metric.owner in {"SalesOps", "RevOps", "both"}
    assert metric.better in {"higher", "lower", "neither"}
    assert section(metric.__doc__.replace("\n    ", "\n"), "Notes")
    assert section(metric.__doc__.replace("\n    ", "\n"), "References")


def test_the_catalogue_lists_every_metric_with_its_formula():
    catalogue = rk.catalog().set_index("name")

    assert set(NAMES) <= set(catalogue.index)
    assert catalogue.loc["win_rate", "interval"] == "proportion"
    assert catalogue.loc["nrr", "interval"] == "ratio per account"
    assert catalogue.loc["mrr", "interval"] == "none"
    assert catalogue.loc["new_mrr", "additive"]
    assert not catalogue.loc["nrr", "additive"]


def test_the_card_escapes_and_shows_formula_trap_and_source():
    card = rk.metrics.new_mrr._repr_html_()

    assert "movements where movement is &#x27;new&#x27;" in card
    assert "Joined and gone within one period leaves no trace" in card
    assert "ChartMogul" in card
    assert "http" not in card


def test_the_stubs_are_what_make_stubs_writes(pytestconfig):
    package = pytestconfig.rootpath / "revkit"

    assert (package / "metrics" / "__init__.pyi").read_text("utf-8") == metric_stubs()
    assert (package / "__init__.pyi").read_text("utf-8") == export_stubs()


def test_the_signature_shows_the_options():
    assert "within" in str(rk.metrics.close_rate.__signature__)


def test_a_users_metric_joins_the_catalogue():
    from ibis import _

    @rk.metric(title="Lost", title_it="Perse", owner="both", unit="count", better="lower")
    def lost_deals(opportunities):
        """Opportunities lost in the period."""
        return rk.Total(opportunities, at="closed_on").where(~_.is_won)

    try:
        assert lost_deals(rk.example("deals"), period="quarter")["value"].tolist() == [1.0]
        assert "lost_deals" in set(rk.catalog()["name"])
    finally:
        del METRICS["lost_deals"]


def test_two_modules_cannot_define_one_name():
    def win_rate(opportunities):
        return rk.Total(opportunities, at="closed_on")

    define = rk.metric(title="x", title_it="x", owner="both", unit="count", better="higher")

    with pytest.raises(FormulaError, match=r"already defined in revkit.metrics.sales.deals"):
        define(win_rate)


def test_parts_show_the_totals_behind_a_value():
    parts = rk.metrics.win_rate.parts(rk.example("deals"), period="quarter")

    assert parts.iloc[0, 1:].tolist() == [3.0, 4.0, 0.75]
    assert list(parts.columns[1:3]) == [
        "opportunities where is_won by closed_on",
        "opportunities where is_won is known by closed_on",
    ]


def test_parts_of_a_metric_with_its_own_dimension_stand_beside_their_values():
    leads = rk.example("leads")

    parts = rk.metrics.stage_share.parts(leads, period="month")

    values = rk.metrics.stage_share(leads, period="month")
    assert parts[["stage", "period", "value"]].equals(values[["stage", "period", "value"]])


def test_one_query_per_table_and_date():
    """Rates of deals ask once more how many accounts the deals are of."""
    deals = rk.example("deals")

    assert len(rk.metrics.win_rate.sql(deals)) == 2
    assert len(rk.metrics.pipeline_velocity.sql(deals)) == 2
    assert len(rk.metrics.nrr.sql(rk.example("retention"))) == 1
    assert "GROUP BY" in rk.metrics.win_rate.sql(deals)[0]


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"perod": "month"}, ParameterError, "Did you mean 'period'"),
        ({"period": "weekly"}, PeriodError, "Did you mean 'week'"),
        ({"trailing": 0}, PeriodError, "1 or more"),
        ({"trailing": 3, "period": None}, PeriodError, "one period of the whole range"),
        ({"start": "2026-02-30"}, PeriodError, "not a day of the calendar"),
        ({"start": "2027-01-01"}, PeriodError, "2026-03-31"),
        ({"level": 95}, ParameterError, "between 0 and 1"),
        ({"by": ["segment", "segment"]}, ParameterError, "Name each once"),
        ({"within": -1}, FormulaError, "0 or more days"),
    ],
)
def test_a_call_that_makes_no_sense_is_told_so(how, error, said):
    with pytest.raises(error, match=said):
        rk.metrics.close_rate(rk.example("deals"), **how)


def test_a_metric_asked_of_something_else_says_what_it_needs():
    with pytest.raises(FormulaError, match=r"was given DataFrame.*rk.load"):
        rk.metrics.win_rate(rk.catalog())


def test_a_missing_table_names_the_metric_that_needs_it():
    with pytest.raises(TableError, match=r"metrics.nrr needs the table 'subscriptions'"):
        rk.metrics.nrr(rk.example("deals"))


def test_durations_say_in_their_title_whether_they_are_means_or_medians():
    """Two durations of one thing, side by side, are else taken for two answers to one question."""
    ratios = {"cac_payback", "days_sales_outstanding"}
    durations = [
        one for name, one in METRICS.items()
        if one.unit in {"days", "hours", "minutes", "months"} and name not in ratios
    ]  # fmt: skip

    assert durations
    assert not [one.title for one in durations if not one.title.startswith(("Mean ", "Median "))]
    assert not [one.title_it for one in durations if "medi" not in one.title_it]
