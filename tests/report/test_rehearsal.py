"""Parameters that a notebook could not be run to its end with are refused before it runs."""

import pandas as pd
import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

from revkit.errors import RevkitError
from revkit.report.request import Order, plan

PARAMETERS = """\
data: str = "../data/sample"  # folder with the company's tables
mapping: str | None = None  # how its tables and columns are called
as_of: str | None = None  # the day at whose end the company is known
where: dict[str, str] = {}  # dimension and value
period: str | None = "month"  # day, week, month, quarter or year
by: str | list[str] | None = None  # dimension
horizon: int = 6  # months ahead
level: float = 0.8  # share of outcomes in the band
past: int = 36  # months to learn from
metric: str = "churn_rate"  # metric to explain
policies: list[str] = ["default", "stripe"]  # policies
"""

CALLS = (
    "%matplotlib inline\n!ls",
    "wins = rk.metrics.win_rate(company, by=by, period=period, start=since(company))",
    "by = rk.notebook.breakdown(company, 'opportunities', by)",
    "parts = rk.metrics.win_rate(company, by=by, period=period, compare='rest')",
    "lost = rk.metrics.close_rate(company, by='segment', period=period, within=60)",
    "found = rk.reconcile(company, metric, policies, period=period)",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("rehearsal")
    (root / "data").mkdir()
    day = ["2026-01-05", "2026-01-06"]
    deals = {"opportunity_id": ["o", "p"], "created_on": day, "closed_on": day, "amount": 1.0,
             "is_won": [True, False], "segment": ["a", "b"], "lost_reason": ["", "x"]}  # fmt: skip
    pd.DataFrame(deals).to_csv(root / "data" / "opportunities.csv", index=False)
    for name, source, sources in (
        ("01_page", PARAMETERS, CALLS),
        ("02_other", PARAMETERS.replace("level: float = 0.8", "level: float = 95"), CALLS[:1]),
    ):
        cells = [new_code_cell(source, metadata={"tags": ["parameters"]})]
        cells += [new_code_cell(call) for call in sources]
        write(new_notebook(cells=cells), root / f"{name}.ipynb")
    return root


def planned(folder, name="01_page", **settings):
    return plan(
        Order(str(folder / "data"), notebooks=[str(folder / f"{name}.ipynb")], settings=settings)
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"horizon": "0"}, "horizon=0"),
        ({"horizon": "-3"}, "horizon=-3"),
        ({"level": "95"}, "level=95"),
        ({"level": "0"}, "level=0"),
        ({"level": "nan"}, "level=nan"),
        ({"past": "0"}, "past=0"),
        ({"metric": "churn"}, "churn"),
        ({"metric": "win_rate"}, "it rests on no subscriptions"),
        ({"policies": "[default]"}, "two policies or more"),
        ({"policies": "[default, strype]"}, "stripe"),
        ({"by": "segmnt"}, "segment"),
        ({"by": "[segment, segment]"}, "twice"),
        ({"by": "value"}, "value"),
        ({"by": "lost_reason"}, "known of one alone"),
    ],
)
def test_a_parameter_no_call_could_use_is_refused_before_a_kernel_starts(folder, settings, said):
    with pytest.raises(RevkitError, match=said):
        planned(folder, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"period": "quarter"},
        {"by": "segment", "period": "week"},
        {"metric": "nrr"},
        {"horizon": "1", "level": "0.95"},
    ],
)
def test_fitting_parameters_are_taken(folder, settings):
    assert planned(folder, **settings).jobs


def test_a_parameter_of_another_meaning_is_the_notebooks_own_affair(folder):
    assert planned(folder, "02_other", level="99").jobs[0].parameters["level"] == 99
