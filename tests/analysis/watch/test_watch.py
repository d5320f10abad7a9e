"""What a watch says of companies whose truth is known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.faults import step
from revkit.analysis.watch import wording
from revkit.analysis.watch.metrics.prices import _move
from revkit.errors import ParameterError


@pytest.fixture(scope="module")
def broken() -> rk.Dataset:
    return rk.generate("broken-integration", seed=5).data


def test_a_field_that_is_no_longer_filled_is_named_as_the_data(broken):
    found = rk.watch(broken)
    (fault,) = found.faults
    assert (fault.table, fault.field, found.window.day(fault.onset)) == (
        "leads", "channel", pd.Timestamp("2024-09-01"),
    )  # fmt: skip
    assert not found.moved
    assert "changed with the data, not with the business" in found.findings[0]
    assert "non con l'azienda" in found.sentences("it")[0]


def test_what_is_not_known_yet_is_not_said(broken):
    assert rk.watch(broken.replay(date(2024, 8, 31))).quiet


def test_one_metric_alone_is_asked_for(broken):
    found = rk.watch(broken, "win_rate")
    assert set(found.causes["metric"]) <= {"win_rate"}
    with pytest.raises(ParameterError, match=r"rk\.watch.*metric"):
        rk.watch(broken, "win_rates")


def test_a_company_known_for_a_year_is_too_young():
    company = rk.generate("baseline", accounts=400, months=12).data
    found = rk.watch(company)
    assert found.quiet
    assert "12" in found.notes[0]


def test_what_is_said_can_be_put_in_a_table():
    company = rk.generate("sandbagging", seed=4).data
    found = rk.watch(company)
    assert {"promised_days", "won_as_commit"} <= set(found.causes["metric"])
    since = found.causes.set_index("metric")["since"]
    assert since["promised_days"] == pd.Timestamp("2025-01-01")
    text = str(rk.table(found.causes))
    assert "Days to the expected close, when a deal is opened" in text
    assert "since then" in text
    days = found.causes.set_index("metric").loc["promised_days"]
    assert days["low"] < days["value"] < days["high"]
    assert f"{days['value']:.0f} days" in text.replace("\u00a0", " ")


def test_every_watched_metric_has_a_title_and_a_question(broken):
    assert wording.TITLES.keys() == wording.NEXT.keys()
    assert set(rk.watch(broken).watched) == set(wording.TITLES)


@pytest.mark.parametrize(
    ("missing", "onset"),
    [
        (np.r_[np.zeros(20), np.full(10, 20.0)], 20),
        (np.r_[np.full(20, 4.0), np.full(10, 90.0)], 20),
        (np.r_[np.full(20, 90.0), np.full(10, 2.0)], 20),
    ],
)
def test_a_field_that_is_filled_otherwise_is_a_fault(missing, onset):
    found = step(missing, np.full(30, 100.0))
    assert found is not None
    assert found[0] == onset


def test_a_share_missing_that_wanders_is_no_fault():
    rng = np.random.default_rng(2)
    share = 0.2 + 0.1 * np.sin(np.arange(36) / 3) + rng.normal(0, 0.05, 36)
    assert step(rng.binomial(40, share).astype(float), np.full(36, 40.0)) is None


def test_a_list_price_that_moves_and_stays_is_told():
    at = np.arange(30)
    assert _move(at, np.where(at < 20, 30.0, 36.0), 30) == (20, 30.0, 36.0)
    assert _move(at, np.where((at < 20) | (at > 23), 30.0, 36.0), 30) is None
    assert _move(at, np.where(at < 20, 30.0, 31.0), 30) is None


@pytest.mark.parametrize(
    ("columns", "watched"),
    [
        (["closed_on", "is_won"], {"win_rate", "closing_rate"}),
        (["closed_on"], set()),
        (["closed_on", "is_won", "amount"], {"win_rate", "closing_rate", "deal_size"}),
    ],
)
def test_what_columns_do_not_tell_is_not_watched(broken, columns, watched):
    deals = broken.table("opportunities").to_pyarrow()
    kept = ["opportunity_id", "created_on", "kind", *columns]
    company = rk.Dataset(opportunities=deals.select(kept), as_of=broken.as_of, currency="EUR")
    found = rk.watch(company)
    assert set(found.watched) == watched
    assert isinstance(found.findings, list)
