"""Rates of a plan: what the company's last twelve months say, each with its metric and interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.plans.engine import MONTH, Array
from revkit.catalogue import find
from revkit.catalogue.measure import Measured
from revkit.errors import Reason
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

    def read(self, *asked: Asked) -> dict[str, Rate]:
        """Return metrics over the window, or a month of it, by name; measured together."""
        found = Measured.of(
            self.data, [one.metric for one in asked], lenient=True,
            period=None, start=self.start, end=self.end, level=LEVEL,
        )  # fmt: skip
        return {one.name: self._rate(one, found) for one in asked}

    def _rate(self, asked: Asked, found: Measured) -> Rate:
        """Return one rate of those measured."""
        kind = " (kind: new)" if self.data.narrowed else ""
        empty = Rate(asked.name, asked.title, asked.unit, source=f"metrics.{asked.metric}{kind}")
        if asked.metric not in found.frames:
            return replace(empty, reason=found.reasons[asked.metric])
        row = found.frames[asked.metric].iloc[0]
        by = self.months if asked.a_month else 1.0
        value, low, high = (float(row[at]) / by for at in ("value", "low", "high"))
        return replace(
            empty, value=value, low=low, high=high, n=float(row["n"]), since=self.start,
            until=self.end, reason=Reason(UNDEFINED) if math.isnan(value) else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A metric to be read as a rate.

    Parameters
    ----------
    metric, name, title, unit
        The metric, and the rate's name, title and unit.
    a_month
        Whether it is divided by the months of the window.
    """

    metric: str
    name: str
    title: str
    unit: str
    a_month: bool = False


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
    return now.read(Asked("leads", "leads", LEADS, "count", a_month=True)) | settled.read(
        Asked("lead_to_mql_rate", "lead_to_mql", TO_MQL, "share"),
        Asked("mql_to_sql_rate", "mql_to_sql", TO_SQL, "share"),
        Asked("sql_to_opportunity_rate", "sql_to_opportunity", TO_DEAL, "share"),
    )


def selling(deals: Dataset) -> dict[str, Rate]:
    """Return the rates of new deals; none where the company has no opportunities.

    Parameters
    ----------
    deals
        The company's new business.
    """
    if "opportunities" not in deals.tables:
        return {}
    return window_of(deals, "opportunities").read(
        Asked("opportunities_created", "opportunities", DEALS, "count", a_month=True),
        Asked("win_rate", "win_rate", WIN_RATE, "share"),
        Asked("median_sales_cycle", "cycle", CYCLE, "days"),
        Asked("won_deals", "won", WON, "count", a_month=True),
    )


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
    found = Window(data, start, end).read(
        Asked("new_customers", "customers", CUSTOMERS, "count", a_month=True),
        *(Asked(metric, name, title, "share") for name, (metric, title) in MOVEMENTS.items()),
    )
    for name in MOVEMENTS:
        over = float(len(months) if name == "new" else months["opening"].sum())
        whole, value = found[name], float(months[name].sum()) / over if over > 0 else math.nan
        times = value / whole.value if whole.value > 0 else math.nan
        found[name] = replace(
            whole, value=value, low=whole.low * times, high=whole.high * times, reason=None,
            source=f"rk.bridge, {whole.source}", unit="money/month" if name == "new" else "share",
        )  # fmt: skip
    return found


def created_before(deals: Dataset, months: int) -> Array:
    """Return the new deals created in each of the months before the company's day, latest first."""
    days = round(months * MONTH)
    start = max(deals.as_of - timedelta(days=days - 1), deals.first_day(["opportunities"]))
    daily = find("opportunities_created")(
        deals, period="day", start=start, end=deals.as_of + timedelta(days=1)
    )
    ago = daily["period"].map(lambda day: (deals.as_of - day.date()).days).to_numpy(np.float64)
    at = np.minimum(np.floor(ago / MONTH), months - 1).astype(np.int64)
    return np.bincount(at, daily["value"].fillna(0.0), minlength=months).astype(np.float64)


def cycle_of(deals: Dataset) -> Array:
    """Return the days that new deals take to be won, open ones included: quantiles, evenly."""
    from revkit.analysis.survival import survival

    curves = survival(deals, "close").curves()
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
