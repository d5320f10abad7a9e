"""The benchmark of exports times files that are sound, and the same number of figures by each."""

import pytest

from benchmarks.exports.contenders import METRICS, DuckDB, Revkit
from benchmarks.exports.files import FORMATS, write


@pytest.mark.parametrize("kind", FORMATS)
def test_its_files_pass_the_door_and_give_ten_figures(kind, tmp_path):
    folder = write(tmp_path, 3000, kind)
    figures = {}
    for contender in (Revkit, DuckDB):
        one = contender(folder, kind, "1GB")
        one.load()
        one.check()
        figures[contender] = one.scorecard()

    assert figures[Revkit] == figures[DuckDB] == len(METRICS) * 36 * 3
