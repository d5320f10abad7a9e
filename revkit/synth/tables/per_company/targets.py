"""targets: quotas by rep and quarter, plans of new MRR by segment and of leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, Slots
from revkit.synth.kernel.text import Ids
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.reps import DAY_SPAN, Roster
from revkit.synth.simulate.working_days import next_working_day, previous_working_day
from revkit.synth.simulate.world import World, month_number
from revkit.synth.tables.per_company.planning import days_of, expected_leads, plan_months, quarters
from revkit.synth.tables.per_company.totals import Totals

if TYPE_CHECKING:
    import pyarrow as pa


def target_table(world: World, roster: Roster, sums: Totals) -> pa.Table:
    """Build targets: rep quotas by quarter, monthly plans of new MRR by segment and of leads."""
    rows = [*quotas(world, roster, sums), *plans(world, roster)]
    rows.sort(key=lambda row: (row["submitted_on"], row["starts_on"]))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return arrow("targets", columns | {"target_id": Ids("T", 5, 1 + np.arange(len(rows)))})


def quotas(world: World, roster: Roster, sums: Totals) -> Iterator[dict[str, Any]]:
    """Yield the quarterly bookings quota of each rep who has one.

    Who looks after customers has a quota of what is up for renewal and of what customers usually
    add, and none where that is little. A quota that is set once more comes twice, the one that
    counts last. Who takes over a seat after the last day is not known yet.
    """
    queue, opened = roster.seats
    reps, planning = roster.ids.words(), world.scenario.planning
    part = roster.sizes[1]
    for (start, end, submitted), due, book in zip(
        quarters(world), sums.due, sums.book, strict=True
    ):
        for place, team in enumerate(world.scenario.teams.values()):
            seats = np.flatnonzero((queue // len(REGIONS) == place) & (opened <= start))
            again, factor = resubmissions(world, roster.plan[2][seats], start)
            people = roster.holder(seats, np.array(start))
            known = roster.hired[people] < world.end
            each = zip(seats[known], people[known], again[known], factor[known], strict=True)
            for seat, person, later, other in each:
                share = planning.first_quota if start - roster.hired[person] < 90 else 1.0
                amount = int(team.quota * 100 * share * part[place])
                kept = int(team.quota_of_due * due[seat] + team.quota_of_book * book[seat])
                if kept >= 100 * planning.least_quota:
                    amount += kept
                if amount:
                    row = {
                        "kind": "quota", "rep_id": reps[person], "segment": team.accounts or None,
                        "starts_on": start, "ends_on": end, "submitted_on": submitted,
                        "measure": "bookings", "amount": amount,
                    }  # fmt: skip
                    yield row
                    if later < min(world.end, roster.leaves[person]):
                        yield row | {"submitted_on": int(later), "amount": int(amount * other)}


def resubmissions(world: World, seats: Numbers, start: int) -> tuple[Numbers, Numbers]:
    """Draw when quotas of a quarter are set once more, ``NEVER`` for most, and at what factor."""
    planning = world.scenario.planning
    draws = Slots(world.streams(), seats * DAY_SPAN + start)
    day = next_working_day(start + 30 + (28 * draws.uniform("targets.day")).astype(np.int64))
    again = draws.uniform("targets.resubmitted") < planning.resubmitted
    least, more = planning.resubmitted_at
    return np.where(again, day, NEVER), least + more * draws.uniform("targets.factor")


def plans(world: World, roster: Roster) -> Iterator[dict[str, Any]]:
    """Yield the monthly plan of new MRR for each segment with quotas, and of leads."""
    queue, opened = roster.seats
    months, season = plan_months(world), np.asarray(world.scenario.season)
    leads, planning = expected_leads(world), world.scenario.planning
    for month, start, end in zip(months, days_of(months), days_of(months + 1), strict=True):
        submitted = int(previous_working_day(days_of(month // 12 * 12) - 17))
        if submitted >= world.end or end <= world.start:
            continue
        row = {"kind": "plan", "rep_id": None, "starts_on": start, "ends_on": end}
        row |= {"submitted_on": submitted}
        for place, team in enumerate(world.scenario.teams.values()):
            if team.quota:
                seats = ((queue // len(REGIONS) == place) & (opened <= start)).sum()
                quota = 4 * team.quota * roster.sizes[1][place] * seats
                yearly = planning.plan_of_quotas * quota * season[month % 12] / season.sum()
                yield row | {"segment": team.accounts, "measure": "new_mrr",
                             "amount": round(yearly / 12 / 100) * 10_000}  # fmt: skip
        ahead = month - month_number(np.array(world.first))
        while ahead >= len(leads):
            ahead -= 12
        yield row | {"segment": None, "measure": "leads", "amount": int(leads[ahead]) * 100}
