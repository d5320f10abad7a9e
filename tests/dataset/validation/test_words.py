"""Words that formulas know, in whatever case and punctuation; every other one is refused."""

from datetime import date

import pandas as pd
import pytest

import revkit as rk
from revkit.errors import DataError
from tests.support.ways import WAYS, opened


def subscriptions(**columns):
    frame = {
        "subscription_id": ["a", "b", "c"],
        "account_id": ["a", "b", "c"],
        "started_on": [date(2025, 1, 1)] * 3,
        "ended_on": pd.Series([None] * 3, dtype=object),
        "mrr": [100.0, 50.0, 90.0],
    }
    return pd.DataFrame(frame | columns)


@pytest.mark.parametrize("how", WAYS)
def test_words_are_read_in_any_case_and_punctuation_with_a_note(how, tmp_path):
    tables = {"subscriptions": subscriptions(status=["Active", "past due", "TRIALING "])}
    data = opened(how, tmp_path, tables, as_of="2025-03-31")

    assert sorted(data.subscriptions.status.to_pyarrow().to_pylist()) == [
        "active",
        "past_due",
        "trialing",
    ]
    assert "status is read by another spelling: 'Active' as 'active'" in repr(data)
    assert rk.metrics.mrr(data, start="2025-03-01")["value"].tolist() == [150.0]


@pytest.mark.parametrize("how", WAYS)
def test_an_unknown_word_is_refused_with_the_line_that_translates_it(how, tmp_path):
    tables = {"subscriptions": subscriptions(status=["active", "canceled", "in_trial"])}

    with pytest.raises(DataError) as refusal:
        rk.metrics.mrr(opened(how, tmp_path, tables, as_of="2025-03-31"))
    said = str(refusal.value)
    assert "in 2 rows" in said
    assert (
        "status: {from: status, words: {canceled: ended, in_trial: trialing}, others: keep}" in said
    )
    assert "set_aside: [subscriptions.status_unknown]" in said


def test_rows_with_an_unknown_word_can_be_set_aside():
    data = rk.Dataset(
        subscriptions=subscriptions(status=["active", "canceled", "active"]),
        as_of="2025-03-31",
        set_aside=["subscriptions.status_unknown"],
    )

    assert rk.metrics.mrr(data, start="2025-03-01")["value"].tolist() == [190.0]
    assert data.notes[0].rows == 1


def test_a_guess_is_written_where_there_is_one():
    activities = pd.DataFrame(
        {
            "activity_id": ["1", "2"], "rep_id": ["r", "r"], "kind": ["call", "e-mails"],
            "direction": ["inbound", "outbound"], "is_selling": [True] * 2,
            "occurred_at": pd.to_datetime(["2025-01-01 10:00"] * 2),
        }
    )  # fmt: skip

    with pytest.raises(DataError, match=r'words: {"e-mails": email}'):
        rk.Dataset(activities=activities.assign(direction="in")).activities.count()
    with pytest.raises(DataError, match=r"words: {inbound: in, outbound: out}"):
        rk.Dataset(activities=activities.assign(kind="Call")).activities.count()


def test_a_blank_word_is_none():
    data = rk.Dataset(subscriptions=subscriptions(discount_kind=["once", "", " "]))
    with pytest.raises(DataError, match=r'status is empty in 1 row.*words: {"": active}'):
        rk.Dataset(
            subscriptions=subscriptions(status=["active", "", "active"])
        ).subscriptions.count()

    assert data.subscriptions.discount_kind.count().execute() == 1
    assert data.notes == ()


@pytest.mark.parametrize(
    ("function", "category", "line"),
    [("Sales", "Programs", "Cost"), ("sales", "ads", "revenue"), ("R&D", "people", "revenue")],
)
def test_spend_has_its_words(function, category, line):
    spend = pd.DataFrame(
        {"spend_id": ["1"], "spent_on": [date(2025, 1, 5)], "amount": [100.0],
         "function": [function], "category": [category]}
    )  # fmt: skip
    data = rk.Dataset(spend=spend)

    if function == "Sales":
        assert data.spend.to_pandas()[["function", "category"]].to_numpy().tolist() == [
            ["sales", "programs"]
        ]
    else:
        with pytest.raises(DataError, match="holds words that are not known"):
            data.spend.count()


def test_words_of_their_own_stay_unless_they_are_nearly_ours():
    finance = pd.DataFrame(
        {
            "month": [date(2025, 1, 1)] * 3,
            "line": ["Revenue", "ebitda", "COGS"],
            "amount": [1.0] * 3,
        }
    )
    data = rk.Dataset(finance=finance)

    assert sorted(data.finance.line.to_pyarrow().to_pylist()) == ["cogs", "ebitda", "revenue"]
    with pytest.raises(DataError, match="revenues: revenue"):
        rk.Dataset(finance=finance.assign(line=["revenues", "a", "b"])).finance.count()


