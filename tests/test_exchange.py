"""Money in several currencies: what three rows are worth in one, worked by hand."""

from datetime import date

import companies
import ibis
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import CurrencyError, DataError

# A dollar was worth half a euro, then from February three quarters; a pound two euros, said the
# other way round.
RATES = [
    {"on": date(2026, 1, 1), "from_currency": "USD", "to_currency": "EUR", "rate": 0.5},
    {"on": date(2026, 2, 10), "from_currency": "USD", "to_currency": "EUR", "rate": 0.75},
    {"on": date(2026, 1, 1), "from_currency": "EUR", "to_currency": "GBP", "rate": 0.5},
]
DEALS = [
    {"opportunity_id": "euros", "created_on": date(2026, 1, 5), "closed_on": date(2026, 3, 2),
     "is_won": True, "amount": 100.0, "currency": "EUR"},
    {"opportunity_id": "dollars", "created_on": date(2026, 1, 5), "closed_on": date(2026, 3, 2),
     "is_won": True, "amount": 100.0, "currency": "USD"},
    {"opportunity_id": "pounds", "created_on": date(2026, 1, 5), "closed_on": date(2026, 3, 2),
     "is_won": True, "amount": 100.0, "currency": "GBP"},
]  # fmt: skip


def company(rates=RATES, currency="EUR", as_of=companies.AS_OF, **tables):
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}
    if rates:
        frames["exchange_rates"] = pd.DataFrame(rates)
    return rk.Dataset(as_of=as_of, currency=currency, **frames)


def column(data, table, name):
    keyed = data.table(table).to_pyarrow().to_pandas()
    return keyed.set_index(keyed.columns[0])[name].to_dict()


def test_a_deal_is_worth_what_it_was_on_the_day_it_closed():
    """100 EUR, 100 USD at 0.75, 100 GBP at 1 / 0.5: 375 EUR."""
    data = company(opportunities=DEALS)

    assert column(data, "opportunities", "amount") == {
        "euros": 100.0, "dollars": 75.0, "pounds": 200.0
    }  # fmt: skip
    assert rk.metrics.deal_size(data, start="2026-03-01")["value"].tolist() == [125.0]
    assert column(data, "opportunities", "currency")["dollars"] == "USD"


def test_an_open_deal_is_worth_what_it_was_on_the_day_it_was_created():
    open_deal = DEALS[1] | {"closed_on": None, "is_won": None}

    assert column(company(opportunities=[DEALS[0], open_deal]), "opportunities", "amount") == {
        "euros": 100.0, "dollars": 50.0
    }  # fmt: skip


def test_a_rate_holds_from_its_own_day():
    """9 February is at 0.5, the 10th at 0.75."""
    spend = [
        {"spend_id": "x9", "spent_on": date(2026, 2, 9), "function": "sales", "amount": 8.0},
        {"spend_id": "x10", "spent_on": date(2026, 2, 10), "function": "sales", "amount": 8.0},
    ]
    spend = [row | {"currency": "USD"} for row in spend]

    assert column(company(spend=spend), "spend", "amount") == {"x9": 4.0, "x10": 6.0}


def test_what_is_billed_is_at_the_rate_of_its_day_refunds_too():
    line = {"invoice_line_id": "i1", "invoice_id": "i1", "account_id": "a", "amount": 100.0}
    line |= {"issued_on": date(2026, 1, 9), "paid_on": date(2026, 3, 1), "refunded": 10.0}
    data = company(invoices=[line | {"is_recurring": True, "currency": "USD"}])

    assert column(data, "invoices", "amount") == {"i1": 50.0}
    assert column(data, "invoices", "refunded") == {"i1": 5.0}


def test_what_is_paid_every_month_is_at_the_rate_of_the_date_it_is_looked_at():
    subscriptions = [
        {"subscription_id": "s", "account_id": "a", "started_on": date(2026, 1, 3),
         "ended_on": None, "mrr": 100.0, "unit_price": 10.0, "currency": "USD"}
    ]  # fmt: skip
    data = company(subscriptions=subscriptions)

    assert rk.metrics.mrr(data)["value"].tolist() == [75.0, 75.0, 75.0]
    assert rk.metrics.mrr(data.replay("2026-01-31"))["value"].tolist() == [50.0]
    assert column(data, "subscriptions", "unit_price") == {"s": 7.5}


def test_the_history_of_a_deal_is_at_the_rate_of_the_deal():
    """So that a rate that changes is no change of the deal."""
    states = [
        {"opportunity_id": "dollars", "changed_at": pd.Timestamp(day), "stage": stage,
         "amount": 100.0}
        for day, stage in [("2026-01-05", "demo"), ("2026-02-20", "won")]
    ]  # fmt: skip
    data = company(opportunities=DEALS, opportunity_history=states)

    assert data.opportunity_history.amount.to_pyarrow().to_pylist() == [75.0, 75.0]


def test_rows_without_a_currency_are_in_the_company_s():
    unsaid = DEALS[0] | {"currency": None}

    assert column(company(opportunities=[unsaid, DEALS[1]]), "opportunities", "amount") == {
        "euros": 100.0, "dollars": 75.0
    }  # fmt: skip


def test_the_rate_to_the_currency_wins_over_one_away_from_it_on_the_same_day():
    away = {"on": date(2026, 2, 10), "from_currency": "EUR", "to_currency": "USD", "rate": 9.0}

    amounts = column(company([*RATES, away], opportunities=DEALS), "opportunities", "amount")

    assert amounts["dollars"] == 75.0


