"""Findings claim what an interval shows, and nothing more."""

import json
import math

import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.writing.comparisons import change, largest, level
from revkit.analysis.writing.contrasts import contrast
from revkit.analysis.writing.differences import compare, difference
from revkit.analysis.writing.finding import MIME, NOTHING, Finding, findings, so
from revkit.analysis.writing.formatting import Quantity, compact
from revkit.analysis.writing.frames.tables import table
from revkit.language import language


def wilson(won: int, closed: int) -> tuple[float, float, float]:
    z, p = 1.959963984540054, won / closed
    centre, scale = p + z * z / (2 * closed), 1 + z * z / closed
    half = z * math.sqrt(p * (1 - p) / closed + z * z / (4 * closed**2))
    return p, (centre - half) / scale, (centre + half) / scale


def by_quarter(*rows: tuple[int, int], complete: int | None = None) -> pd.DataFrame:
    """Win rates of consecutive quarters of 2026 from (won, closed)."""
    estimates = [wilson(*row) for row in rows]
    frame = pd.DataFrame(estimates, columns=["value", "low", "high"])
    frame.insert(0, "period", pd.date_range("2026-01-01", periods=len(rows), freq="QS"))
    frame["n"] = [closed for _, closed in rows]
    frame["small"] = False
    frame["complete"] = [at < (complete or len(rows)) for at in range(len(rows))]
    frame.attrs = {"metric": "win_rate", "period": "quarter"}
    return frame


def by_segment(**rows: tuple[int, int]) -> pd.DataFrame:
    frame = by_quarter(*rows.values()).drop(columns="period")
    frame.insert(0, "segment", list(rows))
    won, closed = (sum(row[at] for row in rows.values()) for at in (0, 1))
    others = [wilson(won - row[0], closed - row[1]) for row in rows.values()]
    moved = [
        difference(other, wilson(*row)) for other, row in zip(others, rows.values(), strict=True)
    ]
    frame[["change", "change_low", "change_high"]] = moved
    frame["certain"] = (frame["change_low"] > 0) | (frame["change_high"] < 0)
    frame.attrs = {"metric": "win_rate", "period": None, "compare": "rest"}
    return frame


