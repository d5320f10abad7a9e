"""Worth: the gross profit that accounts have brought, and that they are still to bring.

What an account has paid by a day t is the sum of its changes of MRR, each times the days since:
t times its MRR, less its *moment*, the sum of the changes times their days. Both stand still
between two changes, so they are totalled as change points, by group, month first paid and
period, and no account is followed through the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.algebra.query.grouping import AGES
from revkit.derived.recurring.tenure import BOUNDS, GROUPS, month_number
from revkit.dimensions import attach, resolve
from revkit.statistics import intervals
from revkit.statistics.lifetimes import FEW, Lives, fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.request import Call

    Array = NDArray[np.float64]

MONTH = 365.25 / 12
DISCOUNT = 1.1 ** (1 / 12) - 1
"""A month's part of ten percent a year."""

SMALL = 100
"""Accounts that pay below which the interval covers less than 93 %, as measured for products."""

_SUMS = ("n", "mrr", "moment", "mrr2", "cross", "moment2")


def worth(call: Call) -> pd.DataFrame:
    """Return the mean worth of the accounts that pay at the end of each period.

    Parameters
    ----------
    call
        What a metric of tables was asked for.

    Returns
    -------
    DataFrame
        What a metric of tables returns: ``by_0``…, ``period``, ``value``, ``low``, ``high``,
        ``n`` and ``small``; under ``attrs["parts"]`` what gives the worth of each account.
    """
    book = Book.of(call)
    rows = [row for number in call.numbers for row in book.at(number)]
    columns = [*book.by, "period", "value", "low", "high", "n", "small"]
    frame = pd.DataFrame(rows, columns=columns)
    # A function, since attrs are copied deep and a method would bring the company along.
    frame.attrs["parts"] = lambda number: book.accounts(number)
    return frame


