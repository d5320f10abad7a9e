"""Every metric against numbers that others have published, on companies made for them.

published.csv and published/<area>.csv have one line a number: what the source gives, what follows
from it by hand, and how the source prints it where it rounds, misprints or says only the inputs.
The company of a line is made by companies_<area>.py, or else by companies.py.
"""

import csv
import json
from importlib import import_module
from pathlib import Path

import companies
import pytest

import revkit as rk

FOLDER = Path(__file__).parent


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def builders(area):
    """What makes the companies of an area: its own module first, then the common one."""
    own = FOLDER / f"companies_{area}.py"
    return [*([import_module(own.stem)] if own.exists() else []), companies]


FILES = {path: builders(path.stem) for path in sorted(FOLDER.glob("published/*.csv"))}
FILES = {FOLDER / "published.csv": [companies]} | FILES
ROWS = [(row, modules) for path, modules in FILES.items() for row in lines(path)]
NAMES = [f"{row['metric']}-{row['printed']}".replace(" ", "_") for row, _ in ROWS]


def in_march(name, data, *, group="", how=""):
    """The one value of March, or of what else a line asks the metric for, in JSON."""
    asked = {"start": companies.MARCH} | json.loads(how or "{}")
    result = getattr(rk.metrics, name)(data, **asked)
    if group:
        result = result[result[result.columns[0]] == group]
    (value,) = result["value"]
    return value


@pytest.mark.parametrize(("row", "modules"), ROWS, ids=NAMES)
def test_published_number(row, modules):
    build = next(m for m in modules if hasattr(m, row["company"]))
    data = getattr(build, row["company"])(**json.loads(row["inputs"]))

    value = in_march(row["metric"], data, group=row["group"], how=row.get("how"))

    expected = float(row["expected"])
    assert value == pytest.approx(expected, rel=1e-6, nan_ok=True), row["source"]


def test_every_metric_has_a_published_number():
    catalogue = rk.catalog()
    ours = catalogue.loc[catalogue["module"].str.startswith("revkit."), "name"]

    assert set(ours) - {row["metric"] for row, _ in ROWS} == set()