def test_the_currency_that_a_row_came_in_is_a_dimension():
    data = company(opportunities=DEALS)

    found = rk.metrics.deal_size(data, by="currency", start="2026-03-01")
    narrowed = rk.metrics.deal_size(data.where(currency="USD"), start="2026-03-01")

    assert found.set_index("currency")["value"].to_dict() == {
        "EUR": 100.0, "GBP": 200.0, "USD": 75.0
    }  # fmt: skip
    assert narrowed["value"].tolist() == [75.0]


def test_replay_knows_no_later_rate():
    """As of January the deal is open, a dollar is half a euro, and February's rate unknown."""
    then = company(opportunities=DEALS).replay("2026-01-31")

    assert column(then, "opportunities", "amount")["dollars"] == 50.0
    assert then.exchange_rates.count().to_pyarrow().as_py() == 2


def test_money_that_is_in_one_currency_is_left_alone():
    """No rate is asked for, and the query is the table's own."""
    data = company(rates=None, opportunities=[DEALS[0]])

    assert "JOIN" not in ibis.to_sql(data.opportunities)


def test_it_says_which_money_it_is_in():
    assert "Money in EUR, other currencies at the rate of their day." in repr(
        company(opportunities=DEALS)
    )


# What cannot be converted


@pytest.mark.parametrize(
    ("how", "todo"),
    [
        ({"currency": None, "rates": None}, "Say the one you want.*and load.*exchange_rates"),
        ({"currency": None}, "Say the one you want, as in currency='EUR':"),
        ({"rates": None}, "Load the table exchange_rates"),
    ],
)
def test_several_currencies_need_one_named_and_rates(how, todo):
    with pytest.raises(CurrencyError, match=f"opportunities: money must .* EUR, .*{todo}"):
        company(**how, opportunities=DEALS).table("opportunities")


def test_a_day_without_a_rate_is_named():
    early = [DEALS[0], DEALS[1] | {"closed_on": date(2025, 12, 31), "created_on": None}]
    sentence = (
        r"opportunities: money in USD on 2025-12-31 needs a rate to EUR of that day or an earlier "
        r"one; exchange_rates has none before 2026-01-01. Add a row to it: on=2025-12-31 or "
        r"earlier, from_currency=USD, to_currency=EUR"
    )

    with pytest.raises(CurrencyError, match=sentence):
        company(opportunities=early).table("opportunities")


def test_a_currency_without_a_rate_is_named_and_none_is_made_of_two_others():
    yen = {"on": date(2026, 1, 1), "from_currency": "JPY", "to_currency": "USD", "rate": 0.01}

    with pytest.raises(CurrencyError, match=r"JPY on 2026-03-02 .* exchange_rates has none"):
        company([*RATES, yen], opportunities=[DEALS[0], DEALS[1] | {"currency": "JPY"}]).table(
            "opportunities"
        )


def test_an_amount_that_is_not_there_needs_no_rate():
    unknown = DEALS[1] | {"currency": "JPY", "amount": None}

    amounts = column(company(opportunities=[DEALS[0], unknown]), "opportunities", "amount")

    assert amounts["euros"] == 100.0
    assert pd.isna(amounts["dollars"])


def test_rates_are_above_nothing_and_one_for_a_day():
    with pytest.raises(DataError, match="exchange_rates: rate is not above 0 in 1 row"):
        company([RATES[0] | {"rate": 0.0}], opportunities=DEALS).table("opportunities")
    with pytest.raises(DataError, match=r"must name one row.*2026-01-01 USD EUR"):
        company([RATES[0], RATES[0]], opportunities=DEALS).table("opportunities")


# The law


@pytest.mark.parametrize(
    "name", ["mrr", "net_new_mrr", "arpa", "nrr", "churn_rate", "deal_size", "pipeline_open", "cac"]
)
@pytest.mark.parametrize("fx", ["constant"])
def test_a_constant_rate_scales_money_and_nothing_else(name, fx):
    """The company in dollars at 0.25 is the same company in euros, a quarter of the size."""
    generated = rk.generate(accounts=40, months=8, seed=5)
    tables = {name: table.to_pandas() for name, table in generated.tables.items()}
    priced = {"opportunities", "subscriptions", "invoices", "spend"}
    converted = {*priced, "opportunity_history"}
    dollars = {n: t.assign(currency="USD") if n in priced else t for n, t in tables.items()}
    quarter = {
        n: t.assign(**{c: t[c] / 4 for c in t if c in ("amount", "mrr") and n in converted})
        for n, t in tables.items()
    }
    rate = [{"on": date(2020, 1, 1), "from_currency": "USD", "to_currency": "EUR", "rate": 0.25}]
    how = {"as_of": generated.as_of, "currency": "EUR"}
    metric = getattr(rk.metrics, name)

    found = metric(rk.Dataset(**how, exchange_rates=pd.DataFrame(rate), **dollars))
    expected = metric(rk.Dataset(**how, **quarter))

    pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-6)


def test_the_queries_compile_for_every_engine():
    data = company(opportunities=DEALS)

    for dialect in ("duckdb", "postgres", "databricks"):
        assert "LEAD" in ibis.to_sql(data.opportunities, dialect=dialect).upper()
