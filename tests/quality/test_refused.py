"""What the first metric refuses of a company as a whole is listed by the check too."""

import pandas as pd

import revkit as rk


def refused(data):
    """Return rule, table and the words of what is refused."""
    return [
        (one.rule, one.table, one.what)
        for one in data.check().findings
        if one.severity == "refused"
    ]


def test_days_of_closing_after_everything_else():
    deals = pd.DataFrame(
        {
            "opportunity_id": ["D1", "D2"],
            "created_on": ["2026-01-05", "2026-01-12"],
            "closed_on": ["2026-02-01", "2026-06-30"],
            "is_won": [True, None],
        }
    )
    check = rk.Dataset(opportunities=deals).check()
    (one,) = check.at_least("refused")

    # the latest day that is sure is the winning of D1
    assert (one.table, one.what.partition(",")[0]) == (
        "opportunities", "closed_on is after 2026-02-01",
    )  # fmt: skip
    assert "is_won: {from: StageName, words: {Closed Won: true" in one.mend
    assert not check.ok


def test_a_company_without_any_date():
    accounts = pd.DataFrame({"account_id": ["A1"], "name": ["Rossi"]})

    assert [one[:2] for one in refused(rk.Dataset(accounts=accounts))] == [("as_of", "accounts")]
    assert refused(rk.Dataset(accounts=accounts, as_of="2026-01-31")) == []


def test_shares_of_a_deal_that_do_not_add_up():
    deals = pd.DataFrame({"opportunity_id": ["D1"], "created_on": ["2026-01-05"]})
    shares = pd.DataFrame({"opportunity_id": ["D1"], "rep_id": ["R1"], "share": [0.5]})
    data = rk.Dataset(opportunities=deals, opportunity_splits=shares, as_of="2026-01-31")
    ((_, table, what),) = refused(data)

    assert table == "opportunity_splits"
    assert "share" in what


def test_what_is_refused_by_its_rows_is_not_listed_again():
    deals = pd.DataFrame({"opportunity_id": ["D1"], "created_on": ["05/01/2026"]})

    assert [one[0] for one in refused(rk.Dataset(opportunities=deals))] == ["created_on_unreadable"]
