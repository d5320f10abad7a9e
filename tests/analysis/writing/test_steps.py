"""Sentences on lasting changes: of a whole, of a group, and where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from benchmarks.quiet.agreement import disagreement
from revkit.analysis.writing.steps import shifts
from revkit.errors import ParameterError
from revkit.statistics import family


def company(won, *, created=50, months=24, segments=("SMB",), each=None):
    """Deals closed in each month; `won[segment]` of `created` are won in each, by month."""
    rows = []
    for segment in segments:
        for month, day in enumerate(pd.date_range("2024-01-10", periods=months, freq="MS")):
            for deal in range(created):
                account = f"{segment}{deal // (each or 1)}-{month}"
                rows.append((account, segment, day, deal < won[segment][month]))
    frame = pd.DataFrame(rows, columns=["account_id", "segment", "closed_on", "is_won"])
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"d{at}" for at in range(len(frame))],
            "account_id": frame["account_id"],
            "created_on": frame["closed_on"] - pd.Timedelta(days=5),
            "closed_on": frame["closed_on"],
            "is_won": frame["is_won"],
            "amount": 100.0,
        }
    )
    accounts = frame[["account_id", "segment"]].drop_duplicates()
    accounts = accounts.assign(created_on=pd.Timestamp("2023-12-01"))
    return rk.Dataset(opportunities=deals, accounts=accounts, as_of="2026-02-28")


def steps_to(before, after, *, at=18, months=24):
    return [before if month < at else after for month in range(months)]


FELL = company({"SMB": steps_to(20, 8)})
APART = company(
    {"SMB": steps_to(20, 8), "Mid-Market": steps_to(20, 20), "Enterprise": steps_to(22, 22)},
    segments=("SMB", "Mid-Market", "Enterprise"),
)


def said(finding):
    return str(finding).replace("\xa0", " ")


def test_a_lasting_fall_is_said_with_its_month_and_both_shares():
    rates = rk.metrics.win_rate(FELL)

    found = rk.say.step(rates)

    assert said(found).startswith(
        "Win rate has been lower since Aug 2025: 16.0 % since then and 40.0 % before "
        "(\u221224.0 points, 95 % interval \u2212"
    )
    assert said(found).endswith("; 300 opportunities).")
    assert not found.quiet
    assert disagreement("step", said(found), rates) == ""


def test_a_lasting_rise_is_one_too():
    rates = rk.metrics.win_rate(company({"SMB": steps_to(8, 20)}))

    assert " has been higher since Aug 2025: 40.0 % since then" in said(rk.say.step(rates))
    assert said(rk.say.step(rates, language="it")).startswith(
        "Tasso di vincita: valore più alto da ago 2025: 40,0 % da allora e 16,0 % prima"
    )


def test_the_group_that_changed_is_named_apart_from_the_others():
    rates = rk.metrics.win_rate(APART, by="segment")

    found = rk.say.step(rates)

    assert said(found).startswith("Win rate of SMB has been lower since Aug 2025: 16.0 %")
    assert said(found).endswith(", elsewhere 42.0 % and 42.0 %.")
    assert disagreement("step", said(found), rates) == ""
    assert shifts(rates)[0].group == "SMB"


def test_what_every_group_does_is_named_of_the_whole_alone():
    everywhere = company(
        {name: steps_to(20, 8) for name in ("SMB", "Enterprise")}, segments=("SMB", "Enterprise")
    )

    assert rk.say.step(rk.metrics.win_rate(everywhere, by="segment")).quiet
    assert not rk.say.step(rk.metrics.win_rate(everywhere)).quiet


def test_a_group_that_stays_while_the_others_move_is_not_the_one_that_moved():
    moved = company(
        {"SMB": steps_to(20, 20), "Enterprise": steps_to(20, 8)}, segments=("SMB", "Enterprise")
    )

    found = said(rk.say.step(rk.metrics.win_rate(moved, by="segment")))

    assert found.startswith("Win rate of Enterprise has been lower since Aug 2025")


def test_a_steady_share_and_a_short_one_are_quiet():
    steady = rk.say.step(rk.metrics.win_rate(company({"SMB": steps_to(20, 20)})))
    short = rk.say.step(rk.metrics.win_rate(company({"SMB": [20] * 4 + [5]}, months=5)))

    assert (steady.quiet, said(steady)) == (True, "Win rate: no lasting change beyond noise.")
    assert short.quiet
    assert said(short) == "Win rate: too few months or rows to tell a lasting change."


def test_deals_of_one_account_count_as_the_metric_takes_them():
    """Ten deals of an account are won or lost together: not ten times as sure."""
    alone = shifts(rk.metrics.win_rate(company({"SMB": steps_to(20, 10)})))[0]
    together = shifts(rk.metrics.win_rate(company({"SMB": steps_to(20, 10)}, each=10)))[0]

    assert together.p > 20 * alone.p
    assert together.rows == alone.rows == 300


def test_a_count_that_doubles_is_said_with_its_months_and_both_levels():
    deals = FELL.opportunities.to_pandas().assign(created_on=lambda rows: rows["closed_on"])
    twice = deals[deals["created_on"] >= "2025-08-01"].assign(
        opportunity_id=lambda rows: rows["opportunity_id"] + "-2"
    )
    accounts = FELL.accounts.to_pandas()
    more = rk.Dataset(
        opportunities=pd.concat([deals, twice]), accounts=accounts, as_of="2026-01-31"
    )
    created = rk.metrics.opportunities_created(more)

    found = rk.say.step(created)

    assert said(found) == (
        "Opportunities created: more since Aug 2025, 100 a month since then and 50 a month in the "
        "18 months before (+50, 95 % interval +41 to +59)."
    )
    assert disagreement("step", said(found), created) == ""
    assert disagreement("step", said(found).replace("50 a month", "40 a month"), created) != ""
    assert "al mese" in str(rk.say.step(created, language="it"))
    assert rk.say.step(rk.metrics.opportunities_created(FELL)).quiet


@pytest.mark.parametrize(
    "asked",
    [
        lambda: rk.metrics.won_amount(FELL),
        lambda: rk.metrics.win_rate(FELL, period="quarter"),
        lambda: rk.metrics.win_rate(FELL, trailing=3),
        lambda: rk.metrics.win_rate(APART, by=["segment", "account"]),
        lambda: rk.metrics.win_rate(FELL, period=None),
        lambda: rk.metrics.opportunities_created(FELL, period="quarter"),
        lambda: rk.metrics.opportunities_created(APART, by="segment"),
    ],
)
def test_what_is_no_share_by_month_is_refused(asked):
    with pytest.raises(ParameterError, match=r"rk\.say\.step"):
        rk.say.step(asked())


def test_the_level_is_that_of_the_few_sentences_on_lasting_changes():
    assert family.LEVEL / family.STEPS > 10 * family.LEVEL / family.TESTS
    assert not family.claimed(0.001)
    assert family.claimed(0.001, family.STEPS)
    assert np.isclose(family.LEVEL, 0.05)
