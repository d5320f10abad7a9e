"""The dimensions of a call, added to the rows of each table: columns, relations, account ages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.algebra.query.rep_days import attach_of_the_day
from revkit.dataset.credit import SPLITS, behind_rep, with_credit
from revkit.dataset.narrowing import is_of_deals
from revkit.derived.recurring import size_bands
from revkit.derived.recurring.movements import of_account
from revkit.derived.recurring.tenure import GROUPS, month_number, tenure_group, with_tenure
from revkit.dimensions import DimensionPath, attach, find, reachable, resolve
from revkit.errors import DimensionError, TableError
from revkit.periods import local_day

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.periods import Calendar

AGES = ("cohort", "tenure")
"""Dimensions of an account's age: month first paid, and months since."""

CAUSE = "cause"
"""The dimension of a movement's cause (seats, price, …); nothing else has one."""

SIZE = "size"
"""The dimension of an account's MRR when the period opened."""

GROUP_ORDER = {name: place for place, name in enumerate((*GROUPS, *size_bands.GROUPS))}


def with_dimensions(
    data: Dataset,
    base: Any,
    table: str,
    dimensions: Mapping[str, str],
    dates: tuple[str, ...],
    metric: str,
) -> Any:
    """Add the dimensions of a call to the rows of a table.

    Parameters
    ----------
    base
        The rows, as an Ibis table; they stay one for one, but for deals that reps share, which
        have a row for each group of reps.
    table
        The table's name.
    dimensions
        The dimension of each column to add.
    dates
        The date columns that place a row in a period; a tenure is counted by the first.
    metric
        The metric's name, for errors.

    Raises
    ------
    DimensionError
        When the table does not reach a dimension.
    TableError
        When a stage over time needs the history, which is not loaded.
    """
    known = derived.specs(data, table, base)
    credited: dict[str, DimensionPath] = {}
    for column, dimension in dimensions.items():
        if dimension in AGES and dimension not in base.columns:
            base = _with_age(data, base, table, column, dimension, dates[0])
        elif dimension == "stage" and _lacks_history(data, table):
            raise TableError.missing(
                "opportunity_history", found=data.tables, needed_by=f"metrics.{metric} by stage"
            )
        else:
            path = resolve(dimension, table, known)
            base = attach_of_the_day(data, base, path, table, dates, column)
            rest = behind_rep(path, table) if is_of_deals(table, known) else None
            credited |= {} if rest is None else {column: rest}
    if credited and SPLITS in data:
        base = with_credit(base, data.table(SPLITS), credited, data.lookup)
    return base


def _lacks_history(data: Dataset, table: str) -> bool:
    """Report whether a table would be read from the opportunities' history, which is missing."""
    history = "opportunity_history"
    return history in derived.optional_tables(table) and history not in data


def movements_by(
    data: Dataset,
    calendar: Calendar,
    dimensions: Mapping[str, str],
    trailing: int,
    *,
    lapses: bool = False,
) -> Any:
    """Return the movements of a call's periods with its dimensions.

    Parameters
    ----------
    calendar
        The periods of the call.
    dimensions
        The dimension of each group column.
    trailing
        Periods in the window that ends with each period.
    lapses
        Add what tells accounts that left within the window, even if back.

    Returns
    -------
    ibis Table
        One row per account, group and period with a movement.

    Raises
    ------
    DimensionError
        When subscriptions do not reach a dimension, or ``size`` is combined with one that varies
        within an account.
    """
    own = data.specs["subscriptions"].columns
    ages = {c: d for c, d in dimensions.items() if d in AGES and d not in own}
    cause, size = (
        next((c for c, d in dimensions.items() if d == word and d not in own), None)
        for word in (CAUSE, SIZE)
    )
    paths = {
        column: resolve(dimension, "subscriptions", data.specs)
        for column, dimension in dimensions.items()
        if column not in ages and column not in (cause, size)
    }
    if size is not None:
        _require_account_groups(dimensions, paths, ages, cause)
    moved = derived.movements(data, calendar, paths, trailing=trailing, cause=cause, lapses=lapses)
    for column, dimension in sorted(ages.items(), key=lambda item: item[1]):
        if dimension == "tenure":
            others = [name for name in moved.columns if name in dimensions]
            moved = with_tenure(moved, data, calendar, others, column, trailing)
        else:
            moved = _with_cohort(moved, data, "account_id", column)
    if size is not None:
        others = [name for name in moved.columns if name in dimensions]
        moved = size_bands.with_size(moved, calendar, others, size, trailing)
    return moved


def _require_account_groups(
    dimensions: Mapping[str, str],
    paths: Mapping[str, DimensionPath],
    ages: Mapping[str, str],
    cause: str | None,
) -> None:
    """Refuse ``size`` beside a dimension that varies within an account and period."""
    odd = [dimensions[c] for c, path in paths.items() if not of_account(path)]
    odd += [dimensions[c] for c, d in ages.items() if d == "tenure"]
    odd += [] if cause is None else [CAUSE]
    if odd:
        raise DimensionError.no_size(odd[0])


def _with_age(data: Dataset, base: Any, table: str, column: str, dimension: str, date: str) -> Any:
    """Add the cohort or tenure of each row's account."""
    known = derived.specs(data, table, base)
    path = find("account_id", table, known)
    if path is None:
        raise DimensionError.unknown(dimension, table=table, reachable=reachable(table, known))
    account, since = f"{column}_account", f"{column}_since"
    base = attach(base, path, data.lookup, account)
    if dimension == "cohort":
        return _with_cohort(base, data, account, column)
    payers = derived.customers(data).select("account_id", "first_paid_on")
    payers = payers.rename({f"{column}_payer": "account_id", since: "first_paid_on"})
    joined = base.left_join(payers, base[account] == payers[f"{column}_payer"])
    tenure = month_number(local_day(joined[date], data.policy.timezone)) - month_number(
        joined[since]
    )
    label = (joined[since].notnull() & (tenure >= 0)).ifelse(tenure_group(tenure), None)
    return joined.mutate(label.name(column)).drop(f"{column}_payer", since)


def _with_cohort(base: Any, data: Dataset, account: str, column: str) -> Any:
    """Add the month in which each row's account first paid."""
    payers = derived.customers(data).select("cohort", payer="account_id")
    payers = payers.rename({column: "cohort"})
    return base.left_join(payers, base[account] == payers.payer).drop("payer")
