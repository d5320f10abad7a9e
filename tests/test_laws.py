"""Laws that every metric of the catalogue obeys, written once.

Each law changes the company, or the call, in a way whose effect is known. A new metric is held to
all of them by being listed.
"""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

import revkit as rk

NAMES = sorted(rk.metrics.__all__)
CATALOGUE = rk.catalog().set_index("name").loc[NAMES]
ADDITIVE = [name for name in NAMES if CATALOGUE.loc[name, "additive"]]
IN_MONEY = {"money", "money/month", "money/day"}
# what they total is known only from today: a cohort's outcome comes later, and without history an
# open deal has the amount of today
SETTLED = sorted({*NAMES} - {"close_rate", "lead_to_customer_rate", "mql_to_sql_rate"})
NUMBERS = ["value", "low", "high"]
EXAMPLES = ("deals", "leads", "retention", "team")


@pytest.fixture(scope="session")
def generated():
    """A made-up company of 150 accounts, with every table that a metric needs."""
    return rk.generate(accounts=150, months=14, seed=3)


@pytest.fixture(scope="session")
def tables(generated):
    return {name: table.to_pandas() for name, table in generated.tables.items()}


@pytest.fixture(scope="session")
def data(generated):
    return generated.data


def company(tables, generated, **how):
    return rk.Dataset(**{"as_of": generated.as_of, "currency": "EUR"} | how, **tables)


def metric(name):
    return getattr(rk.metrics, name)


@pytest.fixture(scope="session")
def monthly(data):
    """Each metric by month, computed once for all the laws that compare with it."""
    return cache(lambda name: metric(name)(data))


def same(one, other):
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-9, check_exact=False)


# What a company is written down as changes nothing


@pytest.fixture(scope="session")
def shuffled(tables, generated):
    mixed = {
        name: table.sample(frac=1, random_state=7)[sorted(table.columns, reverse=True)]
        for name, table in tables.items()
    }
    return company(mixed, generated)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_rows_and_columns_means_nothing(name, monthly, shuffled):
    same(metric(name)(shuffled), monthly(name))


@pytest.fixture(scope="session")
def renamed(tables, generated):
    """The same company with every id spelt backwards, so that they sort another way."""
    ids = {
        name: [c for c in table.columns if c.endswith("_id") or c == "renewed_from"]
        for name, table in tables.items()
    }
    other = {
        name: table.assign(
            **{c: table[c].map(backwards, "ignore").astype("str") for c in ids[name]}
        )
        for name, table in tables.items()
    }
    return company(other, generated)


def backwards(name):
    return f"x{str(name)[::-1]}"


@pytest.mark.parametrize("name", NAMES)
def test_the_names_of_ids_mean_nothing(name, monthly, renamed):
    same(metric(name)(renamed), monthly(name))


@pytest.fixture(scope="session")
def richer(tables, generated):
    """The same company in a currency worth a quarter as much."""
    money = {
        name: {
            column: table[column] * 4
            for column in table.columns
            if column in ("amount", "mrr", "unit_price", "list_unit_price", "list_price")
        }
        for name, table in tables.items()
    }
    scaled = {name: table.assign(**money[name]) for name, table in tables.items()}
    return company(scaled, generated)


@pytest.mark.parametrize("name", NAMES)
def test_money_scales_with_the_currency_and_nothing_else_does(name, monthly, richer):
    factor = 4 if CATALOGUE.loc[name, "unit"] in IN_MONEY else 1

    base, scaled = monthly(name), metric(name)(richer)

    expected = base.assign(**{column: base[column] * factor for column in NUMBERS})
    pd.testing.assert_frame_equal(scaled, expected, rtol=1e-6, atol=1e-4)


@pytest.fixture(scope="session")
def bare(tables, generated):
    """The same company with every optional column that no metric names emptied."""
    needed = {"amount", "status", "pricing", "currency", "is_test", "seq", "line", "kind",
              "lead_id", "opportunity_id", "account_id", "disqualified_at", "category", "interval",
              "discount", "is_automated", "refunded", "stage"}  # fmt: skip
    from revkit.schema import TABLES

    emptied = {}
    for name, table in tables.items():
        optional = [
            column
            for column in table.columns
            if TABLES[name].columns[column].optional and column not in needed
        ]
        emptied[name] = table.assign(**dict.fromkeys(optional))
    return company(emptied, generated)


@pytest.mark.parametrize("name", NAMES)
def test_optional_columns_may_be_empty(name, monthly, bare):
    same(metric(name)(bare), monthly(name))


# Groups, periods and ranges


