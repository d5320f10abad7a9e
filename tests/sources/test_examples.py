"""Every mapping of examples/ reads a small export as its vendor writes it, to the right numbers.

``tests/data/exports/<name>/`` holds the files under the vendor's names, with invented rows;
``tests/data/exports/<name>.csv`` the values of metrics that follow from them by hand.
"""

import csv
from pathlib import Path

import pytest

import revkit as rk
from revkit.sources.mapping import read_mapping

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "tests" / "data" / "exports"
MAPPINGS = {path.stem: path for path in sorted((ROOT / "examples").glob("*.yaml"))}


def test_every_mapping_has_an_export_and_its_numbers_and_no_export_lacks_one():
    assert {path.stem for path in EXPORTS.iterdir() if path.is_dir()} == {*MAPPINGS}
    assert {path.stem for path in EXPORTS.glob("*.csv")} == {*MAPPINGS}


@pytest.mark.parametrize("name", MAPPINGS)
def test_an_editor_is_told_on_top_what_a_mapping_may_say(name):
    first, *_ = MAPPINGS[name].read_text("utf-8").splitlines()

    assert first == "# yaml-language-server: $schema=../docs/mapping.schema.json"
    assert (MAPPINGS[name].parent / first.partition("=")[2]).is_file()


@pytest.mark.parametrize("name", MAPPINGS)
def test_every_table_of_a_mapping_is_read(name):
    data = rk.load(EXPORTS / name, mapping=MAPPINGS[name])

    for table in read_mapping(MAPPINGS[name]).tables:
        assert data.table(table).count().execute() > 0


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_leads_to_the_numbers_that_follow_by_hand(name):
    data = rk.load(EXPORTS / name, mapping=MAPPINGS[name])
    with (EXPORTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))

    assert lines
    for line in lines:
        metric = getattr(rk.metrics, line["metric"])
        result = metric(data, period=line["period"], start=line["start"])

        assert result["value"].iloc[0] == pytest.approx(float(line["value"]), rel=1e-6), line
