"""Snapshots of the pipeline: the deals open on the same day of every month, and what was won.

Each deal is in the stage, with the amount and the expected close, known that day. The day is that
as of which the company is known; at a month's end, the end of every month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import derived
from revkit.analysis.forecasts.seasons import Series
from revkit.analysis.on_record import on_record
from revkit.derived.recurring.price_periods import price_periods
from revkit.derived.recurring.tenure import month_number
from revkit.dimensions import MISSING, attach, resolve
from revkit.periods import Calendar

if TYPE_CHECKING:
    from revkit.dataset import Dataset

UNKNOWN = "?"

UNPRICED = " (no amount)"
"""What the kind of deals without an amount ends in; they count 1 each."""

PIPELINE = ("opportunities", "opportunity_history", "stages")
"""The tables whose notes are those of a forecast from the pipeline."""

DUE = ((-99, "long overdue"), (-2, "overdue"), (0, "due this month"), (1, "due in 1 month"),
       (2, "due in 2 months"), (3, "due in 3 months"), (4, "due later"))  # fmt: skip
DUE_IN = {0: "due this month", 1: "due in 1 month", 2: "due in 2 months", 3: "due in 3 months"}
"""The groups of deals expected to close in one month, by months ahead."""

AGES = ((0, "created this month"), (1, "1 month old"), (2, "2 months old"),
        (3, "3–5 months old"), (6, "6–11 months old"), (12, "12 months old or more"))  # fmt: skip

KEYS = ("kind", "due", "stage", "age")
"""The columns that tell deals apart, from the coarse to the fine."""


@dataclass(frozen=True)
class Snapshots:
    """Open deals on the snapshot days, and what was won of them and of later ones.

    Parameters
    ----------
    months
        First days of the months of the snapshots, which follow each other; the last is now.
    lag
        Months from a snapshot to the first month that is forecast: 1 at a month's end, else 0.
    cells
        taken (index of the snapshot), kind, due, stage, age, won_in (months from the snapshot to
        that in which deals were won; -1 if not within the horizon), deals, size (amount, or number
        of deals without one), squares (of sizes), gain (amount won), promised (by probability).
    won
        Amount won in each month; the last is so far.
    won_before
        That of it won up to the snapshot of the month.
    later
        snapshot × months ahead: amount won of deals not created at the snapshot.
    later_renewals
        That of it from renewals, and `due` what it comes from: MRR of terms that end about then,
        of accounts whose renewal was not open yet. Both 0 where terms are not known.
    lump
        Sum of the squares of the amounts won over their sum: how large the deal of a unit of money
        is, by which a sum of deals not known yet varies.
    """

    months: pd.DatetimeIndex
    lag: int
    cells: pd.DataFrame
    won: Series
    won_before: Series
    later: Series
    later_renewals: Series
    due: Series
    lump: float = 0.0


def snapshots(data: Dataset, horizon: int, past: int) -> Snapshots:
    """Read the pipeline on the snapshot days of the last months.

    Raises
    ------
    TableError
        When opportunities are not loaded.
    """
    now, (gone, lag) = _month(data.as_of), _day_of_month(data)
    won = _won(data, gone)
    won = won[won["closed"].between(now - past + lag, now)]
    first = int(won["closed"].min()) if len(won) else now + 1
    n = max(0, now - first + 1)
    months = np.arange(first, first + n)
    days = pd.DatetimeIndex([f"{month // 12:04d}-{month % 12 + 1:02d}-01" for month in months])
    cells = _cells(data, months, gone, horizon, lag)
    closed, born = won["closed"].to_numpy() - first, won["born"].to_numpy() - first
    paid = won["won"].to_numpy(dtype=np.float64)
    total, before = np.zeros(n), np.zeros(n)
    np.add.at(total, closed, paid)
    np.add.at(before, closed, np.where(won["early"], paid, 0.0))
    later, renewals = np.zeros((n, horizon)), np.zeros((n, horizon))
    of_renewals = np.where(won["kind"] == "renewal", paid, 0.0)
    for ahead in range(horizon):
        taken = closed - ahead - lag
        fresh = (born > taken) & (taken >= 0)
        np.add.at(later[:, ahead], taken[fresh], paid[fresh])
        np.add.at(renewals[:, ahead], taken[fresh], of_renewals[fresh])
    due = _due(data, months, gone, horizon, lag) if n else np.zeros((0, horizon))
    if not due.any():
        renewals = np.zeros_like(renewals)
    lump = float(won["squares"].sum() / paid.sum()) if paid.sum() > 0 else 0.0
    return Snapshots(days, lag, cells, total, before, later, renewals, due, lump)


def open_by(data: Dataset, by: str, horizon: int) -> pd.DataFrame:
    """Return the cells of the deals open now, with the value of a dimension as ``group``."""
    gone, lag = _day_of_month(data)
    return _cells(data, np.array([_month(data.as_of)]), gone, horizon, lag, by=by)


def at_month_end(data: Dataset) -> Dataset:
    """Return the company as it was known at the end of the last complete month on record."""
    data = on_record(data, "opportunities")
    tomorrow = data.as_of + timedelta(days=1)
    return data.replay(tomorrow.replace(day=1) - timedelta(days=1))


def notes(data: Dataset) -> tuple[str, ...]:
    """Return the notes on the tables that forecasts from the pipeline read."""
    return tuple(map(str, data.notes_on(PIPELINE)))


def _day_of_month(data: Dataset) -> tuple[int, int]:
    """Return the day on which snapshots are taken, 31 for a month's end, and their lag."""
    month_end = (data.as_of + timedelta(days=1)).day == 1
    return (31, 1) if month_end else (data.as_of.day, 0)


