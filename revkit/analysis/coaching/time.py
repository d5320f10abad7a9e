"""Time and contacts of reps: logged selling hours over working time, silent weeks as zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.periods import local_day

if TYPE_CHECKING:
    from revkit.analysis.coaching.deals import Span
    from revkit.dataset import Dataset

SELLING = ("call", "meeting", "demo")
CONTACTS = ("call", "email", "meeting", "demo")

WEEK = 40.0
"""Hours of a working week of five days."""

COLUMNS = ("weeks", "silent", "hours", "selling", "contacts", "contacts_a_week")


def time_of(data: Dataset, span: Span, reps: pd.DataFrame) -> pd.DataFrame:
    """Return, by rep, the logged selling time over the weeks at work, and contacts a week.

    Returns
    -------
    pandas.DataFrame
        By rep_id: ``weeks`` (of five working days between hire and leaving, in the span and on
        record), ``silent`` (calendar weeks without any activity), ``hours`` (of calls, meetings
        and demos with people outside, not automated), ``selling`` (hours over weeks of 40),
        ``contacts`` (with e-mails), ``contacts_a_week``. NaN where no minutes are logged at all.
    """
    empty = pd.DataFrame(columns=[*COLUMNS], index=pd.Index([], name="rep_id"))
    if "activities" not in data or reps.empty:
        return empty
    from ibis import _

    table = data.table("activities")
    day = local_day(table.occurred_at, data.policy.timezone)
    table = table.mutate(day=day).filter(_.day >= span.start, _.day < span.end)
    timed = "minutes" in data.columns("activities")
    selling = table.kind.isin(SELLING) & ~table.is_automated
    contacts = table.kind.isin(CONTACTS) & ~table.is_automated
    daily = table.group_by("rep_id", "day").aggregate(
        minutes=table.minutes.cast("float64").sum(where=selling) if timed else table.count() * 0.0,
        contacts=contacts.ifelse(1, 0).sum(),
    )
    rows: pd.DataFrame = daily.to_pyarrow().to_pandas()
    if rows.empty:
        return empty
    rows["day"] = pd.to_datetime(rows["day"])
    rows = rows.sort_values(["rep_id", "day"], ignore_index=True)
    start = max(pd.Timestamp(span.start), rows["day"].min())
    return _by_rep(rows, reps, start, pd.Timestamp(span.end), timed=timed)


def _by_rep(
    rows: pd.DataFrame, reps: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, *, timed: bool
) -> pd.DataFrame:
    begun = reps["hired_on"].where(reps["hired_on"] > start, start)
    over = reps["left_on"].where(reps["left_on"] < end, end)
    at_work = begun < over
    begun, over = begun[at_work], over[at_work]
    found = pd.DataFrame(index=begun.index)
    days = np.busday_count(
        begun.to_numpy("datetime64[D]"), over.to_numpy("datetime64[D]")
    )  # without leave and holidays, which are not known
    found["weeks"] = days / 5.0
    inside = rows[rows["rep_id"].isin(found.index)]
    inside = inside[inside["day"] >= pd.to_datetime(inside["rep_id"].map(begun.to_dict()))]
    inside = inside[inside["day"] < pd.to_datetime(inside["rep_id"].map(over.to_dict()))]
    weeks = inside.assign(week=inside["day"].dt.to_period("W").astype(str))
    active = weeks.groupby("rep_id")["week"].nunique().reindex(found.index).fillna(0)
    found["silent"] = np.maximum(_weeks(begun, over) - active, 0)
    sums = inside.groupby("rep_id")[["minutes", "contacts"]].sum().reindex(found.index).fillna(0)
    logged = timed and sums["minutes"].sum() > 0
    found["hours"] = sums["minutes"] / 60 if logged else np.nan
    worked = found["weeks"].where(found["weeks"] > 0)
    found["selling"] = found["hours"] / (WEEK * worked)
    found["contacts"] = sums["contacts"]
    found["contacts_a_week"] = found["contacts"] / worked
    return found[[*COLUMNS]]


def _weeks(begun: pd.Series, over: pd.Series) -> pd.Series:
    """Return the calendar weeks with a working day between two days."""
    monday = begun + pd.to_timedelta(
        np.where(begun.dt.day_of_week > 4, 7 - begun.dt.day_of_week, 0), "D"
    )
    first = monday - pd.to_timedelta(monday.dt.day_of_week, "D")
    last = over - pd.Timedelta(days=1)
    last = last - pd.to_timedelta(last.dt.day_of_week, "D")
    weeks: pd.Series[Any] = (last - first).dt.days // 7 + 1
    return weeks.clip(lower=0)
