"""Training before and after: an effect is found, a return to the usual and the team's are none."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.coaching.deals import Span
from revkit.analysis.coaching.training import before_and_after, trainings

DAY = pd.Timestamp("2025-07-01")


def cases(rng, shares, deals=60):
    """Deals of reps in the half-years around a day; of each rep the share won in both."""
    rows = [
        (rep, DAY + pd.Timedelta(days=int(side * days)), rng.random() < share)
        for rep, both in shares.items()
        for side, share in zip((-1, 1), both, strict=True)
        for days in rng.integers(1, 180, deals)
    ]
    frame = pd.DataFrame(rows, columns=["rep_id", "on", "won"])
    frame["opportunity_id"] = [f"O{at}" for at in range(len(frame))]
    return frame.assign(seen=frame["won"].astype(float), expected=frame["won"].mean())


def compared(frame, rep="ada"):
    trained = pd.DataFrame({"rep_id": [rep], "trained_on": [DAY]})
    deals = frame[["opportunity_id"]].assign(account=frame["opportunity_id"])
    return before_and_after(trained, deals, {"win": frame})


PEERS = {f"peer {at}": (0.3, 0.3) for at in range(8)}


def test_an_effect_is_found_with_its_size():
    row = compared(cases(np.random.default_rng(1), PEERS | {"ada": (0.2, 0.6)}, 200)).loc[0]

    assert row["clear"]
    assert row["low"] < 0.4 < row["high"]
    assert (row["n_before"], row["n_after"]) == (200, 200)


def test_what_the_whole_team_moved_by_is_no_effect():
    peers = dict.fromkeys(PEERS, (0.2, 0.4))

    row = compared(cases(np.random.default_rng(2), peers | {"ada": (0.2, 0.4)}, 200)).loc[0]

    assert row["peers"] == pytest.approx(0.2, abs=0.05)
    assert row["low"] < 0 < row["high"]


def test_who_was_sent_for_a_bad_half_year_returns_to_the_usual_by_chance():
    """The worst of nine like reps is trained, and nothing comes of it: before and after says so."""
    off, naive = [], []
    for seed in range(60):
        frame = cases(np.random.default_rng(seed), PEERS | {"ada": (0.3, 0.3)}, 40)
        early = frame[frame["on"] < DAY]
        worst = early.groupby("rep_id")["seen"].mean().idxmin()
        row = compared(frame, worst).loc[0]
        off.append(not row["low"] < 0 < row["high"])
        naive.append(row["after"] - row["before"])

    assert np.mean(naive) > 0.07
    assert np.mean(off) <= 0.07


def test_a_course_of_several_days_is_one_and_few_deals_say_nothing():
    work = pd.DataFrame({
        "activity_id": list("abcd"), "rep_id": ["ada", "ada", "ada", "bo"],
        "kind": ["training", "training", "training", "call"], "is_selling": False,
        "occurred_at": ["2025-03-01T09:00:00", "2025-03-15T09:00:00", "2025-07-01T09:00:00",
                        "2025-07-01T09:00:00"],
    })  # fmt: skip
    data = rk.Dataset(activities=work, as_of="2025-12-31")

    found = trainings(data, Span.of(data, 24))

    assert found["trained_on"].dt.strftime("%m-%d").tolist() == ["03-01", "07-01"]
    assert compared(cases(np.random.default_rng(1), {"ada": (0.5, 0.5), "bo": (0.5, 0.5)}, 5)).empty


def test_peers_who_were_trained_themselves_are_none():
    frame = cases(np.random.default_rng(3), {"ada": (0.3, 0.3), "bo": (0.3, 0.9)}, 40)
    both = pd.DataFrame({"rep_id": ["ada", "bo"], "trained_on": [DAY, DAY]})

    assert before_and_after(both, frame.assign(account="a"), {"win": frame}).empty


def test_a_team_says_what_its_training_was_followed_by():
    frame = cases(np.random.default_rng(1), PEERS | {"ada": (0.1, 0.7)}, 100)
    deals = frame.assign(
        is_won=frame["won"], created_on=frame["on"] - pd.Timedelta(days=20), closed_on=frame["on"]
    )[["opportunity_id", "rep_id", "is_won", "created_on", "closed_on"]]
    work = pd.DataFrame({"activity_id": ["a"], "rep_id": ["ada"], "kind": ["training"],
                         "occurred_at": [DAY], "is_selling": [False]})  # fmt: skip
    found = rk.coach(rk.Dataset(opportunities=deals, activities=work, as_of="2026-01-31"))

    assert found.training["rep"].tolist() == ["ada"]
    said = " ".join(map(str, found.sentences("en"))).replace("\u00a0", " ")
    after = frame[(frame["rep_id"] == "ada") & (frame["on"] > DAY)]["seen"].mean()
    assert f"After the training of 1 July 2025 ada won {100 * after:.1f} % of 100 deci" in said
    assert "formazione" in " ".join(map(str, found.sentences("it")))
    assert "Beyond that" in str(rk.table(found.training))
