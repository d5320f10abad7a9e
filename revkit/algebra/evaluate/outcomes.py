"""Dimensions that only one outcome has: by them a rate over both outcomes says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Cohort, Leaf, Stock
from revkit.algebra.query.events import EventSource
from revkit.algebra.query.grouping import AGES
from revkit.dimensions import DimensionPath, find
from revkit.errors import DimensionError
from revkit.schema import TABLES

if TYPE_CHECKING:
    from revkit.algebra.evaluate.evaluation import Evaluation

WON, LOST = "_.is_won", "~_.is_won"


def require_both_outcomes(evaluation: Evaluation) -> None:
    """Refuse a rate over both outcomes by a dimension that only one of them has.

    A reason for losing is known of lost deals alone, a tenure of those who became customers: by
    either, groups win always or never. The share of rows with a known value is compared between the
    two outcomes; a dimension is refused where it is less than half of the other's.

    Raises
    ------
    DimensionError
        When the call groups by such a dimension.
    """
    for outcome, others in _rates(evaluation):
        for column, dimension in evaluation.call.groups.items():
            if not _depends(evaluation, outcome, dimension):
                continue
            certain = outcome.table == "movements" or dimension.rpartition(".")[2] == "is_won"
            if certain or _one_sided(evaluation, outcome, others, column):
                raise DimensionError.one_outcome(
                    dimension, where=f"metrics.{evaluation.call.metric}"
                )


def _rates(evaluation: Evaluation) -> list[tuple[Leaf, Leaf]]:
    """Return the outcomes that a formula divides by rows of both, each with its divisor."""
    below = [leaf for leaf, _ in tree.denominators(evaluation.formula)]
    found: dict[str, tuple[Leaf, Leaf]] = {}
    for leaf, _ in evaluation.leaves:
        for divisor in below:
            apart = _outcome(leaf) and _outcome(leaf) != _outcome(divisor)
            if leaf.table == divisor.table and apart:
                found.setdefault(leaf.table, (leaf, divisor))
    return list(found.values())


def _outcome(leaf: Leaf) -> str:
    """Return the outcome that the rows of a leaf share; empty where they have any."""
    if leaf.table == "movements":
        return "" if isinstance(leaf, Stock) else "moved"
    if isinstance(leaf, Cohort) and leaf.reached is not None:
        return "reached"
    written = [repr(condition) for condition in leaf.conditions]
    return next((word for word in (WON, LOST) if word in written), "")


def _depends(evaluation: Evaluation, leaf: Leaf, dimension: str) -> bool:
    """Report whether a dimension may be known of one outcome alone.

    Ages of accounts are, columns that hang on a date that ends a row, and columns of the table that
    the schema does not declare.
    """
    specs = evaluation.call.data.specs
    (home, *_) = derived.required_tables(leaf.table)
    if dimension in AGES and dimension not in specs[home].columns:
        return leaf.table != "movements"
    path = find(dimension, home, specs)
    if path is None:
        return False
    declared = path.column in TABLES[home].columns
    return may_hang_on_the_end(path, home) and (declared or leaf.table != "movements")


def may_hang_on_the_end(path: DimensionPath, home: str) -> bool:
    """Report whether a dimension may be known only of rows that ended, or ended in one way.

    Columns that the schema says to hang on a date that ends a row, and those it does not declare.
    """
    declared = TABLES[path.steps[-1].table if path.steps else home]
    if any(path.column in names for names in declared.dependents.values()):
        return True
    return not path.steps and path.column not in declared.columns


def one_sided(known: Iterable[float]) -> bool:
    """Report whether a dimension is known of far fewer rows of one outcome than of another.

    Parameters
    ----------
    known
        Share of the rows of each outcome whose value is known.

    Examples
    --------
    >>> one_sided([0.9, 0.3]), one_sided([0.9, 0.6]), one_sided([0.9])
    (True, False, False)
    """
    shares = sorted(known)
    return bool(shares) and shares[0] < shares[-1] / 2


def _one_sided(evaluation: Evaluation, outcome: Leaf, every: Leaf, column: str) -> bool:
    """Report whether a group column is known of far fewer rows of one outcome than of the other."""
    sums = evaluation.sums
    source = evaluation.batch.sources[sums.of(outcome.rows).source]
    if not isinstance(source, EventSource) or column not in source.rows.columns:
        return False
    rows = source.rows
    had, any_of = (_condition(source, leaf) for leaf in (outcome.rows, every.rows))
    known = rows[column].notnull()
    first = rows.count(where=had), rows.count(where=had & known)
    both = rows.count(where=any_of & ~had), rows.count(where=any_of & ~had & known)
    counted = rows.aggregate(a=first[0], b=first[1], c=both[0], d=both[1])
    one, known_one, other, known_other = counted.to_pyarrow().to_pylist()[0].values()
    if not one or not other:
        return False
    return one_sided([known_one / one, known_other / other])


def _condition(source: EventSource, leaf: Leaf) -> Any:
    """Return the condition of a leaf's rows; where nothing is known it does not hold."""
    import ibis

    where = source.term(leaf).where
    return ibis.literal(True) if where is None else where.fill_null(False)
