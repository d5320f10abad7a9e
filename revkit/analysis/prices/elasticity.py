"""The elasticity of demand: what a change of a list price did, beside what did not change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.prices.concerned import OUTCOMES, Groups, groups
from revkit.analysis.prices.reaction import Reaction
from revkit.analysis.watch.metrics.prices import MOVED, price_moves
from revkit.analysis.watch.metrics.rows import window
from revkit.dataset.argument import company, reached
from revkit.errors import ParameterError, PriceError
from revkit.periods import day
from revkit.statistics.prices.differences import LEAST, Months

if TYPE_CHECKING:
    from datetime import date

    from revkit.analysis.watch.metrics.rows import Window
    from revkit.dataset import Dataset

WHERE = "rk.elasticity"
STILL = 0.01
"""Log of a change in price up to which it is none."""


def elasticity(
    data: Dataset,
    name: str | None = None,
    *,
    since: str | date | None = None,
    by: str = "product",
    of: str = "customers",
    price: float | None = None,
    months: int = 12,
    level: float = 0.95,
) -> Reaction:
    """Tell what a change of a list price did to demand, beside groups whose price did not move.

    Parameters
    ----------
    data
        A company with subscriptions.
    name
        Whose price changed, a value of `by`; when omitted the product whose list price moved
        most in the last two years, by over 8 %.
    since
        The month from which on the new price held; needed with `name`.
    by
        A dimension of subscriptions: ``product``, or ``segment`` where a price is one segment's.
    of
        ``customers`` or ``seats`` that are new, or customers ``leaving``.
    price
        By how much the price changed, 0.2 for a fifth, where no ``list_unit_price`` says so.
    months
        Read on each side of the change, at most.
    level
        Confidence of the intervals.

    Returns
    -------
    Reaction
        ``estimates`` (beside the others, before and after alone, and at a date at which nothing
        changed), ``months`` and ``findings``. Quiet where no price moved.

    Raises
    ------
    PriceError
        When there is no such group, or nothing to compare it with.

    Notes
    -----
    Customers before and after, alone, show the season and the growth of the company as if the
    price had made them: under a trend they gave -.14 where the truth was -.80. What happens to all
    groups cancels out here; what happened to this group alone, in the same month, does not. Where
    customers turn to the other groups, these gain what this one loses, and the figure is too
    large. A month is a cluster: the interval knows that months differ by more than chance.
    """
    company(data, WHERE)
    reached(data, "subscriptions", WHERE)
    check.text(by, "by", WHERE, example="product")
    check.choice(of, "of", WHERE, known=OUTCOMES)
    check.whole(months, "months", WHERE, least=LEAST, what="number of months", example=12)
    check.fraction(level, "level", WHERE)
    if price is not None and check.number(price, "price", WHERE, example=0.2) <= -1:
        raise ParameterError.out_of_range("price", price, "above -1: 0.2 is a fifth more")
    if (name is None) != (since is None):
        raise PriceError.half_a_change(where=WHERE)
    if name is None and by != "product":
        raise PriceError.half_a_change(where=WHERE)
    over = window(data)
    if name is None:
        moves = price_moves(data, over)
        if not moves:
            return Reaction.none(of, level)
        move = max(moves, key=lambda one: abs(math.log(one.after / one.before)))
        name, onset = move.product, move.onset
    else:
        check.text(name, "name", WHERE, example="Starter")
        onset_day = day(since, name="since")
        onset = int(over.of(pd.Series([pd.Timestamp(onset_day)]))[0])
    found = groups(data, by, of, over)
    if name not in found.names:
        raise PriceError.unknown_name(by, name, found.names, where=WHERE)
    if not LEAST <= onset <= over.complete - LEAST:
        raise PriceError.outside(since, first=over.day(LEAST), months=over.complete, where=WHERE)
    return _reaction(data, found, name, onset, over, by=by, of=of, price=price, months=months,
                     level=level)  # fmt: skip


def _reaction(
    data: Dataset, found: Groups, name: str, onset: int, over: Window, *,
    by: str, of: str, price: float | None, months: int, level: float,
) -> Reaction:  # fmt: skip
    """Set the group beside those whose price did not move."""
    first, last = max(onset - months, 0), min(onset + months, over.complete)
    at = found.names.index(name)
    moved = [_move(found.prices[row], first, onset, last) for row in range(len(found.names))]
    still = [
        row for row, one in enumerate(moved)
        if row != at and not abs(one) > math.log1p(MOVED)
        and found.events[row, first:last].sum() > 0
    ]  # fmt: skip
    if not still:
        raise PriceError.no_others(name, by=by, where=WHERE)
    own = math.log1p(price) if price is not None else moved[at]
    weight = found.events[still, first:last].sum(axis=1)
    known = [one for one in still if not math.isnan(moved[one])]
    others = 0.0
    if price is None and known:
        others = float(np.average([moved[one] for one in known],
                                  weights=[weight[still.index(one)] for one in known]))  # fmt: skip
    part = slice(first, last)
    counted = Months(
        found.events[at, part], found.at_risk[at, part],
        found.events[still, part].sum(axis=0), found.at_risk[still, part].sum(axis=0)
        if of == "leaving" else np.ones(last - first),
    )  # fmt: skip
    days = [over.day(month).date() for month in range(first, last)]
    names = tuple(found.names[row] for row in still)
    move = own - others
    return Reaction(
        of, level, name, names, onset - first, tuple(days), counted,
        move if abs(move) > STILL else math.nan,
        found.prices[at, part], data.currency,
    )  # fmt: skip


def _move(prices: Any, first: int, onset: int, last: int) -> float:
    """Return the log of the price since a month over that before; NaN where one is not known."""
    before, after = prices[first:onset], prices[onset:last]
    before, after = before[~np.isnan(before)], after[~np.isnan(after)]
    if not len(before) or not len(after):
        return math.nan
    return float(np.log(np.median(after) / np.median(before)))
