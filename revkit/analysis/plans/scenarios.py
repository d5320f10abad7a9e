"""Scenarios of a plan: the same futures at other rates, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd

from revkit import arguments as check
from revkit.analysis.plans.engine import LEVERS
from revkit.analysis.plans.futures import Futures
from revkit.errors import ParameterError
from revkit.language import message

Planned = TypeVar("Planned", bound=Futures)

WHERE = "plan.scenario"
HIRES = "{'hire 2': {'hires': 2}}"


def with_scenario(plan: Planned, hires: Any, factors: Mapping[str, Any]) -> Planned:
    """Return a plan with factors and hires on top of its own."""
    times = dict(plan.factors)
    for name, factor in factors.items():
        check.choice(name, "lever", WHERE, known=(*LEVERS, "hires"))
        number = check.number(factor, name, WHERE, example=1.1)
        if number < 0:
            raise ParameterError.unfit(
                name, factor, where=WHERE, needed="a factor, 0 or more", example="1.1"
            )
        if name in ("leads", "mql_to_sql") and not plan.course.leads > 0:
            raise ParameterError.unfit(
                name, factor, where=WHERE,
                needed="left out, as the company's leads and their stages are not known",
                example="opportunities=1.1",
            )  # fmt: skip
        times[name] = times.get(name, 1.0) * number
    more = _hires(hires)
    if (more or "reps" in factors) and plan.course.team is None:
        raise ParameterError.unfit(
            "hires", hires, where=WHERE,
            needed="left out, as the reps of new business are not known",
            example="opportunities=1.1",
        )  # fmt: skip
    for month, reps in plan.hires.items():
        more[month] = more.get(month, 0) + reps
    return replace(plan, factors=times, hires=more)


def _hires(given: Any) -> dict[int, int]:
    if isinstance(given, Mapping):
        return {
            check.whole(month, "hires", WHERE, least=0, what="number of months"): check.whole(
                reps, "hires", WHERE, least=0, what="number of reps", example=2
            )
            for month, reps in given.items()
        }
    reps = check.whole(given, "hires", WHERE, least=0, what="number of reps", example=2)
    return {0: reps} if reps else {}


def compared(plan: Futures, scenarios: Any) -> pd.DataFrame:
    """Return a plan beside scenarios of it."""
    check.mapping(
        scenarios, "scenarios", "plan.compare", needed="levers by the name of a scenario",
        example=HIRES,
    )  # fmt: skip
    made = {plan.words.gettext("as now"): plan}
    for name, levers in scenarios.items():
        check.text(name, "scenarios", "plan.compare", example="hire 2")
        check.mapping(
            levers, "scenarios", "plan.compare", needed="levers by the name of a scenario",
            example=HIRES,
        )  # fmt: skip
        factors = {lever: factor for lever, factor in levers.items() if lever != "hires"}
        made[name] = with_scenario(plan, levers.get("hires", 0), factors)
    rows = [
        (name, one.expected, *one.range, one.probability, one.scale) for name, one in made.items()
    ]
    columns = ["scenario", "arr", "low", "high", "probability", "scale"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.attrs = {
        "currency": plan.currency, "level": plan.level, "band": message("{level} band"),
        "titles": {"scenario": message("Scenario"), "arr": message("ARR expected"),
                   "probability": message("Probability of the target"),
                   "scale": message("Opportunities needed")},
        "units": {"arr": "money", "low": "money", "high": "money", "probability": "share",
                  "scale": "share"},
    }  # fmt: skip
    return frame
