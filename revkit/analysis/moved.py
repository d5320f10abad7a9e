"""First lines of a page: the moves of its metrics; a report looks once for all its pages."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from revkit import arguments as check
from revkit.analysis.defaults import new_business
from revkit.analysis.watch import wording
from revkit.analysis.watch.result import PRICE, Watch
from revkit.analysis.watch.search import Cause
from revkit.analysis.writing.finding import Finding
from revkit.dataset.argument import company
from revkit.errors import RevkitError
from revkit.periods import day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

WHERE = "rk.notebook.moved"
VARIABLE = "REVKIT__MOVED"
"""Environment variable of a report's kernels: of which company, and what moved, as JSON."""

DIAGNOSED = frozenset({
    "lead_to_mql_rate", "mql_to_sql_rate", "sql_to_opportunity_rate", "win_rate", "deal_size",
    "churn_rate",
})  # fmt: skip
"""Watched metrics that the catalogue counts as a watch does."""

OF_DEALS = frozenset({"win_rate", "deal_size"})
"""Metrics that a watch asks of new business alone."""

LEADS, DEALS, PAID = ("leads",), ("opportunities", "opportunity_history"), ("subscriptions",)
TABLES = {
    "lead_to_mql_rate": LEADS, "mql_to_sql_rate": LEADS, "sql_to_opportunity_rate": LEADS,
    "new_leads": LEADS, "win_rate": DEALS, "closing_rate": DEALS, "discount_rate": DEALS,
    "deal_size": DEALS, "promised_days": DEALS, "won_as_commit": DEALS, "churn_rate": PAID,
    "expansion_rate": PAID, PRICE: PAID, "new_accounts": (), "reps_hired": ("reps",),
    "reps_left": ("reps",),
}  # fmt: skip
"""Tables of each watched metric, but for accounts, whose fields bear on all."""

A_YEAR = 12


def moved(data: Dataset, metrics: str | Sequence[str] | None = None) -> list[Finding]:
    """Return what a watch says of a page's metrics, with what to ask next; nothing when quiet.

    Faults of the data are told where they touch the page's metrics, and where none is named. Where
    a watch cannot tell the place of a change, a diagnosis of the months since then names the groups
    behind it, if it finds any. In a report all pages share one watch.

    Parameters
    ----------
    data
        A company.
    metrics
        One or several of the watched metrics, or ``list_price``; all when omitted.

    Returns
    -------
    list of Finding
        For :func:`revkit.findings`, which leaves out what another sentence says of the same.

    Raises
    ------
    ParameterError
        When a metric is none that is watched.
    """
    company(data, WHERE)
    known = (*wording.TITLES, PRICE)
    asked = known if metrics is None else check.names(metrics, "metrics", WHERE, example=known[0])
    for name in asked:
        check.choice(name, "metrics", WHERE, known=known)
    found = _shared(data)
    if found is None:
        from revkit.analysis.watch.watch import watch

        found = by_metric(data, watch(data))
    names = [name for name, _ in found]
    return [  # a second sentence on a metric says something else
        _with(said, str(said), about=name if name not in names[:at] else "")
        for at, (name, said) in enumerate(found)
        if name in asked or ("." in name and _touches(name, asked))
    ]


def _touches(field: str, metrics: Sequence[str]) -> bool:
    """Report whether a field that is recorded otherwise bears on one of the metrics, or on any."""
    table = field.partition(".")[0]
    return not metrics or table == "accounts" or any(table in TABLES[one] for one in metrics)


def by_metric(data: Dataset, watched: Watch) -> list[tuple[str, Finding]]:
    """Return each sentence of a watch with its metric; of a fault of the data, with the field.

    Parameters
    ----------
    data
        The company that was watched.
    """
    faults, prices = len(watched.faults), len(watched.prices)
    names = [f"{one.table}.{one.field}" for one in watched.faults]
    names += [PRICE] * prices + [one.metric for one in watched.moved]
    causes = [None] * (faults + prices) + [*watched.moved]
    return [
        (name, _with(said, " ".join([said, *_places(data, watched, cause)])))
        for name, said, cause in zip(names, watched.findings, causes, strict=True)
    ]


def environment(data: Dataset, found: Sequence[tuple[str, Finding]]) -> dict[str, str]:
    """Return the variable by which kernels know what moved in a company."""
    told = [
        [name, said, said.picture, said.place, said.since and said.since.isoformat()]
        for name, said in found
    ]
    return {VARIABLE: json.dumps({"company": _key(data), "moved": told})}


def _shared(data: Dataset) -> list[tuple[str, Finding]] | None:
    """Return what the report has found in this company; None where it is another, or no report."""
    given = json.loads(os.environ.get(VARIABLE, "{}"))
    if given.get("company") != _key(data):
        return None
    return [
        (
            name,
            Finding(
                said,
                picture=drawn,
                place=map(tuple, place),
                since=since and day(since, name="since"),
            ),
        )
        for name, said, drawn, place, since in given["moved"]
    ]


def _with(found: Finding, sentence: str, *, about: str = "") -> Finding:
    """Return a finding in other words."""
    return Finding(
        sentence, about=about, picture=found.picture, place=found.place, since=found.since
    )


def _key(data: Dataset) -> list[str]:
    """Return what tells a company from others that a notebook of a report may load."""
    return [
        data.source, data.as_of.isoformat(), repr(data.narrowed), repr(data.policy),
        str(data.currency), repr(data.tables),
    ]  # fmt: skip


def _places(data: Dataset, watched: Watch, cause: Cause | None) -> list[str]:
    """Return the groups that a diagnosis names for a change without a sure place."""
    from revkit.analysis.diagnosis.diagnose import diagnose

    if cause is None:
        return []
    days = None if cause.sure or cause.metric not in DIAGNOSED else _days(watched, cause)
    if days is None:
        return []
    asked = new_business(data) if cause.metric in OF_DEALS else data
    try:
        return diagnose(asked, cause.metric, *days).named()
    except RevkitError:  # a calendar of weeks, or too little on record
        return []


def _days(watched: Watch, cause: Cause) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """Return the months since a change, a year at most, and as many before it."""
    months = min(watched.window.complete - cause.onset, cause.onset, A_YEAR)
    if months < 1:
        return None
    onset = cause.onset
    first, since, end = (watched.window.day(month).date() for month in
                         (onset - months, onset, onset + months))  # fmt: skip
    return (since, end), (first, since)
