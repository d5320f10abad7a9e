"""Ageing: movements that carry an account's MRR from one group to another between periods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def ageing(changed: Any, name: str, columns: Sequence[str]) -> Any:
    """Return two ``ageing`` movements per row: its MRR leaves one group and enters another.

    Parameters
    ----------
    changed
        One row per account and period with ``mrr`` and the groups ``old`` and ``new``.
    name
        The column of the group.
    columns
        The columns to return: those of the movements to append to.
    """
    import ibis
    from ibis import _

    zero = ibis.literal(0).cast("decimal(38, 6)")
    left, entered = (
        changed.mutate(
            movement=ibis.literal("ageing"),
            amount=(-_.mrr if leaves else _.mrr).cast("decimal(38, 6)"),
            before=_.mrr if leaves else zero,
            after=zero if leaves else _.mrr,
            opening=zero,
            opened=zero,
            net=zero,
            net_if_lost=zero,
            transferred=ibis.literal(0.0),
            lapsed=ibis.literal(False),
            outcome=ibis.literal("ageing"),
            **{name: _.old if leaves else _.new},
        ).select(*columns)
        for leaves in (True, False)
    )
    return left.union(entered)
