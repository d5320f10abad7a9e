"""Charts draw the numbers they are given; the artists are looked at, not the pixels."""

from base64 import b64decode
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from IPython.core.pylabtools import print_figure
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from revkit import charts
from revkit.analysis.forecasts.forecast import Forecast
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.frames import raw
from revkit.charts import theme
from revkit.errors import DimensionError, ParameterError


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def rates(values, *, complete=None, segment=None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "period": pd.date_range("2026-01-01", periods=len(values), freq="MS"),
            "value": values,
            "low": np.array(values) - 0.05,
            "high": np.array(values) + 0.05,
            "n": 100,
            "small": False,
            "complete": complete if complete is not None else True,
        }
    )
    if segment:
        frame.insert(0, "segment", segment)
    frame.attrs = {"metric": "win_rate", "period": "month"}
    return frame


def test_a_point_on_the_axis_is_drawn_whole_and_one_outside_is_not_drawn():
    """At 0 % a clipped marker is half a one; what a caller's limits leave out stays out."""
    ax = charts.over_time(rates([0.2, 0.3, 0.0], complete=[True, True, False]))
    cut, axes = plt.subplots()
    axes.plot([0, 9], [0, 1], marker="o")
    axes.set_xlim(0, 5)
    theme.finish(axes, pd.DataFrame())

    assert not any(line.get_clip_on() for line in ax.lines)
    assert axes.lines[0].get_clip_on()
    plt.close(cut)


def test_over_time_draws_values_band_and_an_unfinished_period_hollow():
    ax = charts.over_time(rates([0.2, 0.3, 0.1], complete=[True, True, False]))

    done, unfinished = ax.lines
    assert list(done.get_ydata()) == [0.2, 0.3]
    assert list(unfinished.get_ydata()) == [0.1]
    assert unfinished.get_markerfacecolor() == "white"
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert band.min() == pytest.approx(0.15)
    assert band.max() == pytest.approx(0.35)
    assert ax.get_title(loc="left") == ""
    assert ax.yaxis.get_major_formatter()(0.25, 0) == "25\u00a0%"


def test_over_time_of_no_quarter_has_no_ticks():
    result = rates([0.2]).iloc[:0]
    result.attrs["period"] = "quarter"

    assert list(charts.over_time(result).get_xticks()) == []


def test_over_time_greys_few_rows_and_begins_with_the_first_value():
    result = rates([np.nan, 0.2, 0.3, 0.4])
    result["small"] = [False, True, False, False]

    ax = charts.over_time(result)

    line, few = ax.lines
    assert list(line.get_ydata()) == [0.2, 0.3, 0.4]
    assert list(few.get_ydata()) == [0.2]
    assert to_hex(few.get_color()) == theme.GREY
    assert ax.collections[0].get_paths()[0].vertices[:, 1].min() == pytest.approx(0.25)


def test_over_time_names_its_lines_at_their_ends():
    result = pd.concat([rates([0.2, 0.3], segment="SMB"), rates([0.2, 0.31], segment="Enterprise")])
    result.attrs = {"metric": "win_rate", "period": "month"}

    ax = charts.over_time(result)

    assert [text.get_text() for text in ax.texts] == ["SMB", "Enterprise"]
    heights = [text.xy[1] for text in ax.texts]
    assert abs(heights[0] - heights[1]) >= 0.06 * np.ptp(ax.get_ylim())
    assert ax.get_legend() is None


def test_by_group_greys_what_is_small_and_says_n():
    result = rates([0.2, 0.4], segment=["SMB", "Enterprise"]).drop(columns="period")
    result["small"] = [False, True]
    result.attrs = {"metric": "win_rate", "period": None}

    ax = charts.by_group(result)

    assert [bar.get_width() for bar in ax.patches] == [0.2, 0.4]
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == [theme.BLUE, theme.GREY]
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "SMB  (n = 100)",
        "Enterprise  (n = 100)",
    ]


def test_by_group_draws_a_census_without_intervals():
    result = rates([20.0, 40.0], segment=["a", "b"]).drop(columns="period")
    result[["low", "high"]] = np.nan
    result.attrs = {"metric": "mrr", "period": None}

    assert not charts.by_group(result).collections


def test_bridge_stacks_gains_above_and_losses_below():
    movements = pd.DataFrame(
        {
            "period": pd.date_range("2026-01-01", periods=2, freq="MS"),
            "new": [10.0, 20.0],
            "expansion": [5.0, 5.0],
            "reactivation": [0.0, 0.0],
            "contraction": [1.0, 2.0],
            "churn": [4.0, 8.0],
            "net": [10.0, 15.0],
        }
    )
    movements.attrs = {"metric": "mrr", "currency": "USD"}

    ax = charts.bridge(movements)

    tops = max(bar.get_y() + bar.get_height() for bar in ax.patches)
    bottoms = min(bar.get_y() + bar.get_height() for bar in ax.patches)
    assert (tops, bottoms) == (25, -10)
    assert list(ax.lines[0].get_ydata()) == [10, 15]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "reactivation" not in labels


