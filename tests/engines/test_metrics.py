"""Every metric of the catalogue says the same on every engine, and only small answers travel."""

import numpy as np
import pytest

import revkit as rk
from revkit.catalogue.catalogue import known
from revkit.errors import RevkitError
from tests.engines.asked import CASES, ENGINES, Answers

METRICS = list(known())
AT_SPOT = ["mrr", "fx_movement_mrr", "net_new_mrr", "nrr", "churned_mrr"]
CENT = 0.005
DAILY = ["churn_rate_daily"]
"""What is added up by the day: a row at most for each day on which an account changes."""

PERIODIC = [metric for metric in METRICS if metric not in DAILY]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_metric_is_the_same_on_every_engine(engine, case, metric, answers, differences):
    ours, theirs = answers("duckdb", case)[metric], answers(engine, case)[metric]

    if isinstance(ours, RevkitError):  # no such dimension, or no window: told alike everywhere
        assert case != "month"
        assert (type(theirs), str(theirs)) == (type(ours), str(ours))
        return
    keys = list(ours.columns[: list(ours.columns).index("value")])
    assert theirs[keys].equals(ours[keys])
    assert theirs["n"].equals(ours["n"])
    assert theirs["small"].equals(ours["small"])
    assert theirs["complete"].equals(ours["complete"])
    worst = differences.setdefault((metric, engine), {"value": 0.0, "interval": 0.0, "cases": []})
    money = known()[metric].unit.startswith("money")
    worst["value"] = max(worst["value"], apart(ours, theirs, "value", CENT if money else 1e-9))
    for end in ("low", "high"):
        worst["interval"] = max(worst["interval"], apart(ours, theirs, end, 1e-6))
    worst["cases"].append(case)


@pytest.mark.parametrize("engine", ENGINES)
def test_money_at_spot_rates_is_the_same_on_every_engine(engine, data):
    """What rates move is a movement of its own there."""
    ours, theirs = (
        rk.measure(
            data(on).with_policy(rk.Policy(fx="spot")), AT_SPOT, by="segment", period="quarter"
        )
        for on in ("duckdb", engine)
    )

    assert (ours.loc[ours["metric"] == "fx_movement_mrr", "value"].abs() > 1).any()
    assert theirs[["metric", "segment", "period"]].equals(ours[["metric", "segment", "period"]])
    apart(ours, theirs, "value", 1e-9)
    apart(ours, theirs, "low", 1e-6)


def apart(ours, theirs, column, allowed):
    """How far two columns are apart at most; money in money, all else as a part of the whole."""
    a, b = ours[column].to_numpy(float), theirs[column].to_numpy(float)
    assert (np.isnan(a) == np.isnan(b)).all()
    assert (np.isfinite(a) == np.isfinite(b)).all()
    known = np.isfinite(a)
    size = 1.0 if allowed == CENT else np.maximum(1.0, np.abs(a[known]))
    worst = float(np.max(np.abs(a - b)[known] / size, initial=0.0))
    assert worst <= allowed
    return worst


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("engine", ENGINES)
def test_as_many_rows_travel_as_from_duckdb_and_no_more_than_groups_by_periods(
    engine, case, company, answers, traffic
):
    rows = company[0]["subscriptions"].to_pylist()
    changes = {(row["account_id"], row[day]) for row in rows for day in ("started_on", "ended_on")}
    cells = [
        len(found)
        for found in (answers(engine, case)[metric] for metric in METRICS)
        if not isinstance(found, RevkitError)
    ]
    for metric in METRICS:
        _ = answers("duckdb", case)[metric]
    rows = traffic.several(engine, case)

    assert rows == traffic.several("duckdb", case)
    # and rows of no period, one a group
    assert traffic.largest(engine, case, PERIODIC) <= max(cells) + 12
    assert traffic.largest(engine, case, DAILY) <= len(changes)


def test_twice_the_company_is_no_more_to_carry(company, data, answers, traffic):
    tables, as_of = company
    twice = rk.Dataset(
        as_of=as_of,
        currency="EUR",
        **{name: doubled(name, t) for name, t in tables.items()},
    )

    doubly = Answers(twice, CASES["segment"], traffic, ("twice", "segment"))
    for metric in METRICS:
        _ = doubly[metric], answers("duckdb", "segment")[metric]

    once, both = (of.leads.count().to_pyarrow().as_py() for of in (data("duckdb"), twice))
    assert both == 2 * once > 0
    assert traffic.several("twice", "segment") == traffic.several("duckdb", "segment")


def doubled(name, table):
    """A table and its twin, under other ids; what has no id of its own stays as it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from revkit.schema import TABLES

    columns = TABLES[name].columns
    ids = [c for c in table.column_names if columns[c].type == "id"]
    if not any(columns[c].key for c in ids) or name == "products":
        return table
    twin = table
    for column in ids:
        if columns[column].references != "products":
            other = pc.binary_join_element_wise(table[column], "twin", "-")
            twin = twin.set_column(twin.column_names.index(column), column, other)
    return pa.concat_tables([table, twin])
