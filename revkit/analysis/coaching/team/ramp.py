"""Ramp: months from hire to the first win and to a full quota, with those not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import derived
from revkit.derived.reps.shares import by_rep
from revkit.language import message
from revkit.periods import Calendar
from revkit.statistics.spells import Spells
from revkit.statistics.survival import kaplan_meier

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.statistics.survival import Curve

MONTH = 365.25 / 12

FIRST_WIN, FULL_QUOTA = "first win", "full quota"

FEW = 10
"""Hires of a cohort below which it says `small`."""


@dataclass(frozen=True)
class Ramp:
    """Months from hire until an event, by the year of hire.

    Parameters
    ----------
    spells
        One row a hire and event: ``event`` (first win, full quota), ``rep_id``, ``cohort`` (the
        year of hire), ``months``, ``reached`` (0 while not there, or gone before).
    """

    spells: pd.DataFrame

    def curves(self, event: str = FIRST_WIN, *, by: str | None = None) -> pd.DataFrame:
        """Return the share of hires who are there by each month, by Kaplan and Meier.

        Parameters
        ----------
        event
            "first win" or "full quota".
        by
            "cohort" for a curve a year of hire.
        """
        rows = self.spells[self.spells["event"] == event]
        groups = rows.groupby(by, sort=True) if by else [("", rows)]
        parts = []
        for name, one in groups:
            if one.empty:
                continue
            curve = kaplan_meier(Spells.of(one["months"], one["reached"]))
            parts.append(pd.DataFrame({
                "cohort": str(name), "months": curve.time, "at_risk": curve.at_risk,
                "share": 1 - curve.share, "low": 1 - curve.high, "high": 1 - curve.low,
            }))  # fmt: skip
        columns = ["cohort", "months", "at_risk", "share", "low", "high"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def summary(self) -> pd.DataFrame:
        """Return one row an event and year of hire, and one for all years.

        Returns
        -------
        pandas.DataFrame
            ``event``, ``cohort`` (a year, or "all"), ``n`` (hires), ``reached``, ``median`` months,
            ``low``, ``high`` (95 %), ``naive`` (the mean of those who are there, which leaves the
            slow ones out), ``small`` (fewer than ten hires). NaN where fewer than half are there.
        """
        rows = []
        for event in (FIRST_WIN, FULL_QUOTA):
            of = self.spells[self.spells["event"] == event]
            cohorts = [*of.groupby("cohort", sort=True), ("all", of)] if len(of) else []
            for name, one in cohorts:
                curve = kaplan_meier(Spells.of(one["months"], one["reached"]))
                _, low, high = curve.quantile()
                there = one.loc[one["reached"] == 1, "months"]
                rows.append({
                    "event": event, "cohort": str(name), "n": len(one), "reached": len(there),
                    "median": _median(curve), "low": low, "high": high,
                    "naive": float(there.mean()) if len(there) else np.nan,
                    "small": len(one) < FEW,
                })  # fmt: skip
        columns = ["event", "cohort", "n", "reached", "median", "low", "high", "naive", "small"]
        table = pd.DataFrame(rows, columns=columns)
        table.attrs = {
            "titles": {
                "event": message("From hire to"), "cohort": message("Hired in"),
                "n": message("Hires"), "reached": message("There so far"),
                "median": message("Median"), "naive": message("Mean of those there alone"),
            },
            "units": dict.fromkeys(("median", "low", "high", "naive"), "months"),
            "words": {"event": EVENTS, "cohort": {"all": message("all years")}},
        }  # fmt: skip
        return table


def _median(curve: Curve) -> float:
    """Return the month by which half are there; where exactly half are for a while, its middle.

    So is the median of four the mean of the two in the middle, and that of all lies among those of
    the years.
    """
    rest = np.round(curve.share, 9)
    half, later = curve.time[rest <= 0.5], curve.time[rest < 0.5]
    if not len(half) or not len(later):
        return float(half[0]) if len(half) else float("nan")
    return float(half[0] + later[0]) / 2


EVENTS = {FIRST_WIN: message("first win"), FULL_QUOTA: message("full quota")}


def ramp_of(data: Dataset, new: Dataset, reps: pd.DataFrame, sellers: list[str]) -> Ramp:
    """Return the months from hire of the sellers who were hired while deals are on record.

    Parameters
    ----------
    data
        The company; a full quota is made of all its deals.
    new
        The same of new business alone, for the first win.
    reps
        By rep_id, with ``hired_on`` and ``left_on``.
    sellers
        Whose time is measured: those who win deals or carry a quota.
    """
    columns = ["event", "rep_id", "cohort", "months", "reached"]
    if reps["hired_on"].isna().all() or "opportunities" not in data:
        return Ramp(pd.DataFrame(columns=columns))
    from ibis import _

    table = new.table("opportunities").filter(_.is_won, _.closed_on.notnull())
    won = by_rep(table, new).filter(_.rep_id.notnull()).group_by("rep_id", "closed_on")
    wins: pd.DataFrame = won.aggregate(n=_.count()).to_pyarrow().to_pandas()
    if wins.empty:
        return Ramp(pd.DataFrame(columns=columns))
    wins["closed_on"] = pd.to_datetime(wins["closed_on"])
    hires = reps[reps.index.isin(sellers) & (reps["hired_on"] >= wins["closed_on"].min())]
    hires = hires[hires["hired_on"] <= pd.Timestamp(data.as_of)]
    hired = pd.to_datetime(wins["rep_id"].map(hires["hired_on"].to_dict()))
    wins = wins[wins["closed_on"] >= hired]
    first = wins.groupby("rep_id")["closed_on"].min().reindex(hires.index)
    over = hires["left_on"].fillna(pd.Timestamp(data.as_of) + pd.Timedelta(days=1))
    months = (first.where(first <= over, over) - hires["hired_on"]).dt.days / MONTH
    of_wins = pd.DataFrame({
        "event": FIRST_WIN, "rep_id": hires.index, "months": months.clip(lower=1 / MONTH),
        "reached": (first <= over).astype(int), "cohort": hires["hired_on"].dt.year.astype(str),
    })  # fmt: skip
    parts = [of_wins, *_full_quota(data, hires)]
    return Ramp(pd.concat(parts, ignore_index=True)[columns])


def _full_quota(data: Dataset, hires: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the months until three months' bookings are 80 % of the full quota."""
    needed = {"targets", "reps"}
    if not needed <= set(data.tables) or "amount" not in data.columns("opportunities"):
        return []
    table = derived.table(data, "ramps", Calendar("month"))
    rows: pd.DataFrame = table.to_pyarrow().to_pandas().sort_values("rep_id")
    rows = rows[rows["rep_id"].isin(hires.index) & (rows["watched"] > 0)]
    if rows.empty:
        return []
    there = rows["months"].notna()
    months = rows["months"].where(there, rows["watched"]).astype(float)
    return [pd.DataFrame({
        "event": FULL_QUOTA, "rep_id": rows["rep_id"], "months": months,
        "reached": there.astype(int),
        "cohort": pd.to_datetime(rows["hired_on"]).dt.year.astype(str),
    })]  # fmt: skip
