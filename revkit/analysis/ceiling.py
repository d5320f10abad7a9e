"""Ceiling: where to stop paying for customers, by what they cost and what they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit import arguments as check
from revkit.analysis.writing.differences import latest, of_metric
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, groups, quantity
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    import pandas as pd

STOP = message(
    "By {groups} a customer surely costs more than it brings ({value}, {span}): stop, or repair "
    "it, before spending more there."
)
LIMIT = message(
    "A new customer brings {value} ({span}) on average: nobody should pay more than {high} for "
    "one, and by none of these does one surely cost more."
)
BY_GROUP = message(
    "Some customers surely bring less than the mean and may cost less: {groups}. What the mean may "
    "cost is too much for them."
)
AT_MOST = message("{group} at most {most}")
NONE_LESS = message("No group surely brings less than the mean.")
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
        "high": money.text(row["high"]),
    }  # fmt: skip
    if not dear.any():
        return Finding(words.gettext(LIMIT, **texts))
    cost = zip(names[dear], rows.loc[dear, "value"], strict=True)
    told = words.list([f"{name} ({money.text(value)})" for name, value in cost])
    return Finding(words.gettext(STOP, groups=told, **texts))


def affordable(
    worth: pd.DataFrame, by_group: pd.DataFrame, *, language: str | None = None
) -> Finding:
    """Say of which groups a customer surely brings less than the mean, and may cost less.

    Parameters
    ----------
    worth
        What :func:`revkit.lifetime_value` returned, without `by`.
    by_group
        The same with `by`.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Finding
        Groups whose interval lies below that of all, with its upper end. Quiet where there are
        none.
    """
    where = "rk.say.affordable"
    columns = ("value", "low", "high", "small", "accounts")
    for name, frame in (("worth", worth), ("by_group", by_group)):
        check.result(frame, name, where, columns=columns, source="rk.lifetime_value")
    money = Quantity("", "", "money", currency=worth.attrs.get("currency"), words=spoken(language))
    by = list(by_group.columns[: list(by_group).index("accounts")])
    least = worth["low"].min()
    less = by_group[(by_group["high"] < least) & ~by_group["small"].astype(bool)]
    if not by or less.empty:
        return Finding(money.words.gettext(NONE_LESS), quiet=True)
    names = less[by].astype(str).agg(" · ".join, axis=1)
    told = [
        money.words.gettext(AT_MOST, group=name, most=money.text(high))
        for name, high in zip(names, less["high"], strict=True)
    ]
    return Finding(money.words.gettext(BY_GROUP, groups=money.words.list(told)))
