"""Pipeline, funnel and marketing: each metric against the same thing counted another way."""

from datetime import date, datetime, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit import derived
from revkit.algebra.query.batch import Batch
from revkit.periods import Calendar
from tests.support.companies import pipeline as made
from tests.support.companies.common import AS_OF, MARCH, of

MONTH = Calendar("month")
APRIL = date(2026, 4, 1)


RECORDED = date(2023, 1, 1)
"""First day from which the generated company's deals were decided; some are older."""


@pytest.fixture(scope="module")
def data():
    return rk.generate(accounts=200, months=14, seed=4).data


def table(data, name):
    return derived.table(data, name, MONTH).to_pandas()


def frame(data, name):
    return data.table(name).to_pandas()


def march(metric, data, **how):
    (value,) = metric(data, **{"start": MARCH} | how)["value"]
    return value


def by(metric, data, dimension, **how):
    result = metric(data, by=dimension, **{"start": MARCH} | how)
    return dict(zip(result[dimension], result["value"], strict=True))


# Stages


def process(*histories):
    """Deals by the stages they enter, one every second day from 2 March; 'Won' ends as won."""
    deals, rows = [], []
    for number, path in enumerate(histories):
        name, day = f"o{number}", date(2026, 3, 2)
        for place, stage in enumerate(path):
            rows.append(made.change(name, day + timedelta(2 * place), stage))
        closed = day + timedelta(2 * (len(path) - 1)) if path[-1] in ("Won", "Lost") else None
        won = None if closed is None else path[-1] == "Won"
        deals.append(made.deal(name, day, closed, won))
    return of(opportunities=deals, opportunity_history=rows, stages=made.stages())


AWKWARD = (
    ("Discovery", "Demo", "Proposal", "Won"),
    ("Discovery", "Proposal", "Won"),  # skips a stage
    ("Proposal", "Lost"),  # begins beyond two
    ("Discovery", "Demo", "Discovery", "Lost"),  # goes back
    ("Demo", "Won", "Proposal", "Lost"),  # was won, and is lost
    ("Discovery",),
)


def test_stages_come_in_the_order_of_the_process():
    steps = rk.metrics.stage_conversion(process(*AWKWARD), period=None)
    parts = rk.metrics.stage_conversion.parts(process(*AWKWARD), period=None)

    assert list(steps["stage"]) == list(parts["stage"]) == ["Discovery", "Demo", "Proposal"]
    assert steps.attrs["metric"] == "stage_conversion"


def test_the_product_of_the_steps_is_the_way_from_end_to_end():
    steps = by(rk.metrics.stage_conversion, process(*AWKWARD), "stage", period=None)

    assert steps == {"Discovery": 5 / 6, "Demo": 4 / 5, "Proposal": 2 / 4}
    assert steps["Discovery"] * steps["Demo"] * steps["Proposal"] == pytest.approx(2 / 6)


def test_the_product_of_the_steps_is_the_way_from_end_to_end_in_a_whole_pipeline(data):
    data = data.where(pipeline="Sales")
    steps = rk.metrics.stage_conversion(data, period=None, start="2015-01-01")
    deals = frame(data, "opportunities")
    known = deals["opportunity_id"].isin(frame(data, "opportunity_history")["opportunity_id"])

    assert steps["value"].prod() == pytest.approx(deals["is_won"].eq(True)[known].mean())
    assert steps["n"].max() == known.sum()


def test_a_lost_stage_is_no_place_on_the_way():
    visits = table(process(("Discovery", "Lost")), "opportunity_stages")

    assert visits.loc[visits["stage"] == "Lost", "position"].isna().all()
    assert visits["furthest"].max() == 0


def test_an_open_deal_leaves_its_cohort_incomplete():
    steps = rk.metrics.stage_conversion(process(*AWKWARD), start=MARCH).set_index("stage")

    assert steps["complete"].to_dict() == {"Discovery": False, "Demo": True, "Proposal": True}


