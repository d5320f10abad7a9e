"""Survival against published figures, small cases by hand, and brute force."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revkit.statistics.hazards import cox
from revkit.statistics.spells import Spells
from revkit.statistics.survival import incidence, kaplan_meier, log_rank

PUBLIC = Path(os.environ.get("REVKIT_PUBLIC_DATA", Path(__file__).parents[2] / "../shared/data"))


def public(*names):
    path = PUBLIC.joinpath(*names)
    if not path.is_file():
        pytest.skip(f"{names[-1]} is not in {PUBLIC}: set REVKIT_PUBLIC_DATA")
    return pd.read_csv(path)


def test_the_waltons():
    rows = public("lifelines", "waltons_dataset.csv")
    groups = {name: Spells.of(group["T"], group["E"]) for name, group in rows.groupby("group")}

    assert kaplan_meier(Spells.of(rows["T"], rows["E"])).quantile() == (56, 53, 58)
    assert kaplan_meier(groups["miR-137"]).quantile()[0] == 26
    assert kaplan_meier(groups["control"]).quantile()[0] == 58
    statistic, freedom, p = log_rank([*groups.values()])
    assert (round(statistic, 2), freedom) == (122.25, 1)
    assert p == pytest.approx(2.0359832e-28, rel=1e-6)


def test_rossi():
    rows = public("lifelines", "rossi.csv")
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    found = cox(
        rows["week"].to_numpy(float), rows["arrest"].to_numpy() == 1, np.zeros(len(rows)),
        rows[names].to_numpy(float),
    )  # fmt: skip

    assert (len(rows), rows["arrest"].sum()) == (432, 114)
    coefficients = dict(zip(names, np.log(found["ratio"]).round(3), strict=True))
    published = {"fin": -0.379, "age": -0.057, "race": 0.314, "wexp": -0.150, "mar": -0.434,
                 "paro": -0.085, "prio": 0.091}  # fmt: skip
    assert coefficients == pytest.approx(published, abs=1.01e-3)


def test_telco():
    rows = public("telco_churn", "Telco-Customer-Churn.csv")
    curve = kaplan_meier(Spells.of(rows["tenure"], rows["Churn"] == "Yes"))

    assert curve.at(12)[0][0] == pytest.approx(0.8432, abs=5e-5)


def naive_curve(time, cause, entered):
    """Kaplan–Meier as a loop over days."""
    stay, shares = 1.0, []
    for day in sorted(set(time)):
        known = [late == 0 or late < day for late in entered]
        at_risk = sum(seen and end >= day for seen, end in zip(known, time, strict=True))
        events = sum(end == day and why > 0 for end, why in zip(time, cause, strict=True))
        stay *= 1 - events / at_risk
        shares.append(stay)
    return shares


SPELLS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 6), st.integers(0, 2)), min_size=1, max_size=30
)


@settings(max_examples=60, deadline=None)
@given(SPELLS)
def test_curves_are_those_of_a_loop_and_add_up(rows):
    entered, length, cause = (np.array(column) for column in zip(*rows, strict=True))
    spells = Spells.of(entered + length, cause, entered)
    curve = kaplan_meier(spells)

    assert curve.share == pytest.approx(naive_curve(entered + length, cause, entered))
    parts = [incidence(spells, one).share for one in (1, 2)]
    assert curve.share + sum(parts) == pytest.approx(np.ones(len(curve.time)))


@settings(max_examples=40, deadline=None)
@given(SPELLS)
def test_the_restricted_mean_is_the_area_under_the_curve(rows):
    _, length, cause = (np.array(column) for column in zip(*rows, strict=True))
    curve = kaplan_meier(Spells.of(length, cause))
    within = float(curve.time[-1])
    days = np.arange(0, within, 0.5) + 0.25
    area = curve.at(days)[0].sum() * 0.5

    assert curve.mean(within)[0] == pytest.approx(area)


def test_an_event_of_one_kind_alone_has_the_variance_of_greenwood():
    """With one cause, the interval of the incidence is that of one less the curve's variance."""
    rng = np.random.default_rng(1)
    time, cause = rng.integers(1, 20, 200), rng.integers(0, 2, 200)
    spells = Spells.of(time, cause)
    curve, events = kaplan_meier(spells), incidence(spells, 1)
    at_risk, gone = curve.at_risk, curve.events
    variance = curve.share**2 * np.cumsum(gone / (at_risk * np.maximum(at_risk - gone, 1)))
    share = events.share
    error = np.log(np.log(events.low) / np.log(share)) / 1.959964 * -share * np.log(share)

    inside = (curve.share > 0.05) & (share > 0)
    assert error[inside] ** 2 == pytest.approx(variance[inside], rel=0.02)


