"""Money in several currencies: what three rows are worth in one, worked by hand."""

from datetime import date

import ibis
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

import revkit as rk
from revkit import charts
from revkit.analysis.flows.movements import bridge
from revkit.charts import theme
from revkit.errors import CurrencyError, DataError
from tests.support.companies import common as companies

SPOT = rk.Policy(fx="spot")

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


def test_a_table_that_says_its_currency_beside_the_schema_is_converted_too():
    """Revenue at the rate of its month's first day; a visitor of 9 February, 23:30, by the zone."""
    book = [{"month": date(2026, 2, 1), "line": "revenue", "amount": 8.0, "currency": "USD"}]
    visit = {"visitor_id": "v", "test": "t", "variant": "a", "price": 8.0, "bought": True}
    visit |= {"seen_at": pd.Timestamp("2026-02-09 23:30"), "currency": "USD"}

    data = company(finance=book, price_tests=[visit])

    assert data.finance.amount.to_pyarrow().to_pylist() == [4.0]
    assert column(data, "price_tests", "price") == {"v": 4.0}
    assert column(data.with_policy(rk.Policy(timezone="Europe/Rome")), "price_tests", "price") == {
        "v": 6.0
    }


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


def test_rows_without_a_currency_are_in_the_company_s_where_no_row_is_in_another():
    unsaid = DEALS[0] | {"currency": None}
    same = DEALS[1] | {"currency": "EUR"}

    assert column(company(opportunities=[unsaid, same]), "opportunities", "amount") == {
        "euros": 100.0, "dollars": 100.0
    }  # fmt: skip
    with pytest.raises(CurrencyError, match="opportunities: some money has no currency"):
        column(company(opportunities=[unsaid, DEALS[1]]), "opportunities", "amount")


def test_the_rate_to_the_currency_wins_over_one_away_from_it_on_the_same_day():
    away = {"on": date(2026, 2, 10), "from_currency": "EUR", "to_currency": "USD", "rate": 1.34}

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


def test_every_currency_is_named_and_every_rate_that_lacks():
    deals = [
        DEALS[0] | {"opportunity_id": f"o{n}", "currency": currency}
        for n, currency in enumerate(["EUR", "JPY", "KWD", "USD"])
    ]
    with pytest.raises(CurrencyError, match="it is in EUR, JPY, KWD, USD"):
        company(currency=None, opportunities=deals).table("opportunities")
    with pytest.raises(CurrencyError, match=r"money in JPY on .* So does money in KWD on 20"):
        company(opportunities=deals).table("opportunities")


def test_the_currency_of_an_account_is_none_of_money_that_has_its_own():
    accounts = [{"account_id": "a", "currency": "EUR"}, {"account_id": "b", "currency": "USD"}]
    alone = {"currency": None, "rates": None, "accounts": accounts}
    data = company(**alone, opportunities=DEALS[:1])
    assert data.table("accounts").count().to_pyarrow().as_py() == 2
    with pytest.raises(CurrencyError, match="accounts: money must be in one currency"):
        company(**alone).table("accounts")


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
    with pytest.raises(DataError, match=r"must name one row.*on=2026-01-01, from_currency=USD"):
        company([RATES[0], RATES[0]], opportunities=DEALS).table("opportunities")


# The law


@pytest.fixture(scope="session")
def worlds():
    """A company in dollars at 0.25, and the same company in euros, a quarter of the size."""
    generated = rk.generate(accounts=40, months=8, seed=5)
    tables = {name: table.to_pandas() for name, table in generated.tables.items()}
    priced = {"opportunities", "subscriptions", "invoices", "spend"}
    converted = {*priced, "opportunity_history"}
    dollars = {n: t.assign(currency="USD") if n in priced else t for n, t in tables.items()}
    quarter = {
        n: t.assign(**{c: t[c] / 4 for c in t if c in ("amount", "mrr") and n in converted})
        for n, t in tables.items()
    }
    dollars["exchange_rates"] = pd.DataFrame(
        [{"on": date(2020, 1, 1), "from_currency": "USD", "to_currency": "EUR", "rate": 0.25}]
    )
    how = {"as_of": generated.as_of, "currency": "EUR"}
    priced_in_dollars = {
        fx: rk.Dataset(**how, policy=rk.Policy(fx=fx), **dollars) for fx in ("constant", "spot")
    }
    return priced_in_dollars | {"euros": rk.Dataset(**how, **quarter)}


