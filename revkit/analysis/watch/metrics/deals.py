"""New-business deals: won, closed and called, discounts, sizes and promised days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.watch.leaves import LOG, MEAN, RATE, Leaves, of_rows
from revkit.analysis.watch.metrics.rows import Window, dimensions, frame, places
from revkit.periods import local_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.dataset import Dataset

AGES = (15, 30, 60, 90, 150, 240)
"""Days by which deals are grouped: those that close young are won at another rate."""

TENURES = (180, 365)
"""Days by which reps are grouped by how long they have been there."""

NEEDED = frozenset({"created_on", "closed_on", "is_won"})
"""Columns without which nothing is watched of deals."""

INTERVAL, OLDEST = 30, 12
"""Days of an interval of a deal's life, and the interval from which all are alike."""


def deals(data: Dataset, window: Window) -> list[Leaves]:
    """Return what is watched of deals of new business."""
    if "opportunities" not in data or not data.columns("opportunities") >= NEEDED:
        return []
    from ibis import _

    known = data.columns("opportunities")
    table = data.table("opportunities").filter(_.kind == "new", _.created_on.notnull())
    columns = ["opportunity_id", *sorted(NEEDED)]
    columns += [name for name in ("amount", "discount", "rep_id") if name in known]
    rows = frame(table, data, "opportunities", columns)
    rows = rows[rows["closed_on"].isna() | rows["is_won"].notna()]
    names = dimensions(data, "opportunities")
    closed = _with_tenure(rows[rows["closed_on"].notna()], data)
    won = closed[closed["is_won"].astype(bool)]
    found = [
        *_wins(closed, names, window),
        _closing(rows, names, window),
        *_discounts(won, names, window),
        *_sizes(won, names, window),
    ]
    if "opportunity_history" in data:
        found += _promises(data, rows, won, names, window)
    return [one for one in found if len(one.rows)]


def _strata(names: tuple[str, ...], *more: str) -> list[str]:
    return [*(name for name in ("segment",) if name in names), *more]