def test_a_stage_that_nobody_leaves_is_shown():
    stuck = made.moving(5)

    steps = rk.metrics.stage_conversion(stuck, start=MARCH).set_index("stage")
    spent = rk.metrics.stage_duration(stuck, start=MARCH).set_index("stage")

    assert steps["value"].to_dict() == {"Demo": 0, "Discovery": 1}
    assert steps["n"].to_dict() == {"Demo": 5, "Discovery": 5}
    assert spent.loc["Demo", "n"] == 5
    assert pd.isna(spent.loc["Demo", "value"])


def test_time_in_a_stage_adds_its_visits_and_goes_on_while_the_deal_is_there():
    back = process(("Discovery", "Demo", "Discovery", "Demo", "Won"))
    there = process(("Discovery", "Demo", "Discovery"))

    spent = by(rk.metrics.stage_duration, back, "stage")
    waiting = table(there, "opportunity_stages").set_index(["stage", "visit"])

    assert spent == {"Discovery": 4, "Demo": 4}
    assert pd.isna(waiting.loc[("Discovery", 1), "days"])
    assert waiting.loc[("Discovery", 1), "watched"] == 2 + (AS_OF - date(2026, 3, 6)).days
    assert waiting.loc[("Demo", 1), "days"] == 2


# Leads


def lead(name, day=3, **more):
    return {"lead_id": name, "created_at": datetime(2026, 3, day, 9)} | more


def entry(name, stage, day):
    return {"lead_id": name, "stage": stage, "entered_at": datetime(2026, 3, day, 9)}


PEOPLE = [
    lead("l1", 3, email="ada@alder"),
    lead("l2", 5, email="ada@alder"),
    lead("l3", 6, account_id="1"),
    lead("l4", 7, account_id="1"),
    lead("l5", 8, account_id="1", email="bea@birch"),
    lead("1", 9),  # an id like the account's is not the account
    lead("l7", 9),
]


def test_a_person_is_counted_once():
    history = [entry(row["lead_id"], "MQL", 10) for row in PEOPLE]
    again = [entry("l7", "recycled", 12), entry("l7", "MQL", 20)]
    data = of(leads=PEOPLE, lead_history=history + again)

    assert march(rk.metrics.mqls, data) == 5
    assert sorted(table(data, "new_leads")["lead_id"]) == ["1", "l1", "l3", "l5", "l7"]
    assert march(rk.metrics.mqls, of(lead_history=history + again)) == len(PEOPLE)


def test_a_channel_without_spend_costs_nothing_and_one_without_leads_has_no_cost_per_lead():
    spend = [
        {"spend_id": channel, "spent_on": MARCH, "function": "marketing", "channel": channel,
         "amount": 90.0}
        for channel in ("search", "events")
    ]  # fmt: skip
    people = [
        lead("l1", channel="search"),
        lead("l2", channel="search", email="x"),
        lead("l3", channel="search", email="x"),
        lead("l4", channel=None),
    ]

    cost = by(rk.metrics.cost_per_lead, of(leads=people, spend=spend), "channel")

    assert cost["search"] == 45
    assert cost["(missing)"] == 0
    assert pd.isna(cost["events"])


def test_a_lead_that_skips_acceptance_is_accepted():
    data = made.accepted(mql=4, sal=1, sql=2)

    assert march(rk.metrics.sql_acceptance_rate, data) == 0.5
    assert march(rk.metrics.mql_to_sql_rate, data) == 0.5


def test_without_a_stage_of_acceptance_the_two_rates_are_one(data):
    accepted, qualified = rk.metrics.sql_acceptance_rate(data), rk.metrics.mql_to_sql_rate(data)

    assert accepted["value"].equals(qualified["value"])


def test_speed_to_lead_is_the_median_where_everybody_was_reached():
    waits = [3, 8, 1, 40, 5]

    assert march(rk.metrics.speed_to_lead, made.answered(waits)) == 5
    assert march(rk.metrics.speed_to_lead, made.answered(waits, never=2)) == 8
    assert pd.isna(march(rk.metrics.speed_to_lead, made.answered(waits, never=6)))