@pytest.mark.parametrize("fx", ["constant", "spot"])
@pytest.mark.parametrize("name", ["net_new_mrr", "arpa", "nrr", "deal_size", "pipeline_open"])
def test_a_constant_rate_scales_money_and_nothing_else(name, fx, worlds):
    metric = getattr(rk.metrics, name)

    found, expected = metric(worlds[fx]), metric(worlds["euros"])

    pd.testing.assert_frame_equal(found, expected, rtol=1e-9, atol=1e-4)


def test_the_queries_compile_for_every_engine():
    data = company(opportunities=DEALS)

    for dialect in ("duckdb", "postgres", "databricks"):
        assert "LEAD" in ibis.to_sql(data.opportunities, dialect=dialect).upper()


# At spot: what is paid every month follows the rates, against plain Python over days

KINDS = ("new", "expansion", "contraction", "churn", "reactivation", "fx", "transfer")
STEPS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
QUOTES = [
    (date(2025, 9, 1), "USD", "EUR", 0.8),
    (date(2025, 12, 10), "USD", "EUR", 0.9),
    (date(2026, 1, 20), "USD", "EUR", 0.7),
    (date(2026, 2, 3), "USD", "EUR", 0.75),
    (date(2026, 2, 25), "USD", "EUR", 0.72),
    (date(2025, 10, 15), "EUR", "GBP", 0.8),
    (date(2026, 3, 2), "EUR", "GBP", 0.9),
]
REGIMES = [
    ("euros", date(2025, 11, 3), None, 100.0, "EUR", "core"),
    ("dollars", date(2025, 10, 9), None, 100.0, "USD", "core"),
    ("dollars that grow", date(2025, 11, 9), date(2026, 1, 12), 50.0, "USD", "core"),
    ("dollars that grow", date(2026, 1, 12), None, 80.0, "USD", "core"),
    ("dollars that leave", date(2025, 11, 9), date(2026, 2, 12), 33.33, "USD", "core"),
    ("leaves and returns", date(2025, 11, 1), date(2025, 12, 20), 40.0, "USD", "core"),
    ("leaves and returns", date(2026, 2, 14), None, 60.0, "USD", "core"),
    ("changes currency", date(2025, 11, 5), date(2026, 2, 5), 100.0, "USD", "core"),
    ("changes currency", date(2026, 2, 5), None, 75.0, "EUR", "core"),
    ("both currencies", date(2025, 11, 5), None, 20.0, "EUR", "core"),
    ("both currencies", date(2025, 12, 5), None, 100 / 12, "USD", "plus"),
    ("both currencies", date(2026, 1, 5), date(2026, 3, 9), 30.0, "GBP", "plus"),
    ("changes product", date(2025, 11, 5), date(2026, 3, 5), 60.0, "GBP", "core"),
    ("changes product", date(2026, 3, 5), None, 60.0, "GBP", "plus"),
]


def ledger(policy, regimes=REGIMES):
    names = ["account_id", "started_on", "ended_on", "mrr", "currency", "product_id"]
    frame = pd.DataFrame(regimes, columns=names)
    frame["subscription_id"] = [f"s{number}" for number in range(len(frame))]
    rates = pd.DataFrame(QUOTES, columns=["on", "from_currency", "to_currency", "rate"])
    how = {"as_of": companies.AS_OF, "currency": "EUR", "policy": policy}
    return rk.Dataset(**how, subscriptions=frame, exchange_rates=rates)


def rate(currency, day):
    known = [
        (on, quote if away == "USD" else 1 / quote)
        for on, away, to, quote in QUOTES
        if currency in (away, to) and on <= day
    ]
    return 1.0 if currency == "EUR" else max(known)[1]


def moved(opens, closes, by=None):
    """What each account, in each group, was moved by from one day's end to another's."""
    rows = {}
    for account, start, end, mrr, currency, product in REGIMES:
        for day, place in ((opens, 0), (closes, 1)):
            if start <= day and (end is None or day < end):
                group = {None: "", "product_id": product, "currency": currency}[by]
                paid = rows.setdefault((account, group), {}).setdefault(currency, [0.0, 0.0])
                paid[place] += mrr
    out = []
    for (account, group), paid in rows.items():
        # what it paid at both ends, and what the first is worth at the second's rates
        worth = [
            (
                before * rate(currency, opens) if before else 0.0,
                before * rate(currency, closes),
                now * rate(currency, closes),
            )
            for currency, (before, now) in paid.items()
        ]
        out.append((account, group, *(sum(part) for part in zip(*worth, strict=True))))
    frame = pd.DataFrame(out, columns=["account", "group", "before", "revalued", "after"])
    ends = frame.groupby("account")[["revalued", "after"]].transform("sum").round(5)
    first = {account: min(r[1] for r in REGIMES if r[0] == account) for account in frame["account"]}
    frame["movement"] = [
        kind(opening, closing, first[account] > opens)
        for account, opening, closing in zip(
            frame["account"], ends["revalued"], ends["after"], strict=True
        )
    ]
    frame["amount"] = frame["after"] - frame["revalued"]
    fx = frame.assign(movement="fx", amount=frame["revalued"] - frame["before"])
    return pd.concat([frame, fx])


