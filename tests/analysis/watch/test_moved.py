"""The first lines of a page: what a watch found of its metrics, asked once for a whole report."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import revkit as rk
from revkit.analysis import moved as lines
from revkit.analysis.diagnosis import diagnose as diagnoses
from revkit.analysis.faults import Fault
from revkit.analysis.watch import watch as watches
from revkit.analysis.watch.leaves import Place
from revkit.analysis.watch.metrics.rows import Window
from revkit.analysis.watch.result import Watch
from revkit.analysis.watch.search import Cause
from revkit.analysis.watch.series import Series
from revkit.analysis.writing.finding import Finding, findings
from revkit.errors import ParameterError

WINDOW = Window(2023 * 12, 36, date(2025, 12, 31))
STEP, WAVES = (np.arange(36) >= 24) * 1.0, 0.004 * np.sin(np.arange(36))
CHURN = Cause(
    "churn_rate", "calendar", "rate", ((Place(("segment",), ("SMB",)), 1.0),), True, 24, (24,),
    "step", 0.99, 0.7, 0.1, 0.02, 0.04, 0.035, 0.045, 100.0, STEP, 0.02 + 0.02 * STEP + WAVES,
    0.02 + 0.02 * STEP,
)  # fmt: skip


def told(monkeypatch, watched, metrics=None):
    monkeypatch.setattr(watches, "watch", lambda _: watched)
    return rk.notebook.moved(rk.example("deals"), metrics)


def test_a_page_is_told_of_its_own_metrics_and_of_faults_of_the_data(monkeypatch):
    watched = Watch(WINDOW, (CHURN,), (Fault("leads", "channel", 20, 0.0, 0.2),))

    fault, churn = told(monkeypatch, watched, ["churn_rate", "new_leads"])

    assert "channel is missing in 20.0" in fault
    assert "Customers who leave, a month (SMB): 4.0" in churn
    assert "Ask those who left why" in churn
    assert told(monkeypatch, watched, ["win_rate"]) == []
    assert told(monkeypatch, watched, ["win_rate", "new_leads"]) == [fault]
    assert told(monkeypatch, watched, []) == [fault]
    assert told(monkeypatch, watched) == [fault, churn]
    everywhere = Watch(WINDOW, (), (Fault("accounts", "segment", 20, 0.0, 0.2),))
    assert len(told(monkeypatch, everywhere, "churn_rate")) == 1


def test_nothing_is_said_where_nothing_moved(monkeypatch):
    assert told(monkeypatch, Watch(WINDOW)) == []
    with pytest.raises(ParameterError, match=r"rk\.notebook\.moved.*'win_rates'"):
        told(monkeypatch, Watch(WINDOW), "win_rates")


def test_a_report_looks_once_and_its_kernels_read_what_it_found(monkeypatch):
    data = rk.example("deals")
    found = lines.by_metric(data, Watch(WINDOW, (CHURN,)))
    for name, value in lines.environment(data, found).items():
        monkeypatch.setenv(name, value)

    again = told(monkeypatch, Watch(WINDOW))
    assert [str(one) for one in again] == [said for _, said in found]
    assert [one.picture for one in again] == [said.picture for _, said in found]
    assert [(one.place, one.since) for one in again] == [((("segment", "SMB"),), date(2025, 1, 1))]
    other = data.replay("2026-02-28")
    assert rk.notebook.moved(other) == [], "of another company it knows nothing"


def test_a_change_that_is_told_twice_is_said_once():
    first = Finding("Customers who leave: 4 % since May.", about="churn_rate")
    again = Finding("Churn rate has been higher since May.", about="churn_rate")

    assert findings([first, again]).sentences == (str(first),)
    assert findings([again]).sentences == (str(again),)


def test_a_quiet_finding_has_no_conclusion():
    assert rk.notebook.so(Finding("Within noise.", quiet=True)) is None
    assert str(rk.notebook.so(Finding("It rose."))) == "So: It rose."


def test_two_changes_of_one_metric_are_both_said(monkeypatch):
    later = replace(CHURN, onset=30, months=(30,), axis="cohort")
    said = told(monkeypatch, Watch(WINDOW, (CHURN, later)))

    assert len(findings(said).sentences) == 2


def test_a_change_without_a_sure_place_is_diagnosed_since_then(monkeypatch):
    asked = []

    def diagnose(_, metric, period, versus):
        asked.append((metric, period, versus))
        return type("Diagnosis", (), {"named": lambda _: ["Starter moved it."]})()

    monkeypatch.setattr(diagnoses, "diagnose", diagnose)
    unsure = replace(CHURN, sure=False, places=((Place(), 0.4), *CHURN.places))

    assert "Starter" not in told(monkeypatch, Watch(WINDOW, (CHURN,)))[0]
    assert told(monkeypatch, Watch(WINDOW, (unsure,)))[0].endswith("Starter moved it.")
    assert asked == [
        ("churn_rate", (date(2025, 1, 1), date(2026, 1, 1)), (date(2024, 1, 1), date(2025, 1, 1)))
    ]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (0.021, "4.0 % for 6 months from Jan 2025"),
        (0.03, "3.0 % in the 9 months since, which is only part of the way back."),
        (0.039, "4.0 % in the first 6 months from Jan 2025"),
    ],
)
def test_what_came_for_some_months_is_told_with_what_the_months_since_show(after, said):
    passing = replace(CHURN, shape="6 months", before=0.02, after=after, months_after=9)

    (text,) = map(str, Watch(WINDOW, (passing,)).findings)

    text = text.replace("\u00a0", " ")
    assert said in text
    assert ("it has not come back: 3.9 % in the 9 months since" in text) == (after == 0.039)


def test_a_level_is_of_the_months_before_and_of_those_since():
    pattern = np.array([0.0] * 6 + [1.0] * 3 + [0.0] * 7)
    cases, left = np.full(16, 100.0), np.where(pattern > 0, 8.0, 2.0)
    left[9:13] = 7.0
    every = np.ones(1)
    series = Series(Place(), None, every, every, every > 0, "rate", cases, left)

    assert series.before(pattern) == pytest.approx(0.02)
    assert series.after(pattern) == (4, pytest.approx(0.07))
    late = np.roll(pattern, 3)
    assert series.after(late) == (1, pytest.approx(float("nan"), nan_ok=True))
