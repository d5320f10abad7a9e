"""The groups of a call, on the table of each total: columns, relations, cohort and tenure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from revkit import derived
from revkit.derived.recurring import size_bands
from revkit.derived.recurring.movements import of_account
from revkit.derived.recurring.tenure import GROUPS, month_number, tenure_group, with_tenure
from revkit.dimensions import DimensionPath, attach, find, reachable, resolve
from revkit.errors import DimensionError, TableError
from revkit.periods import local_day

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.periods import Calendar

LIVES = ("cohort", "tenure")
CAUSE = "cause"  # what moved an account: only its movements have one
SIZE = "size"  # what an account paid when the period opened
ORDER = {name: place for place, name in enumerate((*GROUPS, *size_bands.GROUPS))}


def grouped(
    data: Dataset, base: Any, table: str, named: Mapping[str, str], date: str, metric: str
) -> Any:
    """Add the dimensions of a call to a table, under the names given."""
    known = derived.specs(data, table, base)
    for column, dimension in named.items():
        if dimension in LIVES and dimension not in base.columns:
            base = _with_life(data, base, table, column, dimension, date)
        elif dimension == "stage" and _lacks_history(data, table):
            raise TableError.missing(
                "opportunity_history", found=data.tables, needed_by=f"metrics.{metric} by stage"
            )
        else:
            base = attach(base, resolve(dimension, table, known), data.lookup, column)
    return base


def _lacks_history(data: Dataset, table: str) -> bool:
    history = "opportunity_history"
    return history in derived.optional_tables(table) and history not in data


def moving(data: Dataset, calendar: Calendar, named: Mapping[str, str], trailing: int) -> Any:
    """Return the movements of a call with its dimensions, under the names given."""
    own = data.specs["subscriptions"].columns
    lives = {c: d for c, d in named.items() if d in LIVES and d not in own}
    cause, size = (
        next((c for c, d in named.items() if d == word and d not in own), None)
        for word in (CAUSE, SIZE)
    )
    paths = {
        column: resolve(dimension, "subscriptions", data.specs)
        for column, dimension in named.items()
        if column not in lives and column not in (cause, size)
    }
    if size is not None:
        _must_be_accounts(named, paths, lives, cause)
    moved = derived.movements(data, calendar, paths, trailing=trailing, cause=cause)
    for column, dimension in sorted(lives.items(), key=lambda item: item[1]):
        if dimension == "tenure":
            others = [name for name in moved.columns if name in named]
            moved = with_tenure(moved, data, calendar, others, column, trailing)
        else:
            moved = _with_cohort(moved, data, "account_id", column)
    if size is not None:
        others = [name for name in moved.columns if name in named]
        moved = size_bands.with_size(moved, calendar, others, size, trailing)
    return moved


def _must_be_accounts(
    named: Mapping[str, str],
    paths: Mapping[str, DimensionPath],
    lives: Mapping[str, str],
    cause: str | None,
) -> None:
    """Refuse groups that a size, which is an account's in a period, can't be told for."""
    odd = [named[c] for c, path in paths.items() if not of_account(path)]
    odd += [named[c] for c, d in lives.items() if d == "tenure"] + [CAUSE for _ in [cause] if cause]
    if odd:
        raise DimensionError.no_size(odd[0])


def _with_life(data: Dataset, base: Any, table: str, column: str, dimension: str, date: str) -> Any:
    known = derived.specs(data, table, base)
    path = find("account_id", table, known)
    if path is None:
        raise DimensionError.unknown(dimension, table=table, reachable=reachable(table, known))
    account, since = f"{column}_account", f"{column}_since"
    base = attach(base, path, data.lookup, account)
    if dimension == "cohort":
        return _with_cohort(base, data, account, column)
    lives = derived.customers(data).select("account_id", "first_paid_on")
    lives = lives.rename({f"{column}_payer": "account_id", since: "first_paid_on"})
    joined = base.left_join(lives, base[account] == lives[f"{column}_payer"])
    tenure = month_number(local_day(joined[date], data.policy.timezone)) - month_number(
        joined[since]
    )
    label = (joined[since].notnull() & (tenure >= 0)).ifelse(tenure_group(tenure), None)
    return joined.mutate(label.name(column)).drop(f"{column}_payer", since)


def _with_cohort(base: Any, data: Dataset, account: str, column: str) -> Any:
    lives = derived.customers(data).select("cohort", payer="account_id")
    lives = lives.rename({column: "cohort"})
    return base.left_join(lives, base[account] == lives.payer).drop("payer")
