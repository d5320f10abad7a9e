"""Rates of a plan: what the company's last twelve months say, each with its metric and interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.defaults import new_business
from revkit.analysis.plans.engine import MONTH, Array
from revkit.catalogue import find
from revkit.errors import Reason, RevkitError
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

LEVEL = 0.95
QUANTILES = 200
MATURE = 90
"""Days before the company's day after which leads have not all had time to become deals."""


@dataclass(frozen=True)
class Rate:
    """A rate that a plan is computed with.

    Parameters
    ----------
    name
        As in the plan's levers where it is one.
    title
        In English, marked for translation.
    unit
        As the units of metrics.
    value, low, high
        With its 95 % interval; NaN where it has none.
    n
        Rows behind it; 0 where it is assumed.
    source
        The call it comes from; empty where it is assumed.
    since, until
        The first day of its window and the day after its last.
    reason
        Why it has no value; None where it has one.
    """

    name: str
    title: str
    unit: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = 0.0
    source: str = ""
    since: date | None = None
    until: date | None = None
    reason: Reason | None = None

    @property
    def known(self) -> bool:
        """True where it has a value."""
        return not math.isnan(self.value)

    @property
    def relative(self) -> float:
        """Standard error of the logarithm, from the interval; NaN without one."""
        if not (self.low > 0 and math.isfinite(self.high)):
            return math.nan
        return math.log(self.high / self.low) / (2 * 1.959964)


@dataclass(frozen=True)
class Window:
    """The days that rates are measured in: up to twelve months to the company's day.

    Parameters
    ----------
    data
        The company.
    start, end
        The first day, and the day after the last.
    """

    data: Dataset
    start: date
    end: date

    @property
    def months(self) -> float:
        """Its length in months of a plan."""
        return (self.end - self.start).days / MONTH

    def earlier(self, days: int) -> Window:
        """Return the window of the same length that ends some days before."""
        back = timedelta(days=days)
        return Window(self.data, self.start - back, self.end - back)

    def read(
        self, metric: str, name: str, title: str, unit: str, *,
        a_month: bool = False, new: bool = False,
    ) -> Rate:  # fmt: skip
        """Return a metric over the window, or a month of it; of new business where asked."""
        data = new_business(self.data) if new else self.data
        source = f"metrics.{metric}" + (" (kind: new)" if new and data is not self.data else "")
        try:
            row = find(metric)(data, period=None, start=self.start, end=self.end, level=LEVEL).iloc[
                0
            ]
        except RevkitError as error:
            return Rate(name, title, unit, source=source, reason=error.reason)
        by = self.months if a_month else 1.0
        value, low, high = (float(row[at]) / by for at in ("value", "low", "high"))
        reason = Reason(UNDEFINED) if math.isnan(value) else None
        return Rate(
            name, title, unit, value, low, high, float(row["n"]), source, self.start, self.end,
            reason,
        )  # fmt: skip


def window_of(data: Dataset, table: str) -> Window:
    """Return the last twelve months, or fewer where a table was not kept for as long."""
    end = data.as_of + timedelta(days=1)
    start = end - timedelta(days=round(12 * MONTH))
    return Window(data, max(start, data.first_day([table])), end)


def funnel(data: Dataset) -> dict[str, Rate]:
    """Return the rates from leads to deals; none of what the company's tables do not tell."""
    if not {"leads", "lead_history"} <= set(data.tables):
        return {}
    now = window_of(data, "leads")
    settled = now.earlier(MATURE) if now.months > 11.9 else now
    return {
        one.name: one
        for one in (
            now.read("leads", "leads", LEADS, "count", a_month=True),
            settled.read("lead_to_mql_rate", "lead_to_mql", TO_MQL, "share"),
            settled.read("mql_to_sql_rate", "mql_to_sql", TO_SQL, "share"),
            settled.read("sql_to_opportunity_rate", "sql_to_opportunity", TO_DEAL, "share"),
        )
    }


def selling(data: Dataset) -> dict[str, Rate]:
    """Return the rates of new deals; none where the company has no opportunities."""
    if "opportunities" not in data.tables:
        return {}
    now = window_of(data, "opportunities")
    return {
        one.name: one
        for one in (
            now.read("opportunities_created", "opportunities", DEALS, "count", a_month=True,
                     new=True),
            now.read("win_rate", "win_rate", WIN_RATE, "share", new=True),
            now.read("median_sales_cycle", "cycle", CYCLE, "days", new=True),
            now.read("won_deals", "won", WON, "count", a_month=True, new=True),
        )
    }  # fmt: skip


