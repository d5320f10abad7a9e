"""Numbers that a later report shows otherwise: which, by how much, and through which rows."""

import numpy as np
import pandas as pd
import pytest

from revkit.dataset import Dataset
from revkit.report.overview.headlines import measured
from revkit.report.overview.since import NUMBERS, Results, kept, restated

ABOUT = {"period": "month"}


def deals(count: int = 90) -> pd.DataFrame:
    """Deals closed from January to June, of which two in five are won."""
    closed = [pd.Timestamp("2026-01-05") + pd.Timedelta(days=2 * at) for at in range(count)]
    return pd.DataFrame(
        {
            "opportunity_id": [f"D{at:02d}" for at in range(count)],
            "created_on": [day - pd.Timedelta(days=20) for day in closed],
            "closed_on": closed,
            "is_won": [at % 5 < 2 for at in range(count)],
            "amount": 100.0,
        }
    )


def until(frame: pd.DataFrame, day: str) -> Dataset:
    """What is known at the end of a day."""
    known = frame[frame["created_on"] <= day].copy()
    is_open = known["closed_on"] > day
    known["is_won"] = known["is_won"].astype("boolean").mask(is_open)
    known["closed_on"] = known["closed_on"].mask(is_open)
    return Dataset(opportunities=known, as_of=day)


def results(data: Dataset) -> tuple[Results, dict[str, pd.DataFrame]]:
    numbers = measured(data, period="month")
    return Results.of(numbers, data, ABOUT), numbers


def told(before: Dataset, now: Dataset):
    then, (today, numbers) = results(before)[0], results(now)
    return restated(then, today, numbers)


def test_what_only_goes_on_restates_nothing():
    assert told(until(deals(), "2026-04-30"), until(deals(), "2026-06-30")) == ()


def test_backdated_deals_are_named_with_the_number_that_they_change():
    late = pd.DataFrame(
        {
            "opportunity_id": ["L1", "L2"],
            "created_on": pd.Timestamp("2026-02-01"),
            "closed_on": pd.Timestamp("2026-02-20"),
            "is_won": False,
            "amount": 100.0,
        }
    )
    said = told(until(deals(), "2026-04-30"), until(pd.concat([deals(), late]), "2026-06-30"))

    (wins,) = [sentence for sentence in said if sentence.startswith("Win rate, Feb 2026")]
    # fourteen deals closed in February, six of them won
    assert wins == (
        "Win rate, Feb 2026: 42.9\u00a0% then, 37.5\u00a0% now. "
        "Rows of opportunities: 2 entered (L1, L2)."
    )


@pytest.mark.parametrize("seed", range(5))
def test_exactly_the_rows_that_were_changed_removed_or_added_are_named(seed):
    before = deals()
    picked = np.random.default_rng(seed).choice(20, 6, replace=False)  # closed by mid-February
    after = before.copy()
    after.loc[picked[:2], "is_won"] = ~after.loc[picked[:2], "is_won"]
    after.loc[picked[2:4], "amount"] = 7.0
    after = after.drop(index=picked[4:])

    before_known, after_known = until(before, "2026-04-30"), until(after, "2026-06-30")
    then, (now, _) = results(before_known)[0], results(after_known)
    both = then.rows.merge(now.rows, how="outer", indicator=True)
    old = both[(both["_merge"] != "both") & (both["day"] <= "2026-04-30")]

    assert set(old["key"]) == {f"D{at:02d}" for at in picked}
    said = told(until(before, "2026-04-30"), until(after, "2026-06-30"))
    named = {
        name for name in (f"D{at:02d}" for at in range(90)) if any(name in one for one in said)
    }
    assert named <= {f"D{at:02d}" for at in picked}
    assert named


def test_of_several_periods_the_one_that_changed_most_is_told_and_the_others_named():
    after = deals()
    after.loc[[0, 20, 21, 40], "is_won"] = False
    said = told(until(deals(), "2026-04-30"), until(after, "2026-06-30"))

    (wins,) = [sentence for sentence in said if sentence.startswith("Win rate,")]
    assert wins.startswith("Win rate, Feb 2026: ")
    assert "Others: Jan 2026, Mar 2026. " in wins
    assert wins.endswith("Rows of opportunities: 4 changed (D00, D20, D21, D40).")


