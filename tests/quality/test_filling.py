"""A field that stops being filled, and a group under another name, are findings of the check."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk

MONTHS, EACH = 24, 30


def leads(channel):
    """Thirty leads a month for two years, with the channel that a function of the month gives."""
    month = np.repeat(np.arange(MONTHS), EACH)
    created = pd.Timestamp("2024-01-10") + pd.Series(month).map(lambda at: pd.DateOffset(months=at))
    return rk.Dataset(
        leads=pd.DataFrame(
            {
                "lead_id": [f"L{at:03}" for at in range(len(month))],
                "created_at": created,
                "channel": [channel(at, n) for at, n in zip(month, range(len(month)), strict=True)],
            }
        ),
        as_of="2025-12-31",
    )


def two(at, n):
    return ("Events", "Outbound")[n % 2]


def test_a_field_that_stops_being_filled_is_serious():
    company = leads(lambda at, n: None if at >= 18 and n % 3 == 0 else two(at, n))
    check = company.check()
    (one,) = [one for one in check.findings if one.rule == "filled_otherwise"]

    assert (one.table, one.column, one.bad, one.rows) == ("leads", "channel", 60, 180)
    assert one.severity == "serious"
    assert "since Jul 2025" in one.what.replace("\u00a0", " ")
    assert "60 of 180 rows since then" in one.effect.text
    assert "form, import or connection" in one.mend
    rows = check.rows("filled_otherwise")
    assert len(rows) == 60
    assert rows["key"].iloc[0] == "L540"
    assert "channel" in check.verdict


def test_a_field_that_is_filled_since_some_month_misleads_less():
    company = leads(lambda at, n: None if at < 12 and n % 2 else two(at, n // 2))
    (one,) = [one for one in company.check().findings if one.rule == "filled_otherwise"]

    assert one.severity == "minor"
    assert (one.bad, one.rows) == (180, 360)
    assert "before Jan 2025" in one.what.replace("\u00a0", " ")


def test_a_group_under_another_name_is_serious_with_the_line_to_write():
    company = leads(lambda at, n: "Fairs" if at >= 18 and n % 2 else two(at, n + 1))
    (one,) = [one for one in company.check().findings if one.rule == "renamed"]

    assert (one.severity, one.bad) == ("serious", 270)
    assert "'Events' ends and 'Fairs' begins" in one.what
    assert one.line == 'channel: {from: channel, words: {"Events": "Fairs"}, others: keep}'
    assert company.check().rows("renamed")["proposed"].unique().tolist() == ["Fairs"]


@pytest.mark.parametrize("every", [2, 7])
def test_a_field_that_always_lacks_as_often_is_no_finding(every):
    company = leads(lambda at, n: None if n % every == 0 else two(at, n))

    assert {"filled_otherwise", "renamed"}.isdisjoint(company.check().frame["rule"])


def test_what_is_not_known_yet_is_not_found():
    company = leads(lambda at, n: None if at >= 18 else two(at, n))

    assert "filled_otherwise" in company.check().frame["rule"].tolist()
    assert company.replay("2025-06-30").check().ok


def lost_again(reopened):
    """Twenty deals lost a month; of those of 2025 every other one is opened again in 2026."""
    month = np.repeat(np.arange(MONTHS), 20)
    opened = pd.Timestamp("2024-01-02") + pd.Series(month).map(lambda at: pd.DateOffset(months=at))
    ids = pd.Series([f"D{at:03}" for at in range(len(month))])
    lost, again = opened + pd.Timedelta(days=9), pd.Timestamp("2026-03-02")
    back = pd.Series(reopened & (month >= 18) & (np.arange(len(month)) % 2 == 0))
    steps = [(ids, opened, "Open"), (ids, lost, "Lost"), (ids[back], again, "Open"),
             (ids[back], again + pd.Timedelta(days=9), "Lost")]  # fmt: skip
    history = [
        pd.DataFrame({"opportunity_id": of, "changed_at": at, "stage": stage})
        for of, at, stage in steps
    ]
    return rk.Dataset(
        opportunities=pd.DataFrame({
            "opportunity_id": ids, "created_on": opened, "is_won": False, "lost_reason": "price",
            "closed_on": lost.where(~back, again + pd.Timedelta(days=9)),
        }),
        opportunity_history=pd.concat(history).dropna(),
        stages=pd.DataFrame({
            "object": "opportunity", "stage": ["Open", "Lost"], "position": [1, 2],
            "is_closed": [False, True], "is_won": [False, False],
        }),
        as_of="2026-03-31",
    ).replay("2025-12-31")  # fmt: skip


def test_a_replay_is_not_blamed_for_reasons_that_were_overwritten_later():
    company = lost_again(reopened=True)
    lost = company.table("opportunities").to_pandas()
    unknown = lost["closed_on"].notna() & lost["lost_reason"].isna()

    assert unknown.sum() == 60, "the replay cannot tell them"
    assert "filled_otherwise" not in {one.rule for one in company.check().findings}
    assert rk.watch(company).faults == ()