def test_more_time_reaches_no_fewer_leads():
    data = made.answered([3, 8, 1, 40, 5], never=3, automatic=[1])
    within = [march(rk.metrics.speed_to_lead_within, data, minutes=m) for m in (0, 1, 5, 60, 9999)]

    assert within == [0, 1 / 9, 3 / 9, 5 / 9, 5 / 9]


def test_what_reaches_a_lead_is_outbound_and_comes_after_it():
    at = datetime(2026, 3, 3, 9)
    doing = {"rep_id": "r1", "is_selling": True, "lead_id": "l1", "kind": "call"}
    doings = [
        doing | {"activity_id": "x1", "occurred_at": at - timedelta(hours=1), "direction": "out"},
        doing | {"activity_id": "x2", "occurred_at": at + timedelta(minutes=2), "direction": "in"},
        doing | {"activity_id": "x3", "occurred_at": at + timedelta(minutes=3), "direction": "out",
                 "kind": "crm"},
        doing | {"activity_id": "x4", "occurred_at": at + timedelta(minutes=9), "direction": "out"},
    ]  # fmt: skip

    assert march(rk.metrics.speed_to_lead, of(leads=[lead("l1")], activities=doings)) == 9


def test_what_a_rep_did_is_outbound_unless_it_says_otherwise():
    doing = {"activity_id": "x1", "rep_id": "r1", "is_selling": True, "kind": "call"}
    doing |= {"occurred_at": datetime(2026, 3, 3, 9, 7), "lead_id": "l1"}

    assert march(rk.metrics.speed_to_lead, of(leads=[lead("l1")], activities=[doing])) == 7


def test_time_to_close_is_what_pandas_finds(data):
    leads, deals = frame(data, "leads"), frame(data, "opportunities")
    won = deals[deals["is_won"].eq(True)].groupby("lead_id")["closed_on"].min()
    joined = leads.join(won.rename("won_on"), on="lead_id").dropna(subset="won_on")
    days = (pd.to_datetime(joined["won_on"]) - joined["created_at"].dt.normalize()).dt.days

    whole = rk.metrics.time_to_close(data, period=None)

    assert whole["value"].item() == days.median()
    assert whole["n"].item() == len(days) > 4


# The pipeline of a period


def due_by_replay(data, first):
    """What was due in a month as known on the day before it began, from the company then."""
    states = table(data.replay(first - timedelta(1)), "pipeline_changes")
    still = states[states["until"].isna()]
    wanted = pd.to_datetime(still["expected_close_on"]).dt.to_period("M")
    return still[wanted == pd.Period(first, "M")]


def test_what_is_due_is_what_was_known_the_day_before(data):
    first = date(2023, 9, 1)
    opening = table(data, "period_pipeline")
    here = opening[pd.to_datetime(opening["expected_close_on"]).dt.to_period("M") == "2023-09"]

    then = due_by_replay(data, first)

    def amounts(rows):
        return rows.set_index("opportunity_id")["amount"].sort_index()

    pd.testing.assert_series_equal(amounts(here), amounts(then))
    assert len(then) > 2


def test_slippage_counts_what_was_due_and_did_not_close(data):
    first = date(2023, 9, 1)
    then = due_by_replay(data, first)
    deals = frame(data, "opportunities").set_index("opportunity_id")["closed_on"]
    closed = pd.to_datetime(deals[then["opportunity_id"]]).dt.to_period("M") == "2023-09"

    rate = rk.metrics.slippage_rate(data, start=first, end="2023-10-01")

    slipped = then["amount"][~closed.to_numpy()].sum()  # of those with an amount
    assert rate["value"].item() == pytest.approx(slipped / then["amount"].sum())
    assert rate["n"].item() == len(then)


def test_every_deal_due_has_one_outcome():
    data = made.due(won=3, lost=2, closed_late=1, still_open=4)
    rows = table(data, "period_pipeline")
    rows = rows[pd.to_datetime(rows["expected_close_on"]).dt.to_period("M") == "2026-03"]

    assert rows["outcome"].value_counts().to_dict() == {
        "won": 3, "lost": 2, "pushed": 1, "still open": 4
    }  # fmt: skip
    assert march(rk.metrics.slippage_rate, data) == 0.5


