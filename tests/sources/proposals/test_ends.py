"""The end of a subscription, and the day on which it was cancelled, in proposals."""

import pytest

import revkit as rk

ROWS = (
    "1,A,50.5,2026-01-01,active,{0}\n2,B,30.5,2026-01-01,canceled,2026-08-05{1}\n"
    "3,C,30.5,2026-02-01,canceled,2026-07-05{2}\n"
)
NAMES = "subscription_id,account_id,plan_price,started_at,status,canceled_at"


@pytest.mark.parametrize(
    ("more", "cells", "end"),
    [
        (",ended_at", (",", ",2026-08-31", ",2026-07-31"), "ended_at"),
        ("", ("",) * 3, "canceled_at"),
    ],
)
def test_the_day_of_a_cancellation_is_the_end_where_no_other_is(tmp_path, more, cells, end):
    (tmp_path / "abos.csv").write_text(f"{NAMES}{more}\n" + ROWS.format(*cells), encoding="utf-8")
    said = str(rk.propose_mapping(tmp_path))
    assert f"ended_on: {end} " in said
    assert "canceled: ended}" in said
    assert ("cancel_requested_on: canceled_at " in said) == bool(more)
