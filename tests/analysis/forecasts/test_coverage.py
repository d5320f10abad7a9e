"""How far open deals cover what is still to be won of a target."""

import pandas as pd
import pytest

import revkit as rk
from tests.analysis.forecasts.repeating import company

AHEAD = ["2026-01-01", "2026-02-01", "2026-03-01"]


def quotas(*rows):
    """Quotas of bookings: holder, first day, day after the last, amount."""
    frame = pd.DataFrame(rows, columns=["rep_id", "starts_on", "ends_on", "amount"])
    frame["target_id"] = [f"t{number}" for number in range(len(rows))]
    return frame.assign(kind="quota", measure="bookings")


def forecast(*rows, due="2026-02-10", as_of="2025-12-31", **options):
    """Two deals of 100 are open and due on a day; in months before, 100 are won a month."""
    whole = company(24)
    tables = {name: whole.table(name).execute().dropna(axis=1, how="all") for name in whole.tables}
    tables["opportunities"] = tables["opportunities"].assign(expected_close_on=pd.Timestamp(due))
    if rows:
        tables["targets"] = quotas(*rows)
    data = rk.Dataset(**tables, as_of="2025-12-31", currency="USD").replay(as_of)
    return rk.forecast_pipeline(data, **options)


def test_open_deals_over_what_is_still_needed():
    found = forecast((None, "2026-01-01", "2026-04-01", 800.0))

    assert (found.coverage.won, found.coverage.due) == (0, 200)
    assert found.coverage.target == pytest.approx(800)
    assert found.coverage.value == pytest.approx(0.25)
    assert found.covered.replace("\u00a0", " ") == (
        "$800 are to be won from Jan 2026 to Mar 2026; open deals due by then are $200, 0.2 times "
        "as much."
    )


def test_what_is_won_is_needed_no_more():
    """On 20 December 100 of the month are won."""
    found = forecast(as_of="2025-12-20", target=300, horizon=2, due="2026-01-20")

    assert (found.coverage.won, found.coverage.needed) == (100, 200)
    assert found.coverage.value == pytest.approx(found.coverage.due / 200)
    assert "$200 are still needed" in found.covered.replace("\u00a0", " ")


def test_deals_due_later_cover_nothing():
    assert forecast(target=300, due="2026-04-01").coverage.value == 0
    assert forecast(target=300, due="2026-03-31").coverage.value == pytest.approx(200 / 300)


@pytest.mark.parametrize(
    ("rows", "options", "reason"),
    [
        ((), {}, "not all of these months have a quota"),
        ([(None, "2026-01-01", "2026-03-01", 800.0)], {}, "not all of these months have a quota"),
        ((), {"target": 50, "as_of": "2025-12-20", "horizon": 1}, "nothing is left of it"),
        (
            [("r", "2026-01-01", "2026-04-01", 80.0), ("r", "2026-01-01", "2026-02-01", 8.0)],
            {},
            "quotas contradict each other",
        ),
    ],
)
def test_without_a_target_there_is_a_reason(rows, options, reason):
    found = forecast(*rows, **options)

    assert pd.isna(found.coverage.value)
    assert found.covered.endswith(f"is not known: {reason}.")
    assert len(found.ahead)


def test_without_an_expected_close_there_is_a_reason():
    found = rk.forecast_pipeline(company(24), target=100)

    assert pd.isna(found.coverage.value)
    assert "no expected close" in found.covered


def test_too_few_months_are_said_so():
    found = rk.forecast_pipeline(company(6), target=100)

    assert found.covered == found.finding


def test_it_is_the_coverage_of_the_metric(pytestconfig):
    data = rk.load(pytestconfig.rootpath / "data" / "sample")

    found = rk.forecast_pipeline(data)

    whole = {"period": None, "start": AHEAD[0], "end": "2026-04-01"}
    same = rk.metrics.pipeline_coverage(data, **whole)["value"].item()
    assert found.coverage.value == pytest.approx(same)
    assert found.coverage.months.strftime("%Y-%m-%d").tolist() == AHEAD
