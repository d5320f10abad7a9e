"""Every metric against numbers that others have published, on companies made for them.

published.csv has one line a number: what the source gives, what follows from it by hand, and how
the source prints it where it rounds, misprints or says only the inputs.
"""

import csv
import json
from pathlib import Path

import companies
import pytest

import revkit as rk

LINES = Path(__file__).with_name("published.csv").read_text(encoding="utf-8").splitlines()
ROWS = list(csv.DictReader(LINES))


def in_march(name, data, group=""):
    result = getattr(rk.metrics, name)(data, start=companies.MARCH)
    if group:
        result = result[result[result.columns[0]] == group]
    (value,) = result["value"]
    return value


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{row['metric']}-{row['printed']}".replace(" ", "_") for row in ROWS]
)
def test_published_number(row):
    data = getattr(companies, row["company"])(**json.loads(row["inputs"]))

    value = in_march(row["metric"], data, row["group"])

    assert value == pytest.approx(float(row["expected"]), rel=1e-6), row["source"]


def test_every_metric_has_a_published_number():
    catalogue = rk.catalog()
    ours = catalogue.loc[catalogue["module"].str.startswith("revkit."), "name"]

    assert set(ours) - {row["metric"] for row in ROWS} == set()