@pytest.mark.parametrize("name", ADDITIVE)
def test_sums_add_up_over_groups_to_the_total(name, data, monthly):
    total = monthly(name).set_index("period")["value"]

    grouped = metric(name)(data, by="segment").groupby("period")["value"].sum()

    pd.testing.assert_series_equal(grouped, total, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_periods_are_sorted_and_none_is_missing_or_twice_there(name, data, monthly):
    frame = monthly(name)
    keys = [column for column in frame.columns if column in ("stage",)]

    for _, rows in frame.groupby(keys) if keys else [("", frame)]:
        months = rows["period"].dt.to_period("M")
        expected = pd.period_range(months.min(), data.as_of, freq="M")
        assert months.tolist() == expected.tolist()


@pytest.mark.parametrize("name", NAMES)
def test_start_and_end_choose_what_is_returned_and_change_nothing(name, data, monthly):
    whole = monthly(name)
    chosen = (whole["period"] >= "2023-06-01") & (whole["period"] < "2023-10-01")

    part = metric(name)(data, start="2023-06-15", end="2023-09-02")

    keys = [
        column for column in whole.columns if column not in (*NUMBERS, "n", "small", "complete")
    ]
    expected = whole[chosen].set_index(keys)
    same(part.set_index(keys)[NUMBERS], expected.loc[part.set_index(keys).index, NUMBERS])
    assert part["period"].nunique() == 4


@pytest.mark.parametrize("name", NAMES)
def test_a_wider_level_is_wider(name, data, monthly):
    narrow, wide = monthly(name), metric(name)(data, level=0.99)

    below, above = wide["low"] - narrow["low"], wide["high"] - narrow["high"]

    assert (below.dropna() <= 0).all()
    assert (above.dropna() >= 0).all()
    assert wide["value"].equals(narrow["value"])
    uncertain = (narrow["low"] > 0) & (narrow["low"] < narrow["value"])
    if CATALOGUE.loc[name, "interval"] != "quantile":  # it steps from one value to the next
        assert (below[uncertain] < 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_census_has_no_interval_and_a_sample_has_one(name, data):
    bounds = metric(name)(data, period="year")[["low", "high"]]

    if CATALOGUE.loc[name, "interval"] == "none":
        assert bounds.isna().all(axis=None)
    # too few do the first two at the company at hand, and its money is in one currency
    elif name not in ("reactivation_mrr", "expansion_rate", "fx_movement_mrr"):
        assert bounds.notna().any(axis=None)


@pytest.mark.parametrize("name", NAMES)
def test_values_lie_where_their_unit_allows(name, data):
    frame = metric(name)(
        data, by="channel" if "spend" in CATALOGUE.loc[name, "tables"] else "segment"
    )
    value, unit = frame["value"], CATALOGUE.loc[name, "unit"]

    assert not np.isinf(frame[NUMBERS].to_numpy()).any()
    assert frame["n"].dtype == "Int64"
    assert (frame["n"].dropna() >= 0).all()
    assert ((value - frame["low"]).dropna() >= -1e-9).all()
    assert ((frame["high"] - value).dropna() >= -1e-9).all()
    if unit == "share":
        assert frame[NUMBERS].min().min() >= 0
        assert frame[NUMBERS].max().max() <= 1
    if unit == "count":
        assert (value == value.round()).all()
        assert (value >= 0).all()
    if CATALOGUE.loc[name, "additive"]:
        assert value.notna().all()


@pytest.mark.parametrize("name", NAMES)
def test_a_period_is_complete_only_when_it_is_over(name, tables, generated):
    middle = generated.as_of.replace(day=1) + timedelta(days=9)

    frame = metric(name)(company(tables, generated, as_of=middle))

    assert not frame.loc[frame["period"] == frame["period"].max(), "complete"].any()


@pytest.mark.parametrize("name", NAMES)
def test_what_closes_on_the_day_after_a_period_is_in_the_next(name):
    """Every date of the company is 1 April or later but what opened before: March saw nothing."""
    data = on_one_day(date(2026, 4, 1))

    march = metric(name)(data, start="2026-03-01", end="2026-04-01")
    april = metric(name)(data, start="2026-04-01")

    quiet = march["value"].isna() | (march["value"] == 0)
    stands = name in ("mrr", "arr", "arpa", "nrr", "grr", "pipeline_open")
    assert quiet.all() or stands
    assert april["value"].notna().any()


def on_one_day(day):
    """One account that left, one that came, one deal won, one lost, on one day."""
    earlier, at = date(2026, 1, 10), pd.Timestamp(day)
    deal = {"created_on": earlier, "closed_on": day, "amount": 100.0}
    return rk.Dataset(
        as_of=date(2026, 4, 30),
        opportunities=pd.DataFrame(
            [
                {"opportunity_id": "o1", "lead_id": "l1", "is_won": True} | deal,
                {"opportunity_id": "o2", "lead_id": None, "is_won": False} | deal,
                {"opportunity_id": "o3", "lead_id": None, "is_won": True}
                | deal
                | {"created_on": day},
            ]
        ),
        leads=pd.DataFrame([{"lead_id": "l1", "created_at": at}]),
        lead_history=pd.DataFrame(
            [
                {"lead_id": "l1", "entered_at": at, "stage": "MQL"},
                {"lead_id": "l1", "entered_at": at + pd.Timedelta(hours=2), "stage": "SQL"},
            ]
        ),
        subscriptions=pd.DataFrame(
            [
                ("s1", "leaves", earlier, day, 10.0),
                ("s2", "comes", day, None, 20.0),
                ("s3", "stays", earlier, None, 30.0),
            ],
            columns=["subscription_id", "account_id", "started_on", "ended_on", "mrr"],
        ),
        spend=pd.DataFrame(
            [{"spend_id": "x1", "spent_on": day, "function": "marketing", "amount": 9.0}]
        ),
    )


# Small companies


@pytest.fixture(scope="session")
def empty(tables):
    return rk.Dataset(as_of="2026-03-31", **{name: rows.iloc[:0] for name, rows in tables.items()})


@pytest.mark.parametrize("name", NAMES)
def test_where_nothing_ever_happened_sums_are_nothing_and_rates_unknown(name, empty):
    frame = metric(name)(empty, start="2026-01-01")

    assert list(frame.columns[-6:]) == ["value", "low", "high", "n", "small", "complete"]
    if CATALOGUE.loc[name, "additive"]:
        assert frame["value"].tolist() == [0, 0, 0]
    else:
        assert frame["value"].isna().all()


@pytest.mark.parametrize("name", NAMES)
def test_without_a_row_or_a_start_there_is_no_period(name, empty):
    assert len(metric(name)(empty)) == 0


@pytest.mark.parametrize("name", NAMES)
def test_one_row_and_one_account_are_enough(name, tables, generated):
    account = tables["subscriptions"]["account_id"].iloc[0]
    one = {
        table: rows[rows["account_id"] == account].iloc[:1]
        if "account_id" in rows
        else rows.iloc[:1]
        for table, rows in tables.items()
    }

    frame = metric(name)(company(one, generated))

    assert not np.isinf(frame[NUMBERS].to_numpy()).any()
    assert (frame["n"].dropna() <= 1).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_answer_where_they_have_the_tables(name):
    answers = []
    for example in map(rk.example, EXAMPLES):
        try:
            answers.append(metric(name)(example, period="quarter"))
        except rk.errors.TableError:
            continue

    assert any(answer["value"].notna().any() for answer in answers)


# Time


@pytest.fixture(scope="session")
def earlier(tables, generated):
    day = (generated.as_of.replace(day=1) - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return day, company(tables, generated, as_of=day)


@pytest.mark.parametrize("name", NAMES)
def test_a_past_report_is_what_replay_gives(name, data, earlier):
    day, then = earlier

    same(metric(name)(data.replay(day)), metric(name)(then))


@pytest.mark.parametrize("name", SETTLED)
def test_what_is_complete_stays_as_it_is(name, monthly, earlier):
    _, then = earlier
    before, after = metric(name)(then), monthly(name)

    keys = [column for column in before.columns if column in ("stage", "period")]
    done = before[before["complete"]].set_index(keys)
    now = after.set_index(keys).loc[done.index]

    pd.testing.assert_series_equal(now["value"], done["value"], rtol=1e-9, atol=1e-6)
    assert len(done) > 5


@pytest.mark.parametrize("name", sorted({*NAMES} - {*SETTLED}))
def test_a_cohort_that_is_complete_stays_as_it_is(name, data, earlier):
    _, then = earlier
    before, after = metric(name)(then, within=30), metric(name)(data, within=30)

    done = before[before["complete"]].set_index("period")["value"]

    assert len(done) > 5
    pd.testing.assert_series_equal(after.set_index("period")["value"].loc[done.index], done)


def test_net_retention_never_reaches_below_nothing():
    """Three accounts, one gone: the plain interval would begin far below 0."""
    low = rk.metrics.nrr(rk.example("retention"), start="2026-03-01")["low"]

    assert low.tolist() == [0.0]