def _month(day: Any) -> int:
    return int(day.year * 12 + day.month - 1)


def _codes(months: Any, gone: int) -> list[int]:
    """Return the snapshot days as numbers: month times 100 plus the day."""
    return [
        int(month) * 100
        + min(gone, pd.Period(year=month // 12, month=month % 12 + 1, freq="M").days_in_month)
        for month in months
    ]


def _spread(rows: Any, months: Any, gone: int) -> Any:
    """Return each row beside every snapshot: its month ``taken`` and its ``day``.

    A table of days would have to be made in someone's database.
    """
    import ibis

    each = rows.mutate(code=ibis.array(_codes(months, gone)).unnest())
    taken = (each.code / 100).floor().cast("int64")
    year = (taken / 12).floor().cast("int64")
    day = ibis.date(
        year.cast("int32"), (taken - year * 12 + 1).cast("int32"),
        (each.code - taken * 100).cast("int32"),
    )  # fmt: skip
    return each.mutate(taken=taken, day=day).drop("code")


def _cells(
    data: Dataset, months: Any, gone: int, horizon: int, lag: int, *, by: str | None = None
) -> pd.DataFrame:
    """Return the open deals of each snapshot by what tells them apart, and what came of them."""
    import ibis
    from ibis import _

    groups = ["group"] if by else []
    columns = ["taken", *groups, *KEYS, "won_in", "deals", "size", "squares", "gain", "promised"]
    if not len(months):
        return pd.DataFrame(columns=columns)
    states = derived.table(data, "pipeline_changes", Calendar("month"))
    if by:
        path = resolve(by, "opportunities", data.specs)
        states = attach(states, path, data.lookup, "__group")
    spread = _spread(states, months, gone)
    standing = spread.filter(
        spread.since <= spread.day, spread.until.isnull() | (spread.until > spread.day)
    )
    deals = data.table("opportunities")
    outcome = deals.select(
        deal=_.opportunity_id, born=month_number(deals.created_on), sort=deals.kind,
        closed=_.is_won.fill_null(False).ifelse(month_number(deals.closed_on), None),
        paid=deals.amount.cast("float64").fill_null(0.0),
    )  # fmt: skip
    known = standing.join(outcome, standing.opportunity_id == outcome.deal)
    won_in = (known.closed - known.taken).cast("int64")
    within = won_in.between(lag, lag + horizon - 1)
    priced = known.amount.notnull()
    size = priced.ifelse(known.amount.cast("float64"), 1.0)
    kind = known.sort.fill_null(UNKNOWN)
    marked = known.mutate(
        **({"group": known["__group"].fill_null(MISSING)} if by else {}),
        kind=priced.ifelse(kind, kind.concat(UNPRICED)),
        due=_due_group(known, data),
        stage=known.stage.fill_null(UNKNOWN) if "stage" in known.columns else ibis.literal(UNKNOWN),
        age=_named(known.taken - known.born, AGES),
        won_in=within.ifelse(won_in, -1).fill_null(-1),
        size=size,
        squares=size * size,
        gain=within.ifelse(known.paid, 0.0).fill_null(0.0),
        promised=size * known.probability.cast("float64").fill_null(0.0),
    )
    keys = ["taken", *groups, *KEYS, "won_in"]
    found: pd.DataFrame = marked.aggregate(
        by=keys, deals=_.count(), size=_.size.sum(), squares=_.squares.sum(),
        gain=_.gain.sum(), promised=_.promised.sum(),
    ).execute()  # fmt: skip
    found = found.sort_values(keys).reset_index(drop=True)
    found["taken"] -= int(months[0])
    return found[columns]


def _due_group(known: Any, data: Dataset) -> Any:
    """Return when deals were expected to close; unknown where history does not have it.

    Without history only the latest date is on record, which is often the day of the close.
    """
    import ibis

    if "opportunity_history" not in data:
        return ibis.literal(UNKNOWN)
    if "expected_close_on" not in data.columns("opportunity_history"):
        return ibis.literal(UNKNOWN)
    months = month_number(known.expected_close_on) - known.taken
    return months.isnull().ifelse(UNKNOWN, _named(months, DUE))


def _named(months: Any, names: Any) -> Any:
    import ibis

    cases = [(months >= since, name) for since, name in reversed(names)]
    return ibis.cases(*cases, else_=names[0][1])


def _won(data: Dataset, gone: int) -> pd.DataFrame:
    """Return won amounts by the month of their close, and by the first snapshot that saw them.

    ``early``: closed by the day of the month on which snapshots are taken.
    """
    from ibis import _

    deals = data.table("opportunities")
    deals = deals.filter(_.is_won.fill_null(False), _.closed_on.notnull(), _.amount.notnull())
    after = deals.created_on.day() > gone
    rows = deals.select(
        closed=month_number(deals.closed_on).cast("int64"),
        early=(deals.closed_on.day() <= gone).ifelse(1, 0),
        born=(month_number(deals.created_on) + after.ifelse(1, 0)).cast("int64"),
        kind=deals.kind.fill_null(UNKNOWN),
        paid=deals.amount.cast("float64"),
    )
    found: pd.DataFrame = rows.aggregate(
        by=["closed", "early", "born", "kind"], won=_.paid.sum(), squares=(_.paid * _.paid).sum()
    ).execute()
    return found.sort_values(["closed", "early", "born", "kind"]).reset_index(drop=True)


def _due(data: Dataset, months: Any, gone: int, horizon: int, lag: int) -> Series:
    """Return the MRR of terms that end in a month or the next, of accounts with no open renewal."""
    from ibis import _

    found = np.zeros((len(months), horizon))
    if "subscriptions" not in data or "term_ends_on" not in data.columns("subscriptions"):
        return found
    if "kind" not in data.columns("opportunities"):
        return found
    terms = _spread(price_periods(data).filter(_.term_ends_on.notnull()), months, gone)
    running = terms.filter(
        terms.started_on <= terms.day, terms.ended_on.isnull() | (terms.ended_on > terms.day)
    )
    ends_in = (month_number(running.term_ends_on) - running.taken).cast("int64")
    running = running.mutate(ends_in=ends_in).filter(_.ends_in.between(lag, lag + horizon))
    states = derived.table(data, "pipeline_changes", Calendar("month")).filter(_.kind == "renewal")
    opened = _spread(states.select("account_id", "since", "until"), months, gone)
    opened = opened.filter(
        opened.since <= opened.day, opened.until.isnull() | (opened.until > opened.day)
    ).select("account_id", "taken")
    unseen = running.anti_join(opened, ["account_id", "taken"])
    rows = unseen.aggregate(by=["taken", "ends_in"], mrr=_.mrr.cast("float64").sum()).execute()
    place = rows["taken"].to_numpy(dtype=np.int64) - int(months[0])
    ahead = rows["ends_in"].to_numpy(dtype=np.int64) - lag
    for shift in (0, 1):
        inside = (ahead - shift >= 0) & (ahead - shift < horizon)
        np.add.at(found, (place[inside], ahead[inside] - shift), rows["mrr"].to_numpy()[inside])
    return found
