"""Customer value: the gross profit that accounts have paid so far and are expected to pay.

What an account has paid by day t is the sum of its changes of MRR, each times the days since: t
times its MRR, less its *moment*, the sum of the changes times their days. Both are constant between
two changes, so the engine sums them by group, cohort (month first paid) and period of the change,
and no account is followed day by day.
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
from revkit.statistics.lifetimes import MIN_FOR_AGES, ChurnLaw, fit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.algebra.request import Call

    Array = NDArray[np.float64]

MONTH = 365.25 / 12
"""The days of a month."""

DISCOUNT = 1.1 ** (1 / 12) - 1
"""The monthly discount rate: 10 % a year."""

SMALL = 100
"""Paying accounts below which the interval covers less than 93 %, as measured for products."""

_SUMS = ("n", "mrr", "moment", "mrr2", "cross", "moment2")


def customer_value(call: Call) -> pd.DataFrame:
    """Return the mean value of the accounts that pay at the end of each period.

    Parameters
    ----------
    call
        The call of the metric.

    Returns
    -------
    DataFrame
        A row per group and period: ``by_0``…, ``period`` (its number), ``value``, ``low``,
        ``high``, ``n`` and ``small``; ``attrs["parts"]`` is a function from a period's number to
        the value of each account.
    """
    ledger = ValueLedger.of(call)
    rows = [row for number in call.numbers for row in ledger.values(number)]
    columns = [*ledger.by, "period", "value", "low", "high", "n", "small"]
    frame = pd.DataFrame(rows, columns=columns)
    # A function, since attrs are copied deep and a method would bring the company along.
    frame.attrs["parts"] = lambda number: ledger.accounts(number)
    return frame


@dataclass(frozen=True)
class ValueLedger:
    """The changes of accounts' MRR, summed, and the revenue and costs that give the margin.

    Parameters
    ----------
    call
        The call of the metric.
    by
        The group columns.
    first
        The first day of any subscription, from which days are counted.
    changes
        Changes of the sums over paying accounts, by group, cohort, period and month.
    margins
        Revenue and cost of goods sold by period.
    """

    call: Call
    by: tuple[str, ...]
    first: date
    changes: pd.DataFrame
    margins: pd.DataFrame

    @classmethod
    def of(cls, call: Call) -> ValueLedger:
        """Query a company for the changes and the margins, one query each."""
        first = call.data.first_day(["subscriptions"])
        sums = _summed(_cells(call, first), list(call.groups))
        return cls(call, tuple(call.groups), first, _fetched(sums), _fetched(_booked(call)))

    def values(self, number: int) -> list[dict[str, Any]]:
        """Return the mean value of each group's paying accounts at the end of a period."""
        end = self.end(number)
        known = self.changes[self.changes["period"] <= number]
        if known.empty:
            return []
        margin, (law, exposed) = self.margin(number), self.churn_law(end)
        paying = known.groupby([*self.by, "cohort"], dropna=False)[list(_SUMS)].sum()
        paying = paying[paying["n"].round(6) > 0].reset_index()
        left = self.payments(law, paying["cohort"], end)
        days = (end - self.first).days + left * MONTH
        mrr, moment = paying["mrr"], paying["moment"]
        scale = margin / MONTH
        squares = days**2 * paying["mrr2"] - 2 * days * paying["cross"] + paying["moment2"]
        paying = paying.assign(
            value=scale * (days * mrr - moment),
            squares=scale**2 * squares,
            expected=margin * left * mrr,
        )
        neighbours = [near for pair in (law.neighbours if law else ()) for near in pair]
        alternatives = {f"expected_{place}": near for place, near in enumerate(neighbours)}
        for name, near in alternatives.items():
            paying[name] = margin * self.payments(near, paying["cohort"], end) * mrr
        if "tenure" in self.call.by:
            opens = end.year * 12 + end.month - 1
            place = self.by[self.call.by.index("tenure")]
            paying[place] = [_tenure(opens - int(month)) for month in paying["cohort"]]
        groups = paying.groupby(list(self.by), dropna=False) if self.by else [((), paying)]
        return [
            {
                **dict(zip(self.by, names, strict=True)),
                "period": number,
                **self._mean(rows, list(alternatives), exposed),
            }
            for names, rows in groups
        ]

    def _mean(self, rows: pd.DataFrame, alternatives: list[str], exposed: float) -> dict[str, Any]:
        """Return the mean value over accounts with its interval.

        Its variance is that of the accounts plus that of the churn law, from the expected values
        under its neighbours. Where few accounts reached a renewal the law has one rate for all
        ages; the value may then fall short by more than a third, which the interval does not
        cover, so it is ``small``.
        """
        n = rows["n"].sum()
        means = rows[["value", "squares", "expected", *alternatives]].sum(skipna=False) / n
        value, squares, expected = means.iloc[:3]
        of_accounts = max(squares - value**2, 0.0) / (n - 1) if n > 1 else np.nan
        differences = (means[alternatives] - expected).to_numpy().reshape(-1, 2)
        of_law = (np.abs(differences).max(axis=1) ** 2).sum() if alternatives else np.nan
        variance = np.array([of_accounts + of_law])
        ends = intervals.delta(np.array([value]), variance, self.call.level)
        low, high = (end[0] for end in ends)
        return {
            "value": value,
            "low": low,
            "high": high,
            "n": n,
            "small": n < SMALL or exposed < MIN_FOR_AGES,
        }

    def end(self, number: int) -> date:
        """Return the day after the last one that counts in a period."""
        calendar, today = self.call.calendar, self.call.data.as_of
        last = calendar.last_day(number) if calendar.period else self.call.until
        return min(last, today) + timedelta(days=1)

    def payments(self, law: ChurnLaw | None, cohort: Any, end: date) -> Array:
        """Return the expected future payments by cohort, discounted; NaN without a law."""
        if law is None:
            return np.full(len(cohort), np.nan)
        last = end - timedelta(days=1)
        made = np.asarray(last.year * 12 + last.month - cohort, dtype=np.float64)
        return law.residual(made, DISCOUNT)

    def margin(self, number: int) -> float:
        """Return the gross margin of all booked by the end of a period; NaN without both lines."""
        booked = self.margins[self.margins["period"] <= number].groupby("line")["amount"].sum()
        if not {"revenue", "cogs"} <= set(booked.index) or booked["revenue"] == 0:
            return float("nan")
        return float(1 - booked["cogs"] / booked["revenue"])

    def churn_law(self, end: date) -> tuple[ChurnLaw | None, float]:
        """Fit the churn law to the complete months before a day.

        Every month after an account's first is a renewal. Returns the law, or None when no account
        has left, and how many accounts reached their first renewal.
        """
        over = end.year * 12 + end.month - 1
        known = self.changes[self.changes["month"] < over]
        first = int(known["cohort"].min()) if len(known) else over
        change, gone = np.zeros((2, over - first, over - first))
        at = tuple(known[["cohort", "month"]].to_numpy(dtype=np.int64).T - first)
        np.add.at(change, at, known["n"].to_numpy())
        np.add.at(gone, at, known["lost"].to_numpy())
        paying = np.cumsum(change, axis=1)[:, :-1]
        ages = range(1, over - first)
        exposed = np.array([np.trace(paying, age - 1) for age in ages])
        lost = np.minimum([np.trace(gone, age) for age in ages], exposed)
        return fit(lost, exposed), float(exposed[:1].sum())

    def accounts(self, number: int) -> pd.DataFrame:
        """Return the value, realised and expected, of each account that paid by a period's end.

        Returns
        -------
        DataFrame
            ``account_id``, the groups, ``cohort`` (month first paid), ``mrr``, ``realised``,
            ``expected`` (0 where the account has left) and ``value``, their sum.
        """
        from ibis import _

        end, margin = self.end(number), self.margin(number)
        cells = _cells(self.call, self.first)
        keys = ["account_id", *self.by, "cohort"]
        sums = cells.filter(cells.period <= number).group_by(keys)
        rows = _fetched(
            sums.aggregate(mrr=_.amount.sum().cast("float64"), moment=_.moment.sum())
        ).sort_values(keys, ignore_index=True)
        left = self.payments(self.churn_law(end)[0], rows["cohort"], end)
        days = (end - self.first).days
        rows["realised"] = margin * (days * rows["mrr"] - rows["moment"]) / MONTH
        rows["expected"] = np.where(rows["mrr"] > 0, margin * left * rows["mrr"], 0.0)
        rows["value"] = rows["realised"] + rows["expected"]
        rows["cohort"] = [f"{int(m) // 12}-{int(m) % 12 + 1:02}" for m in rows["cohort"]]
        return rows.drop(columns="moment")


