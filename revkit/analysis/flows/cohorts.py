"""Cohorts: what became of the customers of each month, month after month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from revkit import arguments as check
from revkit.algebra.definition import Definition
from revkit.algebra.formula.leaves import Total
from revkit.algebra.formula.nodes import Formula, TableName
from revkit.algebra.metric import Metric
from revkit.analysis.lifetime import profit_share
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.catalogue.measure import Measured
from revkit.dataset.argument import company
from revkit.errors import DimensionError, ParameterError
from revkit.language import language as spoken
from revkit.language import message
from revkit.statistics.intervals import wilson

if TYPE_CHECKING:
    from revkit.dataset import Dataset

UNITS = {"accounts": "customers", "mrr": "mrr", "gross_profit": "mrr"}
"""The metric whose values are followed, by unit."""

ALL = "all"
"""The label of the row over all cohorts."""


def first_mrr(acquisitions: TableName) -> Formula:
    """Return the MRR of new customers on their first paid day."""
    return Total(acquisitions, at="acquired_on").of(_.mrr)


FIRST_MRR = Metric(
    Definition(
        first_mrr, title="First MRR", title_it="Primo MRR", owner="both", unit="money/month",
        better="higher", sampled=False,
    )
)  # fmt: skip


def cohorts(
    data: Dataset,
    unit: str = "accounts",
    *,
    by: str | Sequence[str] | None = None,
    cumulative: bool = False,
    margin: float | None = None,
) -> pd.DataFrame:
    """Follow the customers of each month: how many still pay, and what, by their age in months.

    Parameters
    ----------
    data
        A company with subscriptions.
    unit
        ``accounts``: the share that pays. ``mrr``: MRR over that of the first paid day.
        ``gross_profit``: money a month for each customer won, lost ones included.
    by
        Dimensions of the account; each group has cohorts of its own.
    cumulative
        Add up over the ages: account-months, months' revenue, or profit to date.
    margin
        Gross margin as a share, for ``gross_profit``; of all that is booked when omitted.

    Returns
    -------
    pandas.DataFrame
        One row a group and cohort: the `by` columns, ``cohort`` (month of the calendar of the first
        payment, as 2026-03), ``size`` (customers won; of ``mrr``, their first MRR), and a column
        per age, 0 for the end of the first month; NaN where the month is not over yet. The last row
        of a group, ``all``, is the mean of the cohorts seen at that age, weighted by size. With
        ``gross_profit``, cumulative and without `by` also ``cac`` and ``payback``: the first age at
        which the profit covers what the customers of that month cost to win; NaN if not yet.

    Examples
    --------
    >>> rows = cohorts(example("retention"))
    >>> rows.columns[:4].tolist()
    ['cohort', 'size', 0, 1]
    """
    where = "rk.cohorts"
    company(data, where)
    check.choice(unit, "unit", where, known=UNITS)
    check.flag(cumulative, "cumulative", where)
    names = check.dimensions(by, where)
    data = data.with_policy(data.policy.but(calendar=None, year_ends=None))  # ages are in months
    keys = [*names, "cohort"]
    profit = unit == "gross_profit"
    sized = FIRST_MRR if unit == "mrr" else "new_customers"
    found = Measured.of(data, [UNITS[unit], sized], by=keys, period="month").frames
    values, sizes = list(found.values())
    size = sizes.groupby(keys)["value"].sum()
    triangle = _triangle(values, keys).reindex(size.index)
    if profit:
        triangle *= profit_share(data, margin, where)
    if cumulative:
        triangle = triangle.cumsum(axis=1, skipna=False)
    triangle = triangle[size > 0]
    size = size[size > 0]
    rows = _with_all(triangle, size, names)
    rows.attrs = {
        "unit": unit,
        "cumulative": cumulative,
        "currency": data.currency,
        "by": tuple(names),
        "units": _units(rows, unit, cumulative=cumulative),
        "titles": {
            "payback": message("Payback"),
            "cac": message("Acquisition cost"),
            "size": message("New customers") if unit != "mrr" else message("First MRR"),
        },
        "notes": values.attrs.get("notes", ()),
    }
    if profit and cumulative and not names:
        return _paid_back(rows, data)
    return rows


def ages_of(rows: pd.DataFrame) -> list[int]:
    """Return the columns that are ages."""
    names: list[Any] = rows.columns.tolist()
    return [name for name in names if isinstance(name, int)]


def _units(rows: pd.DataFrame, unit: str, *, cumulative: bool) -> dict[Any, str]:
    """Return how the columns are written."""
    cell = "money" if unit == "gross_profit" else "ratio" if cumulative else "share"
    size = "money" if unit == "mrr" else "count"
    return dict.fromkeys(ages_of(rows), cell) | {"size": size, "cac": "money", "payback": "months"}


def _triangle(values: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the values of each cohort by age; NaN before it began and of months not over."""
    month = pd.PeriodIndex(pd.to_datetime(values["period"]), freq="M")
    begun = pd.PeriodIndex(values["cohort"], freq="M")
    age = np.asarray([at - first for at, first in zip(month.asi8, begun.asi8, strict=True)])
    known = values["complete"].astype(bool).to_numpy() & (age >= 0)
    rows = values[keys].assign(age=age, value=values["value"])[known]
    return rows.pivot_table(index=keys, columns="age", values="value", aggfunc="sum", sort=True)


