"""Movements behind a difference: the rows that two policies or formulas count differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from revkit import derived
from revkit.algebra.formula import tree
from revkit.algebra.formula.leaves import Total

if TYPE_CHECKING:
    from revkit.algebra import Metric
    from revkit.algebra.request import Request
    from revkit.dataset import Dataset
    from revkit.policy import Policy

OPENING = "opening"
_SIDES = ("from", "to")
_STATES = ("before", "after", "opening", "net", "outcome")


@dataclass(frozen=True)
class Behind:
    """Rows that differ, the largest differences first, and their number of accounts."""

    COLUMNS: ClassVar[list[str]] = [
        "account_id", "movement", "count_from", "count_to", "amount_from", "amount_to",
    ]  # fmt: skip

    rows: pd.DataFrame
    accounts: int

    @classmethod
    def nothing(cls) -> Behind:
        """Return what is behind a line that changes no number."""
        kinds = dict.fromkeys(cls.COLUMNS[:2], "object")
        kinds |= dict.fromkeys(cls.COLUMNS[2:4], "int64") | dict.fromkeys(cls.COLUMNS[4:], "float")
        return cls(pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}), 0)


def rows_behind(
    data: Dataset,
    before: tuple[Policy, Metric],
    after: tuple[Policy, Metric],
    asked: Request,
    limit: int,
) -> Behind:
    """Return the movements that differ between two states of one period.

    Parameters
    ----------
    before, after
        A policy and a metric. Under two policies, every movement and opening amount is held
        against its other; under one, what enters only one of the two formulas.
    asked
        The call, whose last period is meant.
    limit
        How many rows to fetch.
    """
    import ibis

    if before[0] != after[0]:
        one, other = (_counted(data.with_policy(policy), asked) for policy, _ in (before, after))
        both = one.mutate(side=ibis.literal("from")).union(other.mutate(side=ibis.literal("to")))
        counts = {side: (both.side == side).ifelse(1, 0) for side in _SIDES}
    else:
        both = _plain(_moved(data.with_policy(before[0]), asked))
        counts = _entering(both, before[1], after[1])
    return _differing(both, counts, limit)


def _counted(data: Dataset, asked: Request) -> Any:
    """Return each account's movements of the period, and its amount when that opened."""
    import ibis
    from ibis import _

    calendar = asked.calendar(data)
    number = calendar.number(asked.last_day(data))
    earlier = derived.movements(data, calendar, {})
    earlier = earlier.filter(earlier.period <= number - asked.trailing)
    opened = earlier.group_by("account_id").aggregate(amount=_.amount.sum())
    opened = opened.filter(opened.amount != 0).mutate(movement=ibis.literal(OPENING))
    columns = "account_id", "movement", "amount"
    return _plain(_moved(data, asked)).select(*columns).union(_plain(opened).select(*columns))


def _moved(data: Dataset, asked: Request) -> Any:
    calendar = asked.calendar(data)
    number = calendar.number(asked.last_day(data))
    moved = derived.movements(data, calendar, {}, trailing=asked.trailing)
    return moved.filter(moved.period == number)


def _entering(moved: Any, before: Metric, after: Metric) -> dict[str, Any]:
    """Count how often each movement enters the totals that only one of two formulas has."""
    import ibis

    totals = [{str(leaf): leaf for leaf in _totals(metric)} for metric in (before, after)]
    counts = {}
    for side, own, other in zip(_SIDES, totals, reversed(totals), strict=True):
        count = ibis.literal(0, "int64")
        for words, leaf in own.items():
            if words not in other:
                enters = [condition.resolve(moved) for condition in leaf.conditions]
                count = count + reduce(and_, enters, ibis.literal(True)).ifelse(1, 0)
        counts[side] = count
    return counts


def _totals(metric: Metric) -> list[Total]:
    """Return the totals over movements in a metric's formula."""
    if metric.kind == "table":
        return []
    leaves = tree.leaves(metric.formula())
    return [leaf for leaf, _ in leaves if isinstance(leaf, Total) and leaf.table == "movements"]


def _plain(rows: Any) -> Any:
    kept = [name for name in _STATES if name in rows.columns]
    return rows.select("account_id", "movement", *kept, amount=rows.amount.cast("decimal(38, 6)"))


def _differing(rows: Any, counts: Mapping[str, Any], limit: int) -> Behind:
    """Compare each account's movements on the two sides."""
    from ibis import _

    sides = rows.mutate(**{f"count_{side}": counts[side] for side in _SIDES})
    sums = {f"count_{side}": sides[f"count_{side}"].sum() for side in _SIDES}
    sums |= {f"amount_{side}": (sides.amount * sides[f"count_{side}"]).sum() for side in _SIDES}
    held = sides.group_by("account_id", "movement").aggregate(**sums)
    differ = held.filter((_.count_from != _.count_to) | (_.amount_from != _.amount_to))
    accounts = differ.account_id.nunique().to_pyarrow().as_py()
    most = (differ.amount_to - differ.amount_from).abs().desc()
    found = differ.order_by(most, "account_id", "movement").limit(limit)
    amounts = {name: found[name].cast("float64") for name in Behind.COLUMNS[4:]}
    return Behind(
        found.mutate(**amounts).select(*Behind.COLUMNS).to_pyarrow().to_pandas(), accounts
    )
