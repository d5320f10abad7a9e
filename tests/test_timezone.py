"""Days in a time zone: what is late in UTC is tomorrow in Rome and yesterday in New York."""

import re
from datetime import date, datetime
from pathlib import Path

import ibis
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import PeriodError
from revkit.periods import begin, day_of, local_day

LATE = datetime(2026, 3, 31, 23, 30)
ROME, NEW_YORK = rk.Policy(timezone="Europe/Rome"), rk.Policy(timezone="America/New_York")


def leads(*moments, policy, as_of="2026-04-30", **columns):
    rows = [{"lead_id": f"l{n}", "created_at": at} | columns for n, at in enumerate(moments)]
    return rk.Dataset(as_of=as_of, policy=policy, leads=pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("policy", "expected"), [(rk.Policy(), [1, 0]), (ROME, [0, 1]), (NEW_YORK, [1, 0])]
)
def test_a_lead_of_the_last_half_hour_is_next_month_s_in_rome(policy, expected):
    spent = [
        {"spend_id": f"x{month}", "spent_on": date(2026, month, 1), "function": "marketing",
         "category": "programs", "amount": 10.0}
        for month in (3, 4)
    ]  # fmt: skip
    people = pd.DataFrame([{"lead_id": "l0", "created_at": LATE}])
    data = rk.Dataset(as_of="2026-04-30", policy=policy, leads=people, spend=pd.DataFrame(spent))

    found = rk.metrics.cost_per_lead(data, start="2026-03-01")

    assert found["n"].tolist() == expected
    assert found["value"].dropna().tolist() == [10.0]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 29, 0, 30), date(2026, 3, 29)),
        (datetime(2026, 3, 28, 22, 59), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0), date(2026, 3, 30)),
    ],
)
def test_the_engine_python_and_the_clock_agree_around_the_change_of_the_hour(moment, day):
    column = ibis.memtable({"at": [moment]}).at

    assert local_day(column, "Europe/Rome").to_pyarrow().to_pylist() == [day]
    assert day_of(moment, "Europe/Rome") == day
    assert begin(day, "Europe/Rome") <= moment


def test_a_day_is_a_day_wherever_it_is():
    days = ibis.memtable({"on": [date(2026, 3, 31)]}).on

    assert local_day(days, "Asia/Tokyo").equals(days)


def test_utc_is_a_plain_cast():
    table = ibis.table({"at": "timestamp"}, name="t")

    assert local_day(table.at, "UTC").equals(table.at.cast("date"))


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "databricks"])
def test_a_deferred_column_waits_for_its_table(dialect):
    table = ibis.table({"at": "timestamp"}, name="t")

    later, now = local_day(ibis._.at, "Asia/Tokyo"), local_day(table.at, "Asia/Tokyo")

    assert later.resolve(table).equals(now)
    assert "Asia/Tokyo" in ibis.to_sql(table.select(day=later), dialect=dialect)


def test_the_company_is_known_as_of_the_day_it_is_there():
    assert leads(LATE, policy=rk.Policy(), as_of=None).as_of == date(2026, 3, 31)
    assert leads(LATE, policy=ROME, as_of=None).as_of == date(2026, 4, 1)
    assert leads(LATE, policy=NEW_YORK, as_of=None).as_of == date(2026, 3, 31)


def test_replay_ends_the_day_where_it_ends_there():
    """22:30 UTC on 31 March is already April in Rome, 21:30 not yet."""
    before, after = datetime(2026, 3, 31, 21, 30), datetime(2026, 3, 31, 22, 30)

    known = leads(before, after, policy=ROME).replay("2026-03-31")

    assert known.leads.lead_id.to_pyarrow().to_pylist() == ["l0"]
    in_utc = leads(before, after, policy=rk.Policy()).replay("2026-03-31")
    assert in_utc.leads.lead_id.to_pyarrow().to_pylist() == ["l0", "l1"]


def test_what_a_later_moment_told_is_not_known():
    """Disqualified at 22:30 UTC: on 31 March in UTC, in April in Rome."""
    late = datetime(2026, 3, 31, 22, 30)
    row = {"disqualified_at": late, "disqualified_reason": "no money"}
    data = {
        name: leads(datetime(2026, 3, 1), policy=policy, **row).replay("2026-03-31")
        for name, policy in {"UTC": rk.Policy(), "Rome": ROME}.items()
    }

    assert data["UTC"].leads.disqualified_reason.to_pyarrow().to_pylist() == ["no money"]
    assert data["Rome"].leads.disqualified_reason.to_pyarrow().to_pylist() == [None]


def test_a_company_shows_its_days():
    assert "2026-04-01 to 2026-04-01" in repr(leads(LATE, policy=ROME))


def test_days_within_count_from_the_day_it_was_there():
    """Created on 1 April in Rome and won on the 11th: within 10 days; from 31 March, 11."""
    won = {"opportunity_id": "o", "lead_id": "l0", "created_on": date(2026, 4, 2)}
    deals = pd.DataFrame([won | {"closed_on": date(2026, 4, 11), "is_won": True}])
    people = pd.DataFrame([{"lead_id": "l0", "created_at": LATE}])

    found = {
        policy.timezone: rk.metrics.lead_to_customer_rate(
            rk.Dataset(as_of="2026-06-30", policy=policy, leads=people, opportunities=deals),
            period=None,
            within=10,
        )["value"].tolist()
        for policy in (rk.Policy(), ROME)
    }

    assert found == {"UTC": [0.0], "Europe/Rome": [1.0]}


def test_visits_to_stages_are_cut_into_days_there():
    """MQL at 23:30 UTC on 31 March: the stage of April's leads in Rome."""
    days = {"l0": LATE, "before": datetime(2026, 2, 10)}  # on record since February
    history = pd.DataFrame(
        [{"lead_id": lead, "entered_at": day, "stage": "MQL"} for lead, day in days.items()]
    )

    found = {
        policy.timezone: rk.metrics.mqls(
            rk.Dataset(as_of="2026-04-30", policy=policy, lead_history=history), start="2026-03-01"
        )["value"].tolist()
        for policy in (rk.Policy(), ROME)
    }

    assert found == {"UTC": [1, 0], "Europe/Rome": [0, 1]}


def test_a_zone_that_no_place_keeps_is_refused():
    with pytest.raises(PeriodError, match=r"'Europe/Roma' is not .* Did you mean 'Europe/Rome'"):
        rk.Policy(timezone="Europe/Roma")


def test_no_day_is_cut_elsewhere():
    """A moment cast to a date is a day in UTC, whatever the policy says."""
    package = Path(rk.__file__).parent
    layers = ("dataset", "derived", "measures", "metrics", "analysis")
    bare = {
        f"{path.relative_to(package)}:{number}"
        for layer in layers
        for path in (package / layer).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r'_at\b.*\.cast\("date"\)|_at\b.*\.date\(\)', line)
    }

    assert bare == set()