def test_what_is_created_or_pulled_in_later_was_not_due():
    deals = [made.deal("o1", MARCH), made.deal("o2", made.FEBRUARY)]
    history = [
        made.change("o1", MARCH),
        made.change("o2", made.FEBRUARY, due=made.LATER),
        made.change("o2", MARCH, due=made.DUE),
    ]
    data = of(opportunities=deals, opportunity_history=history)

    assert pd.isna(march(rk.metrics.slippage_rate, data))


def test_coverage_divides_a_quarters_quota_over_its_days():
    quota = {"target_id": "t1", "kind": "quota", "measure": "bookings", "amount": 9000.0,
             "starts_on": date(2026, 1, 1), "ends_on": APRIL}  # fmt: skip
    plan = quota | {"target_id": "t2", "kind": "plan"}
    others = quota | {"target_id": "t3", "measure": "leads"}
    data = made.due(still_open=31)
    tables = {name: frame(data, name).to_dict("records") for name in data.tables}

    covered = of(**tables, targets=[quota, plan, others])

    assert march(rk.metrics.pipeline_coverage, covered) == pytest.approx(31000 / (9000 * 31 / 90))


def test_pushes_are_moves_into_a_later_month_as_days_end(data):
    assert march(rk.metrics.push_count, made.pushed(2, 3, 1), period=None, start=None) == 2
    history = frame(data, "opportunity_history").sort_values(["changed_at", "seq"])
    deals = frame(data, "opportunities").set_index("opportunity_id")["closed_on"]
    expected = 0
    history = history[~history["stage"].isin(["Closed Won", "Closed Lost"])]
    for name, rows in history.groupby("opportunity_id"):
        days = pd.to_datetime(rows["changed_at"]).dt.date
        ends = rows.assign(day=days).groupby("day")["expected_close_on"].last()
        closed = deals[name]
        ends = ends[[pd.isna(closed) or day < pd.Timestamp(closed).date() for day in ends.index]]
        months = pd.to_datetime(ends).dt.to_period("M").dropna()
        told = np.array([day >= RECORDED for day in months.index], dtype=bool)
        expected += int(((months > months.shift()) & told).sum())

    counted = rk.metrics.push_count(data)["value"].sum()

    assert counted == expected > 10


def test_pushes_by_deal_say_which_are_often_pushed():
    data = made.pushed(5)

    assert by(rk.metrics.push_count, data, "opportunity", period=None, start=None) == {"o1": 5}
    assert by(rk.metrics.push_count, data, "push", period=None, start=None) == {
        "1": 1, "2": 1, "3+": 3
    }  # fmt: skip


def test_stale_deals_are_what_counting_days_finds(data):
    """On a company where most of what people did was never written down."""
    tables = {name: frame(data, name) for name in data.tables}
    data = rk.Dataset(as_of=data.as_of, **tables | {"activities": tables["activities"].iloc[::9]})
    day = date(2023, 11, 30)
    deals = frame(data, "opportunities").set_index("opportunity_id")
    history, doings = frame(data, "opportunity_history"), frame(data, "activities")
    doings = doings[doings["opportunity_id"].notna() & ~doings["is_automated"]]
    moments = [
        *zip(deals.index, pd.to_datetime(deals["created_on"]), strict=True),
        *zip(history["opportunity_id"], history["changed_at"], strict=True),
        *zip(doings["opportunity_id"], doings["occurred_at"], strict=True),
    ]
    last = {}
    for name, at in moments:
        if at.date() <= day and name in deals.index:
            last[name] = max(last.get(name, at.date()), at.date())
    closed = pd.to_datetime(deals["closed_on"])
    standing = deals.index[closed.isna() | (closed > pd.Timestamp(day))]
    stale = [name for name in standing if name in last and (day - last[name]).days > 30]

    counted = rk.metrics.stale_deals(data, start="2023-11-01", end="2023-12-01")

    assert counted["value"].item() == len(stale) > 0


