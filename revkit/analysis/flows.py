"""What flows in and out: the bridge of recurring revenue and the funnel of leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import period_label, quantity
from revkit.statistics.intervals import wilson

if TYPE_CHECKING:
    from revkit.dataset import Dataset

GAINS = {"new": "new_mrr", "expansion": "expansion_mrr", "reactivation": "reactivation_mrr"}
LOSSES = {"contraction": "contraction_mrr", "churn": "churned_mrr"}


def bridge(data: Dataset, *, period: str = "month", **options: Any) -> pd.DataFrame:
    """Lead from the MRR at a period's start to that at its end, movement by movement.

    Parameters
    ----------
    data
        A company with subscriptions.
    period, options
        As of any metric: `start`, `end`.

    Returns
    -------
    pandas.DataFrame
        One row a period: period, opening, new, expansion, reactivation, contraction, churn
        (the last two as positive sizes), net, closing (money a month), complete. Opening plus
        net is closing. Under a policy of spot rates also fx, what these moved, within net.
    """
    from revkit import metrics

    closing: pd.DataFrame = metrics.mrr(data, period=period, **options)
    frame = pd.DataFrame({"period": closing["period"]})
    for name, metric in (GAINS | LOSSES).items():
        frame[name] = getattr(metrics, metric)(data, period=period, **options)["value"].abs()
    frame["net"] = frame[[*GAINS]].sum(axis=1) - frame[[*LOSSES]].sum(axis=1)
    if data.policy.fx == "spot":
        frame["fx"] = metrics.fx_movement_mrr(data, period=period, **options)["value"]
        frame["net"] += frame["fx"]
    frame.insert(1, "opening", closing["value"] - frame["net"])
    frame["closing"] = closing["value"]
    frame["complete"] = closing["complete"]
    frame.attrs = dict(closing.attrs) | {
        "units": dict.fromkeys([*frame.columns.difference(["period", "complete"])], "money"),
    }
    return frame


def growth(movements: pd.DataFrame) -> Finding:
    """Say what the last complete period gained and lost, and what was the largest part of each.

    Parameters
    ----------
    movements
        What :func:`bridge` returned.
    """
    rows = movements[movements["complete"].astype(bool)]
    what = quantity(movements)
    if rows.empty:
        return Finding("There is no complete period of recurring revenue yet.", quiet=True)
    row = rows.iloc[-1]
    gained, lost = max(GAINS, key=lambda name: row[name]), max(LOSSES, key=lambda name: row[name])
    label = period_label(row["period"], movements.attrs.get("period", "month"))
    verb = "grew" if row["net"] > 0 else "shrank" if row["net"] < 0 else "stayed"
    return Finding(
        f"MRR {verb} by {what.text(abs(row['net']))} in {label}, to {what.text(row['closing'])}: "
        f"most came from {gained} ({what.text(row[gained])}), "
        f"most went to {lost} ({what.text(row[lost])})."
    )


def sources(movements: pd.DataFrame) -> Finding:
    """Say how much of the MRR gained came from accounts that were there already.

    Parameters
    ----------
    movements
        What :func:`bridge` returned; its complete periods are added up.
    """
    rows = movements[movements["complete"].astype(bool)]
    what = quantity(movements)
    gained, lost = float(rows[[*GAINS]].sum().sum()), float(rows[[*LOSSES]].sum().sum())
    if gained <= 0:
        return Finding("No recurring revenue was gained in these periods.", quiet=True)
    grown = float(rows["expansion"].sum())
    verb = "more" if grown > lost else "less"
    return Finding(
        f"Expansion brought {grown / gained * 100:.0f}\u00a0% of the MRR gained over "
        f"{len(rows)} periods ({what.text(grown)} of {what.text(gained)}), {verb} than was lost "
        f"to contraction and churn ({what.text(lost)})."
    )


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
            "here": "There now",
            "value": "Of those before",
        },
        "units": dict.fromkeys(("value", "low", "high"), "share"),
    }
    return rows


def narrowest(stages: pd.DataFrame) -> Finding:
    """Say at which step the funnel lets the smallest share of leads through.

    Parameters
    ----------
    stages
        What :func:`funnel` returned.
    """
    steps = stages[stages["value"].notna()]
    if steps.empty:
        return Finding("No lead has entered the process in these days.", quiet=True)
    at = int(stages["value"].argmin())
    row, before = stages.iloc[at], stages.iloc[at - 1]
    return Finding(
        f"The narrowest step is from {before['stage']} to {row['stage']}: "
        f"{row['value'] * 100:.1f}\u00a0% pass ({row['reached']:,} of {before['reached']:,} leads, "
        f"interval {row['low'] * 100:.1f}–{row['high'] * 100:.1f}\u00a0%)."
    )
