"""Movements against brute force: every account, at the end of every day that matters.

The other path here is plain Python over regimes: what an account pays on a day is the sum of what
holds that day. Nothing of the library's windows and change points is in it.
"""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import revkit as rk
from revkit.policy import Policy
from tests.support.companies import common as companies

AS_OF = date(2026, 3, 31)
FIRST = date(2024, 11, 1)
KINDS = ("new", "expansion", "contraction", "churn", "reactivation", "transfer")
KEPT = ("expansion", "contraction", "churn", "transfer")
NOTHING = pd.Series(dict.fromkeys([*KINDS, "value"], 0.0))
STEPS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
TENURES = [(3, "0–2"), (6, "3–5"), (12, "6–11"), (24, "12–23"), (999, "24+")]

BY_HAND = [
    ("gap", date(2024, 11, 5), date(2025, 2, 1), 50.0, "core"),
    ("gap", date(2025, 4, 1), date(2025, 6, 1), 50.0, "core"),
    ("gap", date(2025, 6, 1), None, 75.0, "core"),
    ("restarts the same day", date(2025, 1, 10), date(2025, 5, 31), 40.0, "core"),
    ("restarts the same day", date(2025, 5, 31), None, 40.0, "core"),
    ("overlaps", date(2025, 1, 15), date(2025, 9, 10), 10.0, "core"),
    ("overlaps", date(2025, 3, 20), None, 20.0, "plus"),
    ("ends on month ends", date(2025, 1, 31), date(2025, 4, 30), 30.0, "core"),
    ("ends on month ends", date(2025, 4, 30), date(2025, 12, 31), 20.0, "core"),
    ("changes product", date(2025, 2, 3), date(2025, 7, 14), 60.0, "core"),
    ("changes product", date(2025, 7, 14), None, 60.0, "plus"),
    ("changes both ways", date(2025, 1, 1), date(2025, 8, 8), 10.0, "core"),
    ("changes both ways", date(2025, 1, 1), date(2025, 8, 8), 20.0, "plus"),
    ("changes both ways", date(2025, 8, 8), None, 20.0, "core"),
    ("changes both ways", date(2025, 8, 8), None, 10.0, "plus"),
    ("never a month end", date(2025, 6, 3), date(2025, 6, 20), 15.0, "core"),
    ("passes by, then returns", date(2025, 6, 3), date(2025, 6, 20), 15.0, "core"),
    ("passes by, then returns", date(2025, 8, 1), None, 15.0, "plus"),
    ("a twelfth", date(2025, 5, 1), None, 100 / 12, "core"),
    ("leaves on the last day", date(2025, 1, 1), AS_OF, 90.0, "core"),
    ("will leave", date(2025, 1, 1), AS_OF + timedelta(1), 35.0, "plus"),
    ("no day at all", date(2025, 7, 7), date(2025, 7, 7), 99.0, "core"),
    ("old", date(2024, 11, 30), None, 500.0, "plus"),
]


def at_random(accounts=30, seed=5):
    rng = np.random.default_rng(seed)
    for number in range(accounts):
        day = FIRST + timedelta(int(rng.integers(0, 300)))
        for _ in range(int(rng.integers(1, 5))):
            end = day + timedelta(int(rng.integers(1, 150)))
            mrr = float(rng.choice([9.99, 20, 100 / 12, 250, 37.5]))
            product = str(rng.choice(["core", "plus"]))
            yield f"r{number:02}", day, end if end <= AS_OF else None, mrr, product
            day = end + timedelta(int(rng.choice([-20, 0, 0, 1, 45])))


REGIMES = [*BY_HAND, *at_random()]
SEGMENT = {account: "SMB" if len(account) % 2 else "Enterprise" for account, *_ in REGIMES}


def company(regimes, as_of=AS_OF):
    accounts = sorted({account for account, *_ in regimes})
    return companies.ledger(
        *[(*regime[:4], {"product_id": regime[4]}) for regime in regimes],
        accounts=[{"account_id": a, "segment": SEGMENT.get(a, "SMB")} for a in accounts],
        products=[{"product_id": name, "name": name} for name in ("core", "plus")],
        as_of=as_of,
    )


@pytest.fixture(scope="module")
def data():
    return company(REGIMES)


# Brute force


