"""Strict retention: who left within the window has left, even if back; by hand and day by day."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ParameterError

M = rk.metrics
FIRST, LAST = date(2025, 1, 1), date(2026, 3, 31)


def company(*rows, policy=None, **tables):
    """Subscriptions (account, product, started, ended, mrr)."""
    paid = pd.DataFrame(rows, columns=["account_id", "product_id", "started_on", "ended_on", "mrr"])
    paid = paid.astype({"started_on": "datetime64[us]", "ended_on": "datetime64[us]"})
    paid = paid.assign(subscription_id=[f"s{n}" for n in range(len(paid))])
    policy = rk.Policy() if policy is None else policy
    return rk.Dataset(as_of=LAST, subscriptions=paid, policy=policy, **tables)


BY_HAND = [
    ("stays", "P", "2025-01-01", None, 100.0),
    ("away for a month and grown", "P", "2025-01-01", "2026-01-15", 100.0),
    ("away for a month and grown", "P", "2026-02-20", None, 150.0),
    ("away for some days", "P", "2025-01-01", "2026-02-10", 100.0),
    ("away for some days", "P", "2026-02-13", None, 100.0),
    ("back with less", "P", "2025-01-01", "2026-02-10", 100.0),
    ("back with less", "P", "2026-03-12", None, 40.0),
    ("renewed on the day", "P", "2025-01-01", "2026-02-01", 100.0),
    ("renewed on the day", "P", "2026-02-01", None, 100.0),
    ("joined, left and back", "P", "2026-01-05", "2026-02-10", 70.0),
    ("joined, left and back", "P", "2026-03-05", None, 70.0),
    ("changed product", "P", "2025-01-01", "2026-02-10", 100.0),
    ("changed product", "Q", "2026-02-10", None, 80.0),
]


def quarter(metric, data, **how):
    frame = metric(data, period="quarter", start="2026-01-01", **how)
    keys = [name for name in frame.columns if name == "product_id"]
    return {row[keys[0]] if keys else "": round(row["value"], 6) for _, row in frame.iterrows()}


def test_who_left_within_the_quarter_has_left_even_if_back():
    """Of 600: 100, 150, 100, 40, 100 and 80 are paid in the end; of those who never left 280."""
    data = company(*BY_HAND)

    assert quarter(M.nrr, data) == {"": 0.95}
    assert quarter(M.nrr, data, returned="lost") == {"": round(280 / 600, 6)}
    assert quarter(M.grr, data) == {"": round(520 / 600, 6)}
    assert quarter(M.grr, data, returned="lost") == {"": round(280 / 600, 6)}


def test_by_product_an_account_that_kept_another_has_not_left():
    found = quarter(M.nrr, company(*BY_HAND), by="product_id", returned="lost")

    assert found["P"] == round(200 / 600, 6)
    assert np.isnan(found["Q"])


def test_a_gap_that_the_policy_bridges_is_none():
    data = company(*BY_HAND, policy=rk.Policy(gap_days=5))

    assert quarter(M.nrr, data, returned="lost") == {"": round(380 / 600, 6)}


def test_another_word_is_refused():
    for metric in (M.nrr, M.grr):
        with pytest.raises(ParameterError, match="counted"):
            metric(company(*BY_HAND), returned="left")


def random_rows(seed, money=lambda draw: float(draw.integers(1, 9) * 10)):
    """Up to two lines an account, each with gaps, some of a day and some of months."""
    draw, rows = np.random.default_rng(seed), []
    for account in range(25):
        for product in ("P", "Q")[: draw.integers(1, 3)]:
            day = FIRST - timedelta(days=int(draw.integers(0, 100)))
            while day < LAST:
                end = day + timedelta(days=int(draw.integers(20, 260)))
                over = end if end <= LAST else None
                rows.append((f"a{account}", product, day, over, money(draw)))
                day = end + timedelta(days=int(draw.choice([0, 0, 1, 3, 40, 90])))
    return rows


def paid_on(rows, day, product=None):
    """MRR of each account at the end of a day."""
    found = {}
    for account, what, start, end, mrr in rows:
        if start <= day and (end is None or end > day) and product in (None, what):
            found[account] = found.get(account, 0.0) + mrr
    return found


def strictly(rows, first, last, product=None, capped=False):
    """Retention by walking the days: closing MRR of those who paid on each, over the opening."""
    opening, closing = (paid_on(rows, day, product) for day in (first - timedelta(days=1), last))
    never_left = set(paid_on(rows, first - timedelta(days=1)))
    for n in range((last - first).days + 1):
        never_left &= set(paid_on(rows, first + timedelta(days=n)))
    total = paid_on(rows, first - timedelta(days=1)), paid_on(rows, last)
    kept = 0.0
    for account in never_left & (set(opening) | set(closing)):
        now, then = closing.get(account, 0.0), opening.get(account, 0.0)
        shrunk = total[1][account] < total[0][account]
        kept += (now if shrunk else then) if capped else now
    return kept / sum(opening.values()) if opening else np.nan


@pytest.mark.parametrize("netting", ["period", "event"])
@pytest.mark.parametrize("product", [None, "P"])
@pytest.mark.parametrize(("period", "trailing"), [("month", 1), ("quarter", 1), ("month", 6)])
def test_walking_the_days_gives_the_same(netting, product, period, trailing):
    rows = random_rows(3)
    data = company(*rows, policy=rk.Policy(netting=netting))
    by = None if product is None else "product_id"
    for metric, capped in ((M.nrr, False), (M.grr, True)):
        frame = metric(data, period=period, trailing=trailing, by=by, start="2025-07-01",
                       returned="lost")  # fmt: skip
        frame = frame if product is None else frame[frame["product_id"] == product]
        for _, row in frame.iterrows():
            begun = row["period"].to_period(period[0].upper())
            first = (begun - (trailing - 1)).start_time.date()
            expected = strictly(rows, first, begun.end_time.date(), product, capped)
            assert row["value"] == pytest.approx(expected), (metric.name, begun)


@pytest.mark.parametrize("policy", [rk.Policy(), rk.Policy(netting="event")])
@pytest.mark.parametrize("by", [None, "product_id", "tenure", "size"])
def test_strict_is_never_above_plain(policy, by):
    data = company(*random_rows(4), policy=policy)
    for metric in (M.nrr, M.grr):
        plain, strict = (
            metric(data, by=by, returned=word).set_index([*([by] if by else []), "period"])["value"]
            for word in ("counted", "lost")
        )
        both = pd.concat([plain, strict], axis=1, join="inner").dropna()
        assert len(both) > 10
        assert (both.iloc[:, 1] <= both.iloc[:, 0] + 1e-9).all()
        assert (both.iloc[:, 1] < both.iloc[:, 0]).any()


def test_it_is_the_same_where_nobody_returns():
    once = {row[0]: row for row in reversed(random_rows(5)) if row[1] == "P"}  # the first of each
    rows = list(once.values())
    data = company(*rows)
    for metric in (M.nrr, M.grr):
        for how in ({}, {"trailing": 6}, {"by": "product_id"}):
            plain, strict = (metric(data, returned=word, **how) for word in ("counted", "lost"))
            pd.testing.assert_frame_equal(plain, strict)


def test_at_spot_rates_who_left_is_lost_and_the_others_move_with_the_rate():
    """10 dollars at 1 and then at 2 euros; one of two accounts was away in March."""
    rows = [("a", "P", FIRST, None, 10.0), ("b", "P", FIRST, date(2026, 3, 10), 10.0),
            ("b", "P", date(2026, 3, 20), None, 10.0), ("c", "P", FIRST, None, 20.0)]  # fmt: skip
    paid = company(*rows).table("subscriptions").to_pandas()
    paid["currency"] = ["USD", "USD", "USD", "EUR"]
    rates = pd.DataFrame({"on": [FIRST, date(2026, 3, 15)], "rate": [1.0, 2.0]})
    rates = rates.assign(from_currency="USD", to_currency="EUR")
    data = rk.Dataset(
        as_of=LAST, currency="EUR", policy=rk.Policy(fx="spot"), exchange_rates=rates,
        subscriptions=paid,
    )  # fmt: skip

    march = {word: M.nrr(data, start="2026-03-01", returned=word)["value"].item()
             for word in ("counted", "lost")}  # fmt: skip
    assert march == {"counted": pytest.approx(60 / 40), "lost": pytest.approx(40 / 40)}
