"""What a deal was on a day comes from its history: open or closed, stage, amount, owner."""

from datetime import date, datetime

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ColumnError

STAGES = [("Proposal", 0.5, False, False), ("Won", 1.0, True, True), ("Lost", 0.0, True, False)]


def at(month, day, hour=9):
    return datetime(2025, month, day, hour)


def stages(*pipelines):
    rows = [
        {"object": "opportunity", "stage": stage, "position": place, "probability": chance,
         "is_closed": closed, "is_won": won, **({"pipeline": pipeline} if pipeline else {})}
        for pipeline in pipelines or [None]
        for place, (stage, chance, closed, won) in enumerate(STAGES)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def deals(**columns):
    row = {"opportunity_id": ["o1"], "created_on": [date(2025, 1, 5)], "closed_on": [None],
           "is_won": [None], "amount": [100.0], "rep_id": ["R2"]}  # fmt: skip
    return pd.DataFrame(row | columns)


def history(*rows):
    columns = ["opportunity_id", "changed_at", "stage", "amount", "rep_id"]
    return pd.DataFrame([("o1", *row) for row in rows], columns=columns)


def reps():
    return pd.DataFrame(
        {"rep_id": ["R1", "R2"], "name": ["Ada", "Bo"], "hired_on": [date(2024, 1, 1)] * 2}
    )


def company(opportunities, rows, as_of="2025-06-30", **tables):
    tables = {"stages": stages(), "reps": reps()} | tables
    return rk.Dataset(as_of=as_of, opportunities=opportunities, opportunity_history=rows, **tables)


def monthly(metric, data, **how):
    frame = metric(data, start="2025-01-01", **how)
    return frame["value"].tolist()


REOPENED = history(
    (at(1, 5), "Proposal", 100.0, "R1"),
    (at(1, 20), "Lost", 100.0, "R1"),
    (at(4, 3), "Proposal", 120.0, "R2"),
)


def test_a_deal_that_was_lost_and_reopened_is_not_in_the_pipeline_in_between():
    data = company(deals(amount=[120.0]), REOPENED)

    assert monthly(rk.metrics.pipeline_open, data) == [0, 0, 0, 120, 120, 120]
    assert monthly(rk.metrics.weighted_pipeline, data) == [0, 0, 0, 60, 60, 60]


@pytest.mark.parametrize("closed", [None, date(2025, 6, 10)], ids=["open again", "won in the end"])
def test_replay_knows_that_it_was_lost_then(closed):
    won = None if closed is None else True
    rows = REOPENED if closed is None else pd.concat(
        [REOPENED, history((at(6, 10), "Won", 130.0, "R2"))]
    )  # fmt: skip
    data = company(deals(closed_on=[closed], is_won=[won], amount=[130.0]), rows)

    for day, shut, outcome, amount, rep in [
        ("2025-01-10", None, None, 100, "R1"),
        ("2025-02-28", date(2025, 1, 20), False, 100, "R1"),
        ("2025-04-30", None, None, 120, "R2"),
    ]:
        then = data.replay(day).opportunities.to_pyarrow().to_pylist()[0]
        found = [then[name] for name in ("closed_on", "is_won", "amount", "rep_id")]
        assert found == [shut, outcome, amount, rep]
    assert monthly(rk.metrics.win_rate, data.replay("2025-02-28"))[0] == 0
    now = data.opportunities.to_pyarrow().to_pylist()[0]
    assert (now["closed_on"], now["is_won"]) == (closed, won)


def test_a_closing_that_the_history_enters_later_stands():
    backdated = history(
        (at(1, 5), "Proposal", 100.0, "R1"),
        (at(1, 21), "Proposal", 110.0, "R1"),
        (at(1, 25), "Won", 90.0, "R1"),
    )
    won = deals(closed_on=[date(2025, 1, 20)], is_won=[True])

    assert monthly(rk.metrics.won_amount, company(won, backdated))[0] == 90
    assert monthly(rk.metrics.pipeline_open, company(won, backdated))[0] == 0


@pytest.mark.parametrize(
    ("edit", "right"),
    [
        ([], 400),
        ([(at(3, 1), "Won", 500.0, "R2")], 400),
        ([(at(1, 20, 17), "Won", 500.0, "R1")], 500),
    ],
    ids=["without a row", "with a row later", "with a row of that day"],
)
@pytest.mark.parametrize("known", [True, False], ids=["stages", "no stages"])
def test_an_amount_edited_after_closing_does_not_change_what_was_won(edit, right, known):
    rows = history((at(1, 5), "Proposal", 300.0, "R1"), (at(1, 20), "Won", 400.0, "R1"), *edit)
    won = deals(closed_on=[date(2025, 1, 20)], is_won=[True], amount=[500.0])
    data = company(won, rows)
    if not known:
        data = rk.Dataset(as_of="2025-06-30", opportunities=won, opportunity_history=rows)

    assert monthly(rk.metrics.won_amount, data)[0] == right
    assert monthly(rk.metrics.won_amount, data.replay("2025-02-28"))[0] == right


def test_an_amount_that_only_the_history_tells_is_that_of_the_deal():
    rows = history((at(1, 5), "Proposal", 300.0, "R1"), (at(1, 20), "Won", 400.0, "R1"))
    won = deals(closed_on=[date(2025, 1, 20)], is_won=[True]).drop(columns="amount")
    data = company(won, rows)

    assert monthly(rk.metrics.won_amount, data)[0] == 400
    assert monthly(rk.metrics.marketing_sourced_share, data)[0] != 0


def test_the_owner_is_the_one_of_the_time():
    rows = history((at(1, 5), "Proposal", 100.0, "R1"), (at(2, 3), "Proposal", 100.0, "R2"))
    data = company(deals(), rows, as_of="2025-02-28")

    found = rk.metrics.pipeline_open(data, by="rep", start="2025-01-01")
    assert found[found["value"] > 0][["rep", "value"]].to_numpy().tolist() == [
        ["Ada", 100.0],
        ["Bo", 100.0],
    ]
    then = rk.metrics.pipeline_open(data.replay("2025-01-31"), by="rep")
    assert then[["rep", "value"]].to_numpy().tolist() == [["Ada", 100.0]]
    assert monthly(rk.metrics.pipeline_open, data.where(rep="Ada")) == [100, 0]
    assert monthly(rk.metrics.pipeline_open, data.where(rep="Bo")) == [0, 100]
    created = rk.metrics.pipeline_created(data, by="rep", period="year")
    assert created[["rep", "value"]].to_numpy().tolist() == [["Ada", 100.0]]


def test_an_owner_that_only_the_history_names_is_found():
    rows = history((at(1, 5), "Proposal", 100.0, "R1"))
    data = company(deals().drop(columns="rep_id"), rows, as_of="2025-01-31")

    assert rk.metrics.pipeline_open(data, by="rep")["rep"].tolist() == ["Ada"]
    assert rk.metrics.close_rate(data, by="rep")["rep"].tolist() == ["Ada"]


def test_a_deal_without_history_is_in_the_pipeline_all_the_same():
    two = pd.concat([deals(), deals(opportunity_id=["o2"], amount=[50.0])])
    rows = history((at(1, 5), "Proposal", 100.0, "R1"))

    assert monthly(rk.metrics.pipeline_open, company(two, rows, as_of="2025-01-31")) == [150]


def test_the_outcome_of_a_period_is_that_of_its_end():
    due = date(2025, 1, 31)
    rows = REOPENED.assign(expected_close_on=[due, due, date(2025, 6, 1)])
    rows["changed_at"] = [datetime(2024, 12, 5, 9), *rows["changed_at"][1:]]
    early = deals(created_on=[date(2024, 12, 5)], amount=[120.0])

    assert monthly(rk.metrics.slippage_rate, company(early, rows))[0] == 0  # lost, so not slipped


def test_a_deal_is_not_stale_while_it_is_lost():
    calls = pd.DataFrame(
        {"activity_id": ["x"], "rep_id": ["R1"], "kind": ["call"], "occurred_at": [at(1, 6)],
         "is_selling": [True], "opportunity_id": ["o1"]}
    )  # fmt: skip
    data = company(deals(), REOPENED, activities=calls)

    assert monthly(rk.metrics.stale_deals, data) == [0, 0, 0, 0, 1, 1]


def test_two_pipelines_may_share_the_label_of_a_stage():
    both = stages("new", "renewal")
    both.loc[(both["pipeline"] == "renewal") & (both["stage"] == "Proposal"), "probability"] = 0.9
    two = pd.concat([deals(), deals(opportunity_id=["o2"])]).assign(pipeline=["new", "renewal"])
    rows = history((at(1, 5), "Proposal", 100.0, "R1"))
    rows = pd.concat([rows, rows.assign(opportunity_id="o2")])
    data = company(two, rows, as_of="2025-01-31", stages=both)

    assert monthly(rk.metrics.weighted_pipeline, data) == [140]
    assert monthly(rk.metrics.weighted_pipeline, data, by="pipeline") == [50, 90]
    assert monthly(rk.metrics.weighted_pipeline, data.where(pipeline="renewal")) == [90]
    conversion = rk.metrics.stage_conversion(data, period="year")
    assert conversion[["stage", "n"]].to_numpy().tolist() == [["Proposal", 2]]


def test_pipelines_of_stages_need_one_of_each_deal():
    data = company(deals(), history((at(1, 5), "Proposal", 100.0, "R1")), stages=stages("a", "b"))

    with pytest.raises(ColumnError, match="opportunities has no column 'pipeline'"):
        rk.metrics.pipeline_open(data)
