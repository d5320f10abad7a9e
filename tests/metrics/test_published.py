"""Every metric against numbers that others have published, on companies made for them.

tests/data/published/<area>.csv has one line a number: what the source gives, what follows from it
by hand, and how the source prints it where it rounds, misprints or says only the inputs. The
company of a line is made by tests/support/companies/<area>.py, or else by common.py there.
"""

import json

import pytest

import revkit as rk
from tests.support.companies import common as companies
from tests.support.published import ROWS

NAMES = [f"{row['metric']}-{row['printed']}".replace(" ", "_") for row, _ in ROWS]


def in_march(name, data, *, group="", how=""):
    """The one value of March, or of what else a line asks the metric for, in JSON."""
    asked = {"start": companies.MARCH} | json.loads(how or "{}")
    result = getattr(rk.metrics, name)(data, **asked)
    if group:
        result = result[result[result.columns[0]] == group]
    (value,), (low,), (high,) = result["value"], result["low"], result["high"]
    assert not value < low, "the value lies below its interval"
    assert not value > high, "the value lies above its interval"
    return value


@pytest.mark.parametrize(("row", "modules"), ROWS, ids=NAMES)
def test_published_number(row, modules):
    build = next(m for m in modules if hasattr(m, row["company"]))
    data = getattr(build, row["company"])(**json.loads(row["inputs"]))

    value = in_march(row["metric"], data, group=row["group"], how=row.get("how"))

    expected = float(row["expected"])
    assert value == pytest.approx(expected, rel=1e-6, nan_ok=True), row["source"]