def _cells(call: Call, first: date) -> Any:
    """Return the change of each account's MRR and moment in each month and period."""
    import ibis
    from ibis import _

    data, calendar = call.data, call.calendar
    table = derived.price_periods(data)
    groups = call.groups
    own = data.specs["subscriptions"].columns
    for column, dimension in groups.items():
        if dimension not in AGES or dimension in own:
            table = attach(
                table, resolve(dimension, "subscriptions", data.specs), data.lookup, column
            )
    keys = ["account_id", *(name for name in groups if name in table.columns)]
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
    of_account = ibis.window(group_by="account_id")
    cells = cells.mutate(cohort=cells.month.min().over(of_account))
    for column, dimension in groups.items():
        if column not in cells.columns:
            label = (cells.cohort / 12).floor().cast("int64").cast("string") + "-"
            label = label + (cells.cohort % 12 + 1).cast("string").lpad(2, "0")
            cells = cells.mutate(
                (label if dimension == "cohort" else ibis.literal("")).name(column)
            )
    return cells


def _summed(cells: Any, by: list[str]) -> Any:
    """Return the changes of the sums over paying accounts, by group, cohort, period and month."""
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
    """Return revenue and cost of goods sold by period."""
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
    """Run a query."""
    frame: pd.DataFrame = sums.to_pyarrow().to_pandas()
    return frame


def _tenure(age: int) -> str:
    """Return the tenure band of an age in months."""
    return next(
        (name for bound, name in zip(BOUNDS, GROUPS, strict=False) if age < bound), GROUPS[-1]
    )