STAGES = pd.DataFrame(
    {
        "object": ["opportunity"] * 3,
        "stage": ["Proposal", "Won", "Lost"],
        "position": [1, 2, 3],
        "probability": [0.5, 1.0, 0.0],
        "is_closed": [False, True, True],
        "is_won": [False, True, False],
    }
)


def history(*stages):
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{n}" for n in range(len(stages))],
            "changed_at": pd.to_datetime(["2025-02-01 10:00"] * len(stages)),
            "stage": list(stages),
        }
    )


@pytest.mark.parametrize("how", WAYS)
def test_a_stage_that_stages_lacks_is_refused_with_the_line_to_add(how, tmp_path):
    tables = {"stages": STAGES, "opportunity_history": history("Proposal", "Proposal sent")}

    with pytest.raises(DataError, match="Add the stages to the table stages") as refusal:
        opened(how, tmp_path, tables).table("opportunity_history").count()
    assert "words: {Proposal sent: Proposal}" in str(refusal.value)
    spelled = {"stages": STAGES, "opportunity_history": history("PROPOSAL", "won")}
    read = rk.Dataset(**spelled).opportunity_history.stage.to_pyarrow().to_pylist()
    assert sorted(read) == ["Proposal", "Won"]


def lead_history(*stages):
    frame = history(*stages).rename(
        columns={"opportunity_id": "lead_id", "changed_at": "entered_at"}
    )
    return frame


def test_lead_stages_are_ours_or_those_of_stages():
    own = pd.concat([STAGES, STAGES.head(1).assign(object="lead", stage="Nurture")])

    with pytest.raises(DataError, match="marketingqualifiedlead"):
        rk.Dataset(lead_history=lead_history("marketingqualifiedlead")).lead_history.count()
    with pytest.raises(DataError, match="Nurture"):
        rk.Dataset(lead_history=lead_history("Nurture")).lead_history.count()
    data = rk.Dataset(stages=own, lead_history=lead_history("Nurture", "mql"))
    assert sorted(data.lead_history.stage.to_pyarrow().to_pylist()) == ["MQL", "Nurture"]


def test_yes_and_no_in_five_languages():
    words = ["Sì", "si", "SÍ", "Ja", "oui", "vero", "No", "nein", "NON", "falso", "Falsch", "faux"]
    deals = pd.DataFrame({"opportunity_id": [f"D{n:02}" for n in range(12)], "is_won": words})
    deals = deals.assign(created_on="2026-01-01", closed_on="2026-01-02")
    read = rk.Dataset(opportunities=deals).opportunities.order_by("opportunity_id")

    assert read.is_won.to_pyarrow().to_pylist() == [True] * 6 + [False] * 6


def activities(kinds, outcomes):
    return pd.DataFrame(
        {
            "activity_id": [str(n) for n in range(len(kinds))],
            "rep_id": ["r"] * len(kinds),
            "kind": kinds,
            "is_selling": [True] * len(kinds),
            "occurred_at": pd.to_datetime(["2025-01-01 10:00"] * len(kinds)),
            "outcome": outcomes,
        }
    )


def test_the_outcome_of_a_meeting_has_its_words():
    """A meeting that is ``completed`` would count as none, and its no-show as all there was."""
    met = activities(["Meeting", "demo", "meeting"], ["completed", "did not attend", "No Show"])
    words = r"words: {completed: …, did not attend: …}, others: keep"

    with pytest.raises(DataError, match=r"outcome holds .* where kind is meeting or demo.* 2 rows"):
        rk.metrics.show_rate(rk.Dataset(activities=met), period=None)
    with pytest.raises(DataError, match=words):
        rk.metrics.meetings_held(rk.Dataset(activities=met), period=None)
    aside = rk.Dataset(activities=met, set_aside=["activities.outcome_unknown"])
    assert rk.metrics.show_rate(aside, period=None)["value"].tolist() == [0.0]


def test_the_outcome_of_a_call_has_any_word():
    called = activities(["call", "call", "meeting"], ["left voicemail", "completed", "HELD"])
    data = rk.Dataset(activities=called)

    assert rk.metrics.show_rate(data, period=None)["value"].tolist() == [1.0]
    assert data.activities.count().execute() == 3


def test_lines_of_finance_that_no_metric_reads_are_told():
    finance = pd.DataFrame(
        {
            "month": [date(2025, 1, 1)] * 4,
            "line": ["revenue", "COGS", "cost of goods sold", "rent"],
            "amount": [100.0, 20.0, 30.0, 5.0],
        }
    )
    margin = rk.metrics.gross_margin(rk.Dataset(finance=finance))
    own = rk.metrics.gross_margin(rk.Dataset(finance=finance[:2]))

    (said,) = [note for note in margin.attrs["notes"] if "no metric reads" in note]
    assert said.startswith("finance: line has words that no metric reads")
    assert "'cost of goods sold', 'rent'" in said
    assert "revenue, cogs, opex, cash_burn, price_index" in said
    assert not any("no metric reads" in note for note in own.attrs["notes"])