@dataclass(frozen=True)
class Book:
    """The changes of a company's accounts, summed, and what its books say of margins."""

    call: Call
    by: tuple[str, ...]
    first: date
    changes: pd.DataFrame
    margins: pd.DataFrame

    @classmethod
    def of(cls, call: Call) -> Book:
        """Ask the company for its changes and its margins, one query each."""
        first = call.data.first_day(["subscriptions"])
        sums = _summed(_cells(call, first), list(call.groups))
        return cls(call, tuple(call.groups), first, _fetched(sums), _fetched(_booked(call)))

    def at(self, number: int) -> list[dict[str, Any]]:
        """Return the worth of each group at the end of a period."""
        end = self.end(number)
        known = self.changes[self.changes["period"] <= number]
        if known.empty:
            return []
        margin, (lives, came) = self.margin(number), self.lives(end)
        standing = known.groupby([*self.by, "cohort"], dropna=False)[list(_SUMS)].sum()
        standing = standing[standing["n"].round(6) > 0].reset_index()
        stays = self.payments(lives, standing["cohort"], end)
        days = (end - self.first).days + stays * MONTH
        mrr, moment = standing["mrr"], standing["moment"]
        scale = margin / MONTH
        squares = days**2 * standing["mrr2"] - 2 * days * standing["cross"] + standing["moment2"]
        standing = standing.assign(
            worth=scale * (days * mrr - moment),
            squares=scale**2 * squares,
            expected=margin * stays * mrr,
        )
        others = [law for pair in (lives.others if lives else ()) for law in pair]
        hopes = {f"expected_{place}": law for place, law in enumerate(others)}
        for name, law in hopes.items():
            standing[name] = margin * self.payments(law, standing["cohort"], end) * mrr
        if "tenure" in self.call.by:
            opens = end.year * 12 + end.month - 1
            place = self.by[self.call.by.index("tenure")]
            standing[place] = [_tenure(opens - int(month)) for month in standing["cohort"]]
        groups = standing.groupby(list(self.by), dropna=False) if self.by else [((), standing)]
        return [
            {
                **dict(zip(self.by, names, strict=True)),
                "period": number,
                **self._mean(rows, list(hopes), came),
            }
            for names, rows in groups
        ]

    def _mean(self, rows: pd.DataFrame, others: list[str], came: float) -> dict[str, Any]:
        """The mean over accounts: they are a sample, and so are the losses its hopes rest on.

        Where few came to a renewal, all ages are taken to lose alike; where they do not, the value
        falls short by more than a third, and no interval about it mends that.
        """
        n = rows["n"].sum()
        means = rows[["worth", "squares", "expected", *others]].sum(skipna=False) / n
        worth, squares, expected = means.iloc[:3]
        spread = max(squares - worth**2, 0.0) / (n - 1) if n > 1 else np.nan
        apart = (means[others] - expected).to_numpy().reshape(-1, 2)
        doubt = (np.abs(apart).max(axis=1) ** 2).sum() if others else np.nan
        value, variance = np.array([worth]), np.array([spread + doubt])
        low, high = (end[0] for end in intervals.delta(value, variance, self.call.level))
        return {"value": worth, "low": low, "high": high, "n": n, "small": n < SMALL or came < FEW}

    def end(self, number: int) -> date:
        """Return the day after the last one that counts in a period."""
        calendar, today = self.call.calendar, self.call.data.as_of
        last = calendar.last_day(number) if calendar.period else self.call.until
        return min(last, today) + timedelta(days=1)

    def payments(self, lives: Lives | None, cohort: Any, end: date) -> Array:
        """Return the payments to be expected of accounts by their first month, discounted."""
        if lives is None:
            return np.full(len(cohort), np.nan)
        last = end - timedelta(days=1)
        made = np.asarray(last.year * 12 + last.month - cohort, dtype=np.float64)
        return lives.residual(made, DISCOUNT)

    def margin(self, number: int) -> float:
        """Return the gross margin of all that is booked by the end of a period."""
        booked = self.margins[self.margins["period"] <= number].groupby("line")["amount"].sum()
        if not {"revenue", "cogs"} <= set(booked.index) or booked["revenue"] == 0:
            return float("nan")
        return float(1 - booked["cogs"] / booked["revenue"])

    def lives(self, end: date) -> tuple[Lives | None, float]:
        """Return the law by which accounts leave, from the months over by a day, and how many came.

        Those that came to their first renewal, by which the law is told from one for all ages.
        An account comes to the renewal of its age at the start of every month after its first.
        """
        over = end.year * 12 + end.month - 1
        known = self.changes[self.changes["month"] < over]
        first = int(known["cohort"].min()) if len(known) else over
        moved, gone = np.zeros((2, over - first, over - first))
        at = tuple(known[["cohort", "month"]].to_numpy(dtype=np.int64).T - first)
        np.add.at(moved, at, known["n"].to_numpy())
        np.add.at(gone, at, known["lost"].to_numpy())
        standing = np.cumsum(moved, axis=1)[:, :-1]
        ages = range(1, over - first)
        came = np.array([np.trace(standing, age - 1) for age in ages])
        lost = np.minimum([np.trace(gone, age) for age in ages], came)
        return fit(lost, came), float(came[:1].sum())

    def accounts(self, number: int) -> pd.DataFrame:
        """Return what each account that ever paid has brought and is to bring, by a period's end.

        Returns
        -------
        DataFrame
            ``account_id``, the groups, ``cohort`` (month first paid), ``mrr``, ``realised``,
            ``expected`` (0 where the account has left) and ``value``, the two together.
        """
        from ibis import _

        end, margin = self.end(number), self.margin(number)
        cells = _cells(self.call, self.first)
        keys = ["account_id", *self.by, "cohort"]
        sums = cells.filter(cells.period <= number).group_by(keys)
        rows = _fetched(
            sums.aggregate(mrr=_.amount.sum().cast("float64"), moment=_.moment.sum())
        ).sort_values(keys, ignore_index=True)
        left = self.payments(self.lives(end)[0], rows["cohort"], end)
        days = (end - self.first).days
        rows["realised"] = margin * (days * rows["mrr"] - rows["moment"]) / MONTH
        rows["expected"] = np.where(rows["mrr"] > 0, margin * left * rows["mrr"], 0.0)
        rows["value"] = rows["realised"] + rows["expected"]
        rows["cohort"] = [f"{int(m) // 12}-{int(m) % 12 + 1:02}" for m in rows["cohort"]]
        return rows.drop(columns="moment")