def test_difference_of_two_proportions_is_newcombes():
    """56/70 against 48/80: 0.0524 to 0.3339.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10, contrast (a).
    """
    value, low, high = difference(wilson(48, 80), wilson(56, 70))

    assert value == pytest.approx(0.2)
    assert (low, high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_difference_turns_round_with_its_arguments():
    first, second = wilson(3, 10), wilson(30, 80)

    value, low, high = difference(first, second)

    assert difference(second, first) == pytest.approx((-value, -high, -low))


def test_change_is_claimed_when_the_interval_leaves_out_zero():
    said = change(by_quarter((200, 1000), (300, 1000)))

    assert not said.quiet
    assert said.startswith("Win rate rose from 20.0\u00a0% in Q1 2026 to 30.0\u00a0% in Q2 2026")
    assert "+10.0\u00a0points" in said
    assert "1,000 opportunities" in said


def test_the_same_change_in_few_rows_is_noise():
    said = change(by_quarter((4, 20), (6, 20)))

    assert said.quiet
    assert "within noise" in said


def test_an_unfinished_period_is_not_compared():
    moved = compare(by_quarter((200, 1000), (205, 1000), (1, 100), complete=2))

    assert moved is not None
    assert moved.now["value"] == pytest.approx(0.205)


def test_windows_that_overlap_are_not_compared():
    result = by_quarter((200, 1000), (250, 1000), (300, 1000))
    result.attrs["trailing"] = 2

    moved = compare(result)

    assert moved is not None
    assert moved.before["value"] == pytest.approx(0.2)


def census(*values: float) -> pd.DataFrame:
    """Recurring revenue of consecutive quarters."""
    result = by_quarter(*[(1, 2)] * len(values)).assign(value=values, low=math.nan, high=math.nan)
    result.attrs = {"metric": "mrr", "period": "quarter", "currency": "USD"}
    return result


GREW_AS_EVER = [1000.0 * 1.1**at + (at % 3) for at in range(14)]


def test_a_census_has_no_interval_and_its_change_is_news_when_it_is_unusual():
    said = change(census(*GREW_AS_EVER, GREW_AS_EVER[-1] * 0.7))

    assert not said.quiet
    assert "−30.0\u00a0%" in said
    assert "counted in full" in said


def test_a_census_that_grows_as_ever_is_no_news():
    said = change(census(*GREW_AS_EVER))

    assert said.quiet
    assert "no more than it usually does; counted in full" in said


def test_a_census_without_a_past_is_no_news():
    assert change(census(1000.0, 1100.0)).quiet


def test_zeros_before_a_series_begins_are_no_past():
    begun, waited = (compare(census(*zeros, *GREW_AS_EVER)) for zeros in ((), [0.0] * 7))

    assert begun is not None
    assert waited is not None
    assert waited.p == begun.p


def test_no_percentage_is_taken_of_a_negative_base():
    past = [-0.12 + 0.001 * (at % 2) for at in range(14)]
    result = census(*past, -0.35)
    result.attrs["metric"] = "burn_multiple"

    said = change(result)

    assert not said.quiet
    assert "%" not in said
    assert "−0.35" in said


def test_nothing_to_compare_is_said_quietly():
    assert change(by_quarter((1, 2))).quiet
    assert level(by_quarter((1, 2)).iloc[:0]).quiet


def test_contrast_names_the_group_that_differs():
    said = contrast(by_segment(SMB=(250, 1000), Middle=(252, 1000), Enterprise=(100, 1000)))

    assert not said.quiet
    assert "Enterprise 10.0\u00a0% against 25.1\u00a0% elsewhere" in said
    assert "95\u00a0% intervals" in said


def test_contrast_of_equal_groups_is_quiet():
    assert contrast(by_segment(a=(25, 100), b=(26, 100), c=(24, 100))).quiet


def test_contrast_claims_rarely_where_nothing_differs():
    """150 companies of five equal segments: at most one in twenty claims something."""
    import numpy as np

    random = np.random.default_rng(7)
    claims = 0
    for won in random.binomial(200, 0.25, size=(150, 5)):
        rows = {f"segment {at}": (int(count), 200) for at, count in enumerate(won)}
        claims += not contrast(by_segment(**rows)).quiet

    assert claims <= 150 * 0.08


def test_contrast_leaves_out_groups_with_few_rows():
    result = by_segment(a=(250, 1000), b=(250, 1000), c=(0, 4))
    result["small"] = [False, False, True]

    assert contrast(result).quiet


def test_findings_leave_out_what_is_quiet_and_repeated():
    shown = findings(["A.", Finding("b", quiet=True), "", "A."])

    assert shown.sentences == ("A.",)
    assert findings([Finding("b", quiet=True)]).sentences == (NOTHING,)


def test_findings_are_escaped_in_html_and_plain_in_the_index():
    bundle = findings(["<script>alert(1)</script> *won*"])._repr_mimebundle_()

    assert "<script>" not in bundle["text/html"]
    assert "<script>" not in bundle["text/markdown"]
    assert r"\*won\*" in bundle["text/markdown"]
    said = ["<script>alert(1)</script> *won*"]
    assert json.loads(json.dumps(bundle[MIME])) == {"findings": said, "front": said}


def test_so_begins_with_so():
    bundle = so("<b>Win rate</b> rose.")._repr_mimebundle_()

    assert bundle["text/plain"] == "So: <b>Win rate</b> rose."
    assert '"><strong>So:</strong> &lt;b&gt;' in bundle["text/html"]


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        ("share", 0.314, "31.4 %"),
        ("share", -0.00001, "0.0 %"),
        ("money", 1_200_000, "$1.20 M"),
        ("money", -42, "−$42.00"),
        ("money/day", 12_300, "$12.3 k/day"),
        ("days", 47.3, "47 days"),
        ("count", 1283, "1,283"),
        ("ratio", 1.25, "1.25"),
        ("ratio", math.nan, "–"),
        ("ratio", math.inf, "∞"),
    ],
)
def test_a_value_is_written_in_its_unit(unit, value, written):
    text = Quantity("x", "X", unit, "USD").text(value)

    assert text.replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (9_999, "9,999"),
        (10_000, "10.0 k"),
        (99_960, "100 k"),
        (999_999, "1.00 M"),
        (2.5e9, "2.50 B"),
    ],
)
def test_money_has_three_figures(value, written):
    assert compact(value).replace("\u00a0", " ") == written


def test_retention_is_read_in_percent():
    assert Quantity("nrr", "NRR", "ratio").text(1.03) == "103.0\u00a0%"


def test_periods_are_named():
    day = pd.Timestamp("2026-04-06")

    labels = [language("en").period(day, period) for period in ("day", "week", "month", "year")]

    assert labels == ["6 Apr 2026", "week of 6 Apr 2026", "Apr 2026", "year from Apr 2026"]
    assert language("en").period(pd.Timestamp("2026-02-01"), "quarter") == "quarter from Feb 2026"


def test_a_table_writes_numbers_periods_and_marks():
    result = by_quarter((250, 1000), (5, 10), complete=1)
    result["small"] = [False, True]

    written = table(result)

    assert written.headings == ("Period", "Win rate", "95\u00a0% interval", "Opportunities")
    assert written.rows[0][:2] == ("Q1 2026", "25.0\u00a0%")
    assert written.rows[1][:2] == ("Q2 2026*", "50.0\u00a0%†")
    assert len(written.notes) == 2