def _with_all(triangle: pd.DataFrame, size: pd.Series[Any], names: list[str]) -> pd.DataFrame:
    """Return shares of the size, with a row over all cohorts at the end of each group."""
    parts = []
    groups: Any = triangle.groupby(level=names, sort=True) if names else [((), triangle)]
    for label, cells in groups:
        sizes = size.loc[cells.index]
        shares = cells.div(sizes, axis=0)
        seen = cells.notna().mul(sizes, axis=0).sum()
        whole = cells.sum() / seen.where(seen > 0)
        rows = shares.reset_index()
        rows.insert(len(names) + 1, "size", sizes.to_numpy())
        labels = dict(zip(names, label if isinstance(label, tuple) else (label,), strict=True))
        last: dict[Any, Any] = {**labels, "cohort": ALL, "size": sizes.sum(), **whole.to_dict()}
        parts.append(pd.concat([rows, pd.DataFrame([last])], ignore_index=True))
    joined: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return joined.rename_axis(columns=None)


def _paid_back(rows: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Add what the customers of a month cost to win, and the age at which that is covered."""
    costs = Measured.of(data, ["cac"], period="month").frames["cac"]
    month = pd.PeriodIndex(pd.to_datetime(costs["period"]), freq="M").astype(str)
    each = pd.Series(costs["value"].to_numpy(), index=month)
    cac = rows["cohort"].map(each)
    known = rows["cohort"].ne(ALL) & cac.notna()
    weights = rows["size"].where(known)
    cac[rows["cohort"] == ALL] = (cac * weights).sum() / weights.sum()
    ages = [*rows.columns[2:]]
    covered = rows[ages].ge(cac, axis=0) & cac.notna().to_numpy()[:, None]
    first = covered.to_numpy().argmax(axis=1)
    payback = np.where(covered.any(axis=1), np.array(ages, dtype=np.float64)[first], np.nan)
    attrs = rows.attrs
    rows = rows.assign(cac=cac, payback=payback)
    rows.attrs = attrs
    return rows


SETTLED = (24, 12, 6, 3, 1)
"""Ages in months that sentences speak of: the first that enough customers have reached."""

LEVEL = 0.95
"""Of the intervals in sentences."""

ENOUGH = 30
"""Customers that have to be known so long before a sentence speaks of that age."""


def kept(rows: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say what share of the customers of all months paid so many months after their first payment.

    Parameters
    ----------
    rows
        What :func:`cohorts` returned for accounts, not by groups and not cumulative.
    language
        "en" or "it"; the default one when omitted.

    Raises
    ------
    ParameterError
        When it holds something else than the share of accounts.
    """
    every, mean = _checked(rows, "rk.say.kept")
    if rows.attrs["unit"] != "accounts" or rows.attrs["cumulative"]:
        raise ParameterError.unfit(
            "rows", rows.attrs["unit"], where="rk.say.kept", needed="cohorts of accounts",
            example="rk.cohorts(data)",
        )  # fmt: skip
    words = spoken(language)
    known = {age: every.loc[every[age].notna(), "size"].sum() for age in SETTLED if age in every}
    age = next((age for age, count in known.items() if count >= ENOUGH), None)
    if age is None:
        return Finding(words.gettext("Too few customers have been followed so far."), quiet=True)
    share = Quantity("", "", "share", words=words)
    still = float(mean[age])
    low, high = wilson(np.array([still]), np.array([float(known[age])]), LEVEL)
    return Finding(
        words.ngettext(
            "Of {n} customers won {count} month ago or earlier, {share} paid {count} month after "
            "their first payment ({level} interval {span}); who came later is not counted here.",
            "Of {n} customers won {count} months ago or earlier, {share} paid {count} months after "
            "their first payment ({level} interval {span}); who came later is not counted here.",
            age,
            n=words.count(known[age]),
            count=age,
            share=share.text(still),
            level=words.level(LEVEL),
            span=share.span(float(low[0]), float(high[0])),
        )
    )


def paid_back(rows: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say after how many months the customers of all months covered what they cost to win.

    Parameters
    ----------
    rows
        What :func:`cohorts` returned for gross_profit, cumulative and not by groups.
    language
        "en" or "it"; the default one when omitted.

    Raises
    ------
    ParameterError
        When it has no payback.
    """
    check.result(rows, "rows", "rk.say.paid_back", columns=("cac", "payback"), source=PROFIT)
    every, mean = _checked(rows, "rk.say.paid_back")
    words = spoken(language)
    priced = every[every["cac"].notna()]
    if priced.empty or not np.isfinite(mean["cac"]):
        return Finding(words.gettext("What customers cost to win is not known."), quiet=True)
    if priced["size"].sum() < ENOUGH:
        return Finding(words.gettext("Too few customers have been followed so far."), quiet=True)
    money = Quantity("", "", "money", rows.attrs["currency"], words=words)
    values = {
        "cac": money.text(mean["cac"]),
        "covered": words.count(priced["payback"].notna().sum()),
        "cohorts": counted(len(priced), "months", words),
    }
    if np.isfinite(mean["payback"]):
        return Finding(
            words.ngettext(
                "On average a customer covers its acquisition cost of {cac} after {count} month; "
                "the customers of {covered} of {cohorts} have done so.",
                "On average a customer covers its acquisition cost of {cac} after {count} months; "
                "the customers of {covered} of {cohorts} have done so.",
                int(mean["payback"]),
                count=int(mean["payback"]),
                **values,
            )
        )
    return Finding(
        words.gettext(
            "On average a customer has not covered its acquisition cost of {cac} within the months "
            "seen; the customers of {covered} of {cohorts} have.",
            **values,
        )
    )


PROFIT = "rk.cohorts(data, 'gross_profit', cumulative=True)"


def _checked(rows: pd.DataFrame, where: str) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return the cohorts and their mean, refusing those of several groups."""
    check.result(rows, "rows", where, columns=("cohort", "size"), source="rk.cohorts")
    if rows["cohort"].duplicated().any():
        raise DimensionError.not_whole(where, by=[*rows.columns[: rows.columns.get_loc("cohort")]])
    every, mean = rows[rows["cohort"] != ALL], rows[rows["cohort"] == ALL]
    return every, mean.iloc[0] if len(mean) else pd.Series(np.nan, index=rows.columns)