def test_a_deal_that_was_quiet_and_is_not_is_no_longer_stale():
    data = made.quiet(days=[5, 120])  # the second since the day on which activities begin

    stale = rk.metrics.stale_deals(data, start="2025-12-01").set_index("period")["value"]

    assert stale.to_dict() == {
        pd.Timestamp("2025-12-01"): 0,
        pd.Timestamp("2026-01-01"): 2,
        pd.Timestamp("2026-02-01"): 2,
        pd.Timestamp("2026-03-01"): 1,
    }


def test_pipeline_is_weighted_by_the_stage_of_the_day_else_by_the_deal(data):
    weighed = rk.metrics.weighted_pipeline(data).set_index("period")["value"]
    opened = rk.metrics.pipeline_open(data).set_index("period")["value"]

    assert weighed.notna().tolist() == opened.notna().tolist()
    assert (weighed <= opened)[opened.notna()].all()
    assert (weighed[opened > 0] > 0).all()
    assert (weighed < opened).sum() > 12
    assert march(rk.metrics.weighted_pipeline, made.due(still_open=2, probability=1.0)) == 2000
    lone = of(opportunities=[made.deal("o1", MARCH, probability=0.25)])
    assert march(rk.metrics.weighted_pipeline, lone) == 250


@pytest.mark.parametrize(
    "metric", [rk.metrics.slippage_rate, rk.metrics.weighted_pipeline, rk.metrics.pipeline_created]
)
def test_without_history_the_present_stands_for_the_past_and_says_so(metric, data):
    bare = of(opportunities=[made.deal("o1", made.FEBRUARY, expected_close_on=made.DUE)])

    assert metric(bare).attrs["from_history"] is False
    assert metric(data).attrs["from_history"] is True


@pytest.mark.parametrize("metric", [rk.metrics.slippage_rate, rk.metrics.weighted_pipeline])
def test_without_history_there_is_no_stage(metric):
    bare = of(opportunities=[made.deal("o1", made.FEBRUARY, expected_close_on=made.DUE)])

    with pytest.raises(rk.errors.TableError, match="opportunity_history"):
        metric(bare, by="stage")


@pytest.mark.parametrize(
    ("metric", "lacking"),
    [
        (rk.metrics.stage_conversion, "opportunity_history"),
        (rk.metrics.stage_duration, "opportunity_history"),
        (rk.metrics.push_count, "opportunity_history"),
        (rk.metrics.campaign_influenced_pipeline, "touches"),
    ],
)
def test_what_needs_a_table_names_it(metric, lacking):
    with pytest.raises(rk.errors.TableError, match=lacking):
        metric(of(opportunities=[made.deal("o1", MARCH)]))


# Deals


def test_a_deal_closed_as_a_duplicate_is_neither_won_nor_lost():
    closed = date(2026, 3, 20)
    outcomes = [True, True, False, None, None]
    deals = [made.deal(f"o{n}", made.FEBRUARY, closed, won) for n, won in enumerate(outcomes)]
    data = of(opportunities=deals)

    assert march(rk.metrics.win_rate, data) == pytest.approx(2 / 3)
    assert march(rk.metrics.win_loss_ratio, data) == 2
    assert rk.metrics.win_rate(data, start=MARCH)["n"].item() == 3


def test_discounts_are_weighed_by_list_price():
    deals = [(500, 0.5), (9000, 0.0), (100, None), (0, 1.0)]

    rate = march(rk.metrics.discount_rate, made.discounted(deals))

    listed = 1000 + 9000
    assert rate == pytest.approx((1000 * 0.5 + 9000 * 0.0) / listed)


def test_pipeline_created_is_worth_what_it_was_worth_then():
    data = made.created([100, 300])

    assert march(rk.metrics.pipeline_created, data) == 400
    assert march(rk.metrics.pipeline_open, data) == 800


# Marketing


def test_the_parts_of_an_opportunity_are_all_of_it(data):
    parts = table(data, "attribution").groupby("opportunity_id")["weight"].sum()

    assert parts.to_numpy() == pytest.approx(1)
    assert len(parts) == len(frame(data, "opportunities"))


