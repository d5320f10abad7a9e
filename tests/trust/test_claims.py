"""Every sentence of the pages says what its frame holds, on companies that it was not written on.

More of them, with causes planted and none: ``python -m benchmarks.quiet``.
"""

from __future__ import annotations

import pandas as pd
import pytest

import revkit as rk
from benchmarks.quiet.agreement import disagreement
from benchmarks.quiet.claims import claims


def test_every_sentence_of_the_pages_says_what_its_frame_holds():
    company = rk.generate("price-rise-smb", seed=11, accounts=900, months=24).data

    found = claims(company)

    assert {one.wrong for one in found} == {""}
    sentences = [
        one for one in found if one.kind in ("level", "change", "year", "contrast", "step")
    ]
    assert len(sentences) > 30
    assert any(one.said for one in sentences)


RATES = pd.DataFrame(
    {
        "period": pd.to_datetime(["2025-01-01", "2025-04-01", "2025-07-01"]),
        "value": [0.314, 0.2744, float("nan")],
        "complete": [True, True, False],
    }
)
RIGHT = "Win rate fell from 31.4 % in Q1 2025 to 27.4 % in Q2 2025 (\u22124.0 points, 95 % "


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (RIGHT, ""),
        (RIGHT.replace("fell", "rose"), "rose from 0.314 to 0.2744"),
        (RIGHT.replace("31.4", "31.5"), "31.5 % for 0.314"),
        (RIGHT.replace("Q1", "Q4"), "Q4 2025 or Q2 2025 is not in the frame"),
        (RIGHT.replace("\u22124.0", "+4.0"), "+4.0 points for -0.0"),
        ("Win rate fell a lot.", "not understood"),
    ],
)
def test_what_a_sentence_gets_wrong_is_seen(said, wrong):
    found = disagreement("change", said, RATES)

    assert found.startswith(wrong)
    assert bool(found) == bool(wrong)


SEGMENTS = pd.DataFrame(
    {"segment": ["SMB", "Mid-Market"], "value": [0.2, 0.5], "change": [-0.3, 0.3]}
)
SEGMENTS.attrs["compare"] = "rest"
APART = "Win rate differs by segment: SMB 20.0 % against 50.0 % elsewhere (\u221230.0 points, "


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (APART, ""),
        (APART.replace("SMB", "EMEA"), "EMEA is not in the frame"),
        (APART.replace("50.0", "51.0"), "SMB: 20.0 % agai"),
        (APART.replace("\u2212", "+"), "SMB: + for 0.2 again"),
    ],
)
def test_what_a_contrast_gets_wrong_is_seen(said, wrong):
    found = disagreement("contrast", said, SEGMENTS)

    assert found.startswith(wrong)
    assert bool(found) == bool(wrong)


def lasting():
    days = pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"])
    shares = {"SMB": [0.4, 0.2, 0.1], "Enterprise": [0.5, 0.5, 0.6]}
    rows = [
        {"segment": name, "period": day, "value": share, "n": 100, "complete": True}
        for name, values in shares.items()
        for day, share in zip(days, values, strict=True)
    ]
    return pd.DataFrame(rows)


LASTS = (
    "Win rate of SMB has been lower since Feb 2025: 15.0 % since then and 40.0 % before "
    "(\u221225.0 points, 95 % interval \u221230.0 to \u221220.0 points; 200 deals), "
    "elsewhere 55.0 % and 50.0 %."
)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (LASTS, ""),
        (LASTS.replace("lower", "higher"), "higher for -0.25"),
        (LASTS.replace("15.0", "16.0"), "16.0 % for 0.15"),
        (LASTS.replace("Feb", "Mar"), "15.0 % for 0.1"),
        (LASTS.replace("55.0", "54.0"), "54.0 % for 0.55"),
        (LASTS.replace("\u221225", "\u221226"), "\u221226.0 points for -0.25"),
        ("Win rate has been low.", "not understood"),
    ],
)
def test_what_a_lasting_change_gets_wrong_is_seen(said, wrong):
    found = disagreement("step", said, lasting())

    assert found.startswith(wrong)
    assert bool(found) == bool(wrong)
