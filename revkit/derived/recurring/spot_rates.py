"""Spot rates: MRR in foreign currencies at the exchange rate of each period's end.

The MRR of an account that pays 100 dollars every month is constant in dollars, but not in euros. A
movement is valued at the rate of its period's end; the remaining change is ``fx``: the MRR before,
in its currency, times the change of the rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.derived.recurring.price_periods import price_periods
from revkit.errors import CurrencyError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar

CURRENCY = "__currency"
MONEY = "decimal(38, 6)"


def at_spot(data: Dataset) -> bool:
    """Return whether MRR is in several currencies and follows their spot rates."""
    return data.policy.fx == "spot" and data.foreign("subscriptions")


def in_currencies(data: Dataset) -> Any:
    """Return price periods with MRR in their own currency, given by ``__currency``."""
    table = price_periods(data.in_own_currencies)
    return table.mutate(table.currency.fill_null(data.currency).name(CURRENCY))


@dataclass(frozen=True)
class SpotRates:
    """Exchange rates at the ends of numbered periods.

    Parameters
    ----------
    into
        The company's currency.
    rates
        One row per currency and period, from the currency's first rate to the as-of date:
        ``currency``, ``number`` (of the period), ``rate`` (the latest at the period's end),
        ``since`` (the number from which it holds), ``period`` (of the call, in which that lies).
    """

    into: str
    rates: ir.Table

    @classmethod
    def of(cls, data: Dataset, numbers: Calendar, calendar: Calendar) -> SpotRates:
        """Build the rates at the ends of the periods of ``numbers``.

        Parameters
        ----------
        numbers
            The periods to number rates by: those of the call, or days.
        calendar
            The periods of the call.

        Raises
        ------
        CurrencyError
            When MRR started before the first rate of its currency.
        """
        import ibis
        from ibis import _

        exchange = data.exchange
        known = exchange.quotes.mutate(
            number=numbers.number_of(_.since), period=calendar.number_of(_.since)
        )
        order = ibis.window(group_by=known.currency, order_by=known.since)
        known = known.mutate(later=known.number.lead().over(order))
        last = known.filter(known.later.isnull() | (known.later > known.number))
        until = last.later.fill_null(numbers.number(data.as_of) + 1)
        each = last.select(
            "currency",
            "period",
            "rate",
            since=last.number,
            number=ibis.range(last.number, until).unnest(),
        )
        spot = cls(exchange.into, each)
        spot._check_start(data, numbers)
        return spot

    def _check_start(self, data: Dataset, numbers: Calendar) -> None:
        """Refuse MRR that starts in a period before the first rate of its currency."""
        from ibis import _

        paid = in_currencies(data)
        begun = paid.group_by(CURRENCY).aggregate(first=_.started_on.min())
        begun = begun.filter(begun[CURRENCY] != self.into).order_by("first", CURRENCY)
        quotes = data.exchange.quotes
        firsts = quotes.group_by("currency").aggregate(known=_.since.min()).to_pyarrow()
        known = {row["currency"]: row["known"] for row in firsts.to_pylist()}
        for row in begun.to_pyarrow().to_pylist():
            currency, first = row[CURRENCY], row["first"]
            quoted = known.get(currency)
            if quoted is None or numbers.number(quoted) > numbers.number(first):
                day = min(numbers.last_day(numbers.number(first)), data.as_of)
                raise CurrencyError.no_rate(
                    currency, self.into, table="subscriptions", day=day, first=quoted
                )

    def follow(self, changes: Any, keys: Sequence[str]) -> Any:
        """Add changes of amount 0 wherever a rate changes, so that ``fx`` movements appear there.

        Parameters
        ----------
        changes
            Changes of MRR by account, ``keys``, currency and ``at``.

        Returns
        -------
        ibis Table
            The changes, with rows of amount 0 for each group of an account with foreign money
            wherever its rate or any of its groups changes.
        """
        import ibis
        from ibis import _

        foreign = changes.filter(changes[CURRENCY] != self.into)
        spans = foreign.group_by("account_id", CURRENCY).aggregate(
            first=_.at.min(), last=_.at.max(), left=_.amount.sum()
        )
        rates = self.rates.filter(_.number == _.since)
        marks = spans.join(
            rates,
            [
                spans[CURRENCY] == rates.currency,
                rates.since > spans.first,
                (rates.since <= spans["last"]) | (spans.left != 0),
            ],
        ).select("account_id", at=rates.since, period=rates.period)
        payers = spans.select("account_id").distinct()
        theirs = changes.join(payers, "account_id")
        moments = marks.union(theirs.select("account_id", "at", "period")).distinct()
        groups = theirs.select("account_id", *keys, CURRENCY).distinct()
        still = groups.join(moments, "account_id").mutate(amount=ibis.literal(0).cast(MONEY))
        renewed = {}
        if "new_at" in changes.columns:
            still = still.mutate(new_at=ibis.null(changes.new_at.type()))
            renewed = {"new_at": _.new_at.max()}
        both = changes.union(still.select(*changes.columns))
        return both.group_by("account_id", *keys, CURRENCY, "at", "period").aggregate(
            amount=_.amount.sum().cast(MONEY), **renewed
        )

    def exchange(self, moved: Any, keys: Sequence[str], width: int) -> Any:
        """Return movements in the company's currency, each split into rate effect and the rest.

        Parameters
        ----------
        moved
            Movements by ``keys`` and currency.
        width
            Periods per window.

        Returns
        -------
        ibis Table
            Two rows per movement: with ``is_fx`` from ``before`` to its value at the period's end
            rate, and from there to ``after``. ``opened`` is the value at the start's rate,
            ``account_revalued`` that of the whole account before at the end's rate.
        """
        import ibis
        from ibis import _

        opened = self._priced(moved, moved.at - width, "opened")
        joined = self._priced(opened, opened.at, "closed")
        here = joined[CURRENCY] == self.into
        parts = joined.mutate(
            is_foreign=~here,
            revalued=_worth(here, joined.before, joined.closed),
            before=_worth(here, joined.before, joined.opened),
            after=_worth(here, joined.after, joined.closed),
        )
        sums = {name: parts[name].sum().cast(MONEY) for name in ("before", "revalued", "after")}
        kept = {name: parts[name].max() for name in ("first", "account_before", "account_after")}
        groups = parts.group_by("account_id", *keys, "at", "period").aggregate(
            **sums, **kept, is_foreign=parts.is_foreign.any()
        )
        account = ibis.window(group_by=["account_id", "at"])
        follows = groups.is_foreign.any().over(account)
        whole = {name: groups[name].sum().over(account).cast(MONEY) for name in sums}
        states = groups.mutate(
            account_before=follows.ifelse(whole["before"], groups.account_before),
            account_revalued=follows.ifelse(whole["revalued"], groups.account_before),
            account_after=follows.ifelse(whole["after"], groups.account_after),
        )
        twice = states.mutate(is_fx=ibis.array([True, False]).unnest())
        between = twice.mutate(
            opened=_.before,
            before=_.is_fx.ifelse(_.before, _.revalued),
            after=_.is_fx.ifelse(_.revalued, _.after),
        )
        return between.mutate(amount=(_.after - _.before).cast(MONEY)).drop("revalued")

    def value(self, rows: Any, amount: str) -> Any:
        """Return rows with an amount in the company's currency, at the rate at the end of `at`."""
        priced = self._priced(rows, rows.at, "closed")
        worth = _worth(priced[CURRENCY] == self.into, priced[amount], priced.closed)
        return priced.mutate(worth.name(amount)).select(*rows.columns)

    def _priced(self, rows: Any, number: Any, name: str) -> Any:
        """Add column ``name``: the rate at a numbered period's end; null for the own currency."""
        rates = self.rates.select(
            self.rates.rate.name(name),
            self.rates.currency.name(f"{name}_currency"),
            self.rates.number.name(f"{name}_number"),
        )
        numbered = rows.mutate(number.name(f"{name}_at"))
        held = [(CURRENCY, f"{name}_currency"), (f"{name}_at", f"{name}_number")]
        return numbered.left_join(rates, held)


def _worth(here: Any, amount: Any, rate: Any) -> Any:
    """Return an amount at a rate, rounded alike everywhere; ``here``: already in the currency."""
    abroad = (amount.cast("float64") * rate).cast(MONEY).fill_null(0)
    return here.ifelse(amount, abroad).cast(MONEY)