@pytest.mark.parametrize("dimension", ["campaign", "channel", "segment"])
@pytest.mark.parametrize("model", ["first", "last", "linear", "u_shaped", "time_decay"])
def test_what_is_attributed_adds_up_to_what_was_created(data, dimension, model):
    grouped = rk.metrics.attributed_pipeline(data, by=dimension, model=model)

    created = rk.metrics.pipeline_created(data).set_index("period")["value"]
    total = grouped.groupby("period")["value"].sum(min_count=1).dropna()  # since touches begin
    assert len(total) > 12
    assert total.to_numpy() == pytest.approx(created[total.index].to_numpy())


def journey(*before):
    """A deal of 100 created on 10 March, with touches of c0, c1 … so many days before."""
    opened = datetime(2026, 3, 10, 9)
    touches = [
        {"touch_id": f"t{n}", "opportunity_id": "o1", "campaign_id": f"c{n}",
         "touched_at": opened - timedelta(days)}
        for n, days in enumerate(before)
    ]  # fmt: skip
    campaigns = [{"campaign_id": f"c{n}", "channel": f"x{n % 2}"} for n in range(len(before))]
    rows = [made.deal("o1", opened.date(), amount=100.0)]
    rows.append(made.deal("o2", opened.date(), amount=60.0))  # touched by nothing
    return of(opportunities=rows, touches=touches, campaigns=campaigns)


@pytest.mark.parametrize(
    ("model", "before", "expected"),
    [
        ("first", (30, 14, 7, 0), [100, 0, 0, 0]),
        ("last", (30, 14, 7, 0), [0, 0, 0, 100]),
        ("linear", (30, 14, 7, 0), [25, 25, 25, 25]),
        ("u_shaped", (30, 14, 7, 0), [40, 10, 10, 40]),
        ("u_shaped", (30, 14), [50, 50]),
        ("u_shaped", (30,), [100]),
        ("time_decay", (14, 7, 0), [100 / 7, 200 / 7, 400 / 7]),
    ],
)
def test_each_model_shares_a_deal_among_its_touches(model, before, expected):
    found = by(rk.metrics.attributed_pipeline, journey(*before), "campaign_id", model=model)

    shares = [found.get(f"c{n}", 0) for n in range(len(before))]
    assert shares == pytest.approx(expected)
    assert sum(found.values()) == pytest.approx(160)


def test_an_unknown_model_is_refused_with_the_others():
    with pytest.raises(rk.errors.ParameterError, match="time_decay"):
        rk.metrics.attributed_pipeline(journey(1), model="markov")


def test_each_campaign_has_influenced_the_whole_of_a_deal_and_the_total_counts_it_once():
    data = journey(30, 14, 7)

    campaigns = by(rk.metrics.campaign_influenced_pipeline, data, "campaign")
    channels = by(rk.metrics.campaign_influenced_pipeline, data, "channel")

    assert campaigns == {"c0": 100, "c1": 100, "c2": 100, "unattributed": 60}
    assert channels == {"x0": 100, "x1": 100, "unattributed": 60}
    assert march(rk.metrics.campaign_influenced_pipeline, data) == 100
    assert march(rk.metrics.campaign_influenced_pipeline.parts, data) == 100


def test_a_touch_counts_for_ninety_days_and_not_after_the_deal_began():
    opened = datetime(2026, 3, 10, 9)
    touches = [
        {"touch_id": f"t{days}", "opportunity_id": "o1", "lead_id": "l1", "campaign_id": f"c{days}",
         "touched_at": opened - timedelta(days)}
        for days in (-1, 0, 90, 91)
    ]  # fmt: skip
    campaigns = [{"campaign_id": f"c{days}", "channel": "x"} for days in (-1, 0, 90, 91)]
    deal = made.deal("o1", opened.date(), lead_id="l1")
    data = of(opportunities=[deal], leads=[lead("l1")], touches=touches, campaigns=campaigns)

    influenced = by(rk.metrics.campaign_influenced_pipeline, data, "campaign")

    assert influenced == {"c0": 1000, "c90": 1000}
    assert by(rk.metrics.pipeline_created, data, "campaign") == {"c91": 1000}


