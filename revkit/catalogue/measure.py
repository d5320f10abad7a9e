"""Many metrics of one company, planned together: one query per table and date for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.algebra.metric import Metric
from revkit.algebra.plan import Plan
from revkit.algebra.query.batch import Batch
from revkit.algebra.values import NUMBERS
from revkit.catalogue.catalogue import find, known
from revkit.dataset.argument import company
from revkit.errors import ParameterError, PeriodError, Reason, RevkitError

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset


def measure(
    data: Dataset, metrics: str | Iterable[str] | None = None, /, **arguments: Any
) -> pd.DataFrame:
    """Return the values of many metrics, one query per table and date for all of them.

    Parameters
    ----------
    data
        A company.
    metrics
        Names from the catalogue. None: all that this company has the data for; the others are in
        ``attrs["unavailable"]``, each with the reason.
    **arguments
        As for any metric: ``by``, ``period``, ``start``, ``end``, ``trailing``, ``compare``,
        ``level``.

    Returns
    -------
    DataFrame
        One row per metric, group and period: ``metric`` and the columns that the metric itself
        returns. A dimension that only some metrics have (``stage``) is null for the others.
        ``attrs["queries"]`` counts the queries, ``attrs["of"]`` has the ``attrs`` of each metric.

    Raises
    ------
    FormulaError
        When no metric has a given name.
    TableError, ColumnError, DimensionError, PeriodError, ParameterError
        When a named metric cannot be computed.

    Examples
    --------
    >>> measure(example("deals"), ["win_rate", "won_amount"], period="quarter")[["metric", "value"]]
           metric    value
    0    win_rate     0.75
    1  won_amount  9000.00
    """
    company(data, "rk.measure")
    found = Measured.of(data, metrics, **arguments)
    return found.frame()


@dataclass
class Measured:
    """The results of metrics that were measured together.

    Parameters
    ----------
    frames
        Results by metric.
    plans
        Plans by metric, for parts and queries.
    unavailable, reasons
        By metric: why it has no result, as text and as a reason.
    queries
        How many queries ran.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)
    queries: int = 0

    @classmethod
    def of(
        cls,
        data: Dataset,
        metrics: str | Iterable[str | Metric] | None,
        /,
        *,
        each: Mapping[str, Mapping[str, Any]] | None = None,
        lenient: bool = False,
        **arguments: Any,
    ) -> Measured:
        """Measure metrics of a company together.

        Parameters
        ----------
        data
            The company.
        metrics
            Names or metrics; None for the whole catalogue.
        each
            Arguments of single metrics, by name.
        lenient
            List a metric that cannot be computed as unavailable, instead of raising. Without
            ``metrics``, those that lack data are listed in any case.
        **arguments
            As for any metric.
        """
        batch, measured = Batch(), cls()
        for metric in _named(metrics):
            before = set(batch.sources)
            try:
                own = (each or {}).get(metric.name, {})
                measured.plans[metric.name] = metric.plan(
                    data, {**arguments, **own}, batch
                ).prepare()
            except RevkitError as error:
                named = metrics is not None or isinstance(error, PeriodError | ParameterError)
                if named and not lenient:
                    raise
                measured._refuse(metric.name, error)
                for key in batch.sources.keys() - before:
                    del batch.sources[key]
        for name, plan in measured.plans.items():
            try:
                measured.frames[name] = plan.frame()
            except RevkitError as error:  # a metric of kind="table" may fail only when it runs
                if metrics is not None and not lenient:
                    raise
                measured._refuse(name, error)
        measured.queries = len(batch.sources) + sum(
            p.evaluation is None for p in measured.plans.values()
        )
        return measured

    def _refuse(self, name: str, error: RevkitError) -> None:
        """Note why a metric has no result."""
        self.unavailable[name], self.reasons[name] = str(error), error.reason

    def frame(self) -> pd.DataFrame:
        """Return the results below one another, in long form."""
        import pandas as pd

        tall = [frame.assign(metric=name) for name, frame in self.frames.items()]
        if not tall:
            return pd.DataFrame({"metric": [], "value": []})
        columns: Mapping[str, None] = dict.fromkeys(c for f in tall for c in f.columns[:-1])
        groups = [name for name in columns if name not in NUMBERS]
        groups.sort(key=lambda name: name == "period")
        order = ["metric", *groups, *(name for name in columns if name in NUMBERS)]
        for frame in tall:
            frame.attrs = {}
        of = {name: frame.attrs for name, frame in self.frames.items()}
        frame = pd.concat(tall, ignore_index=True)[order]
        frame.attrs = {"unavailable": self.unavailable, "queries": self.queries, "of": of}
        return frame


def apart(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the results of single metrics that stand in one frame, each with its own groups."""
    parts = []
    for name, attrs in frame.attrs["of"].items():
        part = frame[frame["metric"] == name].drop(columns="metric")
        own = [one for one in part.columns if one not in ("period", *NUMBERS)]
        part = part.drop(columns=[one for one in own if part[one].isna().all()])
        part.attrs = attrs
        parts.append(part)
    return parts


def _named(metrics: str | Iterable[str | Metric] | None) -> list[Metric]:
    """Return metrics by their names; None for all."""
    if metrics is None:
        return list(known().values())
    asked = [metrics] if isinstance(metrics, str) else metrics
    asked = check.several(asked, "metrics", "rk.measure", example="['mrr', 'nrr']")
    return [one if isinstance(one, Metric) else find(one) for one in asked]