def test_a_table_puts_periods_side_by_side():
    first, second = by_quarter((1, 4), (2, 4)), by_quarter((3, 4), (4, 4))
    result = pd.concat([first.assign(segment="SMB"), second.assign(segment="Enterprise")])
    result.attrs = first.attrs

    written = table(result, across="period")

    assert written.headings == ("Segment", "Q1 2026", "Q2 2026")
    assert [row[0] for row in written.rows] == ["SMB", "Enterprise"]
    assert written.rows[1][1] == "75.0\u00a0%"


def test_a_table_escapes_what_it_shows():
    result = by_segment(a=(1, 4), b=(2, 4)).assign(segment=["<script>", "b"])

    assert "<script>" not in table(result)._repr_html_()


def test_results_stand_below_each_other():
    rate, census = by_quarter((1, 4)), by_quarter((1, 4)).assign(low=math.nan, high=math.nan)
    census.attrs = {"metric": "mrr", "period": "quarter"}

    written = table([census, rate])

    assert written.headings == (
        "Metric", "Period", "Value", "95\u00a0% interval", "Accounts", "Opportunities",
    )  # fmt: skip
    assert [row[0] for row in written.rows] == ["Monthly recurring revenue", "Win rate"]
    assert written.rows[0][3] == ""


def test_a_sentence_says_which_part_of_the_company_it_is_about():
    part = rk.example("deals").where(segment="SMB")

    sentence = str(rk.say.level(rk.metrics.win_rate(part, period="quarter")))

    assert sentence.startswith("Win rate (segment = SMB) was")


def plain(text: str) -> str:
    return str(text).replace("\u00a0", " ")


def test_findings_are_written_in_italian():
    rates = by_quarter((30, 100), (120, 200))

    assert plain(change(rates, language="it")) == (
        "Tasso di vincita: in aumento da 30,0 % in T1 2026 a 60,0 % in T2 2026 "
        "(+30,0 punti, intervallo al 95 %: da +18,2 a +40,4 punti; 200 opportunità)."
    )
    assert plain(level(rates, language="it")) == (
        "Tasso di vincita: 60,0 % in T2 2026 (intervallo al 95 %: 53,1–66,5 %, 200 opportunità)."
    )
    quiet = change(by_quarter((30, 100), (31, 100)), language="it")
    assert quiet.quiet
    assert "entro il rumore rispetto a T1 2026" in quiet


def test_contrast_names_the_dimension_in_italian():
    found = plain(contrast(by_segment(SMB=(20, 100), Enterprise=(60, 100)), language="it"))

    assert found == (
        "Tasso di vincita: differenze per segmento: Enterprise 60,0 % contro 20,0 % altrove "
        "(+40,0 punti, da +26,8 a +51,2 punti) (intervalli al 95 %)."
    )


def test_a_table_is_written_in_italian():
    shown = table(by_quarter((314, 1000), (300, 1000), complete=1), language="it")

    assert [plain(heading) for heading in shown.headings] == [
        "Periodo", "Tasso di vincita", "intervallo al 95 %", "Opportunità",
    ]  # fmt: skip
    assert [plain(cell) for cell in shown.rows[0]] == ["T1 2026", "31,4 %", "28,6–34,3 %", "1.000"]
    assert shown.notes == ("* non ancora concluso: i giorni successivi possono cambiarlo",)


def test_nothing_to_say_is_said_in_italian():
    assert findings([], language="it").sentences == ("Niente qui si distingue dal rumore.",)
    assert findings([]).sentences == (NOTHING,)


def test_a_rate_is_no_sum_of_which_a_group_makes_up_most():
    with pytest.raises(rk.errors.ParameterError, match="win_rate does not add up over groups"):
        largest(by_segment(SMB=(250, 1000), Enterprise=(100, 1000)))


def test_a_rate_of_a_period_says_what_it_comes_to_in_a_year():
    """One of twenty leaves in a quarter: 1 - 0.95 ** 4 is 18.5 % in a year."""
    names = [f"A{at}" for at in range(20)]
    ledger = pd.DataFrame({"subscription_id": names, "account_id": names, "mrr": 10.0})
    ledger = ledger.assign(started_on="2025-01-02", ended_on=["2025-12-01"] + [None] * 19)
    company = rk.Dataset(subscriptions=ledger, as_of="2025-12-31")

    by = {one: str(rk.say.level(rk.metrics.churn_rate(company, period=one)))
          for one in ("quarter", "year")}  # fmt: skip
    assert (
        by["quarter"]
        .replace("\u00a0", " ")
        .endswith("At that rate 18.5 % of the accounts leave within a year.")
    )
    assert "At that rate" not in by["year"]