def test_an_opportunity_comes_from_its_first_touch_else_its_campaign_else_its_lead():
    campaigns = [{"campaign_id": c, "channel": f"by {c}"} for c in ("touch", "deal", "lead")]
    people = [
        lead("l1", campaign_id="lead"),
        lead("l2", channel="phone", opportunity_id="o4"),
        lead("l3", channel="mail", opportunity_id="o1"),  # o1 names l1: that is its lead
    ]
    touch = {"touch_id": "t1", "lead_id": "l1", "campaign_id": "touch"}
    deals = [
        made.deal("o1", MARCH, lead_id="l1", campaign_id="deal"),
        made.deal("o2", MARCH, campaign_id="deal"),
        made.deal("o3", date(2026, 2, 20), lead_id="l1"),
        made.deal("o4", MARCH),
        made.deal("o5", MARCH),
    ]
    data = of(
        opportunities=deals,
        leads=people,
        campaigns=campaigns,
        touches=[touch | {"touched_at": datetime(2026, 2, 25)}],
    )

    found = table(data, "origins").set_index("opportunity_id")[["source", "channel"]]

    assert found.loc["o1"].tolist() == ["touch", "by touch"]
    assert found.loc["o2"].tolist() == ["campaign", "by deal"]
    assert found.loc["o3"].tolist() == ["lead", "by lead"]
    assert found.loc["o4"].tolist() == ["lead", "phone"]
    assert found.loc["o5"].isna().all()


def test_the_sourced_share_of_what_is_won_lies_between_nothing_and_all(data):
    share = rk.metrics.marketing_sourced_share(data, period=None)["value"].item()
    won = frame(data, "opportunities").query("is_won == True and kind == 'new'")
    known = table(data, "origins").set_index("opportunity_id")["source"].notna()

    sourced = won[known[won["opportunity_id"]].to_numpy()]
    assert share == pytest.approx(sourced["amount"].sum() / won["amount"].sum())
    assert 0 < share < 1


def test_renewals_cost_marketing_nothing():
    data = made.bought(programmes=100, people=900, opportunities=4, renewals=6)

    assert march(rk.metrics.cost_per_opportunity, data) == 25


def test_returns_are_complete_when_their_window_is_over():
    data = made.touched(amount=100, campaigns=["x"], won=True, spend=50, cycle=10)

    early = rk.metrics.roi(data, start=MARCH, within=5)
    whole = rk.metrics.roi(data, start=MARCH, within=29)
    later = rk.metrics.roi(data, start=MARCH, within=60)

    assert early["value"].tolist() == [-1]
    assert whole["value"].tolist() == [1]
    assert pd.isna(later["value"].item())
    assert [result["complete"].item() for result in (early, whole, later)] == [False] * 3


# Narrowing


@pytest.fixture(scope="module")
def linked(data):
    """The same company, whose touches name leads and deals, and activities an account or none."""
    tables = {name: frame(data, name) for name in data.tables}
    deals = tables["opportunities"]["opportunity_id"]
    touches, doings = tables["touches"], tables["activities"]
    touches["opportunity_id"] = [deals[n % len(deals)] for n in range(len(touches))]
    doings["account_id"] = [
        tables["accounts"]["account_id"][n % 100] if n % 3 == 0 else None
        for n in range(len(doings))
    ]
    return rk.Dataset(as_of=data.as_of, currency="EUR", **tables)


@pytest.mark.parametrize(
    "name",
    ["attributed_pipeline", "campaign_influenced_pipeline", "marketing_sourced_share",
     "pipeline_created", "slippage_rate", "speed_to_lead", "stage_conversion", "stale_deals",
     "win_rate"],
)  # fmt: skip
def test_a_narrowed_company_says_what_its_group_says(name, linked):
    metric = getattr(rk.metrics, name)
    grouped = metric(linked, by="segment", period="year")
    most = grouped.groupby("segment")["value"].sum().idxmax()

    alone = metric(linked.where(segment=most), period="year")

    group = grouped[grouped["segment"] == most].drop(columns="segment")
    keys = [key for key in ("stage", "period") if key in alone]
    alone, group = alone.set_index(keys)["value"], group.set_index(keys)["value"]
    assert alone.sum() > 0
    pd.testing.assert_series_equal(alone, group[alone.index], rtol=1e-9)


