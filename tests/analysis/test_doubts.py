"""What sentences, legends and tables say where little is known: no more than that."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.writing.counts import counted
from revkit.errors import ParameterError
from revkit.examples import example
from revkit.language import language
from revkit.report.overview.headlines import tiles


def accounts(*lives, as_of="2026-03-31"):
    """Accounts that pay an amount from one day to another."""
    rows = pd.DataFrame(lives, columns=["account_id", "mrr", "started_on", "ended_on"])
    rows["subscription_id"] = [f"s{at}" for at in range(len(rows))]
    for name in ("started_on", "ended_on"):
        rows[name] = pd.to_datetime(rows[name])
    return rk.Dataset(subscriptions=rows, as_of=as_of)


def said(finding):
    return str(finding).replace("\xa0", " ")


STILL = [(f"a{at}", 100.0, "2024-01-01", None) for at in range(9)]
"""Accounts that never change."""

COLLAPSED = accounts(*[(f"b{at}", 100.0, "2024-01-01", "2026-03-15") for at in range(30)], *STILL)


def test_a_census_that_never_moved_and_collapses_is_not_called_usual():
    mrr = rk.metrics.mrr(COLLAPSED, start="2024-02-01")

    assert said(rk.say.change(mrr)) == (
        "Monthly recurring revenue in Mar 2026, 900, differs from Feb 2026 (\u22123,000); counted "
        "in full. It is not known how far it usually moves."
    )
    assert rk.say.change(mrr).quiet
    assert "non è noto" in rk.say.change(mrr, language="it")


def test_neither_is_one_whose_past_is_too_short():
    mrr = rk.metrics.mrr(COLLAPSED, start="2026-01-01").iloc[-2:]
    mrr.attrs["earlier"] = ()

    assert said(rk.say.change(mrr)).endswith("It is not known how far it usually moves.")


def test_nor_on_tiles_and_scorecards():
    (tile,) = [one for one in tiles(COLLAPSED, period="month") if "recurring" in one.title.lower()]
    card = rk.scorecard(COLLAPSED, metrics=["mrr"])

    assert said(tile.change).endswith("on Feb 2026, and how far it usually moves is not known")
    assert tile.tone == ""
    assert card["direction"].iloc[0] == ""
    assert "\u25bc" not in str(card).splitlines()[1]


def test_a_month_that_gains_nothing_or_loses_nothing_names_no_part_of_it():
    joined = accounts(*STILL, ("z", 50.0, "2026-03-10", None))
    left = accounts(*STILL, ("z", 50.0, "2025-03-10", "2026-03-10"))

    gained, lost, none = (
        said(rk.say.growth(rk.bridge(one, start="2026-01-01")))
        for one in (joined, left, accounts(*STILL))
    )

    assert gained == (
        "MRR grew by 50.00 in Mar 2026, to 950: the largest gain was new (50.00), nothing was lost."
    )
    assert lost == (
        "MRR shrank by 50.00 in Mar 2026, to 900: nothing was gained, the largest loss was churn "
        "(50.00)."
    )
    assert none == "MRR stayed at 900 in Mar 2026: nothing was gained, nothing was lost."


@pytest.mark.parametrize(
    "read",
    [
        rk.say.level, rk.say.change, rk.say.year, rk.say.contrast, rk.say.largest, rk.say.step,
        rk.charts.over_time, rk.charts.by_group, rk.table, lambda card: rk.table([card]),
    ],
)  # fmt: skip
def test_a_scorecard_is_no_result_of_a_metric(read):
    card = rk.scorecard(example("deals"), metrics=["win_rate", "won_amount"])

    with pytest.raises(ParameterError, match="this is a scorecard"):
        read(card)


@pytest.mark.parametrize(
    ("noun", "one", "two"),
    [
        ("forecasts", "1 previsione", "2 previsioni"), ("reps", "1 venditore", "2 venditori"),
        ("quotas", "1 quota", "2 quote"), ("tickets", "1 ticket", "2 ticket"),
        ("answers", "1 risposta", "2 risposte"),
        ("invoice lines", "1 riga di fattura", "2 righe di fattura"),
        ("account-months", "1 mese-cliente", "2 mesi-cliente"),
    ],
)  # fmt: skip
def test_one_row_is_named_in_the_singular(noun, one, two):
    assert counted(1, noun, language("en")) == f"1 {noun[:-1]}"
    assert counted(2, noun, language("en")) == f"2 {noun}"
    assert [counted(n, noun, language("it")) for n in (1, 2)] == [one, two]


def test_so_is_a_noun_of_a_users_own():
    assert [counted(n, "replies", language("en")) for n in (1, 2)] == ["1 reply", "2 replies"]


def test_an_asterisk_in_a_name_needs_no_legend_and_a_heading_with_one_does():
    deals = example("deals").table("opportunities").to_pandas()
    teams = ["North*" if at % 2 else "South\u2020" for at in range(len(deals))]
    marked = rk.Dataset(opportunities=deals.assign(team=teams), as_of=example("deals").as_of)
    whole = rk.table(rk.metrics.won_deals(marked, by="team", period=None))
    months = rk.table(
        rk.metrics.won_deals(marked.replay("2026-03-20"), by="team", start="2026-02-01"),
        across="period",
    )

    assert not any("not over yet" in note for note in whole.notes)
    assert any("not over yet" in note for note in months.notes)


def test_a_period_before_the_records_is_not_one_that_later_days_can_change():
    deals = example("deals").table("opportunities").to_pandas()
    company = rk.Dataset(opportunities=deals, as_of=example("deals").as_of)
    begins = pd.Timestamp(company.recorded(["opportunities"])["opportunities"].first)
    months = rk.metrics.won_deals(company, start=begins.date() - pd.DateOffset(months=2))

    shown = rk.table(months)

    assert [row[0][-1] == "\u2021" for row in shown.rows] == [True, True] + [False] * (
        len(months) - 2
    )
    assert not any("not over yet" in note for note in shown.notes)
    assert any("before the first day on record" in note for note in shown.notes)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NaT, pd.NA])
def test_a_word_that_is_missing_is_a_dash(missing):
    frame = pd.DataFrame({"key": ["a", "b"], "proposed": pd.Series(["c", missing], dtype=object)})

    assert rk.table(frame).rows == (("a", "c"), ("b", "\u2013"))


def test_a_scorecard_of_all_days_marks_what_its_legend_explains(pytestconfig):
    company = rk.load(pytestconfig.rootpath / "data" / "sample")
    over, open_ = (
        str(rk.scorecard(company, period=None, metrics=[name]))
        for name in ("win_rate", "close_rate")
    )

    assert "all days*" in open_
    assert "* not over yet" in open_
    assert "*" not in over


def test_rows_that_are_all_alike_are_not_called_few():
    steady = rk.metrics.nrr(accounts(*STILL), start="2026-02-01")
    grouped = rk.metrics.nrr(accounts(*STILL), by="account", period=None, start="2026-02-01")

    assert said(rk.say.level(steady)).endswith(
        "100.0 % in Mar 2026 (9 accounts; no interval can be given, so read it with care)."
    )
    assert said(rk.say.change(steady)) == (
        "Net revenue retention was 100.0 % in Mar 2026, as in Feb 2026."
    )
    assert said(rk.say.contrast(grouped)) == (
        "Net revenue retention over the 2 months to Mar 2026 is the same in each account: 100.0 %."
    )


@pytest.mark.parametrize("start", [2, 4, 7, 11])
@pytest.mark.parametrize("period", ["quarter", "year"])
def test_a_fiscal_period_is_named_by_its_first_month(start, period):
    """The Q2 of a calendar is the Q1 of a year that begins in April."""
    from revkit.policy import Policy

    deals = example("deals")
    fiscal = deals.with_policy(Policy(fiscal_year_start=start))
    rates = rk.metrics.win_rate(fiscal, period=period)
    card = rk.scorecard(fiscal, period=period, metrics=["win_rate"])
    ax = rk.charts.over_time(rates)

    texts = [
        said(rk.say.level(rates)), said(rk.say.change(rates)), str(card), str(rk.table(rates)),
        *(one.get_text() for one in ax.get_xticklabels()),
    ]  # fmt: skip
    plt.close(ax.figure)
    named = {f"{period} from {rates['period'].iloc[at]:%b %Y}" for at in range(len(rates))}
    assert not any(f"Q{n} 20" in text for text in texts for n in range(1, 5))
    assert all(any(name in text for name in named) for text in texts[3:])


def ends(result):
    row = result.iloc[-1]
    return row["value"], math.isnan(row["low"]), math.isnan(row["high"]), bool(row["small"])


def test_rows_that_all_say_the_same_promise_no_certainty():
    left = accounts(
        *[(f"a{at}", 100.0, "2025-01-01", "2026-03-15") for at in range(30)],
        ("z", 10.0, "2026-03-20", None),
    )
    deals = example("deals").table("opportunities").to_pandas()
    equal = rk.Dataset(opportunities=deals.assign(amount=100.0), as_of=example("deals").as_of)
    bias = rk.metrics.forecast_bias(example("team"), by="rep", period="quarter")

    assert ends(rk.metrics.nrr(left)) == (0.0, True, True, True)
    assert ends(rk.metrics.net_mrr_churn_rate(left)) == (1.0, True, True, True)
    assert ends(rk.metrics.deal_size(equal, period=None)) == (100.0, True, True, True)
    assert bias.loc[bias["value"].notna(), "n"].eq(1).all()
    assert bias[["low", "high"]].isna().all(axis=None)
    # ranks and counts still bound what is alike, and what is known is known
    assert rk.metrics.churn_rate(left).iloc[-1]["low"] == pytest.approx(0.886, abs=1e-3)
    assert rk.metrics.grr(left).iloc[-1]["high"] == pytest.approx(0.114, abs=1e-3)


def test_two_accounts_bound_nothing_from_all_lost_to_three_times_as_much():
    two = accounts(
        ("a", 100.0, "2025-01-01", None),
        ("b", 200.0, "2025-01-01", "2026-03-15"),
        ("b", 500.0, "2026-03-15", None),
    )

    for name, value in (("nrr", 2.0), ("net_mrr_churn_rate", -1.0), ("mrr_growth_rate", 1.0)):
        assert ends(getattr(rk.metrics, name)(two)) == (value, True, True, True), name