def kind(opening, closing, joined):
    if opening == 0:
        return "new" if joined else "reactivation"
    if closing == 0:
        return "churn"
    return {1: "expansion", -1: "contraction", 0: "transfer"}[
        (closing > opening) - (closing < opening)
    ]


def parts(data, **how):
    """What the library finds, one column for each kind of movement, losses below 0."""
    found = rk.metrics.net_new_mrr.parts(data, **how)
    return found.rename(columns={c: k for c in found for k in KINDS if f"'{k}'" in str(c)})


def spans(period, trailing, first=date(2025, 10, 1)):
    every = pd.period_range(first, companies.AS_OF, freq=STEPS[period])
    for place in range(trailing - 1, len(every)):
        opens = every[place - trailing + 1].start_time.date()
        closes = min(every[place].end_time.date(), companies.AS_OF)
        yield every[place].start_time, opens - pd.Timedelta(days=1), closes


@pytest.mark.parametrize(
    ("period", "trailing", "by"),
    [
        ("month", 1, None),
        ("month", 1, "product_id"),
        ("month", 1, "currency"),
        ("month", 3, None),
        ("month", 3, "product_id"),
        ("quarter", 1, "product_id"),
        ("year", 1, None),
        ("week", 1, "currency"),
        ("day", 1, None),
    ],
)
def test_at_spot_movements_equal_brute_force(period, trailing, by):
    keys = ["period"] if by is None else [by, "period"]

    found = parts(ledger(SPOT), period=period, by=by, trailing=trailing).set_index(keys)

    checked = 0
    for start, opens, closes in spans(period, trailing):
        frame = moved(opens, closes, by)
        for group in [""] if by is None else found.index.get_level_values(0).unique():
            where = start if by is None else (group, start)
            if where not in found.index:
                continue
            expected = frame[frame["group"] == group].groupby("movement")["amount"].sum()
            row = found.loc[where]
            assert [row[kind] for kind in KINDS] == pytest.approx(
                [expected.get(kind, 0.0) for kind in KINDS], abs=1e-5
            ), where
            checked += abs(row["fx"]) > 0.1
    assert checked > 0


@pytest.mark.parametrize("by", [None, "product_id"])
def test_at_spot_the_whole_range_compares_its_two_ends(by):
    found = parts(ledger(SPOT), period=None, start=date(2026, 1, 15), by=by)

    frame = moved(date(2026, 1, 14), companies.AS_OF, by)
    for row in found.to_dict("records"):
        own = frame[frame["group"] == (row[by] if by else "")].groupby("movement")["amount"].sum()
        assert [row[kind] for kind in KINDS] == pytest.approx(
            [own.get(kind, 0.0) for kind in KINDS], abs=1e-5
        )


@pytest.mark.parametrize("period", ["week", "month"])
@pytest.mark.parametrize("netting", ["period", "event"])
@pytest.mark.parametrize("by", [None, "product_id"])
def test_at_spot_what_opens_and_what_moves_is_what_closes(period, netting, by):
    data = ledger(rk.Policy(fx="spot", netting=netting))
    keys = ["period"] if by is None else [by, "period"]
    closing = rk.metrics.mrr(data, period=period, by=by).set_index(keys)["value"]

    moves = parts(data, period=period, by=by).set_index(keys)[list(KINDS)].sum(axis=1)

    if by is None:
        assert moves.cumsum().tolist() == pytest.approx(closing.tolist(), abs=1e-6)
    else:
        assert moves.groupby(by).cumsum().tolist() == pytest.approx(closing.tolist(), abs=1e-6)
    worth = sum(
        mrr * rate(currency, companies.AS_OF)
        for _, _, end, mrr, currency, _ in REGIMES
        if end is None
    )
    assert closing.groupby("period").sum().iloc[-1] == pytest.approx(worth, abs=1e-4)


