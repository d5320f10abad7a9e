"""Scorecard, sentences and report tiles agree on whether a metric moved."""

from __future__ import annotations

import pandas as pd
import pytest

import revkit as rk
from revkit.algebra.plan import Plan
from revkit.analysis.writing.contrasts import contrast
from revkit.analysis.writing.differences import compare
from revkit.report.overview.headlines import tiles


def deals(**months: tuple[int, int]) -> rk.Dataset:
    """Deals won and lost by month of 2026, each closed in the month it was created."""
    rows = [
        (f"2026-{month[1:]}-10", won)
        for month, (wins, losses) in months.items()
        for won in [True] * wins + [False] * losses
    ]
    frame = pd.DataFrame(rows, columns=["closed_on", "is_won"])
    frame["created_on"] = frame["closed_on"]
    frame["opportunity_id"] = [f"o{at}" for at in range(len(frame))]
    return rk.Dataset(opportunities=frame.assign(amount=100.0), as_of="2026-04-30")


CASES = {
    "moved": (deals(m03=(20, 180), m04=(80, 120)), "worse or better"),
    "noise": (deals(m03=(50, 150), m04=(52, 148)), "same"),
    "few before": (deals(m03=(0, 3), m04=(150, 50)), "same"),
    "few now": (deals(m03=(150, 50), m04=(0, 3)), "same"),
    "unknown before": (deals(m02=(20, 180), m04=(80, 120)), ""),
}


@pytest.mark.parametrize("case", CASES)
def test_all_pages_agree_on_whether_a_rate_moved(case):
    company, expected = CASES[case]
    direction = rk.scorecard(company, metrics=["win_rate"])["direction"].iloc[0]
    result = rk.metrics.win_rate(company)
    moved = compare(result)
    tile = next(t for t in tiles(company, period="month") if t.title == "Win rate")

    told = direction in ("better", "worse")
    assert told is (case == "moved")
    assert told is not rk.say.change(result).quiet
    assert told is bool(tile.tone)
    assert (direction == "") is (moved is None) is (tile.change == "")
    assert direction == expected or told


def test_a_tile_compares_no_windows_that_overlap(monkeypatch, pytestconfig):
    monkeypatch.setattr("revkit.report.overview.headlines.HEADLINES", ("ltv_cac",))
    company = rk.load(pytestconfig.rootpath / "data" / "sample")
    trailing = int(rk.metrics.ltv_cac(company).attrs["trailing"])
    shown = tiles(company, period="month")[0]

    moved = compare(rk.metrics.ltv_cac(company))
    assert moved is not None
    months = (moved.now["period"].to_period("M") - moved.before["period"].to_period("M")).n
    assert months == trailing
    assert f"{moved.before['period']:%b %Y}" in shown.change


def test_tiles_ask_all_metrics_of_a_window_in_one_batch(monkeypatch):
    batches = set()
    frame = Plan.frame

    def watched(plan):
        batches.add(id(plan._batch))
        return frame(plan)

    monkeypatch.setattr(Plan, "frame", watched)

    assert tiles(rk.example("retention"), period="month")
    assert len(batches) == 2  # by the period, and over twelve months


@pytest.mark.parametrize("groups", [50, 800])
def test_contrast_reads_each_group_a_few_times_however_many_there_are(groups, monkeypatch):
    rate = pd.Series([0.2, 0.4] * (groups // 2))
    result = pd.DataFrame({"segment": [f"s{at}" for at in range(groups)], "value": rate})
    result = result.assign(low=rate - 0.01, high=rate + 0.01, n=1000, small=False, complete=True)
    result = result.assign(change=0.1, change_low=0.08, change_high=0.12, certain=True)
    result.attrs = {"metric": "win_rate", "period": None, "compare": "rest"}
    read = 0

    def counted(method):
        def call(self, *args, **kwargs):
            nonlocal read
            read += len(self)
            return method(self, *args, **kwargs)

        return call

    for name in ("drop", "__getitem__", "iterrows"):
        monkeypatch.setattr(pd.DataFrame, name, counted(getattr(pd.DataFrame, name)))

    assert not contrast(result).quiet
    assert read <= 40 * groups


@pytest.mark.parametrize("by", [None, "segment"])
def test_a_scorecard_of_all_days_has_one_value_and_no_change(by, pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")

    card = rk.scorecard(company, period=None, metrics=["win_rate", "mrr", "won_amount"], by=by)
    alone = rk.metrics.win_rate(company, period=None, by=by)

    shown = card[card["metric"] == "win_rate"]
    assert shown["value"].tolist() == alone["value"].tolist()
    assert not card.unavailable
    assert card["change"].isna().all()
    assert set(card["direction"]) == {""}
    assert "all days" in str(card)
    assert "all days" in card._repr_html_()
    assert "Change" not in str(card)


@pytest.mark.parametrize("how", [{"at": "2026-01-05"}, {"compare": "year"}])
def test_a_scorecard_of_all_days_has_no_other_day(how):
    with pytest.raises(rk.errors.PeriodError, match="period=None"):
        rk.scorecard(rk.example("deals"), period=None, **how)