def _cells(call: Call, first: date) -> Any:
    """What each account's MRR, and its moment, gained in each month and period."""
    import ibis
    from ibis import _

    data, calendar = call.data, call.calendar
    table = derived.price_periods(data)
    named = call.groups
    own = data.specs["subscriptions"].columns
    for column, dimension in named.items():
        if dimension not in AGES or dimension in own:
            table = attach(
                table, resolve(dimension, "subscriptions", data.specs), data.lookup, column
            )
    keys = ["account_id", *(name for name in named if name in table.columns)]
    mrr = table.mrr.cast("decimal(18, 6)")
    starts = table.select(*keys, on=table.started_on, amount=mrr)
    ends = table.filter(table.ended_on.notnull()).select(
        *keys, on=table.ended_on, amount=(-mrr).cast("decimal(18, 6)")
    )
    changes = starts.union(ends)
    days = changes.on.delta(ibis.literal(first), unit="day")
    cells = (
        changes.mutate(
            days=days, month=month_number(changes.on), period=calendar.number_of(changes.on)
        )
        .group_by([*keys, "period", "month"])
        .aggregate(
            amount=_.amount.sum().cast("decimal(38, 6)"),
            moment=(_.amount.cast("float64") * _.days).sum(),
        )
    )
    born = ibis.window(group_by="account_id")
    cells = cells.mutate(cohort=cells.month.min().over(born))
    for column, dimension in named.items():
        if column not in cells.columns:
            label = (cells.cohort / 12).floor().cast("int64").cast("string") + "-"
            label = label + (cells.cohort % 12 + 1).cast("string").lpad(2, "0")
            cells = cells.mutate(
                (label if dimension == "cohort" else ibis.literal("")).name(column)
            )
    return cells


def _summed(cells: Any, by: list[str]) -> Any:
    """The changes of what stands, by group, month first paid, period and month."""
    import ibis
    from ibis import _

    unit = ["account_id", *by]
    so_far = ibis.window(group_by=unit, order_by=["period", "month"], rows=(None, 0))
    states = cells.mutate(mrr=cells.amount.sum().over(so_far), sum=cells.moment.sum().over(so_far))
    states = states.mutate(before=states.mrr - states.amount, earlier=states["sum"] - states.moment)
    pays, paid = (states.mrr > 0).ifelse(1, 0), (states.before > 0).ifelse(1, 0)
    now = states.mrr.cast("float64") * pays, states["sum"] * pays
    then = states.before.cast("float64") * paid, states.earlier * paid
    steps = states.mutate(
        d_n=pays - paid,
        d_lost=paid * (1 - pays),
        d_mrr=now[0] - then[0],
        d_moment=now[1] - then[1],
        d_mrr2=now[0] * now[0] - then[0] * then[0],
        d_cross=now[0] * now[1] - then[0] * then[1],
        d_moment2=now[1] * now[1] - then[1] * then[1],
    )
    sums = {name: _[f"d_{name}"].sum().cast("float64") for name in (*_SUMS, "lost")}
    return steps.group_by([*by, "cohort", "period", "month"]).aggregate(**sums)


def _booked(call: Call) -> Any:
    """Revenue and cost of goods sold by period."""
    from ibis import _

    finance = call.data.table("finance")
    lines = finance.filter(finance.line.isin(["revenue", "cogs"]))
    number = call.calendar.number_of(lines.month)
    return (
        lines.mutate(period=number)
        .group_by(["line", "period"])
        .aggregate(amount=_.amount.sum().cast("float64"))
    )


def _fetched(sums: Any) -> pd.DataFrame:
    frame: pd.DataFrame = sums.to_pyarrow().to_pandas()
    return frame


def _tenure(age: int) -> str:
    return next(
        (name for bound, name in zip(BOUNDS, GROUPS, strict=False) if age < bound), GROUPS[-1]
    )