def recurring(data: Dataset, months: pd.DataFrame) -> dict[str, Rate]:
    """Return the movements of MRR: new a month, the others a month of the MRR that opens it.

    Their values are those of the bridge, month by month; a metric over the whole window would
    leave out what came and went within it. Their intervals are as wide as the metric's.

    Parameters
    ----------
    data
        The company.
    months
        The complete months of its bridge that they are measured in.
    """
    start = months["period"].iloc[0].date()
    end = (months["period"].iloc[-1] + pd.offsets.MonthBegin()).date()
    window, opened = Window(data, start, end), float(months["opening"].sum())
    found = {"customers": window.read("new_customers", "customers", CUSTOMERS, "count",
                                      a_month=True)}  # fmt: skip
    for name, (metric, title) in MOVEMENTS.items():
        unit, over = ("money/month", len(months)) if name == "new" else ("share", opened)
        whole = window.read(metric, name, title, unit)
        value = float(months[name].sum()) / over if over > 0 else math.nan
        times = value / whole.value if whole.value > 0 else math.nan
        found[name] = replace(
            whole, value=value, low=whole.low * times, high=whole.high * times,
            source=f"rk.bridge, {whole.source}", reason=None,
        )  # fmt: skip
    return found


def created_before(data: Dataset, months: int) -> Array:
    """Return the new deals created in each of the months before the company's day, latest first."""
    days = round(months * MONTH)
    start = max(data.as_of - timedelta(days=days - 1), data.first_day(["opportunities"]))
    daily = find("opportunities_created")(
        new_business(data), period="day", start=start, end=data.as_of + timedelta(days=1)
    )
    ago = daily["period"].map(lambda day: (data.as_of - day.date()).days).to_numpy(np.float64)
    at = np.minimum(np.floor(ago / MONTH), months - 1).astype(np.int64)
    return np.bincount(at, daily["value"].fillna(0.0), minlength=months).astype(np.float64)


def cycle_of(data: Dataset) -> Array:
    """Return the days that new deals take to be won, open ones included: quantiles, evenly."""
    from revkit.analysis.survival import survival

    curves = survival(new_business(data), "close").curves()
    won = curves[curves["outcome"] == "won"]
    share, time = (won[name].to_numpy(np.float64) for name in ("share", "time"))
    if not len(share) or not share[-1] > 0:
        return np.zeros(1)
    asked = (np.arange(QUANTILES) + 0.5) / QUANTILES * share[-1]
    at = np.minimum(np.searchsorted(share, asked), len(time) - 1)
    return np.asarray(time[at], dtype=np.float64)


def delay_of(data: Dataset) -> Array:
    """Return the days from a lead to its deal: quantiles, evenly; of none, none."""
    if "opportunity_id" not in data.columns("leads") or "opportunities" not in data.tables:
        return np.zeros(1)
    leads = data.lookup("leads").select("opportunity_id", "created_at")
    deals = data.lookup("opportunities").select(deal="opportunity_id", created="created_on")
    joined = leads.inner_join(deals, leads.opportunity_id == deals.deal)
    frame = joined.select("created_at", "created").to_pyarrow().to_pandas().dropna()
    if frame.empty:
        return np.zeros(1)
    begun = pd.to_datetime(frame["created_at"], utc=True).dt.tz_localize(None)
    days = (pd.to_datetime(frame["created"]) - begun.dt.normalize()).dt.days
    found = np.maximum(days.to_numpy(np.float64), 0.0)
    evenly = (np.arange(QUANTILES) + 0.5) / QUANTILES
    return np.asarray(np.quantile(found, evenly), dtype=np.float64)


UNDEFINED = message("nothing to measure it by in its window")
LEADS = message("New leads a month")
TO_MQL = message("Leads that become MQLs")
TO_SQL = message("MQLs that become SQLs")
TO_DEAL = message("SQLs that become opportunities")
DEALS = message("New opportunities a month")
WIN_RATE = message("Win rate of new business")
CYCLE = message("Median sales cycle of new business")
WON = message("New deals won a month")
NEW = message("New MRR a month")
CUSTOMERS = message("New customers a month")
EXPANSION = message("Expansion a month, of MRR")
REACTIVATION = message("Reactivation a month, of MRR")
CONTRACTION = message("Contraction a month, of MRR")
CHURN = message("Churn a month, of MRR")
MOVEMENTS = {
    "new": ("new_mrr", NEW), "expansion": ("expansion_mrr", EXPANSION),
    "reactivation": ("reactivation_mrr", REACTIVATION),
    "contraction": ("contraction_mrr", CONTRACTION), "churn": ("churned_mrr", CHURN),
}  # fmt: skip
