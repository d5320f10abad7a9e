"""A company is mended on every engine alike, and where it stands nothing is written."""

import pytest

from tests.engines.asked import ENGINES

MENDS = {
    "postgresql": ("spelling", "spelling_likely", "currency_unlike_others", "stage_back", "twin"),
    "spark": ("spelling", "stage_back", "no_day"),  # one mend upon another is slow there
}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_company_is_mended_on_an_engine_as_on_duckdb(data, engine):
    here, there = (data(one).clean(*MENDS[engine]) for one in ("duckdb", engine))

    assert here.log.equals(there.log)
    assert [str(note) for note in here.data.notes] == [str(note) for note in there.data.notes]
    for table in sorted(set(here.log["table"])):
        key = here.data.specs[table].key[0]
        one, other = (
            made.data.table(table).order_by(key).to_pyarrow().to_pylist() for made in (here, there)
        )
        assert [row[key] for row in one] == [row[key] for row in other]