def paid(regimes, day, as_of=AS_OF):
    """What each account pays for each product at the end of a day."""
    levels = {}
    for account, start, end, mrr, product in regimes:
        lasts = end is None or end > as_of or day < end
        if start <= day and start <= as_of and lasts and (end is None or start < end):
            key = account, product
            levels[key] = levels.get(key, 0.0) + round(mrr, 6)
    return levels


def first_day(regimes, account, as_of=AS_OF):
    return min(s for a, s, e, *_ in regimes if a == account and s <= as_of and (not e or s < e))


def months_between(start, day):
    return (day.year - start.year) * 12 + day.month - start.month


def moved(regimes, first, last, by=None, as_of=AS_OF):
    """One row per account and group that pays at either end of ``[first, last]``."""
    before, after = (
        paid(regimes, first - timedelta(1), as_of),
        paid(regimes, min(last, as_of), as_of),
    )
    rows = []
    for account, product in sorted({*before, *after}):
        since = first_day(regimes, account, as_of)
        tenure = next(name for bound, name in TENURES if months_between(since, first) < bound)
        group = {"segment": SEGMENT.get(account), "product": product, "tenure": tenure}.get(by, "")
        rows.append(
            (account, group, before.get((account, product), 0), after.get((account, product), 0))
        )
    frame = pd.DataFrame(rows, columns=["account", "group", "before", "after"])
    frame = frame.groupby(["account", "group"], as_index=False).sum()
    ends = frame.groupby("account")[["before", "after"]].transform("sum").round(6)
    starts = [first_day(regimes, account, as_of) for account in frame["account"]]
    frame["movement"] = [
        kind(opening, closing, since >= first)
        for (opening, closing), since in zip(ends.to_numpy(), starts, strict=True)
    ]
    frame["amount"] = (frame["after"] - frame["before"]).round(6)
    return frame


def kind(opening, closing, joined):
    if opening == 0:
        return "new" if joined else "reactivation"
    if closing == 0:
        return "churn"
    return {1: "expansion", -1: "contraction", 0: "transfer"}[int(np.sign(closing - opening))]


def windows(period, trailing=1, first=FIRST, as_of=AS_OF):
    """The periods from a day to as_of, each with the first day of its window; None where short."""
    spans = pd.period_range(first, as_of, freq=STEPS[period])
    for place, span in enumerate(spans):
        opens = spans[place - trailing + 1] if place >= trailing - 1 else None
        begin = None if opens is None else opens.start_time.date()
        yield span.start_time, begin, span.end_time.date()


def retained(frame, level=0.95):
    """NRR with its interval from the residuals of accounts, and how many opened the period.

    The t has one degree less than the accounts of equal weight that decide (of those open, or
    of their moves, whichever are fewer), and one at least. Ends a factor of 100 apart say nothing.
    """
    opening, base = frame["before"].sum(), frame[frame["before"] > 0]
    count = base["account"].nunique()
    kept = frame[frame["movement"].isin(KEPT)]
    if opening == 0:
        return np.nan, np.nan, np.nan, count
    value = kept["after"].sum() / opening
    residuals = kept["after"] - value * kept["before"]
    moves = kept["amount"][kept["amount"] != 0] ** 2
    if count < 2 or moves.empty:
        return value, np.nan, np.nan, count
    effective = min(opening**2 / (base["before"] ** 2).sum(), moves.sum() ** 2 / (moves**2).sum())
    error = np.sqrt(count / (count - 1) * (residuals**2).sum()) / opening
    reach = stats.t.ppf(0.5 + level / 2, max(effective - 1, 1)) * error
    low, high = max(value - reach, 0.0), value + reach
    if low > 0 and high > 100 * low:
        low = high = np.nan
    return value, low, high, count


def amounts(data, **how):
    """What the library finds, one column for each kind of movement."""
    parts = rk.metrics.net_new_mrr.parts(data, **how)
    named = {c: k for c in parts for k in KINDS if f"'{k}'" in str(c)}
    assert set(named.values()) == set(KINDS)
    return parts.rename(columns=named)


