"""Measures of a sales team: selling time of those with a quota, and the weakest rep's wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ibis import _

from revkit import derived
from revkit.algebra import Formula, Stock, TableName, Total
from revkit.analysis.defaults import new_business
from revkit.analysis.operating_model.measures.formulas import Asked, own, read
from revkit.analysis.operating_model.measures.reading import Reading, Year
from revkit.catalogue import find
from revkit.dimensions import resolve
from revkit.errors import DimensionError, Reason
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

WORKDAY = 8 * 60
"""Minutes of a working day."""

DECIDED = 30
"""Decided deals from which on a rep is compared."""


def selling_week(data: Dataset, year: Year) -> Reading:
    """Return the selling minutes logged over the working time of the reps who carry a quota.

    Weeks in which a rep logs nothing count in full; leave and holidays are not known.
    """
    if "targets" not in data or "reps" not in data:
        return read(data, own(_rep_days, "count"), year)
    spans = derived.table(data, "quota_spans", data.policy.periods("month"))
    sellers = sorted(spans.select("rep_id").distinct().to_pyarrow()["rep_id"].to_pylist())

    def selling(activities: TableName, quota_spans: TableName) -> Formula:
        """Selling minutes over minutes of working days."""
        sold = Total(activities, at="occurred_at").where(_.is_selling)
        days = Stock(quota_spans, start="started_on", end="ended_on").exposure("working day")
        return sold.where(_.rep_id.isin(sellers)).of(_.minutes) / (days * WORKDAY)

    return read(data, own(selling, "ratio"), year) if sellers else Reading(reason=Reason(NOBODY))


def _rep_days(quota_spans: TableName) -> Formula:
    """Reps who carry a quota, for a company that lacks the tables which say so."""
    return Stock(quota_spans, start="started_on", end="ended_on")


def selling_time(data: Dataset, year: Year) -> Reading:
    """Return the share of logged time that was spent selling, where other time is logged, too."""
    found = read(data, Asked(find("selling_time_share")), year)
    if found.value == 1:
        return Reading(n=found.n, reason=Reason(SELLING_ALONE))
    return found


def weakest_rep(data: Dataset, year: Year) -> Reading:
    """Return by how many standard errors the weakest rep wins less than like deals are won.

    Deals are alike that are of one segment. The more reps are compared, the weaker the weakest is
    by chance alone, so the number is that of one rep with the same chance of a false alarm
    (Šidák).
    """
    from scipy.special import ndtr, ndtri

    deals = new_business(data)
    by = ["rep_id", "segment"] if _reached(deals, "segment") else ["rep_id"]
    rows = find("win_rate")(deals, by=by, period=None, start=year.start, end=year.end, limit=None)
    rows = rows[(rows["n"] > 0) & (rows["rep_id"] != "(missing)")]
    n, won = rows["n"].to_numpy(float), (rows["value"] * rows["n"]).to_numpy(float)
    group: Any = rows["segment"] if "segment" in rows else np.zeros(len(rows))
    sums = rows.assign(won=won, n=n, group=group).groupby("group", sort=True)
    usual = (sums["won"].transform("sum") / sums["n"].transform("sum")).to_numpy(float)
    deals_of = rows.assign(
        n=n, gap=won - n * usual, variance=n * usual * (1 - usual)
    ).groupby("rep_id", sort=True)[["n", "gap", "variance"]].sum()  # fmt: skip
    judged = deals_of[(deals_of["n"] >= DECIDED) & (deals_of["variance"] > 0)]
    if len(judged) < 2:
        return Reading(n=len(judged), reason=Reason(FEW_REPS, count=DECIDED))
    lowest = float((judged["gap"] / np.sqrt(judged["variance"])).min())
    chance = -np.expm1(len(judged) * np.log1p(-ndtr(lowest)))
    return Reading(float(ndtri(min(chance, 1 - 1e-12))), len(judged))


def _reached(data: Dataset, name: str) -> bool:
    """Return whether deals are loaded and reach a dimension."""
    if "opportunities" not in data:
        return False
    try:
        resolve(name, "opportunities", data.specs)
    except DimensionError:
        return False
    return True


NOBODY = message("no rep carries a quota")
SELLING_ALONE = message("only selling is logged")
FEW_REPS = message("fewer than two reps with {count} decided deals")
