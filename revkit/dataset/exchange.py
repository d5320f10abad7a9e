"""Currency conversion: amounts in several currencies, at the exchange rate of their day.

A rate holds from its day until the next one of its pair: a half-open interval, so that the rate
of any day is found by a join. Tables are joined to it over their few distinct days and currencies,
never row by row over a range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from revkit.dataset.notes import Note
from revkit.errors import CurrencyError, DataError
from revkit.periods import local_day
from revkit.schema import TableSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

NEVER = date(9999, 12, 31)
STALE = 35
"""Days from which on a rate is old, unless rates of its currency usually are as far apart."""
SPREAD = 0.02
"""How far apart what one gives and takes for a currency may be."""
_CURRENCY, _DAY = "__currency", "__day"


def quotes(rates: ir.Table, into: str) -> ir.Table:
    """Return the rate of each other currency by the days it holds.

    Parameters
    ----------
    rates
        ``exchange_rates``, as known. A rate from ``into`` is inverted where the day has no rate to
        it; two rates are never multiplied to make a third (no triangulation).
    into
        The currency to convert to.

    Returns
    -------
    ibis Table
        One row per currency and day with a rate: ``currency``, ``since``, ``until`` (dates,
        half-open; the last one never ends), ``rate`` (units of ``into`` for one of ``currency``).
    """
    import ibis
    from ibis import _

    to = rates.filter(_.to_currency == into, _.from_currency != into)
    away = rates.filter(_.from_currency == into, _.to_currency != into)
    nothing = ibis.null("float64")
    both = to.select(currency=_.from_currency, since=_.on, to=_.rate, away=nothing).union(
        away.select(currency=_.to_currency, since=_.on, to=nothing, away=1 / _.rate)
    )
    daily = both.group_by("currency", "since").aggregate(
        rate=ibis.coalesce(both.to.max(), both.away.max())
    )
    order = ibis.window(group_by=daily.currency, order_by=daily.since)
    return daily.mutate(until=ibis.coalesce(daily.since.lead().over(order), ibis.literal(NEVER)))


def check_rates(rates: ir.Table) -> ir.Table:
    """Return the rates, once checked: each above 0, and 1 divided by the one back.

    Raises
    ------
    DataError
        When one is not, with three examples.
    """
    from ibis import _

    key = ["on", "from_currency", "to_currency"]
    bad = rates.filter(_.rate <= 0)
    if rows := int(bad.count().to_pyarrow().as_py()):
        raise DataError.refused(
            "rate is not above 0",
            table="exchange_rates",
            rows=rows,
            examples=bad.select(*key, "rate").order_by(key).limit(3).to_pyarrow().to_pylist(),
            remedy="It says how much of to_currency one unit of from_currency is worth.",
        )
    back = rates.select(
        on="on", from_currency="to_currency", to_currency="from_currency", back_rate="rate"
    )
    both = rates.inner_join(back, key).filter(_.from_currency < _.to_currency)
    apart = both.filter((both.rate * both.back_rate - 1).abs() > SPREAD)
    if rows := int(apart.count().to_pyarrow().as_py()):
        shown = apart.select(*key, "rate", "back_rate").order_by(key).limit(3)
        raise DataError.refused(
            "the rates there and back of a day contradict each other",
            table="exchange_rates",
            rows=rows,
            examples=shown.to_pyarrow().to_pylist(),
            remedy="Each must be 1 divided by the other; leave one of the two out.",
        )
    return rates


@dataclass(frozen=True)
class Exchange:
    """Exchange rates into one currency, as known on a day.

    Parameters
    ----------
    into
        The company's currency.
    quotes
        What :func:`quotes` returned.
    as_of
        The day whose rate values amounts without a day of their own, such as MRR.
    timezone
        Where the days of moments begin.

    Attributes
    ----------
    notes
        On the tables that were converted at rates that are old.
    """

    into: str
    quotes: ir.Table
    as_of: date
    timezone: str = "UTC"
    notes: list[Note] = field(default_factory=list)

    def convert(
        self, table: TableSchema, expr: ir.Table, owner: ir.Table | None = None
    ) -> ir.Table:
        """Return a table with its money in this currency; ``currency`` keeps the original one.

        Parameters
        ----------
        owner
            For a table whose rows take currency and day from another table's row, that table's
            key, currency and day, as :meth:`add_valuation` adds them.

        Raises
        ------
        CurrencyError
            When an amount has no rate on its day.
        """
        kept = expr.columns
        if owner is None:
            placed = self.add_valuation(table, expr)
        else:
            reference, key = table.valued_with, owner.columns[0]
            placed = expr.left_join(owner, expr[reference] == owner[key])
            placed = placed.select(*kept, _CURRENCY, _DAY)
            placed = placed.mutate(placed[_CURRENCY].fill_null(self.into).name(_CURRENCY))
        money = [name for name in table.money if name in kept]
        rates = self._rates(table.name, placed, money)
        joined = placed.left_join(
            rates, [placed[_CURRENCY] == rates.currency_, placed[_DAY] == rates.day_]
        )
        here = joined[_CURRENCY] == self.into
        worth = {name: here.ifelse(joined[name], joined[name] * joined.rate_) for name in money}
        return joined.mutate(**worth).select(*kept)

    def add_valuation(self, table: TableSchema, expr: ir.Table) -> ir.Table:
        """Add ``__currency`` and ``__day``: the currency of each row and the day of its rate."""
        import ibis

        dates = [expr[name] for name in table.valued_on if name in expr.columns]
        days = [local_day(column, self.timezone) for column in dates]
        day = ibis.coalesce(*days, ibis.literal(self.as_of))
        return expr.mutate(
            expr.currency.fill_null(self.into).name(_CURRENCY),
            ibis.least(day, ibis.literal(self.as_of)).name(_DAY),
        )

    def _rates(self, name: str, placed: ir.Table, money: list[str]) -> ir.Table:
        """Return the rate of each currency and day in a table's money.

        Raises
        ------
        CurrencyError
            When one has no rate.
        """
        from functools import reduce
        from operator import or_

        there = reduce(or_, [placed[column].notnull() for column in money])
        asked = placed.filter(placed[_CURRENCY] != self.into, there)
        asked = asked.select(currency_=asked[_CURRENCY], day_=asked[_DAY]).distinct()
        known = self.quotes
        rates = asked.left_join(
            known,
            [
                asked.currency_ == known.currency,
                asked.day_ >= known.since,
                asked.day_ < known.until,
            ],
        ).select("currency_", "day_", rate_=known.rate, since_=known.since)
        self._check_complete(name, rates)
        self._note_old(name, rates)
        return rates.drop("since_")

    def _check_complete(self, name: str, rates: Any) -> None:
        """Refuse amounts without a rate, naming the first day that lacks one."""
        from ibis import _

        lacking = rates.filter(_.rate_.isnull()).group_by("currency_").aggregate(day=_.day_.min())
        worst, *others = lacking.order_by("day", "currency_").to_pyarrow().to_pylist() or [None]
        if worst is None:
            return
        currency = worst["currency_"]
        own = self.quotes.filter(self.quotes.currency == currency)
        first = own.since.min().to_pyarrow().as_py()
        raise CurrencyError.no_rate(
            currency,
            self.into,
            table=name,
            day=worst["day"],
            first=first,
            others=[f"{one['currency_']} on {one['day']}" for one in others],
        )

    def _note_old(self, name: str, rates: Any) -> None:
        """Take down a note on money at rates that are older than those of its currency usually."""
        import ibis

        known = self.quotes.filter(self.quotes["until"] < ibis.literal(NEVER))
        known = known.mutate(days=known["until"].delta(known.since, unit="day"))
        usual = known.group_by("currency").aggregate(usual=known.days.max())
        rows = rates.mutate(age=rates.day_.delta(rates.since_, unit="day"))
        joined = rows.left_join(usual, rows.currency_ == usual.currency)
        old = joined.filter(joined.age > ibis.greatest(joined.usual.fill_null(STALE), STALE))
        worst = old.order_by([old.age.desc(), old.currency_]).limit(1).to_pyarrow().to_pylist()
        if worst:
            row = worst[0]
            text = (
                f"money in {row['currency_']} on {row['day_']} is converted at the rate of "
                f"{row['since_']}, {row['age']} days before; load the later rates in exchange_rates"
            )
            self.notes.append(Note(name, "rate_old", text))
