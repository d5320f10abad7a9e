"""Watch: one look at all headline metrics, for what moved in the last two years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit import arguments as check
from revkit.analysis.defaults import kinds_unsaid
from revkit.analysis.watch import wording
from revkit.analysis.watch.metrics.customers import customers
from revkit.analysis.watch.metrics.deals import deals
from revkit.analysis.watch.metrics.faults import faults
from revkit.analysis.watch.metrics.gates import gates
from revkit.analysis.watch.metrics.mixes import created, mixes
from revkit.analysis.watch.metrics.people import people
from revkit.analysis.watch.metrics.prices import price_moves
from revkit.analysis.watch.metrics.rows import window
from revkit.analysis.watch.metrics.worth import worth
from revkit.analysis.watch.result import Watch
from revkit.analysis.watch.search import Cause, causes
from revkit.analysis.writing.counts import counted
from revkit.dataset.argument import company
from revkit.language import language as spoken

if TYPE_CHECKING:
    from revkit.dataset import Dataset

TABLES = ("accounts", "leads", "lead_history", "opportunities", "opportunity_history",
          "subscriptions", "reps")  # fmt: skip
"""The tables that are watched."""

LEAST = 15
"""Months that a company has to be known for."""


def watch(data: Dataset, metric: str | None = None) -> Watch:
    """Return what moved in the last 24 months, where and since when, among all headline metrics.

    Every metric, in the whole and in each segment, industry, channel, region and product, is held
    against what is usual for the deals, leads and customers it is made of; months of onset and
    shapes of a change are weighed against drift, season and chance, all in one family. Where
    nothing moved, nothing is said.

    Parameters
    ----------
    data
        A company. What its tables tell is watched: leads and their history, opportunities and
        theirs, subscriptions, accounts, reps.
    metric
        One of the watched metrics alone: whether it moved is an even bet beforehand.

    Returns
    -------
    Watch
        ``causes`` (one row a finding), ``findings`` (the sentences; empty when quiet), ``quiet``.

    Raises
    ------
    ParameterError
        When the metric is none of those that the company's tables tell.

    Examples
    --------
    >>> import revkit as rk
    >>> rk.watch(rk.generate("baseline", accounts=300).data).findings
    []
    """
    company(data, "rk.watch")
    if metric is not None:
        check.text(metric, "metric", "rk.watch", example="win_rate")
    over = window(data)
    if over.months < LEAST:
        words = spoken(None)
        months = counted(over.months, "months", words)
        short = words.gettext(wording.SHORT, months=months, least=LEAST)
        return Watch(over, notes=(short,))
    leaves = [*gates(data, over), *deals(data, over), *customers(data, over)]
    new = created(data)
    others = [*mixes(new, over), *people(data, over)]
    known = list(dict.fromkeys([one.metric for one in leaves] + [one.metric for one in others]))
    broken, moved = faults(data, over), price_moves(data, over)
    if metric is not None:
        check.choice(metric, "metric", "rk.watch", known=known)
        moved = []
    unsure = {(fault.table, fault.field) for fault in broken}
    leaves = [one.without(_unsure(one.metric, unsure)) for one in leaves]
    others = [one.without(_unsure(one.metric, unsure)) for one in others]
    found = causes(leaves, [one for one in others if one.parts], only=metric)
    return Watch(
        over,
        tuple(found),
        tuple(broken),
        tuple(moved),
        tuple(known),
        tuple(_worth(data, cause) for cause in found),
        data.currency,
        (*map(str, data.notes_on(TABLES)), *map(spoken(None).reason, kinds_unsaid(data))),
    )


LEADS = ("lead_to_mql_rate", "mql_to_sql_rate", "sql_to_opportunity_rate", "new_leads")
"""Metrics whose channel is that of the lead; the others have that of the account."""


def _worth(data: Dataset, cause: Cause) -> float:
    """Return what a change is worth in a year, in money; NaN where it cannot be told."""
    each = worth(data, cause.metric, cause.places[0][0])
    return (cause.value - cause.usual) * cause.cases * 12 * each


def _unsure(metric: str, fields: set[tuple[str, str]]) -> frozenset[str]:
    """Return the dimensions of a metric that are recorded otherwise since some month."""
    table = {"channel": "leads"} if metric in LEADS else {}
    return frozenset(name for source, name in fields if source == table.get(name, "accounts"))
