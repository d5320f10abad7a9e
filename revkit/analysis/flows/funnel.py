"""The funnel: how many leads reached each stage, and the narrowest step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.writing.finding import Finding
from revkit.dataset.argument import company
from revkit.language import language as spoken
from revkit.language import message
from revkit.statistics.intervals import wilson

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def funnel(data: Dataset, *, start: Any = None, end: Any = None) -> pd.DataFrame:
    """Count the leads of a range of days that reached each stage, then or later.

    Parameters
    ----------
    data
        A company with lead_history.
    start, end
        Days, half-open, in which a lead first entered the process; all when omitted.

    Returns
    -------
    pandas.DataFrame
        One row a stage of the process, first to last: stage, reached (leads), here (leads that
        are in it now), value (share of those who reached the stage before), low, high (Wilson,
        95 %). A stage that was skipped counts as reached.

    Notes
    -----
    Leads that are still on their way have not reached their last stage, so the shares of recent
    leads can only rise.
    """
    company(data, "rk.funnel")
    from ibis import _

    from revkit.derived.leads.lead_stages import lead_stages
    from revkit.periods import day

    visits = lead_stages(data)
    leads = visits.group_by("lead_id").aggregate(
        entered=_.entered.min(),
        furthest=_.position.max(),
        now=_.stage.max(where=_.left.isnull()),
    )
    if start is not None:
        leads = leads.filter(_.entered >= day(start, name="start"))
    if end is not None:
        leads = leads.filter(_.entered < day(end, name="end"))
    reached = leads.aggregate(by="furthest", leads=_.count()).execute()
    standing = leads.aggregate(by="now", here=_.count()).execute()
    order = (
        visits.filter(_.position.notnull())
        .aggregate(by=["stage", "position"], visits=_.count())
        .execute()
        .sort_values("position")
        .reset_index(drop=True)
    )
    here = dict(zip(standing["now"], standing["here"], strict=True))
    rows = pd.DataFrame({"stage": order["stage"]})
    rows["reached"] = [
        int(reached.loc[reached["furthest"] >= position, "leads"].sum())
        for position in order["position"]
    ]
    rows["here"] = [int(here.get(stage, 0)) for stage in rows["stage"]]
    before = rows["reached"].shift(1).to_numpy(dtype=np.float64)
    share = np.divide(
        rows["reached"].to_numpy(dtype=np.float64),
        before,
        out=np.full(len(rows), np.nan),
        where=before > 0,
    )
    low, high = wilson(share, before, 0.95)
    rows = rows.assign(value=share, low=low, high=high)
    rows.attrs = {
        "titles": {
            "here": message("There now"),
            "value": message("Of those before"),
        },
        "units": dict.fromkeys(("value", "low", "high"), "share"),
        "notes": tuple(map(str, data.notes_on(("leads", "lead_history", "stages")))),
    }
    return rows


def narrowest(stages: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say at which step the funnel lets the smallest share of leads through.

    Parameters
    ----------
    stages
        What :func:`funnel` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    columns = ("stage", "reached", "value", "low", "high")
    check.result(stages, "stages", "rk.say.narrowest", columns=columns, source="rk.funnel")
    words = spoken(language)
    steps = stages[stages["value"].notna()]
    if steps.empty:
        return Finding(words.gettext("No lead has entered the process in these days."), quiet=True)
    at = int(stages["value"].argmin())
    row, before = stages.iloc[at], stages.iloc[at - 1]
    return Finding(
        words.gettext(
            "The narrowest step is from {before} to {stage}: {share} pass ({reached} of {entered} "
            "leads, interval {low}–{high}).",
            before=before["stage"],
            stage=row["stage"],
            share=words.percent(f"{row['value'] * 100:.1f}"),
            reached=words.count(row["reached"]),
            entered=words.count(before["reached"]),
            low=words.number(f"{row['low'] * 100:.1f}"),
            high=words.percent(f"{row['high'] * 100:.1f}"),
        )
    )
