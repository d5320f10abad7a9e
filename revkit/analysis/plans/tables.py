"""Tables of a plan, with the titles and units by which they are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.plans.engine import FLOWS, MONTH
from revkit.analysis.plans.targets.measures import BALANCE, LEADS, LOSSES, MEASURES, along, units
from revkit.analysis.plans.targets.own import own_target
from revkit.analysis.plans.wording import LEVER_TITLES
from revkit.language import message

if TYPE_CHECKING:
    from revkit.analysis.plans.futures import Futures
    from revkit.analysis.plans.rates import Rate

SUMMED = ("leads", "mqls", "sqls", "opportunities", "deals", *FLOWS, "spend")
LAST = ("arr", "reps_needed", "reps")
COLUMNS = ("period", *SUMMED[:-1], *LAST, "spend")


def periods(plan: Futures) -> pd.DatetimeIndex:
    """Return the first days of the calendar months in which the plan's months end."""
    ends = [plan.as_of + timedelta(days=int(MONTH * (at + 1) - 10)) for at in range(plan.size)]
    calendar = plan.calendars["month"]
    return pd.DatetimeIndex([calendar.first_day(calendar.number(day)) for day in ends])


def needed(plan: Futures) -> pd.DataFrame:
    """Return the months in which the target is reached."""
    course, rates = plan.course, plan.basis.rates
    frame = pd.DataFrame({"period": periods(plan)})
    scale = plan.scale
    path = plan.needed_path
    known = course.leads > 0 and np.isfinite(scale)
    frame["leads"] = course.leads * scale if known else np.nan
    frame["mqls"] = frame["leads"] * (rates["lead_to_mql"].value if known else np.nan)
    if known:
        frame["sqls"] = frame["mqls"] * rates["mql_to_sql"].value
        frame["sqls"] *= plan.factors.get("mql_to_sql", 1.0)
    else:
        frame["sqls"] = np.nan
    frame["opportunities"] = path.opportunities[0]
    frame["deals"] = path.deals[0]
    for flow in FLOWS:
        frame[flow] = path.flows[flow][0]
    frame["arr"] = path.mrr[0] * 12
    team = course.team
    frame["reps_needed"] = np.nan if team is None else path.opportunities[0] / team.full
    frame["reps"] = np.nan if team is None else team.expected(plan.size)
    cost = rates.get("cost_per_lead")
    frame["spend"] = frame["leads"] * (np.nan if cost is None else cost.value)
    frame.attrs = _attrs(plan, "month")
    return frame


def goals(plan: Futures, months: pd.DataFrame) -> pd.DataFrame:
    """Return the months of a plan by quarter."""
    calendar = plan.calendars["quarter"]
    number = months["period"].map(lambda day: calendar.number(day.date()))
    quarters = months.groupby(number)
    frame = quarters[list(SUMMED)].sum(min_count=1).join(quarters[list(LAST)].last())
    frame.insert(0, "period", pd.DatetimeIndex([calendar.first_day(int(n)) for n in frame.index]))
    frame = frame[list(COLUMNS)].reset_index(drop=True)
    frame.attrs = _attrs(plan, "quarter")
    return frame


def outlook(plan: Futures, months: pd.DataFrame) -> pd.DataFrame:
    """Return ARR by month if all goes on, with the range of futures."""
    ends = np.quantile(plan.futures, [(1 - plan.level) / 2, (1 + plan.level) / 2], axis=0)
    frame = pd.DataFrame({
        "period": periods(plan), "value": plan.expected_path.mrr[0] * 12,
        "low": ends[0], "high": ends[1], "target": months["arr"],
    })  # fmt: skip
    frame.attrs = _attrs(plan, "month") | {"level": plan.level, "band": message("{level} band")}
    return frame


