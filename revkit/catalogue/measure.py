"""Many metrics at once: planned together, so that each table and date is asked only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from revkit.algebra.metric import Metric
from revkit.algebra.plan import NUMBERS, Plan
from revkit.algebra.query.batch import Batch
from revkit.catalogue.catalogue import find, known
from revkit.errors import ParameterError, PeriodError, Reason, RevkitError

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset


def measure(
    data: Dataset, metrics: str | Iterable[str] | None = None, /, **how: Any
) -> pd.DataFrame:
    """Return the values of many metrics, one query per table and date for all of them.

    Parameters
    ----------
    data
        A company.
    metrics
        Names of the catalogue. None: every one that this company can answer; the others are in
        ``attrs["unavailable"]``, each with the reason.
    **how
        As for any metric: ``by``, ``period``, ``start``, ``end``, ``trailing``, ``compare``,
        ``level``.

    Returns
    -------
    DataFrame
        In long form: ``metric`` and what the metric itself returns; a dimension that only some
        metrics have (``stage``) is null for the others.

    Raises
    ------
    FormulaError
        When there is no metric of a name.
    TableError, ColumnError, DimensionError, PeriodError, ParameterError
        When a metric that is named can't be had.

    Examples
    --------
    >>> measure(example("deals"), ["win_rate", "won_amount"], period="quarter")[["metric", "value"]]
           metric    value
    0    win_rate     0.75
    1  won_amount  9000.00
    """
    found = Measured.of(data, metrics, **how)
    return found.frame()


@dataclass
class Measured:
    """The frames of metrics that were asked together, and why others have none."""

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
        **how: Any,
    ) -> Measured:
        """Ask metrics of a company together.

        ``each`` has options of single metrics by name. ``lenient``: one that can't be had, for
        whatever reason, is left out and said to be ``unavailable``.
        """
        batch, made = Batch(), cls()
        for metric in _named(metrics):
            before = set(batch.sources)
            try:
                own = (each or {}).get(metric.name, {})
                made.plans[metric.name] = metric.plan(data, {**how, **own}, batch).prepare()
            except RevkitError as error:
                named = metrics is not None or isinstance(error, PeriodError | ParameterError)
                if named and not lenient:
                    raise
                made._refuse(metric.name, error)
                for key in batch.sources.keys() - before:
                    del batch.sources[key]
        for name, plan in made.plans.items():
            try:
                made.frames[name] = plan.frame()
            except RevkitError as error:  # a metric of tables says so when it runs
                if metrics is not None and not lenient:
                    raise
                made._refuse(name, error)
        made.queries = len(batch.sources) + sum(p.evaluation is None for p in made.plans.values())
        return made

    def _refuse(self, name: str, error: RevkitError) -> None:
        self.unavailable[name], self.reasons[name] = str(error), error.reason

    def frame(self) -> pd.DataFrame:
        """Return all of them below one another."""
        import pandas as pd

        tall = [frame.assign(metric=name) for name, frame in self.frames.items()]
        if not tall:
            return pd.DataFrame({"metric": [], "value": []})
        longest: Mapping[str, None] = dict.fromkeys(c for f in tall for c in f.columns[:-1])
        groups = [name for name in longest if name not in NUMBERS]
        groups.sort(key=lambda name: name == "period")
        order = ["metric", *groups, *(name for name in longest if name in NUMBERS)]
        for frame in tall:
            frame.attrs = {}
        frame = pd.concat(tall, ignore_index=True)[order]
        frame.attrs = {"unavailable": self.unavailable, "queries": self.queries}
        return frame


def _named(metrics: str | Iterable[str | Metric] | None) -> list[Metric]:
    if metrics is None:
        return list(known().values())
    asked = [metrics] if isinstance(metrics, str) else list(metrics)
    return [find(name) if isinstance(name, str) else name for name in asked]
