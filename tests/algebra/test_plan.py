"""Making a plan checks what is asked and runs no query; the queries come later."""

import ibis
import pytest

import revkit as rk
from revkit.catalogue import known
from revkit.errors import DimensionError, ParameterError, TableError


@pytest.fixture
def queries(monkeypatch):
    """The expressions that are sent to an engine, as they are sent."""
    sent = []
    for door in ("to_pyarrow", "execute", "to_pyarrow_batches"):
        former = getattr(ibis.Expr, door)

        def counted(self, *args, _former=former, **options):
            sent.append(self)
            return _former(self, *args, **options)

        monkeypatch.setattr(ibis.Expr, door, counted)
    return sent


@pytest.mark.parametrize("how", [{}, {"by": "segment", "period": None}, {"trailing": 3}])
def test_plans_run_no_query(queries, how):
    company = rk.load("data/sample")  # without a date, so that finding it would take queries

    plans = {name: made.plan(company, how) for name, made in known().items()}

    assert len(plans) >= 84
    assert queries == []


def test_the_frame_runs_them(queries):
    frame = rk.metrics.win_rate.plan(rk.example("deals"), {"period": "year"}).frame()

    assert len(frame)
    assert queries


def test_a_plan_refuses_what_can_be_known_without_a_query(queries):
    company = rk.example("deals")

    with pytest.raises(ParameterError, match="level"):
        rk.metrics.win_rate.plan(company, {"level": 2})
    with pytest.raises(TableError, match="subscriptions"):
        rk.metrics.mrr.plan(company, {})
    assert queries == []


def test_preparing_a_plan_makes_its_queries():
    company = rk.example("deals")

    assert len(rk.metrics.win_rate.plan(company, {}).queries()) == 2  # by row, and by account
    with pytest.raises(DimensionError, match="planet"):
        rk.metrics.win_rate.plan(company, {"by": "planet"}).prepare()