def compare(data, regimes, period, by=None, trailing=1, first=FIRST):
    """Hold amounts, NRR and churn of every group and period to brute force."""
    how = {"period": period, "by": by, "trailing": trailing}
    keys = ["period"] if by is None else [by, "period"]
    found = amounts(data, **how).set_index(keys)
    retention, churn = (
        metric(data, **how).set_index(keys) for metric in (rk.metrics.nrr, rk.metrics.churn_rate)
    )
    spans = list(windows(period, trailing, first))
    groups = [""] if by is None else list(dict.fromkeys(retention.index.get_level_values(0)))
    assert len(retention) == len(groups) * len(spans)
    for start, begin, last in spans:
        frame = None if begin is None else moved(regimes, begin, last, by)
        for group in groups:
            where = start if by is None else (group, start)
            if frame is None:
                assert np.isnan(retention.loc[where, "value"])
                assert np.isnan(churn.loc[where, "value"])
            else:
                row = found.loc[where] if where in found.index else NOTHING
                own = frame[frame["group"] == group]
                agree(row, retention.loc[where], churn.loc[where], own, where)


def agree_on_retention(row, bounds, where):
    told = row[["value", "low", "high"]].tolist()
    if np.isnan(told[1]) and not np.isnan(bounds[1]):
        # an interval that spans everything says nothing, and is none
        assert row["small"], where
        assert bounds[2] > 2 or bounds[1] == bounds[2], where
        bounds = [bounds[0], *told[1:]]
    assert told == pytest.approx(bounds, rel=1e-6, abs=1e-9, nan_ok=True), where


def agree(row, retention, churn, frame, where):
    totals = frame.groupby("movement")["amount"].sum()
    expected = [totals.get(name, 0.0) for name in KINDS]
    assert row[list(KINDS)].tolist() == pytest.approx(expected, abs=1e-6), where
    assert row["value"] == pytest.approx(frame["amount"].sum(), abs=1e-6), where
    *bounds, opened = retained(frame)
    agree_on_retention(retention, bounds, where)
    assert retention["n"] == churn["n"] == opened, where
    left = frame[(frame["movement"] == "churn") & (frame["amount"] != 0)]["account"].nunique()
    rate = left / opened if opened else np.nan
    assert churn["value"] == pytest.approx(rate, nan_ok=True), where


@pytest.mark.parametrize("by", [None, "segment", "product"])
@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_movements_equal_brute_force(data, period, by):
    compare(data, REGIMES, period, by)


@pytest.mark.parametrize("period", ["day", "week"])
def test_movements_of_days_and_weeks_equal_brute_force(period):
    few = ("never a month end", "passes by, then returns", "restarts the same day")
    regimes = [regime for regime in BY_HAND if regime[0] in few]

    compare(company(regimes), regimes, period, first=date(2025, 1, 10))


@pytest.mark.parametrize("by", [None, "segment", "product", "tenure"])
@pytest.mark.parametrize("trailing", [3, 12])
def test_a_window_is_derived_from_its_two_ends(data, trailing, by):
    compare(data, REGIMES, "month", by, trailing)


@pytest.mark.parametrize("period", ["month", "quarter"])
def test_accounts_are_grouped_by_their_tenure_when_the_period_opens(data, period):
    compare(data, REGIMES, period, "tenure")


def test_accounts_age_between_periods_so_that_what_opens_one_is_where_it_belongs(data):
    parts = rk.metrics.nrr.parts(data, by="tenure")
    (opening,) = [column for column in parts if "start" in str(column)]

    found = parts.pivot_table(index="period", columns="tenure", values=opening)

    for start, begin, last in windows("month"):
        expected = moved(REGIMES, begin, last, "tenure").groupby("group")["before"].sum()
        row = found.loc[start]
        assert row.tolist() == pytest.approx([expected.get(name, 0.0) for name in row.index])


@pytest.mark.parametrize("by", [None, "segment", "product", "tenure"])
def test_one_period_from_a_start_compares_its_two_ends(data, by):
    start = date(2025, 5, 15)
    how = {"period": None, "start": start, "by": by}
    expected = moved(REGIMES, start, AS_OF, by)

    found, nrr = amounts(data, **how), rk.metrics.nrr(data, **how)

    for place, group in enumerate([""] if by is None else found[by]):
        frame = expected[expected["group"] == group]
        totals = frame.groupby("movement")["amount"].sum()
        assert found.loc[place, list(KINDS)].tolist() == pytest.approx(
            [totals.get(name, 0.0) for name in KINDS], abs=1e-6
        )
        *bounds, opened = retained(frame)
        agree_on_retention(nrr.loc[place], bounds, group)
        assert nrr.loc[place, "n"] == opened


