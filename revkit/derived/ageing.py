"""Ageing: what an account pays, carried from the group it leaves to the one it enters.

An account comes into another group of tenure, or of size, without moving. So that what stands
in each group is still the sum of its movements, the change of group is written as two.
"""

from __future__ import annotations

from typing import Any


def ageing(standing: Any, name: str, leaves: Any, enters: Any) -> Any:
    """Return two movements named ``ageing`` for each row, out of a group and into another.

    Parameters
    ----------
    standing
        ``account_id``, ``period``, ``mrr`` and other group columns, a row for each account and
        period at whose end its group changes.
    name
        The column of the group.
    leaves, enters
        The group before and after, expressions of ``standing``.
    """
    import ibis

    mrr, zero = standing.mrr, ibis.literal(0).cast("decimal(38, 6)")
    sides = [
        standing.mutate(
            movement=ibis.literal("ageing"),
            amount=amount.cast("decimal(38, 6)"),
            before=before,
            after=after,
            opening=zero,
            opened=zero,
            net=zero,
            outcome=ibis.literal("ageing"),
            **{name: group},
        )
        for group, amount, before, after in ((leaves, -mrr, mrr, zero), (enters, mrr, zero, mrr))
    ]
    return sides[0].union(sides[1])
