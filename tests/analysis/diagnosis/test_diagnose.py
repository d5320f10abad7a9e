"""Why a metric moved, of companies whose deals are known one by one."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.diagnosis.cells import CANDIDATES, Asking
from revkit.analysis.diagnosis.spans import asked
from revkit.catalogue import known
from revkit.errors import DimensionError, FormulaError, ParameterError, PeriodError

MONTHS = 26


def deals(months: dict[str, dict[str, tuple[int, int]]], as_of: str) -> rk.Dataset:
    """A company of deals closed in a month, by segment: won and lost."""
    rows = [
        {"opportunity_id": f"{month}{name}{at}", "segment": name, "created_on": f"{month}-01",
         "closed_on": f"{month}-15", "is_won": at < won, "amount": 100.0}
        for month, of in months.items()
        for name, (won, lost) in of.items()
        for at in range(won + lost)
    ]  # fmt: skip
    return rk.Dataset(opportunities=pd.DataFrame(rows), as_of=as_of)


def firm(change=None, *, each=500, seed=1) -> rk.Dataset:
    """A company of two years and two months of deals; ``change`` edits them, month by month."""
    rng = np.random.default_rng(seed)
    frames = []
    for month in range(MONTHS):
        rows = pd.DataFrame({
            "segment": rng.choice(["SMB", "Mid", "Large"], each, p=[0.4, 0.35, 0.25]),
            "region": rng.choice(["North", "South", "East", "West"], each),
            "product": rng.choice(["Basic", "Plus"], each),
        })  # fmt: skip
        rows["chance"] = rows["segment"].map({"SMB": 0.3, "Mid": 0.25, "Large": 0.2})
        day = pd.Timestamp(year=2024 + month // 12, month=month % 12 + 1, day=10)
        rows["created_on"], rows["closed_on"] = day - pd.Timedelta(days=9), day
        rows["amount"] = np.exp(rng.normal(7, 0.5, each)).round(2)
        if change is not None:
            rows = change(rows, month, rng)
        rows["is_won"] = rng.random(len(rows)) < rows.pop("chance")
        frames.append(rows)
    every = pd.concat(frames, ignore_index=True)
    every["opportunity_id"] = [f"o{at}" for at in range(len(every))]
    return rk.Dataset(opportunities=every, as_of="2026-02-28")


def since(month, column, value, **edits):
    """An edit of the rows of a group since a month."""

    def change(rows, at, _rng):
        if at >= month:
            here = rows[column] == value
            for name, edit in edits.items():
                rows.loc[here, name] = edit(rows.loc[here, name])
        return rows

    return change


def test_simpson_by_hand():
    """A 100 of 200 and B 20 of 100; then A 52 of 100 and B 44 of 200: both up, all down.

    Shares of A 2/3 and 1/3, values .50 and .52 beside .40 and .32 of all: mix (1/3 − 2/3)(.51 −
    .36) = −.05; of B (2/3 − 1/3)(.21 − .36) = −.05; both rose by .02; −.10 + .02 = −.08.
    """
    company = deals(
        {"2026-01": {"A": (100, 100), "B": (20, 80)}, "2026-02": {"A": (52, 48), "B": (44, 156)}},
        "2026-02-28",
    )

    found = rk.diagnose(company, rk.metrics.win_rate, dimensions="segment")

    split = found.split.set_index(["place", "kind"])["change"]
    assert (found.before, found.after) == pytest.approx((0.40, 0.32))
    assert split["", "drift"] == pytest.approx(0.02)
    assert split["A", "mix"] == pytest.approx(-0.05)
    assert split["B", "mix"] == pytest.approx(-0.05)
    assert split["A", "rate"] == pytest.approx(0)
    assert split.sum() == pytest.approx(-0.08)
    assert "Too few months" in found.findings[-1]


def test_money_is_split_by_number_and_size_by_hand():
    """A won 2 of 100, B won 2 of 100; then A 3 of 100 and B 1 of 300.

    Sums 400 and 600, means 100 and 150 over 4 and 4: no volume. The mean moved by 50: A's share
    1/2 → 3/4 at (100 − 125), B's 1/2 → 1/4 at (200 − 125), and B rose by 200 at 3/8.
    """
    rows = [("1", "A", 100)] * 2 + [("1", "B", 100)] * 2 + [("2", "A", 100)] * 3 + [("2", "B", 300)]
    frame = pd.DataFrame(rows, columns=["month", "segment", "amount"])
    frame["closed_on"] = "2026-0" + frame.pop("month") + "-10"
    frame = frame.assign(created_on="2026-01-01", is_won=True)
    frame["opportunity_id"] = [f"o{at}" for at in range(len(frame))]
    company = rk.Dataset(opportunities=frame, as_of="2026-02-28")

    split = rk.diagnose(company, "won_amount", dimensions="segment").split
    of = split.set_index(["place", "kind"])["change"]

    assert of["", "volume"] == pytest.approx(0)
    assert of["A", "mix"] == pytest.approx(4 * 0.25 * (100 - 125))
    assert of["B", "mix"] == pytest.approx(4 * -0.25 * (200 - 125))
    assert of["B", "rate"] + of["A", "rate"] + of["", "drift"] == pytest.approx(4 * 200 * 3 / 8)
    assert of.sum() == pytest.approx(200)


def test_a_fall_of_one_group_is_found_with_its_month_and_money():
    company = firm(since(25, "segment", "SMB", chance=lambda one: one * 0.4))

    found = rk.diagnose(company, "win_rate")

    (cause,) = found.causes.to_dict("records")
    assert (cause["dimension"], cause["place"], cause["kind"]) == ("segment", "SMB", "rate")
    assert cause["since_from"] <= pd.Timestamp("2026-02-01") <= cause["since_to"]
    assert cause["low"] < cause["effect"] < cause["high"] < 0
    assert cause["new"]
    assert "SMB (segment) moved it by" in found.findings[1]
    assert "Chiedete" in found.sentences("it")[1]
    assert "in all groups alike" in found.findings[2]
    assert "SMB" in str(rk.table(found.causes))
    assert "SMB" in str(rk.table(found.split.query("dimension == 'segment'")))
    assert "<li>" in found._repr_mimebundle_()["text/html"]
    assert repr(found).startswith("- Win rate")


def test_more_cases_of_a_group_are_told_from_its_rate():
    def change(rows, at, rng):
        if at == 25:
            rows.loc[rng.random(len(rows)) < 0.25, "region"] = "East"
        return rows

    found = rk.diagnose(firm(change), "win_rate")

    assert found.causes[["place", "kind"]].iloc[0].tolist() == ["East", "mix"]
    assert "More of the cases are East" in found.findings[1]


def test_an_old_step_that_never_came_back_is_told_as_old():
    company = firm(since(18, "segment", "SMB", chance=lambda one: one * 0.45))

    found = rk.diagnose(company, "win_rate")

    (cause,) = found.causes.to_dict("records")
    assert (cause["place"], cause["new"]) == ("SMB", False)
    assert cause["since_from"] <= pd.Timestamp("2025-07-01") <= cause["since_to"]
    assert "Nothing new since" in found.findings[1]


def test_a_company_in_which_nothing_happens_is_quiet():
    found = rk.diagnose(firm(), "win_rate")

    assert found.quiet
    assert found.causes.empty
    assert found.findings[-1].quiet


@pytest.mark.parametrize(
    ("metric", "edit", "kind"),
    [("deal_size", {"amount": lambda one: one * 4}, "rate"), ("won_deals", {}, "mix")],
)
def test_sizes_and_counts_have_causes_of_their_own(metric, edit, kind):
    def change(rows, at, rng):
        if at < 25:
            return rows
        if not edit:
            return rows[(rows["product"] != "Plus") | (rng.random(len(rows)) < 0.3)]
        return since(25, "product", "Plus", **edit)(rows, at, rng)

    found = rk.diagnose(firm(change), metric)

    assert found.causes[["dimension", "kind"]].iloc[0].tolist() == ["product", kind]
    assert np.isfinite(found.causes["effect"]).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (since(20, "region", "East", region=lambda one: one.mask(one.index % 5 > 0)), "missing"),
        (since(20, "product", "Plus", product=lambda one: "Premium"), "begins"),
        (since(25, "region", "East", region=lambda one: "West", chance=lambda one: one), "cut"),
    ],
)
def test_faults_of_the_data_are_named_first(change, words):
    found = rk.diagnose(firm(change), "win_rate")

    assert found.faults
    assert "Look at the data first" in found.findings[1]
    assert words in found.findings[1]


@pytest.mark.parametrize(
    ("metric", "there"),
    [("win_rate", {"account.segment", "segment", "kind"}),
     ("churn_rate", {"account.segment", "segment"}), ("cac", {"channel"})],
)  # fmt: skip
def test_columns_are_reached_together_as_each_by_itself(metric, there):
    """Customers stay with the columns of accounts; the spend on them knows the channel alone."""
    day = {"kind": "new", "created_on": "2025-01-05", "closed_on": "2025-02-01", "is_won": True}
    paid = {"started_on": "2025-02-01", "ended_on": None, "mrr": 10.0, "product": "Basic"}
    spent = {"spent_on": "2025-02-01", "category": "programs", "function": "marketing"}
    data = rk.Dataset(
        accounts=pd.DataFrame([{"account_id": "a", "segment": "S", "channel": "C"}]),
        opportunities=pd.DataFrame([{"opportunity_id": "o", "account_id": "a"} | day]),
        subscriptions=pd.DataFrame([{"subscription_id": "s", "account_id": "a"} | paid]),
        spend=pd.DataFrame([spent | {"spend_id": "1", "channel": "C", "amount": 5.0}]),
        as_of="2025-03-31",
    )  # fmt: skip
    asking, now = Asking(known()[metric], data), asked("month", data)
    part, ways = known()[metric].formula(), [way for ways in CANDIDATES.values() for way in ways]

    found = asking.reached(ways, part, now)
    assert found == {way for way in ways if asking.reaches(way, part, now)}
    assert found >= there, found


def test_products_are_split_by_factor_and_add_up():
    company = rk.generate("baseline", accounts=120, seed=3).data

    found = rk.diagnose(company, "pipeline_velocity", "quarter", dimensions="segment")

    parts = found.split.groupby("part")["change"].sum()
    assert len(parts) == 4
    assert parts.sum() == pytest.approx(found.after - found.before)
    assert "By factor" in found.findings[1]


def test_medians_are_explained_by_the_share_above_the_usual_one():
    found = rk.diagnose(
        firm(since(25, "product", "Plus", amount=lambda one: one * 3)), "median_deal_size"
    )

    assert found.ranked
    assert found.after > found.before
    assert found.causes["place"].tolist() == ["Plus"]


@pytest.mark.parametrize(
    ("metric", "error", "match"),
    [
        ("clv", FormulaError, "can't be split"),
        ("stage_conversion", FormulaError, "one number for each stage"),
        ("stage_duration", FormulaError, "one number for each stage"),
        ("ramp_months", FormulaError, r"rk\.survival"),
        ("churn_rate_daily", FormulaError, "values of days"),
        ("win_rates", FormulaError, "win_rate"),
    ],
)
def test_what_cannot_be_split_is_refused(metric, error, match):
    with pytest.raises(error, match=match):
        rk.diagnose(firm(each=20), metric)


def test_periods_and_dimensions_are_refused_with_what_to_write():
    company = firm(each=20)
    with pytest.raises(PeriodError, match="not over"):
        rk.diagnose(company, "win_rate", "2026")
    with pytest.raises(PeriodError, match="does not end before"):
        rk.diagnose(company, "win_rate", "2025-05", "2025-06-01")
    with pytest.raises(DimensionError, match="colour"):
        rk.diagnose(company, "win_rate", dimensions="colour")
    with pytest.raises(PeriodError, match="calendar"):
        rk.diagnose(company, "win_rate", 3)
    with pytest.raises(ParameterError, match="dimensions"):
        rk.diagnose(company, "win_rate", dimensions=3)


@pytest.mark.parametrize(
    ("period", "versus", "days"),
    [
        ("quarter", "year", ("2024-10-01", "2025-10-01")),
        ("2025-03", "previous", ("2025-02-01", "2025-03-01")),
        (("2025-01-10", "2025-01-20"), "previous", ("2024-12-31", "2025-01-10")),
        (("2025-01-01", "2025-07-01"), "year", ("2024-01-01", "2025-01-01")),
    ],
)
def test_periods_are_compared_with_those_before(period, versus, days):
    found = rk.diagnose(firm(each=20), "won_deals", period, versus, "segment")

    assert (str(found.versus.start), str(found.period.start)) == days
    assert found.split["change"].sum() == pytest.approx(found.after - found.before)


def test_a_month_without_deals_has_no_value_and_says_so():
    company = deals({"2026-01": {"A": (3, 3)}}, "2026-02-28")

    found = rk.diagnose(company, "win_rate", dimensions="segment")

    assert math.isnan(found.after)
    assert "no value" in found.findings[0]


def test_parts_below_zero_add_up_and_small_companies_do_not_crash():
    company = rk.generate("baseline", seed=6, accounts=120, months=18).data

    for metric in ("free_cash_flow_margin", "marketing_sourced_share"):
        found = rk.diagnose(company, metric, "quarter")
        parts = found.split.groupby(["part", "dimension"])["change"].sum().groupby("part").first()
        assert parts.sum() == pytest.approx(found.after - found.before)


def test_a_value_that_has_not_moved_has_no_possible_cause():
    """A wins a deal less and B one more: each group is off its usual, the whole is not."""
    each = {f"2025-{month:02}": {"A": (20, 20), "B": (20, 20)} for month in range(1, 12)}
    swapped = {"2025-12": {"A": (15, 25), "B": (25, 15)}}

    found = rk.diagnose(deals(each | swapped, "2025-12-31"), "win_rate", "month")

    assert found.before == found.after
    assert not any(reason.named for reason in found.reasons)
    assert "Possible" not in found.findings[-1]


@pytest.mark.parametrize("metric", ["churn_rate", "nrr"])
def test_customers_are_not_compared_with_the_past_of_who_owns_them_today(metric):
    """Who leaves is handed over: of all who left before, none is with those who keep customers."""
    months = pd.date_range("2023-01-01", "2025-12-01", freq="MS")
    rows = pd.DataFrame({"account_id": [f"a{at}" for at in range(360)]})
    left = np.repeat(months, 10)
    gone = rows.assign(started_on="2022-06-01", ended_on=left + pd.Timedelta(days=14))
    kept = pd.DataFrame({"account_id": [f"k{at}" for at in range(200)]})
    kept = kept.assign(started_on="2022-06-01", ended_on=None)
    handed = left < "2025-10-01"
    accounts = pd.concat([
        rows.assign(rep_id=np.where(handed, "seller", "keeper"), segment="SMB"),
        kept.assign(rep_id="keeper", segment="SMB"),
    ])[["account_id", "rep_id", "segment"]]  # fmt: skip
    data = rk.Dataset(
        accounts=accounts,
        reps=pd.DataFrame({"rep_id": ["seller", "keeper"], "team": ["Sales", "Care"]}),
        subscriptions=pd.concat([gone, kept]).assign(
            mrr=100.0, subscription_id=lambda all: all["account_id"]
        ),
        as_of="2025-12-31", currency="EUR",
    )  # fmt: skip

    found = rk.diagnose(data, metric, "quarter")

    assert "team" not in {reason.dimension for reason in found.reasons}
    assert not any(reason.named for reason in found.reasons)
    with pytest.raises(DimensionError, match="owner of today"):
        rk.diagnose(data, metric, "quarter", dimensions="rep.team")


def test_a_period_that_began_before_the_data_does_not_change_any_more():
    days = pd.date_range("2023-01-11", "2024-02-29")
    rows = pd.DataFrame({"created_at": days, "lead_id": [f"l{at}" for at in range(len(days))]})

    found = rk.diagnose(rk.Dataset(leads=rows, as_of="2024-02-29"), "leads", "2023")

    assert any("earlier periods are unknown" in note for note in found.notes)
    assert not any("may still change" in note for note in found.notes)