def test_a_change_of_product_is_a_transfer_that_totals_nothing(data):
    by_product = amounts(data, by="product").groupby("period")["transfer"]

    assert by_product.sum().abs().max() == pytest.approx(0, abs=1e-9)
    assert by_product.max().max() == 60
    assert (amounts(data)["transfer"] == 0).all()


@pytest.mark.parametrize("period", ["day", "month", "quarter"])
def test_what_opens_and_what_moves_is_what_closes(data, period):
    closing = rk.metrics.mrr(data, period=period)["value"]
    opening = closing.shift(fill_value=0.0)

    moves = amounts(data, period=period)[list(KINDS)].sum(axis=1)

    assert (opening + moves).tolist() == pytest.approx(closing.tolist(), abs=1e-6)
    assert closing.iloc[-1] == pytest.approx(sum(paid(REGIMES, AS_OF).values()))


def test_a_balance_is_what_holds_on_the_last_day(data):
    found = rk.metrics.mrr(data)
    active = rk.metrics.arpa(data)["n"]

    for place, (_, _, last) in enumerate(windows("month")):
        level = paid(REGIMES, last)
        assert found["value"][place] == pytest.approx(sum(level.values()))
        assert active[place] == len({account for account, _ in level})


def test_an_end_asked_for_but_not_yet_come_is_no_churn():
    asked = {"cancel_requested_on": date(2026, 3, 2)}
    data = companies.ledger(
        ("leaves on the 25th", date(2026, 1, 1), date(2026, 3, 25), 40, asked),
        as_of=date(2026, 3, 20),
    )

    assert rk.metrics.mrr(data)["value"].tolist() == [40, 40, 40]
    assert rk.metrics.churned_mrr(data)["value"].tolist() == [0, 0, 0]


# The algebra of movements, on companies nobody chose

SMALL = settings(max_examples=15, deadline=None, derandomize=True, database=None)
SPELLS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 150),
        st.one_of(st.none(), st.integers(0, 120)),
        st.sampled_from([10.0, 20.0, 33.33, 100 / 12]),
        st.sampled_from(["core", "plus"]),
    ),
    min_size=1,
    max_size=8,
)


def regimes_of(spells):
    start = date(2025, 11, 1)
    return [
        (account, begin, None if length is None else begin + timedelta(length), mrr, product)
        for account, offset, length, mrr, product in spells
        for begin in [start + timedelta(offset)]
    ]


@SMALL
@given(spells=SPELLS, period=st.sampled_from(["day", "week", "month", "quarter"]))
def test_any_company_moves_from_what_it_was_to_what_it_is(spells, period):
    data = company(regimes_of(spells))
    closing = rk.metrics.mrr(data, period=period)["value"]

    moves = amounts(data, period=period)

    total = moves[list(KINDS)].sum(axis=1)
    assert total.cumsum().tolist() == pytest.approx(closing.tolist(), abs=1e-6)
    assert (moves[["new", "expansion", "reactivation"]] >= 0).all(axis=None)
    assert (moves[["contraction", "churn"]] <= 0).all(axis=None)
    assert (moves["transfer"] == 0).all()


@SMALL
@given(spells=SPELLS, back=st.integers(0, 100), period=st.sampled_from(["week", "month"]))
def test_any_company_as_of_any_day_moves_as_brute_force_says(spells, back, period):
    as_of, regimes = AS_OF - timedelta(back), regimes_of(spells)
    found = amounts(company(regimes, as_of), by="product", period=period)
    # who comes and goes within a period never counted
    ends = [one.end_time.date() for one in pd.period_range("2025-11", as_of, freq=STEPS[period])]
    came = {product for end in ends for _, product in paid(regimes, min(end, as_of), as_of)}
    assert came <= set(found["product"]) | {None}

    for row in found.to_dict("records"):
        last = pd.Period(row["period"], STEPS[period]).end_time.date()
        frame = moved(regimes, row["period"].date(), last, "product", as_of)
        totals = frame[frame["group"] == row["product"]].groupby("movement")["amount"].sum()
        expected = [totals.get(name, 0.0) for name in KINDS]
        assert [row[name] for name in KINDS] == pytest.approx(expected, abs=1e-6)


