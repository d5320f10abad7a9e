"""Companies that lack a column: what hangs on it is refused or left out, all else is told."""

import pytest

import revkit as rk
from revkit.analysis.operating_model.assess import readings_of
from revkit.analysis.scores.score import snapshots
from revkit.errors import ColumnError


@pytest.fixture(scope="module")
def tables():
    company = rk.generate(accounts=60, months=18, seed=3).data
    return {name: getattr(company, name).to_pyarrow().to_pandas() for name in company.tables}


def lacking(tables, column, *others, table="opportunities"):
    """Some of a company's tables, one of which lacks a column."""
    kept = {name: tables[name] for name in others}
    return rk.Dataset(**kept, **{table: tables[table].drop(columns=column)}, as_of="2024-06-30")


@pytest.mark.parametrize("column", ["discount", "amount", "closed_on", "is_won"])
def test_discounts_are_refused_without_what_they_are_of(tables, column):
    with pytest.raises(ColumnError, match=f"opportunities has no column '{column}'"):
        rk.discount_leakage(lacking(tables, column))


def test_scores_of_leads_learn_from_what_deals_tell(tables):
    taken = snapshots(
        lacking(tables, "created_on", "leads", "lead_history", "stages"), "convert", 90
    )

    assert "account_leads" in taken.features
    assert not {"deals_open", "deals_before"} & {*taken.features}


@pytest.mark.parametrize(
    ("table", "column", "left_out"),
    [("opportunities", "is_won", "renewal_open"), ("tickets", "closed_at", "satisfaction")],
)
def test_scores_of_customers_learn_from_what_there_is(tables, table, column, left_out):
    taken = snapshots(lacking(tables, column, "subscriptions", table=table), "churn", 90)

    assert "tenure" in taken.features
    assert left_out not in taken.features


def test_a_plan_leaves_out_what_is_not_told_when_deals_began(tables):
    made = rk.plan(lacking(tables, "created_on", "subscriptions", "reps"), 1e6, draws=50)

    assert made.course.team is None
    assert len(made.notes) == 1


def test_an_assessment_says_which_column_it_lacks(tables):
    found = readings_of(lacking(tables, "is_won", "subscriptions"))

    assert "no column 'is_won'" in str(found["assisted_share"].reason)


def test_accounts_that_deals_of_no_day_tell_of_are_found_by_other_tables(tables):
    found = readings_of(lacking(tables, "created_on", "accounts", "leads"))

    assert "column" not in str(found["months_of_supply"].reason or "")


def test_a_team_of_whom_no_one_has_a_day_of_hire_has_no_ramp(tables):
    found = rk.coach(lacking(tables, "hired_on", "opportunities", table="reps"))

    assert found.ramp.spells.empty


def test_deals_are_scored_where_no_rep_is_listed(tables):
    kept = {name: tables[name] for name in ("opportunities", "opportunity_history", "stages")}
    data = rk.Dataset(**kept, reps=tables["reps"].iloc[:0], as_of="2024-06-30")

    taken = snapshots(data, "win", 90)

    assert len(taken.rows) > 0
    assert taken.rows["rep_months"].isna().all()


def test_a_company_of_empty_tables_has_nobody_to_coach_and_nothing_to_score(tables):
    empty = {name: tables[name].iloc[:0] for name in
             ("opportunities", "opportunity_history", "stages", "accounts", "reps")}  # fmt: skip
    data = rk.Dataset(**empty, as_of="2024-06-30")

    assert rk.coach(data).reps.empty
    assert rk.score(data, "win").scored.empty
