"""The basis of a plan: the rates of a company's last twelve months, and the course they make."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from revkit.analysis.defaults import kinds_unsaid, new_business
from revkit.analysis.plans import rates as of_company
from revkit.analysis.plans.crew import crew_of
from revkit.analysis.plans.drift import YEAR, drifts, months_of, spreads
from revkit.analysis.plans.engine import FLOWS, Course
from revkit.analysis.plans.rates import Rate
from revkit.analysis.plans.targets.attained import Attained, attained
from revkit.analysis.plans.targets.own import none, own_targets
from revkit.catalogue import find
from revkit.errors import ParameterError, Reason
from revkit.language import message

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset

PIPELINE = 24
"""Months of deals created before today that may still be won."""


@dataclass(frozen=True)
class Basis:
    """The beginning of a plan.

    Parameters
    ----------
    course
        The months ahead, if all goes on as in the last twelve months.
    rates
        What it is made of, by name.
    months
        The complete months of MRR and its movements.
    left_out
        What the company's tables do not tell, and why.
    targets
        The company's own: :func:`~revkit.analysis.plans.targets.own.own_targets`.
    attained
        What came of those for the last twelve months.
    """

    course: Course
    rates: dict[str, Rate]
    months: pd.DataFrame
    left_out: tuple[Reason, ...] = ()
    targets: pd.DataFrame = field(default_factory=none)
    attained: tuple[Attained, ...] = ()


def basis_of(data: Dataset, ahead: int) -> Basis:
    """Return the basis of a plan of some months."""
    months = months_of(data)
    mrr = float(find("mrr")(data, period="day", start=data.as_of)["value"].iloc[-1])
    if not mrr > 0 or months.empty:
        raise ParameterError.unfit(
            "data", data, where="rk.plan",
            needed="a company with MRR on its day and a month that is over",
            example="rk.load('data/sample')",
        )  # fmt: skip
    flows = of_company.recurring(data, months.tail(YEAR))
    deals = new_business(data)
    sold, came = of_company.selling(deals), of_company.funnel(data)
    team, people = crew_of(data, deals)
    left: list[Reason] = []
    if not _whole(sold):
        sold, came, team, people = {}, {}, None, {}
        left.append(Reason(NO_DEALS))
        if not flows["customers"].value > 0:
            left.append(Reason(NO_NEW))
    elif not _whole(came):
        came = {}
        left.append(Reason(NO_LEADS))
    if sold:
        left += kinds_unsaid(data)
    if sold and team is None:
        left.append(Reason(NO_TEAM))
    course = _course(data, deals, mrr, flows, sold, came)
    seen = spreads(months)
    spread = {name: seen[name] if seen[name] > 0 else _chance(flows[name]) for name in FLOWS}
    drift = drifts(months, ahead, spread)
    doubt = {name: math.sqrt(spread[name] / YEAR) for name in FLOWS}
    course = replace(course, team=team, drift=drift, spread=spread, doubt=doubt)
    all_rates = {**came, **sold, **flows, **people, **_derived(course, sold, came)}
    cost = _cost(data) if came else None
    if cost is not None:
        all_rates["cost_per_lead"] = cost
    if came and (cost is None or not cost.known):
        left.append(Reason(NO_SPEND))
    targets = own_targets(data)
    return Basis(course, all_rates, months, tuple(left), targets, attained(data, targets))


def _whole(rates: dict[str, Rate]) -> bool:
    """Report whether a part of the company is known well enough to plan with."""
    return bool(rates) and all(one.value > 0 for one in rates.values())


def _chance(rate: Rate) -> float:
    """Return the relative variance of a month by a rate's interval; of no events, that of one."""
    found = rate.relative
    return (min(found, 1.0) if found > 0 else 1.0) ** 2 * YEAR


def _course(
    data: Dataset,
    deals: Dataset,
    mrr: float,
    flows: dict[str, Rate],
    sold: dict[str, Rate],
    came: dict[str, Rate],
) -> Course:
    """Return the course of the months ahead at the rates of the last twelve months."""
    monthly = {
        name: flows[name].value if flows[name].known else 0.0 for name in FLOWS if name != "new"
    }
    new = flows["new"].value if flows["new"].known else 0.0
    if not sold:  # a customer stands for a deal that is won the day it is created
        number = flows["customers"].value if flows["customers"].value > 0 else math.nan
        deal = new / number if number > 0 else 0.0
        return Course(
            mrr, math.nan, 0.0, number if number > 0 else 0.0, np.zeros(1), np.zeros(PIPELINE),
            1.0, np.zeros(1), deal, monthly,
        )  # fmt: skip
    opportunities, win_rate = sold["opportunities"].value, sold["win_rate"].value
    deal = new / sold["won"].value
    leads, per_lead, delay = math.nan, 0.0, np.zeros(1)
    if came:
        leads = came["leads"].value
        steps = ("lead_to_mql", "mql_to_sql", "sql_to_opportunity")
        per_lead = math.prod(came[name].value for name in steps)
        per_lead = min(per_lead, opportunities / leads)
        delay = of_company.delay_of(data)
    other = opportunities - (per_lead * leads if came else 0.0)
    created = of_company.created_before(deals, PIPELINE)
    cycle = of_company.cycle_of(deals)
    return Course(
        mrr, leads, per_lead, other, delay, created, win_rate, cycle, deal, monthly
    )  # fmt: skip


def _derived(course: Course, sold: dict[str, Rate], came: dict[str, Rate]) -> dict[str, Rate]:
    """Return the rates that follow from others."""
    deal = course.deal if course.deal > 0 else math.nan
    found = [Rate("deal_size", DEAL, "money/month", deal, source="new / won")]
    if came:
        found.append(
            Rate("other", OTHER, "count", course.other, source="opportunities - leads × rates")
        )
    return {one.name: one for one in found}


def _cost(data: Dataset) -> Rate | None:
    """Return the marketing spend of a lead."""
    if "spend" not in data.tables:
        return None
    window = of_company.window_of(data, "spend")
    asked = of_company.Asked("cost_per_lead", "cost_per_lead", COST, "money")
    return window.read(asked)["cost_per_lead"]


DEAL = message("New MRR of a won deal")
OTHER = message("New opportunities a month that come from no lead")
COST = message("Marketing spend per lead")
NO_DEALS = message("without opportunities that are won, the plan counts new customers instead of "
                   "deals")  # fmt: skip
NO_NEW = message("no new customer came in the last twelve months: how many may come, and what one "
                 "is worth, cannot be told, and the plan holds none")  # fmt: skip
NO_LEADS = message("without leads and their stages, the plan begins with opportunities")
NO_TEAM = message("without the reps of deals and their days, the plan has no limit by reps")
NO_SPEND = message("without spend, the plan has no budget")
