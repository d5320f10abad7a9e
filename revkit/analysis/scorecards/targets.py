"""Targets: what was planned for a metric, over the same periods and groups as its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ibis import _

from revkit.algebra import Formula, Stock, TableName, Total
from revkit.algebra.definition import Definition
from revkit.algebra.formula import tree
from revkit.algebra.metric import Metric
from revkit.algebra.planned import metric_of
from revkit.catalogue import known
from revkit.derived.reps.plans import measured

if TYPE_CHECKING:
    from collections.abc import Iterable

    from revkit.dataset import Dataset

PLANNED = "planned"
"""Said after the name of a metric, it names its plan."""


def aims(data: Dataset, names: Iterable[str]) -> dict[str, Metric]:
    """Return the planned values of metrics, as metrics to be asked with the same call.

    Only rows of kind ``plan`` count, each in its last version: a quota is what a rep owes, and
    quotas add up to more than the plan. The plan of a sum is spread over the days it is for; that
    of a balance or a rate is the one in force on a period's last day, the mean of several.

    Parameters
    ----------
    data
        The company; without ``targets`` nothing was planned.
    names
        Metrics of the catalogue.

    Returns
    -------
    dict
        By the name of the metric that is planned.
    """
    if "targets" not in data:
        return {}
    rows = data.table("targets").filter(_.kind == "plan")
    measures = rows.select("measure").distinct().order_by("measure").to_pyarrow()["measure"]
    planned = {metric_of(word) for word in measures.to_pylist()}
    everything, found = known(), {}
    for name in names:
        if name not in planned or name not in everything:
            continue
        made = everything[name]
        sums = made.additive
        over_time = sums and any(isinstance(leaf, Total) for leaf, _ in tree.leaves(made.formula()))
        found[name] = _aim(made, sums=sums, over_time=over_time)
    return found


def _aim(of: Metric, *, sums: bool, over_time: bool) -> Metric:
    def aim(plans: TableName) -> Formula:
        planned: Any = (
            Total(plans, spread=("starts_on", "ends_on"))
            if over_time
            else Stock(plans, start="starts_on", end="ends_on")
        )
        planned = planned.where(_.measure == measured(of.name))
        total: Formula = planned.of(_.amount)
        return total if sums else total / planned

    aim.__name__ = f"{of.name} {PLANNED}"
    plan = Definition(
        aim, title=of.title, title_it=of.title_it, owner=of.owner, unit=of.unit,
        better=of.better, trailing=of.trailing,
    )  # fmt: skip
    return Metric(plan)