def test_retention_has_the_line_where_nothing_is_lost():
    ax = charts.retention(rates([0.9, 1.1]))

    assert list(ax.lines[-1].get_ydata()) == [1, 1]


def test_forecast_draws_the_past_and_the_band():
    history = pd.DataFrame(
        {"period": pd.date_range("2026-01-01", periods=3, freq="MS"), "value": [1.0, 2.0, 3.0]}
    )
    ahead = pd.DataFrame(
        {
            "period": pd.date_range("2026-04-01", periods=2, freq="MS"),
            "value": [4.0, 5.0],
            "low": [3.0, 3.5],
            "high": [5.0, 6.5],
        }
    )
    what = Quantity("mrr", "MRR", "money/month", "USD")

    ax = charts.forecast(Forecast(history, ahead, 0.8, what))

    past, line = ax.lines
    assert list(past.get_ydata()) == [1, 2, 3]
    assert list(line.get_ydata()) == [3, 4, 5]
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (3.0, 6.5)


def test_forecast_without_months_ahead_draws_the_past_alone():
    history = pd.DataFrame(
        {"period": pd.date_range("2026-01-01", periods=2, freq="MS"), "value": [1.0, 2.0]}
    )
    what = Quantity("mrr", "MRR", "money/month")

    ax = charts.forecast(Forecast(history, history.iloc[:0], 0.8, what))

    assert len(ax.lines) == 1
    assert not ax.collections


def test_funnel_writes_the_share_of_the_stage_before():
    stages = pd.DataFrame(
        {"stage": ["lead", "MQL"], "reached": [1000, 310], "value": [np.nan, 0.31]}
    )

    ax = charts.funnel(stages)

    assert [bar.get_width() for bar in ax.patches] == [310, 1000]
    assert [text.get_text() for text in ax.texts] == [
        "310   31.0\u00a0% of those before",
        "1,000",
    ]


def test_a_headline_is_broken_to_fit():
    ax = plt.figure(figsize=(6, 3)).subplots()

    charts.headline(ax, "word " * 40)

    lines = ax.get_title().splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= 75
    assert " ".join(lines).split() == ["Word", *["word"] * 39]


def test_the_theme_names_only_settings_that_exist():
    assert set(theme.STYLE) <= set(mpl.rcParams)


def test_a_funnel_nobody_entered_is_drawn_empty():
    stages = pd.DataFrame({"stage": [], "reached": [], "value": []})

    assert len(charts.funnel(stages).patches) == 0


def test_charts_write_labels_months_and_numbers_in_italian():
    result = rates([0.2, 0.25, 0.3, 0.28, 0.31, 0.33])
    result["period"] = pd.date_range("2026-03-01", periods=6, freq="MS")

    ax = charts.over_time(result, language="it")
    ax.figure.canvas.draw()

    assert ax.get_ylabel() == "Tasso di vincita"
    assert ax.yaxis.get_major_formatter()(0.255, 0) == "25,5\u00a0%"
    assert ax.yaxis.get_major_formatter()(0.25, 0) == "25\u00a0%"
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert "lug" in labels
    assert ax.xaxis.get_major_formatter().get_offset().startswith("2026")


def test_dates_below_an_axis_are_those_of_matplotlib_in_english():
    result = rates([0.2, 0.25, 0.3])
    ax = charts.over_time(result)
    ax.figure.canvas.draw()
    ours = ax.xaxis.get_major_formatter()
    theirs = mpl.dates.ConciseDateFormatter(ax.xaxis.get_major_locator())

    ticks = ax.xaxis.get_majorticklocs()
    assert ours.format_ticks(ticks) == theirs.format_ticks(ticks)
    assert ours.get_offset() == theirs.get_offset()


def test_a_funnel_says_its_shares_in_italian():
    stages = pd.DataFrame({"stage": ["new", "MQL"], "reached": [2000, 500]})
    stages["value"] = [np.nan, 0.25]

    ax = charts.funnel(stages, language="it")

    texts = [text.get_text().replace("\u00a0", " ") for text in ax.texts]
    assert texts == ["500   25,0 % della fase prima", "2.000"]


