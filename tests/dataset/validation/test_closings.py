"""The close date of an open deal is planned: it is no day of closing, and no lost deal."""

from datetime import date, timedelta

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError
from tests.support.ways import WAYS, opened

LINE = "closed_on: {from: CloseDate, where: IsClosed}"


def salesforce(**columns):
    """Thirty deals as Salesforce writes them: 5 won, 10 lost, 12 open and due, 3 open, overdue."""
    created = [date(2025, 1, 1) + timedelta(days=n) for n in range(30)]
    closes = [date(2025, 2, 1) + timedelta(days=n) for n in range(15)]
    closes += [date(2025, 4, 1) + timedelta(days=n) for n in range(12)]
    closes += [date(2025, 2, 10)] * 3
    frame = {
        "opportunity_id": [f"o{n}" for n in range(30)],
        "created_on": created,
        "closed_on": closes,
        "is_won": [True] * 5 + [False] * 25,
        "amount": [100.0] * 30,
    }
    return pd.DataFrame(frame | columns)


CLOSED = [True] * 15 + [False] * 15


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("given", [None, "2025-02-28"])
@pytest.mark.parametrize("flag", [None, "IsClosed", "is_closed", "hs_is_closed"])
def test_planned_days_of_closing_are_refused_with_the_line(how, given, flag, tmp_path):
    deals = salesforce(**({} if flag is None else {flag: CLOSED}))

    with pytest.raises(DataError) as refusal:
        rk.metrics.win_rate(opened(how, tmp_path, {"opportunities": deals}, as_of=given))
    assert LINE.replace("IsClosed", flag or "IsClosed") in str(refusal.value)


def test_overdue_deals_are_told_by_the_column_that_says_so():
    overdue = salesforce(IsClosed=CLOSED).drop(index=range(15, 27))

    with pytest.raises(DataError, match="by IsClosed the deal is open, in 3 rows"):
        rk.metrics.win_rate(rk.Dataset(opportunities=overdue, as_of="2025-02-28"))
    data = rk.Dataset(
        opportunities=overdue, as_of="2025-02-28", set_aside=["opportunities.closed_while_open"]
    )
    assert rk.metrics.win_rate(data, period=None)["value"].round(3).tolist() == [0.333]


def test_deals_in_an_open_stage_are_told_by_stages():
    stages = pd.DataFrame(
        {"object": ["opportunity"] * 2, "stage": ["Open", "Done"], "position": [1, 2],
         "is_closed": [False, True], "is_won": [False, True]}
    )  # fmt: skip
    deals = salesforce(StageName=["Done"] * 15 + ["Open"] * 15)
    history = pd.DataFrame(
        {
            "opportunity_id": [f"o{n}" for n in range(30)] + ["o3"],
            "changed_at": pd.to_datetime(["2025-02-01"] * 30 + ["2025-01-20"]),
            "stage": ["Done"] * 15 + ["Open"] * 16,
        }
    )

    with pytest.raises(DataError, match="by StageName the deal is open, in 15 rows"):
        rk.metrics.win_rate(rk.Dataset(opportunities=deals, stages=stages, as_of="2025-04-30"))
    deals = deals.drop(columns="StageName")
    tables = {"opportunities": deals, "stages": stages, "opportunity_history": history}
    with pytest.raises(DataError, match="opportunity_history is in an open stage, in 15 rows"):
        rk.metrics.win_rate(rk.Dataset(**tables, as_of="2025-04-30"))
    aside = rk.Dataset(**tables, as_of="2025-04-30", set_aside=["opportunities.closed_while_open"])
    assert rk.metrics.win_rate(aside, period=None)["value"].round(3).tolist() == [0.333]


def closed():
    """The fifteen closed deals, every third won."""
    return salesforce(is_won=[n % 3 == 2 for n in range(30)]).head(15)


def test_going_back_to_an_earlier_day_is_no_plan():
    data = rk.Dataset(opportunities=closed())

    assert data.as_of == date(2025, 2, 15)
    assert rk.metrics.win_rate(data, period=None)["value"].round(3).tolist() == [0.333]
    given = rk.Dataset(opportunities=closed(), as_of="2025-01-15")
    for earlier in (given, data.replay("2025-02-07")):
        assert earlier.opportunities.is_won.count().execute() < 15


def test_a_few_lost_deals_at_the_end_are_lost():
    late = closed()
    late.loc[13, "closed_on"] = date(2025, 3, 20)

    assert rk.Dataset(opportunities=late).as_of == date(2025, 3, 20)


def test_where_open_deals_have_no_day_many_lost_at_the_end_are_lost():
    """All won first, then ten lost in a row: right, since fifteen open deals have no day."""
    deals = salesforce()
    deals["closed_on"] = deals["closed_on"].where(deals.index < 15)
    deals["is_won"] = deals["is_won"].astype("boolean").where(deals.index < 15)

    data = rk.Dataset(opportunities=deals)

    assert data.as_of == date(2025, 2, 15)
    assert rk.metrics.win_rate(data, period=None)["value"].round(3).tolist() == [0.333]


def test_a_history_without_closings_says_nothing_of_them():
    stages = pd.DataFrame(
        {"object": ["opportunity"] * 2, "stage": ["Open", "Done"], "position": [1, 2],
         "is_closed": [False, True], "is_won": [False, True]}
    )  # fmt: skip
    history = pd.DataFrame(
        {
            "opportunity_id": [f"o{n}" for n in range(15)],
            "changed_at": pd.to_datetime(["2025-01-31"] * 15),
            "stage": ["Open"] * 15,
        }
    )
    data = rk.Dataset(opportunities=closed(), stages=stages, opportunity_history=history)

    assert data.notes == ()
