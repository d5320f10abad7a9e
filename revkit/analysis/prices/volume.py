"""Price, volume and mix: a change of revenue split into what each did, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.on_record import on_record
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.result import Result
from revkit.dataset.argument import company, reached
from revkit.derived.recurring.price_periods import price_periods
from revkit.dimensions import MISSING, attach, resolve
from revkit.errors import PeriodError
from revkit.language import language as spoken
from revkit.language import message
from revkit.periods import day

if TYPE_CHECKING:
    from datetime import date

    from revkit.dataset import Dataset

WHERE = "rk.price_volume_mix"
MOVES = ("price", "volume", "mix", "new", "lost", "unsplit")
TITLES = {
    "before": message("Before"), "price": message("Price"), "volume": message("Volume"),
    "mix": message("Mix"), "new": message("Newly sold"), "lost": message("No longer sold"),
    "unsplit": message("Without units"), "after": message("After"),
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class PriceVolumeMix(Result):
    """A change of revenue by group, in parts that add up to it.

    Parameters
    ----------
    by
        The dimension of the groups.
    groups
        One row a group: the `by` column, ``units_before``, ``units_after``, ``before``, ``after``
        and the parts between them (money): ``price`` (at the units of the end), ``volume`` (at the
        mean price of the beginning), ``mix`` (towards dearer or cheaper groups), ``new``, ``lost``
        and ``unsplit`` (rows without a number of units).
    currency
        Of the money.
    start, end
        The two days.
    """

    by: str
    groups: pd.DataFrame
    currency: str | None
    start: date
    end: date

    @cached_property
    def total(self) -> pd.DataFrame:
        """The sums over all groups, one row, as :func:`revkit.charts.waterfall` draws them."""
        columns = ["before", *MOVES, "after"]
        frame = pd.DataFrame([self.groups[columns].sum()], columns=columns).round(2)
        if not frame["unsplit"].item():
            frame = frame.drop(columns="unsplit")
        frame.attrs = self._attrs(list(frame.columns))
        return frame

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return what price, volume and mix did.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        money = Quantity("", "", "money", self.currency, words=words)
        row = self.total.iloc[0]
        if not row["before"] and not row["after"]:
            return [Finding(words.gettext(NOTHING), quiet=True)]
        parts = [
            f"{words.gettext(TITLES[name]).lower()} {money.text(row[name], signed=True)}"
            for name in MOVES if row.get(name)
        ]  # fmt: skip
        said = words.gettext(
            SAID, start=words.day(self.start), end=words.day(self.end),
            before=money.text(row["before"]), after=money.text(row["after"]),
            parts=words.list(parts) or words.gettext("nothing moved"),
        )  # fmt: skip
        return [Finding(said)]

    def _attrs(self, columns: list[str]) -> dict[Any, Any]:
        return {
            "currency": self.currency, "units": dict.fromkeys(columns, "money"),
            "titles": {name: title for name, title in TITLES.items() if name in columns},
        }  # fmt: skip


NOTHING = message("There is no recurring revenue on either day: nothing to split.")
SAID = message("From {start} to {end} MRR went from {before} to {after}: {parts}.")


def price_volume_mix(
    data: Dataset,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    by: str = "product",
) -> PriceVolumeMix:
    """Split a change of MRR into price, volume and mix, to the cent.

    Parameters
    ----------
    data
        A company with subscriptions.
    start, end
        Two days, MRR is that at their ends; a year before `end`, and the company's day, when
        omitted; no earlier and no later than subscriptions are on record.
    by
        The dimension whose groups have a price of their own, such as ``product``.

    Returns
    -------
    PriceVolumeMix
        ``groups`` (one row each), ``total`` (one row, for :func:`revkit.charts.waterfall`) and
        ``findings``.

    Raises
    ------
    PeriodError
        When `start` is not before `end`, or not on record.

    Notes
    -----
    With q units at a price p (MRR over units) before, q′ and p′ after, and P the mean price before
    of all groups on both days: price (p′ − p)q′, volume P(q′ − q), mix (p − P)(q′ − q). They add up
    to p′q′ − pq in every group. The price is what is paid: discounts are in it. Rows without a
    quantity are ``unsplit``.

    Examples
    --------
    >>> days = {"start": "2026-02-28", "end": "2026-03-31"}
    >>> found = price_volume_mix(example("retention"), by="segment", **days)
    >>> found.total[["before", "price", "unsplit", "after"]]
        before  price  unsplit    after
    0  10000.0    0.0   1300.0  11300.0
    """
    company(data, WHERE)
    reached(data, "subscriptions", WHERE)
    data = on_record(data, "subscriptions")
    check.text(by, "by", WHERE, example="product")
    last = data.as_of if end is None else day(end, name="end")
    first = _year_before(last) if start is None else day(start, name="start")
    last = min(last, data.as_of)
    after = _paid(data, by, last)
    begun = data.first_day(["subscriptions"])
    if start is None and begun < last:
        first = max(first, begun)
    elif first < begun:
        raise PeriodError.before_record(WHERE, first, table="subscriptions", begun=begun)
    if first >= last:
        raise PeriodError.empty_range(first, last)
    before = _paid(data, by, first)
    rows = before.add_suffix("_before").join(after.add_suffix("_after"), how="outer").fillna(0.0)
    rows = rows.sort_index().reset_index(names=by)
    parts = _split(rows)
    frame = pd.concat([rows[[by, "units_before", "units_after"]], parts], axis=1)
    found = PriceVolumeMix(by, frame, data.currency, first, last)
    money = ["before", *MOVES, "after"]
    frame.attrs = found._attrs(money)
    frame.attrs["titles"] |= {
        "units_before": message("Units before"), "units_after": message("Units after"),
    }  # fmt: skip
    return found


def _paid(data: Dataset, by: str, at: date) -> pd.DataFrame:
    """Return units, their MRR and MRR without units by group, on a day."""
    import ibis

    table = attach(
        price_periods(data), resolve(by, "subscriptions", data.specs), data.lookup, "__of"
    )
    on = ibis.literal(at)
    there = table.filter(table.started_on <= on, table.ended_on.isnull() | (table.ended_on > on))
    loaded = "quantity" in data.columns("subscriptions")
    units = there.quantity.cast("float64") if loaded else ibis.null("float64")
    counted = (units > 0).fill_null(False)
    mrr = there.mrr.cast("float64")
    rows: pd.DataFrame = (
        there.mutate(
            group=there["__of"].fill_null(MISSING),
            units=counted.ifelse(units, 0.0),
            mrr_of=counted.ifelse(mrr, 0.0),
            rest=counted.ifelse(0.0, mrr),
        )
        .group_by("group")
        .aggregate(units=ibis._.units.sum(), mrr=ibis._.mrr_of.sum(), rest=ibis._.rest.sum())
        .execute()
    )
    return rows.set_index("group").astype(float)


def _split(rows: pd.DataFrame) -> pd.DataFrame:
    """Split the change of each group; groups that are new or lost are not split."""
    units, later = rows["units_before"].to_numpy(), rows["units_after"].to_numpy()
    paid, now = rows["mrr_before"].to_numpy(), rows["mrr_after"].to_numpy()
    both = (units > 0) & (later > 0)
    old = np.divide(paid, units, out=np.zeros_like(paid), where=units > 0)
    total = units[both].sum()
    mean = paid[both].sum() / total if total else 0.0
    parts = {
        "before": paid + rows["rest_before"].to_numpy(),
        "price": np.where(both, now - old * later, 0.0),
        "volume": np.where(both, mean * (later - units), 0.0),
        "mix": np.where(both, (old - mean) * (later - units), 0.0),
        "new": np.where(~both & (later > 0), now, 0.0),
        "lost": np.where(~both & (units > 0), -paid, 0.0),
        "unsplit": (rows["rest_after"] - rows["rest_before"]).to_numpy(),
        "after": now + rows["rest_after"].to_numpy(),
    }
    return _to_the_cent(pd.DataFrame(parts))


def _to_the_cent(parts: pd.DataFrame) -> pd.DataFrame:
    """Round to cents, and leave what rounding moves to the largest of price, volume and mix."""
    cents = (parts * 100).round()
    rest = cents["after"] - cents["before"] - cents[list(MOVES)].sum(axis=1)
    largest = cents[["price", "volume", "mix"]].abs().to_numpy().argmax(axis=1)
    for at, name in enumerate(("price", "volume", "mix")):
        cents.loc[largest == at, name] += rest[largest == at]
    return cents / 100


def _year_before(last: date) -> date:
    return (pd.Timestamp(last) - pd.DateOffset(years=1)).date()
