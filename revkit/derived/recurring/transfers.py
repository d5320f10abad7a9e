"""Transfers: what moved between two groups of one account, neither gained nor lost."""

from __future__ import annotations

from typing import Any


def transferred(moved: Any, *, own: bool, at_spot: bool) -> Any:
    """Return the part of each movement's amount that others of the same account make up for.

    Of an account that gained 50 with one product and lost 20 with another, 20 moved from this to
    that, and 30 are gained. Where several groups gained, each has the share of the 20 that it has
    of what was gained, and likewise with losses. The parts of an account add up to nothing.

    Parameters
    ----------
    moved
        Changes by ``account_id``, group, ``period`` and ``at``.
    own
        Whether groups lie within accounts; else nothing can be transferred.
    at_spot
        Whether what rates moved, which nobody transferred, has rows of its own.
    """
    import ibis

    if not own:
        return ibis.literal(0.0)
    amount = moved.amount.cast("float64")
    if at_spot:
        amount = moved.is_fx.ifelse(0.0, amount)
    gain, loss = ibis.greatest(amount, 0.0), ibis.greatest(-amount, 0.0)
    account = ibis.window(group_by=["account_id", "period", "at"])
    gains, losses = gain.sum().over(account), loss.sum().over(account)
    both = ibis.least(gains, losses)
    part = gain / gains.nullif(0.0) - loss / losses.nullif(0.0)
    return ((gains > 0) & (losses > 0)).ifelse(part * both, 0.0)
