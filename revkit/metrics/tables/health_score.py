"""The health score of accounts: points of parts by weights, and their mean over groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from math import isfinite
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit import derived
from revkit.algebra.evaluate.evaluation import Evaluation
from revkit.algebra.formula.leaves import Total
from revkit.algebra.intervals.bounds import Bounds
from revkit.algebra.query.batch import Batch
from revkit.algebra.query.grouping import with_dimensions
from revkit.algebra.request import Call
from revkit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = Path(__file__).parents[1] / "service" / "health.yaml"
PARTS = ("seats_used", "usage_trend", "satisfaction", "days_overdue")
KEYS = ("points", "none", "full")
LEAST = 0.5
"""Share of the points that must be known of an account for a score."""


@dataclass(frozen=True)
class Part:
    """The points of one part: from none of them at one value of its measure to all at another."""

    points: float
    none: float
    full: float

    def share(self, measure: Any) -> Any:
        """Return the share of the points that a measure earns, 0 to 1; null where it is null."""
        return ((measure - self.none) / (self.full - self.none)).clip(0.0, 1.0)


def read_weights(path: str | None) -> dict[str, Part]:
    """Return the weights of a YAML file, or the shipped ones.

    Raises
    ------
    ParameterError
        When the file cannot be read, names an unknown part, lacks a number, has two equal limits,
        or its points do not add up to 100.

    Examples
    --------
    >>> read_weights(None)["seats_used"]
    Part(points=40.0, none=0.2, full=0.8)
    """
    import yaml

    from revkit.yaml_files import load_yaml, yaml_problem

    file = SHIPPED if path is None else Path(path)
    try:
        found = load_yaml(file)
    except yaml.YAMLError as error:
        raise _refused(path, f"a file of weights in YAML ({yaml_problem(error)})") from None
    if not isinstance(found, dict) or not found or not set(found) <= set(PARTS):
        raise _refused(path, f"a file whose keys are among {', '.join(PARTS)}")
    weights = {name: _part(path, name, found[name]) for name in PARTS if name in found}
    if abs(sum(part.points for part in weights.values()) - 100) > 1e-6:
        raise _refused(path, "a file whose points add up to 100")
    return weights


def _part(path: str | None, name: str, given: Any) -> Part:
    """Return one part of a file of weights."""
    numbers = given if isinstance(given, dict) else {}
    fit = set(numbers) == set(KEYS) and all(
        isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        for value in numbers.values()
    )
    if not fit or numbers["points"] < 0 or numbers["none"] == numbers["full"]:
        raise _refused(
            path, f"a file in which {name} has points of 0 or more, and two limits, none and full"
        )
    return Part(**{key: float(numbers[key]) for key in KEYS})


def _refused(path: str | None, needed: str) -> ParameterError:
    """Return the error for a file of weights."""
    return ParameterError.unfit(
        "weights", path, where="metrics.account_health", needed=needed, example="'health.yaml'"
    )


def health_score(call: Call, table: str, path: str | None) -> pd.DataFrame:
    """Return the mean score of accounts and months, by group and period.

    Parameters
    ----------
    call
        The call of the metric.
    table
        The derived table of account months.
    path
        A YAML file of weights; None for the shipped ones.

    Returns
    -------
    DataFrame
        A row per group and period: ``by_0``…, ``period`` (its number), ``value``, ``low``,
        ``high``, ``n`` and ``small``; ``attrs["parts"]`` is a function from a period's number to
        one row per account.
    """
    from ibis import _

    weights = read_weights(path)
    scored = Total(table, at="month").where(_known(_, weights) >= 100 * LEAST)
    score = _score(_, weights)
    evaluation = Evaluation(call, scored.of(score) / scored, Batch())
    bounds = Bounds(evaluation, "points", (0.0, 100.0))
    low, high = bounds.bounds()
    grid, n = evaluation.grid, evaluation.rows()
    columns = {
        "value": evaluation.value(), "low": low, "high": high, "n": n,
        "small": bounds.small(n),
    }  # fmt: skip
    groups = grid.groups.loc[grid.groups.index.repeat(len(grid.numbers))].reset_index(drop=True)
    frame = groups.assign(period=list(grid.numbers) * len(grid.groups))
    frame = frame.assign(**{name: array.ravel() for name, array in columns.items()})
    frame.attrs["parts"] = lambda number: _accounts(call, table, weights, number)
    return frame


def _known(rows: Any, weights: Mapping[str, Part]) -> Any:
    """Return the points of the parts that are known."""
    known = [
        getattr(rows, name).notnull().ifelse(part.points, 0.0) for name, part in weights.items()
    ]
    return reduce(add, known)


def _score(rows: Any, weights: Mapping[str, Part]) -> Any:
    """Return the points reached of those known, on a scale to 100."""
    earned = [
        (part.share(getattr(rows, name)) * part.points).fill_null(0.0)
        for name, part in weights.items()
    ]
    return reduce(add, earned) * 100.0 / _known(rows, weights).nullif(0.0)


def _accounts(call: Call, table: str, weights: Mapping[str, Part], number: int) -> pd.DataFrame:
    """Return the points of each account in the months of a period, part by part."""
    base = derived.table(call.data, table, call.calendar)
    rows = with_dimensions(call.data, base, table, call.groups, ("month",), call.metric)
    rows = rows.filter(call.calendar.number_of(rows.month) == number)
    points = {name: part.share(rows[name]) * part.points for name, part in weights.items()}
    known = _known(rows, weights) >= 100 * LEAST
    shown = rows.select(
        *call.groups,
        "account_id",
        "month",
        **points,
        score=known.ifelse(_score(rows, weights), None),
    )
    frame: pd.DataFrame = shown.order_by("account_id", "month").to_pyarrow().to_pandas()
    return frame