def funnels(followed=1.0, reached=(100, 40)) -> pd.DataFrame:
    """Two quarters of a funnel of two stages, within 30 days."""
    quarters = pd.to_datetime(["2026-01-01", "2026-04-01"])
    rows = [
        {"period": period, "stage": stage, "reached": count, "within": within,
         "within_low": 0.3, "within_high": 0.5, "followed": share}
        for period, share in zip(quarters, (1.0, followed), strict=True)
        for stage, count, within in (("lead", reached[0], np.nan), ("MQL", reached[1], 0.4))
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame.attrs = {"period": "quarter", "within": 30, "notes": ()}
    return frame


def test_a_funnel_has_intervals_and_days_beside_its_bars():
    stages = pd.DataFrame(
        {"stage": ["lead", "MQL"], "reached": [1000, 950], "value": [np.nan, 0.95]}
    )
    stages = stages.assign(low=[np.nan, 0.93], high=[np.nan, 0.96], days=[np.nan, 7.0])

    ax = charts.funnel(stages)

    beside = ax.texts[0].get_text().replace("\u00a0", " ")
    assert beside == "950   95.0 % of those before (93.0–96.0 %)   median 7.0 days"
    assert ax.get_xlim()[1] > 1500  # room for it beside the bar


def test_conversion_draws_a_line_a_step_and_hollow_what_is_not_followed_yet():
    ax = charts.conversion(funnels(followed=0.6))

    done, unfinished = ax.lines
    assert list(done.get_ydata()) == [0.4]
    assert unfinished.get_markerfacecolor() == "white"
    assert [text.get_text() for text in ax.texts] == ["lead → MQL"]
    assert ax.get_ylabel() == "Passed within 30 days"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Q1 2026", "Q2 2026"]


def test_conversion_leaves_out_steps_that_few_could_take():
    ax = charts.conversion(funnels(reached=(19, 8)), language="it")

    written = [text.get_text() for text in ax.texts]
    assert written == [
        "Nessun valore da disegnare.", "Non disegnati: i passaggi possibili a meno di 20.",
    ]  # fmt: skip


def test_conversion_of_other_funnels_is_refused():
    with pytest.raises(ParameterError, match="within=60"):
        charts.conversion(funnels().drop(columns="followed"))
    twice = pd.concat([funnels(), funnels()])
    twice.insert(0, "channel", "ads")
    with pytest.raises(DimensionError, match="by channel"):
        charts.conversion(twice)


def test_a_forecast_is_a_fan_of_its_bands_each_named():
    history = pd.DataFrame({"period": pd.date_range("2025-01-01", periods=2, freq="MS")})
    ahead = pd.DataFrame({"period": pd.to_datetime(["2025-03-01"]), "value": [5.0]})
    for name, low, high in (("_50", 4.0, 6.0), ("_95", 1.0, 9.0), ("", 4.0, 6.0)):
        ahead[f"low{name}"], ahead[f"high{name}"] = low, high
    what = Quantity("leads", "Leads", "count")

    ax = charts.forecast(Forecast(history.assign(value=5.0), ahead, 0.5, what))

    widest, narrow = (band.get_paths()[0].vertices[:, 1] for band in ax.collections)
    assert (widest.min(), widest.max(), narrow.min(), narrow.max()) == (1, 9, 4, 6)
    assert [text.get_text() for text in ax.texts] == ["95\u00a0% band", "50\u00a0% band"]


def test_calibration_draws_shares_won_against_chances_given():
    table = pd.DataFrame(
        {"expected": [0.1, 0.6], "value": [0.2, 0.5], "low": [0.1, 0.4], "high": [0.3, 0.7],
         "deals": [40, 9]}
    )  # fmt: skip

    ax = charts.calibration(table)

    points = ax.containers[0].lines[0]
    assert list(points.get_xdata()) == [0.1, 0.6]
    assert list(points.get_ydata()) == [0.2, 0.5]
    assert [list(end.get_ydata()) for end in ax.lines[:1]] == [[0, 1]]


def test_a_notebook_keeps_the_finding_beside_its_picture(monkeypatch):
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    formatter.formatters["image/png"].for_type(Figure, lambda figure: b"picture")
    shell = SimpleNamespace(display_formatter=formatter)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    fig, ax = plt.subplots()

    charts.headline(ax, "win rate fell")
    charts.headline(plt.figure().subplots(), "another")

    data, metadata = formatter.format(fig, include={"image/png"})
    assert data == {"image/png": b"picture"}
    assert metadata == {"image/png": {"alt": "Win rate fell"}}


def test_a_report_with_slides_has_its_charts_sharp_beside_them(monkeypatch):
    def wide(png):
        return int.from_bytes(b64decode(png)[16:20], "big")  # as a PNG begins

    fig, ax = plt.subplots()
    charts.headline(ax, "win rate fell")
    drawn = theme._Described(lambda figure: print_figure(figure, "png", base64=True))

    plain, told = drawn(fig)
    monkeypatch.setenv(raw.SHARP, "1")
    _, sharp = drawn(fig)

    assert told == {"alt": "Win rate fell"}
    assert wide(sharp["sharp"]) == pytest.approx(wide(plain) * theme.SLIDE_DPI / fig.dpi, rel=0.02)


def test_a_picture_for_a_slide_leaves_its_finding_to_the_slide(monkeypatch):
    monkeypatch.setenv(raw.SHARP, "1")
    fig, (ax, other) = plt.subplots(ncols=2)
    other.set_title("a panel")
    charts.headline(ax, "win rate fell")
    seen = []
    monkeypatch.setattr(
        "IPython.core.pylabtools.print_figure",
        lambda figure, *_, **__: seen.append([one.title.get_visible() for one in figure.axes]),
    )

    theme._sharp(fig)

    assert seen == [[False, True]]
    assert ax.title.get_visible()
