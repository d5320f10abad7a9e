"""Pacing: what has come by a later day, beside what a plan wanted and expected by then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.plans.engine import MONTH, Array
from revkit.analysis.plans.tables import TITLES
from revkit.analysis.plans.targets.attained import came
from revkit.analysis.plans.targets.measures import BALANCE, LEADS, LOSSES, MEASURES, along, units
from revkit.analysis.plans.targets.own import own_target
from revkit.dataset.argument import company
from revkit.errors import ParameterError
from revkit.language import message

if TYPE_CHECKING:
    from revkit.analysis.plans.futures import Futures
    from revkit.dataset import Dataset

NEAR = 0.1
"""Share that may be missed and still be near."""


def paced(plan: Futures, needed: pd.DataFrame, later: Dataset) -> pd.DataFrame:
    """Return what has come by a later day beside what should have."""
    where = "plan.pace"
    company(later, where)
    gone = (later.as_of - plan.as_of).days
    if not 0 < gone <= (plan.by - plan.as_of).days:
        raise ParameterError.unfit(
            "later", str(later.as_of), where=where,
            needed=f"the company on a day after {plan.as_of}, up to {plan.by}",
            example=f"data.replay('{plan.as_of + timedelta(days=31)}')",
        )  # fmt: skip
    at = min(gone / MONTH, plan.size)
    begins, tomorrow = plan.as_of + timedelta(days=1), later.as_of + timedelta(days=1)
    rows, arrived = [], came(later, list(MEASURES), begins, tomorrow)
    for name in MEASURES:
        planned = needed[name].to_numpy(np.float64)
        begin = plan.basis.course.mrr * 12 if name == BALANCE else 0.0
        wanted = float(_by(planned[None, :], begin, at, balance=name == BALANCE)[0])
        if name not in LEADS:
            expected = float(_by(along(plan.expected_path, name), begin, at, name == BALANCE)[0])
            drawn = _by(along(plan.drawn, name), begin, at, name == BALANCE)
            low, high = np.quantile(drawn, [(1 - plan.level) / 2, (1 + plan.level) / 2])
        else:
            scale = plan.scale if plan.scale > 0 else np.nan
            expected, low, high = wanted / scale, np.nan, np.nan
        arrives = arrived[name]
        if np.isnan(wanted) or np.isnan(arrives):
            continue
        if name == "opportunities":
            low = high = np.nan  # futures differ in what becomes of deals, not in their number
        own = own_target(plan.basis.targets, name, begins, tomorrow)
        rows.append((name, wanted, own, arrives, arrives / wanted if wanted > 0 else np.nan,
                     expected, low, high, _verdict(name, wanted, arrives)))  # fmt: skip
    columns = ["measure", "planned", "own", "came", "share", "expected", "low", "high", "verdict"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.attrs = {
        "currency": plan.currency, "level": plan.level, "band": message("{level} band"),
        "titles": {"measure": message("Measure"), "planned": message("Planned by now"),
                   "own": message("Own target by now"),
                   "came": message("Came"), "share": message("Of the plan"),
                   "expected": message("Expected by now"), "verdict": message("Verdict")},
        "units": {"share": "share", **dict.fromkeys(
            ("planned", "own", "came", "expected"), units(frame["measure"])
        )},
        "words": {"measure": TITLES, "verdict": VERDICTS},
    }  # fmt: skip
    return frame


def _by(months: Array, begin: float, at: float, balance: bool) -> Array:
    """Return what a measure comes to by a time in months: a balance then, or what came so far."""
    ends = months if balance else np.cumsum(months, axis=1)
    ends = np.hstack([np.full((len(ends), 1), begin), ends])
    whole = min(int(at), ends.shape[1] - 2)
    part = at - whole
    return np.asarray(ends[:, whole] * (1 - part) + ends[:, whole + 1] * part)


def _verdict(name: str, wanted: float, came: float) -> str:
    """Return met, near or missed; of what is lost, less is better."""
    short = came - wanted if name in LOSSES else wanted - came
    if short <= 0:
        return "met"
    return "near" if short <= NEAR * abs(wanted) else "missed"


VERDICTS = {"met": message("met"), "near": message("near"), "missed": message("missed")}