def targets(plan: Futures, needed: pd.DataFrame) -> pd.DataFrame:
    """Return the company's own targets for the months of a plan, where it has some."""
    start, end = plan.as_of + timedelta(days=1), plan.by + timedelta(days=1)
    ends = [(1 - plan.level) / 2, (1 + plan.level) / 2]
    rows = []
    for name in MEASURES:
        own = own_target(plan.basis.targets, name, start, end)
        if np.isnan(own):
            continue
        takes = needed[name].iloc[-1] if name == BALANCE else needed[name].sum(min_count=1)
        expected = low = high = chance = np.nan
        if name not in LEADS:
            last = -1 if name == BALANCE else slice(None)
            expected = float(along(plan.expected_path, name)[0, last].sum())
            if name != "opportunities":  # futures differ in what becomes of them
                drawn = along(plan.drawn, name)[:, last].reshape(plan.draws, -1).sum(axis=1)
                low, high = np.quantile(drawn, ends)
                met = drawn <= own if name in LOSSES else drawn >= own
                chance = float(met.mean())
        elif plan.scale > 0:
            expected = float(takes / plan.scale)
        rows.append((name, own, float(takes), expected, low, high, chance))
    columns = ["measure", "own", "needed", "expected", "low", "high", "probability"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.attrs = {
        "currency": plan.currency, "level": plan.level, "band": message("{level} band"),
        "titles": {"measure": message("Measure"), "own": message("Own target"),
                   "needed": message("The plan takes"),
                   "expected": message("At the rates of today"),
                   "probability": message("Its probability")},
        "units": {
            "probability": "share",
            **dict.fromkeys(("own", "needed", "expected"), units(frame["measure"])),
        },
        "words": {"measure": TITLES},
    }  # fmt: skip
    return frame


def rates(plan: Futures) -> pd.DataFrame:
    """Return the rates of a plan."""
    found = list(plan.basis.rates.values())
    assumed = plan.words.gettext("assumed")
    times = [plan.factors.get(one.name, 1.0) for one in found]
    rows = {
        "rate": [plan.words.gettext(one.title) for one in found],
        "value": [one.value * by for one, by in zip(found, times, strict=True)],
        "low": [one.low * by for one, by in zip(found, times, strict=True)],
        "high": [one.high * by for one, by in zip(found, times, strict=True)],
        "n": [one.n if one.n else np.nan for one in found],
        "source": [one.source or assumed for one in found],
        "window": [_window(plan, one) for one in found],
    }
    frame = pd.DataFrame(rows)
    units = tuple(one.unit for one in found)
    frame.attrs = {
        "currency": plan.currency, "level": 0.95,
        "titles": {"rate": message("Rate"), "source": message("Source"),
                   "window": message("Window")},
        "units": {"value": units, "n": "count"},
    }  # fmt: skip
    return frame


def _window(plan: Futures, rate: Rate) -> str:
    if rate.since is None or rate.until is None:
        return ""
    last = rate.until - timedelta(days=1)
    if last == rate.since:
        return plan.words.day(last)
    return f"{plan.words.day(rate.since)} – {plan.words.day(last)}"


def levers(plan: Futures, rows: Sequence[tuple[str, float, float, float, float]]) -> pd.DataFrame:
    """Return the levers of a plan, the one that brings most first."""
    frame = pd.DataFrame(rows, columns=["lever", "change", "arr", "probability", "alone"])
    frame = frame.sort_values(["arr", "lever"], ascending=[False, True], ignore_index=True)
    frame.attrs = {
        "currency": plan.currency,
        "titles": {"lever": message("Lever"), "change": message("Change"),
                   "arr": message("ARR more"), "probability": message("Probability then"),
                   "alone": message("Change that would do alone")},
        "units": {"change": "share", "arr": "money", "probability": "share", "alone": "share"},
        "words": {"lever": LEVER_TITLES},
    }  # fmt: skip
    return frame


def _attrs(plan: Futures, period: str) -> dict[Any, Any]:
    calendar = plan.calendars[period]
    counts = ("leads", "mqls", "sqls", "opportunities", "deals", "reps_needed", "reps")
    return {
        "currency": plan.currency, "period": period,
        "fiscal_year_start": calendar.fiscal_year_start,
        "titles": TITLES,
        "units": dict.fromkeys(counts, "count")
        | dict.fromkeys((*FLOWS, "arr", "spend", "value", "low", "high", "target"), "money"),
        "notes": plan.notes,
    }  # fmt: skip


TITLES = {
    "leads": message("Leads"), "mqls": message("MQLs"), "sqls": message("SQLs"),
    "opportunities": message("Opportunities"), "deals": message("Deals won"),
    "new": message("New MRR"), "expansion": message("Expansion"),
    "reactivation": message("Reactivation"), "contraction": message("Contraction"),
    "churn": message("Churn"), "arr": message("ARR"),
    "reps_needed": message("Ramped reps needed"), "reps": message("Ramped reps expected"),
    "spend": message("Marketing spend"), "value": message("At the rates of today"),
    "target": message("To reach the target"),
}  # fmt: skip