# Engines

NAMES = (
    "attributed_pipeline", "campaign_influenced_pipeline", "cost_per_lead",
    "cost_per_opportunity", "discount_rate",
    "marketing_sourced_share", "pipeline_coverage", "pipeline_created", "push_count", "roi",
    "slippage_rate", "speed_to_lead", "speed_to_lead_within", "stage_conversion",
    "stage_duration", "stale_deals", "time_to_close", "weighted_pipeline",
)  # fmt: skip


@pytest.fixture(scope="module")
def without_addresses():
    """The example without what each engine hashes by a function of its own."""
    example = rk.example("pipeline")
    tables = {table: frame(example, table) for table in example.tables}
    return rk.Dataset(as_of=AS_OF, **tables | {"leads": tables["leads"].drop(columns="email")})


@pytest.mark.parametrize("name", NAMES)
def test_every_engine_is_asked_in_its_own_words(name, without_addresses):
    batch = Batch()
    getattr(rk.metrics, name).plan(without_addresses, {"period": "quarter"}, batch).prepare()

    assert batch.sources
    for source in batch.sources.values():
        query = source.query()
        for dialect in ("postgres", "databricks"):
            assert "GROUP BY" in ibis.to_sql(query, dialect=dialect)


FUNNEL = ("mql_to_sql_rate", "sql_acceptance_rate", "lead_to_customer_rate", "close_rate")


@pytest.mark.parametrize(("within", "share"), [(14, 0.0), (15, 1.0), (None, 1.0)])
@pytest.mark.parametrize("name", FUNNEL)
def test_what_comes_later_than_within_has_not_come(name, within, share):
    """A lead of 1 January is accepted, qualified and sold 15 days later; so is its deal won."""
    day, later = datetime(2026, 1, 1, 9), datetime(2026, 1, 16, 9)
    lead = {"lead_id": "l1", "created_at": day}
    history = [
        {"lead_id": "l1", "stage": stage, "entered_at": at}
        for stage, at in (("MQL", day), ("SAL", later), ("SQL", later + timedelta(hours=1)))
    ]
    deal = {"opportunity_id": "o1", "lead_id": "l1", "created_on": day.date(),
            "closed_on": later.date(), "is_won": True, "amount": 1.0}  # fmt: skip
    data = of(leads=[lead], lead_history=history, opportunities=[deal])

    found = getattr(rk.metrics, name)(data, start="2026-01-01", end="2026-02-01", within=within)

    assert found["value"].iloc[0] == share
    assert found["n"].iloc[0] == 1


@pytest.mark.parametrize(
    ("created", "complete"),
    [(datetime(2026, 3, 31, 23, 45), False), (datetime(2026, 3, 30, 9), True)],
)
def test_a_median_may_still_move_while_a_shorter_wait_is_open(created, complete):
    """Three waited 20 minutes; who came in 15 minutes before the end may yet wait less."""
    answered = made.answered([20, 20, 20])
    leads = frame(answered, "leads").to_dict("records")
    doings = frame(answered, "activities").to_dict("records")
    data = of(leads=[*leads, {"lead_id": "open", "created_at": created}], activities=doings)

    found = rk.metrics.speed_to_lead(data, start=MARCH)

    assert found["value"].tolist() == [20]
    assert found["complete"].tolist() == [complete]


def test_a_deal_closed_as_a_duplicate_slows_nothing():
    def deals(*more):
        rows = [
            made.deal("won", date(2026, 2, 20), date(2026, 3, 2), True, 500.0),
            made.deal("lost", date(2026, 2, 20), date(2026, 3, 12), False, 900.0),
            *more,
        ]
        return of(opportunities=rows)

    twice = made.deal("twice", date(2026, 2, 2), date(2026, 3, 9), None, 700.0)

    expected = (2 + 0) / 2 * 0.5 * 500 / ((10 + 20) / 2)  # open at both ends, of both outcomes

    assert march(rk.metrics.pipeline_velocity, deals()) == pytest.approx(expected)
    assert march(rk.metrics.pipeline_velocity, deals(twice)) == pytest.approx(expected)
