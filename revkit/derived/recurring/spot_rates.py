"""Exchange at spot: what is paid every month, at the rate of each period's end.

An account that pays 100 dollars from one month to the next has not moved, but in euros it has. A
movement is valued at the rate of its period's end; the rest of what changed is ``fx``: what the
account paid before, in its currency, times the change of the rate.
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
    """Return whether MRR comes in several currencies and follows their rates."""
    return data.policy.fx == "spot" and data.foreign("subscriptions")


def in_currencies(data: Dataset) -> Any:
    """Return regimes with their MRR in their own currency, which ``__currency`` says."""
    table = price_periods(data.in_own_currencies)
    return table.mutate(table.currency.fill_null(data.currency).name(CURRENCY))


@dataclass(frozen=True)
class Spot:
    """The rates at the ends of numbered periods.

    Parameters
    ----------
    into
        The company's currency.
    rates
        One row for each currency and period from its first rate to now: ``currency``,
        ``number``, ``rate``, the latest one known at the period's end, ``since`` when it holds,
        and the ``period`` of the call in which that lies.
    """

    into: str
    rates: ir.Table

    @classmethod
    def of(cls, data: Dataset, numbers: Calendar, calendar: Calendar) -> Spot:
        """Read the rates at the ends of the periods that ``numbers`` counts.

        Raises
        ------
        CurrencyError
            When money was paid at the end of a period that has no rate.
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
        spot._must_reach(data, numbers)
        return spot

    def _must_reach(self, data: Dataset, numbers: Calendar) -> None:
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
        """Add changes of nothing: where a rate changes, and in the account's other groups.

        Parameters
        ----------
        changes
            What accounts, by ``keys`` and currency, are paid more or less, ``at`` a period.
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
        lives = {}
        if "life" in changes.columns:
            still = still.mutate(life=ibis.null(changes.life.type()))
            lives = {"life": _.life.max()}
        both = changes.union(still.select(*changes.columns))
        return both.group_by("account_id", *keys, CURRENCY, "at", "period").aggregate(
            amount=_.amount.sum().cast(MONEY), **lives
        )

    def exchange(self, moved: Any, keys: Sequence[str], width: int) -> Any:
        """Return movements in the company's currency, each beside what the rates have moved.

        Parameters
        ----------
        moved
            Movements by ``keys`` and currency, over windows of so many periods.

        Returns
        -------
        ibis Table
            Two rows of each: ``is_fx`` from ``before`` to what that is worth at the period's
            end, and from there to ``after``; ``opened`` is what the first began with, and
            ``account_revalued`` what the account had in between.
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
        """Return rows with an amount in the company's currency, at the end of period ``at``."""
        priced = self._priced(rows, rows.at, "closed")
        worth = _worth(priced[CURRENCY] == self.into, priced[amount], priced.closed)
        return priced.mutate(worth.name(amount)).select(*rows.columns)

    def _priced(self, rows: Any, number: Any, name: str) -> Any:
        """Rows with the rate of their currency at a numbered period's end; null at home."""
        rates = self.rates.select(
            self.rates.rate.name(name),
            self.rates.currency.name(f"{name}_currency"),
            self.rates.number.name(f"{name}_number"),
        )
        numbered = rows.mutate(number.name(f"{name}_at"))
        held = [(CURRENCY, f"{name}_currency"), (f"{name}_at", f"{name}_number")]
        return numbered.left_join(rates, held)


def _worth(here: Any, amount: Any, rate: Any) -> Any:
    """An amount at a rate, to the same last digit wherever it is asked for."""
    abroad = (amount.cast("float64") * rate).cast(MONEY).fill_null(0)
    return here.ifelse(amount, abroad).cast(MONEY)
