"""What the search names in rows that were drawn, with a change and without."""

import numpy as np
import pandas as pd
import pytest

from revkit.analysis.watch.leaves import LOG, RATE, Leaves, Place, of_rows
from revkit.analysis.watch.search import causes
from revkit.analysis.watch.series import of_counts

MONTHS = 36
BY = (("segment",), ("channel",))


def drawn(seed: int, rows: int = 8000) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    segment = rng.choice(["large", "small"], rows)
    channel = rng.choice(list("abcde"), rows)
    frame = pd.DataFrame({"month": rng.integers(0, MONTHS, rows)})
    frame["segment"] = pd.Categorical(segment)
    frame["channel"] = pd.Categorical(channel)
    usual = np.where(segment == "small", 0.4, 0.2) + np.where(channel == "e", 0.2, 0.0)
    return frame.assign(chance=usual, luck=rng.random(rows))


def leaves(frame: pd.DataFrame, metric: str, chance: np.ndarray | pd.Series) -> Leaves:
    rows = frame.assign(seen=(frame["luck"] < chance).astype(float))
    return of_rows(metric, "closed", RATE, rows, MONTHS, BY, ["segment"])


@pytest.fixture(scope="module")
def quiet() -> list[Leaves]:
    return [leaves(drawn(seed), f"quiet {seed}", drawn(seed)["chance"]) for seed in (1, 2, 3)]


def test_nothing_is_named_where_nothing_moved(quiet):
    assert causes(quiet) == []


def test_a_change_is_named_with_place_month_and_size(quiet):
    frame = drawn(4)
    late = (frame["channel"] == "b") & (frame["month"] >= 22)
    moved = leaves(frame, "moved", frame["chance"].where(~late, 0.1))
    (cause,) = causes([*quiet, moved])
    assert (cause.metric, cause.sure, cause.shape) == ("moved", True, "step")
    assert 22 in cause.months
    assert abs(cause.onset - 22) <= 1
    assert cause.places[0][0] == Place(("channel",), ("b",))
    assert cause.low < cause.value < cause.high < cause.usual
    assert cause.value == pytest.approx(0.1, abs=0.03)
    assert cause.usual == pytest.approx(0.3, abs=0.03)


def test_a_change_everywhere_is_no_change_of_a_place(quiet):
    frame = drawn(5)
    moved = leaves(frame, "moved", frame["chance"].where(frame["month"] < 20, frame["chance"] / 2))
    (cause,) = causes([*quiet, moved])
    assert cause.places[0][0] == Place()
    assert cause.sure
    assert cause.onset in (19, 20, 21)


def test_two_changes_are_both_named(quiet):
    frame, other = drawn(6), drawn(7)
    here = (frame["channel"] == "a") & (frame["month"] >= 18)
    there = (other["segment"] == "large") & (other["month"] >= 26)
    found = causes(
        [
            *quiet,
            leaves(frame, "first", frame["chance"].where(~here, 0.05)),
            leaves(other, "second", other["chance"].where(~there, 0.5)),
        ]
    )
    assert {(one.metric, str(one.places[0][0]), one.onset) for one in found} == {
        ("first", "a", 18), ("second", "large", 26),
    }  # fmt: skip


def test_two_changes_of_the_same_evidence_do_not_hide_each_other(quiet):
    """Either alone would be named; neither is likelier than the other."""
    frame = drawn(5)
    halved = frame["chance"].where(frame["month"] < 20, frame["chance"] / 2)

    found = causes([*quiet, *(leaves(frame, metric, halved) for metric in ("first", "second"))])

    assert [cause.metric for cause in found] == ["first", "second"]
    assert all(cause.probability > 0.99 for cause in found)


def test_a_place_that_is_usually_different_has_not_changed(quiet):
    frame = drawn(8)
    far = leaves(frame, "far", np.where(frame["channel"] == "e", 0.85, 0.1))
    assert causes([*quiet, far]) == []


def test_logarithms_are_told_as_amounts(quiet):
    frame = drawn(9)
    rng = np.random.default_rng(9)
    amount = 100.0 * np.exp(rng.normal(0, 0.5, len(frame)))
    amount = np.where((frame["month"] >= 24) & (frame["segment"] == "small"), amount / 2, amount)
    rows = frame.assign(seen=np.log(amount))
    size = of_rows("size", "closed", LOG, rows, MONTHS, BY, ["segment"])
    (cause,) = causes([*quiet, size])
    assert (str(cause.places[0][0]), cause.onset) == ("small", 24)
    assert cause.usual == pytest.approx(100, rel=0.1)
    assert cause.value == pytest.approx(50, rel=0.15)


def test_a_share_that_shifts_is_a_mix(quiet):
    rng = np.random.default_rng(10)
    counts = rng.poisson(60, (3, MONTHS)).astype(float)
    counts[1, 24:] = rng.poisson(20, MONTHS - 24)
    places = [Place(("channel",), (name,)) for name in "xyz"]
    (cause,) = causes(quiet, [of_counts("new_leads", "created", places, counts)])
    assert (cause.metric, str(cause.places[0][0]), cause.onset) == ("new_leads", "y", 24)
    assert cause.usual == pytest.approx(1 / 3, abs=0.03)


def test_rows_without_a_group_are_in_the_whole_alone():
    frame = drawn(11)
    frame["channel"] = frame["channel"].where(frame["month"] % 2 == 0)
    found = leaves(frame, "some", frame["chance"])
    places, sums = found.sums(("channel",))
    _, whole = found.sums(())
    assert [str(place) for place in places] == list("abcde")
    assert sums["n"].sum() == (frame["month"] % 2 == 0).sum()
    assert whole["n"].sum() == len(frame)


def test_a_dimension_that_no_row_has_a_group_of_changes_nothing():
    frame = drawn(11)
    whole = leaves(frame, "some", frame["chance"])
    none = pd.Categorical([None] * len(frame), categories=[])

    found = leaves(frame.assign(channel=none), "some", frame["chance"])

    assert found.sums(("channel",))[0] == []
    assert found.sums(())[1]["seen"].sum() == whole.sums(())[1]["seen"].sum()


def test_expectations_add_up_to_what_was_seen():
    frame = drawn(12)
    found = leaves(frame, "usual", frame["chance"])
    _, sums = found.sums(("channel",))
    assert sums["expected"].sum(axis=1) == pytest.approx(sums["seen"].sum(axis=1), rel=0.01)
