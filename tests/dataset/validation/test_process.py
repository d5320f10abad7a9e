"""Stages of deals, told by pipeline where the table stages does."""

from datetime import date, datetime

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ColumnError, DataError
from tests.support.ways import WAYS, opened

DAY = date(2025, 1, 1)


def tables(entered, pipelines=("new", "renewals")):
    """Two deals, each with one row of history; Demo is a stage of new business alone."""
    deals = pd.DataFrame({"opportunity_id": ["O1", "O2"], "created_on": [DAY] * 2})
    deals = deals.assign(
        closed_on=pd.Series([None] * 2, dtype="datetime64[us]"),
        amount=100.0,
    )
    if pipelines is not None:
        deals = deals.assign(pipeline=list(pipelines))
    deals["is_won"] = pd.array([None] * 2, dtype="boolean")
    history = pd.DataFrame(
        {"opportunity_id": ["O1", "O2"], "changed_at": [datetime(2025, 1, 2)] * 2, "stage": entered}
    )
    stages = pd.DataFrame(
        [("new", "Demo", 1, 0.5), ("new", "Proposal", 2, 0.6), ("renewals", "Proposal", 1, 0.9)],
        columns=["pipeline", "stage", "position", "probability"],
    )
    stages = stages.assign(object="opportunity", is_closed=False, is_won=False)
    return {"opportunities": deals, "opportunity_history": history, "stages": stages}


def weighted(data):
    return rk.metrics.weighted_pipeline(data, start="2025-01-01")["value"].item()


@pytest.mark.parametrize("how", WAYS)
def test_a_stage_of_another_pipeline_is_unknown_to_a_deal(how, tmp_path):
    data = opened(how, tmp_path, tables(["Demo", "Demo"]), as_of="2025-01-31")

    with pytest.raises(DataError, match="stage is none of the pipeline of its deal in 1 row") as e:
        weighted(data)
    assert "pipeline=renewals, stage=Demo" in str(e.value)
    assert "Add it to the table stages" in str(e.value)


@pytest.mark.parametrize("how", WAYS)
def test_stages_of_their_own_pipelines_are_right(how, tmp_path):
    data = opened(how, tmp_path, tables(["Demo", "Proposal"]), as_of="2025-01-31")

    assert weighted(data) == pytest.approx(50 + 90)
    assert data.notes == ()


def test_such_rows_are_set_aside_by_the_name_of_the_rule():
    data = rk.Dataset(
        **tables(["Demo", "Demo"]), as_of="2025-01-31",
        set_aside=["opportunity_history.stage_unknown"],
    )  # fmt: skip

    assert data.opportunity_history.count().execute() == 1
    (note,) = data.notes
    assert "1 row is set aside: stage is none of the pipeline of its deal" in str(note)


@pytest.mark.parametrize("how", WAYS)
def test_a_deal_without_a_pipeline_beside_named_ones_is_refused(how, tmp_path):
    data = opened(how, tmp_path, tables(["Demo", "Proposal"], ("new", None)), as_of="2025-01-31")

    with pytest.raises(DataError, match="stage is none of the pipeline of its deal in 1 row") as e:
        weighted(data)
    assert "pipeline=(none), stage=Proposal" in str(e.value)
    assert 'words: {"": default}' in str(e.value)


def test_deals_need_a_pipeline_where_stages_have_one():
    with pytest.raises(ColumnError, match="opportunities has no column 'pipeline'"):
        weighted(rk.Dataset(**tables(["Demo", "Demo"], None), as_of="2025-01-31"))


def test_a_pipeline_that_stages_lack_has_no_stage():
    data = rk.Dataset(**tables(["Proposal", "Proposal"], ("new", "partners")), as_of="2025-01-31")

    with pytest.raises(DataError, match="pipeline=partners, stage=Proposal"):
        weighted(data)