def test_intervals_cover_what_is_true():
    """The share still there at 12 of exponential lives of mean 20, a third of them cut."""
    rng, inside, trials = np.random.default_rng(2), 0, 400
    for _ in range(trials):
        life, cut = rng.exponential(20, 100), rng.uniform(5, 40, 100)
        curve = kaplan_meier(Spells.of(np.minimum(life, cut), life <= cut))
        _, low, high = curve.at(12)
        inside += low[0] <= np.exp(-12 / 20) <= high[0]

    assert 0.93 <= inside / trials <= 0.975


def test_those_who_come_late_are_not_at_risk_before():
    """Without left truncation those alive at the start of an export seem never to leave."""
    rng = np.random.default_rng(3)
    begun, life = rng.uniform(-60, 24, 4000), rng.exponential(20, 4000)
    seen = begun + life > 0
    entered = np.maximum(-begun, 0)[seen]
    ends = np.minimum(life, 24 - begun)[seen]
    happened = (life <= 24 - begun)[seen]

    right = kaplan_meier(Spells.of(ends, happened, entered)).at(12)[0][0]
    wrong = kaplan_meier(Spells.of(ends, happened)).at(12)[0][0]

    assert right == pytest.approx(np.exp(-12 / 20), abs=0.03)
    assert wrong > np.exp(-12 / 20) + 0.1


def test_equal_groups_differ_in_one_of_twenty():
    rng, found, trials = np.random.default_rng(4), 0, 400
    for _ in range(trials):
        groups = [Spells.of(rng.exponential(10, 60), rng.random(60) < 0.8) for _ in range(3)]
        found += log_rank(groups)[2] < 0.05

    assert 0.02 <= found / trials <= 0.085


@pytest.mark.parametrize(
    "given", [([1, 2], [1], None), ([1, np.nan], [1, 0], None), ([1, 2], [1, 1], [2, 0])]
)
def test_spells_that_cannot_be_are_refused(given):
    with pytest.raises(ValueError, match=r"length|missing|ends before"):
        Spells.of(*given)


def test_nothing_known_is_nan():
    nobody = kaplan_meier(Spells.of([], []))
    stayed = kaplan_meier(Spells.of([3, 4], [0, 0]))

    assert np.isnan(nobody.quantile()).all()
    assert np.isnan(stayed.quantile()).all()
    assert np.isnan(stayed.at(5)[0][0])
    assert np.isnan(log_rank([Spells.of([1, 2], [1, 0])])[2])


@pytest.mark.parametrize("seed", range(30))
def test_a_share_that_misses_one_by_rounding_has_no_interval(seed):
    """All have had the event; a narrow interval around 0.9999999999999997 would be certainty."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(3, 40))
    times, accounts = rng.integers(1, 30, rows), rng.integers(0, rows // 3 + 1, rows)

    curve = incidence(Spells.of(times, np.ones(rows, int), cluster=accounts), 1)

    assert curve.share[-1] == pytest.approx(1)
    assert np.isnan(curve.low[-1])
    assert np.isnan(curve.high[-1])
