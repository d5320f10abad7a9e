"""Measures of marketing and its hand-offs: MQLs that wait, sources that change, accounts left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit import derived
from revkit.analysis.operating_model.measures.reading import LEVEL, Reading, Year
from revkit.catalogue import find
from revkit.derived.leads.responses import REACHING
from revkit.errors import Reason
from revkit.language import message
from revkit.periods import days_after, local_day
from revkit.statistics.intervals import normal, wilson

if TYPE_CHECKING:
    from revkit.dataset import Dataset

WAIT = 30
"""Days within which an MQL is to be contacted, and before which a listed account is known."""

LISTED = 0.5
"""Share of newly contacted accounts that must have been listed before, for a list of a market."""


def untouched_mqls(data: Dataset, year: Year) -> Reading:
    """Return the share of the year's MQLs whom nobody contacted within 30 days.

    Those of the last 30 days are left out; automated messages are no contact.
    """
    from ibis import _

    zone = data.policy.timezone
    last = year.end - timedelta(days=WAIT)
    stages = derived.table(data, "lead_stages", data.policy.periods("month"))
    mqls = stages.filter(
        _.stage == "MQL", _.visit == 1, _.entered >= year.start, _.entered < last
    ).select("lead_id", "entered")
    work = data.lookup("activities").filter(
        _.lead_id.notnull(), ~_.is_automated, _.kind.isin(REACHING),
        _.direction.isnull() | (_.direction != "in"),
    )  # fmt: skip
    contacts = work.select(contacted="lead_id", on=local_day(work.occurred_at, zone))
    joined = mqls.join(contacts, mqls.lead_id == contacts.contacted)
    in_time = joined.filter(
        joined.on >= joined.entered, joined.on <= days_after(joined.entered, WAIT)
    )
    n = _whole(mqls.count())
    if not n:
        return Reading(reason=Reason(NO_MQL))
    return _share(n - _whole(in_time.lead_id.nunique()), n)


def mix_change(data: Dataset, year: Year) -> Reading:
    """Return the population stability index of lead channels, last quarter against the one before.

    What chance alone adds to it is taken off.
    """
    if "leads" in data and "channel" not in data.columns("leads"):
        return Reading(reason=data.lacks("leads", "channel").reason)
    calendar = data.policy.periods("quarter")
    now = calendar.number(year.end) - 1
    counts = [
        find("leads")(
            data, by="channel", period=None,
            start=calendar.first_day(one), end=calendar.first_day(one + 1),
        )
        for one in (now - 1, now)
    ]  # fmt: skip
    if not all(len(one) and one["complete"].all() for one in counts):
        return Reading(reason=Reason(TOO_SHORT))
    before, after = (one.set_index("channel")["value"] for one in counts)
    names = sorted({*before.index, *after.index})
    rows = np.array([[float(one.get(name, 0)) for name in names] for one in (before, after)])
    totals = np.nansum(rows, axis=1)
    if len(names) < 2 or not totals.all():
        return Reading(n=float(totals.min()), reason=Reason(ONE_CHANNEL))
    share = (rows + 0.5) / (totals[:, None] + 0.5 * len(names))
    index = float(((share[1] - share[0]) * np.log(share[1] / share[0])).sum())
    noise, free = float((1 / totals).sum()), len(names) - 1
    beyond = max(index / noise - free, 0.0)  # a noncentral chi-square statistic, less its mean
    reach = normal(LEVEL) * np.sqrt(2 * free + 4 * beyond) * noise
    value = beyond * noise
    return Reading(value, float(totals.min()), max(0.0, value - reach), value + reach)


def months_of_supply(data: Dataset, year: Year) -> Reading:
    """Return the months until all listed accounts are contacted, at the pace of the year.

    Asked only of a list that was there before: where accounts are entered when they are first
    contacted, how many there are outside is not known.
    """
    from ibis import _

    if "accounts" in data and "created_on" not in data.columns("accounts"):
        return Reading(reason=data.lacks("accounts", "created_on").reason)
    accounts = data.table("accounts").select("account_id", "created_on")
    contacts = _contacts(data)
    if contacts is None:
        return Reading(reason=Reason(NO_CONTACTS))
    first = contacts.group_by("contacted").aggregate(on=_.on.min())
    joined = accounts.left_join(first, accounts.account_id == first.contacted)
    early = days_after(joined.created_on, WAIT) <= joined.on
    recent = (joined.on >= year.start) & joined.on.notnull()
    counts = joined.aggregate(
        untouched=joined.on.isnull().ifelse(1, 0).sum(),
        new=recent.fill_null(False).ifelse(1, 0).sum(),
        listed=(recent & early).fill_null(False).ifelse(1, 0).sum(),
        all=joined.count(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    untouched, new, listed = (float(counts[name] or 0) for name in ("untouched", "new", "listed"))
    if not new or listed / new < LISTED:
        return Reading(n=new, reason=Reason(NO_LIST))
    months = 12 * untouched / new
    factor = np.exp(normal(LEVEL) / np.sqrt(new))
    return Reading(months, new, months / factor, months * factor)


def _contacts(data: Dataset) -> Any:
    """Return accounts and the days of what happened with them; None where nothing tells."""
    zone = data.policy.timezone
    days = {
        "leads": "created_at", "opportunities": "created_on", "activities": "occurred_at",
        "subscriptions": "started_on",
    }  # fmt: skip
    found = None
    for name, column in days.items():
        if name in data and {"account_id", column} <= data.columns(name):
            table = data.lookup(name)
            rows = table.filter(table.account_id.notnull())
            rows = rows.select(contacted="account_id", on=local_day(rows[column], zone))
            found = rows if found is None else found.union(rows)
    return found


def lead_growth(data: Dataset, year: Year) -> Reading:
    """Return the new leads of the year over those of the year before."""
    now, before = (
        find("leads")(data, period=None, start=one.start, end=one.end)
        for one in (year, year.before)
    )
    if not all(len(one) and one["complete"].all() for one in (now, before)):
        return Reading(reason=Reason(TOO_SHORT))
    new, old = float(now["value"].iloc[0]), float(before["value"].iloc[0])
    if not new or not old:
        return Reading(n=new, reason=Reason(TOO_SHORT))
    factor = np.exp(normal(LEVEL) * np.sqrt(1 / new + 1 / old))
    return Reading(new / old, min(new, old), new / old / factor, new / old * factor)


def _share(part: float, n: float) -> Reading:
    """Return a share of rows with its interval."""
    share = np.array([part / n])
    low, high = wilson(share, np.array([n]), LEVEL)
    return Reading(part / n, n, float(low[0]), float(high[0]))


def _whole(expression: Any) -> float:
    """Return a number that the engine counts."""
    return float(expression.to_pyarrow().as_py() or 0)


NO_MQL = message("no lead became an MQL")
TOO_SHORT = message("too few periods are recorded")
ONE_CHANNEL = message("fewer than two channels")
NO_CONTACTS = message("nothing tells which accounts were contacted")
NO_LIST = message("accounts are entered when they are first contacted, so they list no market")
