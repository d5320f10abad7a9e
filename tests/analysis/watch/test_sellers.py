"""Who sells moves a win rate: that is no change of the place; a change of the place is found."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.watch.leaves import RATE, Leaves, of_rows
from revkit.analysis.watch.metrics.deals import _with_tenure
from revkit.analysis.watch.search import causes
from revkit.analysis.watch.sellers import skill

MONTHS, REPS, TURN = 36, 40, 20
BY = (("segment",),)


def sold(spread: float, seed: int = 3) -> pd.DataFrame:
    """Return deals of forty reps; of the two who sell to large companies one is replaced."""
    rng = np.random.default_rng(seed)
    skills = rng.normal(0.0, spread, REPS)
    skills[:3] = 0.0, spread, -spread
    rows = 40_000
    rep, month = rng.integers(0, REPS, rows), rng.integers(0, MONTHS, rows)
    large = np.isin(rep, (0, 1, 2))
    there = ~large | (rep == 0) | (rep == np.where(month < TURN, 1, 2))
    frame = pd.DataFrame({"month": month, "rep": rep, "large": large, "skill": skills[rep]})
    frame = frame.assign(luck=rng.random(rows))[there].reset_index(drop=True)
    frame["segment"] = pd.Categorical(np.where(frame["large"], "large", "small"))
    frame["rep"] = frame["rep"].astype(str).astype("category")
    return frame


def leaves(frame: pd.DataFrame, *, seller: str | None = "rep", shift=0.0) -> Leaves:
    chance = 1 / (1 + np.exp(1.0 - frame["skill"] - shift))
    rows = frame.assign(seen=(frame["luck"] < chance).astype(float))
    return of_rows("win_rate", "closed", RATE, rows, MONTHS, BY, ["segment"], seller=seller)


@pytest.mark.parametrize("spread", [0.0, 0.25, 0.5])
def test_skill_is_what_differs_beyond_chance(spread):
    found = np.mean([skill(leaves(sold(spread, seed))) for seed in range(4)])

    assert found == pytest.approx(spread**2, abs=0.02 + 0.3 * spread**2)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_seller_who_is_replaced_is_no_change_of_whom_is_sold_to(seed):
    frame = sold(0.5, seed)

    assert [str(one.places[0][0]) for one in causes([leaves(frame, seller=None)])] == ["large"]
    assert causes([leaves(frame)]) == []


def test_a_change_for_all_sellers_of_a_place_is_named():
    frame = sold(0.25)
    shift = np.where(frame["large"] & (frame["month"] >= 24), -1.5, 0.0)

    (cause,) = causes([leaves(frame, shift=shift)])

    assert (str(cause.places[0][0]), cause.sure) == ("large", True)
    assert abs(cause.onset - 24) <= 1


def test_reps_are_grouped_by_how_long_they_have_been_there():
    reps = pd.DataFrame({"rep_id": ["ada"], "hired_on": ["2025-01-01"]})
    deals = pd.DataFrame({"opportunity_id": list("abcd"), "rep_id": ["ada"] * 3 + [None]})
    deals = deals.assign(created_on="2025-01-02", closed_on="2025-02-01", is_won=True, amount=1.0)
    company = rk.Dataset(opportunities=deals, reps=reps, as_of="2026-12-31", currency="EUR")
    closed = deals.assign(
        closed_on=pd.Timestamp("2025-01-01") + pd.to_timedelta([180, 181, 400, 400], unit="D")
    )

    assert _with_tenure(closed, company)["tenure"].tolist() == [1, 2, 3, 0]
    alone = rk.Dataset(opportunities=deals, as_of="2026-12-31", currency="EUR")
    assert _with_tenure(closed, alone)["tenure"].tolist() == [0] * 4


def test_time_with_the_company_is_unknown_of_reps_who_are_hired_later_or_not_listed():
    days = {"closed_on": pd.to_datetime(["2026-02-01", "2026-03-01"])}
    closed = pd.DataFrame({"rep_id": pd.Categorical(["Ann", "Bob"]), **days})
    for reps, bands in (
        ({"rep_id": ["Ann"], "hired_on": ["2027-01-01"]}, [0, 0]),
        ({"rep_id": ["Bob"], "hired_on": ["2026-02-25"]}, [0, 1]),
    ):
        data = rk.Dataset(reps=pd.DataFrame(reps), as_of="2026-03-31")

        assert _with_tenure(closed, data)["tenure"].tolist() == bands
