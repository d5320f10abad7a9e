"""The two tables of revenue metrics, SalesOps and RevOps, filled with a company's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.analysis.findings import Finding, change, compare, latest
from revkit.analysis.quantities import groups, period_label, quantity
from revkit.analysis.tables import FEW, NOTES, Table
from revkit.errors import ParameterError, RevkitError

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset

OWNERS = ("SalesOps", "RevOps")

READING_ORDER = (
    "mqls", "mql_to_sql_rate", "sqls", "lead_to_customer_rate", "cost_per_lead", "cac",
    "win_rate", "win_loss_ratio", "close_rate", "sales_cycle", "median_sales_cycle",
    "won_amount", "deal_size", "median_deal_size", "pipeline_open", "pipeline_velocity",
    "mrr", "arr", "arpa", "net_new_mrr", "new_mrr", "expansion_mrr", "reactivation_mrr",
    "contraction_mrr", "churned_mrr", "churn_rate", "nrr", "grr", "expansion_rate",
    "gross_mrr_churn_rate", "net_mrr_churn_rate", "quick_ratio",
)  # fmt: skip
"""From the first contact to the renewal; metrics not named here follow by name."""

SAID_TWICE = frozenset({"arr"})
"""Metrics that only repeat another: ARR is twelve times MRR."""

STANDS_ON = {
    "movements": ["subscriptions"],
    "customers": ["subscriptions"],
    "lead_stages": ["lead_history"],
    "journeys": ["leads", "opportunities"],
    "pipeline_changes": ["opportunities"],
}
"""The tables that a derived table is made from."""

WITHIN = {"mql_to_sql_rate": 60, "lead_to_customer_rate": 180, "close_rate": 180}
"""Days that a cohort is given, so that one that is not a year old can be complete."""


@dataclass(frozen=True)
class Scorecard:
    """A company's metrics in the last complete period, against the one before.

    Parameters
    ----------
    results
        What each metric returned, by name.
    left_out
        Metrics that this company's tables cannot answer, with the reason.
    """

    results: dict[str, pd.DataFrame]
    left_out: dict[str, str]

    @property
    def findings(self) -> list[Finding]:
        """What each metric has moved, quiet where it has not."""
        return [change(result) for name, result in self.results.items() if name not in SAID_TWICE]

    @property
    def table(self) -> Table:
        """One row a metric: value, interval, change, and whether the change is news."""
        headings = ("Metric", "Period", "Value", "95\u00a0% interval", "Change", "")
        rows = tuple(_row(result) for result in self.results.values())
        notes = [
            "Change: against the period before. ▲ ▼ more than noise, or counted in full; "
            "· within noise."
        ]
        if any(FEW in row[2] for row in rows):
            notes.append(f"{FEW} {NOTES[FEW]}")
        reasons = dict.fromkeys(self.left_out.values())
        parts = [
            f"{', '.join(t for t, why in self.left_out.items() if why == reason)} ({reason})"
            for reason in reasons
        ]
        if parts:
            notes.append(f"Not shown: {'; '.join(parts)}.")
        return Table(headings, rows, frozenset({"Metric", "Period", ""}), tuple(notes))

    def __str__(self) -> str:
        return str(self.table)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


def scorecard(data: Dataset, *, owner: str, period: str = "quarter", **options: Any) -> Scorecard:
    """Fill the table of a team's metrics with this company's numbers.

    Parameters
    ----------
    data
        The company.
    owner
        "SalesOps" or "RevOps"; metrics that both look at are in either.
    period
        As of any metric.
    options
        `start`, `end` and the like, handed to every metric.

    Returns
    -------
    Scorecard
        Without the metrics whose tables are not loaded, which it lists.

    Raises
    ------
    ParameterError
        When nobody by that name owns metrics.
    """
    from revkit import metrics
    from revkit.measures.catalogue import catalog

    if owner not in OWNERS:
        raise ParameterError.unknown(owner, where="owner", known=OWNERS)
    known = catalog()
    results, left_out = {}, {}
    names = list(known.loc[known["owner"].isin([owner, "both"]), "name"])
    place = {name: at for at, name in enumerate(READING_ORDER)}
    for name in sorted(names, key=lambda name: place.get(name, len(place))):
        metric = getattr(metrics, name)
        try:
            result = metric(data, period=period, **_patience(name), **options)
        except RevkitError:
            needed = dict.fromkeys(
                table for of in metric.tables for table in STANDS_ON.get(of, [of])
            )
            missing = [table for table in needed if table not in data]
            left_out[metric.title] = (
                f"needs {' and '.join(missing)}" if missing else "not under this filter"
            )
            continue
        if not groups(result):
            results[name] = result
    return Scorecard(results, left_out)


def _patience(name: str) -> dict[str, int]:
    return {"within": WITHIN[name]} if name in WITHIN else {}


def _row(result: pd.DataFrame) -> tuple[str, ...]:
    what, rows = quantity(result), latest(result)
    days = WITHIN.get(what.name)
    title = f"{what.title}, within {days} days" if days else what.title
    if rows.empty:
        return title, "–", "–", "", "", ""
    now, moved = rows.iloc[-1], compare(result)
    label = period_label(now["period"], result.attrs.get("period", "month"))
    value = what.text(now["value"]) + (FEW if now["small"] else "")
    span = what.span(now["low"], now["high"])
    if moved is None:
        return title, label, value, span, "", ""
    arrow = "·" if not moved.sure else "▲" if moved.value > 0 else "▼"
    return title, label, value, span, what.difference(moved.value), arrow