@SMALL
@given(spells=SPELLS)
def test_retention_of_any_company(spells):
    """0 <= GRR <= min(1, NRR), and new business changes neither."""
    regimes, since = regimes_of(spells), date(2025, 11, 1)
    entrant = [("newcomer", date(2026, 3, 5), None, 1000.0, "core")]
    data, larger = company(regimes), company(regimes + entrant)

    both = rk.measure(data, ["grr", "nrr"], start=since).groupby("metric")["value"]
    grr, nrr = (both.get_group(name).reset_index(drop=True) for name in ("grr", "nrr"))
    same = rk.metrics.nrr(larger, start=since)["value"]

    assert (grr[nrr.notna()] >= 0).all()
    assert (grr <= np.minimum(1, nrr) + 1e-9)[nrr.notna()].all()
    assert same.tolist() == pytest.approx(nrr.tolist(), nan_ok=True)


# Other ways of counting

EVENT = Policy(netting="event")


def happened(regimes, first, last):
    """What each account's changes of a range of days are, one a day, by their names."""
    rows = []
    for account in sorted({account for account, *_ in regimes}):
        own = [regime for regime in regimes if regime[0] == account]
        for day in {*(r[1] for r in own), *(r[2] for r in own if r[2] is not None)}:
            if first <= day <= last:
                before = sum(paid(own, day - timedelta(1)).values())
                after = sum(paid(own, day).values())
                if round(after - before, 6):
                    joined = day == first_day(regimes, account)
                    rows.append((kind(round(before, 6), round(after, 6), joined), after - before))
    return pd.DataFrame(rows, columns=["movement", "amount"])


@pytest.mark.parametrize(("period", "trailing"), [("month", 1), ("quarter", 1), ("month", 3)])
def test_events_are_what_happens_each_day(data, period, trailing):
    found = amounts(data.with_policy(EVENT), period=period, trailing=trailing).set_index("period")

    for start, begin, last in windows(period, trailing):
        if begin is None:
            assert np.isnan(found.loc[start, "new"])
            continue
        totals = happened(REGIMES, begin, min(last, AS_OF)).groupby("movement")["amount"].sum()
        expected = [totals.get(name, 0.0) for name in KINDS]
        assert found.loc[start, list(KINDS)].tolist() == pytest.approx(expected, abs=1e-6), start


@pytest.mark.parametrize("by", [None, "segment", "product", "tenure"])
@pytest.mark.parametrize("trailing", [1, 3])
def test_what_stands_and_what_is_kept_is_the_same_event_by_event(data, by, trailing):
    if trailing > 1 and by == "product":
        trailing = 2
    names = ["mrr", "arpa", "nrr", "net_mrr_churn_rate"]
    netted, events = (
        rk.measure(one, names, by=by, trailing=trailing) for one in (data, data.with_policy(EVENT))
    )

    assert events["value"].tolist() == pytest.approx(netted["value"].tolist(), nan_ok=True)
    assert events[["metric", "n"]].equals(netted[["metric", "n"]])


@SMALL
@given(spells=SPELLS, days=st.sampled_from([1, 20, 60]))
def test_a_short_gap_is_filled_with_what_was_paid_before_it(spells, days):
    since = date(2025, 11, 1)  # one pays throughout, so that every day is on record
    regimes = [r for r in regimes_of(spells) if r[1] != r[2]]
    regimes.append(("throughout", since, None, 5.0, "core"))
    data = company(regimes).with_policy(Policy(gap_days=days))
    span = [since + timedelta(n) for n in range((AS_OF - since).days + 1)]

    found = rk.metrics.mrr(data, period="day", start=span[0])["value"].tolist()

    total = [0.0] * len(span)
    for account in {account for account, *_ in regimes}:
        own = [regime for regime in regimes if regime[0] == account]
        levels = [sum(paid(own, day).values()) for day in span]
        payers = [place for place, level in enumerate(levels) if level]
        for last, back in pairwise(payers):
            if 1 < back - last <= days + 1:
                levels[last + 1 : back] = [levels[last]] * (back - last - 1)
        total = [whole + level for whole, level in zip(total, levels, strict=True)]
    assert found == pytest.approx(total, abs=1e-6)