@pytest.mark.parametrize("by", ["tenure", "size", "cohort"])
def test_at_spot_accounts_move_between_groups_at_what_they_are_worth(by):
    """What stands in each group at a month's end adds up to the MRR of that day."""
    data = ledger(SPOT)

    grouped = rk.metrics.mrr(data, by=by).groupby("period")["value"].sum()
    opened = rk.metrics.nrr.parts(data, by=by)
    (opening,) = [column for column in opened if "start" in str(column)]

    whole = rk.metrics.mrr(data).set_index("period")["value"]
    assert grouped.tolist() == pytest.approx(whole.tolist(), abs=1e-5)
    assert (opened[opening] >= -1e-6).all()
    assert opened.groupby("period")[opening].sum().tolist()[1:] == pytest.approx(
        whole.tolist()[:-1], abs=1e-5
    )


def test_at_spot_the_accounts_and_the_squares_behind_an_interval_are_those_that_stand():
    """ARPA's interval is of the accounts' own MRR at the rate of each month's end."""
    found = rk.metrics.arpa(ledger(SPOT)).set_index("period")
    many = 0

    for start, opens, closes in spans("month", 1):
        level = moved(opens, closes)
        level = level[(level["movement"] != "fx") & (level["after"].abs() > 1e-9)]
        level = level.groupby("account")["after"].sum()
        row = found.loc[start]
        assert row["n"] == len(level)
        assert row["value"] == pytest.approx(level.mean())
        if len(level) > 2:
            many += 1
            spread = level.std(ddof=1) / len(level) ** 0.5
            assert (row["high"] - row["low"]) / spread > 1
    assert many > 0
    wide = (found["high"] - found["low"]).iloc[-1]
    constant = rk.metrics.arpa(ledger(rk.Policy())).iloc[-1]
    assert wide == pytest.approx(constant["high"] - constant["low"], rel=1e-6)


def test_at_spot_retention_is_what_the_accounts_that_opened_are_worth_now():
    found = rk.metrics.nrr(ledger(SPOT)).set_index("period")
    many = 0

    for start, opens, closes in spans("month", 1):
        frame = moved(opens, closes)
        base = frame[(frame["movement"] != "fx") & (frame["before"] > 0)]
        if len(base):
            many += 1
            row = found.loc[start]
            assert row["n"] == base["account"].nunique()
            assert row["value"] == pytest.approx(base["after"].sum() / base["before"].sum())
    assert many > 3


def test_under_constant_rates_nothing_is_moved_by_them():
    data = ledger(rk.Policy())

    assert rk.metrics.fx_movement_mrr(data)["value"].tolist() == [0.0] * 6
    assert (
        rk.metrics.churn_rate(data)["value"].tolist()[1:]
        == (rk.metrics.churn_rate(ledger(SPOT))["value"].tolist()[1:])
    )


def test_at_spot_what_the_rate_of_a_period_lacks_is_named():
    early = [("dollars", date(2025, 7, 9), None, 100.0, "USD", "core")]
    sentence = "subscriptions: money in USD on 2025-07-31 .* none before 2025-09-01"

    with pytest.raises(CurrencyError, match=sentence):
        rk.metrics.mrr(ledger(SPOT, early))


def test_at_spot_the_example_can_be_worked_by_hand():
    """Opens with 220, 15 of fx, 45 of Cedar leave, 190 remain."""
    data = rk.example("currencies")

    row = rk.metrics.mrr(data, start="2026-03-01")
    moves = parts(data, start="2026-03-01").iloc[0]

    assert row["value"].tolist() == [190.0]
    assert [moves["fx"], moves["churn"], moves["value"]] == [15.0, -45.0, -30.0]


def test_at_spot_a_bridge_closes_and_draws_what_the_rates_moved():
    rows = bridge(ledger(SPOT))

    axes = charts.bridge(rows)

    assert (rows["opening"] + rows["net"]).tolist() == pytest.approx(rows["closing"].tolist())
    assert rows["opening"].tolist()[1:] == pytest.approx(rows["closing"].tolist()[:-1])
    assert (rows["fx"] > 0).any()
    assert (rows["fx"] < 0).any()
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names.count("fx") == 1
    grey = [bars for bars in axes.containers if bars[0].get_facecolor()[:3] == to_rgb(theme.GREY)]
    drawn = sum(float(bar.get_height()) for bars in grey for bar in bars)
    assert drawn == pytest.approx(rows["fx"].sum())


@pytest.mark.parametrize("dialect", ["postgres", "databricks"])
def test_at_spot_the_queries_compile_for_every_engine(dialect):
    from revkit.derived import movements
    from revkit.periods import Calendar

    table = movements(ledger(SPOT), Calendar("month"), {}, trailing=3)

    assert "'fx'" in ibis.to_sql(table, dialect=dialect)