def _in_quarter(months: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each month's place in the quarter: deals are promised for its end, and close there."""
    found: NDArray[np.int64] = months % 3
    return found


def _wins(closed: pd.DataFrame, names: tuple[str, ...], window: Window) -> list[Leaves]:
    """Return wins of closed deals by the month they closed, and by that they were opened in."""
    age = (closed["closed_on"] - closed["created_on"]).dt.days
    cases = closed[[*names, "tenure"]].assign(
        seen=closed["is_won"].astype(np.float64), age=np.searchsorted(AGES, age.to_numpy())
    )
    seller = "rep_id" if "rep_id" in closed else None
    if seller:
        cases[seller] = closed[seller].astype("category")
    by, found = places(names, pairs=True), []
    for axis, column in (("closed", "closed_on"), ("opened", "created_on")):
        month = window.of(closed[column])
        dated = cases.assign(month=month, in_quarter=_in_quarter(month))
        strata = _strata(names, "age", "in_quarter", "tenure")
        found.append(
            of_rows("win_rate", axis, RATE, dated, window.months, by, strata, within="age",
                    seller=seller)
        )  # fmt: skip
    return found


def _with_tenure(closed: pd.DataFrame, data: Dataset) -> pd.DataFrame:
    """Return deals with how long their rep had been there at the end; 0 where that is not known.

    Whoever is new wins less: a team that was hired in one year wins more in the next.
    """
    known = "rep_id" in closed and "reps" in data and "hired_on" in data.columns("reps")
    if not known:
        return closed.assign(tenure=0)
    reps = data.table("reps").select("rep_id", "hired_on").execute().set_index("rep_id")
    hired = reps["hired_on"].reindex(closed["rep_id"].astype(object))
    days = (closed["closed_on"] - pd.to_datetime(hired.to_numpy())).dt.days
    return closed.assign(tenure=np.where(days.isna(), 0, 1 + np.searchsorted(TENURES, days)))


def _closing(rows: pd.DataFrame, names: tuple[str, ...], window: Window) -> Leaves:
    """Return how many deals close in each 30 days of their life, by the month these begin in."""
    today = pd.Timestamp(window.as_of)
    life = (rows["closed_on"].fillna(today) - rows["created_on"]).dt.days.to_numpy().clip(min=0)
    ended = rows["closed_on"].notna().to_numpy()
    reach = ((today - rows["created_on"]).dt.days.to_numpy() + 1) // INTERVAL  # whole ones by now
    count = np.minimum(life // INTERVAL + 1, np.maximum(reach, 0)).astype(np.int64)
    deal = np.repeat(np.arange(len(rows)), count)
    place = np.arange(len(deal)) - np.repeat(np.cumsum(count) - count, count)
    begun = rows["created_on"].iloc[deal] + pd.to_timedelta(place * INTERVAL, unit="D")
    cases = rows[list(names)].iloc[deal].reset_index(drop=True)
    cases = cases.assign(
        seen=(ended[deal] & (place == life[deal] // INTERVAL)).astype(np.float64),
        interval=np.minimum(place, OLDEST),
        month=window.of(begun.reset_index(drop=True)),
    )
    cases = cases[cases["month"] >= 0]
    cases["in_quarter"] = _in_quarter(cases["month"].to_numpy())
    strata = _strata(names, "interval", "in_quarter")
    return of_rows("closing_rate", "calendar", RATE, cases, window.months, places(names), strata)


def _discounts(won: pd.DataFrame, names: tuple[str, ...], window: Window) -> list[Leaves]:
    """Return discounts of won deals, beside what is usual."""
    if "discount" not in won:
        return []
    known = won[won["discount"].notna()]
    share = known["discount"].astype(np.float64)
    usual = float(share.mean())
    if not usual > 0:
        return []
    cases = known[list(names)].assign(seen=share / usual, month=window.of(known["closed_on"]))
    by, strata = places(names), _strata(names)
    return [of_rows("discount_rate", "closed", MEAN, cases, window.months, by, strata, scale=usual)]


def _sizes(won: pd.DataFrame, names: tuple[str, ...], window: Window) -> list[Leaves]:
    """Return logarithms of the amounts of won deals."""
    if "amount" not in won:
        return []
    amount: Any = pd.to_numeric(won["amount"], errors="coerce").astype(np.float64)
    known = won[(amount > 0).to_numpy()]
    cases = known[list(names)].assign(
        seen=np.log(amount[amount > 0].to_numpy()), month=window.of(known["closed_on"])
    )
    strata = [name for name in ("segment", "product") if name in names]
    return [of_rows("deal_size", "closed", LOG, cases, window.months, places(names), strata)]


def _promises(
    data: Dataset, rows: pd.DataFrame, won: pd.DataFrame, names: tuple[str, ...], window: Window
) -> list[Leaves]:
    """Return the days that were promised on opening, and how many won deals were called commit."""
    from ibis import _

    loaded = data.columns("opportunity_history")
    history = data.table("opportunity_history")
    found = []
    if "expected_close_on" in loaded:
        first = history.filter(_.expected_close_on.notnull()).group_by("opportunity_id")
        promised = first.aggregate(promised_on=_.expected_close_on.argmin(_.changed_at)).execute()
        known = rows.merge(promised, on="opportunity_id")
        days = (pd.to_datetime(known["promised_on"]) - known["created_on"]).dt.days
        cases = known[list(names)].assign(
            seen=np.log(days.clip(lower=1).to_numpy(np.float64)),
            month=window.of(known["created_on"]),
        )
        cases["in_quarter"] = _in_quarter(cases["month"].to_numpy())
        strata = _strata(names, "in_quarter")
        found.append(
            of_rows("promised_days", "opened", LOG, cases, window.months, places(names), strata)
        )
    if "forecast_category" in loaded:
        deal = data.table("opportunities").select(
            of_deal="opportunity_id", ended_on="closed_on", ended_won="is_won"
        )
        day = local_day(history.changed_at, data.policy.timezone)
        changes = history.mutate(changed_on=day)
        before = changes.join(deal, changes.opportunity_id == deal.of_deal).filter(
            _.ended_won, _.changed_on < _.ended_on, _.forecast_category.notnull()
        )
        last = before.group_by("opportunity_id").aggregate(
            category=_.forecast_category.argmax(_.changed_at)
        )
        known = won.merge(last.execute(), on="opportunity_id")
        cases = known[list(names)].assign(
            seen=(known["category"] == "commit").astype(np.float64),
            month=window.of(known["closed_on"]),
        )
        found.append(
            of_rows("won_as_commit", "closed", RATE, cases, window.months, places(names),
                    _strata(names))
        )  # fmt: skip
    return found
