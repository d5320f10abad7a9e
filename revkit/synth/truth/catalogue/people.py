"""Reps: what they do, what they win of their quotas, and how many leave."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.working_days import previous_working_day, weekday
from revkit.synth.simulate.world import DAY, World
from revkit.synth.tables.per_chunk.activities import KINDS, MEETINGS, OUTCOMES, SELLING_KINDS
from revkit.synth.tables.per_company.planning import quarters
from revkit.synth.tables.per_company.targets import quotas
from revkit.synth.tables.per_company.totals import Totals
from revkit.synth.truth.catalogue.months import (
    Values,
    month_edges,
    month_shown,
    over,
    sum_at_ends,
)
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.figures import Figures, by_month

TALKS = [KINDS.index(kind) for kind in ("call", "email", "meeting")]
HELD, MISSED = ([*OUTCOMES].index(outcome) for outcome in ("held", "no_show"))


def activity_figures(part: Part) -> Figures:
    """Count activities by month, and sum their minutes."""
    world, rows = part.world, part.activities
    day, kind, minutes = rows["when"] // DAY, rows["kind"], rows["minutes"].astype(np.int64)
    sells = kind < SELLING_KINDS
    machine = rows["automated"]
    meets = np.isin(kind, MEETINGS)
    return {
        "talks": by_month(world, day[np.isin(kind, TALKS) & ~machine]),
        "meetings": by_month(world, day[meets & (rows["outcome"] == HELD)]),
        "missed": by_month(world, day[meets & (rows["outcome"] == MISSED)]),
        "minutes": by_month(world, day, minutes),
        "selling_minutes": by_month(world, day[sells], minutes[sells]),
    }


def staff_figures(world: World, roster: Roster, sums: Totals) -> Figures:
    """Count people and their days at work by month, and their quotas by month and quarter."""
    known = roster.known
    managers = len(world.scenario.teams)
    began = np.full(managers, previous_working_day(np.array(world.first - 90)))
    hired = np.r_[began, roster.hired[known]]
    leaves = roster.leaves[roster.latest(NEVER)]
    leaves = np.where(leaves < world.end, leaves, NEVER)
    left = np.r_[np.full(managers, NEVER), leaves[known]]
    days = np.arange(world.start, world.end)
    # Who joins on a day is there on it, who leaves is not.
    staff = np.searchsorted(np.sort(hired), days, "right")
    staff = staff - np.searchsorted(np.sort(left), days, "right")
    starts, ends = month_edges(world)[:-1], month_edges(world)[1:]
    spans, quota = [], np.zeros(world.months)
    words = roster.ids.words()
    people = {words[place]: place for place in known.tolist()}
    held = np.zeros((len(roster.seat), len(quarters(world))), np.int64)
    planned = [start for start, _, _ in quarters(world)]
    last = {(row["rep_id"], row["starts_on"]): row for row in quotas(world, roster, sums)}
    for row in last.values():
        start, end = row["starts_on"], row["ends_on"]
        days_of_it = np.maximum(np.minimum(end, ends) - np.maximum(start, starts), 0)
        quota += row["amount"] * days_of_it / (end - start)
        who = people[row["rep_id"]]
        held[who, planned.index(start)] = row["amount"]
        spans.append((start, min(end, leaves[who])))
    carried = np.array(spans, np.int64).reshape(-1, 2)
    return {
        "staff_days": np.add.reduceat(staff, starts - world.start),
        "staff_working_days": np.add.reduceat(
            np.where(weekday(days) < 5, staff, 0), starts - world.start
        ),
        "departures": by_month(world, left[left < NEVER]),
        "quota": quota,
        "held": held,
        "over_in": month_shown(world, np.array([end - 1 for _, end, _ in quarters(world)])),
        "carrying": sum_at_ends(world, carried[:, 0], carried[:, 1]),
    }


def people_values(f: Figures) -> Values:
    """Form the metrics of reps; money in the company's currency."""
    won, carrying = f["won_amount"] / 100, (f["carrying"][1:] + f["carrying"][:-1]) / 2
    return {
        "meetings_held": f["meetings"],
        "show_rate": over(f["meetings"], f["meetings"] + f["missed"]),
        "activities_per_rep": over(f["talks"], f["staff_working_days"]),
        "selling_time_share": over(f["selling_minutes"], f["minutes"]),
        "rep_attrition": over(f["departures"], f["staff_days"] / 365.25),
        "quota_attainment": over(won, f["quota"] / 100),
        "pipeline_coverage": over(f["due_amount"], f["quota"]),
        "revenue_per_rep": over(won, carrying),
    }
