"""Ceiling: where to stop paying for customers, by what they cost and what they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit import arguments as check
from revkit.analysis.writing.differences import latest, of_metric
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import groups, quantity
from revkit.language import message

if TYPE_CHECKING:
    import pandas as pd

STOP = message(
    "By {groups} a customer surely costs more than it brings ({value}, {span}): stop, or repair "
    "it, before spending more there."
)
LIMIT = message(
    "A new customer brings {value} ({span}): nobody should pay more than {high} for one, and up to "
    "{low} it surely pays back. No group is surely above that."
)
UNKNOWN = message("Too little is known to say where to stop paying for customers.")


def ceiling(costs: pd.DataFrame, worth: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say where customers cost more than they bring, or up to what they may cost.

    Parameters
    ----------
    costs
        What a cost of customers by one dimension returned, such as :func:`paid_cac` by channel.
    worth
        What :func:`revkit.lifetime_value` returned, without `by`.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Finding
        A group is named where the whole interval of its cost lies above that of the lifetime
        value. Quiet where the value is not known or has no interval.
    """
    where = "rk.say.ceiling"
    of_metric(costs, where, grouped=True)
    columns = ("value", "low", "high", "small")
    check.result(worth, "worth", where, columns=columns, source="rk.lifetime_value")
    money = quantity(costs, language)
    words = money.words
    known = worth[worth["value"].notna() & worth["low"].notna() & ~worth["small"].astype(bool)]
    if len(known) != 1:
        return Finding(words.gettext(UNKNOWN), quiet=True)
    row, rows = known.iloc[0], latest(costs)
    names = rows[groups(costs)].astype(str).agg(" · ".join, axis=1)
    dear = (rows["low"] > row["high"]) & ~rows["small"].astype(bool)
    texts = {
        "value": money.text(row["value"]), "span": money.span(row["low"], row["high"]),
        "low": money.text(row["low"]), "high": money.text(row["high"]),
    }  # fmt: skip
    if not dear.any():
        return Finding(words.gettext(LIMIT, **texts))
    cost = zip(names[dear], rows.loc[dear, "value"], strict=True)
    told = words.list([f"{name} ({money.text(value)})" for name, value in cost])
    return Finding(words.gettext(STOP, groups=told, **texts))
