"""How long customers stay and deals take, from tables, with those still open."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.lifetime import fit_sbg, losses
from revkit.errors import DimensionError, ParameterError

MONTH = 365.25 / 12


def customers(*rows, as_of="2026-01-01"):
    """Subscriptions of accounts: first day, day after the last (None: still paying), segment."""
    ids = [f"a{number}" for number in range(len(rows))]
    return rk.Dataset(
        as_of=as_of,
        accounts=pd.DataFrame({"account_id": ids, "segment": [row[2] for row in rows]}),
        subscriptions=pd.DataFrame(
            {
                "subscription_id": ids,
                "account_id": ids,
                "started_on": [row[0] for row in rows],
                "ended_on": [row[1] for row in rows],
                "mrr": 100.0,
            }
        ),
    )


def test_a_customer_that_still_pays_counts_up_to_today():
    data = customers(
        ("2025-01-01", "2025-07-01", "SMB"), ("2025-01-01", None, "SMB"),
        ("2025-04-01", "2025-06-01", "SMB"), ("2025-10-01", None, "SMB"),
    )  # fmt: skip

    rows = rk.survival(data, within=6).summary()

    assert rows.loc[0, ["n", "events", "open"]].tolist() == [4, 2, 2]
    # three of four were followed for two months, of whom one left; then one of two after six
    assert rk.survival(data).at([3, 7])["share"].tolist() == [0.75, 0.375]
    assert rows.loc[0, "naive"] == pytest.approx((181 + 61) / 2 / MONTH)
    assert rows.loc[0, "small"]


def test_a_list_that_begins_late_needs_its_first_day():
    """Who left before the list began is not in it; who is in it was at risk from that day on."""
    rng = np.random.default_rng(7)
    first = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1900, 900), unit="D")
    last = first + pd.to_timedelta(rng.exponential(600, 900).astype(int) + 1, unit="D")
    listed = last > pd.Timestamp("2024-01-01")
    rows = [
        (begun, ended if ended < pd.Timestamp("2026-01-01") else None, "SMB")
        for begun, ended in zip(first[listed], last[listed], strict=True)
        if begun < pd.Timestamp("2026-01-01")
    ]
    data, true = customers(*rows), np.exp(-12 * MONTH / 600)

    right = rk.survival(data, start="2024-01-01").at(12)["share"].item()
    wrong = rk.survival(data).at(12)["share"].item()

    assert right == pytest.approx(true, abs=0.05)
    assert wrong > true + 0.1


def test_deals_are_won_or_lost_and_shares_add_up():
    data = rk.example("deals")
    made = rk.survival(data, "close", within=30)
    curves = made.curves()

    last = curves.groupby("outcome")["share"].last()
    assert last.sum() == pytest.approx(1)
    assert {*curves["outcome"]} == {"open", "won", "lost"}
    closed = rk.metrics.won_deals(data, period=None)["value"].item()
    assert curves.loc[curves["outcome"] == "won", "events"].sum() == closed


@pytest.fixture(scope="module")
def company():
    return rk.generate("price-rise-smb", seed=5, accounts=1500).data


def test_groups_are_compared(company):
    made = rk.survival(company, by="segment")
    ratios = made.hazard_ratios().set_index("value")

    assert made.difference()["p"] < 0.01
    assert set(ratios["against"]) == {"SMB"}
    assert ratios.loc["Enterprise", "ratio"] < 1
    assert ratios["n"].sum() + (made.spells["segment"] == "SMB").sum() == len(made.spells)


def test_renewals_are_decisions_at_their_age(company):
    made = rk.survival(company, "renewal")
    renewed = 1 - made.spells["cause"].mean()
    rate = rk.metrics.renewal_rate(company, period=None)["value"].item()

    assert renewed == pytest.approx(rate, abs=1e-9)


def test_what_is_not_asked_rightly_is_refused(company):
    with pytest.raises(ParameterError, match="churn"):
        rk.survival(company, "leaving")
    with pytest.raises(ParameterError, match="segment"):
        rk.survival(company).hazard_ratios()
    with pytest.raises(ParameterError, match="level"):
        rk.survival(company, level=95)


HIGH = [0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491]
REGULAR = [0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241]


def test_the_law_of_fader_and_hardie():
    """Their two segments: parameters, discounted lifetimes, residuals by both ways of counting."""
    high, regular = fit_sbg(HIGH), fit_sbg(REGULAR)

    assert (round(high.alpha, 3), round(high.beta, 3)) == (0.668, 3.806)
    assert (round(regular.alpha, 3), round(regular.beta, 3)) == (0.704, 1.182)
    assert high.lifetime(0.1) == pytest.approx(5.922, abs=1e-3)
    assert regular.lifetime(0.1) == pytest.approx(3.695, abs=1e-3)
    seven = np.array([7.0])
    assert high.residual(seven, 0.1)[0] == pytest.approx(7.345, abs=1e-3)
    assert regular.residual(seven, 0.1)[0] == pytest.approx(6.576, abs=1e-3)
    assert high.residual_after(seven, 0.1)[0] == pytest.approx(7.530, abs=1e-3)


@pytest.mark.parametrize("survival", [[0.5, 0.6], [1.2], [0.9, -0.1], [], [1.0, 1.0], [np.nan]])
def test_shares_that_are_no_survival_are_refused(survival):
    with pytest.raises(ParameterError, match="survival"):
        fit_sbg(survival)


def test_who_left_missed_a_renewal_and_who_stays_made_them():
    spells = pd.DataFrame({"time": [0.4, 1.0, 2.6, 3.0, 0.2], "cause": [1, 1, 1, 0, 0]})

    lost, reached = losses(spells)

    assert lost.tolist() == [2, 0, 1]
    assert reached.tolist() == [4, 2, 2]


def test_a_constant_rate_gives_the_simple_formula_discounted():
    rows = [("2025-01-01", "2025-03-01", "SMB")] * 10 + [("2025-01-01", None, "SMB")] * 40
    made = rk.lifetime_value(customers(*rows), margin=0.8).iloc[0]
    churn, monthly = made["churn"], 1.1 ** (1 / 12) - 1

    assert made["simple"] == pytest.approx(80 / churn)
    assert made["value"] == pytest.approx(80 / (1 - (1 - churn) / (1 + monthly)))
    assert made["simple"] + made["discounting"] + made["ageing"] == pytest.approx(made["value"])
    assert made["small"]
    assert made["low"] < made["value"] < made["high"] or np.isnan(made["low"])


def test_lifetime_value_by_group_is_that_of_the_group_alone(company):
    rows = rk.lifetime_value(company, by="segment").set_index("segment")
    alone = rk.lifetime_value(company.where(segment="SMB"), margin=rows["margin"].iloc[0]).iloc[0]

    assert rows.loc["SMB", "value"] == pytest.approx(alone["value"])
    assert rows["accounts"].sum() == len(rk.survival(company).spells)
    covered = rows["capped"].dropna()
    assert (covered <= rows.loc[covered.index, "value"] * 1.05).all()


def test_a_lifetime_value_of_few_accounts_is_told_with_care():
    rows = rk.lifetime_value(rk.example("economics"))

    assert rk.say.worth(rows) == (
        "A new customer is worth about 52.2\u00a0k: 1,050 a month at a gross margin of 75.0\u00a0"
        "%, over the months it is expected to stay. 13 accounts are few for that, so read it with "
        "care."
    )
    assert rk.say.simple_worth(rows) == (
        "ARPA × margin ÷ churn gives 109\u00a0k; discounted and by age it is 52.2\u00a0k. Nobody "
        "has been followed for 36 months yet."
    )


def test_a_lifetime_value_is_told_with_its_interval(company):
    rows = rk.lifetime_value(company, margin=0.8, horizon=6).assign(small=False)
    known = rows.assign(low=rows["value"] / 2, high=rows["value"] * 2, capped=1000.0)
    known.attrs = rows.attrs

    assert "interval" in rk.say.worth(known)
    assert rk.say.worth(known, language="it").startswith("Un nuovo cliente vale")
    assert "The first 6 months alone bring" in rk.say.simple_worth(known)
    assert rk.say.worth(known.iloc[:0]).quiet
    assert rk.say.simple_worth(known.assign(value=np.nan)).quiet
    with pytest.raises(DimensionError, match="by segment"):
        rk.say.worth(rk.lifetime_value(company, by="segment"))


DAYS = pd.date_range("2025-01-01", periods=40, freq="7D")


def deals(as_of="2025-12-31", **columns):
    """A deal a week, all closed after 30 days, every other one won."""
    made = {"opportunity_id": [str(n) for n in range(40)], "created_on": DAYS,
            "closed_on": DAYS + pd.Timedelta(days=30), "is_won": [True, False] * 20,
            "amount": 1.0}  # fmt: skip
    return rk.Dataset(opportunities=pd.DataFrame(made | columns), as_of=as_of)


def test_once_all_are_closed_the_share_won_is_known_and_alike_spells_have_no_interval():
    row = rk.survival(deals(), "close").summary().iloc[0]

    assert (row["stay"], row["won"], row["mean"]) == (0, 0.5, 30)
    assert row[["mean_low", "mean_high"]].isna().all()


@pytest.mark.parametrize("column", ["lost_reason", "competitor", "their_own"])
def test_a_dimension_that_is_known_of_one_outcome_alone_is_refused(column):
    data = deals(**{column: [None, "price"] * 20})

    with pytest.raises(DimensionError, match="known of one alone"):
        rk.survival(data, "close", by=column)
    assert len(rk.survival(deals(**{column: ["x", "y"] * 20}), "close", by=column).groups) == 2


def test_deals_count_until_the_last_day_on_record():
    """The export ended in October: what was open then is not known to be open in June."""
    ends = [*(DAYS + pd.Timedelta(days=30))[:-2], None, None]
    won = [*[True, False] * 19, None, None]
    then, later = (
        deals(as_of, closed_on=pd.to_datetime(ends), is_won=pd.array(won, "boolean"))
        for as_of in ("2025-10-17", "2026-06-30")
    )

    pd.testing.assert_frame_equal(
        rk.survival(later, "close").spells, rk.survival(then, "close").spells
    )


@pytest.mark.parametrize("within", [0, -1, float("inf"), "x"])
def test_a_limit_is_a_number_above_0(within):
    with pytest.raises(ParameterError, match="within"):
        rk.survival(deals(), "close", within=within)


def test_an_age_is_a_number():
    found = rk.survival(deals(), "close")

    assert found.at(np.array([10, 31]))["share"].tolist() == [1, 0]
    with pytest.raises(ParameterError, match="time='x'"):
        found.at("x")


def test_deals_of_one_account_tell_less_than_as_many_of_different_ones():
    """Two deals of each account end alike: their intervals are those of half as many."""
    rng = np.random.default_rng(3)
    lasted = np.repeat(rng.integers(5, 90, 20), 2)
    ends = {"closed_on": DAYS + pd.to_timedelta(lasted, "D"),
            "is_won": np.repeat([True, False], 20),
            "kind": ["new", "new", "renewal", "renewal"] * 10}  # fmt: skip
    apart = rk.survival(deals(**ends), "close", by="kind")
    alike = rk.survival(
        deals(**ends, account_id=[f"a{n // 2}" for n in range(40)]), "close", by="kind"
    )

    one, other = apart.summary().iloc[0], alike.summary().iloc[0]
    assert one["mean"] == other["mean"]
    assert other["mean_high"] - other["mean_low"] > 1.3 * (one["mean_high"] - one["mean_low"])
    curves = [of.curves().query("outcome == 'open'") for of in (apart, alike)]
    widths = [(of["high"] - of["low"]).sum() for of in curves]
    assert widths[1] > 1.2 * widths[0]
    assert alike.difference()["p"] > apart.difference()["p"]
    ratios = [of.hazard_ratios().iloc[0] for of in (apart, alike)]
    assert ratios[0]["ratio"] == pytest.approx(ratios[1]["ratio"])
    assert ratios[1]["high"] / ratios[1]["low"] > ratios[0]["high"] / ratios[0]["low"]


def test_deals_without_an_account_are_each_by_themselves():
    some = deals(account_id=[None] * 40)

    assert rk.survival(some, "close").groups[()].cluster is None


COSTS = pd.DataFrame({
    "channel": ["Events", "Search", "Webinars"], "value": [90.0, 20.0, 95.0],
    "low": [80.0, 15.0, 85.0], "high": [99.0, 30.0, 130.0], "n": [40, 40, 3],
    "small": [False, False, True], "complete": True,
})  # fmt: skip
COSTS.attrs = {"metric": "paid_cac", "currency": "EUR", "period": None, "notes": ()}
WORTH = pd.DataFrame({"value": [60.0], "low": [50.0], "high": [70.0], "small": [False]})


def stops(costs=COSTS, worth=WORTH):
    return rk.say.ceiling(costs, worth).replace("\u00a0", " ")


def test_a_group_surely_above_what_a_customer_brings_is_named_and_few_rows_never():
    start = "By Events (€90.00) a customer surely costs more than it brings (€60.00, €50.00 to"
    assert stops().startswith(start)
    assert "Webinars" not in stops()


def test_else_it_says_up_to_what_a_customer_may_cost():
    assert "nobody should pay more than €70.00" in stops(COSTS.iloc[1:])


def test_groups_that_surely_bring_less_have_a_limit_of_their_own():
    worth = WORTH.assign(accounts=300)
    groups = pd.DataFrame({
        "segment": ["Enterprise", "Mid-Market", "SMB"], "accounts": [100, 100, 100],
        "value": [90.0, 45.0, 20.0], "low": [80.0, 30.0, 15.0], "high": [99.0, 55.0, 25.0],
        "small": False,
    })  # fmt: skip
    said = rk.say.affordable(worth, groups)

    assert "may cost less: SMB at most 25" in said
    assert "Mid-Market" not in said, "its interval reaches that of all"
    assert rk.say.affordable(worth, groups.assign(small=True)).quiet


@pytest.mark.parametrize("unknown", [{"low": float("nan")}, {"small": True}])
def test_without_a_sure_value_nothing_is_said(unknown):
    assert rk.say.ceiling(COSTS, WORTH.assign(**unknown)).quiet
