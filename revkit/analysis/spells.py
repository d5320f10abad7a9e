"""Spells: customers, deals and terms, each with its age at the end and what ended it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit.algebra.evaluate.outcomes import may_hang_on_the_end, one_sided
from revkit.dimensions import MISSING, attach, resolve
from revkit.errors import DimensionError
from revkit.statistics.spells import Spells

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from revkit.dataset import Dataset

ACCOUNT = "__account"
"""The column of the account that several deals or terms share."""

MONTH = 365.25 / 12
"""Days of a month."""


@dataclass(frozen=True)
class Event:
    """An event that ends spells: their table, unit and outcomes.

    Parameters
    ----------
    table
        The table whose dimensions they have.
    unit
        Of time.
    days
        Days of that unit.
    outcomes
        The names of causes 1, 2 and so on.
    """

    table: str
    unit: str
    days: float
    outcomes: tuple[str, ...]


EVENTS = {
    "churn": Event("accounts", "months", MONTH, ("churned",)),
    "close": Event("opportunities", "days", 1.0, ("won", "lost")),
    "renewal": Event("subscriptions", "months", MONTH, ("not renewed",)),
}


def spells_of(
    data: Dataset, event: str, names: Sequence[str], start: date | None = None
) -> pd.DataFrame:
    """Return a row per customer, deal or term that can have an event.

    Parameters
    ----------
    data
        The company.
    event
        One of EVENTS.
    names
        Dimensions to add.
    start
        The first day whose events are known, as :func:`revkit.analysis.survival.survival` has it.

    Returns
    -------
    pandas.DataFrame
        The dimensions, ``time`` (age at the end, in the event's unit), ``cause`` (0 while open),
        ``entered`` (age from which it was seen) and, of deals and terms, ``__account``.

    Raises
    ------
    DimensionError
        By a dimension that is known only once the event has happened, or of one outcome alone.
    """
    rows = {"churn": _customers, "close": _deals, "renewal": _decisions}[event](data, names)
    _require_known_before(rows, names, data, EVENTS[event].table)
    spells = _aged(rows, EVENTS[event].days, start)
    for name in names:
        spells[name] = spells[name].fillna(MISSING).astype(str)
    return spells


def at_risk(rows: pd.DataFrame) -> Spells:
    """Return the rows of :func:`spells_of` as times at risk."""
    return Spells.of(rows["time"], rows["cause"], rows["entered"], rows.get(ACCOUNT))


def _require_known_before(
    rows: pd.DataFrame, names: Sequence[str], data: Dataset, table: str
) -> None:
    """Refuse a dimension that is known only once a spell has ended, or ended in one way."""
    for name in names:
        known = rows[name].notna().groupby(rows["cause"]).mean()
        if may_hang_on_the_end(resolve(name, table, data.specs), table) and one_sided(known):
            raise DimensionError.one_outcome(name, where="rk.survival")


def _aged(rows: pd.DataFrame, unit: float, start: Any) -> pd.DataFrame:
    """Turn days of beginning, end and first sight into ages, in units of days."""
    begun, ends = (pd.to_datetime(rows[name]) for name in ("begun", "ends"))
    seen: Any = pd.to_datetime(rows["seen"]) if "seen" in rows else begun
    if start is not None:
        seen = seen.clip(lower=pd.Timestamp(start))
    spells = rows.drop(columns=[name for name in ("begun", "ends", "seen") if name in rows])
    spells = spells.assign(
        time=(ends - begun).dt.days / unit,
        entered=((seen - begun).dt.days / unit).clip(lower=0.0),
    )
    kept: pd.DataFrame = spells[(ends >= seen).to_numpy()]
    return kept.reset_index(drop=True)


def _with(table: Any, data: Dataset, names: Sequence[str], source: str) -> ir.Table:
    """Add dimensions to rows of a loaded table."""
    for name in names:
        table = attach(table, resolve(name, source, data.specs), data.lookup, name)
    return table


def _customers(data: Dataset, names: Sequence[str]) -> pd.DataFrame:
    """Return the customers: first and last paid day, today for those that pay."""
    import ibis
    from ibis import _

    from revkit.derived.recurring.customers import customers

    rows = customers(data)
    if names:
        accounts = _with(data.table("accounts"), data, names, "accounts")
        groups = accounts.select(grouped=_.account_id, **{name: _[name] for name in names})
        rows = rows.left_join(groups, rows.account_id == groups.grouped)
    today = ibis.literal(data.as_of)
    left = _.last_paid_on.notnull()
    found: pd.DataFrame = rows.select(
        *names, "account_id", begun=_.first_paid_on, ends=_.last_paid_on.fill_null(today),
        cause=left.ifelse(1, 0),
    ).execute()  # fmt: skip
    return found.sort_values("account_id", ignore_index=True)


def _deals(data: Dataset, names: Sequence[str]) -> pd.DataFrame:
    """Return the deals: created, closed or today, won 1 and lost 2; duplicates are left out."""
    import ibis
    from ibis import _

    deals = _with(data.table("opportunities"), data, names, "opportunities")
    deals = deals.filter(_.created_on.notnull() & (_.closed_on.isnull() | _.is_won.notnull()))
    today = ibis.literal(data.as_of)
    cause = ibis.cases((_.closed_on.isnull(), 0), (_.is_won, 1), else_=2)
    account = ibis.coalesce(deals.account_id, deals.opportunity_id)  # a deal of none is by itself
    found: pd.DataFrame = deals.select(
        *names, "opportunity_id", begun=_.created_on, ends=_.closed_on.fill_null(today),
        cause=cause, **{ACCOUNT: account},
    ).execute()  # fmt: skip
    return found.sort_values("opportunity_id", ignore_index=True)


def _decisions(data: Dataset, names: Sequence[str]) -> pd.DataFrame:
    """Return the terms that ended, each at risk at its own age alone.

    Renewed means within the days of grace. Later terms are left out, as those of them that are
    known already are the renewed ones.
    """
    import ibis
    from ibis import _

    from revkit.derived.recurring.customers import customers
    from revkit.derived.recurring.renewals import GRACE, renewals

    terms = renewals(data)
    terms = terms.filter(ibis.literal(data.as_of).delta(terms.due_on, unit="day") >= GRACE)
    after = terms.renewed_on.delta(terms.due_on, unit="day")
    terms = terms.mutate(kept=(after <= GRACE).fill_null(False))
    if names:
        lines = _with(data.table("subscriptions"), data, names, "subscriptions")
        groups = lines.group_by(grouped=_.subscription_id).aggregate(
            **{name: _[name].min() for name in names}
        )
        terms = terms.left_join(groups, terms.subscription_id == groups.grouped)
    since = customers(data).select(payer=_.account_id, begun=_.first_paid_on)
    joined = terms.left_join(since, terms.account_id == since.payer)
    found: pd.DataFrame = joined.select(
        *names, "subscription_id", "begun", ends=_.due_on,
        cause=_.kept.ifelse(0, 1), **{ACCOUNT: _.account_id},
    ).execute()  # fmt: skip
    found["seen"] = pd.to_datetime(found["ends"]) - pd.Timedelta(days=1)
    return found.sort_values(["ends", "subscription_id"], ignore_index=True)