def test_rows_of_each_fate_are_told_apart():
    after = deals()
    after.loc[15, "is_won"] = False
    late = after.loc[[20]].assign(opportunity_id="L1", is_won=False)
    after = pd.concat([after.drop(index=16), late])
    said = told(until(deals(), "2026-04-30"), until(after, "2026-06-30"))

    (wins,) = [sentence for sentence in said if sentence.startswith("Win rate,")]
    assert wins.endswith(
        "Rows of opportunities: 1 entered (L1), 1 changed (D15) and 1 removed (D16)."
    )


def test_a_number_without_amounts_names_no_deal_of_another_amount():
    after = deals()
    after.loc[[20, 21], "amount"] = 7.0
    after.loc[22, "is_won"] = True
    said = told(until(deals(), "2026-04-30"), until(after, "2026-06-30"))

    by_title = {sentence.partition(",")[0]: sentence for sentence in said}
    assert by_title["Win rate"].endswith("1 changed (D22).")
    assert by_title["Win rate by amount"].endswith("3 changed (D20, D21, D22).")


def test_deals_of_another_kind_are_not_named_for_new_business():
    before = deals().assign(kind="new")
    before.loc[20:30, "kind"] = "renewal"
    after = before.copy()
    after.loc[[14, 21], "is_won"] = True
    said = told(until(before, "2026-04-30"), until(after, "2026-06-30"))

    (wins,) = [sentence for sentence in said if sentence.startswith("Win rate (new business),")]
    assert wins.endswith("1 changed (D14).")

    after.loc[15, "kind"] = "renewal"
    (wins, *_) = told(until(before, "2026-04-30"), until(after, "2026-06-30"))
    assert wins.endswith("2 changed (D14, D15).")


def test_what_is_written_as_before_is_not_told():
    after = deals()
    after.loc[20, "amount"] = 100.001

    assert told(until(deals(), "2026-04-30"), until(after, "2026-06-30")) == ()


def test_deals_without_an_amount_are_kept_as_they_are():
    missing = deals()
    missing.loc[::7, "amount"] = float("nan")

    assert told(until(missing, "2026-04-30"), until(missing, "2026-06-30")) == ()


def test_a_number_whose_rows_are_not_kept_says_so():
    leads = pd.DataFrame({"lead_id": list("abc"), "created_at": "2026-02-03"})
    history = leads.rename(columns={"created_at": "entered_at"}).assign(stage="MQL")
    now = Dataset(leads=leads, lead_history=history, as_of="2026-06-30")
    then = Dataset(leads=leads[:2], lead_history=history[:2], as_of="2026-06-30")

    (said,) = told(then, now)
    assert said.endswith("2 then, 3 now. The rows behind it are not kept.")


def test_what_is_kept_is_read_again(tmp_path):
    made, _ = results(until(deals(), "2026-04-30"))
    for name, content in made.files().items():
        (tmp_path / name).write_bytes(content)

    found = kept(tmp_path)
    assert found.about == {"period": "month", "as_of": "2026-04-30"}
    pd.testing.assert_frame_equal(found.numbers, made.numbers)
    pd.testing.assert_frame_equal(found.rows, made.rows.reset_index(drop=True))


def test_reports_by_another_period_are_not_compared():
    now, numbers = results(until(deals(), "2026-06-30"))
    other = Results(now.numbers, now.rows, {**now.about, "period": "quarter"})

    assert restated(other, now, numbers) is None


@pytest.mark.parametrize("content", [None, b"", b"no parquet"])
def test_nothing_kept_or_something_else_is_none(tmp_path, content):
    if content is not None:
        (tmp_path / NUMBERS).write_bytes(content)

    assert kept(tmp_path) is None


def test_the_same_results_are_the_same_bytes():
    one, two = (results(until(deals(), "2026-04-30"))[0].files() for _ in range(2))

    assert one == two


def test_subscriptions_that_ended_otherwise_are_named():
    """Contracts of several terms have a row for each."""
    rows = pd.DataFrame(
        {
            "subscription_id": ["S1", "S1", "S2", "S3"],
            "account_id": ["a", "a", "b", "c"],
            "started_on": ["2025-01-01", "2025-07-01", "2025-01-01", "2025-01-01"],
            "ended_on": ["2025-06-30", None, None, None],
            "mrr": [100.0, 120.0, 50.0, 70.0],
        }
    )
    after = rows.copy()
    after.loc[2, "ended_on"] = "2026-02-10"
    before, now = (Dataset(subscriptions=one, as_of="2026-06-30") for one in (rows, after))

    said = told(before, now)
    (revenue,) = [one for one in said if one.startswith("Monthly recurring revenue, ")]
    assert "Rows of subscriptions: 1 changed (S2)." in revenue
